/* What every metric must satisfy, run once per registered name (the program's argument). */
#include <stdlib.h>

#include "metrics/answer.h"
#include "metrics/metric.h"
#include "tests/test.h"

static const struct assay_metric *metric;

enum { FIELDS = 3, LEADS = 4, NX = 9, NY = 7, POINTS = NX * NY, OUT = FIELDS * LEADS };
static struct assay_answer_axis grid[] = {{ASSAY_AXIS_CENTRES, NY, 0, 0.35},
                                          {ASSAY_AXIS_CENTRES, NX, -0.3, 0.6}};

/* Outputs between canaries, filled with NaN. */
struct output {
  double before, value[FIELDS], between, by_lead[OUT], after;
};
static const double canary = 2.385e77;

static double random_value(void)
{
  return rand() / (double)RAND_MAX * 4 - 1.7;
}

/* A flow in a box with no-slip walls and a moving lid, noise on top (without walls for metrics that
 * need a periodic grid: see main). */
static void random_case(struct assay_metric_case *c, unsigned seed)
{
  srand(seed);
  assay_answer_start(c, FIELDS, LEADS, 0.25, grid, 2);
  for (int f = 0; f < FIELDS; f++)
    for (int i = 0; i < LEADS * POINTS; i++) {
      assay_answer_truth(f)[i] = random_value();
      assay_answer_predicted(f)[i] = assay_answer_truth(f)[i] + (0.3 + i / POINTS) * random_value();
    }
  double sum = 0;
  for (int i = 0; i < POINTS; i++) sum += assay_answer_weights()[i] = 2 + random_value();
  for (int i = 0; i < POINTS; i++) assay_answer_weights()[i] /= sum;
  for (int f = 0; f < 2; f++)
    for (int k = 0; k < ASSAY_SIDES; k++)
      assay_answer_boundary(f, (enum assay_side)k, ASSAY_BOUNDARY_DIRICHLET,
                            f == 0 && k == ASSAY_NORTH ? 1.25 : 0);
}

static int outputs(void)
{
  return metric->per_field ? FIELDS : 1;
}

static int eval(struct output *out, const struct assay_metric_case *c)
{
  out->before = out->between = out->after = canary;
  for (int i = 0; i < FIELDS; i++) out->value[i] = (double)NAN;
  for (int i = 0; i < OUT; i++) out->by_lead[i] = (double)NAN;
  const int rc = metric->eval(out->value, out->by_lead, c);
  assert_true(out->before == canary && out->between == canary && out->after == canary);
  return rc;
}

/* Written where the metric has outputs, untouched behind. */
static void assert_numbers(const struct output *out, int n_leads)
{
  const int n = metric->per_field ? FIELDS : 1;
  for (int i = 0; i < FIELDS; i++)
    if (isnan(out->value[i]) != (i >= n)) fail_msg("value[%d] = %g", i, out->value[i]);
  for (int i = 0; i < OUT; i++)
    if (isnan(out->by_lead[i]) != (i >= n * n_leads))
      fail_msg("by_lead[%d] = %g", i, out->by_lead[i]);
}

static void describes_itself(void **state)
{
  (void)state;
  assert_true(metric->version >= 1);
  assert_true(strlen(metric->doc) > 10 && strlen(metric->reference) > 5);
  assert_true((metric->unit == NULL) == (metric->unit_power != 0));
  assert_non_null(strstr(metric->formula, "eight")); /* how cells are weighted */
  assert_non_null(strstr(metric->formula, "ero"));   /* what a zero truth does */
  assert_non_null(strstr(metric->formula, "case"));  /* where the mean over cases comes */
}

static void known_answers_are_met(void **state)
{
  (void)state;
  int n = 0;
  assert_non_null(metric->answers);
  for (const struct assay_metric_answer *a = metric->answers; a->what; a++, n++) {
    struct assay_metric_case c;
    double value[ASSAY_ANSWER_FIELDS], by_lead[ASSAY_ANSWER_FIELDS * ASSAY_ANSWER_LEADS];
    a->build(&c);
    assert_ok(metric->eval(value, by_lead, &c));
    assert_true(a->tolerance > 0 && a->tolerance < 0.01);
    if (!(fabs(value[a->field] - a->expected) <= a->tolerance))
      fail_msg("%s: %.17g, expected %.17g", a->what, value[a->field], a->expected);
  }
  assert_true(n >= 3);
}

static void outputs_are_written_once_and_only(void **state)
{
  (void)state;
  struct assay_metric_case c;
  struct output out;
  random_case(&c, 11);
  assert_ok(eval(&out, &c));
  assert_numbers(&out, LEADS);
}

static void same_input_gives_the_same_bits(void **state)
{
  (void)state;
  struct assay_metric_case c;
  struct output first, other, again;
  random_case(&c, 23);
  assert_ok(eval(&first, &c));
  random_case(&c, 24);
  assert_ok(eval(&other, &c));
  random_case(&c, 23);
  assert_ok(eval(&again, &c));
  assert_memory_equal(&first, &again, sizeof first);
  assert_true(first.value[0] != other.value[0]);
}

static void truth_scores_best(void **state)
{
  (void)state;
  struct assay_metric_case c;
  struct output noisy, exact;
  random_case(&c, 37);
  assert_ok(eval(&noisy, &c));
  c.predicted = c.truth;
  assert_ok(eval(&exact, &c));
  for (int f = 0; f < outputs(); f++) {
    assert_true(isfinite(exact.value[f]));
    if (metric->better == ASSAY_HIGHER_IS_BETTER)
      assert_true(exact.value[f] > noisy.value[f]);
    else if (!metric->has_floor)
      assert_true(exact.value[f] == 0 && noisy.value[f] > 0);
  }
}

