/* A small world with a formula for its fields: writes train.nc and inputs.nc as the harness does,
 * runs a method on them in this process, and gives its prediction back. */
#ifndef ASSAY_TESTS_BASELINES_SMALL_WORLD_H
#define ASSAY_TESTS_BASELINES_SMALL_WORLD_H
#include <stdlib.h>
#include <unistd.h>

#include "baselines/baseline.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/frames.h"
#include "datasets/prediction.h"
#include "datasets/writer.h"
#include "tests/test.h"

enum { TOY_FIELDS = 3, TOY_PARAMS = 5 };

struct toy {
  int kind, first, stride, horizon;
  int context;             /* frames; 0: one */
  struct assay_list asked; /* operator: frames by number; none: all but frame 0 */
  int n_train, n_valid, n_test, n_times;
  double dt;
  int n_axes;
  struct assay_axis axis[2];
  int n_fields;
  int n_static; /* fields behind these that do not change in time and are not asked for */
  struct assay_field fields[TOY_FIELDS + 1]; /* ended by a row without a name */
  int n_params;
  int n_hidden; /* parameters behind these that the files do not tell */
  struct assay_quantity params[TOY_PARAMS];
  double (*param)(long k, int j);
  double (*value)(const double *params, int field, double x, double y, double t);
  int (*frames)(long k); /* of case k; NULL: all */
  double memory_mb;      /* of the task; 0: not said */
  double lid;            /* value of field 0 at the north side, with no slip elsewhere; 0: none */
};

static char toy_dir[128];

static void toy_open(void)
{
  const char *base = getenv("TMPDIR");
  snprintf(toy_dir, sizeof toy_dir, "%s/assay-toy-XXXXXX", base ? base : "/tmp");
  assert_non_null(mkdtemp(toy_dir));
}

static void toy_close(void)
{
  assert_ok(assay_dir_remove(toy_dir));
}

static const char *toy_path(const char *name)
{
  static char path[4][192];
  static int next;
  char *out = path[next++ % 4];
  snprintf(out, sizeof path[0], "%s/%s", toy_dir, name);
  return out;
}

static struct assay_task toy_task(const struct toy *toy)
{
  struct assay_task task = {.name = "t1",
                            .kind = toy->kind,
                            .first = toy->first,
                            .context = toy->context ? toy->context : 1,
                            .horizon = toy->horizon,
                            .stride = toy->stride,
                            .frames = toy->asked,
                            .memory_mb = toy->memory_mb};
  for (int f = 0; f < toy->n_fields; f++) task.fields.item[task.fields.n++] = toy->fields[f].name;
  return task;
}

static struct assay_shape toy_shape(const struct toy *toy, int n_frames)
{
  struct assay_shape shape = {
      .n_frames = n_frames, .frame_interval = toy->dt, .n_axes = toy->n_axes};
  memcpy(shape.axis, toy->axis, sizeof toy->axis);
  return shape;
}

/* values [points] of a field of case k at time t */
static void toy_values(double *values, const struct toy *toy, long k, int field, double t)
{
  double params[TOY_PARAMS] = {0};
  const struct assay_axis *x = &toy->axis[toy->n_axes - 1];
  const struct assay_axis *y = toy->n_axes > 1 ? &toy->axis[0] : NULL;
  for (int j = 0; j < toy->n_params + toy->n_hidden; j++) params[j] = toy->param(k, j);
  for (int iy = 0; iy < (y ? y->n : 1); iy++)
    for (int ix = 0; ix < x->n; ix++)
      values[iy * x->n + ix] =
          toy->value(params, field, assay_axis_at(x, ix), y ? assay_axis_at(y, iy) : 0, t);
}

static void toy_boundary(double *out, const struct toy *toy, int n_times)
{
  for (int f = 0; f < toy->n_fields; f++)
    for (int i = 0; i < n_times; i++)
      for (int s = 0; s < ASSAY_SIDES; s++)
        out[(f * n_times + i) * ASSAY_SIDES + s] = f == 0 && s == ASSAY_NORTH ? toy->lid : 0;
}

