/* What is imposed at the sides of a grid, as a ring of points around the field: a side belongs to
 * the ring where any field asked for has a value imposed there; fields without one repeat their
 * nearest point. So a walled channel with inlet and outlet of 64 x 64 cells becomes 66 x 65. Two
 * dimensions; others have no ring. */
#ifndef ASSAY_BASELINES_NEURAL_BORDER_H
#define ASSAY_BASELINES_NEURAL_BORDER_H
#include "baselines/training.h"

struct assay_nn_ring {
  int rows, columns;     /* of the grid; one row in one dimension */
  int side[ASSAY_SIDES]; /* 1: part of the ring */
  int all_rows, all_columns;
  size_t points; /* all_rows all_columns */
};
/* The ring that case 0 has; wanted false, a grid that is not two-dimensional: none. */
int assay_nn_ring_find(struct assay_nn_ring *r, const struct assay_view *v, bool wanted);

/* Where point i of the grid stands within the ring. */
size_t assay_nn_ring_place(const struct assay_nn_ring *r, size_t i);

/* Imposed values of one case. */
struct assay_nn_border {
  struct assay_nn_ring ring;
  int n_fields, n_times;
  int *type;       /* [n_fields, ASSAY_SIDES] enum assay_boundary_type */
  double *value;   /* [n_fields, ASSAY_SIDES, n_times] */
  double *profile; /* [n_fields, ASSAY_SIDES, longest side] */
  int longest;
};
int assay_nn_border_open(struct assay_nn_border *b, const struct assay_view *v,
                         const struct assay_nn_ring *ring);
/* Read those of case k. */
int assay_nn_border_read(struct assay_nn_border *b, const struct assay_view *v, long k);
/* Fill the ring of field f in x [all_rows, all_columns] with what is imposed at frame t, as
 * (value - mean) / spread; NaN (nothing there) repeats the nearest point. */
void assay_nn_border_put(float *x, const struct assay_nn_border *b, int f, int t, double mean,
                         double spread);
void assay_nn_border_clear(struct assay_nn_border *b);

#endif
