#include "baselines/neural/data.h"

#include <math.h>
#include <string.h>

#include "baselines/neural/defects.h"
#include "baselines/neural/kernels.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* ---- scales ------------------------------------------------------------------------------- */

void assay_nn_scales_clear(struct assay_nn_scales *s)
{
  assay_scaling_clear(&s->fields);
  assay_scaling_clear(&s->params);
  assay_scaling_clear(&s->time);
}

static int new_scaling(struct assay_scaling *s, int n)
{
  int rc = ASSAY_OK;
  *s = (struct assay_scaling){.n = n};
  ASSAY_TRY(ASSAY_NEW(&s->mean, (size_t)n, "scaling"));
  ASSAY_TRY(ASSAY_NEW(&s->spread, (size_t)n, "scaling"));
  for (int j = 0; j < n; j++) s->spread[j] = 1;
done:
  return rc;
}

static int save_scaling(struct assay_model *m, const struct assay_scaling *s, const char *mean,
                        const char *spread)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)s->n;
  ASSAY_TRY(assay_model_put(m, mean, 1, &n, s->mean));
  ASSAY_TRY(assay_model_put(m, spread, 1, &n, s->spread));
done:
  return rc;
}

static int load_scaling(struct assay_scaling *s, const struct assay_model *m, int n,
                        const char *mean, const char *spread)
{
  int rc = ASSAY_OK;
  size_t dims = (size_t)n;
  *s = (struct assay_scaling){.n = n};
  ASSAY_TRY(assay_model_get(&s->mean, m, mean, 1, &dims));
  ASSAY_TRY(assay_model_get(&s->spread, m, spread, 1, &dims));
  for (int j = 0; j < n; j++)
    ASSAY_CHECK(isfinite(s->mean[j]) && isfinite(s->spread[j]) && s->spread[j] > 0, ASSAY_ECORRUPT,
                "the model's normalisation '%s' is %g, '%s' is %g", mean, s->mean[j], spread,
                s->spread[j]);
done:
  return rc;
}

int assay_nn_scales_save(struct assay_model *m, const struct assay_nn_scales *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(save_scaling(m, &s->fields, "fields_mean", "fields_spread"));
  ASSAY_TRY(save_scaling(m, &s->params, "params_mean", "params_spread"));
  ASSAY_TRY(save_scaling(m, &s->time, "time_mean", "time_spread"));
  ASSAY_TRY(assay_model_put_number(m, "usual_change", s->change));
done:
  return rc;
}

int assay_nn_scales_load(struct assay_nn_scales *s, const struct assay_model *m, int n_fields,
                         int n_params)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(load_scaling(&s->fields, m, n_fields, "fields_mean", "fields_spread"));
  ASSAY_TRY(load_scaling(&s->params, m, n_params, "params_mean", "params_spread"));
  ASSAY_TRY(load_scaling(&s->time, m, 1, "time_mean", "time_spread"));
  ASSAY_TRY(assay_model_number(&s->change, m, "usual_change"));
done:
  return rc;
}

/* Constants that CFDBench subtracts and divides by, whatever the problem. */
static void published_params(struct assay_scaling *s, const struct assay_view *v)
{
  static const struct {
    const char *name;
    double mean, spread;
  } known[] = {{"density", 5, 4},
               {"viscosity", 0.00238, 0.005},
               {"lid_velocity", 25, 50},
               {"inlet_velocity", 25, 50},
               {"velocity", 25, 50}};
  for (int j = 0; j < s->n; j++)
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
      if (strcmp(v->info->params[v->param[j]].name, known[i].name) == 0) {
        s->mean[j] = known[i].mean;
        s->spread[j] = known[i].spread;
      }
}

/* ---- frames ------------------------------------------------------------------------------- */

void assay_nn_frame_put(float *out, const double *x, const struct assay_nn_ring *r,
                        const struct assay_nn_scales *s, int f)
{
  const double mean = s->fields.mean[f], spread = s->fields.spread[f];
  for (size_t i = 0; i < (size_t)r->rows * (size_t)r->columns; i++)
    out[assay_nn_ring_place(r, i)] = (float)((x[i] - mean) / spread);
}

void assay_nn_frame_get(double *out, const float *x, const struct assay_nn_ring *r,
                        const struct assay_nn_scales *s, int f)
{
  const double mean = s->fields.mean[f], spread = s->fields.spread[f];
  for (size_t i = 0; i < (size_t)r->rows * (size_t)r->columns; i++)
    out[i] = mean + spread * (double)x[assay_nn_ring_place(r, i)];
}

