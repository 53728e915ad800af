/* From solver cells to stored cells. Face fluxes of a coarse cell are sums over its fine faces, so
 * the coarse face velocities are exactly divergence-free; the stored velocities are their means
 * over opposite sides. The stream function at coarse corners follows from the same fluxes. */
#include "core/base/err.h"
#include "core/flow/mac_internal.h"

/* Mean of n values of stride st. */
static double mean_of(const double *a, ptrdiff_t st, int n)
{
  double s = 0;
  for (int k = 0; k < n; k++) s += a[k * st];
  return s / n;
}

static void sample_u(const struct assay_mac *m, int r, double *out)
{
  const ptrdiff_t st = m->stride;
  for (int j = 0; j < m->set.ny; j += r) {
    double west = mean_of(m->now.u + j * st, st, r);
    for (int i = r; i <= m->set.nx; i += r) {
      const double east = mean_of(m->now.u + j * st + i, st, r);
      *out++ = 0.5 * (west + east);
      west = east;
    }
  }
}

static void sample_v(const struct assay_mac *m, int r, double *out)
{
  const ptrdiff_t st = m->stride;
  for (int j = 0; j < m->set.ny; j += r)
    for (int i = 0; i < m->set.nx; i += r) {
      const double *south = m->now.v + j * st + i;
      *out++ = 0.5 * (mean_of(south, 1, r) + mean_of(south + r * st, 1, r));
    }
}

static void sample_p(struct assay_mac *m, int r, double *out)
{
  const struct assay_mac_view p = assay_mac_pressure(m);
  for (int j = 0; j < m->set.ny; j += r)
    for (int i = 0; i < m->set.nx; i += r) {
      double s = 0;
      for (int k = 0; k < r; k++) s += mean_of(p.data + (j + k) * p.stride + i, 1, r);
      *out++ = s / r;
    }
}

/* At the corners below row j, out [nx+1]. */
static void vorticity_row(double *restrict out, const struct assay_mac *m, int j)
{
  const ptrdiff_t st = m->stride;
  const double *u = m->now.u + j * st, *v = m->now.v + j * st;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
#pragma omp simd
  for (int i = 0; i <= m->set.nx; i++) out[i] = ix * (v[i] - v[i - 1]) - iy * (u[i] - u[i - st]);
}

/* sum [nx/r] += weight times the trapezoidal sums of row over r intervals each. */
static void add_trapezoids(double *sum, const double *row, int nx, int r, double weight)
{
  for (int i = 0; i < nx; i += r) {
    double s = 0.5 * (row[i] + row[i + r]);
    for (int k = 1; k < r; k++) s += row[i + k];
    sum[i / r] += weight * s;
  }
}

static void sample_vorticity(const struct assay_mac *m, int r, double *out)
{
  const int nx = m->set.nx, n = nx / r;
  double *row = m->rows;
  vorticity_row(row, m, 0);
  for (int j = 0; j < m->set.ny; j += r) {
    for (int i = 0; i < n; i++) out[i] = 0;
    add_trapezoids(out, row, nx, r, 0.5);
    for (int k = 1; k <= r; k++) {
      vorticity_row(row, m, j + k);
      add_trapezoids(out, row, nx, r, k < r ? 1 : 0.5);
    }
    for (int i = 0; i < n; i++) out[i] /= r * r;
    out += n;
  }
}

static void sample_stream(const struct assay_mac *m, int r, double *out)
{
  const ptrdiff_t st = m->stride;
  const int n = m->set.nx / r;
  double *lower = m->rows, *upper = m->rows + st;
  lower[0] = 0;
  for (int i = 0; i < n; i++) lower[i + 1] = lower[i] - mean_of(m->now.v + i * r, 1, r) * r * m->dx;
  for (int j = 0; j < m->set.ny; j += r) {
    for (int i = 0; i <= n; i++)
      upper[i] = lower[i] + mean_of(m->now.u + j * st + i * r, st, r) * r * m->dy;
    for (int i = 0; i < n; i++)
      *out++ = 0.25 * ((lower[i] + lower[i + 1]) + (upper[i] + upper[i + 1]));
    double *t = lower;
    lower = upper;
    upper = t;
  }
}

int assay_mac_sample(struct assay_mac *m, int refine, const struct assay_mac_frame *out)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(refine >= 1 && m->set.nx % refine == 0 && m->set.ny % refine == 0, ASSAY_EARG,
              "cells of %d x %d do not divide a grid of %d x %d", refine, refine, m->set.nx,
              m->set.ny);
  if (out->u) sample_u(m, refine, out->u);
  if (out->v) sample_v(m, refine, out->v);
  if (out->p) sample_p(m, refine, out->p);
  if (out->vorticity) sample_vorticity(m, refine, out->vorticity);
  if (out->stream) sample_stream(m, refine, out->stream);
done:
  return rc;
}
