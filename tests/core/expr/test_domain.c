#include "core/expr/domain.h"

#include "core/base/mem.h"
#include "core/expr/parse.h"
#include "core/expr/program.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

enum { CERTAIN = ASSAY_EXPR_FINITE_CERTAIN, POSSIBLE, IMPOSSIBLE };

static void answers_are_those_of_mathematics(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    double lo, hi;
    int finite;
    const char *culprit; /* the subexpression, NULL: none */
  } cases[] = {
      {"1/x0", 1.0, 2.0, CERTAIN, NULL},
      {"1/x0", -1.0, 2.0, POSSIBLE, "1/x0"},
      {"1/x0", 0.0, 2.0, POSSIBLE, "1/x0"},
      {"log(x0)", 0.1, 2.0, CERTAIN, NULL},
      {"log(x0)", -1.0, 2.0, POSSIBLE, "log(x0)"},
      {"2 + log(x0 - 3)", -1.0, 2.0, IMPOSSIBLE, "log(x0 - 3)"},
      {"log(x0^2 + 1)", -5.0, 5.0, CERTAIN, NULL},
      {"log(x0*x0 + 1)", -5.0, 5.0, CERTAIN, NULL},
      {"sqrt(1 - x0^2)", -0.9, 0.9, CERTAIN, NULL},
      {"sqrt(1 - x0^2)", -1.5, 1.0, POSSIBLE, "sqrt(1 - x0^2)"},
      {"sqrt(1 - x0^2)", 1.5, 2.0, IMPOSSIBLE, "sqrt(1 - x0^2)"},
      {"exp(x0)", -1000.0, 700.0, CERTAIN, NULL},
      {"exp(x0)", 0.0, 800.0, POSSIBLE, "exp(x0)"},
      {"exp(x0)", 710.0, 800.0, IMPOSSIBLE, "exp(x0)"},
      {"exp(-1/x0^2)", -1.0, 1.0, POSSIBLE, "-1/x0^2"},
      {"x0^0.5", 0.0, 4.0, CERTAIN, NULL},
      {"x0^(1/2)", 0.0, 4.0, CERTAIN, NULL},
      {"x0^-0.5", 0.0, 4.0, POSSIBLE, "x0^-0.5"},
      {"x0^-0.5", 0.5, 4.0, CERTAIN, NULL},
      {"x0^0.3", -2.0, -1.0, IMPOSSIBLE, "x0^0.3"},
      {"x0^3", -2.0, 1.0, CERTAIN, NULL},
      {"x0^x0", 0.5, 2.0, CERTAIN, NULL},
      {"x0^x0", -0.5, 2.0, POSSIBLE, "x0^x0"},
      {"tan(x0)", -1.5, 1.5, CERTAIN, NULL},
      {"tan(x0)", 1.5, 1.6, POSSIBLE, "tan(x0)"},
      {"cot(x0)", 0.1, 3.1, CERTAIN, NULL},
      {"asin(x0)", -1.0, 1.0, CERTAIN, NULL},
      {"acos(x0)", 0.0, 1.01, POSSIBLE, "acos(x0)"},
      {"1/(sin(x0) + 1.5)", -100.0, 100.0, CERTAIN, NULL},
      {"1/(cos(x0) - 0.5)", -1.0, 1.0, CERTAIN, NULL},
      {"1/sin(x0)", 0.2, 2.9, CERTAIN, NULL},
      {"1/sin(x0)", 0.2, 3.2, POSSIBLE, "1/sin(x0)"},
      {"1/cos(x0)", 4.8, 7.8, CERTAIN, NULL},
      {"x0^40*x0^40", 1e4, 1e5, IMPOSSIBLE, "x0^40*x0^40"},
      {"nan*x0", 1.0, 2.0, IMPOSSIBLE, "nan"},
      {"max(x0, 0.5)^-1", -3.0, 3.0, CERTAIN, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct assay_expr *e;
    struct assay_expr_range r;
    int culprit;
    assert_ok(assay_expr_parse(&e, cases[i].text, NULL));
    assert_ok(assay_expr_range(&r, &culprit, e, &cases[i].lo, &cases[i].hi));
    const int finite = assay_expr_range_finite(&r);
    if (finite != cases[i].finite)
      fail_msg("%s on %g..%g: %d, not %d (%g..%g)", cases[i].text, cases[i].lo, cases[i].hi, finite,
               cases[i].finite, r.lo, r.hi);
    if ((culprit >= 0) != (cases[i].culprit != NULL))
      fail_msg("%s: culprit %d", cases[i].text, culprit);
    if (culprit >= 0) {
      struct assay_expr *part;
      char *text;
      const int first = assay_expr_first(e, culprit);
      assert_ok(assay_expr_make(&part, e->node + first, culprit - first + 1));
      assert_ok(assay_expr_print(&text, part, ASSAY_EXPR_INFIX));
      assert_string_equal(text, cases[i].culprit);
      assay_free(text);
      assay_expr_free(part);
    }
    assay_expr_free(e);
  }
}

