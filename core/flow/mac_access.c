/* What can be read from a MAC solver beside its fields: where the fluid is, fluxes, pressure at
 * points, vorticity beside bodies. */
#include <math.h>

#include "core/base/err.h"
#include "core/flow/mac_body.h"

double assay_mac_flux(const struct assay_mac *m, int face)
{
  double sum = 0;
  for (int j = 0; j < m->set.ny; j++) {
    const ptrdiff_t at = j * m->stride + face;
    sum += (m->bodies ? m->bodies->ax[at] : 1) * m->now.u[at];
  }
  return sum * m->dy;
}

int assay_mac_load(struct assay_mac_load *out, const struct assay_mac *m, int body)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(m->bodies && body >= 0 && body < m->bodies->n, ASSAY_EARG,
              "no body has the number %d: there are %d", body, m->bodies ? m->bodies->n : 0);
  *out = m->bodies->load[body];
done:
  return rc;
}

int assay_mac_check_ratio(const struct assay_mac *m, int refine_x, int refine_y)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(refine_x >= 1 && refine_y >= 1 && m->set.nx % refine_x == 0 &&
                  m->set.ny % refine_y == 0,
              ASSAY_EARG, "cells of %d x %d do not divide a grid of %d x %d", refine_x, refine_y,
              m->set.nx, m->set.ny);
done:
  return rc;
}

static double body_distance(const struct assay_mac *m, double x, double y)
{
  return m->bodies ? assay_body_distance(&m->bodies->all, x, y) : (double)INFINITY;
}

/* To the nearest body or wall. */
static double wall_distance(const struct assay_mac *m, double x, double y)
{
  const double to[ASSAY_MAC_SIDES] = {x, m->set.width - x, y, m->set.height - y};
  double d = body_distance(m, x, y);
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    if (m->set.side[k].wall <= ASSAY_MAC_FREE_SLIP) d = fmin(d, to[k]);
  return d;
}

static int tag_of(const struct assay_mac *m, int j, int i, int ry, int rx, double fraction,
                  int closed)
{
  const int sides = (i == 0) << ASSAY_MAC_LEFT | (i + rx == m->set.nx) << ASSAY_MAC_RIGHT |
                    (j == 0) << ASSAY_MAC_BOTTOM | (j + ry == m->set.ny) << ASSAY_MAC_TOP;
  if (fraction == 0) return sides | ASSAY_MAC_TAG_SOLID;
  return sides | (fraction < 1 || closed ? ASSAY_MAC_TAG_SURFACE : 0);
}

/* Is some face of fine cell (j, i) not fully open? */
static int has_closed_face(const struct assay_mac *m, int j, int i)
{
  const ptrdiff_t st = m->stride, at = j * st + i;
  if (!m->bodies) return 0;
  const double *ax = m->bodies->ax + at, *ay = m->bodies->ay + at;
  return ax[0] < 1 || ax[1] < 1 || ay[0] < 1 || ay[st] < 1;
}

int assay_mac_map(const struct assay_mac *m, int refine_x, int refine_y,
                  const struct assay_mac_map *out)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_mac_check_ratio(m, refine_x, refine_y));
  ptrdiff_t k = 0;
  for (int j = 0; j < m->set.ny; j += refine_y)
    for (int i = 0; i < m->set.nx; i += refine_x, k++) {
      double sum = 0;
      int closed = 0;
      for (int b = 0; b < refine_y; b++)
        for (int a = 0; a < refine_x; a++) {
          const ptrdiff_t cell = (ptrdiff_t)(j + b) * m->set.nx + i + a;
          sum += m->bodies ? m->bodies->fraction[cell] : 1;
          closed |= has_closed_face(m, j + b, i + a);
        }
      const double fraction = sum / (refine_x * refine_y);
      const double x = (i + 0.5 * refine_x) * m->dx, y = (j + 0.5 * refine_y) * m->dy;
      if (out->fraction) out->fraction[k] = fraction;
      if (out->distance) out->distance[k] = wall_distance(m, x, y);
      if (out->tag)
        out->tag[k] = (signed char)tag_of(m, j, i, refine_y, refine_x, fraction, closed);
    }
done:
  return rc;
}

/* Do the pressure of cell (j, i) and its centre belong to the fluid? */
static int is_fluid(const struct assay_mac *m, int j, int i)
{
  if (i < 0 || j < 0 || i >= m->set.nx || j >= m->set.ny) return 0;
  return !m->bodies || m->bodies->distance[(ptrdiff_t)j * m->set.nx + i] > 0;
}

/* Solve the symmetric system a x = b of three by elimination; the first unknown. */
static double first_of_three(double a[3][3], double b[3])
{
  for (int k = 2; k > 0; k--)
    for (int r = 0; r < k; r++) {
      const double f = a[k][k] != 0 ? a[r][k] / a[k][k] : 0;
      for (int c = 0; c <= k; c++) a[r][c] -= f * a[k][c];
      b[r] -= f * b[k];
    }
  return b[0] / a[0][0];
}

