/* Constants of an expression by Gauss and Newton with Levenberg's and Marquardt's damping: the
 * weighted sum of squares
 *
 *     sum_i w_i^2 (f(x_i; c) - y_i)^2
 *
 * is minimised over the constants that are not whole numbers and not simple (at most three digits,
 * or a fraction with a denominator up to 6: those were chosen, not fitted). Columns of the Jacobian
 * are scaled to length one, so that constants of 1e-34 and 1e16 may stand side by side; undamped
 * steps are solved by orthogonal columns, to the last digits. Reference: More (1978). */
#ifndef ASSAY_BASELINES_SYMBOLIC_FIT_H
#define ASSAY_BASELINES_SYMBOLIC_FIT_H
#include "baselines/symbolic/budget.h"
#include "core/expr/expr.h"

enum { ASSAY_SR_FIT_PARAMS = 24 };

struct assay_sr_fit_data {
  const double *x; /* [n_vars, n] */
  const double *y; /* [n] */
  const double *w; /* [n] weights */
  ptrdiff_t n;
};

/* w [n] = 1 / sqrt(y^2 + (1e-3 median |y|)^2): relative errors, except where y is close to 0. */
int assay_sr_fit_weights(double *w, const double *y, ptrdiff_t n);

/* e's constants change in place. *rms: square root of the mean of w^2 (f - y)^2 afterwards; NaN
 * where f is not finite at the start (then nothing changes). free [n nodes] may be NULL; otherwise
 * only constants whose node is marked are fitted. */
int assay_sr_fit(struct assay_expr *e, double *rms, const struct assay_sr_fit_data *data,
                 const bool *free, int iterations, struct assay_sr_budget *b);

/* Constants of an expression that matches to rounding are replaced, one by one, by numbers of few
 * digits, fractions or multiples of pi that leave it so (the others are fitted again). */
int assay_sr_fit_snap(struct assay_expr *e, double *rms, const struct assay_sr_fit_data *data,
                      struct assay_sr_budget *b);

#endif
