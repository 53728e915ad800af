#include "core/num/multigrid.h"

#include <string.h>

/* 1 / (1.25 +- 0.75 / sqrt(2)) */
static const double factor[2] = {0.5616935915005576, 1.3895259206945643};

static int half(int n)
{
  return (n + 1) / 2;
}

static int stride_of(int nx)
{
  return (nx + 2 + 7) / 8 * 8;
}

static size_t margin_size(int nx, int ny)
{
  return ((size_t)ny + 2) * (size_t)stride_of(nx) + 8;
}

static size_t level_size(int nx, int ny)
{
  const size_t w = (size_t)nx, h = (size_t)ny;
  return h * (w + 1) + (h + 1) * w + 4 * h * w + w + 2 * margin_size(nx, ny);
}

size_t assay_multigrid_work(int nx, int ny)
{
  size_t size = level_size(nx, ny);
  while (nx > 1 || ny > 1) {
    nx = half(nx), ny = half(ny);
    size += level_size(nx, ny);
  }
  return size;
}

static double *take(double **work, size_t n)
{
  double *piece = *work;
  *work += n;
  return piece;
}

static void lay_out_level(struct assay_multigrid_level *l, int nx, int ny, double **work)
{
  const size_t w = (size_t)nx, h = (size_t)ny;
  l->nx = nx, l->ny = ny, l->stride = stride_of(nx);
  double *x = take(work, margin_size(nx, ny)), *y = take(work, margin_size(nx, ny));
  l->x = x + l->stride + 8;
  l->y = y + l->stride + 8;
  l->east = take(work, h * (w + 1));
  l->north = take(work, (h + 1) * w);
  l->extra = take(work, h * w);
  memset(x, 0, margin_size(nx, ny) * sizeof *x); /* of which only the margin matters */
  memset(y, 0, margin_size(nx, ny) * sizeof *y);
  memset(l->extra, 0, h * w * sizeof *l->extra);
  l->diagonal = take(work, h * w);
  l->inverse = take(work, h * w);
  l->b = take(work, h * w);
  l->r = take(work, w);
}

void assay_multigrid_lay_out(struct assay_multigrid *m, int nx, int ny, int around_x, int around_y,
                             enum assay_isa isa, double *work)
{
  m->around_x = around_x, m->around_y = around_y, m->isa = isa;
  m->n = 0;
  lay_out_level(&m->level[m->n++], nx, ny, &work);
  while (nx > 1 || ny > 1) {
    nx = half(nx), ny = half(ny);
    lay_out_level(&m->level[m->n++], nx, ny, &work);
  }
}

/* ---- weights ----------------------------------------------------------------------------------
 */

static void fill_diagonal(struct assay_multigrid_level *l)
{
  const ptrdiff_t nx = l->nx;
  for (ptrdiff_t j = 0; j < l->ny; j++)
    for (ptrdiff_t i = 0; i < nx; i++) {
      const double *east = l->east + j * (nx + 1) + i, *north = l->north + j * nx + i;
      const double d = (east[0] + east[1]) + (north[0] + north[nx]) + l->extra[j * nx + i];
      l->diagonal[j * nx + i] = d;
      l->inverse[j * nx + i] = d > 0 ? 1 / d : 0;
    }
}

/* Faces across x between coarse cells: those at every second cell, all rows of the coarse one. The
 * distance between centres doubles where x is coarsened. */
static void coarsen_east(struct assay_multigrid_level *to, const struct assay_multigrid_level *from)
{
  const int step = from->nx > 1 ? 2 : 1;
  for (int J = 0; J < to->ny; J++)
    for (int I = 0; I <= to->nx; I++) {
      const int i = I * step < from->nx ? I * step : from->nx;
      double sum = 0;
      for (int j = 2 * J; j < 2 * J + 2 && j < from->ny; j++)
        sum += from->east[j * (from->nx + 1) + i];
      to->east[J * (to->nx + 1) + I] = sum / step;
    }
}

static void coarsen_north(struct assay_multigrid_level *to,
                          const struct assay_multigrid_level *from)
{
  const int step = from->ny > 1 ? 2 : 1;
  for (int J = 0; J <= to->ny; J++)
    for (int I = 0; I < to->nx; I++) {
      const int j = J * step < from->ny ? J * step : from->ny;
      double sum = 0;
      for (int i = 2 * I; i < 2 * I + 2 && i < from->nx; i++) sum += from->north[j * from->nx + i];
      to->north[J * to->nx + I] = sum / step;
    }
}

/* coarse row += sums over pairs of a fine one, or = if it is the first of two */
static void add_up(double *restrict to, const double *restrict from, int nx, int first)
{
  for (int i = 0; first && i < half(nx); i++) to[i] = 0;
  for (int i = 0; i < nx / 2; i++) to[i] += from[2 * i] + from[2 * i + 1];
  if (nx % 2) to[nx / 2] += from[nx - 1];
}

