/* Bodies of the elementary functions of vmath.h, branch-free so that a loop over one of them
 * vectorises; kernels that are built per instruction set include this file and call the bodies
 * inside their own loops. Everybody else uses vmath.h.
 *
 * Numerics. Every function splits its argument as usual (x = k ln 2 + r, x = 2^k (1 + f),
 * x = q pi/2 + r), evaluates one polynomial on the remainder and keeps the largest terms as an
 * unevaluated sum hi + lo, so that nearly all of the error is the last rounding. Polynomials are
 * our own minimax fits (Sollya's fpminimax; the relative error of each stands beside it). Only
 * + - * /, comparisons and 64-bit integer shifts, masks and sums occur: no FMA, no table, no
 * libm, hence the same bits with any vector length. Reference for the argument reductions and for
 * exact sums and products: Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., ch. 4
 * and 10; the form of the logarithm is Tang's and Ng's (fdlibm). */
#ifndef ASSAY_CORE_NUM_VMATH_BODY_H
#define ASSAY_CORE_NUM_VMATH_BODY_H
#include <math.h>
#include <stdint.h>
#include <string.h>

/* |x| up to which assay_body_sin and its relatives are right; beyond it vmath.c reduces exactly. */
#define ASSAY_BODY_TRIG_MAX 0x1p20

/* a call that stays would stop a loop from vectorising */
#define ASSAY_BODY static inline __attribute__((always_inline))

/* an unevaluated sum */
struct assay_dd {
  double hi, lo;
};

