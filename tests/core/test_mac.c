/* The MAC solver as a whole: settings, balances, symmetry, stability, sampling. Orders of accuracy:
 * test_mac_order.c. */
#include "core/base/mem.h"
#include "core/flow/mac.h"
#include "core/num/isa.h"
#include "tests/test.h"

static struct assay_mac_settings cavity(int n, double re)
{
  struct assay_mac_settings s = {
      .nx = n, .ny = n, .width = 0.731, .height = 0.731, .density = 2.385, .viscosity = 1};
  s.side[ASSAY_MAC_TOP].velocity = 1.377;
  s.viscosity = s.density * s.side[ASSAY_MAC_TOP].velocity * s.width / re;
  return s;
}

static double turnover(const struct assay_mac_settings *s)
{
  return s->width / s->side[ASSAY_MAC_TOP].velocity;
}

static struct assay_mac *solver(const struct assay_mac_settings *s)
{
  struct assay_mac *m = NULL;
  assert_ok(assay_mac_create(&m, s));
  return m;
}

static void nonsense_is_refused(void **state)
{
  (void)state;
  struct assay_mac *m = NULL;
  struct assay_mac_settings s = cavity(16, 100);
  s.nx = 1;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "1 x 16");
  s = cavity(16, 100);
  s.viscosity = -2.5;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "viscosity -2.5");
  s = cavity(16, 100);
  s.cfl = 2.385;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "Courant number 2.385");
  s = cavity(16, 100);
  s.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_PERIODIC;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "left is periodic and right is not");
  s = cavity(16, 100);
  s.side[ASSAY_MAC_TOP].wall = ASSAY_MAC_FREE_SLIP;
  assert_fails(assay_mac_create(&m, &s), ASSAY_EARG, "top: only a no-slip wall");
  assert_null(m);
  s = cavity(4, 100);
  m = solver(&s);
  assert_fails(assay_mac_run(m, -0.1), ASSAY_EARG, "back to -0.1");
  assert_fails(assay_mac_step(m, 0), ASSAY_EARG, "must be positive");
  double u[20] = {0}, v[20] = {0};
  v[7] = NAN;
  assert_fails(assay_mac_start(m, 0, u, v), ASSAY_EARG, "not finite");
  struct assay_mac_frame frame = {.u = u};
  assert_fails(assay_mac_sample(m, 3, &frame), ASSAY_EARG, "3 x 3 do not divide");
  assay_mac_destroy(m);
  assay_mac_destroy(NULL);
}

/* One step far beyond any limit: reported, not carried on. */
static void divergence_is_an_outcome(void **state)
{
  (void)state;
  struct assay_mac_settings s = cavity(16, 4000);
  s.viscous = ASSAY_MAC_EXPLICIT;
  struct assay_mac *m = solver(&s);
  int rc = ASSAY_OK;
  for (int k = 0; k < 400 && rc == ASSAY_OK; k++) rc = assay_mac_step(m, 0.5 * turnover(&s));
  assert_int_equal(rc, ASSAY_EDIVERGED);
  assert_non_null(strstr(assay_err_last(), "flow diverged"));
  assay_mac_destroy(m);
}

static void choices_follow_from_the_settings(void **state)
{
  (void)state;
  static const struct {
    int n;
    double re;
    enum assay_mac_scheme scheme;
    enum assay_mac_viscous viscous;
  } rows[] = {
      {32, 1, ASSAY_MAC_CENTRAL, ASSAY_MAC_IMPLICIT},
      {32, 40, ASSAY_MAC_CENTRAL, ASSAY_MAC_IMPLICIT},
      {32, 400, ASSAY_MAC_CENTRAL, ASSAY_MAC_EXPLICIT},
      {32, 1270, ASSAY_MAC_CENTRAL, ASSAY_MAC_EXPLICIT},
      {32, 1290, ASSAY_MAC_LIMITED, ASSAY_MAC_EXPLICIT},
      {64, 1e5, ASSAY_MAC_LIMITED, ASSAY_MAC_EXPLICIT},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    const struct assay_mac_settings s = cavity(rows[k].n, rows[k].re);
    struct assay_mac *m = solver(&s);
    const struct assay_mac_account a = assay_mac_account(m);
    assert_int_equal(a.scheme, rows[k].scheme);
    assert_int_equal(a.viscous, rows[k].viscous);
    assert_close(a.cell_reynolds, rows[k].re / rows[k].n, 1e-12, 0);
    assay_mac_destroy(m);
  }
}

