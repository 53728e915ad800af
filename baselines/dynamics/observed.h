/* Trajectories of a system as the protocol gives them: states on rows, cut into pieces whose points
 * follow each other at equal steps. */
#ifndef ASSAY_BASELINES_DYNAMICS_OBSERVED_H
#define ASSAY_BASELINES_DYNAMICS_OBSERVED_H
#include "datasets/table.h"

/* Rows first .. first + n - 1 of one trajectory. */
struct assay_piece {
  long first, n;
  double step; /* s */
};

struct assay_observed {
  int n_states, n_pieces;
  long n_rows;
  const double *x; /* [n_states, n_rows], borrowed from the table */
  struct assay_piece *piece;
};

/* All rows of the training table; a new piece begins with every trajectory and where the split
 * changes, so that what is held out is a piece. Pieces of one point are left out. ASSAY_EARG: no
 * trajectories; ASSAY_EUNSUPPORTED: steps that are not equal (within 1e-6). */
int assay_observed_create(struct assay_observed **out, const struct assay_table *t);
void assay_observed_destroy(struct assay_observed *o); /* NULL allowed */

/* State k [n_rows] */
static inline const double *assay_observed_state(const struct assay_observed *o, int k)
{
  return o->x + (size_t)k * (size_t)o->n_rows;
}

/* Standard deviation of what is not smooth in state k, from differences d of order 8 within pieces:
 * median |d| / (0.6745 sqrt(C(16, 8))). Noise, or else what such differences leave of a smooth
 * curve. */
double assay_observed_noise(const struct assay_observed *o, int k, double *work /* [n_rows] */);

#endif