ASSAY_BODY uint64_t assay_body_bits(double x)
{
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

ASSAY_BODY double assay_body_double(uint64_t u)
{
  double x;
  memcpy(&x, &u, sizeof x);
  return x;
}

/* Adding it rounds to an integer, which then also stands in the low bits (|x| < 2^51). */
#define ASSAY_BODY_ROUND 0x1.8p52

/* 2^j from ASSAY_BODY_ROUND + j, -1022 <= j <= 1023 */
ASSAY_BODY double assay_body_pow2(double rounded)
{
  return assay_body_double((assay_body_bits(rounded) + 1023) << 52);
}

/* a + b exactly, |a| >= |b| or a = 0 */
ASSAY_BODY struct assay_dd assay_body_fast_sum(double a, double b)
{
  const double s = a + b;
  return (struct assay_dd){s, b - (s - a)};
}

/* a + b exactly */
ASSAY_BODY struct assay_dd assay_body_sum(double a, double b)
{
  const double s = a + b, t = s - a;
  return (struct assay_dd){s, (a - (s - t)) + (b - t)};
}

/* the upper 26 bits of a */
ASSAY_BODY double assay_body_upper(double a)
{
  return assay_body_double(assay_body_bits(a) & UINT64_C(0xfffffffff8000000));
}

/* a b to within 2^-106 of it, away from overflow and underflow */
ASSAY_BODY struct assay_dd assay_body_product(double a, double b)
{
  const double a1 = assay_body_upper(a), a2 = a - a1, b1 = assay_body_upper(b), b2 = b - b1;
  const double p = a * b;
  return (struct assay_dd){p, ((a1 * b1 - p) + (a1 * b2 + a2 * b1)) + a2 * b2};
}

#define ASSAY_BODY_LN2_HI 0x1.62e42fefa4p-1 /* 41 bits: exact times any exponent */
#define ASSAY_BODY_LN2_LO -0x1.8432a1b0e2634p-43

/* ---- exponential -------------------------------------------------------------------------- */

/* e^(x + lo) = 2^k (1 + p.hi + p.lo), |p| < 0.42, for |x| < 800 and |lo| << 1 */
struct assay_body_exp_parts {
  double k;
  struct assay_dd p;
};

/* (e^r - 1 - r - r^2/2) / r^3 on |r| <= ln(2)/2; relative error of e^r 2^-61 */
ASSAY_BODY double assay_body_exp_tail(double r)
{
  const double z = r * r, z2 = z * z;
  const double a = 0x1.5555555555556p-3 + r * 0x1.5555555555556p-5;
  const double b = 0x1.111111111070bp-7 + r * 0x1.6c16c16c15f3fp-10;
  const double c = 0x1.a01a01a90240cp-13 + r * 0x1.a01a01a89ffdfp-16;
  const double d = 0x1.71de0a3c95e64p-19 + r * 0x1.27e4d64c90b5ap-22;
  const double e = 0x1.af3f071f89bd5p-26 + r * 0x1.1f7c9e46dc792p-29;
  return (a + z * b) + z2 * ((c + z * d) + z2 * e);
}

ASSAY_BODY struct assay_body_exp_parts assay_body_exp_split(double x, double lo)
{
  const double k = (x * 0x1.71547652b82fep0 + ASSAY_BODY_ROUND) - ASSAY_BODY_ROUND;
  const double rh = x - k * ASSAY_BODY_LN2_HI;
  const struct assay_dd r = assay_body_sum(rh, lo - k * ASSAY_BODY_LN2_LO);
  const double z = r.hi * r.hi;
  const double tail = 0.5 * z + (r.hi * z * assay_body_exp_tail(r.hi) + (r.lo + r.lo * r.hi));
  return (struct assay_body_exp_parts){k, assay_body_fast_sum(r.hi, tail)};
}

/* e^(x + lo) without care for NaN */
ASSAY_BODY double assay_body_exp_sum(double x, double lo)
{
  x = x > 710.0 ? 710.0 : x;
  x = x < -746.0 ? -746.0 : x;
  const struct assay_body_exp_parts e = assay_body_exp_split(x, lo);
  const struct assay_dd s = assay_body_fast_sum(1.0, e.p.hi);
  /* two steps, because 2^k alone may be no normal number */
  const double half = e.k * 0.5 + ASSAY_BODY_ROUND;
  const double rest = e.k - (half - ASSAY_BODY_ROUND) + ASSAY_BODY_ROUND;
  return (s.hi + (s.lo + e.p.lo)) * assay_body_pow2(half) * assay_body_pow2(rest);
}

ASSAY_BODY double assay_body_exp(double x)
{
  const double y = assay_body_exp_sum(x, 0.0);
  return x != x ? (double)NAN : y;
}

/* (e^x - 1) / 2 for -50 <= x <= 710 */
ASSAY_BODY struct assay_dd assay_body_half_expm1(double x)
{
  const struct assay_body_exp_parts e = assay_body_exp_split(x, 0.0);
  const double scale = assay_body_pow2(e.k - 1.0 + ASSAY_BODY_ROUND);
  const struct assay_dd c = assay_body_fast_sum(scale, -0.5);
  const struct assay_dd s = assay_body_sum(c.hi, scale * e.p.hi);
  return assay_body_fast_sum(s.hi, c.lo + (s.lo + scale * e.p.lo));
}

ASSAY_BODY double assay_body_expm1(double x)
{
  double a = x > 710.0 ? 710.0 : x;
  a = a < -50.0 ? -50.0 : a;
  double y = 2.0 * assay_body_half_expm1(a).hi;
  y = fabs(x) < 0x1p-54 ? x : y;
  return x != x ? (double)NAN : y;
}

/* tanh a = E / (E + 2), E = e^2a - 1, with both in two parts and the quotient corrected once */
ASSAY_BODY double assay_body_tanh(double x)
{
  const double a = fabs(x);
  const struct assay_dd e = assay_body_half_expm1(a > 22.0 ? 44.0 : 2.0 * a); /* rounds to 1 */
  const struct assay_dd d = assay_body_sum(1.0, e.hi);
  const double q = e.hi / d.hi;
  const struct assay_dd back = assay_body_product(q, d.hi);
  const double rest = ((e.hi - back.hi) - back.lo) + (e.lo - q * (d.lo + e.lo));
  double y = q + rest / d.hi;
  y = a < 0x1p-28 ? a : y;
  y = assay_body_double(assay_body_bits(y) | (assay_body_bits(x) & UINT64_C(1) << 63));
  return x != x ? (double)NAN : y;
}

/* ---- logarithm ---------------------------------------------------------------------------- */

/* x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2), for finite x > 0 */
struct assay_body_log_parts {
  double k, f;
};

ASSAY_BODY struct assay_body_log_parts assay_body_log_split(double x)
{
  const double v = x < 0x1p-1022 ? x * 0x1p54 : x;
  const double shift = x < 0x1p-1022 ? 54.0 : 0.0;
  const uint64_t one = UINT64_C(1023) << 52, sqrt_half = UINT64_C(0x3fe6a09e667f3bcd);
  const uint64_t biased = (assay_body_bits(v) + (one - sqrt_half)) >> 52;
  const double m = assay_body_double(assay_body_bits(v) - (biased << 52) + one);
  const double k = assay_body_double(biased | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
  return (struct assay_body_log_parts){k - shift, m - 1.0};
}

/* log((1 + s) / (1 - s)) / s - 2 with z = s^2, |s| <= 0.1716; error 2^-56.6 times z, absolute */
ASSAY_BODY double assay_body_log_series(double z)
{
  const double z2 = z * z;
  const double a = 0x1.5555555555558p-1 + z * 0x1.9999999995239p-2;
  const double b = 0x1.2492492e0c875p-2 + z * 0x1.c71c62bf42ed3p-3;
  const double c = 0x1.7462bfebe853cp-3 + z * 0x1.39fce62a7e3fap-3;
  return z * ((a + z2 * b) + z2 * z2 * (c + z2 * 0x1.2b6a94c8da143p-3));
}

/* log x + extra for finite x > 0:
 * log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f), with f^2/2 = square + square_lo
 * (the first factor of the square cut at 26 bits) because it is the largest term after f */
ASSAY_BODY double assay_body_log_sum(double x, double extra)
{
  const struct assay_body_log_parts p = assay_body_log_split(x);
  const double cut = assay_body_upper(p.f), square = 0.5 * cut * cut;
  const double square_lo = 0.5 * (p.f - cut) * (p.f + cut);
  const double s = p.f / (2.0 + p.f);
  const double rest = s * ((square + square_lo) + assay_body_log_series(s * s)) - square_lo;
  const struct assay_dd log_m = assay_body_fast_sum(p.f, -square);
  const struct assay_dd sum = assay_body_fast_sum(p.k * ASSAY_BODY_LN2_HI, log_m.hi);
  const double lo = sum.lo + (log_m.lo + (p.k * ASSAY_BODY_LN2_LO + extra));
  return sum.hi + (lo + rest);
}

/* the values at and beyond the ends of the domain */
ASSAY_BODY double assay_body_log_ends(double x, double y)
{
  y = x == 0.0 ? -(double)INFINITY : y;
  y = x == (double)INFINITY ? x : y;
  return x >= 0.0 ? y : (double)NAN;
}

ASSAY_BODY double assay_body_log(double x)
{
  return assay_body_log_ends(x, assay_body_log_sum(x, 0.0));
}

/* log(1 + x) = log u + c / u, u + c = 1 + x exactly */
ASSAY_BODY double assay_body_log1p(double x)
{
  const struct assay_dd u = assay_body_sum(1.0, x);
  const double c = x < 0x1p54 ? u.lo / u.hi : 0.0;
  double y = assay_body_log_ends(u.hi, assay_body_log_sum(u.hi, c));
  return fabs(x) < 0x1p-54 ? x : y;
}

/* ---- power -------------------------------------------------------------------------------- */

/* (log((1 + s) / (1 - s)) / 2s - 1 - z/3) / z^2 with z = s^2; error 2^-69 of the logarithm */
ASSAY_BODY double assay_body_log_series_far(double z)
{
  const double z2 = z * z;
  const double a = 0x1.999999999999ap-3 + z * 0x1.24924924923p-3;
  const double b = 0x1.c71c71c74bbddp-4 + z * 0x1.745d173d9558p-4;
  const double c = 0x1.3b13a97ece9a4p-4 + z * 0x1.111561d10ca08p-4;
  const double d = 0x1.e015e35260364p-5 + z * 0x1.dacaf3d4b9093p-5;
  return (a + z2 * b) + z2 * z2 * (c + z2 * d);
}

/* log x in two parts to about 2^-65, finite x > 0: 2 s (1 + s^2/3 + ...), s = f / (2 + f) */
ASSAY_BODY struct assay_dd assay_body_log_dd(double x)
{
  const struct assay_body_log_parts p = assay_body_log_split(x);
  const struct assay_dd d = assay_body_fast_sum(2.0, p.f);
  const double s = p.f / d.hi;
  const struct assay_dd back = assay_body_product(s, d.hi);
  const double s_lo = (((p.f - back.hi) - back.lo) - s * d.lo) / d.hi;

  struct assay_dd z = assay_body_product(s, s);
  z.lo += 2.0 * s * s_lo;
  struct assay_dd c = assay_body_product(z.hi, 0x1.5555555555555p-2);
  c.lo += z.hi * 0x1.5555555555555p-56 + z.lo * 0x1.5555555555555p-2;
  const double far = z.hi * z.hi * assay_body_log_series_far(z.hi);
  const struct assay_dd bracket = assay_body_fast_sum(c.hi, far);
  const double bracket_lo = bracket.lo + c.lo;

  const struct assay_dd term = assay_body_product(2.0 * s, bracket.hi);
  const double term_lo = term.lo + (2.0 * s * bracket_lo + 2.0 * s_lo * bracket.hi);
  const struct assay_dd log_m = assay_body_fast_sum(2.0 * s, term.hi);
  const struct assay_dd sum = assay_body_sum(p.k * ASSAY_BODY_LN2_HI, log_m.hi);
  const double lo = sum.lo + ((log_m.lo + term_lo) + (2.0 * s_lo + p.k * ASSAY_BODY_LN2_LO));
  return assay_body_fast_sum(sum.hi, lo);
}

/* a >= 0 rounded to a whole number */
ASSAY_BODY double assay_body_rint(double a)
{
  return a < 0x1p52 ? (a + 0x1p52) - 0x1p52 : a;
}

/* x^y from r = |x|^y: zero, infinite and negative x, NaN, and the powers that are 1 */
ASSAY_BODY double assay_body_pow_ends(double x, double y, double r)
{
  const double a = fabs(x);
  r = a == 0.0 ? (y < 0.0 ? (double)INFINITY : 0.0) : r;
  r = a == (double)INFINITY ? (y < 0.0 ? 0.0 : (double)INFINITY) : r;

  /* odd y pass the sign of x on; a negative x needs a whole y */
  const uint64_t sign_bit = UINT64_C(1) << 63;
  const double sign_x = assay_body_double((assay_body_bits(x) & sign_bit) | assay_body_bits(1.0));
  const double b = fabs(y), half = 0.5 * b;
  const double sign_if_whole = assay_body_rint(half) != half ? sign_x : 1.0;
  r *= assay_body_rint(b) == b ? sign_if_whole : 1.0;
  const double undefined = assay_body_rint(b) != b ? (double)NAN : r;
  const double finite = a < (double)INFINITY ? undefined : r;
  r = x < 0.0 ? finite : r;
  r = x != x ? x : r;
  r = y != y ? y : r;
  r = r != r ? (double)NAN : r;
  r = x == 1.0 ? x : r;
  return y == 0.0 ? 1.0 : r;
}

ASSAY_BODY double assay_body_pow(double x, double y)
{
  const double a = fabs(x);
  /* |log| is 0 or above 2^-54: beyond 2^70 every exponent gives 0, 1 or infinity */
  double t = y > 0x1p70 ? 0x1p70 : y;
  t = t < -0x1p70 ? -0x1p70 : t;
  const struct assay_dd log_a = assay_body_log_dd(a);
  const struct assay_dd e = assay_body_product(t, log_a.hi);
  double lo = e.lo + t * log_a.lo;
  lo = fabs(e.hi) < 800.0 ? lo : 0.0;
  return assay_body_pow_ends(x, y, assay_body_exp_sum(e.hi, lo));
}

/* ---- circular functions ------------------------------------------------------------------- */

/* x = q pi/2 + r.hi + r.lo, |r| <= pi/4 (1 + 2^-30); only the two low bits of q count */
struct assay_body_trig_parts {
  uint64_t q;
  struct assay_dd r;
};

/* Cody and Waite with pi/2 in parts of 33, 33, 33 and 53 bits: the first three products are exact
 * for |x| <= ASSAY_BODY_TRIG_MAX, where no double is nearer than 2^-63 to a multiple of pi/2 */
ASSAY_BODY struct assay_body_trig_parts assay_body_trig_split(double x)
{
  const double rounded = x * 0x1.45f306dc9c883p-1 + ASSAY_BODY_ROUND;
  const double q = rounded - ASSAY_BODY_ROUND;
  const double r0 = x - q * 0x1.921fb544p0;
  const struct assay_dd r1 = assay_body_sum(r0, -q * 0x1.0b4611a6p-34);
  const struct assay_dd r2 = assay_body_sum(r1.hi, -q * 0x1.3198a2ep-69);
  const double lo = (r1.lo + r2.lo) - q * 0x1.b839a252049c1p-104;
  return (struct assay_body_trig_parts){assay_body_bits(rounded), assay_body_sum(r2.hi, lo)};
}

/* sin r, |r| <= pi/4: r + r^3 S(r^2), S to a relative error of 2^-61 */
ASSAY_BODY double assay_body_sin_near(struct assay_dd r)
{
  const double z = r.hi * r.hi, z2 = z * z;
  const double a = -0x1.5555555555555p-3 + z * 0x1.111111111101ep-7;
  const double b = -0x1.a01a019fe8854p-13 + z * 0x1.71de3a103466ep-19;
  const double c = -0x1.ae63f7f951a81p-26 + z * 0x1.60e5c6940f0fp-33;
  const double s = (a + z2 * b) + z2 * z2 * (c - z2 * 0x1.8d4e36eed46ffp-41);
  return r.hi + (r.hi * z * s + r.lo * (1.0 - 0.5 * z));
}

/* cos r, |r| <= pi/4: 1 - r^2/2 + r^4 C(r^2), C to 2^-61 */
ASSAY_BODY double assay_body_cos_near(struct assay_dd r)
{
  const double z = r.hi * r.hi, z2 = z * z;
  const double a = 0x1.5555555555555p-5 + z * -0x1.6c16c16c168ccp-10;
  const double b = 0x1.a01a019f38b3fp-16 + z * -0x1.27e4fa03768adp-22;
  const double c = 0x1.1eeb585cf9f6cp-29 + z * -0x1.9073de8a3754ap-37;
  const struct assay_dd w = assay_body_fast_sum(1.0, -0.5 * z);
  return w.hi + (w.lo + (z2 * ((a + z2 * b) + z2 * z2 * c) - r.hi * r.lo));
}

/* sin(r + q pi/2) */
ASSAY_BODY double assay_body_trig_join(uint64_t q, double sin_r, double cos_r)
{
  const uint64_t swap = -(q & 1), sign = (q & 2) << 62;
  return assay_body_double(((assay_body_bits(cos_r) & swap) | (assay_body_bits(sin_r) & ~swap)) ^
                           sign);
}

/* |x| <= ASSAY_BODY_TRIG_MAX or NaN */
ASSAY_BODY double assay_body_sin(double x)
{
  const struct assay_body_trig_parts p = assay_body_trig_split(x);
  double y = assay_body_trig_join(p.q, assay_body_sin_near(p.r), assay_body_cos_near(p.r));
  y = fabs(x) < 0x1p-27 ? x : y;
  return x != x ? (double)NAN : y;
}

ASSAY_BODY double assay_body_cos(double x)
{
  const struct assay_body_trig_parts p = assay_body_trig_split(x);
  double y = assay_body_trig_join(p.q + 1, assay_body_sin_near(p.r), assay_body_cos_near(p.r));
  return x != x ? (double)NAN : y;
}

#endif
