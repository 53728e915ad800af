#include "core/num/varpoisson.h"
#include "tests/core/box.h"

static const double pi = 3.14159265358979323846;

/* coefficients between 1 / ratio and 1, of neighbouring faces independent */
static void random_coefficients(struct problem *p, double ratio)
{
  uint64_t seed = 4711;
  p->beta_x = array((size_t)((p->nx + 1) * p->ny));
  p->beta_y = array((size_t)(p->nx * (p->ny + 1)));
  for (int k = 0; k < (p->nx + 1) * p->ny; k++)
    p->beta_x[k] = exp((noise(&seed) - 1) * 0.5 * log(ratio));
  for (int k = 0; k < p->nx * (p->ny + 1); k++)
    p->beta_y[k] = exp((noise(&seed) - 1) * 0.5 * log(ratio));
}

struct plans {
  struct assay_poisson *box;
  struct assay_capacitance *c; /* NULL without changes */
  struct assay_varpoisson *v;
  double *work, *values;
};

static struct plans make_plans(const struct problem *p)
{
  struct plans s = {0};
  struct assay_capacitance_face *faces = NULL;
  struct assay_capacitance_cell *cells = NULL;
  int n_cells;
  assert_ok(ASSAY_NEW(&faces, 2 * (size_t)p->n, "test"));
  assert_ok(ASSAY_NEW(&cells, (size_t)p->n, "test"));
  s.values = array((size_t)p->n);
  const int n = list(p, faces, cells, &n_cells);
  for (int k = 0; k < n_cells; k++) s.values[k] = cells[k].value;
  s.box = make_plan(p);
  if (n + n_cells > 0) assert_ok(assay_capacitance_create(&s.c, s.box, faces, n, cells, n_cells));
  assert_ok(assay_varpoisson_create(&s.v, s.box, s.c));
  s.work = watched(assay_varpoisson_work(s.v));
  assay_free(faces);
  assay_free(cells);
  return s;
}

static void free_plans(struct plans *s)
{
  unwatch(s->work, assay_varpoisson_work(s->v));
  assay_varpoisson_destroy(s->v);
  assay_capacitance_destroy(s->c);
  assay_poisson_destroy(s->box);
  assay_free(s->values);
}

static enum assay_varpoisson_method method = ASSAY_VARPOISSON_AUTO;

static struct assay_varpoisson_result solve(double *phi, const double *rhs, const struct problem *p,
                                            double tolerance)
{
  struct plans s = make_plans(p);
  struct assay_varpoisson_result r;
  const struct assay_varpoisson_problem problem = {rhs,       p->beta_x, p->beta_y, s.values,
                                                   tolerance, 500,       method};
  assert_ok(assay_varpoisson_solve(s.v, phi, &problem, s.work, &r));
  free_plans(&s);
  return r;
}

/* the residual by its definition, over the norm of rhs without the means of parts */
static double true_residual(const struct problem *p, const double *phi, const double *rhs)
{
  double *b = array((size_t)p->n), scale, left, sum = 0, norm = 0;
  memcpy(b, rhs, (size_t)p->n * sizeof *b);
  project(p, b, &left);
  for (int c = 0; c < p->n; c++) {
    const double v = p->vol[c / p->nx], r = b[c] - operator_at(p, phi, c, &scale) / v;
    sum += v * r * r;
    norm += v * b[c] * b[c];
  }
  assay_free(b);
  return norm > 0 ? sqrt(sum / norm) : 0;
}

static const int sizes[][2] = {{1, 1}, {1, 7}, {5, 6}, {16, 16}, {13, 17}, {24, 20}};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* the whole box (shape -1) and obstacles, under all conditions, on rows of one and of any height */
static void check_residuals(void)
{
  int most[SHAPES + 1] = {0};
  for (int s = 0; s < SIZES; s++)
    for (int k = -1; k < SHAPES; k++)
      for (int pair = 0; pair < PAIRS; pair++) {
        if (!possible(sizes[s][0], sizes[s][1], pair)) continue;
        const int lines = y_condition(pair) != ASSAY_BC_PERIODIC && (pair + s) % 2;
        struct problem p = make_problem(sizes[s][0], sizes[s][1], pair, lines);
        if (k >= 0) shape(&p, k);
        random_coefficients(&p, 238.5);
        double *phi = array((size_t)p.n), *rhs = array((size_t)p.n), mean;
        uint64_t seed = 815;
        for (int c = 0; c < p.n; c++) rhs[c] = noise(&seed) + 0.385;
        for (int c = 0; c < p.n; c++) phi[c] = 0.1 * noise(&seed); /* a useless start */
        const struct assay_varpoisson_result r = solve(phi, rhs, &p, 1e-9);
        const double left = true_residual(&p, phi, rhs);
        if (!(left <= 1.01e-9) || !(r.residual <= 1e-9))
          fail_msg("shape %d, %d x %d, pair %d, lines %d: %g, said %g after %d", k, p.nx, p.ny,
                   pair, lines, left, r.residual, r.iterations);
        const double largest = max_abs(phi, (size_t)p.n);
        project(&p, phi, &mean);
        assert_true(mean <= 1e-13 * largest);
        if (r.iterations > most[k + 1]) most[k + 1] = r.iterations;
        assay_free(phi);
        assay_free(rhs);
        free_problem(&p);
      }
  for (int k = 0; k <= SHAPES; k++)
    print_message("# method %d, shape %d: at most %d iterations\n", (int)method, k - 1, most[k]);
}

