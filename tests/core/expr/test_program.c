#include "core/expr/program.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "core/expr/parse.h"
#include "core/num/fmath.h"
#include "core/num/isa.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

enum { ROWS = 1000, VARS = 3 };
static const double inf = (double)INFINITY, nan_ = (double)NAN;

static uint64_t bits_of(double x)
{
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

/* ---- the plain evaluator: one row, by recursion ------------------------------------------- */

static double power(double x, double y, bool constant)
{
  if (constant && y == (double)(int)y && fabs(y) <= 8.0) {
    const int n = abs((int)y);
    const double p2 = x * x, p3 = x * x * x, p4 = p2 * p2;
    const double p[] = {1.0, x, p2, p3, p4, p4 * x, p3 * p3, p3 * p3 * x, p4 * p4};
    return y < 0 ? 1.0 / p[n] : p[n];
  }
  if (constant && y == 0.5) return sqrt(x);
  if (constant && y == -0.5) return 1.0 / sqrt(x);
  if (constant && y == 1.5) return x * sqrt(x);
  if (constant && y == -1.5) return 1.0 / (x * sqrt(x));
  return assay_fmath_pow(x, y);
}

static bool holds_variable(const struct assay_expr *e, int i)
{
  for (int k = assay_expr_first(e, i); k <= i; k++)
    if (e->node[k].op == ASSAY_EXPR_VAR) return true;
  return false;
}

static double plain(const struct assay_expr *e, int i, const double *x)
{
  const struct assay_expr_node *node = &e->node[i];
  double a = 0.0, b = 0.0;
  if (assay_expr_ops[node->op].arity == 2) {
    a = plain(e, assay_expr_first(e, i - 1) - 1, x);
    b = plain(e, i - 1, x);
  } else if (assay_expr_ops[node->op].arity == 1) {
    a = plain(e, i - 1, x);
  }
  switch (node->op) {
  case ASSAY_EXPR_CONST:
    return node->value;
  case ASSAY_EXPR_PI:
    return 3.14159265358979323846;
  case ASSAY_EXPR_VAR:
    return x[node->var];
  case ASSAY_EXPR_ADD:
    return a + b;
  case ASSAY_EXPR_SUB:
    return a - b;
  case ASSAY_EXPR_MUL:
    return a * b;
  case ASSAY_EXPR_DIV:
    return a / b;
  case ASSAY_EXPR_POW:
    return power(a, b, !holds_variable(e, i - 1));
  case ASSAY_EXPR_MIN:
    return isnan(a) ? a : a < b ? a : b;
  case ASSAY_EXPR_MAX:
    return isnan(a) ? a : a > b ? a : b;
  case ASSAY_EXPR_NEG:
    return -a;
  case ASSAY_EXPR_ABS:
    return fabs(a);
  case ASSAY_EXPR_SQRT:
    return sqrt(a);
  case ASSAY_EXPR_EXP:
    return assay_fmath_exp(a);
  case ASSAY_EXPR_LOG:
    return assay_fmath_log(a);
  case ASSAY_EXPR_SIN:
    return assay_fmath_sin(a);
  case ASSAY_EXPR_COS:
    return assay_fmath_cos(a);
  case ASSAY_EXPR_TAN:
    return assay_fmath_tan(a);
  case ASSAY_EXPR_COT:
    return assay_fmath_cot(a);
  case ASSAY_EXPR_ASIN:
    return assay_fmath_asin(a);
  case ASSAY_EXPR_ACOS:
    return assay_fmath_acos(a);
  case ASSAY_EXPR_ATAN:
    return assay_fmath_atan(a);
  case ASSAY_EXPR_SINH:
    return assay_fmath_sinh(a);
  case ASSAY_EXPR_COSH:
    return assay_fmath_cosh(a);
  case ASSAY_EXPR_TANH:
    return assay_fmath_tanh(a);
  default:
    return nan_;
  }
}

/* ---- world -------------------------------------------------------------------------------- */

static double table[VARS][ROWS], target[ROWS], out[ROWS];
static double tame[VARS][ROWS]; /* without special values */
static const double *const from[VARS] = {tame[0], tame[1], tame[2]};
static const double *const columns[VARS] = {table[0], table[1], table[2]};
static struct assay_expr_work *work;

static int make_world(void **state)
{
  uint64_t seed = 4711;
  static const double special[] = {0.0, -0.0, 1e300, -1e-300, 709.5, -745.3, 1e7, 2.5e-310};
  (void)state;
  for (int v = 0; v < VARS; v++)
    for (int i = 0; i < ROWS; i++) {
      table[v][i] = 8.0 * tree_uniform(&seed) - 3.0;
      if (i % 97 == 13 * v) table[v][i] = special[(i / 97 + v) % 8];
    }
  table[1][400] = inf;
  table[2][500] = nan_;
  for (int v = 0; v < VARS; v++)
    for (int i = 0; i < ROWS; i++) tame[v][i] = 8.0 * tree_uniform(&seed) - 3.0;
  for (int i = 0; i < ROWS; i++) target[i] = tree_uniform(&seed) * 3.0 - 1.0;
  return assay_expr_work_create(&work);
}

static int end_world(void **state)
{
  (void)state;
  assay_expr_work_free(work);
  return 0;
}

static struct assay_expr_program *compiled(const char *text,
                                           const struct assay_expr_compile_options *o)
{
  struct assay_expr *e;
  struct assay_expr_program *p;
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_ok(assay_expr_compile(&p, e, o));
  assay_expr_free(e);
  return p;
}

static double value_at(const char *text, double x0, double x1)
{
  double y;
  struct assay_expr_program *p = compiled(text, NULL);
  const double x[] = {x0, x1, 2.385};
  assert_ok(assay_expr_eval_point(&y, p, NULL, x, work));
  assay_expr_program_free(p);
  return y;
}

/* ---- tests -------------------------------------------------------------------------------- */

static void blocks_give_the_bits_of_the_plain_evaluator_on_every_set(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  uint64_t seed = 99;
  for (int round = 0; round < 400; round++) {
    struct assay_expr_node node[64];
    struct assay_expr *e;
    struct assay_expr_program *p;
    const struct assay_expr_compile_options o = {.fixed = round % 3 == 0,
                                                 .no_share = round % 5 == 0};
    const int n = tree_nodes(node, 0, 1 + round % 30, VARS, ASSAY_EXPR_N_OPS, &seed);
    const int rows = round % 2 ? ROWS : 1 + round * 2;
    assert_ok(assay_expr_make(&e, node, n));
    assert_ok(assay_expr_compile(&p, e, &o));
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (!assay_isa_available((enum assay_isa)isa)) continue;
      assert_ok(assay_isa_force((enum assay_isa)isa));
      assert_ok(assay_expr_eval(out, p, NULL, columns, rows, work));
      for (int i = 0; i < rows; i += isa == 0 ? 1 : 7) {
        const double x[VARS] = {table[0][i], table[1][i], table[2][i]};
        double y = plain(e, e->n - 1, x);
        if (isnan(y)) y = nan_;
        if (bits_of(y) == bits_of(out[i])) continue;
        char *text;
        assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
        fail_msg("%s, row %d: %s at (%a, %a, %a): %a, not %a", assay_isa_name((enum assay_isa)isa),
                 i, text, x[0], x[1], x[2], out[i], y);
      }
    }
    assay_expr_program_free(p);
    assay_expr_free(e);
  }
  assert_ok(assay_isa_force(before));
}