int assay_nn_weight_read(float *weight, const struct assay_view *v, const struct assay_nn_ring *r,
                         long k, bool blind)
{
  int rc = ASSAY_OK;
  double *mask = NULL;
  const int at = assay_dataset_field(v->data, "mask");
  memset(weight, 0, r->points * sizeof *weight);
  ASSAY_TRY(ASSAY_NEW(&mask, v->points, "mask"));
  for (size_t i = 0; i < v->points; i++) mask[i] = 1;
  if (!blind && at >= 0 && v->info->fields[at].kind == ASSAY_FIELD_STATIC)
    ASSAY_TRY(assay_dataset_read(v->data, mask, k, at, 0, 1));
  for (size_t i = 0; i < v->points; i++) weight[assay_nn_ring_place(r, i)] = mask[i] < 0.5 ? 0 : 1;
done:
  assay_free(mask);
  return rc;
}

long assay_nn_data_number(const struct assay_nn_data *d, long i, int frame)
{
  return i * d->n_kept + frame;
}

const float *assay_nn_data_frame(const struct assay_nn_data *d, long i, int frame)
{
  return assay_nn_store_get(d->frames, assay_nn_data_number(d, i, frame));
}

static long case_at(const struct assay_nn_data *d, long i)
{
  return i < d->n_fit ? d->set.train[i] : d->set.valid[i - d->n_fit];
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Frames that samples are made of. */
static int choose_frames(struct assay_nn_data *d, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  const struct assay_task_frames *f = &d->set.frames;
  const bool forecast = task->kind == ASSAY_TASK_FORECAST;
  const int from = forecast ? f->context[0] : 0;
  d->n_kept = forecast ? d->set.view.info->n_times - from : f->n_leads;
  ASSAY_TRY(ASSAY_NEW(&d->kept, (size_t)d->n_kept, "frames"));
  for (int i = 0; i < d->n_kept; i++) d->kept[i] = forecast ? from + i : f->lead[i];
done:
  return rc;
}

static int allocate(struct assay_nn_data *d, const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const struct assay_training *set = &d->set;
  const bool own = set->n_valid != set->n_train || set->valid[0] != set->train[0];
  d->n_fit = set->n_train;
  d->n_cases = set->n_train + (own ? set->n_valid : 0);
  const size_t n = (size_t)d->n_cases, kept = (size_t)d->n_kept;
  const double room = job->task->memory_mb > 0 ? 0.6e6 * job->task->memory_mb : 4e9;
  ASSAY_TRY(assay_nn_store_open(&d->frames, job->model_dir, (long)(n * kept),
                                (size_t)set->view.n_fields * d->ring.points, room));
  ASSAY_TRY(ASSAY_NEW(&d->params, n * (size_t)set->view.n_params, "frames"));
  ASSAY_TRY(ASSAY_NEW(&d->times, n * kept, "frames"));
  ASSAY_TRY(ASSAY_NEW(&d->weight, n * d->ring.points, "frames"));
  ASSAY_TRY(ASSAY_NEW(&d->there, n, "frames"));
done:
  return rc;
}

/* How many of the kept frames a case has. */
static int count_frames(struct assay_nn_data *d)
{
  int rc = ASSAY_OK;
  for (long i = 0; i < d->n_cases; i++) {
    const int n = assay_dataset_frames(d->set.view.data, case_at(d, i));
    for (int j = 0; j < d->n_kept; j++) d->there[i] += d->kept[j] < n;
    ASSAY_CHECK(d->there[i] > 0, ASSAY_ECORRUPT, "%s: case %ld has none of the frames asked for",
                d->set.view.info->path, case_at(d, i));
  }
done:
  return rc;
}

static float *edit_frame(struct assay_nn_data *d, long i, int frame)
{
  return assay_nn_store_edit(d->frames, assay_nn_data_number(d, i, frame));
}

static void put_frame(struct assay_nn_data *d, long i, int frame)
{
  assay_nn_store_put(d->frames, assay_nn_data_number(d, i, frame));
}

/* Everything in raw units first: the scales are not known yet. */
static int read_frames(struct assay_nn_data *d, bool blind)
{
  int rc = ASSAY_OK;
  const struct assay_view *v = &d->set.view;
  double *x = NULL;
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)d->n_kept * v->points, "frames"));
  for (long i = 0; i < d->n_cases; i++) {
    ASSAY_TRY(assay_nn_weight_read(d->weight + (size_t)i * d->ring.points, v, &d->ring,
                                   case_at(d, i), blind));
    for (int f = 0; f < v->n_fields; f++) {
      ASSAY_TRY(assay_training_read(&d->set, x, case_at(d, i), f, d->kept, d->there[i]));
      for (int j = 0; j < d->there[i]; j++) {
        assay_nn_frame_put(edit_frame(d, i, j) + (size_t)f * d->ring.points,
                           x + (size_t)j * v->points, &d->ring, &d->scales, f);
        put_frame(d, i, j);
      }
    }
  }
