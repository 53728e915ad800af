/* Implicit viscosity. With a = nu dt / a0 (mac_step.c) the increment d of a velocity component
 * obeys (1 - a d2/dx2 - a d2/dy2) d = b; it is replaced by the product
 *
 *   (1 - a d2/dx2)(1 - a d2/dy2) d = b,
 *
 * which differs by a^2 d4/dx2dy2 d = O(dt^3): a^2 is O(dt^2) and so is one more factor dt in d. The
 * increment vanishes in a steady state, which therefore does not feel the splitting. Each factor is
 * a set of tridiagonal systems with the same coefficients on every line, factored here and solved
 * in the kernels. Walls: the increment is zero on the normal faces; tangential ghosts are odd (no
 * slip) or even (free slip) images. Periodic lines by the Sherman-Morrison formula. */
#include "core/flow/mac_internal.h"

/* Where a line ends: on a wall face, half a cell inside a no-slip or a free-slip wall. */
enum end { END_FACE, END_ODD, END_EVEN, END_PERIODIC };

static double end_diagonal(double a, enum end e)
{
  return 1 + 2 * a + (e == END_ODD ? a : e == END_EVEN ? -a : 0);
}

/* gain and back of the matrix with diagonals b0, b, ..., b, bn. */
static void factor(double *gain, double *back, int first, int last, double a, double b0, double bn)
{
  for (int k = first; k < last; k++) {
    const double b = k == first ? b0 : k == last - 1 ? bn : 1 + 2 * a;
    gain[k] = 1 / (k == first ? b : b - a * back[k - 1]);
    back[k] = a * gain[k];
  }
}

/* The vector by which a solution of the cut system is corrected to the periodic one: with
 * A = B + w z^T, w = (-b, 0, ..., -a), z = (1, 0, ..., a/b), it is B^-1 w / (1 + z^T B^-1 w). */
static void correction(double *fix, const double *gain, const double *back, int n, double a,
                       double b)
{
  double carry = 0;
  for (int k = 0; k < n; k++) {
    const double w = (k == 0 ? -b : 0) + (k == n - 1 ? -a : 0);
    fix[k] = carry = (w + a * carry) * gain[k];
  }
  for (int k = n - 2; k >= 0; k--) fix[k] += back[k] * fix[k + 1];
  const double scale = 1 / (1 + fix[0] + a / b * fix[n - 1]);
  for (int k = 0; k < n; k++) fix[k] *= scale;
}

static void set_lines(struct assay_mac_lines *t, double *coef, int first, int last, double a,
                      enum end lower, enum end upper)
{
  double *gain = coef, *back = coef + last, *fix = coef + 2 * (ptrdiff_t)last;
  const int periodic = lower == END_PERIODIC;
  const double b = 1 + 2 * a;
  factor(gain, back, first, last, a, periodic ? 2 * b : end_diagonal(a, lower),
         periodic ? b + a * a / b : end_diagonal(a, upper));
  if (periodic) correction(fix, gain, back, last, a, b);
  *t = (struct assay_mac_lines){.first = first,
                                .last = last,
                                .a = a,
                                .gain = gain,
                                .back = back,
                                .fix = periodic ? fix : NULL,
                                .fix_last = a / b};
}

/* End of the lines of a velocity component along the axis across this side. */
static enum end end_of(const struct assay_mac *m, enum assay_mac_side side, int normal)
{
  const enum assay_mac_wall wall = m->set.side[side].wall;
  if (wall == ASSAY_MAC_PERIODIC) return END_PERIODIC;
  if (normal) return END_FACE;
  return wall == ASSAY_MAC_NO_SLIP ? END_ODD : END_EVEN;
}

void assay_mac_factor(struct assay_mac *m, double a)
{
  if (a == m->factored) return;
  const double ax = a / (m->dx * m->dx), ay = a / (m->dy * m->dy);
  const int nx = m->set.nx, ny = m->set.ny;
  set_lines(&m->fu.x, m->fu.coef_x, mac_first_u_column(m), nx, ax, end_of(m, ASSAY_MAC_LEFT, 1),
            end_of(m, ASSAY_MAC_RIGHT, 1));
  set_lines(&m->fu.y, m->fu.coef_y, 0, ny, ay, end_of(m, ASSAY_MAC_BOTTOM, 0),
            end_of(m, ASSAY_MAC_TOP, 0));
  set_lines(&m->fv.x, m->fv.coef_x, 0, nx, ax, end_of(m, ASSAY_MAC_LEFT, 0),
            end_of(m, ASSAY_MAC_RIGHT, 0));
  set_lines(&m->fv.y, m->fv.coef_y, mac_first_v_row(m), ny, ay, end_of(m, ASSAY_MAC_BOTTOM, 1),
            end_of(m, ASSAY_MAC_TOP, 1));
  m->factored = a;
}

void assay_mac_solve_lines(const struct assay_mac *m, struct mac_pair r)
{
  const struct assay_mac_kernels *k = m->kernels;
  const int nx = m->set.nx, ny = m->set.ny;
  k->lines_x(r.u, m->stride, 0, ny, &m->fu.x);
  k->lines_y(r.u, m->stride, mac_first_u_column(m), nx, &m->fu.y);
  k->lines_x(r.v, m->stride, mac_first_v_row(m), ny, &m->fv.x);
  k->lines_y(r.v, m->stride, 0, nx, &m->fv.y);
}
