/* Block operations of programs, one table per instruction set (core/num/isa.h) and precision.
 * Internal to core/expr.
 *
 * All arrays are [n]. out overlaps no operand of unary, pow and the like; the arithmetic ones
 * (neg, abs, sqrt, + - * /, min, max and the accumulating ones) may work in place. */
#ifndef ASSAY_CORE_EXPR_PROGRAM_KERNELS_H
#define ASSAY_CORE_EXPR_PROGRAM_KERNELS_H
#include <stddef.h>

#include "core/expr/expr.h"
#include "core/num/isa.h"

#define ASSAY_EXPR_KERNELS(struct_name, real)                                                \
  struct struct_name {                                                                       \
    void (*unary[ASSAY_EXPR_N_OPS])(real * out, const real *a, ptrdiff_t n);                 \
    void (*vv[ASSAY_EXPR_N_OPS])(real * out, const real *a, const real *b, ptrdiff_t n);     \
    void (*vs[ASSAY_EXPR_N_OPS])(real * out, const real *a, real b, ptrdiff_t n);            \
    void (*sv[ASSAY_EXPR_N_OPS])(real * out, real a, const real *b, ptrdiff_t n);            \
    void (*clean)(real * x, ptrdiff_t n);                   /* every NaN becomes the one */  \
    real (*sse)(const real *f, const real *y, ptrdiff_t n); /* sum of (f - y)^2, 32 lanes */ \
  };

ASSAY_EXPR_KERNELS(assay_expr_kernels, double)
ASSAY_EXPR_KERNELS(assay_expr_kernels_float, float)

/* What only double precision has: moments and the reverse sweep. */
struct assay_expr_sum_kernels {
  double (*sum)(const double *x, ptrdiff_t n);
  double (*dot)(const double *x, const double *y, ptrdiff_t n);
  double (*dot_about)(const double *x, double mean_x, const double *y, double mean_y, ptrdiff_t n);
  void (*add)(double *to, const double *g, ptrdiff_t n);                          /* to += g */
  void (*subtract)(double *to, const double *g, ptrdiff_t n);                     /* to -= g */
  void (*add_product)(double *to, const double *g, const double *d, ptrdiff_t n); /* to += g d */
  void (*subtract_product)(double *to, const double *g, const double *d, ptrdiff_t n);
  void (*sign)(double *out, const double *a, ptrdiff_t n);                  /* -1, 0, 1 */
  void (*less)(double *out, const double *a, const double *b, ptrdiff_t n); /* a < b ? 1 : 0 */
  /* derivative of a^b by b: f log a, 0 where a <= 0; on entry out = log a */
  void (*pow_by_exponent)(double *out, const double *a, const double *f, ptrdiff_t n);
};

ASSAY_ISA_DECLARE(struct assay_expr_kernels, assay_expr_kernels)
ASSAY_ISA_DECLARE(struct assay_expr_kernels_float, assay_expr_kernels_float)
ASSAY_ISA_DECLARE(struct assay_expr_sum_kernels, assay_expr_sum_kernels)

#endif