done:
  assay_free(x);
  return rc;
}

/* Of a field over the fluid of the training cases. */
struct moments {
  double count, sum, squares;
};

/* Count and sum, then the squares around the mean. */
static void add_moments(struct moments *m, const float *x, const float *w, size_t n, bool second)
{
  const double mean = second ? m->sum / m->count : 0;
  for (size_t p = 0; p < n; p++) {
    const double e = (double)x[p] - mean, weight = (double)w[p];
    if (second)
      m->squares += weight * e * e;
    else {
      m->sum += weight * e;
      m->count += weight;
    }
  }
}

static void fit_fields(struct assay_nn_data *d)
{
  const int n_fields = d->set.view.n_fields;
  const size_t room = d->ring.points;
  struct moments m[ASSAY_LIST_MAX] = {{0}};
  for (int pass = 0; pass < 2; pass++)
    for (long i = 0; i < d->n_fit; i++)
      for (int j = 0; j < d->there[i]; j++) {
        const float *x = assay_nn_data_frame(d, i, j);
        for (int f = 0; f < n_fields; f++)
          add_moments(&m[f], x + (size_t)f * room, d->weight + (size_t)i * room, room, pass > 0);
      }
  for (int f = 0; f < n_fields; f++) {
    const double mean = m[f].count > 0 ? m[f].sum / m[f].count : 0,
                 spread = m[f].count > 0 ? sqrt(m[f].squares / m[f].count) : 0;
    d->scales.fields.mean[f] = mean;
    d->scales.fields.spread[f] = spread > 1e-6 * fabs(mean) ? spread : 1;
  }
}

static void scale_fields(struct assay_nn_data *d)
{
  const int n_fields = d->set.view.n_fields;
  for (long i = 0; i < d->n_cases; i++)
    for (int j = 0; j < d->there[i]; j++) {
      float *x = edit_frame(d, i, j);
      for (int f = 0; f < n_fields; f++) {
        const double mean = d->scales.fields.mean[f], spread = d->scales.fields.spread[f];
        for (size_t p = 0; p < d->ring.points; p++, x++) *x = (float)(((double)*x - mean) / spread);
      }
      put_frame(d, i, j);
    }
}

/* Of all fields over the fluid of the training cases. */
static double change_of(const struct assay_nn_data *d, int lag)
{
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const size_t room = d->ring.points;
  double squares = 0, count = 0;
  for (long i = 0; i < d->n_fit; i++)
    for (int j = 0; j + lag < d->there[i]; j++)
      for (size_t f = 0; f < (size_t)d->set.view.n_fields; f++) {
        const float *w = d->weight + (size_t)i * room;
        squares += k->squared_error(assay_nn_data_frame(d, i, j) + f * room,
                                    assay_nn_data_frame(d, i, j + lag) + f * room, w, room);
        for (size_t p = 0; p < room; p++) count += (double)w[p];
      }
  return squares > 0 ? sqrt(squares / count) : 1;
}

static int impose(struct assay_nn_data *d)
{
  int rc = ASSAY_OK;
  struct assay_nn_border b = {0};
  const struct assay_view *v = &d->set.view;
  ASSAY_TRY(assay_nn_border_open(&b, v, &d->ring));
  for (long i = 0; i < d->n_cases; i++) {
    ASSAY_TRY(assay_nn_border_read(&b, v, case_at(d, i)));
    for (int j = 0; j < d->there[i]; j++) {
      float *x = edit_frame(d, i, j);
      for (int f = 0; f < v->n_fields; f++, x += d->ring.points)
        assay_nn_border_put(x, &b, f, d->kept[j], d->scales.fields.mean[f],
                            d->scales.fields.spread[f]);
      put_frame(d, i, j);
    }
  }
done:
  assay_nn_border_clear(&b);
  return rc;
}

