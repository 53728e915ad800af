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
  return 0.975 * y - 0.65 * x; /* three lengths and two in 40/13 s */
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
      {"translation", drift, disc, {0.5, 0.5, 0.2371}, 40.0 / 13, 0, 1, 1.0, 1e-3},
      {"zalesak", rotation, notched, {0}, 1, 0, 0, 0.7, 2.2e-3},
      {"vortex T=2", vortex, disc, {0.5, 0.75, 0.15}, 2, 1, 0, 1.8, 1.7e-4},
      {"vortex T=8", vortex, disc, {0.5, 0.75, 0.15}, 8, 1, 0, 1.8, 2.2e-3},
  };
  (void)state;
  for (size_t k = 0; k < sizeof trials / sizeof *trials; k++) {
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

/* A stream function with closed streamlines in the box times a source-free radial flow; for
 * axisymmetric grids u r = d psi / dr, v r = - d psi / dx. */
static void set_axisymmetric_flow(struct world *w, stream_function *psi)
{
  set_flow(w, psi, 0);
  for (int j = 0; j < w->ny; j++)
    for (int i = 0; i <= w->nx; i++) w->u[j * (w->nx + 1) + i] /= (j + 0.5) * w->dy;
  for (int j = 0; j <= w->ny; j++)
    for (int i = 0; i < w->nx; i++) w->v[j * w->nx + i] *= j > 0 ? 1 / (j * w->dy) : 0;
}

/* Regular on the axis: psi ~ r^2. */
static double ring_vortex(double x, double r, double t)
{
  (void)t;
  return r * r * (1 - r) * (1 - r) * sin(pi * x) * 1.37;
}

/* A drop drawn out by a ring vortex and brought back. */
static double ring_error(int n)
{
  struct world w;
  world_create(&w, (struct assay_vof_settings){n, n, 1.0 / n, 1.0 / n, .axisymmetric = 1});
  double drop[3] = {0.31, 0, 0.2137};
  assert_ok(assay_vof_fill(w.vof, disc, drop));
  assert_close(assay_vof_volume(w.vof), 2.0 / 3 * 0.2137 * 0.2137 * 0.2137, 3e-4, 0);
  remember(&w);
  set_axisymmetric_flow(&w, ring_vortex);
  const double rate = assay_vof_rate(w.vof, w.uv, w.vv), volume = assay_vof_volume(w.vof);
  const int steps = (int)ceil(0.2 * rate / 0.5);
  for (int k = 0; k < 2 * steps; k++) {
    for (int m = 0; k == steps && m < (n + 1) * n; m++) {
      w.u[m] = -w.u[m];
      w.v[m] = -w.v[m];
    }
    assert_ok(assay_vof_step(w.vof, 0.2 / steps, w.uv, w.vv));
    assert_bounds(&w);
  }
  assert_close(assay_vof_volume(w.vof), volume, 1e-12, 0);
  const double e = distance(&w);
  world_destroy(&w);
  return e;
}

static void keeps_volume_and_shape_on_axisymmetric_grids(void **state)
{
  (void)state;
  const double e[3] = {ring_error(32), ring_error(64), ring_error(128)};
  print_message("# ring: errors %.3e %.3e %.3e, orders %.2f %.2f\n", e[0], e[1], e[2],
                log2(e[0] / e[1]), log2(e[1] / e[2]));
  assert_true(log2(e[0] / e[1]) > 1.6 && log2(e[1] / e[2]) > 1.6);
  assert_true(e[2] < 3e-4);
}

/* A cone stays a cone when it is shifted along the axis: the lines are exact, so is the shift. */
static double cone(void *context, double x, double r)
{
  const double *tip = context;
  return x - tip[0] - 0.7 * r;
}

static void shifts_a_cone_exactly_along_the_axis(void **state)
{
  (void)state;
  struct world w;
  enum { N = 24 };
  double c1[N * N], tip[1] = {0.1713};
  world_create(&w, (struct assay_vof_settings){N, N, 1.0 / N, 0.5 / N, .axisymmetric = 1});
  assay_vof_boundary(w.vof, ASSAY_MAC_RIGHT, 0, N, 1, ASSAY_VOF_GIVEN);
  assert_ok(assay_vof_fill(w.vof, cone, tip));
  for (int m = 0; m < (N + 1) * N; m++) w.u[m] = 0.613;
  const double dt = 0.11 / 0.613 / 20;
  for (int k = 0; k < 20; k++) assert_ok(assay_vof_step(w.vof, dt, w.uv, w.vv));
  tip[0] += 0.11;
  assay_vof_shape(c1, N, N, 0, 0, 1.0 / N, 0.5 / N, 1, cone, tip);
  const struct assay_mac_view c = assay_vof_fraction(w.vof);
  for (int j = 2; j < N - 2; j++) /* the tip and the cut at the top are not straight */
    for (int i = 0; i < N; i++) assert_close(c.data[j * c.stride + i], c1[j * N + i], 0, 2e-3);
  world_destroy(&w);
}

/* What flowed in and out accounts for the volume, and solid cells stay empty. */
static void balance_around_a_solid(enum assay_vof_beyond beyond)
{
  enum { NX = 40, NY = 20 };
  unsigned char blocked[NX * NY] = {0};
  struct world w;
  for (int j = 0; j < 7; j++)
    for (int i = 17; i < 22; i++) blocked[j * NX + i] = 1;
  world_create(&w, (struct assay_vof_settings){NX, NY, 0.05, 0.047, .blocked = blocked});
  assert_ok(assay_vof_boundary(w.vof, ASSAY_MAC_LEFT, 0, 5, 0.8731, beyond));
  double none[NX * NY] = {0};
  none[9 * NX + 18] = 0.391; /* also something inside */
  none[2 * NX + 19] = 1;     /* solid: must vanish */
  assert_ok(assay_vof_start(w.vof, none));
  assert_close(assay_vof_volume(w.vof), 0.391 * 0.05 * 0.047, 1e-13, 0);
  /* straight over the step: u = flow / free height, v from continuity */
  double psi[(NX + 1) * (NY + 1)];
  for (int i = 0; i <= NX; i++)
    for (int j = 0; j <= NY; j++) {
      const double bed = 7 * fmin(1, fmax(0, fmin(i / 17.0, (NX - i) / 18.0)));
      psi[j * (NX + 1) + i] = j > bed ? (j - bed) / (NY - bed) : 0;
    }
  for (int j = 0; j <= NY; j++)
    for (int i = 0; i <= NX; i++) {
      const double *p = psi + j * (NX + 1) + i;
      if (j < NY) w.u[j * (NX + 1) + i] = (p[NX + 1] - p[0]) / w.dy;
      if (i < NX) w.v[j * NX + i] = -(p[1] - p[0]) / w.dx;
    }
  const double dt = 0.499 / assay_vof_rate(w.vof, w.uv, w.vv), start = assay_vof_volume(w.vof);
  for (int k = 0; k < 300; k++) {
    assert_ok(assay_vof_step(w.vof, dt, w.uv, w.vv));
    assert_bounds(&w);
  }
  const struct assay_mac_view c = assay_vof_fraction(w.vof), fx = assay_vof_flux_x(w.vof);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++)
      if (blocked[j * NX + i] && (c.data[j * c.stride + i] != 0 || fx.data[j * fx.stride + i] != 0))
        fail_msg("solid (%d, %d) holds %g", j, i, c.data[j * c.stride + i]);
  const struct assay_vof_account a = assay_vof_account(w.vof);
  double in = 0;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) in += a.inflow[k];
  assert_close(a.inflow[ASSAY_MAC_LEFT], 0.8731 * 0.25 * dt * 300, 1e-12, 0);
  assert_true(a.inflow[ASSAY_MAC_RIGHT] < -0.05);
  assert_close(assay_vof_volume(w.vof), start + in - a.unplaced, 1e-12, 0);
  assert_true(a.redistributed < 1e-10 * start && a.steps == 300);
  world_destroy(&w);
}

