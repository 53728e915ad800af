#include "core/base/mem.h"
#include "core/num/multigrid.h"
#include "tests/core/numbers.h"

enum { CELLS_MAX = 64 * 64 };

struct grid {
  struct assay_multigrid m;
  double *work;
  int nx, ny;
};

enum { HELD = 1, JUMPS = 2, AROUND_X = 4, AROUND_Y = 8, KINDS = 16 };

/* Weights of a grid with value zero on its left side (HELD), and for a disc of 1000 times the
 * density (JUMPS; a face has the coefficient of the mean density). */
static struct grid make_grid(int nx, int ny, int kind)
{
  struct grid g = {.nx = nx, .ny = ny};
  double rho[CELLS_MAX];
  assert_ok(ASSAY_NEW(&g.work, assay_multigrid_work(nx, ny) + 1, "test"));
  for (size_t i = 0; i < assay_multigrid_work(nx, ny); i++) g.work[i] = (double)NAN;
  g.work[assay_multigrid_work(nx, ny)] = 8.125;
  assay_multigrid_lay_out(&g.m, nx, ny, !!(kind & AROUND_X), !!(kind & AROUND_Y), assay_isa(),
                          g.work);
  const struct assay_multigrid_level *l = &g.m.level[0];
  for (int k = 0; k < nx * ny; k++) {
    const double x = (k % nx + 0.5) / nx - 0.43, y = (k / nx + 0.5) / ny - 0.55;
    rho[k] = kind & JUMPS && x * x + y * y < 0.09 ? 1000 : 1;
  }
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++) {
      const int inside = (i > 0 && i < nx) || kind & AROUND_X;
      const double sum = rho[j * nx + i % nx] + rho[j * nx + (i + nx - 1) % nx];
      l->east[j * l->stride + i] = inside ? 2 / sum : 0;
    }
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i < nx; i++) {
      const int inside = (j > 0 && j < ny) || kind & AROUND_Y;
      const double sum = rho[j % ny * nx + i] + rho[(j + ny - 1) % ny * nx + i];
      l->north[j * l->stride + i] = inside ? 2 / sum : 0;
    }
  for (int j = 0; j < ny && kind & HELD; j++) l->extra[(ptrdiff_t)j * l->stride] = 2 / rho[j * nx];
  assay_multigrid_prepare(&g.m);
  return g;
}

static void free_grid(struct grid *g)
{
  assert_true(g->work[assay_multigrid_work(g->nx, g->ny)] == 8.125);
  assay_free(g->work);
}

static void cycle(double *x, struct grid *g, const double *b)
{
  struct assay_multigrid_level *l = &g->m.level[0];
  for (int j = 0; j < g->ny; j++)
    memcpy(l->b + (ptrdiff_t)j * l->stride, b + j * g->nx, (size_t)g->nx * sizeof *b);
  assay_multigrid_cycle(&g->m);
  for (int j = 0; j < g->ny; j++)
    memcpy(x + j * g->nx, l->x + (ptrdiff_t)j * l->stride, (size_t)g->nx * sizeof *x);
}

/* A x by the definition */
static void operate(double *out, const struct grid *g, const double *x)
{
  const struct assay_multigrid_level *l = &g->m.level[0];
  const int nx = g->nx, ny = g->ny;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const ptrdiff_t at = (ptrdiff_t)j * l->stride + i;
      const double e[4] = {l->east[at + 1], l->east[at], l->north[at + l->stride], l->north[at]};
      const double f[4] = {x[j * nx + (i + 1) % nx], x[j * nx + (i + nx - 1) % nx],
                           x[(j + 1) % ny * nx + i], x[(j + ny - 1) % ny * nx + i]};
      const double c = x[j * nx + i];
      out[j * nx + i] = l->extra[at] * c;
      for (int s = 0; s < 4; s++) out[j * nx + i] += e[s] * (c - f[s]);
    }
}

static double dot(const double *a, const double *b, int n)
{
  double s = 0;
  for (int i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

static void remove_mean(double *a, int n)
{
  double mean = 0;
  for (int i = 0; i < n; i++) mean += a[i] / n;
  for (int i = 0; i < n; i++) a[i] -= mean;
}

/* noise of zero sum, which every A can answer */
static void fill(double *a, int n, uint64_t seed)
{
  for (int i = 0; i < n; i++) a[i] = noise(&seed);
  remove_mean(a, n);
}

static const int sizes[][2] = {{2, 1},   {1, 9},   {7, 1},   {2, 2},
                               {16, 16}, {13, 17}, {40, 12}, {64, 64}};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* what conjugate gradients ask of a preconditioner */
static void cycle_is_symmetric_and_positive(void **state)
{
  (void)state;
  static double a[CELLS_MAX], b[CELLS_MAX], x[CELLS_MAX], y[CELLS_MAX];
  for (int s = 0; s < SIZES; s++)
    for (int kind = 0; kind < KINDS; kind++) {
      struct grid g = make_grid(sizes[s][0], sizes[s][1], kind);
      const int n = g.nx * g.ny;
      fill(a, n, 4711);
      fill(b, n, 815);
      cycle(x, &g, a);
      cycle(y, &g, b);
      const double scale = sqrt(dot(a, a, n) * dot(y, y, n));
      if (!(fabs(dot(a, y, n) - dot(b, x, n)) <= 1e-12 * scale))
        fail_msg("%d x %d kind %d: %g %g", g.nx, g.ny, kind, dot(a, y, n), dot(b, x, n));
      assert_true(dot(a, x, n) > 0);
      free_grid(&g);
    }
}

/* factor by which a cycle reduces the error in the norm of A, once only the slowest part is left */
static double reduction(struct grid *g, int held)
{
  static double x[CELLS_MAX], r[CELLS_MAX], z[CELLS_MAX];
  const int n = g->nx * g->ny;
  double factor = 0;
  fill(x, n, 2385);
  for (int k = 0; k < 40; k++) {
    operate(r, g, x);
    const double before = sqrt(dot(x, r, n));
    cycle(z, g, r);
    for (int i = 0; i < n; i++) x[i] = (x[i] - z[i]) / before;
    if (!held) remove_mean(x, n); /* that is no error */
    operate(r, g, x);
    factor = sqrt(dot(x, r, n));
  }
  return factor;
}

static void errors_shrink_alike_on_all_grids(void **state)
{
  (void)state;
  for (int kind = 0; kind < KINDS; kind++)
    for (int n = 16; n <= 64; n *= 2) {
      if (kind & HELD && kind & AROUND_X) continue; /* held in the middle of the grid: no side */
      struct grid g = make_grid(n, n, kind);
      const double factor = reduction(&g, kind & HELD);
      print_message("# kind %d, %d x %d: %.3f\n", kind, n, n, factor);
      assert_true(factor < 0.45);
      free_grid(&g);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cycle_is_symmetric_and_positive),
      cmocka_unit_test(errors_shrink_alike_on_all_grids),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/multigrid", tests, NULL, NULL);
}
