/* The files of a task. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/prediction.h"
#include "datasets/writer.h"
#include "harness/cut.h"

static const char *const split_name[] = {"task"};

/* One file in the making: what all its cases share, and the case at hand. */
struct sheet {
  const struct assay_cut *cut;
  struct assay_layout layout;
  struct assay_field *fields;        /* [n_fields + 1] */
  struct assay_quantity *params;     /* [n_params] */
  int *boundary;                     /* [n_fields, ASSAY_SIDES] types */
  double *all_params, *values;       /* of a case: [n_params of the data set], [n_params given] */
  double *all_times, *times, *leads; /* [n_times of the data set], [layout.n_times], [n_leads] */
  double *one_side, *sides;          /* boundary values: of the data set; of the layout */
  bool *profiled;                    /* [n_fields, ASSAY_SIDES] */
  double *profiles;                  /* [n_fields, ASSAY_SIDES, room] */
  double *block;                     /* one frame */
  struct assay_writer *writer;
};

static void close_sheet(struct sheet *s)
{
  assay_writer_abort(s->writer);
  void *const block[] = {s->fields,    s->params,   s->boundary, s->all_params, s->values,
                         s->all_times, s->times,    s->leads,    s->one_side,   s->sides,
                         s->block,     s->profiled, s->profiles};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++) assay_free(block[i]);
}

static int times_of_data(const struct assay_cut *c)
{
  const int n = assay_dataset_info(c->ds)->n_times;
  return n > 0 ? n : 1;
}

/* Times of case k at all frames of the data set; 0 without a time axis. */
static int read_times(struct sheet *s, long k)
{
  s->all_times[0] = 0;
  return assay_dataset_info(s->cut->ds)->n_times > 0
             ? assay_dataset_times(s->cut->ds, s->all_times, k)
             : ASSAY_OK;
}

static int make_room(struct sheet *s)
{
  int rc = ASSAY_OK;
  const struct assay_cut *c = s->cut;
  const struct assay_dataset_info *info = assay_dataset_info(c->ds);
  const size_t n_fields = (size_t)c->n_fields, n_params = (size_t)c->n_params;
  const size_t n_data = (size_t)times_of_data(c);
  const size_t n_file = (size_t)(s->layout.n_times > 0 ? s->layout.n_times : 1);
  ASSAY_TRY(ASSAY_NEW(&s->fields, n_fields + 1, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->params, n_params, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->boundary, n_fields * ASSAY_SIDES, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->all_params, (size_t)info->n_params, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->values, n_params, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->all_times, n_data, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->times, n_file, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->leads, (size_t)c->frames.n_leads, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->one_side, n_data, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->sides, n_fields * n_file * ASSAY_SIDES, "task file"));
  const size_t room = (size_t)assay_profile_room(info->shape.n_axes, info->shape.axis);
  ASSAY_TRY(ASSAY_NEW(&s->profiled, n_fields * ASSAY_SIDES, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->profiles, n_fields * ASSAY_SIDES * room, "task file"));
  ASSAY_TRY(ASSAY_NEW(&s->block, assay_shape_points(&info->shape), "task file"));
done:
  return rc;
}

static int set_axes(struct sheet *s, const long *cases, long n)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(s->cut->ds);
  s->layout.n_axes = info->shape.n_axes;
  for (int a = 0; a < info->shape.n_axes; a++) {
    struct assay_axis first, other;
    ASSAY_TRY(assay_cut_axis(&first, s->cut->ds, cases[0], a));
    for (long i = 1; i < n && !s->layout.axis_varies[a]; i++) {
      ASSAY_TRY(assay_cut_axis(&other, s->cut->ds, cases[i], a));
      s->layout.axis_varies[a] = other.lo != first.lo || other.hi != first.hi;
    }
    /* the domain as the file states it, where it is that of these cases */
    const struct assay_axis *stated = &info->shape.axis[a];
    const double rounding = 1e-9 * fabs(stated->hi - stated->lo);
    const bool same =
        fabs(stated->lo - first.lo) <= rounding && fabs(stated->hi - first.hi) <= rounding;
    s->layout.axis[a] = same && !s->layout.axis_varies[a] ? *stated : first;
  }
