#include "core/num/capacitance.h"
#include "tests/core/box.h"

static int solve(double *phi, const double *rhs, const struct problem *p)
{
  struct assay_capacitance_face *faces = NULL;
  struct assay_capacitance_cell *cells = NULL;
  struct assay_capacitance *plan = NULL;
  int n_cells;
  assert_ok(ASSAY_NEW(&faces, 2 * (size_t)p->n, "test"));
  assert_ok(ASSAY_NEW(&cells, (size_t)p->n, "test"));
  const int n_faces = list(p, faces, cells, &n_cells);
  struct assay_poisson *box = make_plan(p);
  assert_ok(assay_capacitance_create(&plan, box, faces, n_faces, cells, n_cells));
  const size_t n = (size_t)p->n, nwork = assay_capacitance_work(plan);
  const int rank = assay_capacitance_rank(plan);
  assert_true(rank <= n_faces + n_cells);
  double *out = watched(n), *work = watched(nwork);
  assay_capacitance_solve(plan, out, rhs, work);
  memcpy(phi, out, n * sizeof *phi);
  memcpy(out, rhs, n * sizeof *rhs);
  assay_capacitance_solve(plan, out, out, work);
  assert_memory_equal(phi, out, n * sizeof *phi);
  unwatch(out, n);
  unwatch(work, nwork);
  assay_capacitance_destroy(plan);
  assay_poisson_destroy(box);
  assay_free(faces);
  assay_free(cells);
  return rank;
}

static void check_residual(const struct problem *p, const char *what)
{
  const size_t n = (size_t)p->n;
  double *phi = array(n), *rhs = noise_array(n, 4711 + n, 0.385);
  double left, scale, most = 0, worst = 0;
  const int rank = solve(phi, rhs, p);
  project(p, rhs, &left);
  for (int c = 0; c < p->n; c++) {
    const double b = p->vol[c / p->nx] * rhs[c];
    worst = fmax(worst, fabs(operator_at(p, phi, c, &scale) - b));
    most = fmax(most, fmax(scale, fabs(b)));
  }
  if (!(worst <= 1e-13 * most))
    fail_msg("%s, %d x %d, %d %d, rank %d: residual %g of %g", what, p->nx, p->ny, (int)p->x,
             (int)p->y, rank, worst, most);
  const double largest = max_abs(phi, n);
  project(p, phi, &left);
  if (!(left <= 1e-14 * largest)) fail_msg("%s: mean %g of %g", what, left, largest);
  assay_free(phi);
  assay_free(rhs);
}

static const int sizes[][2] = {{1, 1}, {2, 1}, {1, 7}, {5, 6}, {16, 16}, {13, 17}, {24, 40}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void residual_is_at_rounding_level(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int k = 0; k < SHAPES; k++)
      for (int pair = 0; pair < PAIRS; pair++) {
        if (!possible(sizes[s][0], sizes[s][1], pair)) continue;
        char what[32];
        snprintf(what, sizeof what, "shape %d", k);
        struct problem p = make_problem(sizes[s][0], sizes[s][1], pair, 0);
        shape(&p, k);
        check_residual(&p, what);
        free_problem(&p);
      }
}

static void rows_of_any_height_do_too(void **state)
{
  (void)state;
  for (int s = 0; s < SIZES; s++)
    for (int k = 0; k < SHAPES; k++)
      for (int pair = 0; pair < PAIRS; pair++) {
        if (y_condition(pair) == ASSAY_BC_PERIODIC || !possible(sizes[s][0], sizes[s][1], pair))
          continue;
        struct problem p = make_problem(sizes[s][0], sizes[s][1], pair, 1);
        if (k % 2) p.w[0] = 0; /* an axis */
        shape(&p, k);
        check_residual(&p, "lines");
        free_problem(&p);
      }
}

static void solution_is_that_of_the_dense_matrix(void **state)
{
  (void)state;
  const int nx = 9, ny = 12, n = nx * ny;
  for (int k = 0; k < SHAPES; k++)
    for (int pair = 0; pair < PAIRS; pair++) {
      struct problem p = make_problem(nx, ny, pair, 0);
      shape(&p, k);
      double *a = array((size_t)(n * n)), *x = noise_array((size_t)n, 99, 0);
      double *phi = array((size_t)n), left;
      solve(phi, x, &p);
      project(&p, x, &left);
      dense_matrix(a, &p);
      dense_solve(a, x, n);
      const double most = max_abs(x, (size_t)n);
      for (int c = 0; c < n; c++) assert_close(phi[c], x[c], 0, 1e-12 * most);
      assay_free(a);
      assay_free(x);
      assay_free(phi);
      free_problem(&p);
    }
}

