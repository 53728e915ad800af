#include "core/expr/parse.h"

#include <locale.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

static char *prefix_of(const char *text, const char *style)
{
  const struct assay_expr_style *s;
  struct assay_expr *e;
  char *out;
  assert_ok(assay_expr_style_find(&s, style));
  assert_ok(assay_err_prefix(assay_expr_parse(&e, text, s), "%s: ", text));
  assert_ok(assay_expr_print(&out, e, ASSAY_EXPR_PREFIX));
  assay_expr_free(e);
  return out;
}

static void operators_bind_as_the_grammar_says(void **state)
{
  (void)state;
  static const struct {
    const char *text, *prefix;
  } cases[] = {
      {"x0", "x0"},
      {" ( 2.385 ) ", "2.385"},
      {"x0 - x1 - x2", "sub(sub(x0, x1), x2)"},
      {"x0/x1*x2/x3", "div(mul(div(x0, x1), x2), x3)"},
      {"x0 + x1*x2", "add(x0, mul(x1, x2))"},
      {"x0^x1^x2", "pow(x0, pow(x1, x2))"},
      {"x0**x1**x2", "pow(x0, pow(x1, x2))"},
      {"-x0^2", "neg(pow(x0, 2))"},
      {"-3^2", "neg(pow(3, 2))"},
      {"-3.5e+2 ** 2", "neg(pow(350.0, 2))"},
      {"(-3)^2", "pow(-3, 2)"},
      {"-3*x0", "mul(-3, x0)"},
      {"-x0*x1", "mul(neg(x0), x1)"},
      {"-(3)", "neg(3)"},
      {"- -3", "neg(-3)"},
      {"x0^-2", "pow(x0, -2)"},
      {"x0^-2^x1", "pow(x0, neg(pow(2, x1)))"},
      {"x0^-x1*x2", "mul(pow(x0, neg(x1)), x2)"},
      {"x0*-x1", "mul(x0, neg(x1))"},
      {"x0--x1", "sub(x0, neg(x1))"},
      {"x0-2", "sub(x0, 2)"},
      {"+x0 + +2", "add(x0, 2)"},
      {"exp(-x0^2/2)/sqrt(2*pi)", "div(exp(div(neg(pow(x0, 2)), 2)), sqrt(mul(2, pi)))"},
      {"arcsin(x0)+ln(x1)+Abs(x2)", "add(add(asin(x0), log(x1)), abs(x2))"},
      {"Max(x0,x1,x2)", "max(max(x0, x1), x2)"},
      {"Min(x0)", "x0"},
      {"Add(x0, x1, 2)", "add(add(x0, x1), 2)"},
      {"square(x0)+inv(x1)", "add(pow(x0, 2), pow(x1, -1))"},
      {"E", "exp(1)"},
      {"-inf + nan - oo", "sub(add(-inf, nan), inf)"},
      {".5e1", "5.0"},
      {"1.", "1.0"},
      {"9007199254740993", "9007199254740992.0"},
      {"9007199254740992", "9007199254740992"},
      {"tan(cot(sinh(cosh(tanh(acos(atan(x12)))))))",
       "tan(cot(sinh(cosh(tanh(acos(atan(x12)))))))"},
      {"x0\n+\tx1\r\n", "add(x0, x1)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *prefix = prefix_of(cases[i].text, "native");
    if (strcmp(prefix, cases[i].prefix) != 0)
      fail_msg("%s reads as %s, not %s", cases[i].text, prefix, cases[i].prefix);
    assay_free(prefix);
  }
}

static void dialects_of_other_programs_are_read(void **state)
{
  (void)state;
  static const struct {
    const char *style, *text, *prefix;
  } cases[] = {
      {"gplearn", "add(X0, mul(-0.5, div(X1, X12)))", "add(x0, mul(-0.5, div(x1, x12)))"},
      {"gplearn", "neg(inv(sqrt(abs(max(X0, X1)))))", "neg(pow(sqrt(abs(max(x0, x1))), -1))"},
      /* as gplearn 0.4.3 printed it */
      {"gplearn", "add(neg(sub(X0, X2)), mul(sqrt(mul(X1, X0)), div(add(X1, -0.678), sqrt(X2))))",
       "add(neg(sub(x0, x2)), mul(sqrt(mul(x1, x0)), div(add(x1, -0.678), sqrt(x2))))"},
      {"operon", "((0.5 * X1) + (X2 ^ 2))", "add(mul(0.5, x0), pow(x1, 2))"},
      /* as pyoperon 0.6.2 printed them; the second is fmin, the third log1p, the fourth aq */
      {"operon",
       "(0.00020880419469904 + ((-2.89737343788146973) * ((0.38345605134963989 * X1) / X3)))",
       "add(0.00020880419469904, mul(-2.8973734378814697, div(mul(0.3834560513496399, x0), "
       "x2)))"},
      {"operon", "(max((1.50000 * X1), 0.00000000000249999999))",
       "max(mul(1.5, x0), 2.49999999e-12)"},
      {"operon", "log((0.46791 + (-0.93932))+1)", "log(add(add(0.46791, -0.93932), 1))"},
      {"operon", "((0.25 * X2) / (sqrt(1 + (0.625 * X1) ^ 2)))",
       "div(mul(0.25, x1), sqrt(add(1, pow(mul(0.625, x0), 2))))"},
      {"operon", "sqrt(abs(((-0.25) * X1)))", "sqrt(abs(mul(-0.25, x0)))"},
      {"dsr", "x1*exp(x2)", "mul(x0, exp(x1))"},
      {"dso", "x1**2.0", "pow(x0, 2.0)"},
      {"afp", "(x_0*sin(x_10))", "mul(x0, sin(x10))"},
      {"underscore-one", "x_1", "x0"},
      {"pysr", "x0*square(sin(x1)) + cube(x2)", "add(mul(x0, pow(sin(x1), 2)), pow(x2, 3))"},
      /* from PySR's documentation, and what sympy_format of PySR 2.7.2 makes of operators */
      {"pysr", "x0**2 + 2.000016*cos(x3) - 1.9999845",
       "sub(add(pow(x0, 2), mul(2.000016, cos(x3))), 1.9999845)"},
      {"pysr", "x0*x0 + (cos(x3) - 0.19699033)*2.5382123",
       "add(mul(x0, x0), mul(sub(cos(x3), 0.19699033), 2.5382123))"},
      {"pysr", "-sqrt(-x1/x2) + 1/x0", "add(neg(sqrt(div(neg(x1), x2))), div(1, x0))"},
      {"pysr", "x0**2 + sin(x1*(-1.5e-12))**3", "add(pow(x0, 2), pow(sin(mul(x1, -1.5e-12)), 3))"},
      {"pysr", "Max(0.30000001, x0)**2.0", "pow(max(0.30000001, x0), 2.0)"},
      {"pysr", "log10(x0) + log2(x1)", "add(div(log(x0), log(10)), div(log(x1), log(2)))"},
      {"pysr", "sqrt(Abs(x0))/log(Abs(x1))", "div(sqrt(abs(x0)), log(abs(x1)))"},
      {"aifeynman", "asin(x0)+2*pi", "add(asin(x0), mul(2, pi))"},
      {"e2e", "(-0.5 add (1.25 mul inv((x_0 sub (x_1 pow 2)))))",
       "add(-0.5, mul(1.25, pow(sub(x0, pow(x1, 2)), -1)))"},
      {"polish", "+ x0 * -2 sin x1", "add(x0, mul(-2, sin(x1)))"},
      {"polish", "add(x0, mul(2 x1))", "add(x0, mul(2, x1))"},
      {"polish", "(+ (- x0 3) (neg x1))", "add(sub(x0, 3), neg(x1))"},
      {"polish", "pow (sin x0) / 1 2", "pow(sin(x0), div(1, 2))"},
      {"polish", "square exp -.5", "pow(exp(-0.5), 2)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *prefix = prefix_of(cases[i].text, cases[i].style);
    if (strcmp(prefix, cases[i].prefix) != 0)
      fail_msg("%s reads as %s, not %s", cases[i].text, prefix, cases[i].prefix);
    assay_free(prefix);
  }
}

static void columns_may_have_names(void **state)
{
  (void)state;
  static const char *const names[] = {"mu", "theta", "E", "sin", "E_n"};
  const struct assay_expr_style s = {.name = "table", .columns = names, .n_columns = 5};
  struct assay_expr *e;
  char *text;
  assert_ok(assay_expr_parse(&e, "mu*sin(theta)/E_n + E + sin", &s));
  assert_int_equal(e->n_vars, 5);
  assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
  assert_string_equal(text, "x0*sin(x1)/x4 + x2 + x3");
  assay_free(text);
  assert_ok(assay_expr_print_names(&text, e, ASSAY_EXPR_INFIX, names));
  assert_string_equal(text, "mu*sin(theta)/E_n + E + sin");
  assay_free(text);
  assay_expr_free(e);
  assert_fails(assay_expr_parse(&e, "mu + thta", &s), ASSAY_EPARSE,
               "line 1, column 6: unknown name 'thta' (did you mean 'theta'?");
  assert_fails(assay_expr_parse(&e, "x0", &s), ASSAY_EPARSE, "unknown name 'x0'");
}

static void errors_name_position_and_expectation(void **state)
{
  (void)state;
  static const struct {
    const char *style, *text;
    size_t position;
    const char *message;
  } cases[] = {
      {"native", "", 0,
       "column 1: expected a number, a variable, a function or '(', found the end"},
      {"native", "x0 +", 4, "column 5: expected a number, a variable, a function or '('"},
      {"native", "x0 x1", 3, "column 4: expected an operator or the end, found 'x1'"},
      {"native", "2x0", 1, "expected an operator or the end, found 'x0'"},
      {"native", "1.5.2", 3, "found '.2'"},
      {"native", "(x0 + x1", 8, "expected ')' for the '(' at 1:1, found the end"},
      {"native", "2 + sin(x0", 10, "expected ')' for the '(' at 1:8, found the end"},
      {"native", "x0)", 2, "column 3: ')' without a '('"},
      {"native", "(x0 x1)", 4, "expected an operator, ',' or ')', found 'x1'"},
      {"native", "()", 1, "expected a number, a variable, a function or '(', found ')'"},
      {"native", "x0, x1", 2, "',' outside the arguments of a function"},
      {"native", "(x0, x1)", 3, "',' outside the arguments of a function"},
      {"native", "sin(x0, x1)", 6, "sin takes 1 argument, found one more"},
      {"native", "pow(x0)", 6, "pow takes 2 arguments, found 1"},
      {"native", "pow(x0, 1, 2)", 9, "pow takes 2 arguments, found one more"},
      {"native", "sine(x0)", 0, "unknown function 'sine' (did you mean 'sin'?"},
      {"native", "sin x0", 0, "expected '(' after the function sin"},
      {"native", "1 + y", 4, "unknown name 'y', variables are x0, x1, ..."},
      {"native", "x_1", 0, "variables are x0, x1, ... here, found 'x_1' (the style 'underscore'"},
      {"dsr", "x0", 0, "variables are x1, x2, ... here"},
      {"native", "x01", 0, "unknown name 'x01'"},
      {"native", "x10000", 0, "no more than 10000 variables"},
      {"native", "x99999999999999999999", 0, "no more than 10000 variables"},
      {"native", "3*1e999", 2, "1e999 is beyond the largest number"},
      {"native", "1e-999", 0, "1e-999 is too near to zero"},
      {"native", "-1e", 3, "expected the digits of an exponent"},
      {"native", "1e+x0", 3, "expected the digits of an exponent"},
      {"native", "x0 + \xc3\xa9", 5,
       "column 6: expected a number, a variable, a function or '(', found '\xc3\xa9'"},
      {"native", "(x0 +\n x1 $", 10,
       "line 2, column 5: expected an operator, ',' or ')', found '$'"},
      {"native", "x0 \x01", 3, "found the byte 0x01"},
      {"native", "x0 * * x1", 5, "found '*'"},
      {"polish", "+ x0", 4, "expected an operator, a number or a variable, found the end"},
      {"polish", "+ x0 x1 x2", 8, "expected the end, found 'x2'"},
      {"polish", "add(x0, x1, x2)", 10, "expected ')', found ','"},
      {"polish", "sine x0", 0, "unknown name 'sine'"},
      {"polish", "(x0", 3, "expected ')', found the end"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct assay_expr_style *s;
    struct assay_expr *e;
    size_t position = 999;
    assert_ok(assay_expr_style_find(&s, cases[i].style));
    const int rc = assay_expr_parse_at(&e, cases[i].text, s, &position);
    if (rc != ASSAY_EPARSE || e) fail_msg("'%s' is read (%d)", cases[i].text, rc);
    if (!strstr(assay_err_last(), cases[i].message) || position != cases[i].position)
      fail_msg("'%s' at %zu: %s", cases[i].text, position, assay_err_last());
  }
}

static void a_caret_points_at_the_fault(void **state)
{
  (void)state;
  char *text;
  assert_ok(assay_expr_caret(&text, "x0 +\n\xc3\xa9 $ 2", 8));
  assert_string_equal(text, "\xc3\xa9 $ 2\n  ^\n");
  assay_free(text);
  assert_ok(assay_expr_caret(&text, "x0 +", 4));
  assert_string_equal(text, "x0 +\n    ^\n");
  assay_free(text);
}

static void unknown_styles_are_refused(void **state)
{
  (void)state;
  const struct assay_expr_style *s;
  assert_fails(assay_expr_style_find(&s, "gpleran"), ASSAY_ENOTFOUND, "did you mean 'gplearn'?");
}

/* text of n times `unit` between begin and end */
static char *repeated(const char *begin, const char *unit, int n, const char *end)
{
  char *text;
  const size_t length = strlen(unit), first = strlen(begin);
  assert_ok(assay_alloc((void **)&text, first + (size_t)n * length + strlen(end) + 1, 1, "test"));
  strcpy(text, begin);
  for (int i = 0; i < n; i++) memcpy(text + first + (size_t)i * length, unit, length);
  strcpy(text + first + (size_t)n * length, end);
  return text;
}

static void deep_and_huge_input_is_refused(void **state)
{
  (void)state;
  static const struct {
    const char *style, *begin, *unit, *end, *message;
    int most; /* so many units are read */
  } cases[] = {
      {"native", "", "(", "", "column 1001: more than 1000 parentheses inside each other", 0},
      {"native", "", "sin(", "", "more than 1000 parentheses inside each other", 0},
      {"native", "", "-", "x0", "more than 1000 levels deep", 999},
      {"native", "x0", "^x1", "", "more than 1000 levels deep", 999},
      {"native", "x0", "+x1", "", "column 3000: more than 1000 levels deep", 999},
      {"native", "x0", "*-x1", "", "more than 1000 levels deep", 998},
      {"native", "max(x0", ",x1", ")", "more than 1000 levels deep", 999},
      {"polish", "", "(", "", "more than 1000 parentheses inside each other", 0},
      {"polish", "", "sin ", "x0", "more than 1000 levels deep", 999},
      {"polish", "", "+ x0 ", "x0", "more than 1000 levels deep", 999},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct assay_expr_style *s;
    struct assay_expr *e;
    assert_ok(assay_expr_style_find(&s, cases[i].style));
    char *text = repeated(cases[i].begin, cases[i].unit, 1000000, cases[i].end);
    assert_fails(assay_expr_parse(&e, text, s), ASSAY_EPARSE, cases[i].message);
    assay_free(text);
    if (cases[i].most == 0) continue;
    text = repeated(cases[i].begin, cases[i].unit, cases[i].most, cases[i].end);
    assert_ok(assay_expr_parse(&e, text, s));
    assert_int_equal(assay_expr_depth(e), cases[i].unit[1] == '-' ? 999 + 1 : 1000);
    assay_expr_free(e);
    assay_free(text);
    text = repeated(cases[i].begin, cases[i].unit, cases[i].most + 1, cases[i].end);
    assert_fails(assay_expr_parse(&e, text, s), ASSAY_EPARSE, "more than 1000");
    assay_free(text);
  }
}

/* a balanced sum of 2^levels variables */
static int balanced(struct assay_expr_node *node, int n, int levels)
{
  if (levels == 0) {
    node[n] = (struct assay_expr_node){.op = ASSAY_EXPR_VAR, .var = n % 7};
    return n + 1;
  }
  n = balanced(node, balanced(node, n, levels - 1), levels - 1);
  node[n] = (struct assay_expr_node){.op = ASSAY_EXPR_ADD};
  return n + 1;
}

static void the_number_of_nodes_is_limited(void **state)
{
  (void)state;
  struct assay_expr_node *node;
  struct assay_expr *e, *f;
  char *text, *two;
  assert_ok(ASSAY_NEW(&node, (size_t)2 << 20, "test"));
  assert_ok(assay_expr_make(&e, node, balanced(node, 0, 19)));
  assert_int_equal(e->n, (1 << 20) - 1);
  assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
  assert_ok(assay_expr_parse(&f, text, NULL));
  assert_true(assay_expr_equal(e, f));
  assay_expr_free(f);
  assert_ok(assay_asprintf(&two, "(%s)*(%s)", text, text));
  assert_fails(assay_expr_parse(&f, two, NULL), ASSAY_EPARSE, "more than 1048576 nodes");
  assert_fails(assay_expr_make(&f, node, balanced(node, 0, 20)), ASSAY_EARG, "not 2097151");
  assay_free(two);
  assay_free(text);
  assay_free(node);
  assay_expr_free(e);
}

static void trees_that_are_none_are_refused(void **state)
{
  (void)state;
  struct assay_expr *e;
  struct assay_expr_node node[] = {
      {.op = ASSAY_EXPR_VAR, .var = 3}, {.op = ASSAY_EXPR_PI}, {.op = ASSAY_EXPR_ADD}};
  assert_ok(assay_expr_make(&e, node, 3));
  assert_int_equal(e->n_vars, 4);
  assay_expr_free(e);
  assert_fails(assay_expr_make(&e, node, 2), ASSAY_EARG, "do not form one tree");
  assert_fails(assay_expr_make(&e, node + 2, 1), ASSAY_EARG, "do not form one tree");
  assert_fails(assay_expr_make(&e, node, 0), ASSAY_EARG, "not 0");
  node[0].var = -1;
  assert_fails(assay_expr_make(&e, node, 3), ASSAY_EARG, "variable -1");
  node[0].op = (enum assay_expr_op)77;
  assert_fails(assay_expr_make(&e, node, 3), ASSAY_EARG, "no operator 77");
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
  (void)state;
  char *const before = strdup(setlocale(LC_ALL, NULL));
  static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"};
  for (int i = 0; i < 4; i++)
    if (setlocale(LC_ALL, comma[i])) break;
  /* 20 digits take the slow way */
  char *text = prefix_of("0.12345678901234567891 + 2.5", "native");
  assert_string_equal(text, "add(0.12345678901234568, 2.5)");
  assay_free(text);
  setlocale(LC_ALL, before);
  free(before);
}

static void numbers_are_rounded_to_nearest(void **state)
{
  (void)state;
  static const char *const texts[] = {"2.385",
                                      "0.1",
                                      "6.67430e-11",
                                      "9.2740100783e-24",
                                      "1e23",
                                      "1e22",
                                      "8.5e-23",
                                      "1.7976931348623157e308",
                                      "2.2250738585072011e-308",
                                      "4.9e-324",
                                      "123456789012345678901234567890.5",
                                      "9007199254740993.0",
                                      "0.000000000000000000000001",
                                      "179769313486231580793728971405301e276",
                                      "7.2057594037927933e16"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct assay_expr *e;
    assert_ok(assay_expr_parse(&e, texts[i], NULL));
    const double expected = strtod(texts[i], NULL);
    if (e->node[0].value != expected) fail_msg("%s reads as %.17g", texts[i], e->node[0].value);
    assay_expr_free(e);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(operators_bind_as_the_grammar_says),
      cmocka_unit_test(dialects_of_other_programs_are_read),
      cmocka_unit_test(columns_may_have_names),
      cmocka_unit_test(errors_name_position_and_expectation),
      cmocka_unit_test(a_caret_points_at_the_fault),
      cmocka_unit_test(unknown_styles_are_refused),
      cmocka_unit_test(deep_and_huge_input_is_refused),
      cmocka_unit_test(the_number_of_nodes_is_limited),
      cmocka_unit_test(trees_that_are_none_are_refused),
      cmocka_unit_test(numbers_do_not_depend_on_the_locale),
      cmocka_unit_test(numbers_are_rounded_to_nearest),
  };
  return cmocka_run_group_tests_name("core/expr/parse", tests, NULL, NULL);
}
