/* Points, or patches of a plane, that look at each other. */
#ifndef ASSAY_BASELINES_NEURAL_OP_ATTENTION_H
#define ASSAY_BASELINES_NEURAL_OP_ATTENTION_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_attention;

/* x [n, 3 e] = [q k v], out [n, e]: in each of `heads` equal parts of the e columns, with d of
 * them, softmax(q k^T / sqrt(d)) v. */
int assay_nn_attention(struct assay_nn_graph *g, int x, int heads);

/* x [n, e] to [n, e]: q, k and v by one linear layer "name.qkv", attention, and a linear layer
 * "name.proj". Vaswani et al. 2017. */
int assay_nn_self_attention(struct assay_nn_graph *g, const char *name, int x, int heads);

#endif
