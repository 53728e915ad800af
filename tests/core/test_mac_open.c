/* In- and outflow sides of the MAC solver: developed and developing channel flow, balances,
 * backflow, time-dependent inflow, all four directions. */
#include "core/base/mem.h"
#include "core/flow/mac.h"
#include "tests/test.h"

static struct assay_mac *solver(const struct assay_mac_settings *s)
{
  struct assay_mac *m = NULL;
  assert_ok(assay_mac_create(&m, s));
  return m;
}

/* Channel of height 0.41 from left to right, mean speed near 1.3. */
static struct assay_mac_settings channel(int nx, int ny, double reynolds)
{
  struct assay_mac_settings s = {
      .nx = nx, .ny = ny, .width = 0.41 * nx / ny, .height = 0.41, .density = 2.385};
  s.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_INFLOW;
  s.side[ASSAY_MAC_LEFT].inflow = 1.377;
  s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_OUTFLOW;
  s.viscosity = s.density * s.side[ASSAY_MAC_LEFT].inflow * s.height / reynolds;
  return s;
}

/* The parabola of the discrete equations: its second difference is constant and it is odd about the
 * walls. */
struct developed {
  double height, h;
};

static double developed_shape(void *context, double s, double t)
{
  const struct developed *d = context;
  (void)t;
  return (s * (d->height - s) + 0.25 * d->h * d->h) / (d->height * d->height);
}

static void developed_flow_stays(void **state)
{
  (void)state;
  for (int viscous = ASSAY_MAC_EXPLICIT; viscous <= ASSAY_MAC_IMPLICIT; viscous++) {
    struct assay_mac_settings s = channel(48, 12, 34.7);
    struct developed d = {s.height, s.height / s.ny};
    s.scheme = ASSAY_MAC_CENTRAL;
    s.viscous = (enum assay_mac_viscous)viscous;
    s.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_CUSTOM;
    s.side[ASSAY_MAC_LEFT].shape = developed_shape;
    s.side[ASSAY_MAC_LEFT].shape_context = &d;
    struct assay_mac *m = solver(&s);
    assert_ok(assay_mac_run(m, 5.17 * s.width / s.side[ASSAY_MAC_LEFT].inflow));
    const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
    const double speed = s.side[ASSAY_MAC_LEFT].inflow;
    for (int j = 0; j < s.ny; j++)
      for (int i = 0; i <= s.nx; i++) {
        const double exact = speed * developed_shape(&d, (j + 0.5) * d.h, 0);
        assert_close(u.data[j * u.stride + i], exact, 0, 2e-14);
      }
    /* the power of the pressure is dissipated: flux times pressure drop */
    struct assay_mac_diagnostics e;
    assay_mac_diagnose(m, &e);
    const double drop = 2 * s.viscosity * speed / (s.height * s.height) * s.width;
    assert_close(e.open_power, e.dissipation, 1e-11, 0);
    assert_close(e.open_power, drop * assay_mac_flux(m, 0), 1e-11, 0);
    assert_true(e.energy_residual < 1e-10);
    for (int j = 0; j <= s.ny; j++)
      for (int i = 0; i < s.nx; i++) assert_close(v.data[j * v.stride + i], 0, 0, 2e-14);
    const struct assay_mac_view p = assay_mac_pressure(m);
    const double slope = -2 * s.viscosity * speed / (s.height * s.height), dx = s.width / s.nx;
    for (int i = 0; i < s.nx; i++)
      assert_close(p.data[5 * p.stride + i], -slope * (s.width - (i + 0.5) * dx), 1e-11, 0);
    assay_mac_destroy(m);
  }
}

/* The settings seen in a mirror at the diagonal, then with both ends exchanged along x or y. */
static struct assay_mac_settings turned(const struct assay_mac_settings *s, int transpose, int flip)
{
  struct assay_mac_settings t = *s;
  if (transpose) {
    t.nx = s->ny, t.ny = s->nx, t.width = s->height, t.height = s->width;
    for (int k = 0; k < ASSAY_MAC_SIDES; k++) t.side[k] = s->side[k ^ 2];
  }
  const int lower = transpose ? ASSAY_MAC_BOTTOM : ASSAY_MAC_LEFT;
  const struct assay_mac_settings u = t;
  if (flip) t.side[lower] = u.side[lower + 1], t.side[lower + 1] = u.side[lower];
  return t;
}

static double pulse(void *context, double s, double t)
{
  const double length = *(const double *)context;
  return (1 + 0.3 * sin(9.1 * t)) * (s / length) * (2.2 - 1.7 * s / length);
}

/* Normal velocity of the turned solver at face i across, row j along. */
static double through(const struct assay_mac *m, int transpose, int flip, int n, int i, int j)
{
  const struct assay_mac_view a = transpose ? assay_mac_v(m) : assay_mac_u(m);
  const int k = flip ? n - i : i;
  return (flip ? -1 : 1) * (transpose ? a.data[k * a.stride + j] : a.data[j * a.stride + k]);
}

