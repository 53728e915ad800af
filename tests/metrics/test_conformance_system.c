/* What every metric of systems must satisfy, run once per registered name (the program's argument).
 */
#include <math.h>

#include "metrics/system.h"
#include "tests/test.h"

static const struct assay_metric *metric;

/* Predictions of all sorts, and the law of a forced decay. */
static const char *const law[] = {"x1", "0.3 - x0 - 0.2*x1"};
static const char *const zoo[][2] = {{"x1", "0.3 - x0 - 0.2*x1"},
                                     {"0", "0"},
                                     {"2.385", "-7"},
                                     {"log(-1 - x0^2)", "x0"},
                                     {"1/(x0 - x0)", "x1"},
                                     {"exp(exp(x0))", "x1^9"},
                                     {"x1 + 1e-9*x0", "0.3 - x0 - 0.2*x1"},
                                     {"1e300*x1", "-x0"},
                                     {"-1e6*x0", "-1e6*x1"},
                                     {"x0^2 + 3", "x1^2 + 3"},
                                     {"nan", "x1"},
                                     {"sqrt(x0 - 0.5)", "-x1"}};
enum { ZOO = sizeof zoo / sizeof *zoo };

static double eval_of(const char *const *predicted)
{
  const struct assay_metric_system_answer a = {.predicted = {predicted[0], predicted[1]},
                                               .law = {law[0], law[1]}};
  struct assay_metric_system s;
  double value = (double)NAN;
  assert_ok(assay_system_answer_build(&s, &a));
  assert_ok(metric->system(&value, &s));
  assay_system_answer_release(&s);
  return value;
}

static void describes_itself(void **state)
{
  (void)state;
  assert_true(metric->version >= 1);
  assert_true(!metric->eval && !metric->equation && !metric->answers && !metric->per_field);
  assert_true(strlen(metric->doc) > 10 && strlen(metric->reference) > 5);
  assert_string_equal(metric->unit, "1");
  assert_non_null(strstr(metric->formula, "eight")); /* how rows, states, windows are weighted */
  assert_non_null(strstr(metric->formula, "ero"));   /* what gives zero */
  assert_non_null(strstr(metric->formula, "cases")); /* where the mean over systems comes */
}

static void known_answers_are_met(void **state)
{
  (void)state;
  int n = 0;
  assert_non_null(metric->system_answers);
  for (const struct assay_metric_system_answer *a = metric->system_answers; a->what; a++, n++) {
    struct assay_metric_system s;
    double value = (double)NAN;
    assert_ok(assay_system_answer_build(&s, a));
    assert_ok(metric->system(&value, &s));
    assay_system_answer_release(&s);
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

/* Whatever the prediction, a number between that of the law, which is right but for the errors of
 * integration, and `worst`. */
static void any_system_has_a_finite_value(void **state)
{
  (void)state;
  const double best = eval_of(law);
  assert_true(isfinite(metric->worst));
  for (int i = 0; i < ZOO; i++) {
    const double value = eval_of(zoo[i]);
    if (!isfinite(value))
      fail_msg("%s of (%s, %s) is %g", metric->name, zoo[i][0], zoo[i][1], value);
    if (is_worse(best, value) && fabs(best - value) > 1e-7)
      fail_msg("%s of system %d beats the law: %g", metric->name, i, value);
    if (is_worse(value, metric->worst))
      fail_msg("%s of system %d is below the worst: %g", metric->name, i, value);
  }
}

static void same_input_gives_the_same_bits(void **state)
{
  (void)state;
  for (int i = 0; i < ZOO; i++) {
    const double a = eval_of(zoo[i]), b = eval_of(zoo[i]);
    assert_memory_equal(&a, &b, sizeof a);
  }
}

/* The first row of a window is given, so one row alone has no trajectory; others do not care. */
static void windows_of_one_row_count_for_nothing(void **state)
{
  (void)state;
  const struct assay_metric_system_answer a = {.predicted = {"-0.8*x0"}, .law = {"-0.5*x0"}};
  struct assay_metric_system s;
  double both = (double)NAN, value = (double)NAN;
  struct assay_metric_window windows[2] = {{0, 21}, {21, 1}};
  assert_ok(assay_system_answer_build(&s, &a));
  s.window = windows;
  assert_ok(metric->system(&both, &s));
  s.n_windows = 1;
  assert_ok(metric->system(&value, &s));
  assert_close(both, value, 0, 0);
  assay_system_answer_release(&s);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_itself),
      cmocka_unit_test(known_answers_are_met),
      cmocka_unit_test(any_system_has_a_finite_value),
      cmocka_unit_test(same_input_gives_the_same_bits),
      cmocka_unit_test(windows_of_one_row_count_for_nothing),
  };
  if (argc != 2 || assay_metric_find(&metric, argv[1]) != ASSAY_OK || !metric->system) {
    fprintf(stderr, "usage: test_conformance_system METRIC: %s\n", assay_err_last());
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
