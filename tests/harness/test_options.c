#include "core/base/mem.h"
#include "harness/verb.h"
#include "tests/test.h"

struct options {
  int jobs;
  const char *output;
  bool resume, refine;
  struct assay_list set;
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(options, jobs), .letter = 'j', .doc = "workers", .min = 1, .max = 64},
    {ASSAY_P_STRING(options, output), .letter = 'o', .doc = "file"},
    {ASSAY_P_BOOL(options, resume), .doc = "go on"},
    {ASSAY_P_BOOL(options, refine), .doc = "refine"},
    {ASSAY_P_LIST(options, set), .doc = "key=value"},
    {0},
};

static int parse(struct options *o, int *n, char **args, const char *line, char *store)
{
  char *argv[32];
  int argc = 0;
  strcpy(store, line);
  for (char *word = strtok(store, " "); word; word = strtok(NULL, " ")) argv[argc++] = word;
  return assay_options_parse(rows, o, argc, argv, args, n);
}

static void options_and_arguments_mix(void **state)
{
  (void)state;
  char store[200], *args[32];
  int n = 0;
  struct options o = {.jobs = 1, .refine = true};
  assert_ok(parse(&o, &n, args,
                  "a.yaml -j4 --set nx=32 --resume --set=seed=7 -o out.nc --no-refine b", store));
  assert_int_equal(o.jobs, 4);
  assert_string_equal(o.output, "out.nc");
  assert_true(o.resume && !o.refine);
  assert_int_equal(o.set.n, 2);
  assert_string_equal(o.set.item[1], "seed=7");
  assert_int_equal(n, 2);
  assert_string_equal(args[1], "b");
}

static void names_may_come_with_commas(void **state)
{
  (void)state;
  char *store = NULL;
  struct assay_list names = {3, {"u,v", "p", ",drag,"}};
  const size_t before = assay_mem_in_use().blocks;
  assert_ok(assay_options_split(&names, &store));
  assert_int_equal(names.n, 4);
  assert_string_equal(names.item[1], "v");
  assert_string_equal(names.item[2], "p");
  assert_string_equal(names.item[3], "drag");
  assay_free(store);
  assert_int_equal(assay_mem_in_use().blocks, before);
  store = NULL;
  names.n = ASSAY_LIST_MAX;
  for (int i = 0; i < names.n; i++) names.item[i] = i == 7 ? "a,b" : "c";
  assert_fails(assay_options_split(&names, &store), ASSAY_EARG, "more than 64 names");
  assay_free(store);
}

static void a_double_dash_ends_options_and_a_dash_is_an_argument(void **state)
{
  (void)state;
  char store[200], *args[32];
  int n = 0;
  struct options o = {.jobs = 1};
  assert_ok(parse(&o, &n, args, "- -- --resume", store));
  assert_int_equal(n, 2);
  assert_string_equal(args[1], "--resume");
  assert_false(o.resume);
}

static const struct {
  const char *line, *message;
} wrong[] = {
    {"--job 3", "option --job: no parameter 'job' (did you mean 'jobs'?"},
    {"-q", "no option -q"},
    {"--jobs", "option --jobs needs a value"},
    {"-j 0", "jobs = 0 is outside [1, 64]"},
    {"-j x", "jobs: expected a whole number, got 'x'"},
    {"--no-jobs", "no parameter 'no_jobs'"},
};

static void wrong_options_are_refused_with_a_hint(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char store[200], *args[32];
    int n = 0;
    struct options o = {.jobs = 1};
    if (parse(&o, &n, args, wrong[i].line, store) == ASSAY_OK ||
        !strstr(assay_err_last(), wrong[i].message))
      fail_msg("'%s' gave '%s'", wrong[i].line, assay_err_last());
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_and_arguments_mix),
      cmocka_unit_test(names_may_come_with_commas),
      cmocka_unit_test(a_double_dash_ends_options_and_a_dash_is_an_argument),
      cmocka_unit_test(wrong_options_are_refused_with_a_hint),
  };
  return cmocka_run_group_tests_name("harness/options", tests, NULL, NULL);
}
