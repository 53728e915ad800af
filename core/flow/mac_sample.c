/* From solver cells to stored cells. Face fluxes of a coarse cell are sums over its fine faces, so
 * the coarse face velocities are exactly divergence-free; the stored velocities are their means
 * over opposite sides. The stream function at coarse corners follows from the same fluxes. With
 * bodies, fluxes are those through the open parts of faces, and every mean is over the fluid:
 * velocities are fluxes through both sides over what is open of both, pressures are weighted with
 * the fluid fraction of their cells, vorticities with that of being in the fluid. */
#include "core/base/err.h"
#include "core/flow/mac_body.h"
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

/* Through n faces in a row: volume flux over their whole length, and the open part of it. */
struct side {
  double flux, open;
};

static struct side side_of(const double *q, const double *open, ptrdiff_t at, ptrdiff_t st, int n)
{
  if (!open) return (struct side){mean_of(q + at, st, n), 1};
  double flux = 0, sum = 0;
  for (int k = 0; k < n; k++) {
    flux += open[at + k * st] * q[at + k * st];
    sum += open[at + k * st];
  }
  return (struct side){flux / n, sum / n};
}

static struct side u_side(const struct assay_mac *m, ptrdiff_t at, int n)
{
  return side_of(m->now.u, m->bodies ? m->bodies->ax : NULL, at, m->stride, n);
}

static struct side v_side(const struct assay_mac *m, ptrdiff_t at, int n)
{
  return side_of(m->now.v, m->bodies ? m->bodies->ay : NULL, at, 1, n);
}

static double centred(struct side a, struct side b)
{
  const double open = a.open + b.open;
  if (open == 2) return 0.5 * (a.flux + b.flux);
  return open > 0 ? (a.flux + b.flux) / open : 0;
}

static void sample_u(const struct assay_mac *m, struct ratio r, double *out)
{
  for (int j = 0; j < m->set.ny; j += r.y) {
    struct side west = u_side(m, j * m->stride, r.y);
    for (int i = r.x; i <= m->set.nx; i += r.x) {
      const struct side east = u_side(m, j * m->stride + i, r.y);
      *out++ = centred(west, east);
      west = east;
    }
  }
}

static void sample_v(const struct assay_mac *m, struct ratio r, double *out)
{
  for (int j = 0; j < m->set.ny; j += r.y)
    for (int i = 0; i < m->set.nx; i += r.x) {
      const struct side south = v_side(m, j * m->stride + i, r.x);
      *out++ = centred(south, v_side(m, (j + r.y) * m->stride + i, r.x));
    }
}

/* Mean over the fluid of the coarse cell from (j, i); over all of it if it holds none. */
static double fluid_mean(const double *a, const double *fraction, ptrdiff_t st, struct ratio r)
{
  double sum = 0, weight = 0, plain = 0;
  for (int k = 0; k < r.y; k++)
    for (int i = 0; i < r.x; i++) {
      const ptrdiff_t at = k * st + i;
      sum += fraction[at] * a[at];
      weight += fraction[at];
      plain += a[at];
    }
  return weight > 0 ? sum / weight : plain / (r.x * r.y);
}

static void sample_p(struct assay_mac *m, struct ratio r, double *out)
{
  const struct assay_mac_view p = assay_mac_pressure(m);
  for (int j = 0; j < m->set.ny; j += r.y)
    for (int i = 0; i < m->set.nx; i += r.x) {
      const ptrdiff_t at = j * p.stride + i;
      if (m->bodies) {
        *out++ = fluid_mean(p.data + at, m->bodies->fraction + at, p.stride, r);
        continue;
      }
      double s = 0;
      for (int k = 0; k < r.y; k++) s += mean_of(p.data + at + k * p.stride, 1, r.x);
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

/* With bodies: from the corners of the fluid, which carry the weights of the trapezoidal rule. */
static void sample_fluid_vorticity(const struct assay_mac *m, struct ratio r, double *out)
{
  const ptrdiff_t st = m->stride;
  double *w = m->trial.u; /* scratch */
  assay_mac_fluid_vorticity(m, w, st);
  for (int j = 0; j < m->set.ny; j += r.y)
    for (int i = 0; i < m->set.nx; i += r.x) {
      double sum = 0, weight = 0;
      for (int k = 0; k <= r.y; k++)
        for (int l = 0; l <= r.x; l++) {
          if (!assay_mac_corner_is_fluid(m, j + k, i + l)) continue;
          const double share = (k % r.y ? 1 : 0.5) * (l % r.x ? 1 : 0.5);
          sum += share * w[(j + k) * st + i + l];
          weight += share;
        }
      *out++ = weight > 0 ? sum / weight : 0;
    }
}

static void sample_stream(const struct assay_mac *m, struct ratio r, double *out)
{
  const ptrdiff_t st = m->stride;
  const int n = m->set.nx / r.x;
  double *lower = m->rows, *upper = m->rows + st;
  lower[0] = 0;
  for (int i = 0; i < n; i++) lower[i + 1] = lower[i] - v_side(m, i * r.x, r.x).flux * r.x * m->dx;
  for (int j = 0; j < m->set.ny; j += r.y) {
    for (int i = 0; i <= n; i++)
      upper[i] = lower[i] + u_side(m, j * st + i * r.x, r.y).flux * r.y * m->dy;
    for (int i = 0; i < n; i++)
      *out++ = 0.25 * ((lower[i] + lower[i + 1]) + (upper[i] + upper[i + 1]));
    double *t = lower;
    lower = upper;
    upper = t;
  }
}

int assay_mac_sample_xy(struct assay_mac *m, int refine_x, int refine_y,
                        const struct assay_mac_frame *out)
{
  int rc = ASSAY_OK;
  const struct ratio r = {refine_x, refine_y};
  ASSAY_TRY(assay_mac_check_ratio(m, refine_x, refine_y));
  if (out->u) sample_u(m, r, out->u);
  if (out->v) sample_v(m, r, out->v);
  if (out->p) sample_p(m, r, out->p);
  if (out->vorticity) (m->bodies ? sample_fluid_vorticity : sample_vorticity)(m, r, out->vorticity);
  if (out->stream) sample_stream(m, r, out->stream);
done:
  return rc;
}

int assay_mac_sample(struct assay_mac *m, int refine, const struct assay_mac_frame *out)
{
  return assay_mac_sample_xy(m, refine, refine, out);
}
