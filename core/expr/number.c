#include "core/expr/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strtod and printf follow the locale of the thread; this one has the point. */
static locale_t c_locale;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_locale(void)
{
  c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t enter_c_locale(void)
{
  pthread_once(&once, make_locale);
  return c_locale ? uselocale(c_locale) : (locale_t)0;
}

static void leave_c_locale(locale_t before)
{
  if (before) uselocale(before);
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* What a scan over the text finds: the number is `digits` 10^`scale`, if few enough digits. */
struct scan {
  size_t length;
  uint64_t digits;
  int n_digits; /* without leading zeros */
  int scale;
  bool whole, any;
};

static void scan_digits(struct scan *s, const char *text, bool fraction)
{
  for (; is_digit(text[s->length]); s->length++) {
    s->any = true;
    if (s->n_digits < 19) s->digits = 10 * s->digits + (uint64_t)(text[s->length] - '0');
    s->n_digits += s->n_digits > 0 || text[s->length] != '0';
    s->scale -= fraction;
  }
}

/* [e[+-]digits] behind the digits; false if digits are missing */
static bool scan_exponent(struct scan *s, const char *text)
{
  if (text[s->length] != 'e' && text[s->length] != 'E') return true;
  s->whole = false;
  s->length++;
  const bool negative = text[s->length] == '-';
  s->length += text[s->length] == '-' || text[s->length] == '+';
  if (!is_digit(text[s->length])) return false;
  int exponent = 0;
  for (; is_digit(text[s->length]); s->length++)
    if (exponent < 100000) exponent = 10 * exponent + (text[s->length] - '0');
  s->scale += negative ? -exponent : exponent;
  return true;
}

/* Both factors are exact doubles, so one operation rounds once. */
static bool small_enough(double *value, const struct scan *s)
{
  static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (s->n_digits >= 19 || s->digits > UINT64_C(1) << 53 || s->scale < -22 || s->scale > 22)
    return false;
  *value = s->scale < 0 ? (double)s->digits / ten[-s->scale] : (double)s->digits * ten[s->scale];
  return true;
}

enum assay_expr_number_fault assay_expr_number_read(double *value, bool *exact, size_t *length,
                                                    const char *text)
{
  struct scan s = {.whole = true};
  scan_digits(&s, text, false);
  if (text[s.length] == '.') {
    s.whole = false;
    s.length++;
    scan_digits(&s, text, true);
  }
  *length = s.length;
  if (!s.any) return ASSAY_EXPR_NUMBER_NONE;
  const bool complete = scan_exponent(&s, text);
  *length = s.length;
  if (!complete) return ASSAY_EXPR_NUMBER_EXPONENT;
  if (!small_enough(value, &s)) {
    const locale_t before = enter_c_locale();
    *value = strtod(text, NULL);
    leave_c_locale(before);
  }
  *exact = s.whole && s.n_digits < 19 && s.digits <= UINT64_C(1) << 53;
  if (isinf(*value)) return ASSAY_EXPR_NUMBER_LARGE;
  return *value == 0.0 && s.n_digits > 0 ? ASSAY_EXPR_NUMBER_SMALL : ASSAY_EXPR_NUMBER_OK;
}

/* 15 digits, without trailing zeros, are the shortest form of whatever has one of at most 15. */
static void shortest(char *out, double value)
{
  const locale_t before = enter_c_locale();
  for (int digits = fabs(value) < 0x1p-1022 ? 1 : 15; digits <= 17; digits++) {
    snprintf(out, 32, "%.*g", digits, value);
    if (strtod(out, NULL) == value) break;
  }
  leave_c_locale(before);
}

const char *assay_expr_number_text(char *out, double value, bool exact)
{
  if (isnan(value)) return strcpy(out, "nan");
  if (isinf(value)) return strcpy(out, value < 0.0 ? "-inf" : "inf");
  if (exact && fabs(value) <= 0x1p53) {
    snprintf(out, 32, "%.0f", value);
    return out;
  }
  shortest(out, value);
  if (!out[strcspn(out, ".e")]) strcat(out, ".0");
  return out;
}