static const enum assay_varpoisson_method methods[] = {ASSAY_VARPOISSON_MULTIGRID,
                                                       ASSAY_VARPOISSON_DIRECT};

static void residual_is_what_it_says(void **state)
{
  (void)state;
  for (int m = 0; m < 2; m++) {
    method = methods[m];
    check_residuals();
  }
  method = ASSAY_VARPOISSON_AUTO;
}

static void solution_is_that_of_the_dense_matrix(void **state)
{
  (void)state;
  const int nx = 9, ny = 11, n = nx * ny;
  for (int k = -1; k < SHAPES; k++)
    for (int pair = 0; pair < PAIRS; pair++) {
      struct problem p = make_problem(nx, ny, pair, 0);
      if (k >= 0) shape(&p, k);
      random_coefficients(&p, 23.85);
      double *a = array((size_t)(n * n)), *x = noise_array((size_t)n, 99, 0);
      double *phi = array((size_t)n), left;
      solve(phi, x, &p, 1e-12);
      project(&p, x, &left);
      dense_matrix(a, &p);
      dense_solve(a, x, n);
      const double most = max_abs(x, (size_t)n);
      for (int c = 0; c < n; c++) assert_close(phi[c], x[c], 0, 1e-9 * most);
      assay_free(a);
      assay_free(x);
      assay_free(phi);
      free_problem(&p);
    }
}

/* beta = exp(a g) with g = sin(2 pi x) sin(pi y) / 2, phi = cos(pi x) cos(2 pi y):
 * div(beta grad phi) = beta (laplace phi + a grad g . grad phi); the ratio of coefficients is e^a
 */
static double smooth_error(int n, double ratio, int *iterations)
{
  const double a = log(ratio), h = 1.0 / n;
  struct problem p = make_problem(n, n, 0, 0);
  double *phi = array((size_t)p.n), *rhs = array((size_t)p.n), *exact = array((size_t)p.n), mean;
  p.dx = h;
  for (int j = 0; j <= n; j++) p.w[j] = n * n;
  p.beta_x = array((size_t)((n + 1) * n));
  p.beta_y = array((size_t)((n + 1) * n));
  for (int j = 0; j <= n; j++)
    for (int i = 0; i <= n; i++) {
      const double x = i * h, y = j * h, xc = (i + 0.5) * h, yc = (j + 0.5) * h;
      if (j < n) p.beta_x[j * (n + 1) + i] = exp(a * sin(2 * pi * x) * sin(pi * yc) / 2);
      if (i < n) p.beta_y[j * n + i] = exp(a * sin(2 * pi * xc) * sin(pi * y) / 2);
      if (i == n || j == n) continue;
      const double beta = exp(a * sin(2 * pi * xc) * sin(pi * yc) / 2);
      const double gx = pi * cos(2 * pi * xc) * sin(pi * yc);
      const double gy = pi * sin(2 * pi * xc) * cos(pi * yc) / 2;
      const double f = cos(pi * xc) * cos(2 * pi * yc);
      const double fx = -pi * sin(pi * xc) * cos(2 * pi * yc);
      const double fy = -2 * pi * cos(pi * xc) * sin(2 * pi * yc);
      exact[j * n + i] = f;
      rhs[j * n + i] = beta * (-5 * pi * pi * f + a * (gx * fx + gy * fy));
    }
  struct assay_poisson *box = NULL;
  struct assay_varpoisson *v = NULL;
  assert_ok(assay_poisson_create(&box, n, n, h, h, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN));
  assert_ok(assay_varpoisson_create(&v, box, NULL));
  double *work = array(assay_varpoisson_work(v));
  const struct assay_varpoisson_problem problem = {rhs,  p.beta_x, p.beta_y, NULL,
                                                   1e-9, 500,      method};
  struct assay_varpoisson_result r;
  assert_ok(assay_varpoisson_solve(v, phi, &problem, work, &r));
  *iterations = r.iterations;
  for (int pass = 0; pass < 2; pass++) { /* both without their means */
    double *f = pass ? exact : phi;
    mean = 0;
    for (int c = 0; c < p.n; c++) mean += f[c] / p.n;
    for (int c = 0; c < p.n; c++) f[c] -= mean;
  }
  double sum = 0;
  for (int c = 0; c < p.n; c++) sum += (phi[c] - exact[c]) * (phi[c] - exact[c]);
  assay_free(work);
  assay_varpoisson_destroy(v);
  assay_poisson_destroy(box);
  assay_free(phi);
  assay_free(rhs);
  assay_free(exact);
  free_problem(&p);
  return sqrt(sum / (n * n));
}

