#include "baselines/propagator.h"
#include "tests/baselines/small_world.h"

enum { STEPS = 9 };

/* Scattered in (-1, 1.3): parameter 0 is told to the method, the others make the start. */
static double param(long k, int j)
{
  static const double golden[] = {0.5698402909980532, 0.7548776662466927, 0.8191725133961645,
                                  0.6710436067037893};
  const double place = (double)(k + 1) * golden[j];
  return -1 + 2.3 * (place - floor(place));
}

/* Four waves of the heat equation, each decaying at its own rate: a fixed linear step. */
static double heat(const double *params, int field, double x, double y, double t)
{
  double u = 4.5;
  (void)y;
  for (int m = 1; m <= 3; m++) u += params[m] * exp(-0.4 * m * m * t) * cos(m * x + 0.7 * m);
  return field ? -3e3 * (u - 1) + 500 * params[1] * exp(-0.4 * t) * sin(x) : u;
}

/* A wave whose rate depends on the parameter: u' = (0.8 + 0.1 p) u, exactly bilinear. */
static double steered(const double *params, int field, double x, double y, double t)
{
  (void)y;
  const double rate = 0.8 + 0.1 * params[0];
  return (field ? 20 : 1) * (1.5 + params[1]) * pow(rate, t / 0.25) * cos(x + field) - 2;
}

/* A field that the parameter pushes: u' = u + 0.3 p sin x. */
static double pushed(const double *params, int field, double x, double y, double t)
{
  (void)y;
  return (field ? 20 : 1) * (params[1] * cos(x) + t / 0.25 * 0.3 * params[0] * sin(x));
}

/* The waves of heat with noise that nothing can foresee. */
static double noisy(const double *params, int field, double x, double y, double t)
{
  const double noise = 0.4 * sin(1e4 * params[1] + 37 * t) * cos(4 * x + 1e3 * t);
  return heat(params, field, x, y, t) + (field ? 3e3 : 1) * noise;
}

static struct toy world(double (*value)(const double *, int, double, double, double))
{
  return (struct toy){
      .kind = ASSAY_TASK_FORECAST,
      .first = 1,
      .stride = 1,
      .n_train = 10,
      .n_valid = 3,
      .n_test = 4,
      .n_times = STEPS,
      .dt = 0.25,
      .n_axes = 1,
      .axis = {{"x", "m", "x", ASSAY_AXIS_PERIODIC, 24, 0, 2 * M_PI}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "K", .doc = "u"}, {.name = "q", .unit = "W", .doc = "q"}},
      .n_params = 1,
      .params = {{.name = "a", .unit = "1", .doc = "a"}},
      .n_hidden = 3,
      .param = param,
      .value = value};
}

static double worst(const struct toy *toy)
{
  const struct assay_task task = toy_task(toy);
  struct assay_task_frames frames;
  double largest = 0;
  assert_ok(assay_task_frames(&frames, &task, toy->n_times));
  for (long k = 0; k < toy->n_test; k++)
    for (int f = 0; f < toy->n_fields; f++)
      for (int l = 0; l < frames.n_leads; l++)
        largest = fmax(largest, toy_error(toy, k, f, l, frames.lead[l]));
  assay_task_frames_clear(&frames);
  return largest;
}

static void answer(const struct toy *toy)
{
  toy_files(toy);
  assert_ok(toy_train(toy, "pod_dmd", NULL));
  assert_ok(toy_predict(toy, "pod_dmd", NULL));
}

static void a_linear_system_is_met_to_rounding(void **state)
{
  (void)state;
  struct toy toy = world(heat);
  answer(&toy);
  assert_true(worst(&toy) < 1e-7); /* of 1e4 */
  toy.stride = 2;
  toy.context = 2; /* frames 1, 3; leads 5, 7 */
  answer(&toy);
  assert_true(worst(&toy) < 1e-7);
}

static void parameters_steer_rates(void **state)
{
  (void)state;
  const struct toy toy = world(steered);
  answer(&toy);
  assert_true(worst(&toy) < 1e-9);
}

static void parameters_push(void **state)
{
  (void)state;
  const struct toy toy = world(pushed);
  answer(&toy);
  assert_true(worst(&toy) < 1e-9);
}

static void validation_cases_hold_back_terms(void **state)
{
  (void)state;
  struct toy toy = world(noisy);
  toy.n_train = 4;
  toy.n_valid = 12;
  toy.n_test = 20;
  answer(&toy);
  const double judged = worst(&toy);
  toy.n_test = 32; /* what were validation cases are now tested on too */
  toy.n_valid = 0;
  answer(&toy);
  assert_true(judged < 0.7 * worst(&toy));
}

