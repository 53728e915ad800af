/* Plain networks, as parts of larger ones. */
#ifndef ASSAY_BASELINES_NEURAL_STACK_H
#define ASSAY_BASELINES_NEURAL_STACK_H
#include "baselines/neural/sampler.h"

struct assay_nn_stack {
  int depth; /* linear layers */
  int width; /* of all but the last */
  int last;  /* of the last */
};

/* [.., k] to [.., last] through layers "name.0", "name.1", ..., each but the first behind a
 * rectifier. */
int assay_nn_stack(struct assay_nn_graph *g, const char *name, int x,
                   const struct assay_nn_stack *s);

/* What a network reads that is frame, parameters and places in one row. Beside ten thousand numbers
 * of a frame it would hardly see the others. Balanced, every part is divided by the root of its
 * length, and all parts weigh the same, in the beginning and in the steps of Adam. */
int assay_nn_part(struct assay_nn_graph *g, int x, const struct assay_nn_sizes *sizes);
/* Inputs "state" and "parameters" as one row of *parts parts. */
int assay_nn_frame_and_parameters(int *parts, struct assay_nn_graph *g,
                                  const struct assay_nn_sizes *sizes);

/* The places asked for, input "points"; as published (index - 50) / 100. */
int assay_nn_places(struct assay_nn_graph *g, const struct assay_nn_sizes *sizes);

#endif
