/* GELU is x F(x) with the normal distribution function F; F = 1 - q(t) exp(-x^2/2) for x > 0 with
 * t = 1 / (1 + p x / sqrt 2) and a polynomial q of degree 5: Abramowitz and Stegun 7.1.26, off by
 * less than 1.5e-7. The exponential serves the density in the derivative F + x f too.
 *
 * tanh x = x + x^3 P(x^2) below 0.625 (P fitted for least relative error, 5e-9), else 1 - 2 / (e^2x
 * + 1). */
#include "baselines/neural/kernels.h"

#include <math.h>
#include <string.h>

#include "core/num/fmath.h"
#include "core/num/fmathf_body.h"

#define SIMD _Pragma("omp simd")

enum { LANES = 16 };

static void fill_rows(float *restrict out, const float *restrict b, size_t rows, size_t n)
{
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) out[r * n + i] = b[i];
}

/* four rows at a time: a quarter of the traffic on out */
static void add_columns(float *restrict out, const float *restrict x, size_t rows, size_t n)
{
  size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const float *restrict a = x + r * n;
    SIMD for (size_t i = 0; i < n; i++) out[i] += (a[i] + a[n + i]) + (a[2 * n + i] + a[3 * n + i]);
  }
  for (; r < rows; r++) SIMD for (size_t i = 0; i < n; i++) out[i] += x[r * n + i];
}

/* ---- element by element ------------------------------------------------------------------- */

/* EXPR is set or added; the two loops differ in nothing else */
#define SET_OR_ADD(target, expr)                                \
  do {                                                          \
    if (add)                                                    \
      SIMD for (size_t i = 0; i < n; i++)(target)[i] += (expr); \
    else                                                        \
      SIMD for (size_t i = 0; i < n; i++)(target)[i] = (expr);  \
  } while (0)

static void relu(float *out, const float *x, size_t n)
{
  SIMD for (size_t i = 0; i < n; i++) out[i] = x[i] > 0 || x[i] != x[i] ? x[i] : 0;
}

static void relu_back(float *d_x, const float *y, const float *d_y, size_t n, bool add)
{
  SET_OR_ADD(d_x, y[i] > 0 ? d_y[i] : 0);
}

static inline float gelu_one(float *slope, float x)
{
  const float a = fabsf(x) < 13.0f ? fabsf(x) : 13.0f; /* beyond, F is 0 or 1 */
  const float e = assay_fbodyf_exp(-0.5f * a * a);
  const float t = 1.0f / (1.0f + 0.231641888f * a); /* 0.3275911 / sqrt 2 */
  const float q =
      t * (0.127414796f +
           t * (-0.142248368f + t * (0.7107068705f + t * (-0.7265760135f + t * 0.5307027145f))));
  const float tail = q * e, f = x > 0 ? 1.0f - tail : tail;
  *slope = f + x * (0.39894228f * e);
  return x * f;
}

static void gelu(float *out, float *slope, const float *x, size_t n)
{
  if (slope) SIMD for (size_t i = 0; i < n; i++)
    {
      float d;
      out[i] = gelu_one(&d, x[i]);
      slope[i] = d;
    }
  else
    SIMD for (size_t i = 0; i < n; i++)
    {
      float d;
      out[i] = gelu_one(&d, x[i]);
    }
}

/* sin(omega x); beyond the range of the fast one, or not finite: one at a time */
static void sine(float *out, float *slope, const float *x, float omega, size_t n)
{
  for (size_t i0 = 0; i0 < n; i0 += 256) {
    const size_t m = n - i0 < 256 ? n - i0 : 256;
    float arg[256];
    int beyond = 0;
#pragma omp simd reduction(| : beyond)
    for (size_t i = 0; i < m; i++) {
      arg[i] = omega * x[i0 + i];
      beyond |= !(fabsf(arg[i]) <= ASSAY_FBODYF_TRIG_MAX);
    }
    SIMD for (size_t i = 0; i < m; i++) out[i0 + i] = assay_fbodyf_sin(arg[i]);
    if (slope) SIMD for (size_t i = 0; i < m; i++) slope[i0 + i] = omega * assay_fbodyf_cos(arg[i]);
    for (size_t i = 0; beyond && i < m; i++) {
      out[i0 + i] = (float)assay_fmath_sin((double)arg[i]);
      if (slope) slope[i0 + i] = omega * (float)assay_fmath_cos((double)arg[i]);
    }
  }
}

