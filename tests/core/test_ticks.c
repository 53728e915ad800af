/* Marks of axes and texts of numbers: known answers. */
#include <stdlib.h>

#include "core/draw/ticks.h"
#include "tests/test.h"

struct axis {
  enum assay_scale scale;
  double lo, hi;
  int most;
  int exponent;
  const char *labels; /* all that are not "", in order, with spaces between */
};

static const struct axis axes[] = {
    {ASSAY_SCALE_LINEAR, 0, 1, 5, 0, "0.0 0.2 0.4 0.6 0.8 1.0"},
    {ASSAY_SCALE_LINEAR, 0.013, 9.7, 5, 0, "2 4 6 8"},
    {ASSAY_SCALE_LINEAR, -2.385, 2.385, 4, 0, "−2 −1 0 1 2"},
    {ASSAY_SCALE_LINEAR, -0.05, 0.05, 3, 0, "−0.05 0.00 0.05"},
    {ASSAY_SCALE_LINEAR, 0, 2.2e-5, 4, -5, "0.0 0.5 1.0 1.5 2.0"},
    {ASSAY_SCALE_LINEAR, -0.0011, 0.0001, 4, -3, "−1.0 −0.8 −0.6 −0.4 −0.2 0.0"},
    {ASSAY_SCALE_LINEAR, 0, 0.01, 5, 0, "0.000 0.002 0.004 0.006 0.008 0.010"},
    {ASSAY_SCALE_LINEAR, 101300, 101360, 3, 5, "1.0130 1.0132 1.0134 1.0136"},
    {ASSAY_SCALE_LINEAR, 1200, 5900, 5, 0, "2000 3000 4000 5000"},
    {ASSAY_SCALE_LOG, 0.1, 1000, 6, 0, "0.1 1 10 100 1000"},
    {ASSAY_SCALE_LOG, 2.3e-6, 0.4, 6, 0, "10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹"},
    {ASSAY_SCALE_LOG, 1e-12, 1, 5, 0, "10⁻¹² 10⁻⁹ 10⁻⁶ 10⁻³ 10⁰"},
    {ASSAY_SCALE_LOG, 0.7, 60, 6, 0, "1 2 5 10 20 50"},
    {ASSAY_SCALE_LOG, 3.1e-6, 6e-5, 6, 0, "5×10⁻⁶ 10⁻⁵ 2×10⁻⁵ 5×10⁻⁵"},
    {ASSAY_SCALE_LOG, 2.1, 2.9, 4, 0, "2.2 2.4 2.6 2.8"},
};

static void axes_are_marked_where_people_would(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
    const struct axis *a = &axes[i];
    struct assay_ticks t;
    char all[1024] = "";
    assay_ticks_make(&t, a->scale, a->lo, a->hi, a->most);
    for (int k = 0; k < t.n; k++) {
      const double slack = 1e-9 * (a->hi - a->lo);
      if (t.at[k] < a->lo - slack || t.at[k] > a->hi + slack)
        fail_msg("axis %zu: mark at %g", i, t.at[k]);
      if (!t.text[k][0]) continue;
      if (all[0]) strcat(all, " ");
      strcat(all, t.text[k]);
    }
    if (strcmp(all, a->labels) != 0) fail_msg("axis %zu: '%s', expected '%s'", i, all, a->labels);
    assert_int_equal(t.exponent, a->exponent);
  }
}

static void labels_say_where_the_mark_is(void **state)
{
  struct assay_ticks t;
  (void)state;
  assay_ticks_make(&t, ASSAY_SCALE_LINEAR, 1.3e-7, 8.9e-7, 5);
  assert_true(t.n >= 3);
  for (int k = 0; k < t.n; k++)
    assert_close(atof(t.text[k]) * pow(10, t.exponent), t.at[k], 1e-6, 0);
}

