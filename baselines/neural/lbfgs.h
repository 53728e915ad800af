/* L-BFGS, a step per gradient: see lbfgs.c. Internal to the optimisers. */
#ifndef ASSAY_BASELINES_NEURAL_LBFGS_H
#define ASSAY_BASELINES_NEURAL_LBFGS_H
#include "baselines/neural/optimiser.h"

enum { ASSAY_NN_LBFGS_PAIRS = 10, ASSAY_NN_LBFGS_STATES = 3 + 2 * ASSAY_NN_LBFGS_PAIRS };

/* One step with the loss and the gradients that stand in the table; not finite ones are a step that
 * was too long. rate: length of the first step along the gradient. */
void assay_nn_lbfgs_step(struct assay_nn_optimiser *o, double rate, double loss);

/* Nothing gets better any more. */
bool assay_nn_lbfgs_finished(const struct assay_nn_optimiser *o);

#endif
