/* What can be asked of a two-phase solver. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/remap.h"
#include "core/flow/twophase_internal.h"

/* Solid corners have no vorticity of their own: the fluid next to them has, at the wall. */
void assay_twophase_vorticity(const struct assay_twophase *m, double *out)
{
  const ptrdiff_t st = m->s.stride;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  for (int j = 0; j <= m->set.ny; j++) {
    const double *u = m->s.now.u + j * st, *v = m->s.now.v + j * st;
    for (int i = 0; i <= m->set.nx; i++) *out++ = ix * (v[i] - v[i - 1]) - iy * (u[i] - u[i - st]);
  }
}

/* Means of the four corners. */
static void cell_vorticity(const struct assay_twophase *m, double *out)
{
  const ptrdiff_t st = m->s.stride;
  const double ix = 0.25 / m->dx, iy = 0.25 / m->dy;
  for (int j = 0; j < m->set.ny; j++) {
    const double *u = m->s.now.u + j * st, *v = m->s.now.v + j * st;
    for (int i = 0; i < m->set.nx; i++)
      *out++ = ix * ((v[i + 1] - v[i - 1]) + (v[i + st + 1] - v[i + st - 1])) -
               iy * ((u[i + st] - u[i - st]) + (u[i + st + 1] - u[i + 1 - st]));
  }
}

static int any_open(const struct assay_twophase *m)
{
  int n = 0;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) n += m->side[k].open;
  return n > 0;
}

/* Volume of a cell of row j per dx dy. */
static double radius(const struct assay_twophase *m, int j)
{
  return m->row[j].cell;
}

/* The pressure that is shown: zero mean over the fluid where nothing sets its level. */
static void cell_pressure(const struct assay_twophase *m, double *out)
{
  const int nx = m->set.nx, ny = m->set.ny;
  double sum = 0, volume = 0;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const ptrdiff_t k = (ptrdiff_t)j * nx + i;
      const double w = m->solid[k] ? 0 : radius(m, j);
      out[k] = m->s.p[j * m->s.stride + i];
      sum += w * out[k];
      volume += w;
    }
  const double level = any_open(m) ? 0 : sum / volume;
  for (ptrdiff_t k = 0; k < (ptrdiff_t)nx * ny; k++) out[k] -= level;
}

static int weigh(const struct assay_twophase *m, struct assay_remap *p)
{
  int rc = ASSAY_OK;
  const int ny = m->set.ny;
  double *w = NULL, *face = NULL;
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)ny, "two-phase frame"));
  ASSAY_TRY(ASSAY_NEW(&face, (size_t)ny + 1, "two-phase frame"));
  for (int j = 0; j < ny; j++) w[j] = m->row[j].cell;
  for (int j = 0; j <= ny; j++) face[j] = m->row[j].face;
  assay_remap_weigh_y(p, w, face);
done:
  assay_free(w);
  assay_free(face);
  return rc;
}

int assay_twophase_sample(const struct assay_twophase *m, int nx, int ny,
                          const struct assay_twophase_frame *out)
{
  int rc = ASSAY_OK;
  const size_t cells = (size_t)m->set.nx * (size_t)m->set.ny;
  struct assay_remap *p = NULL;
  double *a = NULL;
  ASSAY_TRY(assay_remap_create(&p, m->set.nx, m->set.ny, nx, ny));
  if (m->set.axisymmetric) ASSAY_TRY(weigh(m, p));
  ASSAY_TRY(ASSAY_NEW(&a, cells, "two-phase frame"));
  const struct assay_mac_view whole = {a, m->set.nx, m->set.nx, m->set.ny};
  const unsigned char *solid = m->set.n_blocks > 0 ? m->solid : NULL;
  assay_remap_centred(p, out->u, out->v, assay_twophase_u(m), assay_twophase_v(m));
  if (out->p) {
    cell_pressure(m, a);
    assay_remap_mean(p, out->p, whole, solid, 0);
  }
  if (out->vorticity) {
    cell_vorticity(m, a);
    assay_remap_mean(p, out->vorticity, whole, solid, 0);
  }
  if (out->fraction) assay_remap_mean(p, out->fraction, assay_twophase_fraction(m), solid, 0);
done:
  assay_remap_destroy(p);
  assay_free(a);
  return rc;
}

/* ---- sums ----------------------------------------------------------------------------------- */

static double largest(double a, double b)
{
  return b > a || isnan(b) ? b : a;
}

static double divergence(const struct assay_twophase *m)
{
  const ptrdiff_t st = m->s.stride;
  double top = 0;
  for (int j = 0; j < m->set.ny; j++) {
    const double *u = m->s.now.u + j * st, *v = m->s.now.v + j * st;
    const struct assay_twophase_row *r = &m->row[j];
    for (int i = 0; i < m->set.nx; i++)
      top = largest(
          top, fabs((u[i + 1] - u[i]) / m->dx + (r->above * v[i + st] - r->below * v[i]) / m->dy));
  }
  return top;
}

static void cell_sums(const struct assay_twophase *m, struct assay_twophase_diagnostics *d)
{
  const ptrdiff_t st = m->s.stride;
  const struct assay_mac_view c = assay_vof_fraction(m->vof);
  d->fraction_min = 1;
  d->fraction_max = 0;
  for (int j = 0; j < m->set.ny; j++) {
    double kinetic = 0, weight = 0;
    const double y = (j + 0.5) * m->dy;
    for (int i = 0; i < m->set.nx; i++) {
      if (m->solid[(ptrdiff_t)j * m->set.nx + i]) continue;
      const double *u = m->s.now.u + j * st + i, *v = m->s.now.v + j * st + i;
      const double rho = m->s.rho[j * st + i], f = c.data[j * c.stride + i];
      kinetic += 0.25 * rho * ((u[0] * u[0] + u[1] * u[1]) + (v[0] * v[0] + v[st] * v[st]));
      weight -= rho * (m->set.gravity[0] * (i + 0.5) * m->dx + m->set.gravity[1] * y);
      d->fraction_min = fmin(d->fraction_min, f);
      d->fraction_max = fmax(d->fraction_max, f);
    }
    d->kinetic_energy += kinetic * radius(m, j) * m->dx * m->dy;
    d->potential_energy += weight * radius(m, j) * m->dx * m->dy;
  }
}

