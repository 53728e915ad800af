#include "core/num/capacitance.h"

#include <stdint.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/capacitance_plan.h"

enum { ROWS = 8, STRIP = ASSAY_CAPACITANCE_STRIP, PANEL = ASSAY_CAPACITANCE_PANEL };

/* a pivot smaller than this times 1 / d is none */
static const double smallest_pivot = 1e-11;

static const struct assay_capacitance_kernels *kernels(const struct assay_capacitance *c)
{
  return ASSAY_ISA_PICK(assay_capacitance_kernels, c->p->isa);
}

static const struct assay_poisson_kernels *sweeps(const struct assay_capacitance *c)
{
  return ASSAY_ISA_PICK(assay_poisson_kernels, c->p->isa);
}

/* whether b is the next cell behind a in a direction of n cells; ia, ib: their places in it */
static int follows(int ia, int ib, int n, enum assay_bc bc)
{
  return ib == ia + 1 || (bc == ASSAY_BC_PERIODIC && n > 2 && ia == n - 1 && ib == 0);
}

static int is_neighbour(struct assay_change *out, const struct assay_poisson *p, int a, int b)
{
  const int ia = a % p->nx, ja = a / p->nx, ib = b % p->nx, jb = b / p->nx;
  *out = (struct assay_change){.a = a, .b = b, .along_y = ia == ib};
  if (ja == jb) return follows(ia, ib, p->nx, p->x);
  return ia == ib && follows(ja, jb, p->ny, p->y);
}

/* link between a and b, see poisson_plan.h */
static double link(const struct assay_poisson *p, const struct assay_change *c)
{
  const int j = c->a / p->nx;
  return c->along_y ? p->link_y[j + 1] : p->link_x * p->volume[j];
}

static int read_face(struct assay_change *out, const struct assay_poisson *p,
                     const struct assay_capacitance_face *f)
{
  int rc = ASSAY_OK;
  const int cells = p->nx * p->ny;
  const int inside = f->a >= 0 && f->b >= 0 && f->a < cells && f->b < cells;
  ASSAY_CHECK(inside && (is_neighbour(out, p, f->a, f->b) || is_neighbour(out, p, f->b, f->a)),
              ASSAY_EARG, "capacitance: cells %d and %d are no neighbours", f->a, f->b);
  ASSAY_CHECK(f->factor >= 0 && f->factor <= 1, ASSAY_EARG,
              "capacitance: factor %g between cells %d and %d", f->factor, f->a, f->b);
  out->closed = !(f->factor > 0);
  out->d = (1 - f->factor) * link(p, out);
done:
  return rc;
}

static int read_cell(struct assay_change *out, const struct assay_poisson *p,
                     const struct assay_capacitance_cell *c)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(c->cell >= 0 && c->cell < p->nx * p->ny, ASSAY_EARG, "capacitance: cell %d of %d",
              c->cell, p->nx * p->ny);
  ASSAY_CHECK(c->value <= 0, ASSAY_EARG, "capacitance: %g added to the diagonal of cell %d",
              c->value, c->cell);
  *out = (struct assay_change){.a = c->cell, .b = -1, .d = c->value * p->volume[c->cell / p->nx]};
done:
  return rc;
}

/* no two changes of one kind may share the cell a; kind 0: cells, 1, 2: faces along x and y */
static int check_twice(const struct assay_poisson *p, const struct assay_change *change, int n)
{
  int rc = ASSAY_OK;
  unsigned char *seen = NULL;
  ASSAY_TRY(ASSAY_NEW(&seen, (size_t)p->nx * (size_t)p->ny, "capacitance"));
  for (int k = 0; k < n; k++) {
    const int bit = change[k].b < 0 ? 1 : change[k].along_y ? 4 : 2;
    ASSAY_CHECK(!(seen[change[k].a] & bit), ASSAY_EARG, "capacitance: a change of cell %d twice",
                change[k].a);
    seen[change[k].a] |= (unsigned char)bit;
  }
done:
  assay_free(seen);
  return rc;
}

