/* What methods for discoveries share: trajectories of the protocol become a linear problem of
 * baselines/dynamics, its coefficients the equations of the model and of the prediction. */
#ifndef ASSAY_BASELINES_DISCOVERY_H
#define ASSAY_BASELINES_DISCOVERY_H
#include "baselines/baseline.h"
#include "baselines/dynamics/sparse.h"
#include "datasets/answer.h"

/* Parameters of methods that choose among libraries. */
struct assay_discovery_params {
  int degree; /* most of the monomials */
  bool waves; /* also libraries with sines and cosines of the states */
  int most;   /* terms for a state */
};

/* The problem of one method: rows for the terms of a library. */
typedef int assay_discovery_rows(struct assay_dynamics_problem **out, const struct assay_library *l,
                                 const struct assay_observed *o, const void *params);

/* What training works on. */
struct assay_discovery {
  struct assay_observed *observed;
  struct assay_library *library;
  struct assay_dynamics_problem *problem;
  double *c; /* [n_states, n terms] of the equations */
};

/* The trajectories of the job, all terms to this degree, and rows for them; c is 0. */
int assay_discovery_open(struct assay_discovery *d, const struct assay_train_job *job, int degree,
                         bool waves, assay_discovery_rows *rows);
void assay_discovery_close(struct assay_discovery *d);
/* c of few terms, over libraries of degree 1, 2, ... (sparse.h). */
int assay_discovery_fit(struct assay_discovery *d, const struct assay_discovery_params *params);
/* The equations of c; release *out. */
int assay_discovery_say(struct assay_answer *out, const struct assay_discovery *d);
/* Equations become MODEL/answer.nc. */
int assay_discovery_keep(const struct assay_train_job *job, const struct assay_answer *a);

/* All of the above: sparse equations. */
int assay_discovery_train(const struct assay_train_job *job,
                          const struct assay_discovery_params *params, assay_discovery_rows *rows);
/* All terms to this degree, nothing left out. */
int assay_discovery_train_all(const struct assay_train_job *job, int degree,
                              assay_discovery_rows *rows);
/* The equations of the model. */
int assay_discovery_predict(const struct assay_predict_job *job);

#endif
