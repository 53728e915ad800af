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

/* Fine cells per coarse one. */
struct ratio {
  int x, y;
};

static void sample_u(const struct assay_mac *m, struct ratio r, double *out)
{
  const ptrdiff_t st = m->stride;
  for (int j = 0; j < m->set.ny; j += r.y) {
    double west = mean_of(m->now.u + j * st, st, r.y);
    for (int i = r.x; i <= m->set.nx; i += r.x) {
      const double east = mean_of(m->now.u + j * st + i, st, r.y);
      *out++ = 0.5 * (west + east);
      west = east;
    }
  }
}

static void sample_v(const struct assay_mac *m, struct ratio r, double *out)
{
  const ptrdiff_t st = m->stride;
  for (int j = 0; j < m->set.ny; j += r.y)
    for (int i = 0; i < m->set.nx; i += r.x) {
      const double *south = m->now.v + j * st + i;
      *out++ = 0.5 * (mean_of(south, 1, r.x) + mean_of(south + r.y * st, 1, r.x));
    }
}

static void sample_p(struct assay_mac *m, struct ratio r, double *out)
{
  const struct assay_mac_view p = assay_mac_pressure(m);
  for (int j = 0; j < m->set.ny; j += r.y)
    for (int i = 0; i < m->set.nx; i += r.x) {
      double s = 0;
      for (int k = 0; k < r.y; k++) s += mean_of(p.data + (j + k) * p.stride + i, 1, r.x);
      *out++ = s / r.y;
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

static void sample_vorticity(const struct assay_mac *m, struct ratio r, double *out)
{
  const int nx = m->set.nx, n = nx / r.x;
  double *row = m->rows;
  vorticity_row(row, m, 0);
  for (int j = 0; j < m->set.ny; j += r.y) {
    for (int i = 0; i < n; i++) out[i] = 0;
    add_trapezoids(out, row, nx, r.x, 0.5);
    for (int k = 1; k <= r.y; k++) {
      vorticity_row(row, m, j + k);
      add_trapezoids(out, row, nx, r.x, k < r.y ? 1 : 0.5);
    }
    for (int i = 0; i < n; i++) out[i] /= r.x * r.y;
    out += n;
  }
}

static void sample_stream(const struct assay_mac *m, struct ratio r, double *out)
{
  const ptrdiff_t st = m->stride;
  const int n = m->set.nx / r.x;
  double *lower = m->rows, *upper = m->rows + st;
  lower[0] = 0;
  for (int i = 0; i < n; i++)
    lower[i + 1] = lower[i] - mean_of(m->now.v + i * r.x, 1, r.x) * r.x * m->dx;
  for (int j = 0; j < m->set.ny; j += r.y) {
    for (int i = 0; i <= n; i++)
      upper[i] = lower[i] + mean_of(m->now.u + j * st + i * r.x, st, r.y) * r.y * m->dy;
    for (int i = 0; i < n; i++)
      *out++ = 0.25 * ((lower[i] + lower[i + 1]) + (upper[i] + upper[i + 1]));
    double *t = lower;
    lower = upper;
    upper = t;
  }
}

static int check_ratio(const struct assay_mac *m, struct ratio r)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(r.x >= 1 && r.y >= 1 && m->set.nx % r.x == 0 && m->set.ny % r.y == 0, ASSAY_EARG,
              "cells of %d x %d do not divide a grid of %d x %d", r.x, r.y, m->set.nx, m->set.ny);
done:
  return rc;
}

int assay_mac_sample_xy(struct assay_mac *m, int refine_x, int refine_y,
                        const struct assay_mac_frame *out)
{
  int rc = ASSAY_OK;
  const struct ratio r = {refine_x, refine_y};
  ASSAY_TRY(check_ratio(m, r));
  if (out->u) sample_u(m, r, out->u);
  if (out->v) sample_v(m, r, out->v);
  if (out->p) sample_p(m, r, out->p);
  if (out->vorticity) sample_vorticity(m, r, out->vorticity);
  if (out->stream) sample_stream(m, r, out->stream);
done:
  return rc;
}

int assay_mac_sample(struct assay_mac *m, int refine, const struct assay_mac_frame *out)
{
  return assay_mac_sample_xy(m, refine, refine, out);
}
