#include "core/base/mem.h"
#include "core/num/capacitance.h"
#include "core/num/isa.h"
#include "tests/test.h"

enum { CONDITIONS = 5, PAIRS = CONDITIONS * CONDITIONS, SHAPES = 6 };

/* uniform in (-1, 1) */
static double noise(uint64_t *seed)
{
  *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(int64_t)*seed / 9223372036854775808.0;
}

static double *array(size_t n)
{
  double *a = NULL;
  assert_ok(ASSAY_NEW(&a, n, "test"));
  return a;
}

/* A grid and what is changed of it. east, north: factors of the faces on these sides of a cell;
 * diagonal: what is added. */
struct problem {
  int nx, ny, n;
  double dx, *vol, *w;
  enum assay_bc x, y;
  double *east, *north, *diagonal;
  int lines; /* rows of their own height, else of dy = 0.0523 */
};

static struct problem make_problem(int nx, int ny, int pair, int lines)
{
  struct problem p = {.nx = nx, .ny = ny, .n = nx * ny, .dx = 0.0371, .lines = lines};
  uint64_t seed = 2385;
  p.x = (enum assay_bc)(pair % CONDITIONS);
  p.y = (enum assay_bc)(pair / CONDITIONS);
  p.vol = array((size_t)ny);
  p.w = array((size_t)ny + 1);
  p.east = array((size_t)p.n);
  p.north = array((size_t)p.n);
  p.diagonal = array((size_t)p.n);
  for (int j = 0; j < ny; j++) p.vol[j] = lines ? 0.0523 * (1.4 + noise(&seed)) : 1;
  for (int j = 0; j <= ny; j++)
    p.w[j] = lines ? 23.85 * (1.2 + noise(&seed)) : 1 / (0.0523 * 0.0523);
  for (int c = 0; c < p.n; c++) p.east[c] = p.north[c] = 1;
  return p;
}

static void free_problem(struct problem *p)
{
  assay_free(p->vol);
  assay_free(p->w);
  assay_free(p->east);
  assay_free(p->north);
  assay_free(p->diagonal);
}

static int value_is_zero(enum assay_bc bc, int upper)
{
  return bc == ASSAY_BC_DIRICHLET ||
         bc == (upper ? ASSAY_BC_NEUMANN_DIRICHLET : ASSAY_BC_DIRICHLET_NEUMANN);
}

/* Neighbour of c: 0 east, 1 west, 2 north, 3 south; -1 outside. *link: of the face times its
 * factor; outside twice the link where the value is zero, else 0. */
static int neighbour(const struct problem *p, int c, int side, double *link)
{
  const int along_y = side >= 2, up = side % 2 == 0, i = c % p->nx, j = c / p->nx;
  const int at = along_y ? j : i, n = along_y ? p->ny : p->nx, step = along_y ? p->nx : 1;
  const enum assay_bc bc = along_y ? p->y : p->x;
  int to = c + (up ? step : -step);
  *link = along_y ? p->w[up ? j + 1 : j] : p->vol[j] / (p->dx * p->dx);
  if (at == (up ? n - 1 : 0)) {
    if (bc == ASSAY_BC_PERIODIC)
      to = c + (up ? -(n - 1) * step : (n - 1) * step);
    else {
      *link *= value_is_zero(bc, up) ? 2 : 0;
      return -1;
    }
  }
  *link *= (along_y ? p->north : p->east)[up ? c : to];
  return to;
}

/* (V L' phi)[c] */
static double operator_at(const struct problem *p, const double *phi, int c, double *scale)
{
  double s = p->vol[c / p->nx] * p->diagonal[c] * phi[c];
  *scale = fabs(s);
  for (int side = 0; side < 4; side++) {
    double link;
    const int to = neighbour(p, c, side, &link);
    s += link * ((to < 0 ? 0 : phi[to]) - phi[c]);
    *scale += link * fabs(phi[c]) + (to < 0 ? 0 : link * fabs(phi[to]));
  }
  return s;
}

