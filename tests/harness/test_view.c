/* `assay view` on small files: what it computes, which frames and cases it pairs, what it refuses.
 */
#include "tests/test.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/writer.h"
#include "harness/picture.h"
#include "harness/picture_data.h"
#include "harness/picture_map.h"
#include "harness/picture_plot.h"
#include "harness/verb.h"

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

static const char *in_folder(const char *name)
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

static double omega(long k)
{
  return 2.385 + 0.5 * (double)k;
}

/* Rigid rotation that grows in time; p says where and when it is. */
static void fill_field(double *values, int f, long k, int time, const struct assay_shape *s)
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

static struct assay_shape shape_of(const struct plan *plan)
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

static void write_file(const char *name, struct plan plan)
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

/* ---- an obstacle in two fluids ----------------------------------------------------------------
 */

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
static double tank_value(int f, double x, double y, int time)
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

static void put_tank_field(struct assay_case *c, int f, int time, bool whole)
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

static void write_tank(const char *name, enum tank_kind kind)
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

static int make_files(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/assay-view-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  write_file("flow.nc", (struct plan){.empty = true});
  write_file("same.nc", (struct plan){.shift = 0.75});
  write_file("test.nc", (struct plan){.n_cases = 2, .n_times = 3, .first_time = 2, .step = 3});
  write_file("line.nc", (struct plan){.n_axes = 1});
  write_file("cube.nc", (struct plan){.n_axes = 3, .n_cases = 1, .n_times = 2});
  write_tank("tank.nc", TANK_DISTANCE);
  write_tank("parts.nc", TANK_PARTS);
  write_tank("blocks.nc", TANK_BLOCKS);
  write_file("states.nc", (struct plan){.n_axes = 1, .n_cases = 1, .states = true});
  return 0;
}

static int remove_files(void **state)
{
  (void)state;
  return assay_dir_remove(folder) == 0 ? 0 : -1;
}

/* Run the verb with up to ten words; what it prints goes to `said`. */
static char said[512];
static int view(const char *const *words)
{
  int rc = ASSAY_OK, n_args = 0, argc = 0;
  const struct assay_verb *verb = NULL;
  char *options = NULL, *argv[16], *args[16], *text = NULL;
  size_t size = 0;
  FILE *out = NULL;
  for (; words[argc]; argc++) argv[argc] = strdup(words[argc]);
  assert_ok(assay_verb_find(&verb, "view"));
  assert_ok(ASSAY_NEW(&options, verb->options_size, "options"));
  memcpy(options, verb->defaults, verb->options_size);
  ASSAY_TRY(assay_options_parse(verb->options, options, argc, argv, args, &n_args));
  ASSAY_TRY(assay_param_check(verb->options, options));
  assert_int_equal(n_args, 1);
  out = open_memstream(&text, &size);
  ASSAY_TRY(verb->run(options, n_args, args, out));
done:
  if (out) fclose(out);
  snprintf(said, sizeof said, "%s", text ? text : "");
  free(text);
  assay_free(options);
  for (int i = 0; i < argc; i++) free(argv[i]);
  return rc;
}
#define VIEW(...) view((const char *const[]){__VA_ARGS__, NULL})

static bool holds(const char *name, const char *what, size_t n)
{
  char *bytes = NULL;
  size_t size = 0;
  bool found = false;
  assert_ok(assay_file_read(&bytes, &size, in_folder(name)));
  for (size_t i = 0; i + n <= size && !found; i++) found = memcmp(bytes + i, what, n) == 0;
  assay_free(bytes);
  return found;
}

static struct assay_image look(const char *name)
{
  struct assay_image image;
  assert_ok(assay_png_read(&image, in_folder(name)));
  return image;
}

static struct assay_dataset *open_set(const char *name)
{
  struct assay_dataset *ds = NULL;
  assert_ok(assay_dataset_open(&ds, in_folder(name)));
  return ds;
}

/* ---- numbers -----------------------------------------------------------------------------------
 */

