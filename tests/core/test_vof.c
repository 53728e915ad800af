/* Advection of shapes with known ends, volumes and bounds. */
#include "core/base/mem.h"
#include "core/flow/vof.h"
#include "core/num/isa.h"
#include "tests/test.h"

static const double pi = 3.14159265358979324;

/* A grid with velocities from a stream function at the corners, divergence-free to rounding. */
struct world {
  int nx, ny;
  double dx, dy;
  struct assay_vof *vof;
  double *u, *v, *c0;
  struct assay_mac_view uv, vv;
};

static void world_create(struct world *w, struct assay_vof_settings s)
{
  *w = (struct world){.nx = s.nx, .ny = s.ny, .dx = s.dx, .dy = s.dy};
  const size_t nx = (size_t)s.nx, ny = (size_t)s.ny;
  assert_ok(assay_vof_create(&w->vof, &s));
  assert_ok(ASSAY_NEW(&w->u, (nx + 1) * ny, "test"));
  assert_ok(ASSAY_NEW(&w->v, nx * (ny + 1), "test"));
  assert_ok(ASSAY_NEW(&w->c0, nx * ny, "test"));
  w->uv = (struct assay_mac_view){w->u, s.nx + 1, s.nx + 1, s.ny};
  w->vv = (struct assay_mac_view){w->v, s.nx, s.nx, s.ny + 1};
}

static void world_destroy(struct world *w)
{
  assay_vof_destroy(w->vof);
  assay_free(w->u);
  assay_free(w->v);
  assay_free(w->c0);
}

typedef double stream_function(double x, double y, double t);

static void set_flow(struct world *w, stream_function *psi, double t)
{
  for (int j = 0; j <= w->ny; j++)
    for (int i = 0; i <= w->nx; i++) {
      const double x = i * w->dx, y = j * w->dy, here = psi(x, y, t);
      if (j < w->ny) w->u[j * (w->nx + 1) + i] = (psi(x, y + w->dy, t) - here) / w->dy;
      if (i < w->nx) w->v[j * w->nx + i] = -(psi(x + w->dx, y, t) - here) / w->dx;
    }
}

static void remember(struct world *w)
{
  const struct assay_mac_view c = assay_vof_fraction(w->vof);
  for (int j = 0; j < w->ny; j++)
    for (int i = 0; i < w->nx; i++) w->c0[j * w->nx + i] = c.data[j * c.stride + i];
}

/* Sum of |c - c0| dx dy. */
static double distance(const struct world *w)
{
  const struct assay_mac_view c = assay_vof_fraction(w->vof);
  double sum = 0;
  for (int j = 0; j < w->ny; j++)
    for (int i = 0; i < w->nx; i++)
      sum += fabs(c.data[j * c.stride + i] - w->c0[j * w->nx + i]) * w->dx * w->dy;
  return sum;
}

static void assert_bounds(const struct world *w)
{
  const struct assay_mac_view c = assay_vof_fraction(w->vof);
  for (int j = 0; j < w->ny; j++)
    for (int i = 0; i < w->nx; i++) {
      const double x = c.data[j * c.stride + i];
      if (!(x >= 0 && x <= 1)) fail_msg("c(%d, %d) = %.17g", j, i, x);
    }
}

static double disc(void *context, double x, double y)
{
  const double *d = context; /* x, y, radius */
  return d[2] - sqrt((x - d[0]) * (x - d[0]) + (y - d[1]) * (y - d[1]));
}

/* Notched disc of Zalesak (1979): radius 15, slot 5 wide and 25 high, in a box of 100. */
static double notched(void *context, double x, double y)
{
  double centre[3] = {0.5, 0.75, 0.15};
  (void)context;
  const double notch = fmin(0.025 - fabs(x - 0.5), 0.85 - y);
  return fmin(disc(centre, x, y), -notch);
}

static double vortex(double x, double y, double t)
{
  (void)t;
  return sin(pi * x) * sin(pi * x) * sin(pi * y) * sin(pi * y) / pi;
}

static double rotation(double x, double y, double t)
{
  (void)t;
  return -pi * ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5));
}

static double drift(double x, double y, double t)
{
  (void)t;
  return 0.731 * y - 0.519 * x;
}

struct trial {
  const char *name;
  stream_function *psi;
  assay_vof_level *shape;
  double disc[3], period;
  int reversed, periodic;
  double least_order, worst; /* of the last doubling; error on the finest grid */
};

/* Error after one period; with `reversed` the flow is multiplied by cos(pi t / T). */
static double error_of(const struct trial *t, int n)
{
  struct world w;
  struct assay_vof_settings s = {
      n, n, 1.0 / n, 1.0 / n, .periodic_x = t->periodic, .periodic_y = t->periodic};
  double centre[3] = {t->disc[0], t->disc[1], t->disc[2]};
  world_create(&w, s);
  assert_ok(assay_vof_fill(w.vof, t->shape, centre));
  remember(&w);
  set_flow(&w, t->psi, 0);
  const double rate = assay_vof_rate(w.vof, w.uv, w.vv), volume = assay_vof_volume(w.vof);
  const int steps = (int)ceil(t->period * rate / 0.45);
  const double dt = t->period / steps;
  for (int k = 0; k < steps; k++) {
    const double gain = t->reversed ? cos(pi * (k + 0.5) / steps) : 1;
    assert_ok(assay_vof_step(w.vof, dt * fabs(gain), w.uv, w.vv));
    if (t->reversed && gain * cos(pi * (k + 1.5) / steps) < 0) {
      for (int m = 0; m < (n + 1) * n; m++) w.u[m] = -w.u[m];
      for (int m = 0; m < (n + 1) * n; m++) w.v[m] = -w.v[m];
    }
    if (k % 16 == 0) assert_bounds(&w);
  }
  assert_close(assay_vof_volume(w.vof), volume, 1e-12, 0);
  assert_bounds(&w);
  const double e = distance(&w);
  world_destroy(&w);
  return e;
}

static void advects_at_the_published_order(void **state)
{
  static const struct trial trials[] = {
      {"translation", drift, disc, {0.5, 0.5, 0.2371}, 1000, 0, 1, 0, 0},
      {"zalesak", rotation, notched, {0}, 1, 0, 0, 0.7, 2.2e-3},
      {"vortex T=2", vortex, disc, {0.5, 0.75, 0.15}, 2, 1, 0, 1.8, 1.7e-4},
      {"vortex T=8", vortex, disc, {0.5, 0.75, 0.15}, 8, 1, 0, 1.5, 1.6e-3},
  };
  (void)state;
  for (size_t k = 1; k < sizeof trials / sizeof *trials; k++) {
    const struct trial *t = &trials[k];
    double before = 0, order = 0, e = 0;
    for (int n = 32; n <= 128; n *= 2) {
      e = error_of(t, n);
      order = before > 0 ? log2(before / e) : 0;
      print_message("# %s %d: error %.3e, order %.2f\n", t->name, n, e, order);
      before = e;
    }
    if (order < t->least_order) fail_msg("%s: order %g", t->name, order);
    if (e > t->worst) fail_msg("%s: error %g", t->name, e);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(advects_at_the_published_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
