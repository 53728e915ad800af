/* A task that tells the units of the columns, by running the program: what a method can make of
 * them, and that they are not told otherwise. */
#include "tests/harness/assay_program.h"

#include <jansson.h>

/* An orbit around a mass; its root beside a cosine inside a sum is beyond powers and products. */
static void write_task(const char *units)
{
  char text[800];
  write_text("orbit.yaml", "title: an orbit\nequations: srsd\nseed: 3\n"
                           "select: {ids: [feynman-bonus.2]}\nparams: {rows: 1000}\n");
  snprintf(text, sizeof text,
           "name: orbit\ntitle: an orbit\nkind: regression\ndataset: ./orbit.yaml\n"
           "split: position\nfields: [y]\nmetrics: [solution, ned]\nwork: 1e9\n%s"
           "train_seconds: 300\npredict_seconds: 60\nmemory_mb: 2048\n",
           units);
  write_text("task.yaml", text);
}

/* of the last record */
static double solution(void)
{
  char line[100000], last[100000] = "";
  FILE *f = fopen("results/journal.jsonl", "r");
  assert_non_null(f);
  while (fgets(line, sizeof line, f)) snprintf(last, sizeof last, "%s", line);
  fclose(f);
  json_t *record = json_loads(last, 0, NULL);
  assert_non_null(record);
  const json_t *at = record;
  for (const char *const *key =
           (const char *const[]){"scores", "solution", "fields", "all", "value", NULL};
       *key; key++)
    at = json_object_get(at, *key);
  const double value = json_number_value(at);
  json_decref(record);
  return value;
}

static void units_are_told_where_the_task_says_so(void **state)
{
  (void)state;
  write_task("units: true\n");
  assert_assay(0, "", "run", "--task", "task.yaml", "--method", "sr_buckingham");
  assert_close(solution(), 1, 0, 0);
  write_task("");
  assert_assay(0, "", "run", "--task", "task.yaml", "--method", "sr_buckingham");
  assert_close(solution(), 0, 0, 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
  const struct CMUnitTest tests[] = {IN_FOLDER(units_are_told_where_the_task_says_so)};
  if (find_programs() != 0) {
    fprintf(stderr, "the program assay is not built\n");
    return 77;
  }
  const int failed = cmocka_run_group_tests_name("harness/units", tests, NULL, NULL);
  assay_free(said);
  return failed;
}
