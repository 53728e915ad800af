#include "core/draw/ticks.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const superscript[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

/* Append text to out of `size` bytes if all of it fits. */
static void append(char *out, size_t size, const char *text)
{
  const size_t used = strlen(out), n = strlen(text);
  if (used + n < size) memcpy(out + used, text, n + 1);
}

static void append_power(char *out, size_t size, int exponent)
{
  char digits[16];
  snprintf(digits, sizeof digits, "%d", exponent);
  append(out, size, "10");
  for (const char *c = digits; *c; c++) append(out, size, *c == '-' ? "⁻" : superscript[*c - '0']);
}

const char *assay_exponent_text(char *out, size_t size, int exponent)
{
  out[0] = '\0';
  if (exponent == 0) return out;
  append(out, size, "×");
  append_power(out, size, exponent);
  return out;
}

/* Put a true minus sign where printf put a hyphen, and drop the sign of zero. */
static void copy_number(char *out, size_t size, const char *text)
{
  out[0] = '\0';
  if (*text == '-') {
    text++;
    if (strspn(text, "0.") != strlen(text)) append(out, size, "−");
  }
  append(out, size, text);
}

/* Zeros at the end of a fraction say nothing. */
static void drop_zeros(char *text)
{
  char *end = text + strlen(text);
  if (!strchr(text, '.')) return;
  while (end[-1] == '0') *--end = '\0';
  if (end[-1] == '.') end[-1] = '\0';
}

const char *assay_number_text(char *out, size_t size, double value)
{
  char plain[32];
  const double a = fabs(value);
  if (!isfinite(value)) {
    snprintf(out, size, "%s", isnan(value) ? "nan" : value < 0 ? "−inf" : "inf");
  } else if (a != 0 && (a < 1e-3 || a >= 1e5)) {
    snprintf(plain, sizeof plain, "%.2e", value);
    const int exponent = atoi(strchr(plain, 'e') + 1);
    *strchr(plain, 'e') = '\0';
    drop_zeros(plain);
    copy_number(out, size, plain);
    append(out, size, "×");
    append_power(out, size, exponent);
  } else {
    const int decimals = a == 0 ? 0 : 2 - (int)floor(log10(a));
    snprintf(plain, sizeof plain, "%.*f", decimals > 0 ? decimals : 0, value);
    drop_zeros(plain);
    copy_number(out, size, plain);
  }
  return out;
}

static void append_digits(char *out, size_t size, const char *digits, size_t n)
{
  for (size_t i = 0; i < n; i++) append(out, size, superscript[digits[i] - '0']);
}

const char *assay_unit_text(char *out, size_t size, const char *unit)
{
  out[0] = '\0';
  if (!unit || strcmp(unit, "1") == 0) return out;
  for (const char *c = unit; *c;) {
    const bool factor = c > unit + 1 && c[-1] == 'e' && isdigit((unsigned char)c[-2]); /* 1e-3 */
    const bool after_letter = c > unit && isalpha((unsigned char)c[-1]) && !factor;
    const bool minus = *c == '-';
    const size_t digits = strspn(c + minus, "0123456789");
    if (after_letter && digits > 0) { /* a power */
      if (minus) append(out, size, "⁻");
      append_digits(out, size, c + minus, digits);
      c += minus + digits;
    } else {
      append(out, size, (const char[]){*c++, '\0'});
    }
  }
  return out;
}

const char *assay_label_text(char *out, size_t size, const char *name, const char *unit)
{
  char pretty[64];
  assay_unit_text(pretty, sizeof pretty, unit);
  snprintf(out, size, "%s%s%s%s", name, *pretty ? " (" : "", pretty, *pretty ? ")" : "");
  return out;
}

/* The one of 1, 2, 5 times a power of ten that is nearest to raw by ratio; *power is its exponent.
 */
static double nice_step(double raw, int *power)
{
  static const double digits[] = {1, 2, 5, 10};
  *power = (int)floor(log10(raw));
  const double base = pow(10, *power);
  int i = 0;
  while (i < 3 && digits[i] * digits[i + 1] * base * base < raw * raw) i++;
  if (i == 3) ++*power;
  return digits[i] * base;
}

static void add_tick(struct assay_ticks *out, double at, const char *text)
{
  if (out->n == ASSAY_TICKS_MAX) return;
  out->at[out->n] = at;
  snprintf(out->text[out->n], ASSAY_TICK_TEXT, "%s", text);
  out->n++;
}