static void error_falls_with_the_square_of_the_cell_size(void **state)
{
  (void)state;
  for (int m = 0; m < 2; m++) {
    int few, more, most;
    method = methods[m];
    const double coarse = smooth_error(32, 1000, &few), fine = smooth_error(64, 1000, &more);
    const double finest = smooth_error(128, 1000, &most);
    print_message("# method %d, ratio 1000: %d, %d, %d iterations\n", (int)method, few, more, most);
    assert_close(log2(coarse / fine), 2.0, 0, 0.2);
    assert_close(log2(fine / finest), 2.0, 0, 0.1);
    assert_true(most <= few + 5); /* not with the number of cells */
  }
  method = ASSAY_VARPOISSON_AUTO;
}

/* a drop of another density, as in two-phase flow */
static void drop(struct problem *p, double ratio)
{
  p->beta_x = array((size_t)((p->nx + 1) * p->ny));
  p->beta_y = array((size_t)(p->nx * (p->ny + 1)));
  for (int j = 0; j <= p->ny; j++)
    for (int i = 0; i <= p->nx; i++) {
      const double x = (double)i / p->nx - 0.47, y = (double)j / p->ny - 0.53;
      const double h = 0.5 / p->nx;
      const double a = x * x + (y + h) * (y + h), b = (x + h) * (x + h) + y * y;
      if (j < p->ny) p->beta_x[j * (p->nx + 1) + i] = a < 0.09 ? 1 : ratio;
      if (i < p->nx) p->beta_y[j * p->nx + i] = b < 0.09 ? 1 : ratio;
    }
}

static void check_iterations(int most)
{
  struct problem p = make_problem(64, 64, 0, 0);
  drop(&p, 1000);
  double *phi = array((size_t)p.n), *rhs = array((size_t)p.n);
  uint64_t seed = 2385;
  for (int c = 0; c < p.n; c++) rhs[c] = noise(&seed);
  const struct assay_varpoisson_result cold = solve(phi, rhs, &p, 1e-8);
  for (int c = 0; c < p.n; c++) rhs[c] += 1e-3 * noise(&seed);
  const struct assay_varpoisson_result warm = solve(phi, rhs, &p, 1e-8);
  const struct assay_varpoisson_result again = solve(phi, rhs, &p, 1e-8);
  print_message("# method %d, drop, ratio 1000: %d iterations cold, %d warm\n", (int)method,
                cold.iterations, warm.iterations);
  assert_in_range(cold.iterations, 5, most);
  assert_true(warm.iterations < cold.iterations);
  assert_int_equal(again.iterations, 0);
  assay_free(phi);
  assay_free(rhs);
  free_problem(&p);
}

static void iterations_are_few_and_fewer_from_a_good_start(void **state)
{
  (void)state;
  check_iterations(16); /* AUTO takes multigrid */
  method = ASSAY_VARPOISSON_DIRECT;
  check_iterations(100);
  method = ASSAY_VARPOISSON_AUTO;
}

static void uniform_coefficient_needs_one_iteration(void **state)
{
  (void)state;
  struct problem p = make_problem(24, 20, 8, 0);
  p.beta_x = array((size_t)((p.nx + 1) * p.ny));
  p.beta_y = array((size_t)(p.nx * (p.ny + 1)));
  for (int k = 0; k < (p.nx + 1) * p.ny; k++) p.beta_x[k] = 2.385;
  for (int k = 0; k < p.nx * (p.ny + 1); k++) p.beta_y[k] = 2.385;
  double *phi = array((size_t)p.n), *rhs = noise_array((size_t)p.n, 7, 0);
  assert_int_equal(solve(phi, rhs, &p, 1e-12).iterations, 1);
  assay_free(phi);
  assay_free(rhs);
  free_problem(&p);
}

