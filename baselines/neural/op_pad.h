/* Planes brought to another size. */
#ifndef ASSAY_BASELINES_NEURAL_OP_PAD_H
#define ASSAY_BASELINES_NEURAL_OP_PAD_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_pad;

/* [c, h, w] in the middle of zeros [c, rows, columns], neither smaller; an odd row or column is put
 * behind; [c, n] with rows 1. */
int assay_nn_pad(struct assay_nn_graph *g, int x, int rows, int columns);

#endif
