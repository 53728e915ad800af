/* Obstacles by cut cells: geometry.
 *
 * Mass. Every face has an open fraction a, and in every cell the fluxes a u through the open parts
 * balance exactly. The pressure operator is the divergence of a grad p, solved exactly as a change
 * of the box's operator in the faces around the body (core/num/capacitance.h). The velocity of a
 * cut face is the mean over its open part, that is, the value at the centroid of that part to
 * second order: with values at the middle of the whole face the fluxes along the surface would be
 * wrong by O(h^2), and the velocity at the surface by O(h).
 *
 * Momentum. The kernels run over everything; faces near the body are then done again
 * (mac_body_stencil.c, mac_body_step.c). All of them feel the pressure gradient, so that the
 * projection keeps its meaning; faces in the solid carry the velocity of the surface.
 *
 * Small cells cost no time step: faces open by less than `least_open` are closed (the fluxes lost
 * are a^2/2 of a linear profile's), the pressure of small cells is found exactly, and the stiff
 * part of viscosity at faces close to the surface is damped implicitly, to second order in time. */
#include "core/flow/mac_body.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const double least_open = 1e-4, fully_open = 1 - 1e-9;

/* Owner: the body with the smallest distance. */
static int nearest(const struct mac_bodies *b, double x, double y)
{
  int best = 0;
  double least = (double)INFINITY;
  for (int k = 0; k < b->n; k++) {
    const double d = assay_body_distance(&b->body[k], x, y);
    if (d < least) least = d, best = k;
  }
  return best;
}

int assay_mac_owner(const struct assay_mac *m, double x, double y)
{
  return nearest(m->bodies, x, y);
}

static double snapped(double a)
{
  return a < least_open ? 0 : a > fully_open ? 1 : a;
}

static double open_face(const struct assay_body *b, double x0, double y0, double x1, double y1)
{
  const double from[2] = {x0, y0}, to[2] = {x1, y1};
  const double half = 0.5 * (x1 - x0 + y1 - y0);
  const double d = assay_body_distance(b, 0.5 * (x0 + x1), 0.5 * (y0 + y1));
  if (fabs(d) > half) return d > 0;
  return snapped(assay_body_open(b, from, to, NULL));
}

static void measure_faces(const struct assay_mac *m)
{
  const struct mac_bodies *b = m->bodies;
  const int nx = m->set.nx, ny = m->set.ny;
  const double dx = m->dx, dy = m->dy;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++)
      b->ax[j * m->stride + i] = open_face(&b->all, i * dx, j * dy, i * dx, (j + 1) * dy);
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i < nx; i++)
      b->ay[j * m->stride + i] = open_face(&b->all, i * dx, j * dy, (i + 1) * dx, j * dy);
}

static void measure_cells(const struct assay_mac *m)
{
  const struct mac_bodies *b = m->bodies;
  const double dx = m->dx, dy = m->dy, radius = 0.5 * sqrt(dx * dx + dy * dy);
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < m->set.nx; i++) {
      const ptrdiff_t k = (ptrdiff_t)j * m->set.nx + i;
      const double d = assay_body_distance(&b->all, (i + 0.5) * dx, (j + 0.5) * dy);
      b->distance[k] = d;
      b->fraction[k] =
          fabs(d) > radius ? d > 0 : assay_body_fraction(&b->all, i * dx, j * dy, dx, dy, NULL);
    }
}

static void measure_centres(const struct assay_mac *m)
{
  const struct mac_bodies *b = m->bodies;
  for (int k = 0; k < b->n; k++) {
    double area = 0, x = 0, y = 0;
    for (int j = 0; j < m->set.ny; j++)
      for (int i = 0; i < m->set.nx; i++) {
        const double xc = (i + 0.5) * m->dx, yc = (j + 0.5) * m->dy;
        const double f = b->fraction[(ptrdiff_t)j * m->set.nx + i];
        const double part = b->body[k].inside_out ? f : 1 - f;
        if (part == 0 || (!b->body[k].inside_out && nearest(b, xc, yc) != k)) continue;
        area += part, x += part * xc, y += part * yc;
      }
    b->centre[k][0] = x / area;
    b->centre[k][1] = y / area;
  }
}

/* Open fractions of the faces of cell (j, i): west, east, south, north. */
static void openings(double a[4], const struct assay_mac *m, int j, int i)
{
  const double *x = m->bodies->ax + j * m->stride + i, *y = m->bodies->ay + j * m->stride + i;
  a[0] = x[0], a[1] = x[1], a[2] = y[0], a[3] = y[m->stride];
}

static int is_solid(const struct assay_mac *m, int j, int i)
{
  double a[4];
  openings(a, m, j, i);
  return a[0] + a[1] + a[2] + a[3] == 0;
}

/* Append to a list whose memory doubles. */
#define APPEND(list, n, value, tag)                                                           \
  do {                                                                                        \
    if (((n) & ((n)-1)) == 0) ASSAY_TRY(ASSAY_GROW(&(list), (n) ? 2 * (size_t)(n) : 1, tag)); \
    (list)[(n)++] = (value);                                                                  \
  } while (0)

/* Mark the cells on both sides of the faces near bodies. */
static void mark_cells(const struct assay_mac *m, char *mark)
{
  const int nx = m->set.nx, ny = m->set.ny;
  for (int c = 0; c < 2; c++) {
    const struct mac_shell *s = &m->bodies->shell[c];
    for (int k = 0; k < s->nears; k++) {
      const int i = s->near[k].i, j = s->near[k].j, west = c ? i : i - 1, south = c ? j - 1 : j;
      if (i < nx && j < ny) mark[j * nx + i] = 1;
      if (west >= 0 && south >= 0) mark[south * nx + west] = 1;
    }
  }
}

