/* Life of a MAC solver: settings, memory, start, plain access. */
#include "core/flow/mac.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_body.h"
#include "core/flow/mac_internal.h"

/* Columns before face 0 (whole vectors, so that it is aligned), after face nx, and rows beyond. */
enum { BEFORE = 8, AFTER = 3, ROWS_BELOW = 2, ROWS_ABOVE = 3, LINE = 8 };

static const char *const names[ASSAY_MAC_SIDES] = {"left", "right", "bottom", "top"};

static int check_side(const struct assay_mac_settings *s, int k)
{
  int rc = ASSAY_OK;
  const int wall = s->side[k].wall, partner = k ^ 1, in = wall == ASSAY_MAC_INFLOW;
  const enum assay_mac_profile profile = s->side[k].profile;
  ASSAY_CHECK(wall >= ASSAY_MAC_NO_SLIP && wall <= ASSAY_MAC_OUTFLOW, ASSAY_EARG,
              "%s: no kind of side has the number %d", names[k], wall);
  ASSAY_CHECK(isfinite(s->side[k].velocity), ASSAY_EARG, "wall velocity %g (%s)",
              s->side[k].velocity, names[k]);
  ASSAY_CHECK(wall == ASSAY_MAC_NO_SLIP || s->side[k].velocity == 0, ASSAY_EARG,
              "%s: only a no-slip wall has a velocity", names[k]);
  ASSAY_CHECK((wall == ASSAY_MAC_PERIODIC) == (s->side[partner].wall == ASSAY_MAC_PERIODIC),
              ASSAY_EARG, "%s is periodic and %s is not", names[k], names[partner]);
  ASSAY_CHECK(isfinite(s->side[k].inflow), ASSAY_EARG, "inflow %g (%s)", s->side[k].inflow,
              names[k]);
  ASSAY_CHECK(in || (s->side[k].inflow == 0 && profile == ASSAY_MAC_UNIFORM && !s->side[k].shape),
              ASSAY_EARG, "%s: an inflow is given, but it is not an inflow side", names[k]);
  ASSAY_CHECK(profile >= ASSAY_MAC_UNIFORM && profile <= ASSAY_MAC_CUSTOM, ASSAY_EARG,
              "%s: no inflow profile has the number %d", names[k], (int)profile);
  ASSAY_CHECK((profile == ASSAY_MAC_CUSTOM) == (s->side[k].shape != NULL), ASSAY_EARG,
              "%s: a custom inflow profile and its callback go together", names[k]);
done:
  return rc;
}

static int check(const struct assay_mac_settings *s)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(s->nx >= 2 && s->ny >= 2 && s->nx <= 1 << 14 && s->ny <= 1 << 14, ASSAY_EARG,
              "flow grid of %d x %d cells: 2 to 16384 each", s->nx, s->ny);
  ASSAY_CHECK(s->width > 0 && s->height > 0 && isfinite(s->width) && isfinite(s->height),
              ASSAY_EARG, "flow domain of %g m x %g m: both must be positive", s->width, s->height);
  ASSAY_CHECK(s->density > 0 && isfinite(s->density), ASSAY_EARG, "density %g is not positive",
              s->density);
  ASSAY_CHECK(s->viscosity > 0 && isfinite(s->viscosity), ASSAY_EARG,
              "viscosity %g is not positive", s->viscosity);
  ASSAY_CHECK(s->cfl >= 0 && s->cfl <= 1, ASSAY_EARG, "Courant number %g is outside (0, 1]",
              s->cfl);
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) ASSAY_TRY(check_side(s, k));
  ASSAY_TRY(assay_mac_check_bodies(s));
done:
  return rc;
}

/* A piece of the block; with block NULL only the length is counted. Every piece starts on a cache
 * line of its own colour, so that equal places of different arrays do not fall on one cache set. */
static double *take(double *block, size_t *used, size_t n)
{
  double *piece = block ? block + *used : NULL;
  *used += (n + LINE - 1) / LINE * LINE + 5 * LINE;
  return piece;
}

static double *take_field(const struct assay_mac *m, double *block, size_t *used)
{
  const size_t rows = (size_t)m->set.ny + 1 + ROWS_BELOW + ROWS_ABOVE;
  double *piece = take(block, used, rows * (size_t)m->stride);
  return piece ? piece + ROWS_BELOW * m->stride + BEFORE : NULL;
}

static struct mac_pair take_pair(const struct assay_mac *m, double *block, size_t *used)
{
  struct mac_pair w;
  w.u = take_field(m, block, used);
  w.v = take_field(m, block, used);
  return w;
}

