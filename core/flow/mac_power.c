/* Energy that passes through open sides. On an open side with the outward
 * normal velocity q and the tangential one w, per area,
 *
 *   power brought in = -q (p + rho (q^2 + w^2)/2) + mu q dq/dn,
 *
 * q on the face, w = 0 on inflow sides and half a cell inside on outflow sides, p from the two
 * nearest cells (inflow) or zero (outflow), dq/dn = 0 at outflow. Faces on open sides stand for
 * half a cell. All this is of first order in the cell at the sides, so that the energy residual of
 * open flows is small with the grid, not to rounding. */
#include "core/flow/mac_body.h"

/* A side seen from inside: strides along it and inward, for faces and for cells. */
struct view {
  const double *q, *w, *p; /* p over density */
  ptrdiff_t along, inward, cell_along, cell_inward;
  int n;
  double sign, h, across; /* spacing along and across */
};

static struct view view_of(const struct assay_mac *m, int side)
{
  const int vertical = side <= ASSAY_MAC_RIGHT, far = side & 1;
  const int nx = m->set.nx, ny = m->set.ny, implicit = m->p != NULL;
  const ptrdiff_t st = m->stride, row = implicit ? st : nx, step = vertical ? 1 : st;
  const ptrdiff_t cell_step = vertical ? 1 : row, last = vertical ? nx - 1 : ny - 1;
  const ptrdiff_t face = far ? (last + 1) * step : 0, cell = far ? last : 0;
  return (struct view){.q = (vertical ? m->now.u : m->now.v) + face,
                       .w = (vertical ? m->now.v : m->now.u) + cell * step,
                       .p = (implicit ? m->p : m->phi) + cell * cell_step,
                       .along = vertical ? st : 1,
                       .inward = far ? -step : step,
                       .cell_along = vertical ? row : 1,
                       .cell_inward = far ? -cell_step : cell_step,
                       .n = vertical ? ny : nx,
                       .sign = far ? 1 : -1,
                       .h = vertical ? m->dy : m->dx,
                       .across = vertical ? m->dx : m->dy};
}

/* Squares of the slopes of the normal velocity along an open side, which is half a cell wide; the
 * velocity is zero or without slope where it meets a wall. */
static double slopes_along(const struct view *v, const struct assay_mac *m, int side)
{
  const int lower = side <= ASSAY_MAC_RIGHT ? ASSAY_MAC_BOTTOM : ASSAY_MAC_LEFT;
  double sum = 0;
  for (int k = 0; k <= v->n; k++) {
    const double *q = v->q + k * v->along, d = q[0] - q[-v->along];
    const int end = k == 0 || k == v->n;
    if (m->set.side[lower].wall == ASSAY_MAC_PERIODIC && k == v->n) continue;
    sum += (end && m->set.side[lower].wall != ASSAY_MAC_PERIODIC ? 0.5 : 1) * d * d;
  }
  return 0.5 * sum * v->across / v->h;
}

static void add_side(struct mac_passage *sum, const struct assay_mac *m, int side)
{
  const struct view v = view_of(m, side);
  const double rho = m->set.density, scale = m->p ? 1 : m->phi_scale;
  const int in = m->set.side[side].wall == ASSAY_MAC_INFLOW;
  sum->dissipation += m->set.viscosity * slopes_along(&v, m, side);
  for (int k = 0; k < v.n; k++) {
    const double *face = v.q + k * v.along, *p = v.p + k * v.cell_along;
    const double q = v.sign * *face, w = in ? 0 : 0.5 * (v.w[k * v.along] + v.w[(k + 1) * v.along]);
    const double slope = in ? (q - v.sign * face[v.inward]) / v.across : 0;
    const double pressure = in ? scale * (1.5 * p[0] - 0.5 * p[v.cell_inward]) : 0;
    sum->carried += v.h * (m->set.viscosity * q * slope - 0.5 * rho * q * (q * q + w * w));
    sum->pressure -= v.h * rho * q * pressure;
    /* the sums over the grid count the lower side wholly and the upper one not at all */
    sum->kinetic += 0.25 * rho * m->dx * m->dy * v.sign * q * q;
  }
}

struct mac_passage assay_mac_passage(const struct assay_mac *m)
{
  struct mac_passage sum = {0};
  for (int side = 0; side < ASSAY_MAC_SIDES; side++)
    if (m->set.side[side].wall >= ASSAY_MAC_INFLOW) add_side(&sum, m, side);
  return sum;
}
