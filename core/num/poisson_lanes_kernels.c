#include <string.h>

#include "core/num/dct_plan.h"
#include "core/num/lanes.h"
#include "core/num/poisson_lanes.h"

#define DCT ASSAY_ISA_NAME(assay_dct_kernels)

static double *scratch_of(const struct assay_poisson_lanes *p, double *work)
{
  return work + (p->nx + 7) / 8 * 8 * VL;
}

/* G[j] = e[j] (r[j] + G[j-1]) */
INLINE void up_row(vec *restrict g, const vec *restrict last, const vec *restrict r, const vec *e,
                   const double *common, int n, const int shared)
{
  for (int k = 0; k < n; k++) {
    const vec sum = last ? r[k] + last[k] : r[k] + (vec){0};
    g[k] = shared ? common[k] * sum : e[k] * sum;
  }
}

static void up(const struct assay_poisson_lanes *p, double *g, int j, const double *rhs,
               double *work)
{
  const ptrdiff_t n = p->nx;
  vec *row = (vec *)g + j * n;
  const vec *last = j > 0 ? row - n : NULL, *e = (const vec *)p->e + j * n;
  const double *common = p->common + j * n;
  DCT.forward_lanes(p->dct, work, rhs, scratch_of(p, work));
  if (j == 0)
    up_row(row, NULL, (const vec *)work, e, common, p->nx, 0);
  else if (p->shared)
    up_row(row, last, (const vec *)work, e, common, p->nx, 1);
  else
    up_row(row, last, (const vec *)work, e, common, p->nx, 0);
}

/* the constant is the first wavenumber */
static void turn(const struct assay_poisson_lanes *p, double *g, double *carry)
{
  const ptrdiff_t n = p->ny, row = p->nx;
  vec *x = (vec *)g, sum = {0};
  const vec mean = x[(n - 1) * row] / (double)n;
  for (ptrdiff_t j = 0; j < n - 1; j++) {
    x[j * row] -= p->h[j] * mean;
    sum += p->w[j] * x[j * row];
  }
  x[(n - 1) * row] = -sum / (double)n;
  memset(carry, 0, (size_t)p->nx * sizeof(vec));
}

/* f[j] = e[j] f[j+1] + s G[j] in place of f[j+1] */
INLINE void down_row(vec *restrict f, const vec *restrict g, const vec *e, const double *common,
                     const vec *s, int n, const int shared)
{
  const vec rest = s[1];
  for (int k = n - 1; k > 0; k--) f[k] = (shared ? common[k] * f[k] : e[k] * f[k]) + g[k] * rest;
  f[0] = (shared ? common[0] * f[0] : e[0] * f[0]) + g[0] * s[0];
}

static void down(const struct assay_poisson_lanes *p, double *phi, const double *g, int j,
                 double *carry, double *work)
{
  const ptrdiff_t n = p->nx;
  const vec *row = (const vec *)g + j * n, *e = (const vec *)p->e + j * n, *s = (const vec *)p->s;
  const double *common = p->common + j * n;
  if (p->shared)
    down_row((vec *)carry, row, e, common, s, p->nx, 1);
  else
    down_row((vec *)carry, row, e, common, s, p->nx, 0);
  DCT.backward_lanes(p->dct, phi, carry, scratch_of(p, work));
}

const struct assay_poisson_lanes_kernels ASSAY_ISA_NAME(assay_poisson_lanes_kernels) = {VL, up,
                                                                                        turn, down};
