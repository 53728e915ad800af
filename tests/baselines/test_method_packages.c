/* The adapter of docs/examples/method-sklearn with gplearn and pyoperon themselves, where the
 * Python of ASSAY_TEST_PYTHON (else /usr/bin/python3) has them: with the JSON files as they are. */
#include "tests/baselines/adapter.h"

/* R2 of the selected equation on test rows, and the largest difference to the package's own values.
 */
static void judge(double *r2, double *differ, const struct assay_answer *a)
{
  double sum = 0, squares = 0, error = 0;
  *differ = 0;
  for (int i = 0; i < TESTED; i++) {
    double x[COLUMNS];
    fill_row(x, i);
    const double y = law(x), f = value(a, x);
    sum += y;
    squares += y * y;
    error += (f - y) * (f - y);
    if (a->n_rows > 0) *differ = fmax(*differ, fabs(a->y[i] - f) / fabs(f));
  }
  *r2 = 1 - error / (squares - sum * sum / TESTED);
}

/* The law has SI units in it: without the adapter's sizes neither package gets anywhere. */
static void run(const char *regressor, bool own_values)
{
  struct assay_answer a;
  double r2, differ;
  size[0] = 1.6e-19;
  size[2] = 6.4e6;
  answer(&a, regressor, "30");
  assert_int_equal(a.n_rows, own_values ? TESTED : 0);
  judge(&r2, &differ, &a);
  print_message("# %s: R2 %.6f, values differ by %.1e: %s\n", regressor, r2, differ,
                a.equation[a.selected]);
  assert_true(r2 > 0.5);
  assert_true(differ < 1e-12);
  assay_answer_release(&a);
}

static void gplearn_takes_part(void **state)
{
  (void)state;
  run("gplearn.json", true);
}

static void operon_takes_part(void **state)
{
  (void)state;
  run("operon.json", false);
}

int main(void)
{
  struct CMUnitTest tests[2];
  size_t n = 0;
  if (!mkdtemp(folder)) return 1;
  if (PYTHON("-c", "import numpy, netCDF4, gplearn.genetic") == 0)
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(gplearn_takes_part);
  if (PYTHON("-c", "import numpy, netCDF4, pyoperon.sklearn") == 0)
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(operon_takes_part);
  int failed = 0;
  if (n > 0)
    failed = _cmocka_run_group_tests("packages", tests, n, NULL, NULL);
  else /* as TAP wants it */
    printf("1..0 # SKIP %s has neither gplearn nor pyoperon with numpy and netCDF4\n",
           interpreter());
  assay_dir_remove(folder);
  return failed;
}
