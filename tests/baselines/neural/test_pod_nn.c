/* POD-NN on fields of known rank: it comes as near as its modes allow. */
#include "baselines/model.h"
#include "tests/baselines/small_world.h"

static double param(long k, int j)
{
  static const double golden[] = {0.5698402909980532, 0.7548776662466927};
  const double place = (double)(k + 1) * golden[j] - floor((double)(k + 1) * golden[j]);
  return j ? 2.385 * pow(50, place) : -0.4 + 1.3 * place;
}

/* Three functions of the place, with coefficients smooth in parameters and time; the third is a
 * tenth as large. */
static double three(const double *params, int field, double x, double y, double t)
{
  const double a = params[0], b = params[1] > 0 ? log(params[1]) / 4 : 0;
  const double value = cos(2 * a + t) * sin(3 * x) * y + (b + a * t) * cos(x - 2 * y) +
                       0.1 * sin(3 * a) * cos(b + t) * exp(-x * y);
  return field ? 1e4 * value + 5 : value;
}

static double still(const double *params, int field, double x, double y, double t)
{
  (void)params;
  (void)t;
  return (1 + field) * (2.25 + 0.5 * floor(2 * x) - floor(2 * y)); /* exact in few bits: no modes */
}

static struct toy world(double (*value)(const double *, int, double, double, double))
{
  return (struct toy){
      .kind = ASSAY_TASK_OPERATOR,
      .stride = 1,
      .n_train = 40,
      .n_valid = 6,
      .n_test = 8,
      .n_times = 6,
      .dt = 0.2,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 6, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 9, 0, 2}},
      .n_fields = 1,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 2,
      .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
      .param = param,
      .value = value};
}

static void answer(const struct toy *toy, const char *const *how)
{
  void *params = toy_params("pod_nn", how);
  toy_files(toy);
  assert_ok(toy_train(toy, "pod_nn", params));
  assert_ok(toy_predict(toy, "pod_nn", params));
  assay_free(params);
}

static const char *const usual[] = {"samples=120000", "width=32", "depth=2", "rate=0.004", NULL};

/* Mean square over the test cases and leads, of what the method missed. */
static double missed(const struct toy *toy, int field)
{
  double sum = 0, got[54], truth[54];
  for (long k = 0; k < toy->n_test; k++)
    for (int l = 0; l + 1 < toy->n_times; l++) {
      toy_answer(got, toy, k, field, l);
      toy_values(truth, toy, toy->n_train + toy->n_valid + k, field, (l + 1) * toy->dt);
      for (int i = 0; i < 54; i++) sum += (got[i] - truth[i]) * (got[i] - truth[i]);
    }
  return sum / (double)toy->n_test / (toy->n_times - 1) / 54;
}

static double dot(const double *a, const double *b)
{
  double sum = 0;
  for (int i = 0; i < 54; i++) sum += a[i] * b[i];
  return sum;
}

/* And of what no coefficients of the modes of the model could give (one field). */
static double out_of_reach(const struct toy *toy)
{
  const struct assay_task task = toy_task(toy);
  const struct assay_baseline *b;
  struct assay_model *m;
  double *mean, *modes, x[54], sum = 0;
  size_t dims[] = {0, 1, 54};
  assert_ok(assay_baseline_find(&b, "pod_nn"));
  assert_ok(assay_model_open(&m, toy_path("model"), b, &task));
  assert_ok(assay_model_get(&mean, m, "mean", 2, dims + 1));
  assert_ok(assay_model_get(&modes, m, "modes", 3, dims));
  for (long k = 0; k < toy->n_test; k++)
    for (int l = 0; l + 1 < toy->n_times; l++) {
      toy_values(x, toy, toy->n_train + toy->n_valid + k, 0, (l + 1) * toy->dt);
      for (int i = 0; i < 54; i++) x[i] -= mean[i];
      for (size_t r = 0; r < dims[0]; r++) {
        const double *mode = modes + r * 54, a = dot(x, mode) / dot(mode, mode);
        for (int i = 0; i < 54; i++) x[i] -= a * mode[i];
      }
      sum += dot(x, x);
    }
  assay_model_close(m);
  assay_free(mean);
  assay_free(modes);
  return sum / (double)toy->n_test / (toy->n_times - 1) / 54;
}

