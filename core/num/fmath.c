/* Any argument: the bodies where they are right, and the rest by other ways. */
#include "core/num/fmath.h"

#include "core/num/fmath_body.h"
#include "core/num/vmath.h"

double assay_fmath_exp(double x)
{
  return assay_fbody_exp_any(x);
}

double assay_fmath_log(double x)
{
  return assay_fbody_log_any(x);
}

double assay_fmath_pow(double x, double y)
{
  return assay_fbody_pow_any(x, y);
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
