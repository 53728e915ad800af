/* Observed orders of the MAC solver: exact and manufactured solutions, in space with the step tied
 * to the grid, and in time on one grid. */
#include <stdlib.h>

#include "core/flow/mac.h"
#include "tests/test.h"

static const double pi = 3.14159265358979323846;

/* Solutions u = U y/H + a(t) X(x) Y'(y), v = -a X'(x) Y(y), p = b a(t) cos(k x) cos(k y) with
 * a = A (1 + sin(w t)/2); derivatives of X and Y up to the third. */
struct profile {
  double d[4];
};

static struct profile sine_squared(double k, double x)
{
  return (struct profile){{sin(k * x) * sin(k * x), k * sin(2 * k * x), 2 * k * k * cos(2 * k * x),
                           -4 * k * k * k * sin(2 * k * x)}};
}

static struct profile wave(double k, double x)
{
  return (struct profile){
      {sin(k * x) + 0.3, k * cos(k * x), -k * k * sin(k * x), -k * k * k * cos(k * x)}};
}

struct manufactured {
  struct assay_mac_settings set;
  double lid, amplitude, frequency, pressure;
};

static struct profile x_profile(const struct manufactured *c, double x)
{
  const double w = c->set.width;
  return c->set.side[ASSAY_MAC_LEFT].wall == ASSAY_MAC_PERIODIC ? wave(2 * pi / w, x)
                                                                : sine_squared(pi / w, x);
}

static struct profile y_profile(const struct manufactured *c, double y)
{
  return sine_squared(pi / c->set.height, y);
}

static double exact_u(const struct manufactured *c, double t, double x, double y)
{
  const double a = c->amplitude * (1 + 0.5 * sin(c->frequency * t));
  return c->lid * y / c->set.height + a * x_profile(c, x).d[0] * y_profile(c, y).d[1];
}

static double exact_v(const struct manufactured *c, double t, double x, double y)
{
  const double a = c->amplitude * (1 + 0.5 * sin(c->frequency * t));
  return -a * x_profile(c, x).d[1] * y_profile(c, y).d[0];
}

static double exact_p(const struct manufactured *c, double t, double x, double y)
{
  const double k = 2 * pi / c->set.width;
  return c->pressure * (1 + sin(c->frequency * t)) * cos(k * x) * cos(k * y);
}

/* f = du/dt + u . grad u + grad p/rho - nu lap u at one point. */
static void force_at(const struct manufactured *c, double t, double x, double y, double *fx,
                     double *fy)
{
  const struct profile X = x_profile(c, x), Y = y_profile(c, y);
  const double a = c->amplitude * (1 + 0.5 * sin(c->frequency * t));
  const double da = c->amplitude * 0.5 * c->frequency * cos(c->frequency * t);
  const double shear = c->lid / c->set.height, nu = c->set.viscosity / c->set.density;
  const double u = shear * y + a * X.d[0] * Y.d[1], v = -a * X.d[1] * Y.d[0];
  const double ux = a * X.d[1] * Y.d[1], uy = shear + a * X.d[0] * Y.d[2];
  const double vx = -a * X.d[2] * Y.d[0], vy = -a * X.d[1] * Y.d[1];
  const double k = 2 * pi / c->set.width;
  const double b = c->pressure * (1 + sin(c->frequency * t)) / c->set.density;
  *fx = da * X.d[0] * Y.d[1] + u * ux + v * uy - b * k * sin(k * x) * cos(k * y) -
        nu * a * (X.d[2] * Y.d[1] + X.d[0] * Y.d[3]);
  *fy = -da * X.d[1] * Y.d[0] + u * vx + v * vy - b * k * cos(k * x) * sin(k * y) +
        nu * a * (X.d[3] * Y.d[0] + X.d[1] * Y.d[2]);
}

static void manufactured_force(void *context, double t, struct assay_mac_array fx,
                               struct assay_mac_array fy)
{
  const struct manufactured *c = context;
  const double dx = c->set.width / c->set.nx, dy = c->set.height / c->set.ny;
  double unused;
  for (int j = 0; j < fx.ny; j++)
    for (int i = 0; i < fx.nx; i++)
      force_at(c, t, i * dx, (j + 0.5) * dy, &fx.data[j * fx.stride + i], &unused);
  for (int j = 0; j < fy.ny; j++)
    for (int i = 0; i < fy.nx; i++)
      force_at(c, t, (i + 0.5) * dx, j * dy, &unused, &fy.data[j * fy.stride + i]);
}

/* The Taylor-Green vortex between frictionless walls, an exact solution without force. */
static double vortex_u(const struct manufactured *c, double t, double x, double y)
{
  const double k = pi / c->set.width, nu = c->set.viscosity / c->set.density;
  return c->amplitude * sin(k * x) * cos(k * y) * exp(-2 * nu * k * k * t);
}

static double vortex_v(const struct manufactured *c, double t, double x, double y)
{
  return -vortex_u(c, t, y, x);
}