static void nodes_give_the_bits_of_the_program(void **state)
{
  (void)state;
  static double direct[ROWS];
  uint64_t seed = 17;
  for (int round = 0; round < 600; round++) {
    struct assay_expr_node node[64];
    struct assay_expr *e;
    struct assay_expr_program *p;
    const int n = tree_nodes(node, 0, 1 + round % 30, VARS, ASSAY_EXPR_N_OPS, &seed);
    const int rows = round % 2 ? ROWS : 1 + round;
    assert_ok(assay_expr_make(&e, node, n));
    assert_ok(assay_expr_compile(&p, e, NULL));
    assert_ok(assay_expr_eval(out, p, NULL, columns, rows, work));
    assert_ok(assay_expr_eval_nodes(direct, e->node, e->n, columns, rows, work));
    assert_memory_equal(direct, out, (size_t)rows * sizeof *out);
    assay_expr_program_free(p);
    assay_expr_free(e);
  }
}

static void nothing_is_protected(void **state)
{
  (void)state;
  assert_true(value_at("1/x0", 0.0, 0.0) == inf);
  assert_true(value_at("1/x0", -0.0, 0.0) == -inf);
  assert_true(isnan(value_at("x0/x1", 0.0, 0.0)));
  assert_true(value_at("log(x0)", 0.0, 0.0) == -inf);
  assert_true(isnan(value_at("log(x0)", -2.385, 0.0)));
  assert_true(isnan(value_at("sqrt(x0)", -2.385, 0.0)));
  assert_true(isnan(value_at("asin(x0)", 1.5, 0.0)));
  assert_true(value_at("exp(x0)", 710.0, 0.0) == inf);
  assert_true(value_at("exp(x0)", -750.0, 0.0) == 0.0);
  assert_true(isnan(value_at("sin(x0)", inf, 0.0)));
  assert_true(signbit(value_at("sin(x0)", -0.0, 0.0)));
  assert_true(isnan(value_at("x0^0.3", -2.0, 0.0)));
  assert_true(value_at("x0^x1", -2.0, 3.0) == -8.0);
  assert_true(value_at("x0^0", nan_, 0.0) == 1.0);
  assert_true(isnan(value_at("min(x0, x1)", nan_, 1.0)));
  assert_true(isnan(value_at("min(x0, x1)", 1.0, nan_)));
  assert_true(isnan(value_at("max(x0, x1)", nan_, 1.0)));
  assert_true(value_at("max(x0, x1)", 2.385, -1.0) == 2.385);
  assert_int_equal(bits_of(value_at("-nan*x0", 1.0, 0.0)), UINT64_C(0x7ff8000000000000));
}

