/* The mean of the training set: what can be said without looking at the case. For every lead the
 * mean of the training cases at that lead; a case that ends early stays at its last frame. */
#include <string.h>

#include "baselines/model.h"
#include "baselines/question.h"
#include "core/base/err.h"
#include "core/base/mem.h"

extern const struct assay_baseline assay_baseline_mean;

/* mean [n_leads, points] of field f over the training cases */
static int mean_of_field(double *mean, double *values, const struct assay_training *t, int f)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)t->frames.n_leads * t->view.points;
  memset(mean, 0, n * sizeof *mean);
  for (long k = 0; k < t->n_train; k++) {
    ASSAY_TRY(assay_training_read(t, values, t->train[k], f, t->frames.lead, t->frames.n_leads));
    for (size_t i = 0; i < n; i++) mean[i] += values[i];
  }
  for (size_t i = 0; i < n; i++) mean[i] /= (double)t->n_train;
done:
  return rc;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  struct assay_training t = {0};
  struct assay_model *m = NULL;
  double *mean = NULL, *values = NULL;
  ASSAY_TRY(assay_training_open(&t, job));
  const size_t leads = (size_t)t.frames.n_leads, n = leads * t.view.points;
  const size_t dims[] = {(size_t)t.view.n_fields, leads, t.view.points};
  ASSAY_TRY(ASSAY_NEW(&mean, n, "mean"));
  ASSAY_TRY(ASSAY_NEW(&values, n, "mean"));
  ASSAY_TRY(assay_model_create(&m, job->model_dir, &assay_baseline_mean, job->task));
  ASSAY_TRY(assay_model_define(m, "mean", 3, dims));
  for (int f = 0; f < t.view.n_fields; f++) {
    ASSAY_TRY(mean_of_field(mean, values, &t, f));
    ASSAY_TRY(assay_model_write(m, "mean", (size_t[]){(size_t)f, 0, 0},
                                (size_t[]){1, leads, t.view.points}, mean));
  }
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  assay_training_close(&t);
  assay_free(mean);
  assay_free(values);
  return rc;
}

struct memory {
  double *mean; /* [n_fields, n_leads, points] */
  size_t dims[3];
};

static int recite(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  const struct memory *m = context;
  const size_t points = q->view->points, leads = (size_t)q->n_leads;
  ASSAY_CHECK(leads <= m->dims[1] && points == m->dims[2], ASSAY_EARG,
              "%d leads of %zu points are asked for, but the model knows %zu of %zu", q->n_leads,
              points, m->dims[1], m->dims[2]);
  for (int f = 0; f < q->view->n_fields; f++)
    memcpy(answer + (size_t)f * leads * points, m->mean + (size_t)f * m->dims[1] * points,
           leads * points * sizeof *answer);
done:
  return rc;
}

static int predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct memory memory = {.dims = {(size_t)job->task->fields.n, 0, 0}};
  ASSAY_TRY(assay_model_open(&m, job->model_dir, &assay_baseline_mean, job->task));
  ASSAY_TRY(assay_model_get(&memory.mean, m, "mean", 3, memory.dims));
  ASSAY_TRY(assay_question_each(job, recite, &memory));
done:
  assay_model_close(m);
  assay_free(memory.mean);
  return rc;
}

const struct assay_baseline assay_baseline_mean = {
    .name = "mean",
    .version = 1,
    .doc = "the mean of the training cases, lead by lead",
    .reference = "climatology",
    .kinds = 1u << ASSAY_TASK_FORECAST | 1u << ASSAY_TASK_OPERATOR,
    .floor = true,
    .train = train,
    .predict = predict,
};
