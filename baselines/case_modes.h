/* Whole cases as snapshots: all asked frames of a case together are one vector, and its parameters
 * say what the coefficients of its modes (pod.h) are,
 *
 *     s(p) = mean + sum_i a_i(p) phi_i .
 *
 * What methods share that differ in how they learn a(p). */
#ifndef ASSAY_BASELINES_CASE_MODES_H
#define ASSAY_BASELINES_CASE_MODES_H
#include "baselines/model.h"
#include "baselines/pod.h"
#include "baselines/question.h"

/* Training cases first, then validation cases (or the training cases once more, without any). */
struct assay_case_modes {
  struct assay_training training;
  long n, n_fit;
  long *cases;    /* [n] */
  int *frames;    /* [n, n_leads] */
  double *params; /* [n, n_params] */
  struct assay_pod *pod;
};
/* At most max_rank modes, and no more than fit into half of the memory that the task allows. What
 * assay_training_open and assay_pod_create return. */
int assay_case_modes_open(struct assay_case_modes *t, const struct assay_train_job *job,
                          int max_rank);
void assay_case_modes_close(struct assay_case_modes *t);

/* What is learned of them. */
struct assay_expansion {
  size_t dims[4];       /* rank, n_fields, n_leads, points */
  double *mean, *modes; /* [dims 1..3], [dims] */
};
/* The first `rank` modes into a model that is being written. */
int assay_expansion_save(struct assay_model *m, const struct assay_case_modes *t, int rank);
int assay_expansion_load(struct assay_expansion *e, const struct assay_model *m, int n_fields);
void assay_expansion_clear(struct assay_expansion *e);
/* ASSAY_EARG: more leads, or other points, than the model knows. */
int assay_expansion_check(const struct assay_expansion *e, const struct assay_question *q);
/* answer [n_fields, n_leads, points] of a question with coefficients a [rank]. */
void assay_expansion_sum(double *answer, const struct assay_expansion *e, const double *a,
                         int n_leads);

#endif
