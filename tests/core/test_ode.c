#include "core/num/ode.h"

#include "tests/test.h"

/* ---- right-hand sides ---------------------------------------------------------------------- */

/* x'' = -x */
static int turn(double *f, double t, const double *x, void *context)
{
  (void)t;
  ++*(long *)context;
  f[0] = x[1];
  f[1] = -x[0];
  return 0;
}

/* x' = t^4 - 3 t^2: the weights of order 5 are exact for it */
static int polynomial(double *f, double t, const double *x, void *context)
{
  (void)x;
  ++*(long *)context;
  f[0] = t * t * t * t - 3 * t * t;
  return 0;
}

/* x' = x^2, x = 1 / (1/x_0 - t) */
static int explode(double *f, double t, const double *x, void *context)
{
  (void)t;
  ++*(long *)context;
  f[0] = x[0] * x[0];
  return 0;
}

static int leave_domain(double *f, double t, const double *x, void *context)
{
  (void)t;
  ++*(long *)context;
  f[0] = -1 / sqrt(x[0]);
  return 0;
}

static int refuse(double *f, double t, const double *x, void *context)
{
  int rc = ASSAY_OK;
  (void)f;
  (void)x;
  (void)context;
  ASSAY_FAIL(ASSAY_EUNSUPPORTED, "nothing at t = %g", t);
done:
  return rc;
}

static struct assay_ode make(int n, int (*rate)(double *, double, const double *, void *),
                             double tolerance, long *calls)
{
  *calls = 0;
  return (struct assay_ode){.n = n,
                            .rate = rate,
                            .context = calls,
                            .relative = tolerance,
                            .absolute = tolerance,
                            .steps = 100000};
}

/* ---- tests --------------------------------------------------------------------------------- */

static double error_of_turning(double tolerance, long *calls)
{
  const struct assay_ode o = make(2, turn, tolerance, calls);
  double x[2] = {2.385, 0}, step = 0;
  assert_ok(assay_ode_advance(x, &step, &o, 0, 7.3));
  return hypot(x[0] - 2.385 * cos(7.3), x[1] + 2.385 * sin(7.3));
}

static void circles_close(void **state)
{
  (void)state;
  long calls;
  assert_true(error_of_turning(1e-11, &calls) < 1e-9);
  assert_true(error_of_turning(1e-6, &calls) < 1e-4);
}

/* With the step in proportion to tolerance^(1/5) the error falls like the tolerance. */
static void the_order_is_five(void **state)
{
  (void)state;
  long few, many;
  const double coarse = error_of_turning(1e-6, &few), fine = error_of_turning(1e-11, &many);
  const double order = log(coarse / fine) / log((double)many / (double)few);
  if (!(order > 4.6 && order < 5.6)) fail_msg("order %g (%g, %g)", order, coarse, fine);
}

static void quadrature_is_exact_to_degree_four(void **state)
{
  (void)state;
  long calls;
  struct assay_ode o = make(1, polynomial, 1e30, &calls);
  double x = 0.7, step = 1.3;
  assert_ok(assay_ode_advance(&x, &step, &o, -0.4, 0.9));
  assert_close(x, 0.7 + (pow(0.9, 5) + pow(0.4, 5)) / 5 - (pow(0.9, 3) + pow(0.4, 3)), 1e-14, 0);
  assert_int_equal(calls, 7);
}

/* The end is met exactly, and stopping on the way changes little. */
static void parts_make_the_whole(void **state)
{
  (void)state;
  long calls;
  const struct assay_ode o = make(2, turn, 1e-10, &calls);
  double x[2] = {2.385, 0}, step = 0;
  for (int i = 0; i < 73; i++) assert_ok(assay_ode_advance(x, &step, &o, 0.1 * i, 0.1 * (i + 1)));
  assert_close(x[0], 2.385 * cos(7.3), 0, 1e-8);
  assert_true(step > 0);
}

static void explosions_are_found(void **state)
{
  (void)state;
  long calls;
  struct assay_ode o = make(1, explode, 1e-9, &calls);
  double x = 0.8, step = 0;
  assert_ok(assay_ode_advance(&x, &step, &o, 0, 1.1));
  assert_close(x, 1 / (1 / 0.8 - 1.1), 1e-6, 0);
  assert_fails(assay_ode_advance(&x, &step, &o, 1.1, 2), ASSAY_EDIVERGED, "cannot be followed");
  o = make(1, leave_domain, 1e-9, &calls);
  x = 0.5;
  step = 0;
  assert_fails(assay_ode_advance(&x, &step, &o, 0, 2), ASSAY_EDIVERGED, "cannot be followed");
  o = make(2, turn, 1e-9, &calls);
  o.steps = 5;
  double y[2] = {1.7, 0.3};
  step = 0;
  assert_fails(assay_ode_advance(y, &step, &o, 0, 100), ASSAY_EDIVERGED, "beyond t =");
}

static void errors_are_passed_on(void **state)
{
  (void)state;
  long calls;
  struct assay_ode o = make(1, refuse, 1e-9, &calls);
  double x = 0.8, step = 0;
  assert_fails(assay_ode_advance(&x, &step, &o, 0.25, 1), ASSAY_EUNSUPPORTED, "t = 0.25");
  o.n = ASSAY_ODE_STATES_MAX + 1;
  assert_fails(assay_ode_advance(&x, &step, &o, 0, 1), ASSAY_EARG, "65 states");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(circles_close),
      cmocka_unit_test(the_order_is_five),
      cmocka_unit_test(quadrature_is_exact_to_degree_four),
      cmocka_unit_test(parts_make_the_whole),
      cmocka_unit_test(explosions_are_found),
      cmocka_unit_test(errors_are_passed_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