/* Mark the part of cell c with k; returns whether something holds its constant. */
static int flood(const struct problem *p, int *mark, int c, int k)
{
  int *stack = NULL, top = 0, held = 0;
  assert_ok(ASSAY_NEW(&stack, (size_t)p->n, "test"));
  mark[c] = k;
  stack[top++] = c;
  while (top > 0) {
    const int at = stack[--top];
    held |= p->diagonal[at] < 0;
    for (int side = 0; side < 4; side++) {
      double link;
      const int to = neighbour(p, at, side, &link);
      if (!(link > 0)) continue;
      if (to < 0) held = 1;
      if (to < 0 || mark[to]) continue;
      mark[to] = k;
      stack[top++] = to;
    }
  }
  assay_free(stack);
  return held;
}

/* Take the means off `x` in all parts that are not held; returns the number of parts. means: of x
 */
static int project(const struct problem *p, double *x, double *largest)
{
  int *mark = NULL, parts = 0;
  *largest = 0;
  assert_ok(ASSAY_NEW(&mark, (size_t)p->n, "test"));
  for (int c = 0; c < p->n; c++) {
    if (mark[c]) continue;
    const int held = flood(p, mark, c, ++parts);
    double sum = 0, total = 0;
    for (int i = 0; i < p->n && !held; i++)
      if (mark[i] == parts) sum += p->vol[i / p->nx] * x[i], total += p->vol[i / p->nx];
    for (int i = 0; i < p->n && !held; i++)
      if (mark[i] == parts) x[i] -= sum / total;
    if (!held) *largest = fmax(*largest, fabs(sum / total));
  }
  assay_free(mark);
  return parts;
}

static struct assay_poisson *make_plan(const struct problem *p)
{
  struct assay_poisson *plan = NULL;
  const struct assay_poisson_lines l = {p->nx, p->ny, p->dx, p->vol, p->w, NULL, p->x, p->y, 0};
  if (p->lines)
    assert_ok(assay_poisson_lines_create(&plan, &l));
  else
    assert_ok(assay_poisson_create(&plan, p->nx, p->ny, p->dx, 0.0523, p->x, p->y));
  return plan;
}

/* everything that is not as in the box */
static int list(const struct problem *p, struct assay_capacitance_face *faces,
                struct assay_capacitance_cell *cells, int *n_cells)
{
  int n = 0;
  *n_cells = 0;
  for (int c = 0; c < p->n; c++) {
    double link;
    const int east = neighbour(p, c, 0, &link), north = neighbour(p, c, 2, &link);
    if (p->east[c] < 1 && east >= 0)
      faces[n++] = c % 2 ? (struct assay_capacitance_face){c, east, p->east[c]}
                         : (struct assay_capacitance_face){east, c, p->east[c]};
    if (p->north[c] < 1 && north >= 0)
      faces[n++] = (struct assay_capacitance_face){c, north, p->north[c]};
    if (p->diagonal[c] < 0)
      cells[(*n_cells)++] = (struct assay_capacitance_cell){c, p->diagonal[c]};
  }
  return n;
}

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
  double *out = array(n + 16), *work = array(nwork + 8);
  for (size_t i = 0; i < n + 16; i++) out[i] = i < 8 || i >= n + 8 ? 8.125 : (double)NAN;
  for (size_t i = 0; i < nwork + 8; i++) work[i] = i < nwork ? (double)NAN : 8.125;
  assay_capacitance_solve(plan, out + 8, rhs, work);
  for (size_t i = 0; i < 8; i++)
    assert_true(out[i] == 8.125 && out[n + 8 + i] == 8.125 && work[nwork + i] == 8.125);
  memcpy(phi, out + 8, n * sizeof *phi);
  memcpy(out + 8, rhs, n * sizeof *rhs);
  assay_capacitance_solve(plan, out + 8, out + 8, work);
  assert_memory_equal(phi, out + 8, n * sizeof *phi);
  assay_capacitance_destroy(plan);
  assay_poisson_destroy(box);
  assay_free(faces);
  assay_free(cells);
  assay_free(out);
  assay_free(work);
  return rank;
}

