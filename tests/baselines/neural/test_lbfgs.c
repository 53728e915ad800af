/* L-BFGS on functions whose minima are known: a quadratic in as many lines as it has dimensions,
 * the valley of Rosenbrock, functions that end in the middle of a line; and going on from what it
 * remembers. */
#include "baselines/neural/optimiser.h"
#include "core/base/mem.h"
#include "tests/test.h"

enum { N = 6 };

/* Value and gradient [N]. */
typedef double (*function)(double *g, const double *x);

struct descent {
  struct assay_nn_params params;
  struct assay_nn_optimiser *o;
  double f;
  int lines; /* places where it was good to stay, the start not counted */
};

static float *numbers(const struct descent *d)
{
  return d->params.value + d->params.row[0].offset;
}

static void start(struct descent *d, const struct assay_nn_optimiser_settings *settings,
                  const float *from)
{
  static const struct assay_nn_start zeros = {.how = ASSAY_NN_ZEROS};
  const struct assay_nn_shape shape = assay_nn_shape(1, (int[]){N});
  int row;
  *d = (struct descent){.lines = -1};
  assert_ok(assay_nn_params_add(&row, &d->params, "x", &shape, &zeros, true));
  assert_ok(assay_nn_params_add(&row, &d->params, "buffer", &shape, &zeros, false));
  assert_ok(assay_nn_params_allocate(&d->params, 1));
  memcpy(numbers(d), from, N * sizeof *from);
  assert_ok(assay_nn_optimiser_create(&d->o, "lbfgs", settings, &d->params));
}

static void end(struct descent *d)
{
  assay_nn_optimiser_destroy(d->o);
  assay_nn_params_clear(&d->params);
}

static void step(struct descent *d, function f, double rate)
{
  double x[N], g[N] = {0};
  float before[N];
  memcpy(before, d->o->state[0] + d->params.row[0].offset, sizeof before);
  for (int i = 0; i < N; i++) x[i] = (double)numbers(d)[i];
  d->f = f(g, x);
  for (int i = 0; i < N; i++) d->params.gradient[d->params.row[0].offset + (size_t)i] = (float)g[i];
  float *mean = d->params.value + d->params.row[1].offset; /* as a layer that keeps count has it */
  *mean = 0.9F * *mean + 0.1F * (float)d->f;
  assay_nn_optimiser_step(d->o, rate, d->f);
  d->lines += memcmp(before, d->o->state[0] + d->params.row[0].offset, sizeof before) != 0;
}

/* At the last place where it was good to stay. */
static double slope_at_rest(const struct descent *d, function f)
{
  double x[N], g[N] = {0}, sum = 0;
  for (int i = 0; i < N; i++) x[i] = (double)d->o->state[0][d->params.row[0].offset + (size_t)i];
  f(g, x);
  for (int i = 0; i < N; i++) sum += g[i] * g[i];
  return sqrt(sum);
}

/* 1/2 (x - c) A (x - c), A with 1 to 40 on its diagonal and neighbours coupled */
static double quadratic(double *g, const double *x)
{
  static const double diagonal[N] = {1.3, 2.9, 6.1, 11.7, 23.85, 40.2};
  double e[N], f = 0;
  for (int i = 0; i < N; i++) e[i] = x[i] - (0.3 * i - 0.8);
  for (int i = 0; i < N; i++) {
    g[i] = diagonal[i] * e[i] - 0.5 * ((i > 0 ? e[i - 1] : 0) + (i + 1 < N ? e[i + 1] : 0));
    f += 0.5 * g[i] * e[i];
  }
  return f;
}

static const float far[N] = {2.3F, -1.7F, 0.9F, 1.4F, -2.2F, 3.1F};

static void a_quadratic_takes_as_many_lines_as_dimensions(void **state)
{
  (void)state;
  const struct assay_nn_optimiser_settings exact = {.beta1 = 1e-4, .beta2 = 2e-3, .epsilon = 1e-6};
  struct descent d;
  start(&d, &exact, far);
  step(&d, quadratic, 0.1);
  const double first = slope_at_rest(&d, quadratic);
  for (int i = 0; i < 100 && d.lines < N; i++) step(&d, quadratic, 0.1);
  assert_int_equal(d.lines, N);
  assert_true(slope_at_rest(&d, quadratic) < 1e-5 * first);
  end(&d);
}

/* in each pair (x, y): (1 - x)^2 + 100 (y - x^2)^2, least at (1, 1) */
static double rosenbrock(double *g, const double *x)
{
  double f = 0;
  for (int i = 0; i < N; i += 2) {
    const double a = 1 - x[i], b = x[i + 1] - x[i] * x[i];
    f += a * a + 100 * b * b;
    g[i] = -2 * a - 400 * x[i] * b;
    g[i + 1] = 200 * b;
  }
  return f;
}

static const float valley[N] = {-1.2F, 1.0F, 0.4F, 2.2F, -2.0F, -0.7F};

