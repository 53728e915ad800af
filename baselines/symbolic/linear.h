/* Regressions that are linear in their coefficients, from floors to sparse ones. All use the
 * fitting rows (at most ASSAY_SR_LINEAR_ROWS of them, chosen at random), minimise the sum of
 * squares of y minus prediction, and offer their equations to the front. */
#ifndef ASSAY_BASELINES_SYMBOLIC_LINEAR_H
#define ASSAY_BASELINES_SYMBOLIC_LINEAR_H
#include "baselines/symbolic/front.h"

enum { ASSAY_SR_LINEAR_ROWS = 2000 };

/* Floors: the mean; a + sum b_i x_i; c prod x_i (columns that are usable). */
int assay_sr_fit_constant(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed);
int assay_sr_fit_line(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed);
int assay_sr_fit_product(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed);

/* A polynomial of the columns whose degree (1 to 6, at most 300 terms) has the least squared error
 * in five-fold cross-validation; a higher degree must lower it by 1 %. */
int assay_sr_fit_polynomial(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed);

/* Sequentially thresholded least squares over monomials to degree 3 and simple functions: fit, drop
 * terms whose share (coefficient x length of its column) is below a threshold times the largest,
 * repeat; for thresholds from 1e-1 to 1e-8. Reference: Brunton, Proctor, Kutz (2016). */
int assay_sr_fit_stlsq(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed);

/* The lasso path over the same library by coordinate descent from the largest penalty down; each
 * new set of terms is fitted again by least squares, then once more without those of small share.
 * Reference: Friedman, Hastie, Tibshirani (2010).
 */
int assay_sr_fit_lasso(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed);

#endif
