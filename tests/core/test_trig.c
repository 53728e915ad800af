#include "core/num/trig.h"
#include "tests/test.h"

static const double half = 0.5;

/* libm's long double functions are good to 2^-64; the result must be within 0.5005 ulp */
static void assert_rounded(double value, long double exact)
{
  double ulp = nextafter(fabs((double)exact), (double)INFINITY) - fabs((double)exact);
  long double error = fabsl((long double)value - exact) / (long double)ulp;
  if (!(error <= 0.501L)) fail_msg("%.17g, expected %.21Lg: %Lf ulp", value, exact, error);
}

static void values_are_rounded_correctly(void **state)
{
  (void)state;
  const long double pi = 3.14159265358979323846264338327950288L;
  for (long long den = 1; den < 400; den += 3)
    for (long long num = 0; 4 * num <= den; num++) {
      assert_rounded(assay_cospi(num, den), cosl(pi * (long double)num / (long double)den));
      if (num > 0)
        assert_rounded(assay_sinpi(num, den), sinl(pi * (long double)num / (long double)den));
    }
  for (long long num = 1; num < 100000; num += 617) {
    long double x = pi * (long double)num / 524287.0L;
    assert_rounded(assay_cospi(num, 524287), cosl(x));
    assert_rounded(assay_sinpi(num, 524287), sinl(x));
  }
}

static void special_angles_are_exact(void **state)
{
  (void)state;
  assert_true(assay_cospi(0, 7) == 1 && assay_cospi(7, 7) == -1 && assay_cospi(7, 14) == 0);
  assert_true(assay_cospi(-21, 7) == -1 && assay_sinpi(1, 2) == 1 && assay_sinpi(3, 2) == -1);
  assert_true(assay_sinpi(0, 3) == 0 && assay_sinpi(6, 3) == 0);
  assert_true(assay_cospi(1, 3) == half && assay_sinpi(1, 6) == half);
  assert_true(assay_cospi(1, 4) == assay_sinpi(1, 4));
}

static void symmetries_hold_bit_by_bit(void **state)
{
  (void)state;
  for (int num = -120; num <= 120; num++) {
    const double c = assay_cospi(num, 37), s = assay_sinpi(num, 37);
    assert_true(assay_cospi(-num, 37) == c && assay_sinpi(-num, 37) == -s);
    assert_true(assay_cospi(num + 74, 37) == c && assay_cospi(37 - num, 37) == -c);
    assert_true(assay_cospi(5 * num, 5 * 37) == c);
    assert_close(c * c + s * s, 1.0, 4e-16, 0);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_rounded_correctly),
      cmocka_unit_test(special_angles_are_exact),
      cmocka_unit_test(symmetries_hold_bit_by_bit),
  };
  return cmocka_run_group_tests_name("core/num/trig", tests, NULL, NULL);
}
