/* Text of numbers, byte by byte that of printf. */
#include "core/num/decimal.h"

#include <float.h>

#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

static struct assay_decimal *d;

static void assert_printed(double value)
{
  char ours[ASSAY_DECIMAL_ROOM], theirs[ASSAY_DECIMAL_ROOM];
  const int n = assay_decimal_exp18(d, ours, value);
  const int expected = snprintf(theirs, sizeof theirs, "%.18e", value);
  if (n != expected || strcmp(ours, theirs) != 0) fail_msg("%s, printf says %s", ours, theirs);
}

static void every_bit_pattern_is_printed_alike(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(2385, 7, 0);
  for (int i = 0; i < 400000; i++) {
    const uint64_t bits = assay_rng_bits(&rng);
    double value;
    memcpy(&value, &bits, sizeof value);
    assert_printed(value);
  }
}

/* Few bits: ties, digits that end, carries through all nines. */
static void short_numbers_are_printed_alike(void **state)
{
  (void)state;
  for (int e = -1074; e < 1024; e++)
    for (int m = 1; m < 64; m += 2) assert_printed(ldexp(m, e));
  for (int i = 0; i < 40000; i++) {
    assert_printed(i);
    assert_printed(-i / 8.0);
    assert_printed(i * 0.001);
    assert_printed(i + 0.5);
  }
  double ten = 1e-307;
  for (int k = -307; k <= 308; k++, ten *= 10) {
    char text[16];
    double value;
    snprintf(text, sizeof text, "1e%d", k);
    sscanf(text, "%lf", &value);
    assert_printed(value);
    assert_printed(nextafter(value, 0));
    assert_printed(nextafter(value, 1e308));
  }
  for (double v = 0x1p60; v < 0x1p70; v *= 1.25) assert_printed(v);
}

static void special_values_are_printed_alike(void **state)
{
  (void)state;
  const double values[] = {0.0,
                           -0.0,
                           DBL_MAX,
                           -DBL_MAX,
                           DBL_MIN,
                           -DBL_MIN,
                           5e-324,
                           DBL_TRUE_MIN * 3,
                           (double)INFINITY,
                           -(double)INFINITY,
                           DBL_EPSILON,
                           9.9999999999999999e22,
                           1e23,
                           0x1.fffffffffffffp-1};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) assert_printed(values[i]);
}

static int make(void **state)
{
  (void)state;
  return assay_decimal_create(&d) < 0;
}

static int drop(void **state)
{
  (void)state;
  assay_decimal_destroy(d);
  return assay_mem_in_use().blocks > 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_bit_pattern_is_printed_alike),
      cmocka_unit_test(short_numbers_are_printed_alike),
      cmocka_unit_test(special_values_are_printed_alike),
  };
  return cmocka_run_group_tests(tests, make, drop);
}