static double vortex_p(const struct manufactured *c, double t, double x, double y)
{
  const double k = pi / c->set.width, nu = c->set.viscosity / c->set.density;
  return 0.25 * c->set.density * c->amplitude * c->amplitude * (cos(2 * k * x) + cos(2 * k * y)) *
         exp(-4 * nu * k * k * t);
}

typedef double exact(const struct manufactured *c, double t, double x, double y);

struct known_flow {
  exact *u, *v, *p;
};
static const struct known_flow vortex = {vortex_u, vortex_v, vortex_p};
static const struct known_flow forced = {exact_u, exact_v, exact_p};

static double *grid_values(const struct manufactured *c, exact *f, double t, int nx, int ny,
                           double x0, double y0)
{
  const double dx = c->set.width / c->set.nx, dy = c->set.height / c->set.ny;
  double *a = calloc((size_t)(nx * ny), sizeof *a);
  assert_non_null(a);
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) a[j * nx + i] = f(c, t, (i + x0) * dx, (j + y0) * dy);
  return a;
}

/* Mean square of view - f; p is compared up to a constant. */
static double mean_square(const struct manufactured *c, struct assay_mac_view w, exact *f, double t,
                          double x0, double y0, int free_constant)
{
  double *a = grid_values(c, f, t, w.nx, w.ny, x0, y0), sum = 0, square = 0;
  for (int j = 0; j < w.ny; j++)
    for (int i = 0; i < w.nx; i++) {
      const double e = w.data[j * w.stride + i] - a[j * w.nx + i];
      sum += e, square += e * e;
    }
  free(a);
  const double n = w.nx * w.ny;
  return square / n - (free_constant ? sum / n * sum / n : 0);
}

struct errors {
  double velocity, pressure;
};

static struct errors errors_of(const struct manufactured *c, const struct known_flow *k,
                               struct assay_mac *m)
{
  const double t = assay_mac_time(m);
  const double u = mean_square(c, assay_mac_u(m), k->u, t, 0, 0.5, 0);
  const double v = mean_square(c, assay_mac_v(m), k->v, t, 0.5, 0, 0);
  return (struct errors){sqrt(u + v),
                         sqrt(mean_square(c, assay_mac_pressure(m), k->p, t, 0.5, 0.5, 1))};
}

static struct assay_mac *started(struct manufactured *c, const struct known_flow *k)
{
  struct assay_mac *m = NULL;
  const int nx = c->set.nx, ny = c->set.ny;
  if (k->u == exact_u) {
    c->set.force = manufactured_force;
    c->set.force_context = c;
  }
  assert_ok(assay_mac_create(&m, &c->set));
  double *u = grid_values(c, k->u, 0, nx + 1, ny, 0, 0.5),
         *v = grid_values(c, k->v, 0, nx, ny + 1, 0.5, 0);
  assert_ok(assay_mac_start(m, 0, u, v));
  free(u);
  free(v);
  return m;
}

static struct errors error_on(struct manufactured c, const struct known_flow *k, int n, double t)
{
  c.set.nx = n;
  c.set.ny = 2 * n; /* unequal cells */
  struct assay_mac *m = started(&c, k);
  assert_ok(assay_mac_run(m, t));
  const struct errors e = errors_of(&c, k, m);
  assay_mac_destroy(m);
  return e;
}

static void assert_second_order(const char *what, double coarse, double middle, double fine)
{
  const double first = log2(coarse / middle), second = log2(middle / fine);
  print_message("# %s: errors %.3g %.3g %.3g, orders %.3f %.3f\n", what, coarse, middle, fine,
                first, second);
  if (!(fabs(second - 2) <= 0.2)) fail_msg("%s: order %.3f", what, second);
}

static void check_order(const char *what, struct manufactured c, const struct known_flow *k,
                        double t, double largest)
{
  const struct errors a = error_on(c, k, 12, t), b = error_on(c, k, 24, t),
                      d = error_on(c, k, 48, t);
  assert_second_order(what, a.velocity, b.velocity, d.velocity);
  print_message("# pressure: %.3g %.3g %.3g\n", a.pressure, b.pressure, d.pressure);
  assert_true(log2(b.pressure / d.pressure) > 1.5);
  if (!(d.velocity < largest)) fail_msg("%s: error %g", what, d.velocity);
}

/* nu t / w^2 alike for both: a third of the vortex is gone. */
static struct manufactured vortex_case(double reynolds)
{
  struct manufactured c = {.amplitude = 1.377};
  c.set = (struct assay_mac_settings){.width = 0.731, .height = 0.731, .density = 2.385};
  c.set.viscosity = c.set.density * c.amplitude * c.set.width / reynolds;
  c.set.velocity_scale = c.amplitude;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) c.set.side[k].wall = ASSAY_MAC_FREE_SLIP;
  return c;
}

