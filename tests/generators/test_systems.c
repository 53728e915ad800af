/* Tables of systems of differential equations: published trajectories, solutions, what is kept. */
#include <stdlib.h>

#include "datasets/table_check.h"
#include "tests/generators/table_made.h"

/* Last rows of the published files: rate, x, y. */
static void strogatz_repeats_the_published_data(void **state)
{
  (void)state;
  static const struct {
    const char *id;
    long row;
    double y, x[2];
  } known[] = {
      {"lv1", 399, -7.52412040065745e-05, {7.52594477229682e-05, 1.9998411647866896}},
      {"lv1", 398, -8.35965902405025e-05, {8.36191067470185e-05, 1.99982355311676}},
      {"shearflow2", 399, -0.0353911653954137, {3.46667226069341, -1.68061531443225}},
      {"shearflow2", 300, 0.0339992520743687, {2.82882856222944, -1.462580773342}},
      {"shearflow2", 301, 0.0331067469929707, {2.8391655106434204, -1.4592253407992601}},
  };
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    struct assay_table *t = make("strogatz", known[k].id, "");
    assert_int_equal(t->n_rows, 400);
    assert_close(t->y[known[k].row], known[k].y, 1e-12, 1e-15);
    for (int c = 0; c < 2; c++)
      assert_close(assay_table_x(t, c)[known[k].row], known[k].x[c], 0, 7.5e-14);
    assay_table_destroy(t);
  }
}

/* The same point by the classical Runge-Kutta method with many small steps. */
static void lotka_volterra(double *f, const double *x)
{
  f[0] = 3 * x[0] - 2 * x[0] * x[1] - x[0] * x[0];
  f[1] = 2 * x[1] - x[0] * x[1] - x[1] * x[1];
}

static void accurate_trajectories_are_solutions(void **state)
{
  (void)state;
  static const double reach[4] = {0, 0.5, 0.5, 1}, weight[4] = {1, 2, 2, 1};
  double x[2] = {1, 3};
  const double h = 1e-4;
  struct assay_table *t = make("strogatz", "lv1", "params: {integrator: accurate}\n");
  for (int i = 0; i < 99 * 1000; i++) {
    double k[2] = {0}, sum[2] = {0};
    for (int s = 0; s < 4; s++) {
      const double at[2] = {x[0] + reach[s] * h * k[0], x[1] + reach[s] * h * k[1]};
      lotka_volterra(k, at);
      for (int c = 0; c < 2; c++) sum[c] += weight[s] * k[c];
    }
    for (int c = 0; c < 2; c++) x[c] += h / 6 * sum[c];
  }
  for (int c = 0; c < 2; c++) assert_close(assay_table_x(t, c)[99], x[c], 1e-11, 0);
  assay_table_destroy(t);
}

/* All systems can be followed, and keep what they must keep. */
static double henon_heiles(const double *const x[], long i)
{
  const double a = x[0][i], b = x[1][i], p = x[2][i], q = x[3][i];
  return 0.5 * (p * p + q * q + a * a + b * b) + a * a * b - b * b * b / 3;
}

static double kepler(const double *const x[], long i)
{
  const double r = sqrt(x[0][i] * x[0][i] + x[1][i] * x[1][i]);
  return 0.5 * (x[2][i] * x[2][i] + x[3][i] * x[3][i]) - 1 / r;
}

static double pendulum(const double *const x[], long i)
{
  return 0.5 * x[1][i] * x[1][i] - cos(x[0][i]);
}

static void energy_stays(void **state)
{
  (void)state;
  static const struct {
    const char *id;
    double (*energy)(const double *const x[], long i);
  } known[] = {{"henonheiles1", henon_heiles}, {"kepler3", kepler}, {"pendulum2", pendulum}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    const double *x[4];
    struct assay_table *t = make("dynamics", known[k].id, "");
    assert_int_equal(t->n_rows, 8 * 201);
    for (int c = 0; c < t->n_columns; c++) x[c] = assay_table_x(t, c);
    for (long i = 0; i < t->n_rows; i++) {
      const double start = known[k].energy(x, i - i % 201);
      assert_close(known[k].energy(x, i), start, 0, 1e-12);
    }
    assay_table_destroy(t);
  }
}

