/* All searches together: a law without noise costs what the structured search alone costs, noisy
 * data get a law with plain numbers where they allow it, and nothing plainer than they allow. */
#include "baselines/symbolic/ensemble.h"
#include "baselines/symbolic/settle.h"
#include "tests/baselines/symbolic/laws.h"

static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];

/* normal noise of this share of the rms */
static struct assay_sr_table *noisy_table(const struct law *law, double noise)
{
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  double sum = 0;
  law_fill(x, y, law, 3);
  for (int i = 0; i < LAW_ROWS; i++) sum += y[i] * y[i] / LAW_ROWS;
  for (int i = 0; i < LAW_ROWS; i++) y[i] += noise * sqrt(sum) * assay_rng_normal(&rng);
  return law_table(x, y, law_columns(law));
}

static void assert_selected(const struct assay_sr_front *f, const char *expected)
{
  char *text = NULL;
  const struct assay_sr_model *m = assay_sr_front_select(f);
  assert_non_null(m);
  assert_ok(assay_expr_print(&text, m->expr, ASSAY_EXPR_INFIX));
  assert_string_equal(text, expected);
  assay_free(text);
}

/* what a search leaves, and what becomes of it */
static const struct law measured = {"x0*x2^2/4*(1 + 2.385*x1)",
                                    {{1, 5, 'u'}, {1, 5, 'u'}, {1, 5, 'u'}}};

static void plain_numbers_take_the_place_of_fitted_ones(void **state)
{
  (void)state;
  struct assay_sr_table *t = noisy_table(&measured, 0.01);
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(1000000000, 0);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_front_offer_text(
      NULL, f, "0.2523*x0^1.0041*x2^1.993*(1.0008 + 2.37*x1)/x1^0.0013", "test", &b));
  assert_ok(assay_sr_settle(f, &b, 5));
  const struct assay_sr_model *m = assay_sr_front_select(f);
  char *text = NULL;
  double factor, slope;
  assert_ok(assay_expr_print(&text, m->expr, ASSAY_EXPR_INFIX));
  const int read = sscanf(text, "%lf*x0*x2^2*(1 + %lf*x1)", &factor, &slope);
  if (read != 2 || m->complexity != 13) fail_msg("settled as %s", text);
  assert_close(factor, 0.25, 0.01, 0);
  assert_close(slope, 2.385, 0.02, 0);
  assert_true(slope != 2.385);
  assert_int_equal(f->n, 1); /* it took the place of the other one */
  assay_free(text);
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

/* 0.52 is no half and 1.03 no 1 where the noise is a thousandth */
static void numbers_that_data_tell_apart_stay(void **state)
{
  (void)state;
  const struct law law = {"0.52*x0^1.03", {{1, 50, 'l'}}};
  struct assay_sr_table *t = noisy_table(&law, 1e-3);
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(1000000000, 0);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_front_offer_text(NULL, f, "0.5*x0", "test", &b));
  assert_ok(assay_sr_front_offer_text(NULL, f, "0.5199*x0^1.0301", "test", &b));
  assert_ok(assay_sr_settle(f, &b, 5));
  assert_int_equal(assay_sr_front_select(f)->complexity, 5);
  for (int i = 0; i < f->n; i++)
    if (f->model[i].complexity == 5) assert_true(f->model[i].nmse < 4e-6);
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

static void settling_stops_with_the_budget(void **state)
{
  (void)state;
  struct assay_sr_table *t = noisy_table(&measured, 0.01);
  for (uint64_t limit = 0; limit < 30000000; limit = 4 * limit + 12345) {
    struct assay_sr_front *f = NULL;
    struct assay_sr_budget b = assay_sr_budget_start(limit, 0),
                           free = assay_sr_budget_start(1u << 30, 0);
    assert_ok(assay_sr_front_create(&f, t));
    assert_ok(assay_sr_front_offer_text(NULL, f, "0.2523*x0^1.0041*x2^1.993*x1", "test", &free));
    assert_ok(assay_sr_settle(f, &b, 5));
    assert_true(b.used <= limit);
    assert_non_null(assay_sr_front_select(f));
    assay_sr_front_destroy(f);
  }
  assay_sr_table_destroy(t);
}

