/* Block operations in double precision, and the sums. */
#include "core/expr/program_kernels.h"

#include <math.h>

#include "core/num/fmath.h"
#include "core/num/fmath_body.h"

#define REAL double
#define FUNCTION(name) assay_fbody_##name
#define CAREFUL(name) assay_fmath_##name
#define LIMIT(name) ASSAY_FBODY_##name
#define BITS uint64_t
#define BITS_OF assay_body_bits
#define FABS fabs
#define SQRT sqrt
#include "core/expr/program_kernels_body.h"

const struct assay_expr_kernels ASSAY_ISA_NAME(assay_expr_kernels) = KERNELS;

/* ---- sums --------------------------------------------------------------------------------- */

/* Element i goes to lane i % 32; lanes are joined pairwise. */
#define SUM_OF(term)                                                \
  double lane[LANES] = {0};                                         \
  const ptrdiff_t whole = n - n % LANES;                            \
  for (ptrdiff_t i = 0; i < whole; i += LANES)                      \
    for (int k = 0; k < LANES; k++) lane[k] += term(i + k);         \
  for (ptrdiff_t i = whole; i < n; i++) lane[i - whole] += term(i); \
  return join(lane);

static double sum(const double *x, ptrdiff_t n)
{
#define TERM(i) x[i]
  SUM_OF(TERM)
#undef TERM
}

static double dot(const double *x, const double *y, ptrdiff_t n)
{
#define TERM(i) x[i] * y[i]
  SUM_OF(TERM)
#undef TERM
}

static double dot_about(const double *x, double mean_x, const double *y, double mean_y, ptrdiff_t n)
{
#define TERM(i) (x[i] - mean_x) * (y[i] - mean_y)
  SUM_OF(TERM)
#undef TERM
}

/* ---- reverse sweep ------------------------------------------------------------------------ */

static void add(double *to, const double *g, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) to[i] += g[i];
}

static void subtract(double *to, const double *g, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) to[i] -= g[i];
}

static void add_product(double *to, const double *g, const double *d, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) to[i] += g[i] * d[i];
}

static void subtract_product(double *to, const double *g, const double *d, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) to[i] -= g[i] * d[i];
}

static void sign(double *out, const double *a, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = a[i] > 0.0 ? 1.0 : a[i] < 0.0 ? -1.0 : 0.0;
}

static void less(double *out, const double *a, const double *b, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = a[i] < b[i] ? 1.0 : 0.0;
}

static void pow_by_exponent(double *out, const double *a, const double *f, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = a[i] > 0.0 ? f[i] * out[i] : 0.0;
}

const struct assay_expr_sum_kernels ASSAY_ISA_NAME(assay_expr_sum_kernels) = {
    .sum = sum,
    .dot = dot,
    .dot_about = dot_about,
    .add = add,
    .subtract = subtract,
    .add_product = add_product,
    .subtract_product = subtract_product,
    .sign = sign,
    .less = less,
    .pow_by_exponent = pow_by_exponent,
};