/* More frames than are looked at: every so many-th stands for its neighbours. */
static void many_frames_are_thinned_out(void **state)
{
  (void)state;
  struct toy toy = world(heat);
  toy.n_train = 40;
  toy.n_times = 120;
  toy.dt = 0.01;
  toy.n_fields = 1;
  answer(&toy);
  assert_true(worst(&toy) < 1e-9);
}

static int short_cases(long k)
{
  return k % 2 ? 4 : STEPS;
}

static void cases_that_end_early_teach_what_they_have(void **state)
{
  (void)state;
  struct toy toy = world(heat);
  toy.frames = short_cases;
  answer(&toy);
  assert_true(worst(&toy) < 1e-7);
}

/* Too few modes: worse than exact, better than nothing (values are within 5 of the mean). */
static void fewer_modes_are_less_exact(void **state)
{
  (void)state;
  struct toy toy = world(heat);
  toy.n_fields = 1;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "pod_dmd", &(int){1}));
  assert_ok(toy_predict(&toy, "pod_dmd", NULL));
  assert_true(worst(&toy) > 1e-2 && worst(&toy) < 3);
}

static void it_repeats_and_leaves_nothing(void **state)
{
  (void)state;
  const struct toy toy = world(steered);
  toy_files(&toy);
  const size_t before = assay_mem_in_use().blocks;
  toy_assert_repeats(&toy, "pod_dmd");
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void what_cannot_be_learned_is_said(void **state)
{
  (void)state;
  struct toy toy = world(heat);
  answer(&toy);
  toy.axis[0].n = 20;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "pod_dmd", NULL), ASSAY_EARG, "the model knows 24");
  toy.frames = short_cases;
  toy.n_train = 2;
  toy.n_valid = 0;
  toy.first = 6;
  toy.stride = 2;
  toy_files(&toy);
  assert_ok(toy_train(&toy, "pod_dmd", NULL)); /* case 0 has frames 6 and 8 */
  toy.n_train = 0;
  toy.n_valid = 2;
  toy_files(&toy);
  assert_fails(toy_train(&toy, "pod_dmd", NULL), ASSAY_EARG, "no training case");
}

/* A rotation by 0.3 and a push along the first component, from scattered pairs. */
static void propagator_recovers_a_rotation(void **state)
{
  (void)state;
  enum { PAIRS = 12 };
  double now[3 * PAIRS], next[3 * PAIRS], phi[PAIRS], z[2] = {0.9, -1.7}, work[8];
  struct assay_design *d = NULL;
  struct assay_propagator p = {0};
  for (int i = 0; i < PAIRS; i++) {
    for (int j = 0; j < 3; j++) now[3 * i + j] = param(i, j);
    phi[i] = param(i, 3);
    next[3 * i] = cos(0.3) * now[3 * i] - sin(0.3) * now[3 * i + 1] + 0.6 * phi[i] + 0.1;
    next[3 * i + 1] = sin(0.3) * now[3 * i] + cos(0.3) * now[3 * i + 1];
    next[3 * i + 2] = 1e3; /* not used */
  }
  assert_ok(assay_design_create(&d, now, next, 3, phi, PAIRS, 2, 1, false));
  assert_ok(assay_propagator_fit(&p, d, 0));
  assay_propagator_step(&p, z, &(double){0.25}, work);
  assert_close(z[0], cos(0.3) * 0.9 + sin(0.3) * 1.7 + 0.15 + 0.1, 1e-13, 0);
  assert_close(z[1], sin(0.3) * 0.9 - cos(0.3) * 1.7, 1e-13, 0);
  assert_ok(assay_propagator_fit(&p, d, 1e12)); /* nothing but the mean increment is left */
  double mean = 0;
  for (int i = 0; i < PAIRS; i++) mean += (next[3 * i] - now[3 * i]) / PAIRS;
  const double before = z[0];
  assay_propagator_step(&p, z, &(double){0.25}, work);
  assert_close(z[0], before + mean, 1e-9, 0);
  assay_propagator_clear(&p);
  assay_design_destroy(d);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_linear_system_is_met_to_rounding),
      cmocka_unit_test(parameters_steer_rates),
      cmocka_unit_test(parameters_push),
      cmocka_unit_test(validation_cases_hold_back_terms),
      cmocka_unit_test(many_frames_are_thinned_out),
      cmocka_unit_test(cases_that_end_early_teach_what_they_have),
      cmocka_unit_test(fewer_modes_are_less_exact),
      cmocka_unit_test(it_repeats_and_leaves_nothing),
      cmocka_unit_test(what_cannot_be_learned_is_said),
      cmocka_unit_test(propagator_recovers_a_rotation),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
