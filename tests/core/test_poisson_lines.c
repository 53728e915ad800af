#include "core/num/poisson.h"
#include "tests/core/conditions.h"
#include "tests/core/numbers.h"

enum { ROWS_MAX = 64 };
static const double pi = 3.14159265358979323846;
static const enum assay_bc y_conditions[] = {
    ASSAY_BC_NEUMANN, ASSAY_BC_DIRICHLET, ASSAY_BC_NEUMANN_DIRICHLET, ASSAY_BC_DIRICHLET_NEUMANN};
enum { Y_CONDITIONS = sizeof y_conditions / sizeof *y_conditions };

struct grid {
  double vol[ROWS_MAX], w[ROWS_MAX + 1], extra[ROWS_MAX];
  struct assay_poisson_lines l;
};

/* rows of random heights, and faces of random areas */
static void random_grid(struct grid *g, int nx, int ny, enum assay_bc x, enum assay_bc y)
{
  uint64_t seed = 2385 + (uint64_t)(nx * 1000 + ny);
  for (int j = 0; j < ny; j++) {
    g->vol[j] = 0.0385 * (1.5 + noise(&seed));
    g->w[j] = 23.85 * (1.1 + noise(&seed));
    g->extra[j] = 0;
  }
  g->w[ny] = 23.85;
  g->l = (struct assay_poisson_lines){nx, ny, 0.0371, g->vol, g->w, NULL, x, y, 0};
}

static int singular(const struct assay_poisson_lines *l)
{
  const int x = constant_fits(l->x);
  const int below = value_is_zero(l->y, 0) && l->w[0] > 0;
  const int above = value_is_zero(l->y, 1) && l->w[l->ny] > 0;
  return x && !below && !above && !l->extra && !(l->shift > 0);
}

static void solve(double *phi, const double *rhs, const struct assay_poisson_lines *l)
{
  struct assay_poisson *plan = NULL;
  assert_ok(assay_poisson_lines_create(&plan, l));
  double *work = array(assay_poisson_work(plan));
  assay_poisson_solve(plan, phi, rhs, work);
  assay_free(work);
  assay_poisson_destroy(plan);
}

static void check_residual(const struct assay_poisson_lines *l)
{
  const size_t n = (size_t)l->nx * (size_t)l->ny;
  double *phi = array(n), *rhs = noise_array(n, 4711 + n, 0.385), mean = 0, total = 0, left = 0;
  solve(phi, rhs, l);
  const double most = max_abs(phi, n);
  for (size_t i = 0; i < n; i++) {
    const double v = l->vol[i / (size_t)l->nx];
    total += v;
    mean += v * rhs[i];
    left += v * phi[i];
  }
  mean = singular(l) ? mean / total : 0;
  for (int j = 0; j < l->ny; j++)
    for (int i = 0; i < l->nx; i++) {
      const double *row = phi + (ptrdiff_t)j * l->nx, *column = phi + i, c = row[i], v = l->vol[j];
      const double west = beside(row, 1, l->nx, i - 1, l->x);
      const double east = beside(row, 1, l->nx, i + 1, l->x);
      const double south = beside(column, l->nx, l->ny, j - 1, l->y);
      const double north = beside(column, l->nx, l->ny, j + 1, l->y);
      const double sum = v * (west - 2 * c + east) / (l->dx * l->dx) + l->w[j + 1] * (north - c) -
                         l->w[j] * (c - south) - (l->shift * v + (l->extra ? l->extra[j] : 0)) * c;
      const double scale = most * (4 * v / (l->dx * l->dx) + 2 * (l->w[j] + l->w[j + 1]));
      const double error = fabs(sum - v * (rhs[j * l->nx + i] - mean));
      if (!(error <= 4e-15 * (scale + 1)))
        fail_msg("%d x %d, %d %d: residual %g of %g at %d %d", l->nx, l->ny, (int)l->x, (int)l->y,
                 error, scale, j, i);
    }
  if (singular(l)) assert_close(left / total, 0.0, 0, 1e-14 * most);
  assay_free(phi);
  assay_free(rhs);
}

static const int sizes[][2] = {{1, 1},  {2, 1},  {1, 3},   {5, 2},   {8, 8},  {16, 16},
                               {7, 24}, {24, 7}, {33, 31}, {64, 64}, {40, 9}, {12, 40}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void residual_is_at_rounding_level(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < CONDITIONS * Y_CONDITIONS; b++) {
      struct grid g;
      random_grid(&g, sizes[s][0], sizes[s][1], (enum assay_bc)(b % CONDITIONS),
                  y_conditions[b / CONDITIONS]);
      check_residual(&g.l);
      g.l.shift = b % 2 ? 0.0385 : 2385;
      check_residual(&g.l);
    }
}

/* u_r / r^2 terms, and an axis under a condition of zero value */
static void axis_and_extra_terms_count(void **state)
{
  (void)state;
  for (int b = 0; b < CONDITIONS * Y_CONDITIONS; b++) {
    struct grid g;
    random_grid(&g, 24, 19, (enum assay_bc)(b % CONDITIONS), y_conditions[b / CONDITIONS]);
    g.w[0] = 0;
    check_residual(&g.l);
    g.l.extra = g.extra;
    for (int j = 0; j < 19; j++) g.extra[j] = 238.5 / (j + 0.5) / (j + 0.5);
    check_residual(&g.l);
  }
}

