/* Constants of individuals by both tuners: the same minimum, never harm, never more than the
 * budget, nothing left over from one individual to the next. */
#include <gsl/gsl_errno.h>

#include "tests/baselines/symbolic/tune.h"

enum { STARTS = 10, STEPS = 20, ROWS = 256 };

static struct assay_sr_dice dice_of(uint64_t seed)
{
  struct assay_sr_dice dice;
  assay_sr_dice_init(&dice, seed, 0, 0);
  return dice;
}

static void assert_same_constants(const struct assay_sr_individual *a,
                                  const struct assay_sr_individual *b, double tolerance)
{
  for (int i = 0; i < a->tree.n; i++)
    if (a->tree.gene[i].op == ASSAY_EXPR_CONST)
      assert_close(a->tree.gene[i].value, b->tree.gene[i].value, tolerance, 0);
}

/* error, offset and factor are those of its constants, and the meter has its values */
static void assert_consistent(const struct assay_sr_individual *one, const struct tune_bench *s)
{
  static double f[ROWS];
  struct assay_sr_individual again = *one;
  struct assay_sr_budget b = tune_plenty();
  memcpy(f, s->meter->f, (size_t)s->nursery->m * sizeof *f);
  assert_ok(assay_sr_meter_measure(&again, s->meter, &b));
  assert_memory_equal(f, s->meter->f, (size_t)s->nursery->m * sizeof *f);
  assert_memory_equal(&again, one, sizeof *one);
}

/* ---- minima ------------------------------------------------------------------------------- */

static void both_find_the_constants_of_laws(void **state)
{
  (void)state;
  struct assay_sr_dice dice = dice_of(4);
  for (int k = 0; k < TUNE_PROBLEMS * ASSAY_SR_WEIGHTS; k++) {
    struct tune_bench s;
    tune_set_up(&s, &tune_problems[k / ASSAY_SR_WEIGHTS], k % ASSAY_SR_WEIGHTS, ROWS, 0);
    const struct assay_sr_individual truth = tune_start(&s, 0, &dice);
    for (int i = 0; i < STARTS; i++) {
      const struct assay_sr_individual start = tune_start(&s, 0.1, &dice);
      struct assay_sr_individual own = start, gsl = start;
      assert_true(start.error > 1e-9);
      tune_by(&own, &s, ASSAY_SR_TUNER_OWN, STEPS, NULL);
      assert_consistent(&own, &s);
      assert_ok(assay_sr_meter_measure(&gsl, s.meter, &(struct assay_sr_budget){.limit = 100000}));
      tune_by(&gsl, &s, ASSAY_SR_TUNER_GSL, STEPS, NULL);
      assert_consistent(&gsl, &s);
      assert_true(own.error < 1e-12 && gsl.error < 1e-12);
      assert_same_constants(&own, &truth, 1e-5);
      assert_same_constants(&gsl, &truth, 1e-5);
    }
    tune_tear_down(&s);
  }
}

/* where something remains, both leave as much of it */
static void both_end_in_the_same_minimum_of_noise(void **state)
{
  (void)state;
  struct assay_sr_dice dice = dice_of(4);
  for (int k = 0; k < TUNE_PROBLEMS; k++) {
    struct tune_bench s;
    tune_set_up(&s, &tune_problems[k], 0, ROWS, 0.05);
    struct assay_sr_individual own = tune_start(&s, 0.1, &dice), gsl = own;
    tune_by(&own, &s, ASSAY_SR_TUNER_OWN, STEPS, NULL);
    tune_by(&gsl, &s, ASSAY_SR_TUNER_GSL, STEPS, NULL);
    assert_true(own.error > 1e-6);
    assert_close(own.error, gsl.error, 1e-4, 0);
    tune_tear_down(&s);
  }
}

/* ---- harm --------------------------------------------------------------------------------- */

