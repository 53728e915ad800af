#include "core/num/dd.h"

#include <math.h>

#include "core/num/vmath.h"

typedef struct assay_dd dd; /* this file is arithmetic */

static const dd pi_half = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
static const dd ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/* a + b = s + e exactly, |a| >= |b| */
static dd fast_two_sum(double a, double b)
{
  const double s = a + b;
  return (dd){s, b - (s - a)};
}

/* a + b = s + e exactly */
static dd two_sum(double a, double b)
{
  const double s = a + b, c = s - a;
  return (dd){s, (a - (s - c)) + (b - c)};
}

/* a = high + low, 26 bits each */
static void split(double *high, double *low, double a)
{
  const double c = 134217729.0 * a;
  *high = c - (c - a);
  *low = a - *high;
}

/* a b = p + e exactly, while nothing over- or underflows */
static dd two_prod(double a, double b)
{
  double ah, al, bh, bl;
  const double p = a * b;
  split(&ah, &al, a);
  split(&bh, &bl, b);
  return (dd){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

/* Infinity and NaN have no low part. */
static dd clean(dd a)
{
  return isfinite(a.hi) ? (isfinite(a.lo) ? a : (dd){a.hi, 0}) : (dd){a.hi, 0};
}

dd assay_dd_from(double x)
{
  return (dd){x, 0};
}

dd assay_dd_pi(void)
{
  return (dd){2 * pi_half.hi, 2 * pi_half.lo};
}

dd assay_dd_neg(dd a)
{
  return (dd){-a.hi, -a.lo};
}

dd assay_dd_add(dd a, dd b)
{
  dd s = two_sum(a.hi, b.hi);
  if (!isfinite(s.hi)) return (dd){s.hi, 0};
  const dd t = two_sum(a.lo, b.lo);
  s = fast_two_sum(s.hi, s.lo + t.hi);
  return clean(fast_two_sum(s.hi, s.lo + t.lo));
}

dd assay_dd_sub(dd a, dd b)
{
  return assay_dd_add(a, assay_dd_neg(b));
}

dd assay_dd_mul(dd a, dd b)
{
  const double p = a.hi * b.hi;
  if (!isfinite(p) || p == 0) return (dd){p, 0};
  const dd e = two_prod(a.hi, b.hi);
  return clean(fast_two_sum(e.hi, e.lo + (a.hi * b.lo + a.lo * b.hi)));
}

dd assay_dd_div(dd a, dd b)
{
  const double q = a.hi / b.hi;
  if (!isfinite(q) || q == 0 || !isfinite(b.hi)) return (dd){q, 0};
  dd r = assay_dd_sub(a, assay_dd_mul(b, assay_dd_from(q)));
  const double second = r.hi / b.hi;
  r = assay_dd_sub(r, assay_dd_mul(b, assay_dd_from(second)));
  const dd sum = fast_two_sum(q, second);
  return clean(assay_dd_add(sum, assay_dd_from(r.hi / b.hi)));
}

/* One step of Newton's method from the double root: x + (a - x^2) / (2 x) */
dd assay_dd_sqrt(dd a)
{
  const double x = sqrt(a.hi);
  if (!isfinite(x) || x == 0) return (dd){x, 0};
  const dd rest = assay_dd_sub(a, two_prod(x, x));
  return clean(fast_two_sum(x, rest.hi / (2 * x)));
}

static dd scale(dd a, int power)
{
  return (dd){ldexp(a.hi, power), ldexp(a.lo, power)};
}

/* e^r - 1 for |r| <= ln2 / 2: Taylor's series of r / 2^9, then e^2t - 1 = (e^t - 1)(e^t - 1 + 2).
 */
static dd expm1_small(dd r)
{
  enum { HALVINGS = 9, TERMS = 11 };
  const dd t = scale(r, -HALVINGS);
  dd sum = t, term = t;
  for (int i = 2; i <= TERMS; i++) {
    term = assay_dd_div(assay_dd_mul(term, t), assay_dd_from(i));
    sum = assay_dd_add(sum, term);
  }
  for (int i = 0; i < HALVINGS; i++) sum = assay_dd_mul(sum, assay_dd_add(sum, assay_dd_from(2)));
  return sum;
}

/* a = k ln2 + r */
static double reduce_exp(dd *r, dd a)
{
  const double k = floor(a.hi / ln2.hi + 0.5);
  *r = assay_dd_sub(a, assay_dd_mul(ln2, assay_dd_from(k)));
  return k;
}

dd assay_dd_exp(dd a)
{
  dd r;
  if (isnan(a.hi)) return a;
  if (a.hi > 709.9) return (dd){(double)INFINITY, 0};
  if (a.hi < -745.2) return (dd){0, 0};
  const double k = reduce_exp(&r, a);
  const dd e = assay_dd_add(expm1_small(r), assay_dd_from(1));
  return clean(scale(e, (int)k));
}

dd assay_dd_expm1(dd a)
{
  if (fabs(a.hi) <= 0.34) return expm1_small(a);
  return assay_dd_sub(assay_dd_exp(a), assay_dd_from(1));
}

/* Newton's step y + a e^-y - 1 from the double logarithm */
dd assay_dd_log(dd a)
{
  if (!(a.hi > 0) || !isfinite(a.hi)) return (dd){assay_math_log(a.hi), 0};
  int power;
  const double m = frexp(a.hi, &power);
  const dd mantissa = {m, ldexp(a.lo, -power)};
  dd y = assay_dd_from(assay_math_log(m));
  const dd rest =
      assay_dd_sub(assay_dd_mul(mantissa, assay_dd_exp(assay_dd_neg(y))), assay_dd_from(1));
  y = assay_dd_add(y, rest);
  return assay_dd_add(y, assay_dd_mul(ln2, assay_dd_from(power)));
}

/* sin and cos of |r| <= pi / 4 by their series */
static void sincos_small(dd *s, dd *c, dd r)
{
  const dd square = assay_dd_neg(assay_dd_mul(r, r));
  dd odd = r, even = assay_dd_from(1);
  *s = odd;
  *c = even;
  for (int i = 1; i <= 15; i++) {
    even = assay_dd_div(assay_dd_mul(even, square), assay_dd_from((2.0 * i - 1) * (2.0 * i)));
    odd = assay_dd_div(assay_dd_mul(odd, square), assay_dd_from((2.0 * i) * (2.0 * i + 1)));
    *c = assay_dd_add(*c, even);
    *s = assay_dd_add(*s, odd);
  }
}

void assay_dd_sincos(dd *s, dd *c, dd a)
{
  const double k = floor(a.hi / pi_half.hi + 0.5);
  if (!isfinite(a.hi) || fabs(k) > 1e15) {
    *s = *c = (dd){(double)NAN, 0};
    return;
  }
  const dd r = assay_dd_sub(a, assay_dd_mul(pi_half, assay_dd_from(k)));
  const int quarter = (int)((long long)k & 3);
  dd sine, cosine;
  sincos_small(&sine, &cosine, r);
  *s = quarter & 1 ? cosine : sine;
  *c = quarter & 1 ? sine : cosine;
  if (quarter & 2) *s = assay_dd_neg(*s);
  if (quarter == 1 || quarter == 2) *c = assay_dd_neg(*c);
}

dd assay_dd_sinh(dd a)
{
  if (fabs(a.hi) > 0.3)
    return scale(assay_dd_sub(assay_dd_exp(a), assay_dd_exp(assay_dd_neg(a))), -1);
  const dd e = assay_dd_expm1(a);
  const dd more = assay_dd_div(e, assay_dd_add(e, assay_dd_from(1)));
  return scale(assay_dd_add(e, more), -1);
}

dd assay_dd_cosh(dd a)
{
  return scale(assay_dd_add(assay_dd_exp(a), assay_dd_exp(assay_dd_neg(a))), -1);
}

/* (e^2a - 1) / (e^2a + 1) */
dd assay_dd_tanh(dd a)
{
  if (fabs(a.hi) > 40) return assay_dd_from(a.hi > 0 ? 1 : -1);
  const dd e = assay_dd_expm1(scale(a, 1));
  return assay_dd_div(e, assay_dd_add(e, assay_dd_from(2)));
}

/* One step of Newton's method for sin y = a, tan y = a from the double value. */
dd assay_dd_asin(dd a)
{
  dd s, c;
  if (!(fabs(a.hi) <= 1)) return (dd){(double)NAN, 0};
  const dd rest = assay_dd_sqrt(
      assay_dd_mul(assay_dd_sub(assay_dd_from(1), a), assay_dd_add(assay_dd_from(1), a)));
  if (rest.hi < 0.7) { /* near the ends the angle of the other leg */
    const dd other = assay_dd_asin(rest), y = assay_dd_sub(pi_half, other);
    return a.hi < 0 ? assay_dd_neg(y) : y;
  }
  const dd y = assay_dd_from(asin(a.hi));
  assay_dd_sincos(&s, &c, y);
  return assay_dd_add(y, assay_dd_div(assay_dd_sub(a, s), c));
}

dd assay_dd_acos(dd a)
{
  return assay_dd_sub(pi_half, assay_dd_asin(a));
}

dd assay_dd_atan(dd a)
{
  dd s, c;
  if (!isfinite(a.hi)) return (dd){atan(a.hi), 0};
  const dd y = assay_dd_from(atan(a.hi));
  assay_dd_sincos(&s, &c, y); /* (a - s / c) c^2 = (a c - s) c */
  return assay_dd_add(y, assay_dd_mul(assay_dd_sub(assay_dd_mul(a, c), s), c));
}

static dd power_of_whole(dd a, long n)
{
  dd result = assay_dd_from(1);
  for (unsigned long left = n < 0 ? 0UL - (unsigned long)n : (unsigned long)n; left; left >>= 1) {
    if (left & 1) result = assay_dd_mul(result, a);
    if (left > 1) a = assay_dd_mul(a, a);
  }
  return n < 0 ? assay_dd_div(assay_dd_from(1), result) : result;
}

dd assay_dd_pow(dd a, dd b)
{
  if (b.lo == 0 && b.hi == floor(b.hi) && fabs(b.hi) <= 1048576)
    return power_of_whole(a, (long)b.hi);
  if (a.hi == 0) return (dd){b.hi > 0 ? 0 : (double)INFINITY, 0};
  return assay_dd_exp(assay_dd_mul(b, assay_dd_log(a)));
}
