/* Obstacles in the MAC solver: cut cells, their pressure, viscous operator and loads. */
#include "core/base/mem.h"
#include "core/flow/mac.h"
#include "tests/test.h"

static const double pi = 3.14159265358979323846;

static struct assay_mac *solver(const struct assay_mac_settings *s)
{
  struct assay_mac *m = NULL;
  assert_ok(assay_mac_create(&m, s));
  return m;
}

/* Fluid between a turning cylinder and one at rest: u = A r + B/r along the angle. */
struct couette {
  struct assay_circle inner, outer;
  struct assay_body body[2];
  struct assay_mac_settings set;
  double a, b;
};

static void couette_of(struct couette *c, int n, double spin)
{
  const double ri = 0.2, ro = 0.43, x = 0.5123, y = 0.5071;
  c->inner = (struct assay_circle){x, y, ri};
  c->outer = (struct assay_circle){x, y, ro};
  c->body[0] =
      (struct assay_body){assay_circle_distance, &c->inner, .slide = spin * ri, .name = "rotor"};
  c->body[1] = (struct assay_body){assay_circle_distance, &c->outer, .inside_out = 1};
  c->set = (struct assay_mac_settings){.nx = n,
                                       .ny = n,
                                       .width = 1,
                                       .height = 1,
                                       .density = 2.385,
                                       .viscosity = 0.1,
                                       .body = c->body,
                                       .bodies = 2};
  c->a = -spin * ri * ri / (ro * ro - ri * ri);
  c->b = -c->a * ro * ro;
}

struct couette_error {
  double velocity, pressure, torque[2];
};

/* Root mean square of u over the open parts (to second order) and of p over full cells. */
static struct couette_error couette_errors(const struct couette *c, struct assay_mac *m)
{
  const int n = c->set.nx;
  const double h = 1.0 / n, rho = c->set.density, a = c->a, b = c->b;
  struct couette_error e = {0};
  const struct assay_mac_view u = assay_mac_u(m), p = assay_mac_pressure(m);
  double offset = 0;
  int faces = 0, cells = 0;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      const double x = i * h - c->inner.x, y = (j + 0.5) * h - c->inner.y, xc = x + 0.5 * h;
      const double r = sqrt(x * x + y * y), rc = sqrt(xc * xc + y * y);
      if (r > c->inner.radius + 0.7 * h && r < c->outer.radius - 0.7 * h) {
        const double d = u.data[j * u.stride + i] + (a + b / (r * r)) * y;
        e.velocity += d * d;
        faces++;
      }
      if (rc < c->inner.radius + 0.8 * h || rc > c->outer.radius - 0.8 * h) continue;
      const double exact =
          rho * (a * a * rc * rc / 2 + 2 * a * b * log(rc) - b * b / (2 * rc * rc));
      const double d = p.data[j * p.stride + i] - exact;
      offset += d, e.pressure += d * d;
      cells++;
    }
  e.velocity = sqrt(e.velocity / faces);
  offset /= cells;
  e.pressure = sqrt(fmax(0, e.pressure / cells - offset * offset));
  for (int k = 0; k < 2; k++) {
    struct assay_mac_load l;
    const double exact = (k ? 1 : -1) * 4 * pi * c->set.viscosity * b;
    assert_ok(assay_mac_load(&l, m, k));
    e.torque[k] = fabs(l.torque / exact - 1);
  }
  return e;
}

static void a_turning_cylinder_drives_couette_flow(void **state)
{
  (void)state;
  struct couette_error e[2];
  for (int k = 0; k < 2; k++) {
    struct couette c;
    couette_of(&c, k ? 60 : 30, 1.7);
    struct assay_mac *m = solver(&c.set);
    const double gap = c.outer.radius - c.inner.radius;
    assert_ok(assay_mac_run(m, 4.3 * gap * gap * c.set.density / c.set.viscosity));
    e[k] = couette_errors(&c, m);
    struct assay_mac_diagnostics d;
    assay_mac_diagnose(m, &d);
    assert_true(d.divergence < 1e-12 * 0.34 / 0.2 * c.set.nx);
    /* all that the surface does is dissipated */
    const double power = 4 * pi * c.set.viscosity * c.b * 1.7;
    struct assay_mac_load l;
    assert_ok(assay_mac_load(&l, m, 0));
    assert_close(l.power, power, 0.02, 0);
    assert_close(d.dissipation, d.wall_power, 0.02, 0);
    assert_true(d.energy_residual < 0.02);
    assay_mac_destroy(m);
  }
  assert_true(e[1].velocity < 0.34 * 2e-3);
  assert_true(log2(e[0].velocity / e[1].velocity) > 1.7);
  assert_true(log2(e[0].pressure / e[1].pressure) > 1.4);
  for (int k = 0; k < 2; k++) {
    assert_true(e[1].torque[k] < 2e-3);
    assert_true(log2(e[0].torque[k] / e[1].torque[k]) > 1.7);
  }
}

