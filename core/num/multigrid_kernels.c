/* The steps of a level follow each other row by row, each one row behind the one before, so that
 * the rows are still near: one walk down, one walk up. Periodic y needs all rows of one step for
 * the next. What the vectors of a row's end compute behind it is replaced by zeros. */
#include "core/num/multigrid.h"

#include <string.h>

#include "core/num/choose_lanes.h"
#include "core/num/sum_lanes.h"

typedef const struct assay_multigrid_level level;

/* 1 / (1.25 +- 0.75 / sqrt(2)) */
static const double factor[2] = {0.5616935915005576, 1.3895259206945643};

/* to[i .. i + VL - 1] = value, a vector that depends on i, for all i < n */
#define ROW(to, n, value)                                      \
  do {                                                         \
    int i = 0;                                                 \
    for (; i + VL <= (n); i += VL) vec_store((to) + i, value); \
    if (i < (n)) vec_store((to) + i, vec_first(value, (n)-i)); \
  } while (0)

/* ---- weights -------------------------------------------------------------------------------- */

INLINE vec inverse_of(vec d)
{
  return vec_pick(d > (vec){0}, 1 / d, (vec){0});
}

static void diagonal(level *l)
{
  for (ptrdiff_t j = 0, row = 0; j < l->ny; j++, row += l->stride) {
    const double *east = l->east + row, *south = l->north + row, *north = south + l->stride;
    double *restrict d = l->diagonal + row, *restrict inverse = l->inverse + row;
    ROW(d, l->nx,
        (vec_load(east + i) + vec_load(east + i + 1)) +
            (vec_load(south + i) + vec_load(north + i)) + vec_load(l->extra + row + i));
    ROW(inverse, l->nx, inverse_of(vec_load(d + i)));
  }
}

/* Of 2 VL numbers those with even and those with odd places. */
INLINE vec even(const double *p)
{
  const vec a = vec_load(p), b = vec_load(p + VL);
#if VL == 8
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
#elif VL == 4
  return __builtin_shufflevector(a, b, 0, 2, 4, 6);
#else
  return __builtin_shufflevector(a, b, 0, 2);
#endif
}

INLINE vec odd(const double *p)
{
  const vec a = vec_load(p), b = vec_load(p + VL);
#if VL == 8
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#elif VL == 4
  return __builtin_shufflevector(a, b, 1, 3, 5, 7);
#else
  return __builtin_shufflevector(a, b, 1, 3);
#endif
}

/* Faces across x between coarse cells: those at every second cell, all rows of the coarse one. The
 * distance between centres doubles where x is coarsened. */
static void coarsen_east(level *to, level *from)
{
  const int nx = from->nx;
  for (ptrdiff_t j = 0; j < to->ny; j++) {
    const double *low = from->east + 2 * j * from->stride, *high = low + from->stride;
    const int both = 2 * j + 1 < from->ny;
    double *restrict east = to->east + j * to->stride;
    if (nx == 1) {
      for (int i = 0; i < 2; i++) east[i] = 0 + low[i] + (both ? high[i] : 0);
      continue;
    }
    if (both)
      ROW(east, to->nx + 1, (0 + even(low + 2 * i) + even(high + 2 * i)) / 2);
    else
      ROW(east, to->nx + 1, (0 + even(low + 2 * i)) / 2);
    if (nx % 2) east[to->nx] = (0 + low[nx] + (both ? high[nx] : 0)) / 2;
  }
}

static void coarsen_north(level *to, level *from)
{
  const int nx = from->nx, step = from->ny > 1 ? 2 : 1;
  for (ptrdiff_t j = 0; j <= to->ny; j++) {
    const ptrdiff_t at = j * step < from->ny ? j * step : from->ny;
    const double *pairs = from->north + at * from->stride;
    double *restrict north = to->north + j * to->stride;
    ROW(north, to->nx, (0 + even(pairs + 2 * i) + odd(pairs + 2 * i)) / step);
    if (nx % 2) north[nx / 2] = (0 + pairs[nx - 1]) / step;
  }
}