static void ranges_are_tight_for_single_variables(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    double from, to, lo, hi;
  } cases[] = {
      {"x0^2", -2.0, 3.0, 0.0, 9.0},
      {"sin(x0)", 0.5, 2.0, 0.479425538604203, 1.0},
      {"cos(x0)", 3.0, 3.5, -1.0, -0.936456687290796},
      {"2*x0 - 1", 0.25, 4.0, -0.5, 7.0},
      {"cosh(x0)", -1.0, 0.5, 1.0, 1.54308063481524},
      {"-abs(x0)", -3.0, 2.0, -3.0, 0.0},
      {"acos(x0)", 0.0, 0.5, 1.0471975511966, 1.5707963267949},
      {"1/x0", 2.0, 4.0, 0.25, 0.5},
      {"2^x0", -1.0, 3.0, 0.5, 8.0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct assay_expr *e;
    struct assay_expr_range r;
    assert_ok(assay_expr_parse(&e, cases[i].text, NULL));
    assert_ok(assay_expr_range(&r, NULL, e, &cases[i].from, &cases[i].to));
    assert_false(r.nan);
    assert_close(r.lo, cases[i].lo, 1e-12, 1e-12);
    assert_close(r.hi, cases[i].hi, 1e-12, 1e-12);
    assay_expr_free(e);
  }
}

static bool encloses(const struct assay_expr_range *r, double y)
{
  return isnan(y) ? r->nan : r->lo <= y && y <= r->hi;
}

/* a side of the box: wide, narrow, a point, or around zero */
static void random_side(double *lo, double *hi, uint64_t *seed)
{
  const double scale[] = {0.1, 1.0, 10.0, 1e3, 1e30};
  const double s = scale[tree_random(seed) % 5];
  *lo = s * (tree_uniform(seed) - 0.5);
  *hi = tree_random(seed) % 6 ? *lo + s * tree_uniform(seed) : *lo;
  if (tree_random(seed) % 8 == 0) *lo = 0.0, *hi = s;
}

static void no_value_lies_outside(void **state)
{
  (void)state;
  enum { POINTS = 64 };
  uint64_t seed = 77;
  struct assay_expr_work *w;
  int kinds[3] = {0};
  assert_ok(assay_expr_work_create(&w));
  for (int round = 0; round < 20000; round++) {
    struct assay_expr_node node[64];
    struct assay_expr *e;
    struct assay_expr_program *p;
    struct assay_expr_range r;
    double lo[3], hi[3], x[3][POINTS], y[POINTS];
    const double *const columns[] = {x[0], x[1], x[2]};
    assert_ok(
        assay_expr_make(&e, node, tree_nodes(node, 0, 1 + round % 12, 3, ASSAY_EXPR_N_OPS, &seed)));
    for (int v = 0; v < 3; v++) {
      random_side(&lo[v], &hi[v], &seed);
      for (int i = 0; i < POINTS; i++) {
        const double t = i < 8 ? i >> v & 1 : tree_uniform(&seed); /* corners first */
        x[v][i] = t == 1.0 ? hi[v] : lo[v] + t * (hi[v] - lo[v]);
        if (i == 9 && lo[v] <= 0.0 && hi[v] >= 0.0) x[v][i] = 0.0;
      }
    }
    assert_ok(assay_expr_range(&r, NULL, e, lo, hi));
    kinds[assay_expr_range_finite(&r)]++;
    assert_ok(assay_expr_compile(&p, e, NULL));
    assert_ok(assay_expr_eval(y, p, NULL, columns, POINTS, w));
    for (int i = 0; i < POINTS; i++) {
      if (encloses(&r, y[i])) continue;
      char *text;
      assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
      fail_msg("round %d: %s at %.17g, %.17g, %.17g is %.17g, outside %.17g..%.17g (NaN: %d)",
               round, text, x[0][i], x[1][i], x[2][i], y[i], r.lo, r.hi, r.nan);
    }
    assay_expr_program_free(p);
    assay_expr_free(e);
  }
  for (int k = 0; k < 3; k++) assert_true(kinds[k] > 300);
  assay_expr_work_free(w);
}

static void bad_boxes_are_refused(void **state)
{
  (void)state;
  struct assay_expr *e;
  struct assay_expr_range r;
  const double one = 1.0, two = 2.0, big = (double)INFINITY;
  assert_ok(assay_expr_parse(&e, "x0", NULL));
  assert_fails(assay_expr_range(&r, NULL, e, &two, &one), ASSAY_EARG, "x0: 2..1 is no range");
  assert_fails(assay_expr_range(&r, NULL, e, &one, &big), ASSAY_EARG, "x0: 1..inf");
  assay_expr_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_are_those_of_mathematics),
      cmocka_unit_test(ranges_are_tight_for_single_variables),
      cmocka_unit_test(no_value_lies_outside),
      cmocka_unit_test(bad_boxes_are_refused),
  };
  return cmocka_run_group_tests_name("core/expr/domain", tests, NULL, NULL);
}