/* the same equation for the same work, with a limit that would cut shares of the search short */
static void laws_without_noise_cost_the_structured_search(void **state)
{
  (void)state;
  static const struct law laws[] = {
      {"6.626e-34*x0/(4*pi*x1)", {{1e-11, 1e-9, 's'}, {1e-30, 1e-28, 'l'}}},
      {"x0/(1 - x1/2.99792458e8)", {{1e9, 1e11, 'l'}, {1e5, 1e7, 's'}}},
  };
  for (size_t k = 0; k < sizeof laws / sizeof *laws; k++) {
    struct assay_sr_table *t = noisy_table(&laws[k], 0);
    struct assay_sr_front *alone = NULL, *all = NULL;
    struct assay_sr_budget b = assay_sr_budget_start(1000000000, 0), c = b;
    char *text = NULL;
    assert_ok(assay_sr_front_create(&alone, t));
    assert_ok(assay_sr_front_create(&all, t));
    assert_ok(assay_sr_search_table(alone, &b, 5));
    assert_ok(assay_sr_ensemble(all, &c, 5));
    assert_ok(assay_expr_print(&text, assay_sr_front_select(alone)->expr, ASSAY_EXPR_INFIX));
    assert_selected(all, text);
    assert_int_equal(b.used, c.used);
    assert_int_equal(all->n, alone->n);
    assay_free(text);
    assay_sr_front_destroy(alone);
    assay_sr_front_destroy(all);
    assay_sr_table_destroy(t);
  }
}

/* a law that is a product of columns and an atom, seen with noise of a hundredth */
static void noisy_laws_are_told_with_their_numbers(void **state)
{
  (void)state;
  const struct law law = {"x0*(x1^2 + x2^2)/2", {{1, 5, 'u'}, {1, 5, 'u'}, {1, 5, 'u'}}};
  struct assay_sr_table *t = noisy_table(&law, 0.01);
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(100000000, 0);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_ensemble(f, &b, 5));
  assert_true(b.used <= b.limit);
  assert_selected(f, "0.5*x0*(x1^2 + x2^2)");
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

/* the orbit of a body: beyond the other searches with this work, within reach by its units */
static void units_help_where_they_are_told(void **state)
{
  (void)state;
  const struct law law = {"x0*x1/x2^2*(1 + sqrt(1 + 2*x3*x2^2/(x0*x1^2))*cos(x4 - x5))",
                          {{1e23, 1e25, 'l'},
                           {1e9, 1e11, 'l'},
                           {1e8, 1e10, 'l'},
                           {1e25, 1e27, 'l'},
                           {0, 6.283, 'u'},
                           {0, 6.283, 'u'}}};
  /*                               m  kg   s */
  static const double dim[7][3] = {{0, 1, 0}, {3, 1, -2}, {2, 1, -1}, {2, 1, -2},
                                   {0, 0, 0}, {0, 0, 0},  {-1, 0, 0}};
  for (int told = 0; told < 2; told++) {
    struct assay_sr_table *t = noisy_table(&law, 0);
    struct assay_sr_front *f = NULL;
    struct assay_sr_budget b = assay_sr_budget_start(200000000, 0);
    for (int j = 0; j <= t->n_vars && told; j++) {
      t->column[j].dimensions = true;
      for (int u = 0; u < 3; u++) t->column[j].dim[u] = dim[j][u];
    }
    assert_ok(assay_sr_front_create(&f, t));
    assert_ok(assay_sr_ensemble(f, &b, 5));
    assert_int_equal(assay_sr_model_exact(assay_sr_front_select(f)), told);
    assay_sr_front_destroy(f);
    assay_sr_table_destroy(t);
  }
}

static void shares_are_those_of_the_whole(void **state)
{
  (void)state;
  struct assay_sr_budget all = assay_sr_budget_start(1000, 0);
  assert_true(assay_sr_spend(&all, 200));
  struct assay_sr_budget part = assay_sr_budget_share(&all, 0.25);
  assert_int_equal(part.limit, 400);
  part.whole = 1000;
  assert_int_equal(assay_sr_budget_share(&part, 0.125).limit, 300);
  assert_int_equal(assay_sr_budget_share(&part, 0.5).limit, 400); /* not beyond its own */
  struct assay_sr_budget inner = assay_sr_budget_share(&part, 0.125);
  assert_int_equal(assay_sr_budget_share(&inner, 0.5).limit, 250);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_numbers_take_the_place_of_fitted_ones),
      cmocka_unit_test(numbers_that_data_tell_apart_stay),
      cmocka_unit_test(settling_stops_with_the_budget),
      cmocka_unit_test(laws_without_noise_cost_the_structured_search),
      cmocka_unit_test(noisy_laws_are_told_with_their_numbers),
      cmocka_unit_test(units_help_where_they_are_told),
      cmocka_unit_test(shares_are_those_of_the_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
