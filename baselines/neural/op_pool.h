/* Pooling of planes [c, h, w] or rows [c, n]: windows without padding; what does not fill a window
 * at the far ends is left out. */
#ifndef ASSAY_BASELINES_NEURAL_OP_POOL_H
#define ASSAY_BASELINES_NEURAL_OP_POOL_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_max_pool, assay_nn_op_mean_pool;

/* Largest number of every window; the gradient goes to the first of them. */
int assay_nn_max_pool(struct assay_nn_graph *g, int x, int kernel, int stride);
int assay_nn_mean_pool(struct assay_nn_graph *g, int x, int kernel, int stride);

#endif
