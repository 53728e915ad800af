/* Tridiagonal systems along lines with variable coefficients (struct assay_twophase_lines), for the
 * source of the two-phase kernels. Lines lie in vector lanes; along x they are turned into them. */
#ifndef ASSAY_CORE_FLOW_TWOPHASE_LINES_H
#define ASSAY_CORE_FLOW_TWOPHASE_LINES_H
#include "core/flow/twophase_kernels.h"
#include "core/num/lanes.h"

enum { STRIP = 4, FEW = 2 }; /* vectors side by side, to hide the latency of the division */

INLINE vec load(const double *p, int count)
{
  return count == VL ? vec_load(p) : vec_load_some(p, count);
}

INLINE void store(double *p, vec a, int count)
{
  if (count == VL)
    vec_store(p, a);
  else
    vec_store_some(p, a, count);
}

/* Thomas's algorithm on `width` vectors of lines at once; unknown j of them at x + j stride. Slots
 * of the scratch: the factor that follows, and for periodic lines the correction q of Sherman and
 * Morrison with A = A' + a b^T, a = (-d, 0, .., -hi), b = (1, 0, .., lo/d) for the first diagonal
 * d. */
INLINE void strip(const struct assay_twophase_lines *l, const double *w, const double *k, double *x,
                  ptrdiff_t stride, int width, int count, int periodic, int rows)
{
  double *factor = l->scratch, *turn = factor + (ptrdiff_t)l->n * STRIP * VL;
  const vec scale = (vec){0} + l->scale, one = (vec){0} + 1;
  vec f[STRIP], y[STRIP], q[STRIP], first[STRIP], edge[STRIP];
#pragma GCC unroll 4
  for (int a = 0; a < width; a++) f[a] = y[a] = q[a] = first[a] = edge[a] = (vec){0};
  for (int j = 0; j < l->n; j++) {
#pragma GCC unroll 4
    for (int a = 0; a < width; a++) {
      const ptrdiff_t at = j * stride + a * VL;
      const vec ww = scale * load(w + at, count), k0 = load(k + at, count);
      const vec k1 = load(k + at + stride, count);
      vec lo = ww * k0, hi = ww * k1, spin = {0};
      if (rows) {
        spin = (lo + hi) * l->spin[j];
        lo = lo * l->lo[j];
        hi = hi * l->hi[j];
      }
      vec diag = one + lo + hi + spin, next = hi, r = load(x + at, count), rq = {0};
      if (periodic && j == 0) {
        first[a] = diag;
        edge[a] = lo / diag;
        rq = -diag;
        diag += diag;
        lo = (vec){0};
      }
      if (periodic && j == l->n - 1) {
        rq = -hi;
        diag += edge[a] * hi;
        next = (vec){0};
      }
      const vec inverse = one / (diag - lo * f[a]);
      f[a] = next * inverse;
      y[a] = (r + lo * y[a]) * inverse;
      vec_store(factor + (j * STRIP + a) * VL, f[a]);
      store(x + at, y[a], count);
      if (periodic) {
        q[a] = (rq + lo * q[a]) * inverse;
        vec_store(turn + (j * STRIP + a) * VL, q[a]);
      }
    }
  }
#pragma GCC unroll 4
  for (int a = 0; a < width; a++) y[a] = q[a] = (vec){0};
  for (int j = l->n - 1; j >= 0; j--) {
#pragma GCC unroll 4
    for (int a = 0; a < width; a++) {
      const ptrdiff_t at = j * stride + a * VL;
      const vec g = vec_load(factor + (j * STRIP + a) * VL);
      y[a] = load(x + at, count) + g * y[a];
      store(x + at, y[a], count);
      if (periodic) {
        q[a] = vec_load(turn + (j * STRIP + a) * VL) + g * q[a];
        vec_store(turn + (j * STRIP + a) * VL, q[a]);
      }
    }
  }
  if (!periodic) return;
#pragma GCC unroll 4
  for (int a = 0; a < width; a++) {
    const ptrdiff_t end = (l->n - 1) * stride + a * VL;
    const vec q1 = vec_load(turn + ((l->n - 1) * STRIP + a) * VL);
    const vec gain =
        (load(x + a * VL, count) + edge[a] * load(x + end, count)) / (one + q[a] + edge[a] * q1);
    for (int j = 0; j < l->n; j++) {
      const ptrdiff_t at = j * stride + a * VL;
      store(x + at, load(x + at, count) - gain * vec_load(turn + (j * STRIP + a) * VL), count);
    }
  }
}

