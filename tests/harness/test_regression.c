/* Symbolic regressions through the harness: tables, methods of all sorts, scores, ranking. This
 * program is the outside method as well: its method.yaml calls it with the name of a behaviour. */
#include "tests/harness/outside_program.h"

#include <signal.h>

#include "datasets/answer.h"
#include "datasets/table.h"

/* ---- the method ---------------------------------------------------------------------------- */

/* What it answers to every table. */
static const struct behaviour {
  const char *name, *equation, *other;
  int selected;
  long rows; /* of values, which are all 2.385; there are 20 test rows */
} behaviours[] = {
    {"right", "x1*x0", "2.385", 0, 0},         {"wordy", "multiply the two", NULL, 0, 0},
    {"greedy", "x0*x77", NULL, 0, 0},          {"nan", "log(-1 - x0^2)", NULL, 0, 0},
    {"half", "this is none", "x0*x1", 1, 0},   {"astray", "1.9*1.25", NULL, 0, 20},
    {"true", "2.384999", NULL, 0, 20},         {"short", "2.385", NULL, 0, 19},
    {"hollow", "log(-1 - x0^2)", NULL, 0, 20}, {NULL, NULL, NULL, 0, 0}};

static int answer(const struct behaviour *b, const char *path)
{
  char first[64], second[64];
  snprintf(first, sizeof first, "%s", b->equation);
  snprintf(second, sizeof second, "%s", b->other ? b->other : "");
  char *equations[] = {first, second};
  double values[20];
  for (int i = 0; i < 20; i++) values[i] = 2.385;
  const struct assay_answer a = {.n = b->other ? 2 : 1,
                                 .equation = equations,
                                 .selected = b->selected,
                                 .n_rows = b->rows,
                                 .y = b->rows > 0 ? values : NULL};
  return assay_answer_write(&a, path) < 0;
}

/* Nothing but numbers must be in what a method gets. 0 if so. */
static int spy(const char *train, const char *inputs)
{
  struct assay_table *t;
  int found = 0;
  if (assay_table_read(&t, train) < 0) return 1;
  for (int i = 0; i < ASSAY_TABLE_TEXTS; i++)
    found += *assay_table_get(t, (enum assay_table_text)i);
  for (int c = 0; c < t->n_columns; c++)
    found += (t->column[c].quantity && *t->column[c].quantity) ||
             (t->column[c].unit && *t->column[c].unit) || (t->column[c].law && *t->column[c].law);
  found += t->n_rows != 180 || t->n_splits != 1; /* 9 of 10 rows */
  assay_table_destroy(t);
  if (*inputs) {
    if (assay_table_read(&t, inputs) < 0) return 1;
    for (long i = 0; i < t->n_rows; i++) found += !(t->y[i] != t->y[i]);
    assay_table_destroy(t);
  }
  return found != 0;
}

static int behave(int argc, char **argv)
{
  const char *how = argv[1], *output = argument(argc, argv, "--output");
  if (strcmp(argv[2], "train") == 0)
    return strcmp(how, "spy") == 0 ? spy(argument(argc, argv, "--data"), "") : 0;
  if (strcmp(how, "crash") == 0) {
    signal(SIGSEGV, SIG_DFL);
    return raise(SIGSEGV);
  }
  if (strcmp(how, "silent") == 0) return 0;
  for (const struct behaviour *b = behaviours; b->name; b++)
    if (strcmp(how, b->name) == 0) return answer(b, output);
  return answer(&behaviours[0], output);
}

/* ---- records ------------------------------------------------------------------------------- */

