/* Discoveries through the harness: trajectories of a system, methods of all sorts, scores, ranking.
 * This program is the outside method as well: its method.yaml calls it with the name of a
 * behaviour. */
#include "tests/harness/outside_program.h"

#include "datasets/answer.h"
#include "datasets/table.h"

/* ---- the method ---------------------------------------------------------------------------- */

/* What it answers to every system. */
static const struct behaviour {
  const char *name;
  int n;
  const char *equation[2];
} behaviours[] = {{"right", 2, {"x0*(3/2 - x1)", "-3*x1 + x1*x0"}},
                  {"half", 2, {"1.5*x0 - x0*x1", "x0*x1 - 2.9*x1 + 1e-3*x0^2"}},
                  {"few", 1, {"1.5*x0 - x0*x1"}},
                  {"wordy", 2, {"1.5*x0", "the second"}},
                  {"clock", 2, {"1.5*x0 - x0*x1", "sin(x2)"}},
                  {"explosive", 2, {"x0^9", "x1^9"}},
                  {NULL, 0, {NULL}}};

static int answer(const struct behaviour *b, const char *path)
{
  char text[2][64];
  char *equations[2] = {text[0], text[1]};
  for (int k = 0; k < b->n; k++) snprintf(text[k], sizeof text[k], "%s", b->equation[k]);
  const struct assay_answer a = {.system = true, .n = b->n, .equation = equations};
  return assay_answer_write(&a, path) < 0;
}

/* Nothing but states, times and numbers of trajectories must be in what a method gets, and of the
 * held-out trajectory only where its four windows begin. 0 if so. */
static int spy(const char *train, const char *inputs)
{
  struct assay_table *t;
  int found = 0;
  if (assay_table_read(&t, *inputs ? inputs : train) < 0) return 1;
  for (int i = 0; i < ASSAY_TABLE_TEXTS; i++)
    found += *assay_table_get(t, (enum assay_table_text)i) != 0;
  for (int c = 0; c < t->n_columns; c++) {
    const struct assay_table_column *column = &t->column[c];
    found += (column->quantity && *column->quantity) || (column->unit && *column->unit);
    found += (column->role == ASSAY_COLUMN_COORDINATE) != (c >= 2);
  }
  for (long i = 0; i < t->n_rows; i++) {
    found += !isnan(t->y[i]);
    found += *inputs ? assay_table_x(t, 3)[i] != 7 || fmod(assay_table_x(t, 2)[i], 1.5) > 1e-9
                     : assay_table_x(t, 3)[i] > 6;
  }
  found += t->n_rows != (*inputs ? 4 : 7 * 201);
  assay_table_destroy(t);
  return found != 0;
}

static int behave(int argc, char **argv)
{
  const char *how = argv[1];
  if (strcmp(argv[2], "train") == 0)
    return strcmp(how, "spy") == 0 ? spy(argument(argc, argv, "--data"), "") : 0;
  if (strcmp(how, "spy") == 0 && spy("", argument(argc, argv, "--inputs")) != 0) return 1;
  for (const struct behaviour *b = behaviours; b->name; b++)
    if (strcmp(how, b->name) == 0) return answer(b, argument(argc, argv, "--output"));
  return answer(&behaviours[0], argument(argc, argv, "--output"));
}

/* ---- records ------------------------------------------------------------------------------- */

