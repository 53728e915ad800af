/* Measures of signals, on signals whose measures are known. */
#include "core/num/signal.h"
#include "tests/test.h"

static const double pi = 3.14159265358979323846;

enum { MOST = 4000 };
static double x[MOST];

/* mean + a cos(2 pi f t + phase) + b cos(4 pi f t) */
static void fill(int n, double dt, double mean, double a, double b, double f, double phase)
{
  for (int i = 0; i < n; i++)
    x[i] = mean + a * cos(2 * pi * f * i * dt + phase) + b * cos(4 * pi * f * i * dt);
}

static void a_sinusoid_gives_its_numbers_back(void **state)
{
  (void)state;
  struct assay_oscillation o;
  fill(700, 0.0131, 1.385, 0.337, 0, 2.385, 0.9);
  assert_ok(assay_signal_oscillation(&o, x, 700, 0.0131));
  assert_close(o.frequency, 2.385, 1e-6, 0);
  assert_int_equal(o.periods, 21);
  assert_close(o.mean, 1.385, 1e-6, 0);
  assert_close(o.amplitude, 0.337, 1e-3, 0);
  assert_close(o.rms, 0.337 / sqrt(2), 3e-3, 0);
  assert_close(o.highest, 1.385 + 0.337, 1e-3, 0);
  assert_close(o.lowest, 1.385 - 0.337, 1e-3, 0);
}

/* A second harmonic moves extremes and leaves frequency, mean and rms. */
static void a_harmonic_does_not_fool_it(void **state)
{
  (void)state;
  struct assay_oscillation o;
  fill(900, 0.004, -0.2, 1.37, 0.4, 2.385, -1.2);
  assert_ok(assay_signal_oscillation(&o, x, 900, 0.004));
  assert_close(o.frequency, 2.385, 1e-5, 0);
  assert_close(o.mean, -0.2, 1e-4, 1e-5);
  assert_close(o.rms, sqrt((1.37 * 1.37 + 0.4 * 0.4) / 2), 1e-3, 0);
}

/* Errors of frequency and amplitude when the samples get denser by two: orders three and up, two.
 */
static void interpolation_has_its_order(void **state)
{
  (void)state;
  double frequency[2], amplitude[2];
  for (int k = 0; k < 2; k++) {
    struct assay_oscillation o;
    const int n = 260 << k;
    const double dt = 0.0417 / (1 << k);
    fill(n, dt, 0.4, 0.7, 0, 2.385, 0.5);
    assert_ok(assay_signal_oscillation(&o, x, n, dt));
    frequency[k] = fabs(o.frequency - 2.385);
    amplitude[k] = fabs(o.amplitude - 0.7);
  }
  print_message("# frequency error %g, %g; amplitude error %g, %g\n", frequency[0], frequency[1],
                amplitude[0], amplitude[1]);
  assert_true(frequency[1] < frequency[0] / 6);
  assert_true(amplitude[1] < amplitude[0] / 3.5);
}

/* Noise around the mean must not count as crossings. */
static void ripples_are_no_crossings(void **state)
{
  (void)state;
  struct assay_oscillation o;
  fill(2000, 0.005, 0.3, 1, 0, 1.37, 0.2);
  for (int i = 0; i < 2000; i++) x[i] += 0.04 * (i % 2 ? 1 : -1);
  assert_ok(assay_signal_oscillation(&o, x, 2000, 0.005));
  assert_close(o.frequency, 1.37, 2e-3, 0);
}

static void what_does_not_oscillate_is_refused(void **state)
{
  (void)state;
  struct assay_oscillation o;
  struct assay_growth g;
  double f;
  for (int i = 0; i < 50; i++) x[i] = 2.385;
  assert_fails(assay_signal_oscillation(&o, x, 50, 0.1), ASSAY_ENOTFOUND, "constant");
  assert_fails(assay_signal_peak(&f, x, 50, 0.1), ASSAY_ENOTFOUND, "constant");
  for (int i = 0; i < 50; i++) x[i] = 2.385 * i;
  assert_fails(assay_signal_oscillation(&o, x, 50, 0.1), ASSAY_ENOTFOUND, "crosses its mean");
  assert_fails(assay_signal_growth(&g, x, 50, 0.1), ASSAY_ENOTFOUND, "0 turning points");
  assert_fails(assay_signal_oscillation(&o, x, 2, 0.1), ASSAY_EARG, "2 samples");
  assert_fails(assay_signal_growth(&g, x, 50, -0.1), ASSAY_EARG, "-0.1 apart");
  x[17] = NAN;
  assert_fails(assay_signal_oscillation(&o, x, 50, 0.1), ASSAY_EARG, "sample 17");
}