INLINE void solve_y(const struct assay_twophase_lines *l, int periodic)
{
  int i = 0;
  for (; i + STRIP * VL <= l->lines; i += STRIP * VL)
    strip(l, l->w + i, l->k + i, l->x + i, l->stride, STRIP, VL, periodic, 1);
  for (; i + VL <= l->lines; i += VL)
    strip(l, l->w + i, l->k + i, l->x + i, l->stride, 1, VL, periodic, 1);
  if (i < l->lines) strip(l, l->w + i, l->k + i, l->x + i, l->stride, 1, l->lines - i, periodic, 1);
}

static inline void lines_y(const struct assay_twophase_lines *l)
{
  if (l->periodic)
    solve_y(l, 1);
  else
    solve_y(l, 0);
}

/* Columns of up to VL rows: to[c] holds element c of every row. */
INLINE void turn_in(double *to, const double *from, ptrdiff_t stride, int n, int rows, int slots)
{
  for (int i = 0; i < n; i += VL) {
    const int columns = n - i < VL ? n - i : VL;
    vec a[VL];
    for (int r = 0; r < VL; r++) a[r] = r < rows ? load(from + r * stride + i, columns) : (vec){0};
    vec_transpose(a);
    for (int c = 0; c < columns; c++) vec_store(to + (i + c) * slots * VL, a[c]);
  }
}

INLINE void turn_out(double *to, ptrdiff_t stride, const double *from, int n, int rows, int slots)
{
  for (int i = 0; i < n; i += VL) {
    const int columns = n - i < VL ? n - i : VL;
    vec a[VL];
    for (int c = 0; c < VL; c++)
      a[c] = c < columns ? vec_load(from + (i + c) * slots * VL) : (vec){0};
    vec_transpose(a);
    for (int r = 0; r < rows; r++) store(to + r * stride + i, a[r], columns);
  }
}

/* `across` vectors of rows from `first` on; those beyond the last row are zero */
INLINE void rows_x(const struct assay_twophase_lines *l, int first, int across, int periodic)
{
  double *w = l->scratch + (ptrdiff_t)l->n * 2 * STRIP * VL;
  double *k = w + ((ptrdiff_t)l->n + 1) * across * VL, *x = k + ((ptrdiff_t)l->n + 1) * across * VL;
  for (int a = 0; a < across; a++) {
    const int row = first + a * VL, left = l->lines - row;
    const int rows = left < 0 ? 0 : left < VL ? left : VL;
    turn_in(w + a * VL, l->w + row * l->stride, l->stride, l->n, rows, across);
    turn_in(k + a * VL, l->k + row * l->stride, l->stride, l->n + 1, rows, across);
    turn_in(x + a * VL, l->x + row * l->stride, l->stride, l->n, rows, across);
  }
  strip(l, w, k, x, across * VL, across, VL, periodic, 0);
  for (int a = 0; a < across; a++) {
    const int row = first + a * VL, left = l->lines - row;
    const int rows = left < 0 ? 0 : left < VL ? left : VL;
    turn_out(l->x + row * l->stride, l->stride, x + a * VL, l->n, rows, across);
  }
}

INLINE void solve_x(const struct assay_twophase_lines *l, int periodic)
{
  int j = 0;
  for (; j + STRIP * VL <= l->lines; j += STRIP * VL) rows_x(l, j, STRIP, periodic);
  for (; j < l->lines; j += FEW * VL) rows_x(l, j, FEW, periodic);
}

static inline void lines_x(const struct assay_twophase_lines *l)
{
  if (l->periodic)
    solve_x(l, 1);
  else
    solve_x(l, 0);
}

#endif
