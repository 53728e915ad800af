/* Few terms that explain the rates: sequentially thresholded least squares on normalised columns,
 * with threshold and library chosen on held-out trajectories.
 *
 * Columns g_k and the left side b have length one. From all terms of a library on, the threshold
 * rises; terms whose coefficient is below threshold times the largest go, the others are fitted
 * again, until nothing goes (Brunton, Proctor, Kutz, PNAS 113 (2016) 3932-3937). Every set of terms
 * met on the way is a candidate S. Each trajectory in turn is left out of the fit and predicted;
 * with e^2 the mean squared error of these predictions, d what b is expected to be off, and n
 * independent rows, the candidate with the least
 *
 *     n log(e^2 + d^2 + (1e-6 |b|)^2) + |S| log n
 *
 * of all libraries is fitted to all rows. d keeps terms out that only repair the errors of b. */
#ifndef ASSAY_BASELINES_DYNAMICS_SPARSE_H
#define ASSAY_BASELINES_DYNAMICS_SPARSE_H
#include "baselines/dynamics/problem.h"

/* Terms that may be used together. */
struct assay_sparse_library {
  int n;
  int *term; /* [n] */
};

/* c [n_states, n_terms], zero for terms that are not used; at most `most` terms for a state.
 * ASSAY_ENOMEM. */
int assay_sparse_fit(double *c, const struct assay_dynamics_problem *p,
                     const struct assay_sparse_library *library, int n_libraries, int most);

/* All terms of one library, least squares. */
int assay_sparse_fit_all(double *c, const struct assay_dynamics_problem *p,
                         const struct assay_sparse_library *library);

#endif
