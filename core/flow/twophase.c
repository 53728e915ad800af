/* Life of a two-phase solver: memory, start, plain access. */
#include "core/flow/twophase.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/twophase_internal.h"

/* Columns before face 0 (whole vectors, so that it is aligned), after face nx, and rows beyond. */
enum { BEFORE = 8, AFTER = 3, ROWS_BELOW = 2, ROWS_ABOVE = 3, LINE = 8 };

/* A piece of the block, of its own cache colour; with block NULL only the length is counted. */
static double *take(double *block, size_t *used, size_t n)
{
  double *piece = block ? block + *used : NULL;
  *used += (n + LINE - 1) / LINE * LINE + 5 * LINE;
  return piece;
}

static double *take_field(const struct assay_twophase *m, double *block, size_t *used)
{
  const size_t rows = (size_t)m->set.ny + 1 + ROWS_BELOW + ROWS_ABOVE;
  double *piece = take(block, used, rows * (size_t)m->s.stride);
  return piece ? piece + ROWS_BELOW * m->s.stride + BEFORE : NULL;
}

static struct assay_twophase_pair take_pair(const struct assay_twophase *m, double *block,
                                            size_t *used)
{
  struct assay_twophase_pair w;
  w.u = take_field(m, block, used);
  w.v = take_field(m, block, used);
  return w;
}

static void lay_out_fields(struct assay_twophase *m, double *block, size_t *used)
{
  struct assay_twophase_sweep *s = &m->s;
  struct assay_twophase_pair *const pairs[] = {&s->now,  &s->old,  &s->half,  &s->ahead,
                                               &s->lag,  &s->mask, &s->light, &s->light_old,
                                               &s->mass, &s->rate, &s->shear, &s->stick};
  double **const cells[] = {&s->c,    &s->rho, &s->mu,    &s->pure,  &s->corner,
                            &s->thin, &s->p,   &s->p_old, &s->p_hat, &s->phi};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) *pairs[k] = take_pair(m, block, used);
  for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) *cells[k] = take_field(m, block, used);
  if (m->set.surface_tension > 0) s->curvature = take_field(m, block, used);
}

/* Place all arrays in block; returns the number of doubles. */
static size_t lay_out(struct assay_twophase *m, double *block)
{
  const size_t nx = (size_t)m->set.nx, ny = (size_t)m->set.ny, cells = nx * ny;
  size_t used = 0;
  lay_out_fields(m, block, &used);
  m->s.div = take(block, &used, cells);
  m->phi = take(block, &used, cells);
  m->beta_x = take(block, &used, cells + ny);
  m->beta_y = take(block, &used, cells + nx);
  m->open_values = take(block, &used, (size_t)m->n_open_cells);
  if (m->set.surface_tension > 0) m->curvature = take(block, &used, cells);
  m->work = take(block, &used, assay_twophase_pressure_work(m));
  m->line_scratch = take(block, &used, assay_twophase_lines_scratch((int)(nx > ny ? nx : ny) + 1));
  m->s.rows = take(block, &used, assay_twophase_scratch(m->s.stride));
  for (int k = 0; k < 4; k++) m->along_y[k] = take(block, &used, ny + 1);
  m->spin = take(block, &used, 2 * (ny + 1));
  return used;
}

static double inverse(double r)
{
  return r > 0 ? 1 / r : 0;
}

/* Geometry of the rows, planar or about the axis; one row beyond on either side. */
static int lay_rows(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  const int ny = m->set.ny, radial = m->set.axisymmetric;
  ASSAY_TRY(ASSAY_NEW(&m->row, (size_t)ny + 3, "two-phase rows"));
  m->row++;
  for (int j = -1; j <= ny + 1; j++) {
    struct assay_twophase_row *r = &m->row[j];
    r->cell = radial ? fabs(j + 0.5) * m->dy : 1;
    r->face = radial ? fabs((double)j) * m->dy : 1;
    r->per_cell = inverse(r->cell);
    r->per_face = inverse(r->face);
  }
  for (int j = 0; j <= ny; j++) {
    struct assay_twophase_row *r = &m->row[j];
    r->above = m->row[j + 1].face * r->per_cell;
    r->below = r->face * r->per_cell;
    r->over = r->cell * r->per_face;
    r->under = m->row[j - 1].cell * r->per_face;
    r->hoop = radial ? m->dy * m->dy * r->per_face * r->per_face : 0;
  }
done:
  return rc;
}