done:
  return rc;
}

static int set_boundary(struct sheet *s, long k)
{
  int rc = ASSAY_OK, any = 0;
  for (int f = 0; f < s->cut->n_fields; f++)
    for (int side = 0; side < ASSAY_SIDES; side++) {
      int *type = &s->boundary[f * ASSAY_SIDES + side];
      ASSAY_TRY(assay_dataset_boundary(s->cut->ds, type, s->one_side, k, s->cut->field[f], side));
      any = any || *type != ASSAY_BOUNDARY_NONE;
    }
  if (any) s->layout.boundary = s->boundary;
done:
  return rc;
}

/* Factors along the sides of case k; any (NULL: who cares): whether one is not 1, s->profiled
 * where. */
static int read_profiles(struct sheet *s, long k, bool *any)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(s->cut->ds);
  const int room = assay_profile_room(info->shape.n_axes, info->shape.axis);
  for (int i = 0; i < s->cut->n_fields * ASSAY_SIDES && info->shape.n_axes == 2; i++) {
    bool varies = false;
    ASSAY_TRY(assay_dataset_profile(s->cut->ds, &varies, s->profiles + (ptrdiff_t)i * room, k,
                                    s->cut->field[i / ASSAY_SIDES], i % ASSAY_SIDES));
    if (any && varies) *any = s->profiled[i] = true;
  }
done:
  return rc;
}

/* Which profiles the file has: those that one of its cases needs. */
static int set_profiles(struct sheet *s, const long *cases, long n)
{
  int rc = ASSAY_OK;
  bool any = false;
  for (long i = 0; i < n && s->layout.boundary; i++) ASSAY_TRY(read_profiles(s, cases[i], &any));
  if (any) s->layout.profiled = s->profiled;
done:
  return rc;
}

static void set_fields(struct sheet *s)
{
  const struct assay_cut *c = s->cut;
  const struct assay_dataset_info *info = assay_dataset_info(c->ds);
  for (int f = 0; f < c->n_fields; f++) {
    s->fields[f] = info->fields[c->field[f]];
    s->fields[f].optional = false;
  }
  for (int p = 0; p < c->n_params; p++) s->params[p] = info->params[c->param[p]];
  s->layout.n_fields = c->n_fields;
  s->layout.fields = s->fields;
  s->layout.n_params = c->n_params;
  s->layout.params = s->params;
  s->layout.dtype = info->dtype;
}

/* The times of the file for case k: those of its frames. */
static int fill_times(struct sheet *s, long k, const int *frame)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(read_times(s, k));
  for (int i = 0; i < s->layout.n_times; i++) s->times[i] = s->all_times[frame[i]];
done:
  return rc;
}

static bool same_times(const struct sheet *s, const double *other)
{
  for (int i = 0; i < s->layout.n_times; i++)
    if (!(s->times[i] == other[i])) return false; /* NaN: differs */
  return true;
}

/* layout.time, when all cases have the same. `shared` is room for them. */
static int set_times(struct sheet *s, const long *cases, long n, const int *frame, double *shared)
{
  int rc = ASSAY_OK;
  bool same = s->layout.n_times > 0;
  for (long i = 0; i < n && same; i++) {
    ASSAY_TRY(fill_times(s, cases[i], frame));
    if (i == 0) memcpy(shared, s->times, (size_t)s->layout.n_times * sizeof *shared);
    same = same_times(s, shared);
  }
  if (same) s->layout.time = shared;
done:
  return rc;
}

