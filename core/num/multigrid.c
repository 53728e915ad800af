#include "core/num/multigrid.h"

#include <stdint.h>
#include <string.h>

/* Doubles between two arrays, so that their rows lie in different sets of the cache; vectors of a
 * last row may reach into them. */
enum { GAP = 40 };

static int half(int n)
{
  return (n + 1) / 2;
}

static size_t stride_of(int nx)
{
  return ((size_t)nx + 2 + 7) / 8 * 8;
}

/* of one level: five fields, the faces above the last row, two fields with a margin, a row */
static size_t level_size(int nx, int ny)
{
  const size_t rows = (size_t)ny;
  return (6 * rows + (rows + 1) + 2 * (rows + 2) + 1) * stride_of(nx) + 9 * GAP;
}

size_t assay_multigrid_work(int nx, int ny)
{
  size_t size = 8 + level_size(nx, ny);
  while (nx > 1 || ny > 1) {
    nx = half(nx), ny = half(ny);
    size += level_size(nx, ny);
  }
  return size;
}

static double *take(double **work, size_t rows, size_t stride)
{
  double *piece = *work;
  *work += rows * stride + GAP;
  return piece;
}

/* zeros around the cells; the vector that holds the last cell of a row is always written whole */
static void clear_margin(const struct assay_multigrid_level *l, double *x)
{
  const size_t row = (size_t)l->stride * sizeof *x;
  memset(x - l->stride, 0, row);
  memset(x + (ptrdiff_t)l->ny * l->stride, 0, row);
  for (ptrdiff_t j = 0; j < l->ny; j++)
    memset(x + j * l->stride + l->nx, 0, (size_t)(l->stride - l->nx) * sizeof *x);
}

static void lay_out_level(struct assay_multigrid_level *l, int nx, int ny, double **work)
{
  const size_t h = (size_t)ny, stride = stride_of(nx);
  l->nx = nx, l->ny = ny, l->stride = (int)stride;
  l->x = take(work, h + 2, stride) + stride;
  l->y = take(work, h + 2, stride) + stride;
  clear_margin(l, l->x);
  clear_margin(l, l->y);
  l->east = take(work, h, stride);
  l->north = take(work, h + 1, stride);
  l->extra = take(work, h, stride);
  l->diagonal = take(work, h, stride);
  l->inverse = take(work, h, stride);
  l->b = take(work, h, stride);
  l->r = take(work, 1, stride);
}

void assay_multigrid_lay_out(struct assay_multigrid *m, int nx, int ny, int around_x, int around_y,
                             enum assay_isa isa, double *work)
{
  *m = (struct assay_multigrid){.around_x = around_x, .around_y = around_y, .isa = isa};
  work += (64 - (uintptr_t)work % 64) % 64 / sizeof *work;
  lay_out_level(&m->level[m->n++], nx, ny, &work);
  const struct assay_multigrid_level *l = &m->level[0];
  memset(l->extra, 0, (size_t)ny * (size_t)l->stride * sizeof *l->extra);
  while (nx > 1 || ny > 1) {
    nx = half(nx), ny = half(ny);
    lay_out_level(&m->level[m->n++], nx, ny, &work);
  }
}

static const struct assay_multigrid_kernels *kernels(const struct assay_multigrid *m)
{
  return ASSAY_ISA_PICK(assay_multigrid_kernels, m->isa);
}

void assay_multigrid_coarsen(struct assay_multigrid *m)
{
  for (int k = 1; k < m->n; k++) {
    kernels(m)->coarsen(&m->level[k], &m->level[k - 1]);
    kernels(m)->diagonal(&m->level[k]);
  }
}

void assay_multigrid_prepare(struct assay_multigrid *m)
{
  kernels(m)->diagonal(&m->level[0]);
  assay_multigrid_coarsen(m);
}

double assay_multigrid_cycle(struct assay_multigrid *m)
{
  const int last = m->n - 1;
  const struct assay_multigrid_ends *e = &m->ends;
  double product = 0;
  for (int k = 0; k < last; k++) kernels(m)->down(m, k);
  struct assay_multigrid_level *end = &m->level[last]; /* one cell, its own neighbour if periodic */
  if (last == 0 && e->r) end->b[0] = e->volume[0] * e->weight[0] * e->r[0];
  const double left = end->diagonal[0] - (m->around_x ? end->east[0] + end->east[1] : 0) -
                      (m->around_y ? end->north[0] + end->north[end->stride] : 0);
  end->x[0] = left > 1e-13 * end->diagonal[0] ? end->b[0] / left : 0;
  if (last == 0 && e->r) product = e->volume[0] * (e->r[0] * (-e->weight[0] * end->x[0]));
  for (int k = last - 1; k >= 0; k--) product = kernels(m)->up(m, k);
  return product;
}