static void balances_inflow_and_outflow_around_a_solid(void **state)
{
  (void)state;
  balance_around_a_solid(ASSAY_VOF_GIVEN);
  balance_around_a_solid(ASSAY_VOF_SAME);
}

/* What is too little to be followed is not lost. */
static void traces_are_moved_to_the_interface(void **state)
{
  (void)state;
  enum { N = 20 };
  double c[N * N];
  struct world w;
  world_create(&w, (struct assay_vof_settings){N, N, 0.07, 0.03});
  for (int k = 0; k < N * N; k++) c[k] = k % 2 ? 7.31e-13 : 1 - 4.57e-13;
  c[211] = 0.3719;
  assert_ok(assay_vof_start(w.vof, c));
  const struct assay_mac_view now = assay_vof_fraction(w.vof);
  assert_true(now.data[0] == 1 && now.data[1] == 0);
  const double moved = 199 * 7.31e-13 - 200 * 4.57e-13;
  assert_close(now.data[10 * now.stride + 11] - 0.3719, moved, 1e-3, 0);
  const struct assay_vof_account a = assay_vof_account(w.vof);
  assert_close(a.redistributed, fabs(moved) * 0.07 * 0.03, 1e-3, 0);
  assert_true(a.unplaced == 0);
  c[211] = 1; /* now there is no interface */
  assert_ok(assay_vof_start(w.vof, c));
  assert_close(assay_vof_account(w.vof).unplaced, moved * 0.07 * 0.03, 1e-3, 0);
  world_destroy(&w);
}

