/* Losses: the last node of a graph. `weight` (a value, or -1) gives every number of the prediction
 * a weight: the mask of the fluid. Target and weight are inputs. All return -1; a graph has one. */
#ifndef ASSAY_BASELINES_NEURAL_OP_LOSS_H
#define ASSAY_BASELINES_NEURAL_OP_LOSS_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_probe, assay_nn_op_mse, assay_nn_op_nmse,
    assay_nn_op_relative_l2;

/* sum w (p - y)^2 / sum w over the whole batch */
int assay_nn_mse(struct assay_nn_graph *g, int p, int y, int weight);

/* sum w (p - y)^2 / sum w y^2 over the whole batch; the mean square where all y are 0 */
int assay_nn_nmse(struct assay_nn_graph *g, int p, int y, int weight);

/* mean over the samples of |p - y| / |y| with the weighted 2-norm over an item; of |p - y| where y
 * is 0 */
int assay_nn_relative_l2(struct assay_nn_graph *g, int p, int y, int weight);

/* sum w p: a linear functional, for tests of gradients */
int assay_nn_probe(struct assay_nn_graph *g, int p, int w);

#endif
