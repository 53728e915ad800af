#include "core/base/mem.h"
#include "core/expr/number.h"
#include "core/expr/parse.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

static void assert_prints(const char *text, enum assay_expr_format format, const char *expected)
{
  struct assay_expr *e;
  char *out;
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_ok(assay_expr_print(&out, e, format));
  if (strcmp(out, expected) != 0) fail_msg("%s prints as\n%s\nnot\n%s", text, out, expected);
  assay_free(out);
  assay_expr_free(e);
}

static void infix_has_only_the_parentheses_it_needs(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"((x0))+((x1)*(x2))", "x0 + x1*x2"},
      {"(x0-x1)-x2", "x0 - x1 - x2"},
      {"x0-(x1-x2)", "x0 - (x1 - x2)"},
      {"x0+(x1+x2)", "x0 + (x1 + x2)"},
      {"(x0*x1)/x2", "x0*x1/x2"},
      {"x0/(x1*x2)", "x0/(x1*x2)"},
      {"(x0^x1)^x2", "(x0^x1)^x2"},
      {"x0^(x1^x2)", "x0^x1^x2"},
      {"(-x0)^2", "(-x0)^2"},
      {"-(x0^2)", "-x0^2"},
      {"-(x0*x1)", "-(x0*x1)"},
      {"(-x0)*x1", "-x0*x1"},
      {"x0^(-x1)", "x0^-x1"},
      {"x0^(-0.5)", "x0^-0.5"},
      {"(-2)^x0", "(-2)^x0"},
      {"-(2)", "-(2)"},
      {"-(2)^x0", "-2^x0"},
      {"-(inf)", "-(inf)"},
      {"x0*(-x1)", "x0*-x1"},
      {"sqrt((x0))+min(x1,(2))", "sqrt(x0) + min(x1, 2)"},
      {"2*pi*x0", "2*pi*x0"},
      {"2.0*6.62607015e-34", "2.0*6.62607015e-34"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_prints(cases[i][0], ASSAY_EXPR_INFIX, cases[i][1]);
}

static void other_forms(void **state)
{
  (void)state;
  assert_prints("x0 - 2*sin(-x1)", ASSAY_EXPR_PREFIX, "sub(x0, mul(2, sin(neg(x1))))");
  assert_prints("x0 - 2*sin(-x1)", ASSAY_EXPR_POLISH, "- x0 * 2 sin neg x1");
  assert_prints("x0 - 2*sin(-x1)", ASSAY_EXPR_TREE,
                "-\n|- x0\n`- *\n   |- 2\n   `- sin\n      `- neg\n         `- x1\n");
  assert_prints("(x0 + x1)*x2 + 3", ASSAY_EXPR_TREE,
                "+\n|- *\n|  |- +\n|  |  |- x0\n|  |  `- x1\n|  `- x2\n`- 3\n");
}

static void latex(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"x0*x1/(4*pi*8.854e-12*x12^3)",
       "\\frac{x_{0} x_{1}}{4 \\pi \\cdot 8.854 \\times 10^{-12} x_{12}^{3}}"},
      {"sqrt(1-x0^2)", "\\sqrt{1 - x_{0}^{2}}"},
      {"(x0+1)*(x1-(x2-2))",
       "\\left(x_{0} + 1\\right) \\left(x_{1} - \\left(x_{2} - 2\\right)\\right)"},
      {"abs(x0)*asin(x1)", "\\left|x_{0}\\right| \\arcsin\\left(x_{1}\\right)"},
      {"(x0/x1)^2*2", "\\left(\\frac{x_{0}}{x_{1}}\\right)^{2} \\cdot 2"},
      {"x0*-x1 - max(x0,-inf)",
       "x_{0} \\left(-x_{1}\\right) - \\max\\left(x_{0}, -\\infty\\right)"},
      {"-(x0+x1)", "-\\left(x_{0} + x_{1}\\right)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_prints(cases[i][0], ASSAY_EXPR_LATEX, cases[i][1]);
  struct assay_expr *e;
  char *out;
  static const char *const names[] = {"m", "E_n"};
  assert_ok(assay_expr_parse(&e, "x0*x1", NULL));
  assert_ok(assay_expr_print_names(&out, e, ASSAY_EXPR_LATEX, names));
  assert_string_equal(out, "m \\mathrm{E\\_n}");
  assay_free(out);
  assay_expr_free(e);
}

