#include "core/num/fft.h"

#include <complex.h>
#include <pthread.h>

#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

/* even, odd, prime, one point, long and thin; rank is the number of lengths before the 0 */
static const int shapes[][4] = {{16},   {1},    {2},     {37},       {1024},   {8, 12},
                                {9, 7}, {1, 5}, {64, 3}, {4, 6, 10}, {3, 5, 7}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

struct fixture {
  const int *n;
  int rank;
  size_t points, modes;
  struct assay_fft *fft;
  double *f, *g;
  double complex *F, *G;
};

static struct fixture set_up(int shape)
{
  struct fixture x = {.n = shapes[shape]};
  while (x.rank < 4 && x.n[x.rank]) x.rank++;
  assert_ok(assay_fft_create(&x.fft, x.rank, x.n));
  x.points = assay_fft_points(x.fft);
  x.modes = assay_fft_modes(x.fft);
  assert_ok(ASSAY_NEW(&x.f, x.points, "test"));
  assert_ok(ASSAY_NEW(&x.g, x.points, "test"));
  assert_ok(ASSAY_NEW(&x.F, x.modes, "test"));
  assert_ok(ASSAY_NEW(&x.G, x.modes, "test"));
  struct assay_rng rng = assay_rng_init(51, (uint64_t)shape, 0);
  assay_rng_fill_normal(&rng, x.f, (ptrdiff_t)x.points);
  return x;
}

static void tear_down(struct fixture *x)
{
  assay_fft_destroy(x->fft);
  assay_free(x->f);
  assay_free(x->g);
  assay_free(x->F);
  assay_free(x->G);
}

/* exp(-2 pi i turns) */
static double complex phase(double turns)
{
  return cos(2.0 * M_PI * turns) - I * sin(2.0 * M_PI * turns);
}

/* the sum in the header, mode by mode */
static double complex by_definition(const struct fixture *x, size_t mode)
{
  int k[3], at[3];
  for (int d = x->rank - 1; d >= 0; d--) {
    const int kept = d == x->rank - 1 ? x->n[d] / 2 + 1 : x->n[d];
    k[d] = (int)(mode % (size_t)kept);
    mode /= (size_t)kept;
  }
  double complex sum = 0.0;
  for (size_t p = 0; p < x->points; p++) {
    size_t rest = p;
    double turns = 0.0;
    for (int d = x->rank - 1; d >= 0; d--) {
      at[d] = (int)(rest % (size_t)x->n[d]);
      rest /= (size_t)x->n[d];
      turns += (double)((long)k[d] * at[d] % x->n[d]) / x->n[d];
    }
    sum += x->f[p] * phase(turns);
  }
  return sum;
}

static void transforms_are_the_sums_of_the_header(void **state)
{
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    struct fixture x = set_up(s);
    assay_fft_forward(x.fft, x.F, x.f);
    const double tolerance = 1e-14 * (double)x.points;
    for (size_t m = 0; m < x.modes; m += 1 + x.modes / 50) {
      const double complex expected = by_definition(&x, m);
      assert_close(creal(x.F[m]), creal(expected), 0.0, tolerance);
      assert_close(cimag(x.F[m]), cimag(expected), 0.0, tolerance);
    }
    tear_down(&x);
  }
}

static void the_inverse_brings_the_field_back_and_forward_keeps_it(void **state)
{
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    struct fixture x = set_up(s);
    memcpy(x.g, x.f, x.points * sizeof *x.g);
    assay_fft_forward(x.fft, x.F, x.f);
    assert_memory_equal(x.f, x.g, x.points * sizeof *x.g);
    assay_fft_inverse(x.fft, x.g, x.F);
    for (size_t i = 0; i < x.points; i++) assert_close(x.g[i], x.f[i], 0.0, 4e-15);
    tear_down(&x);
  }
}