static void two_modes_of_three_leave_what_they_cannot_show(void **state)
{
  (void)state;
  static const char *const how[] = {"modes=2", "samples=500000", "width=32",
                                    "depth=2", "rate=0.004",     NULL};
  const struct toy toy = world(three);
  answer(&toy, how);
  const double least = out_of_reach(&toy), error = missed(&toy, 0);
  assert_true(least > 1e-4 && least < 1e-2);
  if (!(error > least && error < 1.15 * least)) fail_msg("%g, at least %g", error, least);
}

static void all_modes_leave_little(void **state)
{
  (void)state;
  struct toy toy = world(three);
  toy.n_fields = 2;
  answer(&toy, usual);
  const double error = sqrt(missed(&toy, 0)), pressure = sqrt(missed(&toy, 1));
  if (!(error < 0.01 && pressure < 100)) fail_msg("%g, %g", error, pressure);
}

static void activations_can_be_chosen(void **state)
{
  (void)state;
  static const char *const names[] = {"activation=tanh", "activation=relu"};
  const struct toy toy = world(three);
  double error[2];
  for (int i = 0; i < 2; i++) {
    const char *const how[] = {names[i],  "samples=120000", "width=32",
                               "depth=2", "rate=0.004",     NULL};
    answer(&toy, how);
    error[i] = sqrt(missed(&toy, 0));
    if (!(error[i] < 0.05)) fail_msg("%s: %g", names[i], error[i]);
  }
  assert_true(error[0] != error[1]);
}

/* Cases of different length, and frames asked for by number. */
static int frames_of(long k)
{
  return k % 3 == 0 ? 4 : 6;
}

static void cases_may_end_early(void **state)
{
  (void)state;
  struct toy toy = world(three);
  toy.frames = frames_of;
  toy.asked = (struct assay_list){.n = 2, .item = {"2", "5"}};
  answer(&toy, usual);
  for (long k = 0; k < toy.n_test; k++) {
    assert_true(toy_error(&toy, k, 0, 0, 2) < 0.1);
    assert_true(toy_error(&toy, k, 0, 1, 5) < 0.1);
  }
}

static void frames_that_are_all_alike_are_met(void **state)
{
  (void)state;
  struct toy toy = world(still);
  toy.n_fields = 2;
  answer(&toy, usual);
  for (long k = 0; k < toy.n_test; k++)
    for (int f = 0; f < 2; f++) assert_true(toy_error(&toy, k, f, 3, 4) < 1e-12);
}

static void time_is_enough(void **state)
{
  (void)state;
  struct toy toy = world(three);
  toy.n_params = 0;
  answer(&toy, usual); /* param() is not asked: all cases have a = b = 0 */
  assert_true(sqrt(missed(&toy, 0)) < 5e-3);
}

static void it_repeats_and_leaves_nothing(void **state)
{
  (void)state;
  static const char *const few[] = {"samples=2000", NULL};
  const struct toy toy = world(three);
  void *params = toy_params("pod_nn", few);
  toy_files(&toy);
  const size_t before = assay_mem_in_use().blocks;
  toy_assert_repeats_with(&toy, "pod_nn", params);
  assert_int_equal(assay_mem_in_use().blocks, before);
  assert_false(assay_file_exists(toy_path("model/checkpoint.h5")));
  assay_free(params);
}

static void models_for_something_else_are_refused(void **state)
{
  (void)state;
  static const char *const few[] = {"samples=200", NULL}, *const wide[] = {"width=65", NULL};
  struct toy toy = world(three);
  void *params = toy_params("pod_nn", wide);
  answer(&toy, few);
  assert_fails(toy_predict(&toy, "pod_nn", params), ASSAY_ECORRUPT, "layers.0.weight");
  toy.n_params = 1;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "pod_nn", NULL), ASSAY_ECORRUPT, "params is 'a b', expected 'a'");
  toy.n_params = 2;
  toy.axis[1].n = 8;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "pod_nn", NULL), ASSAY_EARG, "but the model knows 54");
  assay_free(params);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_modes_of_three_leave_what_they_cannot_show),
      cmocka_unit_test(all_modes_leave_little),
      cmocka_unit_test(activations_can_be_chosen),
      cmocka_unit_test(cases_may_end_early),
      cmocka_unit_test(frames_that_are_all_alike_are_met),
      cmocka_unit_test(time_is_enough),
      cmocka_unit_test(it_repeats_and_leaves_nothing),
      cmocka_unit_test(models_for_something_else_are_refused),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