static void powers_multiply_in_the_stated_order(void **state)
{
  (void)state;
  const double x = 1.37, x3 = x * x * x, x4 = (x * x) * (x * x);
  const double n[9] = {1.0, x, x * x, x3, x4, x4 * x, x3 * x3, x3 * x3 * x, x4 * x4};
  for (int k = -8; k <= 8; k++) {
    char text[32];
    snprintf(text, sizeof text, "x0^%d", k);
    assert_true(value_at(text, x, 0.0) == (k < 0 ? 1.0 / n[-k] : n[k]));
    snprintf(text, sizeof text, "x0^(%d/2)", 2 * k);
    assert_true(value_at(text, x, 0.0) == (k < 0 ? 1.0 / n[-k] : n[k]));
  }
  assert_true(value_at("x0^0.5", x, 0.0) == sqrt(x));
  assert_true(value_at("x0^(-1/2)", x, 0.0) == 1.0 / sqrt(x));
  assert_true(value_at("x0^(3/2)", x, 0.0) == x * sqrt(x));
  assert_true(value_at("x0^-1.5", x, 0.0) == 1.0 / (x * sqrt(x)));
  assert_true(value_at("x0^9", x, 0.0) == assay_fmath_pow(x, 9.0));
  assert_true(value_at("x0^x1", x, 3.0) == assay_fmath_pow(x, 3.0));
}

