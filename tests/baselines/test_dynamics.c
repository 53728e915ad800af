/* The parts of sparse identification: filters, test functions, libraries, choices of terms; and how
 * both forms bear noise. */
#include "baselines/dynamics/derivative.h"
#include "baselines/dynamics/sparse.h"
#include "baselines/dynamics/weak.h"
#include "core/base/mem.h"
#include "core/num/ode.h"
#include "core/num/random.h"
#include "tests/test.h"

/* ---- filters ------------------------------------------------------------------------------- */

static void expect_slopes(int half, int degree, const double *known, double over)
{
  struct assay_filter f;
  assert_ok(assay_filter_make(&f, half, degree));
  for (int j = 0; j <= 2 * half; j++) assert_close(f.slope[j] * over, known[j], 1e-12, 1e-12);
}

/* Textbook coefficients of central differences, and of Savitzky and Golay's table. */
static void filters_have_known_coefficients(void **state)
{
  (void)state;
  expect_slopes(1, 2, (const double[]){-1, 0, 1}, 2);
  expect_slopes(2, 4, (const double[]){1, -8, 0, 8, -1}, 12);
  expect_slopes(3, 6, (const double[]){-1, 9, -45, 0, 45, -9, 1}, 60);
  expect_slopes(4, 8, (const double[]){3, -32, 168, -672, 0, 672, -168, 32, -3}, 840);
  expect_slopes(2, 2, (const double[]){-2, -1, 0, 1, 2}, 10);
  expect_slopes(3, 4, (const double[]){22, -67, -58, 0, 58, 67, -22}, 252);
  struct assay_filter f;
  static const double smooth[] = {-3, 12, 17, 12, -3};
  assert_ok(assay_filter_make(&f, 2, 3));
  for (int j = 0; j < 5; j++) assert_close(f.value[j] * 35, smooth[j], 1e-12, 0);
  assert_fails(assay_filter_make(&f, 2, 5), ASSAY_EARG, "a window of 5 points and degree 5");
}

/* ---- test functions ------------------------------------------------------------------------ */

static double sum_of(const double *a, double (*f)(double), int n)
{
  double sum = 0;
  for (int i = 0; i <= n; i++) sum += a[i] * f((double)i / n);
  return sum;
}

static double wave(double s)
{
  return sin(2.3 * s + 0.4);
}

static double wave_slope(double s)
{
  return 2.3 * cos(2.3 * s + 0.4);
}

static double one(double s)
{
  (void)s;
  return 1;
}

/* sum phi' x = - sum phi x' to the order that the exponents give; the integral of phi is Euler's:
 * B(p + 1, q + 1) over the peak. */
static void integration_by_parts_is_nearly_exact(void **state)
{
  (void)state;
  enum { N = 32 };
  double phi[N + 1], slope[N + 1];
  static const struct {
    int p, q;
    double integral, error;
  } known[] = {{8, 8, 0.29953837012660417, 1e-9}, {4, 9, 0.30507523342804366, 1e-4}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    assay_weak_test(phi, slope, N, known[k].p, known[k].q);
    assert_close(sum_of(slope, wave, N), -sum_of(phi, wave_slope, N) / N, 0, known[k].error);
    assert_close(sum_of(phi, one, N) / N, known[k].integral, 1e-5, 0);
    assert_true(phi[0] == 0 && phi[N] == 0 && slope[0] == 0 && slope[N] == 0);
  }
  assay_weak_test(phi, slope, N, 8, 8);
  assert_close(phi[N / 2], 1, 1e-14, 0);
}

/* ---- libraries ----------------------------------------------------------------------------- */

static void libraries_have_all_monomials_once(void **state)
{
  (void)state;
  struct assay_library *l;
  char *text = NULL;
  double c[24] = {0}, v[2];
  const double x[] = {0.7, -1.3, 2.2, 0.4, 1.9, -0.6}; /* three states at two points */
  assert_ok(assay_library_create(&l, 3, 3, true));
  assert_int_equal(l->of_degree[1], 4);
  assert_int_equal(l->of_degree[2], 10);
  assert_int_equal(l->of_degree[3], 20);
  assert_int_equal(l->n, 26);
  for (int k = 0; k < l->n; k++)
    for (int j = 0; j < k; j++)
      assert_true(memcmp(&l->term[k], &l->term[j], sizeof l->term[k]) != 0);
  assay_library_values(v, l, 11, x, 2, 2);
  assert_close(v[0], 0.7 * 0.7 * 2.2, 1e-15, 0);
  assay_library_values(v, l, 21, x, 2, 2);
  assert_close(v[1], cos(-1.3), 1e-15, 0);
  assay_library_destroy(l);
  assert_ok(assay_library_create(&l, 2, 2, true));
  c[0] = -2.385;
  c[3] = 1.5;
  c[4] = -0.25;
  c[8] = 7;
  assert_ok(assay_library_print(&text, l, c));
  assert_string_equal(text, "-2.385 + 1.5*x0^2 - 0.25*x0*x1 + 7*sin(x1)");
  assay_free(text);
  memset(c, 0, sizeof c);
  assert_ok(assay_library_print(&text, l, c));
  assert_string_equal(text, "0");
  assay_free(text);
  assay_library_destroy(l);
  assert_fails(assay_library_create(&l, 2, 9, false), ASSAY_EARG, "to degree 9");
}

