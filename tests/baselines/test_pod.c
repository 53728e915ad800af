/* The parts under the POD methods: decomposition, ridge regression, polynomials, each against a
 * solution known by hand. */
#include "baselines/pod.h"
#include "baselines/polynomial.h"
#include "baselines/ridge.h"
#include "tests/baselines/small_world.h"

enum { N = 32 };

static double no_param(long k, int j)
{
  (void)k, (void)j;
  return 0;
}

/* A sine of period 1 that travels one point per frame, and a half-step of the same period; the
 * second field is in other units. */
static double travelling_sine(const double *params, int field, double x, double y, double t)
{
  (void)params, (void)y;
  return (field ? 2.5e4 : 3) * sin(2 * M_PI * (x - t)) + 7;
}

static double travelling_step(const double *params, int field, double x, double y, double t)
{
  (void)params, (void)field, (void)y;
  const double phase = x - t + 0.5 / N;
  return phase - floor(phase) < 0.5 ? 4.5 : -1.5;
}

static struct toy travelling(double (*value)(const double *, int, double, double, double))
{
  return (struct toy){
      .kind = ASSAY_TASK_OPERATOR,
      .stride = 1,
      .n_train = 1,
      .n_test = 1,
      .n_times = N,
      .dt = 1.0 / N,
      .n_axes = 1,
      .axis = {{"x", "m", "x", ASSAY_AXIS_PERIODIC, N, 0, 1}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "K", .doc = "u"}, {.name = "v", .unit = "Pa", .doc = "v"}},
      .param = no_param,
      .value = value};
}

/* All frames of the only case as snapshots of their own. */
static void decompose(struct assay_pod **pod, double *modes, const struct toy *toy, int max_rank)
{
  static long cases[N];
  static int frames[N];
  const struct assay_task task = toy_task(toy);
  struct assay_training training;
  struct assay_dataset *data = NULL;
  toy_files(toy);
  assert_ok(assay_dataset_open(&data, toy_path("train.nc")));
  assert_ok(assay_training_open(&training, &(struct assay_train_job){.task = &task, .data = data}));
  for (int i = 0; i < N; i++) frames[i] = i;
  const struct assay_snapshots s = {&training, N, N, cases, 1, frames};
  assert_ok(assay_pod_create(pod, &s, max_rank));
  if (modes) assert_ok(assay_pod_modes(modes, *pod, &s, (*pod)->rank));
  assay_training_close(&training);
  assay_dataset_close(data);
}

/* Two equal singular values: each field has rms 1 after scaling, so the squares of all values add
 * up to N N per field. */
static void a_travelling_sine_has_two_modes(void **state)
{
  (void)state;
  struct assay_pod *pod = NULL;
  const struct toy toy = travelling(travelling_sine);
  static double modes[2 * 2 * N];
  decompose(&pod, modes, &toy, 10);
  assert_int_equal(pod->rank, 2);
  assert_close(pod->scale[0], 3 / sqrt(2), 1e-13, 0);
  assert_close(pod->scale[1], 2.5e4 / sqrt(2), 1e-13, 0);
  assert_close(pod->sigma[0], N, 1e-12, 0);
  assert_close(pod->sigma[1], N, 1e-12, 0);
  for (int i = 0; i < N; i++) {
    assert_close(pod->mean[i], 7, 1e-14, 0);
    assert_close(pod->energy[i], 2 * N, 1e-12, 0);
    for (int f = 0; f < 2; f++) /* frame 5 again from its coefficients */
      assert_close(pod->mean[f * N + i] + pod->coefficients[10] * modes[f * N + i] +
                       pod->coefficients[11] * modes[(2 + f) * N + i],
                   travelling_sine(NULL, f, i / (double)N, 0, 5.0 / N), 1e-10, 1e-9);
  }
  assay_pod_destroy(pod);
}

/* Pairs 1 / |sin(pi k / N)| for odd k in units of half the jump, which is the rms: twice with two
 * equal fields, hence sqrt 2; the mean, sigma = N / 2, is taken off. */
static void a_travelling_step_has_slowly_falling_modes(void **state)
{
  (void)state;
  struct assay_pod *pod = NULL;
  const struct toy toy = travelling(travelling_step);
  decompose(&pod, NULL, &toy, N);
  assert_int_equal(pod->rank, N / 2);
  for (int i = 0; i < N / 2; i++) {
    const int k = 2 * (i / 2) + 1;
    assert_close(pod->sigma[i], sqrt(2) * 2 / fabs(sin(M_PI * k / N)), 1e-12, 0);
  }
  assay_pod_destroy(pod);
  decompose(&pod, NULL, &toy, 3);
  assert_int_equal(pod->rank, 3);
  assay_pod_destroy(pod);
}

