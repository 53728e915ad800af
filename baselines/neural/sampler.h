/* Samples for a network: what the inputs of its graph are filled with, in training and in answering
 * alike. A model declares those inputs that it wants, by name:
 *
 *   parameters [n_params]          standardised
 *   time [1]                       of the frame asked for, standardised (operator tasks)
 *   state [n_fields, rows, columns], or any shape of this size: the frame before (forecast tasks)
 *   mask [rows, columns], or any shape of this size: 1 fluid, 0 solid or ring
 *   points [k, n_axes]             where the fields are asked for, -1 to 1 along each axis
 *   before [k, n_fields]           state at these points
 *   target, weight                 [k, n_fields], or [n_fields, rows, columns] of the whole grid
 *
 * rows and columns count the ring of imposed values (border.h). One dimension has one row. */
#ifndef ASSAY_BASELINES_NEURAL_SAMPLER_H
#define ASSAY_BASELINES_NEURAL_SAMPLER_H
#include "baselines/neural/data.h"
#include "baselines/neural/run.h"

struct assay_nn_sizes {
  int n_fields, n_params, n_axes;
  int rows, columns;
  int points;       /* k of an item; 0: the model answers for the whole grid */
  bool timed;       /* asks for fields at a time; else for the next frame */
  unsigned defects; /* of CFDBench, brought back: defects.h */
  bool balanced;    /* inputs and starting weights of plain networks: stack.h, op_linear.h */
  double change;    /* what a change until the next frame is usually like; 0: not known */
};

/* What a network is told. */
struct assay_nn_given {
  const float *params; /* [n_params] */
  float time;
  const float *state; /* [n_fields, ring.points], NULL in operator tasks */
  const float *mask;  /* [ring.points] */
};

/* The fields everywhere, out [n_fields, ring.points]; on the ring what stands there, unless the
 * model answers for the whole grid. run is not for
 * training, unless the defect "restless" is wanted. */
int assay_nn_answer_all(float *out, struct assay_nn_run *run, const struct assay_nn_sizes *sizes,
                        const struct assay_nn_ring *ring, const struct assay_nn_given *given);

/* A frame to learn: of case i (of data), frame `from` given and frame `to` asked for. */
struct assay_nn_pair {
  int i, from, to;
};

struct assay_nn_sampler {
  const struct assay_nn_data *data; /* borrowed */
  struct assay_nn_sizes sizes;
  int parts; /* items that a sample is cut into, each with sizes.points points */
  /* deviation of what is added to the fluid of a frame given in training, so that a network learns
   * to come back from where a roll-out goes astray */
  double noise;
  float *noisy; /* [n_fields, ring.points] */
  uint64_t seed;
  long n_train, n_valid;
  struct assay_nn_pair *pair; /* [n_train + n_valid]; without cases of their own the validation
                                 samples are the training samples and not stored twice */
};
/* ASSAY_EARG: no case has two frames so far apart. */
int assay_nn_sampler_open(struct assay_nn_sampler *s, const struct assay_nn_data *data,
                          const struct assay_task *task, const struct assay_nn_sizes *sizes,
                          int parts, uint64_t seed);
void assay_nn_sampler_close(struct assay_nn_sampler *s);

/* Inputs of `run` for the listed training samples; *items of them. Points follow from seed and
 * draw alone. */
void assay_nn_sampler_fill(int *items, const struct assay_nn_sampler *s, struct assay_nn_run *run,
                           const long *sample, int n, uint64_t draw);

/* These training samples are next: their frames may be read ahead. */
void assay_nn_sampler_ahead(const struct assay_nn_sampler *s, const long *sample, int n);

/* Weighted squared error and square of the target of validation sample j, added to both; sizes: of
 * the graph that answers. */
int assay_nn_sampler_error(double *error, double *square, const struct assay_nn_sampler *s,
                           struct assay_nn_run *run, const struct assay_nn_sizes *sizes, long j);

#endif
