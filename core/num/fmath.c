/* Any argument: the bodies where they are right, and the rest by other ways. */
#include "core/num/fmath.h"

#include "core/num/fmath_body.h"
#include "core/num/vmath.h"

/* 2^k in two factors, because the result may be subnormal or infinite */
double assay_fmath_exp(double x)
{
  double rounded;
  if (fabs(x) <= ASSAY_FBODY_EXP_MAX) return assay_fbody_exp(x);
  if (x != x) return (double)NAN;
  const double y = assay_fbody_exp_near(&rounded, x > 710.0 ? 710.0 : x < -746.0 ? -746.0 : x);
  const double k = rounded - ASSAY_BODY_ROUND;
  const double half = 0.5 * k + ASSAY_BODY_ROUND;
  const double rest = k - (half - ASSAY_BODY_ROUND) + ASSAY_BODY_ROUND;
  return y * assay_body_pow2(half) * assay_body_pow2(rest);
}

double assay_fmath_log(double x)
{
  if (x >= ASSAY_FBODY_LOG_MIN && x <= ASSAY_FBODY_LOG_MAX) return assay_fbody_log(x);
  return assay_math_log(x);
}

double assay_fmath_pow(double x, double y)
{
  return assay_fbody_pow(x, y);
}

double assay_fmath_sin(double x)
{
  return fabs(x) <= ASSAY_FBODY_TRIG_MAX ? assay_fbody_sin(x) : assay_math_sin(x);
}

double assay_fmath_cos(double x)
{
  return fabs(x) <= ASSAY_FBODY_TRIG_MAX ? assay_fbody_cos(x) : assay_math_cos(x);
}

double assay_fmath_tan(double x)
{
  if (fabs(x) <= ASSAY_FBODY_TRIG_MAX) return assay_fbody_tan(x);
  const double y = assay_math_sin(x) / assay_math_cos(x);
  return y != y ? (double)NAN : y;
}

double assay_fmath_cot(double x)
{
  if (fabs(x) <= ASSAY_FBODY_TRIG_MAX) return assay_fbody_cot(x);
  const double y = assay_math_cos(x) / assay_math_sin(x);
  return y != y ? (double)NAN : y;
}

double assay_fmath_asin(double x)
{
  return assay_fbody_asin(x);
}

double assay_fmath_acos(double x)
{
  return assay_fbody_acos(x);
}

double assay_fmath_atan(double x)
{
  return assay_fbody_atan(x);
}

/* e^|x| / 2 by two factors, beyond which nothing else counts */
static double half_exp(double x)
{
  const double e = assay_fmath_exp(0.5 * fabs(x));
  return x != x ? (double)NAN : 0.5 * e * e;
}

double assay_fmath_sinh(double x)
{
  if (fabs(x) <= ASSAY_FBODY_EXP_MAX) return assay_fbody_sinh(x);
  return x < 0.0 ? -half_exp(x) : half_exp(x);
}

double assay_fmath_cosh(double x)
{
  return fabs(x) <= ASSAY_FBODY_EXP_MAX ? assay_fbody_cosh(x) : half_exp(x);
}

double assay_fmath_tanh(double x)
{
  return assay_fbody_tanh(x);
}
