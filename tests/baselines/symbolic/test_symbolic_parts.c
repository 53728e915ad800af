/* The parts a symbolic search is made of: budgets, tables, least squares by a growing basis, fronts
 * and the wording of equations. */
#include "baselines/symbolic/basis.h"
#include "baselines/symbolic/phrase.h"
#include "tests/baselines/symbolic/laws.h"

static void budget_refuses_what_goes_beyond(void **state)
{
  (void)state;
  struct assay_sr_budget b = assay_sr_budget_start(1000, 0);
  assert_true(assay_sr_spend(&b, 600));
  struct assay_sr_budget part = assay_sr_budget_share(&b, 0.5);
  assert_true(assay_sr_spend(&part, 150));
  assert_false(assay_sr_spend(&part, 51));
  assay_sr_budget_join(&b, &part);
  assert_int_equal(b.used, 750);
  assert_false(assay_sr_over(&b));
  assert_false(assay_sr_spend(&b, 251));
  assert_true(assay_sr_over(&b));
  assert_false(assay_sr_spend(&b, 1));
  assert_int_equal(b.used, 750);
}

/* y = 2.385 x with noise where equations are fitted; the validation rows happen to lie on 2 x +
 * 0.4, by luck where they are few. The number of nodes that are selected. */
static int selected_with(int n_valid)
{
  static double x[1000], y[1000];
  static ptrdiff_t row[1000];
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  struct assay_sr_table *t = NULL;
  struct assay_sr_front *f = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(100000000, 0);
  for (int i = 0; i < 1000; i++) {
    row[i] = i;
    x[i] = 1 + 2 * assay_rng_uniform(&rng);
    y[i] = i < 600 ? 2.385 * x[i] + 0.1 * assay_rng_normal(&rng) : 0.4 + 2 * x[i];
  }
  const struct assay_sr_source from = {.n_vars = 1,
                                       .n = 1000,
                                       .x = x,
                                       .y = y,
                                       .train = row,
                                       .valid = row + 600,
                                       .n_train = n_valid < 100 ? 60 : 600,
                                       .n_valid = n_valid};
  assert_ok(assay_sr_table_create(&t, &from));
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_front_offer_text(NULL, f, "2.385*x0", "test", &b));
  assert_ok(assay_sr_front_offer_text(NULL, f, "0.401 + 2*x0", "test", &b));
  const int nodes = assay_sr_front_select(f)->complexity;
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
  return nodes;
}

static void few_rows_do_not_choose_alone(void **state)
{
  (void)state;
  assert_int_equal(selected_with(6), 3);
  assert_int_equal(selected_with(400), 5);
}

static void late_searches_stop(void **state)
{
  (void)state;
  struct assay_sr_budget b = assay_sr_budget_start(1000, 1e-9);
  assert_false(assay_sr_spend(&b, 1));
  assert_true(b.late);
  assert_false(b.spent);
}

static void table_knows_its_columns(void **state)
{
  (void)state;
  const double x[4 * 6] = {1e-20, 1e-24, 1e-22, 1e-22, 1e-23, 1e-21, /* positive, far from 1 */
                           -2,    3,     0,     1,     5,     -4,    /* whole */
                           2.385, 2.385, 2.385, 2.385, 2.385, 2.385, /* constant */
                           1.5,   2.5,   NAN,   3.5,   4.5,   5.5};
  const double y[6] = {1, 2, INFINITY, 3, 4, 5};
  const ptrdiff_t train[5] = {0, 1, 2, 3, 4}, valid[1] = {5};
  const struct assay_sr_source from = {4, 6, x, y, train, valid, 5, 1, NULL};
  struct assay_sr_table *t = NULL;
  assert_ok(assay_sr_table_create(&t, &from));
  assert_int_equal(t->n, 5);
  assert_int_equal(t->n_train, 4);
  assert_close(t->column[0].scale, 1e-22, 1e-13, 0);
  assert_true(t->column[0].sign == 1 && t->column[0].usable && !t->column[0].plain);
  assert_true(t->column[1].sign == 0 && t->column[1].integers && !t->column[1].zeros);
  assert_false(t->column[2].usable);
  assert_true(t->column[3].usable); /* its NaN went with the infinite target */
  assert_close(t->x[1 * t->n + 2], 1, 0, 0);
  assay_sr_table_destroy(t);
}

