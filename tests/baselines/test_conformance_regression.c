/* What every built-in method for regressions must satisfy, run once per registered name (the
 * program's argument): it describes itself and answers a table with an equation that can be read,
 * the same each time; a table that tells nothing is refused or answered, never a crash. */
#include <math.h>
#include <stdlib.h>

#include "baselines/baseline.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/expr/expr.h"
#include "datasets/answer.h"
#include "tests/test.h"

static const struct assay_baseline *method;
static char folder[] = "/tmp/assay-regression-XXXXXX";

enum { ROWS = 60, COLUMNS = 3 };

/* y = 2.385 x0 x1 / x2 on rows without order; constant: y is 0.7. */
static struct assay_table *make_table(bool constant, bool for_training)
{
  struct assay_table *t;
  int8_t *code;
  assert_ok(assay_table_create(&t, ROWS, COLUMNS));
  for (long i = 0; i < ROWS; i++) {
    for (int c = 0; c < COLUMNS; c++)
      assay_table_x(t, c)[i] = 0.6 + 0.17 * (double)((i * (2 * c + 7)) % 23) + 0.01 * (double)i;
    const double y =
        2.385 * assay_table_x(t, 0)[i] * assay_table_x(t, 1)[i] / assay_table_x(t, 2)[i];
    t->y[i] = !for_training ? (double)NAN : constant ? 0.7 : y;
  }
  if (for_training) {
    assert_ok(assay_table_add_split(&code, t, "task"));
    for (long i = 0; i < ROWS; i++) code[i] = i % 5 == 3;
  }
  return t;
}

static void answer_once(struct assay_answer *out, bool constant)
{
  struct assay_task task = assay_task_defaults;
  struct assay_table *train = make_table(constant, true), *inputs = make_table(constant, false);
  char *model, *output;
  task.kind = ASSAY_TASK_REGRESSION;
  task.work = 2e7;
  assert_ok(assay_asprintf(&model, "%s/model", folder));
  assert_ok(assay_asprintf(&output, "%s/pred.nc", folder));
  assert_ok(assay_dir_remove(model));
  assert_ok(assay_dir_make(model));
  assert_ok(method->train(&(struct assay_train_job){
      .task = &task, .table = train, .model_dir = model, .seed = 7, .time_limit = 60}));
  assert_ok(method->predict(&(struct assay_predict_job){
      .task = &task, .table = inputs, .model_dir = model, .output = output, .seed = 7}));
  assert_ok(assay_answer_read(out, output));
  assay_table_destroy(train);
  assay_table_destroy(inputs);
  assay_free(model);
  assay_free(output);
}

static void describes_itself(void **state)
{
  (void)state;
  assert_true(method->version >= 1);
  assert_true(strlen(method->doc) > 10 && strlen(method->reference) > 5);
  assert_true(method->kinds == 1u << ASSAY_TASK_REGRESSION);
  assert_non_null(method->train);
  assert_non_null(method->predict);
}

static void answers_with_equations_that_can_be_read(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_once(&a, false);
  assert_true(a.n >= 1 && a.n_rows == ROWS);
  for (int i = 0; i < a.n; i++) {
    struct assay_expr *e;
    assert_ok(assay_expr_parse(&e, a.equation[i], NULL));
    assert_true(e->n_vars <= COLUMNS);
    assert_int_equal(e->n, a.complexity[i]);
    assay_expr_free(e);
  }
  for (long i = 0; i < ROWS; i++) assert_true(isfinite(a.y[i]));
  assay_answer_release(&a);
}

static void same_seed_same_answer(void **state)
{
  (void)state;
  struct assay_answer a, b;
  answer_once(&a, false);
  answer_once(&b, false);
  assert_int_equal(a.n, b.n);
  assert_int_equal(a.selected, b.selected);
  for (int i = 0; i < a.n; i++) assert_string_equal(a.equation[i], b.equation[i]);
  assert_memory_equal(a.y, b.y, ROWS * sizeof *a.y);
  assay_answer_release(&a);
  assay_answer_release(&b);
}

static void a_constant_target_is_its_value(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_once(&a, true);
  for (long i = 0; i < ROWS; i++) assert_close(a.y[i], 0.7, 1e-9, 0);
  assay_answer_release(&a);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_itself),
      cmocka_unit_test(answers_with_equations_that_can_be_read),
      cmocka_unit_test(same_seed_same_answer),
      cmocka_unit_test(a_constant_target_is_its_value),
  };
  if (argc != 2 || assay_baseline_find(&method, argv[1]) != ASSAY_OK || !mkdtemp(folder)) {
    fprintf(stderr, "usage: test_conformance_regression METHOD: %s\n", assay_err_last());
    return 1;
  }
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  assay_dir_remove(folder);
  return failed;
}