static void all_directions_are_alike(void **state)
{
  (void)state;
  for (int viscous = ASSAY_MAC_EXPLICIT; viscous <= ASSAY_MAC_IMPLICIT; viscous++)
    for (int scheme = ASSAY_MAC_CENTRAL; scheme <= ASSAY_MAC_LIMITED; scheme++) {
      struct assay_mac_settings s = channel(24, 20, 87.3);
      s.scheme = (enum assay_mac_scheme)scheme;
      s.viscous = (enum assay_mac_viscous)viscous;
      s.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_CUSTOM;
      s.side[ASSAY_MAC_LEFT].shape = pulse;
      s.side[ASSAY_MAC_LEFT].shape_context = &s.height;
      struct assay_mac *first = solver(&s);
      for (int step = 0; step < 40; step++) assert_ok(assay_mac_step(first, 0.0037));
      for (int k = 1; k < 4; k++) {
        const struct assay_mac_settings t = turned(&s, k & 1, k >> 1);
        struct assay_mac *m = solver(&t);
        for (int step = 0; step < 40; step++) assert_ok(assay_mac_step(m, 0.0037));
        for (int j = 0; j < s.ny; j++)
          for (int i = 0; i <= s.nx; i++)
            assert_close(through(m, k & 1, k >> 1, s.nx, i, j), through(first, 0, 0, s.nx, i, j), 0,
                         1e-12);
        assay_mac_destroy(m);
      }
      assay_mac_destroy(first);
    }
}

static void every_column_carries_the_same(void **state)
{
  (void)state;
  struct assay_mac_settings s = channel(64, 16, 61.7);
  s.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_PARABOLIC;
  s.side[ASSAY_MAC_TOP].wall = ASSAY_MAC_FREE_SLIP;
  struct assay_mac *m = solver(&s);
  const double flux = 2.0 / 3 * s.side[ASSAY_MAC_LEFT].inflow * s.height;
  for (int k = 0; k < 30; k++) {
    for (int i = 0; i <= s.nx; i++) assert_close(assay_mac_flux(m, i), flux, 1e-12, 0);
    assert_ok(assay_mac_step(m, assay_mac_dt_limit(m)));
  }
  struct assay_mac_diagnostics d;
  assay_mac_diagnose(m, &d);
  assert_close(d.inflow, flux, 1e-13, 0);
  assert_close(d.boundary_flux, 0, 0, 1e-13 * flux);
  assert_true(d.divergence <= 1e-12 * s.side[ASSAY_MAC_LEFT].inflow / s.height);
  assay_mac_destroy(m);
}

/* Poisson sees a value on two sides at once, and suction pulls fluid in through the outflow. */
static void suction_draws_through_the_outflow(void **state)
{
  (void)state;
  for (int scheme = ASSAY_MAC_CENTRAL; scheme <= ASSAY_MAC_LIMITED; scheme++) {
    struct assay_mac_settings s = channel(48, 16, 2011);
    s.scheme = (enum assay_mac_scheme)scheme;
    s.side[ASSAY_MAC_LEFT].inflow = -1.377;
    s.side[ASSAY_MAC_TOP].wall = ASSAY_MAC_OUTFLOW;
    struct assay_mac *m = solver(&s);
    assert_ok(assay_mac_run(m, 20.3 * s.width / 1.377));
    struct assay_mac_diagnostics d;
    assay_mac_diagnose(m, &d);
    assert_close(d.inflow, -1.377 * s.height, 1e-13, 0);
    assert_close(d.boundary_flux, 0, 0, 1e-13);
    assert_true(d.kinetic_energy < 5 * 2.385 * 1.377 * 1.377 * s.width * s.height);
    assay_mac_destroy(m);
  }
}

static void nonsense_is_refused(void **state)
{
  (void)state;
  struct assay_mac *m = NULL;
  struct assay_mac_settings s = channel(16, 8, 100);
  s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_NO_SLIP;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "must balance");
  s = channel(16, 8, 100);
  s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_PERIODIC;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "right is not");
  s = channel(16, 8, 100);
  s.side[ASSAY_MAC_TOP].inflow = 2.385;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "top: an inflow is given");
  s = channel(16, 8, 100);
  s.side[ASSAY_MAC_LEFT].velocity = 2.385;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "left: only a no-slip wall");
  s = channel(16, 8, 100);
  s.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_CUSTOM;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "callback go together");
  s = channel(16, 8, 100);
  s.side[ASSAY_MAC_LEFT].inflow = NAN;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "inflow nan (left)");
  assert_null(m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(developed_flow_stays),
      cmocka_unit_test(all_directions_are_alike),
      cmocka_unit_test(every_column_carries_the_same),
      cmocka_unit_test(suction_draws_through_the_outflow),
      cmocka_unit_test(nonsense_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
