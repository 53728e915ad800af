/* Regressions that are linear in their coefficients: floors, polynomials, sparse ones. */
#include "baselines/symbolic/linear.h"
#include "tests/baselines/symbolic/laws.h"

struct fixture {
  struct assay_sr_table *t;
  struct assay_sr_front *f;
  struct assay_sr_budget b;
};

static struct fixture fixture(const struct law *law, double noise, double budget)
{
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  struct fixture a = {.b = assay_sr_budget_start((uint64_t)budget, 0)};
  law_fill(x, y, law, 3);
  for (int i = 0; i < LAW_ROWS; i++) y[i] += noise * assay_rng_normal(&rng);
  a.t = law_table(x, y, law_columns(law));
  assert_ok(assay_sr_front_create(&a.f, a.t));
  return a;
}

static void fixture_free(struct fixture *a)
{
  assay_sr_front_destroy(a->f);
  assay_sr_table_destroy(a->t);
}

static char *text_of(const struct assay_expr *e)
{
  char *text = NULL;
  assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
  return text;
}

static void laws_in_the_span_are_found(void **state)
{
  (void)state;
  static const struct {
    int (*fit)(struct assay_sr_front *, struct assay_sr_budget *, uint64_t);
    struct law law;
    int most; /* nodes */
  } rows[] = {
      {assay_sr_fit_line, {"2.385 - 3e5*x0 + 4e-7*x1", {{1e-6, 1e-4, 'l'}, {1e5, 1e7, 's'}}}, 9},
      {assay_sr_fit_product, {"-1.5e-30*x0*x1", {{1e-21, 1e-19, 'l'}, {1e23, 1e25, 's'}}}, 5},
      {assay_sr_fit_polynomial, {"0.25 - x0*x1^2 + 3*x0^2", {{-1, 2, 'u'}, {-2, 2, 'u'}}}, 60},
      {assay_sr_fit_stlsq,
       {"1.5*x0^2*x1 - 0.3*x2 + 2*cos(x0)", {{-2, 2, 'u'}, {-2, 2, 'u'}, {-3, 3, 'u'}}},
       16},
      {assay_sr_fit_lasso,
       {"1.5*x0^2*x1 - 0.3*x2", {{-2, 2, 'u'}, {-2, 2, 'u'}, {-3, 3, 'u'}}},
       12},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct fixture a = fixture(&rows[k].law, 0, 1e10);
    assert_ok(rows[k].fit(a.f, &a.b, 5));
    const struct assay_sr_model *m = assay_sr_front_select(a.f);
    assert_non_null(m);
    if (!assay_sr_model_exact(m) || m->complexity > rows[k].most) {
      char *text = text_of(m->expr);
      fail_msg("%s: found %s, off by %g", rows[k].law.text, text, m->relative);
    }
    fixture_free(&a);
  }
}

static void constant_is_the_mean(void **state)
{
  (void)state;
  const struct law law = {"x0", {{1, 3, 'u'}}};
  struct fixture a = fixture(&law, 0, 1e9);
  double mean = 0;
  for (int i = 0; i < LAW_TRAIN; i++) mean += a.t->y[i] / LAW_TRAIN;
  assert_ok(assay_sr_fit_constant(a.f, &a.b, 5));
  assert_int_equal(a.f->n, 1);
  assert_int_equal(a.f->model[0].complexity, 1);
  assert_close(a.f->model[0].expr->node[0].value, mean, 1e-12, 0);
  assert_close(a.f->model[0].nmse, 1, 1e-10, 0);
  fixture_free(&a);
}

/* noise of 0.1 on a quadratic: more than a few degrees would only follow the noise */
static void degree_is_chosen_by_cross_validation(void **state)
{
  (void)state;
  const struct law law = {"1 + 2*x0 - 3*x0^2", {{-1, 1, 'u'}}};
  struct fixture a = fixture(&law, 0.1, 1e10);
  assert_ok(assay_sr_fit_polynomial(a.f, &a.b, 5));
  char *text = text_of(a.f->model[0].expr);
  assert_non_null(strstr(text, "x0^2"));
  assert_null(strstr(text, "x0^5"));
  assay_free(text);
  fixture_free(&a);
}

static void sparse_fits_leave_noise_out(void **state)
{
  (void)state;
  static int (*const fits[])(struct assay_sr_front *, struct assay_sr_budget *,
                             uint64_t) = {assay_sr_fit_stlsq, assay_sr_fit_lasso};
  const struct law law = {"1.5*x0*x1 - 0.75*x2", {{-2, 2, 'u'}, {-2, 2, 'u'}, {-3, 3, 'u'}}};
  for (int k = 0; k < 2; k++) {
    struct fixture a = fixture(&law, 1e-3, 1e10);
    bool found = false;
    assert_ok(fits[k](a.f, &a.b, 5));
    for (int i = 0; i < a.f->n; i++)
      found = found || (a.f->model[i].complexity <= 13 && a.f->model[i].valid_nmse < 1e-5);
    assert_true(found);
    fixture_free(&a);
  }
}

static void all_stop_with_the_budget(void **state)
{
  (void)state;
  static int (*const fits[])(struct assay_sr_front *, struct assay_sr_budget *, uint64_t) = {
      assay_sr_fit_constant,   assay_sr_fit_line,  assay_sr_fit_product,
      assay_sr_fit_polynomial, assay_sr_fit_stlsq, assay_sr_fit_lasso};
  const struct law law = {"1.5*x0*x1 - 0.75*x2", {{-2, 2, 'u'}, {-2, 2, 'u'}, {-3, 3, 'u'}}};
  for (size_t k = 0; k < sizeof fits / sizeof *fits; k++)
    for (double limit = 0; limit < 1e8; limit = 4 * limit + 999) {
      struct fixture a = fixture(&law, 1e-3, limit);
      assert_ok(fits[k](a.f, &a.b, 5));
      assert_true((double)a.b.used <= limit);
      fixture_free(&a);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(laws_in_the_span_are_found),
      cmocka_unit_test(constant_is_the_mean),
      cmocka_unit_test(degree_is_chosen_by_cross_validation),
      cmocka_unit_test(sparse_fits_leave_noise_out),
      cmocka_unit_test(all_stop_with_the_budget),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
