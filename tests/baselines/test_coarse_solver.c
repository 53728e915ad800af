#include "tests/baselines/small_world.h"

static const int coarsenings[] = {1, 2, 4, 8};

static double known(long k, int j)
{
  static const double value[2][5] = {{0.011, 0.5, -0.3, 0, 0}, {0.019, -0.2, 0.4, 0, 0}};
  return value[k % 2][j];
}

/* Two waves carried along and decaying; y = 0 on a line. */
static double waves(const double *p, int field, double x, double y, double t)
{
  (void)field;
  const double X = x - p[1] * t, Y = y - p[2] * t, k = 2 * M_PI / 3;
  return 21 + exp(-p[0] * k * k * t) * cos(k * X + 0.4) +
         0.6 * exp(-p[0] * 2 * k * k * t) * sin(k * (X + Y));
}

static double waves_on_a_line(const double *p, int field, double x, double y, double t)
{
  const double still[] = {p[0], p[1], 0};
  return waves(still, field, x, y, t) -
         0.6 * exp(-p[0] * 8.772981689857 * t) * sin(2 * M_PI / 3 * (x - p[1] * t));
}

static struct toy heat(int n_axes)
{
  struct toy toy = {
      .kind = ASSAY_TASK_FORECAST,
      .first = 1,
      .stride = 1,
      .n_train = 1,
      .n_test = 2,
      .n_times = 5,
      .dt = 0.8,
      .n_axes = n_axes,
      .axis = {{"y", "m", "y", ASSAY_AXIS_PERIODIC, 96, -1, 2},
               {"x", "m", "x", ASSAY_AXIS_PERIODIC, 96, 0.5, 3.5}},
      .n_fields = 1,
      .fields = {{.name = "u", .unit = "K", .doc = "temperature"}},
      .n_params = n_axes == 2 ? 3 : 2,
      .params = {{.name = "diffusivity", .unit = "m2 s-1", .doc = "kappa"},
                 {.name = "velocity_x", .unit = "m s-1", .doc = "c"},
                 {.name = "velocity_y", .unit = "m s-1", .doc = "c"}},
      .param = known,
      .value = n_axes == 2 ? waves : waves_on_a_line,
  };
  if (n_axes == 1) toy.axis[0] = toy.axis[1];
  return toy;
}

/* Largest error of all leads of both cases. */
static double heat_error(const struct toy *toy, int coarsening)
{
  double largest = 0;
  assert_ok(toy_predict(toy, "coarse_solver", &coarsening));
  for (long k = 0; k < 2; k++)
    for (int l = 0; l < 3; l++) largest = fmax(largest, toy_error(toy, k, 0, l, l + 2));
  return largest;
}

static void heat_error_falls_with_the_square_of_the_spacing(void **state)
{
  (void)state;
  for (int axes = 1; axes <= 2; axes++) {
    const struct toy toy = heat(axes);
    double error[3];
    toy_files(&toy);
    for (int i = 0; i < 3; i++) error[i] = heat_error(&toy, coarsenings[i]);
    assert_true(error[2] < 0.2); /* of waves of 1.6 */
    for (int i = 0; i < 2; i++) assert_close(log2(error[i + 1] / error[i]), 2, 0.1, 0);
  }
}

static double at_rest(const double *p, int field, double x, double y, double t)
{
  (void)p, (void)field, (void)x, (void)y, (void)t;
  return 0;
}

/* density, viscosity, lid velocity: Re = 1.3 * 0.8 * 2.5 / 0.026 = 100 in a box of 0.8 m. */
static double cavity_param(long k, int j)
{
  static const double value[] = {1.3, 0.026, 2.5};
  (void)k;
  return value[j];
}

static double resting_lid(long k, int j)
{
  return j == 2 ? 0 : cavity_param(k, j);
}

