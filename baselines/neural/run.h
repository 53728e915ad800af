/* Running a graph: forward, or a training step (forward, loss, gradients of all parameters).
 *
 * The batch is cut into at most 8 shards of whole tiles (plan.h); how it is cut depends on the
 * graph and the size of the batch only, and what the shards sum up - gradients, statistics of batch
 * normalisation, the loss - is joined pairwise in a fixed order. So the same bits come out for any
 * number of threads. All memory is taken at creation; a step allocates nothing. */
#ifndef ASSAY_BASELINES_NEURAL_RUN_H
#define ASSAY_BASELINES_NEURAL_RUN_H
#include "baselines/neural/graph.h"

struct assay_nn_run;

struct assay_nn_run_options {
  int batch;     /* most samples of a call */
  bool training; /* a loss and gradients; else forward only, with running statistics */
  bool frozen;   /* forward: what all samples share is computed by the first call only, and by the
                    first one after assay_nn_run_thaw */
  int threads;   /* 0: 1 */
  int tile;      /* samples that go through the layers together; 0: chosen */
  int shards;    /* parts of a batch with sums of their own, at most 8; 0: chosen */
  uint64_t seed; /* of dropout */
  bool bf16;     /* large linear maps and convolutions multiply bfloat16 numbers (bf16.h) */
};

/* graph must outlive the run, its parameters be allocated (assay_nn_params_allocate).
 * ASSAY_EARG: they are not, or there is no loss to train; ASSAY_EENV: bfloat16, which is not there;
 * what operations return. */
int assay_nn_run_create(struct assay_nn_run **out, const struct assay_nn_graph *graph,
                        const struct assay_nn_run_options *options);
void assay_nn_run_destroy(struct assay_nn_run *run);

/* Where an input is to be written, or an output of the last call stands: [batch, shape], or
 * [items, shape] of a shared one. By value or by name; NULL for anything else. */
float *assay_nn_run_value(struct assay_nn_run *run, int value);
float *assay_nn_run_named(struct assay_nn_run *run, const char *name);
/* Gradient of an input that asked for it, after a training step. */
const float *assay_nn_run_gradient(const struct assay_nn_run *run, int value);

/* The first n samples, 1 <= n <= batch. */
int assay_nn_run_forward(struct assay_nn_run *run, int n);
/* Parameters or shared inputs have changed. */
void assay_nn_run_thaw(struct assay_nn_run *run);
/* From now on steps have norms by their running statistics, which no longer move, and no dropout.
 */
void assay_nn_run_hold(struct assay_nn_run *run);
/* Needs training. *loss may be NaN or infinite: ask assay_nn_run_blame. */
int assay_nn_run_step(double *loss, struct assay_nn_run *run, int n);

/* So many steps are done: drawing of dropout continues from there. */
void assay_nn_run_seek(struct assay_nn_run *run, uint64_t step);

/* Where the first number is that is not finite, found by going once more through the first n
 * samples: "input x", "parameter layers.0.weight", "layer layers.3", "loss", "gradient of ...";
 * "nowhere" when all are finite. The caller owns *out. */
int assay_nn_run_blame(char **out, struct assay_nn_run *run, int n);

/* What was planned. */
struct assay_nn_run_info {
  int shards, tile, phases;
  size_t bytes; /* of the run, without parameters */
  double work;  /* multiply-adds of forward per sample, shared values not counted */
};
struct assay_nn_run_info assay_nn_run_info(const struct assay_nn_run *run);

#endif