static int read_changes(struct assay_capacitance *c, const struct assay_capacitance_face *faces,
                        int n_faces, const struct assay_capacitance_cell *cells, int n_cells)
{
  int rc = ASSAY_OK, n = 0;
  ASSAY_CHECK(n_faces >= 0 && n_cells >= 0, ASSAY_EARG, "capacitance: %d faces, %d cells", n_faces,
              n_cells);
  ASSAY_TRY(ASSAY_NEW(&c->change, (size_t)n_faces + (size_t)n_cells, "capacitance"));
  for (int k = 0; k < n_cells; k++) {
    ASSAY_TRY(read_cell(&c->change[n], c->p, &cells[k]));
    c->change[n].index = k;
    n += c->change[n].d < 0;
  }
  c->n_cells = n;
  for (int k = 0; k < n_faces; k++) {
    ASSAY_TRY(read_face(&c->change[n], c->p, &faces[k]));
    c->change[n].index = k;
    n += c->change[n].d > 0;
  }
  c->n_changes = n;
  ASSAY_TRY(check_twice(c->p, c->change, n));
  ASSAY_TRY(assay_capacitance_parts(&c->parts, c->p, c->change, &n, c->n_cells));
  c->rank = n;
done:
  return rc;
}

/* where a cell lies in the blocks */
static int place(const int *number, int nx, int cell)
{
  if (cell < 0) return -1;
  const int i = cell % nx, j = cell / nx;
  return (number[j / ROWS] * ROWS + j % ROWS) * nx + i;
}

static int make_blocks(struct assay_capacitance *c)
{
  int rc = ASSAY_OK, *number = NULL;
  const int nx = c->p->nx;
  ASSAY_TRY(ASSAY_NEW(&number, (size_t)c->p->blocks, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->block, (size_t)c->p->blocks, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->place, 2 * (size_t)c->rank, "capacitance"));
  for (int k = 0; k < c->rank; k++) {
    number[c->change[k].a / nx / ROWS] = 1;
    if (c->change[k].b >= 0) number[c->change[k].b / nx / ROWS] = 1;
  }
  for (int b = 0; b < c->p->blocks; b++) {
    if (!number[b]) continue;
    number[b] = c->blocks.n;
    c->block[c->blocks.n++] = b;
  }
  c->blocks.block = c->block;
  for (int k = 0; k < c->rank; k++) {
    c->place[2 * k] = place(number, nx, c->change[k].a);
    c->place[2 * k + 1] = place(number, nx, c->change[k].b);
  }
done:
  assay_free(number);
  return rc;
}

/* the blocks in which parts lie, and where their cells lie in those */
static int make_patch(struct assay_capacitance *c)
{
  int rc = ASSAY_OK, *number = NULL;
  const int nx = c->p->nx, runs = c->parts.n > 0 ? c->parts.first[c->parts.n] : 0;
  ASSAY_TRY(ASSAY_NEW(&number, (size_t)c->p->blocks, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->patch_block, (size_t)c->p->blocks, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->patch_run, (size_t)runs, "capacitance"));
  for (int r = 0; r < runs; r++) number[c->parts.run[r].start / nx / ROWS] = 1;
  for (int b = 0; b < c->p->blocks; b++) {
    if (!number[b]) continue;
    number[b] = c->patch.n;
    c->patch_block[c->patch.n++] = b;
  }
  c->patch.block = c->patch_block;
  for (int r = 0; r < runs; r++) {
    c->patch_run[r] = c->parts.run[r];
    c->patch_run[r].start = place(number, nx, c->parts.run[r].start);
  }
done:
  assay_free(number);
  return rc;
}

/* out = U^T rows */
static void gather(double *out, const struct assay_capacitance *c, const double *rows)
{
  for (int k = 0; k < c->rank; k++) {
    const int a = c->place[2 * k], b = c->place[2 * k + 1];
    out[k] = b < 0 ? rows[a] : rows[a] - rows[b];
  }
}

/* rows += V^-1 U y of unknown k */
static void scatter(double *rows, const struct assay_capacitance *c, int k, double y)
{
  const int a = c->place[2 * k], b = c->place[2 * k + 1];
  const double *volume = c->p->volume;
  rows[a] += y / volume[c->change[k].a / c->p->nx];
  if (b >= 0) rows[b] -= y / volume[c->change[k].b / c->p->nx];
}

static size_t rows_size(const struct assay_capacitance *c)
{
  return (size_t)c->blocks.n * ROWS * (size_t)c->p->nx;
}

