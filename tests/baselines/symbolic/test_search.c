/* The structured search on laws of known form: found to rounding on rows it has not seen, within
 * its budget, the same twice. */
#include "tests/baselines/symbolic/laws.h"

/* SI scales throughout */
static const struct law laws[] = {
    /* products */
    {"0.5*x0*x1^2", {{100, 1e4, 'l'}, {0.01, 1, 's'}}},
    {"6.626e-34*x0/(4*pi*x1)", {{1e-11, 1e-9, 's'}, {1e-30, 1e-28, 'l'}}},
    {"sqrt(x0*x1/x2)", {{1, 2, 'u'}, {5e-6, 1.5e-5, 'u'}, {1, 2, 'u'}}},
    {"2*pi*x0^1.5/sqrt(6.6743e-11*(x1 + x2))",
     {{1e8, 1e10, 'l'}, {1e23, 1e25, 'l'}, {1e23, 1e25, 'l'}}},
    {"x0*(x1 - x2)*x3/x4",
     {{0.1, 10, 'l'}, {10, 1e3, 'l'}, {10, 1e3, 'l'}, {1e-4, 1e-2, 'l'}, {0.01, 1, 'l'}}},
    {"-x0*x1*cos(x2)", {{1e-25, 1e-23, 's'}, {1e-3, 0.1, 's'}, {0, 6.283185307179586, 'u'}}},
    {"x0*sin(x1*x2/2)^2/sin(x2/2)^2", {{10, 1e3, 'l'}, {10, 1e3, 'i'}, {-6.28, 6.28, 'u'}}},
    {"exp(-((x0 - x1)/x2)^2/2)/(sqrt(2*pi)*x2)", {{0.1, 10, 's'}, {0.1, 10, 's'}, {0.5, 10, 'l'}}},
    /* other functions of the target */
    {"1/(exp(7.64e-12*x0/x1) - 1)", {{1e8, 1e10, 'l'}, {10, 1e3, 'l'}}},
    {"1.380649e-23*x0*log(x1/x2)", {{1e25, 1e27, 'l'}, {1e-5, 1e-3, 'l'}, {1e-5, 1e-3, 'l'}}},
    /* one factor of a known shape */
    {"x0*(exp(x1*x2/(1.380649e-23*x3)) - 1)",
     {{1e-3, 0.1, 's'}, {1e-22, 1e-20, 'l'}, {0.1, 10, 's'}, {10, 1e3, 'l'}}},
    {"sin(x0*x1/1.0546e-34)^2", {{1e-18, 1e-16, 's'}, {1e-18, 1e-16, 'l'}}},
    /* rational ones */
    {"x0/(1 - x1/2.99792458e8)", {{1e9, 1e11, 'l'}, {1e5, 1e7, 's'}}},
    {"(x0 + x1)/(1 + x0*x1/2.99792458e8^2)", {{1e6, 1e8, 's'}, {1e6, 1e8, 's'}}},
    {"(x0 - x1*x2)/sqrt(1 - x1^2/2.99792458e8^2)",
     {{1, 100, 's'}, {1e6, 1e8, 's'}, {1e-6, 1e-4, 'l'}}},
    {"x0 + x1 + 2*sqrt(x0*x1)*cos(x2)", {{1e-3, 0.1, 'l'}, {1e-3, 0.1, 'l'}, {0, 6.28, 'u'}}},
    {"sqrt(x0^2 + x1^2 + 2*x0*x1*cos(x2 - x3))",
     {{0.1, 10, 'l'}, {0.1, 10, 'l'}, {0, 6.28, 'u'}, {0, 6.28, 'u'}}},
};
enum { LAWS = sizeof laws / sizeof *laws };

struct outcome {
  char *text;
  double worst; /* 99 % of fresh rows are closer than this, relatively */
  uint64_t used;
};

static double distance(const struct assay_expr *e, const struct law *law)
{
  const int n = law_columns(law);
  double *x = NULL, *y = NULL, *f = NULL, limit;
  assert_ok(ASSAY_NEW(&x, (size_t)(n * LAW_ROWS), "test"));
  assert_ok(ASSAY_NEW(&y, LAW_ROWS, "test"));
  assert_ok(ASSAY_NEW(&f, LAW_ROWS, "test"));
  law_fill(x, y, law, 99);
  assert_ok(assay_sr_values(f, e, x, LAW_ROWS, LAW_ROWS));
  for (limit = 1e-15; limit < 1; limit *= 10) {
    int out = 0;
    for (int i = 0; i < LAW_ROWS; i++) out += !(fabs(f[i] - y[i]) <= limit * fabs(y[i]));
    if (100 * out <= LAW_ROWS) break;
  }
  assay_free(x);
  assay_free(y);
  assay_free(f);
  return limit;
}

