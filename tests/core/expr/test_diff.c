#include "core/expr/diff.h"

#include "core/base/mem.h"
#include "core/expr/parse.h"
#include "core/expr/program.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

static struct assay_expr *parsed(const char *text)
{
  struct assay_expr *e;
  assert_ok(assay_err_prefix(assay_expr_parse(&e, text, NULL), "%s: ", text));
  return e;
}

static double value(const struct assay_expr *e, const double *x)
{
  struct assay_expr_program *p;
  struct assay_expr_work *w;
  double y;
  assert_ok(assay_expr_work_create(&w));
  assert_ok(assay_expr_compile(&p, e, NULL));
  assert_ok(assay_expr_eval_point(&y, p, NULL, x, w));
  assay_expr_program_free(p);
  assay_expr_work_free(w);
  return y;
}

static void rules_give_clean_derivatives(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"2.385", "0"},
      {"x1", "0"},
      {"x0", "1"},
      {"x0 + x1", "1"},
      {"x1 - x0", "-(1)"},
      {"3*x0", "3"},
      {"x0*x1", "x1"},
      {"x0*x0", "x0 + x0"},
      {"x0/x1", "1/x1"},
      {"x1/x0", "-x1/x0^2"},
      {"x0^2", "2*x0"},
      {"x0^3", "3*x0^2"},
      {"x0^2.5", "2.5*x0^1.5"},
      {"x0^x1", "x1*x0^(x1 - 1)"},
      {"x1^x0", "x1^x0*log(x1)"},
      {"sin(x0)*exp(x1)", "cos(x0)*exp(x1)"},
      {"cos(2*x0)", "-(sin(2*x0)*2)"},
      {"exp(-x0^2/2)", "exp(-x0^2/2)*(-(2*x0)/2)"},
      {"log(x0)", "1/x0"},
      {"sqrt(x0)", "1/(2*sqrt(x0))"},
      {"tanh(x0)", "1 - tanh(x0)^2"},
      {"abs(x0)", "x0/abs(x0)"},
      {"-x0", "-(1)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct assay_expr *e = parsed(cases[i][0]), *d;
    char *text;
    assert_ok(assay_expr_diff(&d, e, 0));
    assert_ok(assay_expr_print(&text, d, ASSAY_EXPR_INFIX));
    if (strcmp(text, cases[i][1]) != 0)
      fail_msg("d/dx0 %s is %s, not %s", cases[i][0], text, cases[i][1]);
    assay_free(text);
    assay_expr_free(d);
    assay_expr_free(e);
  }
}

/* five-point differences */
static double slope(const struct assay_expr *e, double *x, double *moved)
{
  const double at = *moved, h = 1e-3;
  double f[4];
  static const double step[] = {-2, -1, 1, 2};
  for (int k = 0; k < 4; k++) {
    *moved = at + step[k] * h;
    f[k] = value(e, x);
  }
  *moved = at;
  return (f[0] - 8.0 * f[1] + 8.0 * f[2] - f[3]) / (12.0 * h);
}

static void derivatives_agree_with_differences(void **state)
{
  (void)state;
  static const char *const texts[] = {
      "x0*x1/(x0 + x1)",
      "sin(x0)*cos(x1*x0) - tan(0.3*x0)",
      "cot(x0) + atan(x0*x1)*asin(0.2*x0) + acos(0.3*x1*x0)",
      "exp(x0/x1) + log(x0 + x1) + sqrt(x0*x1)",
      "sinh(x0)*cosh(x1*x0) + tanh(x0*x1)",
      "(x0 + x1)^(x0*x1)",
      "x0^-1.5 + 2^x0 + (x0*x1)^3",
      "min(x0^2, x1) + max(x0, x1^2)*x0 + abs(x0 - 3*x1)",
      "-(x0 - x1)^2/x0",
  };
  double x[] = {1.137, 0.853};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (int v = 0; v < 2; v++) {
      struct assay_expr *e = parsed(texts[i]), *d;
      assert_ok(assay_expr_diff(&d, e, v));
      const double expected = slope(e, x, &x[v]), got = value(d, x);
      if (!(fabs(got - expected) <= 1e-9 * (1.0 + fabs(expected))))
        fail_msg("d/dx%d %s = %.15g, not %.15g", v, texts[i], got, expected);
      assay_expr_free(d);
      assay_expr_free(e);
    }
}