void assay_multigrid_prepare(struct assay_multigrid *m)
{
  fill_diagonal(&m->level[0]);
  for (int k = 1; k < m->n; k++) {
    coarsen_east(&m->level[k], &m->level[k - 1]);
    coarsen_north(&m->level[k], &m->level[k - 1]);
    const struct assay_multigrid_level *fine = &m->level[k - 1];
    for (ptrdiff_t j = 0; j < fine->ny; j++)
      add_up(m->level[k].extra + j / 2 * m->level[k].nx, fine->extra + j * fine->nx, fine->nx,
             j % 2 == 0);
    for (ptrdiff_t c = 0; c < (ptrdiff_t)m->level[k].nx * m->level[k].ny; c++)
      m->level[k].extra[c] *= 0.5;
    fill_diagonal(&m->level[k]);
  }
}

/* ---- the cycle --------------------------------------------------------------------------------
 * The steps of a level follow each other row by row, each one row behind the one before, so that
 * the rows are still near: one walk down, one walk up. Periodic y needs all rows of one step for
 * the next. */

static const struct assay_multigrid_kernels *kernels(const struct assay_multigrid *m)
{
  return ASSAY_ISA_PICK(assay_multigrid_kernels, m->isa);
}

static int lag(const struct assay_multigrid *m, const struct assay_multigrid_level *l)
{
  return m->around_y ? l->ny : 1;
}

/* row j of x is there: what lies beside it across periodic sides */
static void wrap(const struct assay_multigrid *m, const struct assay_multigrid_level *l, double *x,
                 ptrdiff_t j)
{
  const ptrdiff_t nx = l->nx, ny = l->ny, stride = l->stride;
  if (m->around_x) {
    x[j * stride - 1] = x[j * stride + nx - 1];
    x[j * stride + nx] = x[j * stride];
  }
  if (!m->around_y || j < ny - 1) return;
  memcpy(x - stride, x + (ny - 1) * stride, (size_t)nx * sizeof *x);
  memcpy(x + ny * stride, x, (size_t)nx * sizeof *x);
}

static void sweep(const struct assay_multigrid *m, const struct assay_multigrid_level *l, double *y,
                  const double *x, double w, ptrdiff_t j)
{
  if (j < 0 || j >= l->ny) return;
  kernels(m)->sweep(l, y, x, w, j);
  wrap(m, l, y, j);
}

/* the first sweep, from zero */
static void begin(const struct assay_multigrid *m, const struct assay_multigrid_level *l,
                  ptrdiff_t j)
{
  if (j >= l->ny) return;
  double *restrict x = l->x + j * l->stride;
  const double *restrict b = l->b + j * l->nx, *restrict inverse = l->inverse + j * l->nx;
  for (int i = 0; i < l->nx; i++) x[i] = factor[0] * inverse[i] * b[i];
  wrap(m, l, l->x, j);
}

static void restrict_residual(const struct assay_multigrid *m,
                              const struct assay_multigrid_level *l,
                              const struct assay_multigrid_level *coarse, ptrdiff_t j)
{
  if (j < 0) return;
  kernels(m)->residual(l, l->y, j);
  add_up(coarse->b + j / 2 * coarse->nx, l->r, l->nx, j % 2 == 0);
}

/* x, y = zero, swept, swept; the result is in y */
static void go_down(const struct assay_multigrid *m, const struct assay_multigrid_level *l,
                    const struct assay_multigrid_level *coarse)
{
  const int behind = lag(m, l);
  for (ptrdiff_t j = 0; j < l->ny + 2 * behind; j++) {
    begin(m, l, j);
    sweep(m, l, l->y, l->x, factor[1], j - behind);
    restrict_residual(m, l, coarse, j - 2 * behind);
  }
}

static void correct(const struct assay_multigrid *m, const struct assay_multigrid_level *l,
                    const struct assay_multigrid_level *coarse, ptrdiff_t j)
{
  if (j >= l->ny) return;
  double *restrict y = l->y + j * l->stride;
  const double *restrict c = coarse->x + j / 2 * coarse->stride;
  for (int i = 0; i < l->nx / 2; i++) {
    y[2 * i] += c[i];
    y[2 * i + 1] += c[i];
  }
  if (l->nx % 2) y[l->nx - 1] += c[l->nx / 2];
  wrap(m, l, l->y, j);
}

/* y corrected, x = y swept, y = x swept; the result goes to x in the end */
static void go_up(const struct assay_multigrid *m, struct assay_multigrid_level *l,
                  const struct assay_multigrid_level *coarse)
{
  const int behind = lag(m, l);
  for (ptrdiff_t j = 0; j < l->ny + 2 * behind; j++) {
    correct(m, l, coarse, j);
    sweep(m, l, l->x, l->y, factor[1], j - behind);
    sweep(m, l, l->y, l->x, factor[0], j - 2 * behind);
  }
  double *const t = l->x;
  l->x = l->y;
  l->y = t;
}

void assay_multigrid_cycle(struct assay_multigrid *m)
{
  const int last = m->n - 1;
  for (int k = 0; k < last; k++) go_down(m, &m->level[k], &m->level[k + 1]);
  struct assay_multigrid_level *end = &m->level[last]; /* one cell, its own neighbour if periodic */
  const double left = end->diagonal[0] - (m->around_x ? end->east[0] + end->east[1] : 0) -
                      (m->around_y ? end->north[0] + end->north[1] : 0);
  end->x[0] = left > 1e-13 * end->diagonal[0] ? end->b[0] / left : 0;
  for (int k = last - 1; k >= 0; k--) go_up(m, &m->level[k], &m->level[k + 1]);
}