/* One lead alone scores what it scores among others, and a single lead is the whole. */
static void a_lead_alone_is_the_lead_among_others(void **state)
{
  (void)state;
  struct assay_metric_case c;
  struct output all, one;
  random_case(&c, 41);
  assert_ok(eval(&all, &c));
  c.n_leads = 1;
  for (int k = 0; k < FIELDS * ASSAY_SIDES; k++) /* [field, side, lead] with one lead */
    ((double *)c.boundary_value)[k] = c.boundary_value[k * LEADS];
  const int rc = eval(&one, &c);
  if (rc == ASSAY_EUNSUPPORTED) return; /* says so where it needs more */
  assert_ok(rc);
  for (int f = 0; f < outputs(); f++) {
    assert_close(one.value[f], all.by_lead[f * LEADS], 1e-14, 0);
    assert_close(one.by_lead[f], all.by_lead[f * LEADS], 1e-14, 0);
  }
}

static void cells_without_weight_do_not_count(void **state)
{
  (void)state;
  struct assay_metric_case c;
  struct output clean, dirty;
  const int solid[] = {0, NX + 1, 3 * NX + 4, POINTS - 1};
  for (int pass = 0; pass < 2; pass++) {
    random_case(&c, 53);
    double sum = 0;
    for (int k = 0; k < 4; k++) assay_answer_weights()[solid[k]] = 0;
    for (int i = 0; i < POINTS; i++) sum += assay_answer_weights()[i];
    for (int i = 0; i < POINTS; i++) assay_answer_weights()[i] /= sum;
    for (int f = 0; f < FIELDS && pass; f++)
      for (int l = 0; l < LEADS; l++)
        for (int k = 0; k < 4; k++) {
          assay_answer_truth(f)[l * POINTS + solid[k]] = k % 2 ? (double)NAN : 9.96921e36;
          assay_answer_predicted(f)[l * POINTS + solid[k]] = k / 2 ? (double)INFINITY : -1e300;
        }
    const int rc = eval(pass ? &dirty : &clean, &c);
    if (rc == ASSAY_EUNSUPPORTED) return; /* says that it cannot have solids */
    assert_ok(rc);
  }
  assert_memory_equal(&clean, &dirty, sizeof clean);
}

/* Finite input gives a number, however large, small or degenerate it is. */
static void finite_input_never_gives_nan(void **state)
{
  (void)state;
  static const double size[] = {1.7e308, 1.7e154, 1.7e-160, 4.9e-324, 0};
  for (int p = 0; p < 5; p++)
    for (int t = 0; t < 5; t++)
      for (int least = 0; least < 5; least++)
        for (int constant = 0; constant < 2; constant++) {
          struct assay_metric_case c;
          struct output out;
          random_case(&c, 61);
          for (int f = 0; f < FIELDS; f++) {
            assay_answer_floor()[f] = size[least] / 4;
            for (int i = 0; i < LEADS * POINTS; i++) {
              assay_answer_truth(f)[i] = size[t] * (constant ? 0.37 : sin(1.3 * i + f));
              assay_answer_predicted(f)[i] = size[p] * (constant ? -0.59 : cos(2.1 * i + f));
            }
          }
          assert_ok(eval(&out, &c));
          assert_numbers(&out, LEADS);
        }
}

/* A case in other units scores the same up to the power of the metric's unit. */
static void units_scale_as_stated(void **state)
{
  (void)state;
  const double factor = 1024;
  struct assay_metric_case c;
  struct output plain, scaled;
  random_case(&c, 71);
  assert_ok(eval(&plain, &c));
  for (int f = 0; f < FIELDS; f++)
    for (int i = 0; i < LEADS * POINTS; i++) {
      assay_answer_truth(f)[i] *= factor;
      assay_answer_predicted(f)[i] *= factor;
    }
  for (int k = 0; k < FIELDS * ASSAY_SIDES * LEADS; k++) ((double *)c.boundary_value)[k] *= factor;
  assert_ok(eval(&scaled, &c));
  for (int f = 0; f < outputs(); f++)
    assert_close(scaled.value[f], plain.value[f] * pow(factor, metric->unit_power), 1e-14, 0);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_itself),
      cmocka_unit_test(known_answers_are_met),
      cmocka_unit_test(outputs_are_written_once_and_only),
      cmocka_unit_test(same_input_gives_the_same_bits),
      cmocka_unit_test(truth_scores_best),
      cmocka_unit_test(a_lead_alone_is_the_lead_among_others),
      cmocka_unit_test(cells_without_weight_do_not_count),
      cmocka_unit_test(finite_input_never_gives_nan),
      cmocka_unit_test(units_scale_as_stated),
  };
  if (argc != 2 || assay_metric_find(&metric, argv[1]) != ASSAY_OK) {
    fprintf(stderr, "usage: test_conformance METRIC: %s\n", assay_err_last());
    return 1;
  }
  struct assay_metric_case c;
  struct output out;
  random_case(&c, 1);
  if (metric->eval(out.value, out.by_lead, &c) == ASSAY_EUNSUPPORTED)
    grid[0].kind = grid[1].kind = ASSAY_AXIS_PERIODIC;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