static int read_params(struct assay_nn_data *d, bool published)
{
  int rc = ASSAY_OK;
  const int n = d->set.view.n_params;
  double *x = NULL;
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)d->n_cases * (size_t)n, "parameters"));
  for (long i = 0; i < d->n_cases; i++)
    ASSAY_TRY(assay_view_params(&d->set.view, x + i * n, case_at(d, i)));
  if (published) {
    ASSAY_TRY(new_scaling(&d->scales.params, n));
    published_params(&d->scales.params, &d->set.view);
  } else
    ASSAY_TRY(assay_scaling_fit(&d->scales.params, x, d->n_fit, n));
  assay_scaling_apply(&d->scales.params, x, d->n_cases);
  for (long i = 0; i < d->n_cases * n; i++) d->params[i] = (float)x[i];
done:
  assay_free(x);
  return rc;
}

static int read_times(struct assay_nn_data *d, bool published)
{
  int rc = ASSAY_OK;
  const int n_times = d->set.view.info->n_times;
  double *all = NULL, *x = NULL;
  ASSAY_TRY(ASSAY_NEW(&all, (size_t)(n_times > 0 ? n_times : 1), "times"));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)d->n_cases * (size_t)d->n_kept, "times"));
  for (long i = 0; i < d->n_cases; i++) {
    if (n_times > 0) ASSAY_TRY(assay_dataset_times(d->set.view.data, all, case_at(d, i)));
    for (int j = 0; j < d->n_kept; j++) { /* behind the end of a case: as its last frame */
      const int frame = d->kept[j < d->there[i] ? j : d->there[i] - 1];
      x[i * d->n_kept + j] = frame < n_times ? all[frame] : 0;
    }
  }
  if (published)
    ASSAY_TRY(new_scaling(&d->scales.time, 1));
  else
    ASSAY_TRY(assay_scaling_fit(&d->scales.time, x, d->n_fit * d->n_kept, 1));
  if (published && n_times > 1) d->scales.time.spread[0] = all[1] - all[0]; /* frames by index */
  assay_scaling_apply(&d->scales.time, x, d->n_cases * d->n_kept);
  for (long i = 0; i < d->n_cases * d->n_kept; i++) d->times[i] = (float)x[i];
done:
  assay_free(all);
  assay_free(x);
  return rc;
}

int assay_nn_data_open(struct assay_nn_data *d, const struct assay_train_job *job,
                       const struct assay_nn_data_options *options)
{
  int rc = ASSAY_OK;
  const bool published = options->defects & ASSAY_NN_UNITS;
  *d = (struct assay_nn_data){.lag = options->lag};
  ASSAY_TRY(assay_training_open(&d->set, job));
  const struct assay_view *v = &d->set.view;
  ASSAY_CHECK(v->info->shape.n_axes <= 2, ASSAY_EUNSUPPORTED,
              "%s: %d dimensions; one or two are possible", v->info->path, v->info->shape.n_axes);
  ASSAY_TRY(assay_nn_ring_find(&d->ring, v, options->ring));
  ASSAY_TRY(choose_frames(d, job->task));
  ASSAY_TRY(allocate(d, job));
  ASSAY_TRY(new_scaling(&d->scales.fields, v->n_fields));
  ASSAY_TRY(count_frames(d));
  ASSAY_TRY(read_frames(d, options->defects & ASSAY_NN_BLIND));
  if (!published) fit_fields(d);
  scale_fields(d);
  d->scales.change =
      options->change ? change_of(d, options->lag > 0 ? options->lag : job->task->stride) : 1;
  ASSAY_TRY(impose(d));
  ASSAY_TRY(read_params(d, published));
  ASSAY_TRY(read_times(d, published));
  ASSAY_TRY(assay_nn_store_check(d->frames));
done:
  return rc;
}

void assay_nn_data_close(struct assay_nn_data *d)
{
  assay_training_close(&d->set);
  assay_nn_scales_clear(&d->scales);
  assay_free(d->kept);
  assay_nn_store_close(d->frames);
  assay_free(d->params);
  assay_free(d->times);
  assay_free(d->weight);
  assay_free(d->there);
}