static void frames_are_met_exactly_in_equal_steps(void **state)
{
  (void)state;
  const struct assay_mac_settings s = cavity(24, 300);
  struct assay_mac *m = solver(&s);
  const double limit = assay_mac_dt_limit(m), interval = 3.7 * limit;
  assert_close(limit, 0.5 * s.width / 24 / 1.377, 1e-12, 0);
  assert_ok(assay_mac_run(m, interval));
  assert_true(assay_mac_time(m) == interval);
  struct assay_mac_account a = assay_mac_account(m);
  assert_int_equal(a.steps, 4);
  assert_close(a.dt_min, interval / 4, 1e-15, 0);
  assert_close(a.dt_max, interval / 4, 1e-15, 0);
  assert_ok(assay_mac_run(m, interval));
  assert_int_equal(assay_mac_account(m).steps, 4);
  assay_mac_destroy(m);
}

static void push(void *context, double t, struct assay_mac_array fx, struct assay_mac_array fy)
{
  (void)t, (void)fy;
  for (int j = 0; j < fx.ny; j++)
    for (int i = 0; i < fx.nx; i++) fx.data[j * fx.stride + i] = *(const double *)context;
}

/* A constant force between frictionless walls: u = f t exactly, so the step must follow. */
static void steps_shrink_as_the_flow_speeds_up(void **state)
{
  (void)state;
  double f = 2.385;
  struct assay_mac_settings s = {.nx = 16,
                                 .ny = 12,
                                 .width = 1,
                                 .height = 1,
                                 .density = 1,
                                 .viscosity = 0.02,
                                 .force = push,
                                 .force_context = &f,
                                 .viscous = ASSAY_MAC_EXPLICIT,
                                 .scheme = ASSAY_MAC_CENTRAL};
  s.side[ASSAY_MAC_LEFT].wall = s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_PERIODIC;
  s.side[ASSAY_MAC_BOTTOM].wall = s.side[ASSAY_MAC_TOP].wall = ASSAY_MAC_FREE_SLIP;
  struct assay_mac *m = solver(&s);
  assert_ok(assay_mac_run(m, 1.377));
  const struct assay_mac_view u = assay_mac_u(m);
  assert_close(u.data[5 * u.stride + 7], f * 1.377, 1e-12, 0);
  const struct assay_mac_account a = assay_mac_account(m);
  assert_true(a.dt_max > 2 * a.dt_min);
  struct assay_mac_diagnostics d;
  assay_mac_diagnose(m, &d);
  assert_true(d.courant < 0.7 && d.courant > 0.2);
  assert_close(d.force_power, f * f * 1.377, 1e-12, 0);
  assert_close(d.energy_residual, 0, 0, 1e-10);
  assay_mac_destroy(m);
}

/* In all combinations of scheme and viscosity: divergence at rounding, no net flux, and the energy
 * budget of the central scheme closed to the error of the time step. */
static void conserves_volume_and_accounts_for_energy(void **state)
{
  (void)state;
  for (int scheme = ASSAY_MAC_CENTRAL; scheme <= ASSAY_MAC_LIMITED; scheme++)
    for (int viscous = ASSAY_MAC_EXPLICIT; viscous <= ASSAY_MAC_IMPLICIT; viscous++) {
      struct assay_mac_settings s = cavity(32, 400);
      s.height = 1.5 * s.width;
      s.scheme = (enum assay_mac_scheme)scheme;
      s.viscous = (enum assay_mac_viscous)viscous;
      s.side[ASSAY_MAC_LEFT].velocity = -0.531;
      struct assay_mac *m = solver(&s);
      const double t = turnover(&s);
      struct assay_mac_diagnostics d;
      for (int k = 1; k <= 4; k++) {
        assert_ok(assay_mac_run(m, k * t));
        assay_mac_diagnose(m, &d);
        assert_true(d.divergence * t < 1e-12);
        assert_true(fabs(d.boundary_flux) * t / (s.width * s.width) < 1e-14);
        assert_true(d.wall_power > 0 && d.dissipation > 0 && d.kinetic_energy > 0);
        assert_true(d.courant > 0.1 && d.courant < 0.61);
      }
      assert_true(d.energy_residual < (scheme == ASSAY_MAC_CENTRAL ? 2e-5 : 2e-2));
      assert_true(d.energy_residual > (scheme == ASSAY_MAC_CENTRAL ? 0 : 1e-4));
      assay_mac_destroy(m);
    }
}

