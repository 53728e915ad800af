#include "baselines/symbolic/phrase.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define PI 3.14159265358979323846

void assay_sr_put(struct assay_sr_phrase *p, const char *fmt, ...)
{
  va_list args;
  const size_t room = sizeof p->text - p->n;
  va_start(args, fmt);
  const int n = vsnprintf(p->text + p->n, room, fmt, args);
  va_end(args);
  if (n < 0 || (size_t)n >= room) {
    p->overflow = true;
    p->text[p->n] = '\0';
  } else
    p->n += (size_t)n;
}

bool assay_sr_snap_fraction(int *p, int *q, double value, double tolerance)
{
  for (*q = 1; *q <= 6; (*q)++) {
    const double near = nearbyint(value * *q);
    *p = (int)near;
    if (fabs(near) <= 12 * *q && fabs(value - near / *q) <= tolerance) return true;
  }
  return false;
}

enum { SHORT = 10, DIGITS = 17 }; /* digits of decimals that count as simple, of all others */

struct simple {
  int p, q; /* p / q x pi; q = 0: the decimal `value` */
  double value;
};

static bool snap_fraction_of(struct simple *s, double value, double unit, int most,
                             double tolerance)
{
  for (int q = 1; q <= 12; q++) {
    const double p = nearbyint(value / unit * q);
    if (p == 0 || fabs(p) > most || fabs(value - p / q * unit) > tolerance * fabs(value)) continue;
    *s = (struct simple){(int)p, q, p / q * unit};
    return true;
  }
  return false;
}

static struct simple simplest(double value, double tolerance)
{
  struct simple s = {.value = value};
  if (value == 0 || !isfinite(value)) return s;
  if (snap_fraction_of(&s, value, 1, 1000, tolerance)) {
    s.q = 0;
    return s;
  }
  if (snap_fraction_of(&s, value, PI, 60, tolerance)) return s;
  for (int digits = 1; digits < DIGITS; digits++) {
    char text[40];
    const double allowed = digits <= SHORT ? tolerance : fmin(tolerance, 1e-15);
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    s.value = strtod(text, NULL);
    if (fabs(s.value - value) <= allowed * fabs(value)) return s;
  }
  s.value = value;
  return s;
}

double assay_sr_snap(double value, double tolerance)
{
  return simplest(value, tolerance).value;
}

void assay_sr_put_number(struct assay_sr_phrase *p, double value, double tolerance)
{
  const struct simple s = simplest(value, tolerance);
  char text[32];
  if (s.q == 0)
    assay_sr_put(p, "%s", assay_text_double(text, s.value));
  else if (s.p == 1 || s.p == -1)
    assay_sr_put(p, "%spi", s.p < 0 ? "-" : "");
  else
    assay_sr_put(p, "%d*pi", s.p);
  if (s.q > 1) assay_sr_put(p, "/%d", s.q);
}

/* a name, a number or a call: no operator outside parentheses */
static bool atomic(const char *text)
{
  int depth = 0;
  for (const char *c = text; *c; c++) {
    depth += (*c == '(') - (*c == ')');
    if (depth == 0 && !isalnum((unsigned char)*c) && *c != ')' && *c != '_' && *c != '.')
      return false;
  }
  return true;
}

static void put_base(struct assay_sr_phrase *p, const struct assay_sr_factor *f)
{
  const char *open = f->absolute ? "abs(" : atomic(f->text) ? "" : "(";
  assay_sr_put(p, "%s%s%s", open, f->text, *open ? ")" : "");
}

static void put_alone(struct assay_sr_phrase *p, const struct assay_sr_factor *f)
{
  assay_sr_put(p, f->absolute ? "abs(%s)" : "%s", f->text);
}

static void put_power(struct assay_sr_phrase *p, const struct assay_sr_factor *f, double power)
{
  char text[32];
  put_base(p, f);
  if (power != 1) assay_sr_put(p, "^%s", assay_text_double(text, power));
}

enum part { ROOT, PLAIN };

static bool belongs(const struct assay_sr_factor *f, enum part part, int sign)
{
  const bool root = fabs(f->power) == 0.5;
  return f->power != 0 && (part == ROOT) == root && (f->power > 0) == (sign > 0);
}

static int count(const struct assay_sr_factor *f, int n, enum part part, int sign)
{
  int c = 0;
  for (int i = 0; i < n; i++) c += belongs(&f[i], part, sign);
  return c;
}

/* the factors of one part joined by *; returns how many there were */
static int put_part(struct assay_sr_phrase *p, const struct assay_sr_factor *f, int n,
                    enum part part, int sign)
{
  int done = 0;
  const bool alone = count(f, n, part, 1) + count(f, n, part, -1) == 1;
  for (int i = 0; i < n; i++) {
    if (!belongs(&f[i], part, sign)) continue;
    if (done++) assay_sr_put(p, "*");
    if (part == ROOT && alone)
      put_alone(p, &f[i]); /* within the root's parentheses */
    else
      put_power(p, &f[i], part == ROOT ? 1 : fabs(f[i].power));
  }
  return done;
}

static void put_quotient(struct assay_sr_phrase *p, const struct assay_sr_factor *f, int n,
                         enum part part)
{
  const int below = count(f, n, part, -1);
  if (!put_part(p, f, n, part, 1)) assay_sr_put(p, "1");
  if (below) assay_sr_put(p, below > 1 ? "/(" : "/");
  put_part(p, f, n, part, -1);
  if (below > 1) assay_sr_put(p, ")");
}

void assay_sr_put_product(struct assay_sr_phrase *p, double coefficient, double tolerance,
                          const struct assay_sr_factor *f, int n)
{
  const double c = assay_sr_snap(coefficient, tolerance);
  const int above = count(f, n, PLAIN, 1), below = count(f, n, PLAIN, -1);
  const int root_above = count(f, n, ROOT, 1), root_below = count(f, n, ROOT, -1);
  const int roots = root_above + root_below;
  bool begun = false;
  if (c == -1 && (above || root_above)) assay_sr_put(p, "-");
  if (fabs(c) != 1 || (!above && !root_above)) {
    assay_sr_put_number(p, coefficient, tolerance);
    begun = true;
  }
  if (above) {
    if (begun) assay_sr_put(p, "*");
    put_part(p, f, n, PLAIN, 1);
    begun = true;
  }
  if (root_above) {
    assay_sr_put(p, begun ? "*sqrt(" : "sqrt(");
    put_quotient(p, f, n, ROOT);
    assay_sr_put(p, ")");
  }
  const int parts = below + (roots && !root_above);
  if (!parts) return;
  assay_sr_put(p, parts > 1 ? "/(" : "/");
  put_part(p, f, n, PLAIN, -1);
  if (roots && !root_above) {
    assay_sr_put(p, below ? "*sqrt(" : "sqrt(");
    put_part(p, f, n, ROOT, -1);
    assay_sr_put(p, ")");
  }
  if (parts > 1) assay_sr_put(p, ")");
}
