/* Plain networks, as parts of larger ones.
 *
 * With the starting values that PyTorch gives to linear layers, what goes through eight rectified
 * layers fades to a thousandth of its size, and a network that reads a frame of ten thousand
 * numbers beside a few parameters and coordinates hardly sees these: it stays near a constant for
 * thousands of steps. Balanced networks start with weights that keep the mean square, and every
 * part of what they read is divided by the root of its length, so that all parts weigh the same, in
 * the beginning and in the steps of Adam. */
#ifndef ASSAY_BASELINES_NEURAL_STACK_H
#define ASSAY_BASELINES_NEURAL_STACK_H
#include "baselines/neural/sampler.h"

struct assay_nn_stack {
  int depth; /* linear layers */
  int width; /* of all but the last */
  int last;  /* of the last */
  bool balanced;
  int parts; /* balanced parts that the first layer reads; 0: numbers of its own kind */
};

/* [.., k] to [.., last] through layers "name.0", "name.1", ..., each but the first behind a
 * rectifier. */
int assay_nn_stack(struct assay_nn_graph *g, const char *name, int x,
                   const struct assay_nn_stack *s);

/* Frame and parameters as one row, of *parts balanced parts (0: as they are). */
int assay_nn_frame_and_parameters(int *parts, struct assay_nn_graph *g,
                                  const struct assay_nn_sizes *sizes);
/* x, divided by the root of its length where networks are balanced. */
int assay_nn_part(struct assay_nn_graph *g, int x, const struct assay_nn_sizes *sizes);

/* The places asked for, input "points"; as published (index - 50) / 100. */
int assay_nn_places(struct assay_nn_graph *g, const struct assay_nn_sizes *sizes);

#endif
