/* What plans and kernels of the tridiagonal solver share; for core/num only.
 *
 * Elimination without pivoting, with d[i] = diag + off c[i-1] and c[i] = -off / d[i]:
 *
 *   up     G[i] = r[i] / d[i] + c[i] G[i-1],
 *   down   f[i] = G[i] + c[i] f[i+1].
 *
 * Periodic: F = f[n-1] is eliminated last. With P[i] = c[0] ... c[i], P[-1] = 1,
 *
 *   up     G[n-1] = r[n-1] / d[n-1] + c[n-1] (G[n-2] + sum_{i<n-1} P[i-1] G[i]),
 *   down   f[i] = G[i] + c[i] f[i+1] + P[i] F,
 *   d[n-1] = diag + off (c[n-2] + 2 P[n-2] + sum_{i<n-1} P[i-1] P[i]).
 *
 * Lines lie in vector lanes. Along x this needs tiles of VL x VL transposed in registers; G is kept
 * transposed in `out` until the way down. */
#ifndef ASSAY_CORE_NUM_TRIDIAG_PLAN_H
#define ASSAY_CORE_NUM_TRIDIAG_PLAN_H
#include <stddef.h>

#include "core/num/isa.h"

struct assay_tridiag {
  int n, periodic;
  double *coef; /* [n, 4]: 1 / d[i], c[i], P[i-1], P[i]; no P at n-1 */
  enum assay_isa isa;
};

struct assay_tridiag_kernels {
  void (*x)(const struct assay_tridiag *p, double *out, const double *in, int lines,
            ptrdiff_t stride);
  void (*y)(const struct assay_tridiag *p, double *out, const double *in, int lines,
            ptrdiff_t stride);
};
ASSAY_ISA_DECLARE(struct assay_tridiag_kernels, assay_tridiag_kernels)

#endif
