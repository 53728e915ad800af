/* Bodies of the elementary functions of fmath.h in single precision. exp, log, sin and cos work in
 * float throughout, in the manner of fmath_body.h (fits by Sollya's fpminimax, relative errors
 * given); the others are those of double precision, rounded, so that their errors are little more
 * than half a unit. */
#ifndef ASSAY_CORE_NUM_FMATHF_BODY_H
#define ASSAY_CORE_NUM_FMATHF_BODY_H
#include "core/num/fmath_body.h"

#define ASSAY_FBODYF_EXP_MAX 87.0f
#define ASSAY_FBODYF_TRIG_MAX 0x1p13f
#define ASSAY_FBODYF_LOG_MIN 0x1p-126f
#define ASSAY_FBODYF_LOG_MAX 0x1.fffffep127f

/* Adding it rounds to an integer, which then also stands in the low bits (|x| < 2^22). */
#define ASSAY_BODYF_ROUND 0x1.8p23f

ASSAY_BODY uint32_t assay_bodyf_bits(float x)
{
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

ASSAY_BODY float assay_bodyf_float(uint32_t u)
{
  float x;
  memcpy(&x, &u, sizeof x);
  return x;
}

ASSAY_BODY float assay_fbodyf_fma(float a, float b, float c)
{
  return __builtin_fmaf(a, b, c);
}

/* x = k ln 2 + r, e^r = 1 + r + r^2 Q(r) to 2^-28.2; rounded: ROUND + k */
ASSAY_BODY float assay_fbodyf_exp_near(float *rounded, float x)
{
  *rounded = assay_fbodyf_fma(x, 0x1.715476p0f, ASSAY_BODYF_ROUND);
  const float k = *rounded - ASSAY_BODYF_ROUND;
  const float r1 = assay_fbodyf_fma(-k, 0x1.62e43p-1f, x);
  const float r = assay_fbodyf_fma(-k, -0x1.05c61p-29f, r1), z = r * r;
  const float a = assay_fbodyf_fma(r, 0x1.555492p-3f, 0x1.fffffap-2f);
  const float b = assay_fbodyf_fma(r, 0x1.123988p-7f, 0x1.555a26p-5f);
  const float q = assay_fbodyf_fma(z, assay_fbodyf_fma(z, 0x1.694cd2p-10f, b), a);
  return 1.0f + assay_fbodyf_fma(z, q, r);
}

ASSAY_BODY float assay_fbodyf_exp(float x)
{
  float rounded;
  const float y = assay_fbodyf_exp_near(&rounded, x);
  return assay_bodyf_float(assay_bodyf_bits(y) + (assay_bodyf_bits(rounded) << 23));
}

/* 2^j from ROUND + j, -126 <= j <= 127 */
ASSAY_BODY float assay_bodyf_pow2(float rounded)
{
  return assay_bodyf_float((assay_bodyf_bits(rounded) + 127) << 23);
}

ASSAY_BODY float assay_fbodyf_exp_any(float x)
{
  float rounded;
  const float low = x < -105.0f ? -105.0f : x;
  const float y = assay_fbodyf_exp_near(&rounded, low > 89.0f ? 89.0f : low);
  const float k = rounded - ASSAY_BODYF_ROUND, half = 0.5f * k + ASSAY_BODYF_ROUND;
  const float rest = k - (half - ASSAY_BODYF_ROUND) + ASSAY_BODYF_ROUND;
  const float scaled = y * assay_bodyf_pow2(half) * assay_bodyf_pow2(rest);
  return x != x ? NAN : scaled;
}

/* x 2^-shift = 2^k (1 + f), log(1 + f) = f - f^2/2 + f^3 P(f) to 2^-26.7 */
ASSAY_BODY float assay_fbodyf_log_shifted(float x, float shift)
{
  const uint32_t one = UINT32_C(127) << 23, sqrt_half = UINT32_C(0x3f3504f3);
  const uint32_t biased = (assay_bodyf_bits(x) + (one - sqrt_half)) >> 23;
  const float f = assay_bodyf_float(assay_bodyf_bits(x) - (biased << 23) + one) - 1.0f;
  const float k = assay_bodyf_float(biased | UINT32_C(0x4b000000)) - (0x1p23f + 127.0f) - shift;
  const float z = f * f, z2 = z * z;
  const float a = assay_fbodyf_fma(f, -0x1.000216p-2f, 0x1.55552ep-2f);
  const float b = assay_fbodyf_fma(f, -0x1.548186p-3f, 0x1.99b034p-3f);
  const float c = assay_fbodyf_fma(f, -0x1.0c0eb4p-3f, 0x1.21cd2cp-3f);
  const float d = assay_fbodyf_fma(f, -0x1.4c628cp-4f, 0x1.0ae6ep-3f);
  const float ab = assay_fbodyf_fma(z, b, a), cd = assay_fbodyf_fma(z, d, c);
  const float p = assay_fbodyf_fma(z2, cd, ab);
  const float low = assay_fbodyf_fma(k, -0x1.05c61p-29f, z * assay_fbodyf_fma(f, p, -0.5f));
  const float hi = assay_fbodyf_fma(k, 0x1.62e43p-1f, f);
  const float lost = assay_fbodyf_fma(k, 0x1.62e43p-1f, f - hi); /* of hi: k ln 2 leads */
  return hi + (low + (k == 0.0f ? 0.0f : lost));
}

ASSAY_BODY float assay_fbodyf_log(float x)
{
  return assay_fbodyf_log_shifted(x, 0.0f);
}

ASSAY_BODY float assay_fbodyf_log_any(float x)
{
  const int tiny = x < ASSAY_FBODYF_LOG_MIN;
  float y = assay_fbodyf_log_shifted(tiny ? x * 0x1p24f : x, tiny ? 24.0f : 0.0f);
  y = x == 0.0f ? -INFINITY : y;
  y = x == INFINITY ? x : y;
  return x >= 0.0f ? y : NAN;
}

/* bits of sin r, |r| <= pi/2: r + r^3 S(r^2), S to 2^-27.3; one unit above 1 is taken back */
ASSAY_BODY uint32_t assay_fbodyf_sin_near(float r)
{
  const float z = r * r;
  const float a = assay_fbodyf_fma(z, 0x1.110edap-7f, -0x1.55554cp-3f);
  const float b = assay_fbodyf_fma(z, 0x1.5dc904p-19f, -0x1.9f70fp-13f);
  const float y = assay_fbodyf_fma(r * z, assay_fbodyf_fma(z * z, b, a), r);
  const uint32_t above_one = (UINT32_C(127) << 23) + 1;
  const uint32_t inside = (assay_bodyf_bits(fabsf(y)) - above_one) >> 31;
  return assay_bodyf_bits(y) + (inside - 1);
}

ASSAY_BODY float assay_fbodyf_reduce(float x, float n, float c1, float c2, float c3)
{
  return assay_fbodyf_fma(-n, c3, assay_fbodyf_fma(-n, c2, assay_fbodyf_fma(-n, c1, x)));
}

ASSAY_BODY float assay_fbodyf_sin(float x)
{
  const float a = fabsf(x);
  const float rounded = assay_fbodyf_fma(a, 0x1.45f306p-2f, ASSAY_BODYF_ROUND);
  const float r = assay_fbodyf_reduce(a, rounded - ASSAY_BODYF_ROUND, 0x1.921fb6p1f,
                                      -0x1.777a5cp-24f, -0x1.ee59dap-49f);
  const uint32_t sign = assay_bodyf_bits(x) & UINT32_C(1) << 31;
  const uint32_t odd = assay_bodyf_bits(rounded) << 31;
  return assay_bodyf_float(assay_fbodyf_sin_near(r) ^ (sign ^ odd));
}

ASSAY_BODY float assay_fbodyf_cos(float x)
{
  const float a = fabsf(x);
  const float rounded = assay_fbodyf_fma(a, 0x1.45f306p-2f, -0.5f) + ASSAY_BODYF_ROUND;
  const float j = rounded - ASSAY_BODYF_ROUND;
  const float r =
      assay_fbodyf_reduce(a, j + j + 1.0f, 0x1.921fb6p0f, -0x1.777a5cp-25f, -0x1.ee59dap-50f);
  const uint32_t even = ~assay_bodyf_bits(rounded) << 31;
  return assay_bodyf_float(assay_fbodyf_sin_near(r) ^ even);
}

#define ASSAY_FBODYF_ROUNDED(name)               \
  ASSAY_BODY float assay_fbodyf_##name(float x)  \
  {                                              \
    return (float)assay_fbody_##name((double)x); \
  }

ASSAY_FBODYF_ROUNDED(tan)
ASSAY_FBODYF_ROUNDED(cot)
ASSAY_FBODYF_ROUNDED(asin)
ASSAY_FBODYF_ROUNDED(acos)
ASSAY_FBODYF_ROUNDED(atan)
ASSAY_FBODYF_ROUNDED(sinh)
ASSAY_FBODYF_ROUNDED(cosh)
ASSAY_FBODYF_ROUNDED(tanh)

/* as in double: right where x is normal and |*e| is at most ASSAY_FBODYF_POW_MAX */
#define ASSAY_FBODYF_POW_MAX 700.0f
ASSAY_BODY float assay_fbodyf_pow(float *e, float x, float y)
{
  double exponent;
  const float r = (float)assay_fbody_pow(&exponent, (double)x, (double)y);
  *e = (float)exponent;
  return r;
}

ASSAY_BODY float assay_fbodyf_pow_any(float x, float y)
{
  return (float)assay_fbody_pow_any((double)x, (double)y);
}

#endif
