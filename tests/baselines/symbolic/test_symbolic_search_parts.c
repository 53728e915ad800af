/* Parts of the symbolic search that stand alone: constants to the last digit, clean-ups, fewer
 * variables, enumeration. */
#include "baselines/symbolic/enumerate.h"
#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/reduce.h"
#include "baselines/symbolic/relation.h"
#include "baselines/symbolic/tidy.h"
#include "tests/baselines/symbolic/laws.h"

static struct assay_expr *parse(const char *text)
{
  struct assay_expr *e = NULL;
  assert_ok(assay_expr_parse(&e, text, NULL));
  return e;
}

static void assert_text(const struct assay_expr *e, const char *expected)
{
  char *text = NULL;
  assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
  assert_string_equal(text, expected);
  assay_free(text);
}

/* constants 50 decades apart, two of them wrong */
static void constants_are_fitted_and_simplified(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS], w[LAW_ROWS];
  const struct law law = {"6.626e-34*x0/(1 - 2.385e15*x1)",
                          {{1e8, 1e10, 'l'}, {1e-18, 1e-16, 'l'}}};
  const struct assay_sr_fit_data data = {x, y, w, LAW_ROWS};
  struct assay_sr_budget b = assay_sr_budget_start(1000000000, 0);
  struct assay_expr *e = parse("6.9123e-34*x0/(1 - 2.5123e15*x1)");
  double rms;
  law_fill(x, y, &law, 3);
  assert_ok(assay_sr_fit_weights(w, y, LAW_ROWS));
  assert_ok(assay_sr_fit(e, &rms, &data, NULL, 50, &b));
  assert_true(rms < 1e-15);
  assert_close(e->node[0].value, 6.626e-34, 1e-14, 0);
  assert_ok(assay_sr_fit_snap(e, &rms, &data, &b));
  assert_text(e, "6.626e-34*x0/(1 - 2.385e+15*x1)");
  assay_expr_free(e);
}

static void fits_stop_with_the_budget(void **state)
{
  (void)state;
  static double x[LAW_ROWS], y[LAW_ROWS], w[LAW_ROWS];
  const struct law law = {"3.125*exp(-0.71*x0)", {{0, 4, 'u'}}};
  const struct assay_sr_fit_data data = {x, y, w, LAW_ROWS};
  law_fill(x, y, &law, 3);
  assert_ok(assay_sr_fit_weights(w, y, LAW_ROWS));
  for (uint64_t limit = 0; limit < 1000000; limit = 3 * limit + 1000) {
    struct assay_sr_budget b = assay_sr_budget_start(limit, 0);
    struct assay_expr *e = parse("1.2345*exp(-0.12345*x0)");
    double rms;
    assert_ok(assay_sr_fit(e, &rms, &data, NULL, 50, &b));
    assert_true(b.used <= limit);
    assay_expr_free(e);
  }
}

static void hopeless_fits_change_nothing(void **state)
{
  (void)state;
  const double x[3] = {-1, -2, -3}, y[3] = {1, 2, 3}, w[3] = {1, 1, 1};
  const struct assay_sr_fit_data data = {x, y, w, 3};
  struct assay_sr_budget b = assay_sr_budget_start(1000000, 0);
  struct assay_expr *e = parse("1.2345*log(x0)");
  double rms;
  assert_ok(assay_sr_fit(e, &rms, &data, NULL, 50, &b));
  assert_true(isnan(rms));
  assert_text(e, "1.2345*log(x0)");
  assay_expr_free(e);
}