/* A cylinder in a periodic box, or between walls. */
struct driven {
  struct assay_circle circle;
  struct assay_body body;
  struct assay_mac_settings set;
  double fx, fy;
};

static void uniform_force(void *context, double t, struct assay_mac_array fx,
                          struct assay_mac_array fy)
{
  const struct driven *d = context;
  (void)t;
  for (int j = 0; j < fx.ny; j++)
    for (int i = 0; i < fx.nx; i++) fx.data[j * fx.stride + i] = d->fx;
  for (int j = 0; j < fy.ny; j++)
    for (int i = 0; i < fy.nx; i++) fy.data[j * fy.stride + i] = d->fy;
}

static void driven_of(struct driven *d, enum assay_mac_wall wall)
{
  *d = (struct driven){.circle = {0.731, 0.517, 0.193}, .fx = 2.385, .fy = -0.771};
  d->body = (struct assay_body){.shape = assay_circle_distance, .data = &d->circle};
  d->set = (struct assay_mac_settings){.nx = 40,
                                       .ny = 30,
                                       .width = 1.33,
                                       .height = 1.0,
                                       .density = 2.385,
                                       .viscosity = 0.031,
                                       .body = &d->body,
                                       .bodies = 1,
                                       .force = uniform_force,
                                       .force_context = d};
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) d->set.side[k].wall = wall;
}

static void momentum(double sum[2], const struct assay_mac *m, const struct driven *d)
{
  const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
  const double mass = d->set.density * d->set.width * d->set.height / (d->set.nx * d->set.ny);
  sum[0] = sum[1] = 0;
  for (int j = 0; j < d->set.ny; j++)
    for (int i = 0; i < d->set.nx; i++) {
      sum[0] += mass * u.data[j * u.stride + i];
      sum[1] += mass * v.data[j * v.stride + i];
    }
}

/* Nothing comes in through periodic sides: what the force gives the fluid and the fluid does not
 * keep, the body gets. Faces carry the force where they are open. */
static void loads_balance_momentum(void **state)
{
  (void)state;
  for (int scheme = ASSAY_MAC_CENTRAL; scheme <= ASSAY_MAC_LIMITED; scheme++) {
    struct driven d;
    driven_of(&d, ASSAY_MAC_PERIODIC);
    d.set.scheme = (enum assay_mac_scheme)scheme;
    d.set.viscous = ASSAY_MAC_EXPLICIT;
    struct assay_mac *m = solver(&d.set);
    double open[2] = {0}, before[2], after[2];
    for (int step = 0; step < 30; step++) {
      const double dt = (step % 7 == 3 ? 0.6 : 0.9) * fmin(assay_mac_dt_limit(m), 0.011);
      struct assay_mac_load l;
      momentum(before, m, &d);
      assert_ok(assay_mac_step(m, dt));
      momentum(after, m, &d);
      assert_ok(assay_mac_load(&l, m, 0));
      const double gain[2] = {(after[0] - before[0]) / dt, (after[1] - before[1]) / dt};
      if (step == 0) open[0] = (gain[0] + l.fx) / d.fx, open[1] = (gain[1] + l.fy) / d.fy;
      assert_close(gain[0] + l.fx, d.fx * open[0], 1e-11, 0);
      assert_close(gain[1] + l.fy, d.fy * open[1], 1e-11, 0);
    }
    /* the mass they stand for: all but the body, to the thickness of a face */
    const double fluid = 1.33 - pi * 0.193 * 0.193;
    for (int k = 0; k < 2; k++) assert_close(open[k] / 2.385, fluid, 0.05, 0);
    assay_mac_destroy(m);
  }
}

