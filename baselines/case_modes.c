#include "baselines/case_modes.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static int fill_table(struct assay_case_modes *t, const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_training_open(&t->training, job));
  const struct assay_training *set = &t->training;
  const int leads = set->frames.n_leads;
  t->n_fit = set->n_train;
  t->n = set->n_train + set->n_valid;
  ASSAY_TRY(ASSAY_NEW(&t->cases, (size_t)t->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&t->frames, (size_t)t->n * (size_t)leads, "cases"));
  ASSAY_TRY(ASSAY_NEW(&t->params, (size_t)t->n * (size_t)set->view.n_params, "cases"));
  memcpy(t->cases, set->train, (size_t)set->n_train * sizeof *t->cases);
  memcpy(t->cases + set->n_train, set->valid, (size_t)set->n_valid * sizeof *t->cases);
  for (long i = 0; i < t->n; i++)
    memcpy(t->frames + i * leads, set->frames.lead, (size_t)leads * sizeof *t->frames);
  ASSAY_TRY(assay_training_params(set, t->params, t->cases, t->n));
done:
  return rc;
}

static struct assay_snapshots snapshots_of(const struct assay_case_modes *t)
{
  return (struct assay_snapshots){.training = &t->training,
                                  .n = t->n,
                                  .n_fit = t->n_fit,
                                  .cases = t->cases,
                                  .n_frames = t->training.frames.n_leads,
                                  .frames = t->frames};
}

static int affordable_modes(const struct assay_train_job *job, const struct assay_case_modes *t,
                            int wanted)
{
  const struct assay_training *set = &t->training;
  const double budget = job->task->memory_mb > 0 ? job->task->memory_mb * 0.5e6 : 1e9;
  const double mode = 8.0 * set->view.n_fields * set->frames.n_leads * (double)set->view.points;
  return budget / mode < wanted ? (int)fmax(1, budget / mode) : wanted;
}

int assay_case_modes_open(struct assay_case_modes *t, const struct assay_train_job *job,
                          int max_rank)
{
  int rc = ASSAY_OK;
  *t = (struct assay_case_modes){0};
  ASSAY_TRY(fill_table(t, job));
  const struct assay_snapshots s = snapshots_of(t);
  ASSAY_TRY(assay_pod_create(&t->pod, &s, affordable_modes(job, t, max_rank)));
done:
  return rc;
}

void assay_case_modes_close(struct assay_case_modes *t)
{
  assay_pod_destroy(t->pod);
  assay_free(t->cases);
  assay_free(t->frames);
  assay_free(t->params);
  assay_training_close(&t->training);
}

/* ---- what is learned ----------------------------------------------------------------------- */

int assay_expansion_save(struct assay_model *m, const struct assay_case_modes *t, int rank)
{
  int rc = ASSAY_OK;
  double *modes = NULL;
  const struct assay_pod *pod = t->pod;
  const struct assay_snapshots s = snapshots_of(t);
  const size_t dims[] = {(size_t)rank, (size_t)pod->n_fields, (size_t)pod->n_frames, pod->points};
  ASSAY_TRY(ASSAY_NEW(&modes, dims[0] * dims[1] * dims[2] * dims[3], "modes"));
  ASSAY_TRY(assay_pod_modes(modes, pod, &s, rank));
  ASSAY_TRY(assay_model_put_number(m, "rank", rank));
  ASSAY_TRY(assay_model_put(m, "mean", 3, dims + 1, pod->mean));
  ASSAY_TRY(assay_model_put(m, "modes", 4, dims, modes));
done:
  assay_free(modes);
  return rc;
}

int assay_expansion_load(struct assay_expansion *e, const struct assay_model *m, int n_fields)
{
  int rc = ASSAY_OK;
  double rank = 0;
  size_t *dims = e->dims;
  ASSAY_TRY(assay_model_number(&rank, m, "rank"));
  dims[0] = (size_t)rank;
  dims[1] = (size_t)n_fields;
  ASSAY_TRY(assay_model_get(&e->mean, m, "mean", 3, dims + 1));
  ASSAY_TRY(assay_model_get(&e->modes, m, "modes", 4, dims));
done:
  return rc;
}

void assay_expansion_clear(struct assay_expansion *e)
{
  assay_free(e->mean);
  assay_free(e->modes);
  *e = (struct assay_expansion){0};
}

int assay_expansion_check(const struct assay_expansion *e, const struct assay_question *q)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK((size_t)q->n_leads <= e->dims[2] && q->view->points == e->dims[3], ASSAY_EARG,
              "%d leads of %zu points are asked for, but the model knows %zu of %zu", q->n_leads,
              q->view->points, e->dims[2], e->dims[3]);
done:
  return rc;
}

void assay_expansion_sum(double *answer, const struct assay_expansion *e, const double *a,
                         int n_leads)
{
  const size_t row = (size_t)n_leads * e->dims[3], whole = e->dims[2] * e->dims[3];
  for (size_t f = 0; f < e->dims[1]; f++) {
    double *restrict out = answer + f * row;
    memcpy(out, e->mean + f * whole, row * sizeof *out);
    for (size_t i = 0; i < e->dims[0]; i++) {
      const double *restrict mode = e->modes + (i * e->dims[1] + f) * whole;
      for (size_t j = 0; j < row; j++) out[j] += a[i] * mode[j];
    }
  }
}