static void speed_and_vorticity_are_those_of_the_flow(void **state)
{
  double speed[POINTS], vorticity[POINTS];
  struct picture_data d;
  struct assay_dataset *ds = open_set("flow.nc");
  struct assay_picture p = {.truth = ds, .k = 1, .first = 0, .last = -1};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_string_equal(d.name, "speed");
  assert_string_equal(d.label, "speed (m s⁻¹)");
  assert_int_equal(d.n_frames, TIMES);
  assert_ok(assay_picture_data_read(&d, &d.truth, 4, speed));
  assay_picture_data_close(&d);
  p.field = "vorticity";
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_data_read(&d, &d.truth, 4, vorticity));
  for (int k = 0; k < POINTS; k++) {
    const double x = d.x[k % NX] - 0.8, y = d.y[k / NX] - 0.5;
    assert_close(speed[k], 1.4 * omega(1) * hypot(x, y), 1e-13, 0);
    if (d.mask[k] >= 0.5) assert_close(vorticity[k], 2 * 1.4 * omega(1), 1e-12, 0);
  }
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

static void frames_are_picked_evenly(void **state)
{
  struct picture_data d;
  struct assay_dataset *ds = open_set("flow.nc");
  const struct assay_picture p = {.truth = ds, .first = 0, .last = -1};
  static const struct {
    int n, got, frame[5];
  } known[] = {
      {1, 1, {8}}, {0, 1, {8}}, {2, 2, {0, 8}}, {5, 5, {0, 2, 4, 6, 8}}, {4, 4, {0, 3, 5, 8}}};
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    assert_ok(assay_picture_data_open(&d, &p));
    assay_picture_data_thin(&d, known[i].n);
    assert_int_equal(d.n_frames, known[i].got);
    for (int k = 0; k < d.n_frames; k++) assert_int_equal(d.frame[k], known[i].frame[k]);
    assay_picture_data_close(&d);
  }
  assay_dataset_close(ds);
}

/* The prediction has the times 0.5, 1.25 and 2 s: frames 2, 5 and 8 of the truth. */
static void predictions_are_paired_by_time(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct assay_dataset *truth = open_set("flow.nc"), *pred = open_set("test.nc");
  struct assay_picture p = {
      .truth = truth, .prediction = pred, .k = 1, .k_prediction = 0, .last = -1, .field = "p"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_int_equal(d.n_frames, 3);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(d.frame[i], 2 + 3 * i);
    assert_int_equal(d.partner[i], i);
  }
  assert_ok(assay_picture_map_range(&r, &d)); /* p does not depend on the case: no error */
  assert_close(r.error_hi, 1, 0, 0);
  assert_close(r.lo, 20, 1e-12, 0);
  assert_close(r.hi, 80.15, 1e-12, 0);
  assay_picture_data_close(&d);
  p.first = p.last = 3;
  assert_fails(assay_picture_data_open(&d, &p), ASSAY_EARG, "no time of the frames 3 to 3");
  assay_dataset_close(truth);
  assay_dataset_close(pred);
}

static void errors_are_prediction_minus_truth(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct picture_map m;
  struct assay_dataset *truth = open_set("flow.nc"), *pred = open_set("same.nc");
  const struct assay_picture p = {
      .truth = truth, .prediction = pred, .first = 4, .last = 4, .field = "u"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_map_range(&r, &d));
  assert_close(r.error_lo, -0.75, 1e-12, 0);
  assert_close(r.hi, 1.4 * omega(0) * 0.45, 1e-12, 0); /* of the truth alone */
  assert_ok(assay_picture_map_make(&m, &d, 0, 1, &r));
  assert_int_equal(m.figure.columns, 3);
  for (int k = 0; k < POINTS; k++) {
    assert_close(m.panels[2].values[k], 0.75, 1e-12, 0);
    assert_close(m.panels[1].values[k] - m.panels[0].values[k], 0.75, 1e-12, 0);
  }
  assert_string_equal(m.panels[2].bar_label, "error (m s⁻¹)");
  assert_true(m.panels[0].scale == m.panels[1].scale && m.panels[2].scale != m.panels[0].scale);
  assay_picture_map_free(&m);
  assay_picture_data_close(&d);
  assay_dataset_close(truth);
  assay_dataset_close(pred);
}

