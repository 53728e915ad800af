/* Losses: the last node of a graph. `weight` (a value, or -1) gives every number of the prediction
 * a weight: the mask of the fluid. Target and weight are inputs. All return -1; a graph has one. */
#ifndef ASSAY_BASELINES_NEURAL_OP_LOSS_H
#define ASSAY_BASELINES_NEURAL_OP_LOSS_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_probe, assay_nn_op_mse, assay_nn_op_nmse,
    assay_nn_op_relative_l2, assay_nn_op_h1;

/* sum w (p - y)^2 / sum w over the whole batch */
int assay_nn_mse(struct assay_nn_graph *g, int p, int y, int weight);

/* sum w (p - y)^2 / sum w y^2 over the whole batch; the mean square where all y are 0 */
int assay_nn_nmse(struct assay_nn_graph *g, int p, int y, int weight);

/* mean over the samples of |p - y| / |y| with the weighted 2-norm over an item; of |p - y| where y
 * is 0 */
int assay_nn_relative_l2(struct assay_nn_graph *g, int p, int y, int weight);

/* Of planes [c, rows, columns] whose sides have length 1, D the differences of neighbours over
 * their distance along rows and columns, W the product of both weights:
 *
 *   sum w (p - y)^2 / sum w y^2 + sum W |D (p - y)|^2 / sum W |D y|^2
 *
 * over the whole batch. What is 0 below a bar is replaced: the second by the first, that as in
 * nmse.
 */
int assay_nn_h1(struct assay_nn_graph *g, int p, int y, int weight);

/* sum w p: a linear functional, for tests of gradients */
int assay_nn_probe(struct assay_nn_graph *g, int p, int w);

#endif
