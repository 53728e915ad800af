/* What the conformance battery cannot know about the heat equation. */
#include <complex.h>

#include "core/base/mem.h"
#include "core/num/fft.h"
#include "generators/generator.h"
#include "tests/test.h"

static const struct assay_generator *heat;
static char params[512];

/* defaults, then "key=value" each */
static void set(const char *const *assignments)
{
  assert_ok(assay_generator_find(&heat, "heat"));
  assert_true(heat->params_size <= sizeof params);
  memcpy(params, heat->defaults, heat->params_size);
  for (int i = 0; assignments[i]; i++)
    assert_ok(assay_param_assign(heat->params, params, assignments[i]));
}
#define SET(...) set((const char *const[]){__VA_ARGS__, NULL})

static struct assay_case *make(enum assay_dtype dtype, uint64_t id)
{
  struct assay_shape shape;
  struct assay_case *c = NULL;
  assert_ok(heat->check(params));
  assert_ok(heat->shape(&shape, params));
  assert_ok(assay_case_create(&c, (long)id, &shape, heat->fields, NULL, dtype));
  assert_ok(heat->run(c, params, (struct assay_case_key){.seed = 2385, .id = id}));
  return c;
}

/* u [points] of one frame; the caller frees */
static double *frame(const struct assay_case *c, int k)
{
  double *u = NULL;
  assert_ok(ASSAY_NEW(&u, assay_shape_points(&c->shape), "test"));
  assay_case_get(c, 0, k, u);
  return u;
}

static double rms_difference(const double *a, const double *b, size_t n)
{
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt(sum / (double)n);
}

static void finer_grids_sample_the_same_field(void **state)
{
  (void)state;
  SET("n=16", "modes=5", "frames=3", "velocity_x=0.01");
  struct assay_case *coarse = make(ASSAY_F64, 4);
  SET("n=48", "modes=5", "frames=3", "velocity_x=0.01");
  struct assay_case *fine = make(ASSAY_F64, 4);
  for (int k = 0; k < 3; k++) {
    double *u = frame(coarse, k), *v = frame(fine, k);
    for (int j = 0; j < 16; j++)
      for (int i = 0; i < 16; i++) assert_close(u[16 * j + i], v[48 * 3 * j + 3 * i], 0.0, 1e-13);
    assay_free(u);
    assay_free(v);
  }
  assay_case_destroy(coarse);
  assay_case_destroy(fine);
}

static void frames_do_not_depend_on_their_interval(void **state)
{
  (void)state;
  SET("n=16", "modes=5", "frames=3", "frame_interval=24", "velocity_y=0.01");
  struct assay_case *few = make(ASSAY_F64, 5);
  SET("n=16", "modes=5", "frames=9", "frame_interval=6", "velocity_y=0.01");
  struct assay_case *many = make(ASSAY_F64, 5);
  for (int k = 0; k < 3; k++) {
    double *u = frame(few, k), *v = frame(many, 4 * k);
    assert_memory_equal(u, v, 256 * sizeof *u);
    assay_free(u);
    assay_free(v);
  }
  assay_case_destroy(few);
  assay_case_destroy(many);
}

/* velocities of 3 cells in x and -2 in y per frame move the resting solution by as much */
static void the_velocity_carries_the_field(void **state)
{
  (void)state;
  SET("n=16", "modes=5", "frames=4", "length=2", "frame_interval=10");
  struct assay_case *rest = make(ASSAY_F64, 6);
  SET("n=16", "modes=5", "frames=4", "length=2", "frame_interval=10", "velocity_x=0.0375",
      "velocity_y=-0.025");
  struct assay_case *moving = make(ASSAY_F64, 6);
  for (int k = 0; k < 4; k++) {
    double *u = frame(rest, k), *v = frame(moving, k);
    for (int j = 0; j < 16; j++)
      for (int i = 0; i < 16; i++)
        assert_close(v[16 * ((j + 64 - 2 * k) % 16) + (i + 3 * k) % 16], u[16 * j + i], 0.0, 1e-13);
    assay_free(u);
    assay_free(v);
  }
  assay_case_destroy(rest);
  assay_case_destroy(moving);
}

/* with a steep spectrum, modes that are added change nothing that is there */
static void more_modes_do_not_redraw_the_others(void **state)
{
  (void)state;
  SET("n=32", "modes=1", "frames=1", "decay=20");
  struct assay_case *one = make(ASSAY_F64, 7);
  SET("n=32", "modes=9", "frames=1", "decay=20");
  struct assay_case *many = make(ASSAY_F64, 7);
  double *u = frame(one, 0), *v = frame(many, 0);
  /* |m| = sqrt 2 is next: 2^-10 */
  assert_close(rms_difference(u, v, 1024), 0.0, 0.0, 10.0 * 0x1p-9);
  assert_true(rms_difference(u, v, 1024) > 1e-4);
  assay_free(u);
  assay_free(v);
  assay_case_destroy(one);
  assay_case_destroy(many);
}

/* A line keeps to its modes, starts with the rms and mean asked for, and its spectrum falls as
 * asked: the logarithm of power(m) m^2 / power(1), in which the scaling of a case cancels, is zero
 * in the mean (its deviation is pi / sqrt 3). */
