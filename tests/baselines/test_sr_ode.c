/* Symbolic search for systems of differential equations (baselines/sr_ode.c) beside few terms of a
 * library (sindy): a law that is no sum of terms, seen without and with noise. */
#include <stdlib.h>

#include "baselines/baseline.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/expr/program.h"
#include "core/num/ode.h"
#include "core/num/random.h"
#include "datasets/answer.h"
#include "tests/test.h"

enum { PIECES = 7, POINTS = 151, ROWS = PIECES * POINTS, STATES = 2 };
static const double step = 0.02;
static char folder[] = "/tmp/assay-sr-ode-XXXXXX";

/* A bead on a wire, drawn by a charge beside it. */
static int law(double *f, double t, const double *x, void *context)
{
  (void)t;
  (void)context;
  f[0] = x[1];
  f[1] = -2.385 * x[0] / pow(x[0] * x[0] + 0.7, 1.5);
  return ASSAY_OK;
}

/* Seven trajectories, of which the last one validates. */
static struct assay_table *watch(double noise)
{
  struct assay_table *t;
  int8_t *code;
  struct assay_rng rng = assay_rng_init(2385, 0, 0);
  const struct assay_ode ode = {
      .n = STATES, .rate = law, .relative = 1e-12, .absolute = 1e-13, .steps = 10000};
  assert_ok(assay_table_create(&t, ROWS, STATES + 2));
  assert_ok(assay_table_add_split(&code, t, "task"));
  for (int row = 0; row < ROWS; row++) {
    static double now[STATES], h;
    const int piece = row / POINTS, i = row % POINTS;
    if (i == 0) {
      h = 0;
      now[0] = 0.5 + 0.23 * piece;
      now[1] = 0.4 - 0.17 * piece;
    }
    for (int k = 0; k < STATES; k++)
      assay_table_x(t, k)[row] = now[k] + noise * assay_rng_normal(&rng);
    assay_table_x(t, 2)[row] = i * step;
    assay_table_x(t, 3)[row] = piece;
    t->y[row] = (double)NAN;
    code[row] = piece == PIECES - 1;
    assert_ok(assay_ode_advance(now, &h, &ode, i * step, (i + 1) * step));
  }
  t->column[2].role = t->column[3].role = ASSAY_COLUMN_COORDINATE;
  return t;
}

static void discover(struct assay_answer *out, const char *name, double noise, double work)
{
  const struct assay_baseline *method;
  struct assay_table *t = watch(noise);
  struct assay_task task = assay_task_defaults;
  char *output;
  task.kind = ASSAY_TASK_DISCOVERY;
  task.work = work;
  assert_ok(assay_baseline_find(&method, name));
  assert_ok(method->train(&(struct assay_train_job){.task = &task,
                                                    .table = t,
                                                    .model_dir = folder,
                                                    .seed = 3,
                                                    .time_limit = 100,
                                                    .params = method->defaults}));
  assert_ok(assay_asprintf(&output, "%s/pred.nc", folder));
  assert_ok(method->predict(&(struct assay_predict_job){
      .table = t, .model_dir = folder, .output = output, .params = method->defaults}));
  assert_ok(assay_answer_read_system(out, output));
  assert_int_equal(out->n, STATES);
  assay_free(output);
  assay_table_destroy(t);
}

/* Relative error of equation k where nobody has been: twice as far out. */
static double error_of(const struct assay_answer *a, int k)
{
  struct assay_expr *e;
  struct assay_expr_program *p;
  struct assay_expr_work *w;
  double worst = 0;
  assert_ok(assay_expr_parse(&e, a->equation[k], NULL));
  assert_ok(assay_expr_compile(&p, e, NULL));
  assert_ok(assay_expr_work_create(&w));
  for (int i = 0; i < 5; i++) {
    const double x[STATES] = {2.9 + 0.35 * i, 1.7 - 0.61 * i};
    double f[STATES], found;
    assert_ok(law(f, 0, x, NULL));
    assert_ok(assay_expr_eval_point(&found, p, NULL, x, w));
    worst = fmax(worst, fabs(found / f[k] - 1));
  }
  assay_expr_work_free(w);
  assay_expr_program_free(p);
  assay_expr_free(e);
  return worst;
}

/* Differences of order 8 at this step are off by 1e-9, near enough for the structured search. */
static void a_law_without_terms_is_found(void **state)
{
  (void)state;
  struct assay_answer a;
  discover(&a, "sr_ode", 0, 3e8);
  assert_string_equal(a.equation[0], "x1");
  if (!(error_of(&a, 1) < 1e-4)) fail_msg("found %s", a.equation[1]);
  assay_answer_release(&a);
  discover(&a, "sindy", 0, 1e8);
  assert_true(error_of(&a, 1) > 0.1);
  assay_answer_release(&a);
}

/* Rates are then off by a tenth, and nothing is gained by saying that, too. */
static void noise_is_not_a_law(void **state)
{
  (void)state;
  struct assay_answer a;
  discover(&a, "sr_ode", 0.01, 1e8);
  for (int k = 0; k < STATES; k++)
    if (a.complexity[k] > 30) fail_msg("found %s", a.equation[k]);
  assert_true(error_of(&a, 0) < 0.02);
  assay_answer_release(&a);
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_law_without_terms_is_found),
      cmocka_unit_test(noise_is_not_a_law),
      cmocka_unit_test(everything_is_freed),
  };
  if (!mkdtemp(folder)) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  assay_dir_remove(folder);
  return failed;
}