static int solid_disc(int i, int j, int nx, int ny)
{
  const double x = (i + 0.5) / nx - 0.43, y = (j + 0.5) / ny - 0.55;
  return x * x + y * y < 0.25 * 0.25;
}

/* close all faces between cells where inside differs, and leave cut ones */
static void enclose(struct problem *p, int (*inside)(int, int, int, int), double factor)
{
  for (int c = 0; c < p->n; c++) {
    const int i = c % p->nx, j = c / p->nx, here = inside(i, j, p->nx, p->ny);
    if (i < p->nx - 1 && inside(i + 1, j, p->nx, p->ny) != here) p->east[c] = factor;
    if (j < p->ny - 1 && inside(i, j + 1, p->nx, p->ny) != here) p->north[c] = factor;
  }
}

static int solid_ring(int i, int j, int nx, int ny)
{
  const double x = (i + 0.5) / nx - 0.5, y = (j + 0.5) / ny - 0.5, r = x * x + y * y;
  return r < 0.4 * 0.4 && r > 0.2 * 0.2;
}

static int solid_corner(int i, int j, int nx, int ny)
{
  return i < nx / 3 && j < ny / 3;
}

static int solid_pillars(int i, int j, int nx, int ny)
{
  return (i * 7 / nx) % 2 && (j * 5 / ny) % 2;
}

/* obstacle number k, with noise of its own */
static void shape(struct problem *p, int k)
{
  uint64_t seed = 815 + (uint64_t)k;
  switch (k) {
  case 0:
    enclose(p, solid_disc, 0);
    break;
  case 1:
    enclose(p, solid_ring, 0);
    break;
  case 2: /* a side that is half open */
    enclose(p, solid_corner, 0);
    for (int j = p->ny / 2; j < p->ny; j++) p->diagonal[j * p->nx] = -2 / (p->dx * p->dx);
    break;
  case 3:
    enclose(p, solid_pillars, 0.385);
    break;
  case 4: /* cut and closed faces, changed cells, all over the place */
    for (int c = 0; c < p->n; c++) {
      const double a = noise(&seed), b = noise(&seed), d = noise(&seed);
      if (a < -0.6) p->east[c] = a < -0.8 ? 0 : (a + 0.8) * 5;
      if (b < -0.6) p->north[c] = b < -0.8 ? 0 : (b + 0.8) * 5;
      if (d < -0.97) p->diagonal[c] = 1000 * d;
    }
    break;
  default: /* a wall of single faces with a hole, and a closed cell */
    for (int j = 0; j < p->ny; j++)
      if (j != p->ny / 3) p->east[j * p->nx + p->nx / 2] = 0;
    if (p->nx > 4 && p->ny > 4) {
      const int c = 2 * p->nx + 2;
      p->east[c] = p->east[c - 1] = p->north[c] = p->north[c - p->nx] = 0;
    }
    break;
  }
}

static void check_residual(const struct problem *p, const char *what)
{
  const size_t n = (size_t)p->n;
  double *phi = array(n), *rhs = array(n), left, scale, most = 0, worst = 0;
  uint64_t seed = 4711 + n;
  for (size_t i = 0; i < n; i++) rhs[i] = noise(&seed) + 0.385;
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
  double largest = 0;
  for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(phi[i]));
  project(p, phi, &left);
  if (!(left <= 1e-14 * largest)) fail_msg("%s: mean %g of %g", what, left, largest);
  assay_free(phi);
  assay_free(rhs);
}