/* Random velocities in a box without friction (and one with periodic sides): what convection does
 * to the kinetic energy is only the error of the time step, of second order; the limited scheme
 * must lose. */
static double energy_drift(double cfl, enum assay_mac_scheme scheme, enum assay_mac_wall sides)
{
  enum { N = 16 };
  struct assay_mac_settings s = {.nx = N,
                                 .ny = N,
                                 .width = 1,
                                 .height = 1,
                                 .density = 1,
                                 .viscosity = 1e-14,
                                 .cfl = cfl,
                                 .scheme = scheme};
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    s.side[k].wall = k < ASSAY_MAC_BOTTOM ? sides : ASSAY_MAC_FREE_SLIP;
  s.viscous = ASSAY_MAC_EXPLICIT;
  struct assay_mac *m = solver(&s);
  double u[N * (N + 1)], v[(N + 1) * N];
  uint32_t state = 12345;
  for (int k = 0; k < N * (N + 1); k++) {
    u[k] = (double)(state = state * 1664525u + 1013904223u) * 0x1p-31 - 1;
    v[k] = (double)(state = state * 1664525u + 1013904223u) * 0x1p-31 - 1;
  }
  assert_ok(assay_mac_start(m, 0, u, v));
  struct assay_mac_diagnostics a, b;
  assay_mac_diagnose(m, &a);
  const double dt = cfl * 0.01, t = 0.2;
  for (int k = 0; k < (int)(t / dt + 0.5); k++) assert_ok(assay_mac_step(m, dt));
  assay_mac_diagnose(m, &b);
  assay_mac_destroy(m);
  return (b.kinetic_energy - a.kinetic_energy) / a.kinetic_energy;
}

static void central_convection_conserves_kinetic_energy(void **state)
{
  (void)state;
  static const enum assay_mac_wall sides[] = {ASSAY_MAC_FREE_SLIP, ASSAY_MAC_PERIODIC};
  for (int k = 0; k < 2; k++) {
    const double coarse = energy_drift(0.1, ASSAY_MAC_CENTRAL, sides[k]);
    const double fine = energy_drift(0.05, ASSAY_MAC_CENTRAL, sides[k]);
    assert_true(fabs(coarse) < 1e-3);
    if (!(fabs(coarse / fine) > 3.5)) fail_msg("energy drift %g, half the step %g", coarse, fine);
    assert_true(energy_drift(0.05, ASSAY_MAC_LIMITED, sides[k]) < -0.05);
  }
}

/* A lid that moves the other way gives the mirror image; a lid at the bottom the image upside down;
 * a wall on the left the transposed one. Poisson solvers treat x and y differently: to rounding. */
static void mirrored_lids_give_mirrored_flows(void **state)
{
  (void)state;
  enum { N = 20 };
  for (int scheme = ASSAY_MAC_CENTRAL; scheme <= ASSAY_MAC_LIMITED; scheme++) {
    struct assay_mac *m[4];
    struct assay_mac_settings s = cavity(N, 150);
    s.scheme = (enum assay_mac_scheme)scheme;
    const double t = 3 * turnover(&s), speed = s.side[ASSAY_MAC_TOP].velocity;
    static const enum assay_mac_side side[4] = {ASSAY_MAC_TOP, ASSAY_MAC_TOP, ASSAY_MAC_BOTTOM,
                                                ASSAY_MAC_RIGHT};
    for (int k = 0; k < 4; k++) {
      s.side[ASSAY_MAC_TOP].velocity = 0;
      s.side[side[k]].velocity = k == 1 ? -speed : speed;
      m[k] = solver(&s);
      assert_ok(assay_mac_run(m[k], t));
      s.side[side[k]].velocity = 0;
    }
    const struct assay_mac_view u = assay_mac_u(m[0]), ur = assay_mac_u(m[1]),
                                ub = assay_mac_u(m[2]), vr = assay_mac_v(m[3]);
    for (int j = 0; j < N; j++)
      for (int i = 0; i <= N; i++) {
        const double x = u.data[j * u.stride + i];
        assert_close(ur.data[j * ur.stride + N - i], -x, 0, 1e-12);
        assert_close(ub.data[(N - 1 - j) * ub.stride + i], x, 0, 1e-12);
        assert_close(vr.data[i * vr.stride + j], x, 0, 1e-12);
      }
    for (int k = 0; k < 4; k++) assay_mac_destroy(m[k]);
  }
}