static void tidying_removes_what_does_nothing(void **state)
{
  (void)state;
  static const char *const rows[][2] = {
      {"1*x0*x1", "x0*x1"},           {"x0/1 + 0", "x0"},   {"(x0 + 0*x1)^1", "x0 + 0*x1"},
      {"-(-(sin(1*x0)))", "sin(x0)"}, {"0 + x0 - 0", "x0"}, {"1/x0 + 1", "1/x0 + 1"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_expr *e = parse(rows[i][0]);
    assert_ok(assay_sr_tidy(&e));
    assert_text(e, rows[i][1]);
    assay_expr_free(e);
  }
}

/* x0 and x3 are powers, x1 and x2 enter as x1 x2^-1 */
static void reductions_are_found_and_undone(void **state)
{
  (void)state;
  static double x[4 * LAW_ROWS], y[LAW_ROWS], f[LAW_ROWS];
  static struct assay_sr_reduction r;
  const struct law law = {"x0^2/x3*(1 + x1/x2)",
                          {{1e-20, 1e-18, 'l'}, {1, 3, 'u'}, {1, 4, 'u'}, {1e10, 1e12, 's'}}};
  struct assay_sr_budget b = assay_sr_budget_start(10000000000, 0);
  law_fill(x, y, &law, 3);
  struct assay_sr_table *t = law_table(x, y, 4), *small = NULL;
  assert_ok(assay_sr_reduce_find(&r, t, 5, &b));
  assert_int_equal(r.steps, 3);
  assert_int_equal(r.n_vars, 1);
  assert_close(r.prefactor[0], 2, 0, 0);
  assert_close(r.prefactor[3], -1, 0, 0);
  assert_close(r.power[0][1], 1, 0, 0);
  assert_close(r.power[0][2], -1, 0, 0);
  assert_ok(assay_sr_reduce_table(&small, &r, t));
  assert_close(small->y[7], 1 + t->x[LAW_ROWS + 7] / t->x[2 * LAW_ROWS + 7], 1e-12, 0);
  struct assay_expr *e = parse("1 + x0"), *whole = NULL;
  assert_ok(assay_sr_reduce_undo(&whole, &r, 4, e));
  assert_ok(assay_sr_values(f, whole, x, LAW_ROWS, LAW_ROWS));
  for (int i = 0; i < LAW_ROWS; i++) assert_close(f[i], y[i], 1e-13, 0);
  assay_expr_free(e);
  assay_expr_free(whole);
  assay_sr_table_destroy(small);
  assay_sr_table_destroy(t);
}

/* nothing separates in x0 + sin(x1 + x2 x0) */
static void reductions_are_not_invented(void **state)
{
  (void)state;
  static double x[3 * LAW_ROWS], y[LAW_ROWS];
  static struct assay_sr_reduction r;
  const struct law law = {"2*x0 + sin(x1 + x2*x0)", {{1, 3, 'u'}, {1, 3, 'u'}, {1, 3, 'u'}}};
  struct assay_sr_budget b = assay_sr_budget_start(10000000000, 0);
  law_fill(x, y, &law, 3);
  struct assay_sr_table *t = law_table(x, y, 3);
  assert_ok(assay_sr_reduce_find(&r, t, 5, &b));
  assert_int_equal(r.steps, 0);
  assert_int_equal(r.n_vars, 3);
  assay_sr_table_destroy(t);
}

/* the selected equation of a search for quadratics, "" if there is none; the caller frees it */
static char *solve_quadratic(const struct law *law, double noise, uint64_t limit)
{
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  struct assay_sr_budget b = assay_sr_budget_start(limit, 0);
  struct assay_sr_front *f = NULL;
  struct assay_sr_search *s = NULL;
  char *text = NULL;
  law_fill(x, y, law, 3);
  for (int i = 0; i < LAW_ROWS && noise > 0; i++) y[i] *= 1 + noise * assay_rng_normal(&rng);
  struct assay_sr_table *t = law_table(x, y, law_columns(law));
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_search_create(&s, t, f, &b, 5));
  assert_ok(assay_sr_search_quadratics(s, 420, 1));
  assert_ok(assay_sr_search_polish(s));
  assert_true(b.used <= limit);
  const struct assay_sr_model *m = assay_sr_front_select(f);
  if (m)
    assert_ok(assay_expr_print(&text, m->expr, ASSAY_EXPR_INFIX));
  else
    assert_ok(assay_strdup(&text, ""));
  if (m && !assay_sr_model_exact(m)) fail_msg("%s: only %s", law->text, text);
  assay_sr_search_destroy(s);
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
  return text;
}