static void the_spectrum_is_the_one_asked_for(void **state)
{
  (void)state;
  enum { N = 64, MODES = 6, CASES = 2000 };
  const int n = N;
  double excess[MODES + 1] = {0.0}, power[N / 2 + 1];
  double complex *spectrum = NULL;
  struct assay_fft *fft = NULL;
  assert_ok(assay_fft_create(&fft, 1, &n));
  assert_ok(ASSAY_NEW(&spectrum, N / 2 + 1, "test"));
  SET("dimensions=1", "n=64", "modes=6", "frames=1", "decay=1", "mean=7", "amplitude=2.385");
  for (uint64_t id = 0; id < CASES; id++) {
    struct assay_case *c = make(ASSAY_F64, id);
    double *u = frame(c, 0), sum = 0.0;
    assert_int_equal(c->shape.n_axes, 1);
    assert_string_equal(c->shape.axis[0].name, "x");
    for (int i = 0; i < N; i++) sum += (u[i] - 7.0) * (u[i] - 7.0) / N;
    assert_close(sqrt(sum), 2.385, 1e-13, 0.0);
    assay_fft_forward(fft, spectrum, u);
    assert_close(creal(spectrum[0]) / N, 7.0, 1e-14, 0.0);
    for (int m = 1; m <= N / 2; m++) {
      power[m] = pow(cabs(spectrum[m]), 2);
      if (m <= MODES) excess[m] += log(power[m] * m * m / power[1]) / CASES;
      if (m > MODES) assert_close(cabs(spectrum[m]), 0.0, 0.0, 1e-12);
    }
    assay_free(u);
    assay_case_destroy(c);
  }
  for (int m = 2; m <= MODES; m++)
    assert_close(excess[m], 0.0, 0.0, 4.0 * M_PI / sqrt(3.0 * CASES));
  assay_free(spectrum);
  assay_fft_destroy(fft);
}

/* The last frame against the first one, evolved mode by mode in 80-bit arithmetic. */
static void the_stated_error_holds(void **state)
{
  (void)state;
  enum { N = 32, KEPT = N / 2 + 1 };
  const int n[2] = {N, N};
  struct assay_fft *fft = NULL;
  double complex *spectrum = NULL;
  assert_ok(assay_fft_create(&fft, 2, n));
  assert_ok(ASSAY_NEW(&spectrum, N * KEPT, "test"));
  SET("n=32", "modes=7", "frames=5", "velocity_x=0.3", "velocity_y=-0.17", "mean=3");
  struct assay_case *c = make(ASSAY_F64, 8), *stored = make(ASSAY_F32, 8);
  double *first = frame(c, 0), *last = frame(c, 4), *floats = frame(stored, 4);
  assay_fft_forward(fft, spectrum, first);
  for (int j = 0; j < N; j++)
    for (int i = 0; i < KEPT; i++) {
      const int my = j <= N / 2 ? j : j - N;
      const long double t = 80.0L, wave = 2.0L * acosl(-1.0L);
      const long double decay = expl(-1e-4 * wave * wave * (i * i + my * my) * t);
      const long double theta = wave * (i * 0.3L + my * -0.17L) * t;
      spectrum[j * KEPT + i] *=
          ((double)(decay * cosl(theta))) + I * ((double)(-decay * sinl(theta)));
    }
  assay_fft_inverse(fft, first, spectrum);
  const double error = rms_difference(first, last, N * N);
  const double rounding = rms_difference(last, floats, N * N);
  print_message("# error %.2e of %.2e stated; as float %.2e of %.2e\n", error, c->error[4],
                rounding, stored->error[4]);
  assert_true(error < c->error[4] && error > 0.05 * c->error[4]);
  assert_true(rounding < stored->error[4] && rounding > 0.1 * stored->error[4]);
  assert_int_equal(c->certificate.error_kind, ASSAY_ERROR_EXACT);
  assay_case_destroy(c);
  assay_case_destroy(stored);
  assay_free(first);
  assay_free(last);
  assay_free(floats);
  assay_free(spectrum);
  assay_fft_destroy(fft);
}

static void impossible_parameters_are_refused(void **state)
{
  (void)state;
  SET("n=16", "modes=8");
  assert_fails(heat->check(params), ASSAY_EARG, "modes = 8 cannot be seen on n = 16 points");
  SET("dimensions=1", "velocity_y=0.5");
  assert_fails(heat->check(params), ASSAY_EARG, "velocity_y = 0.5 on a line");
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finer_grids_sample_the_same_field),
      cmocka_unit_test(frames_do_not_depend_on_their_interval),
      cmocka_unit_test(the_velocity_carries_the_field),
      cmocka_unit_test(more_modes_do_not_redraw_the_others),
      cmocka_unit_test(the_spectrum_is_the_one_asked_for),
      cmocka_unit_test(the_stated_error_holds),
      cmocka_unit_test(impossible_parameters_are_refused),
  };
  return cmocka_run_group_tests_name("generators/heat", tests, NULL, NULL);
}
