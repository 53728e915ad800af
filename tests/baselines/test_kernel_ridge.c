/* Kernel ridge regression: the algebra of leaving one out, kernels with known values, and fields
 * that depend on their parameters in known ways. */
#include "baselines/kernel.h"
#include "baselines/model.h"
#include "core/num/random.h"
#include "tests/baselines/small_world.h"

/* Scattered evenly; b over a factor of 200. */
static double param(long k, int j)
{
  static const double golden[] = {0.5698402909980532, 0.7548776662466927, 0.3247179572447461};
  const double place = (double)(k + 1) * golden[j] - floor((double)(k + 1) * golden[j]);
  return j == 0 ? -0.4 + 1.3 * place : j == 1 ? 2.385 * pow(200, place) : 5 + 3 * place;
}

static double smooth(const double *params, int field, double x, double y, double t)
{
  const double a = params[0], b = params[1] > 0 ? log(params[1]) / 5 : 0;
  const double value = sin(3 * a + 2 * x + t) * cos(2 * b - y) + exp(-a * b * x);
  return field ? 1e5 * (value - 2 * y) : value;
}

static double of_a_alone(const double *params, int field, double x, double y, double t)
{
  const double a = params[0];
  return (1 + field) * (sin(4 * a + x + t) * y + cos(3 * a - y));
}

/* A jump of up to 0.5 from case to case. */
static double noisy(const double *params, int field, double x, double y, double t)
{
  const double scrambled = sin(params[0] * 129.898) * 43758.5453,
               jump = scrambled - floor(scrambled) - 0.5;
  return of_a_alone(params, field, x, y, t) + jump * cos(y + x);
}

