#include "core/num/poisson.h"
#include "tests/core/conditions.h"
#include "tests/core/numbers.h"

struct problem {
  int nx, ny;
  double dx, dy;
  enum assay_bc x, y;
  double shift;
};

static const char *const bc_name[CONDITIONS] = {"neumann", "dirichlet", "periodic",
                                                "neumann-dirichlet", "dirichlet-neumann"};
static const double pi = 3.14159265358979323846;

static int singular(const struct problem *p)
{
  return constant_fits(p->x) && constant_fits(p->y) && p->shift == 0;
}

static size_t cells(const struct problem *p)
{
  return (size_t)p->nx * (size_t)p->ny;
}

static double mean(const double *a, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i];
  return s / (double)n;
}

static void laplacian(double *out, const double *phi, const struct problem *p)
{
  for (int j = 0; j < p->ny; j++)
    for (int i = 0; i < p->nx; i++) {
      const double *row = phi + (ptrdiff_t)j * p->nx, *column = phi + i;
      const double c = row[i];
      out[j * p->nx + i] =
          (beside(row, 1, p->nx, i - 1, p->x) - 2 * c + beside(row, 1, p->nx, i + 1, p->x)) /
              (p->dx * p->dx) +
          (beside(column, p->nx, p->ny, j - 1, p->y) - 2 * c +
           beside(column, p->nx, p->ny, j + 1, p->y)) /
              (p->dy * p->dy);
    }
}

/* Solve into watched memory, with work and phi full of NaN; then in place. */
static void solve(double *phi, const double *rhs, const struct problem *p)
{
  struct assay_poisson *plan = NULL;
  assert_ok(assay_helmholtz_create(&plan, p->nx, p->ny, p->dx, p->dy, p->x, p->y, p->shift));
  const size_t n = cells(p), nwork = assay_poisson_work(plan);
  double *out = watched(n), *work = watched(nwork);
  assay_poisson_solve(plan, out, rhs, work);
  memcpy(phi, out, n * sizeof *phi);
  memcpy(out, rhs, n * sizeof *rhs);
  assay_poisson_solve(plan, out, out, work);
  assert_memory_equal(phi, out, n * sizeof *phi);
  unwatch(out, n);
  unwatch(work, nwork);
  assay_poisson_destroy(plan);
}

/* |laplacian(phi) - rhs| stays within some units of rounding of the terms of the laplacian */
static void check_residual(const struct problem *p)
{
  const size_t n = cells(p);
  double *phi = array(n), *rhs = noise_array(n, 4711 + n, 0.385), *lap = array(n);
  solve(phi, rhs, p);
  laplacian(lap, phi, p);
  for (size_t i = 0; i < n; i++) lap[i] -= p->shift * phi[i];
  const double shift = singular(p) ? mean(rhs, n) : 0;
  const double scale =
      max_abs(phi, n) * (4 / (p->dx * p->dx) + 4 / (p->dy * p->dy) + p->shift) + max_abs(rhs, n);
  for (size_t i = 0; i < n; i++) {
    const double error = fabs(lap[i] - (rhs[i] - shift));
    if (!(error <= 5e-15 * scale))
      fail_msg("%d x %d %s %s: residual %g of %g at %zu", p->nx, p->ny, bc_name[p->x],
               bc_name[p->y], error, scale, i);
  }
  if (singular(p)) assert_close(mean(phi, n), 0.0, 0, 1e-14 * max_abs(phi, n));
  assay_free(phi);
  assay_free(rhs);
  assay_free(lap);
}

