/* Persistence: tomorrow is like today. Every lead is the last context frame. */
#include <string.h>

#include "baselines/question.h"

static int repeat(double *answer, const struct assay_question *q, void *context)
{
  (void)context;
  const size_t points = q->view->points;
  for (int f = 0; f < q->view->n_fields; f++)
    for (int l = 0; l < q->n_leads; l++)
      memcpy(answer + ((size_t)f * (size_t)q->n_leads + (size_t)l) * points,
             q->context + (size_t)f * points, points * sizeof *answer);
  return 0;
}

static int predict(const struct assay_predict_job *job)
{
  return assay_question_each(job, repeat, NULL);
}

const struct assay_baseline assay_baseline_persistence = {
    .name = "persistence",
    .version = 1,
    .doc = "every lead is the last context frame",
    .reference = "no-change forecast",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .floor = true,
    .predict = predict,
};