static struct toy world(double (*value)(const double *, int, double, double, double))
{
  return (struct toy){.kind = ASSAY_TASK_OPERATOR,
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
                      .params = {{.name = "a", .unit = "1", .doc = "a"},
                                 {.name = "b", .unit = "1", .doc = "b"},
                                 {.name = "c", .unit = "1", .doc = "c"}},
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

static void answer(const struct toy *toy, const char *const *how)
{
  void *params = toy_params("kernel_ridge", how);
  toy_files(toy);
  assert_ok(toy_train(toy, "kernel_ridge", params));
  assert_ok(toy_predict(toy, "kernel_ridge", params));
  assay_free(params);
}
static const char *const plainly[] = {NULL};

/* What the last model says. */
static double learned_number(const struct toy *toy, const char *name)
{
  const struct assay_task task = toy_task(toy);
  const struct assay_baseline *b;
  struct assay_model *m;
  double value;
  assert_ok(assay_baseline_find(&b, "kernel_ridge"));
  assert_ok(assay_model_open(&m, toy_path("model"), b, &task));
  assert_ok(assay_model_number(&value, m, name));
  assay_model_close(m);
  return value;
}

/* ---- kernel.h ------------------------------------------------------------------------------- */

static void kernels_have_their_values(void **state)
{
  (void)state;
  const double sharpness[] = {0.5, 2}, x[] = {1.5, -0.25}, y[] = {0.1, 0.35}, r2 = 0.49 + 1.44;
  const double expected[ASSAY_KERNEL_KINDS] = {exp(-r2 / 2),
                                               (1 + sqrt(5 * r2) + 5 * r2 / 3) * exp(-sqrt(5 * r2)),
                                               (1 + sqrt(3 * r2)) * exp(-sqrt(3 * r2))};
  for (int kind = 0; kind < ASSAY_KERNEL_KINDS; kind++) {
    double k;
    assay_kernel_matrix(&k, &(struct assay_kernel){kind, 2, sharpness}, x, 1, y, 1);
    assert_close(k, expected[kind], 1e-14, 0);
    assay_kernel_matrix(&k, &(struct assay_kernel){kind, 2, sharpness}, x, 1, x, 1);
    assert_close(k, 1, 1e-15, 0);
  }
}

/* Row i of x, y [n, 2] taken out, and what the others say about it. */
static void leave_out(double *error, const struct assay_kernel *kernel, const double *x,
                      const double *y, int n, int i, double lambda)
{
  double xs[2 * 12], ys[2 * 12], k[12 * 12], w[2 * 12], across[12];
  for (int j = 0, at = 0; j < n; j++) {
    if (j == i) continue;
    memcpy(xs + 2 * at, x + 2 * j, 2 * sizeof *x);
    memcpy(ys + 2 * at++, y + 2 * j, 2 * sizeof *y);
  }
  assay_kernel_matrix(k, kernel, xs, n - 1, xs, n - 1);
  assert_ok(assay_kernel_solve(w, NULL, k, n - 1, ys, 2, lambda));
  assay_kernel_matrix(across, kernel, x + 2 * i, 1, xs, n - 1);
  for (int c = 0; c < 2; c++) {
    error[c] = y[2 * i + c];
    for (int j = 0; j < n - 1; j++) error[c] -= across[j] * w[2 * j + c];
  }
}

static void leaving_one_out_needs_no_second_solution(void **state)
{
  (void)state;
  enum { N = 12 };
  const double sharpness[] = {0.7, 1.3};
  double x[2 * N], y[2 * N], k[N * N], w[2 * N], errors[2 * N];
  struct assay_rng rng = assay_rng_init(2385, 3, 0);
  for (int i = 0; i < 2 * N; i++) x[i] = assay_rng_normal(&rng);
  for (int i = 0; i < 2 * N; i++) y[i] = assay_rng_normal(&rng);
  for (int kind = 0; kind < ASSAY_KERNEL_KINDS; kind++) {
    const struct assay_kernel kernel = {kind, 2, sharpness};
    assay_kernel_matrix(k, &kernel, x, N, x, N);
    assert_ok(assay_kernel_solve(w, errors, k, N, y, 2, 0.037));
    for (int i = 0; i < N; i++) {
      double error[2];
      leave_out(error, &kernel, x, y, N, i, 0.037);
      for (int c = 0; c < 2; c++) assert_close(errors[2 * i + c], error[c], 1e-10, 1e-12);
    }
  }
}

static void equal_rows_need_a_penalty(void **state)
{
  (void)state;
  const double k[] = {1, 1, 1, 1}, y[] = {2.385, 0.615};
  double w[2], errors[2];
  assert_fails(assay_kernel_solve(w, errors, k, 2, y, 1, -1e-3), ASSAY_EDIVERGED,
               "the kernel matrix of 2 rows is not positive definite with lambda -0.001");
  assert_ok(assay_kernel_solve(w, errors, k, 2, y, 1, 1));
  assert_close(w[0] + w[1], 1, 1e-14, 0); /* the mean, held back: 3 / (2 + 1) */
}

/* ---- the method ----------------------------------------------------------------------------- */

/* Twice as many cases: the error falls faster than any line through neighbours would. */
static void smooth_maps_are_met_faster_and_faster(void **state)
{
  (void)state;
  double error[3], pressure = 0;
  for (int i = 0; i < 3; i++) {
    struct toy toy = world(smooth);
    toy.n_train = 12 << i;
    answer(&toy, plainly);
    error[i] = worst(&toy, 0);
    pressure = worst(&toy, 1);
  }
  if (!(error[1] < error[0] / 5 && error[2] < error[1] / 5 && error[2] < 2e-3))
    fail_msg("errors %g, %g, %g", error[0], error[1], error[2]);
  assert_true(pressure < 1e5 * 2e-3);
}

static void every_kernel_can_be_asked_for(void **state)
{
  (void)state;
  static const char *const names[] = {"gauss", "matern52", "matern32"};
  struct toy toy = world(smooth);
  toy.n_train = 40;
  for (int kind = 0; kind < ASSAY_KERNEL_KINDS; kind++) {
    char set[32];
    snprintf(set, sizeof set, "kernel=%s", names[kind]);
    const char *const how[] = {set, NULL};
    answer(&toy, how);
    assert_int_equal((int)learned_number(&toy, "kernel"), kind);
    assert_true(worst(&toy, 0) < 0.1);
  }
}

static void parameters_without_influence_are_found_out(void **state)
{
  (void)state;
  static const char *const equal[] = {"rounds=0", NULL};
  struct toy toy = world(of_a_alone);
  toy.n_params = 3;
  answer(&toy, equal);
  const double unaware = worst(&toy, 0);
  answer(&toy, plainly);
  if (!(worst(&toy, 0) < 0.05 * unaware)) fail_msg("%g, was %g", worst(&toy, 0), unaware);
}

static void logarithms_are_found(void **state)
{
  (void)state;
  struct toy toy = world(smooth);
  toy.n_train = 40;
  answer(&toy, plainly);
  const struct assay_task task = toy_task(&toy);
  const struct assay_baseline *b;
  struct assay_model *m;
  double *logarithm;
  size_t two = 2;
  assert_ok(assay_baseline_find(&b, "kernel_ridge"));
  assert_ok(assay_model_open(&m, toy_path("model"), b, &task));
  assert_ok(assay_model_get(&logarithm, m, "logarithm", 1, &two));
  assert_true(logarithm[0] == 0 && logarithm[1] == 1);
  assay_free(logarithm);
  assay_model_close(m);
}

/* Values that jump from case to case call for a penalty, smooth ones do not. */
static void noise_is_not_followed(void **state)
{
  (void)state;
  struct toy toy = world(of_a_alone);
  toy.n_train = 30;
  toy.n_params = 1;
  answer(&toy, plainly);
  assert_true(learned_number(&toy, "lambda") <= 1e-6);
  toy.value = noisy;
  answer(&toy, plainly);
  assert_true(learned_number(&toy, "lambda") >= 1e-3);
  assert_true(worst(&toy, 0) < 0.5 + 0.3);
}

static void more_cases_than_are_judged(void **state)
{
  (void)state;
  static const char *const few[] = {"judged=13", NULL};
  struct toy toy = world(smooth);
  toy.n_train = 48;
  answer(&toy, few);
  assert_int_equal((int)learned_number(&toy, "n_rows"), 48);
  assert_true(worst(&toy, 0) < 0.02);
}

static void without_parameters_it_is_the_mean(void **state)
{
  (void)state;
  struct toy toy = world(smooth);
  double kernel[54], mean[54];
  toy.n_valid = 0;
  toy.n_params = 0;
  answer(&toy, plainly);
  toy_answer(kernel, &toy, 1, 1, 2);
  assert_ok(toy_train(&toy, "mean", NULL));
  assert_ok(toy_predict(&toy, "mean", NULL));
  toy_answer(mean, &toy, 1, 1, 2);
  for (int i = 0; i < 54; i++) assert_close(kernel[i], mean[i], 1e-12, 0);
}

static void it_repeats_and_leaves_nothing(void **state)
{
  (void)state;
  const struct toy toy = world(smooth);
  toy_files(&toy);
  const size_t before = assay_mem_in_use().blocks;
  toy_assert_repeats(&toy, "kernel_ridge");
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void models_for_something_else_are_refused(void **state)
{
  (void)state;
  struct toy toy = world(smooth);
  answer(&toy, plainly);
  toy.n_params = 1;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "kernel_ridge", NULL), ASSAY_ECORRUPT,
               "params is 'a b', expected 'a'");
  toy.n_params = 2;
  toy.axis[1].n = 8;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "kernel_ridge", NULL), ASSAY_EARG, "the model knows 4 of 54");
  toy.axis[1].n = 9;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "pod_ridge", NULL), ASSAY_ECORRUPT, "kernel_ridge");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kernels_have_their_values),
      cmocka_unit_test(leaving_one_out_needs_no_second_solution),
      cmocka_unit_test(equal_rows_need_a_penalty),
      cmocka_unit_test(smooth_maps_are_met_faster_and_faster),
      cmocka_unit_test(every_kernel_can_be_asked_for),
      cmocka_unit_test(parameters_without_influence_are_found_out),
      cmocka_unit_test(logarithms_are_found),
      cmocka_unit_test(noise_is_not_followed),
      cmocka_unit_test(more_cases_than_are_judged),
      cmocka_unit_test(without_parameters_it_is_the_mean),
      cmocka_unit_test(it_repeats_and_leaves_nothing),
      cmocka_unit_test(models_for_something_else_are_refused),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
