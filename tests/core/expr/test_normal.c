#include "core/expr/normal.h"

#include "core/expr/canonical.h"
#include "core/expr/parse.h"
#include "tests/core/expr/tree_table.h"
#include "tests/test.h"

static struct assay_expr *parse(const char *text)
{
  struct assay_expr *e;
  assert_ok(assay_err_prefix(assay_expr_parse(&e, text, &assay_expr_styles[0]), "%s: ", text));
  return e;
}

static struct assay_sameness_found compare(const char *a, const char *b,
                                           const struct assay_normal_variables *v)
{
  struct assay_expr *x = parse(a), *y = parse(b);
  struct assay_sameness_found found;
  assert_ok(assay_normal_same(&found, x, y, v));
  assay_expr_free(x);
  assay_expr_free(y);
  return found;
}

static void expect(const char *a, const char *b, const struct assay_normal_variables *v,
                   enum assay_sameness verdict)
{
  const struct assay_sameness_found ab = compare(a, b, v), ba = compare(b, a, v);
  if (ab.verdict != verdict || ba.verdict != verdict)
    fail_msg("%s and %s: %s and %s, expected %s", a, b, assay_sameness_name(ab.verdict),
             assay_sameness_name(ba.verdict), assay_sameness_name(verdict));
}

struct relation {
  const char *a, *b;
  enum assay_sameness verdict;
};