static int read_frames(struct sheet *s, struct assay_case *c, long k, int f, const int *frame)
{
  int rc = ASSAY_OK;
  const bool fixed = s->fields[f].kind == ASSAY_FIELD_STATIC;
  const int at = assay_case_field(c, s->fields[f].name);
  for (int i = 0; i < (fixed ? 1 : c->n_frames); i++) {
    ASSAY_TRY(
        assay_dataset_read(s->cut->ds, s->block, k, s->cut->field[f], fixed ? 0 : frame[i], 1));
    assay_case_put(c, at, i, s->block);
  }
done:
  return rc;
}

/* sides [n_fields, n_times, ASSAY_SIDES] at the frames of the file. */
static int read_boundary(struct sheet *s, long k, const int *frame)
{
  int rc = ASSAY_OK, type;
  const int n = s->layout.n_times > 0 ? s->layout.n_times : 1;
  for (int f = 0; s->layout.boundary && f < s->cut->n_fields; f++)
    for (int side = 0; side < ASSAY_SIDES; side++) {
      ASSAY_TRY(assay_dataset_boundary(s->cut->ds, &type, s->one_side, k, s->cut->field[f], side));
      for (int i = 0; i < n; i++)
        s->sides[((size_t)f * (size_t)n + (size_t)i) * ASSAY_SIDES + (size_t)side] =
            s->one_side[frame[i]];
    }
done:
  return rc;
}

static int read_params(struct sheet *s, long k)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_dataset_params(s->cut->ds, s->all_params, k));
  for (int p = 0; p < s->cut->n_params; p++) s->values[p] = s->all_params[s->cut->param[p]];
done:
  return rc;
}

/* Case k with `given` frames, frame[] on the time axis, and n_leads times asked for. */
static int put_case(struct sheet *s, long k, int given, const int *frame, int8_t code, int n_leads)
{
  int rc = ASSAY_OK;
  struct assay_case *c = NULL;
  struct assay_shape shape = {.n_frames = s->layout.n_times > 0 ? s->layout.n_times : 1,
                              .n_axes = s->layout.n_axes};
  for (int a = 0; a < shape.n_axes; a++) {
    shape.axis[a] = s->layout.axis[a];
    if (s->layout.axis_varies[a]) ASSAY_TRY(assay_cut_axis(&shape.axis[a], s->cut->ds, k, a));
  }
  ASSAY_TRY(assay_case_create(&c, 0, &shape, s->fields, NULL, s->layout.dtype));
  ASSAY_TRY(fill_times(s, k, frame));
  memcpy(c->time, s->times, (size_t)s->layout.n_times * sizeof *c->time);
  c->n_frames = given;
  for (int f = 0; f < s->cut->n_fields; f++) ASSAY_TRY(read_frames(s, c, k, f, frame));
  for (int i = 0; i < n_leads; i++) s->leads[i] = s->all_times[s->cut->frames.lead[i]];
  ASSAY_TRY(read_boundary(s, k, frame));
  if (s->layout.profiled) ASSAY_TRY(read_profiles(s, k, NULL));
  ASSAY_TRY(read_params(s, k));
  const struct assay_writer_record record = {.c = c,
                                             .params = s->values,
                                             .splits = &code,
                                             .boundary = s->sides,
                                             .profiles = s->profiles,
                                             .leads = s->leads,
                                             .n_leads = n_leads};
  ASSAY_TRY(assay_writer_put(s->writer, &record));
done:
  assay_case_destroy(c);
  return rc;
}

/* Everything but the cases. frame[] are the frames on the file's time axis. */
static int open_sheet(struct sheet *s, const struct assay_cut *cut, const char *path,
                      const char *title, const long *cases, long n, const int *frame,
                      double *shared)
{
  int rc = ASSAY_OK;
  const struct assay_attribute attribute = {"title", title};
  s->cut = cut;
  s->layout.n_cases = n;
  ASSAY_TRY(make_room(s));
  set_fields(s);
  ASSAY_TRY(set_axes(s, cases, n));
  ASSAY_TRY(set_boundary(s, cases[0]));
  ASSAY_TRY(set_profiles(s, cases, n));
  ASSAY_TRY(set_times(s, cases, n, frame, shared));
  s->layout.n_attributes = 1;
  s->layout.attributes = &attribute;
  ASSAY_TRY(assay_writer_create(&s->writer, path, &s->layout));
done:
  return rc;
}