static size_t work_size(const struct assay_mac *m)
{
  const size_t plain = assay_poisson_work(m->poisson);
  const size_t bodies = m->bodies ? assay_capacitance_work(m->bodies->capacitance) : 0;
  return bodies > plain ? bodies : plain;
}

/* Place all arrays in block; returns the number of doubles. */
static size_t lay_out(struct assay_mac *m, double *block)
{
  const size_t cells = (size_t)m->set.nx * (size_t)m->set.ny;
  size_t used = 0;
  m->now = take_pair(m, block, &used);
  m->other = take_pair(m, block, &used);
  m->rhs = take_pair(m, block, &used);
  m->trial = take_pair(m, block, &used);
  m->trial_rhs = take_pair(m, block, &used);
  if (m->set.force) m->force = take_pair(m, block, &used);
  if (m->account.viscous == ASSAY_MAC_IMPLICIT) m->p = take_field(m, block, &used);
  m->pressure = take(block, &used, cells);
  m->div = take(block, &used, cells);
  m->phi = take(block, &used, cells);
  m->work = take(block, &used, work_size(m));
  m->rows = take(block, &used, assay_mac_scratch(m->stride));
  if (m->open)
    m->saved = take(block, &used, 2 * ASSAY_MAC_SIDES * (size_t)fmax(m->set.nx, m->set.ny));
  return used;
}

void assay_mac_derive(struct assay_mac *m, const struct assay_mac_settings *s)
{
  m->set = *s;
  m->dx = s->width / s->nx;
  m->dy = s->height / s->ny;
  m->nu = s->viscosity / s->density;
  m->cfl = s->cfl > 0 ? s->cfl : 0.5;
  m->periodic_x = s->side[ASSAY_MAC_LEFT].wall == ASSAY_MAC_PERIODIC;
  m->periodic_y = s->side[ASSAY_MAC_BOTTOM].wall == ASSAY_MAC_PERIODIC;
  double slide = 0;
  for (int k = 0; k < s->bodies; k++) slide = fmax(slide, fabs(s->body[k].slide));
  m->wall_rate = fmax(
      fmax(fabs(s->side[ASSAY_MAC_BOTTOM].velocity), fabs(s->side[ASSAY_MAC_TOP].velocity)) / m->dx,
      fmax(fabs(s->side[ASSAY_MAC_LEFT].velocity), fabs(s->side[ASSAY_MAC_RIGHT].velocity)) /
          m->dy);
  m->wall_rate = fmax(m->wall_rate, slide / fmin(m->dx, m->dy));
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    m->outflow |= s->side[k].wall == ASSAY_MAC_OUTFLOW;
    m->open |= s->side[k].wall == ASSAY_MAC_OUTFLOW || s->side[k].wall == ASSAY_MAC_INFLOW;
  }
  m->stride = (BEFORE + s->nx + 1 + AFTER + LINE - 1) / LINE * LINE;
  m->kernels = s->kernels ? s->kernels : ASSAY_ISA_PICK(assay_mac_kernels, assay_isa());
}

/* Make the present velocity one of an incompressible fluid between these sides at time t. */
static void start_projected(struct assay_mac *m, double t)
{
  assay_mac_fix_boundary(m, m->now, t);
  if (m->bodies) assay_mac_fill_solids(m, m->now);
  /* an inflow that meets fluid at rest needs a potential as large as the domain, whose rounding
   * shows: a second projection takes away what it left */
  for (int pass = 0; pass < (m->open ? 2 : 1); pass++) {
    assay_mac_divergence(m, m->div);
    m->rate = assay_mac_project(m, m->now, NULL, 0, 0, 0);
  }
  m->phi_scale = 0;
  assay_mac_fill_halo(m, m->now);
}

/* Condition on the pressure across this pair of sides. */
static enum assay_bc condition(const struct assay_mac *m, enum assay_mac_side lower)
{
  const int a = m->set.side[lower].wall == ASSAY_MAC_OUTFLOW,
            b = m->set.side[lower + 1].wall == ASSAY_MAC_OUTFLOW;
  if (m->set.side[lower].wall == ASSAY_MAC_PERIODIC) return ASSAY_BC_PERIODIC;
  if (a && b) return ASSAY_BC_DIRICHLET;
  return a ? ASSAY_BC_DIRICHLET_NEUMANN : b ? ASSAY_BC_NEUMANN_DIRICHLET : ASSAY_BC_NEUMANN;
}

