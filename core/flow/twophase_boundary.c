/* Sides and blocks of the two-phase solver: what is prescribed on faces, and values beyond.
 *
 * Normal velocity: zero on walls, given at an inflow, unknown at an opening, where a control volume
 * of half a cell, between the outermost centre and the face, feels the pressure of the face.
 * Tangential velocity beyond a side: see enum twophase_purpose. Cells beyond: as the nearest one.
 */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/twophase_internal.h"

/* Cell faces from .. to of a segment. */
static void segment_faces(const struct assay_twophase_segment *g, double h, int n, int *first,
                          int *end)
{
  const int whole = g->from == 0 && g->to == 0;
  *first = whole ? 0 : (int)floor(g->from / h + 0.5);
  *end = whole ? n : (int)floor(g->to / h + 0.5);
}

/* Shape of the inflow in the part a..b of the segment 0..1, of mean 1 where r does not count. */
static double shape(enum assay_twophase_profile profile, int about_axis, double a, double b)
{
  if (profile == ASSAY_TWOPHASE_UNIFORM) return 1;
  if (about_axis) return 2 - (a * a + b * b);
  return 3 * (a + b) - 2 * (a * a + a * b + b * b);
}

static void lay_inflow(struct assay_twophase *m, int k, const struct assay_twophase_segment *g,
                       int first, int end)
{
  struct twophase_side *a = &m->side[k];
  const int radial = m->set.axisymmetric && k < 2, n = end - first;
  const double sign = k % 2 == 0 ? 1 : -1;
  double flux = 0, area = 0;
  for (int i = 0; i < n; i++) {
    const double r = radial ? m->row[first + i].cell : 1;
    const double w = shape(g->profile, radial && first == 0, (double)i / n, (i + 1.0) / n);
    a->face[first + i].velocity = w;
    flux += r * w;
    area += r;
  }
  for (int i = first; i < end; i++) a->face[i].velocity *= sign * g->velocity * area / flux;
}

static double weight_of_rest(const struct assay_twophase *m, int k, int i)
{
  const struct assay_twophase_settings *s = &m->set;
  const double x = k == ASSAY_MAC_LEFT ? 0 : k == ASSAY_MAC_RIGHT ? s->width : (i + 0.5) * m->dx;
  const double y = k == ASSAY_MAC_BOTTOM ? 0 : k == ASSAY_MAC_TOP ? s->height : (i + 0.5) * m->dy;
  return s->unmarked.density * (s->gravity[0] * x + s->gravity[1] * y);
}

static void lay_segment(struct assay_twophase *m, int k, const struct assay_twophase_segment *g)
{
  struct twophase_side *a = &m->side[k];
  int first, end;
  segment_faces(g, k < 2 ? m->dy : m->dx, a->n, &first, &end);
  for (int i = first; i < end; i++) {
    a->face[i] = (struct twophase_face){.kind = g->kind,
                                        .velocity = g->velocity,
                                        .fraction = g->fraction,
                                        .slip_length = g->slip_length,
                                        .pressure = g->pressure};
    if (g->kind == ASSAY_TWOPHASE_OPENING) {
      a->face[i].pressure += weight_of_rest(m, k, i);
      a->open++;
    }
    a->periodic |= g->kind == ASSAY_TWOPHASE_PERIODIC;
  }
  if (g->kind == ASSAY_TWOPHASE_INFLOW) lay_inflow(m, k, g, first, end);
}

/* Between two faces the one that holds the fluid more rules. */
static const struct twophase_face *ruler(const struct twophase_face *a,
                                         const struct twophase_face *b)
{
  static const int grip[] = {[ASSAY_TWOPHASE_WALL] = 3,
                             [ASSAY_TWOPHASE_INFLOW] = 2,
                             [ASSAY_TWOPHASE_SLIP] = 1,
                             [ASSAY_TWOPHASE_OPENING] = 0,
                             [ASSAY_TWOPHASE_PERIODIC] = 0};
  return grip[b->kind] > grip[a->kind] ? b : a;
}

static int create_side(struct assay_twophase *m, int k)
{
  int rc = ASSAY_OK;
  struct twophase_side *a = &m->side[k];
  a->n = k < 2 ? m->set.ny : m->set.nx;
  ASSAY_TRY(ASSAY_NEW(&a->face, (size_t)a->n, "side"));
  ASSAY_TRY(ASSAY_NEW(&a->along, (size_t)a->n + 1, "side"));
  for (int i = 0; i < m->set.side[k].n; i++) lay_segment(m, k, &m->set.side[k].segment[i]);
  for (int i = 0; i <= a->n; i++)
    a->along[i] = ruler(&a->face[i > 0 ? i - 1 : 0], &a->face[i < a->n ? i : a->n - 1]);
done:
  return rc;
}