static struct toy cavity(void)
{
  return (struct toy){
      .kind = ASSAY_TASK_OPERATOR,
      .stride = 1,
      .n_train = 1,
      .n_test = 1,
      .n_times = 3,
      .dt = 6, /* s: 19 turnovers of the lid */
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 64, 0, 0.8},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 64, 0, 0.8}},
      .n_fields = 3,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u", .vector = 'x'},
                 {.name = "v", .unit = "m s-1", .doc = "v", .vector = 'y'},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 3,
      .params = {{.name = "density", .unit = "kg m-3", .doc = "rho"},
                 {.name = "viscosity", .unit = "Pa s", .doc = "mu"},
                 {.name = "lid_velocity", .unit = "m s-1", .doc = "U"}},
      .param = cavity_param,
      .value = at_rest,
  };
}

/* A field in the middle of the box, in units of the lid velocity. */
static double middle(const struct toy *toy, int field, int lead)
{
  static double values[64 * 64];
  toy_answer(values, toy, 0, field, lead);
  return (values[31 * 64 + 31] + values[31 * 64 + 32] + values[32 * 64 + 31] +
          values[32 * 64 + 32]) /
         (4 * 2.5);
}

/* The middle of the steady cavity at Re = 100: u = -0.20915, v = 0.05754 (converged values). */
static void a_cavity_settles_to_the_published_flow(void **state)
{
  (void)state;
  const struct toy toy = cavity();
  double u[3];
  toy_files(&toy);
  for (int i = 0; i < 3; i++) { /* 32, 16 and 8 cells */
    assert_ok(toy_predict(&toy, "coarse_solver", &coarsenings[i + 1]));
    u[i] = fabs(middle(&toy, 0, 1) + 0.20915);
    assert_close(middle(&toy, 1, 1), 0.05754, 0.15, 0);
  }
  assert_true(u[0] < 0.006);
  assert_close(log2(u[1] / u[0]), 1.9, 0.15, 0);
  assert_close(log2(u[2] / u[1]), 1.5, 0.3, 0);
}

/* Frames that a test has put there, on the 64 x 64 points of the cavity. */
static double kept[3][64 * 64];

static double kept_frame(const double *p, int field, double x, double y, double t)
{
  (void)p, (void)t;
  return kept[field][(int)(y / 0.8 * 64) * 64 + (int)(x / 0.8 * 64)];
}

/* A forecast from the settled flow stays there: the start comes from the frame, not from rest. */
static void a_settled_flow_stays(void **state)
{
  (void)state;
  struct toy toy = cavity();
  toy_files(&toy);
  assert_ok(toy_predict(&toy, "coarse_solver", NULL));
  for (int f = 0; f < 3; f++) toy_answer(kept[f], &toy, 0, f, 1);
  const double u = middle(&toy, 0, 1);
  toy.kind = ASSAY_TASK_FORECAST;
  toy.dt = 0.02; /* a sixteenth of a turnover */
  toy.value = kept_frame;
  toy_files(&toy);
  assert_ok(toy_predict(&toy, "coarse_solver", NULL));
  assert_close(middle(&toy, 0, 0), u, 0.1, 0);
  assert_close(middle(&toy, 0, 1), u, 0.1, 0);
}

/* Between the outermost coarse centres and the walls the velocity goes to that of the wall: nothing
 * at the bottom and at the sides, the lid's at the top. Pressure has no value there. */
static void the_fluid_sticks_to_the_walls(void **state)
{
  (void)state;
  const struct toy toy = cavity();
  static double u[64 * 64], v[64 * 64], p[64 * 64];
  toy_files(&toy);
  assert_ok(toy_predict(&toy, "coarse_solver", NULL)); /* 4 cells each way in a coarse one */
  toy_answer(u, &toy, 0, 0, 1);
  toy_answer(v, &toy, 0, 1, 1);
  toy_answer(p, &toy, 0, 2, 1);
  for (int i = 8; i < 56; i++) {
    /* the first two centres lie 1/8 and 3/8 coarse cells from the wall: f(0) = (3 f0 - f1) / 2 */
    assert_close((3 * u[63 * 64 + i] - u[62 * 64 + i]) / 2, 2.5, 1e-12, 0);
    assert_close((3 * u[i] - u[64 + i]) / 2, 0, 0, 1e-12);
    assert_close((3 * v[i * 64] - v[i * 64 + 1]) / 2, 0, 0, 1e-12);
    assert_close((3 * v[i * 64 + 63] - v[i * 64 + 62]) / 2, 0, 0, 1e-12);
  }
  assert_true(fabs(3 * p[30] - p[64 + 30]) > 1e-6);
}