static const int sizes[][2] = {{1, 1},    {2, 1},    {1, 2},    {2, 2},   {3, 5},    {4, 4},
                               {8, 8},    {16, 16},  {7, 24},   {24, 7},  {32, 12},  {33, 31},
                               {64, 64},  {48, 96},  {13, 40},  {128, 6}, {100, 36}, {17, 128},
                               {256, 16}, {40, 256}, {160, 32}, {96, 56}, {512, 20}, {4096, 3}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static struct problem problem_of(const int size[2], int pair, double dx, double dy)
{
  return (struct problem){size[0], size[1], dx, dy, x_condition(pair), y_condition(pair), 0};
}

static void residual_is_at_rounding_level(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = problem_of(sizes[s], b, 0.0371, 0.0523);
      check_residual(&p);
    }
}

static void residual_with_a_shift_is_too(void **state)
{
  (void)state;
  const double shifts[] = {0.0385, 23.85, 2.385e5};
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      struct problem p = problem_of(sizes[s], b, 0.0371, 0.0523);
      p.shift = shifts[(s + b) % 3];
      check_residual(&p);
    }
}

static void solution_is_that_of_the_definition(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = problem_of(sizes[s], b, 0.0523, 0.0371);
      if (p.nx + p.ny > 100) continue;
      const size_t n = cells(&p);
      double *phi = array(n), *ref = array(n), *rhs = noise_array(n, 815 + n, 0.385);
      solve(phi, rhs, &p);
      assert_ok(assay_poisson_ref(ref, rhs, p.nx, p.ny, p.dx, p.dy, p.x, p.y));
      const double tolerance = 3e-13 * max_abs(ref, n);
      for (size_t i = 0; i < n; i++) assert_close(phi[i], ref[i], 0, tolerance);
      assay_free(phi);
      assay_free(ref);
      assay_free(rhs);
    }
}

/* one factor of a discrete eigenfunction with wavenumber k at cell i, and its eigenvalue */
static double mode(enum assay_bc bc, int k, int i, int n)
{
  switch (bc) {
  case ASSAY_BC_NEUMANN:
    return cos(pi * k * (i + 0.5) / n);
  case ASSAY_BC_DIRICHLET:
    return sin(pi * k * (i + 0.5) / n);
  case ASSAY_BC_NEUMANN_DIRICHLET:
    return cos(pi * (k + 0.5) * (i + 0.5) / n);
  case ASSAY_BC_DIRICHLET_NEUMANN:
    return sin(pi * (k + 0.5) * (i + 0.5) / n);
  default:
    return cos(2 * pi * k * (i + 0.385) / n);
  }
}

static double eigenvalue(enum assay_bc bc, int k, int n, double h)
{
  const int mixed = bc == ASSAY_BC_NEUMANN_DIRICHLET || bc == ASSAY_BC_DIRICHLET_NEUMANN;
  const double s = sin(pi * (mixed ? k + 0.5 : k) / (bc == ASSAY_BC_PERIODIC ? n : 2 * n));
  return -4 * s * s / (h * h);
}

static void eigenfunctions_are_divided_by_their_eigenvalue(void **state)
{
  (void)state;
  const int modes[][2] = {{1, 0}, {0, 1}, {3, 2}, {1, 7}, {11, 5}};
  for (int m = 0; m < 5; m++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = problem_of((const int[2]){24, 40}, b, 0.0385, 0.0471);
      const int kx = modes[m][0] + (p.x == ASSAY_BC_DIRICHLET);
      const int ky = modes[m][1] + (p.y == ASSAY_BC_DIRICHLET);
      const double lambda = eigenvalue(p.x, kx, p.nx, p.dx) + eigenvalue(p.y, ky, p.ny, p.dy);
      const size_t n = cells(&p);
      double *phi = array(n), *rhs = array(n);
      for (int j = 0; j < p.ny; j++)
        for (int i = 0; i < p.nx; i++)
          rhs[j * p.nx + i] = 2.385 * mode(p.x, kx, i, p.nx) * mode(p.y, ky, j, p.ny);
      solve(phi, rhs, &p);
      for (size_t i = 0; i < n; i++) assert_close(phi[i] * lambda, rhs[i], 0, 2e-13);
      assay_free(phi);
      assay_free(rhs);
    }
}