static void relations(void **state)
{
  (void)state;
  static const struct relation list[] = {
      /* multiplied out, cancelled, merged */
      {"(x0 + x1)^3", "x0^3 + 3*x0^2*x1 + 3*x0*x1^2 + x1^3", ASSAY_SAME_EXACT},
      {"(x0^2 - x1^2)/(x0 - x1)", "x0 + x1", ASSAY_SAME_EXACT},
      {"1/x0 + 1/x1", "(x0 + x1)/(x0*x1)", ASSAY_SAME_EXACT},
      {"1/(x0 - x1) - 1/(x0 + x1)", "2*x1/(x0^2 - x1^2)", ASSAY_SAME_EXACT},
      {"x0/sqrt(x0*x1)", "sqrt(x0/x1)", ASSAY_SAME_EXACT},
      {"sqrt(x0^2*x1 + x0^2*x2)", "x0*sqrt(x1 + x2)", ASSAY_SAME_EXACT},
      {"sqrt(x0^2 + 2.4*x0*x1 + 1.44*x1^2)^2", "(x0 + 1.2*x1)^2", ASSAY_SAME_EXACT},
      {"(x0 + x1)/sqrt(x0 + x1)", "sqrt(x0 + x1)", ASSAY_SAME_EXACT},
      {"1/(sqrt(x0) + sqrt(x1))", "(sqrt(x0) - sqrt(x1))/(x0 - x1)", ASSAY_SAME_EXACT},
      {"x0^0.33333*x1", "x1*x0^(1/3)", ASSAY_SAME_EXACT},
      {"x0^1.9996", "x0*x0", ASSAY_SAME_EXACT},
      {"abs(x0)*x1", "x0*x1", ASSAY_SAME_EXACT},
      {"sqrt((x0 - x1)^2)", "abs(x1 - x0)", ASSAY_SAME_EXACT},
      {"abs(x0 - x1)^2", "x0^2 - 2*x0*x1 + x1^2", ASSAY_SAME_EXACT},
      {"sqrt((x0 + x1)^2)", "x1 + x0", ASSAY_SAME_EXACT},
      {"x0^(-1.341)*x1^2.682", "(x1^2/x0)^1.341", ASSAY_SAME_EXACT},
      {"atan(x0 - x1)", "-atan(x1 - x0)", ASSAY_SAME_EXACT},
      /* functions */
      {"tan(x0)*cos(x0)", "sin(x0)", ASSAY_SAME_EXACT},
      {"sin(x0)^2 + cos(x0)^2 + x1", "1 + x1", ASSAY_SAME_EXACT},
      {"sin(2*x0)", "2*sin(x0)*cos(x0)", ASSAY_SAME_EXACT},
      {"cos(3*x0)", "4*cos(x0)^3 - 3*cos(x0)", ASSAY_SAME_EXACT},
      {"cos(x0 - x1)", "cos(x1)*cos(x0) + sin(x0)*sin(x1)", ASSAY_SAME_EXACT},
      {"1/sin(x0/2)^2", "2/(1 - cos(x0))", ASSAY_SAME_EXACT},
      {"x1*cos(x0 - 1.5707963)", "x1*sin(x0)", ASSAY_SAME_EXACT},
      {"sin(x0*(x1 - x2))", "-sin(x0*x2 - x1*x0)", ASSAY_SAME_EXACT},
      {"exp(x0)*exp(-x1)", "exp(x0 - x1)", ASSAY_SAME_EXACT},
      {"exp(2*x0*x1)", "exp(x1*x0)^2", ASSAY_SAME_EXACT},
      {"tanh(x0)", "(exp(x0) - exp(-x0))/(exp(x0) + exp(-x0))", ASSAY_SAME_EXACT},
      {"1/(exp(x0) - 1)", "exp(-x0)/(1 - exp(-x0))", ASSAY_SAME_EXACT},
      {"cosh(x0)^2 - sinh(x0)^2 + x1", "x1 + 1", ASSAY_SAME_EXACT},
      {"log(x0/x1)", "log(x0) - log(x1)", ASSAY_SAME_EXACT},
      {"log(2.385*x0^3)", "3*log(x0) + 0.869199", ASSAY_SAME_EXACT},
      {"exp(x0*log(x1))", "x1^x0", ASSAY_SAME_EXACT},
      {"log(exp(x0))*x1", "x0*x1", ASSAY_SAME_EXACT},
      /* constants within 1e-3 */
      {"2.3861*x0*sin(1.0004*x1)", "2.385*x0*sin(x1)", ASSAY_SAME_EXACT},
      {"2.385*x0*sin(1.01*x1)", "2.385*x0*sin(x1)", ASSAY_SAME_EXPONENTS},
      {"x0 + 2.41*x1", "x0 + 2.385*x1", ASSAY_SAME_EXPONENTS},
      /* factor, offset, both */
      {"2.385*x0/x1", "x0/x1", ASSAY_SAME_FACTOR},
      {"-x0/(x1 - x2)", "2*x0/(2*x2 - 2*x1)", ASSAY_SAME_EXACT},
      {"x1 - x0", "2*x0 - 2*x1", ASSAY_SAME_FACTOR},
      {"x0*x1 + 2.385", "x0*x1", ASSAY_SAME_OFFSET},
      {"(x0 + 2.385*x1)/x1", "x0/x1", ASSAY_SAME_OFFSET},
      {"1/(x0 - 1)", "x0/(x0 - 1)", ASSAY_SAME_OFFSET},
      {"3.1*cos(x0)^2", "sin(x0)^2", ASSAY_SAME_AFFINE},
      {"5.3 - 2.2*exp(x0)*x1", "x1*exp(x0) + 0.7", ASSAY_SAME_AFFINE},
      /* other laws */
      {"x0*x1 + 1e-9*x2", "x0*x1", ASSAY_SAME_NOT},
      {"x0*x1 + 1e-9*x1", "x0*x1", ASSAY_SAME_VARIABLES},
      {"x0*x1^3", "x0*x1^2", ASSAY_SAME_VARIABLES},
      {"x0^1.98", "x0^2", ASSAY_SAME_VARIABLES},
      {"x0/x1", "x0*x1", ASSAY_SAME_VARIABLES},
      {"sin(x0)", "cos(x0)", ASSAY_SAME_VARIABLES},
      {"x0", "x1", ASSAY_SAME_NOT},
      {"sqrt((x0 - x1)^2)", "x0 - x1", ASSAY_SAME_VARIABLES},
      {"2.385", "x0*x1", ASSAY_SAME_NOT},
      {"x0 - x0", "x0", ASSAY_SAME_VARIABLES},
      {"sqrt(x0^2 + x1^2)", "x0 + x1", ASSAY_SAME_VARIABLES},
      {"log(x0 + x1)", "log(x0) + log(x1)", ASSAY_SAME_VARIABLES},
  };
  for (size_t i = 0; i < sizeof list / sizeof *list; i++)
    expect(list[i].a, list[i].b, NULL, list[i].verdict);
}

static void factor_and_offset_are_found(void **state)
{
  (void)state;
  const struct assay_sameness_found f = compare("5.3 - 2.2*exp(x0)*x1", "x1*exp(x0) + 0.7", NULL);
  assert_close(f.factor, -2.2, 1e-12, 0.0);
  assert_close(f.offset, 5.3 + 2.2 * 0.7, 1e-12, 0.0);
  assert_false(f.limited);
}

/* signs matter where variables may be negative */
static void stated_signs(void **state)
{
  (void)state;
  const bool positive[] = {false, true};
  const struct assay_normal_variables v = {.n = 2, .positive = positive};
  expect("sqrt(x0^2)", "x0", &v, ASSAY_SAME_VARIABLES);
  expect("sqrt(x1^2)", "x1", &v, ASSAY_SAME_EXACT);
  expect("sqrt(x0^2)", "abs(x0)", &v, ASSAY_SAME_EXACT);
  expect("abs(x0)^2*x1", "x0*x0*x1", &v, ASSAY_SAME_EXACT);
  expect("sqrt(x0^4)", "x0^2", &v, ASSAY_SAME_EXACT);
}

