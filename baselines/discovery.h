/* What methods for discoveries share: trajectories of the protocol become a linear problem of
 * baselines/dynamics, its coefficients the equations of the model and of the prediction. */
#ifndef ASSAY_BASELINES_DISCOVERY_H
#define ASSAY_BASELINES_DISCOVERY_H
#include "baselines/baseline.h"
#include "baselines/dynamics/sparse.h"

/* Parameters of methods that choose among libraries. */
struct assay_discovery_params {
  int degree; /* most of the monomials */
  bool waves; /* also libraries with sines and cosines of the states */
  int most;   /* terms for a state */
};

/* The problem of one method: rows for the terms of a library. */
typedef int assay_discovery_rows(struct assay_dynamics_problem **out, const struct assay_library *l,
                                 const struct assay_observed *o, const void *params);

/* Sparse equations over libraries of degree 1, 2, ... as MODEL/answer.nc. */
int assay_discovery_train(const struct assay_train_job *job,
                          const struct assay_discovery_params *params, assay_discovery_rows *rows);
/* All terms to this degree, nothing left out. */
int assay_discovery_train_all(const struct assay_train_job *job, int degree,
                              assay_discovery_rows *rows);
/* The equations of the model. */
int assay_discovery_predict(const struct assay_predict_job *job);

#endif
