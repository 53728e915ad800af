#include "core/flow/random_stream.h"
#include "tests/test.h"

enum { NX = 48, NY = 32 };
static const struct assay_random_stream set = {
    .nx = NX, .ny = NY, .width = 2.385, .height = 1.377, .modes = 7, .speed = 0.731};

static void fill(double *psi, int coarser)
{
  struct assay_random_stream s = set;
  s.nx /= coarser;
  s.ny /= coarser;
  const struct assay_rng rng = assay_rng_init(2385, 17, 3);
  assert_ok(assay_random_stream(psi, &s, &rng));
}

static void another_grid_gets_the_same_field(void **state)
{
  (void)state;
  static double fine[(NY + 1) * (NX + 1)], coarse[(NY / 2 + 1) * (NX / 2 + 1)];
  fill(fine, 1);
  fill(coarse, 2);
  double largest = 0;
  for (int j = 0; j <= NY / 2; j++)
    for (int i = 0; i <= NX / 2; i++) {
      assert_close(coarse[j * (NX / 2 + 1) + i], fine[2 * j * (NX + 1) + 2 * i], 0, 1e-15);
      largest = fmax(largest, fabs(coarse[j * (NX / 2 + 1) + i]));
    }
  assert_true(largest > 0.02);
}

/* Zero on the walls, and so flat there that the first row inside is of second order. */
static void it_is_at_rest_on_the_walls(void **state)
{
  (void)state;
  enum { N = 512 };
  static double psi[(N + 1) * (N + 1)];
  struct assay_random_stream s = set;
  s.nx = s.ny = N;
  const struct assay_rng rng = assay_rng_init(2385, 17, 3);
  assert_ok(assay_random_stream(psi, &s, &rng));
  double first = 0, second = 0;
  for (int i = 0; i <= N; i++) {
    assert_true(psi[i] == 0 && psi[N * (N + 1) + i] == 0);
    assert_true(psi[i * (N + 1)] == 0 && psi[i * (N + 1) + N] == 0);
    first = fmax(first, fabs(psi[N + 1 + i]));
    second = fmax(second, fabs(psi[2 * (N + 1) + i]));
  }
  assert_close(second / first, 4, 0.05, 0);
}

static void speed_is_the_wanted_one_and_free_of_divergence(void **state)
{
  (void)state;
  static double psi[(NY + 1) * (NX + 1)], u[NY * (NX + 1)], v[(NY + 1) * NX];
  const double dx = set.width / NX, dy = set.height / NY;
  double square = 0;
  fill(psi, 1);
  assay_stream_to_faces(u, v, psi, NX, NY, dx, dy);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++) {
      const double east = u[j * (NX + 1) + i + 1], west = u[j * (NX + 1) + i];
      const double north = v[(j + 1) * NX + i], south = v[j * NX + i];
      assert_close((east - west) / dx + (north - south) / dy, 0, 0, 1e-12);
      square += 0.5 * (east * east + west * west + north * north + south * south);
    }
  assert_close(sqrt(square / (NX * NY)), set.speed, 0.02, 0); /* faces average over dy or dx */
}

static void more_modes_refine_the_same_field(void **state)
{
  (void)state;
  static double a[(NY + 1) * (NX + 1)], b[(NY + 1) * (NX + 1)];
  struct assay_random_stream s = set;
  const struct assay_rng rng = assay_rng_init(2385, 17, 3);
  assert_ok(assay_random_stream(a, &s, &rng));
  s.modes = 12;
  assert_ok(assay_random_stream(b, &s, &rng));
  double ab = 0, aa = 0, bb = 0;
  for (int k = 0; k < (NY + 1) * (NX + 1); k++)
    ab += a[k] * b[k], aa += a[k] * a[k], bb += b[k] * b[k];
  assert_true(ab / sqrt(aa * bb) > 0.99);
  s.modes = 0;
  assert_fails(assay_random_stream(a, &s, &rng), ASSAY_EARG, "0 modes");
  s.modes = 65;
  assert_fails(assay_random_stream(a, &s, &rng), ASSAY_EARG, "65 modes");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(another_grid_gets_the_same_field),
      cmocka_unit_test(it_is_at_rest_on_the_walls),
      cmocka_unit_test(speed_is_the_wanted_one_and_free_of_divergence),
      cmocka_unit_test(more_modes_refine_the_same_field),
  };
  return cmocka_run_group_tests_name("core/flow random stream", tests, NULL, NULL);
}
