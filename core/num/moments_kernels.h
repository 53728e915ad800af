/* Kernels of core/num/moments.h. Internal to core/num. */
#ifndef ASSAY_CORE_NUM_MOMENTS_KERNELS_H
#define ASSAY_CORE_NUM_MOMENTS_KERNELS_H
#include "core/num/isa.h"
#include "core/num/moments.h"

struct assay_moments_kernels {
  double (*dot)(const double *x, const double *y, ptrdiff_t n);
  struct assay_moments_line (*line)(const double *f, const double *w, const double *z, ptrdiff_t n);
};

ASSAY_ISA_DECLARE(struct assay_moments_kernels, assay_moments_kernels)

#endif