/* In every cell the change is the difference of the fluxes. */
static void fluxes_account_for_every_cell(void **state)
{
  (void)state;
  struct world w;
  enum { N = 32 };
  world_create(&w, (struct assay_vof_settings){N, N, 1.0 / N, 1.0 / N, .axisymmetric = 1});
  double drop[3] = {0.41, 0.23, 0.1537};
  assert_ok(assay_vof_fill(w.vof, disc, drop));
  set_axisymmetric_flow(&w, ring_vortex);
  const double dt = 0.49 / assay_vof_rate(w.vof, w.uv, w.vv);
  for (int k = 0; k < 11; k++) {
    remember(&w);
    assert_ok(assay_vof_step(w.vof, dt, w.uv, w.vv));
  }
  const struct assay_mac_view c = assay_vof_fraction(w.vof), x = assay_vof_flux_x(w.vof),
                              y = assay_vof_flux_y(w.vof);
  for (int j = 0; j < N; j++)
    for (int i = 0; i < N; i++) {
      const double out = x.data[j * x.stride + i + 1] - x.data[j * x.stride + i] +
                         y.data[(j + 1) * y.stride + i] - y.data[j * y.stride + i];
      assert_close(c.data[j * c.stride + i], w.c0[j * N + i] - out / assay_vof_cell(w.vof, j), 0,
                   3e-12);
    }
  world_destroy(&w);
}

/* A step beyond the Courant number of 1/2 is the steps it is divided into. */
static void long_steps_are_divided(void **state)
{
  (void)state;
  enum { N = 40 };
  struct world w[2];
  double drop[3] = {0.47, 0.71, 0.1537}, sum = 0;
  for (int k = 0; k < 2; k++) {
    world_create(&w[k], (struct assay_vof_settings){N, N, 1.0 / N, 1.0 / N});
    assert_ok(assay_vof_fill(w[k].vof, disc, drop));
    set_flow(&w[k], vortex, 0);
  }
  const double dt = 1.37 / assay_vof_rate(w[0].vof, w[0].uv, w[0].vv);
  const struct assay_mac_view flux = assay_vof_flux_x(w[0].vof);
  assert_ok(assay_vof_step(w[1].vof, dt, w[1].uv, w[1].vv));
  for (int k = 0; k < 3; k++) {
    assert_ok(assay_vof_step(w[0].vof, dt / 3, w[0].uv, w[0].vv));
    sum += flux.data[27 * flux.stride + 22];
  }
  remember(&w[0]);
  memcpy(w[1].c0, w[0].c0, N * N * sizeof(double));
  assert_true(distance(&w[1]) == 0);
  assert_true(sum != 0 && assay_vof_flux_x(w[1].vof).data[27 * flux.stride + 22] == sum);
  world_destroy(&w[0]);
  world_destroy(&w[1]);
}