/* The first step of x0 + c leads beyond the logarithm's reach. */
static void steps_that_leave_the_numbers_are_not_taken(void **state)
{
  (void)state;
  const struct tune_problem p = {{"3.5*log(x0 + 0.02) - 2.385", {{0.01, 3, 'u'}}}, "log(x0 + 6.5)"};
  for (int tuner = ASSAY_SR_TUNER_OWN; tuner <= ASSAY_SR_TUNER_GSL; tuner++) {
    struct tune_bench s;
    struct assay_sr_dice dice = dice_of(4);
    tune_set_up(&s, &p, 0, ROWS, 0);
    struct assay_sr_individual one = tune_start(&s, 0, &dice);
    const double before = one.error;
    tune_by(&one, &s, (enum assay_sr_tuner)tuner, STEPS, NULL);
    assert_true(one.error < 0.5 * before && one.tree.gene[1].value > -0.01);
    assert_consistent(&one, &s);
    tune_tear_down(&s);
  }
}

/* derivatives that are no numbers, which ends it at once; a constant that changes nothing; no
 * constant */
static void what_cannot_be_tuned_stays_as_it_was(void **state)
{
  (void)state;
  static const char *const fs[] = {"x0 + sqrt(2.385*(x1 - x1))", "x0*3.25", "x0*x0"};
  for (int k = 0; k < 2 * (int)(sizeof fs / sizeof *fs); k++) {
    const struct tune_problem p = {tune_problems[0].law, fs[k / 2]};
    struct assay_sr_dice dice = dice_of(4);
    struct tune_bench s;
    tune_set_up(&s, &p, 0, ROWS, 0);
    struct assay_sr_individual one = tune_start(&s, 0, &dice), before = one;
    struct assay_sr_budget b = tune_plenty();
    assert_true(one.error < 1);
    tune_by(&one, &s, k % 2 ? ASSAY_SR_TUNER_GSL : ASSAY_SR_TUNER_OWN, STEPS, &b);
    assert_memory_equal(&one, &before, sizeof one);
    if (k < 2) assert_in_range(b.used, 4 * ROWS * one.tree.nodes, 6 * ROWS * one.tree.nodes);
    assert_consistent(&one, &s);
    tune_tear_down(&s);
  }
}

/* steps that gain less than rounding */
static void constants_that_are_right_stay(void **state)
{
  (void)state;
  for (int k = 0; k < 2 * TUNE_PROBLEMS; k++) {
    struct assay_sr_dice dice = dice_of(4);
    struct tune_bench s;
    tune_set_up(&s, &tune_problems[k / 2], 0, ROWS, 0);
    struct assay_sr_individual one = tune_start(&s, 0, &dice), before = one;
    assert_close(one.error, 1e-15, 1e-6, 0);
    tune_by(&one, &s, k % 2 ? ASSAY_SR_TUNER_GSL : ASSAY_SR_TUNER_OWN, STEPS, NULL);
    assert_memory_equal(&one, &before, sizeof one);
    assert_consistent(&one, &s);
    tune_tear_down(&s);
  }
}

/* ---- work --------------------------------------------------------------------------------- */

static void gsl_keeps_to_the_budget(void **state)
{
  (void)state;
  struct assay_sr_dice dice = dice_of(4);
  struct tune_bench s;
  bool untouched = false, better = false;
  tune_set_up(&s, &tune_problems[3], 0, ROWS, 0);
  const struct assay_sr_individual start = tune_start(&s, 0.1, &dice);
  for (uint64_t limit = 0; limit < 300000; limit += 1777) {
    struct assay_sr_individual one = start;
    struct assay_sr_budget b = assay_sr_budget_start(limit, 0), plenty = tune_plenty();
    assert_ok(assay_sr_meter_measure(&one, s.meter, &plenty));
    tune_by(&one, &s, ASSAY_SR_TUNER_GSL, STEPS, &b);
    assert_true(b.used <= limit && one.error <= start.error);
    assert_consistent(&one, &s);
    if (one.error == start.error)
      untouched = true;
    else
      better = true;
    if (one.error > 1e-12) assert_true(b.spent);
  }
  assert_true(untouched && better);
  tune_tear_down(&s);
}

/* One evaluation and one Jacobian at the start, then as many of both for the only step: it gets
 * down at once. */
static void gsl_work_is_counted(void **state)
{
  (void)state;
  struct assay_sr_dice dice = dice_of(4);
  struct tune_bench s;
  struct assay_sr_budget b = assay_sr_budget_start(10000000, 0);
  tune_set_up(&s, &tune_problems[1], 0, ROWS, 0);
  struct assay_sr_individual one = tune_start(&s, 0.1, &dice);
  tune_by(&one, &s, ASSAY_SR_TUNER_GSL, 1, &b);
  const int linear = (1 + 6) * (1 + 1) / ASSAY_SR_FLOPS_PER_NODE;
  const int least = 2 * ROWS * (5 * one.tree.nodes + linear);
  assert_in_range(b.used, least, least + 2 * ROWS);
  tune_tear_down(&s);
}