static int commit(struct sheet *s)
{
  struct assay_writer *w = s->writer;
  s->writer = NULL;
  return assay_writer_commit(w);
}

int assay_cut_train(const struct assay_cut *cut, const char *path)
{
  int rc = ASSAY_OK, *frame = NULL;
  double *shared = NULL;
  struct sheet s = {.layout = {.n_times = assay_dataset_info(cut->ds)->n_times,
                               .n_splits = 1,
                               .splits = split_name}};
  const int n = times_of_data(cut);
  ASSAY_TRY(ASSAY_NEW(&frame, (size_t)n, "frames"));
  ASSAY_TRY(ASSAY_NEW(&shared, (size_t)n, "times"));
  for (int i = 0; i < n; i++) frame[i] = i;
  ASSAY_TRY(open_sheet(&s, cut, path, "training and validation cases of a task", cut->train,
                       cut->n_train, frame, shared));
  for (long i = 0; i < cut->n_train; i++) {
    const long k = cut->train[i];
    ASSAY_TRY(put_case(&s, k, assay_dataset_frames(cut->ds, k), frame, cut->codes[k], 0));
  }
  ASSAY_TRY(commit(&s));
done:
  close_sheet(&s);
  assay_free(frame);
  assay_free(shared);
  return rc;
}

int assay_cut_inputs(const struct assay_cut *cut, const char *path)
{
  int rc = ASSAY_OK, *frame = NULL;
  double *shared = NULL;
  const struct assay_task_frames *t = &cut->frames;
  const int n = t->n_context + t->n_leads;
  const bool timed = assay_dataset_info(cut->ds)->n_times > 0;
  struct sheet s = {.layout = {.n_times = timed ? n : 0, .n_leads = t->n_leads}};
  ASSAY_TRY(ASSAY_NEW(&frame, (size_t)n, "frames"));
  ASSAY_TRY(ASSAY_NEW(&shared, (size_t)n, "times"));
  for (int i = 0; i < t->n_context; i++) frame[i] = t->context[i];
  for (int i = 0; i < t->n_leads; i++) frame[t->n_context + i] = t->lead[i];
  ASSAY_TRY(open_sheet(&s, cut, path, "inputs of a task", cut->test, cut->n_test, frame, shared));
  for (long i = 0; i < cut->n_test; i++)
    ASSAY_TRY(put_case(&s, cut->test[i], t->n_context, frame, 0, cut->n_leads[i]));
  ASSAY_TRY(commit(&s));
done:
  close_sheet(&s);
  assay_free(frame);
  assay_free(shared);
  return rc;
}

int assay_cut_truth(const struct assay_cut *cut, const char *path, const char *inputs)
{
  int rc = ASSAY_OK;
  struct assay_dataset *given = NULL;
  struct assay_prediction *p = NULL;
  double *values = NULL;
  const size_t n = assay_shape_points(&assay_dataset_info(cut->ds)->shape);
  ASSAY_TRY(assay_dataset_open(&given, inputs));
  ASSAY_TRY(assay_prediction_create(&p, path, cut->task, given));
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)cut->frames.n_leads * n, "truth"));
  for (long i = 0; i < cut->n_test; i++)
    for (int f = 0; f < cut->task->fields.n; f++) {
      ASSAY_TRY(assay_cut_read_truth(cut, values, i, f));
      ASSAY_TRY(assay_prediction_put(p, i, f, values));
    }
  struct assay_prediction *whole = p;
  p = NULL;
  ASSAY_TRY(assay_prediction_commit(whole));
done:
  assay_free(values);
  assay_prediction_abort(p);
  assay_dataset_close(given);
  return rc;
}