static void constants_can_be_differentiated_by(void **state)
{
  (void)state;
  struct assay_expr *e = parsed("2.5*sin(1.5*x0)"), *d;
  char *text;
  assert_ok(assay_expr_diff_constant(&d, e, 1));
  assert_ok(assay_expr_print(&text, d, ASSAY_EXPR_INFIX));
  assert_string_equal(text, "2.5*(cos(1.5*x0)*x0)");
  assay_free(text);
  assay_expr_free(d);
  assert_fails(assay_expr_diff_constant(&d, e, 2), ASSAY_EARG, "node 2 is no constant");
  assert_fails(assay_expr_diff_constant(&d, e, 6), ASSAY_EARG, "node 6");
  assert_fails(assay_expr_diff(&d, e, -1), ASSAY_EARG, "no variable -1");
  assay_expr_free(e);
}

/* the symbolic derivative and the reverse sweep are independent of each other */
static void symbolic_and_swept_derivatives_agree(void **state)
{
  (void)state;
  uint64_t seed = 12;
  struct assay_expr_work *w;
  assert_ok(assay_expr_work_create(&w));
  int compared = 0;
  for (int round = 0; round < 3000; round++) {
    struct assay_expr_node node[64];
    struct assay_expr *e, *d;
    struct assay_expr_program *p, *q;
    double f, g[3] = {0}, expected;
    const double x[] = {0.3 + tree_uniform(&seed), 0.4 + tree_uniform(&seed), 0.8};
    const double *const columns[] = {x, x + 1, x + 2};
    assert_ok(
        assay_expr_make(&e, node, tree_nodes(node, 0, 2 + round % 15, 3, ASSAY_EXPR_N_OPS, &seed)));
    assert_ok(assay_expr_diff(&d, e, 0));
    assert_ok(assay_expr_compile(&p, e, NULL));
    assert_ok(assay_expr_compile(&q, d, NULL));
    assert_ok(assay_expr_eval_point(&expected, q, NULL, x, w));
    if (e->n_vars > 0) assert_ok(assay_expr_input_gradient(&f, g, p, NULL, columns, 1, w));
    /* beyond this size and at kinks rounding or conventions differ */
    if (e->n_vars > 0 && isfinite(expected) && isfinite(g[0]) && fabs(f) < 1e6 &&
        fabs(expected) < 1e6) {
      if (!(fabs(expected - g[0]) <= 1e-6 * (1.0 + fabs(expected)))) {
        char *text;
        assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
        fail_msg("%s at %.17g, %.17g: %.12g and %.12g", text, x[0], x[1], expected, g[0]);
      }
      compared++;
    }
    assay_expr_program_free(p);
    assay_expr_program_free(q);
    assay_expr_free(d);
    assay_expr_free(e);
  }
  assert_true(compared > 500);
  assay_expr_work_free(w);
}

static void derivatives_beyond_the_limits_are_refused(void **state)
{
  (void)state;
  struct assay_expr_node node[601] = {{.op = ASSAY_EXPR_VAR}};
  struct assay_expr *e, *d;
  for (int i = 1; i < 601; i++) node[i].op = ASSAY_EXPR_COS;
  assert_ok(assay_expr_make(&e, node, 601));
  assert_fails(assay_expr_diff(&d, e, 0), ASSAY_EARG, "derivative: the expression is 12");
  assert_null(d);
  assay_expr_free(e);
  /* the derivative of a minimum holds those of its operands twice */
  for (int i = 0; i < 25; i++) {
    node[i] = (struct assay_expr_node){.op = ASSAY_EXPR_VAR, .var = i};
    node[25 + i].op = ASSAY_EXPR_MIN;
  }
  assert_ok(assay_expr_make(&e, node, 49));
  assert_fails(assay_expr_diff(&d, e, 24), ASSAY_EARG, "more than 1048576 nodes");
  assay_expr_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rules_give_clean_derivatives),
      cmocka_unit_test(derivatives_agree_with_differences),
      cmocka_unit_test(constants_can_be_differentiated_by),
      cmocka_unit_test(symbolic_and_swept_derivatives_agree),
      cmocka_unit_test(derivatives_beyond_the_limits_are_refused),
  };
  return cmocka_run_group_tests_name("core/expr/diff", tests, NULL, NULL);
}