static void log_axes_have_small_marks(void **state)
{
  struct assay_ticks t;
  int small = 0;
  (void)state;
  assay_ticks_make(&t, ASSAY_SCALE_LOG, 1, 1000, 6);
  for (int k = 0; k < t.n; k++) small += t.text[k][0] == '\0';
  assert_int_equal(small, 3 * 8);
}

static void senseless_ranges_have_no_marks(void **state)
{
  struct assay_ticks t;
  (void)state;
  assay_ticks_make(&t, ASSAY_SCALE_LINEAR, 2.385, 2.385, 5);
  assert_int_equal(t.n, 0);
  assay_ticks_make(&t, ASSAY_SCALE_LINEAR, NAN, 2.385, 5);
  assert_int_equal(t.n, 0);
  assay_ticks_make(&t, ASSAY_SCALE_LINEAR, 1, INFINITY, 5);
  assert_int_equal(t.n, 0);
}

static void ranges_widen_to_marks(void **state)
{
  static const struct {
    enum assay_scale scale;
    double lo, hi, wide_lo, wide_hi;
  } known[] = {
      {ASSAY_SCALE_LINEAR, 0.13, 9.7, 0, 10},   {ASSAY_SCALE_LINEAR, -3.1, -0.2, -3.5, 0},
      {ASSAY_SCALE_LINEAR, 2, 4, 2, 4},         {ASSAY_SCALE_LINEAR, 2.385, 2.385, 2.1, 2.7},
      {ASSAY_SCALE_LINEAR, 0, 0, -1, 1},        {ASSAY_SCALE_LINEAR, INFINITY, -INFINITY, 0, 1},
      {ASSAY_SCALE_LOG, 0.0031, 47, 0.002, 70}, {ASSAY_SCALE_LOG, INFINITY, -INFINITY, 0.09, 2},
  };
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double lo = known[i].lo, hi = known[i].hi;
    assay_ticks_widen(&lo, &hi, known[i].scale, 5);
    if (fabs(lo - known[i].wide_lo) > 1e-9 || fabs(hi - known[i].wide_hi) > 1e-9)
      fail_msg("range %zu: %.17g to %.17g", i, lo, hi);
  }
}

static void numbers_are_short(void **state)
{
  static const struct {
    double value;
    const char *text;
  } known[] = {
      {0.12842, "0.128"},  {2385.4, "2385"},       {-2.385, "−2.38"},    {0, "0"},
      {1.5, "1.5"},        {3.21e-5, "3.21×10⁻⁵"}, {-4.5e7, "−4.5×10⁷"}, {NAN, "nan"},
      {-INFINITY, "−inf"}, {100, "100"},
  };
  char text[40];
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    assert_string_equal(assay_number_text(text, sizeof text, known[i].value), known[i].text);
}

static void units_are_written_with_powers(void **state)
{
  static const char *const known[][3] = {
      {"u", "m s-1", "u (m s⁻¹)"},
      {"rho", "kg m-3", "rho (kg m⁻³)"},
      {"k", "m2 s-2", "k (m² s⁻²)"},
      {"Re", "1", "Re"},
      {"Re", "", "Re"},
      {"T", "K", "T (K)"},
      {"q", "1e-3 W/m2", "q (1e-3 W/m²)"},
      {"n", "m-12", "n (m⁻¹²)"},
  };
  char text[64];
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    assert_string_equal(assay_label_text(text, sizeof text, known[i][0], known[i][1]), known[i][2]);
  assert_string_equal(assay_label_text(text, sizeof text, "psi", NULL), "psi");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(axes_are_marked_where_people_would),
      cmocka_unit_test(labels_say_where_the_mark_is),
      cmocka_unit_test(log_axes_have_small_marks),
      cmocka_unit_test(senseless_ranges_have_no_marks),
      cmocka_unit_test(ranges_widen_to_marks),
      cmocka_unit_test(numbers_are_short),
      cmocka_unit_test(units_are_written_with_powers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