/* lower triangle of S in [n, n]; what pads it up to n is the unit matrix */
static int make_matrix(double *s, int n, const struct assay_capacitance *c)
{
  int rc = ASSAY_OK;
  double *phi = NULL, *rows = NULL, *work = NULL;
  const size_t size = rows_size(c);
  ASSAY_TRY(ASSAY_NEW(&phi, (size_t)c->p->nx * (size_t)c->p->ny, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&rows, size, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&work, assay_poisson_work(c->p), "capacitance"));
  for (int k = 0; k < n; k++) {
    double *column = s + (ptrdiff_t)k * n;
    column[k] = 1;
    if (k >= c->rank) continue;
    memset(rows, 0, size * sizeof *rows);
    scatter(rows, c, k, 1);
    sweeps(c)->zero(c->p, phi, work);
    sweeps(c)->add(c->p, phi, c->blocks, rows, work);
    sweeps(c)->values(c->p, phi, c->blocks, rows, work);
    gather(column, c, rows);
    column[k] += 1 / c->change[k].d;
  }
done:
  assay_free(phi);
  assay_free(rows);
  assay_free(work);
  return rc;
}

/* Inverse of the 8 x 8 block p by symmetric sweeps. Each pivot shall have the sign of scale[k] and
 * not be much smaller. */
static int invert_panel(double p[PANEL][PANEL], const double *scale)
{
  for (int k = 0; k < PANEL; k++) {
    const double pivot = p[k][k];
    if (!(pivot / scale[k] > smallest_pivot)) return 0;
    for (int i = 0; i < PANEL; i++)
      for (int j = 0; j < PANEL; j++)
        if (i != k && j != k) p[i][j] -= p[i][k] * (p[k][j] / pivot);
    for (int i = 0; i < PANEL; i++)
      if (i != k) p[i][k] = p[k][i] = p[i][k] / pivot;
    p[k][k] = -1 / pivot;
  }
  for (int i = 0; i < PANEL; i++)
    for (int j = 0; j < PANEL; j++) p[i][j] = -p[i][j];
  return 1;
}

static double *lower(double *s, int n, int i, int j)
{
  return i >= j ? &s[(ptrdiff_t)j * n + i] : &s[(ptrdiff_t)i * n + j];
}

/* One sweep of the panel K: with P = S_KK^-1 and W = S_.K,
 * S_IJ -= W_I P W_J^T,   S_IK = W_I P,   S_KK = - P. */
static int sweep_panel(double *s, int n, int first, const struct assay_capacitance *c, double *w,
                       double *wp, const double *scale)
{
  double p[PANEL][PANEL];
  for (int k = 0; k < PANEL; k++)
    for (int l = 0; l < PANEL; l++) p[k][l] = *lower(s, n, first + k, first + l);
  if (!invert_panel(p, scale + first)) return 0;
  for (int k = 0; k < PANEL; k++)
    for (int i = 0; i < n; i++) w[(ptrdiff_t)k * n + i] = *lower(s, n, i, first + k);
  for (int k = 0; k < PANEL; k++)
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int l = 0; l < PANEL; l++) sum += w[(ptrdiff_t)l * n + i] * p[l][k];
      wp[(ptrdiff_t)k * n + i] = sum;
    }
  kernels(c)->eliminate(s, wp, w, n);
  for (int k = 0; k < PANEL; k++) {
    for (int i = 0; i < n; i++) *lower(s, n, i, first + k) = wp[(ptrdiff_t)k * n + i];
    for (int l = 0; l < PANEL; l++) *lower(s, n, first + k, first + l) = -p[k][l];
  }
  return 1;
}

/* s becomes - s^-1 */
static int invert(double *s, int n, const struct assay_capacitance *c)
{
  int rc = ASSAY_OK;
  double *w = NULL, *scale = NULL;
  ASSAY_TRY(ASSAY_NEW(&w, 2 * PANEL * (size_t)n, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&scale, (size_t)n, "capacitance"));
  for (int k = 0; k < n; k++) scale[k] = k < c->rank ? 1 / c->change[k].d : 1;
  for (int k = 0; k < n; k += PANEL)
    ASSAY_CHECK(sweep_panel(s, n, k, c, w, w + (ptrdiff_t)PANEL * n, scale), ASSAY_EARG,
                "capacitance: the changed operator is singular to rounding");
done:
  assay_free(w);
  assay_free(scale);
  return rc;
}

