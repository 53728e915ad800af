#include "core/num/moments.h"

#include "core/num/moments_kernels.h"

static const struct assay_moments_kernels *kernels(void)
{
  return ASSAY_ISA_PICK(assay_moments_kernels, assay_isa());
}

double assay_moments_dot(const double *x, const double *y, ptrdiff_t n)
{
  return kernels()->dot(x, y, n);
}

struct assay_moments_line assay_moments_line(const double *f, const double *w, const double *z,
                                             ptrdiff_t n)
{
  return kernels()->line(f, w, z, n);
}
