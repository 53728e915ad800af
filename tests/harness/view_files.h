/* Small files of a flow that is known everywhere, for the tests of pictures. */
#ifndef ASSAY_TESTS_HARNESS_VIEW_FILES_H
#define ASSAY_TESTS_HARNESS_VIEW_FILES_H
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/dataset.h"
#include "datasets/writer.h"
#include "tests/test.h"

enum { CASES = 4, TIMES = 9, NY = 10, NX = 16, POINTS = NX * NY };

static const struct assay_field flow_fields[] = {
    {"u", "m s-1", "velocity along x", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"v", "m s-1", "velocity along y", NULL, ASSAY_FIELD_FRAME, 'y', false},
    {"p", "Pa", "pressure", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"mask", "1", "one in the fluid", NULL, ASSAY_FIELD_STATIC, 0, false},
    {"drag", "N", "force", NULL, ASSAY_FIELD_SCALAR, 0, false},
    {0}};
static const struct assay_quantity flow_params[] = {
    {"Re", "1", "Reynolds number", NULL}, {"lid_speed", "m s-1", "speed of the lid", NULL}};
static const char *const splits[] = {"random", "odd"};
static const int8_t codes[CASES][2] = {{0, 2}, {2, 0}, {1, 0}, {2, 0}};

static char folder[64];

static inline const char *in_folder(const char *name)
{
  static char path[64][128];
  static int at;
  at = (at + 1) % 64;
  snprintf(path[at], sizeof path[at], "%s/%s", folder, name);
  return path[at];
}

/* What a file is made of; zeros: the flow. */
struct plan {
  int n_axes; /* 0: two */
  int n_cases, n_times, first_time, step;
  double shift;       /* added to every value */
  bool states, empty; /* empty: the last case has no frame */
};

static inline double omega(long k)
{
  return 2.385 + 0.5 * (double)k;
}

/* Rigid rotation that grows in time; p says where and when it is. */
static inline void fill_field(double *values, int f, long k, int time, const struct assay_shape *s)
{
  const size_t n = assay_shape_points(s);
  for (size_t i = 0; i < n; i++) {
    const double x = s->n_axes > 0 ? assay_axis_at(&s->axis[s->n_axes - 1], (int)i % NX) : 0;
    const double y = s->n_axes > 1 ? assay_axis_at(&s->axis[s->n_axes - 2], (int)i / NX % NY) : 0;
    const double strength = omega(k) * (1 + 0.1 * time);
    switch (f) {
    case 0:
      values[i] = -strength * (y - 0.5);
      break;
    case 1:
      values[i] = strength * (x - 0.8);
      break;
    case 2:
      values[i] = 10.0 * time + (double)(i / POINTS) + 0.01 * (double)(i % NX);
      break;
    case 3:
      values[i] = (int)i % NX >= 3 || (int)i / NX >= 2;
      break;
    default:
      values[i] = 0.3 * time + (double)k;
    }
  }
}

static inline struct assay_shape shape_of(const struct plan *plan)
{
  const struct assay_axis z = {"z", "m", "depth", ASSAY_AXIS_CENTRES, 5, 0, 2};
  const struct assay_axis y = {"y", "m", "height", ASSAY_AXIS_CENTRES, NY, 0, 1};
  const struct assay_axis x = {"x", "m", "length", ASSAY_AXIS_CENTRES, NX, 0, 1.6};
  const struct assay_axis state = {"state", "1", "state", ASSAY_AXIS_INDEX, NX, 0, 0};
  struct assay_shape s = {.n_frames = plan->n_times ? plan->n_times : TIMES,
                          .frame_interval = 0.25,
                          .n_axes = plan->n_axes ? plan->n_axes : 2};
  const struct assay_axis all[3] = {z, y, x};
  memcpy(s.axis, all + 3 - s.n_axes, (size_t)s.n_axes * sizeof *s.axis);
  if (plan->states) s.axis[0] = state;
  return s;
}

static inline void write_file(const char *name, struct plan plan)
{
  struct assay_writer *w = NULL;
  const struct assay_shape shape = shape_of(&plan);
  const int step = plan.step ? plan.step : 1;
  double *values = NULL, times[TIMES];
  struct assay_layout l = {.n_cases = plan.n_cases ? plan.n_cases : CASES,
                           .n_times = shape.n_frames,
                           .time = times,
                           .n_axes = shape.n_axes,
                           .dtype = ASSAY_F64,
                           .n_fields = 5,
                           .fields = flow_fields,
                           .n_params = 2,
                           .params = flow_params,
                           .n_splits = plan.n_cases ? 0 : 2,
                           .splits = splits,
                           .identity = true};
  memcpy(l.axis, shape.axis, sizeof l.axis);
  for (int t = 0; t < shape.n_frames; t++) times[t] = 0.25 * (plan.first_time + t * step);
  assert_ok(ASSAY_NEW(&values, assay_shape_points(&shape), "test"));
  assert_ok(assay_writer_create(&w, in_folder(name), &l));
  for (long k = 0; k < l.n_cases; k++) {
    struct assay_case *c = NULL;
    assert_ok(assay_case_create(&c, 10 + k, &shape, flow_fields, NULL, ASSAY_F64));
    for (int f = 0; f < 5; f++)
      for (int t = 0; t < assay_case_frames(c, f); t++) {
        fill_field(values, f, k, plan.first_time + t * step, &shape);
        for (size_t i = 0; i < assay_case_elements(c, f) && f != 3; i++) values[i] += plan.shift;
        assay_case_put(c, f, t, values);
      }
    for (int t = 0; t < shape.n_frames; t++) c->time[t] = times[t];
    c->n_frames = plan.empty && k == l.n_cases - 1 ? 0 : shape.n_frames;
    const double params[2] = {1000 + 50.0 * (double)k, 0.125};
    const struct assay_writer_record record = {
        .c = c,
        .params = params,
        .splits = codes[k % CASES],
        .hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"};
    assert_ok(assay_writer_put(w, &record));
    assay_case_destroy(c);
  }
  assert_ok(assay_writer_commit(w));
  assay_free(values);
}

static inline int make_folder(void)
{
  snprintf(folder, sizeof folder, "/tmp/assay-view-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

/* Group set-up: flow.nc, same.nc shifted, test.nc with cases and times of a prediction, line.nc and
 * states.nc of one dimension, cube.nc of three. */
static inline int make_flow_files(void **state)
{
  (void)state;
  if (make_folder() < 0) return -1;
  write_file("flow.nc", (struct plan){.empty = true});
  write_file("same.nc", (struct plan){.shift = 0.75});
  write_file("test.nc", (struct plan){.n_cases = 2, .n_times = 3, .first_time = 2, .step = 3});
  write_file("line.nc", (struct plan){.n_axes = 1});
  write_file("cube.nc", (struct plan){.n_axes = 3, .n_cases = 1, .n_times = 2});
  write_file("states.nc", (struct plan){.n_axes = 1, .n_cases = 1, .states = true});
  return 0;
}

static inline int remove_files(void **state)
{
  (void)state;
  return assay_dir_remove(folder) == 0 ? 0 : -1;
}

static inline struct assay_dataset *open_set(const char *name)
{
  struct assay_dataset *ds = NULL;
  assert_ok(assay_dataset_open(&ds, in_folder(name)));
  return ds;
}

#endif
