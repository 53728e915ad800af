#include "core/num/moments_kernels.h"

enum { LANES = 32 };

static double join(double lane[LANES])
{
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int k = 0; k < width; k++) lane[k] += lane[k + width];
  return lane[0];
}

static double dot(const double *x, const double *y, ptrdiff_t n)
{
  double lane[LANES] = {0};
  const ptrdiff_t whole = n - n % LANES;
  for (ptrdiff_t i = 0; i < whole; i += LANES)
    for (int k = 0; k < LANES; k++) lane[k] += x[i + k] * y[i + k];
  for (ptrdiff_t i = whole; i < n; i++) lane[i - whole] += x[i] * y[i];
  return join(lane);
}

static struct assay_moments_line line(const double *f, const double *w, const double *z,
                                      ptrdiff_t n)
{
  double s_d[LANES] = {0}, s_dd[LANES] = {0}, s_dz[LANES] = {0};
  const ptrdiff_t whole = n - n % LANES;
  const double f0 = f[0];
  for (ptrdiff_t i = 0; i < whole; i += LANES)
    for (int k = 0; k < LANES; k++) {
      const double d = f[i + k] - f0, wd = w[i + k] * d;
      s_d[k] += wd;
      s_dd[k] += wd * d;
      s_dz[k] += z[i + k] * d;
    }
  for (ptrdiff_t i = whole; i < n; i++) {
    const double d = f[i] - f0, wd = w[i] * d;
    s_d[i - whole] += wd;
    s_dd[i - whole] += wd * d;
    s_dz[i - whole] += z[i] * d;
  }
  return (struct assay_moments_line){join(s_d), join(s_dd), join(s_dz)};
}

const struct assay_moments_kernels ASSAY_ISA_NAME(assay_moments_kernels) = {
    .dot = dot,
    .line = line,
};
