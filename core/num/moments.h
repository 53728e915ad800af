/* Sums over rows that regressions need, in a fixed order: 32 lanes, joined pairwise. The same bits
 * on every instruction set. */
#ifndef ASSAY_CORE_NUM_MOMENTS_H
#define ASSAY_CORE_NUM_MOMENTS_H
#include <stddef.h>

/* sum of x_i y_i */
double assay_moments_dot(const double *x, const double *y, ptrdiff_t n);

/* What a straight line through (f_i, y_i) with weights w_i takes, with d_i = f_i - f_0 so that
 * nothing cancels: sums of w d, w d^2 and z d, where z_i = w_i (y_i - mean y). n >= 1. */
struct assay_moments_line {
  double d, dd, dz;
};
struct assay_moments_line assay_moments_line(const double *f, const double *w, const double *z,
                                             ptrdiff_t n);

#endif
