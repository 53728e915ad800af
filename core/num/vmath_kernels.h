/* The loops of vmath.h, one table per instruction set (core/num/isa.h). Internal to core/num. */
#ifndef ASSAY_CORE_NUM_VMATH_KERNELS_H
#define ASSAY_CORE_NUM_VMATH_KERNELS_H
#include <stddef.h>

#include "core/num/isa.h"

/* Arrays are [n]; out may be x or y. sin, cos and sincos are right while `trig_beyond` is 0: no
 * |x| above ASSAY_BODY_TRIG_MAX and no NaN. */
struct assay_vmath_kernels {
  void (*exp)(double *out, const double *x, ptrdiff_t n);
  void (*expm1)(double *out, const double *x, ptrdiff_t n);
  void (*log)(double *out, const double *x, ptrdiff_t n);
  void (*log1p)(double *out, const double *x, ptrdiff_t n);
  void (*tanh)(double *out, const double *x, ptrdiff_t n);
  void (*sin)(double *out, const double *x, ptrdiff_t n);
  void (*cos)(double *out, const double *x, ptrdiff_t n);
  void (*sincos)(double *s, double *c, const double *x, ptrdiff_t n);
  void (*pow)(double *out, const double *x, const double *y, ptrdiff_t n);
  void (*pow1)(double *out, const double *x, double y, ptrdiff_t n);
  int (*trig_beyond)(const double *x, ptrdiff_t n);
};

ASSAY_ISA_DECLARE(struct assay_vmath_kernels, assay_vmath_kernels)

#endif