/* The sums over both directions halved: so are, in the end, the weights to a side. */
static void coarsen_extra(level *to, level *from)
{
  const int nx = from->nx;
  for (ptrdiff_t j = 0; j < to->ny; j++) {
    const double *low = from->extra + 2 * j * from->stride, *high = low + from->stride;
    const int both = 2 * j + 1 < from->ny;
    double *restrict extra = to->extra + j * to->stride;
    if (both)
      ROW(extra, to->nx,
          (0 + (even(low + 2 * i) + odd(low + 2 * i)) + (even(high + 2 * i) + odd(high + 2 * i))) *
              0.5);
    else
      ROW(extra, to->nx, (0 + (even(low + 2 * i) + odd(low + 2 * i))) * 0.5);
    if (nx % 2) extra[nx / 2] = (0 + low[nx - 1] + (both ? high[nx - 1] : 0)) * 0.5;
  }
}

static void coarsen(level *to, level *from)
{
  coarsen_east(to, from);
  coarsen_north(to, from);
  coarsen_extra(to, from);
}

/* ---- the cycle ------------------------------------------------------------------------------ */

static int lag(const struct assay_multigrid *m, level *l)
{
  return m->around_y ? l->ny : 1;
}

/* row j of x is there: what lies beside it across periodic sides */
INLINE void wrap(const struct assay_multigrid *m, level *l, double *x, ptrdiff_t j)
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

struct row {
  const double *x, *west, *south, *north, *b;
  int stride;
};

INLINE struct row row_of(level *l, const double *x, ptrdiff_t j)
{
  const ptrdiff_t at = j * l->stride;
  return (struct row){x + at,    l->east + at, l->north + at, l->north + at + l->stride,
                      l->b + at, l->stride};
}

/* Walks along a row: the vectors of x before, at and behind the place, and those of the faces. */
struct window {
  vec before, x, behind, face, next_face;
};

INLINE struct window open_window(const struct row *w)
{
  const vec none = {0};
  return (struct window){none, vec_load(w->x - VL), vec_load(w->x), none, vec_load(w->west)};
}

/* b and E x of the four neighbours, at i; x there is a->x then */
INLINE vec around(struct window *a, const struct row *w, int i)
{
  a->before = a->x, a->x = a->behind, a->face = a->next_face;
  a->behind = vec_load(w->x + i + VL), a->next_face = vec_load(w->west + i + VL);
  return vec_load(w->b + i) + ((vec_behind(a->face, a->next_face) * vec_behind(a->x, a->behind) +
                                a->face * vec_before(a->before, a->x)) +
                               (vec_load(w->north + i) * vec_load(w->x + i + w->stride) +
                                vec_load(w->south + i) * vec_load(w->x + i - w->stride)));
}

/* the first n - i numbers and zeros */
INLINE void put(double *to, int i, int n, vec value)
{
  vec_store(to + i, i + VL <= n ? value : vec_first(value, n - i));
}

/* y = (1 - w) x + w / D (b + neighbours) */
INLINE void sweep(const struct assay_multigrid *m, level *l, double *y, const double *x, double w,
                  ptrdiff_t j)
{
  if (j < 0 || j >= l->ny) return;
  const struct row from = row_of(l, x, j);
  const double *inverse = l->inverse + j * l->stride;
  double *restrict to = y + j * l->stride;
  struct window a = open_window(&from);
  for (int i = 0; i < l->nx; i += VL) {
    const vec sum = around(&a, &from, i);
    put(to, i, l->nx, a.x * (1 - w) + (vec_load(inverse + i) * w) * sum);
  }
  wrap(m, l, y, j);
}

/* the first sweep, from zero */
INLINE void begin(const struct assay_multigrid *m, level *l, ptrdiff_t j, const int ends)
{
  if (j >= l->ny) return;
  const ptrdiff_t at = j * l->stride;
  const double *inverse = l->inverse + at, *weight = m->ends.weight + at, *r = m->ends.r + at;
  double *restrict b = l->b + at, *restrict x = l->x + at;
  const double volume = ends ? m->ends.volume[j] : 0;
  if (ends) ROW(b, l->nx, volume * vec_load(weight + i) * vec_load(r + i));
  ROW(x, l->nx, factor[0] * vec_load(inverse + i) * vec_load(b + i));
  wrap(m, l, l->x, j);
}