int assay_mac_create(struct assay_mac **out, const struct assay_mac_settings *s)
{
  int rc = ASSAY_OK;
  struct assay_mac *m = NULL;
  *out = NULL;
  ASSAY_TRY(check(s));
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(&m, 1, "flow solver"));
  assay_mac_derive(m, s);
  assay_mac_choose(m);
  ASSAY_TRY(assay_poisson_create(&m->poisson, s->nx, s->ny, m->dx, m->dy,
                                 condition(m, ASSAY_MAC_LEFT), condition(m, ASSAY_MAC_BOTTOM)));
  ASSAY_TRY(assay_mac_check_inflow(m, 0));
  if (s->bodies > 0) ASSAY_TRY(assay_mac_create_bodies(m));
  if (m->account.viscous == ASSAY_MAC_IMPLICIT) ASSAY_TRY(assay_mac_create_lines(m));
  ASSAY_TRY(ASSAY_NEW(&m->block, lay_out(m, NULL), "flow fields"));
  lay_out(m, m->block);
  if (m->open || m->bodies) start_projected(m, 0);
  assay_mac_fill_halo(m, m->now);
  *out = m;
  m = NULL;
done:
  assay_mac_destroy(m);
  return rc;
}

void assay_mac_destroy(struct assay_mac *m)
{
  if (!m) return;
  assay_poisson_destroy(m->poisson);
  assay_mac_destroy_bodies(m->bodies);
  assay_mac_destroy_lines(m);
  assay_free(m->block);
  assay_free(m);
}

struct assay_mac_sweep assay_mac_sweep_of(const struct assay_mac *m, struct mac_pair w)
{
  return (struct assay_mac_sweep){.nx = m->set.nx,
                                  .ny = m->set.ny,
                                  .stride = m->stride,
                                  .periodic_x = m->periodic_x,
                                  .periodic_y = m->periodic_y,
                                  .inv_dx = 1 / m->dx,
                                  .inv_dy = 1 / m->dy,
                                  .nu_xx = m->nu / (m->dx * m->dx),
                                  .nu_yy = m->nu / (m->dy * m->dy),
                                  .u = w.u,
                                  .v = w.v,
                                  .div = m->div,
                                  .rows = m->rows};
}

void assay_mac_solve_poisson(const struct assay_mac *m, double *phi)
{
  if (!m->bodies) {
    assay_poisson_solve(m->poisson, phi, m->div, m->work);
    return;
  }
  assay_capacitance_solve(m->bodies->capacitance, phi, m->div, m->work);
  assay_mac_bridge(m, phi);
}

double assay_mac_project(struct assay_mac *m, struct mac_pair w, double *p, double gain,
                         double loss, double load)
{
  const struct assay_mac_sweep s = assay_mac_sweep_of(m, w);
  assay_mac_solve_poisson(m, m->phi);
  const double rate = m->kernels->project(&s, w.u, w.v, m->phi, p, gain, loss);
  if (m->bodies) assay_mac_settle_bodies(m, w, load);
  return m->open ? assay_mac_project_sides(m, w, rate) : rate;
}

void assay_mac_fill_force(const struct assay_mac *m, double t)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const struct assay_mac_array fx = {m->force.u, m->stride, nx + 1, ny};
  const struct assay_mac_array fy = {m->force.v, m->stride, nx, ny + 1};
  m->set.force(m->set.force_context, t, fx, fy);
}

static int copy_in(double *to, ptrdiff_t stride, const double *from, int nx, int ny)
{
  int rc = ASSAY_OK;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const double x = from[(ptrdiff_t)j * nx + i];
      ASSAY_CHECK(isfinite(x), ASSAY_EARG, "initial velocity (%d, %d) is not finite", j, i);
      to[j * stride + i] = x;
    }
done:
  return rc;
}

int assay_mac_start(struct assay_mac *m, double t, const double *u, const double *v)
{
  int rc = ASSAY_OK;
  const int nx = m->set.nx, ny = m->set.ny;
  ASSAY_TRY(assay_mac_check_inflow(m, t));
  ASSAY_TRY(copy_in(m->now.u, m->stride, u, nx + 1, ny));
  ASSAY_TRY(copy_in(m->now.v, m->stride, v, nx, ny + 1));
  start_projected(m, t);
  m->t = t;
  m->dt = 0;
  m->levels = 0;
  m->energy_residual = 0;
done:
  return rc;
}

double assay_mac_time(const struct assay_mac *m)
{
  return m->t;
}

struct assay_mac_view assay_mac_u(const struct assay_mac *m)
{
  return (struct assay_mac_view){m->now.u, m->stride, m->set.nx + 1, m->set.ny};
}

struct assay_mac_view assay_mac_v(const struct assay_mac *m)
{
  return (struct assay_mac_view){m->now.v, m->stride, m->set.nx, m->set.ny + 1};
}

struct assay_mac_account assay_mac_account(const struct assay_mac *m)
{
  return m->account;
}