static void rows_of_one_height_give_the_uniform_solution(void **state)
{
  (void)state;
  const int nx = 40, ny = 27;
  const double dx = 0.0371, dy = 0.0523;
  for (int b = 0; b < CONDITIONS * Y_CONDITIONS; b++) {
    const enum assay_bc x = (enum assay_bc)(b % CONDITIONS), y = y_conditions[b / CONDITIONS];
    struct grid g;
    for (int j = 0; j < ny; j++) g.vol[j] = 2.385 * dy;
    for (int j = 0; j <= ny; j++) g.w[j] = 2.385 / dy;
    g.l = (struct assay_poisson_lines){nx, ny, dx, g.vol, g.w, NULL, x, y, 0};
    double *phi = array(nx * ny), *rhs = noise_array(nx * ny, 815, 0), *ref = array(nx * ny);
    solve(phi, rhs, &g.l);
    assert_ok(assay_poisson_ref(ref, rhs, nx, ny, dx, dy, x, y));
    for (int i = 0; i < nx * ny; i++) assert_close(phi[i], ref[i], 0, 2e-13);
    assay_free(phi);
    assay_free(rhs);
    assay_free(ref);
  }
}

/* (1/r) (r phi_r)_r + phi_xx in a tube of radius 0.7 and length 1.3, value zero on the wall:
 * phi = cos(pi x / 1.3) cos(pi r / 1.4), rows of a height that grows from the axis to the wall */
static double tube_error(int nx, int ny)
{
  const double radius = 0.7, k = pi / 1.3, q = pi / 1.4;
  double face[ROWS_MAX + 1], worst = 0;
  struct grid g;
  for (int j = 0; j <= ny; j++) {
    const double s = (double)j / ny;
    face[j] = radius * (s + 0.12 * sin(pi * s) / pi);
  }
  for (int j = 0; j < ny; j++) {
    const double r = (face[j] + face[j + 1]) / 2;
    const double below = j > 0 ? (face[j - 1] + face[j]) / 2 : 0;
    g.vol[j] = r * (face[j + 1] - face[j]);
    g.w[j] = j > 0 ? face[j] / (r - below) : 0;
  }
  g.w[ny] = radius / (face[ny] - face[ny - 1]);
  g.l = (struct assay_poisson_lines){
      nx, ny, 1.3 / nx, g.vol, g.w, NULL, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN_DIRICHLET, 0};
  double *phi = array((size_t)(nx * ny)), *rhs = array((size_t)(nx * ny));
  for (int pass = 0; pass < 2; pass++) {
    for (int j = 0; j < ny; j++)
      for (int i = 0; i < nx; i++) {
        const double r = (face[j] + face[j + 1]) / 2, x = 1.3 * (i + 0.5) / nx;
        const double radial = -q * q * cos(q * r) - q * sin(q * r) / r;
        rhs[j * nx + i] = cos(k * x) * (radial - k * k * cos(q * r));
        if (pass) worst = fmax(worst, fabs(phi[j * nx + i] - cos(k * x) * cos(q * r)));
      }
    if (!pass) solve(phi, rhs, &g.l);
  }
  assay_free(phi);
  assay_free(rhs);
  return worst;
}

static void error_in_a_tube_falls_with_the_square_of_the_cell_size(void **state)
{
  (void)state;
  const double coarse = tube_error(20, 16), fine = tube_error(40, 32), finest = tube_error(80, 64);
  assert_close(log2(coarse / fine), 2.0, 0, 0.15);
  assert_close(log2(fine / finest), 2.0, 0, 0.1);
}

struct equation {
  const double *rhs;
  const struct assay_poisson_lines *l;
};

static void solve_equation(double *phi, const void *context)
{
  const struct equation *e = context;
  solve(phi, e->rhs, e->l);
}

static void bits_do_not_depend_on_the_instruction_set(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int b = 0; b < CONDITIONS * Y_CONDITIONS; b++) {
      struct grid g;
      const int nx = sizes[s][0], ny = sizes[s][1];
      random_grid(&g, nx, ny, (enum assay_bc)(b % CONDITIONS), y_conditions[b / CONDITIONS]);
      double *rhs = noise_array((size_t)(nx * ny), 99, 0);
      assert_same_bits(solve_equation, &(struct equation){rhs, &g.l}, (size_t)(nx * ny));
      assay_free(rhs);
    }
}

static void impossible_rows_are_refused(void **state)
{
  (void)state;
  struct assay_poisson *p = NULL;
  struct grid g;
  random_grid(&g, 8, 5, ASSAY_BC_NEUMANN, ASSAY_BC_PERIODIC);
  assert_fails(assay_poisson_lines_create(&p, &g.l), ASSAY_EUNSUPPORTED, "periodic");
  random_grid(&g, 8, 5, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN);
  g.vol[3] = -2.385;
  assert_fails(assay_poisson_lines_create(&p, &g.l), ASSAY_EARG, "volume -2.385 of row 3");
  random_grid(&g, 8, 5, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN);
  g.w[2] = 0;
  assert_fails(assay_poisson_lines_create(&p, &g.l), ASSAY_EARG, "w = 0 below row 2");
  random_grid(&g, 8, 5, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN);
  g.l.extra = g.extra;
  g.extra[4] = -0.385;
  assert_fails(assay_poisson_lines_create(&p, &g.l), ASSAY_EARG, "extra -0.385 of row 4");
  random_grid(&g, 8, 5, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN);
  g.l.dx = -2.385;
  assert_fails(assay_poisson_lines_create(&p, &g.l), ASSAY_EARG, "-2.385");
  assert_null(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(residual_is_at_rounding_level),
      cmocka_unit_test(axis_and_extra_terms_count),
      cmocka_unit_test(rows_of_one_height_give_the_uniform_solution),
      cmocka_unit_test(error_in_a_tube_falls_with_the_square_of_the_cell_size),
      cmocka_unit_test(bits_do_not_depend_on_the_instruction_set),
      cmocka_unit_test(impossible_rows_are_refused),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/poisson_lines", tests, NULL, NULL);
}