static const int sizes[][2] = {{1, 1}, {2, 1}, {1, 7}, {5, 6}, {16, 16}, {13, 17}, {24, 40}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static int possible(int nx, int ny, int pair)
{
  return (nx > 2 || pair % CONDITIONS != ASSAY_BC_PERIODIC) &&
         (ny > 2 || pair / CONDITIONS != ASSAY_BC_PERIODIC);
}

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
        if (pair / CONDITIONS == ASSAY_BC_PERIODIC || !possible(sizes[s][0], sizes[s][1], pair))
          continue;
        struct problem p = make_problem(sizes[s][0], sizes[s][1], pair, 1);
        if (k % 2) p.w[0] = 0; /* an axis */
        shape(&p, k);
        check_residual(&p, "lines");
        free_problem(&p);
      }
}

/* Elimination with row pivoting of the dense matrix, destroyed; x: rhs in, solution out. */
static void dense_solve(double *a, double *x, int n)
{
  for (int k = 0; k < n; k++) {
    int best = k;
    for (int i = k; i < n; i++)
      if (fabs(a[i * n + k]) > fabs(a[best * n + k])) best = i;
    for (int j = 0; j < n; j++) {
      const double t = a[k * n + j];
      a[k * n + j] = a[best * n + j], a[best * n + j] = t;
    }
    const double t = x[k];
    x[k] = x[best], x[best] = t;
    for (int i = k + 1; i < n; i++) {
      const double f = a[i * n + k] / a[k * n + k];
      for (int j = k; j < n; j++) a[i * n + j] -= f * a[k * n + j];
      x[i] -= f * x[k];
    }
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int j = i + 1; j < n; j++) x[i] -= a[i * n + j] * x[j];
    x[i] /= a[i * n + i];
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
      double *a = array((size_t)(n * n)), *x = array((size_t)n), *phi = array((size_t)n);
      double *unit = array((size_t)n), scale, left, most = 0;
      uint64_t seed = 99;
      for (int c = 0; c < n; c++) x[c] = noise(&seed);
      solve(phi, x, &p);
      project(&p, x, &left);
      for (int c = 0; c < n; c++) {
        unit[c] = 1;
        for (int r = 0; r < n; r++) a[r * n + c] = operator_at(&p, unit, r, &scale);
        /* x x^T of the constants of parts that are not held makes it regular */
        project(&p, unit, &left);
        if (left > 0)
          for (int r = 0; r < n; r++) a[r * n + c] += 238.5 * ((r == c) - unit[r]);
        memset(unit, 0, (size_t)n * sizeof *unit);
      }
      dense_solve(a, x, n);
      for (int c = 0; c < n; c++) most = fmax(most, fabs(x[c]));
      for (int c = 0; c < n; c++) assert_close(phi[c], x[c], 0, 1e-12 * most);
      assay_free(a);
      assay_free(x);
      assay_free(phi);
      assay_free(unit);
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

static void bits_do_not_depend_on_the_instruction_set(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  for (int k = 0; k < SHAPES; k++)
    for (int pair = 0; pair < PAIRS; pair++) {
      const int lines = pair / CONDITIONS != ASSAY_BC_PERIODIC && pair % 2;
      struct problem p = make_problem(k % 2 ? 24 : 19, k % 2 ? 32 : 21, pair, lines);
      shape(&p, k);
      const size_t n = (size_t)p.n;
      double *phi = array(n), *base = array(n), *rhs = array(n);
      uint64_t seed = 99;
      for (size_t i = 0; i < n; i++) rhs[i] = noise(&seed);
      for (int isa = 0; isa < assay_isa_count(); isa++) {
        if (!assay_isa_available((enum assay_isa)isa)) continue;
        assert_ok(assay_isa_force((enum assay_isa)isa));
        solve(isa ? phi : base, rhs, &p);
        if (isa) assert_memory_equal(phi, base, n * sizeof *phi);
      }
      assay_free(phi);
      assay_free(base);
      assay_free(rhs);
      free_problem(&p);
    }
  assert_ok(assay_isa_force(before));
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

static void nothing_is_leaked(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
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