static void taylor_green_vortex_decays_at_second_order(void **state)
{
  (void)state;
  struct manufactured c = vortex_case(50);
  const double w = c.set.width, rho = c.set.density;
  c.set.viscous = ASSAY_MAC_EXPLICIT;
  check_order("Taylor-Green, explicit", c, &vortex, 0.02 * w * w * rho / c.set.viscosity, 2e-3);
  c.set.viscous = ASSAY_MAC_IMPLICIT;
  check_order("Taylor-Green, implicit", c, &vortex, 0.02 * w * w * rho / c.set.viscosity, 2e-3);
  c = vortex_case(500);
  c.set.scheme = ASSAY_MAC_LIMITED;
  const struct errors a = error_on(c, &vortex, 24, 1), b = error_on(c, &vortex, 48, 1);
  print_message("# limited: %g %g, order %.3f\n", a.velocity, b.velocity,
                log2(a.velocity / b.velocity));
  assert_true(log2(a.velocity / b.velocity) > 1.5);
}

/* Four no-slip walls; then a moving lid over a periodic channel. */
static struct manufactured box_case(double reynolds, int channel)
{
  struct manufactured c = {.amplitude = 0.2, .frequency = 5, .pressure = 0.6};
  c.set = (struct assay_mac_settings){.width = 1.25, .height = 1, .density = 1.377};
  c.set.viscosity = c.set.density / reynolds;
  c.set.velocity_scale = 1;
  if (!channel) return c;
  c.lid = 0.8;
  c.set.side[ASSAY_MAC_LEFT].wall = c.set.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_PERIODIC;
  c.set.side[ASSAY_MAC_TOP].velocity = c.lid;
  return c;
}

static void manufactured_flows_converge_at_second_order(void **state)
{
  (void)state;
  static const struct {
    const char *what;
    double reynolds;
    int channel;
    enum assay_mac_viscous viscous;
  } rows[] = {
      {"box, explicit", 40, 0, ASSAY_MAC_EXPLICIT},
      {"box, implicit", 4, 0, ASSAY_MAC_IMPLICIT},
      {"lid, explicit", 40, 1, ASSAY_MAC_EXPLICIT},
      {"lid, implicit", 4, 1, ASSAY_MAC_IMPLICIT},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct manufactured c = box_case(rows[k].reynolds, rows[k].channel);
    c.set.viscous = rows[k].viscous;
    check_order(rows[k].what, c, &forced, 0.5, 1e-2);
  }
}

/* Velocity after n steps whose lengths alternate as 1 : uneven. */
static void march(double *out, struct manufactured c, const struct known_flow *k, double t, int n,
                  double uneven)
{
  struct assay_mac *m = started(&c, k);
  for (int s = 0; s < n; s++)
    assert_ok(assay_mac_step(m, 2 * t / n * (s % 2 ? uneven : 1) / (1 + uneven)));
  const struct assay_mac_view u = assay_mac_u(m);
  for (int j = 0; j < u.ny; j++)
    memcpy(out + j * u.nx, u.data + j * u.stride, sizeof *out * (size_t)u.nx);
  assay_mac_destroy(m);
}

enum { TIME_N = 16, TIME_VALUES = TIME_N * (TIME_N + 1) };

static double distance(const double *a, const double *b)
{
  double s = 0;
  for (int k = 0; k < TIME_VALUES; k++) s += (a[k] - b[k]) * (a[k] - b[k]);
  return sqrt(s / TIME_VALUES);
}

/* Against a run of 8 times as many steps on the same grid, so that only time counts. nu is so
 * large in the implicit case that its step is 13 to 52 times the explicit limit. */
static void time_stepping_is_of_second_order(void **state)
{
  (void)state;
  static const struct {
    const char *what;
    double reynolds, uneven;
    enum assay_mac_viscous viscous;
  } rows[] = {
      {"time, explicit", 40, 1, ASSAY_MAC_EXPLICIT},
      {"time, explicit, uneven", 40, 1.7, ASSAY_MAC_EXPLICIT},
      {"time, implicit", 1, 1, ASSAY_MAC_IMPLICIT},
      {"time, implicit, uneven", 1, 1.7, ASSAY_MAC_IMPLICIT},
  };
  static double exact_in_time[TIME_VALUES], a[3][TIME_VALUES];
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct manufactured c = box_case(rows[k].reynolds, 0);
    c.set.nx = c.set.ny = TIME_N;
    c.set.viscous = rows[k].viscous;
    const double t = 0.4;
    const int n = 16;
    march(exact_in_time, c, &forced, t, 32 * n, 1);
    for (int r = 0; r < 3; r++) march(a[r], c, &forced, t, n << r, rows[k].uneven);
    assert_second_order(rows[k].what, distance(a[0], exact_in_time), distance(a[1], exact_in_time),
                        distance(a[2], exact_in_time));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(taylor_green_vortex_decays_at_second_order),
      cmocka_unit_test(manufactured_flows_converge_at_second_order),
      cmocka_unit_test(time_stepping_is_of_second_order),
  };
  return cmocka_run_group_tests_name("core/flow order", tests, NULL, NULL);
}
