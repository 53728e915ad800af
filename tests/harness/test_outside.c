/* The example of an outside method (docs/examples/method-python) on the tasks of a suite, beside
 * the built-in ones. Needs Debian's python3 with numpy and netCDF4. */
#include "tests/harness/assay_program.h"

#include <jansson.h>

static const char method_dir[] = ASSAY_TEST_SOURCE "/docs/examples/method-python";

static bool python_has_what_it_needs(void)
{
  const char *const argv[] = {"/usr/bin/python3", "-c", "import numpy, netCDF4", NULL};
  const struct assay_command c = {
      .argv = argv, .dir = "/", .log = "/dev/null", .limits = {.wall = 60}};
  struct assay_outcome o;
  return assay_supervise(&o, &c) == ASSAY_OK && o.end == ASSAY_END_OK;
}

/* value of a score of one field in a line of the journal; NaN when it is another task or method */
static double score_in(const char *line, const char *task, const char *method, const char *metric)
{
  const char *got_task = "", *got_method = "";
  double value = (double)NAN;
  json_t *record = json_loads(line, 0, NULL);
  assert_non_null(record);
  assert_int_equal(
      json_unpack(record, "{s{ss,ss}}", "key", "task", &got_task, "method", &got_method), 0);
  if (strcmp(got_task, task) == 0 && strcmp(got_method, method) == 0)
    json_unpack(record, "{s{s{s{s{sF}}}}}", "scores", metric, "fields", "u", "value", &value);
  json_decref(record);
  return value;
}

static double score_of(const char *task, const char *method, const char *metric)
{
  static char line[400000];
  double value = (double)NAN;
  FILE *f = fopen("results/journal.jsonl", "r");
  assert_non_null(f);
  while (isnan(value) && fgets(line, sizeof line, f)) value = score_in(line, task, method, metric);
  fclose(f);
  return value;
}

static void a_python_method_stands_beside_the_built_in_ones(void **state)
{
  (void)state;
  assert_assay(0, "cavity-forecast-tiny nearest", "run", "demo-tiny", "--method", method_dir,
               "--method", "mean", "-j", "2");
  const double nearest = score_of("cavity-operator-tiny", "nearest", "nrmse");
  const double mean = score_of("cavity-operator-tiny", "mean", "nrmse");
  assert_true(nearest > 0 && nearest < 0.6 * mean);
  assert_assay(0, "nearest", "rank", "demo-tiny");
  assert_assay(0, "4 of 4 jobs had their record already", "run", "demo-tiny", "--method",
               method_dir, "--method", "mean", "--resume");
}

static void it_is_described_like_the_others(void **state)
{
  (void)state;
  assert_assay(0, "/usr/bin/python3 method.py predict\n", "show", "method", method_dir);
  assert_said("analogue forecast");
}

int main(void)
{
  if (find_programs() != 0 || !python_has_what_it_needs()) {
    printf("# python3 with numpy and netCDF4 is not there\n");
    return 77;
  }
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_python_method_stands_beside_the_built_in_ones),
      TEST(it_is_described_like_the_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