static void test_cases_find_their_prediction(void **state)
{
  long at;
  struct assay_dataset *truth = open_set("flow.nc"), *pred = open_set("test.nc");
  (void)state;
  assert_ok(assay_picture_partner(&at, truth, truth, 2, NULL));
  assert_int_equal(at, 2);
  assert_ok(
      assay_picture_partner(&at, truth, pred, 3, NULL)); /* only "random" has two test cases */
  assert_int_equal(at, 1);
  assert_ok(assay_picture_partner(&at, truth, pred, 1, "random"));
  assert_int_equal(at, 0);
  assert_fails(assay_picture_partner(&at, truth, pred, 0, NULL), ASSAY_EARG,
               "case 10 is not a test case of split 'random'");
  assert_fails(assay_picture_partner(&at, truth, pred, 0, "odd"), ASSAY_EARG, "split 'odd' of");
  assert_fails(assay_picture_partner(&at, truth, pred, 0, "rnadom"), ASSAY_ENOTFOUND, "'random'");
  assay_dataset_close(truth);
  assay_dataset_close(pred);
}

static void planes_are_cut_out_of_three_dimensions(void **state)
{
  double values[POINTS];
  struct picture_data d;
  char *text = NULL;
  struct assay_dataset *ds = open_set("cube.nc");
  struct assay_picture p = {.truth = ds, .last = -1, .field = "p", .plane = -1};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_data_read(&d, &d.truth, 1, values));
  assert_close(values[3 * NX + 7], 10 + 2 + 0.07, 1e-13, 0);
  assert_ok(assay_picture_subtitle(&text, &d, 1));
  assert_non_null(strstr(text, "z\u00a0=\u00a01\u00a0m"));
  assert_non_null(strstr(text, "t\u00a0=\u00a00.25\u00a0s"));
  assay_free(text);
  assay_picture_data_close(&d);
  p.plane = 5;
  assert_fails(assay_picture_data_open(&d, &p), ASSAY_EARG, "plane 5 is outside 0..4");
  assay_dataset_close(ds);
}

static void lines_are_drawn_over_space_or_time(void **state)
{
  struct picture_data d;
  struct picture_plot plot;
  struct assay_dataset *line = open_set("line.nc"), *states = open_set("states.nc"),
                       *flow = open_set("flow.nc");
  const struct assay_picture over_x = {.truth = line, .last = -1, .field = "p"};
  const struct assay_picture over_t = {.truth = states, .last = -1, .field = "p"};
  const struct assay_picture drag = {
      .truth = flow, .prediction = flow, .k = 1, .k_prediction = 2, .last = -1, .field = "drag"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &over_x));
  assay_picture_data_thin(&d, 3);
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, 3);
  assert_int_equal(plot.series[1].n, NX);
  assert_close(plot.series[1].y[5], 40.05, 1e-13, 0);
  assert_close(plot.series[1].x[5], 0.55, 1e-13, 0);
  assert_string_equal(plot.series[1].name, "t = 1 s");
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);

  assert_ok(assay_picture_data_open(&d, &over_t));
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, PICTURE_SERIES_MAX);
  assert_int_equal(plot.series[6].n, TIMES);
  assert_close(plot.series[6].y[3], 30.06, 1e-13, 0);
  assert_close(plot.series[6].x[3], 0.75, 1e-13, 0);
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);

  assert_ok(assay_picture_data_open(&d, &drag));
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, 2);
  assert_close(plot.series[0].y[3], 1.9, 1e-13, 0);
  assert_close(plot.series[1].y[3], 2.9, 1e-13, 0);
  assert_int_equal(plot.series[1].draw, ASSAY_PLOT_POINTS);
  assert_non_null(strstr(plot.plot.subtitle, "symbols: prediction"));
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);
  assay_dataset_close(line);
  assay_dataset_close(states);
  assay_dataset_close(flow);
}