/* smooth solutions that satisfy each condition on [0, 1.3] or [0, 0.7]: exp(cos k s), or where a
 * value is zero exp(sin k s) - 1 */
static double smooth(enum assay_bc bc, double s, double *second)
{
  const double k[CONDITIONS] = {pi, pi, 2 * pi, pi / 2, pi / 2};
  const double w = k[bc];
  const int zero = !constant_fits(bc);
  if (bc == ASSAY_BC_NEUMANN_DIRICHLET) s = 1 - s;
  const double e = exp(zero ? sin(w * s) : cos(w * s));
  const double a = zero ? cos(w * s) : -sin(w * s), b = zero ? -sin(w * s) : -cos(w * s);
  *second = w * w * (a * a + b) * e;
  return zero ? e - 1 : e;
}

static double discretisation_error(int nx, int ny, enum assay_bc x, enum assay_bc y)
{
  const double lx = 1.3, ly = 0.7;
  const struct problem p = {nx, ny, lx / nx, ly / ny, x, y};
  const size_t n = cells(&p);
  double *phi = array(n), *rhs = array(n), *exact = array(n), worst = 0;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      double fxx, gyy;
      const double f = smooth(x, (i + 0.5) / nx, &fxx), g = smooth(y, (j + 0.5) / ny, &gyy);
      exact[j * nx + i] = f * g;
      rhs[j * nx + i] = fxx * g / (lx * lx) + f * gyy / (ly * ly);
    }
  solve(phi, rhs, &p);
  const double shift = singular(&p) ? mean(exact, n) : 0;
  for (size_t i = 0; i < n; i++) worst = fmax(worst, fabs(phi[i] + shift - exact[i]));
  assay_free(phi);
  assay_free(rhs);
  assay_free(exact);
  return worst;
}

static void error_falls_with_the_square_of_the_cell_size(void **state)
{
  (void)state;
  for (int b = 0; b < PAIRS; b++) {
    const enum assay_bc x = x_condition(b), y = y_condition(b);
    const double coarse = discretisation_error(20, 16, x, y);
    const double fine = discretisation_error(40, 32, x, y);
    assert_close(log2(coarse / fine), 2.0, 0, 0.1);
  }
}

struct equation {
  const double *rhs;
  const struct problem *p;
};

static void solve_equation(double *phi, const void *context)
{
  const struct equation *e = context;
  solve(phi, e->rhs, e->p);
}

static void bits_do_not_depend_on_the_instruction_set(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = problem_of(sizes[s], b, 0.0171, 0.0223);
      double *rhs = noise_array(cells(&p), 99 + cells(&p), 0.385);
      assert_same_bits(solve_equation, &(struct equation){rhs, &p}, cells(&p));
      assay_free(rhs);
    }
}

static void impossible_grids_are_refused(void **state)
{
  (void)state;
  struct assay_poisson *p = NULL;
  assert_fails(assay_poisson_create(&p, 0, 5, 0.1, 0.1, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN),
               ASSAY_EARG, "0 x 5 cells");
  assert_fails(assay_poisson_create(&p, 8, 5, 0.1, -0.385, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN),
               ASSAY_EARG, "-0.385");
  assert_fails(
      assay_helmholtz_create(&p, 8, 5, 0.1, 0.1, ASSAY_BC_NEUMANN, ASSAY_BC_PERIODIC, -2.385),
      ASSAY_EARG, "-2.385");
  assert_null(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(residual_is_at_rounding_level),
      cmocka_unit_test(residual_with_a_shift_is_too),
      cmocka_unit_test(solution_is_that_of_the_definition),
      cmocka_unit_test(eigenfunctions_are_divided_by_their_eigenvalue),
      cmocka_unit_test(error_falls_with_the_square_of_the_cell_size),
      cmocka_unit_test(bits_do_not_depend_on_the_instruction_set),
      cmocka_unit_test(impossible_grids_are_refused),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/poisson", tests, NULL, NULL);
}
