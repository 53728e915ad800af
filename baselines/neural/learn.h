/* From a job of the method protocol to a trained network and back: what train and predict of every
 * learned method are made of. A method brings a function that builds its graph and a struct of
 * settings; see baselines/ffn.c. */
#ifndef ASSAY_BASELINES_NEURAL_LEARN_H
#define ASSAY_BASELINES_NEURAL_LEARN_H
#include "baselines/neural/defects.h"
#include "baselines/neural/sampler.h"
#include "baselines/neural/trainer.h"
#include "baselines/question.h"

/* How samples are presented. */
struct assay_nn_layout {
  int points; /* of a sample in an optimiser step; 0: the whole grid */
  int parts;  /* items that they are cut into */
  bool ring;  /* put imposed values around the frame */
};

struct assay_nn_model {
  const struct assay_baseline *baseline;
  /* Declares the inputs that it wants (sampler.h) and returns the prediction: [k, n_fields], or
   * [n_fields, rows, columns] when sizes->points is 0. */
  int (*build)(struct assay_nn_graph *g, const struct assay_nn_sizes *sizes, const void *settings);
  struct assay_nn_layout (*layout)(const void *settings, unsigned defects);
  struct assay_nn_history history;
  /* offsets in the settings of the baseline, of struct assay_nn_settings and assay_nn_original */
  size_t training, original;
};

/* The next frame: the one before and, in units of the usual change, what the network says. */
int assay_nn_changed(struct assay_nn_graph *g, int before, int said,
                     const struct assay_nn_sizes *sizes);

int assay_nn_learn(const struct assay_train_job *job, const struct assay_nn_model *model);
int assay_nn_predict(const struct assay_predict_job *job, const struct assay_nn_model *model);

/* train() and predict() of the method whose model this is. */
#define ASSAY_NN_TRAIN_AND_PREDICT(model)                 \
  static int train(const struct assay_train_job *job)     \
  {                                                       \
    return assay_nn_learn(job, &(model));                 \
  }                                                       \
  static int predict(const struct assay_predict_job *job) \
  {                                                       \
    return assay_nn_predict(job, &(model));               \
  }

/* What a small budget is used well with: a rate that ends at nothing, in many small steps. */
#define ASSAY_NN_USUAL_TRAINING(batch_, rate_)                                          \
  {                                                                                     \
    .batch = (batch_), .epochs = 100, .threads = 1, .rate = (rate_), .step_epochs = 20, \
    .step_factor = 0, .schedule = ASSAY_NN_COSINE                                       \
  }

/* How CFDBench trained (batches of 32 until September 2023). */
#define ASSAY_NN_PUBLISHED_TRAINING                                                                \
  {                                                                                                \
    .batch = 32, .epochs = 100, .threads = 1, .rate = 1e-3, .step_epochs = 20, .step_factor = 0.9, \
    .schedule = ASSAY_NN_STEP                                                                      \
  }

/* One step of a roll-out, for assay_nn_roll: state [n_fields, ring.points] into the next one. */
struct assay_nn_stepper {
  int (*step)(float *next, const float *state, void *context);
  void *context;
  unsigned defects; /* of CFDBench: "faded", "ahead" */
};
/* Roll out: answer [n_fields, n_leads, points] of a question, with what is imposed at the sides put
 * around the state before each step (border.h). Where mask [ring.points] is 0 the state stays as
 * the context has it; NULL: nowhere. */
int assay_nn_roll(double *answer, const struct assay_question *q, const struct assay_nn_ring *ring,
                  const struct assay_nn_scales *scales, const float *mask,
                  const struct assay_nn_stepper *stepper);

#endif
