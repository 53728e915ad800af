/* The two-phase solver with one fluid: known solutions and observed orders. */
#include "core/base/mem.h"
#include "core/flow/twophase.h"
#include "tests/test.h"

static const double pi = 3.14159265358979323846;

static struct assay_twophase_settings pipe(int ny, int radial)
{
  struct assay_twophase_settings s = {.nx = 4,
                                      .ny = ny,
                                      .width = 0.5,
                                      .height = radial ? 0.731 : 2 * 0.731,
                                      .axisymmetric = radial,
                                      .marked = {2.385, 0.1377},
                                      .unmarked = {2.385, 0.1377},
                                      .force = {1.7, 0}};
  s.side[ASSAY_MAC_LEFT].n = s.side[ASSAY_MAC_RIGHT].n = 1;
  s.side[ASSAY_MAC_LEFT].segment[0].kind = ASSAY_TWOPHASE_PERIODIC;
  s.side[ASSAY_MAC_RIGHT].segment[0].kind = ASSAY_TWOPHASE_PERIODIC;
  if (radial) {
    s.side[ASSAY_MAC_BOTTOM].n = 1;
    s.side[ASSAY_MAC_BOTTOM].segment[0].kind = ASSAY_TWOPHASE_SLIP;
  }
  return s;
}

/* R^2 / nu and G R^2 / mu of pipe(). */
static const double viscous_time = 0.731 * 0.731 * 2.385 / 0.1377;
static const double speed_scale = 1.7 * 0.731 * 0.731 / 0.1377;

static double poiseuille_error(int ny, int radial)
{
  struct assay_twophase_settings s = pipe(ny, radial);
  struct assay_twophase *m = NULL;
  double worst = 0;
  s.dt_max = 0.1 * viscous_time;
  assert_ok(assay_twophase_create(&m, &s));
  assert_ok(assay_twophase_run(m, 20 * viscous_time));
  const struct assay_mac_view u = assay_twophase_u(m);
  for (int j = 0; j < ny; j++) {
    const double r = radial ? (j + 0.5) / ny : 2 * (j + 0.5) / ny - 1;
    const double exact = (radial ? 0.25 : 0.5) * speed_scale * (1 - r * r);
    worst = fmax(worst, fabs(u.data[j * u.stride + 2] - exact) / speed_scale);
  }
  assay_twophase_destroy(m);
  return worst;
}

static void steady_profiles_are_of_order_two(void **state)
{
  (void)state;
  for (int radial = 0; radial < 2; radial++) {
    const double a = poiseuille_error(16, radial), b = poiseuille_error(32, radial);
    assert_true(b < 1e-3);
    assert_close(log2(a / b), 2, 0, 0.1);
  }
}

/* Fourth-order value in the middle or on the axis, over that of the steady flow. */
static double middle(const struct assay_twophase *m, int ny, int radial)
{
  const struct assay_mac_view u = assay_twophase_u(m);
  const ptrdiff_t st = u.stride;
  const double *c = u.data + (radial ? 0 : ny / 2) * st;
  if (radial) return (9 * c[0] - c[st]) / 8 / (0.25 * speed_scale);
  return (9 * (c[0] + c[-st]) - (c[st] + c[-2 * st])) / 16 / (0.5 * speed_scale);
}

static double start_up(int ny, int radial, double time, double steps)
{
  struct assay_twophase_settings s = pipe(ny, radial);
  struct assay_twophase *m = NULL;
  s.dt_max = time * viscous_time / steps;
  assert_ok(assay_twophase_create(&m, &s));
  assert_ok(assay_twophase_run(m, time * viscous_time));
  const double u = middle(m, ny, radial);
  assay_twophase_destroy(m);
  return u;
}

/* Values of the series: channel and pipe at t nu / R^2 = 0.1, 0.5 on the middle line. */
static void flow_from_rest_follows_its_series(void **state)
{
  (void)state;
  static const double exact[2][2] = {{0.19774637, 0.69945453}, {0.38518950, 0.93851837}};
  for (int radial = 0; radial < 2; radial++)
    for (int k = 0; k < 2; k++)
      assert_close(start_up(64, radial, k == 0 ? 0.1 : 0.5, 60), exact[radial][k], 0, 3e-4);
}

static void time_steps_are_of_order_two_or_better(void **state)
{
  (void)state;
  for (int radial = 0; radial < 2; radial++) {
    const double fine = start_up(24, radial, 0.5, 1280);
    const double a = start_up(24, radial, 0.5, 20) - fine, b = start_up(24, radial, 0.5, 40) - fine;
    assert_true(log2(fabs(a / b)) > 1.75);
  }
}

/* Taylor and Green's vortices carried along by a uniform flow. */
static double vortex_error(int n)
{
  const double nu = 0.02, t = 0.5, f = exp(-8 * pi * pi * nu * t);
  struct assay_twophase_settings s = {
      .nx = n, .ny = n, .width = 1, .height = 1, .marked = {1.377, 1.377 * 0.02}};
  double *u = NULL, *v = NULL, sum = 0;
  struct assay_twophase *m = NULL;
  s.unmarked = s.marked;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    s.side[k].n = 1;
    s.side[k].segment[0].kind = ASSAY_TWOPHASE_PERIODIC;
  }
  assert_ok(ASSAY_NEW(&u, (size_t)n * ((size_t)n + 1), "test"));
  assert_ok(ASSAY_NEW(&v, (size_t)n * ((size_t)n + 1), "test"));
  for (int k = 0; k < n * (n + 1); k++) {
    const double x = (double)(k % (n + 1)) / n, y = (k / (n + 1) + 0.5) / n;
    const double xv = (k % n + 0.5) / n, yv = (double)(k / n) / n;
    u[k] = 1 + sin(2 * pi * x) * cos(2 * pi * y);
    v[k] = 0.5 - cos(2 * pi * xv) * sin(2 * pi * yv);
  }
  assert_ok(assay_twophase_create(&m, &s));
  assert_ok(assay_twophase_start(m, 0, NULL, u, v));
  assert_ok(assay_twophase_run(m, t));
  const struct assay_mac_view w = assay_twophase_u(m);
  for (int k = 0; k < n * n; k++) {
    const double x = (double)(k % n) / n - t, y = (k / n + 0.5) / n - 0.5 * t;
    const double d = w.data[k / n * w.stride + k % n] - 1 - f * sin(2 * pi * x) * cos(2 * pi * y);
    sum += d * d;
  }
  assay_twophase_destroy(m);
  assay_free(u);
  assay_free(v);
  return sqrt(sum) / n;
}

static void carried_vortices_are_of_order_two(void **state)
{
  (void)state;
  const double a = vortex_error(32), b = vortex_error(64);
  assert_true(b < 4e-4);
  assert_close(log2(a / b), 2, 0, 0.3);
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steady_profiles_are_of_order_two),
      cmocka_unit_test(flow_from_rest_follows_its_series),
      cmocka_unit_test(time_steps_are_of_order_two_or_better),
      cmocka_unit_test(carried_vortices_are_of_order_two),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
