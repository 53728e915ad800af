/* Genetic programming: laws found to rounding, within the budget, the same twice. */
#include "baselines/symbolic/genetic.h"

#include "baselines/symbolic/genetic_island.h"
#include "tests/baselines/symbolic/laws.h"

struct outcome {
  char *text;  /* of the selected model */
  char *front; /* all of them */
  bool exact;
  uint64_t used;
};

static struct outcome run(const double *x, const double *y, int n, double limit, uint64_t seed)
{
  struct assay_sr_table *t = law_table(x, y, n);
  struct assay_sr_front *front = NULL;
  struct assay_sr_budget b = assay_sr_budget_start((uint64_t)limit, 0);
  struct outcome o = {0};
  assert_ok(assay_sr_front_create(&front, t));
  assert_ok(assay_sr_genetic(front, &b, seed));
  const struct assay_sr_model *m = assay_sr_front_select(front);
  if (m) {
    assert_ok(assay_expr_print(&o.text, m->expr, ASSAY_EXPR_INFIX));
    o.exact = assay_sr_model_exact(m);
  }
  for (int i = 0; i < front->n; i++) {
    char *text = NULL;
    assert_ok(assay_expr_print(&text, front->model[i].expr, ASSAY_EXPR_INFIX));
    assert_ok(assay_text_append(&o.front, "\n", text));
    assay_free(text);
  }
  o.used = b.used;
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(t);
  return o;
}

static void finish(struct outcome *o)
{
  assay_free(o->text);
  assay_free(o->front);
}

static const struct law laws[] = {
    {"x0*x1 + x2^2", {{-3, 3, 'u'}, {-3, 3, 'u'}, {-3, 3, 'u'}}},
    {"x0^3 + x0^2 + x0", {{-1, 1, 'u'}}},
    {"x0^4 + x0^3 + x0^2 + x0", {{-1, 1, 'u'}}},
    {"sin(x0^2)*cos(x0) - 1", {{-1, 1, 'u'}}},
    {"log(x0 + 1) + log(x0^2 + 1)", {{0, 2, 'u'}}},
    {"sin(x0) + sin(x1^2)", {{-1, 1, 'u'}, {-1, 1, 'u'}}},
    {"6.87 + 11*cos(7.23*x0^3)", {{0.1, 1.2, 'u'}}},
    {"1.5 + 24.3*x1/(x0 + 3.3)", {{1, 10, 'u'}, {-5, 5, 'u'}}},
    {"x0*(x1 - x2)/x3 + 0.5*x4*x3^2",
     {{1e-4, 1e-2, 'l'}, {1e6, 1e7, 'l'}, {1e6, 1e7, 'l'}, {1e-3, 1e-2, 'l'}, {1e8, 1e9, 'l'}}},
    {"6.6743e-11*x0*x1*(1/x2 - 1/x3)",
     {{1e23, 1e25, 'l'}, {1e23, 1e25, 'l'}, {1e8, 1e10, 'l'}, {1e8, 1e10, 'l'}}},
};
enum { LAWS = sizeof laws / sizeof *laws };

static void laws_are_found_to_rounding(void **state)
{
  (void)state;
  for (int k = 0; k < LAWS; k++) {
    static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
    law_fill(x, y, &laws[k], 3);
    struct outcome o = run(x, y, law_columns(&laws[k]), 4e9, 5);
    print_message("# %s: %s, %.3g\n", laws[k].text, o.text, (double)o.used);
    if (!o.exact) print_message("# %s: found %s\n", laws[k].text, o.text);
    finish(&o);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(laws_are_found_to_rounding),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