static void parameters_are_the_inexact_constants_in_order(void **state)
{
  (void)state;
  const char *text = "2.5*x0^2 + 0.5*sin(3*x1 + 1.25)^-1.0";
  struct assay_expr_program *p = compiled(text, NULL);
  assert_int_equal(assay_expr_program_n_params(p), 4);
  const double *c = assay_expr_program_params(p);
  assert_true(c[0] == 2.5 && c[1] == 0.5 && c[2] == 1.25 && c[3] == -1.0);
  const double changed[] = {1.5, -0.25, 2.0, 2.0};
  const double x[] = {1.3, 0.7};
  double y;
  assert_ok(assay_expr_eval_point(&y, p, changed, x, work));
  const double s = assay_fmath_sin(3 * 0.7 + 2.0);
  assert_true(y == 1.5 * (1.3 * 1.3) + -0.25 * (s * s));

  struct assay_expr *e;
  char *again;
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_ok(assay_expr_set_params(e, p, changed));
  assert_ok(assay_expr_print(&again, e, ASSAY_EXPR_INFIX));
  assert_string_equal(again, "1.5*x0^2 + -0.25*sin(3*x1 + 2.0)^2.0");
  assay_free(again);
  assay_expr_free(e);
  assay_expr_program_free(p);
}

static void equal_subexpressions_are_computed_once(void **state)
{
  (void)state;
  static const struct assay_expr_compile_options fixed = {.fixed = true}, none = {.no_share = true};
  static const struct {
    const char *text;
    const struct assay_expr_compile_options *o;
    int ops;
  } cases[] = {
      {"sin(x0*x1) + cos(x1*x0)", NULL, 4},     {"sin(x0*x1) + cos(x1*x0)", &none, 5},
      {"sin(2*x0) + cos(2*x0)", NULL, 4},       {"sin(2.5*x0) + cos(2.5*x0)", NULL, 5},
      {"sin(2.5*x0) + cos(2.5*x0)", &fixed, 4}, {"x0 - x1 + (x1 - x0)", NULL, 3},
      {"sin(2)*exp(1.5)*x0", NULL, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct assay_expr_program *p = compiled(cases[i].text, cases[i].o);
    assert_int_equal(assay_expr_program_n_ops(p), cases[i].ops);
    assay_expr_program_free(p);
  }
}

static void a_program_can_be_compiled_again(void **state)
{
  (void)state;
  struct assay_expr *e;
  double y;
  const double x[] = {1.5, 2.0, 3.0};
  struct assay_expr_program *p = compiled("x0", NULL);
  assert_ok(assay_expr_parse(&e, "(x0 + 0.5)*x2 - x1", NULL));
  assert_ok(assay_expr_recompile(p, e, NULL));
  assert_ok(assay_expr_eval_point(&y, p, NULL, x, work));
  assert_true(y == 4.0);
  assert_int_equal(assay_expr_program_n_params(p), 1);
  assay_expr_free(e);
  assay_expr_program_free(p);
}

static void leaves_are_programs_too(void **state)
{
  (void)state;
  struct assay_expr_program *p = compiled("x1", NULL);
  assert_ok(assay_expr_eval(out, p, NULL, columns, ROWS, work));
  assert_memory_equal(out, table[1], sizeof out);
  assay_expr_program_free(p);
  p = compiled("2.385/2", NULL);
  assert_ok(assay_expr_eval(out, p, NULL, NULL, ROWS, work));
  assert_true(out[0] == 2.385 / 2 && out[ROWS - 1] == 2.385 / 2);
  double sse, jac[ROWS];
  assert_ok(assay_expr_sse(&sse, p, NULL, NULL, out, ROWS, inf, work));
  assert_true(sse == 0.0);
  assert_ok(assay_expr_jacobian(NULL, jac, p, NULL, NULL, ROWS, work));
  assert_true(jac[0] == 0.5 && jac[999] == 0.5);
  assay_expr_program_free(p);
}

/* finite everywhere on the rows used here */
static const char smooth[] = "0.7*sin(1.3*x0) + exp(0.2*x1)/(2.5 + x2^2) - sqrt(abs(x1) + 0.4)";

static void squared_errors_and_moments(void **state)
{
  (void)state;
  enum { N = 380 };
  struct assay_expr_program *p = compiled(smooth, NULL);
  double sse, early, a, b, scaled;
  struct assay_expr_stats s;
  assert_ok(assay_expr_eval(out, p, NULL, from, N, work));
  long double sum = 0, mf = 0, my = 0, ff = 0, fy = 0, yy = 0;
  for (int i = 0; i < N; i++) {
    target[i] = 1e6 + 3.0 * out[i] + 0.1 * sin(i);
    mf += out[i];
    my += target[i];
  }
  mf /= N;
  my /= N;
  for (int i = 0; i < N; i++) {
    const long double f = out[i] - mf, y = target[i] - my;
    sum += ((long double)out[i] - target[i]) * ((long double)out[i] - target[i]);
    ff += f * f;
    fy += f * y;
    yy += y * y;
  }
  assert_ok(assay_expr_sse(&sse, p, NULL, from, target, N, inf, work));
  assert_close(sse, (double)sum, 1e-14, 0.0);
  assert_ok(assay_expr_sse(&early, p, NULL, from, target, N, 1.0, work));
  assert_true(early > 1.0 && early < sse);
  assert_ok(assay_expr_stats(&s, p, NULL, from, target, N, work));
  assert_close(s.mean_f, (double)mf, 1e-14, 1e-15);
  assert_close(s.mean_y, (double)my, 1e-14, 0.0);
  assert_close(s.ff, (double)ff, 1e-13, 0.0);
  assert_close(s.fy, (double)fy, 1e-9, 0.0);
  assert_close(s.yy, (double)yy, 1e-9, 0.0);
  assay_expr_linear_scaling(&a, &b, &scaled, &s);
  long double rest = 0;
  for (int i = 0; i < N; i++)
    rest += ((long double)a + (long double)b * out[i] - target[i]) *
            ((long double)a + (long double)b * out[i] - target[i]);
  assert_close(scaled, (double)rest, 1e-5, 0.0);
  assert_close(b, 3.0, 1e-2, 0.0);
  s.ff = 0.0;
  assay_expr_linear_scaling(&a, &b, &scaled, &s);
  assert_true(b == 0.0 && a == s.mean_y && scaled == s.yy);
  assay_expr_program_free(p);
}

static void sums_do_not_depend_on_the_set(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  struct assay_expr_program *p = compiled(smooth, NULL);
  double sse[3], jtj[3][49], jtr[3][7], s3[3];
  struct assay_expr_stats s[3];
  int n_sets = 0;
  assert_int_equal(assay_expr_program_n_params(p), 5);
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    assert_ok(assay_isa_force((enum assay_isa)isa));
    memset(&s[n_sets], 0, sizeof s[0]);
    assert_ok(assay_expr_sse(&sse[n_sets], p, NULL, from, target, 377, inf, work));
    assert_ok(assay_expr_stats(&s[n_sets], p, NULL, from, target, 377, work));
    assert_ok(assay_expr_normal_equations(jtj[n_sets], jtr[n_sets], &s3[n_sets], p, NULL, from,
                                          target, 377, work));
    assert_int_equal(bits_of(sse[n_sets]), bits_of(s3[n_sets]));
    assert_int_equal(bits_of(sse[0]), bits_of(sse[n_sets]));
    assert_memory_equal(&s[0], &s[n_sets], sizeof s[0]);
    assert_memory_equal(jtj[0], jtj[n_sets], 25 * sizeof(double));
    assert_memory_equal(jtr[0], jtr[n_sets], 5 * sizeof(double));
    n_sets++;
  }
  assert_ok(assay_isa_force(before));
  assay_expr_program_free(p);
}

