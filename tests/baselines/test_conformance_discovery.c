/* What every built-in method for discoveries must satisfy, run once per registered name (the
 * program's argument): it describes itself and answers trajectories with an equation for every
 * state that can be read, the same each time; what is no system is refused. */
#include <math.h>
#include <stdlib.h>

#include "baselines/baseline.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/expr/expr.h"
#include "datasets/answer.h"
#include "tests/test.h"

static const struct assay_baseline *method;
static char folder[] = "/tmp/assay-discovery-XXXXXX";

enum { PIECES = 4, POINTS = 61, ROWS = PIECES * POINTS, STATES = 2 };

/* Damped turns around (0.4, 0) from four places, the last one held out; still: nothing moves. */
static struct assay_table *make_table(bool still)
{
  struct assay_table *t;
  int8_t *code;
  assert_ok(assay_table_create(&t, ROWS, STATES + 2));
  assert_ok(assay_table_add_split(&code, t, "task"));
  for (int i = 0; i < ROWS; i++) {
    const double s = still ? 0 : 0.05 * (i % POINTS), size = (1.3 + i / POINTS) * exp(-0.2 * s);
    assay_table_x(t, 0)[i] = 0.4 + size * cos(2.1 * s);
    assay_table_x(t, 1)[i] = size * sin(2.1 * s);
    assay_table_x(t, 2)[i] = 0.05 * (i % POINTS);
    assay_table_x(t, 3)[i] = i / POINTS;
    t->y[i] = (double)NAN;
    code[i] = i / POINTS == PIECES - 1;
  }
  t->column[2].role = t->column[3].role = ASSAY_COLUMN_COORDINATE;
  return t;
}

static int train(const struct assay_table *t, const char *model)
{
  struct assay_task task = assay_task_defaults;
  task.kind = ASSAY_TASK_DISCOVERY;
  task.work = 2e7;
  return method->train ? method->train(&(struct assay_train_job){.task = &task,
                                                                 .table = t,
                                                                 .model_dir = model,
                                                                 .seed = 7,
                                                                 .time_limit = 60,
                                                                 .params = method->defaults})
                       : ASSAY_OK;
}

static void answer_once(struct assay_answer *out, bool still)
{
  struct assay_table *t = make_table(still);
  char *model, *output;
  assert_ok(assay_asprintf(&model, "%s/model", folder));
  assert_ok(assay_asprintf(&output, "%s/pred.nc", folder));
  assert_ok(assay_dir_remove(model));
  assert_ok(assay_dir_make(model));
  assert_ok(train(t, model));
  assert_ok(method->predict(&(struct assay_predict_job){
      .table = t, .model_dir = model, .output = output, .seed = 7, .params = method->defaults}));
  assert_ok(assay_answer_read_system(out, output));
  assay_table_destroy(t);
  assay_free(model);
  assay_free(output);
}

static void describes_itself(void **state)
{
  (void)state;
  assert_true(method->version >= 1);
  assert_true(strlen(method->doc) > 10 && strlen(method->reference) > 5);
  assert_true(method->kinds == 1u << ASSAY_TASK_DISCOVERY);
  assert_true(method->train || method->floor);
  assert_non_null(method->predict);
}

static void answers_with_an_equation_for_every_state(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_once(&a, false);
  assert_int_equal(a.n, STATES);
  for (int k = 0; k < a.n; k++) {
    struct assay_expr *e;
    assert_ok(assay_expr_parse(&e, a.equation[k], NULL));
    assert_true(e->n_vars <= STATES);
    assay_expr_free(e);
  }
  assay_answer_release(&a);
}

static void same_data_same_answer(void **state)
{
  (void)state;
  struct assay_answer a, b;
  answer_once(&a, false);
  answer_once(&b, false);
  for (int k = 0; k < STATES; k++) assert_string_equal(a.equation[k], b.equation[k]);
  assay_answer_release(&a);
  assay_answer_release(&b);
}

/* Whatever terms are used: where everything stands still the rates are 0. */
static void what_stands_still_has_no_rate(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_once(&a, true);
  for (int k = 0; k < STATES; k++) {
    struct assay_expr *e;
    assert_ok(assay_expr_parse(&e, a.equation[k], NULL));
    for (int i = 0; i < e->n; i++)
      if (e->node[i].op == ASSAY_EXPR_CONST && !e->node[i].exact)
        assert_true(fabs(e->node[i].value) < 1e-9);
    assay_expr_free(e);
  }
  assay_answer_release(&a);
}

static void tables_without_trajectories_are_refused(void **state)
{
  (void)state;
  struct assay_table *t = make_table(false);
  if (!method->train) {
    assay_table_destroy(t);
    return;
  }
  t->column[3].role = ASSAY_COLUMN_INPUT;
  assert_fails(train(t, folder), ASSAY_EARG, "no trajectories");
  t->column[3].role = ASSAY_COLUMN_COORDINATE;
  assay_table_x(t, 2)[7] += 0.01;
  assert_fails(train(t, folder), ASSAY_EUNSUPPORTED, "equal steps");
  assay_table_destroy(t);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_itself),
      cmocka_unit_test(answers_with_an_equation_for_every_state),
      cmocka_unit_test(same_data_same_answer),
      cmocka_unit_test(what_stands_still_has_no_rate),
      cmocka_unit_test(tables_without_trajectories_are_refused),
  };
  if (argc != 2 || assay_baseline_find(&method, argv[1]) != ASSAY_OK || !mkdtemp(folder)) {
    fprintf(stderr, "usage: test_conformance_discovery METHOD: %s\n", assay_err_last());
    return 1;
  }
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  assay_dir_remove(folder);
  return failed;
}