/* Both treatments of viscosity have the same steady state and loads; periodic lines close. */
static void implicit_and_explicit_agree(void **state)
{
  (void)state;
  static const enum assay_mac_wall wall[3][2] = {{ASSAY_MAC_PERIODIC, ASSAY_MAC_PERIODIC},
                                                 {ASSAY_MAC_PERIODIC, ASSAY_MAC_NO_SLIP},
                                                 {ASSAY_MAC_FREE_SLIP, ASSAY_MAC_PERIODIC}};
  for (int k = 0; k < 3; k++) {
    struct assay_mac_load l[2];
    struct assay_mac *m[2];
    for (int i = 0; i < 2; i++) {
      struct driven d;
      driven_of(&d, ASSAY_MAC_PERIODIC);
      d.set.viscosity = 0.77;
      d.fx = 0.1 * d.fx;
      for (int side = 0; side < ASSAY_MAC_SIDES; side++) d.set.side[side].wall = wall[k][side / 2];
      d.body.slide = 0.37;
      d.set.viscous = i ? ASSAY_MAC_IMPLICIT : ASSAY_MAC_EXPLICIT;
      m[i] = solver(&d.set);
      for (int step = 0; step < (i ? 300 : 7000); step++)
        assert_ok(assay_mac_step(m[i], i ? 0.009 : 0.0003));
      assert_ok(assay_mac_load(&l[i], m[i], 0));
    }
    const struct assay_mac_view u[2] = {assay_mac_u(m[0]), assay_mac_u(m[1])};
    for (int j = 0; j < 30; j++)
      for (int i = 0; i < 40; i++)
        assert_close(u[1].data[j * u[1].stride + i], u[0].data[j * u[0].stride + i], 0, 2e-3);
    assert_close(l[1].fx, l[0].fx, 5e-3, 1e-3);
    assert_close(l[1].fy, l[0].fy, 5e-3, 1e-3);
    assert_close(l[1].torque, l[0].torque, 2e-3, 0);
    assert_close(l[1].power, l[0].power, 2e-3, 0);
    assert_true(l[0].power > 0);
    for (int i = 0; i < 2; i++) assay_mac_destroy(m[i]);
  }
}

/* Fluid at rest under a uniform force between walls: buoyancy, and pressure at any point. */
static void fluid_at_rest_carries_the_body(void **state)
{
  (void)state;
  struct driven d;
  driven_of(&d, ASSAY_MAC_NO_SLIP);
  struct assay_mac *m = solver(&d.set);
  for (int step = 0; step < 5; step++) assert_ok(assay_mac_step(m, 0.013));
  struct assay_mac_load l;
  assert_ok(assay_mac_load(&l, m, 0));
  const double weight = 2.385 * pi * 0.193 * 0.193;
  assert_close(l.pressure_x, -weight * d.fx, 0.025, 0);
  assert_close(l.pressure_y, -weight * d.fy, 0.025, 0);
  assert_close(l.torque, 0, 0, 0.01 * weight * 0.193);
  const double point[5][2] = {
      {0.731, 0.324}, {0.731 - 0.193, 0.517}, {0.4123, 0.2719}, {1.33, 0.5}, {0.0071, 0.9971}};
  double p[5];
  assert_ok(assay_mac_probe(p, m, 5, point));
  for (int k = 1; k < 5; k++)
    assert_close(p[k] - p[0],
                 2.385 * (d.fx * (point[k][0] - point[0][0]) + d.fy * (point[k][1] - point[0][1])),
                 1e-10, 0);
  const double inside[1][2] = {{0.75, 0.53}}, outside[1][2] = {{1.5, 0.5}};
  assert_fails(assay_mac_probe(p, m, 1, inside), ASSAY_EARG, "inside of a body");
  assert_fails(assay_mac_probe(p, m, 1, outside), ASSAY_EARG, "outside of the domain");
  assay_mac_destroy(m);
}

/* Cylinder in a channel with a parabolic inflow; lengths in diameters, mean speed 1. */
struct channel {
  struct assay_circle circle;
  struct assay_body body;
  struct assay_mac_settings set;
};

