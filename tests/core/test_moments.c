/* Sums over rows: exact values, long double sums, and the same bits on every instruction set. */
#include "core/num/moments.h"

#include "core/num/isa.h"
#include "core/num/random.h"
#include "tests/test.h"

enum { MOST = 700 };

static double x[MOST], w[MOST], z[MOST];

static void fill(double offset)
{
  struct assay_rng rng = assay_rng_init(2385, 1, 1);
  for (int i = 0; i < MOST; i++) {
    x[i] = offset + assay_rng_normal(&rng);
    w[i] = assay_rng_uniform_positive(&rng);
    z[i] = assay_rng_normal(&rng);
  }
}

static void sums_agree_with_long_ones(void **state)
{
  (void)state;
  fill(3.25);
  for (ptrdiff_t n = 1; n < MOST; n += 1 + n / 7) {
    long double xz = 0, size = 0, d = 0, dd = 0, dz = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
      const long double e = (long double)x[i] - (long double)x[0];
      xz += (long double)x[i] * (long double)z[i];
      size += fabsl((long double)x[i] * (long double)z[i]);
      d += (long double)w[i] * e;
      dd += (long double)w[i] * e * e;
      dz += (long double)z[i] * e;
    }
    const struct assay_moments_line s = assay_moments_line(x, w, z, n);
    const double rounding = 1e-15 * (double)(size + dd + 1);
    assert_close(assay_moments_dot(x, z, n), (double)xz, 0, rounding);
    assert_close(s.d, (double)d, 1e-15, rounding);
    assert_close(s.dd, (double)dd, 1e-15, rounding);
    assert_close(s.dz, (double)dz, 1e-15, rounding);
  }
}

/* values of 1e9 that differ by one: a difference of squares would keep no digit */
static void offsets_do_not_cancel(void **state)
{
  (void)state;
  fill(0);
  const struct assay_moments_line here = assay_moments_line(x, w, z, MOST);
  fill(1e9);
  const struct assay_moments_line there = assay_moments_line(x, w, z, MOST);
  assert_close(there.dd, here.dd, 1e-6, 0);
  assert_close(there.d, here.d, 0, 1e-6 * here.dd);
}

static void sums_do_not_depend_on_the_set(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  fill(3.25);
  const double dot = assay_moments_dot(x, z, 377);
  const struct assay_moments_line line = assay_moments_line(x, w, z, 377);
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    assert_ok(assay_isa_force((enum assay_isa)isa));
    const double other_dot = assay_moments_dot(x, z, 377);
    const struct assay_moments_line other = assay_moments_line(x, w, z, 377);
    assert_memory_equal(&other_dot, &dot, sizeof dot);
    assert_memory_equal(&other, &line, sizeof line);
  }
  assert_ok(assay_isa_force(before));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_agree_with_long_ones),
      cmocka_unit_test(offsets_do_not_cancel),
      cmocka_unit_test(sums_do_not_depend_on_the_set),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