static void lay_lines(struct assay_twophase *m)
{
  const int ny = m->set.ny;
  for (int j = 0; j <= ny; j++) {
    m->along_y[0][j] = m->row[j].below;
    m->along_y[1][j] = m->row[j].above;
    m->along_y[2][j] = m->row[j].under;
    m->along_y[3][j] = m->row[j].over;
    m->spin[j] = 0.5 * m->row[j].hoop;
    m->spin[ny + 1 + j] = 0;
  }
}

/* What follows from the settings. */
static void derive(struct assay_twophase *m, const struct assay_twophase_settings *set)
{
  struct assay_twophase_sweep *s = &m->s;
  m->set = *set;
  m->dx = set->width / set->nx;
  m->dy = set->height / set->ny;
  m->cfl = set->cfl > 0 ? set->cfl : 0.4;
  m->kernels = set->kernels ? set->kernels : ASSAY_ISA_PICK(assay_twophase_kernels, assay_isa());
  s->nx = set->nx;
  s->ny = set->ny;
  s->stride = (BEFORE + set->nx + 1 + AFTER + LINE - 1) / LINE * LINE;
  s->inv_dx = 1 / m->dx;
  s->inv_dy = 1 / m->dy;
  s->density = set->unmarked.density;
  s->density_jump = set->marked.density - set->unmarked.density;
  s->fluidity = 1 / set->unmarked.viscosity;
  s->fluidity_jump = 1 / set->marked.viscosity - 1 / set->unmarked.viscosity;
  assay_twophase_choose_pressure(m);
  s->splitting = fmin(set->unmarked.density, set->marked.density);
  for (int d = 0; d < 2; d++) {
    s->gravity[d] = set->gravity[d];
    s->force[d] = set->force[d];
  }
}

static int create_fraction(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  const struct assay_vof_settings v = {.nx = m->set.nx,
                                       .ny = m->set.ny,
                                       .dx = m->dx,
                                       .dy = m->dy,
                                       .axisymmetric = m->set.axisymmetric,
                                       .periodic_x = m->side[ASSAY_MAC_LEFT].periodic,
                                       .periodic_y = m->side[ASSAY_MAC_BOTTOM].periodic,
                                       .blocked = m->set.n_blocks > 0 ? m->solid : NULL};
  ASSAY_TRY(assay_vof_create(&m->vof, &v));
  ASSAY_TRY(assay_twophase_vof_sides(m));
done:
  return rc;
}

int assay_twophase_create(struct assay_twophase **out, const struct assay_twophase_settings *set)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  *out = NULL;
  ASSAY_TRY(assay_twophase_check(set));
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(&m, 1, "two-phase solver"));
  derive(m, set);
  ASSAY_TRY(lay_rows(m));
  m->s.row = m->row;
  ASSAY_TRY(assay_twophase_sides_create(m));
  ASSAY_TRY(create_fraction(m));
  ASSAY_TRY(assay_twophase_pressure_create(m));
  ASSAY_TRY(ASSAY_NEW(&m->block, lay_out(m, NULL), "two-phase fields"));
  lay_out(m, m->block);
  lay_lines(m);
  assay_twophase_lay_faces(m);
  ASSAY_TRY(assay_twophase_start(m, 0, NULL, NULL, NULL));
  *out = m;
  m = NULL;
done:
  assay_twophase_destroy(m);
  return rc;
}

