/* Convolution through a few waves of a periodic grid, and what such networks need beside it. */
#ifndef ASSAY_BASELINES_NEURAL_OP_SPECTRAL_H
#define ASSAY_BASELINES_NEURAL_OP_SPECTRAL_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_waves, assay_nn_op_spectral, assay_nn_op_spectral_onto,
    assay_nn_op_coordinates;

/* x [c, h, w] -> [channels, h, w]: every wave (k1, k2) of the grid with -m1 <= k1 < m1 rows and
 * 0 <= k2 < m2 columns goes through a complex matrix of its own, all others are dropped. Complex
 * weights as pairs of numbers: "name.weights1" [c, channels, m1, m2, 2] for k1 >= 0 and
 * "name.weights2" for k1 < 0, uniform in 0 to 1 / (c channels) in both parts. 2 m1 <= h and
 * m2 <= w / 2 + 1.
 * x [c, w] -> [channels, w]: m2 waves, "name.weights1" [c, channels, m2, 2]; m1 is not read. */
int assay_nn_spectral(struct assay_nn_graph *g, const char *name, int x, int channels, int m1,
                      int m2);

/* The same, added to y [channels, h, w] or [channels, w]. */
int assay_nn_spectral_onto(struct assay_nn_graph *g, const char *name, int y, int x, int channels,
                           int m1, int m2);

/* Planes [2, rows, columns] that all samples share: how far along its row and down its column a
 * point is, 0 to 1 from the first point to the last (0 where there is one). */
int assay_nn_coordinates(struct assay_nn_graph *g, int rows, int columns);

#endif