static void numbers_have_the_fewest_digits(void **state)
{
  (void)state;
  static const struct {
    double value;
    bool exact;
    const char *text;
  } cases[] = {
      {0.1, false, "0.1"},
      {2.0, false, "2.0"},
      {2.0, true, "2"},
      {-0.0, true, "-0"},
      {1e23, false, "1e+23"},
      {0x1p-1074, false, "5e-324"},
      {1.0 / 3.0, false, "0.3333333333333333"},
      {1e15, true, "1000000000000000"},
      {123456789.125, false, "123456789.125"},
      {0x1.fffffffffffffp1023, false, "1.7976931348623157e+308"},
  };
  char text[32];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(assay_expr_number_text(text, cases[i].value, cases[i].exact),
                        cases[i].text);
}

/* equality including how constants were written */
static bool identical(const struct assay_expr *a, const struct assay_expr *b)
{
  if (!assay_expr_equal(a, b)) return false;
  for (int i = 0; i < a->n; i++)
    if (a->node[i].exact != b->node[i].exact) return false;
  return true;
}

static void every_tree_reads_back_in_every_form(void **state)
{
  (void)state;
  const struct assay_expr_style *polish;
  uint64_t seed = 2385;
  assert_ok(assay_expr_style_find(&polish, "polish"));
  for (int round = 0; round < 20000; round++) {
    struct assay_expr_node node[64];
    struct assay_expr *e, *f;
    char *text;
    static const enum assay_expr_format formats[] = {ASSAY_EXPR_INFIX, ASSAY_EXPR_PREFIX,
                                                     ASSAY_EXPR_POLISH};
    /* operators with precedence only in two rounds of three: that is where mistakes hide */
    const int limit = round % 3 ? ASSAY_EXPR_MIN : ASSAY_EXPR_N_OPS;
    const int n = tree_nodes(node, 0, 2 + round % 25, 3, limit, &seed);
    if (round % 7 == 0) node[0].exact = false;
    if (round % 7 == 0) node[0].value = round % 14 ? -(double)INFINITY : (double)NAN;
    assert_ok(assay_expr_make(&e, node, n));
    for (int k = 0; k < 3; k++) {
      assert_ok(assay_expr_print(&text, e, formats[k]));
      assert_ok(assay_err_prefix(
          assay_expr_parse(&f, text, formats[k] == ASSAY_EXPR_POLISH ? polish : NULL),
          "%s: ", text));
      if (!identical(e, f)) fail_msg("round %d: not the same tree again: %s", round, text);
      assay_expr_free(f);
      assay_free(text);
    }
    assay_expr_free(e);
  }
}

static void subtrees_are_found(void **state)
{
  (void)state;
  struct assay_expr *e, *copy;
  int first[9];
  assert_ok(assay_expr_parse(&e, "(x0 + 2)*sin(x1/x2)", NULL));
  assert_int_equal(e->n, 8);
  static const int expected[] = {0, 1, 0, 3, 4, 3, 3, 0};
  assay_expr_firsts(first, e);
  for (int i = 0; i < e->n; i++) {
    assert_int_equal(assay_expr_first(e, i), expected[i]);
    assert_int_equal(first[i], expected[i]);
  }
  assert_int_equal(assay_expr_depth(e), 4);
  assert_ok(assay_expr_copy(&copy, e));
  assert_true(assay_expr_equal(e, copy));
  copy->node[1].value = 2.5;
  assert_false(assay_expr_equal(e, copy));
  copy->node[1].value = 2.0;
  copy->node[0].var = 1;
  assert_false(assay_expr_equal(e, copy));
  assay_expr_free(copy);
  assay_expr_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(infix_has_only_the_parentheses_it_needs),
      cmocka_unit_test(other_forms),
      cmocka_unit_test(latex),
      cmocka_unit_test(numbers_have_the_fewest_digits),
      cmocka_unit_test(every_tree_reads_back_in_every_form),
      cmocka_unit_test(subtrees_are_found),
  };
  return cmocka_run_group_tests_name("core/expr/print", tests, NULL, NULL);
}