/* States over time: y is the state whose rate is asked, and no formula made it. */
static void trajectories_can_be_had_alone(void **state)
{
  (void)state;
  struct assay_equations *e = NULL;
  json_t *report = NULL;
  struct assay_table *t = make("dynamics", "lorenz2", "params: {observe: trajectories}\n");
  assert_int_equal(t->n_columns, 5);
  assert_string_equal(assay_table_get(t, ASSAY_TABLE_TASK), "trajectory");
  assert_string_equal(assay_table_get(t, ASSAY_TABLE_EXPRESSION), "");
  assert_string_equal(assay_table_get(t, ASSAY_TABLE_TRUTH), "x0*(28 - x2) - x1");
  assert_memory_equal(t->y, assay_table_x(t, 1), sizeof(double) * (size_t)t->n_rows);
  assert_int_equal(t->column[3].role, ASSAY_COLUMN_COORDINATE);
  assert_close(assay_table_x(t, 3)[201 + 7], 7 * 0.02, 1e-15, 0);
  assert_close(assay_table_x(t, 4)[201 + 7], 1, 0, 0);
  assert_ok(assay_table_check(&report, t));
  assert_int_equal(json_array_size(json_object_get(report, "problems")), 0);
  json_decref(report);
  assay_table_destroy(t);
  assert_ok(assay_equations_open(&e, "dynamics"));
  assert_int_equal(assay_equations_count(e), 76);
  assay_equations_close(e);
}

/* Noise is on states that are learned from, not on clocks, not on what is tested. */
static void noise_on_trajectories_spares_clocks_and_tests(void **state)
{
  (void)state;
  const int8_t *code;
  struct assay_table *clean = make("dynamics", "sir1", "params: {observe: trajectories}\n");
  struct assay_table *noisy =
      make("dynamics", "sir1",
           "params: {observe: trajectories, feature_noise: 0.05, target_noise: 0.05}\n");
  double size = 0, noise = 0;
  assert_ok(assay_table_split(&code, noisy, "extrapolation"));
  for (long i = 0; i < clean->n_rows; i++) {
    const double x = assay_table_x(clean, 1)[i], off = assay_table_x(noisy, 1)[i] - x;
    assert_int_equal(off == 0 && noisy->y[i] == clean->y[i], code[i] == 2);
    if (code[i] != 0) continue;
    size += x * x;
    noise += off * off;
  }
  assert_close(sqrt(noise / size), 0.05, 0.1, 0);
  for (int c = 3; c < 5; c++)
    assert_memory_equal(assay_table_x(noisy, c), assay_table_x(clean, c),
                        sizeof(double) * (size_t)clean->n_rows);
  assay_table_destroy(clean);
  assay_table_destroy(noisy);
}

static void systems_are_split_by_trajectory(void **state)
{
  (void)state;
  const int8_t *code;
  long tests = 0;
  struct assay_table *t = make("strogatz", "vdp2", "");
  assert_string_equal(assay_table_get(t, ASSAY_TABLE_TASK), "derivative");
  assert_ok(assay_table_split(&code, t, "extrapolation"));
  for (long i = 0; i < 400; i++) assert_int_equal(code[i] == 2, i >= 300);
  assert_ok(assay_table_split(&code, t, "random"));
  for (long i = 0; i < 400; i++) tests += code[i] == 2;
  assert_int_equal(tests, 100);
  assay_table_destroy(t);
  t = make("strogatz", "vdp2", "params: {rows: 130}\n");
  assert_int_equal(t->n_rows, 130);
  assay_table_destroy(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(strogatz_repeats_the_published_data, mark, clean),
      cmocka_unit_test_setup_teardown(accurate_trajectories_are_solutions, mark, clean),
      cmocka_unit_test_setup_teardown(energy_stays, mark, clean),
      cmocka_unit_test_setup_teardown(trajectories_can_be_had_alone, mark, clean),
      cmocka_unit_test_setup_teardown(systems_are_split_by_trajectory, mark, clean),
      cmocka_unit_test_setup_teardown(noise_on_trajectories_spares_clocks_and_tests, mark, clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