static int list_cells(const struct assay_mac *m)
{
  int rc = ASSAY_OK;
  struct mac_bodies *b = m->bodies;
  const int nx = m->set.nx;
  char *mark = NULL;
  ASSAY_TRY(ASSAY_NEW(&mark, (size_t)nx * (size_t)m->set.ny, "marks"));
  mark_cells(m, mark);
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < nx; i++) {
      double a[4];
      openings(a, m, j, i);
      if (a[0] + a[1] + a[2] + a[3] == 4 && !mark[j * nx + i]) continue;
      const struct mac_cell c = {j * m->stride + i, j * nx + i};
      APPEND(b->cell, b->cells, c, "cut cells");
      if (!is_solid(m, j, i)) continue;
      struct mac_gap *last = b->gaps > 0 ? &b->gap[b->gaps - 1] : NULL;
      if (last && last->j == j && last->i + last->n == i) {
        last->n++;
        continue;
      }
      const struct mac_gap g = {i, j, 1};
      APPEND(b->gap, b->gaps, g, "solid cells");
    }
done:
  assay_free(mark);
  return rc;
}

static int list_faces(struct assay_capacitance_face **out, int *n, const struct assay_mac *m)
{
  int rc = ASSAY_OK;
  const int nx = m->set.nx, ny = m->set.ny;
  const struct mac_bodies *b = m->bodies;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const int here = j * nx + i, solid = is_solid(m, j, i);
      const double ax = b->ax[j * m->stride + i], ay = b->ay[j * m->stride + i];
      if (i > 0 && ax < 1 && !(solid && is_solid(m, j, i - 1))) {
        const struct assay_capacitance_face f = {here - 1, here, ax};
        APPEND(*out, *n, f, "cut faces");
      }
      if (j > 0 && ay < 1 && !(solid && is_solid(m, j - 1, i))) {
        const struct assay_capacitance_face f = {here - nx, here, ay};
        APPEND(*out, *n, f, "cut faces");
      }
    }
done:
  return rc;
}

static int plan_pressure(const struct assay_mac *m)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_capacitance_face *face = NULL;
  ASSAY_TRY(list_faces(&face, &n, m));
  ASSAY_TRY(assay_capacitance_create(&m->bodies->capacitance, m->poisson, face, n, NULL, 0));
done:
  assay_free(face);
  return rc;
}

static int allocate(struct assay_mac *m)
{
  int rc = ASSAY_OK;
  struct mac_bodies *b = m->bodies;
  const size_t cells = (size_t)m->set.nx * (size_t)m->set.ny, n = (size_t)b->n;
  const size_t field = ((size_t)m->set.ny + 6) * (size_t)m->stride,
               origin = 2 * (size_t)m->stride + 8;
  ASSAY_TRY(ASSAY_NEW(&b->block, 2 * field + 2 * cells, "obstacles"));
  for (size_t k = 0; k < 2 * field; k++) b->block[k] = 1;
  b->ax = b->block + origin;
  b->ay = b->block + field + origin;
  b->fraction = b->block + 2 * field;
  b->distance = b->fraction + cells;
  ASSAY_TRY(ASSAY_NEW(&b->centre, n, "obstacles"));
  ASSAY_TRY(ASSAY_NEW(&b->rate, n, "obstacles"));
  ASSAY_TRY(ASSAY_NEW(&b->old_rate, n, "obstacles"));
  ASSAY_TRY(ASSAY_NEW(&b->impulse, n, "obstacles"));
  ASSAY_TRY(ASSAY_NEW(&b->pressure, n, "obstacles"));
  ASSAY_TRY(ASSAY_NEW(&b->load, n, "obstacles"));
done:
  return rc;
}

int assay_mac_create_bodies(struct assay_mac *m)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&m->bodies, 1, "obstacles"));
  struct mac_bodies *b = m->bodies;
  b->n = m->set.bodies;
  b->body = m->set.body;
  b->parts = (struct assay_union){b->n, b->body};
  b->all = (struct assay_body){.shape = assay_union_distance, .data = &b->parts};
  ASSAY_TRY(allocate(m));
  measure_faces(m);
  measure_cells(m);
  measure_centres(m);
  for (int c = 0; c < 2; c++) ASSAY_TRY(assay_mac_create_shell(m, c));
  ASSAY_TRY(list_cells(m));
  ASSAY_TRY(plan_pressure(m));
done:
  return rc;
}

void assay_mac_destroy_bodies(struct mac_bodies *b)
{
  if (!b) return;
  for (int c = 0; c < 2; c++) {
    assay_free(b->shell[c].near);
    assay_free(b->shell[c].link);
    assay_free(b->shell[c].run);
    assay_free(b->shell[c].slider);
    assay_free(b->shell[c].before);
  }
  assay_mac_destroy_body_lines(b);
  assay_capacitance_destroy(b->capacitance);
  assay_free(b->cell);
  assay_free(b->gap);
  assay_free(b->centre);
  assay_free(b->rate);
  assay_free(b->old_rate);
  assay_free(b->impulse);
  assay_free(b->pressure);
  assay_free(b->load);
  assay_free(b->block);
  assay_free(b);
}