static void titles_name_what_differs(void **state)
{
  struct picture_data d;
  char *title = NULL, *subtitle = NULL;
  struct assay_dataset *ds = open_set("flow.nc");
  const struct assay_picture p = {.truth = ds, .k = 2, .last = -1};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_title(&title, &d));
  assert_ok(assay_picture_subtitle(&subtitle, &d, 8));
  assert_string_equal(title, "flow, case 12");
  assert_string_equal(subtitle, "Re\u00a0=\u00a01100\u00a0· t\u00a0=\u00a02\u00a0s");
  assay_free(title);
  assay_free(subtitle);
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

/* pixels of one colour, and where they are */
struct patch {
  long n;
  double x, y, farthest; /* middle, and the distance of the last one from it */
};

static bool has_colour(const struct assay_image *image, int x, int y, const int rgb[3])
{
  const uint8_t *p = image->rgba + 4 * ((size_t)y * (size_t)image->width + (size_t)x);
  return p[0] == rgb[0] && p[1] == rgb[1] && p[2] == rgb[2];
}

static struct patch find_patch(const struct assay_image *image, const int rgb[3])
{
  struct patch p = {0};
  for (int pass = 0; pass < 2; pass++)
    for (int y = 0; y < image->height; y++)
      for (int x = 0; x < image->width; x++) {
        if (!has_colour(image, x, y, rgb)) continue;
        if (pass) {
          p.farthest = fmax(p.farthest, hypot(x - p.x / (double)p.n, y - p.y / (double)p.n));
        } else {
          p.n++;
          p.x += x;
          p.y += y;
        }
      }
  return p;
}

static const int grey[3] = {166, 166, 166};

static struct assay_image draw_tank(const char *file, const char *field, bool cells)
{
  struct assay_image image;
  struct assay_dataset *ds = open_set(file);
  const struct assay_picture p = {.truth = ds,
                                  .last = -1,
                                  .field = field,
                                  .width = 900,
                                  .scale = 1,
                                  .cells = cells,
                                  .flow = ASSAY_PICTURE_FLOW_NONE};
  assert_ok(assay_picture_image(&image, &p));
  assay_dataset_close(ds);
  return image;
}

static void obstacles_are_round_where_their_distance_is_known(void **state)
{
  const double r = 900 * disc_r / tank_length;
  struct assay_image smooth = draw_tank("tank.nc", "p", false);
  struct assay_image parts = draw_tank("parts.nc", "p", false);
  struct assay_image blocks = draw_tank("blocks.nc", "p", false);
  struct assay_image cells = draw_tank("tank.nc", "p", true);
  (void)state;
  const struct patch a = find_patch(&smooth, grey), b = find_patch(&blocks, grey);
  assert_close((double)a.n, M_PI * r * r, 0.05, 0); /* the outline takes its rim */
  assert_true(a.farthest < r + 0.8);
  const struct patch c = find_patch(&parts, grey); /* by what is fluid of every cell */
  assert_close((double)c.n, M_PI * r * r, 0.06, 0);
  assert_true(c.farthest < r + 1.5);
  assert_true(b.farthest > r + 3); /* corners of cells of 22.5 pixels */
  assert_int_equal(find_patch(&cells, grey).n, b.n);
  assay_image_destroy(&smooth);
  assay_image_destroy(&parts);
  assay_image_destroy(&blocks);
  assay_image_destroy(&cells);
  smooth = draw_tank("tank.nc", "signed_distance", false);
  assert_int_equal(find_patch(&smooth, grey).n, 0); /* drawn itself, it hides nothing */
  assay_image_destroy(&smooth);
}

/* most black pixels in a row: the surface reaches from side to side, but not through the disc */
static int longest_black_row(const struct assay_image *image)
{
  static const int black[3] = {0, 0, 0};
  int most = 0;
  for (int y = 0; y < image->height; y++) {
    int n = 0;
    for (int x = 0; x < image->width; x++) n += has_colour(image, x, y, black);
    most = n > most ? n : most;
  }
  return most;
}