/* sum f^2 = 1/N sum |F|^2, where kept modes with a conjugate partner count twice */
static void parsevals_identity(void **state)
{
  (void)state;
  for (int s = 0; s < SHAPES; s++) {
    struct fixture x = set_up(s);
    const int last = x.n[x.rank - 1], kept = last / 2 + 1;
    double squares = 0.0, power = 0.0;
    assay_fft_forward(x.fft, x.F, x.f);
    for (size_t i = 0; i < x.points; i++) squares += x.f[i] * x.f[i];
    for (size_t m = 0; m < x.modes; m++) {
      const int k = (int)(m % (size_t)kept);
      const double weight = k == 0 || 2 * k == last ? 1.0 : 2.0;
      power += weight * creal(x.F[m] * conj(x.F[m]));
    }
    assert_close(power / (double)x.points, squares, 1e-13, 0.0);
    tear_down(&x);
  }
}

static void an_impulse_has_a_flat_spectrum_and_a_shift_turns_phases(void **state)
{
  (void)state;
  struct fixture x = set_up(5); /* 8 x 12 */
  memset(x.f, 0, x.points * sizeof *x.f);
  x.f[3 * 12 + 5] = 2.385;
  assay_fft_forward(x.fft, x.F, x.f);
  for (int k = 0; k < 8; k++)
    for (int l = 0; l < 7; l++) {
      const double complex expected = 2.385 * phase(3.0 * k / 8 + 5.0 * l / 12);
      assert_close(cabs(x.F[k * 7 + l] - expected), 0.0, 0.0, 1e-14);
    }
  tear_down(&x);

  x = set_up(3); /* 37 points, moved by 11 */
  for (int i = 0; i < 37; i++) x.g[(i + 11) % 37] = x.f[i];
  assay_fft_forward(x.fft, x.F, x.f);
  assay_fft_forward(x.fft, x.G, x.g);
  for (int k = 0; k < 19; k++)
    assert_close(cabs(x.G[k] - x.F[k] * phase(11.0 * k / 37)), 0.0, 0.0, 1e-13);
  tear_down(&x);
}

static void *plan_and_apply(void *failures)
{
  for (int s = 0; s < 200; s++) {
    struct assay_fft *fft = NULL;
    const int n[2] = {8 + s % 5, 16};
    _Alignas(16) double f[12 * 16] = {1.25}, g[12 * 16];
    _Alignas(16) double complex F[12 * 9];
    if (assay_fft_create(&fft, 2, n) < 0) ++*(int *)failures;
    assay_fft_forward(fft, F, f);
    assay_fft_inverse(fft, g, F);
    if (!(fabs(g[0] - 1.25) < 1e-14)) ++*(int *)failures;
    assay_fft_destroy(fft);
  }
  return NULL;
}

static void threads_may_plan_at_once(void **state)
{
  (void)state;
  pthread_t thread[4];
  int failures[4] = {0};
  for (int t = 0; t < 4; t++)
    assert_int_equal(pthread_create(&thread[t], NULL, plan_and_apply, &failures[t]), 0);
  for (int t = 0; t < 4; t++) {
    pthread_join(thread[t], NULL);
    assert_int_equal(failures[t], 0);
  }
}

static void bad_shapes_are_refused(void **state)
{
  (void)state;
  struct assay_fft *fft = NULL;
  const int n[4] = {4, 0, 4, 4};
  assert_fails(assay_fft_create(&fft, 4, n), ASSAY_EARG, "4 dimensions");
  assert_fails(assay_fft_create(&fft, 2, n), ASSAY_EARG, "length 0 in dimension 1");
  assert_null(fft);
  assay_fft_destroy(NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(transforms_are_the_sums_of_the_header),
      cmocka_unit_test(the_inverse_brings_the_field_back_and_forward_keeps_it),
      cmocka_unit_test(parsevals_identity),
      cmocka_unit_test(an_impulse_has_a_flat_spectrum_and_a_shift_turns_phases),
      cmocka_unit_test(threads_may_plan_at_once),
      cmocka_unit_test(bad_shapes_are_refused),
  };
  return cmocka_run_group_tests_name("core/fft", tests, NULL, NULL);
}
