/* Learned methods learn what is known: a step of the heat equation on random fields, a fixed shift
 * of them, a smooth map from parameters to fields; each to the error that is stated here.
 *
 * The line is periodic, and only FNO knows that: convolutions that see their nearest neighbour
 * beyond the ends are wrong there, and the error comes in with every step of a roll-out. Auto-FFN
 * has to find out that frame and place belong together, and does so slowly. */
#include <time.h>

#include "core/num/random.h"
#include "tests/baselines/small_world.h"

enum { POINTS = 32, MODES = 4, FIRST = 1, FRAMES = 6 };

/* ---- what is learned ------------------------------------------------------------------------ */

/* The number of the case, which is not told. */
static double number(long k, int j)
{
  (void)j;
  return (double)k;
}

/* sum of a_m damp^(m^2 t) cos(2 pi m (x - c t) + phi_m) on the periodic line, a and phi random */
static double waves(double k, double x, double t, double damp, double c)
{
  struct assay_rng rng = assay_rng_init(2385, (uint64_t)k, 0);
  double sum = 0;
  for (int m = 1; m <= MODES; m++) {
    const double a = assay_rng_normal(&rng), phi = assay_rng_between(&rng, 0, 2 * M_PI);
    sum += a * pow(damp, m * m * t) * cos(2 * M_PI * m * (x - c * t) + phi);
  }
  return sum;
}

/* the lowest wave loses 8 % in a frame, the highest 74 % */
static double heat(const double *params, int field, double x, double y, double t)
{
  (void)field;
  (void)y;
  return waves(params[0], x, t, 0.92, 0);
}

/* by two points in a frame */
static double shift(const double *params, int field, double x, double y, double t)
{
  (void)field;
  (void)y;
  return waves(params[0], x, t, 1, 2.0 / POINTS);
}

static double place(long k, int j)
{
  const double step = j ? 0.7548776662466927 : 0.5698402909980532, x = (double)(k + 1) * step;
  return 2 * (x - floor(x)) - 1;
}

static double map(const double *params, int field, double x, double y, double t)
{
  (void)y;
  const double value =
      exp(-0.7 * t * (1.5 + params[1])) * sin(2 * M_PI * x + params[0]) + 0.3 * params[1];
  return field ? 1e3 * value * (1 + x) : value;
}

static struct toy line(int kind, double (*value)(const double *, int, double, double, double))
{
  struct toy toy = {
      .kind = kind,
      .first = FIRST,
      .stride = 1,
      .n_train = 300,
      .n_valid = 8,
      .n_test = 12,
      .n_times = FRAMES,
      .dt = 1,
      .n_axes = 1,
      .axis = {{"x", "m", "x", ASSAY_AXIS_CENTRES, POINTS, 0, 1}},
      .n_fields = 1,
      .fields = {{.name = "u", .unit = "K", .doc = "u"}},
      .n_hidden = 1,
      .param = number,
      .value = value,
  };
  if (kind == ASSAY_TASK_FORECAST) return toy;
  toy.n_fields = 2;
  toy.fields[1] = (struct assay_field){.name = "p", .unit = "Pa", .doc = "p"};
  toy.n_hidden = 0;
  toy.n_params = 2;
  toy.params[0] = (struct assay_quantity){.name = "a", .unit = "1", .doc = "a"};
  toy.params[1] = (struct assay_quantity){.name = "b", .unit = "1", .doc = "b"};
  toy.param = place;
  return toy;
}

/* ---- how well ------------------------------------------------------------------------------- */

/* Root mean square of the error of lead l of field f over that of the truth, over the test cases;
 * still: of a prediction that repeats the last frame that was given. */
static double error_of(const struct toy *toy, int f, int l, bool still)
{
  const int from = toy->kind == ASSAY_TASK_FORECAST ? FIRST : 0;
  double error = 0, size = 0, got[POINTS], truth[POINTS];
  for (long k = 0; k < toy->n_test; k++) {
    const long id = toy->n_train + toy->n_valid + k;
    if (still)
      toy_values(got, toy, id, f, from * toy->dt);
    else
      toy_answer(got, toy, k, f, l);
    toy_values(truth, toy, id, f, (from + 1 + l) * toy->dt);
    for (int i = 0; i < POINTS; i++) {
      error += (got[i] - truth[i]) * (got[i] - truth[i]);
      size += truth[i] * truth[i];
    }
  }
  return sqrt(error / size);
}

