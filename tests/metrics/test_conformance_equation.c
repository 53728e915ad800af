/* What every metric of equations must satisfy, run once per registered name (the program's
 * argument). */
#include <math.h>

#include "metrics/equation.h"
#include "tests/test.h"

static const struct assay_metric *metric;

/* Predictions of all sorts, and the law x0*x1^2 + 0.7. */
static const char *const zoo[] = {"x0*x1^2 + 0.7",
                                  "2.385",
                                  "x3",
                                  "log(-x0)",
                                  "1/(x0 - x0)",
                                  "exp(exp(x0*x1))",
                                  "x0*x1^2 + 0.7 + 1e-9*x2",
                                  "1e300*x0*x1^2",
                                  "1e-300*x0",
                                  "sin(cos(tan(x0)))/sqrt(x1 - 7)",
                                  "nan",
                                  "-3.1*x1^2*x0 + 12",
                                  NULL};
static const char law[] = "x0*x1^2 + 0.7";

static double eval_of(const char *predicted, const char *more)
{
  const struct assay_metric_equation_answer a = {.predicted = predicted, .law = law, .more = more};
  struct assay_metric_equation q;
  double value = (double)NAN;
  assert_ok(assay_equation_answer_build(&q, &a));
  assert_ok(metric->equation(&value, &q));
  assay_equation_answer_release(&q);
  return value;
}

static void describes_itself(void **state)
{
  (void)state;
  assert_true(metric->version >= 1);
  assert_true(!metric->eval && !metric->answers && !metric->per_field);
  assert_true(strlen(metric->doc) > 10 && strlen(metric->reference) > 5);
  assert_string_equal(metric->unit, "1");
  assert_non_null(strstr(metric->formula, "eight")); /* how rows or nodes are weighted */
  assert_non_null(strstr(metric->formula, "ero"));   /* what gives zero */
  assert_non_null(strstr(metric->formula, "cases")); /* where the mean over tables comes */
}

static void known_answers_are_met(void **state)
{
  (void)state;
  int n = 0;
  assert_non_null(metric->equation_answers);
  for (const struct assay_metric_equation_answer *a = metric->equation_answers; a->what; a++, n++) {
    struct assay_metric_equation q;
    double value = (double)NAN;
    assert_ok(assay_equation_answer_build(&q, a));
    const int rc = metric->equation(&value, &q);
    if (metric->applies) assert_int_equal(metric->applies(&q), !isnan(a->expected));
    assay_equation_answer_release(&q);
    if (isnan(a->expected)) { /* the metric has no value there, and says so */
      assert_int_equal(rc, ASSAY_EUNSUPPORTED);
      continue;
    }
    assert_ok(rc);
    assert_true(a->tolerance > 0 && a->tolerance < 0.01);
    if (!(fabs(value - a->expected) <= a->tolerance))
      fail_msg("%s: %.17g, expected %.17g", a->what, value, a->expected);
  }
  assert_true(n >= 3);
}

static bool is_worse(double a, double b)
{
  return metric->better == ASSAY_HIGHER_IS_BETTER ? a < b : a > b;
}

/* Whatever the prediction, a finite number that is no better than that of the law and no worse than
 * `worst`. */
static void any_equation_has_a_finite_value(void **state)
{
  (void)state;
  const double best = eval_of(law, NULL);
  for (int i = 0; zoo[i]; i++) {
    const double value = eval_of(zoo[i], NULL);
    if (!isfinite(value)) fail_msg("%s of %s is %g", metric->name, zoo[i], value);
    if (isnan(metric->worst)) continue;
    if (is_worse(best, value)) fail_msg("%s of %s beats the law: %g", metric->name, zoo[i], value);
    if (is_worse(value, metric->worst))
      fail_msg("%s of %s is below the worst: %g", metric->name, zoo[i], value);
  }
}

static void same_input_gives_the_same_bits(void **state)
{
  (void)state;
  for (int i = 0; zoo[i]; i++) {
    const double a = eval_of(zoo[i], zoo[0]), b = eval_of(zoo[i], zoo[0]);
    assert_memory_equal(&a, &b, sizeof a);
  }
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_itself),
      cmocka_unit_test(known_answers_are_met),
      cmocka_unit_test(any_equation_has_a_finite_value),
      cmocka_unit_test(same_input_gives_the_same_bits),
  };
  if (argc != 2 || assay_metric_find(&metric, argv[1]) != ASSAY_OK || !metric->equation) {
    fprintf(stderr, "usage: test_conformance_equation METRIC: %s\n", assay_err_last());
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