static void channel_of(struct channel *c, int nx, int ny, double height, double offset,
                       double reynolds)
{
  const double h = height / ny;
  *c = (struct channel){.circle = {2, 0.5 * height + offset, 0.5}};
  c->body = (struct assay_body){.shape = assay_circle_distance, .data = &c->circle};
  c->set = (struct assay_mac_settings){.nx = nx,
                                       .ny = ny,
                                       .width = nx * h,
                                       .height = height,
                                       .density = 2.385,
                                       .viscosity = 2.385 / reynolds,
                                       .body = &c->body,
                                       .bodies = 1};
  c->set.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_INFLOW;
  c->set.side[ASSAY_MAC_LEFT].inflow = 1.5;
  c->set.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_PARABOLIC;
  c->set.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_OUTFLOW;
}

static void symmetry_and_mass_are_kept(void **state)
{
  (void)state;
  struct channel c;
  channel_of(&c, 96, 41, 4.1, 0, 34.7);
  struct assay_mac *m = solver(&c.set);
  assert_ok(assay_mac_run(m, 3.1));
  const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
  for (int j = 0; j < 41; j++)
    for (int i = 0; i < 96; i++) {
      assert_close(u.data[j * u.stride + i], u.data[(40 - j) * u.stride + i], 0, 1e-11);
      assert_close(v.data[j * v.stride + i], -v.data[(41 - j) * v.stride + i], 0, 1e-11);
    }
  for (int i = 0; i <= 96; i++) assert_close(assay_mac_flux(m, i), 4.1, 1e-12, 0);
  struct assay_mac_diagnostics d;
  assay_mac_diagnose(m, &d);
  assert_true(d.divergence < 1e-12 * 1.5 / 0.1);
  assert_close(d.boundary_flux, 0, 0, 1e-12);
  struct assay_mac_load l;
  assert_ok(assay_mac_load(&l, m, 0));
  assert_close(l.fy, 0, 0, 1e-10);
  assert_true(l.pressure_x > 0 && l.fx > l.pressure_x);
  assert_true(d.energy_residual < 0.05);
  assert_true(d.open_power > 0 && d.wall_power == 0);
  assert_fails(assay_mac_load(&l, m, 1), ASSAY_EARG, "number 1");
  assay_mac_destroy(m);
}

static void samples_know_the_body(void **state)
{
  (void)state;
  enum { NX = 48, NY = 20 };
  struct channel c;
  channel_of(&c, 2 * NX, 2 * NY, 4.1, 0.07, 34.7);
  struct assay_mac *m = solver(&c.set);
  assert_ok(assay_mac_run(m, 0.71));
  static double u[NY * NX], v[NY * NX], p[NY * NX], w[NY * NX], psi[NY * NX];
  static double fraction[NY * NX], distance[NY * NX];
  static signed char tag[NY * NX];
  const struct assay_mac_frame frame = {u, v, p, w, psi};
  const struct assay_mac_map map = {fraction, distance, tag};
  assert_ok(assay_mac_sample_xy(m, 2, 2, &frame));
  assert_ok(assay_mac_map(m, 2, 2, &map));
  const double h = 4.1 / NY;
  double solid = 0;
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++) {
      const int k = j * NX + i;
      const double x = (i + 0.5) * h, y = (j + 0.5) * h;
      const double d = assay_circle_distance(&c.circle, x, y), wall = fmin(y, 4.1 - y);
      solid += h * h * (1 - fraction[k]);
      assert_close(distance[k], fmin(d, wall), 1e-12, 0);
      assert_int_equal(!!(tag[k] & ASSAY_MAC_TAG_SOLID), fraction[k] == 0);
      assert_int_equal(!!(tag[k] & ASSAY_MAC_TAG_LEFT), i == 0);
      assert_int_equal(!!(tag[k] & ASSAY_MAC_TAG_TOP), j == NY - 1);
      if (fraction[k] > 0 && fraction[k] < 1) assert_true(tag[k] & ASSAY_MAC_TAG_SURFACE);
      if (fraction[k] == 0) assert_true(u[k] == 0 && v[k] == 0 && w[k] == 0);
      if (fraction[k] == 1) assert_true(u[k] != 0);
      assert_true(isfinite(p[k]) && fabs(u[k]) < 3);
    }
  assert_close(solid, pi * 0.25, 1e-10, 0);
  /* stream function: the same at all places in the body, and the flux between the walls */
  static double corner[(2 * NY + 1) * (2 * NX + 1)];
  assay_mac_stream(m, corner);
  const double *middle = corner + 21 * (2 * NX + 1) + 19;
  assert_close(middle[0], middle[2], 1e-12, 0);
  assert_close(corner[2 * NY * (2 * NX + 1) + 30] - corner[30], 4.1, 1e-12, 0);
  assert_fails(assay_mac_sample_xy(m, 2, 3, &frame), ASSAY_EARG, "2 x 3 do not divide");
  assert_fails(assay_mac_map(m, 5, 2, &map), ASSAY_EARG, "5 x 2 do not divide");
  assay_mac_destroy(m);
}

