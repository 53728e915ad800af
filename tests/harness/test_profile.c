/* Boundary values that change along a side, from the generator's callback to the file, to the
 * inputs of a method and to its score. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/task.h"
#include "harness/cut.h"
#include "harness/produce.h"
#include "harness/scoring.h"
#include "tests/test.h"

/* A channel of 12 x 8 cells: u = speed (1 + t) f(y / height), f a parabola, in the lower `open` of
 * the inflow side; nothing is imposed above it. */
struct channel {
  double height, open, speed;
};
enum { NY = 12, NX = 8, FRAMES = 3 };

static const struct assay_param params[] = {
    {ASSAY_P_DOUBLE(channel, height), .unit = "m", .doc = "of the channel", .min = 0.1, .max = 10},
    {ASSAY_P_DOUBLE(channel, open), .unit = "1", .doc = "share of the side", .min = 0, .max = 1},
    {ASSAY_P_DOUBLE(channel, speed), .unit = "m s-1", .doc = "largest", .min = 0, .max = 9},
    {0}};
static const struct channel defaults = {1, 0.7, 2.385};
static const struct assay_field fields[] = {
    {"u", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'x', false}, {0}};

static double parabola(const struct channel *p, double y)
{
  const double s = y / p->height;
  return s > p->open ? (double)NAN : 4 * s * (1 - s);
}

static int shape(struct assay_shape *out, const void *p_)
{
  const struct channel *p = p_;
  *out = (struct assay_shape){.n_frames = FRAMES,
                              .frame_interval = 0.5,
                              .n_axes = 2,
                              .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, NY, 0, p->height},
                                       {"x", "m", "x", ASSAY_AXIS_CENTRES, NX, 0, 2}}};
  return ASSAY_OK;
}

static int make(struct assay_case *out, const void *p_, struct assay_case_key key)
{
  const struct channel *p = p_;
  double u[NY * NX];
  (void)key;
  for (int k = 0; k < FRAMES; k++) {
    for (int i = 0; i < NY * NX; i++) {
      const double s = assay_axis_at(&out->shape.axis[0], i / NX) / p->height;
      u[i] = p->speed * (1 + out->time[k]) * 4 * s * (1 - s);
    }
    assay_case_put(out, 0, k, u);
    out->n_frames = k + 1;
  }
  return ASSAY_OK;
}

static enum assay_boundary_type boundary(double *value, const void *p_, int field,
                                         enum assay_side side, double t)
{
  const struct channel *p = p_;
  (void)field;
  *value = side == ASSAY_WEST ? p->speed * (1 + t) : 0;
  return side == ASSAY_EAST ? ASSAY_BOUNDARY_NONE : ASSAY_BOUNDARY_DIRICHLET;
}

static double profile(const void *p_, int field, enum assay_side side, double s)
{
  (void)field;
  return side == ASSAY_WEST ? parabola(p_, s) : 1;
}

static const struct assay_generator generator = {.name = "channel",
                                                 .version = 1,
                                                 .doc = "a parabola for tests",
                                                 .reference = "none",
                                                 .params = params,
                                                 .params_size = sizeof(struct channel),
                                                 .defaults = &defaults,
                                                 .fields = fields,
                                                 .shape = shape,
                                                 .run = make,
                                                 .boundary = boundary,
                                                 .boundary_profile = profile};

static int find(const struct assay_generator **out, const char *name)
{
  (void)name;
  *out = &generator;
  return ASSAY_OK;
}

static void produce(const char *path)
{
  static const char text[] = "generator: channel\nprecision: float64\n"
                             "sweep: [{kind: zip, values: {height: [1, 2, 0.5, 3], open: [0.7, 1, "
                             "0.2, 0.5]}}]\n"
                             "splits: {all: {kind: cases, train: [0, 1], test: [2, 3]}}\n";
  struct assay_recipe *r = NULL;
  struct assay_produce_report report;
  assert_ok(assay_recipe_parse(&r, "channel.yaml", text, strlen(text), NULL, find));
  const struct assay_produce p = {.recipe = r, .path = path, .last = 4, .jobs = 1};
  assert_ok(assay_produce(&report, &p));
  assay_recipe_destroy(r);
}

/* case k of `ds` has the height and open share of case `like` */
static void check_west(const struct assay_dataset *ds, long k, int like)
{
  static const struct channel all[] = {{1, 0.7, 0}, {2, 1, 0}, {0.5, 0.2, 0}, {3, 0.5, 0}};
  double values[NY];
  bool varies = false;
  assert_ok(assay_dataset_profile(ds, &varies, values, k, 0, ASSAY_WEST));
  assert_true(varies);
  for (int j = 0; j < NY; j++) {
    const double expected = parabola(&all[like], (j + 0.5) / NY * all[like].height);
    assert_true(isnan(values[j]) == isnan(expected));
    if (!isnan(expected)) assert_close(values[j], expected, 1e-12, 0);
  }
}

static void files_and_their_cuts_hold_profiles(void **state)
{
  (void)state;
  struct assay_dataset *ds = NULL, *cut_file = NULL;
  struct assay_cut *cut = NULL;
  double values[NX > NY ? NX : NY];
  bool varies = true;
  produce("set.nc");
  assert_ok(assay_dataset_open(&ds, "set.nc"));
  for (int k = 0; k < 4; k++) check_west(ds, k, k);
  assert_ok(assay_dataset_profile(ds, &varies, values, 2, 0, ASSAY_SOUTH));
  assert_false(varies);
  for (int i = 0; i < NX; i++) assert_true(values[i] == 1);
  struct assay_task task = assay_task_defaults;
  task.name = "small";
  task.kind = ASSAY_TASK_FORECAST;
  task.first = task.context = 1;
  task.split = "all";
  task.fields = (struct assay_list){1, {"u"}};
  assert_ok(assay_cut_create(&cut, ds, &task));
  assert_ok(assay_cut_inputs(cut, "inputs.nc"));
  assert_ok(assay_dataset_open(&cut_file, "inputs.nc"));
  check_west(cut_file, 0, 2);
  check_west(cut_file, 1, 3);
  assay_dataset_close(cut_file);
  assay_cut_destroy(cut);
  assay_dataset_close(ds);
}

/* The truth itself meets what is imposed: u does not change along x. */
static void scores_compare_with_the_profile(void **state)
{
  (void)state;
  struct assay_dataset *ds = NULL;
  struct assay_cut *cut = NULL;
  struct assay_scores *scores = NULL;
  const struct assay_list metrics = {1, {"boundary"}};
  struct assay_task task = assay_task_defaults;
  task.name = "small";
  task.fields = (struct assay_list){1, {"u"}};
  produce("walls.nc");
  assert_ok(assay_dataset_open(&ds, "walls.nc"));
  assert_ok(assay_cut_whole(&cut, ds, &task));
  assert_ok(assay_scores_create(&scores, cut, ds, &metrics, NULL));
  for (long k = 0; k < 4; k++) assert_close(scores->score[0].cases[k], 0, 0, 1e-14);
  assay_scores_destroy(scores);
  assay_cut_destroy(cut);
  assay_dataset_close(ds);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(files_and_their_cuts_hold_profiles),
                                     cmocka_unit_test(scores_compare_with_the_profile)};
  char folder[] = "assay_profile_XXXXXX";
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  return chdir("..") != 0 || assay_dir_remove(folder) < 0 ? 1 : failed;
}
