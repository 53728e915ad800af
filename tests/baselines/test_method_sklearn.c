/* The example that lets regressors of other packages take part, docs/examples/method-sklearn: run
 * as the harness runs it, with regressors of tests/baselines/stand_in_regressors.py that speak like
 * those packages. */
#include "tests/baselines/adapter.h"

static void write_regressor(const char *class, const char *more)
{
  char text[600];
  snprintf(text, sizeof text,
           "{\"class\": \"stand_in_regressors.%s\", \"path\": [\"%s/tests/baselines\"]%s}", class,
           ASSAY_TEST_SOURCE, more);
  assert_ok(assay_file_write(path("regressor.json"), text, strlen(text)));
}

static void answer_of(struct assay_answer *out, const char *class, const char *more)
{
  write_regressor(class, more);
  answer(out, path("regressor.json"), "50");
}

static const double point[COLUMNS] = {1.7, 0.35, 2.9};

static void equations_of_packages_are_read(void **state)
{
  (void)state;
  static const struct {
    const char *class, *more;
    int n, selected, complexity;
  } packages[] = {
      {"GplearnLike", ", \"style\": \"gplearn\", \"seed_argument\": \"random_state\"", 1, 0, 9},
      {"PysrLike", ", \"style\": \"pysr\"", 2, 1, 9},
      {"OperonLike", ", \"style\": \"operon\", \"time_argument\": \"time_limit\"", 2, 1, 8},
  };
  for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
    struct assay_answer a;
    answer_of(&a, packages[i].class, packages[i].more);
    assert_int_equal(a.n, packages[i].n);
    assert_int_equal(a.selected, packages[i].selected);
    assert_int_equal(a.complexity[a.selected], packages[i].complexity);
    assert_int_equal(a.n_rows, 0);
    assert_close(value(&a, point), law(point), 1e-12, 0);
    assay_answer_release(&a);
  }
}

static void values_go_with_the_text(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_of(&a, "GplearnLike", ", \"style\": \"gplearn\", \"predicts\": true");
  assert_int_equal(a.n_rows, TESTED);
  const double first[COLUMNS] = {0.6, 0.6, 0.6};
  assert_close(a.y[0], law(first), 1e-12, 0);
  assay_answer_release(&a);
}

static void functions_are_renamed(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_of(&a, "GplearnLike", ", \"style\": \"gplearn\", \"rename\": {\"div\": \"mul\"}");
  assert_close(value(&a, point), law(point) * point[2] * point[2], 1e-12, 0);
  assay_answer_release(&a);
}

/* 17 is the seed, 45 nine tenths of the time, of which reading and importing take some. */
static void seed_time_and_arguments_arrive(void **state)
{
  (void)state;
  struct assay_answer a;
  answer_of(&a, "Speaking",
            ", \"seed_argument\": \"random_state\", \"time_argument\": \"time_limit\"");
  int seed, seconds;
  assert_int_equal(sscanf(a.equation[0], "%d + %d*x1", &seed, &seconds), 2);
  assert_int_equal(seed, 17);
  assert_in_range(seconds, 10, 45);
  assert_null(a.complexity);
  assay_answer_release(&a);
  answer_of(&a, "Speaking", ", \"arguments\": {\"random_state\": 2.5, \"time_limit\": 3}");
  assert_string_equal(a.equation[0], "2.5 + 3*x1");
  assay_answer_release(&a);
}

/* Powers that the law does not make up for: 18 and -6 for the columns, 27 for the target. */
static void sizes_are_taken_out(void **state)
{
  (void)state;
  static const char *const styles[][2] = {
      {"GplearnLike", ", \"style\": \"gplearn\", \"scale\": true, \"predicts\": true"},
      {"OperonLike", ", \"style\": \"operon\", \"scale\": true, \"predicts\": true"},
  };
  size[0] = 1.6e-21;
  size[2] = 6.4e7;
  double first[COLUMNS];
  fill_row(first, 0);
  for (int i = 0; i < 2; i++) {
    struct assay_answer a;
    answer_of(&a, styles[i][0], styles[i][1]);
    assert_non_null(strstr(a.equation[a.selected], "1e+18*x0"));
    assert_non_null(strstr(a.equation[a.selected], "1e-06*x2"));
    assert_null(strstr(a.equation[a.selected], "*x1)"));
    assert_close(value(&a, first), law(first), 1e-12, 0);
    assert_close(a.y[0], law(first), 1e-12, 0);
    assay_answer_release(&a);
  }
  size[0] = size[2] = 1;
}

/* One step more each time, until the package is content, has done all or has no time. */
static void steps_end(void **state)
{
  (void)state;
  static const struct {
    const char *arguments, *seconds;
    int least, most;
  } runs[] = {
      {"\"generations\": 9, \"perfect_after\": 4", "50", 4, 4},
      {"\"generations\": 3, \"perfect_after\": 4", "50", 3, 3},
      {"\"generations\": 50, \"pause\": 0.2", "2.5", 1, 10},
  };
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    struct assay_answer a;
    char more[200];
    snprintf(more, sizeof more, ", \"step_argument\": \"generations\", \"arguments\": {%s}",
             runs[i].arguments);
    write_regressor("Stepwise", more);
    answer(&a, path("regressor.json"), runs[i].seconds);
    assert_in_range(atoi(a.equation[0]), runs[i].least, runs[i].most);
    assay_answer_release(&a);
  }
}

static void what_is_wrong_is_said(void **state)
{
  (void)state;
  static const struct {
    const char *class, *more, *message;
  } wrong[] = {
      {"Mute", "", "adapter: Mute does not say its equation by any of _program, equations_"},
      {"Missing", "", "adapter: stand_in_regressors.Missing is not there"},
      {"Mute", ", \"style\": \"gp\"", "no style 'gp' (known: native, gplearn"},
      {"Mute", ", \"argument\": {}", "regressor.json: unknown key 'argument'"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    write_regressor(wrong[i].class, wrong[i].more);
    assert_int_equal(train(path("regressor.json"), "50"), 1);
    assert_logged(wrong[i].message);
  }
}

static void the_files_for_packages_are_complete(void **state)
{
  (void)state;
  assert_int_equal(PYTHON("-c",
                          "import adapter\n"
                          "for name in ('gplearn', 'pysr', 'operon'):\n"
                          "    assert adapter.read_regressor(name + '.json')['style'] == name"),
                   0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equations_of_packages_are_read),
      cmocka_unit_test(values_go_with_the_text),
      cmocka_unit_test(functions_are_renamed),
      cmocka_unit_test(seed_time_and_arguments_arrive),
      cmocka_unit_test(sizes_are_taken_out),
      cmocka_unit_test(steps_end),
      cmocka_unit_test(what_is_wrong_is_said),
      cmocka_unit_test(the_files_for_packages_are_complete),
  };
  if (!mkdtemp(folder)) return 1;
  int failed = 77;
  if (PYTHON("-c", "import numpy, netCDF4") == 0)
    failed = cmocka_run_group_tests(tests, NULL, NULL);
  else
    fprintf(stderr, "needs /usr/bin/python3 with numpy and netCDF4\n");
  assay_dir_remove(folder);
  return failed;
}
