/* Dimensional analysis: groups of classical problems, exact whatever the units, and laws found with
 * the help of units, without them, and in spite of hidden constants. */
#include "baselines/symbolic/buckingham.h"
#include "datasets/dimension.h"
#include "tests/baselines/symbolic/laws.h"

enum { MOST = 8 };

/* dim [n + 1, 7] of units separated by commas, the target last; returns n */
static int units(double *dim, const char *text)
{
  char copy[200], *at = copy;
  int n = 0;
  snprintf(copy, sizeof copy, "%s", text);
  for (char *unit; (unit = strsep(&at, ","));) {
    struct assay_dimension d;
    assert_ok(assay_dimension_parse(&d, unit));
    memcpy(dim + n++ * ASSAY_SR_DIMS, d.e, sizeof d.e);
  }
  return n - 1;
}

static void find(struct assay_sr_groups *g, const char *text)
{
  double dim[(MOST + 1) * ASSAY_SR_DIMS];
  assert_ok(assay_sr_groups_find(g, dim, NULL, units(dim, text)));
}

static void assert_prefactor(const struct assay_sr_groups *g, int which, const double *expected)
{
  for (int j = 0; j < g->n_vars; j++) assert_close(g->prefactor[which][j], expected[j], 0, 1e-12);
}

static void assert_group(const struct assay_sr_groups *g, int which, const int *expected)
{
  int sign = 0;
  for (int j = 0; j < g->n_vars; j++)
    if (sign == 0 && expected[j] != 0) sign = g->power[which][j] * expected[j] < 0 ? -1 : 1;
  for (int j = 0; j < g->n_vars; j++) assert_int_equal(g->power[which][j], sign * expected[j]);
}

static void classical_problems_have_their_groups(void **state)
{
  (void)state;
  struct assay_sr_groups g;
  find(&g, "kg,m,m s-2,s"); /* the period of a pendulum: mass, length, gravity */
  assert_int_equal(g.n, 0);
  assert_int_equal(g.n_prefactors, 1);
  assert_prefactor(&g, 0, (double[]){0, 0.5, -0.5});
  find(&g, "kg m-3,m s-1,m,kg m-1 s-1,N"); /* drag of a sphere: density, speed, size, viscosity */
  assert_int_equal(g.n, 1);
  assert_group(&g, 0, (int[]){1, 1, 1, -1});
  assert_prefactor(&g, 0, (double[]){0, 1, 1, 1}); /* Stokes; the next ones */
  assert_true(g.n_prefactors == ASSAY_SR_PREFACTORS);
  bool newton = false;
  for (int k = 0; k < g.n_prefactors; k++)
    newton = newton || (g.prefactor[k][0] == 1 && g.prefactor[k][1] == 2 && g.prefactor[k][2] == 2);
  assert_true(newton);
  find(&g, "rad,kg m2,N m rad-1,rad"); /* an angle is a group of its own */
  assert_int_equal(g.n, 1);
  assert_group(&g, 0, (int[]){1, 0, 0});
  find(&g, "Pa,m,Pa m0.5"); /* toughness of a crack */
  assert_prefactor(&g, 0, (double[]){1, 0.5});
  find(&g, "C,C,F m-1,m,N");
  assert_int_equal(g.n, 1);
  assert_group(&g, 0, (int[]){1, -1, 0, 0});
  assert_prefactor(&g, 0, (double[]){1, 1, -1, -2});
}

static void numbers_with_units_are_noticed(void **state)
{
  (void)state;
  struct assay_sr_groups g;
  find(&g, "kg,kg,m,N"); /* gravitation without its constant */
  assert_int_equal(g.n_prefactors, 0);
  assert_int_equal(g.n, 1);
  assert_group(&g, 0, (int[]){1, -1, 0});
  double dim[3 * ASSAY_SR_DIMS] = {0.123456};
  assert_fails(assay_sr_groups_find(&g, dim, NULL, 2), ASSAY_EARG, "must be fractions");
  dim[0] = 1e9;
  assert_fails(assay_sr_groups_find(&g, dim, NULL, 2), ASSAY_EUNSUPPORTED, "exponent");
}

static void columns_that_are_left_out_stay_out(void **state)
{
  (void)state;
  struct assay_sr_groups g;
  double dim[(MOST + 1) * ASSAY_SR_DIMS];
  const bool used[] = {true, false, true, true};
  const int n = units(dim, "m,m,s,m s-1,m s-1");
  assert_ok(assay_sr_groups_find(&g, dim, used, n));
  assert_int_equal(g.n, 1);
  assert_group(&g, 0, (int[]){1, 0, -1, -1});
  for (int k = 0; k < g.n_prefactors; k++) assert_close(g.prefactor[k][1], 0, 0, 0);
}

