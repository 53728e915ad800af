/* Inflow that changes in time, in the MAC solver: a plug that follows it at once, and the
 * oscillating channel flow of Womersley. */
#include <complex.h>

#include "core/base/mem.h"
#include "core/flow/mac.h"
#include "tests/test.h"

static const char *const ways[] = {
    [ASSAY_MAC_EXPLICIT] = "explicit", [ASSAY_MAC_IMPLICIT] = "implicit"};

static double plug(void *context, double s, double t)
{
  (void)context, (void)s;
  return 1 + 0.37 * sin(5.3 * t) + 0.8 * t * t;
}

static double plug_rate(double t)
{
  return 0.37 * 5.3 * cos(5.3 * t) + 1.6 * t;
}

static struct assay_mac_settings channel(int nx, int ny, enum assay_mac_viscous viscous)
{
  struct assay_mac_settings s = {.nx = nx,
                                 .ny = ny,
                                 .width = 0.41 * nx / ny,
                                 .height = 0.41,
                                 .density = 2.385,
                                 .viscosity = 2.385 * 0.05,
                                 .scheme = ASSAY_MAC_CENTRAL,
                                 .viscous = viscous};
  s.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_INFLOW;
  s.side[ASSAY_MAC_LEFT].inflow = 1.377;
  s.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_CUSTOM;
  s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_OUTFLOW;
  return s;
}

/* Between free-slip walls u = U f(t) and p = rho U f'(t) (L - x), after every step. The solver
 * takes f' from differences: over an instant, or with implicit viscosity over its steps. */
static void a_plug_follows_its_inflow_at_once(void **state)
{
  (void)state;
  for (int way = ASSAY_MAC_EXPLICIT; way <= ASSAY_MAC_IMPLICIT; way++) {
    struct assay_mac_settings s = channel(24, 10, (enum assay_mac_viscous)way);
    s.side[ASSAY_MAC_LEFT].shape = plug;
    s.side[ASSAY_MAC_BOTTOM].wall = s.side[ASSAY_MAC_TOP].wall = ASSAY_MAC_FREE_SLIP;
    const double limit = way == ASSAY_MAC_EXPLICIT ? 1e-6 : 0.02; /* of 6 */
    struct assay_mac *m = NULL;
    assert_ok(assay_mac_create(&m, &s));
    for (int step = 0; step <= 30; step++) {
      const double t = assay_mac_time(m), exact = 1.377 * plug(NULL, 0, t);
      const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
      for (int j = 0; j < s.ny; j++)
        for (int i = 0; i <= s.nx; i++) assert_close(u.data[j * u.stride + i], exact, 1e-12, 0);
      for (int j = 0; j <= s.ny; j++)
        for (int i = 0; i < s.nx; i++) assert_close(v.data[j * v.stride + i], 0, 0, 1e-13);
      const struct assay_mac_view p = assay_mac_pressure(m);
      const double slope = -2.385 * 1.377 * plug_rate(t), dx = s.width / s.nx;
      for (int i = 0; i < s.nx; i++)
        assert_close(p.data[4 * p.stride + i], -slope * (s.width - (i + 0.5) * dx), 0, limit);
      assert_ok(assay_mac_step(m, step % 3 ? 0.0041 : 0.0067));
    }
    assay_mac_destroy(m);
  }
}

/* Flow in a channel under a pressure gradient that oscillates about its mean, never backwards:
 * every column alike, at any time
 *
 *   u = U (4 s (H - s)/H^2 + 1/4 Re(e^(i w t) (1 - cosh(k (s - H/2)) / cosh(k H/2)))),
 *   k^2 = i w / nu. */
struct womersley {
  double height, nu, omega;
};

static double womersley(void *context, double s, double t)
{
  const struct womersley *w = context;
  const double complex i = (double complex)I, k = csqrt(i * w->omega / w->nu);
  const double complex shape = 1 - ccosh(k * (s - 0.5 * w->height)) / ccosh(0.5 * k * w->height);
  const double steady = 4 * s * (w->height - s) / (w->height * w->height);
  return steady + 0.25 * creal(cexp(i * w->omega * t) * shape);
}

static const double end = 0.31;

