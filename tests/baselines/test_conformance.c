/* What every built-in method must satisfy, run once per registered name (the program's argument):
 * it describes itself, and answers every kind of task that it claims with finite values, the same
 * bytes each time, leaving neither memory nor half-written files behind. */
#include "tests/baselines/small_world.h"

static const struct assay_baseline *method;

static double param(long k, int j)
{
  static const double from[] = {0.9, 0.01, 0.8}, span[] = {0.3, 0.02, 0.5};
  const double place = (double)(k + 1) * (0.5698402909980532 + 0.1 * j);
  return from[j] + span[j] * (place - floor(place));
}

/* A decaying swirl, at rest at the walls: all that a method for flows asks of a start. */
static double swirl(const double *params, int field, double x, double y, double t)
{
  const double s = params[2] * exp(-20 * params[1] * t), X = M_PI * x, Y = M_PI * y;
  return field ? -s * sin(2 * X) * sin(Y) * sin(Y) : s * sin(X) * sin(X) * sin(2 * Y);
}

/* Along a line. */
static double wave(const double *params, int field, double x, double y, double t)
{
  (void)field;
  (void)y;
  return params[2] * (2 + sin(6 * x - t)) * exp(-20 * params[1] * t);
}

static struct toy world(int kind)
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 5,
      .n_valid = 2,
      .n_test = 2,
      .n_times = 5,
      .dt = 0.1,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 16, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 16, 0, 1}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u", .vector = 'x'},
                 {.name = "v", .unit = "m s-1", .doc = "v", .vector = 'y'}},
      .n_params = 3,
      .params = {{.name = "density", .unit = "kg m-3", .doc = "rho"},
                 {.name = "viscosity", .unit = "Pa s", .doc = "mu"},
                 {.name = "lid_velocity", .unit = "m s-1", .doc = "U"}},
      .param = param,
      .value = swirl,
  };
}

static void describes_itself(void **state)
{
  (void)state;
  assert_true(method->version >= 1);
  assert_true(strlen(method->doc) > 10 && strlen(method->reference) > 5);
  assert_true(method->kinds != 0);
  assert_non_null(method->predict);
  if (!method->params) return;
  assert_true(method->params_size > 0 && method->defaults);
  assert_ok(assay_param_check(method->params, method->defaults));
  for (const struct assay_param *p = method->params; p->name; p++) assert_true(strlen(p->doc) > 5);
}

static bool answers(int kind)
{
  return method->kinds & 1u << kind;
}

/* Networks learn a little, which is enough to see whether they repeat. */
static void *few_steps(void)
{
  static const char *const less[] = {"?epochs=2", "?points=64", "?batch=7", NULL};
  return toy_params(method->name, less);
}

static void answers_what_it_claims(void **state)
{
  (void)state;
  static const int kinds[] = {ASSAY_TASK_FORECAST, ASSAY_TASK_OPERATOR};
  void *const params = few_steps();
  for (int i = 0; i < 2; i++) {
    if (!answers(kinds[i])) continue;
    const struct toy toy = world(kinds[i]);
    const int leads = kinds[i] == ASSAY_TASK_FORECAST ? 3 : 4;
    toy_files(&toy);
    assert_ok(assay_dir_make(toy_path("model")));
    assert_ok(assay_dir_remove(toy_path("model"))); /* nothing of another kind */
    const size_t before = assay_mem_in_use().blocks;
    toy_assert_repeats_with(&toy, method->name, params);
    assert_int_equal(assay_mem_in_use().blocks, before);
    for (long k = 0; k < 2; k++)
      for (int f = 0; f < 2; f++)
        for (int l = 0; l < leads; l++) /* toy_error fails where a value is not finite */
          assert_true(toy_error(&toy, k, f, l, toy.n_times - leads + l) < 10);
  }
  assay_free(params);
}

/* One dimension, one field. What cannot be done there is refused in words. */
static void answers_on_a_line_or_says_why_not(void **state)
{
  (void)state;
  static const int kinds[] = {ASSAY_TASK_FORECAST, ASSAY_TASK_OPERATOR};
  void *const params = few_steps();
  for (int i = 0; i < 2; i++) {
    if (!answers(kinds[i])) continue;
    struct toy toy = world(kinds[i]);
    toy.n_axes = 1;
    toy.axis[0] = (struct assay_axis){"x", "m", "x", ASSAY_AXIS_CENTRES, 24, 0, 1};
    toy.n_fields = 1;
    toy.fields[1].name = NULL;
    toy.value = wave;
    toy_files(&toy);
    assert_ok(assay_dir_make(toy_path("model")));
    assert_ok(assay_dir_remove(toy_path("model")));
    int rc = toy_train(&toy, method->name, params);
    if (rc >= 0) rc = toy_predict(&toy, method->name, params);
    if (strcmp(method->name, "coarse_solver") == 0) { /* equations that are not those of the line */
      assert_true(rc == ASSAY_EUNSUPPORTED || rc == ASSAY_ENOTFOUND);
      continue;
    }
    assert_ok(rc);
    for (long k = 0; k < 2; k++) assert_true(toy_error(&toy, k, 0, 2, 4) < 5);
  }
  assay_free(params);
}

/* Fields that the task asks for and the files do not have. */
static void fields_that_are_not_there_are_named(void **state)
{
  (void)state;
  const struct toy toy =
      world(answers(ASSAY_TASK_OPERATOR) ? ASSAY_TASK_OPERATOR : ASSAY_TASK_FORECAST);
  struct toy other = toy;
  void *const params = few_steps();
  toy_files(&toy);
  other.fields[1].name = "w";
  const int rc = method->train ? toy_train(&other, method->name, params)
                               : toy_predict(&other, method->name, params);
  assert_int_equal(rc, ASSAY_ENOTFOUND);
  if (!strstr(assay_err_last(), "'w'")) fail_msg("%s", assay_err_last());
  assay_free(params);
}

/* A prediction that cannot be made leaves no file; one that was there before stays as it was. */
static void failure_leaves_no_half_written_file(void **state)
{
  (void)state;
  const struct toy toy =
      world(answers(ASSAY_TASK_OPERATOR) ? ASSAY_TASK_OPERATOR : ASSAY_TASK_FORECAST);
  struct toy other = toy;
  char *kept = NULL;
  size_t size = 0;
  void *const params = few_steps();
  toy_files(&toy);
  assert_ok(toy_train(&toy, method->name, params));
  assert_ok(assay_file_write(toy_path("pred.nc"), "as it was", 9));
  other.fields[1].name = "w"; /* not in the inputs */
  assert_true(toy_predict(&other, method->name, params) < 0);
  assert_true(strlen(assay_err_last()) > 0);
  assert_ok(assay_file_read(&kept, &size, toy_path("pred.nc")));
  assert_string_equal(kept, "as it was");
  assay_free(kept);
  assay_free(params);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_itself),
      cmocka_unit_test(answers_what_it_claims),
      cmocka_unit_test(answers_on_a_line_or_says_why_not),
      cmocka_unit_test(fields_that_are_not_there_are_named),
      cmocka_unit_test(failure_leaves_no_half_written_file),
  };
  if (argc != 2 || assay_baseline_find(&method, argv[1]) != ASSAY_OK) {
    fprintf(stderr, "usage: test_conformance METHOD: %s\n", assay_err_last());
    return 1;
  }
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