static void ridge_is_the_textbook_formula(void **state)
{
  (void)state;
  struct assay_ridge *r = NULL;
  double w[4];
  const double x[] = {1, 2, 3}, y[] = {2, -1, 4, -5, 7, 3};
  assert_ok(assay_ridge_create(&r, x, 3, 1));
  for (int k = 0; k < ASSAY_RIDGE_PENALTIES; k++) {
    const double lambda = assay_ridge_penalties[k];
    assert_ok(assay_ridge_solve(w, r, y, 2, lambda));
    assert_close(w[0], 31 / (14 + 3 * lambda), 1e-14, 0);
    assert_close(w[1], -2 / (14 + 3 * lambda), 1e-13, 0);
  }
  assay_ridge_destroy(r);
  /* two equal columns share the weight; more columns than rows meet the data */
  const double twice[] = {1, 1, 2, 2, 3, 3}, wide[] = {1, 0, 2, 0};
  assert_ok(assay_ridge_create(&r, twice, 3, 2));
  assert_ok(assay_ridge_solve(w, r, y, 2, 0));
  assert_close(w[0], 31 / 28.0, 1e-14, 0);
  assert_close(w[2], 31 / 28.0, 1e-14, 0);
  assay_ridge_destroy(r);
  assert_ok(assay_ridge_create(&r, wide, 1, 4));
  assert_ok(assay_ridge_solve(w, r, (double[]){3.5}, 1, 0));
  assert_close(w[0], 0.7, 1e-14, 0);
  assert_close(w[2], 1.4, 1e-14, 0);
  assay_ridge_destroy(r);
}

static void polynomials_list_every_monomial_once(void **state)
{
  (void)state;
  struct assay_polynomial f;
  const double params[] = {0.7, -1.3, 1.9, 0.4, -0.6, 2.2}, none[2] = {0};
  const double x = 2.385, y = -0.7;
  const double expected[] = {x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y};
  double out[9];
  assert_int_equal(assay_polynomial_count(2, 3), 9);
  assert_int_equal(assay_polynomial_count(5, 3), 55);
  assert_int_equal(assay_polynomial_count(0, 3), 0);
  assert_int_equal(assay_polynomial_count(64, 6), ASSAY_POLYNOMIAL_MAX + 1);
  assert_ok(assay_polynomial_fit(&f, params, 3, 2, 3, none));
  const double row[] = {f.params.mean[0] + x * f.params.spread[0],
                        f.params.mean[1] + y * f.params.spread[1]};
  assert_ok(assay_polynomial_of(out, &f, row, 1));
  for (int i = 0; i < 9; i++)
    assert_close(out[i] * f.monomials.spread[i] + f.monomials.mean[i], expected[i], 1e-13, 0);
  assay_polynomial_clear(&f);
}

/* Features of the training cases have mean 0 and spread 1, except where nothing varies. */
static void features_are_standardised(void **state)
{
  (void)state;
  struct assay_polynomial f;
  const double params[] = {1, 0.1, 10, 0.1, 1000, 0.1, 100, 0.1}; /* [4, 2] */
  double logarithm[2], out[4 * 5];
  assay_polynomial_choose_logarithms(logarithm, params, 4, 2);
  assert_true(logarithm[0] == 1 && logarithm[1] == 0);
  assert_ok(assay_polynomial_fit(&f, params, 4, 2, 2, logarithm));
  assert_ok(assay_polynomial_of(out, &f, params, 4));
  for (int j = 0; j < 5; j++) {
    double mean = 0, squares = 0;
    for (int i = 0; i < 4; i++) mean += out[i * 5 + j] / 4;
    for (int i = 0; i < 4; i++) squares += out[i * 5 + j] * out[i * 5 + j] / 4;
    assert_close(mean, 0, 0, 1e-14);
    assert_close(squares, j == 0 || j == 2 ? 1 : 0, 1e-14, 1e-28);
  }
  assert_close(out[5] - out[0], log(10) / f.params.spread[0], 1e-14, 0);
  assert_fails(assay_polynomial_of(out, &f, (double[]){-3, 0.1}, 1), ASSAY_EARG, "positive");
  assay_polynomial_clear(&f);
}

static void nothing_is_left_behind(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  a_travelling_step_has_slowly_falling_modes(NULL);
  ridge_is_the_textbook_formula(NULL);
  features_are_standardised(NULL);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_travelling_sine_has_two_modes),
      cmocka_unit_test(a_travelling_step_has_slowly_falling_modes),
      cmocka_unit_test(ridge_is_the_textbook_formula),
      cmocka_unit_test(polynomials_list_every_monomial_once),
      cmocka_unit_test(features_are_standardised),
      cmocka_unit_test(nothing_is_left_behind),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