/* The flow after n steps from the exact one; the caller destroys it. */
static struct assay_mac *oscillating(struct womersley *w, int ny, int steps,
                                     enum assay_mac_viscous viscous)
{
  struct assay_mac_settings s = channel(2 * ny, ny, viscous);
  struct assay_mac *m = NULL;
  double *u = NULL, *v = NULL;
  *w = (struct womersley){s.height, 0.05, 9.7};
  s.side[ASSAY_MAC_LEFT].shape = womersley;
  s.side[ASSAY_MAC_LEFT].shape_context = w;
  assert_ok(assay_mac_create(&m, &s));
  assert_ok(ASSAY_NEW(&u, (size_t)ny * (size_t)(s.nx + 1), "test"));
  for (int k = 0; k < ny * (s.nx + 1); k++)
    u[k] = 1.377 * womersley(w, (k / (s.nx + 1) + 0.5) * s.height / ny, 0);
  assert_ok(ASSAY_NEW(&v, ((size_t)ny + 1) * (size_t)s.nx, "test"));
  assert_ok(assay_mac_start(m, 0, u, v));
  for (int k = 0; k < steps; k++) assert_ok(assay_mac_step(m, end / steps));
  assay_free(u);
  assay_free(v);
  return m;
}

/* Root mean square of u - exact over U. */
static double womersley_error(int ny, int steps, enum assay_mac_viscous viscous)
{
  struct womersley w;
  struct assay_mac *m = oscillating(&w, ny, steps, viscous);
  const struct assay_mac_view u = assay_mac_u(m);
  double sum = 0;
  for (int j = 0; j < u.ny; j++)
    for (int i = 0; i < u.nx; i++) {
      const double exact = womersley(&w, (j + 0.5) * w.height / ny, assay_mac_time(m));
      const double e = u.data[j * u.stride + i] / 1.377 - exact;
      sum += e * e;
    }
  assay_mac_destroy(m);
  return sqrt(sum / (u.nx * u.ny));
}

static void oscillating_flow_is_of_order_two(void **state)
{
  (void)state;
  for (int way = ASSAY_MAC_EXPLICIT; way <= ASSAY_MAC_IMPLICIT; way++) {
    double e[3];
    /* explicit steps go with the square of the cells */
    for (int k = 0; k < 3; k++)
      e[k] = womersley_error(8 << k, way == ASSAY_MAC_EXPLICIT ? 48 << 2 * k : 24 << k,
                             (enum assay_mac_viscous)way);
    print_message("# %s: %.2e %.2e %.2e, orders %.2f %.2f\n", ways[way], e[0], e[1], e[2],
                  log2(e[0] / e[1]), log2(e[1] / e[2]));
    assert_true(e[2] < 2e-3);
    assert_true(log2(e[1] / e[2]) > 1.8);
  }
}

enum { ROWS = 12, VALUES = ROWS * (2 * ROWS + 1) };

static void march(double *out, int steps, enum assay_mac_viscous viscous)
{
  struct womersley w;
  struct assay_mac *m = oscillating(&w, ROWS, steps, viscous);
  const struct assay_mac_view u = assay_mac_u(m);
  for (int j = 0; j < u.ny; j++)
    memcpy(out + j * u.nx, u.data + j * u.stride, sizeof *out * (size_t)u.nx);
  assay_mac_destroy(m);
}

static double distance(const double *a, const double *b)
{
  double sum = 0;
  for (int k = 0; k < VALUES; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sqrt(sum / VALUES) / 1.377;
}

/* Against a run of very small steps on the same grid, so that only time counts. */
static void time_steps_are_of_order_two(void **state)
{
  (void)state;
  static double exact_in_time[VALUES], a[VALUES];
  for (int way = ASSAY_MAC_EXPLICIT; way <= ASSAY_MAC_IMPLICIT; way++) {
    const int n = way == ASSAY_MAC_EXPLICIT ? 192 : 16;
    double e[3];
    march(exact_in_time, 32 * n, (enum assay_mac_viscous)way);
    for (int k = 0; k < 3; k++) {
      march(a, n << k, (enum assay_mac_viscous)way);
      e[k] = distance(a, exact_in_time);
    }
    print_message("# %s: %.2e %.2e %.2e, orders %.2f %.2f\n", ways[way], e[0], e[1], e[2],
                  log2(e[0] / e[1]), log2(e[1] / e[2]));
    assert_true(log2(e[0] / e[1]) > 1.8 && log2(e[1] / e[2]) > 1.8);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_plug_follows_its_inflow_at_once),
      cmocka_unit_test(oscillating_flow_is_of_order_two),
      cmocka_unit_test(time_steps_are_of_order_two),
  };
  return cmocka_run_group_tests_name("core/flow inflow", tests, NULL, NULL);
}
