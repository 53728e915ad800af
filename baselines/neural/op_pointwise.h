/* Element by element. */
#ifndef ASSAY_BASELINES_NEURAL_OP_POINTWISE_H
#define ASSAY_BASELINES_NEURAL_OP_POINTWISE_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_relu, assay_nn_op_gelu, assay_nn_op_tanh,
    assay_nn_op_sine, assay_nn_op_norm_relu, assay_nn_op_scale, assay_nn_op_add, assay_nn_op_mul;

int assay_nn_relu(struct assay_nn_graph *g, int x);
int assay_nn_gelu(struct assay_nn_graph *g, int x); /* x F(x), F the normal distribution */
int assay_nn_tanh(struct assay_nn_graph *g, int x);
int assay_nn_sine(struct assay_nn_graph *g, int x, double omega); /* sin(omega x) */
int assay_nn_scale(struct assay_nn_graph *g, int x, double factor);
int assay_nn_affine(struct assay_nn_graph *g, int x, double factor, double shift);

/* Standardise over the last `dims` dimensions, take the positive part, and undo the
 * standardisation. As the deviation s cancels, s max((x - m) / s, 0) + m = max(x, m). */
int assay_nn_norm_relu(struct assay_nn_graph *g, int x, int dims);

/* Equal shapes; one of the two may be shared by all samples (one item). */
int assay_nn_add(struct assay_nn_graph *g, int a, int b);
int assay_nn_mul(struct assay_nn_graph *g, int a, int b);

#endif