/* the scale of a column decides how much a constant means */
static void constants_count_after_scaling(void **state)
{
  (void)state;
  const double scale[] = {1.0, 3e8};
  const struct assay_normal_variables v = {.n = 2, .scale = scale};
  expect("x0/(1 - 3.336e-9*x1)", "x0/(1 - x1/299792458)", &v, ASSAY_SAME_EXACT);
  expect("x0/(1 - 3.4e-9*x1)", "x0/(1 - x1/299792458)", &v, ASSAY_SAME_EXPONENTS);
  const struct assay_normal_variables bad = {.n = 2, .scale = (const double[]){1.0, 0.0}};
  struct assay_expr *e = parse("x0*x1");
  struct assay_sameness_found found;
  assert_fails(assay_normal_same(&found, e, e, &bad), ASSAY_EARG, "scale of x1 is 0");
  assay_expr_free(e);
}

static int read_numbers(double *out, const char *text)
{
  int n = 0;
  for (char *end; n < 16; text = end + 1) {
    out[n++] = strtod(text, &end);
    if (*end != ',') break;
  }
  return n;
}

/* every equation of the benchmark against itself in up to thirteen disguises */
static void disguised_equations(void **state)
{
  (void)state;
  struct table t;
  int n = 0;
  for (open_table(&t, ASSAY_TEST_SOURCE, "disguises.tsv"); next_row(&t); n++) {
    double scale[16], sign[16];
    bool positive[16];
    struct assay_normal_variables v = {.scale = scale, .positive = positive};
    v.n = read_numbers(scale, t.cell[4]);
    assert_int_equal(read_numbers(sign, t.cell[5]), v.n);
    for (int i = 0; i < v.n; i++) positive[i] = sign[i] > 0.5;
    const struct assay_sameness_found f = compare(t.cell[2], t.cell[3], &v);
    if (f.verdict != ASSAY_SAME_EXACT)
      fail_msg("%s, %s: %s is called %s", t.cell[0], t.cell[1], t.cell[2],
               assay_sameness_name(f.verdict));
  }
  assert_true(n > 750);
}

/* ---- all equations against each other ----------------------------------------------------- */

static double value_of(const struct assay_expr *e, const double *x)
{
  double stack[64];
  int n = 0;
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    if (node->op == ASSAY_EXPR_CONST)
      stack[n++] = node->value;
    else if (node->op == ASSAY_EXPR_PI)
      stack[n++] = acos(-1.0);
    else if (node->op == ASSAY_EXPR_VAR)
      stack[n++] = x[node->var];
    else if (assay_expr_ops[node->op].arity == 2) {
      const double a = stack[n - 2], b = stack[n - 1];
      const enum assay_expr_op op = node->op;
      stack[n - 2] = op == ASSAY_EXPR_ADD   ? a + b
                     : op == ASSAY_EXPR_SUB ? a - b
                     : op == ASSAY_EXPR_MUL ? a * b
                     : op == ASSAY_EXPR_DIV ? a / b
                                            : pow(a, b);
      n--;
    } else {
      const double a = stack[n - 1];
      const enum assay_expr_op op = node->op;
      stack[n - 1] = op == ASSAY_EXPR_NEG    ? -a
                     : op == ASSAY_EXPR_SQRT ? sqrt(a)
                     : op == ASSAY_EXPR_EXP  ? exp(a)
                     : op == ASSAY_EXPR_LOG  ? log(a)
                     : op == ASSAY_EXPR_SIN  ? sin(a)
                     : op == ASSAY_EXPR_COS  ? cos(a)
                     : op == ASSAY_EXPR_TANH ? tanh(a)
                                             : (double)NAN;
    }
  }
  return stack[0];
}

struct equation {
  char id[32];
  struct assay_expr *e;
};