static void the_valley_of_rosenbrock(void **state)
{
  (void)state;
  struct descent d;
  start(&d, NULL, valley);
  for (int i = 0; i < 300 && !assay_nn_optimiser_finished(d.o); i++) step(&d, rosenbrock, 1e-3);
  assert_true(d.o->steps < 160);
  for (int i = 0; i < N; i++)
    assert_close((double)d.o->state[0][d.params.row[0].offset + (size_t)i], 1, 1e-3, 0);
  end(&d);
}

/* Every place to stay is lower than the one before, and meets both conditions. */
static void lines_end_where_wolfe_wants(void **state)
{
  (void)state;
  struct descent d;
  double x[N], g[N], f0 = HUGE_VAL;
  start(&d, NULL, valley);
  for (int i = 0; i < 60; i++) {
    const int lines = d.lines;
    const size_t at = d.params.row[0].offset;
    float from[N];
    double along[N], slope[2] = {0}, f[2];
    for (int k = 0; k < N; k++)
      from[k] = d.o->state[0][at + (size_t)k], along[k] = (double)d.o->state[2][at + (size_t)k];
    step(&d, rosenbrock, 1e-3);
    if (lines < 0 || d.lines == lines) continue;
    for (int end_of = 0; end_of < 2; end_of++) {
      for (int k = 0; k < N; k++) x[k] = (double)(end_of ? d.o->state[0][at + (size_t)k] : from[k]);
      f[end_of] = rosenbrock(g, x);
      for (int k = 0; k < N; k++) slope[end_of] += g[k] * along[k];
    }
    assert_true(f[1] < f[0] && f[0] <= f0);
    assert_true(slope[0] < 0 && fabs(slope[1]) <= 0.9 * fabs(slope[0]) * 1.0001);
    f0 = f[1];
  }
  assert_true(d.lines > 15);
  end(&d);
}

/* -sqrt(1 - x^2) of each number: nothing there beyond 1 */
static double bowl(double *g, const double *x)
{
  double f = 0;
  for (int i = 0; i < N; i++) {
    const double y = sqrt(1 - x[i] * x[i]);
    f -= y;
    g[i] = x[i] / y;
  }
  return f;
}

static void what_is_not_finite_is_too_far(void **state)
{
  (void)state;
  static const float rim[N] = {0.9F, -0.8F, 0.95F, 0.3F, -0.6F, 0.1F};
  struct descent d;
  int beyond = 0;
  start(&d, NULL, rim);
  for (int i = 0; i < 100 && !assay_nn_optimiser_finished(d.o); i++) {
    step(&d, bowl, 4);
    beyond += !isfinite(d.f);
  }
  assert_true(beyond > 0);
  assert_true(isfinite(d.params.value[d.params.row[1].offset]));
  for (int i = 0; i < N; i++)
    assert_close((double)d.o->state[0][d.params.row[0].offset + (size_t)i], 0, 0, 1e-3);
  end(&d);
}

static double flat(double *g, const double *x)
{
  (void)x;
  memset(g, 0, N * sizeof *g);
  return 2.385;
}

/* x^2 with a gradient that does not belong to it: no place along any line is lower */
static double uphill(double *g, const double *x)
{
  double f = 0;
  for (int i = 0; i < N; i++) f += x[i] * x[i], g[i] = -2 * x[i];
  return f;
}

static void it_ends_where_nothing_gets_better(void **state)
{
  (void)state;
  struct descent d;
  start(&d, NULL, far);
  step(&d, flat, 0.1);
  assert_true(assay_nn_optimiser_finished(d.o));
  assert_memory_equal(numbers(&d), far, sizeof far);
  end(&d);
  start(&d, NULL, far);
  int steps = 0;
  for (; steps < 100 && !assay_nn_optimiser_finished(d.o); steps++) step(&d, uphill, 0.1);
  assert_true(steps < 30);
  assert_memory_equal(numbers(&d), far, sizeof far);
  end(&d);
}

/* After any number of steps: from its states, marks and parameters as if nothing had happened. */
static void it_goes_on_from_what_it_remembers(void **state)
{
  (void)state;
  struct descent whole, rest;
  start(&whole, NULL, valley);
  for (int i = 0; i < 40; i++) {
    start(&rest, NULL, valley);
    for (int k = 0; k < whole.o->kind->n_states; k++)
      memcpy(rest.o->state[k], whole.o->state[k], whole.params.length * sizeof(float));
    memcpy(rest.o->mark, whole.o->mark, sizeof rest.o->mark);
    memcpy(rest.params.value, whole.params.value, whole.params.length * sizeof(float));
    rest.o->steps = whole.o->steps;
    step(&rest, rosenbrock, 1e-3);
    step(&whole, rosenbrock, 1e-3);
    assert_memory_equal(numbers(&rest), numbers(&whole), N * sizeof(float));
    assert_memory_equal(rest.o->mark, whole.o->mark, sizeof rest.o->mark);
    end(&rest);
  }
  end(&whole);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_quadratic_takes_as_many_lines_as_dimensions),
      cmocka_unit_test(the_valley_of_rosenbrock),
      cmocka_unit_test(lines_end_where_wolfe_wants),
      cmocka_unit_test(what_is_not_finite_is_too_far),
      cmocka_unit_test(it_ends_where_nothing_gets_better),
      cmocka_unit_test(it_goes_on_from_what_it_remembers),
      cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
