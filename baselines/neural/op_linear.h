/* Matrix products along the last dimension of an item. */
#ifndef ASSAY_BASELINES_NEURAL_OP_LINEAR_H
#define ASSAY_BASELINES_NEURAL_OP_LINEAR_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_linear, assay_nn_op_inner, assay_nn_op_bias;

/* [..., k] -> [..., m]: x W^T + b, weight [m, k] and bias [m], both starting uniform within
 * 1 / sqrt(k). */
int assay_nn_linear(struct assay_nn_graph *g, const char *name, int x, int m);
int assay_nn_linear_no_bias(struct assay_nn_graph *g, const char *name, int x, int m);

/* a [p] of every sample with b [p] of k shared items, or b [k, p] of the same sample: [k], the
 * inner products sum_p a_p b_kp. */
int assay_nn_inner(struct assay_nn_graph *g, int a, int b);

/* x plus one number per entry of dimension `axis` (-1: one for all), starting at 0. The parameter
 * is called "name.bias". */
int assay_nn_bias(struct assay_nn_graph *g, const char *name, int x, int axis);

#endif