static struct outcome run(const double *x, const double *y, int n, const struct law *law,
                          double limit)
{
  struct assay_sr_table *t = law_table(x, y, n);
  struct assay_sr_front *front = NULL;
  struct assay_sr_search *s = NULL;
  struct assay_sr_budget b = assay_sr_budget_start((uint64_t)limit, 0);
  struct outcome o = {NULL, INFINITY, 0};
  assert_ok(assay_sr_front_create(&front, t));
  assert_ok(assay_sr_search_create(&s, t, front, &b, 5));
  assert_ok(assay_sr_search_run(s));
  const struct assay_sr_model *m = assay_sr_front_select(front);
  if (m) {
    assert_ok(assay_expr_print(&o.text, m->expr, ASSAY_EXPR_INFIX));
    if (law) o.worst = distance(m->expr, law);
  }
  o.used = b.used;
  assay_sr_search_destroy(s);
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(t);
  return o;
}

static void laws_are_found_to_rounding(void **state)
{
  (void)state;
  for (int k = 0; k < LAWS; k++) {
    static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
    law_fill(x, y, &laws[k], 3);
    const struct outcome o = run(x, y, law_columns(&laws[k]), &laws[k], 1e9);
    if (!(o.worst <= 1e-11)) fail_msg("%s: found %s, off by %g", laws[k].text, o.text, o.worst);
    assay_free(o.text);
  }
}

static void squares_of_sums_are_put_together(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {
      "6.6743e-11*x0/((x1 - x2)^2 + (x3 + x4)^2 + 3*x5^2)",
      {{1, 1e3, 'l'}, {1, 10, 's'}, {1, 10, 's'}, {1, 10, 's'}, {1, 10, 's'}, {1, 10, 's'}}};
  law_fill(x, y, &law, 3);
  const struct outcome o = run(x, y, 6, &law, 1e9);
  assert_true(o.worst <= 1e-11);
  assert_string_equal(o.text, "6.6743e-11*x0/((x1 - x2)^2 + (x3 + x4)^2 + 3*x5^2)");
  assay_free(o.text);
}

static void same_seed_gives_the_same_law(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  law_fill(x, y, &laws[4], 3);
  for (int i = 0; i < LAW_ROWS; i++) y[i] *= 1 + 0.01 * assay_rng_normal(&rng);
  const struct outcome a = run(x, y, 5, NULL, 5e7), b = run(x, y, 5, NULL, 5e7);
  assert_non_null(a.text);
  assert_string_equal(a.text, b.text);
  assert_int_equal(a.used, b.used);
  assay_free(a.text);
  assay_free(b.text);
}

static void budget_is_never_exceeded(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  law_fill(x, y, &laws[LAWS - 1], 3);
  for (double limit = 0; limit < 3e7; limit = 3 * limit + 1234) {
    const struct outcome o = run(x, y, 4, NULL, limit);
    assert_true((double)o.used <= limit);
    assay_free(o.text);
  }
}

static void useless_columns_do_no_harm(void **state)
{
  (void)state;
  static double x[4 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"3.5*x0/x1", {{0.1, 10, 'l'}, {0.1, 10, 's'}}};
  law_fill(x, y, &law, 3);
  for (int i = 0; i < LAW_ROWS; i++) {
    x[2 * LAW_ROWS + i] = 2.385;
    x[3 * LAW_ROWS + i] = i == 17 ? NAN : 0.1 + i;
  }
  y[4] = INFINITY;
  const struct outcome o = run(x, y, 4, NULL, 1e8);
  assert_string_equal(o.text, "3.5*x0/x1");
  assay_free(o.text);
}

static void constant_target_is_a_constant(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"x0*x1", {{0.1, 10, 'l'}, {0.1, 10, 's'}}};
  law_fill(x, y, &law, 3);
  for (int i = 0; i < LAW_ROWS; i++) y[i] = 2.385;
  const struct outcome o = run(x, y, 2, NULL, 1e8);
  assert_string_equal(o.text, "2.385");
  assay_free(o.text);
}

static void noise_leaves_an_approximation(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"3.5*x0/x1", {{0.1, 10, 'l'}, {0.1, 10, 'l'}}};
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  law_fill(x, y, &law, 3);
  for (int i = 0; i < LAW_ROWS; i++) y[i] *= 1 + 1e-3 * assay_rng_normal(&rng);
  const struct outcome o = run(x, y, 2, &law, 1e8);
  assert_true(o.worst <= 1e-2);
  assay_free(o.text);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(laws_are_found_to_rounding),
      cmocka_unit_test(squares_of_sums_are_put_together),
      cmocka_unit_test(same_seed_gives_the_same_law),
      cmocka_unit_test(budget_is_never_exceeded),
      cmocka_unit_test(useless_columns_do_no_harm),
      cmocka_unit_test(constant_target_is_a_constant),
      cmocka_unit_test(noise_leaves_an_approximation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
