/* Bodies of the elementary functions of fmath.h in double precision, for loops that vectorise.
 *
 * Numerics. As in vmath_body.h every function reduces its argument and evaluates one polynomial
 * (our own minimax fits by Sollya's fpminimax, relative errors given); but here exp, log, sin and
 * cos use fused multiply-adds, carry no second part of the remainder, and leave arguments beyond a
 * limit to the careful versions in fmath.c. A fused multiply-add is exactly defined, so the bits
 * are the same everywhere; without hardware for it (set `base` of x86) it is a slow call.
 *
 * sin and cos reduce by multiples of pi, not pi/2: one polynomial instead of two. */
#ifndef ASSAY_CORE_NUM_FMATH_BODY_H
#define ASSAY_CORE_NUM_FMATH_BODY_H
#include "core/num/vmath_body.h"

/* Largest |x| for which the bodies of exp, sinh and cosh, and of the circular functions are right;
 * NaN is not. assay_fbody_log wants ASSAY_FBODY_LOG_MIN <= x <= ASSAY_FBODY_LOG_MAX. The bodies
 * called _any take every argument and give the same bits where the others are right. */
#define ASSAY_FBODY_EXP_MAX 708.0
#define ASSAY_FBODY_TRIG_MAX 0x1p20
#define ASSAY_FBODY_LOG_MIN 0x1p-1022
#define ASSAY_FBODY_LOG_MAX 0x1.fffffffffffffp1023

ASSAY_BODY double assay_fbody_fma(double a, double b, double c)
{
  return __builtin_fma(a, b, c);
}

/* ---- exponential -------------------------------------------------------------------------- */

/* e^r = 1 + r + r^2 Q(r) to 2^-57.9 on |r| <= ln(2)/2 */
ASSAY_BODY double assay_fbody_exp_rest(double r)
{
  const double z = r * r, z2 = z * z;
  const double a = assay_fbody_fma(r, 0x1.55555555554fep-3, 0x1.000000000000ap-1);
  const double b = assay_fbody_fma(r, 0x1.1111111126b2ep-7, 0x1.55555555506acp-5);
  const double c = assay_fbody_fma(r, 0x1.a01a012ffa329p-13, 0x1.6c16c1847c94ap-10);
  const double d = assay_fbody_fma(r, 0x1.71df18b9a0df3p-19, 0x1.a019994c13178p-16);
  const double e = assay_fbody_fma(r, 0x1.ad93720b9f81fp-26, 0x1.28ae10fc979b5p-22);
  const double ab = assay_fbody_fma(z, b, a), cd = assay_fbody_fma(z, d, c);
  const double q = assay_fbody_fma(z2, assay_fbody_fma(z2, e, cd), ab);
  return 1.0 + assay_fbody_fma(z, q, r);
}

/* x = k ln 2 + r; rounded: ROUND + k */
ASSAY_BODY double assay_fbody_exp_split(double *rounded, double x)
{
  *rounded = assay_fbody_fma(x, 0x1.71547652b82fep0, ASSAY_BODY_ROUND);
  const double k = *rounded - ASSAY_BODY_ROUND;
  const double r1 = assay_fbody_fma(-k, 0x1.62e42fefa39efp-1, x);
  return assay_fbody_fma(-k, 0x1.abc9e3b39803fp-56, r1);
}

ASSAY_BODY double assay_fbody_exp(double x)
{
  double rounded;
  const double y = assay_fbody_exp_rest(assay_fbody_exp_split(&rounded, x));
  return assay_body_double(assay_body_bits(y) + (assay_body_bits(rounded) << 52));
}

/* e^(x + lo) without care for NaN; 2^k in two factors, because the result may be no normal number
 */
ASSAY_BODY double assay_fbody_exp_sum(double x, double lo)
{
  double rounded;
  const double low = x < -746.0 ? -746.0 : x;
  const double r = assay_fbody_exp_split(&rounded, low > 710.0 ? 710.0 : low) + lo;
  const double k = rounded - ASSAY_BODY_ROUND, half = 0.5 * k + ASSAY_BODY_ROUND;
  const double rest = k - (half - ASSAY_BODY_ROUND) + ASSAY_BODY_ROUND;
  return assay_fbody_exp_rest(r) * assay_body_pow2(half) * assay_body_pow2(rest);
}

ASSAY_BODY double assay_fbody_exp_any(double x)
{
  const double y = assay_fbody_exp_sum(x, 0.0);
  return x != x ? (double)NAN : y;
}

