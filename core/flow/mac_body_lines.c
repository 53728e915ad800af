/* Implicit viscosity with obstacles. The factors 1 - a Lx and 1 - a Ly of mac_lines.c take the
 * parts along x and y of the operator at faces near bodies (mac_body_stencil.c); faces in solids
 * keep what they have. Lines that come near a body thus have coefficients of their own: the
 * elimination is done once per a and kept. All such lines of one direction go side by side, so that
 * the recursion along them does not wait for itself. At cut faces the operator has one part, along
 * the normal; its diagonal is put into the second factor, and the profile it aims at is
 * extrapolated in time.
 *
 * Lines across periodic sides close by the formula of Sherman and Morrison: with row 0 coupled to
 * the last unknown by b and the last row to the first by c, A = T + u v^T, u = (g, 0, ..., c), v =
 * (1, 0, ..., b/g), g = -T_00. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_body.h"

/* Lines first .. first+lines-1 of n unknowns, coefficients [n, lines]. */
struct mac_lines {
  int first, lines, n, start; /* unknowns start .. start+n-1 along the line */
  ptrdiff_t along, across;
  double *block;
  double *low, *here, *up; /* while factoring; then multiplier, inverse pivot, multiplier */
  double *close;           /* periodic: A^-1 u, else NULL */
  double *corner;          /* periodic: [lines] b/g */
  double *denominator;     /* periodic: [lines] 1 + v^T A^-1 u */
};

/* Rows (axis 0) or columns (axis 1) with faces near the body or in it. */
static struct mac_range band(const struct mac_shell *s, int axis)
{
  struct mac_range r = {1 << 30, -1};
  for (int k = 0; k < s->nears; k++) {
    const int at = axis ? s->near[k].i : s->near[k].j;
    if (at < r.first) r.first = at;
    if (at > r.last) r.last = at;
  }
  for (int k = 0; k < s->runs; k++) {
    const int low = axis ? s->run[k].i : s->run[k].j;
    const int high = axis ? low + s->run[k].n - 1 : low;
    if (low < r.first) r.first = low;
    if (high > r.last) r.last = high;
  }
  return r;
}

static int create_lines(struct mac_lines **out, const struct assay_mac *m, int component, int axis)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, 1, "lines at obstacles"));
  struct mac_lines *l = *out;
  const struct mac_range across = band(&m->bodies->shell[component], axis);
  const int normal = component == axis;
  const struct mac_range range = axis ? mac_v_rows(m) : mac_u_columns(m);
  l->first = across.first;
  l->lines = across.last - across.first + 1;
  l->start = normal ? range.first : 0;
  l->n = normal ? range.last - range.first + 1 : axis ? m->set.ny : m->set.nx;
  l->along = axis ? m->stride : 1;
  l->across = axis ? 1 : m->stride;
  const int periodic = axis ? m->periodic_y : m->periodic_x;
  const size_t size = (size_t)l->n * (size_t)l->lines, lines = (size_t)l->lines;
  ASSAY_TRY(ASSAY_NEW(&l->block, (periodic ? 4 : 3) * size + 2 * lines, "lines at obstacles"));
  l->low = l->block;
  l->here = l->low + size;
  l->up = l->here + size;
  l->corner = l->up + size;
  l->denominator = l->corner + lines;
  l->close = periodic ? l->denominator + lines : NULL;
done:
  return rc;
}

int assay_mac_create_body_lines(struct assay_mac *m)
{
  int rc = ASSAY_OK;
  for (int c = 0; c < 2; c++)
    for (int axis = 0; axis < 2; axis++)
      ASSAY_TRY(create_lines(&m->bodies->lines[c][axis], m, c, axis));
done:
  return rc;
}

void assay_mac_destroy_body_lines(struct mac_bodies *b)
{
  for (int k = 0; k < 4; k++) {
    struct mac_lines *l = b->lines[k / 2][k % 2];
    if (l) assay_free(l->block);
    assay_free(l);
  }
}

/* Where a face stands in the coefficients; -1: on no line of these. */
static ptrdiff_t place(const struct mac_lines *l, int axis, int j, int i)
{
  const int line = (axis ? i : j) - l->first, k = (axis ? j : i) - l->start;
  return k < 0 || k >= l->n || line < 0 || line >= l->lines ? -1 : (ptrdiff_t)k * l->lines + line;
}

