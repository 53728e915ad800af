/* Units for the numbers of a formula. */
#include "datasets/dimension_fit.h"

#include "core/base/mem.h"
#include "datasets/equation.h"
#include "tests/test.h"

static const struct claim {
  const char *formula, *unit0, *unit1, *target;
  bool fits;
} claims[] = {
    /* numbers take what is missing */
    {"9.80665*x0*x1", "kg", "m", "J", true},
    {"x0*x1", "kg", "m", "J", false},
    {"2*x0*x1", "kg", "m", "J", false}, /* two is two */
    {"-2*x0*x1^2/2", "kg", "m s-1", "J", true},
    {"2.5*x0 + 3.5*x1", "kg", "m", "J", true},
    {"2.5*(x0 + x1)", "kg", "m", "J", false},
    {"2.5*(x0 + 0.3*x1)", "kg", "m", "J", true},
    {"0.1 + x0", "m", "1", "m", true},
    {"1 + x0", "m", "1", "m", false},
    {"0 + x0", "m", "1", "m", true},
    {"min(x0, 2.385)", "m", "1", "m", true},
    {"max(x0, x1)", "m", "s", "m", false},
    {"12.5", "m", "s", "kg", true},
    {"pi", "m", "s", "kg", false},
    /* one number cannot have two units */
    {"(x0 + 2.5)*(x1 + 2.5)", "m", "s", "m s", true},
    {"2.5*x0 - exp(x1/3.5)", "m", "s", "1", true},
    {"2.5*x0 - exp(x1/3)", "m", "s", "1", false},
    /* arguments are pure numbers */
    {"sin(x0)", "m", "1", "1", false},
    {"sin(0.7*x0)", "m", "1", "1", true},
    {"sin(0.7*x0 + 0.3)", "m", "1", "1", true},
    {"sin(0.7*(x0 + x1))", "m", "s", "1", false},
    {"3.5*sin(x0/x1)", "m", "m", "J", true},
    {"log(x0) - log(x1)", "m", "m", "1", false}, /* as written */
    {"log(x0/x1)", "m", "m", "1", true},
    {"exp(x0)/exp(x1)", "1", "1", "1", true},
    /* exponents */
    {"sqrt(x0*x1)", "m s-2", "m", "m s-1", true},
    {"(x0*x1)^0.5", "m s-2", "m", "m s-1", true},
    {"(x0*x1)^(1/2)", "m s-2", "m", "m s-1", true},
    {"(x0*x1)^0.4995", "m s-2", "m", "m s-1", true}, /* a half */
    {"(x0*x1)^0.48", "m s-2", "m", "m s-1", false},
    {"2.5*(x0*x1)^0.48", "m s-2", "m", "m s-1", true},
    {"x0^-2*x1", "m", "m3", "m", true},
    {"x0^(2*x1)", "1", "m", "1", false},
    {"x0^(2.5*x1)", "1", "m", "1", true},
    {"(x0/7.5)^(2.5*x1)", "m", "s", "1", true},
    {"x0^(2.5*x1)", "m", "s", "1", false},
    {"x0^pi", "m", "s", "m", false},
    {"abs(-x0)", "m", "s", "m", true},
};

static bool fits(const char *formula, const char *unit0, const char *unit1, const char *target)
{
  struct assay_expr *e = NULL;
  struct assay_dimension var[2], wanted;
  bool out;
  assert_ok(assay_dimension_parse(&var[0], unit0));
  assert_ok(assay_dimension_parse(&var[1], unit1));
  assert_ok(assay_dimension_parse(&wanted, target));
  assert_ok(assay_expr_parse(&e, formula, NULL));
  assert_ok(assay_dimension_fits(&out, e, var, &wanted));
  assay_expr_free(e);
  return out;
}

static void numbers_take_the_units_that_are_missing(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
    const struct claim *c = &claims[i];
    if (fits(c->formula, c->unit0, c->unit1, c->target) != c->fits)
      fail_msg("%s of %s and %s for %s: expected %d", c->formula, c->unit0, c->unit1, c->target,
               c->fits);
  }
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

/* All laws of the built-in tables whose units are known: consistent as they are, and not when the
 * target is multiplied by a length and no number can take it up. */
static void laws_are_consistent(void **state)
{
  (void)state;
  static const char *const tables[] = {"srsd", "feynman"};
  int n = 0;
  for (int t = 0; t < 2; t++) {
    struct assay_equations *all = NULL;
    assert_ok(assay_equations_open(&all, tables[t]));
    for (long i = 0; i < assay_equations_count(all); i++) {
      const struct assay_equation *q = assay_equations_at(all, i);
      struct assay_dimension var[ASSAY_INPUTS_MAX], target;
      struct assay_expr *e = NULL;
      bool known = *q->target_unit, out;
      for (int c = 0; c < q->n_inputs; c++) known = known && *q->input[c].unit;
      if (!known) continue;
      for (int c = 0; c < q->n_inputs; c++)
        assert_ok(assay_dimension_parse(&var[c], q->input[c].unit));
      assert_ok(assay_dimension_parse(&target, q->target_unit));
      assert_ok(assay_expr_parse(&e, q->truth, NULL));
      assert_ok(assay_dimension_fits(&out, e, var, &target));
      if (!out) fail_msg("%s %s: %s", tables[t], q->id, q->truth);
      assay_expr_free(e);
      n++;
    }
    assay_equations_close(all);
  }
  assert_true(n > 200);
}

static void large_ones_are_refused_and_long_ones_are_not(void **state)
{
  (void)state;
  enum { TERMS = 340 };
  static char text[40 * 2000];
  struct assay_expr *e = NULL;
  const struct assay_dimension var[2] = {{{1}}, {{0, 1}}}, target = {{2, 1}};
  bool out;
  size_t n = 0;
  for (int k = 0; k < TERMS; k++)
    n += (size_t)snprintf(text + n, sizeof text - n, "%s%d.5*x0^%d*x1", k ? " + " : "", k, k % 7);
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_ok(assay_dimension_fits(&out, e, var, &target));
  assert_true(out);
  assay_expr_free(e);
  snprintf(text + n, sizeof text - n, " + x0"); /* no number there */
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_ok(assay_dimension_fits(&out, e, var, &target));
  assert_false(out);
  assay_expr_free(e);
  n = 0;
  for (int k = 0; k < 900; k++)
    n += (size_t)snprintf(text + n, sizeof text - n, "%s(x0*x0 + x1)", k ? "*" : "");
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_fails(assay_dimension_fits(&out, e, var, &target), ASSAY_EARG, "looked at up to 4096");
  assay_expr_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_take_the_units_that_are_missing),
      cmocka_unit_test(laws_are_consistent),
      cmocka_unit_test(large_ones_are_refused_and_long_ones_are_not),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