void assay_twophase_destroy(struct assay_twophase *m)
{
  if (!m) return;
  assay_twophase_pressure_destroy(m);
  assay_twophase_sides_destroy(m);
  assay_vof_destroy(m->vof);
  assay_free(m->row ? m->row - 1 : NULL);
  assay_free(m->block);
  assay_free(m);
}

/* Copy [ny, nx] contiguous values, or zeros. */
static int copy_in(double *to, ptrdiff_t stride, const double *from, int nx, int ny,
                   const char *what)
{
  int rc = ASSAY_OK;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const double x = from ? from[(ptrdiff_t)j * nx + i] : 0;
      ASSAY_CHECK(isfinite(x), ASSAY_EARG, "initial %s (%d, %d) is not finite", what, j, i);
      to[j * stride + i] = x;
    }
done:
  return rc;
}

/* Make the start divergence-free with the true density, as an impulse would. */
static int project_start(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  struct assay_twophase_sweep *s = &m->s;
  s->out = s->now;
  s->dt = 1;
  for (int j = 0; j <= s->ny; j++)
    for (int i = 0; i <= s->nx; i++)
      s->rate.u[j * s->stride + i] = s->rate.v[j * s->stride + i] = 0;
  m->kernels->add(s);
  ASSAY_TRY(assay_twophase_project(m, TWOPHASE_CONVERGED_TO));
  assay_twophase_impose(m, s->now);
  assay_twophase_fill_velocity(m, s->now, TWOPHASE_SEEN);
done:
  return rc;
}

static void forget(struct assay_twophase *m, double t)
{
  const ptrdiff_t st = m->s.stride;
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < m->set.nx; i++) m->s.p[j * st + i] = m->s.p_hat[j * st + i] = 0;
  m->t = t;
  m->dt = 0;
  m->levels = 0;
  m->account = (struct assay_twophase_account){0};
}

int assay_twophase_start(struct assay_twophase *m, double t, const double *fraction,
                         const double *u, const double *v)
{
  int rc = ASSAY_OK;
  const int nx = m->set.nx, ny = m->set.ny;
  double *zeros = NULL;
  if (!fraction) ASSAY_TRY(ASSAY_NEW(&zeros, (size_t)nx * (size_t)ny, "two-phase start"));
  ASSAY_TRY(assay_vof_start(m->vof, fraction ? fraction : zeros));
  ASSAY_TRY(copy_in(m->s.now.u, m->s.stride, u, nx + 1, ny, "velocity u"));
  ASSAY_TRY(copy_in(m->s.now.v, m->s.stride, v, nx, ny + 1, "velocity v"));
  assay_twophase_impose(m, m->s.now);
  assay_twophase_fill_velocity(m, m->s.now, TWOPHASE_SEEN);
  assay_twophase_material(m);
  forget(m, t);
  ASSAY_TRY(project_start(m));
  forget(m, t);
  ASSAY_TRY(assay_twophase_first_pressure(m));
  m->account = (struct assay_twophase_account){0};
  m->volume_start = assay_vof_volume(m->vof);
done:
  assay_free(zeros);
  return rc;
}

double assay_twophase_time(const struct assay_twophase *m)
{
  return m->t;
}

struct assay_mac_view assay_twophase_u(const struct assay_twophase *m)
{
  return (struct assay_mac_view){m->s.now.u, m->s.stride, m->set.nx + 1, m->set.ny};
}

struct assay_mac_view assay_twophase_v(const struct assay_twophase *m)
{
  return (struct assay_mac_view){m->s.now.v, m->s.stride, m->set.nx, m->set.ny + 1};
}

struct assay_mac_view assay_twophase_pressure(const struct assay_twophase *m)
{
  return (struct assay_mac_view){m->s.p, m->s.stride, m->set.nx, m->set.ny};
}

struct assay_mac_view assay_twophase_fraction(const struct assay_twophase *m)
{
  return assay_vof_fraction(m->vof);
}

struct assay_twophase_account assay_twophase_account(const struct assay_twophase *m)
{
  return m->account;
}