static int strips(const struct assay_capacitance *c)
{
  return (c->rank + STRIP - 1) / STRIP;
}

static void pack(struct assay_capacitance *c, double *s, int n)
{
  double *out = c->inverse;
  for (int t = 0; t < strips(c); t++)
    for (int j = 0; j < c->rank; j++)
      for (int i = t * STRIP; i < (t + 1) * STRIP; i++)
        *out++ = i < c->rank ? -*lower(s, n, i, j) : 0;
}

static int make_inverse(struct assay_capacitance *c)
{
  int rc = ASSAY_OK;
  double *s = NULL;
  const int n = (c->rank + PANEL - 1) / PANEL * PANEL;
  ASSAY_TRY(ASSAY_NEW(&s, (size_t)n * (size_t)n, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->inverse, (size_t)strips(c) * STRIP * (size_t)c->rank, "capacitance"));
  ASSAY_TRY(make_matrix(s, n, c));
  ASSAY_TRY(invert(s, n, c));
  pack(c, s, n);
done:
  assay_free(s);
  return rc;
}

/* S^-1 q, and the runs of all rows */
static int make_border(struct assay_capacitance *c)
{
  int rc = ASSAY_OK;
  double *q = NULL;
  const int nx = c->p->nx;
  ASSAY_TRY(ASSAY_NEW(&q, (size_t)c->rank, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->border, (size_t)strips(c) * STRIP, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&c->rows, (size_t)c->p->ny, "capacitance"));
  for (int k = 0; k < c->n_cells; k++) q[k] = 1;
  kernels(c)->product(c->border, c->inverse, q, strips(c), c->rank);
  for (int k = 0; k < c->n_cells; k++) c->border_pivot += c->border[k];
  for (int j = 0; j < c->p->ny; j++) c->rows[j] = (struct assay_run){j * nx, nx, c->p->volume[j]};
done:
  assay_free(q);
  return rc;
}

int assay_capacitance_create(struct assay_capacitance **out, const struct assay_poisson *p,
                             const struct assay_capacitance_face *faces, int n_faces,
                             const struct assay_capacitance_cell *cells, int n_cells)
{
  int rc = ASSAY_OK;
  struct assay_capacitance *c = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, 1, "capacitance"));
  c->p = p;
  ASSAY_TRY(read_changes(c, faces, n_faces, cells, n_cells));
  ASSAY_TRY(make_blocks(c));
  ASSAY_TRY(make_patch(c));
  if (c->rank > 0) ASSAY_TRY(make_inverse(c));
  if (p->singular && c->n_cells > 0) ASSAY_TRY(make_border(c));
  *out = c;
done:
  if (rc < 0) assay_capacitance_destroy(c);
  return rc;
}

void assay_capacitance_destroy(struct assay_capacitance *c)
{
  if (!c) return;
  assay_free(c->change);
  assay_free(c->inverse);
  assay_free(c->block);
  assay_free(c->place);
  assay_free(c->border);
  assay_free(c->rows);
  assay_free(c->parts.first);
  assay_free(c->parts.run);
  assay_free(c->patch_block);
  assay_free(c->patch_run);
  assay_free(c->parts.total);
  assay_free(c);
}

int assay_capacitance_rank(const struct assay_capacitance *c)
{
  return c->rank;
}

static size_t patch_size(const struct assay_capacitance *c)
{
  return (size_t)c->patch.n * ROWS * (size_t)c->p->nx;
}

/* aligned: rows, patch, U^T A^-1 b, y, flags of the parts; then the work of the sweeps */
size_t assay_capacitance_work(const struct assay_capacitance *c)
{
  return 8 + rows_size(c) + patch_size(c) + 2 * (size_t)strips(c) * STRIP + (size_t)c->parts.n +
         assay_poisson_work(c->p);
}

/* whether x is zero all over a part */
static int is_zero(const double *x, const struct assay_run *run, int n)
{
  for (int r = 0; r < n; r++)
    for (int i = run[r].start; i < run[r].start + run[r].count; i++)
      if (!(x[i] >= 0 && x[i] <= 0)) return 0;
  return 1;
}

static void subtract(double *x, double value, const struct assay_run *run, int n)
{
  for (int r = 0; r < n; r++)
    for (int i = run[r].start; i < run[r].start + run[r].count; i++) x[i] -= value;
}

