/* The two-phase solver where both fluids are alike: the lid-driven cavity of one fluid at Re 100,
 * whatever the fraction does, against converged values and against the solver for one fluid. */
#include "core/base/mem.h"
#include "core/flow/twophase.h"
#include "tests/test.h"

static const double re = 100, lid = 2.385, side = 0.731, density = 1.377;

static double viscosity(void)
{
  return density * lid * side / re;
}

/* Cells of the lower half are marked: stirred, but without consequence. */
static struct assay_twophase *two_fluids(int n, double time)
{
  struct assay_twophase_settings s = {.nx = n,
                                      .ny = n,
                                      .width = side,
                                      .height = side,
                                      .marked = {density, viscosity()},
                                      .unmarked = {density, viscosity()}};
  struct assay_twophase *m = NULL;
  double *c = NULL;
  s.side[ASSAY_MAC_TOP].n = 1;
  s.side[ASSAY_MAC_TOP].segment[0].velocity = lid;
  assert_ok(ASSAY_NEW(&c, (size_t)n * (size_t)n, "test"));
  for (int k = 0; k < n * n / 2; k++) c[k] = 1;
  assert_ok(assay_twophase_create(&m, &s));
  assert_ok(assay_twophase_start(m, 0, c, NULL, NULL));
  /* all is at rest, but the lid is not */
  assert_close(assay_twophase_dt_limit(m), 0.4 * side / n / lid, 1e-12, 0);
  assert_ok(assay_twophase_run(m, time * side / lid));
  assay_free(c);
  return m;
}

static struct assay_mac *one_fluid(int n, double time)
{
  struct assay_mac_settings s = {.nx = n,
                                 .ny = n,
                                 .width = side,
                                 .height = side,
                                 .density = density,
                                 .viscosity = viscosity(),
                                 .scheme = ASSAY_MAC_CENTRAL};
  struct assay_mac *m = NULL;
  s.side[ASSAY_MAC_TOP].velocity = lid;
  assert_ok(assay_mac_create(&m, &s));
  assert_ok(assay_mac_run(m, time * side / lid));
  return m;
}

/* Cubic through the four values q[k * step], at k + 1/2 cells each, around the place s in cells. */
static double cubic(const double *q, ptrdiff_t step, int n, double s)
{
  const int first = (int)fmin(fmax(floor(s - 0.5) - 1, 0), n - 4);
  double sum = 0;
  for (int a = 0; a < 4; a++) {
    double w = 1;
    for (int b = 0; b < 4; b++)
      if (b != a) w *= (s - (first + b + 0.5)) / (a - b);
    sum += w * q[(first + a) * step];
  }
  return sum;
}

/* Without the ends, where the walls are. */
enum { STATIONS = 15 };

static const double y_of_u[STATIONS] = {0.9766, 0.9688, 0.9609, 0.9531, 0.8516, 0.7344, 0.6172, 0.5,
                                        0.4531, 0.2813, 0.1719, 0.1016, 0.0703, 0.0625, 0.0547};
static const double converged_u[STATIONS] = {0.84373,  0.79194,  0.74047,  0.69103,  0.23655,
                                             0.00419,  -0.13880, -0.20915, -0.21398, -0.15767,
                                             -0.10174, -0.06443, -0.04662, -0.04198, -0.03723};
static const double x_of_v[STATIONS] = {0.9688, 0.9609, 0.9531, 0.9453, 0.9063, 0.8594, 0.8047, 0.5,
                                        0.2344, 0.2266, 0.1563, 0.0938, 0.0781, 0.0703, 0.0625};
static const double converged_v[STATIONS] = {-0.06219, -0.07798, -0.09339, -0.10853, -0.17708,
                                             -0.23369, -0.25354, 0.05754,  0.17956,  0.17936,
                                             0.16482,  0.12643,  0.11175,  0.10359,  0.09481};

struct centre_lines {
  double u[STATIONS], v[STATIONS];
};

/* Over the speed of the lid, from faces on the lines x = 1/2 and y = 1/2 (n is even). */
static struct centre_lines centre_lines(struct assay_mac_view u, struct assay_mac_view v, int n)
{
  struct centre_lines l;
  for (int k = 0; k < STATIONS; k++) {
    l.u[k] = cubic(u.data + n / 2, u.stride, n, y_of_u[k] * n) / lid;
    l.v[k] = cubic(v.data + n / 2 * v.stride, 1, n, x_of_v[k] * n) / lid;
  }
  return l;
}

static double largest(const struct centre_lines *a, const double *u, const double *v)
{
  double worst = 0;
  for (int k = 0; k < STATIONS; k++)
    worst = fmax(worst, fmax(fabs(a->u[k] - u[k]), fabs(a->v[k] - v[k])));
  return worst;
}

static struct centre_lines of_two(int n, double time)
{
  struct assay_twophase *m = two_fluids(n, time);
  const struct centre_lines l = centre_lines(assay_twophase_u(m), assay_twophase_v(m), n);
  assay_twophase_destroy(m);
  return l;
}

static struct centre_lines of_one(int n, double time)
{
  struct assay_mac *m = one_fluid(n, time);
  const struct centre_lines l = centre_lines(assay_mac_u(m), assay_mac_v(m), n);
  assay_mac_destroy(m);
  return l;
}

static void steady_cavity_has_the_converged_values(void **state)
{
  (void)state;
  const struct centre_lines l = of_two(64, 16);
  const double e = largest(&l, converged_u, converged_v);
  print_message("# 64^2: within %.4f of the converged values\n", e);
  assert_true(e < 0.005);
}

static void both_solvers_agree_to_second_order(void **state)
{
  (void)state;
  double apart[3];
  for (int k = 0; k < 3; k++) {
    const int n = 12 << k;
    const struct centre_lines two = of_two(n, 2.3), one = of_one(n, 2.3);
    apart[k] = largest(&two, one.u, one.v);
    print_message("# %d^2: %.3g apart\n", n, apart[k]);
  }
  print_message("# orders %.2f, %.2f\n", log2(apart[0] / apart[1]), log2(apart[1] / apart[2]));
  assert_true(apart[2] < 2e-3);
  assert_true(log2(apart[1] / apart[2]) > 1.8);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steady_cavity_has_the_converged_values),
      cmocka_unit_test(both_solvers_agree_to_second_order),
  };
  return cmocka_run_group_tests_name("core/twophase cavity", tests, NULL, NULL);
}