static void tables_need_rows(void **state)
{
  (void)state;
  const double x[5] = {1, 2, 3, 4, 5}, y[5] = {1, 2, NAN, 4, 5};
  const ptrdiff_t row[5] = {0, 1, 2, 3, 4};
  struct assay_sr_source from = {1, 5, x, y, row, row + 4, 4, 1, NULL};
  struct assay_sr_table *t = NULL;
  assert_fails(assay_sr_table_create(&t, &from), ASSAY_EARG, "only 3 fitting rows");
  from = (struct assay_sr_source){1, 5, x, y, row, row + 2, 5, 1, NULL};
  assert_fails(assay_sr_table_create(&t, &from), ASSAY_EARG, "no validation row");
  from.n_vars = 65;
  assert_fails(assay_sr_table_create(&t, &from), ASSAY_EARG, "1 to 64 columns, not 65");
  assert_null(t);
}

static void basis_solves_least_squares(void **state)
{
  (void)state;
  double a[3][5] = {{1, 1, 1, 1, 1}, {0.5, -1.25, 2, 3.5, 0}, {2, 3, -1, 0.5, 1}}, b[5], c[3];
  struct assay_sr_basis *basis = NULL;
  assert_ok(assay_sr_basis_create(&basis, 5, 3));
  for (int i = 0; i < 5; i++) b[i] = 2.385 - 1.5 * a[1][i] + 0.25 * a[2][i];
  for (int k = 0; k < 3; k++) assert_true(assay_sr_basis_push(basis, a[k], 1e-10));
  assert_true(assay_sr_basis_project(basis, b) < 1e-14);
  assay_sr_basis_solve(c, basis);
  assert_close(c[0], 2.385, 1e-13, 0);
  assert_close(c[1], -1.5, 1e-13, 0);
  assert_close(c[2], 0.25, 1e-13, 0);
  assay_sr_basis_destroy(basis);
}

static void basis_refuses_what_depends(void **state)
{
  (void)state;
  double a[4] = {1, 2, 3, 4}, b[4] = {1, -1, 1, -1}, sum[4] = {3, 3, 7, 7}, zero[4] = {0};
  struct assay_sr_basis *basis = NULL;
  assert_ok(assay_sr_basis_create(&basis, 4, 4));
  assert_true(assay_sr_basis_push(basis, a, 1e-10));
  assert_true(assay_sr_basis_push(basis, b, 1e-10));
  assert_false(assay_sr_basis_push(basis, zero, 1e-10));
  assert_false(assay_sr_basis_push(basis, sum, 1e-10)); /* 2 a + b */
  assert_int_equal(basis->n, 2);
  assay_sr_basis_destroy(basis);
}

