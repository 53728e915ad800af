#include "baselines/neural/trained.h"

#include <math.h>
#include <unistd.h>

#include "baselines/neural/checkpoint.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"

static int checkpoint_path(char **out, const struct assay_train_job *job)
{
  return assay_asprintf(out, "%s/checkpoint.h5", job->model_dir);
}

int assay_nn_train_within(struct assay_nn_trainer *t, const struct assay_nn_problem *problem,
                          const struct assay_train_job *job, const char *method, double started)
{
  int rc = ASSAY_OK;
  char *checkpoint = NULL;
  ASSAY_TRY(checkpoint_path(&checkpoint, job));
  t->checkpoint = checkpoint;
  if (job->time_limit > 0) /* loading took some of it, saving takes a little */
    t->time_limit = fmax(1e-9, 0.9 * job->time_limit - (assay_clock() - started));
  if (assay_file_exists(checkpoint)) ASSAY_TRY(assay_nn_checkpoint_read(t, checkpoint));
  if (t->total < t->per_epoch)
    assay_log(ASSAY_LOG_WARN, method,
              "the budget ends after %llu of the %llu steps of the first epoch",
              (unsigned long long)t->total, (unsigned long long)t->per_epoch);
  ASSAY_TRY(assay_nn_trainer_run(t, problem));
  assay_log(ASSAY_LOG_INFO, method,
            "%zu parameters, %llu steps, best score %.4g in step %llu, stopped by %s",
            t->params->count, (unsigned long long)t->step, t->best_score,
            (unsigned long long)t->best_step, t->stopped);
  ASSAY_CHECK(t->best_step > 0, ASSAY_EDIVERGED,
              "none of the scores of the validation cases was a finite number");
done:
  t->checkpoint = NULL;
  assay_free(checkpoint);
  return rc;
}

void assay_nn_train_done(const struct assay_train_job *job)
{
  char *checkpoint = NULL;
  if (checkpoint_path(&checkpoint, job) >= 0) unlink(checkpoint);
  assay_free(checkpoint);
}

/* ---- parameters ---------------------------------------------------------------------------- */

/* The shape of a parameter in the file: flat where the file has too few dimensions for it. */
static int file_dims(size_t *dims, const struct assay_nn_row *row)
{
  const int n = row->shape.n;
  const bool fits = n >= 1 && n <= ASSAY_MODEL_DIMS;
  dims[0] = row->size;
  for (int d = 0; fits && d < n; d++) dims[d] = (size_t)row->shape.d[d];
  return fits ? n : 1;
}

static int save_params(struct assay_model *m, const struct assay_nn_params *p)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  for (int i = 0; i < p->n; i++) {
    const struct assay_nn_row *row = &p->row[i];
    size_t dims[ASSAY_MODEL_DIMS];
    const int n_dims = file_dims(dims, row);
    ASSAY_TRY(ASSAY_NEW(&x, row->size, "model"));
    for (size_t j = 0; j < row->size; j++) x[j] = (double)p->value[row->offset + j];
    ASSAY_TRY(assay_model_put(m, row->name, n_dims, dims, x));
    assay_free(x);
    x = NULL;
  }
done:
  assay_free(x);
  return rc;
}

int assay_nn_trained_save(struct assay_model *m, const struct assay_nn_trainer *t)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_model_put_number(m, "parameter_count", (double)t->params->count));
  ASSAY_TRY(assay_model_put_number(m, "validation_nmse", t->best_score));
  ASSAY_TRY(assay_model_put_number(m, "best_step", (double)t->best_step));
  ASSAY_TRY(assay_model_put_number(m, "steps", (double)t->step));
  ASSAY_TRY(assay_model_put_number(m, "samples", (double)t->step * t->settings.batch));
  ASSAY_TRY(assay_model_put_text(m, "stopped", t->stopped));
  ASSAY_TRY(save_params(m, t->params));
done:
  return rc;
}

int assay_nn_trained_load(struct assay_nn_params *p, const struct assay_model *m)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  for (int i = 0; i < p->n; i++) {
    const struct assay_nn_row *row = &p->row[i];
    size_t dims[ASSAY_MODEL_DIMS];
    const int n_dims = file_dims(dims, row);
    ASSAY_TRY(assay_model_get(&x, m, row->name, n_dims, dims));
    for (size_t j = 0; j < row->size; j++) p->value[row->offset + j] = (float)x[j];
    assay_free(x);
    x = NULL;
  }
done:
  assay_free(x);
  return rc;
}
