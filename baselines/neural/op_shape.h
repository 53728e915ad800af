/* Where numbers stand: no arithmetic but sums in the gradients. */
#ifndef ASSAY_BASELINES_NEURAL_OP_SHAPE_H
#define ASSAY_BASELINES_NEURAL_OP_SHAPE_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_reshape, assay_nn_op_broadcast, assay_nn_op_slice,
    assay_nn_op_concat;

/* The same numbers in the same order. */
int assay_nn_reshape(struct assay_nn_graph *g, int x, int n, const int *d);

/* Repeat: dimensions are aligned from the last one; those of length 1, or missing in front, are
 * repeated to the length in d [n]. */
int assay_nn_broadcast(struct assay_nn_graph *g, int x, int n, const int *d);

/* Entries [from, from + count) of dimension `axis`. */
int assay_nn_slice(struct assay_nn_graph *g, int x, int axis, int from, int count);

/* n values one behind the other along dimension `axis`, the others equal. Values that are shared by
 * all samples (one item) are repeated for each. */
int assay_nn_concat(struct assay_nn_graph *g, int axis, const int *x, int n);

#endif