static void interfaces_are_drawn_over_other_fields(void **state)
{
  (void)state;
  struct assay_image other = draw_tank("tank.nc", "p", false);
  struct assay_image own = draw_tank("tank.nc", "volume_fraction", false);
  struct assay_image fixed = draw_tank("tank.nc", "mask", false);
  assert_in_range(longest_black_row(&other), 890, 901);
  assert_in_range(longest_black_row(&own), 0, 200);
  assert_in_range(longest_black_row(&fixed), 0, 200);
  assay_image_destroy(&other);
  assay_image_destroy(&own);
  assay_image_destroy(&fixed);
}

static void solid_cells_do_not_stretch_the_colours(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct assay_dataset *ds = open_set("tank.nc");
  const struct assay_picture p = {.truth = ds, .last = -1, .field = "p"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_map_range(&r, &d));
  assert_close(r.lo, 2.385 * 0.0375, 1e-12, 0);
  assert_close(r.hi, 2.385 * 2.9625 + 2, 1e-12, 0);
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

/* 2.5 times as wide as high: three of them below each other */
static void wide_domains_are_stacked(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct picture_map m;
  struct assay_dataset *ds = open_set("tank.nc");
  const struct assay_picture p = {.truth = ds, .prediction = ds, .last = -1, .field = "p"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_map_range(&r, &d));
  assert_ok(assay_picture_map_make(&m, &d, 0, 1, &r));
  assert_true(m.figure.columns == 1 && m.figure.rows == 3);
  assert_non_null(m.panels[0].interface);
  assert_null(m.panels[2].interface); /* of the error */
  assay_picture_map_free(&m);
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

static void numbers_of_several_cases_are_several_lines(void **state)
{
  struct picture_data d;
  struct picture_plot plot;
  struct assay_dataset *ds = open_set("tank.nc");
  const long cases[] = {0, 2};
  struct assay_picture p = {.truth = ds, .last = -1, .field = "drag", .cases = cases, .n_cases = 2};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, 2);
  assert_int_equal(plot.series[1].n, 3);
  assert_close(plot.series[1].y[2], 1202, 0, 0);
  assert_close(plot.series[1].x[1], 0.5, 0, 0);
  assert_string_equal(plot.series[1].name, "case 12: Re\u00a0=\u00a01100");
  assert_string_equal(plot.title, "tank: drag");
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);
  p.field = "p";
  assert_fails(assay_picture_data_open(&d, &p), ASSAY_EARG, "'p' has 2 dimensions");
  assay_dataset_close(ds);
}

/* ---- the verb ----------------------------------------------------------------------------------
 */

static void view_writes_a_picture_and_says_where(void **state)
{
  (void)state;
  const char *out = in_folder("a.png");
  assert_ok(VIEW(in_folder("flow.nc"), "--case", "11", "--scale", "1", "-o", out));
  assert_memory_equal(said, out, strlen(out));
  assert_string_equal(said + strlen(out), "\n");
  struct assay_image image = look("a.png");
  assert_true(image.width > 400 && image.height > 250);
  assay_image_destroy(&image);
  assert_true(holds("a.png", "Title\0flow, case 11", 19));
  assert_true(holds("a.png", "flow.nc, case 11", 16));
  assert_true(holds("a.png", "1050", 4)); /* Re */
}

static void strips_are_wider_and_animations_move(void **state)
{
  (void)state;
  assert_ok(VIEW(in_folder("flow.nc"), "--scale", "0.5", "-o", in_folder("one.png")));
  assert_ok(
      VIEW(in_folder("flow.nc"), "--scale", "0.5", "--strip", "4", "-o", in_folder("four.png")));
  struct assay_image one = look("one.png"), four = look("four.png");
  assert_true(four.width > one.width + 50 && four.height < one.height);
  assay_image_destroy(&one);
  assay_image_destroy(&four);
  assert_ok(VIEW(in_folder("flow.nc"), "--scale", "0.5", "--animate", "--fps", "5", "-o",
                 in_folder("moving.png")));
  assert_true(holds("moving.png", "acTL\0\0\0\11\0\0\0\0", 12));
  assert_ok(VIEW(in_folder("flow.nc"), "--scale", "0.5", "--animate", "--strip", "3", "-o",
                 in_folder("moving.png")));
  assert_true(holds("moving.png", "acTL\0\0\0\3\0\0\0\0", 12));
  assert_ok(VIEW(in_folder("tank.nc"), "--scale", "0.5", "--animate", "-o", in_folder("tank.png")));
  assert_true(holds("tank.png", "acTL\0\0\0\3\0\0\0\0", 12));
}