static void remove_means(const struct assay_capacitance *c, const struct assay_run *runs, double *x,
                         double *zero, int find)
{
  for (int k = 0; k < c->parts.n; k++) {
    const struct assay_run *run = runs + c->parts.first[k];
    const int n = c->parts.first[k + 1] - c->parts.first[k];
    if (find) zero[k] = is_zero(x, run, n);
    if (!(zero[k] > 0))
      subtract(x, kernels(c)->sum(x, run, n) / c->parts.total[k], run, n);
    else if (!find)
      for (int r = 0; r < n; r++) memset(x + run[r].start, 0, (size_t)run[r].count * sizeof *x);
  }
}

void assay_capacitance_remove_means(const struct assay_capacitance *c, double *x, double *zero,
                                    int find)
{
  remove_means(c, c->parts.run, x, zero, find);
}

static int are_zero(const struct assay_capacitance *c, const double *x)
{
  return is_zero(x, c->parts.run, c->parts.first[c->parts.n]);
}

/* The blocks of rhs in which parts lie, without their means; none where they have nothing to lose.
 */
static struct assay_poisson_blocks fill_patch(const struct assay_capacitance *c, double *patch,
                                              const double *rhs, double *zero)
{
  const ptrdiff_t size = ROWS * (ptrdiff_t)c->p->nx;
  if (are_zero(c, rhs)) {
    for (int k = 0; k < c->parts.n; k++) zero[k] = 1;
    return (struct assay_poisson_blocks){0, NULL};
  }
  for (int i = 0; i < c->patch.n; i++) {
    const int b = c->patch.block[i], rows = c->p->ny - ROWS * b;
    const ptrdiff_t some = rows < ROWS ? rows * (ptrdiff_t)c->p->nx : size;
    memcpy(patch + i * size, rhs + b * size, (size_t)some * sizeof *patch);
  }
  remove_means(c, c->patch_run, patch, zero, 1);
  return c->patch;
}

/* y = S^-1 (U^T A^-1 b + c q); returns c. total: sum of b, if the box is singular */
static double fluxes(const struct assay_capacitance *c, double *y, const double *g, double total)
{
  kernels(c)->product(y, c->inverse, g, strips(c), c->rank);
  if (!c->border) return 0;
  for (int k = 0; k < c->n_cells; k++) total -= y[k];
  const double constant = total / c->border_pivot;
  for (int k = 0; k < c->rank; k++) y[k] += constant * c->border[k];
  return constant;
}

void assay_capacitance_solve(const struct assay_capacitance *c, double *phi, const double *rhs,
                             double *work)
{
  const struct assay_poisson *p = c->p;
  const size_t cells = (size_t)p->nx * (size_t)p->ny, room = (size_t)strips(c) * STRIP;
  double *rows = work + (64 - (uintptr_t)work % 64) % 64 / sizeof *work;
  double *patch = rows + rows_size(c), *g = patch + patch_size(c), *y = g + room, *zero = y + room;
  double *rest = zero + c->parts.n;
  struct assay_poisson_blocks patched = {0, NULL};
  if (c->border && c->parts.n > 0) { /* which needs the sum of all */
    if (phi != rhs) memcpy(phi, rhs, cells * sizeof *phi);
    assay_capacitance_remove_means(c, phi, zero, 1);
    rhs = phi;
  } else if (c->parts.n > 0) {
    patched = fill_patch(c, patch, rhs, zero);
  }
  const double total = c->border ? kernels(c)->sum(rhs, c->rows, p->ny) : 0;
  double constant = 0;
  sweeps(c)->up(p, phi, rhs, patched, patch, rest);
  if (c->rank > 0) {
    sweeps(c)->values(p, phi, c->blocks, rows, rest);
    gather(g, c, rows);
    constant = fluxes(c, y, g, total);
    memset(rows, 0, rows_size(c) * sizeof *rows);
    for (int k = 0; k < c->rank; k++) scatter(rows, c, k, -y[k]);
    sweeps(c)->add(p, phi, c->blocks, rows, rest);
  }
  sweeps(c)->down(p, phi, rest);
  for (size_t i = 0; c->border && i < cells; i++) phi[i] += constant;
  assay_capacitance_remove_means(c, phi, zero, 0);
}