/* ---- recovery ------------------------------------------------------------------------------ */

enum { STATES = 2, PIECES = 4, POINTS = 601, ROWS = PIECES * POINTS, TERMS = 10 };
static const double step = 0.0125;

/* van der Pol's oscillator */
static int oscillate(double *f, double t, const double *x, void *context)
{
  (void)t;
  (void)context;
  f[0] = x[1];
  f[1] = (1 - x[0] * x[0]) * x[1] - x[0];
  return 0;
}

/* Four trajectories; noise: its standard deviation. */
static void watch(double *x, struct assay_piece *piece, double noise)
{
  static const double start[PIECES][STATES] = {{1.7, 1.5}, {-0.6, -0.2}, {0.1, -0.4}, {1.9, -1.5}};
  struct assay_rng rng = assay_rng_init(2385, 0, 0);
  const struct assay_ode ode = {
      .n = STATES, .rate = oscillate, .relative = 1e-12, .absolute = 1e-13, .steps = 10000};
  for (int p = 0; p < PIECES; p++) {
    double now[STATES] = {start[p][0], start[p][1]}, h = 0;
    piece[p] = (struct assay_piece){(long)p * POINTS, POINTS, step};
    for (int i = 0; i < POINTS; i++) {
      for (int k = 0; k < STATES; k++) x[k * ROWS + p * POINTS + i] = now[k];
      assert_ok(assay_ode_advance(now, &h, &ode, step * i, step * (i + 1)));
    }
  }
  for (int i = 0; i < STATES * ROWS; i++) x[i] += noise * assay_rng_normal(&rng);
}

/* Largest error of the coefficients against x1 and x1 - x0^2 x1 - x0; a term too many or missing
 * counts 1. */
static double error_of(const double *c)
{
  static const double law[STATES][TERMS] = {{0, 0, 1}, {0, -1, 1, 0, 0, 0, 0, -1}};
  double worst = 0;
  for (int k = 0; k < STATES; k++)
    for (int t = 0; t < TERMS; t++) {
      const double found = c[k * TERMS + t], e = fabs(found - law[k][t]);
      worst = fmax(worst, (found != 0) != (law[k][t] != 0) ? fmax(1, e) : e);
    }
  return worst;
}

enum form { DIFFERENCES, WEAK };

static double recover(enum form form, double noise)
{
  static double x[STATES * ROWS];
  static const int widths[] = {32, 64, 128, 256};
  struct assay_piece piece[PIECES];
  struct assay_observed o = {
      .n_states = STATES, .n_pieces = PIECES, .n_rows = ROWS, .x = x, .piece = piece};
  const struct assay_weak w = {.p = 8, .q = 8, .n_widths = 4, .width = widths, .overlap = 8};
  struct assay_filter f;
  struct assay_library *l;
  struct assay_dynamics_problem *p;
  double c[STATES * TERMS] = {0};
  int all[TERMS];
  const struct assay_sparse_library library = {TERMS, all};
  for (int t = 0; t < TERMS; t++) all[t] = t;
  watch(x, piece, noise);
  assert_ok(assay_library_create(&l, STATES, 3, false));
  assert_int_equal(l->n, TERMS);
  assert_ok(assay_filter_make(&f, 4, 8));
  if (form == WEAK)
    assert_ok(assay_weak_problem(&p, l, &o, &w));
  else
    assert_ok(assay_derivative_problem(&p, l, &o, &f));
  assert_ok(assay_sparse_fit(c, p, &library, 1, TERMS));
  assay_dynamics_problem_destroy(p);
  assay_library_destroy(l);
  return error_of(c);
}

static void clean_trajectories_give_the_law(void **state)
{
  (void)state;
  assert_true(recover(DIFFERENCES, 0) < 1e-6);
  assert_true(recover(WEAK, 0) < 1e-6);
}

static void the_weak_form_bears_more_noise(void **state)
{
  (void)state;
  const double differences = recover(DIFFERENCES, 0.05), weak = recover(WEAK, 0.05);
  if (!(weak < 0.1 && weak < 0.5 * differences))
    fail_msg("weak form %g, differences %g", weak, differences);
}

/* What the differences of order 8 leave of a smooth curve is little beside noise. */
static void noise_is_measured(void **state)
{
  (void)state;
  static double x[STATES * ROWS], work[ROWS];
  struct assay_piece piece[PIECES];
  const struct assay_observed o = {
      .n_states = STATES, .n_pieces = PIECES, .n_rows = ROWS, .x = x, .piece = piece};
  watch(x, piece, 0);
  assert_true(assay_observed_noise(&o, 1, work) < 1e-6);
  watch(x, piece, 0.03);
  assert_close(assay_observed_noise(&o, 1, work), 0.03, 0.15, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(filters_have_known_coefficients),
      cmocka_unit_test(integration_by_parts_is_nearly_exact),
      cmocka_unit_test(libraries_have_all_monomials_once),
      cmocka_unit_test(clean_trajectories_give_the_law),
      cmocka_unit_test(the_weak_form_bears_more_noise),
      cmocka_unit_test(noise_is_measured),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