/* Plane through the pressures of fluid cells around, weighted by nearness, at (x, y) in cells. */
static int fitted(double *out, const struct assay_mac *m, struct assay_mac_view p, double x,
                  double y)
{
  double a[3][3] = {{0}}, b[3] = {0};
  int n = 0;
  const int ci = (int)floor(x), cj = (int)floor(y);
  for (int j = cj - 2; j <= cj + 2; j++)
    for (int i = ci - 2; i <= ci + 2; i++) {
      if (!is_fluid(m, j, i)) continue;
      const double d[3] = {1, i + 0.5 - x, j + 0.5 - y};
      const double w = 1 / (0.25 + d[1] * d[1] + d[2] * d[2]);
      for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++) a[r][c] += w * d[r] * d[c];
        b[r] += w * d[r] * p.data[j * p.stride + i];
      }
      n++;
    }
  if (n >= 3) *out = first_of_three(a, b);
  return n >= 3;
}

static int pressure_at(double *out, const struct assay_mac *m, struct assay_mac_view p, double x,
                       double y)
{
  int rc = ASSAY_OK;
  const double h = fmin(m->dx, m->dy);
  ASSAY_CHECK(x >= 0 && y >= 0 && x <= m->set.width && y <= m->set.height, ASSAY_EARG,
              "no pressure at (%g, %g) m: outside of the domain", x, y);
  ASSAY_CHECK(body_distance(m, x, y) >= -0.01 * h, ASSAY_EARG,
              "no pressure at (%g, %g) m: inside of a body", x, y);
  const double cx = x / m->dx, cy = y / m->dy;
  const int i = (int)floor(cx - 0.5), j = (int)floor(cy - 0.5);
  if (is_fluid(m, j, i) && is_fluid(m, j, i + 1) && is_fluid(m, j + 1, i) &&
      is_fluid(m, j + 1, i + 1)) {
    const double fx = cx - 0.5 - i, fy = cy - 0.5 - j, *q = p.data + j * p.stride + i;
    *out = (1 - fy) * ((1 - fx) * q[0] + fx * q[1]) +
           fy * ((1 - fx) * q[p.stride] + fx * q[p.stride + 1]);
    return rc;
  }
  ASSAY_CHECK(fitted(out, m, p, cx, cy), ASSAY_EARG,
              "no pressure at (%g, %g) m: too little fluid around", x, y);
done:
  return rc;
}

int assay_mac_probe(double *out, struct assay_mac *m, int n, const double (*point)[2])
{
  int rc = ASSAY_OK;
  const struct assay_mac_view p = assay_mac_pressure(m);
  for (int k = 0; k < n; k++) ASSAY_TRY(pressure_at(&out[k], m, p, point[k][0], point[k][1]));
done:
  return rc;
}

/* Are the four faces that meet at a corner fully open? */
static int corner_is_clean(const struct assay_mac *m, int j, int i)
{
  const ptrdiff_t st = m->stride, at = j * st + i;
  const double *ax = m->bodies->ax + at, *ay = m->bodies->ay + at;
  return ax[0] == 1 && ax[-st] == 1 && ay[0] == 1 && ay[-1] == 1;
}

int assay_mac_corner_is_fluid(const struct assay_mac *m, int j, int i)
{
  return corner_is_clean(m, j, i) || body_distance(m, i * m->dx, j * m->dy) > 0;
}

static double corner_vorticity(const struct assay_mac *m, int j, int i)
{
  const ptrdiff_t st = m->stride, at = j * st + i;
  const double *u = m->now.u + at, *v = m->now.v + at;
  return (v[0] - v[-1]) / m->dx - (u[0] - u[-st]) / m->dy;
}

/* Mean of the clean corners around. */
static double continued_vorticity(const struct assay_mac *m, int j, int i)
{
  double sum = 0;
  int n = 0;
  for (int b = j - 1; b <= j + 1; b++)
    for (int a = i - 1; a <= i + 1; a++) {
      if (a < 0 || b < 0 || a > m->set.nx || b > m->set.ny || !corner_is_clean(m, b, a)) continue;
      sum += corner_vorticity(m, b, a);
      n++;
    }
  return n > 0 ? sum / n : 0;
}

void assay_mac_fluid_vorticity(const struct assay_mac *m, double *out, ptrdiff_t stride)
{
  for (int j = 0; j <= m->set.ny; j++)
    for (int i = 0; i <= m->set.nx; i++) {
      double w = 0;
      if (corner_is_clean(m, j, i))
        w = corner_vorticity(m, j, i);
      else if (assay_mac_corner_is_fluid(m, j, i))
        w = continued_vorticity(m, j, i);
      out[j * stride + i] = w;
    }
}
