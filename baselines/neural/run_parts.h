/* What a run is made of, for its own files. */
#ifndef ASSAY_BASELINES_NEURAL_RUN_PARTS_H
#define ASSAY_BASELINES_NEURAL_RUN_PARTS_H
#include "baselines/neural/plan.h"
#include "baselines/neural/run.h"
#include "baselines/neural/workers.h"

enum { ASSAY_NN_AHEAD_SUMS, ASSAY_NN_FORWARD_SUMS, ASSAY_NN_BACK_SUMS, ASSAY_NN_SUM_KINDS };

enum { ASSAY_NN_PIECE = 8192 }; /* floats of gradients that are joined at once */

struct assay_nn_piece {
  size_t from, n;
};

/* What a node has beside its numbers. */
struct assay_nn_equipment {
  void *state;                      /* of op->plan */
  double *sums[ASSAY_NN_SUM_KINDS]; /* [shards, n_sums], joined in the first row */
  int n_sums[ASSAY_NN_SUM_KINDS];
};

struct assay_nn_run {
  const struct assay_nn_graph *graph;
  struct assay_nn_run_options options;
  struct assay_nn_plan plan;
  struct assay_nn_workers *workers;
  struct assay_nn_equipment *node; /* [n_nodes] */
  float **input;                   /* [n_values], NULL: not an input */
  float *whole;                    /* values that cross phases */
  float **tile, **scratch;         /* [threads] */
  float **d_param;  /* [shards], of the length of the parameter block; [0] is borrowed */
  float **d_shared; /* [shards] */
  int n_pieces;
  struct assay_nn_piece *piece; /* of the parameters whose gradients shards have parts of */
  size_t scratch_length, bytes;
  uint64_t steps;
  /* of this call */
  int n, phase;
  bool held;      /* assay_nn_run_hold */
  bool settled;   /* shared values stand there from a call before */
  bool searching; /* for what is not finite */
  int bad;        /* the first step that made something that is not, -1: none */
};

/* All phases on the first n samples; with the joins and the loss of a training step. */
void assay_nn_run_phases(struct assay_nn_run *run, int n);
void assay_nn_run_train(double *loss, struct assay_nn_run *run, int n);

/* ASSAY_EARG: not between 1 and the batch. */
int assay_nn_run_check_samples(const struct assay_nn_run *run, int n);

bool assay_nn_run_all_finite(const float *x, size_t n);

#endif
