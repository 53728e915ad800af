/* Persistence and mean: the floors of every table, exact by definition. */
#include "tests/baselines/small_world.h"

static double param(long k, int j)
{
  (void)j;
  return 0.3 + 0.25 * (double)k;
}

static double value(const double *params, int field, double x, double y, double t)
{
  return (field ? 1e3 : 1) * (params[0] * (x + 2 * y) + t * t);
}

static int short_second_case(long k)
{
  return k == 1 ? 5 : 9;
}

static const struct toy world = {
    .kind = ASSAY_TASK_FORECAST,
    .first = 2,
    .stride = 3,
    .n_train = 4,
    .n_valid = 1,
    .n_test = 3,
    .n_times = 9,
    .dt = 0.5,
    .n_axes = 2,
    .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 5, 0, 1},
             {"x", "m", "x", ASSAY_AXIS_CENTRES, 7, 0, 2}},
    .n_fields = 2,
    .fields = {{.name = "u", .unit = "m s-1", .doc = "u"}, {.name = "p", .unit = "Pa", .doc = "p"}},
    .n_params = 1,
    .params = {{.name = "a", .unit = "1", .doc = "a"}},
    .param = param,
    .value = value,
};

static void persistence_repeats_the_context_frame(void **state)
{
  (void)state;
  toy_files(&world);
  assert_ok(toy_predict(&world, "persistence", NULL));
  for (long k = 0; k < 3; k++)
    for (int f = 0; f < 2; f++)
      for (int l = 0; l < 2; l++)
        assert_true(toy_error(&world, k, f, l, 2) == 0); /* frame 2 is what was given */
  assert_true(toy_error(&world, 0, 0, 1, 8) > 1);
  struct toy longer = world;
  longer.context = 2; /* frames 2 and 5 */
  toy_files(&longer);
  assert_ok(toy_predict(&longer, "persistence", NULL));
  assert_true(toy_error(&longer, 1, 1, 0, 5) == 0);
}

static void check_mean(const struct toy *toy, int lead, int frame, double late)
{
  double values[35];
  for (int f = 0; f < 2; f++) {
    toy_answer(values, toy, 2, f, lead);
    const double t = frame * toy->dt, a = 0.3 + 0.25 * 1.5; /* mean over cases 0 to 3 */
    for (int i = 0; i < 35; i++) {
      const double x = assay_axis_at(&toy->axis[1], i % 7), y = assay_axis_at(&toy->axis[0], i / 7);
      assert_close(values[i], (f ? 1e3 : 1) * (a * (x + 2 * y) + t * t - late), 1e-14, 0);
    }
  }
}

static void mean_of_the_training_cases_lead_by_lead(void **state)
{
  (void)state;
  struct toy toy = world;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "mean", NULL));
  assert_ok(toy_predict(&toy, "mean", NULL));
  check_mean(&toy, 0, 5, 0);
  check_mean(&toy, 1, 8, 0);
  toy.kind = ASSAY_TASK_OPERATOR;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "mean", NULL));
  assert_ok(toy_predict(&toy, "mean", NULL));
  check_mean(&toy, 0, 1, 0);
  check_mean(&toy, 7, 8, 0);
}

/* Case 1 ends at frame 4 = 2 s; from then on one of four is late. */
static void a_case_that_ends_early_stays(void **state)
{
  (void)state;
  struct toy toy = world;
  toy.frames = short_second_case;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "mean", NULL));
  assert_ok(toy_predict(&toy, "mean", NULL));
  check_mean(&toy, 0, 5, (2.5 * 2.5 - 2 * 2) / 4);
  check_mean(&toy, 1, 8, (4 * 4 - 2 * 2) / 4.0);
  toy.kind = ASSAY_TASK_OPERATOR;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "mean", NULL));
  assert_ok(toy_predict(&toy, "mean", NULL));
  check_mean(&toy, 3, 4, 0);
  check_mean(&toy, 4, 5, (2.5 * 2.5 - 2 * 2) / 4);
}

static void floors_repeat(void **state)
{
  (void)state;
  toy_files(&world);
  toy_assert_repeats(&world, "persistence");
  toy_assert_repeats(&world, "mean");
}

static void models_of_others_are_refused(void **state)
{
  (void)state;
  struct toy toy = world;
  toy_files(&toy);
  assert_ok(assay_dir_remove(toy_path("model")));
  assert_ok(assay_dir_make(toy_path("model")));
  assert_fails(toy_predict(&toy, "mean", NULL), ASSAY_EIO, "no trained model");
  assert_ok(toy_train(&toy, "mean", NULL));
  toy.kind = ASSAY_TASK_OPERATOR;
  assert_fails(toy_predict(&toy, "mean", NULL), ASSAY_ECORRUPT, "kind is 'forecast'");
  toy.kind = ASSAY_TASK_FORECAST;
  toy.n_fields = 1;
  assert_fails(toy_predict(&toy, "mean", NULL), ASSAY_ECORRUPT, "fields is 'u p', expected 'u'");
  assert_ok(assay_file_write(toy_path("model/model.nc"), "no such thing", 13));
  assert_fails(toy_predict(&world, "mean", NULL), ASSAY_ECORRUPT, "not a model");
  assert_false(assay_file_exists(toy_path("half.nc")));
}

/* Turn one byte of the numbers over: the checksum notices. */
static void damaged_models_are_refused(void **state)
{
  (void)state;
  char *bytes = NULL;
  size_t size = 0, at = 0;
  const double needle = 0.3 + 0.25 * 1.5;
  toy_files(&world);
  assert_ok(toy_train(&world, "mean", NULL));
  assert_ok(assay_file_read(&bytes, &size, toy_path("model/model.nc")));
  const double x = assay_axis_at(&world.axis[1], 0), y = assay_axis_at(&world.axis[0], 0);
  const double first = needle * (x + 2 * y) + 2.5 * 2.5;
  for (size_t i = 0; i + 8 <= size && !at; i++) {
    double d;
    memcpy(&d, bytes + i, 8);
    if (fabs(d - first) < 1e-13) at = i;
  }
  assert_true(at > 0);
  bytes[at] ^= 0x10;
  assert_ok(assay_file_write(toy_path("model/model.nc"), bytes, size));
  assert_ok(assay_dir_remove(toy_path("pred.nc")));
  assert_fails(toy_predict(&world, "mean", NULL), ASSAY_ECORRUPT, "damaged");
  assert_ok(assay_file_write(toy_path("model/model.nc"), bytes, size / 2));
  assert_fails(toy_predict(&world, "mean", NULL), ASSAY_ECORRUPT, "model.nc");
  assert_false(assay_file_exists(toy_path("pred.nc")));
  assay_free(bytes);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(persistence_repeats_the_context_frame),
      cmocka_unit_test(mean_of_the_training_cases_lead_by_lead),
      cmocka_unit_test(a_case_that_ends_early_stays),
      cmocka_unit_test(floors_repeat),
      cmocka_unit_test(models_of_others_are_refused),
      cmocka_unit_test(damaged_models_are_refused),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