static inline float tanh_one(float x)
{
  const float a = fabsf(x) < 9.1f ? fabsf(x) : 9.1f, z = x * x;
  const float p =
      -0.333332807f +
      z * (0.133314416f + z * (-0.0537397117f + z * (0.0206390806f + z * -0.00570498f)));
  const float near = x + x * z * p;
  const float far = 1.0f - 2.0f / (assay_fbodyf_exp(2.0f * a) + 1.0f);
  const float y = a < 0.625f ? near : copysignf(far, x);
  return x != x ? x : y;
}

static void tanh_all(float *out, const float *x, size_t n)
{
  SIMD for (size_t i = 0; i < n; i++) out[i] = tanh_one(x[i]);
}

static void tanh_back(float *d_x, const float *y, const float *d_y, size_t n, bool add)
{
  SET_OR_ADD(d_x, d_y[i] * (1.0f - y[i] * y[i]));
}

static void add_both(float *out, const float *a, const float *b, size_t n)
{
  SIMD for (size_t i = 0; i < n; i++) out[i] = a[i] + b[i];
}

static void copy(float *out, const float *x, float factor, size_t n, bool add)
{
  SET_OR_ADD(out, factor * x[i]);
}

static void mul(float *out, const float *a, const float *b, size_t n, bool add)
{
  SET_OR_ADD(out, a[i] * b[i]);
}

static void sum_and_difference(float *restrict sums, float *restrict differences, const float *x,
                               const float *y, size_t n)
{
  SIMD for (size_t i = 0; i < n; i++)
  {
    const float a = x[i], b = y[i];
    sums[i] = a + b;
    differences[i] = a - b;
  }
}

static void add_sum_and_difference(float *restrict out_a, float *restrict out_b, const float *a,
                                   const float *b, size_t n, bool add)
{
  if (!add) {
    sum_and_difference(out_a, out_b, a, b, n);
    return;
  }
  SIMD for (size_t i = 0; i < n; i++)
  {
    const float x = a[i], y = b[i];
    out_a[i] += x + y;
    out_b[i] += x - y;
  }
}