static void lay_blocks(struct assay_twophase *m)
{
  for (int k = 0; k < m->set.n_blocks; k++) {
    const struct assay_twophase_block *b = &m->set.block[k];
    const int i0 = (int)floor(b->x0 / m->dx + 0.5), i1 = (int)floor(b->x1 / m->dx + 0.5);
    const int j0 = (int)floor(b->y0 / m->dy + 0.5), j1 = (int)floor(b->y1 / m->dy + 0.5);
    for (int j = j0; j < j1; j++)
      for (int i = i0; i < i1; i++) m->solid[(ptrdiff_t)j * m->set.nx + i] = 1;
  }
}

static int is_solid(const struct assay_twophase *m, int j, int i)
{
  if (j < 0 || i < 0 || j >= m->set.ny || i >= m->set.nx) return 0;
  return m->solid[(ptrdiff_t)j * m->set.nx + i];
}

static int lay_grafts(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  static const int dj[4] = {0, 0, -1, 1}, di[4] = {-1, 1, 0, 0};
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < m->set.nx; i++) {
      struct twophase_graft g = {.cell = j * m->s.stride + i};
      for (int k = 0; k < 4 && is_solid(m, j, i); k++) {
        const int jj = j + dj[k], ii = i + di[k];
        if (jj < 0 || ii < 0 || jj >= m->set.ny || ii >= m->set.nx || is_solid(m, jj, ii)) continue;
        g.from[g.n++] = jj * m->s.stride + ii;
      }
      if (g.n == 0) continue;
      ASSAY_TRY(ASSAY_GROW(&m->graft, (size_t)m->n_grafts + 1, "solid cells"));
      m->graft[m->n_grafts++] = g;
    }
done:
  return rc;
}

int assay_twophase_sides_create(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) ASSAY_TRY(create_side(m, k));
  ASSAY_TRY(ASSAY_NEW(&m->solid, (size_t)m->set.nx * (size_t)m->set.ny, "solid cells"));
  lay_blocks(m);
  ASSAY_TRY(lay_grafts(m));
done:
  return rc;
}

void assay_twophase_sides_destroy(struct assay_twophase *m)
{
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    assay_free(m->side[k].face);
    assay_free(m->side[k].along);
  }
  assay_free(m->solid);
  assay_free(m->graft);
}

/* ---- masks and shear factors ---------------------------------------------------------------- */

static int moves(const struct twophase_face *f)
{
  return f->kind == ASSAY_TWOPHASE_OPENING || f->kind == ASSAY_TWOPHASE_PERIODIC;
}

static double stick(const struct twophase_face *f)
{
  if (f->kind == ASSAY_TWOPHASE_PERIODIC) return 1;
  if (f->kind == ASSAY_TWOPHASE_WALL || f->kind == ASSAY_TWOPHASE_INFLOW) return 2;
  return 0;
}

static int touches_solid(const struct assay_twophase *m, int j, int i)
{
  return is_solid(m, j, i) || is_solid(m, j - 1, i) || is_solid(m, j, i - 1) ||
         is_solid(m, j - 1, i - 1);
}

static void lay_masks(struct assay_twophase *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  for (int j = 0; j < ny; j++) {
    double *u = m->s.mask.u + j * st;
    for (int i = 0; i <= nx; i++) u[i] = !is_solid(m, j, i - 1) && !is_solid(m, j, i);
    if (!moves(&m->side[ASSAY_MAC_LEFT].face[j])) u[0] = 0;
    if (!moves(&m->side[ASSAY_MAC_RIGHT].face[j])) u[nx] = 0;
  }
  for (int i = 0; i < nx; i++) {
    double *v = m->s.mask.v + i;
    for (int j = 0; j <= ny; j++) v[j * st] = !is_solid(m, j - 1, i) && !is_solid(m, j, i);
    if (!moves(&m->side[ASSAY_MAC_BOTTOM].face[i])) v[0] = 0;
    if (!moves(&m->side[ASSAY_MAC_TOP].face[i])) v[ny * st] = 0;
  }
}

void assay_twophase_lay_faces(struct assay_twophase *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  lay_masks(m);
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i <= nx; i++)
      m->s.stick.u[j * st + i] = m->s.stick.v[j * st + i] = touches_solid(m, j, i) ? 2 : 1;
  for (int i = 0; i <= nx; i++) {
    m->s.stick.u[i] = stick(m->side[ASSAY_MAC_BOTTOM].along[i]);
    m->s.stick.u[ny * st + i] = stick(m->side[ASSAY_MAC_TOP].along[i]);
  }
  for (int j = 0; j <= ny; j++) {
    m->s.stick.v[j * st] = stick(m->side[ASSAY_MAC_LEFT].along[j]);
    m->s.stick.v[j * st + nx] = stick(m->side[ASSAY_MAC_RIGHT].along[j]);
  }
}

