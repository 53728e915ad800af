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
  if (n < 0 || (size_t)n >= room)
    p->overflow = true;
  else
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

/* numbers that constants are multiples of, as text and value */
static const struct unit {
  const char *text;
  double value;
} units[] = {
    {"", 1},
    {"*pi", PI},
    {"/pi", 1 / PI},
    {"*pi^2", PI * PI},
    {"*sqrt(2)", 1.4142135623730951},
    {"*sqrt(pi)", 1.7724538509055159},
    {"/sqrt(pi)", 0.56418958354775629},
    {"*sqrt(2*pi)", 2.5066282746310002},
    {"/sqrt(2*pi)", 0.3989422804014327},
};
enum { UNITS = sizeof units / sizeof *units };

struct simple {
  int p, q;
  const struct unit *unit; /* NULL: no multiple of a unit, `value` is a decimal */
  double value;
};

static bool snap_units(struct simple *s, double value, double tolerance)
{
  for (const struct unit *u = units; u < units + UNITS; u++)
    for (int q = 1; q <= 12; q++) {
      const double p = nearbyint(value / u->value * q);
      if (p == 0 || fabs(p) > (u == units ? 1000 : 60)) continue;
      if (fabs(value - p / q * u->value) > tolerance * fabs(value)) continue;
      *s = (struct simple){(int)p, q, u, p / q * u->value};
      return true;
    }
  return false;
}

static struct simple simplest(double value, double tolerance)
{
  struct simple s = {.value = value};
  if (value == 0 || !isfinite(value) || snap_units(&s, value, tolerance)) return s;
  for (int digits = 1; digits < 17; digits++) {
    char text[40];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    s.value = strtod(text, NULL);
    if (fabs(s.value - value) <= tolerance * fabs(value)) return s;
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
  if (!s.unit || s.unit == units)
    assay_sr_put(p, "%s", assay_text_double(text, s.value));
  else if (s.q != 1)
    assay_sr_put(p, "%d/%d%s", s.p, s.q, s.unit->text);
  else
    assay_sr_put(p, "%d%s", s.p, s.unit->text);
}

/* a name, a number or a call: no operator outside parentheses */
static bool atomic(const char *text)
{
  int depth = 0;
  for (const char *c = text; *c; c++) {
    depth += (*c == '(') - (*c == ')');
    if (depth == 0 && !isalnum((unsigned char)*c) && *c != ')' && *c != '_' && *c != '.') return false;
  }
  return true;
}

static void put_base(struct assay_sr_phrase *p, const struct assay_sr_factor *f)
{
  const char *open = f->absolute ? "abs(" : atomic(f->text) ? "" : "(";
  assay_sr_put(p, "%s%s%s", open, f->text, *open ? ")" : "");
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
  for (int i = 0; i < n; i++) {
    if (!belongs(&f[i], part, sign)) continue;
    if (done++) assay_sr_put(p, "*");
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
