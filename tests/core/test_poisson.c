#include "core/base/mem.h"
#include "core/num/isa.h"
#include "core/num/poisson.h"
#include "tests/test.h"

struct problem {
  int nx, ny;
  double dx, dy;
  enum assay_bc x, y;
  double shift;
};

enum { CONDITIONS = 5, PAIRS = CONDITIONS * CONDITIONS };
static const char *const bc_name[CONDITIONS] = {"neumann", "dirichlet", "periodic",
                                                "neumann-dirichlet", "dirichlet-neumann"};
static const double pi = 3.14159265358979323846;

static int constant_fits(enum assay_bc bc)
{
  return bc == ASSAY_BC_NEUMANN || bc == ASSAY_BC_PERIODIC;
}

static int singular(const struct problem *p)
{
  return constant_fits(p->x) && constant_fits(p->y) && p->shift == 0;
}

/* whether the value, not the slope, is zero on the lower or upper side */
static int value_is_zero(enum assay_bc bc, int upper)
{
  return bc == ASSAY_BC_DIRICHLET ||
         bc == (upper ? ASSAY_BC_NEUMANN_DIRICHLET : ASSAY_BC_DIRICHLET_NEUMANN);
}

/* uniform in (-1, 1), from a linear congruence */
static double noise(uint64_t *seed)
{
  *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(int64_t)*seed / 9223372036854775808.0;
}

static size_t cells(const struct problem *p)
{
  return (size_t)p->nx * (size_t)p->ny;
}

static double *array(size_t n)
{
  double *a = NULL;
  assert_ok(ASSAY_NEW(&a, n, "test"));
  return a;
}

static double mean(const double *a, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i];
  return s / (double)n;
}

/* value beside cell i, which may lie outside */
static double beside(const double *line, int stride, int n, int i, enum assay_bc bc)
{
  if (i >= 0 && i < n) return line[(ptrdiff_t)i * stride];
  if (bc == ASSAY_BC_PERIODIC) return line[(ptrdiff_t)((i + n) % n) * stride];
  const double mirror = line[(ptrdiff_t)(i < 0 ? 0 : n - 1) * stride];
  return value_is_zero(bc, i >= n) ? -mirror : mirror;
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

/* Solve into memory whose surroundings are watched, with work and phi full of NaN; then in place.
 */
static void solve(double *phi, const double *rhs, const struct problem *p)
{
  struct assay_poisson *plan = NULL;
  assert_ok(assay_helmholtz_create(&plan, p->nx, p->ny, p->dx, p->dy, p->x, p->y, p->shift));
  const size_t n = cells(p), nwork = assay_poisson_work(plan);
  double *out = array(n + 16), *work = array(nwork + 16);
  for (size_t i = 0; i < n + 16; i++) out[i] = (double)NAN;
  for (size_t i = 0; i < nwork + 16; i++) work[i] = (double)NAN;
  for (int i = 0; i < 8; i++) {
    out[i] = out[n + 8 + (size_t)i] = 8.125;
    work[nwork + 8 + (size_t)i] = 8.125;
  }
  assay_poisson_solve(plan, out + 8, rhs, work);
  for (int i = 0; i < 8; i++) {
    assert_true(out[i] == 8.125 && out[n + 8 + (size_t)i] == 8.125);
    assert_true(work[nwork + 8 + (size_t)i] == 8.125);
  }
  memcpy(phi, out + 8, n * sizeof *phi);
  memcpy(out + 8, rhs, n * sizeof *rhs);
  assay_poisson_solve(plan, out + 8, out + 8, work);
  assert_memory_equal(phi, out + 8, n * sizeof *phi);
  assay_free(out);
  assay_free(work);
  assay_poisson_destroy(plan);
}

static double max_abs(const double *a, size_t n)
{
  double m = 0;
  for (size_t i = 0; i < n; i++) m = fmax(m, fabs(a[i]));
  return m;
}

static void random_rhs(double *rhs, size_t n, uint64_t seed)
{
  for (size_t i = 0; i < n; i++) rhs[i] = noise(&seed) + 0.385;
}

/* |laplacian(phi) - rhs| stays within some units of rounding of the terms of the laplacian */
static void check_residual(const struct problem *p)
{
  const size_t n = cells(p);
  double *phi = array(n), *rhs = array(n), *lap = array(n);
  random_rhs(rhs, n, 4711 + n);
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
                               {256, 16}, {40, 256}, {160, 32}, {96, 56}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void residual_is_at_rounding_level(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = {sizes[s][0],
                                sizes[s][1],
                                0.0371,
                                0.0523,
                                (enum assay_bc)(b % CONDITIONS),
                                (enum assay_bc)(b / CONDITIONS)};
      check_residual(&p);
    }
}

static void residual_with_a_shift_is_too(void **state)
{
  (void)state;
  const double shifts[] = {0.0385, 23.85, 2.385e5};
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = {sizes[s][0],
                                sizes[s][1],
                                0.0371,
                                0.0523,
                                (enum assay_bc)(b % CONDITIONS),
                                (enum assay_bc)(b / CONDITIONS),
                                shifts[(s + b) % 3]};
      check_residual(&p);
    }
}

static void solution_is_that_of_the_definition(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = {sizes[s][0],
                                sizes[s][1],
                                0.0523,
                                0.0371,
                                (enum assay_bc)(b % CONDITIONS),
                                (enum assay_bc)(b / CONDITIONS)};
      if (p.nx + p.ny > 100) continue;
      const size_t n = cells(&p);
      double *phi = array(n), *ref = array(n), *rhs = array(n);
      random_rhs(rhs, n, 815 + n);
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
      const struct problem p = {
          24, 40, 0.0385, 0.0471, (enum assay_bc)(b % CONDITIONS), (enum assay_bc)(b / CONDITIONS)};
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
    const enum assay_bc x = (enum assay_bc)(b % CONDITIONS), y = (enum assay_bc)(b / CONDITIONS);
    const double coarse = discretisation_error(20, 16, x, y);
    const double fine = discretisation_error(40, 32, x, y);
    assert_close(log2(coarse / fine), 2.0, 0, 0.1);
  }
}

static void bits_do_not_depend_on_the_instruction_set(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < PAIRS; b++) {
      const struct problem p = {sizes[s][0],
                                sizes[s][1],
                                0.0171,
                                0.0223,
                                (enum assay_bc)(b % CONDITIONS),
                                (enum assay_bc)(b / CONDITIONS)};
      const size_t n = cells(&p);
      double *phi = array(n), *base = array(n), *rhs = array(n);
      random_rhs(rhs, n, 99 + n);
      for (int isa = 0; isa < assay_isa_count(); isa++) {
        if (!assay_isa_available((enum assay_isa)isa)) continue;
        assert_ok(assay_isa_force((enum assay_isa)isa));
        solve(isa ? phi : base, rhs, &p);
        if (isa) assert_memory_equal(phi, base, n * sizeof *phi);
      }
      assay_free(phi);
      assay_free(base);
      assay_free(rhs);
    }
  assert_ok(assay_isa_force(before));
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

static void nothing_is_leaked(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
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
