/* The example that lets regressors of other packages take part, docs/examples/method-sklearn: run
 * as the harness runs it, with regressors of tests/baselines/stand_in_regressors.py that speak like
 * those packages. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/expr/program.h"
#include "datasets/answer.h"
#include "datasets/table.h"
#include "datasets/task.h"
#include "tests/test.h"

static const char method_dir[] = ASSAY_TEST_SOURCE "/docs/examples/method-sklearn";
static char folder[] = "/tmp/assay-sklearn-XXXXXX";

static const char *path(const char *name)
{
  static char text[6][128];
  static int next;
  char *out = text[next++ % 6];
  snprintf(out, sizeof text[0], "%s/%s", folder, name);
  return out;
}

/* /usr/bin/python3 ARGS... in the folder of the method, what it says in `log`; the exit status. */
static int python(const char *const *args)
{
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    const char *argv[20] = {"python3"};
    for (int i = 0; i < 18 && args[i]; i++) argv[i + 1] = args[i];
    unsetenv("PYTHONPATH");
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    const int log = open(path("log"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (log >= 0 && dup2(log, 2) == 2 && chdir(method_dir) == 0)
      execv("/usr/bin/python3", (char *const *)(void *)argv);
    _exit(127);
  }
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define PYTHON(...) python((const char *const[]){__VA_ARGS__, NULL})

static void assert_logged(const char *text)
{
  char *log;
  size_t size;
  assert_ok(assay_file_read(&log, &size, path("log")));
  if (!strstr(log, text)) fail_msg("expected %s, got\n%s", text, log);
  assay_free(log);
}

enum { ROWS = 40, TESTED = 7, COLUMNS = 3 };

static double law(const double *x)
{
  return 2.385 * x[0] * x[1] * x[1] / x[2];
}

/* The law on training rows, nonsense on validation rows, nothing on test rows. */
static void write_table(const char *name, long n, bool given)
{
  struct assay_table *t;
  int8_t *code;
  assert_ok(assay_table_create(&t, n, COLUMNS));
  for (long i = 0; i < n; i++) {
    double x[COLUMNS];
    for (int c = 0; c < COLUMNS; c++)
      assay_table_x(t, c)[i] = x[c] =
          0.6 + 0.17 * (double)((i * (2 * c + 7)) % 23) + 0.01 * (double)i;
    t->y[i] = !given ? (double)NAN : i % 5 == 3 ? 1e6 : law(x);
  }
  if (given) {
    assert_ok(assay_table_add_split(&code, t, "task"));
    for (long i = 0; i < n; i++) code[i] = i % 5 == 3;
  }
  assert_ok(assay_table_write(t, path(name), false));
  assay_table_destroy(t);
}

static void write_regressor(const char *class, const char *more)
{
  char text[600];
  snprintf(text, sizeof text,
           "{\"class\": \"stand_in_regressors.%s\", \"path\": [\"%s/tests/baselines\"]%s}", class,
           ASSAY_TEST_SOURCE, more);
  assert_ok(assay_file_write(path("regressor.json"), text, strlen(text)));
}

static int train(void)
{
  struct assay_task task = assay_task_defaults;
  task.kind = ASSAY_TASK_REGRESSION;
  assert_ok(assay_dir_remove(path("model")));
  assert_ok(assay_dir_make(path("model")));
  assert_ok(assay_task_write(&task, "opaque", path("task.json")));
  write_table("train.nc", ROWS, true);
  return PYTHON("adapter.py", "train", "--regressor", path("regressor.json"), "--task",
                path("task.json"), "--data", path("train.nc"), "--model", path("model"), "--seed",
                "17", "--time-limit", "50");
}

static void answer(struct assay_answer *out, const char *class, const char *more)
{
  write_regressor(class, more);
  write_table("inputs.nc", TESTED, false);
  assert_int_equal(train(), 0);
  assert_int_equal(PYTHON("adapter.py", "predict", "--regressor", path("regressor.json"), "--task",
                          path("task.json"), "--model", path("model"), "--inputs",
                          path("inputs.nc"), "--output", path("pred.nc")),
                   0);
  assert_ok(assay_answer_read(out, path("pred.nc")));
}

/* The selected equation at x, read in the native style. */
static double value(const struct assay_answer *a, const double *x)
{
  struct assay_expr *e;
  struct assay_expr_program *p;
  struct assay_expr_work *w;
  double y;
  assert_ok(assay_expr_parse(&e, a->equation[a->selected], NULL));
  assert_ok(assay_expr_compile(&p, e, NULL));
  assert_ok(assay_expr_work_create(&w));
  assert_ok(assay_expr_eval_point(&y, p, NULL, x, w));
  assay_expr_work_free(w);
  assay_expr_program_free(p);
  assay_expr_free(e);
  return y;
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
    answer(&a, packages[i].class, packages[i].more);
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
  answer(&a, "GplearnLike", ", \"style\": \"gplearn\", \"predicts\": true");
  assert_int_equal(a.n_rows, TESTED);
  const double first[COLUMNS] = {0.6, 0.6, 0.6};
  assert_close(a.y[0], law(first), 1e-12, 0);
  assay_answer_release(&a);
}

static void functions_are_renamed(void **state)
{
  (void)state;
  struct assay_answer a;
  answer(&a, "GplearnLike", ", \"style\": \"gplearn\", \"rename\": {\"div\": \"mul\"}");
  assert_close(value(&a, point), law(point) * point[2] * point[2], 1e-12, 0);
  assay_answer_release(&a);
}

/* 17 is the seed, 45 nine tenths of the time. */
static void seed_time_and_arguments_arrive(void **state)
{
  (void)state;
  struct assay_answer a;
  answer(&a, "Speaking",
         ", \"seed_argument\": \"random_state\", \"time_argument\": \"time_limit\"");
  assert_string_equal(a.equation[0], "17 + 45*x1");
  assert_null(a.complexity);
  assay_answer_release(&a);
  answer(&a, "Speaking", ", \"arguments\": {\"random_state\": 2.5, \"time_limit\": 3}");
  assert_string_equal(a.equation[0], "2.5 + 3*x1");
  assay_answer_release(&a);
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
    assert_int_equal(train(), 1);
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