static void growth_and_decay_are_measured(void **state)
{
  (void)state;
  static const double rates[] = {0.237, 0.0031, -0.118};
  for (int k = 0; k < 3; k++) {
    struct assay_growth g;
    for (int i = 0; i < 1500; i++) {
      const double t = i * 0.02;
      x[i] = 1.7 + 2.3e-5 * exp(rates[k] * t) * cos(2 * pi * 0.6385 * t + 0.4);
    }
    assert_ok(assay_signal_growth(&g, x, 1500, 0.02));
    assert_close(g.rate, rates[k], 1e-3, 1e-5);
    assert_close(g.frequency, 0.6385, 1e-4, 0);
    assert_in_range(g.extremes, 37, 39);
  }
}

/* A drift of the mean by a straight line adds the same to every second distance. */
static void growth_does_not_see_a_slow_drift(void **state)
{
  (void)state;
  struct assay_growth g;
  for (int i = 0; i < 3000; i++) {
    const double t = i * 0.01;
    x[i] = 0.2 + 1e-3 * t + exp(0.0571 * t) * sin(2 * pi * 0.6385 * t);
  }
  assert_ok(assay_signal_growth(&g, x, 3000, 0.01));
  assert_close(g.rate, 0.0571, 1e-3, 0);
}

static void the_spectral_peak_is_found_between_lines(void **state)
{
  (void)state;
  for (int k = 0; k < 7; k++) {
    const int n = 500 + 37 * k;
    const double f = 1.1385 + 0.0137 * k;
    double found;
    fill(n, 0.05, 3.1, 0.8, 0.2, f, 0.3 * k);
    assert_ok(assay_signal_peak(&found, x, n, 0.05));
    assert_close(found, f, 0, 0.02 / (n * 0.05));
  }
}

static void a_table_is_crossed_where_a_parabola_is(void **state)
{
  (void)state;
  double t[6], y[6], at;
  for (int i = 0; i < 6; i++) {
    t[i] = 0.3 + 0.5 * i + 0.03 * i * i;
    y[i] = 0.2 * t[i] * t[i] - 0.385;
  }
  assert_ok(assay_signal_crossing(&at, t, y, 6, 0.1));
  assert_close(at, sqrt(0.485 / 0.2), 1e-13, 0);
  assert_ok(assay_signal_crossing(&at, t, y, 6, y[5] - 0.01));
  assert_close(at, sqrt((y[5] - 0.01 + 0.385) / 0.2), 1e-13, 0);
  assert_ok(assay_signal_crossing(&at, t, y, 2, -0.3));
  assert_close(at, t[0] + (-0.3 - y[0]) / (y[1] - y[0]) * (t[1] - t[0]), 1e-14, 0);
  assert_fails(assay_signal_crossing(&at, t, y, 6, 50), ASSAY_ENOTFOUND, "never pass 50");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sinusoid_gives_its_numbers_back),
      cmocka_unit_test(a_harmonic_does_not_fool_it),
      cmocka_unit_test(interpolation_has_its_order),
      cmocka_unit_test(ripples_are_no_crossings),
      cmocka_unit_test(what_does_not_oscillate_is_refused),
      cmocka_unit_test(growth_and_decay_are_measured),
      cmocka_unit_test(growth_does_not_see_a_slow_drift),
      cmocka_unit_test(the_spectral_peak_is_found_between_lines),
      cmocka_unit_test(a_table_is_crossed_where_a_parabola_is),
  };
  return cmocka_run_group_tests_name("core/signal", tests, NULL, NULL);
}
