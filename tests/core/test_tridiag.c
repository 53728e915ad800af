#include "core/num/tridiag.h"
#include "tests/core/numbers.h"

static const int sizes[] = {1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 24, 31, 40, 64, 71};
enum { SIZES = sizeof sizes / sizeof *sizes };

struct system {
  double diag, off, first, last;
  int periodic;
};

/* implicit diffusion with its usual ends, others, and a periodic one; all dominant */
static const struct system systems[] = {
    {2.385, -0.6925, 2.385, 2.385, 0},   {2.385, -0.6925, 3.0775, 3.0775, 0},
    {2.385, -0.6925, 1.6925, 3.0775, 0}, {2.0471, -1.0, 1.0471, 3.0471, 0},
    {-5.17, 1.3, -4.9, -2.71, 0},        {2.385, -0.6925, 0, 0, 1},
    {2.000471, -1.0, 0, 0, 1},           {41.7, -20.3, 0, 0, 1},
};
enum { SYSTEMS = sizeof systems / sizeof *systems };

static struct assay_tridiag *make_plan(const struct system *s, int n)
{
  struct assay_tridiag *p = NULL;
  assert_ok(assay_tridiag_create(&p, n));
  if (s->periodic)
    assay_tridiag_set_periodic(p, s->diag, s->off);
  else
    assay_tridiag_set(p, s->diag, s->off, s->first, s->last);
  return p;
}

/* (A f)[i] for f with neighbours `step` apart */
static double row(const struct system *s, const double *f, ptrdiff_t step, int n, int i)
{
  double d = s->diag, sum = 0;
  if (!s->periodic && i == 0) d = s->first;
  if (!s->periodic && i == n - 1) d += s->last - s->diag;
  if (i > 0 || s->periodic) sum += s->off * f[(i + n - 1) % n * step];
  if (i < n - 1 || s->periodic) sum += s->off * f[(i + 1) % n * step];
  return d * f[i * step] + sum;
}

enum { GAP = 5, PAD = 8 };

/* arrays of `rows` x `columns` with GAP more in every row, PAD more around, all of these NaN */
static double *margined(int rows, int columns, uint64_t seed)
{
  const size_t size = (size_t)rows * (size_t)(columns + GAP) + 2 * PAD;
  double *a = array(size);
  for (size_t i = 0; i < size; i++) a[i] = (double)NAN;
  for (int j = 0; j < rows; j++)
    for (int i = 0; i < columns; i++) a[PAD + j * (columns + GAP) + i] = noise(&seed);
  return a;
}

static void check_margins(const double *a, int rows, int columns)
{
  const int size = rows * (columns + GAP);
  for (int i = -PAD; i < size + PAD; i++)
    if (i < 0 || i >= size || i % (columns + GAP) >= columns) assert_true(isnan(a[PAD + i]));
}

/* x: systems along rows; y: along columns. Solves into NaN, then in place, and checks both. */
static void check_solution(const struct system *s, int n, int lines, int along_x)
{
  const int rows = along_x ? lines : n, columns = along_x ? n : lines;
  const ptrdiff_t stride = columns + GAP, step = along_x ? 1 : stride, next = along_x ? stride : 1;
  struct assay_tridiag *p = make_plan(s, n);
  double *r = margined(rows, columns, 17), *f = margined(rows, columns, 4);
  void (*solve)(const struct assay_tridiag *, double *, const double *, int, ptrdiff_t) =
      along_x ? assay_tridiag_x : assay_tridiag_y;
  solve(p, f + PAD, r + PAD, lines, stride);
  check_margins(f, rows, columns);
  for (int l = 0; l < lines; l++)
    for (int i = 0; i < n; i++) {
      const double *line = f + PAD + l * next;
      const double scale = 4 * fabs(s->diag) * (1 + fabs(line[i * step]));
      assert_close(row(s, line, step, n, i), r[PAD + l * next + i * step], 0, 2e-15 * scale);
    }
  solve(p, r + PAD, r + PAD, lines, stride);
  check_margins(r, rows, columns);
  for (int j = 0; j < rows; j++)
    assert_memory_equal(r + PAD + j * stride, f + PAD + j * stride,
                        (size_t)columns * sizeof(double));
  assay_free(r);
  assay_free(f);
  assay_tridiag_destroy(p);
}

