/* Kernel ridge regression: f(x) = sum_i k(x, x_i) w_i,
 *
 *     (K + lambda I) W = Y,   K_ij = k(x_i, x_j),   Y [n, p],
 *
 * by Cholesky decomposition. What is said about row i by all the others follows without solving
 * again: with C = (K + lambda I)^-1 the error is (C Y)_i / C_ii.
 *
 * Kernels of r^2 = sum_j (s_j (x_j - x'_j))^2, s_j the sharpness of input j (one over its length):
 *
 *     gauss      exp(-r^2 / 2)
 *     matern52   (1 + a + a^2 / 3) exp(-a),   a = sqrt(5) r
 *     matern32   (1 + a) exp(-a),             a = sqrt(3) r
 *
 * References: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), 4.2, 5.4.2.
 */
#ifndef ASSAY_BASELINES_KERNEL_H
#define ASSAY_BASELINES_KERNEL_H

enum { ASSAY_KERNEL_GAUSS, ASSAY_KERNEL_MATERN52, ASSAY_KERNEL_MATERN32, ASSAY_KERNEL_KINDS };

struct assay_kernel {
  int kind, n_inputs;
  const double *sharpness; /* [n_inputs], borrowed */
};

/* out [n, m] of all pairs of x [n, n_inputs] and y [m, n_inputs] */
void assay_kernel_matrix(double *out, const struct assay_kernel *k, const double *x, long n,
                         const double *y, long m);

/* weights [n, p] for targets y [n, p], k [n, n] the matrix of the rows. errors [n, p], NULL: not
 * wanted: of every row as told by the others. ASSAY_ENOMEM; ASSAY_EDIVERGED: the matrix is not
 * positive definite in floating point; a larger lambda helps. */
int assay_kernel_solve(double *weights, double *errors, const double *k, long n, const double *y,
                       int p, double lambda);

#endif
