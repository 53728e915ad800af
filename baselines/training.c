#include "baselines/training.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static int find_fields(struct assay_view *v, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < task->fields.n; i++) {
    const char *name = task->fields.item[i];
    const int at = assay_dataset_field(v->data, name);
    ASSAY_CHECK(at >= 0, ASSAY_ENOTFOUND, "%s: no field '%s', which the task asks for",
                v->info->path, name);
    ASSAY_CHECK(v->info->fields[at].kind == ASSAY_FIELD_FRAME, ASSAY_EUNSUPPORTED,
                "%s: field '%s' is not a field over space and time", v->info->path, name);
    v->field[v->n_fields++] = at;
  }
done:
  return rc;
}

static int find_params(struct assay_view *v, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  const int n = task->params.n > 0 ? task->params.n : v->info->n_params;
  ASSAY_CHECK(n <= ASSAY_LIST_MAX, ASSAY_EUNSUPPORTED, "%s: %d parameters; at most %d are possible",
              v->info->path, n, ASSAY_LIST_MAX);
  for (int i = 0; i < n; i++) {
    const char *name = task->params.n > 0 ? task->params.item[i] : v->info->params[i].name;
    const int at = assay_dataset_param(v->data, name);
    ASSAY_CHECK(at >= 0, ASSAY_ENOTFOUND, "%s: no parameter '%s', which the task gives",
                v->info->path, name);
    v->param[v->n_params++] = at;
  }
done:
  return rc;
}

int assay_view_open(struct assay_view *v, const struct assay_task *task,
                    const struct assay_dataset *data)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(data);
  *v = (struct assay_view){.data = data, .info = info, .points = assay_shape_points(&info->shape)};
  ASSAY_TRY(find_fields(v, task));
  ASSAY_TRY(find_params(v, task));
done:
  return rc;
}

int assay_view_param_names(char **out, const struct assay_view *v)
{
  int rc = ASSAY_OK;
  char *names = NULL;
  ASSAY_TRY(assay_strdup(&names, ""));
  for (int i = 0; i < v->n_params; i++)
    ASSAY_TRY(assay_text_append(&names, " ", v->info->params[v->param[i]].name));
  *out = names;
  names = NULL;
done:
  assay_free(names);
  return rc;
}

int assay_view_params(const struct assay_view *v, double *values, long k)
{
  int rc = ASSAY_OK;
  double *all = NULL;
  ASSAY_TRY(ASSAY_NEW(&all, (size_t)v->info->n_params, "parameters"));
  ASSAY_TRY(assay_dataset_params(v->data, all, k));
  for (int i = 0; i < v->n_params; i++) values[i] = all[v->param[i]];
done:
  assay_free(all);
  return rc;
}

/* Positions of the cases with a split code. */
static int cases_of(long **out, long *n, const int8_t *codes, long n_cases, int code)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, (size_t)n_cases, "cases"));
  for (long k = 0; k < n_cases; k++)
    if (codes[k] == code) (*out)[(*n)++] = k;
done:
  return rc;
}

int assay_training_open(struct assay_training *t, const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  int8_t *codes = NULL;
  *t = (struct assay_training){0};
  ASSAY_TRY(assay_view_open(&t->view, job->task, job->data));
  const long n_cases = t->view.info->n_cases;
  ASSAY_TRY(assay_task_frames(&t->frames, job->task, t->view.info->n_times));
  ASSAY_TRY(ASSAY_NEW(&codes, (size_t)n_cases, "split"));
  ASSAY_TRY(assay_dataset_split(job->data, codes, "task"));
  ASSAY_TRY(cases_of(&t->train, &t->n_train, codes, n_cases, 0));
  ASSAY_TRY(cases_of(&t->valid, &t->n_valid, codes, n_cases, 1));
  ASSAY_CHECK(t->n_train > 0, ASSAY_EARG, "%s: no training case", t->view.info->path);
  if (t->n_valid == 0) {
    memcpy(t->valid, t->train, (size_t)t->n_train * sizeof *t->valid);
    t->n_valid = t->n_train;
  }
done:
  assay_free(codes);
  if (rc < 0) assay_training_close(t);
  return rc;
}

void assay_training_close(struct assay_training *t)
{
  assay_task_frames_clear(&t->frames);
  assay_free(t->train);
  assay_free(t->valid);
  *t = (struct assay_training){0};
}

static int check_finite(const struct assay_training *t, const double *values, long k, int f, int n)
{
  int rc = ASSAY_OK;
  for (size_t i = 0; i < (size_t)n * t->view.points; i++)
    ASSAY_CHECK(isfinite(values[i]), ASSAY_ECORRUPT, "%s: case %ld, field '%s' is not finite",
                t->view.info->path, k, t->view.info->fields[t->view.field[f]].name);
done:
  return rc;
}

int assay_training_read(const struct assay_training *t, double *values, long k, int f,
                        const int *frames, int n)
{
  int rc = ASSAY_OK;
  const int last = assay_dataset_frames(t->view.data, k) - 1;
  ASSAY_CHECK(last >= 0, ASSAY_ECORRUPT, "%s: case %ld has no frame", t->view.info->path, k);
  for (int i = 0, run = 0; i < n; i += run) { /* neighbouring frames are read at once */
    const int from = frames[i] < last ? frames[i] : last;
    for (run = 1; i + run < n && frames[i + run] == from + run && from + run <= last;) run++;
    ASSAY_TRY(assay_dataset_read(t->view.data, values + (size_t)i * t->view.points, k,
                                 t->view.field[f], from, run));
  }
  ASSAY_TRY(check_finite(t, values, k, f, n));
done:
  return rc;
}

int assay_training_params(const struct assay_training *t, double *values, const long *cases, long n)
{
  int rc = ASSAY_OK;
  for (long i = 0; i < n; i++)
    ASSAY_TRY(assay_view_params(&t->view, values + i * t->view.n_params, cases[i]));
done:
  return rc;
}

int assay_scaling_fit(struct assay_scaling *s, const double *x, long rows, int n)
{
  int rc = ASSAY_OK;
  *s = (struct assay_scaling){.n = n};
  ASSAY_TRY(ASSAY_NEW(&s->mean, (size_t)n, "scaling"));
  ASSAY_TRY(ASSAY_NEW(&s->spread, (size_t)n, "scaling"));
  for (int j = 0; j < n; j++) {
    double sum = 0, squares = 0, largest = 0;
    for (long i = 0; i < rows; i++) sum += x[i * n + j];
    s->mean[j] = sum / (double)rows;
    for (long i = 0; i < rows; i++) {
      const double d = x[i * n + j] - s->mean[j];
      squares += d * d;
      largest = fmax(largest, fabs(x[i * n + j]));
    }
    const double spread = sqrt(squares / (double)rows);
    s->spread[j] = spread > 16 * DBL_EPSILON * largest ? spread : 1;
  }
done:
  if (rc < 0) assay_scaling_clear(s);
  return rc;
}

void assay_scaling_apply(const struct assay_scaling *s, double *x, long rows)
{
  for (long i = 0; i < rows; i++)
    for (int j = 0; j < s->n; j++) x[i * s->n + j] = (x[i * s->n + j] - s->mean[j]) / s->spread[j];
}

void assay_scaling_clear(struct assay_scaling *s)
{
  assay_free(s->mean);
  assay_free(s->spread);
  *s = (struct assay_scaling){0};
}

void assay_single_threaded(void)
{
  openblas_set_num_threads(1);
}