static void numbers_are_put_simply(void **state)
{
  (void)state;
  static const struct {
    double value, tolerance;
    const char *text;
  } rows[] = {
      {0.5000000000001, 1e-12, "0.5"},
      {6.283185307179586, 1e-14, "2*pi"},
      {0.0795774715459477, 1e-14, "0.0795774715459477"},
      {-1.0471975511965976, 1e-14, "-pi/3"},
      {0.333333333333333333, 1e-15, "0.3333333333333333"},
      {6.674300000000001e-11, 1e-12, "6.6743e-11"},
      {2.9979245799999997e8, 1e-12, "299792458"},
      {2.3851234567890123, 1e-9, "2.385123457"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_sr_phrase p = {0};
    assay_sr_put_number(&p, rows[i].value, rows[i].tolerance);
    assert_string_equal(p.text, rows[i].text);
  }
}

static void products_are_put_as_written(void **state)
{
  (void)state;
  static const struct {
    double c;
    int n;
    struct assay_sr_factor f[4];
    const char *text;
  } rows[] = {
      {1, 2, {{"x0", 1, false}, {"x1", -1, false}}, "x0/x1"},
      {-1, 1, {{"x0", 2, false}}, "-x0^2"},
      {2.5, 2, {{"x0", -1, false}, {"x1 + x2", -2, false}}, "2.5/(x0*(x1 + x2)^2)"},
      {1, 3, {{"x0", 0.5, false}, {"x1", 0.5, false}, {"x2", -0.5, false}}, "sqrt(x0*x1/x2)"},
      {1, 2, {{"x0", 1, false}, {"1 - x1", -0.5, false}}, "x0/sqrt(1 - x1)"},
      {3, 2, {{"x0", -2, false}, {"x1", -0.5, true}}, "3/(x0^2*sqrt(abs(x1)))"},
      {1, 1, {{"sin(x0)", 1.5, false}}, "sin(x0)^1.5"},
      {2.385, 0, {{"", 0, false}}, "2.385"},
      {1, 1, {{"x0", -1, false}}, "1/x0"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_sr_phrase p = {0};
    assay_sr_put_product(&p, rows[i].c, 1e-13, rows[i].f, rows[i].n);
    assert_string_equal(p.text, rows[i].text);
  }
}

static void phrases_do_not_overflow(void **state)
{
  (void)state;
  struct assay_sr_phrase p = {0};
  for (int i = 0; i < 4000; i++) assay_sr_put(&p, "%s", "x0 + ");
  assert_true(p.overflow);
  assert_true(p.n < sizeof p.text && p.text[p.n] == '\0');
}

static void fractions_snap_only_when_near(void **state)
{
  (void)state;
  int p, q;
  assert_true(assay_sr_snap_fraction(&p, &q, -1.50001, 1e-4));
  assert_int_equal(p, -3);
  assert_int_equal(q, 2);
  assert_true(assay_sr_snap_fraction(&p, &q, 0.8333, 1e-4));
  assert_int_equal(p, 5);
  assert_int_equal(q, 6);
  assert_false(assay_sr_snap_fraction(&p, &q, 0.385, 1e-4));
}

/* y = 1 + x0 with a touch of x1 */
static void front_keeps_what_is_not_beaten(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"1 + x0 + 0.001*x1", {{0.1, 10, 'l'}, {0.1, 10, 'l'}}};
  struct assay_sr_budget b = assay_sr_budget_start(100000000, 0);
  struct assay_sr_front *f = NULL;
  bool exact;
  law_fill(x, y, &law, 3);
  struct assay_sr_table *t = law_table(x, y, 2);
  assert_ok(assay_sr_front_create(&f, t));
  assert_null(assay_sr_front_select(f));
  static const char *const text[] = {"x0",       "x0 + 1",  "x0 + 1 + 0*x1",
                                     "log(-x0)", "x0 - x1", "x0*x0"};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    assert_ok(assay_sr_front_offer_text(&exact, f, text[i], "test", &b));
    assert_false(exact);
  }
  assert_int_equal(f->n, 2);
  assert_int_equal(f->model[0].complexity, 1);
  assert_int_equal(assay_sr_front_select(f)->complexity, 3);
  assert_ok(assay_sr_front_offer_text(&exact, f, "x0 + 1 + x1/1000 + 0*x1", "test", &b));
  assert_true(exact);
  assert_ok(assay_sr_front_offer_text(&exact, f, "x0 + 1 + x1/1000", "test", &b));
  assert_true(exact && assay_sr_front_solved(f, 7));
  assert_int_equal(assay_sr_front_select(f)->complexity, 7);
  assert_fails(assay_sr_front_offer_text(&exact, f, "x0 +", "test", &b), ASSAY_EPARSE, "");
  b = assay_sr_budget_start(1199, 0);
  assert_ok(assay_sr_front_offer_text(&exact, f, "1", "test", &b));
  assert_int_equal(b.used, 0);
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

static void front_measures_relative_errors(void **state)
{
  (void)state;
  static double x[LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"x0", {{1e30, 1e37, 'l'}}};
  struct assay_sr_budget b = assay_sr_budget_start(100000000, 0);
  struct assay_sr_front *f = NULL;
  law_fill(x, y, &law, 3);
  struct assay_sr_table *t = law_table(x, y, 1);
  assert_ok(assay_sr_front_create(&f, t));
  assert_ok(assay_sr_front_offer_text(NULL, f, "1.02*x0", "test", &b));
  assert_close(f->model[0].relative, 0.02, 1e-12, 0);
  assert_true(f->model[0].nmse > 0 && f->model[0].nmse < 1e-3);
  assay_sr_front_destroy(f);
  assay_sr_table_destroy(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(budget_refuses_what_goes_beyond),
      cmocka_unit_test(few_rows_do_not_choose_alone),
      cmocka_unit_test(late_searches_stop),
      cmocka_unit_test(table_knows_its_columns),
      cmocka_unit_test(tables_need_rows),
      cmocka_unit_test(basis_solves_least_squares),
      cmocka_unit_test(basis_refuses_what_depends),
      cmocka_unit_test(numbers_are_put_simply),
      cmocka_unit_test(products_are_put_as_written),
      cmocka_unit_test(phrases_do_not_overflow),
      cmocka_unit_test(fractions_snap_only_when_near),
      cmocka_unit_test(front_keeps_what_is_not_beaten),
      cmocka_unit_test(front_measures_relative_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
