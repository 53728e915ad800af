/* A linear step in time for a state z [rank] that parameters phi [n_inputs] may steer:
 *
 *     z' = z + b + W^T x,   x = (z, phi)  or  x = (z, phi, phi_1 z, ..., phi_m z)
 *
 * W by ridge regression of the increments, so that a large penalty leaves z as it is (persistence).
 * Reference: dynamic mode decomposition with control, Proctor, Brunton and Kutz (2016). */
#ifndef ASSAY_BASELINES_PROPAGATOR_H
#define ASSAY_BASELINES_PROPAGATOR_H
#include <stdbool.h>

struct assay_propagator {
  int rank, n_inputs;
  bool bilinear;
  int n;           /* length of x */
  double *weights; /* [n, rank] */
  double *offset;  /* [rank] */
};

int assay_propagator_columns(int rank, int n_inputs, bool bilinear);

/* Pairs to learn from, and everything about them that does not depend on the penalty. */
struct assay_design;
/* now, next [n_pairs, stride], of which the first `rank` columns are used; phi [n_pairs, n_inputs].
 * ASSAY_ENOMEM, ASSAY_EDIVERGED. */
int assay_design_create(struct assay_design **out, const double *now, const double *next,
                        int stride, const double *phi, long n_pairs, int rank, int n_inputs,
                        bool bilinear);
void assay_design_destroy(struct assay_design *d);

/* Fit; the arrays of *out are allocated where they are NULL. ASSAY_ENOMEM. */
int assay_propagator_fit(struct assay_propagator *out, const struct assay_design *d, double lambda);
void assay_propagator_clear(struct assay_propagator *p);

/* z becomes z'; work [n + rank] */
void assay_propagator_step(const struct assay_propagator *p, double *z, const double *phi,
                           double *work);

#endif
