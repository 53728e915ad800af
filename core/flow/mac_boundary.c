/* Walls of the MAC grid through values beyond them. On a wall the normal velocity lies on the face
 * and is zero; the tangential one lies half a cell inside, and the value half a cell outside is
 * chosen so that their mean is the wall's velocity (no slip) or their difference is zero (free
 * slip). Normal velocities are continued as odd functions. An inflow side is a wall at rest for the
 * tangential velocity; outflow: mac_open.c. Two layers serve the widest stencil. */
#include "core/flow/mac_internal.h"

enum { LAYERS = 2 };

/* Ghost of a tangential velocity `inside` beside a wall: factor * inside + constant. */
struct mirror {
  double factor, constant;
};

static struct mirror mirror_of(const struct assay_mac *m, enum assay_mac_side side)
{
  const enum assay_mac_wall wall = m->set.side[side].wall;
  if (wall == ASSAY_MAC_FREE_SLIP || wall == ASSAY_MAC_OUTFLOW) return (struct mirror){1, 0};
  return (struct mirror){-1, 2 * m->set.side[side].velocity};
}

/* Columns beyond left and right of a row of n+1 faces. */
static void halo_normal_x(double *row, int n, int periodic)
{
  for (int k = 1; k <= LAYERS; k++) {
    row[-k] = periodic ? row[n - k] : 2 * row[0] - row[k];
    row[n + k] = periodic ? row[k] : 2 * row[n] - row[n - k];
  }
}

/* Columns beyond left and right of a row of n cells. */
static void halo_tangential_x(double *row, int n, int periodic, struct mirror a, struct mirror b)
{
  for (int k = 1; k <= LAYERS; k++) {
    row[-k] = periodic ? row[n - k] : a.factor * row[k - 1] + a.constant;
    row[n - 1 + k] = periodic ? row[k - 1] : b.factor * row[n - k] + b.constant;
  }
}

/* The whole row `out`, with its halo columns, from row `in` */
static void mirror_row(double *out, const double *in, int nx, struct mirror s)
{
  for (int i = -LAYERS; i <= nx + LAYERS; i++) out[i] = s.factor * in[i] + s.constant;
}

static void odd_row(double *out, const double *wall, const double *in, int nx)
{
  for (int i = -LAYERS; i < nx + LAYERS; i++) out[i] = 2 * wall[i] - in[i];
}

static void halo_rows(const struct assay_mac *m, struct mac_pair w)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const struct mirror copy = {1, 0}, bottom = mirror_of(m, ASSAY_MAC_BOTTOM),
                      top = mirror_of(m, ASSAY_MAC_TOP);
  for (int k = 1; k <= LAYERS; k++) {
    double *below = w.u - k * st, *above = w.u + (ny - 1 + k) * st;
    if (m->periodic_y) {
      mirror_row(below, w.u + (ny - k) * st, nx, copy);
      mirror_row(above, w.u + (k - 1) * st, nx, copy);
      mirror_row(w.v - k * st, w.v + (ny - k) * st, nx, copy);
      mirror_row(w.v + (ny + k) * st, w.v + k * st, nx, copy);
    } else {
      mirror_row(below, w.u + (k - 1) * st, nx, bottom);
      mirror_row(above, w.u + (ny - k) * st, nx, top);
      odd_row(w.v - k * st, w.v, w.v + k * st, nx);
      odd_row(w.v + (ny + k) * st, w.v + ny * st, w.v + (ny - k) * st, nx);
    }
  }
}

void assay_mac_fill_halo(const struct assay_mac *m, struct mac_pair w)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const struct mirror left = mirror_of(m, ASSAY_MAC_LEFT), right = mirror_of(m, ASSAY_MAC_RIGHT);
  for (int j = 0; j < ny; j++) halo_normal_x(w.u + j * m->stride, nx, m->periodic_x);
  for (int j = 0; j <= ny; j++)
    halo_tangential_x(w.v + j * m->stride, nx, m->periodic_x, left, right);
  if (m->outflow) assay_mac_outflow_halo(m, w, 1);
  halo_rows(m, w);
  if (m->outflow) assay_mac_outflow_halo(m, w, 0);
}

void assay_mac_fix_boundary(const struct assay_mac *m, struct mac_pair w, double t)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const struct mac_range columns = mac_u_columns(m), rows = mac_v_rows(m);
  for (int j = 0; j < ny; j++) {
    if (columns.first == 1) w.u[j * st] = 0;
    if (columns.last < nx) w.u[j * st + nx] = m->periodic_x ? w.u[j * st] : 0;
  }
  for (int i = 0; i < nx; i++) {
    if (rows.first == 1) w.v[i] = 0;
    if (rows.last < ny) w.v[ny * st + i] = m->periodic_y ? w.v[i] : 0;
  }
  assay_mac_set_inflow(m, w, t);
}
