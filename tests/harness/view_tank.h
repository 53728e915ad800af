/* Files of a disc in two fluids, for the tests of pictures. */
#ifndef ASSAY_TESTS_HARNESS_VIEW_TANK_H
#define ASSAY_TESTS_HARNESS_VIEW_TANK_H
#include "tests/harness/view_files.h"

enum { TANK_NX = 40, TANK_NY = 16, TANK_POINTS = TANK_NX * TANK_NY, TANK_FIELDS = 7 };
static const double tank_length = 3, tank_height = 1.2, disc_x = 0.9, disc_y = 0.66, disc_r = 0.3;
static const double surface = 0.21; /* of the lower fluid */

static const struct assay_field tank_fields[] = {
    {"u", "m s-1", "velocity along x", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"v", "m s-1", "velocity along y", NULL, ASSAY_FIELD_FRAME, 'y', false},
    {"p", "Pa", "pressure", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"volume_fraction", "1", "of water", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"mask", "1", "part that is fluid", NULL, ASSAY_FIELD_STATIC, 0, false},
    {"signed_distance", "m", "from the disc", NULL, ASSAY_FIELD_STATIC, 0, false},
    {"drag", "N m-1", "force", NULL, ASSAY_FIELD_SCALAR, 0, false},
    {0}};

/* potential flow past a disc; what solid cells hold is nonsense on purpose */
static inline double tank_value(int f, double x, double y, int time)
{
  const double a = x - disc_x, b = y - disc_y, r2 = a * a + b * b, q = disc_r * disc_r / r2;
  const bool solid = r2 < disc_r * disc_r;
  const double h = tank_height / TANK_NY;
  switch (f) {
  case 0:
    return solid ? 0 : 1 - q * (a * a - b * b) / r2;
  case 1:
    return solid ? 0 : -2 * q * a * b / r2;
  case 2:
    return solid ? -4711 : 2.385 * x + time;
  case 3:
    return solid ? 0.3 : fmin(fmax((surface - y) / h + 0.5, 0), 1);
  case 4:
    return fmin(fmax((sqrt(r2) - disc_r) / h + 0.5, 0), 1);
  default:
    return sqrt(r2) - disc_r;
  }
}

static inline void put_tank_field(struct assay_case *c, int f, int time, bool whole)
{
  double values[TANK_POINTS];
  const double h = tank_height / TANK_NY;
  for (int i = 0; i < TANK_POINTS; i++)
    values[i] = tank_value(f, (i % TANK_NX + 0.5) * h, (i / TANK_NX + 0.5) * h, time);
  for (int i = 0; i < TANK_POINTS && f == 4 && whole; i++) values[i] = values[i] >= 0.5;
  if (f == 6) values[0] = (double)(c->id * 100 + time);
  assay_case_put(c, f, time, values);
}

enum tank_kind { TANK_DISTANCE, TANK_PARTS, TANK_BLOCKS };

static inline void write_tank(const char *name, enum tank_kind kind)
{
  struct assay_writer *w = NULL;
  struct assay_field fields[TANK_FIELDS + 1];
  double times[3] = {0, 0.5, 1};
  memcpy(fields, tank_fields, sizeof fields);
  if (kind != TANK_DISTANCE) fields[5].name = "something_else";
  const struct assay_shape shape = {
      .n_frames = 3,
      .frame_interval = 0.5,
      .n_axes = 2,
      .axis = {{"y", "m", "height", ASSAY_AXIS_CENTRES, TANK_NY, 0, tank_height},
               {"x", "m", "length", ASSAY_AXIS_CENTRES, TANK_NX, 0, tank_length}}};
  struct assay_layout l = {.n_cases = 3,
                           .n_times = 3,
                           .time = times,
                           .n_axes = 2,
                           .dtype = ASSAY_F64,
                           .n_fields = TANK_FIELDS,
                           .fields = fields,
                           .n_params = 2,
                           .params = flow_params,
                           .identity = true};
  memcpy(l.axis, shape.axis, sizeof l.axis);
  assert_ok(assay_writer_create(&w, in_folder(name), &l));
  for (long k = 0; k < 3; k++) {
    struct assay_case *c = NULL;
    assert_ok(assay_case_create(&c, 10 + k, &shape, fields, NULL, ASSAY_F64));
    for (int f = 0; f < TANK_FIELDS; f++)
      for (int t = 0; t < assay_case_frames(c, f); t++)
        put_tank_field(c, f, t, kind == TANK_BLOCKS);
    memcpy(c->time, times, sizeof times);
    c->n_frames = 3;
    const double params[2] = {1000 + 50.0 * (double)k, 0.125};
    const struct assay_writer_record record = {
        .c = c,
        .params = params,
        .hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"};
    assert_ok(assay_writer_put(w, &record));
    assay_case_destroy(c);
  }
  assert_ok(assay_writer_commit(w));
}

#endif