/* Everything a run computes, in one number that a single changed bit changes. */
static uint64_t fingerprint(const struct assay_mac_settings *s, double t)
{
  struct assay_mac *m = solver(s);
  uint64_t h = 1469598103934665603u;
  for (int k = 1; k <= 3; k++) assert_ok(assay_mac_run(m, k * t / 3));
  const struct assay_mac_view w[3] = {assay_mac_u(m), assay_mac_v(m), assay_mac_pressure(m)};
  for (int n = 0; n < 3; n++)
    for (int j = 0; j < w[n].ny; j++)
      for (int i = 0; i < w[n].nx; i++) {
        uint64_t bits;
        memcpy(&bits, &w[n].data[j * w[n].stride + i], sizeof bits);
        h = (h ^ bits) * 1099511628211u;
      }
  assay_mac_destroy(m);
  return h;
}

static void runs_give_the_same_bits_on_every_instruction_set(void **state)
{
  (void)state;
  static const struct {
    int n;
    double re;
  } rows[] = {{24, 2}, {32, 700}, {20, 30000}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct assay_mac_settings s = cavity(rows[k].n, rows[k].re);
    s.height *= 1.25;
    uint64_t first = 0;
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (!assay_isa_available((enum assay_isa)isa)) continue;
      assert_ok(assay_isa_force((enum assay_isa)isa));
      const uint64_t h = fingerprint(&s, turnover(&s));
      if (isa == 0) first = h;
      if (h != first)
        fail_msg("Re %g: %s differs", rows[k].re, assay_isa_name((enum assay_isa)isa));
    }
    s.kernels = NULL;
    assert_true(fingerprint(&s, 0.99 * turnover(&s)) != first);
  }
}

/* From Re 1 to 100,000 on a coarse grid, whatever the scheme: the energy stays below that of a
 * fluid moving as fast as the lid, and the spectrum of the central scheme does not blow up. */
static void every_reynolds_number_is_stable(void **state)
{
  (void)state;
  static const double re[] = {1, 10, 100, 1000, 10000, 100000};
  for (size_t k = 0; k < sizeof re / sizeof *re; k++)
    for (int scheme = ASSAY_MAC_SCHEME_AUTO; scheme <= ASSAY_MAC_LIMITED; scheme++) {
      struct assay_mac_settings s = cavity(16, re[k]);
      s.scheme = (enum assay_mac_scheme)scheme;
      struct assay_mac *m = solver(&s);
      assert_ok(assay_mac_run(m, 40 * turnover(&s)));
      struct assay_mac_diagnostics d;
      assay_mac_diagnose(m, &d);
      const double lid = s.side[ASSAY_MAC_TOP].velocity;
      const double scale = 0.5 * s.density * s.width * s.height * lid * lid;
      if (!(d.kinetic_energy < 0.2 * scale))
        fail_msg("Re %g scheme %d: %g", re[k], scheme, d.kinetic_energy / scale);
      assert_true(d.kinetic_energy > 1e-4 * scale);
      assay_mac_destroy(m);
    }
}

/* Sampled fields against their definitions on the finest level, and discrete identities. */
static void samples_keep_fluxes_and_means(void **state)
{
  (void)state;
  enum { N = 24, R = 3, C = N / R };
  struct assay_mac_settings s = cavity(N, 100);
  struct assay_mac *m = solver(&s);
  assert_ok(assay_mac_run(m, turnover(&s)));
  static double u[C * C], v[C * C], p[C * C], w[C * C], psi[C * C], corner[(N + 1) * (N + 1)];
  const struct assay_mac_frame frame = {u, v, p, w, psi};
  assert_ok(assay_mac_sample(m, R, &frame));
  const double h = s.width / N, scale = 1.377;
  assay_mac_stream(m, corner);
  for (int i = 0; i <= N; i++) assert_close(corner[N * (N + 1) + i], 0, 0, 1e-14);
  double p_sum = 0;
  for (int j = 0; j < C; j++)
    for (int i = 0; i < C; i++) {
      const double *sw = corner + j * R * (N + 1) + i * R, *nw = sw + R * (N + 1);
      const double west = (nw[0] - sw[0]) / (R * h), east = (nw[R] - sw[R]) / (R * h);
      const double south = -(sw[R] - sw[0]) / (R * h), north = -(nw[R] - nw[0]) / (R * h);
      assert_close(u[j * C + i], 0.5 * (west + east), 0, 1e-13 * scale);
      assert_close(v[j * C + i], 0.5 * (south + north), 0, 1e-13 * scale);
      assert_close(psi[j * C + i], 0.25 * (sw[0] + sw[R] + nw[0] + nw[R]), 0, 1e-14);
      p_sum += p[j * C + i];
    }
  assert_close(p_sum, 0, 0, 1e-10);
  /* the mean vorticity of the box is the circulation of its walls: only the lid counts, towards -x
   */
  double w_sum = 0;
  for (int k = 0; k < C * C; k++) w_sum += w[k];
  assert_close(w_sum * R * h * R * h, -1.377 * s.width, 1e-12, 0);
  assay_mac_destroy(m);
}