static double slipping(const struct twophase_face *f, double h, int near)
{
  return h / (0.5 * h + (near ? f->slip_length : 0));
}

static int clamp(int i, int lo, int hi)
{
  return i < lo ? lo : i > hi ? hi : i;
}

/* Whether the interface meets the wall at its corner i: the two cells on either side, of n beside
 * the wall `along` apart, are not all more or all less than half full. A film has no contact line.
 */
static int at_contact_line(const double *c, ptrdiff_t along, int i, int n)
{
  int full = 0, cells = 0;
  for (int k = clamp(i - 2, 0, n - 1); k <= clamp(i + 1, 0, n - 1); k++, cells++)
    full += c[k * along] > 0.5;
  return full > 0 && full < cells;
}

void assay_twophase_slip_near_interface(const struct assay_twophase *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    for (int i = 0; i <= m->side[k].n; i++) {
      const struct twophase_face *f = m->side[k].along[i];
      const int high = k % 2;
      if (f->kind != ASSAY_TWOPHASE_WALL || f->slip_length == 0) continue;
      if (k < 2)
        m->s.stick.v[i * st + (high ? nx : 0)] =
            slipping(f, m->dx, at_contact_line(m->s.c + (high ? nx - 1 : 0), st, i, ny));
      else
        m->s.stick.u[(high ? ny : 0) * st + i] =
            slipping(f, m->dy, at_contact_line(m->s.c + (high ? ny - 1 : 0) * st, 1, i, nx));
    }
}

int assay_twophase_vof_sides(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    const struct twophase_side *a = &m->side[k];
    for (int i = 0; i < a->n; i++) {
      const struct twophase_face *f = &a->face[i];
      if (f->kind == ASSAY_TWOPHASE_INFLOW)
        ASSAY_TRY(
            assay_vof_boundary(m->vof, (enum assay_mac_side)k, i, 1, f->fraction, ASSAY_VOF_GIVEN));
      if (f->kind == ASSAY_TWOPHASE_OPENING)
        ASSAY_TRY(
            assay_vof_boundary(m->vof, (enum assay_mac_side)k, i, 1, f->fraction, ASSAY_VOF_SAME));
    }
  }
done:
  return rc;
}

/* ---- velocities ----------------------------------------------------------------------------- */

void assay_twophase_impose(const struct assay_twophase *m, struct assay_twophase_pair w)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++) w.u[j * st + i] *= m->s.mask.u[j * st + i];
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i < nx; i++) w.v[j * st + i] *= m->s.mask.v[j * st + i];
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    for (int i = 0; i < m->side[k].n; i++) {
      const struct twophase_face *f = &m->side[k].face[i];
      if (f->kind != ASSAY_TWOPHASE_INFLOW) continue;
      if (k < 2)
        w.u[i * st + (k == ASSAY_MAC_LEFT ? 0 : nx)] = f->velocity;
      else
        w.v[(k == ASSAY_MAC_BOTTOM ? 0 : ny) * st + i] = f->velocity;
    }
  if (m->side[ASSAY_MAC_LEFT].periodic)
    for (int j = 0; j < ny; j++) w.u[j * st + nx] = w.u[j * st];
  if (m->side[ASSAY_MAC_BOTTOM].periodic)
    for (int i = 0; i < nx; i++) w.v[ny * st + i] = w.v[i];
}

static struct twophase_mirror mirror(const struct twophase_face *f, enum twophase_purpose purpose)
{
  switch (f->kind) {
  case ASSAY_TWOPHASE_WALL:
    return purpose == TWOPHASE_STRESSED ? (struct twophase_mirror){0, f->velocity}
                                        : (struct twophase_mirror){-1, 2 * f->velocity};
  case ASSAY_TWOPHASE_INFLOW:
    return (struct twophase_mirror){purpose == TWOPHASE_SEEN ? -1 : 0, 0};
  default:
    return (struct twophase_mirror){1, 0};
  }
}

/* Two values beyond the end of a line of faces normal to the side, step leading inwards. */
static void beyond_normal(double *a, ptrdiff_t step, const struct twophase_face *f)
{
  a[-step] = f->kind == ASSAY_TWOPHASE_OPENING ? a[0] : 2 * a[0] - a[step];
  a[-2 * step] = a[-step];
}

static void beyond_tangential(double *a, ptrdiff_t step, const struct twophase_face *f,
                              enum twophase_purpose purpose)
{
  const struct twophase_mirror r = mirror(f, purpose);
  a[-step] = a[-2 * step] = r.a * a[0] + r.b;
}

/* Around: n is the period. */
static void around(double *a, ptrdiff_t step, int n)
{
  for (int k = 1; k <= 2; k++) {
    a[-k * step] = a[(n - k) * step];
    a[(n - 1 + k) * step] = a[(k - 1) * step];
  }
  a[(n + 2) * step] = a[2 * step];
}

