#include "tests/baselines/small_world.h"

/* Two parameters, scattered so that no polynomial of degree 3 vanishes on them. */
static double param(long k, int j)
{
  const double golden = j ? 0.7548776662466927 : 0.5698402909980532,
               place = (double)(k + 1) * golden;
  return (j ? 30.0 : -0.4) + (j ? 500.0 : 1.3) * (place - floor(place));
}

static double linear(const double *params, int field, double x, double y, double t)
{
  const double a = params[0], b = params[1] / 100;
  const double value = sin(3 * x + t) + a * cos(2 * y - t) * x + b * exp(-x * y) * (1 + t);
  return field == 0 ? value : 1e5 * (value * y - 3 * a + 11);
}

static double cubic(const double *params, int field, double x, double y, double t)
{
  const double a = params[0], b = params[1] / 100;
  return linear(params, field, x, y, t) + (field ? 1e5 : 1) * a * a * b * cos(x * y + t);
}

static double logarithmic(const double *params, int field, double x, double y, double t)
{
  return (2 + field) * x * t + log(params[1]) * y * cos(x);
}

/* What no polynomial can know: noise that depends on the case. */
static double noisy(const double *params, int field, double x, double y, double t)
{
  return linear(params, field, x, y, t) + (field ? 1e5 : 1) * 0.5 * sin(1e4 * params[0]) * cos(y);
}

static struct toy world(double (*value)(const double *, int, double, double, double))
{
  return (struct toy){
      .kind = ASSAY_TASK_OPERATOR,
      .stride = 1,
      .n_train = 16,
      .n_valid = 4,
      .n_test = 3,
      .n_times = 5,
      .dt = 0.2,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 6, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 9, 0, 2}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 2,
      .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
      .param = param,
      .value = value};
}

static double worst(const struct toy *toy, int field)
{
  double largest = 0;
  for (long k = 0; k < toy->n_test; k++)
    for (int l = 0; l < toy->n_times - 1; l++)
      largest = fmax(largest, toy_error(toy, k, field, l, l + 1));
  return largest;
}

static void answer(const struct toy *toy)
{
  toy_files(toy);
  assert_ok(toy_train(toy, "pod_ridge", NULL));
  assert_ok(toy_predict(toy, "pod_ridge", NULL));
}

/* A field that is linear in the parameters is met to rounding. */
static void linear_fields_are_exact(void **state)
{
  (void)state;
  const struct toy toy = world(linear);
  answer(&toy);
  assert_true(worst(&toy, 0) < 1e-11);
  assert_true(worst(&toy, 1) < 1e-6); /* of 1e6 */
}

static void cubic_fields_are_exact(void **state)
{
  (void)state;
  const struct toy toy = world(cubic);
  answer(&toy);
  assert_true(worst(&toy, 0) < 1e-9);
  assert_ok(toy_train(&toy, "pod_ridge", &(struct { int modes, degree; }){64, 1}));
  assert_ok(toy_predict(&toy, "pod_ridge", NULL));
  assert_true(worst(&toy, 0) > 1e-3); /* lines do not reach it */
}

static void logarithms_are_found(void **state)
{
  (void)state;
  const struct toy toy = world(logarithmic);
  answer(&toy);
  assert_true(worst(&toy, 0) < 1e-11);
}

/* Few training cases with noise: judged by them alone, wild polynomials look best. */
static void validation_cases_hold_back_polynomials(void **state)
{
  (void)state;
  struct toy toy = world(noisy);
  toy.n_train = 8;
  toy.n_valid = 12;
  toy.n_test = 20;
  answer(&toy);
  const double judged = worst(&toy, 0);
  toy.n_test = 32; /* what were validation cases are now tested on too */
  toy.n_valid = 0;
  answer(&toy);
  assert_true(judged < 0.7 * worst(&toy, 0));
}

static void fewer_modes_are_less_exact(void **state)
{
  (void)state;
  const struct toy toy = world(linear);
  toy_files(&toy);
  assert_ok(toy_train(&toy, "pod_ridge", &(struct { int modes, degree; }){1, 3}));
  assert_ok(toy_predict(&toy, "pod_ridge", NULL));
  const double one = worst(&toy, 0);
  assert_true(one > 1e-3 && one < 5);
}

static void without_parameters_it_is_the_mean(void **state)
{
  (void)state;
  struct toy toy = world(linear);
  double ridge[54], mean[54];
  toy.n_valid = 0;
  toy.n_params = 0;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "pod_ridge", NULL));
  assert_ok(toy_predict(&toy, "pod_ridge", NULL));
  toy_answer(ridge, &toy, 1, 1, 2);
  assert_ok(toy_train(&toy, "mean", NULL));
  assert_ok(toy_predict(&toy, "mean", NULL));
  toy_answer(mean, &toy, 1, 1, 2);
  for (int i = 0; i < 54; i++) assert_close(ridge[i], mean[i], 1e-13, 0);
}

static void it_repeats_and_leaves_nothing(void **state)
{
  (void)state;
  const struct toy toy = world(cubic);
  toy_files(&toy);
  const size_t before = assay_mem_in_use().blocks;
  toy_assert_repeats(&toy, "pod_ridge");
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void a_model_of_other_parameters_is_refused(void **state)
{
  (void)state;
  struct toy toy = world(linear);
  answer(&toy);
  toy.n_params = 1;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "pod_ridge", NULL), ASSAY_ECORRUPT,
               "params is 'a b', expected 'a'");
  toy.n_params = 2;
  toy.axis[1].n = 8;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "pod_ridge", NULL), ASSAY_EARG, "the model knows 4 of 54");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(linear_fields_are_exact),
      cmocka_unit_test(cubic_fields_are_exact),
      cmocka_unit_test(logarithms_are_found),
      cmocka_unit_test(validation_cases_hold_back_polynomials),
      cmocka_unit_test(fewer_modes_are_less_exact),
      cmocka_unit_test(without_parameters_it_is_the_mean),
      cmocka_unit_test(it_repeats_and_leaves_nothing),
      cmocka_unit_test(a_model_of_other_parameters_is_refused),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