static void restart_forgets_the_past(void **state)
{
  (void)state;
  enum { N = 12 };
  const struct assay_mac_settings s = cavity(N, 80);
  struct assay_mac *a = solver(&s), *b = solver(&s);
  static double u[N * (N + 1)], v[(N + 1) * N];
  for (int k = 0; k < N * (N + 1); k++) u[k] = sin(0.7 * k), v[k] = cos(0.3 * k * k);
  assert_ok(assay_mac_run(a, 2.3 * turnover(&s)));
  assert_ok(assay_mac_start(a, 0.25, u, v));
  assert_ok(assay_mac_start(b, 0.25, u, v));
  assert_ok(assay_mac_run(a, 0.5));
  assert_ok(assay_mac_run(b, 0.5));
  const struct assay_mac_view x = assay_mac_u(a), y = assay_mac_u(b);
  for (int j = 0; j < N; j++)
    assert_memory_equal(x.data + j * x.stride, y.data + j * y.stride, 8 * N);
  assay_mac_destroy(a);
  assay_mac_destroy(b);
}

/* Looking whether the flow is steady changes nothing while it is not. */
static void checks_leave_the_steps_alone(void **state)
{
  (void)state;
  enum { N = 16 };
  const struct assay_mac_settings s = cavity(N, 90);
  struct assay_mac *a = solver(&s), *b = solver(&s);
  const double speed = s.side[ASSAY_MAC_TOP].velocity, t = 14.3 * turnover(&s);
  int steady = 7;
  assert_ok(assay_mac_run(a, t));
  assert_ok(assay_mac_run_until(b, t, 1e-9 * speed * speed / s.width, &steady));
  assert_int_equal(steady, 0);
  assert_true(assay_mac_account(a).steps > 256);
  const struct assay_mac_view x = assay_mac_u(a), y = assay_mac_u(b);
  for (int j = 0; j < N; j++)
    assert_memory_equal(x.data + j * x.stride, y.data + j * y.stride, 8 * N);
  assert_ok(assay_mac_run_until(b, 100 * t, 1e-9 * speed * speed / s.width, &steady));
  assert_int_equal(steady, 1);
  assert_true(assay_mac_time(b) < 20 * t);
  assay_mac_destroy(a);
  assay_mac_destroy(b);
}

static void memory_comes_back(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  const struct assay_mac_settings s = cavity(16, 10);
  struct assay_mac *m = solver(&s);
  assert_ok(assay_mac_run(m, 0.01));
  assay_mac_destroy(m);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nonsense_is_refused),
      cmocka_unit_test(divergence_is_an_outcome),
      cmocka_unit_test(choices_follow_from_the_settings),
      cmocka_unit_test(frames_are_met_exactly_in_equal_steps),
      cmocka_unit_test(steps_shrink_as_the_flow_speeds_up),
      cmocka_unit_test(conserves_volume_and_accounts_for_energy),
      cmocka_unit_test(central_convection_conserves_kinetic_energy),
      cmocka_unit_test(mirrored_lids_give_mirrored_flows),
      cmocka_unit_test(every_reynolds_number_is_stable),
      cmocka_unit_test(samples_keep_fluxes_and_means),
      cmocka_unit_test(restart_forgets_the_past),
      cmocka_unit_test(checks_leave_the_steps_alone),
      cmocka_unit_test(memory_comes_back),
      cmocka_unit_test(runs_give_the_same_bits_on_every_instruction_set),
  };
  return cmocka_run_group_tests_name("core/flow", tests, NULL, NULL);
}