static void set_coefficients(const struct assay_mac *m, struct mac_lines *l, int component,
                             int axis, double a)
{
  const struct mac_shell *s = &m->bodies->shell[component];
  const double h = axis ? m->dy : m->dx, c = a / (h * h);
  const struct mac_ends ends = assay_mac_line_ends(m, component, axis, c);
  for (int k = 0; k < l->n; k++)
    for (int line = 0; line < l->lines; line++) {
      const ptrdiff_t at = (ptrdiff_t)k * l->lines + line;
      l->low[at] = l->up[at] = -c;
      l->here[at] = k == 0 ? ends.first : k == l->n - 1 ? ends.last : 1 + 2 * c;
    }
  for (int r = 0; r < s->runs; r++)
    for (int i = 0; i < s->run[r].n; i++) {
      const ptrdiff_t at = place(l, axis, s->run[r].j, s->run[r].i + i);
      if (at >= 0) l->low[at] = l->up[at] = 0, l->here[at] = 1;
    }
  for (int k = 0; k < s->nears; k++) {
    const struct mac_near *f = &s->near[k];
    const ptrdiff_t at = place(l, axis, f->j, f->i), end = (ptrdiff_t)(l->n - 1) * l->lines;
    if (at < 0) continue;
    l->low[at] = -a * f->axis[axis][0];
    l->up[at] = -a * f->axis[axis][2];
    l->here[at] = 1 - a * f->axis[axis][1];
    /* the image beyond a wall: what the plain coefficients have there */
    if (at < l->lines && !l->close && !f->cut) l->here[at] += ends.first - (1 + 2 * c);
    if (at >= end && !l->close && !f->cut) l->here[at] += ends.last - (1 + 2 * c);
  }
}

/* Forward elimination and back substitution; q [n] along, lines across. */
static void solve_open(const struct mac_lines *l, double *q, ptrdiff_t along, ptrdiff_t across)
{
  const int lines = l->lines;
  for (int line = 0; line < lines; line++) q[line * across] *= l->here[line];
  for (int k = 1; k < l->n; k++) {
    const double *low = l->low + (ptrdiff_t)k * lines, *pivot = l->here + (ptrdiff_t)k * lines;
    double *row = q + k * along;
    const double *last = row - along;
    if (across == 1) {
#pragma omp simd
      for (int i = 0; i < lines; i++) row[i] = (row[i] - low[i] * last[i]) * pivot[i];
    } else {
      for (int i = 0; i < lines; i++)
        row[i * across] = (row[i * across] - low[i] * last[i * across]) * pivot[i];
    }
  }
  for (int k = l->n - 2; k >= 0; k--) {
    const double *up = l->up + (ptrdiff_t)k * lines;
    double *row = q + k * along;
    const double *next = row + along;
    if (across == 1) {
#pragma omp simd
      for (int i = 0; i < lines; i++) row[i] -= up[i] * next[i];
    } else {
      for (int i = 0; i < lines; i++) row[i * across] -= up[i] * next[i * across];
    }
  }
}

/* Pivots in place of the diagonal. */
static void eliminate(struct mac_lines *l)
{
  const ptrdiff_t lines = l->lines;
  for (ptrdiff_t i = 0; i < lines; i++) l->here[i] = 1 / l->here[i];
  for (ptrdiff_t k = lines; k < l->n * lines; k++) {
    l->up[k - lines] *= l->here[k - lines];
    l->here[k] = 1 / (l->here[k] - l->low[k] * l->up[k - lines]);
  }
}

static void factor(struct mac_lines *l)
{
  const ptrdiff_t end = (ptrdiff_t)(l->n - 1) * l->lines;
  if (!l->close) {
    eliminate(l);
    return;
  }
  for (ptrdiff_t k = 0; k < (ptrdiff_t)l->n * l->lines; k++) l->close[k] = 0;
  for (int i = 0; i < l->lines; i++) {
    const double b = l->low[i], c = l->up[end + i], g = -l->here[i];
    l->corner[i] = b / g;
    l->close[i] = g;
    l->close[end + i] = c;
    l->here[i] -= g;
    l->here[end + i] -= c * b / g;
    l->low[i] = l->up[end + i] = 0;
  }
  eliminate(l);
  solve_open(l, l->close, l->lines, 1);
  for (int i = 0; i < l->lines; i++)
    l->denominator[i] = 1 + l->close[i] + l->corner[i] * l->close[end + i];
}

void assay_mac_factor_body_lines(const struct assay_mac *m, double a)
{
  for (int c = 0; c < 2; c++)
    for (int axis = 0; axis < 2; axis++) {
      struct mac_lines *l = m->bodies->lines[c][axis];
      set_coefficients(m, l, c, axis, a);
      factor(l);
    }
}

struct mac_range assay_mac_solve_body_lines(const struct assay_mac *m, double *field, int component,
                                            int axis)
{
  const struct mac_lines *l = m->bodies->lines[component][axis];
  double *q = field + l->first * l->across + l->start * l->along;
  solve_open(l, q, l->along, l->across);
  const ptrdiff_t end = (l->n - 1) * l->along;
  for (int i = 0; l->close && i < l->lines; i++) {
    double *line = q + i * l->across;
    const double f = (line[0] + l->corner[i] * line[end]) / l->denominator[i];
    for (int k = 0; k < l->n; k++) line[k * l->along] -= f * l->close[(ptrdiff_t)k * l->lines + i];
  }
  return (struct mac_range){l->first, l->first + l->lines - 1};
}