/* is a = c b + k at five points, c and k from two more? -1: the values do not tell */
static int at_scale(const struct assay_expr *a, const struct assay_expr *b, double scale)
{
  double x[10], u[7], v[7];
  uint32_t seed = 7;
  for (int i = 0; i < 7; i++) {
    for (int k = 0; k < 10; k++) {
      seed = seed * 1664525u + 1013904223u;
      x[k] = scale * (0.3 + 1.2 * (double)(seed >> 8) / 16777216.0);
    }
    u[i] = value_of(a, x);
    v[i] = value_of(b, x);
    if (!isfinite(u[i]) || !isfinite(v[i])) return -1;
  }
  if (!(fabs(v[0] - v[1]) > 1e-6 * fabs(v[0])) || !(fabs(u[0] - u[1]) > 1e-6 * fabs(u[0])))
    return -1; /* constant to rounding */
  const double c = (u[0] - u[1]) / (v[0] - v[1]), k = u[0] - c * v[0];
  for (int i = 2; i < 7; i++)
    if (!(fabs(u[i] - c * v[i] - k) <= 1e-6 * (fabs(u[i]) + fabs(k)))) return 0;
  return 1;
}

/* At some scale every part of an equation counts. */
static int numerically(const struct assay_expr *a, const struct assay_expr *b)
{
  static const double scales[] = {1.0, 1e-3, 1e2, 1e4, 1e6, 1e8, 1.2e8, 1e-5, 1e-8, 1e-20, 1e11};
  int answer = -1;
  for (size_t i = 0; i < sizeof scales / sizeof *scales && answer; i++) {
    const int here = at_scale(a, b, scales[i]);
    if (here >= 0) answer = here;
  }
  return answer;
}

static void equations_differ_from_each_other(void **state)
{
  (void)state;
  static struct equation list[120];
  struct table t;
  int n = 0, same = 0, told = 0;
  for (open_table(&t, ASSAY_TEST_SOURCE, "known_forms.tsv"); next_row(&t); n++) {
    snprintf(list[n].id, sizeof list[n].id, "%s", t.cell[0]);
    list[n].e = parse(t.cell[1]);
  }
  for (int i = 0; i < n; i++)
    for (int k = i + 1; k < n; k++) {
      struct assay_sameness_found f;
      if (list[i].e->n_vars != list[k].e->n_vars) continue;
      assert_ok(assay_normal_same(&f, list[i].e, list[k].e, NULL));
      const bool found = f.verdict <= ASSAY_SAME_AFFINE;
      const int truth = numerically(list[i].e, list[k].e);
      if (truth >= 0 && found != truth)
        fail_msg("%s and %s are called %s", list[i].id, list[k].id, assay_sameness_name(f.verdict));
      same += found;
      told += truth >= 0;
    }
  assert_int_equal(same, 47);
  assert_true(told > 1000);
  for (int i = 0; i < n; i++) assay_expr_free(list[i].e);
}

static void work_is_bounded(void **state)
{
  (void)state;
  const struct assay_sameness_found f =
      compare("(x0 + x1 + x2 + x3 + x4)^40 + x5", "x5 + 1/(x0 + x1 + x2^3 + x3 + x4)^39", NULL);
  assert_true(f.limited && f.verdict == ASSAY_SAME_VARIABLES);
}

/* ---- trees with values -------------------------------------------------------------------- */

static int distance(const char *a, const char *b, enum assay_tree_labels labels,
                    enum assay_tree_freedom freedom)
{
  struct assay_expr *x = parse(a), *y = parse(b);
  struct assay_canonical *p, *q;
  struct assay_tree_space *space;
  int d = -1;
  assert_ok(assay_canonical_make_as(&p, x, labels, freedom));
  assert_ok(assay_canonical_make_as(&q, y, labels, freedom));
  assert_ok(assay_tree_space_create(&space));
  const struct assay_label_tree s = assay_canonical_tree(p), t = assay_canonical_tree(q);
  assert_ok(assay_tree_distance(&d, space, &s, &t));
  assay_tree_space_destroy(space);
  assay_canonical_free(p);
  assay_canonical_free(q);
  assay_expr_free(x);
  assay_expr_free(y);
  return d;
}

static void trees_with_values(void **state)
{
  (void)state;
  /* the plain metric is blind for exponents */
  assert_int_equal(distance("x0*x1^3", "x0*x1^2", ASSAY_TREE_PLAIN, ASSAY_FREE_NOTHING), 0);
  assert_int_equal(distance("x0*x1^3", "x0*x1^2", ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING), 1);
  assert_int_equal(distance("x0*x1^2.0004", "x0*x1^2", ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING), 0);
  assert_int_equal(distance("3*x0", "2*x0", ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING), 1);
  assert_int_equal(distance("3*x0", "2*x0", ASSAY_TREE_EXPONENTS, ASSAY_FREE_NOTHING), 0);
  assert_int_equal(distance("3.7*x0", "2.2*x0", ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING), 0);
  /* what is free */
  assert_int_equal(distance("2.385*x0*x1", "x0*x1", ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING), 1);
  assert_int_equal(distance("2.385*x0*x1", "x0*x1", ASSAY_TREE_VALUES, ASSAY_FREE_SCALE), 0);
  assert_int_equal(distance("2.385*x0*x1 + 7", "x0*x1", ASSAY_TREE_VALUES, ASSAY_FREE_SCALE), 2);
  assert_int_equal(distance("2.385*x0*x1 + 7", "x0*x1", ASSAY_TREE_VALUES, ASSAY_FREE_AFFINE), 0);
  assert_int_equal(distance("6*x0 + 3*x1", "2*x0 + x1", ASSAY_TREE_VALUES, ASSAY_FREE_SCALE), 0);
  /* sums of squares stay as they are: one difference is 8 nodes, not 10 */
  assert_int_equal(distance("(x0 - x1)^2 + (x2 - x3)^2", "(x0 - x1)^2 + (x2 - x3)^2 + (x4 - x5)^2",
                            ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING),
                   7);
}