/* ---- GSL ---------------------------------------------------------------------------------- */

static struct assay_sr_individual tuned(struct tune_bench *s, const char *f)
{
  struct assay_sr_dice dice = dice_of(4);
  tune_read(&s->tree, f);
  struct assay_sr_individual one = tune_start(s, 0.1, &dice);
  tune_by(&one, s, ASSAY_SR_TUNER_GSL, STEPS, NULL);
  return one;
}

/* the same bits whoever was tuned before, with as many constants or more */
static void gsl_starts_afresh(void **state)
{
  (void)state;
  struct tune_bench s;
  tune_set_up(&s, &tune_problems[0], 0, ROWS, 0);
  const char *const f = tune_problems[0].f;
  const struct assay_sr_individual first = tuned(&s, f);
  tuned(&s, "sin(x0 + 1.3)*3.7 + x1*0.385");
  tuned(&s, "exp(x0*0.7 + 0.2*x1)*(x1 + 2.1*x0) + 0.3*x0");
  const struct assay_sr_individual again = tuned(&s, f);
  assert_memory_equal(&first, &again, sizeof first);
  tune_tear_down(&s);
}

/* nine constants and eight rows: as many are tuned as there are rows; 13 constants: the first 12 */
static void gsl_tunes_no_more_than_it_can(void **state)
{
  (void)state;
  static const char nine[] = "sin(1.1*x0 + 0.3) + sin(1.7*x1 + 0.9) + exp(0.2*x0 + 0.4*x1) + "
                             "0.6*x0/(1.6 + x1 + 0.8*x0)";
  struct tune_bench s;
  tune_set_up(&s, &tune_problems[0], 0, 8, 0.05);
  struct assay_sr_individual one = tuned(&s, nine);
  assert_consistent(&one, &s);
  tune_tear_down(&s);
  tune_set_up(&s, &tune_problems[0], 0, ROWS, 0.05);
  one = tuned(&s, "sin(1.1*x0 + 0.3) + sin(1.7*x1 + 0.9) + exp(0.2*x0 + 0.4*x1) + "
                  "0.6*x0/(1.6 + x1 + 0.8*x0) + 0.7*x1/(2.3*x0 + 1.2 + 0.35*x1)");
  struct assay_sr_dice dice = dice_of(4);
  const struct assay_sr_individual start = tune_start(&s, 0.1, &dice);
  assert_true(one.error < start.error);
  for (int i = 0, k = 0; i < one.tree.n; i++)
    if (one.tree.gene[i].op == ASSAY_EXPR_CONST)
      assert_int_equal(one.tree.gene[i].value == start.tree.gene[i].value, k++ >= ASSAY_SR_TUNED);
  tune_tear_down(&s);
}

static void never_called(const char *reason, const char *file, int line, int code)
{
  fail_msg("GSL: %s (%s:%d, %d)", reason, file, line, code);
}

/* an own handler, or GSL's own which aborts, is out of the way before GSL works */
static void gsl_errors_abort_nothing(void **state)
{
  (void)state;
  struct tune_bench s;
  tune_set_up(&s, &tune_problems[0], 0, ROWS, 0);
  gsl_set_error_handler(never_called);
  tuned(&s, tune_problems[0].f);
  assert_ptr_not_equal(gsl_set_error_handler(NULL), never_called);
  tune_tear_down(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_find_the_constants_of_laws),
      cmocka_unit_test(both_end_in_the_same_minimum_of_noise),
      cmocka_unit_test(steps_that_leave_the_numbers_are_not_taken),
      cmocka_unit_test(what_cannot_be_tuned_stays_as_it_was),
      cmocka_unit_test(constants_that_are_right_stay),
      cmocka_unit_test(gsl_keeps_to_the_budget),
      cmocka_unit_test(gsl_work_is_counted),
      cmocka_unit_test(gsl_starts_afresh),
      cmocka_unit_test(gsl_tunes_no_more_than_it_can),
      cmocka_unit_test(gsl_errors_abort_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
