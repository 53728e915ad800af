/* The box on stretched cells that core/bench_stretched.c measures: it must be as good a solver as
 * it claims, or the comparison means nothing. */
#include "tests/core/stretched.h"

#include "tests/test.h"

static const double pi = 3.14159265358979323846;

static double exact_u(double x, double y)
{
  return sin(pi * x) * sin(pi * x) * sin(2 * pi * y);
}

/* u = sin^2(pi x) sin(2 pi y), v = -u(y, x), p = cos(pi x) cos(pi y): what keeps them steady. */
static void keep(double *fx, double *fy, double x, double y, double nu)
{
  const double u = exact_u(x, y), v = -exact_u(y, x), s = sin(2 * pi * x) * sin(2 * pi * y);
  const double sx = sin(pi * x) * sin(pi * x), sy = sin(pi * y) * sin(pi * y);
  const double uy = 2 * pi * sx * cos(2 * pi * y), vx = -2 * pi * sy * cos(2 * pi * x);
  const double lap_u = 2 * pi * pi * sin(2 * pi * y) * (cos(2 * pi * x) - 2 * sx);
  const double lap_v = -2 * pi * pi * sin(2 * pi * x) * (cos(2 * pi * y) - 2 * sy);
  *fx = u * pi * s + v * uy - nu * lap_u - pi * sin(pi * x) * cos(pi * y);
  *fy = u * vx - v * pi * s - nu * lap_v - pi * cos(pi * x) * sin(pi * y);
}

/* rms error of the steady state, weighted with the cells */
static double error_of(int n, double cluster_x, double cluster_y, bool dense)
{
  struct stretched s;
  const struct stretched_settings set = {n, cluster_x, cluster_y, 0, 0.05, 0.4, dense, keep};
  double sum = 0;
  assert_ok(stretched_create(&s, &set));
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      *stretched_at(&s, s.u, j, i) = exact_u(s.x[i], 0.5 * (s.y[j] + s.y[j + 1]));
      *stretched_at(&s, s.v, j, i) = -exact_u(s.y[j], 0.5 * (s.x[i] + s.x[i + 1]));
    }
  stretched_run(&s, 6);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      const double y = 0.5 * (s.y[j] + s.y[j + 1]);
      const double d = *stretched_at(&s, s.u, j, i) - exact_u(s.x[i], y);
      sum += d * d * s.dx[i] * s.hy[j];
    }
  stretched_destroy(&s);
  return sqrt(sum);
}

static void errors_fall_with_the_second_power_on_every_grid(void **state)
{
  (void)state;
  static const double cluster[][2] = {{0, 0}, {0, 1.3}, {1.3, 1.3}};
  for (int k = 0; k < 3; k++) {
    const double coarse = error_of(12, cluster[k][0], cluster[k][1], false);
    const double fine = error_of(24, cluster[k][0], cluster[k][1], false);
    const double order = log2(coarse / fine);
    print_message("# clustered by %g, %g: errors %.3g, %.3g, order %.2f\n", cluster[k][0],
                  cluster[k][1], coarse, fine, order);
    if (!(fabs(order - 2) < 0.2)) fail_msg("order %.3f", order);
  }
}

/* Both Poisson solvers project to the same field, free of divergence to rounding. */
static void dense_products_and_transforms_agree(void **state)
{
  (void)state;
  struct stretched s[2];
  for (int k = 0; k < 2; k++) {
    const struct stretched_settings set = {20, 0, 1.3, 1, 0.02, 0.4, k == 1, NULL};
    assert_ok(stretched_create(&s[k], &set));
    for (int step = 0; step < 50; step++) stretched_step(&s[k], 2.385e-3);
  }
  for (int j = 0; j < 20; j++)
    for (int i = 0; i < 20; i++) {
      const double *u = stretched_at(&s[1], s[1].u, j, i), *v = stretched_at(&s[1], s[1].v, j, i);
      assert_close(*u, *stretched_at(&s[0], s[0].u, j, i), 0, 1e-12);
      assert_close(*v, *stretched_at(&s[0], s[0].v, j, i), 0, 1e-12);
      assert_close((u[1] - u[0]) / s[1].hx[i] + (v[s[1].stride] - v[0]) / s[1].hy[j], 0, 0, 1e-11);
    }
  assert_true(fabs(*stretched_at(&s[1], s[1].u, 18, 10)) > 0.1);
  for (int k = 0; k < 2; k++) stretched_destroy(&s[k]);
}

static void the_cavity_at_re_100_is_the_converged_one(void **state)
{
  (void)state;
  struct stretched s;
  const struct stretched_settings set = {32, 1, 1, 1, 0.01, 0.5, false, NULL};
  double deviation[2];
  assert_ok(stretched_create(&s, &set));
  stretched_run(&s, 25);
  stretched_deviation(deviation, &s, stretched_u_100, stretched_v_100);
  print_message("# deviation %.2g, rms %.2g\n", deviation[0], deviation[1]);
  assert_true(deviation[0] < 5e-3 && deviation[1] < 2e-3);
  stretched_destroy(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(errors_fall_with_the_second_power_on_every_grid),
      cmocka_unit_test(dense_products_and_transforms_agree),
      cmocka_unit_test(the_cavity_at_re_100_is_the_converged_one),
  };
  return cmocka_run_group_tests_name("core/stretched", tests, NULL, NULL);
}