static void equations_hold_in_both_directions(void **state)
{
  (void)state;
  for (int s = 0; s < SYSTEMS; s++)
    for (int k = 0; k < SIZES; k++)
      for (int l = 0; l < SIZES; l++)
        for (int along_x = 0; along_x < 2; along_x++)
          check_solution(&systems[s], sizes[k], sizes[l], along_x);
  for (int s = 0; s < SYSTEMS; s++) check_solution(&systems[s], 256 - GAP, 18, 1);
}

/* (diag + 2 off cos(pi k / (n + 1))) sin(pi k (i+1) / (n+1)) and the like for the other ends */
static void discrete_modes_are_divided_by_their_eigenvalue(void **state)
{
  (void)state;
  const double pi = 3.14159265358979323846, diag = 3.77, off = -1.41;
  const int n = 40;
  for (int ends = 0; ends < 4; ends++) {
    const double end = ends == 0 ? diag : ends == 1 ? diag - off : diag + off;
    const struct system s = {diag, off, end, end, ends == 3};
    struct assay_tridiag *p = make_plan(&s, n);
    for (int k = 1; k < n; k += 6) {
      const double a = ends == 0 ? pi * k / (n + 1) : ends == 3 ? 2 * pi * k / n : pi * k / n;
      double f[40], r[40];
      for (int i = 0; i < n; i++)
        r[i] = ends == 0 ? sin(a * (i + 1)) : ends == 1 ? sin(a * (i + 0.5)) : cos(a * (i + 0.5));
      assay_tridiag_x(p, f, r, 1, n);
      for (int i = 0; i < n; i++) assert_close(f[i], r[i] / (diag + 2 * off * cos(a)), 0, 1e-14);
    }
    assay_tridiag_destroy(p);
  }
}

static void bits_depend_on_the_line_only(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  const int n = 29, lines = 83;
  for (int s = 0; s < SYSTEMS; s++) {
    double *r = margined(n, lines, 99), *first = margined(n, lines, 3), *turned = array(29 * 83);
    const ptrdiff_t stride = lines + GAP;
    struct assay_tridiag *plan = make_plan(&systems[s], n);
    assay_tridiag_y(plan, first + PAD, r + PAD, lines, stride);
    assay_tridiag_destroy(plan);
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (!assay_isa_available((enum assay_isa)isa)) continue;
      assert_ok(assay_isa_force((enum assay_isa)isa));
      struct assay_tridiag *p = make_plan(&systems[s], n);
      double *f = margined(n, lines, 5);
      assay_tridiag_y(p, f + PAD + 6, r + PAD + 6, lines - 6, stride);
      for (int i = 0; i < n; i++)
        assert_memory_equal(f + PAD + i * stride + 6, first + PAD + i * stride + 6,
                            (size_t)(lines - 6) * sizeof(double));
      for (int i = 0; i < n; i++)
        for (int l = 0; l < lines; l++) turned[l * n + i] = r[PAD + i * stride + l];
      assay_tridiag_x(p, turned, turned, lines, n);
      for (int i = 0; i < n; i++)
        for (int l = 0; l < lines; l++)
          assert_true(turned[l * n + i] == first[PAD + i * stride + l]);
      assay_free(f);
      assay_tridiag_destroy(p);
    }
    assert_ok(assay_isa_force(before));
    assay_free(r);
    assay_free(first);
    assay_free(turned);
  }
}

static void impossible_size_is_refused(void **state)
{
  (void)state;
  struct assay_tridiag *p = NULL;
  assert_fails(assay_tridiag_create(&p, 0), ASSAY_EARG, "0 unknowns");
  assert_null(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equations_hold_in_both_directions),
      cmocka_unit_test(discrete_modes_are_divided_by_their_eigenvalue),
      cmocka_unit_test(bits_depend_on_the_line_only),
      cmocka_unit_test(impossible_size_is_refused),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/tridiag", tests, NULL, NULL);
}