/* sinh a = h + h / (1 + 2h), h = (e^a - 1)/2 */
ASSAY_BODY double assay_fbody_sinh(double x)
{
  const double a = fabs(x);
  const double h = assay_body_half_expm1(a).hi;
  const double y = h + h / (1.0 + 2.0 * h);
  const uint64_t sign = assay_body_bits(x) & UINT64_C(1) << 63;
  return assay_body_double(assay_body_bits(a < 0x1p-28 ? a : y) | sign);
}

ASSAY_BODY double assay_fbody_cosh(double x)
{
  const double e = assay_fbody_exp(fabs(x));
  return 0.5 * e + 0.5 / e;
}

ASSAY_BODY double assay_fbody_tanh(double x)
{
  return assay_body_tanh(x);
}

/* ---- logarithm and power ------------------------------------------------------------------ */

/* x = 2^k (1 + f) for normal x */
ASSAY_BODY struct assay_body_log_parts assay_fbody_log_split(double x)
{
  const uint64_t one = UINT64_C(1023) << 52, sqrt_half = UINT64_C(0x3fe6a09e667f3bcd);
  const uint64_t biased = (assay_body_bits(x) + (one - sqrt_half)) >> 52;
  const double f = assay_body_double(assay_body_bits(x) - (biased << 52) + one) - 1.0;
  const double k = assay_body_double(biased | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
  return (struct assay_body_log_parts){k, f};
}

/* log(x 2^-shift): log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f); R to 2^-59 */
ASSAY_BODY double assay_fbody_log_shifted(double x, double shift)
{
  const struct assay_body_log_parts p = assay_fbody_log_split(x);
  const double f = p.f, k = p.k - shift;
  const double s = f / (2.0 + f), z = s * s, z2 = z * z;
  const double a = assay_fbody_fma(z, 0x1.999999997f97ap-2, 0x1.5555555555593p-1);
  const double b = assay_fbody_fma(z, 0x1.c71c51cb95d0dp-3, 0x1.2492494235d52p-2);
  const double c = assay_fbody_fma(z, 0x1.39a03df7e7641p-3, 0x1.74664cab78f43p-3);
  const double bc = assay_fbody_fma(z2, assay_fbody_fma(z2, 0x1.2f15508ed051ap-3, c), b);
  const double series = z * assay_fbody_fma(z2, bc, a);
  const double square = 0.5 * f * f;
  const double low = assay_fbody_fma(s, square + series, k * 0x1.abc9e3b39803fp-56);
  return assay_fbody_fma(k, 0x1.62e42fefa39efp-1, f - (square - low));
}

ASSAY_BODY double assay_fbody_log(double x)
{
  return assay_fbody_log_shifted(x, 0.0);
}

ASSAY_BODY double assay_fbody_log_any(double x)
{
  const int tiny = x < ASSAY_FBODY_LOG_MIN;
  return assay_body_log_ends(x, assay_fbody_log_shifted(tiny ? x * 0x1p54 : x, tiny ? 54.0 : 0.0));
}

/* a b as an unevaluated sum */
ASSAY_BODY struct assay_dd assay_fbody_product(double a, double b)
{
  const double p = a * b;
  return (struct assay_dd){p, assay_fbody_fma(a, b, -p)};
}

/* (log((1 + s) / (1 - s)) / 2s - 1 - z/3) / z^2, the series of vmath_body.h */
ASSAY_BODY double assay_fbody_log_series_far(double z)
{
  const double z2 = z * z;
  const double a = assay_fbody_fma(z, 0x1.24924924923p-3, 0x1.999999999999ap-3);
  const double b = assay_fbody_fma(z, 0x1.745d173d9558p-4, 0x1.c71c71c74bbddp-4);
  const double c = assay_fbody_fma(z, 0x1.111561d10ca08p-4, 0x1.3b13a97ece9a4p-4);
  const double d = assay_fbody_fma(z, 0x1.dacaf3d4b9093p-5, 0x1.e015e35260364p-5);
  const double cd = assay_fbody_fma(z2, d, c);
  return assay_fbody_fma(z2, assay_fbody_fma(z2, cd, b), a);
}

/* log(2^k (1 + f)) in two parts to about 2^-65: 2 s (1 + s^2/3 + ...), s = f / (2 + f) */
ASSAY_BODY struct assay_dd assay_fbody_log_dd(struct assay_body_log_parts p)
{
  const struct assay_dd d = assay_body_fast_sum(2.0, p.f);
  const double inverse = 1.0 / d.hi, s = p.f * inverse;
  const double s_lo = inverse * assay_fbody_fma(-s, d.lo, assay_fbody_fma(-s, d.hi, p.f));

  struct assay_dd z = assay_fbody_product(s, s);
  z.lo = assay_fbody_fma(s + s, s_lo, z.lo);
  struct assay_dd third = assay_fbody_product(z.hi, 0x1.5555555555555p-2);
  third.lo += assay_fbody_fma(z.hi, 0x1.5555555555555p-56, z.lo * 0x1.5555555555555p-2);
  const double far = z.hi * z.hi * assay_fbody_log_series_far(z.hi);
  const struct assay_dd bracket = assay_body_fast_sum(third.hi, far);
  const double bracket_lo = bracket.lo + third.lo;

  const struct assay_dd term = assay_fbody_product(s + s, bracket.hi);
  const double term_lo = term.lo + assay_fbody_fma(s + s, bracket_lo, (s_lo + s_lo) * bracket.hi);
  const struct assay_dd log_m = assay_body_fast_sum(s + s, term.hi);
  const struct assay_dd sum = assay_body_sum(p.k * ASSAY_BODY_LN2_HI, log_m.hi);
  const double rest = assay_fbody_fma(p.k, ASSAY_BODY_LN2_LO, s_lo + s_lo);
  return assay_body_fast_sum(sum.hi, sum.lo + ((log_m.lo + term_lo) + rest));
}

/* x^y where x is in the domain of assay_fbody_log and |*e| <= ASSAY_FBODY_POW_MAX, e = y log x */
#define ASSAY_FBODY_POW_MAX 700.0
ASSAY_BODY double assay_fbody_pow(double *e, double x, double y)
{
  double rounded;
  const struct assay_dd log_x = assay_fbody_log_dd(assay_fbody_log_split(x));
  const struct assay_dd p = assay_fbody_product(y, log_x.hi);
  const double r = assay_fbody_exp_split(&rounded, p.hi) + assay_fbody_fma(y, log_x.lo, p.lo);
  *e = p.hi;
  return assay_body_double(assay_body_bits(assay_fbody_exp_rest(r)) +
                           (assay_body_bits(rounded) << 52));
}

ASSAY_BODY double assay_fbody_pow_any(double x, double y)
{
  /* |log| is 0 or above 2^-54: beyond 2^70 every exponent gives 0, 1 or infinity */
  double t = y > 0x1p70 ? 0x1p70 : y;
  t = t < -0x1p70 ? -0x1p70 : t;
  const struct assay_dd log_a = assay_fbody_log_dd(assay_body_log_split(fabs(x)));
  const struct assay_dd e = assay_fbody_product(t, log_a.hi);
  const double lo = fabs(e.hi) < 800.0 ? assay_fbody_fma(t, log_a.lo, e.lo) : 0.0;
  return assay_body_pow_ends(x, y, assay_fbody_exp_sum(e.hi, lo));
}

/* ---- circular functions ------------------------------------------------------------------- */

/* bits of sin r, |r| <= pi/2: r + r^3 S(r^2), S to a relative error of 2^-61. Near 1 the sum may
 * come out one unit above it, which is taken back (in integers: a choice costs more). */
ASSAY_BODY uint64_t assay_fbody_sin_near(double r)
{
  const double z = r * r, z2 = z * z;
  const double a = assay_fbody_fma(z, 0x1.11111111110c9p-7, -0x1.5555555555555p-3);
  const double b = assay_fbody_fma(z, 0x1.71de3a52aaaa3p-19, -0x1.a01a01a014eb5p-13);
  const double c = assay_fbody_fma(z, 0x1.6123ce4d97a2fp-33, -0x1.ae6454d955e07p-26);
  const double d = assay_fbody_fma(z, 0x1.883bf70329b0ap-49, -0x1.ae43db6f91342p-41);
  const double cd = assay_fbody_fma(z2, d, c);
  const double s = assay_fbody_fma(z2, assay_fbody_fma(z2, cd, b), a);
  const double y = assay_fbody_fma(r * z, s, r);
  const uint64_t above_one = (UINT64_C(1023) << 52) + 1;
  const uint64_t inside = (assay_body_bits(fabs(y)) - above_one) >> 63;
  return assay_body_bits(y) + (inside - 1);
}

/* x - n c with c = c1 + c2 + c3 in full doubles: the first step is exact */
ASSAY_BODY double assay_fbody_reduce(double x, double n, double c1, double c2, double c3)
{
  return assay_fbody_fma(-n, c3, assay_fbody_fma(-n, c2, assay_fbody_fma(-n, c1, x)));
}

/* sin(q pi + r) = (-1)^q sin r */
ASSAY_BODY double assay_fbody_sin(double x)
{
  const double a = fabs(x);
  const double rounded = assay_fbody_fma(a, 0x1.45f306dc9c883p-2, ASSAY_BODY_ROUND);
  const double r = assay_fbody_reduce(a, rounded - ASSAY_BODY_ROUND, 0x1.921fb54442d18p1,
                                      0x1.1a62633145c07p-53, -0x1.f1976b7ed8fbcp-109);
  const uint64_t sign = assay_body_bits(x) & UINT64_C(1) << 63;
  const uint64_t odd = assay_body_bits(rounded) << 63;
  return assay_body_double(assay_fbody_sin_near(r) ^ (sign ^ odd));
}

/* cos((j + 1/2) pi + r) = (-1)^(j+1) sin r */
ASSAY_BODY double assay_fbody_cos(double x)
{
  const double a = fabs(x);
  const double rounded = assay_fbody_fma(a, 0x1.45f306dc9c883p-2, -0.5) + ASSAY_BODY_ROUND;
  const double j = rounded - ASSAY_BODY_ROUND;
  const double r = assay_fbody_reduce(a, j + j + 1.0, 0x1.921fb54442d18p0, 0x1.1a62633145c07p-54,
                                      -0x1.f1976b7ed8fbcp-110);
  const uint64_t even = ~assay_body_bits(rounded) << 63;
  return assay_body_double(assay_fbody_sin_near(r) ^ even);
}

/* over: sin x / cos x, under: its inverse, by the two series of vmath on |r| <= pi/4 */
ASSAY_BODY double assay_fbody_quotient(double x, uint64_t flip)
{
  const struct assay_body_trig_parts p = assay_body_trig_split(x);
  const double s = assay_body_sin_near(p.r), c = assay_body_cos_near(p.r);
  const uint64_t odd = p.q & 1, inverse = -(odd ^ flip), sign = odd << 63;
  const uint64_t sb = assay_body_bits(s), cb = assay_body_bits(c);
  const double over = assay_body_double((cb & inverse) | (sb & ~inverse));
  const double under = assay_body_double((sb & inverse) | (cb & ~inverse));
  return assay_body_double(assay_body_bits(over / under) ^ sign);
}

ASSAY_BODY double assay_fbody_tan(double x)
{
  const double y = assay_fbody_quotient(x, 0);
  return fabs(x) < 0x1p-27 ? x : y;
}

ASSAY_BODY double assay_fbody_cot(double x)
{
  const double y = assay_fbody_quotient(x, 1);
  return fabs(x) < 0x1p-27 ? 1.0 / x : y;
}

/* ---- inverse circular functions ----------------------------------------------------------- */

#define ASSAY_FBODY_PI_2 0x1.921fb54442d18p0
#define ASSAY_FBODY_PI_2_LO 0x1.1a62633145c07p-54

/* (asin(s) - s) / s with z = s^2 <= 1/4; asin to 2^-55.9 */
ASSAY_BODY double assay_fbody_asin_series(double z)
{
  const double z2 = z * z, z4 = z2 * z2;
  const double a = assay_fbody_fma(z, 0x1.333333336e80fp-4, 0x1.555555555539p-3);
  const double b = assay_fbody_fma(z, 0x1.f1c72c38fb295p-6, 0x1.6db6db427a4f9p-5);
  const double c = assay_fbody_fma(z, 0x1.1c6be1a66c286p-6, 0x1.6e89f4401af12p-6);
  const double d = assay_fbody_fma(z, 0x1.8ec2fc9502512p-7, 0x1.c6fdc1ad0a76dp-7);
  const double e = assay_fbody_fma(z, 0x1.3ff4a924fe512p-6, 0x1.abcf5d71aea63p-8);
  const double f = assay_fbody_fma(z, 0x1.056d6c4746a55p-5, -0x1.09d327898dbebp-6);
  const double ab = assay_fbody_fma(z2, b, a), cd = assay_fbody_fma(z2, d, c);
  const double ef = assay_fbody_fma(z2, f, e);
  return z * assay_fbody_fma(z4, assay_fbody_fma(z4, ef, cd), ab);
}

/* asin in two parts for |x| <= 1/2, else asin sqrt((1 - |x|)/2), whose double is pi/2 - asin |x| */
ASSAY_BODY struct assay_dd assay_fbody_asin_parts(double a)
{
  const double half = 0.5 * (1.0 - a), root = sqrt(half > 0.0 ? half : 0.0);
  const double s = a > 0.5 ? root : a, z = a > 0.5 ? half : a * a;
  const double rest = assay_fbody_fma(-root, root, half); /* root^2 + rest = half */
  const double correction = rest / (root > 0.0 ? 2.0 * root : 1.0);
  const double low = a > 0.5 ? correction : 0.0;
  return (struct assay_dd){s, assay_fbody_fma(s, assay_fbody_asin_series(z), low)};
}

/* the bounds of the domain, and NaN for what is outside */
ASSAY_BODY double assay_fbody_asin(double x)
{
  const double a = fabs(x);
  const struct assay_dd p = assay_fbody_asin_parts(a);
  const struct assay_dd w = assay_body_fast_sum(ASSAY_FBODY_PI_2, -2.0 * p.hi);
  const double far = w.hi + (w.lo + (ASSAY_FBODY_PI_2_LO - 2.0 * p.lo));
  const double y = a > 0.5 ? far : p.hi + p.lo;
  const uint64_t sign = assay_body_bits(x) & UINT64_C(1) << 63;
  return a <= 1.0 ? assay_body_double(assay_body_bits(y) | sign) : (double)NAN;
}

/* acos x = pi/2 - asin x; 2 asin(..) for x > 1/2; pi - 2 asin(..) for x < -1/2 */
ASSAY_BODY double assay_fbody_acos(double x)
{
  const double a = fabs(x);
  const struct assay_dd p = assay_fbody_asin_parts(a);
  const double quarters = x < -0.5 ? 2.0 : x > 0.5 ? 0.0 : 1.0; /* of pi/2 */
  const double left = a > 0.5 ? -2.0 : 1.0;
  const double turned = x < 0.0 ? left : -left;
  const struct assay_dd w = assay_body_fast_sum(quarters * ASSAY_FBODY_PI_2, turned * p.hi);
  const double y = w.hi + (w.lo + (quarters * ASSAY_FBODY_PI_2_LO + turned * p.lo));
  return a <= 1.0 ? y : (double)NAN;
}

/* atan t = t + t^3 A(t^2) on |t| <= tan(pi/8), to 2^-59.4 */
ASSAY_BODY double assay_fbody_atan_series(double z)
{
  const double z2 = z * z, z4 = z2 * z2;
  const double a = assay_fbody_fma(z, 0x1.999999999586dp-3, -0x1.555555555553dp-2);
  const double b = assay_fbody_fma(z, 0x1.c71c70e613401p-4, -0x1.24924922ad6edp-3);
  const double c = assay_fbody_fma(z, 0x1.3b11191f75b4cp-4, -0x1.745cf8dcacc2cp-4);
  const double d = assay_fbody_fma(z, 0x1.df0f4dc53386ap-5, -0x1.10ebb86a779eap-4);
  const double e = assay_fbody_fma(z, 0x1.37d5d6ce4ab2ep-5, -0x1.9cd2cc3bcaa6cp-5);
  const double ab = assay_fbody_fma(z2, b, a), cd = assay_fbody_fma(z2, d, c);
  const double ef = assay_fbody_fma(z2, -0x1.256ae1c81b21ep-6, e);
  return z * assay_fbody_fma(z4, assay_fbody_fma(z4, ef, cd), ab);
}

/* atan a = base + atan t: t = a, (a - 1)/(a + 1) or -1/a with base 0, pi/4 or pi/2 */
ASSAY_BODY double assay_fbody_atan(double x)
{
  const double a = fabs(x);
  const int middle = a > 0x1.a827999fcef32p-2, far = a > 0x1.3504f333f9de6p1;
  const double over = far ? -1.0 : middle ? a - 1.0 : a;
  const double under = far ? a : middle ? a + 1.0 : 1.0;
  const double hi = far ? ASSAY_FBODY_PI_2 : middle ? 0.5 * ASSAY_FBODY_PI_2 : 0.0;
  const double lo = far ? ASSAY_FBODY_PI_2_LO : middle ? 0.5 * ASSAY_FBODY_PI_2_LO : 0.0;
  const double t = over / under;
  const double y = hi + (t + assay_fbody_fma(t, assay_fbody_atan_series(t * t), lo));
  const uint64_t sign = assay_body_bits(x) & UINT64_C(1) << 63;
  return x != x ? (double)NAN : assay_body_double(assay_body_bits(y) | sign);
}

#endif
