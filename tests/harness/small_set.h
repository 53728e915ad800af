/* A data set small enough to know every number of it: 6 cases, 5 frames, 4 x 6 cells.
 *
 * Case 2 is the validation case, 3 and 4 are test cases, 5 is in no split; case 4 has only 4
 * frames. Parameter width varies and sets the domain, speed varies, depth does not. */
#ifndef ASSAY_TESTS_HARNESS_SMALL_SET_H
#define ASSAY_TESTS_HARNESS_SMALL_SET_H
#include "tests/test.h"

#include "datasets/prediction.h"
#include "datasets/writer.h"

enum { SET_CASES = 6, SET_TIMES = 5, SET_NY = 4, SET_NX = 6, SET_POINTS = SET_NY * SET_NX };
enum { SET_U, SET_V, SET_P, SET_MASK, SET_FIELDS };
static const struct assay_field set_fields[] = {
    {"u", "m s-1", "velocity in x", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"v", "m s-1", "velocity in y", NULL, ASSAY_FIELD_FRAME, 'y', false},
    {"p", "Pa", "pressure", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"mask", "1", "one in the fluid", NULL, ASSAY_FIELD_STATIC, 0, false},
    {0}};
static const struct assay_quantity set_params[] = {{"width", "m", "of the domain", NULL},
                                                   {"speed", "m s-1", "of the lid", NULL},
                                                   {"depth", "m", "always the same", NULL}};
static const int8_t set_codes[SET_CASES] = {0, 0, 1, 2, 2, -1};
static const double set_interval = 0.25;

static inline double set_width(long k)
{
  return 1.1 + 0.2 * (double)k;
}

/* cell j of a field; cell 0 is solid */
static inline double set_value(long k, int field, int frame, int j)
{
  if (field == SET_MASK) return j == 0 ? 0 : 1;
  return 0.37 * (double)(k + 1) + 1.3 * field + 0.11 * frame * (1 + 0.05 * j) - 0.02 * j * j;
}

/* at the moving side */
static inline double set_wall(long k, int frame)
{
  return 0.9 + 0.1 * (double)k + 0.01 * frame;
}

static inline void set_fill(struct assay_case *c, long k)
{
  double v[SET_POINTS];
  for (int i = 0; i < SET_TIMES; i++) {
    c->time[i] = set_interval * i;
    for (int f = 0; f < SET_FIELDS; f++) {
      for (int j = 0; j < SET_POINTS; j++) v[j] = set_value(k, f, i, j);
      assay_case_put(c, f, i, v);
    }
  }
  c->n_frames = k == 4 ? SET_TIMES - 1 : SET_TIMES;
}

static inline void set_put(struct assay_writer *w, long k, const struct assay_shape *shape)
{
  struct assay_case *c = NULL;
  double walls[SET_FIELDS * SET_TIMES * ASSAY_SIDES];
  const double params[3] = {set_width(k), 2.385 + 0.1 * (double)k, 0.7};
  assert_ok(assay_case_create(&c, 100 + k, shape, set_fields, NULL, ASSAY_F64));
  set_fill(c, k);
  for (int i = 0; i < SET_FIELDS * SET_TIMES * ASSAY_SIDES; i++) walls[i] = (double)NAN;
  for (int i = 0; i < SET_TIMES; i++) walls[i * ASSAY_SIDES + ASSAY_NORTH] = set_wall(k, i);
  const struct assay_writer_record record = {
      .c = c,
      .params = params,
      .splits = &set_codes[k],
      .boundary = walls,
      .hash = "0000000000000000000000000000000000000000000000000000000000000000"};
  assert_ok(assay_writer_put(w, &record));
  assay_case_destroy(c);
}

static inline void set_write(const char *path)
{
  static const char *const splits[] = {"half"};
  static const double time[SET_TIMES] = {0, 0.25, 0.5, 0.75, 1};
  int types[SET_FIELDS * ASSAY_SIDES] = {0};
  types[SET_U * ASSAY_SIDES + ASSAY_NORTH] = ASSAY_BOUNDARY_DIRICHLET;
  struct assay_writer *w = NULL;
  struct assay_shape shape = {.n_frames = SET_TIMES,
                              .frame_interval = set_interval,
                              .n_axes = 2,
                              .axis = {{"y", "m", "height", ASSAY_AXIS_CENTRES, SET_NY, 0, 0.8},
                                       {"x", "m", "width", ASSAY_AXIS_CENTRES, SET_NX, 0, 1}}};
  struct assay_layout l = {.n_cases = SET_CASES,
                           .n_times = SET_TIMES,
                           .time = time,
                           .n_axes = 2,
                           .axis = {shape.axis[0], shape.axis[1]},
                           .axis_varies = {false, true},
                           .dtype = ASSAY_F64,
                           .n_fields = SET_FIELDS,
                           .fields = set_fields,
                           .n_params = 3,
                           .params = set_params,
                           .n_splits = 1,
                           .splits = splits,
                           .boundary = types,
                           .identity = true,
                           .certificate = true,
                           .recipe = "secret: recipe"};
  assert_ok(assay_writer_create(&w, path, &l));
  for (long k = 0; k < SET_CASES; k++) {
    shape.axis[1].hi = set_width(k);
    set_put(w, k, &shape);
  }
  assert_ok(assay_writer_commit(w));
}

static inline struct assay_task set_task(int kind)
{
  struct assay_task t = assay_task_defaults;
  t.name = "small";
  t.kind = kind;
  t.split = "half";
  t.fields = (struct assay_list){2, {"u", "v"}};
  if (kind == ASSAY_TASK_FORECAST) t.first = t.context = 1;
  return t;
}

#endif
