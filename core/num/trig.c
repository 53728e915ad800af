/* The angle is brought into [0, pi/4] in whole numbers, hence without error, and the Taylor series
 * is summed in double-double arithmetic (pairs hi + lo, |lo| <= ulp(hi)/2: Dekker, Numer. Math. 18
 * (1971) 224), which leaves about 2^-100 before the final rounding. */
#include "core/num/trig.h"

struct pair {
  double hi, lo;
};

/* a + b = hi + lo exactly if |a| >= |b| */
static struct pair sum_ordered(double a, double b)
{
  double s = a + b;
  return (struct pair){s, b - (s - a)};
}

/* a + b = hi + lo exactly */
static struct pair sum(double a, double b)
{
  double s = a + b, t = s - a;
  return (struct pair){s, (a - (s - t)) + (b - t)};
}

/* a b = hi + lo exactly: both factors cut into halves of 26 bits */
static struct pair product(double a, double b)
{
  const double cut = 134217729.0; /* 2^27 + 1 */
  double p = a * b;
  double ca = cut * a, ah = ca - (ca - a), al = a - ah;
  double cb = cut * b, bh = cb - (cb - b), bl = b - bh;
  return (struct pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static struct pair add(struct pair a, struct pair b)
{
  struct pair s = sum(a.hi, b.hi), t = sum(a.lo, b.lo);
  s = sum_ordered(s.hi, s.lo + t.hi);
  return sum_ordered(s.hi, s.lo + t.lo);
}

static struct pair mul(struct pair a, struct pair b)
{
  struct pair p = product(a.hi, b.hi);
  return sum_ordered(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static struct pair divide(struct pair a, double b)
{
  double q = a.hi / b;
  struct pair p = product(q, b);
  return sum_ordered(q, (((a.hi - p.hi) - p.lo) + a.lo) / b);
}

static const struct pair pi = {3.141592653589793, 1.2246467991473532e-16};

/* Horner: 1 - t/(m (m-1)) (1 - t/((m-2)(m-3)) (...)), t = x^2, down to the factor 2 1 or 3 2 */
static struct pair series(struct pair t, int m)
{
  struct pair s = {1, 0};
  for (; m >= 2; m -= 2) {
    struct pair term = divide(mul(t, s), (double)(m * (m - 1)));
    s = add((struct pair){1, 0}, (struct pair){-term.hi, -term.lo});
  }
  return s;
}

/* 0 <= num/den <= 1/4 */
static struct pair angle(long long num, long long den)
{
  return divide(mul(pi, (struct pair){(double)num, 0}), (double)den);
}

static double cos_octant(long long num, long long den)
{
  struct pair x = angle(num, den);
  return series(mul(x, x), 30).hi;
}

static double sin_octant(long long num, long long den)
{
  struct pair x = angle(num, den);
  return mul(x, series(mul(x, x), 31)).hi;
}

double assay_cospi(long long num, long long den)
{
  num = num < 0 ? -num : num;
  num %= 2 * den;
  if (num > den) num = 2 * den - num; /* cos(2 pi - x) = cos x */
  if (2 * num > den) return -assay_cospi(den - num, den);
  if (2 * num == den) return 0;
  if (4 * num <= den) return cos_octant(num, den);
  return sin_octant(den - 2 * num, 2 * den);
}

double assay_sinpi(long long num, long long den)
{
  return assay_cospi(den - 2 * num, 2 * den);
}
