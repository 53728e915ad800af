/* Standardising, and dropout. A small number (epsilon, 1e-5) is added to variances. */
#ifndef ASSAY_BASELINES_NEURAL_OP_NORM_H
#define ASSAY_BASELINES_NEURAL_OP_NORM_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_batch_norm, assay_nn_op_group_norm,
    assay_nn_op_layer_norm, assay_nn_op_dropout;

/* Over the batch and all dimensions behind the first, for every channel; then weight and bias
 * [channels]. Without training by running_mean and running_var, which move a tenth of the way with
 * each step (variance with n - 1). */
int assay_nn_batch_norm(struct assay_nn_graph *g, const char *name, int x);

/* Over `groups` equal parts of the channels of every sample and all dimensions behind; then weight
 * and bias [channels]. */
int assay_nn_group_norm(struct assay_nn_graph *g, const char *name, int x, int groups);
/* Every channel of every sample on its own, no weights. */
int assay_nn_instance_norm(struct assay_nn_graph *g, int x);

/* Over the last `dims` dimensions; then weight and bias of their shape. */
int assay_nn_layer_norm(struct assay_nn_graph *g, const char *name, int x, int dims);

/* In training a number is 0 with probability p, else divided by 1 - p; 0 <= p < 1, taken to 16
 * bits. What is drawn depends on seed, step, node, sample and number alone. */
int assay_nn_dropout(struct assay_nn_graph *g, int x, double p);

#endif