/* the upper half of the bits, after half a unit of it */
static void to_bf16(uint16_t *restrict out, const float *restrict x, size_t n)
{
  for (size_t i0 = 0; i0 < n; i0 += 256) {
    const size_t m = n - i0 < 256 ? n - i0 : 256;
    uint32_t bits[256];
    memcpy(bits, x + i0, m * sizeof *bits);
    SIMD for (size_t i = 0; i < m; i++)
    {
      const uint32_t b = bits[i], up = (b + 0x7fffu + (b >> 16 & 1)) >> 16;
      out[i0 + i] = (uint16_t)((b & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : up);
    }
  }
}

/* ---- sums --------------------------------------------------------------------------------- */

/* (0 + 8) + (4 + 12) ...: halves, again and again */
#define TREE(part, zero)                          \
  for (int half = LANES / 2; half > 0; half /= 2) \
    for (int l = 0; l < half; l++) (part)[l] = (part)[l] + (part)[l + half];

static float sum(const float *x, size_t n)
{
  float part[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    SIMD for (int l = 0; l < LANES; l++) part[l] += x[i + (size_t)l];
  for (int l = 0; i < n; i++, l++) part[l] += x[i];
  TREE(part, 0)
  return part[0];
}

/* sum over i of EXPR in double */
#define DOUBLE_SUM(expr)                                                    \
  double part[LANES] = {0};                                                 \
  size_t i0 = 0;                                                            \
  for (; i0 + LANES <= n; i0 += LANES) SIMD for (int l = 0; l < LANES; l++) \
    {                                                                       \
      const size_t i = i0 + (size_t)l;                                      \
      part[l] += (expr);                                                    \
    }                                                                       \
  for (size_t i = i0; i < n; i++) part[i - i0] += (expr);                   \
  TREE(part, 0)                                                             \
  return part[0]

static double dot(const float *a, const float *b, size_t n)
{
  DOUBLE_SUM((double)a[i] * (double)b[i]);
}

static double squares_weighted(const float *x, const float *w, size_t n)
{
  DOUBLE_SUM((double)w[i] * (double)x[i] * (double)x[i]);
}

static double squares(const float *x, const float *weight, size_t n)
{
  return weight ? squares_weighted(x, weight, n) : dot(x, x, n);
}

static double error_plain(const float *p, const float *y, size_t n)
{
  DOUBLE_SUM((double)(p[i] - y[i]) * (double)(p[i] - y[i]));
}

static double error_weighted(const float *p, const float *y, const float *w, size_t n)
{
  DOUBLE_SUM((double)w[i] * (double)(p[i] - y[i]) * (double)(p[i] - y[i]));
}

static double squared_error(const float *p, const float *y, const float *weight, size_t n)
{
  return weight ? error_weighted(p, y, weight, n) : error_plain(p, y, n);
}

static void error_back(float *d, const float *p, const float *y, const float *weight, float factor,
                       size_t n, bool add)
{
  if (weight)
    SET_OR_ADD(d, factor * weight[i] * (p[i] - y[i]));
  else
    SET_OR_ADD(d, factor * (p[i] - y[i]));
}

/* ---- rows --------------------------------------------------------------------------------- */

static void norm_relu(float *out, float *mean, const float *x, size_t rows, size_t n)
{
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * n;
    const float m = sum(row, n) / (float)n;
    if (mean) mean[r] = m;
    SIMD for (size_t i = 0; i < n; i++) out[r * n + i] =
        row[i] > m || row[i] != row[i] ? row[i] : m;
  }
}

static void norm_relu_back(float *d_x, const float *y, const float *mean, const float *d_y,
                           size_t rows, size_t n, bool add)
{
  for (size_t r = 0; r < rows; r++, y += n, d_y += n, d_x += n) {
    const float m = mean[r];
    float part[LANES] = {0};
    size_t i0 = 0;
    for (; i0 + LANES <= n; i0 += LANES) SIMD for (int l = 0; l < LANES; l++)
      {
        const size_t i = i0 + (size_t)l;
        part[l] += y[i] > m ? 0 : d_y[i];
      }
    for (size_t i = i0; i < n; i++) part[i - i0] += y[i] > m ? 0 : d_y[i];
    TREE(part, 0)
    const float each = part[0] / (float)n;
    SET_OR_ADD(d_x, each + (y[i] > m ? d_y[i] : 0));
  }
}

/* ---- steps of optimisers ------------------------------------------------------------------- */

static void adam(float *restrict p, float *restrict m, float *restrict v, const float *restrict g,
                 size_t n, const struct assay_nn_adam *step)
{
  const struct assay_nn_adam s = *step;
  SIMD for (size_t i = 0; i < n; i++)
  {
    const float kept = p[i] - s.decay * p[i], slope = g[i] + s.penalty * p[i];
    m[i] = s.beta1 * m[i] + (1.0f - s.beta1) * slope;
    v[i] = s.beta2 * v[i] + (1.0f - s.beta2) * slope * slope;
    p[i] = kept - s.rate * m[i] / (sqrtf(v[i]) * s.correct + s.epsilon);
  }
}

static void sgd(float *p, float *m, const float *g, size_t n, float rate, float momentum,
                float penalty)
{
  if (m) SIMD for (size_t i = 0; i < n; i++)
    {
      m[i] = momentum * m[i] + (g[i] + penalty * p[i]);
      p[i] -= rate * m[i];
    }
  else
    SIMD for (size_t i = 0; i < n; i++) p[i] -= rate * (g[i] + penalty * p[i]);
}

static void blend(float *p, const float *x, float weight, size_t n)
{
  SIMD for (size_t i = 0; i < n; i++) p[i] += weight * (x[i] - p[i]);
}

/* ---- rows of weights ----------------------------------------------------------------------- */

static void softmax(float *x, size_t rows, size_t n)
{
  for (float *end = x + rows * n; x < end; x += n) {
    float most = x[0];
    for (size_t i = 1; i < n; i++) most = x[i] > most ? x[i] : most;
    SIMD for (size_t i = 0; i < n; i++) x[i] = assay_fbodyf_exp_any(x[i] - most);
    const float whole = 1 / sum(x, n);
    SIMD for (size_t i = 0; i < n; i++) x[i] *= whole;
  }
}

static void softmax_back(float *d, const float *p, size_t rows, size_t n)
{
  for (size_t r = 0; r < rows; r++, d += n, p += n) {
    const float mean = (float)dot(d, p, n);
    SIMD for (size_t i = 0; i < n; i++) d[i] = p[i] * (d[i] - mean);
  }
}

const struct assay_nn_kernels ASSAY_ISA_NAME(assay_nn_kernels) = {
    .fill_rows = fill_rows,
    .add_columns = add_columns,
    .relu = relu,
    .relu_back = relu_back,
    .gelu = gelu,
    .sine = sine,
    .tanh = tanh_all,
    .tanh_back = tanh_back,
    .add = add_both,
    .copy = copy,
    .mul = mul,
    .sum_and_difference = sum_and_difference,
    .add_sum_and_difference = add_sum_and_difference,
    .to_bf16 = to_bf16,
    .norm_relu = norm_relu,
    .norm_relu_back = norm_relu_back,
    .softmax = softmax,
    .softmax_back = softmax_back,
    .sum = sum,
    .dot = dot,
    .squares = squares,
    .squared_error = squared_error,
    .error_back = error_back,
    .adam = adam,
    .sgd = sgd,
    .blend = blend,
};