/* ---- derivatives -------------------------------------------------------------------------- */

static double slope(const struct assay_expr_program *p, const double *params, const double *x,
                    double *moved)
{
  /* central differences of two widths, extrapolated */
  const double at = *moved, h = 1e-3 * (fabs(at) + 0.1);
  double y[4], result = 0.0;
  const double step[] = {h, -h, 0.5 * h, -0.5 * h};
  for (int k = 0; k < 4; k++) {
    *moved = at + step[k];
    assert_ok(assay_expr_eval_point(&y[k], p, params, x, work));
  }
  *moved = at;
  result = (4.0 * (y[2] - y[3]) / h - (y[0] - y[1]) / (2.0 * h)) / 3.0;
  return result;
}

static const char *const differentiable[] = {
    "1.25*x0 + x1*0.5 - x2/1.5",
    "x0*x1*1.5/(x2*0.5 + x0)",
    "sin(1.1*x0)*cos(0.9*x1) - tan(0.2*x2)",
    "cot(0.5*x0 + 0.1) + atan(2.0*x1)*asin(0.1*x2) + acos(0.15*x0)",
    "exp(0.3*x0) + log(x1*2.5) + sqrt(x2 + 0.5)",
    "sinh(0.4*x0) + cosh(0.3*x1)*tanh(0.6*x2)",
    "x0^1.7 + x1^(0.3*x2) + 1.3^x0 + (x1 + 0.2)^3 + x2^(1/3)",
    "abs(0.5 - x0)*max(x1*1.1, x2) + min(x0, 1.05*x2)",
    "-(2.5^0.5*x0)^2 + sin(0.3)*exp(1.5*0.2)*x1",
    "x0*x0 + x0 + 0.5*x0",
};

