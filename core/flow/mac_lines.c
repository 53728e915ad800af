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
#include "core/flow/mac_body.h"
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

struct mac_ends assay_mac_line_ends(const struct assay_mac *m, int component, int axis, double a)
{
  const enum assay_mac_side lower = axis ? ASSAY_MAC_BOTTOM : ASSAY_MAC_LEFT;
  const int normal = component == axis;
  return (struct mac_ends){end_diagonal(a, end_of(m, lower, normal)),
                           end_diagonal(a, end_of(m, lower + 1, normal))};
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
  if (m->bodies) ASSAY_TRY(assay_mac_create_body_lines(m));
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
  if (m->bodies) assay_mac_factor_body_lines(m, a);
  m->factored = a;
}

/* Lines 0 .. n-1 of a component along an axis: those near bodies by themselves. */
static void solve_axis(const struct assay_mac *m, const struct assay_tridiag *p, double *field,
                       int component, int axis, int start, int n)
{
  void (*const solve)(const struct assay_tridiag *, double *, const double *, int, ptrdiff_t) =
      axis ? assay_tridiag_y : assay_tridiag_x;
  const ptrdiff_t along = axis ? m->stride : 1, across = axis ? 1 : m->stride;
  double *q = field + start * along;
  if (!m->bodies) {
    solve(p, q, q, n, m->stride);
    return;
  }
  const struct mac_range own = assay_mac_solve_body_lines(m, field, component, axis);
  double *rest = q + (own.last + 1) * across;
  if (own.first > 0) solve(p, q, q, own.first, m->stride);
  if (own.last + 1 < n) solve(p, rest, rest, n - own.last - 1, m->stride);
}

/* Lines that lie in a wall come along: they are zero and stay so, and without them the others would
 * not fill whole vectors. */
void assay_mac_solve_lines(const struct assay_mac *m, struct mac_pair r)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const struct mac_range columns = mac_u_columns(m), rows = mac_v_rows(m);
  solve_axis(m, m->fu.x, r.u, 0, 0, columns.first, ny);
  solve_axis(m, m->fu.y, r.u, 0, 1, 0, columns.last < nx ? nx : nx + 1);
  solve_axis(m, m->fv.x, r.v, 1, 0, 0, rows.last < ny ? ny : ny + 1);
  solve_axis(m, m->fv.y, r.v, 1, 1, rows.first, nx);
}