static void make_linear(struct assay_ticks *out, double lo, double hi, int most)
{
  int power;
  const double step = nice_step((hi - lo) / most, &power);
  const double largest = fmax(fabs(lo), fabs(hi));
  if (largest < 1e-2 * (1 - 1e-9) || largest >= 1e5)
    out->exponent = (int)floor(log10(largest) + 1e-9);
  const int decimals = out->exponent - power > 0 ? out->exponent - power : 0;
  const double unit = pow(10, out->exponent);
  for (double k = ceil(lo / step - 1e-6); k * step <= hi + 1e-6 * step; k++) {
    char plain[40], text[ASSAY_TICK_TEXT];
    snprintf(plain, sizeof plain, "%.*f", decimals < 12 ? decimals : 12, k * step / unit);
    copy_number(text, sizeof text, plain);
    add_tick(out, k * step, text);
    if (out->n == ASSAY_TICKS_MAX) break;
  }
}

static void log_text(char *out, size_t size, int digit, int power, bool plain)
{
  out[0] = '\0';
  if (plain) {
    snprintf(out, size, "%.*f", power < 0 ? -power : 0, digit * pow(10, power));
    return;
  }
  if (digit > 1) snprintf(out, size, "%d×", digit);
  append_power(out, size, power);
}

static void make_log(struct assay_ticks *out, double lo, double hi, int most)
{
  const double a = log10(lo), b = log10(hi);
  const int first = (int)floor(a + 1e-9), last = (int)floor(b + 1e-9);
  const int decades = last - (int)ceil(a - 1e-9) + 1; /* powers of ten within */
  int every = 1;
  while (decades > every * most) every++;
  const bool between = decades <= 2 && most >= 3;
  const bool minor = decades <= 6 && every == 1;
  const bool plain = a > -3.001 && b < 3.999 && b - a < 4.5;
  for (int power = first; power <= last; power++) {
    for (int digit = 1; digit <= (minor ? 9 : 1); digit++) {
      const double at = digit * pow(10, power);
      if (at < lo * (1 - 1e-9) || at > hi * (1 + 1e-9)) continue;
      char text[ASSAY_TICK_TEXT] = "";
      const bool labelled =
          digit == 1 ? (power - last) % every == 0 : between && (digit == 2 || digit == 5);
      if (labelled) log_text(text, sizeof text, digit, power, plain);
      add_tick(out, at, text);
    }
  }
}

static int labelled(const struct assay_ticks *ticks)
{
  int n = 0;
  for (int i = 0; i < ticks->n; i++) n += ticks->text[i][0] != '\0';
  return n;
}

void assay_ticks_make(struct assay_ticks *out, enum assay_scale scale, double lo, double hi,
                      int most)
{
  *out = (struct assay_ticks){0};
  if (!(hi > lo) || !isfinite(lo) || !isfinite(hi)) return;
  if (most < 1) most = 1;
  if (scale == ASSAY_SCALE_LOG && lo > 0) make_log(out, lo, hi, most);
  if (labelled(out) >= 2) return;
  *out = (struct assay_ticks){0}; /* also a log axis too short for its own marks */
  make_linear(out, lo, hi, most);
}

static void widen_log(double *lo, double *hi)
{
  if (!(*lo > 0) || !(*hi >= *lo) || !isfinite(*hi)) {
    *lo = 1e-1;
    *hi = 1;
  }
  const double a = log10(*lo), b = log10(*hi), room = fmax(0.04 * (b - a), 0.03);
  /* outwards to a digit times a power of ten, so that an axis does not gain a whole empty decade */
  const double low = pow(10, floor(a - room)), high = pow(10, floor(b + room));
  *lo = floor(pow(10, a - room) / low + 1e-9) * low;
  *hi = ceil(pow(10, b + room) / high - 1e-9) * high;
}

void assay_ticks_widen(double *lo, double *hi, enum assay_scale scale, int most)
{
  if (scale == ASSAY_SCALE_LOG) {
    widen_log(lo, hi);
    return;
  }
  if (!isfinite(*lo) || !isfinite(*hi) || *lo > *hi) {
    *lo = 0;
    *hi = 1;
  }
  if (*hi - *lo <= 1e-12 * fmax(fabs(*lo), fabs(*hi))) {
    const double room = *lo == 0 ? 1 : 0.1 * fabs(*lo);
    *lo -= room;
    *hi += room;
  }
  int power;
  const double step = nice_step((*hi - *lo) / (most < 1 ? 1 : most), &power);
  *lo = floor(*lo / step + 1e-9) * step;
  *hi = ceil(*hi / step - 1e-9) * step;
}
