/* The example of an outside method, docs/examples/method-python: run as the harness runs it, on
 * files whose nearest cases are known. */
#include <sys/wait.h>

#include "tests/baselines/small_world.h"

static const char method_dir[] = ASSAY_TEST_SOURCE "/docs/examples/method-python";

/* /usr/bin/python3 ARGS... in the folder of the method; the exit status. */
static int python(const char *const *args)
{
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    const char *argv[16] = {"python3"};
    for (int i = 0; i < 14 && args[i]; i++) argv[i + 1] = args[i];
    unsetenv("PYTHONPATH");
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    if (chdir(method_dir) == 0) execv("/usr/bin/python3", (char *const *)(void *)argv);
    _exit(127);
  }
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define PYTHON(...) python((const char *const[]){__VA_ARGS__, NULL})

static void answer(const struct toy *toy)
{
  const struct assay_task task = toy_task(toy);
  toy_files(toy);
  assert_ok(assay_dir_make(toy_path("model")));
  assert_ok(assay_task_write(&task, "opaque", toy_path("task.json")));
  assert_int_equal(PYTHON("method.py", "train", "--task", toy_path("task.json"), "--data",
                          toy_path("train.nc"), "--model", toy_path("model"), "--seed", "3",
                          "--time-limit", "60"),
                   0);
  assert_int_equal(PYTHON("method.py", "predict", "--task", toy_path("task.json"), "--model",
                          toy_path("model"), "--inputs", toy_path("inputs.nc"), "--output",
                          toy_path("pred.nc")),
                   0);
}

enum { KNOWN = 9, TESTED = 4, NX = 6, NY = 4 };

static double param(long k, int j)
{
  const double golden = j ? 0.7548776662466927 : 0.5698402909980532,
               place = (double)(k + 1) * golden;
  return (j ? 3e5 : 0.2) * (place - floor(place));
}

static double value(const double *params, int field, double x, double y, double t)
{
  return (field ? 100 : 1) * (5 * params[0] * (x + 1) + params[1] / 1e5 * y * (1 + t));
}

static const struct toy world = {
    .kind = ASSAY_TASK_OPERATOR,
    .first = 1,
    .stride = 2,
    .n_train = KNOWN - 2,
    .n_valid = 2,
    .n_test = TESTED,
    .n_times = 6,
    .dt = 0.25,
    .n_axes = 2,
    .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, NY, 0, 1},
             {"x", "m", "x", ASSAY_AXIS_CENTRES, NX, 0, 2}},
    .n_fields = 2,
    .fields = {{.name = "u", .unit = "m s-1", .doc = "u"}, {.name = "p", .unit = "Pa", .doc = "p"}},
    .n_params = 2,
    .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
    .param = param,
    .value = value,
};

/* The known case with the parameters nearest to those of test case k. */
static long nearest_parameters(long k)
{
  double spread[2], least = HUGE_VAL;
  long best = -1;
  for (int j = 0; j < 2; j++) {
    double mean = 0, squares = 0;
    for (long i = 0; i < KNOWN; i++) mean += param(i, j) / KNOWN;
    for (long i = 0; i < KNOWN; i++) squares += pow(param(i, j) - mean, 2) / KNOWN;
    spread[j] = sqrt(squares);
  }
  for (long i = 0; i < KNOWN; i++) {
    double distance = 0;
    for (int j = 0; j < 2; j++) distance += pow((param(i, j) - param(KNOWN + k, j)) / spread[j], 2);
    if (distance < least) least = distance, best = i;
  }
  return best;
}

static void operator_copies_the_case_with_the_nearest_parameters(void **state)
{
  (void)state;
  double got[NX * NY], expected[NX * NY];
  answer(&world);
  for (long k = 0; k < TESTED; k++)
    for (int f = 0; f < 2; f++)
      for (int l = 0; l < 5; l++) {
        toy_answer(got, &world, k, f, l);
        toy_values(expected, &world, nearest_parameters(k), f, (l + 1) * 0.25);
        for (int i = 0; i < NX * NY; i++) assert_close(got[i], expected[i], 1e-6, 0);
      }
}

static void named_frames_come_in_their_order(void **state)
{
  (void)state;
  struct toy toy = world;
  double got[NX * NY], expected[NX * NY];
  toy.asked = (struct assay_list){3, {"4", "0", "2"}};
  answer(&toy);
  for (int l = 0; l < 3; l++) {
    toy_answer(got, &toy, 2, 0, l);
    toy_values(expected, &toy, nearest_parameters(2), 0, (4 - 4 * (l == 1) - 2 * (l == 2)) * 0.25);
    for (int i = 0; i < NX * NY; i++) assert_close(got[i], expected[i], 1e-6, 0);
  }
}

/* The field is linear in the parameters and in time, so whatever case is the nearest, the error is
 * what its movement differs by: 2 b y dt per stride of two frames. */
static void forecast_moves_like_the_nearest_context(void **state)
{
  (void)state;
  struct toy toy = world;
  double got[NX * NY], start[NX * NY];
  toy.kind = ASSAY_TASK_FORECAST;
  answer(&toy);
  for (long k = 0; k < TESTED; k++) {
    toy_values(start, &toy, KNOWN + k, 0, 0.25);
    toy_answer(got, &toy, k, 0, 1);
    long like = -1;
    for (long i = 0; i < KNOWN; i++) { /* moved by 4 frames of case i? */
      double worst = 0;
      for (int n = 0; n < NX * NY; n++) {
        const double y = assay_axis_at(&toy.axis[0], n / NX);
        worst = fmax(worst, fabs(got[n] - start[n] - param(i, 1) / 1e5 * y * 1.0));
      }
      if (worst < 1e-5) like = i;
    }
    assert_true(like >= 0);
    assert_true(fabs(param(like, 1) - param(KNOWN + k, 1)) < 1e5); /* a third of the range */
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(operator_copies_the_case_with_the_nearest_parameters),
      cmocka_unit_test(named_frames_come_in_their_order),
      cmocka_unit_test(forecast_moves_like_the_nearest_context),
  };
  if (PYTHON("-c", "import numpy, netCDF4") != 0) {
    fprintf(stderr, "needs /usr/bin/python3 with numpy and netCDF4\n");
    return 77;
  }
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
