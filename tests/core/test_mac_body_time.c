/* Time steps around a body in the MAC solver: order two of velocity and loads. */
#include "core/flow/mac.h"
#include "tests/test.h"

enum { NX = 40, NY = 30, VALUES = NX * NY };

static const double pi = 3.14159265358979323846, end = 0.4;

/* A push that sets in and turns slowly, so that all is smooth from the start. */
static void push(void *context, double t, struct assay_mac_array fx, struct assay_mac_array fy)
{
  const double s = sin(0.5 * pi * t / end), strength = *(const double *)context * s * s * s * s;
  for (int j = 0; j < fx.ny; j++)
    for (int i = 0; i < fx.nx; i++) fx.data[j * fx.stride + i] = strength;
  for (int j = 0; j < fy.ny; j++)
    for (int i = 0; i < fy.nx; i++) fy.data[j * fy.stride + i] = 0.4 * strength * t / end;
}

/* Loads with explicit viscosity are means over a step, so what they give the body in all is
 * compared, N s/m; with implicit viscosity they are those of the end, N/m. */
struct outcome {
  double u[VALUES], fx, fy;
};

/* A cylinder in a periodic box, pushed from rest. */
static void run(struct outcome *out, enum assay_mac_viscous viscous, double nu, double strength,
                int steps)
{
  struct assay_circle circle = {0.67, 0.513, 0.17};
  const struct assay_body body = {.shape = assay_circle_distance, .data = &circle};
  struct assay_mac_settings s = {.nx = NX,
                                 .ny = NY,
                                 .width = 4.0 / 3,
                                 .height = 1,
                                 .density = 2.385,
                                 .viscosity = 2.385 * nu,
                                 .body = &body,
                                 .bodies = 1,
                                 .scheme = ASSAY_MAC_CENTRAL,
                                 .viscous = viscous,
                                 .velocity_scale = 1.377,
                                 .force = push,
                                 .force_context = &strength};
  struct assay_mac *m = NULL;
  struct assay_mac_load load;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) s.side[k].wall = ASSAY_MAC_PERIODIC;
  assert_ok(assay_mac_create(&m, &s));
  out->fx = out->fy = 0;
  for (int k = 0; k < steps; k++) {
    assert_ok(assay_mac_step(m, end / steps));
    assert_ok(assay_mac_load(&load, m, 0));
    out->fx += load.fx * end / steps;
    out->fy += load.fy * end / steps;
  }
  const struct assay_mac_view u = assay_mac_u(m);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++) out->u[j * NX + i] = u.data[j * u.stride + i];
  if (viscous == ASSAY_MAC_IMPLICIT) out->fx = load.fx, out->fy = load.fy;
  assay_mac_destroy(m);
}

static double speed(const struct outcome *a)
{
  double sum = 0;
  for (int k = 0; k < VALUES; k++) sum += a->u[k] * a->u[k];
  return sqrt(sum / VALUES);
}

static double distance(const struct outcome *a, const struct outcome *b)
{
  double sum = 0;
  for (int k = 0; k < VALUES; k++) sum += (a->u[k] - b->u[k]) * (a->u[k] - b->u[k]);
  return sqrt(sum / VALUES);
}

/* Against a run of very small steps on the same grid, so that only time counts. */
static void time_steps_around_a_body_are_of_order_two(void **state)
{
  (void)state;
  static const struct {
    const char *what;
    enum assay_mac_viscous viscous;
    double nu, strength;
    int steps;
  } rows[] = {{"explicit", ASSAY_MAC_EXPLICIT, 0.02, 17, 100},
              {"implicit", ASSAY_MAC_IMPLICIT, 0.2, 60, 80}};
  static struct outcome fine, a;
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    double e[3], f[3];
    run(&fine, rows[r].viscous, rows[r].nu, rows[r].strength, 24 * rows[r].steps);
    for (int k = 0; k < 3; k++) {
      run(&a, rows[r].viscous, rows[r].nu, rows[r].strength, rows[r].steps << k);
      e[k] = distance(&a, &fine);
      f[k] = hypot(a.fx - fine.fx, a.fy - fine.fy);
    }
    print_message("# %s: speed %.3g, %.2e %.2e %.2e apart, orders %.2f %.2f\n", rows[r].what,
                  speed(&fine), e[0], e[1], e[2], log2(e[0] / e[1]), log2(e[1] / e[2]));
    print_message("# load %.4g %.4g, %.2e %.2e %.2e apart, orders %.2f %.2f\n", fine.fx, fine.fy,
                  f[0], f[1], f[2], log2(f[0] / f[1]), log2(f[1] / f[2]));
    assert_true(log2(e[0] / e[1]) > 1.8 && log2(e[1] / e[2]) > 1.85);
    assert_true(log2(f[0] / f[1]) > 1.8 && log2(f[1] / f[2]) > 1.85);
    assert_true(e[2] < 1e-3 * speed(&fine));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(time_steps_around_a_body_are_of_order_two),
  };
  return cmocka_run_group_tests_name("core/flow body, time", tests, NULL, NULL);
}