/* Fluxes into the domain and mean pressure of one side. */
static void side_sums(const struct assay_twophase *m, int k, struct assay_twophase_diagnostics *d)
{
  const struct twophase_side *a = &m->side[k];
  const int high = k % 2, nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  double volume = 0, mass = 0, pressure = 0, area = 0;
  for (int i = 0; i < a->n; i++) {
    const enum assay_twophase_kind kind = a->face[i].kind;
    if (kind == ASSAY_TWOPHASE_WALL || kind == ASSAY_TWOPHASE_SLIP) continue;
    const ptrdiff_t face = k < 2 ? i * st + (high ? nx : 0) : (high ? ny : 0) * st + i;
    const ptrdiff_t cell = k < 2 ? i * st + (high ? nx - 1 : 0) : (high ? ny - 1 : 0) * st + i;
    const double r = k < 2 ? m->row[i].cell : m->row[high ? ny : 0].face;
    const double size = r * (k < 2 ? m->dy : m->dx), inward = high ? -1 : 1;
    volume += inward * size * (k < 2 ? m->s.now.u : m->s.now.v)[face];
    mass += inward * (k < 2 ? m->dy * m->s.mass.u[face] : m->dx * m->s.mass.v[face]);
    pressure += size * m->s.p[cell];
    area += size;
  }
  const double step = (k < 2 ? m->dx : m->dy) / m->s.dt;
  d->boundary_flux += volume;
  d->mass_flux[k] = m->account.steps > 0 ? mass * step : 0;
  d->mean_pressure[k] = area > 0 ? pressure / area : 0;
}

static void change(const struct assay_twophase *m, struct assay_twophase_diagnostics *d)
{
  const ptrdiff_t st = m->s.stride;
  double top = 0;
  for (int j = 0; j <= m->set.ny; j++)
    for (int i = 0; i <= m->set.nx; i++) {
      const ptrdiff_t k = j * st + i;
      if (j < m->set.ny) top = largest(top, fabs(m->s.now.u[k] - m->s.old.u[k]));
      if (i < m->set.nx) top = largest(top, fabs(m->s.now.v[k] - m->s.old.v[k]));
    }
  d->change = m->dt > 0 ? top / m->dt : 0;
  d->courant = m->rate * m->dt;
}

static double cell_reynolds(const struct assay_twophase *m)
{
  const ptrdiff_t st = m->s.stride;
  double top = 0;
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < m->set.nx; i++) {
      const ptrdiff_t k = j * st + i;
      const double speed = fmax(fabs(m->s.now.u[k]) * m->dx, fabs(m->s.now.v[k]) * m->dy);
      if (speed > 0) top = fmax(top, m->s.rho[k] * speed / m->s.mu[k]);
    }
  return top;
}

void assay_twophase_diagnose(const struct assay_twophase *m, struct assay_twophase_diagnostics *out)
{
  *out = (struct assay_twophase_diagnostics){0};
  const struct assay_vof_account f = assay_vof_account(m->vof);
  out->divergence = divergence(m);
  out->volume = assay_vof_volume(m->vof);
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    out->volume_in += f.inflow[k];
    side_sums(m, k, out);
  }
  out->volume_error = out->volume - m->volume_start - out->volume_in;
  cell_sums(m, out);
  change(m, out);
  out->cell_reynolds = cell_reynolds(m);
}

/* Pressure of the adjacent cells and shear at the faces around the block. */
void assay_twophase_block_force(const struct assay_twophase *m, int block, double force[2])
{
  const struct assay_twophase_block *b = &m->set.block[block];
  const int i0 = (int)floor(b->x0 / m->dx + 0.5), i1 = (int)floor(b->x1 / m->dx + 0.5);
  const int j0 = (int)floor(b->y0 / m->dy + 0.5), j1 = (int)floor(b->y1 / m->dy + 0.5);
  const ptrdiff_t st = m->s.stride;
  force[0] = force[1] = 0;
  for (int j = j0; j < j1; j++)
    for (int high = 0; high < 2; high++) {
      const int i = high ? i1 : i0 - 1;
      if (i < 0 || i >= m->set.nx || m->solid[(ptrdiff_t)j * m->set.nx + i]) continue;
      const ptrdiff_t k = j * st + i;
      const double v = 0.5 * (m->s.now.v[k] + m->s.now.v[k + st]);
      force[0] += (high ? -1 : 1) * m->s.p[k] * m->dy;
      force[1] += m->s.mu[k] * 2 * v / m->dx * m->dy;
    }
  for (int i = i0; i < i1; i++)
    for (int high = 0; high < 2; high++) {
      const int j = high ? j1 : j0 - 1;
      if (j < 0 || j >= m->set.ny || m->solid[(ptrdiff_t)j * m->set.nx + i]) continue;
      const ptrdiff_t k = j * st + i;
      const double u = 0.5 * (m->s.now.u[k] + m->s.now.u[k + 1]);
      force[1] += (high ? -1 : 1) * m->s.p[k] * m->dx;
      force[0] += m->s.mu[k] * 2 * u / m->dy * m->dx;
    }
}
