#include "core/num/vmath_kernels.h"

#include "core/num/vmath_body.h"

/* in place is allowed: an iteration reads and writes its own index only */
#define LOOP(name)                                                                          \
  static void loop_##name(double *out, const double *x, ptrdiff_t n)                        \
  {                                                                                         \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++) out[i] = assay_body_##name(x[i]); \
  }

LOOP(exp)
LOOP(expm1)
LOOP(log)
LOOP(log1p)
LOOP(tanh)
LOOP(sin)
LOOP(cos)

static void loop_sincos(double *s, double *c, const double *x, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) {
    const double v = x[i];
    s[i] = assay_body_sin(v);
    c[i] = assay_body_cos(v);
  }
}

static void loop_pow(double *out, const double *x, const double *y, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = assay_body_pow(x[i], y[i]);
}

static void loop_pow1(double *out, const double *x, double y, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = assay_body_pow(x[i], y);
}

/* the difference to the largest good magnitude becomes negative, as an integer, for bigger ones */
static int trig_beyond(const double *x, ptrdiff_t n)
{
  const uint64_t largest = assay_body_bits(ASSAY_BODY_TRIG_MAX);
  uint64_t any = 0;
#pragma omp simd reduction(| : any)
  for (ptrdiff_t i = 0; i < n; i++) any |= largest - assay_body_bits(fabs(x[i]));
  return any >> 63 != 0;
}

const struct assay_vmath_kernels ASSAY_ISA_NAME(assay_vmath_kernels) = {
    .exp = loop_exp,
    .expm1 = loop_expm1,
    .log = loop_log,
    .log1p = loop_log1p,
    .tanh = loop_tanh,
    .sin = loop_sin,
    .cos = loop_cos,
    .sincos = loop_sincos,
    .pow = loop_pow,
    .pow1 = loop_pow1,
    .trig_beyond = trig_beyond,
};