static void gradients_agree_with_differences(void **state)
{
  (void)state;
  enum { N = 300 };
  static double points[VARS][N], f[N], jac[16][N], grad[VARS][N];
  const double *const near[] = {points[0], points[1], points[2]};
  uint64_t seed = 31;
  for (int v = 0; v < VARS; v++)
    for (int i = 0; i < N; i++) points[v][i] = 0.6 + 2.0 * tree_uniform(&seed);
  for (size_t k = 0; k < sizeof differentiable / sizeof *differentiable; k++) {
    struct assay_expr_program *p = compiled(differentiable[k], NULL);
    const int n_params = assay_expr_program_n_params(p);
    double params[16];
    memcpy(params, assay_expr_program_params(p), (size_t)n_params * sizeof *params);
    memset(grad, 0, sizeof grad);
    assert_ok(assay_expr_jacobian(f, jac[0], p, params, near, N, work));
    assert_ok(assay_expr_eval(out, p, params, near, N, work));
    assert_memory_equal(f, out, N * sizeof *f);
    assert_ok(assay_expr_input_gradient(f, grad[0], p, params, near, N, work));
    assert_memory_equal(f, out, N * sizeof *f);
    for (int i = 0; i < N; i += 23) {
      double x[] = {points[0][i], points[1][i], points[2][i]};
      for (int c = 0; c < n_params; c++) {
        const double expected = slope(p, params, x, &params[c]);
        if (!(fabs(jac[c][i] - expected) <= 1e-7 * (1.0 + fabs(expected))))
          fail_msg("%s: parameter %d, row %d: %.12g, not %.12g", differentiable[k], c, i, jac[c][i],
                   expected);
      }
      for (int v = 0; v < assay_expr_program_n_vars(p); v++) {
        const double expected = slope(p, params, x, &x[v]);
        if (!(fabs(grad[v][i] - expected) <= 1e-7 * (1.0 + fabs(expected))))
          fail_msg("%s: variable %d, row %d: %.12g, not %.12g", differentiable[k], v, i, grad[v][i],
                   expected);
      }
    }
    assay_expr_program_free(p);
  }
}