static void too_few_iterations_are_reported(void **state)
{
  (void)state;
  struct problem p = make_problem(24, 20, 0, 0);
  drop(&p, 1000);
  struct plans s = make_plans(&p);
  struct assay_varpoisson_result r;
  double *phi = array((size_t)p.n), *rhs = noise_array((size_t)p.n, 7, 0);
  struct assay_varpoisson_problem problem = {rhs, p.beta_x, p.beta_y, NULL, 1e-10, 3};
  assert_fails(assay_varpoisson_solve(s.v, phi, &problem, s.work, &r), ASSAY_EDIVERGED,
               "after 3 iterations");
  assert_int_equal(r.iterations, 3);
  assert_true(r.residual > 1e-10 && r.residual < 10);
  problem.max_iterations = 500;
  problem.tolerance = 1e-40; /* beyond rounding: it gives up instead of going on */
  assert_fails(assay_varpoisson_solve(s.v, phi, &problem, s.work, &r), ASSAY_EDIVERGED,
               "not 1e-40");
  assert_true(r.residual < 1e-12);
  problem.tolerance = 1e-10;
  rhs[7] = (double)NAN;
  assert_fails(assay_varpoisson_solve(s.v, phi, &problem, s.work, &r), ASSAY_EDIVERGED, "nan");
  rhs[7] = 0.385;
  p.beta_x[2 * 25 + 3] = -23850;
  assert_fails(assay_varpoisson_solve(s.v, phi, &problem, s.work, &r), ASSAY_EARG,
               "coefficients around cell 50");
  free_plans(&s);
  assay_free(phi);
  assay_free(rhs);
  free_problem(&p);
}

static void foreign_plans_are_refused(void **state)
{
  (void)state;
  struct assay_poisson *a = NULL, *b = NULL;
  struct assay_capacitance *c = NULL;
  struct assay_varpoisson *v = NULL;
  assert_ok(assay_poisson_create(&a, 8, 5, 0.1, 0.1, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN));
  assert_ok(assay_helmholtz_create(&b, 8, 5, 0.1, 0.1, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN, 2.385));
  assert_ok(assay_capacitance_create(&c, a, NULL, 0, NULL, 0));
  assert_fails(assay_varpoisson_create(&v, b, NULL), ASSAY_EARG, "shift");
  assay_poisson_destroy(b);
  assert_ok(assay_poisson_create(&b, 8, 5, 0.1, 0.1, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN));
  assert_fails(assay_varpoisson_create(&v, b, c), ASSAY_EARG, "another box");
  assert_null(v);
  assay_capacitance_destroy(c);
  assay_poisson_destroy(a);
  assay_poisson_destroy(b);
}

struct equation {
  const double *rhs;
  const struct problem *p;
};

static void solve_equation(double *phi, const void *context)
{
  const struct equation *e = context;
  solve(phi, e->rhs, e->p, 1e-6);
}

static void bits_do_not_depend_on_the_instruction_set(void **state)
{
  (void)state;
  for (int k = -1; k < SHAPES; k++)
    for (int pair = 0; pair < PAIRS; pair++) {
      method = methods[pair % 2];
      struct problem p = make_problem(k % 2 ? 24 : 19, k % 2 ? 16 : 21, pair, 0);
      if (k >= 0) shape(&p, k);
      random_coefficients(&p, 238.5);
      double *rhs = noise_array((size_t)p.n, 99, 0);
      assert_same_bits(solve_equation, &(struct equation){rhs, &p}, (size_t)p.n);
      assay_free(rhs);
      free_problem(&p);
    }
  method = ASSAY_VARPOISSON_AUTO;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(residual_is_what_it_says),
      cmocka_unit_test(solution_is_that_of_the_dense_matrix),
      cmocka_unit_test(error_falls_with_the_square_of_the_cell_size),
      cmocka_unit_test(iterations_are_few_and_fewer_from_a_good_start),
      cmocka_unit_test(uniform_coefficient_needs_one_iteration),
      cmocka_unit_test(too_few_iterations_are_reported),
      cmocka_unit_test(foreign_plans_are_refused),
      cmocka_unit_test(bits_do_not_depend_on_the_instruction_set),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/varpoisson", tests, NULL, NULL);
}