/* D p = 0 and D a = d without any rounding, k = columns - rank, for units without sense */
static void groups_of_any_units_are_dimensionless(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(2385, 0, 1);
  struct assay_sr_groups g;
  for (int trial = 0; trial < 300; trial++) {
    double dim[(MOST + 1) * ASSAY_SR_DIMS] = {0};
    const int n = 2 + trial % (MOST - 1);
    for (int j = 0; j <= n; j++)
      for (int u = 0; u < ASSAY_SR_DIMS; u++)
        dim[j * ASSAY_SR_DIMS + u] = floor(9 * assay_rng_uniform(&rng) - 4) / (u == 3 ? 2 : 1);
    for (int u = 0; u < ASSAY_SR_DIMS && trial % 2; u++) /* the target from two columns */
      dim[n * ASSAY_SR_DIMS + u] = 2 * dim[u] - 0.5 * dim[ASSAY_SR_DIMS + u];
    assert_ok(assay_sr_groups_find(&g, dim, NULL, n));
    assert_int_equal(g.n + g.rank, n);
    assert_true(trial % 2 == 0 || g.n_prefactors > 0);
    for (int u = 0; u < ASSAY_SR_DIMS; u++) {
      for (int k = 0; k < g.n; k++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += g.power[k][j] * dim[j * ASSAY_SR_DIMS + u];
        assert_true(sum == 0);
      }
      for (int k = 0; k < g.n_prefactors; k++) {
        double sum = -dim[n * ASSAY_SR_DIMS + u];
        for (int j = 0; j < n; j++) sum += g.prefactor[k][j] * dim[j * ASSAY_SR_DIMS + u];
        assert_close(sum, 0, 0, 1e-9);
      }
    }
  }
}

/* ---- searches ------------------------------------------------------------------------------ */

static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];

/* units NULL: not told */
static struct assay_sr_table *table(const struct law *law, const char *told)
{
  double dim[(LAW_COLUMNS + 1) * ASSAY_SR_DIMS];
  law_fill(x, y, law, 3);
  struct assay_sr_table *t = law_table(x, y, law_columns(law));
  if (!told) return t;
  assert_int_equal(units(dim, told), law_columns(law));
  for (int j = 0; j <= t->n_vars; j++) {
    t->column[j].dimensions = true;
    memcpy(t->column[j].dim, dim + j * ASSAY_SR_DIMS, sizeof t->column[j].dim);
  }
  return t;
}

static void assert_found(const struct law *law, const char *told, double work)
{
  struct assay_sr_table *t = table(law, told);
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start((uint64_t)work, 0);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_search_buckingham(f, &b, 5));
  const struct assay_sr_model *m = assay_sr_front_select(f);
  assert_true(b.used <= b.limit);
  if (!m || !assay_sr_model_exact(m)) {
    char *text = NULL;
    if (m) assert_ok(assay_expr_print(&text, m->expr, ASSAY_EXPR_INFIX));
    fail_msg("%s with units %s: found %s", law->text, told, text ? text : "nothing");
  }
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

static void laws_are_found_by_their_units(void **state)
{
  (void)state;
  static const struct {
    struct law law;
    const char *units;
  } rows[] = {
      /* no group */
      {{"2.385*sqrt(x1/x2)", {{1, 5, 'u'}, {1, 5, 'u'}, {1, 5, 'u'}}}, "kg,m,m s-2,s"},
      {{"x0*x1^2/2", {{1, 5, 'u'}, {1, 5, 's'}}}, "kg,m s-1,J"},
      /* one: a drag between Stokes's and Newton's */
      {{"x1*x2*x3*(9.4 + 0.71*sqrt(x0*x1*x2/x3))",
        {{1, 5, 'u'}, {1, 5, 'u'}, {1, 5, 'u'}, {1, 5, 'u'}}},
       "kg m-3,m s-1,m,kg m-1 s-1,N"},
      {{"x0/sqrt(1 - x1^2/x2^2)", {{1, 5, 'u'}, {1, 2, 'u'}, {3, 10, 'u'}}}, "kg,m s-1,m s-1,kg"},
      /* an orbit: one and two angles */
      {{"x0*x1/x2^2*(1 + sqrt(1 + 2*x3*x2^2/(x0*x1^2))*cos(x4 - x5))",
        {{1e23, 1e25, 'l'},
         {1e9, 1e11, 'l'},
         {1e8, 1e10, 'l'},
         {1e25, 1e27, 'l'},
         {0, 6.283, 'u'},
         {0, 6.283, 'u'}}},
       "kg,J m,kg m2 s-1,J,rad,rad,m-1"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
    assert_found(&rows[k].law, rows[k].units, 4e8);
}

static void constants_may_carry_units(void **state)
{
  (void)state;
  const struct law law = {"6.6743e-11*x0*x1/x2^2",
                          {{1e20, 1e22, 'l'}, {1e22, 1e24, 'l'}, {1e8, 1e10, 'l'}}};
  assert_found(&law, "kg,kg,m,N", 1e8);
  assert_found(&law, NULL, 1e8);
  /* the units are consistent and say nothing about the speed of light */
  const struct law relativity = {"x0*x1/sqrt(1 - x1^2/2.385e8^2)",
                                 {{1e-3, 1, 'l'}, {1e7, 2e8, 'u'}}};
  struct assay_sr_table *t = table(&relativity, "kg,m s-1,kg m s-1");
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(100000000, 0);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_search_buckingham(f, &b, 5));
  assert_true(assay_sr_front_select(f)->valid_nmse < 0.02); /* a power of the speed */
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

static void units_change_nothing_where_there_are_none(void **state)
{
  (void)state;
  const struct law law = {"2.385*x0*x1", {{1, 5, 'u'}, {1, 5, 'u'}}};
  struct assay_sr_table *t = table(&law, NULL);
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(100000000, 0);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_search_groups(f, &b, 5));
  assert_int_equal(f->n, 0);
  assert_int_equal(b.used, 0);
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(classical_problems_have_their_groups),
      cmocka_unit_test(numbers_with_units_are_noticed),
      cmocka_unit_test(columns_that_are_left_out_stay_out),
      cmocka_unit_test(groups_of_any_units_are_dimensionless),
      cmocka_unit_test(laws_are_found_by_their_units),
      cmocka_unit_test(constants_may_carry_units),
      cmocka_unit_test(units_change_nothing_where_there_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