static void normal_equations_are_products_of_the_jacobian(void **state)
{
  (void)state;
  enum { N = 380, P = 5 };
  static double f[N], jac[P][N];
  double jtj[P][P], jtr[P], sse;
  struct assay_expr_program *p = compiled(smooth, NULL);
  assert_ok(assay_expr_jacobian(f, jac[0], p, NULL, from, N, work));
  assert_ok(assay_expr_normal_equations(jtj[0], jtr, &sse, p, NULL, from, target, N, work));
  for (int i = 0; i < P; i++) {
    long double r = 0;
    for (int k = 0; k < N; k++) r += (long double)jac[i][k] * (f[k] - target[k]);
    assert_close(jtr[i], (double)r, 1e-12, 0.0);
    for (int j = 0; j < P; j++) {
      long double q = 0;
      for (int k = 0; k < N; k++) q += (long double)jac[i][k] * jac[j][k];
      assert_close(jtj[i][j], (double)q, 1e-12, 1e-15);
    }
  }
  assay_expr_program_free(p);
}

static void derivatives_where_there_is_none(void **state)
{
  (void)state;
  double x[2] = {0.0, 1.5}, g[2], f;
  const double *const at[] = {x, x + 1};
  struct assay_expr_program *p = compiled("abs(x0) + max(x1, x1)", NULL);
  assert_ok(assay_expr_input_gradient(&f, g, p, NULL, at, 1, work));
  assert_true(g[0] == 0.0 && g[1] == 1.0 && f == 1.5);
  assay_expr_program_free(p);
  x[0] = -2.0;
  p = compiled("x0^3.0", NULL);
  assert_ok(assay_expr_jacobian(&f, g, p, NULL, at, 1, work));
  assert_true(f == -8.0 && g[0] == 0.0);
  assert_ok(assay_expr_input_gradient(&f, g, p, NULL, at, 1, work));
  assert_true(g[0] == 12.0);
  assay_expr_program_free(p);
}

static void deep_trees_run(void **state)
{
  (void)state;
  struct assay_expr_node node[1999];
  struct assay_expr *e;
  struct assay_expr_program *p;
  int n = 0;
  for (; n < 1000; n++) node[n] = (struct assay_expr_node){.op = ASSAY_EXPR_VAR, .var = n % 2};
  for (; n < 1999; n++)
    node[n] = (struct assay_expr_node){.op = n % 2 ? ASSAY_EXPR_ADD : ASSAY_EXPR_SUB};
  assert_ok(assay_expr_make(&e, node, n)); /* x0 - (x1 + (x0 - ... */
  const struct assay_expr_compile_options o = {.no_share = true};
  assert_ok(assay_expr_compile(&p, e, &o));
  double y;
  const double x[] = {0.5, 0.25};
  assert_ok(assay_expr_eval_point(&y, p, NULL, x, work));
  assert_true(y == plain(e, e->n - 1, x));
  const double *const point[] = {x, x + 1};
  double direct;
  assert_ok(assay_expr_eval_nodes(&direct, e->node, e->n, point, 1, work));
  assert_true(direct == y);
  assay_expr_program_free(p);
  assay_expr_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_give_the_bits_of_the_plain_evaluator_on_every_set),
      cmocka_unit_test(nodes_give_the_bits_of_the_program),
      cmocka_unit_test(nothing_is_protected),
      cmocka_unit_test(powers_multiply_in_the_stated_order),
      cmocka_unit_test(parameters_are_the_inexact_constants_in_order),
      cmocka_unit_test(equal_subexpressions_are_computed_once),
      cmocka_unit_test(a_program_can_be_compiled_again),
      cmocka_unit_test(leaves_are_programs_too),
      cmocka_unit_test(squared_errors_and_moments),
      cmocka_unit_test(sums_do_not_depend_on_the_set),
      cmocka_unit_test(gradients_agree_with_differences),
      cmocka_unit_test(normal_equations_are_products_of_the_jacobian),
      cmocka_unit_test(derivatives_where_there_is_none),
      cmocka_unit_test(deep_trees_run),
  };
  return cmocka_run_group_tests_name("core/expr/program", tests, make_world, end_world);
}