/* zero rhs in a solid: phi is zero there, bit by bit, and outside it does not see what is inside */
static void pockets_of_zeros_stay_zero(void **state)
{
  (void)state;
  for (int pair = 0; pair < PAIRS; pair++) {
    struct problem p = make_problem(24, 20, pair, 0);
    shape(&p, 0);
    double *phi = array((size_t)p.n), *rhs = array((size_t)p.n), *other = array((size_t)p.n);
    uint64_t seed = 2385;
    for (int c = 0; c < p.n; c++)
      rhs[c] = solid_disc(c % 24, c / 24, 24, 20) ? 0 : 0.385 + noise(&seed);
    solve(phi, rhs, &p);
    for (int c = 0; c < p.n; c++)
      if (solid_disc(c % 24, c / 24, 24, 20)) {
        assert_true(phi[c] >= 0 && phi[c] <= 0);
        rhs[c] = noise(&seed);
      }
    solve(other, rhs, &p);
    for (int c = 0; c < p.n; c++)
      if (!solid_disc(c % 24, c / 24, 24, 20)) assert_close(other[c], phi[c], 1e-12, 1e-13);
    assay_free(phi);
    assay_free(rhs);
    assay_free(other);
    free_problem(&p);
  }
}

/* the bridge of a pocket and faces without a change cost nothing */
static void rank_is_that_of_the_changes(void **state)
{
  (void)state;
  struct problem p = make_problem(16, 16, 0, 0);
  double *phi = array(256), *rhs = array(256);
  assert_int_equal(solve(phi, rhs, &p), 0);
  const int c = 5 * 16 + 7;
  p.east[c] = p.north[c] = p.north[c - 16] = 0;
  assert_int_equal(solve(phi, rhs, &p), 3);
  p.east[c - 1] = 0; /* now it is a pocket */
  assert_int_equal(solve(phi, rhs, &p), 3);
  p.diagonal[c] = -23.85; /* now it holds its constant, but the box does not */
  assert_int_equal(solve(phi, rhs, &p), 4);
  p.diagonal[0] = -23.85;
  assert_int_equal(solve(phi, rhs, &p), 6);
  assay_free(phi);
  assay_free(rhs);
  free_problem(&p);
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
  for (int k = 0; k < SHAPES; k++)
    for (int pair = 0; pair < PAIRS; pair++) {
      const int lines = y_condition(pair) != ASSAY_BC_PERIODIC && pair % 2;
      struct problem p = make_problem(k % 2 ? 24 : 19, k % 2 ? 32 : 21, pair, lines);
      shape(&p, k);
      double *rhs = noise_array((size_t)p.n, 99, 0);
      assert_same_bits(solve_equation, &(struct equation){rhs, &p}, (size_t)p.n);
      assay_free(rhs);
      free_problem(&p);
    }
}

static void impossible_changes_are_refused(void **state)
{
  (void)state;
  const struct {
    struct assay_capacitance_face f;
    struct assay_capacitance_cell c;
    const char *text;
  } rows[] = {
      {{3, 5, 0}, {0, -1}, "cells 3 and 5 are no neighbours"},
      {{7, 8, 0}, {0, -1}, "cells 7 and 8 are no neighbours"},
      {{40, 0, 0}, {0, -1}, "cells 40 and 0"},
      {{3, 4, -0.385}, {0, -1}, "factor -0.385 between cells 3 and 4"},
      {{3, 4, 2.385}, {0, -1}, "factor 2.385"},
      {{3, 4, 0}, {40, -1}, "cell 40 of 40"},
      {{3, 4, 0}, {7, 2.385}, "2.385 added to the diagonal of cell 7"},
      {{19, 18, 0}, {0, -1}, "cell 18 twice"},
  };
  struct problem p = make_problem(8, 5, 0, 0);
  struct assay_poisson *box = make_plan(&p);
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    struct assay_capacitance *c = NULL;
    const struct assay_capacitance_face faces[] = {{18, 19, 0.5}, rows[r].f};
    assert_fails(assay_capacitance_create(&c, box, faces, 2, &rows[r].c, 1), ASSAY_EARG,
                 rows[r].text);
    assert_null(c);
  }
  assay_poisson_destroy(box);
  free_problem(&p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(residual_is_at_rounding_level),
      cmocka_unit_test(rows_of_any_height_do_too),
      cmocka_unit_test(solution_is_that_of_the_dense_matrix),
      cmocka_unit_test(pockets_of_zeros_stay_zero),
      cmocka_unit_test(rank_is_that_of_the_changes),
      cmocka_unit_test(bits_do_not_depend_on_the_instruction_set),
      cmocka_unit_test(impossible_changes_are_refused),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/capacitance", tests, NULL, NULL);
}
