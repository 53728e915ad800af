/* The loop of training: batches in a random order of every epoch, steps of the optimiser, scores of
 * the validation samples, the best parameters so far, and reasons to stop.
 *
 * What is done in a step follows from the seed and the number of the step alone, so that training
 * goes on from a checkpoint with the bits of a run that was never interrupted. The budget is work
 * (samples that went through an optimiser step); time only ends what has lost its way. */
#ifndef ASSAY_BASELINES_NEURAL_TRAINER_H
#define ASSAY_BASELINES_NEURAL_TRAINER_H
#include "baselines/neural/optimiser.h"
#include "baselines/neural/run.h"
#include "core/base/param.h"

/* What can be set for every network. */
struct assay_nn_settings {
  int batch, epochs, patience, threads;
  double samples, rate, step_epochs, step_factor, warm_epochs, decay, clip, average, noise;
  int optimiser, schedule, loss;
  bool bfloat16;
};
extern const struct assay_nn_settings assay_nn_settings_usual;

/* Rows of a struct S that holds them as its member `training`. */
#define ASSAY_NN_ROW(S, kind, T, f) \
  .name = #f, .type = (kind), .offset = ASSAY_OFFSET(S, training.f, T)
#define ASSAY_NN_SETTINGS_ROWS(S)                                                                  \
  {ASSAY_NN_ROW(S, ASSAY_PT_INT, int, batch), .unit = "1", .doc = "samples of an optimiser step",  \
   .min = 1, .max = 65536},                                                                        \
      {ASSAY_NN_ROW(S, ASSAY_PT_INT, int, epochs), .unit = "1",                                    \
       .doc = "passes over the training samples; 0: as many as `samples` allows", .min = 0,        \
       .max = 1e6},                                                                                \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, samples), .unit = "1",                             \
       .doc = "budget: samples that go through optimiser steps; 0: as many as `epochs` says",      \
       .min = 0, .max = 1e15},                                                                     \
      {ASSAY_NN_ROW(S, ASSAY_PT_CHOICE, int, optimiser), .doc = "what moves the weights",          \
       .choices = (const char *const[]){"adam", "adamw", "sgd", "lbfgs", NULL}},                   \
      {ASSAY_NN_ROW(S, ASSAY_PT_CHOICE, int, schedule), .doc = "of the learning rate",             \
       .choices = (const char *const[]){"constant", "step", "cosine", NULL}},                      \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, rate), .unit = "1", .doc = "learning rate",        \
       .min = 1e-9, .max = 10},                                                                    \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, step_epochs), .unit = "1",                         \
       .doc = "epochs between two steps of the schedule", .min = 1e-3, .max = 1e6},                \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, step_factor), .unit = "1",                         \
       .doc = "factor of a step, or what is left at the end of a cosine", .min = 0, .max = 1},     \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, warm_epochs), .unit = "1",                         \
       .doc = "epochs in which the rate rises", .min = 0, .max = 1e6},                             \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, decay), .unit = "1", .doc = "of the weights",      \
       .min = 0, .max = 1},                                                                        \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, clip), .unit = "1",                                \
       .doc = "largest norm of the gradient; 0: any", .min = 0, .max = 1e9},                       \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, average), .unit = "1",                             \
       .doc = "decay of the averaged weights that are judged and kept; 0: none", .min = 0,         \
       .max = 0.9999999},                                                                          \
      {ASSAY_NN_ROW(S, ASSAY_PT_DOUBLE, double, noise), .unit = "1",                               \
       .doc = "on the frames given in training, in units of the usual change until the next one",  \
       .min = 0, .max = 10},                                                                       \
      {ASSAY_NN_ROW(S, ASSAY_PT_CHOICE, int, loss), .doc = "what training makes small",            \
       .choices = (const char *const[]){"nmse", "mse", "relative_l2", "h1", NULL}},                \
      {ASSAY_NN_ROW(S, ASSAY_PT_BOOL, bool, bfloat16),                                             \
       .doc = "large products in bfloat16 while training; an error where the processor has none"}, \
      {ASSAY_NN_ROW(S, ASSAY_PT_INT, int, patience), .unit = "1",                                  \
       .doc = "scores without progress after which training ends; 0: any number", .min = 0,        \
       .max = 1e6},                                                                                \
  {                                                                                                \
    ASSAY_NN_ROW(S, ASSAY_PT_INT, int, threads),                                                   \
        .unit = "1", .doc = "threads; the result does not depend on them", .min = 1, .max = 64     \
  }

/* The loss that is set, of prediction p. */
int assay_nn_settings_loss(struct assay_nn_graph *g, const struct assay_nn_settings *s, int p,
                           int target, int weight);

/* What is learned. */
struct assay_nn_problem {
  void *context;
  long n_samples;
  long n_judged; /* samples of a score */
  /* inputs of run for the listed samples, *items of them in its batch; draw: for random choices */
  void (*fill)(int *items, void *context, struct assay_nn_run *run, const long *sample, int n,
               uint64_t draw);
  /* optional: samples of the next step */
  void (*ahead)(void *context, const long *sample, int n);
  /* of the parameters as they stand, on validation samples: smaller is better */
  int (*score)(double *out, void *context);
};

struct assay_nn_trainer {
  struct assay_nn_settings settings;
  uint64_t seed;
  unsigned defects; /* of the samples and the graph; for checkpoints, as is lag */
  int lag;
  struct assay_nn_params *params; /* borrowed */
  struct assay_nn_run *run;       /* borrowed, for training */
  struct assay_nn_optimiser *optimiser;
  uint64_t step, per_epoch, total; /* steps done, of an epoch, of the budget */
  float *average;                  /* [params->length], NULL without averaging */
  float *best;                     /* [params->length] */
  double best_score;
  uint64_t best_step;
  int since_best; /* scores without progress */
  /* of this process */
  double time_limit;       /* s; 0: none */
  uint64_t stop_at;        /* leave after this step as if interrupted; 0: never */
  const char *checkpoint;  /* written at scores; NULL: none */
  double checkpoint_every; /* s between two */
  const char *stopped;     /* "budget", "patience", "converged", "time", "interrupted" */
};

int assay_nn_trainer_open(struct assay_nn_trainer *t, const struct assay_nn_settings *settings,
                          struct assay_nn_run *run, struct assay_nn_params *params,
                          const struct assay_nn_problem *problem, uint64_t seed);
void assay_nn_trainer_close(struct assay_nn_trainer *t);

/* Train on from where t stands until the budget is used up, the score no longer gets better, or the
 * time is over; then the parameters are the best ones. ASSAY_EDIVERGED: a loss that is not finite;
 * the message says in which step and where it began, the parameters are the best so far, and the
 * checkpoint is of the state before that step, or an earlier one. ASSAY_EJOB: the time was over
 * before every sample had been seen once. */
int assay_nn_trainer_run(struct assay_nn_trainer *t, const struct assay_nn_problem *problem);

#endif