static const struct lesson {
  const char *method;
  const char *set[9];
  double one, four; /* errors of the first and of the fourth frame */
} heat_lessons[] =
    {
        {"auto_ffn", {"width=64", "depth=3", "points=32", "epochs=60", "rate=0.003"}, 0.17, 0.35},
        {"auto_deeponet",
         {"width=64", "depth=3", "points=32", "epochs=60", "rate=0.003"},
         0.05,
         0.1},
        {"auto_edeeponet",
         {"width=64", "depth=3", "points=32", "epochs=60", "rate=0.003"},
         0.05,
         0.1},
        {"auto_deeponetcnn",
         {"width=32", "depth=3", "channels=8", "levels=2", "head=32", "points=32", "epochs=40",
          "rate=0.003"},
         0.05,
         0.1},
        {"unet", {"width=8", "levels=3", "epochs=20"}, 0.05, 0.1},
        {"resnet", {"blocks=3", "channels=8", "hidden=16", "dropout=0", "epochs=40"}, 0.03, 0.25},
        {"fno", {"width=16", "modes=6", "projection=32", "epochs=40"}, 0.004, 0.004},
},
  shift_lessons[] =
      {
          {"auto_ffn", {"width=64", "depth=3", "points=32", "epochs=60", "rate=0.003"}, 0.25, 1.2},
          {"auto_deeponet",
           {"width=64", "depth=3", "points=32", "epochs=60", "rate=0.003"},
           0.08,
           0.15},
          {"auto_edeeponet",
           {"width=64", "depth=3", "points=32", "epochs=60", "rate=0.003"},
           0.08,
           0.15},
          {"auto_deeponetcnn",
           {"width=32", "depth=3", "channels=8", "levels=2", "head=32", "points=32", "epochs=40",
            "rate=0.003"},
           0.08,
           0.18},
          {"unet", {"width=8", "levels=3", "epochs=20"}, 0.08, 0.35},
          {"resnet", {"blocks=3", "channels=8", "hidden=16", "dropout=0", "epochs=40"}, 0.04, 0.45},
          {"fno", {"width=16", "modes=6", "projection=32", "epochs=40"}, 0.01, 0.03},
},
  map_lessons[] = {
      {"ffn", {"width=48", "depth=4", "points=32", "epochs=60", "rate=0.003"}, 0.05, 0.05},
      {"deeponet", {"width=48", "depth=4", "points=32", "epochs=60", "rate=0.003"}, 0.03, 0.06},
};

static void learn(const struct toy *toy, const struct lesson *lessons, size_t n)
{
  int worse = 0;
  toy_files(toy);
  for (size_t i = 0; i < n; i++) {
    const struct lesson *l = &lessons[i];
    double one = 0, four = 0;
    const clock_t began = clock();
    void *params = toy_params(l->method, l->set);
    assert_ok(toy_train(toy, l->method, params));
    assert_ok(toy_predict(toy, l->method, params));
    for (int f = 0; f < toy->n_fields; f++) {
      one = fmax(one, error_of(toy, f, 0, false));
      four = fmax(four, error_of(toy, f, 3, false));
    }
    print_message("# %s: first frame %.4f (at most %g), fourth %.4f (at most %g), %.1f s\n",
                  l->method, one, l->one, four, l->four,
                  (double)(clock() - began) / CLOCKS_PER_SEC);
    worse += !(one <= l->one && four <= l->four);
    assay_free(params);
  }
  if (worse) fail_msg("%d of %zu methods did worse than stated", worse, n);
}

static void a_step_of_the_heat_equation(void **state)
{
  (void)state;
  const struct toy toy = line(ASSAY_TASK_FORECAST, heat);
  assert_true(error_of(&toy, 0, 0, true) > 0.3 && error_of(&toy, 0, 3, true) > 0.9);
  learn(&toy, heat_lessons, sizeof heat_lessons / sizeof *heat_lessons);
}

static void a_fixed_shift(void **state)
{
  (void)state;
  const struct toy toy = line(ASSAY_TASK_FORECAST, shift);
  assert_true(error_of(&toy, 0, 0, true) > 0.9 && error_of(&toy, 0, 3, true) > 1.3);
  learn(&toy, shift_lessons, sizeof shift_lessons / sizeof *shift_lessons);
}

static void a_smooth_map(void **state)
{
  (void)state;
  const struct toy toy = line(ASSAY_TASK_OPERATOR, map);
  learn(&toy, map_lessons, sizeof map_lessons / sizeof *map_lessons);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_step_of_the_heat_equation),
      cmocka_unit_test(a_fixed_shift),
      cmocka_unit_test(a_smooth_map),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