/* One file: cases [from, from + n), these frames, these times asked for. */
static void toy_write(const struct toy *toy, const char *name, long from, long n, const int *frames,
                      int n_frames, const int *leads, int n_leads)
{
  static const char *const split[] = {"task"};
  int types[TOY_FIELDS * ASSAY_SIDES];
  for (int i = 0; i < TOY_FIELDS * ASSAY_SIDES; i++)
    types[i] = i < 2 * ASSAY_SIDES ? ASSAY_BOUNDARY_DIRICHLET : ASSAY_BOUNDARY_NONE;
  struct assay_layout layout = {.n_cases = n,
                                .n_times = n_frames,
                                .n_axes = toy->n_axes,
                                .dtype = ASSAY_F64,
                                .n_fields = toy->n_fields + toy->n_static,
                                .fields = toy->fields,
                                .n_params = toy->n_params,
                                .params = toy->params,
                                .n_splits = leads ? 0 : 1,
                                .splits = split,
                                .boundary = toy->lid != 0 ? types : NULL,
                                .n_leads = n_leads};
  struct assay_writer *w = NULL;
  struct assay_shape shape = toy_shape(toy, n_frames > 0 ? n_frames : 1);
  double *values = NULL, *lead_times = NULL, *boundary = NULL;
  memcpy(layout.axis, toy->axis, sizeof toy->axis);
  assert_ok(ASSAY_NEW(&values, assay_shape_points(&shape), "toy"));
  assert_ok(ASSAY_NEW(&lead_times, (size_t)n_leads, "toy"));
  assert_ok(ASSAY_NEW(&boundary, (size_t)TOY_FIELDS * (size_t)shape.n_frames * ASSAY_SIDES, "toy"));
  for (int i = 0; i < n_leads; i++) lead_times[i] = leads[i] * toy->dt;
  toy_boundary(boundary, toy, shape.n_frames);
  assert_ok(assay_writer_create(&w, toy_path(name), &layout));
  for (long k = from; k < from + n; k++) {
    struct assay_case *c = NULL;
    double params[TOY_PARAMS];
    const int8_t code = k < toy->n_train ? 0 : k < toy->n_train + toy->n_valid ? 1 : 2;
    const int there = toy->frames && !leads ? toy->frames(k) : n_frames;
    assert_ok(assay_case_create(&c, k - from, &shape, toy->fields, NULL, ASSAY_F64));
    c->n_frames = there;
    for (int j = 0; j < toy->n_params; j++) params[j] = toy->param(k, j);
    for (int i = 0; i < n_frames; i++) c->time[i] = frames[i] * toy->dt;
    for (int f = 0; f < toy->n_fields + toy->n_static; f++)
      for (int i = 0; i < (f < toy->n_fields ? there : 1); i++) {
        toy_values(values, toy, k, f, f < toy->n_fields ? c->time[i] : 0);
        assay_case_put(c, f, i, values);
      }
    assert_ok(assay_writer_put(w, &(struct assay_writer_record){.c = c,
                                                                .params = params,
                                                                .splits = &code,
                                                                .boundary = boundary,
                                                                .leads = lead_times,
                                                                .n_leads = n_leads}));
    assay_case_destroy(c);
  }
  assert_ok(assay_writer_commit(w));
  assay_free(values);
  assay_free(lead_times);
  assay_free(boundary);
}

/* train.nc and inputs.nc */
static void toy_files(const struct toy *toy)
{
  const struct assay_task task = toy_task(toy);
  struct assay_task_frames frames;
  int *all = NULL;
  assert_ok(assay_task_frames(&frames, &task, toy->n_times));
  assert_ok(ASSAY_NEW(&all, (size_t)toy->n_times, "toy"));
  for (int i = 0; i < toy->n_times; i++) all[i] = i;
  toy_write(toy, "train.nc", 0, toy->n_train + toy->n_valid, all, toy->n_times, NULL, 0);
  toy_write(toy, "inputs.nc", toy->n_train + toy->n_valid, toy->n_test, frames.context,
            frames.n_context, frames.lead, frames.n_leads);
  assay_task_frames_clear(&frames);
  assay_free(all);
}

static int toy_train(const struct toy *toy, const char *method, const void *params)
{
  int rc = ASSAY_OK;
  const struct assay_task task = toy_task(toy);
  const struct assay_baseline *b;
  struct assay_dataset *data = NULL;
  assert_ok(assay_baseline_find(&b, method));
  assert_ok(assay_dir_make(toy_path("model")));
  assert_ok(assay_dataset_open(&data, toy_path("train.nc")));
  if (b->train)
    rc = b->train(&(struct assay_train_job){.task = &task,
                                            .data = data,
                                            .model_dir = toy_path("model"),
                                            .seed = 7,
                                            .time_limit = 100,
                                            .params = params ? params : b->defaults});
  assay_dataset_close(data);
  return rc;
}

