/* Runs the adapter of docs/examples/method-sklearn as the harness does, on a table that follows a
 * law. Included once by each test program of it. */
#ifndef ASSAY_TESTS_BASELINES_ADAPTER_H
#define ASSAY_TESTS_BASELINES_ADAPTER_H
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

#ifndef ASSAY_TEST_SOURCE
#define ASSAY_TEST_SOURCE "."
#endif
static const char method_dir[] = ASSAY_TEST_SOURCE "/docs/examples/method-sklearn";
static char folder[] = "/tmp/assay-sklearn-XXXXXX";

/* ASSAY_TEST_PYTHON, or Debian's. */
static inline const char *interpreter(void)
{
  const char *given = getenv("ASSAY_TEST_PYTHON");
  return given ? given : "/usr/bin/python3";
}

static const char *path(const char *name)
{
  static char text[16][128];
  static int next;
  char *out = text[next++ % 16];
  snprintf(out, sizeof text[0], "%s/%s", folder, name);
  return out;
}

/* PROGRAM ARGS... in the folder of the method, what it says in `log`; the exit status. */
static inline int python(const char *program, const char *const *args)
{
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    const char *argv[20] = {program};
    for (int i = 0; i < 18 && args[i]; i++) argv[i + 1] = args[i];
    unsetenv("PYTHONPATH");
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    const int log = open(path("log"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (log >= 0 && dup2(log, 2) == 2 && chdir(method_dir) == 0)
      execv(program, (char *const *)(void *)argv);
    _exit(127);
  }
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define PYTHON(...) python(interpreter(), (const char *const[]){__VA_ARGS__, NULL})

static inline void assert_logged(const char *text)
{
  char *log;
  size_t size;
  assert_ok(assay_file_read(&log, &size, path("log")));
  if (!strstr(log, text)) fail_msg("expected %s, got\n%s", text, log);
  assay_free(log);
}

enum { ROWS = 40, TESTED = 7, COLUMNS = 3 };

static inline double law(const double *x)
{
  return 2.385 * x[0] * x[1] * x[1] / x[2];
}

/* The columns' sizes, to be changed by tests. */
static double size[COLUMNS] = {1, 1, 1};

/* Row i of the inputs. */
static inline void fill_row(double *x, long i)
{
  for (int c = 0; c < COLUMNS; c++)
    x[c] = size[c] * (0.6 + 0.17 * (double)((i * (2 * c + 7)) % 23) + 0.01 * (double)i);
}

/* The law on training rows, nonsense on validation rows, nothing on test rows. */
static inline void write_table(const char *name, long n, bool given)
{
  struct assay_table *t;
  int8_t *code;
  assert_ok(assay_table_create(&t, n, COLUMNS));
  for (long i = 0; i < n; i++) {
    double x[COLUMNS];
    fill_row(x, i);
    for (int c = 0; c < COLUMNS; c++) assay_table_x(t, c)[i] = x[c];
    t->y[i] = !given ? (double)NAN : i % 5 == 3 ? 1e6 : law(x);
  }
  if (given) {
    assert_ok(assay_table_add_split(&code, t, "task"));
    for (long i = 0; i < n; i++) code[i] = i % 5 == 3;
  }
  assert_ok(assay_table_write(t, path(name), false));
  assay_table_destroy(t);
}

/* The adapter's exit status; `regressor` is its JSON file. */
static inline int train(const char *regressor, const char *seconds)
{
  struct assay_task task = assay_task_defaults;
  task.kind = ASSAY_TASK_REGRESSION;
  assert_ok(assay_dir_remove(path("model")));
  assert_ok(assay_dir_make(path("model")));
  assert_ok(assay_task_write(&task, "opaque", path("task.json")));
  write_table("train.nc", ROWS, true);
  return PYTHON("adapter.py", "train", "--regressor", regressor, "--task", path("task.json"),
                "--data", path("train.nc"), "--model", path("model"), "--seed", "17",
                "--time-limit", seconds);
}

static inline void answer(struct assay_answer *out, const char *regressor, const char *seconds)
{
  write_table("inputs.nc", TESTED, false);
  if (train(regressor, seconds) != 0) assert_logged("nothing");
  assert_int_equal(PYTHON("adapter.py", "predict", "--regressor", regressor, "--task",
                          path("task.json"), "--model", path("model"), "--inputs",
                          path("inputs.nc"), "--output", path("pred.nc")),
                   0);
  assert_ok(assay_answer_read(out, path("pred.nc")));
}

/* The selected equation at x, read in the native style. */
static inline double value(const struct assay_answer *a, const double *x)
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

#endif