/* Under-resolved, impulsively started, off the middle: it may be wrong, but it stays. */
static void any_reynolds_number_is_survived(void **state)
{
  (void)state;
  static const double reynolds[] = {1.7, 40, 1013, 99991};
  for (int k = 0; k < 4; k++) {
    struct channel c;
    channel_of(&c, 84, 36, 4.1, 0.013, reynolds[k]);
    struct assay_mac *m = solver(&c.set);
    assert_ok(assay_mac_run(m, k == 0 ? 1.1 : 12.3));
    struct assay_mac_diagnostics d;
    assay_mac_diagnose(m, &d);
    assert_true(d.kinetic_energy < 4 * 2.385 * c.set.width * c.set.height);
    assert_true(d.divergence < 1e-11 * 1.5 / 0.11);
    assay_mac_destroy(m);
  }
}

/* Slow flow with long implicit steps comes to rest instead of swinging. */
static void slow_flow_is_steady(void **state)
{
  (void)state;
  struct channel c;
  channel_of(&c, 80, 36, 4.1, 0.013, 0.93);
  struct assay_mac *m = solver(&c.set);
  struct assay_mac_load l[2];
  assert_int_equal(assay_mac_account(m).viscous, ASSAY_MAC_IMPLICIT);
  for (int step = 0; step < 600; step++) {
    assert_ok(assay_mac_step(m, 0.9 * assay_mac_dt_limit(m)));
    if (step >= 598) assert_ok(assay_mac_load(&l[step - 598], m, 0));
  }
  assert_close(l[1].fx, l[0].fx, 1e-7, 0);
  assert_true(l[1].fx > l[1].pressure_x && l[1].pressure_x > 0);
  assay_mac_destroy(m);
}

static void impossible_bodies_are_refused(void **state)
{
  (void)state;
  struct channel c;
  struct assay_mac *m = NULL;
  channel_of(&c, 96, 41, 4.1, 1.4, 100);
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "1.5 cells to the top side");
  channel_of(&c, 96, 41, 4.1, 1.7, 100);
  c.body.name = "the cylinder";
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "the cylinder (0) crosses the top side");
  channel_of(&c, 96, 41, 4.1, 0, 100);
  c.circle.x = 17.3;
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "lies outside of the domain");
  channel_of(&c, 48, 20, 4.1, 0, 100);
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "is 4.88 cells across, at least 8");
  channel_of(&c, 96, 41, 4.1, 0, 100);
  const struct assay_circle other = {3.1, 2.05, 0.5};
  const struct assay_body both[2] = {c.body, {.shape = assay_circle_distance, .data = &other}};
  c.set.body = both;
  c.set.bodies = 2;
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "bodies 0 and 1 are 1 cells apart");
  channel_of(&c, 96, 41, 4.1, 0, 100);
  c.body.slide = NAN;
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "surface speed nan");
  channel_of(&c, 96, 41, 4.1, 0, 100);
  c.set.body = NULL;
  assert_fails(assay_mac_create(&m, &c.set), ASSAY_EARG, "1 bodies, but where they are is not");
  assert_null(m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_turning_cylinder_drives_couette_flow),
      cmocka_unit_test(loads_balance_momentum),
      cmocka_unit_test(implicit_and_explicit_agree),
      cmocka_unit_test(fluid_at_rest_carries_the_body),
      cmocka_unit_test(symmetry_and_mass_are_kept),
      cmocka_unit_test(samples_know_the_body),
      cmocka_unit_test(any_reynolds_number_is_survived),
      cmocka_unit_test(slow_flow_is_steady),
      cmocka_unit_test(impossible_bodies_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
