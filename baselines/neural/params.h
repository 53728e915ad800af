/* What a model learns: one block of float values, one of gradients, and a table of rows that says
 * what stands where. Names are those that the same modules have in a PyTorch state dictionary
 * ("layers.0.weight"), so that weights can be carried over one to one. Optimisers, checkpoints and
 * gradient checks are loops over the table. */
#ifndef ASSAY_BASELINES_NEURAL_PARAMS_H
#define ASSAY_BASELINES_NEURAL_PARAMS_H
#include <stdint.h>

#include "baselines/neural/shape.h"

enum assay_nn_init {
  ASSAY_NN_ZEROS,
  ASSAY_NN_ONES,
  ASSAY_NN_UNIFORM, /* -bound to bound; bound = scale / sqrt(fan_in): PyTorch's default, scale 1 */
  ASSAY_NN_NORMAL,  /* deviation scale / sqrt(fan_in): Kaiming with scale sqrt(2) */
  ASSAY_NN_XAVIER,  /* uniform, bound = scale sqrt(6 / (fan_in + fan_out)) */
  ASSAY_NN_UNIT,    /* uniform in 0 to scale */
};

/* How a parameter starts. */
struct assay_nn_start {
  enum assay_nn_init how;
  int fan_in, fan_out;
  double scale;
};

struct assay_nn_row {
  char *name;
  struct assay_nn_shape shape;
  size_t offset, size; /* floats from the start of the block */
  struct assay_nn_start start;
  bool
      learned; /* false: a buffer such as a running mean, no gradient and no step of an optimiser */
};

struct assay_nn_params {
  int n;
  struct assay_nn_row *row; /* [n] in the order of their creation */
  size_t count;             /* learned numbers: what papers call the number of parameters */
  size_t length;            /* of the blocks in floats, gaps included (rows start at 64 bytes) */
  float *value, *gradient;  /* [length]; NULL before assay_nn_params_allocate */
};

void assay_nn_params_clear(struct assay_nn_params *p);

/* Index of the row with this name, or -1. */
int assay_nn_params_find(const struct assay_nn_params *p, const char *name);

/* *index of a new row, or of the one that is there already with the same shape (another graph of
 * the same model). ASSAY_EARG: it is there with another shape, or the blocks are allocated and it
 * is not there. */
int assay_nn_params_add(int *index, struct assay_nn_params *p, const char *name,
                        const struct assay_nn_shape *shape, const struct assay_nn_start *start,
                        bool learned);

/* Allocate both blocks and draw the starting values: Philox keyed by seed and name, so that a
 * parameter does not depend on which others there are. */
int assay_nn_params_allocate(struct assay_nn_params *p, uint64_t seed);

#endif