static void fill_x(const struct assay_twophase *m, struct assay_twophase_pair w,
                   enum twophase_purpose purpose)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  const struct twophase_side *l = &m->side[ASSAY_MAC_LEFT], *r = &m->side[ASSAY_MAC_RIGHT];
  for (int j = 0; j <= ny; j++) {
    double *u = w.u + j * st, *v = w.v + j * st;
    if (l->periodic) {
      if (j < ny) around(u, 1, nx);
      around(v, 1, nx);
      continue;
    }
    if (j < ny) {
      beyond_normal(u, 1, &l->face[j]);
      beyond_normal(u + nx, -1, &r->face[j]);
    }
    beyond_tangential(v, 1, l->along[j], purpose);
    beyond_tangential(v + nx - 1, -1, r->along[j], purpose);
  }
}

static void fill_y(const struct assay_twophase *m, struct assay_twophase_pair w,
                   enum twophase_purpose purpose)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  const struct twophase_side *b = &m->side[ASSAY_MAC_BOTTOM], *t = &m->side[ASSAY_MAC_TOP];
  for (int i = -2; i <= nx + 2; i++) {
    double *u = w.u + i, *v = w.v + i;
    if (b->periodic) {
      around(u, st, ny);
      around(v, st, ny);
      continue;
    }
    const int face = clamp(i, 0, nx - 1), along = clamp(i, 0, nx);
    beyond_normal(v, st, &b->face[face]);
    beyond_normal(v + ny * st, -st, &t->face[face]);
    beyond_tangential(u, st, b->along[along], purpose);
    beyond_tangential(u + (ny - 1) * st, -st, t->along[along], purpose);
  }
}

void assay_twophase_fill_velocity(const struct assay_twophase *m, struct assay_twophase_pair w,
                                  enum twophase_purpose purpose)
{
  fill_x(m, w, purpose);
  fill_y(m, w, purpose);
}

/* ---- cells ---------------------------------------------------------------------------------- */

static void nearest(double *a, ptrdiff_t step, int n)
{
  a[-step] = a[-2 * step] = a[0];
  a[n * step] = a[(n + 1) * step] = a[(n - 1) * step];
}

void assay_twophase_fill_cells(const struct assay_twophase *m, double *a)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  for (int j = 0; j < ny; j++)
    (m->side[ASSAY_MAC_LEFT].periodic ? around : nearest)(a + j * st, 1, nx);
  for (int i = -2; i <= nx + 1; i++)
    (m->side[ASSAY_MAC_BOTTOM].periodic ? around : nearest)(a + i, st, ny);
}

/* An inflow brings its fluid; solid cells look like their neighbours. */
void assay_twophase_fill_fraction(const struct assay_twophase *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  double *c = m->s.c;
  for (int k = 0; k < m->n_grafts; k++) {
    const struct twophase_graft *g = &m->graft[k];
    double sum = 0;
    for (int l = 0; l < g->n; l++) sum += c[g->from[l]];
    c[g->cell] = sum / g->n;
  }
  assay_twophase_fill_cells(m, c);
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    for (int i = 0; i < m->side[k].n; i++) {
      const struct twophase_face *f = &m->side[k].face[i];
      if (f->kind != ASSAY_TWOPHASE_INFLOW) continue;
      if (k < 2)
        c[i * st + (k == ASSAY_MAC_LEFT ? -1 : nx)] = f->fraction;
      else
        c[(k == ASSAY_MAC_BOTTOM ? -1 : ny) * st + i] = f->fraction;
    }
}

/* Mean of inside and beyond: the given pressure, less the dynamic one of what flows back. */
static double opening(const struct twophase_face *f, double inward, double rho)
{
  return f->pressure - (inward > 0 ? 0.5 * rho * inward * inward : 0);
}

void assay_twophase_fill_pressure(const struct assay_twophase *m, double *p, int hold)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  assay_twophase_fill_cells(m, p);
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    const struct twophase_side *a = &m->side[k];
    const double sign = k % 2 == 0 ? 1 : -1;
    for (int i = 0; a->open > 0 && i < a->n; i++) {
      if (a->face[i].kind != ASSAY_TWOPHASE_OPENING) continue;
      const int high = k % 2, end = k < 2 ? nx : ny;
      const ptrdiff_t along = k < 2 ? st : 1, across = k < 2 ? 1 : st;
      const ptrdiff_t cell = i * along + (high ? end - 1 : 0) * across;
      const ptrdiff_t out = cell + (high ? across : -across);
      const double *w = k < 2 ? m->s.now.u : m->s.now.v;
      const double inward = sign * w[i * along + (high ? end : 0) * across];
      p[out] = 2 * (hold ? 0 : opening(&a->face[i], inward, m->s.rho[cell])) - p[cell];
    }
  }
}