/* One method on Lotka and Volterra's system; its record. */
static json_t *record_of(const char *how, int code)
{
  char path[128];
  put_outside(how, "discovery");
  snprintf(path, sizeof path, "./%s", how);
  assert_assay(code, "", "run", "dynamics-tiny", "--method", path, "--table", "lotkavolterra");
  json_t *last = last_record();
  assert_string_equal(text_at(last, "key", "method"), how);
  assert_string_equal(text_at(last, "part", "id"), "lotkavolterra");
  return last;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void the_right_system_scores_best(void **state)
{
  (void)state;
  json_t *r = record_of("right", 0);
  assert_string_equal(json_string_value(json_object_get(r, "status")), "ok");
  assert_string_equal(text_at(r, "task", "kind"), "discovery");
  assert_string_equal(text_at(r, "answer", "truth"), "1.5*x0 - x0*x1; x0*x1 - 3*x1");
  assert_string_equal(text_at(r, "answer", "equation"), "x0*(3/2 - x1); -3*x1 + x1*x0");
  assert_close(score_of(r, "solution"), 1, 0, 0);
  assert_close(score_of(r, "system_solution"), 1, 0, 0);
  assert_close(score_of(r, "term_recall"), 1, 0, 0);
  assert_close(score_of(r, "coefficient_error"), 0, 0, 1e-12);
  assert_close(score_of(r, "trajectory_error"), 0, 0, 1e-6);
  assert_close(score_of(r, "valid_time"), 1, 0, 0);
  json_decref(r);
}

/* Means over the two states. */
static void half_a_system_scores_half(void **state)
{
  (void)state;
  json_t *r = record_of("half", 0);
  assert_close(score_of(r, "solution"), 0.5, 0, 0);
  assert_close(score_of(r, "system_solution"), 0, 0, 0);
  assert_close(score_of(r, "term_precision"), (1 + 2 / 3.0) / 2, 1e-12, 0);
  assert_close(score_of(r, "term_recall"), 1, 0, 0);
  assert_close(score_of(r, "coefficient_error"), (0.1 / 3 + 0 + 1) / 3 / 2, 1e-9, 0);
  assert_true(score_of(r, "trajectory_error") > 0.001 && score_of(r, "trajectory_error") < 0.3);
  json_decref(r);
}

static void what_explodes_is_bounded_and_no_failure(void **state)
{
  (void)state;
  json_t *r = record_of("explosive", 0);
  assert_close(score_of(r, "rate_error"), 1, 0, 0);
  assert_true(score_of(r, "trajectory_error") > 0.9 && score_of(r, "trajectory_error") <= 1);
  json_decref(r);
}

static void failures_get_the_worst_values(void **state)
{
  (void)state;
  static const struct {
    const char *how, *reason;
  } bad[] = {{"few", "1 equations for 2 states"},
             {"wordy", "the rate of x1 'the second'"},
             {"clock", "uses x2: the states are x0 to x1"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    json_t *r = record_of(bad[i].how, 2);
    assert_string_equal(text_at(r, "failure", "kind"), "shape");
    if (!strstr(text_at(r, "failure", "reason"), bad[i].reason))
      fail_msg("%s: %s", bad[i].how, text_at(r, "failure", "reason"));
    assert_close(score_of(r, "solution"), 0, 0, 0);
    assert_close(score_of(r, "trajectory_error"), 1, 0, 0);
    json_decref(r);
  }
}

static void methods_see_trajectories_only(void **state)
{
  (void)state;
  json_decref(record_of("spy", 0));
}

static void a_suite_is_ranked_over_its_systems(void **state)
{
  (void)state;
  assert_assay(0, "ok", "run", "dynamics-tiny", "-j", "2");
  assert_assay(0, "3 test cases", "rank");
  assert_said("sindy_weak");
  assert_assay(0, "", "report", "-o", "site");
  assert_true(assay_file_exists("site/task-dynamics-tiny.html"));
}

static void mistakes_are_named(void **state)
{
  (void)state;
#define TASK(kind, dataset, metric)            \
  "name: t\nkind: " kind "\ndataset: " dataset \
  "\nsplit: extrapolation\nfields: [y]\nmetrics: [" metric "]\n"
  write_text("rates.yaml", TASK("discovery", "dynamics/rates", "ned"));
  write_text("laws.yaml", TASK("discovery", "srsd/feynman-tiny", "ned"));
  write_text("grid.yaml", TASK("discovery", "heat-tiny", "ned"));
  write_text("metric.yaml", TASK("regression", "dynamics/rates", "rate_error"));
  write_text("fields.yaml", TASK("discovery", "dynamics/trajectories", "rmse"));
  write_text("part.yaml", "equations: dynamics\nselect: {ids: [lorenz1, lorenz2]}\n"
                          "params: {observe: trajectories}\n");
  write_text("some.yaml", TASK("discovery", "./part.yaml", "ned"));
  assert_assay(1, "a discovery needs the trajectories", "run", "--task", "./rates.yaml", "--method",
               "sindy");
  assert_assay(1, "a discovery needs the trajectories", "run", "--task", "./laws.yaml", "--method",
               "sindy");
  assert_assay(1, "a discovery needs tables", "run", "--task", "./grid.yaml", "--method", "sindy");
  assert_assay(1, "metric 'rate_error' is one of systems", "run", "--task", "./metric.yaml",
               "--method", "sr_linear");
  assert_assay(1, "metric 'rmse' is one of fields", "run", "--task", "./fields.yaml", "--method",
               "sindy");
  assert_assay(1, "table 'lorenz1' of './part.yaml' is not one of them", "run", "--task",
               "./some.yaml", "--method", "sindy");
  assert_assay(1, "none of the methods answers a task of kind 'discovery'", "run", "--task",
               "dynamics-tiny", "--method", "sr_linear");
}

int main(int argc, char **argv)
{
  if (argc > 2) return behave(argc, argv);
  if (find_programs() != 0) return 77;
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(the_right_system_scores_best),
      TEST(half_a_system_scores_half),
      TEST(what_explodes_is_bounded_and_no_failure),
      TEST(failures_get_the_worst_values),
      TEST(methods_see_trajectories_only),
      TEST(a_suite_is_ranked_over_its_systems),
      TEST(mistakes_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
