/* Training within a job of the method protocol: its time, a run on disk to go on from, and the
 * result in the model. What every method does that has a network. */
#ifndef ASSAY_BASELINES_NEURAL_TRAINED_H
#define ASSAY_BASELINES_NEURAL_TRAINED_H
#include "baselines/model.h"
#include "baselines/neural/trainer.h"

/* Run an opened trainer. Goes on from DIR/checkpoint.h5 where there is one; ends early at nine
 * tenths of the time limit of the job, of which `started` (assay_clock) is the beginning.
 * ASSAY_EDIVERGED: what assay_nn_trainer_run returns, or no score was a finite number. */
int assay_nn_train_within(struct assay_nn_trainer *t, const struct assay_nn_problem *problem,
                          const struct assay_train_job *job, const char *method, double started);
/* When the model stands: the run on disk is no longer wanted. */
void assay_nn_train_done(const struct assay_train_job *job);

/* The parameters and how they came about, into a model that is being written. */
int assay_nn_trained_save(struct assay_model *m, const struct assay_nn_trainer *t);
int assay_nn_trained_load(struct assay_nn_params *p, const struct assay_model *m);

#endif
