/* Double-double arithmetic against digits from tables: 0.1-like arguments are exact doubles. */
#include "core/num/dd.h"
#include "tests/test.h"

/* |hi + lo - (h + l)| relative to the value */
static void assert_dd(struct assay_dd a, double h, double l, double rtol)
{
  const double difference = (a.hi - h) + (a.lo - l);
  if (!(fabs(difference) <= rtol * fabs(h)))
    fail_msg("%.17g %+.17g, expected %.17g %+.17g (difference %.3g)", a.hi, a.lo, h, l, difference);
  assert_true(fabs(a.lo) <= 0x1p-52 * fabs(a.hi));
}

#define DD assay_dd_from

static void arithmetic_keeps_what_doubles_lose(void **state)
{
  (void)state;
  /* (1 + 2^-60) - 1 */
  const struct assay_dd tiny = DD(0x1p-60);
  assert_dd(assay_dd_sub(assay_dd_add(DD(1), tiny), DD(1)), 0x1p-60, 0, 0);
  /* (2.385 + 1e-20)^2 - 2.385^2 = 2 x 2.385 x 1e-20 + 1e-40 */
  const struct assay_dd a = assay_dd_add(DD(2.385), DD(1e-20));
  const struct assay_dd d = assay_dd_sub(assay_dd_mul(a, a), assay_dd_mul(DD(2.385), DD(2.385)));
  assert_close(d.hi, 4.77e-20, 1e-11, 0);
  /* a / b * b = a */
  const struct assay_dd q = assay_dd_mul(assay_dd_div(a, DD(0.7)), DD(0.7));
  assert_true(fabs(assay_dd_sub(q, a).hi) < 1e-31);
  const struct assay_dd root = assay_dd_sqrt(a);
  assert_true(fabs(assay_dd_sub(assay_dd_mul(root, root), a).hi) < 1e-31);
}

static void functions_have_32_digits(void **state)
{
  (void)state;
  struct assay_dd s, c;
  /* e = 2.71828182845904523536028747135266249775724709 */
  assert_dd(assay_dd_exp(DD(1)), 2.7182818284590451, 1.4456468917292502e-16, 1e-31);
  /* ln 10 = 2.30258509299404568401799145468436420760110149 */
  assert_dd(assay_dd_log(DD(10)), 2.3025850929940459, -2.1707562233822494e-16, 1e-31);
  /* sin 1 = 0.84147098480789650665250232163029899962256306 */
  assay_dd_sincos(&s, &c, DD(1));
  assert_dd(s, 0.8414709848078965, 1.776845092935536e-18, 1e-31);
  assert_dd(c, 0.54030230586813977, -4.760954612604417e-17, 1e-31);
  assert_dd(assay_dd_mul(DD(4), assay_dd_atan(DD(1))), 3.1415926535897931, 1.2246467991473532e-16,
            1e-31);
  /* sqrt 2 = 1.41421356237309504880168872420969807856967187 */
  assert_dd(assay_dd_sqrt(DD(2)), 1.4142135623730951, -9.667293313452913e-17, 1e-31);
  assert_dd(assay_dd_pow(DD(2), DD(0.5)), 1.4142135623730951, -9.667293313452913e-17, 1e-30);
}

static void small_arguments_do_not_cancel(void **state)
{
  (void)state;
  struct assay_dd s, c;
  const struct assay_dd x = DD(0x1p-40);
  /* x + x^2 / 2 + x^3 / 6 */
  const double rest = 0x1p-81 + 0x1p-120 / 6;
  assert_close(assay_dd_sub(assay_dd_expm1(x), x).hi, rest, 1e-15, 0);
  assay_dd_sincos(&s, &c, x);
  assert_close(assay_dd_sub(DD(1), c).hi, 0x1p-81, 1e-15, 0);
  assert_close(assay_dd_sub(x, assay_dd_tanh(x)).hi, 0x1p-120 / 3, 1e-6, 0);
  assert_close(assay_dd_sub(assay_dd_sinh(x), x).hi, 0x1p-120 / 6, 1e-6, 0);
}

static void functions_undo_each_other(void **state)
{
  (void)state;
  for (double x = -0.95; x < 1; x += 0.1385) {
    struct assay_dd s, c;
    assay_dd_sincos(&s, &c, assay_dd_asin(DD(x)));
    assert_true(fabs(assay_dd_sub(s, DD(x)).hi) < 1e-30);
    assay_dd_sincos(&s, &c, assay_dd_acos(DD(x)));
    assert_true(fabs(assay_dd_sub(c, DD(x)).hi) < 1e-30);
    assay_dd_sincos(&s, &c, assay_dd_atan(DD(30 * x)));
    assert_true(fabs(assay_dd_sub(assay_dd_div(s, c), DD(30 * x)).hi) < 1e-26);
  }
  for (double x = 1e-30; x < 1e30; x *= 2.385e3) {
    const struct assay_dd back = assay_dd_exp(assay_dd_log(DD(x)));
    assert_true(fabs(assay_dd_sub(back, DD(x)).hi) < 1e-29 * x);
    const struct assay_dd p = assay_dd_mul(assay_dd_pow(DD(x), DD(3)), assay_dd_pow(DD(x), DD(-3)));
    assert_true(fabs(assay_dd_sub(p, DD(1)).hi) < 1e-30);
  }
}

static void no_number_stays_none(void **state)
{
  (void)state;
  assert_true(isnan(assay_dd_log(DD(-2.385)).hi));
  assert_true(isnan(assay_dd_asin(DD(1.01)).hi));
  assert_true(isinf(assay_dd_exp(DD(2000)).hi));
  assert_true(assay_dd_exp(DD(-2000)).hi == 0);
  assert_true(isinf(assay_dd_div(DD(1), DD(0)).hi));
  assert_true(isnan(assay_dd_sqrt(DD(-1)).hi));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arithmetic_keeps_what_doubles_lose),
      cmocka_unit_test(functions_have_32_digits),
      cmocka_unit_test(small_arguments_do_not_cancel),
      cmocka_unit_test(functions_undo_each_other),
      cmocka_unit_test(no_number_stays_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