static void every_kind_of_picture_can_be_drawn(void **state)
{
  static const char *const calls[][8] = {
      {"flow.nc", "--flow", "arrows", "--contours", "3", "--cells"},
      {"flow.nc", "--field", "vorticity", "--map", "diverging", "--range", "-1:1.5"},
      {"flow.nc", "--field", "mask"},
      {"flow.nc", "--field", "drag"},
      {"flow.nc", "--field", "drag", "--cases", "10,11:13"},
      {"tank.nc", "--contours", "5", "--strip", "3"},
      {"tank.nc", "--flow", "arrows", "--cells"},
      {"flow.nc", "--frame", "3", "--title", "hello"},
      {"line.nc", "--field", "p", "--form", "spacetime"},
      {"line.nc", "--field", "p", "--frame", "-2"},
      {"states.nc", "--field", "p"},
      {"cube.nc", "--field", "p", "--plane", "4", "--strip", "2"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    const char *words[16] = {in_folder(calls[i][0]), "--scale", "0.7", "-o", in_folder("b.png")};
    int n = 5;
    for (int k = 1; k < 8 && calls[i][k]; k++) words[n++] = calls[i][k];
    if (view(words) < 0) fail_msg("call %zu: %s", i, assay_err_last());
    struct assay_image image = look("b.png");
    assay_image_destroy(&image);
    assert_int_equal(unlink(in_folder("b.png")), 0);
  }
}

static void comparisons_can_be_drawn(void **state)
{
  static const char *const calls[][6] = {
      {"flow.nc", "test.nc", "--case", "11"},
      {"flow.nc", "same.nc", "--strip", "3", "--field", "u"},
      {"line.nc", "line.nc", "--field", "p"},
      {"line.nc", "line.nc", "--field", "p", "--form"},
      {"flow.nc", "same.nc", "--field", "drag"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    const char *words[16] = {
        in_folder(calls[i][0]), "--compare", in_folder(calls[i][1]), "--scale", "0.7", "-o",
        in_folder("c.png")};
    int n = 7;
    for (int k = 2; k < 6 && calls[i][k]; k++) words[n++] = calls[i][k];
    if (i == 3) words[n++] = "lines";
    if (view(words) < 0) fail_msg("call %zu: %s", i, assay_err_last());
    assert_int_equal(unlink(in_folder("c.png")), 0);
  }
}

static void lines_can_be_svg(void **state)
{
  (void)state;
  assert_ok(VIEW(in_folder("line.nc"), "--field", "p", "-o", in_folder("l.svg")));
  assert_true(holds("l.svg", "</svg>", 6));
  assert_true(holds("l.svg", ">t = 0 s</text>", 15));
  assert_fails(VIEW(in_folder("flow.nc"), "-o", in_folder("m.svg")), ASSAY_EUNSUPPORTED,
               "only line plots can be SVG");
}

static int files_there(void)
{
  int n = 0;
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  while (readdir(dir)) n++;
  closedir(dir);
  return n;
}

static void bad_input_is_refused_and_leaves_nothing(void **state)
{
  (void)state;
  const int before = files_there();
  const char *flow = in_folder("flow.nc"), *out = in_folder("z.png");
  assert_fails(VIEW(flow, "-o", out, "--field", "vortcity"), ASSAY_ENOTFOUND,
               "did you mean 'vorticity'? known: u, v, p, mask, drag, speed, vorticity");
  assert_fails(VIEW(flow, "-o", out, "--case", "9"), ASSAY_EARG,
               "no case 9, its cases are 10 to 13");
  assert_fails(VIEW(flow, "-o", out, "--case", "13"), ASSAY_EARG, "case 13 has no frames");
  assert_fails(VIEW(flow, "-o", out, "--frame", "9"), ASSAY_EARG, "frames 0 to 8 of case 10");
  assert_fails(VIEW(flow, "-o", out, "--frame", "lst"), ASSAY_EPARSE, "whole number or 'last'");
  assert_fails(VIEW(flow, "-o", out, "--frame", "1", "--strip", "2"), ASSAY_EARG, "--frame");
  assert_fails(VIEW(flow, "-o", out, "--range", "3"), ASSAY_EPARSE, "LO:HI");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10,x"), ASSAY_EPARSE, "expected ids");
  assert_fails(VIEW(flow, "-o", out, "--cases", "12:10"), ASSAY_EPARSE, "expected ids");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10,15"), ASSAY_EARG, "--cases: ");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10:12"), ASSAY_EARG, "'speed' has 2 dimensions");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10", "--case", "11"), ASSAY_EARG,
               "--cases several");
  assert_fails(VIEW(flow, "-o", out, "--range", "3:2"), ASSAY_EARG, "first must be below");
  assert_fails(VIEW(flow, "-o", out, "--range", "a:2"), ASSAY_EPARSE, "--range a:2");
  assert_fails(VIEW(flow, "-o", out, "--form", "lines"), ASSAY_EARG, "'speed' has 2");
  assert_fails(VIEW(flow, "-o", out, "--field", "drag", "--animate"), ASSAY_EARG, "only maps");
  assert_fails(VIEW(flow, "-o", in_folder("no/z.png")), ASSAY_EIO, "no/z.png");
  assert_fails(VIEW(flow, "-o", in_folder("no/z.png"), "--animate"), ASSAY_EIO, "no/z.png");
  assert_fails(VIEW(flow, "-o", out, "--animate", "--scale", "8", "--width", "4000"), ASSAY_EARG,
               "outside 1..20000"); /* noticed when the file is already begun */
  assert_fails(VIEW(in_folder("none.nc"), "-o", out), ASSAY_ENOTFOUND, "none.nc");
  assert_fails(VIEW(flow, "-o", out, "--compare", in_folder("line.nc"), "--field", "p"), ASSAY_EARG,
               "different grids");
  assert_ok(assay_file_write(in_folder("text.nc"), "no data set at all", 18));
  assert_fails(VIEW(in_folder("text.nc"), "-o", out), ASSAY_ECORRUPT, "text.nc");
  assert_int_equal(files_there(), before + 1); /* text.nc */
  assert_false(assay_file_exists(out));
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(speed_and_vorticity_are_those_of_the_flow),
      cmocka_unit_test(frames_are_picked_evenly),
      cmocka_unit_test(predictions_are_paired_by_time),
      cmocka_unit_test(errors_are_prediction_minus_truth),
      cmocka_unit_test(test_cases_find_their_prediction),
      cmocka_unit_test(planes_are_cut_out_of_three_dimensions),
      cmocka_unit_test(lines_are_drawn_over_space_or_time),
      cmocka_unit_test(titles_name_what_differs),
      cmocka_unit_test(obstacles_are_round_where_their_distance_is_known),
      cmocka_unit_test(interfaces_are_drawn_over_other_fields),
      cmocka_unit_test(solid_cells_do_not_stretch_the_colours),
      cmocka_unit_test(wide_domains_are_stacked),
      cmocka_unit_test(numbers_of_several_cases_are_several_lines),
      cmocka_unit_test(view_writes_a_picture_and_says_where),
      cmocka_unit_test(strips_are_wider_and_animations_move),
      cmocka_unit_test(every_kind_of_picture_can_be_drawn),
      cmocka_unit_test(comparisons_can_be_drawn),
      cmocka_unit_test(lines_can_be_svg),
      cmocka_unit_test(bad_input_is_refused_and_leaves_nothing),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, make_files, remove_files);
}
