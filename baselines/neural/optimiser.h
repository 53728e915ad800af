/* Steps of optimisers, over all learned rows of a parameter table. g is the gradient (plus weight
 * decay d p, except for AdamW), r the rate, t the number of the step from 1; all as in PyTorch:
 *
 *   sgd     m = b1 m + g,   p -= r m                            (b1 = 0: no m)
 *   adam    m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2,
 *           p -= r / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + epsilon)
 *   adamw   p -= r d p first, then as adam
 *   lbfgs   downhill along a line with the curvature of the last ten steps, see lbfgs.c; r is the
 *           length of the first step, b1 and b2 are the constants of the conditions of Wolfe
 *
 * Kingma and Ba, ICLR 2015; Loshchilov and Hutter, ICLR 2019. */
#ifndef ASSAY_BASELINES_NEURAL_OPTIMISER_H
#define ASSAY_BASELINES_NEURAL_OPTIMISER_H
#include "baselines/neural/params.h"

struct assay_nn_optimiser;

struct assay_nn_optimiser_settings {
  double beta1, beta2; /* beta1 is the momentum of sgd */
  double epsilon;
  double decay; /* of the weights */
};

enum { ASSAY_NN_STATES = 23, ASSAY_NN_MARKS = 16 };

struct assay_nn_optimiser_kind {
  const char *name, *doc;
  struct assay_nn_optimiser_settings usual;
  int n_states; /* blocks of the length of the parameters that it remembers */
  int n_marks;  /* numbers that it remembers */
  /* Steps try places on a line: all of them must be of the same samples, loss and gradient may be
   * not finite but in the first, and state[0] is the last place where it was good to stay. */
  bool searches;
  void (*step)(struct assay_nn_optimiser *o, double rate, double loss);
  bool (*finished)(const struct assay_nn_optimiser *o); /* NULL: never */
};
extern const struct assay_nn_optimiser_kind assay_nn_optimisers[]; /* ended by one without a name */

struct assay_nn_optimiser {
  const struct assay_nn_optimiser_kind *kind;
  struct assay_nn_optimiser_settings settings;
  struct assay_nn_params *params; /* borrowed */
  float *state[ASSAY_NN_STATES];  /* [params->length] each, NULL where there are fewer */
  double mark[ASSAY_NN_MARKS];
  uint64_t steps;
};

/* name: of the table; settings NULL: the usual ones. ASSAY_ENOTFOUND lists the names. */
int assay_nn_optimiser_create(struct assay_nn_optimiser **out, const char *name,
                              const struct assay_nn_optimiser_settings *settings,
                              struct assay_nn_params *params);
void assay_nn_optimiser_destroy(struct assay_nn_optimiser *o);

/* One step with the loss and the gradients that stand in the table. */
void assay_nn_optimiser_step(struct assay_nn_optimiser *o, double rate, double loss);
/* Further steps would change nothing. */
bool assay_nn_optimiser_finished(const struct assay_nn_optimiser *o);
/* A loss that is not finite is no harm: it goes back. */
bool assay_nn_optimiser_retreats(const struct assay_nn_optimiser *o);

/* 2-norm of all gradients. */
double assay_nn_gradient_norm(const struct assay_nn_params *p);
/* Scale the gradients to a norm of at most `largest`; returns the norm before. */
double assay_nn_clip(struct assay_nn_params *p, double largest);

/* ---- the rate over time -------------------------------------------------------------------- */

enum assay_nn_schedule_kind { ASSAY_NN_CONSTANT, ASSAY_NN_STEP, ASSAY_NN_COSINE };

struct assay_nn_schedule {
  int kind;      /* enum assay_nn_schedule_kind */
  double every;  /* epochs between two steps */
  double factor; /* of a step; what is left in the end of a cosine */
  double warm;   /* epochs in which the rate rises from near 0, linearly */
};

/* Factor of the rate in optimiser step `step` (from 0) of `total`, `per_epoch` of them an epoch. */
double assay_nn_schedule(const struct assay_nn_schedule *s, uint64_t step, double per_epoch,
                         double total);

/* ---- averages of weights ------------------------------------------------------------------- */

/* average += (1 - decay) (value - average) for all rows, [length]; in early steps (t from 1) with
 * the smaller decay (1 + t) / (10 + t). */
void assay_nn_average(float *average, const struct assay_nn_params *p, double decay, uint64_t t);

#endif