static void memory_comes_back(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  compare("sin(x0 + x1)^2/log(x2)", "tanh(x0)*x1^x2", NULL);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

/* a, b; terms of a, of b, of both; mean of the errors of coefficients */
static void terms_are_counted(void **state)
{
  (void)state;
  static const struct {
    const char *a, *b;
    int found, needed, right;
    double error;
  } known[] = {
      {"x0*(28 - x2) - x1", "28*x0 - x0*x2 - x1", 3, 3, 3, 0},
      {"10*x1 - 9.5*x0", "10*(x1 - x0)", 2, 2, 2, 0.025},
      {"9.5*x1 - 10*x0 + 1e-5*x0^2", "10*(x1 - x0)", 3, 2, 2, (0.05 + 1) / 3},
      {"-3*x0", "10*(x1 - x0) + 0.7", 1, 3, 1, (0.7 + 2) / 3},
      {"40*x1", "10*x1", 1, 1, 1, 1},
      {"sin(x0)*cos(x1) + 2.2*x2", "2*x2 - cos(x1)*sin(-x0)", 2, 2, 2, 0.05},
      {"x0 - x0", "x1", 0, 1, 0, 1},
      {"x0 - x0", "x1 - x1", 0, 0, 0, 0},
      {"x0^2/(x0 + x1)", "x0^2/(x0 + 1.25*x1)", 2, 2, 2, 0.125},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    struct assay_terms_found t;
    struct assay_expr *a = parse(known[i].a), *b = parse(known[i].b);
    assert_ok(assay_normal_terms(&t, a, b, NULL));
    if (t.limited || t.found != known[i].found || t.needed != known[i].needed ||
        t.right != known[i].right)
      fail_msg("%s against %s: %d, %d, %d terms", known[i].a, known[i].b, t.found, t.needed,
               t.right);
    assert_close(t.error, known[i].error, 1e-12, 1e-15);
    assay_expr_free(a);
    assay_expr_free(b);
  }
}

/* Scales change neither terms nor relative errors. */
static void terms_do_not_depend_on_scales(void **state)
{
  (void)state;
  const double scale[] = {1e6, 3e-5};
  const struct assay_normal_variables v = {.n = 2, .scale = scale};
  struct assay_terms_found t;
  struct assay_expr *a = parse("1.1e-9*x0 + 7*x1^2"), *b = parse("1e-9*x0 + 7*x1*x1 - 2");
  assert_ok(assay_normal_terms(&t, a, b, &v));
  assert_int_equal(t.right, 2);
  assert_close(t.error, (0.1 + 1) / 3, 1e-12, 0);
  assay_expr_free(a);
  assay_expr_free(b);
}

static void terms_beyond_all_work_are_limited(void **state)
{
  (void)state;
  struct assay_terms_found t;
  struct assay_expr *a = parse("((x0 + x1)*(x2 + x3)*(x4 + 2.2))^70"), *b = parse("x0");
  assert_ok(assay_normal_terms(&t, a, b, NULL));
  assert_true(t.limited);
  assert_close(t.error, 1, 0, 0);
  assay_expr_free(a);
  assay_expr_free(b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(relations),
      cmocka_unit_test(factor_and_offset_are_found),
      cmocka_unit_test(stated_signs),
      cmocka_unit_test(constants_count_after_scaling),
      cmocka_unit_test(disguised_equations),
      cmocka_unit_test(equations_differ_from_each_other),
      cmocka_unit_test(work_is_bounded),
      cmocka_unit_test(trees_with_values),
      cmocka_unit_test(memory_comes_back),
      cmocka_unit_test(terms_are_counted),
      cmocka_unit_test(terms_do_not_depend_on_scales),
      cmocka_unit_test(terms_beyond_all_work_are_limited),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