/* A swirl with u = v = 0 at all walls; stream function sin^2 sin^2. */
static double swirl(const double *p, int field, double x, double y, double t)
{
  (void)p, (void)t;
  const double X = M_PI * x / 0.8, Y = M_PI * y / 0.8;
  if (field == 2) return 0;
  return field ? -sin(2 * X) * sin(Y) * sin(Y) : sin(X) * sin(X) * sin(2 * Y);
}

/* To the faces of the coarse cells and back, over a time in which nothing moves. */
static void a_frame_survives_the_coarse_grid_to_second_order(void **state)
{
  (void)state;
  struct toy toy = cavity();
  double error[3];
  toy.kind = ASSAY_TASK_FORECAST;
  toy.dt = 1e-7;
  toy.value = swirl;
  toy.param = resting_lid;
  toy.n_fields = 2;
  toy_files(&toy);
  for (int i = 0; i < 3; i++) {
    assert_ok(toy_predict(&toy, "coarse_solver", &coarsenings[i + 1]));
    error[i] = fmax(toy_error(&toy, 0, 0, 0, 1), toy_error(&toy, 0, 1, 0, 1));
  }
  assert_true(error[2] < 0.2);
  for (int i = 0; i < 2; i++) assert_close(log2(error[i + 1] / error[i]), 2, 0.15, 0);
}

/* Leads in any order, and each at its own time. */
static void leads_come_at_their_times(void **state)
{
  (void)state;
  struct toy toy = cavity();
  double early[2], late[2];
  toy.dt = 0.05;
  toy_files(&toy);
  assert_ok(toy_predict(&toy, "coarse_solver", NULL));
  early[0] = middle(&toy, 2, 0), late[0] = middle(&toy, 0, 1);
  toy.asked = (struct assay_list){2, {"2", "1"}};
  toy_files(&toy);
  assert_ok(toy_predict(&toy, "coarse_solver", NULL));
  early[1] = middle(&toy, 2, 1), late[1] = middle(&toy, 0, 0);
  assert_true(early[0] == early[1] && late[0] == late[1] && early[0] != 0);
  assert_true(middle(&toy, 0, 1) != late[1]);
}

static void what_is_missing_is_named(void **state)
{
  (void)state;
  struct toy toy = cavity();
  toy.n_params = 2;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "coarse_solver", NULL), ASSAY_EUNSUPPORTED, "lid_velocity");
  toy.n_params = 3;
  toy.fields[2].name = "enstrophy";
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "coarse_solver", NULL), ASSAY_EUNSUPPORTED, "enstrophy");
  toy.kind = ASSAY_TASK_FORECAST;
  toy.fields[1].name = "w";
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "coarse_solver", NULL), ASSAY_EUNSUPPORTED, "fields u and v");
  toy = heat(2);
  toy.kind = ASSAY_TASK_OPERATOR;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "coarse_solver", NULL), ASSAY_EUNSUPPORTED, "to start from");
}

static void it_repeats_and_leaves_nothing(void **state)
{
  (void)state;
  struct toy toy = cavity();
  toy.dt = 0.05;
  toy_files(&toy);
  const size_t before = assay_mem_in_use().blocks;
  toy_assert_repeats(&toy, "coarse_solver");
  what_is_missing_is_named(NULL);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heat_error_falls_with_the_square_of_the_spacing),
      cmocka_unit_test(a_cavity_settles_to_the_published_flow),
      cmocka_unit_test(the_fluid_sticks_to_the_walls),
      cmocka_unit_test(a_settled_flow_stays),
      cmocka_unit_test(a_frame_survives_the_coarse_grid_to_second_order),
      cmocka_unit_test(leads_come_at_their_times),
      cmocka_unit_test(what_is_missing_is_named),
      cmocka_unit_test(it_repeats_and_leaves_nothing),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