/* r = b - A y, and its sums over pairs go to the coarse row, which begins with the first of two */
INLINE void restrict_residual(level *l, level *coarse, ptrdiff_t j)
{
  if (j < 0) return;
  const struct row from = row_of(l, l->y, j);
  const double *d = l->diagonal + j * l->stride;
  double *restrict r = l->r, *restrict b = coarse->b + j / 2 * coarse->stride;
  struct window a = open_window(&from);
  for (int i = 0; i < l->nx; i += VL) {
    const vec sum = around(&a, &from, i);
    put(r, i, l->nx, sum - vec_load(d + i) * a.x);
  }
  if (j % 2 == 0)
    ROW(b, coarse->nx, 0 + (even(r + 2 * i) + odd(r + 2 * i)));
  else
    ROW(b, coarse->nx, vec_load(b + i) + (even(r + 2 * i) + odd(r + 2 * i)));
}

/* x, y = zero, swept, swept; the result is in y */
INLINE void go_down(const struct assay_multigrid *m, int k, const int ends)
{
  level *l = &m->level[k];
  const int behind = lag(m, l);
  for (ptrdiff_t j = 0; j < l->ny + 2 * behind; j++) {
    begin(m, l, j, ends);
    sweep(m, l, l->y, l->x, factor[1], j - behind);
    restrict_residual(l, l + 1, j - 2 * behind);
  }
}

static void down(const struct assay_multigrid *m, int k)
{
  if (k == 0 && m->ends.r)
    go_down(m, k, 1);
  else
    go_down(m, k, 0);
}

/* VL / 2 numbers, each of them twice */
INLINE vec twice(const double *p)
{
  const vec a = vec_load(p);
#if VL == 8
  return __builtin_shufflevector(a, a, 0, 0, 1, 1, 2, 2, 3, 3);
#elif VL == 4
  return __builtin_shufflevector(a, a, 0, 0, 1, 1);
#else
  return __builtin_shufflevector(a, a, 0, 0);
#endif
}

INLINE void correct(const struct assay_multigrid *m, level *l, level *coarse, ptrdiff_t j)
{
  if (j >= l->ny) return;
  const double *c = coarse->x + j / 2 * coarse->stride;
  double *restrict y = l->y + j * l->stride;
  ROW(y, l->nx, vec_load(y + i) + twice(c + i / 2));
  wrap(m, l, l->y, j);
}

/* volume r z, z = - weight y */
INLINE double product_row(const struct assay_multigrid *m, level *l, ptrdiff_t j)
{
  const ptrdiff_t at = j * l->stride;
  const double *weight = m->ends.weight + at, *r = m->ends.r + at, *y = l->y + at;
  struct sums s = {0};
  for (int i = 0; i < l->nx; i += SUM_LANES)
    for (int h = 0; h < SUM_VECS; h++) {
      const int k = i + h * VL;
      s.lanes[h] += vec_load(r + k) * (-vec_load(weight + k) * vec_load(y + k));
    }
  return m->ends.volume[j] * sums_total(&s);
}

/* y corrected, x = y swept, y = x swept; the result goes to x in the end */
INLINE double go_up(struct assay_multigrid *m, int k, const int ends)
{
  struct assay_multigrid_level *l = &m->level[k];
  const int behind = lag(m, l);
  double product = 0;
  for (ptrdiff_t j = 0; j < l->ny + 2 * behind; j++) {
    correct(m, l, l + 1, j);
    sweep(m, l, l->x, l->y, factor[1], j - behind);
    sweep(m, l, l->y, l->x, factor[0], j - 2 * behind);
    if (ends && j >= 2 * behind) product += product_row(m, l, j - 2 * behind);
  }
  double *const t = l->x;
  l->x = l->y;
  l->y = t;
  return product;
}

static double up(struct assay_multigrid *m, int k)
{
  return k == 0 && m->ends.r ? go_up(m, k, 1) : go_up(m, k, 0);
}

const struct assay_multigrid_kernels ASSAY_ISA_NAME(assay_multigrid_kernels) = {diagonal, coarsen,
                                                                                down, up};
