/* Matrix products along the last dimension of an item. */
#ifndef ASSAY_BASELINES_NEURAL_OP_LINEAR_H
#define ASSAY_BASELINES_NEURAL_OP_LINEAR_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_linear, assay_nn_op_joint, assay_nn_op_inner,
    assay_nn_op_bias;

/* [..., k] -> [..., m]: x W^T + b, weight [m, k] and bias [m], both starting uniform within
 * 1 / sqrt(k). */
int assay_nn_linear(struct assay_nn_graph *g, const char *name, int x, int m);
int assay_nn_linear_no_bias(struct assay_nn_graph *g, const char *name, int x, int m);
/* With weights that start within gain / sqrt(fan); 0: 1, k. With
 * sqrt(3) a layer keeps the mean square of what goes through, with 1 a third of it is left. */
#define ASSAY_NN_KEEPING 1.7320508075688772
int assay_nn_linear_started(struct assay_nn_graph *g, const char *name, int x, int m, double gain,
                            int fan);

/* The same for rows that begin alike: a [n] stands in front of each of the rows of b [k, l]; out
 * [k, m] = [a b] W^T + bias, weight [m, n + l]. What a gives is computed once. */
int assay_nn_joint_started(struct assay_nn_graph *g, const char *name, int a, int b, int m,
                           double gain, int fan);

/* Inner products of a with rows of b: a [p] of every sample with b [p] of k shared items, out [k];
 * or a [f, p] with b [k, p] of the same sample, out [k, f], sum_p b_kp a_fp. */
int assay_nn_inner(struct assay_nn_graph *g, int a, int b);

/* x plus one number per entry of dimension `axis` (-1: one for all), starting at 0. The parameter
 * is called "name.bias". */
int assay_nn_bias(struct assay_nn_graph *g, const char *name, int x, int axis);

#endif
