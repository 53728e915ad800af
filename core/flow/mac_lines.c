/* Implicit viscosity. With a = nu dt / a0 (mac_step.c) the increment d of a velocity component
 * obeys (1 - a d2/dx2 - a d2/dy2) d = b; it is replaced by the product
 *
 *   (1 - a d2/dx2)(1 - a d2/dy2) d = b,
 *
 * which differs by a^2 d4/dx2dy2 d = O(dt^3): a^2 is O(dt^2) and so is one more factor dt in d. The
 * increment vanishes in a steady state, which therefore does not feel the splitting. Each factor is
 * a set of tridiagonal systems with the same coefficients on every line (core/num/tridiag.h).
 * Walls: the increment is zero on the normal faces; tangential ghosts are odd (no slip) or even
 * (free slip) images. */
#include "core/base/err.h"
#include "core/flow/mac_internal.h"

/* Where a line ends: on a wall face, half a cell inside a no-slip or a free-slip wall; on the face
 * of an outflow side like inside a free-slip wall, without slope. */
enum end { END_FACE, END_ODD, END_EVEN, END_PERIODIC };

/* End of the lines of a velocity component along the axis across this side. */
static enum end end_of(const struct assay_mac *m, enum assay_mac_side side, int normal)
{
  const enum assay_mac_wall wall = m->set.side[side].wall;
  if (wall == ASSAY_MAC_PERIODIC) return END_PERIODIC;
  if (wall == ASSAY_MAC_OUTFLOW) return END_EVEN;
  if (normal) return END_FACE;
  return wall == ASSAY_MAC_FREE_SLIP ? END_EVEN : END_ODD;
}

static double end_diagonal(double a, enum end e)
{
  return 1 + 2 * a + (e == END_ODD ? a : e == END_EVEN ? -a : 0);
}

static void set_lines(struct assay_tridiag *p, double a, enum end lower, enum end upper)
{
  if (lower == END_PERIODIC)
    assay_tridiag_set_periodic(p, 1 + 2 * a, -a);
  else
    assay_tridiag_set(p, 1 + 2 * a, -a, end_diagonal(a, lower), end_diagonal(a, upper));
}

int assay_mac_create_lines(struct assay_mac *m)
{
  int rc = ASSAY_OK;
  const int nx = m->set.nx, ny = m->set.ny;
  const struct mac_range columns = mac_u_columns(m), rows = mac_v_rows(m);
  ASSAY_TRY(assay_tridiag_create(&m->fu.x, columns.last - columns.first + 1));
  ASSAY_TRY(assay_tridiag_create(&m->fu.y, ny));
  ASSAY_TRY(assay_tridiag_create(&m->fv.x, nx));
  ASSAY_TRY(assay_tridiag_create(&m->fv.y, rows.last - rows.first + 1));
done:
  return rc;
}

void assay_mac_destroy_lines(struct assay_mac *m)
{
  assay_tridiag_destroy(m->fu.x);
  assay_tridiag_destroy(m->fu.y);
  assay_tridiag_destroy(m->fv.x);
  assay_tridiag_destroy(m->fv.y);
}

void assay_mac_factor(struct assay_mac *m, double a)
{
  if (a == m->factored) return;
  const double ax = a / (m->dx * m->dx), ay = a / (m->dy * m->dy);
  set_lines(m->fu.x, ax, end_of(m, ASSAY_MAC_LEFT, 1), end_of(m, ASSAY_MAC_RIGHT, 1));
  set_lines(m->fu.y, ay, end_of(m, ASSAY_MAC_BOTTOM, 0), end_of(m, ASSAY_MAC_TOP, 0));
  set_lines(m->fv.x, ax, end_of(m, ASSAY_MAC_LEFT, 0), end_of(m, ASSAY_MAC_RIGHT, 0));
  set_lines(m->fv.y, ay, end_of(m, ASSAY_MAC_BOTTOM, 1), end_of(m, ASSAY_MAC_TOP, 1));
  m->factored = a;
}

/* Lines that lie in a wall come along: they are zero and stay so, and without them the others would
 * not fill whole vectors. */
void assay_mac_solve_lines(const struct assay_mac *m, struct mac_pair r)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const struct mac_range columns = mac_u_columns(m), rows = mac_v_rows(m);
  double *u = r.u + columns.first, *v = r.v + rows.first * st;
  assay_tridiag_x(m->fu.x, u, u, ny, st);
  assay_tridiag_y(m->fu.y, r.u, r.u, columns.last < nx ? nx : nx + 1, st);
  assay_tridiag_x(m->fv.x, r.v, r.v, rows.last < ny ? ny : ny + 1, st);
  assay_tridiag_y(m->fv.y, v, v, nx, st);
}