/* One method on the table of x0 x1; its only record. */
static json_t *record_of(const char *how, int code)
{
  char path[128];
  put_outside(how, "regression");
  snprintf(path, sizeof path, "./%s", how);
  assert_assay(code, "", "run", "srsd-tiny", "--method", path, "--table", "feynman-i.12.1");
  json_t *last = last_record();
  assert_string_equal(text_at(last, "key", "method"), how);
  return last;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void a_right_equation_scores_best(void **state)
{
  (void)state;
  json_t *r = record_of("right", 0);
  assert_string_equal(json_string_value(json_object_get(r, "status")), "ok");
  assert_string_equal(text_at(r, "part", "id"), "feynman-i.12.1");
  assert_string_equal(text_at(r, "answer", "truth"), "x0*x1");
  assert_string_equal(text_at(r, "answer", "equation"), "x1*x0");
  assert_close(score_of(r, "solution"), 1, 0, 0);
  assert_close(score_of(r, "accuracy"), 1, 0, 0);
  assert_close(score_of(r, "ned"), 0, 0, 0);
  assert_close(score_of(r, "complexity"), 3, 0, 0);
  assert_close(score_of(r, "extrapolation"), 0, 0, 0);
  assert_close(score_of(r, "dimensions"), 1, 0, 0);
  json_decref(r);
}

/* A number of newtons for a law that gives newtons, a hundredth of what it is beyond the box. */
static void a_constant_has_units_but_does_not_reach_far(void **state)
{
  (void)state;
  json_t *r = record_of("astray", 0);
  assert_close(score_of(r, "dimensions"), 1, 0, 0);
  assert_true(score_of(r, "extrapolation") > 0.9);
  json_decref(r);
}

/* The same task over tables whose units were taken away: there is no such score, for right and
 * failed answers alike. */
static void units_that_are_not_known_give_no_score(void **state)
{
  (void)state;
  static const char *const how[] = {"right", "silent", "crash"};
  write_text("bare.yaml", "equations: srsd\nseed: 1\nselect: {ids: [feynman-i.12.1]}\n"
                          "params: {rows: 200, units: no}\n");
  write_text("bare-task.yaml",
             "name: bare\nkind: regression\ndataset: ./bare.yaml\nsplit: position\n"
             "fields: [y]\nmetrics: [ned, dimensions, dimensions_strict, extrapolation]\n");
  for (int i = 0; i < 3; i++) {
    char path[128];
    put_outside(how[i], "regression");
    snprintf(path, sizeof path, "./%s", how[i]);
    assert_assay(i == 0 ? 0 : 2, "", "run", "--task", "./bare-task.yaml", "--method", path);
  }
  json_t *journal = read_journal("results");
  assert_int_equal(json_array_size(journal), 3);
  for (size_t i = 0; i < 3; i++) {
    const json_t *scores = json_object_get(json_array_get(journal, i), "scores");
    assert_null(json_object_get(scores, "dimensions"));
    assert_null(json_object_get(scores, "dimensions_strict"));
    assert_close(score_of(json_array_get(journal, i), "extrapolation"), i > 0, 0, 0);
    assert_close(score_of(json_array_get(journal, i), "ned"), i > 0, 0, 0);
  }
  json_decref(journal);
}

static void failures_get_the_worst_values(void **state)
{
  (void)state;
  static const struct {
    const char *how, *kind, *reason;
  } bad[] = {{"wordy", "shape", "the selected equation 'multiply the two'"},
             {"greedy", "shape", "uses columns that the table does not have"},
             {"crash", "crash", "Segmentation fault"},
             {"silent", "missing", "no prediction was written"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    json_t *r = record_of(bad[i].how, 2);
    assert_string_equal(json_string_value(json_object_get(r, "status")), "failed");
    assert_string_equal(text_at(r, "failure", "kind"), bad[i].kind);
    if (!strstr(text_at(r, "failure", "reason"), bad[i].reason))
      fail_msg("%s: %s", bad[i].how, text_at(r, "failure", "reason"));
    assert_close(score_of(r, "solution"), 0, 0, 0);
    assert_close(score_of(r, "ned"), 1, 0, 0);
    assert_close(score_of(r, "dimensions"), 0, 0, 0);
    assert_close(score_of(r, "extrapolation"), 1, 0, 0);
    assert_null(json_object_get(json_object_get(r, "scores"), "complexity"));
    json_decref(r);
  }
}

static void an_equation_without_values_is_wrong_but_no_failure(void **state)
{
  (void)state;
  json_t *r = record_of("nan", 0);
  assert_close(score_of(r, "r2"), 0, 0, 0);
  assert_close(score_of(r, "accuracy"), 0, 0, 0);
  assert_close(score_of(r, "complexity"), 6, 0, 0);
  json_decref(r);
}

static void other_candidates_may_be_unreadable(void **state)
{
  (void)state;
  json_t *r = record_of("half", 0);
  assert_close(score_of(r, "solution"), 1, 0, 0);
  json_decref(r);
}

static void values_that_are_not_the_equation_s_are_flagged(void **state)
{
  (void)state;
  static const struct {
    const char *how, *note;
    bool differs;
  } answers[] = {{"astray", "by up to 0.0042 of these", true},
                 {"true", "", false},
                 {"short", "are not those of its equation", true},
                 {"hollow", "are not those of its equation", true},
                 {"right", "", false}};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    json_t *r = record_of(answers[i].how, 0);
    const char *note = json_string_value(json_array_get(json_object_get(r, "notes"), 0));
    const json_t *differs = json_object_get(json_object_get(r, "answer"), "differs");
    assert_int_equal(json_is_true(differs), answers[i].differs);
    assert_int_equal(note != NULL, answers[i].differs);
    if (note && !strstr(note, answers[i].note)) fail_msg("%s: %s", answers[i].how, note);
    json_decref(r);
  }
  assert_assay(0, "astray, seed 0: 1 of 1 gave values that differ", "rank");
  assert_null(strstr(said, "true, seed 0"));
}

static void tables_that_were_left_out_count_as_the_worst(void **state)
{
  (void)state;
  assert_assay(0, "ok", "run", "srsd-tiny", "-j", "2", "--method", "sr_constant");
  json_decref(record_of("right", 0));
  assert_assay(0, "right, seed 0: 3 of 4 were not run and count as the worst", "rank");
  assert_assay(0, "\nsrsd-tiny,right,0,ok,1,0,solution,all,1,higher,4,1,1,", "rank", "--format",
               "csv");
  assert_non_null(strstr(said, ",0.25,"));
}

static void equations_from_anywhere_are_scored(void **state)
{
  (void)state;
  assert_assay(0, "", "generate", "srsd/feynman-tiny", "-o", "set");
  assert_ok(assay_dir_make("laws"));
  assert_assay(1, "no prediction for any of 4 tables", "score", "laws", "--truth", "set");
  write_text("laws/feynman-i.12.1.txt", "\n x1*x0 \n2.385\n");
  write_text("laws/feynman-i.14.4.txt", "multiply the two\n");
  write_text("laws/feynman-i.25.13.txt", "\n\n");
  assert_assay(0, "solution                   0.25\n", "score", "laws", "--truth", "set");
  assert_said("\nned                        0.75\n");
  assert_said("\ndimensions                 0.25\n");
  assert_said("\nextrapolation              0.75\n");
  assert_said("\ncomplexity                    3\n");
  assert_said("4 tables\n3 without a readable equation count as the worst:\n"
              "  feynman-i.14.4: the selected equation 'multiply the two'");
  assert_said(
      "feynman-i.25.13: the prediction cannot be read: laws/feynman-i.25.13.txt: no equation");
  assert_said("feynman-ii.38.14: no prediction was written\n");
  assert_assay(0, "\"reason\": null", "score", "laws/feynman-i.12.1.txt", "--truth",
               "set/feynman-i.12.1.nc", "--task", "srsd-tiny", "--json");
  assert_said("\"worst\": 1.0");
  assert_null(strstr(said, "ned2"));
  assert_assay(1, "'rmse' is one of fields", "score", "laws", "--truth", "set", "--metrics",
               "rmse");
  assert_assay(1, "asks for fields", "score", "laws", "--truth", "set", "--task", "heat-forecast");
}

static void methods_see_numbers_only(void **state)
{
  (void)state;
  json_decref(record_of("spy", 0));
}

/* A law with a constant, found by either tuner of constants; on the way there the equations that
 * were kept differ, so the setting was heard. */
static void genetic_programming_tunes_with_gsl_as_well(void **state)
{
  (void)state;
  static const char *const methods[] = {"sr_gp", "sr_gp:tuner=gsl"};
  char *answer[2];
  size_t size[2];
  for (int k = 0; k < 2; k++) {
    char path[256];
    assert_assay(0, "ok", "run", "srsd-tiny", "--method", methods[k], "--table", "feynman-i.14.4");
    json_t *r = last_record();
    assert_close(score_of(r, "solution"), 1, 0, 0);
    snprintf(path, sizeof path, "results/%s", text_at(r, "artefacts", "prediction"));
    assert_ok(assay_file_read(&answer[k], &size[k], path));
    json_decref(r);
  }
  assert_true(size[0] != size[1] || memcmp(answer[0], answer[1], size[0]) != 0);
  for (int k = 0; k < 2; k++) assay_free(answer[k]);
  assert_assay(1, "own", "run", "srsd-tiny", "--method", "sr_gp:tuner=lm", "--table",
               "feynman-i.14.4");
}

static void a_suite_is_ranked_over_its_tables(void **state)
{
  (void)state;
  put_outside("crash", "regression");
  assert_assay(0, "ok", "run", "srsd-tiny", "-j", "2");
  assert_assay(0, "16 of 16 jobs had their record already", "run", "srsd-tiny", "--resume");
  assert_assay(0, "4 test cases", "rank");
  assert_assay(0, "assay_sr", "rank");
  assert_assay(2, "4 of 4 jobs failed", "run", "srsd-tiny", "--method", "./crash");
  assert_assay(0, "crash", "rank");
  assert_assay(0, "", "report", "-o", "site");
  assert_true(assay_file_exists("site/task-srsd-tiny.html"));
}

static void mistakes_are_named(void **state)
{
  (void)state;
  write_text("grid.yaml", "name: grid\nkind: regression\ndataset: heat-tiny\nsplit: random\n"
                          "fields: [y]\nmetrics: [ned]\n");
  write_text("fields.yaml", "name: fields\nkind: regression\ndataset: srsd/feynman-tiny\n"
                            "split: position\nfields: [y]\nmetrics: [rmse]\n");
  write_text("flow.yaml", "name: flow\nkind: operator\ndataset: heat-tiny\nsplit: random\n"
                          "fields: [u]\nmetrics: [ned]\n");
  write_text("split.yaml", "name: split\nkind: regression\ndataset: srsd/feynman-tiny\n"
                           "split: postion\nfields: [y]\nmetrics: [ned]\n");
  assert_assay(1, "a regression needs tables", "run", "--task", "./grid.yaml", "--method",
               "sr_linear");
  assert_assay(1, "metric 'rmse' is one of fields", "run", "--task", "./fields.yaml", "--method",
               "sr_linear");
  assert_assay(1, "metric 'ned' is one of equations", "run", "--task", "./flow.yaml", "--method",
               "mean");
  assert_assay(1, "no split 'postion'", "run", "--task", "./split.yaml", "--method", "sr_linear");
  assert_assay(1, "none of the tasks has a table 'i.12.1'", "run", "srsd-tiny", "--table",
               "i.12.1");
}

int main(int argc, char **argv)
{
  if (argc > 2) return behave(argc, argv);
  if (find_programs() != 0) return 77;
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_right_equation_scores_best),
      TEST(a_constant_has_units_but_does_not_reach_far),
      TEST(units_that_are_not_known_give_no_score),
      TEST(failures_get_the_worst_values),
      TEST(an_equation_without_values_is_wrong_but_no_failure),
      TEST(other_candidates_may_be_unreadable),
      TEST(values_that_are_not_the_equation_s_are_flagged),
      TEST(tables_that_were_left_out_count_as_the_worst),
      TEST(equations_from_anywhere_are_scored),
      TEST(methods_see_numbers_only),
      TEST(genetic_programming_tunes_with_gsl_as_well),
      TEST(a_suite_is_ranked_over_its_tables),
      TEST(mistakes_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
