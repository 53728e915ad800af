#include "harness/score_columns.h"

#include <math.h>

#include "core/num/vmath.h"

double assay_score_scale(const double *x, long n)
{
  double sum = 0;
  long count = 0;
  for (long i = 0; i < n; i++)
    if (x[i] != 0 && isfinite(x[i])) sum += assay_math_log(fabs(x[i])), count++;
  return count > 0 ? assay_math_exp(sum / (double)count) : 1;
}

bool assay_score_positive(const double *x, long n)
{
  for (long i = 0; i < n; i++)
    if (!(x[i] >= 0)) return false;
  return true;
}
