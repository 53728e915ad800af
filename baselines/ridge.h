/* Ridge regression by singular values: W(lambda) minimises |X W - Y|^2 + lambda n |W|^2 for X [n,
 * m],
 *
 *     X = U S V^T,   W = V diag(s / (s^2 + lambda n)) U^T Y,
 *
 * so that one decomposition serves every penalty. With lambda = 0 singular values below 1e-11 of
 * the largest are left out (minimum-norm least squares). Reference: Hastie, Tibshirani, Friedman,
 * The Elements of Statistical Learning, 3.4.1. */
#ifndef ASSAY_BASELINES_RIDGE_H
#define ASSAY_BASELINES_RIDGE_H

struct assay_ridge;

/* x [n, m] is not kept. ASSAY_ENOMEM; ASSAY_EDIVERGED: no convergence. */
int assay_ridge_create(struct assay_ridge **out, const double *x, long n, int m);
void assay_ridge_destroy(struct assay_ridge *r);

/* w [m, p] for y [n, p]. ASSAY_ENOMEM. */
int assay_ridge_solve(double *w, const struct assay_ridge *r, const double *y, int p,
                      double lambda);

/* The penalties that methods try, smallest first. */
enum { ASSAY_RIDGE_PENALTIES = 8 };
extern const double assay_ridge_penalties[ASSAY_RIDGE_PENALTIES];

#endif
