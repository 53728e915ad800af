/* Pressure of the two-phase solver. A step ends with
 *
 *   u_new = u* - dt/rho_0 grad phi,   lap phi = rho_0/dt div u*,   p_new = p^ + phi,
 *
 * where u* holds - dt/rho grad p^, p^ the old pressure and rho_0 the smaller
 * density: the splitting of Dodd & Ferrante (2014) into a problem of constant coefficients, which a
 * direct solver does exactly, so that div u_new is zero to rounding. Its error is (1/rho - 1/rho_0)
 * grad (p_new - p^). Iterated or converged: p^ is extrapolated in time, and first
 *
 *   div(dt/rho grad phi) = div u*
 *
 * by conjugate gradients, u* and p^ corrected with it, and the above for what is left.
 *
 * What the splitting leaves for the next step fades as 1 - rho_0/rho while the interface stands
 * still: the pressure of a heavy liquid lags by some rho/rho_0 steps, which stops the oscillation
 * of drops. Where the interface moves fast the errors of steps feed on each other. With p^
 * extrapolated in time they throw single drops through the gas at many times the speed of the flow,
 * with the old p they do not; a drop in still gas gains energy at a ratio of 800 and does not at
 * 300. Two or three iterations cost as much as the rest of the step and leave a hundredth of the
 * splitting's error: hence the automatic choice. Measured: docs/twophase.md.
 *
 * Openings hold the pressure on the cell faces. A side that is partly open, and the faces of
 * blocks, are changes of low rank to a problem with closed sides (core/num/capacitance.h). */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/twophase_internal.h"

enum { MOST_ITERATIONS = 2000 };

static const double splitting_up_to = 3; /* density ratio */
static const double iterated_to = 1e-2;

static int all_open(const struct twophase_side *a)
{
  return a->open == a->n;
}

static enum assay_bc condition(const struct twophase_side *lower, const struct twophase_side *upper)
{
  if (lower->periodic) return ASSAY_BC_PERIODIC;
  if (all_open(lower)) return all_open(upper) ? ASSAY_BC_DIRICHLET : ASSAY_BC_DIRICHLET_NEUMANN;
  return all_open(upper) ? ASSAY_BC_NEUMANN_DIRICHLET : ASSAY_BC_NEUMANN;
}

static int create_radial(struct assay_twophase *m, enum assay_bc x, enum assay_bc y)
{
  int rc = ASSAY_OK;
  const int ny = m->set.ny;
  double *vol = NULL, *w = NULL;
  ASSAY_TRY(ASSAY_NEW(&vol, (size_t)ny, "pressure"));
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)ny + 1, "pressure"));
  for (int j = 0; j < ny; j++) vol[j] = m->row[j].cell * m->dy;
  for (int j = 0; j <= ny; j++) w[j] = m->row[j].face / m->dy;
  const struct assay_poisson_lines lines = {
      .nx = m->set.nx, .ny = ny, .dx = m->dx, .vol = vol, .w = w, .x = x, .y = y};
  ASSAY_TRY(assay_poisson_lines_create(&m->poisson, &lines));
done:
  assay_free(vol);
  assay_free(w);
  return rc;
}

static double off_diagonal(const struct assay_twophase *m, int k, int j)
{
  if (k < 2) return 1 / (m->dx * m->dx);
  const struct assay_twophase_row *r = &m->row[j];
  return (k == ASSAY_MAC_TOP ? r->above : r->below) / (m->dy * m->dy);
}

static int cell_of(const struct assay_twophase *m, int k, int i)
{
  const int nx = m->set.nx, ny = m->set.ny;
  switch (k) {
  case ASSAY_MAC_LEFT:
    return i * nx;
  case ASSAY_MAC_RIGHT:
    return i * nx + nx - 1;
  case ASSAY_MAC_BOTTOM:
    return i;
  default:
    return (ny - 1) * nx + i;
  }
}

/* Openings of sides that are closed in the base problem. A cell in a corner may have two. */
static int find_open_cells(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) {
    const struct twophase_side *a = &m->side[k];
    for (int i = 0; !all_open(a) && i < a->n; i++) {
      if (a->face[i].kind != ASSAY_TWOPHASE_OPENING) continue;
      const int cell = cell_of(m, k, i);
      if (m->solid[cell]) continue;
      int at = 0;
      while (at < m->n_open_cells && m->open_cell[at].cell != cell) at++;
      if (at == m->n_open_cells) {
        ASSAY_TRY(ASSAY_GROW(&m->open_cell, (size_t)at + 1, "pressure"));
        m->open_cell[m->n_open_cells++].cell = cell;
      }
      m->open_cell[at].value -= 2 * off_diagonal(m, k, cell / m->set.nx);
    }
  }
done:
  return rc;
}

static int add_face(struct assay_capacitance_face **faces, int *n, int a, int b)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(faces, (size_t)*n + 1, "pressure"));
  (*faces)[(*n)++] = (struct assay_capacitance_face){a, b, 0};
done:
  return rc;
}

/* Faces between fluid and solid cells. */
static int find_closed_faces(const struct assay_twophase *m, struct assay_capacitance_face **faces,
                             int *n)
{
  int rc = ASSAY_OK;
  const int nx = m->set.nx, ny = m->set.ny;
  const int around_x = m->side[ASSAY_MAC_LEFT].periodic,
            around_y = m->side[ASSAY_MAC_BOTTOM].periodic;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const int a = j * nx + i, b = j * nx + (i + 1) % nx, c = (j + 1) % ny * nx + i;
      if ((i + 1 < nx || around_x) && m->solid[a] != m->solid[b])
        ASSAY_TRY(add_face(faces, n, a, b));
      if ((j + 1 < ny || around_y) && m->solid[a] != m->solid[c])
        ASSAY_TRY(add_face(faces, n, a, c));
    }
