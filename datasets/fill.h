/* What generators share when they fill a case frame by frame: one frame of every wanted field in
 * double precision, the repeated last frame, and certificate entries that depend on no solver. */
#ifndef ASSAY_DATASETS_FILL_H
#define ASSAY_DATASETS_FILL_H
#include "datasets/case.h"

/* One frame of a case on its way from the solver. */
struct assay_fill {
  int n_fields;
  double **field; /* [n_fields], by index in the generator's table: [points]; NULL: not wanted, or
                     no grid per frame */
};

/* Buffers of `points` numbers, at least those of the case's grid (more: the solver samples beyond
 * what is stored, the rest is dropped). ASSAY_ENOMEM; *f may be destroyed all the same. */
int assay_fill_create(struct assay_fill *f, const struct assay_case *c, size_t points);
/* Takes a zeroed struct, too. */
void assay_fill_destroy(struct assay_fill *f);

/* Store the buffers as this frame, which becomes the last one. */
void assay_fill_put(struct assay_case *c, int frame, const struct assay_fill *f);
/* Copy the last frame of all fields, scalars included, to all frames behind it. There is one. */
void assay_fill_repeat(struct assay_case *c);

/* What does not move in a cell of the stored grid: the share of it that is fluid, the distance of
 * its centre from the nearest wall or body [m], and the generator's tag. */
struct assay_fill_cell {
  double mask, distance, tag;
};
/* Store them for all cells of a grid y, x as the static fields mask, distance, tag: their indices
 * in the generator's table. ASSAY_ENOMEM. */
int assay_fill_map(struct assay_case *c, const int field[3],
                   struct assay_fill_cell (*cell)(const void *context, int j, int i),
                   const void *context);

/* Raise or lower a row of a certificate to a value; NaN, as cleared, gives way. */
void assay_fill_raise(double *row, double value);
void assay_fill_lower(double *row, double value);
/* Whether the flow stood still on its way to this frame: from which frame on it does. */
void assay_fill_steady(struct assay_certificate *c, int frame, bool steady);
/* The solver failed with ASSAY_EDIVERGED at t (s): the reason is its message. */
void assay_fill_diverged(struct assay_certificate *c, double t);

#endif