static void same_bits_on_all_instruction_sets(void **state)
{
  (void)state;
  enum { NX = 45, NY = 27 };
  static double result[3][NX * NY];
  const enum assay_isa before = assay_isa();
  for (int axisymmetric = 0; axisymmetric < 2; axisymmetric++) {
    int first = -1;
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (!assay_isa_available((enum assay_isa)isa)) continue;
      struct world w;
      double drop[3] = {0.47, 0.53, 0.3137};
      assert_ok(assay_isa_force((enum assay_isa)isa));
      world_create(&w, (struct assay_vof_settings){NX, NY, 1.0 / NX, 1.0 / NY,
                                                   .axisymmetric = axisymmetric});
      assert_ok(assay_vof_fill(w.vof, disc, drop));
      if (axisymmetric)
        set_axisymmetric_flow(&w, ring_vortex);
      else
        set_flow(&w, vortex, 0);
      const double dt = 0.47 / assay_vof_rate(w.vof, w.uv, w.vv);
      for (int k = 0; k < 40; k++) assert_ok(assay_vof_step(w.vof, dt, w.uv, w.vv));
      remember(&w);
      memcpy(result[isa], w.c0, sizeof result[isa]);
      if (first < 0) first = isa;
      assert_memory_equal(result[first], result[isa], sizeof result[isa]);
      world_destroy(&w);
    }
  }
  assert_ok(assay_isa_force(before));
}

static void says_what_is_wrong(void **state)
{
  (void)state;
  struct assay_vof *f = NULL;
  struct assay_vof_settings s = {12, 9, 0.1, 0.2};
  s.dx = -2.385;
  assert_fails(assay_vof_create(&f, &s), ASSAY_EARG, "both must be positive");
  assert_null(f);
  s = (struct assay_vof_settings){1, 9, 0.1, 0.2};
  assert_fails(assay_vof_create(&f, &s), ASSAY_EARG, "1 x 9");
  s = (struct assay_vof_settings){12, 9, 0.1, 0.2, .axisymmetric = 1, .periodic_y = 1};
  assert_fails(assay_vof_create(&f, &s), ASSAY_EARG, "axisymmetric");
  struct world w;
  double c[12 * 9] = {0};
  world_create(&w, (struct assay_vof_settings){12, 9, 0.1, 0.2});
  c[37] = 1.0871;
  assert_fails(assay_vof_start(w.vof, c), ASSAY_EARG, "fraction 1.0871 in cell (3, 1)");
  c[37] = NAN;
  assert_fails(assay_vof_start(w.vof, c), ASSAY_EARG, "cell (3, 1)");
  assert_fails(assay_vof_boundary(w.vof, ASSAY_MAC_LEFT, 4, 6, 1, ASSAY_VOF_SAME), ASSAY_EARG,
               "faces 4 to 10 of 9");
  assert_fails(assay_vof_boundary(w.vof, ASSAY_MAC_TOP, 4, 6, 1.31, ASSAY_VOF_SAME), ASSAY_EARG,
               "1.31");
  w.u[5] = 2.385;
  assert_fails(assay_vof_step(w.vof, 0.35, w.uv, w.vv), ASSAY_EDIVERGED, "Courant number 4.17");
  w.u[5] = NAN;
  assert_fails(assay_vof_step(w.vof, 1e-9, w.uv, w.vv), ASSAY_EDIVERGED, "Courant number inf");
  world_destroy(&w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(advects_at_the_published_order),
      cmocka_unit_test(keeps_volume_and_shape_on_axisymmetric_grids),
      cmocka_unit_test(shifts_a_cone_exactly_along_the_axis),
      cmocka_unit_test(balances_inflow_and_outflow_around_a_solid),
      cmocka_unit_test(traces_are_moved_to_the_interface),
      cmocka_unit_test(fluxes_account_for_every_cell),
      cmocka_unit_test(long_steps_are_divided),
      cmocka_unit_test(same_bits_on_all_instruction_sets),
      cmocka_unit_test(says_what_is_wrong),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