done:
  return rc;
}

int assay_twophase_pressure_create(struct assay_twophase *m)
{
  int rc = ASSAY_OK, n_faces = 0;
  struct assay_capacitance_face *faces = NULL;
  const struct twophase_side *s = m->side;
  const enum assay_bc x = condition(&s[ASSAY_MAC_LEFT], &s[ASSAY_MAC_RIGHT]);
  const enum assay_bc y = condition(&s[ASSAY_MAC_BOTTOM], &s[ASSAY_MAC_TOP]);
  if (m->set.axisymmetric)
    ASSAY_TRY(create_radial(m, x, y));
  else
    ASSAY_TRY(assay_poisson_create(&m->poisson, m->set.nx, m->set.ny, m->dx, m->dy, x, y));
  ASSAY_TRY(find_open_cells(m));
  ASSAY_TRY(find_closed_faces(m, &faces, &n_faces));
  if (n_faces > 0 || m->n_open_cells > 0)
    ASSAY_TRY(assay_capacitance_create(&m->capacitance, m->poisson, faces, n_faces, m->open_cell,
                                       m->n_open_cells));
  ASSAY_TRY(assay_varpoisson_create(&m->varpoisson, m->poisson, m->capacitance));
done:
  assay_free(faces);
  return rc;
}

void assay_twophase_pressure_destroy(struct assay_twophase *m)
{
  assay_varpoisson_destroy(m->varpoisson);
  assay_capacitance_destroy(m->capacitance);
  assay_poisson_destroy(m->poisson);
  assay_free(m->open_cell);
}

static size_t most(size_t a, size_t b)
{
  return a > b ? a : b;
}

size_t assay_twophase_pressure_work(const struct assay_twophase *m)
{
  const size_t direct =
      m->capacitance ? assay_capacitance_work(m->capacitance) : assay_poisson_work(m->poisson);
  return most(direct, assay_varpoisson_work(m->varpoisson));
}

void assay_twophase_choose_pressure(struct assay_twophase *m)
{
  const double a = m->set.marked.density, b = m->set.unmarked.density;
  m->pressure = m->set.pressure;
  const int easy = fmax(a, b) <= splitting_up_to * fmin(a, b) && m->set.surface_tension == 0;
  if (m->pressure == ASSAY_TWOPHASE_AUTO)
    m->pressure = easy ? ASSAY_TWOPHASE_SPLITTING : ASSAY_TWOPHASE_ITERATED;
  m->tolerance = m->set.tolerance > 0                     ? m->set.tolerance
                 : m->pressure == ASSAY_TWOPHASE_ITERATED ? iterated_to
                                                          : TWOPHASE_CONVERGED_TO;
  if (m->pressure == ASSAY_TWOPHASE_SPLITTING) m->tolerance = 0;
}

/* ---- one projection ------------------------------------------------------------------------- */

/* phi into the array with halo, zero beyond openings' faces. */
static void spread(struct assay_twophase *m)
{
  const int nx = m->set.nx;
  for (int j = 0; j < m->set.ny; j++) {
    double *to = m->s.phi + j * m->s.stride;
    const double *from = m->phi + (ptrdiff_t)j * nx;
    for (int i = 0; i < nx; i++) to[i] = from[i];
  }
  assay_twophase_fill_pressure(m, m->s.phi, 1);
}

static void scale(double *a, size_t n, double k)
{
  for (size_t i = 0; i < n; i++) a[i] *= k;
}

/* Zero values on the faces of openings that the base problem holds closed. */
static void set_open_values(struct assay_twophase *m)
{
  const int nx = m->set.nx;
  for (int k = 0; k < m->n_open_cells; k++) {
    const int cell = m->open_cell[k].cell;
    m->open_values[k] = m->open_cell[k].value / m->s.rho[cell / nx * m->s.stride + cell % nx];
  }
}

static int project_true(struct assay_twophase *m, double tolerance)
{
  int rc = ASSAY_OK;
  const size_t cells = (size_t)m->set.nx * (size_t)m->set.ny;
  m->kernels->per_density(&m->s, m->beta_x, m->beta_y);
  set_open_values(m);
  scale(m->s.div, cells, 1 / m->s.dt);
  for (size_t i = 0; i < cells; i++) m->phi[i] = 0;
  const struct assay_varpoisson_problem problem = {.rhs = m->s.div,
                                                   .beta_x = m->beta_x,
                                                   .beta_y = m->beta_y,
                                                   .values =
                                                       m->n_open_cells > 0 ? m->open_values : NULL,
                                                   .tolerance = tolerance,
                                                   .max_iterations = MOST_ITERATIONS};
  struct assay_varpoisson_result result = {0};
  ASSAY_TRY(assay_varpoisson_solve(m->varpoisson, m->phi, &problem, m->work, &result));
  m->account.iterations += result.iterations;
  spread(m);
  m->kernels->project_true(&m->s);
done:
  return rc;
}

int assay_twophase_project(struct assay_twophase *m, double tolerance)
{
  int rc = ASSAY_OK;
  if (tolerance > 0) ASSAY_TRY(project_true(m, tolerance));
  scale(m->s.div, (size_t)m->set.nx * (size_t)m->set.ny, m->s.splitting / m->s.dt);
  if (m->capacitance)
    assay_capacitance_solve(m->capacitance, m->phi, m->s.div, m->work);
  else
    assay_poisson_solve(m->poisson, m->phi, m->s.div, m->work);
  spread(m);
  m->rate = m->kernels->project(&m->s);
done:
  return rc;
}
