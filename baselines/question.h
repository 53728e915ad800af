/* Answering a task case by case: what predict of a method does around its own mathematics.
 */
#ifndef ASSAY_BASELINES_QUESTION_H
#define ASSAY_BASELINES_QUESTION_H
#include "baselines/training.h"

/* What is given for one case. Arrays are borrowed. */
struct assay_question {
  const struct assay_view *view;
  const struct assay_task *task;
  long k;               /* position in inputs.nc */
  const double *params; /* [view->n_params] */
  int n_leads;
  const double *times;   /* [n_leads] s, asked for */
  double start_time;     /* s, of the last context frame; 0 without context */
  const double *context; /* [n_fields, points] the last context frame; NULL without context */
};

/* Fill answer [n_fields, n_leads, points] for every case of the inputs through one() and write the
 * prediction. What one() returns below zero is passed on with the number of the case in front.
 * ASSAY_ECORRUPT: the inputs lack a context frame that the task promises. */
int assay_question_each(const struct assay_predict_job *job,
                        int (*one)(double *answer, const struct assay_question *question,
                                   void *context),
                        void *context);

#endif