static int toy_predict(const struct toy *toy, const char *method, const void *params)
{
  const struct assay_task task = toy_task(toy);
  const struct assay_baseline *b;
  struct assay_dataset *inputs = NULL;
  assert_ok(assay_baseline_find(&b, method));
  assert_ok(assay_dataset_open(&inputs, toy_path("inputs.nc")));
  const int rc = b->predict(&(struct assay_predict_job){.task = &task,
                                                        .inputs = inputs,
                                                        .model_dir = toy_path("model"),
                                                        .output = toy_path("pred.nc"),
                                                        .seed = 7,
                                                        .params = params ? params : b->defaults});
  assay_dataset_close(inputs);
  return rc;
}

/* The prediction of one field of test case k at lead l, [points], into values. */
static void toy_answer(double *values, const struct toy *toy, long k, int field, int lead)
{
  struct assay_dataset *p = NULL;
  assert_ok(assay_prediction_open(&p, toy_path("pred.nc")));
  const int at = assay_dataset_field(p, toy->fields[field].name);
  assert_true(at >= 0);
  assert_ok(assay_dataset_read(p, values, k, at, lead, 1));
  assay_dataset_close(p);
}

/* Largest error of a field of test case k at lead l, whose frame is `frame`. */
static inline double toy_error(const struct toy *toy, long k, int field, int lead, int frame)
{
  const struct assay_shape shape = toy_shape(toy, 1);
  const size_t n = assay_shape_points(&shape);
  double *values = NULL, *truth = NULL, largest = 0;
  assert_ok(ASSAY_NEW(&values, n, "toy"));
  assert_ok(ASSAY_NEW(&truth, n, "toy"));
  toy_answer(values, toy, k, field, lead);
  toy_values(truth, toy, toy->n_train + toy->n_valid + k, field, frame * toy->dt);
  for (size_t i = 0; i < n; i++) {
    assert_true(isfinite(values[i]));
    largest = fmax(largest, fabs(values[i] - truth[i]));
  }
  assay_free(values);
  assay_free(truth);
  return largest;
}

/* Train, predict, and both again: model and prediction must be the same bytes. */
static inline void toy_assert_repeats_with(const struct toy *toy, const char *method,
                                           const void *params)
{
  char *first[2] = {NULL}, *second[2] = {NULL};
  size_t size[2] = {0}, again[2] = {0};
  const char *const name[] = {"pred.nc", "model/model.nc"};
  for (int pass = 0; pass < 2; pass++) {
    assert_ok(toy_train(toy, method, params));
    assert_ok(toy_predict(toy, method, params));
    for (int i = 0; i < 2; i++)
      if (assay_file_exists(toy_path(name[i])))
        assert_ok(assay_file_read(pass ? &second[i] : &first[i], pass ? &again[i] : &size[i],
                                  toy_path(name[i])));
  }
  for (int i = 0; i < 2; i++) {
    assert_int_equal(size[i], again[i]);
    if (size[i] > 0) assert_memory_equal(first[i], second[i], size[i]);
    assay_free(first[i]);
    assay_free(second[i]);
  }
  assert_true(size[0] > 0);
}

static inline void toy_assert_repeats(const struct toy *toy, const char *method)
{
  toy_assert_repeats_with(toy, method, NULL);
}

/* Parameters of a method with "key=value" assignments, ended by NULL; the caller frees them. Keys
 * that start with '?' may be missing. */
static inline void *toy_params(const char *method, const char *const *assignments)
{
  const struct assay_baseline *b;
  void *params;
  assert_ok(assay_baseline_find(&b, method));
  assert_ok(assay_alloc(&params, 1, b->params_size, "toy"));
  if (b->params_size > 0) memcpy(params, b->defaults, b->params_size);
  for (; *assignments; assignments++) {
    const bool optional = **assignments == '?';
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(*assignments, "=") - optional,
             *assignments + optional);
    if (optional && (!b->params || !assay_param_find(b->params, key))) continue;
    assert_ok(assay_param_assign(b->params, params, *assignments + optional));
  }
  return params;
}

#endif