static void roots_beside_other_terms_are_found(void **state)
{
  (void)state;
  static const struct {
    struct law law;
    const char *found;
  } rows[] = {
      {{"x0 - sqrt(x0^2 - 3*x1*x2)", {{5, 10, 'u'}, {1, 2, 'u'}, {1, 2, 'u'}}},
       "x0 - sqrt(x0^2 - 3*x1*x2)"},
      {{"x0/x1 + 2.385*sqrt(x1 + x2^2)", {{1, 10, 'l'}, {1, 10, 'l'}, {1, 10, 'l'}}},
       "x0/x1 + 2.385*sqrt(x1 + x2^2)"},
      {{"x0 + x1*cos(x2)*sqrt(x0 + x1)", {{1, 10, 'l'}, {1, 10, 'l'}, {0, 6, 'u'}}},
       "x0 + x1*cos(x2)*sqrt(x0 + x1)"},
      {{"-6.5e-20*x0*(2 + sqrt(1 + x1/x0))", {{1e3, 1e5, 'l'}, {1e3, 1e5, 'l'}}}, ""},
      {{"x0*x1/x2^2*(1 + sqrt(1 + 2*x3*x2^2/(x0*x1^2))*cos(x4 - x5))",
        {{1e23, 1e25, 'l'},
         {1e9, 1e11, 'l'},
         {1e8, 1e10, 'l'},
         {1e25, 1e27, 'l'},
         {0, 6.283, 'u'},
         {0, 6.283, 'u'}}},
       "x0*x1/x2^2*(1 + cos(x4 - x5)*sqrt(1 + 2*x2^2*x3/(x0*x1^2)))"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    char *text = solve_quadratic(&rows[k].law, 0, 400000000);
    if (*rows[k].found)
      assert_string_equal(text, rows[k].found);
    else
      assert_true(*text); /* exact in whatever words */
    assay_free(text);
  }
}

/* neither from noise nor with too little work */
static void roots_are_not_invented(void **state)
{
  (void)state;
  static const struct law law = {"x0 - sqrt(x0^2 - 3*x1*x2)",
                                 {{5, 10, 'u'}, {1, 2, 'u'}, {1, 2, 'u'}}};
  char *text = solve_quadratic(&law, 1e-4, 400000000);
  assert_string_equal(text, "");
  assay_free(text);
  text = solve_quadratic(&law, 0, 300000);
  assert_string_equal(text, "");
  assay_free(text);
}

static void small_expressions_are_enumerated(void **state)
{
  (void)state;
  static const struct law laws[] = {
      {"1.602e-19*x0*x1", {{1e-10, 1e-8, 'l'}, {1e5, 1e7, 's'}}},
      {"3.5 + 2*sin(x0*x1)", {{0.5, 2, 'u'}, {0.5, 2, 'u'}}},
      {"sqrt((x0 - x1)^2 + (x2 - x3)^2)",
       {{0.1, 10, 's'}, {0.1, 10, 's'}, {0.1, 10, 's'}, {0.1, 10, 's'}}},
      {"exp(x0*x1)*log(x2)", {{0.5, 2, 'u'}, {0.5, 2, 'u'}, {2, 9, 'u'}}},
  };
  for (size_t k = 0; k < sizeof laws / sizeof *laws; k++) {
    static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
    struct assay_sr_budget b = assay_sr_budget_start(1000000000, 0);
    struct assay_sr_front *f = NULL;
    law_fill(x, y, &laws[k], 3);
    struct assay_sr_table *t = law_table(x, y, law_columns(&laws[k]));
    assert_ok(assay_sr_front_create(&f, t));
    assert_ok(assay_sr_search_small(f, &b, 5, (struct assay_sr_enumeration){60000, 9}));
    if (!assay_sr_front_select(f) || !assay_sr_model_exact(assay_sr_front_select(f)))
      fail_msg("%s was not found", laws[k].text);
    assay_sr_front_destroy(f);
    assay_sr_table_destroy(t);
  }
}

static void enumeration_stops_with_the_budget(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"x0^1.37 + x1", {{0.5, 2, 'u'}, {0.5, 2, 'u'}}};
  law_fill(x, y, &law, 3);
  struct assay_sr_table *t = law_table(x, y, 2);
  for (uint64_t limit = 0; limit < 3000000; limit = 5 * limit + 777) {
    struct assay_sr_budget b = assay_sr_budget_start(limit, 0);
    struct assay_sr_front *f = NULL;
    assert_ok(assay_sr_front_create(&f, t));
    assert_ok(assay_sr_search_small(f, &b, 5, (struct assay_sr_enumeration){20000, 7}));
    assert_true(b.used <= limit);
    assay_sr_front_destroy(f);
  }
  assay_sr_table_destroy(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constants_are_fitted_and_simplified),
      cmocka_unit_test(fits_stop_with_the_budget),
      cmocka_unit_test(hopeless_fits_change_nothing),
      cmocka_unit_test(tidying_removes_what_does_nothing),
      cmocka_unit_test(reductions_are_found_and_undone),
      cmocka_unit_test(reductions_are_not_invented),
      cmocka_unit_test(roots_beside_other_terms_are_found),
      cmocka_unit_test(roots_are_not_invented),
      cmocka_unit_test(small_expressions_are_enumerated),
      cmocka_unit_test(enumeration_stops_with_the_budget),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
