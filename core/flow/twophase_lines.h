/* Tridiagonal systems along lines with variable coefficients (struct assay_twophase_lines), for the
 * source of the two-phase kernels. Lines lie in vector lanes; along x they are turned into them. */
#ifndef ASSAY_CORE_FLOW_TWOPHASE_LINES_H
#define ASSAY_CORE_FLOW_TWOPHASE_LINES_H
#include "core/flow/twophase_kernels.h"
#include "core/num/lanes.h"

enum { STRIP = 4, FEW = 2 }; /* vectors side by side along y, along x: divisions wait less */

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

/* What a vector of lines carries from unknown to unknown of Thomas's algorithm; for periodic lines
 * also the correction q of Sherman and Morrison with A = A' + a b^T, a = (-d, 0, .., -hi),
 * b = (1, 0, .., lo/d) for the first diagonal d. */
struct chain {
  vec f, y, q, edge;
};

/* Properties of lines that the compiler shall know: weights that depend on the unknown; periodic.
 */
enum { WEIGHTS = 1, PERIODIC = 2 };

/* Unknown j with its w, the k on both sides, and r. */
INLINE void eliminate(const struct assay_twophase_lines *l, struct chain *s, int j, vec w, vec k0,
                      vec k1, vec r, const int kind)
{
  const vec ww = ((vec){0} + l->scale) * w, one = (vec){0} + 1;
  vec lo = ww * k0, hi = ww * k1, spin = {0};
  if (kind & WEIGHTS) {
    spin = (lo + hi) * l->spin[j];
    lo = lo * l->lo[j];
    hi = hi * l->hi[j];
  }
  vec diag = kind & WEIGHTS ? one + lo + hi + spin : one + lo + hi, next = hi, rq = {0};
  if (kind & PERIODIC && j == 0) {
    s->edge = lo / diag;
    rq = -diag;
    diag += diag;
    lo = (vec){0};
  }
  if (kind & PERIODIC && j == l->n - 1) {
    rq = -hi;
    diag += s->edge * hi;
    next = (vec){0};
  }
  const vec inverse = one / (diag - lo * s->f);
  s->f = next * inverse;
  s->y = (r + lo * s->y) * inverse;
  if (kind & PERIODIC) s->q = (rq + lo * s->q) * inverse;
}

/* by how much q is too little in x, whose ends these are */
INLINE vec gain_of(const struct chain *s, vec x_end, vec q_end)
{
  return (s->y + s->edge * x_end) / ((vec){0} + 1 + s->q + s->edge * q_end);
}

/* ---- along y -------------------------------------------------------------------------------- */

/* `width` vectors of lines at once; unknown j of them at x + j stride. The scratch holds the
 * factors that follow, then q. */
INLINE void strip(const struct assay_twophase_lines *l, const double *w, const double *k, double *x,
                  int width, int count, const int kind)
{
  const ptrdiff_t stride = l->stride;
  double *factor = l->scratch, *turn = factor + (ptrdiff_t)l->n * STRIP * VL;
  struct chain s[STRIP] = {0};
  for (int j = 0; j < l->n; j++) {
#pragma GCC unroll 4
    for (int a = 0; a < width; a++) {
      const ptrdiff_t at = j * stride + a * VL;
      eliminate(l, &s[a], j, load(w + at, count), load(k + at, count), load(k + at + stride, count),
                load(x + at, count), kind);
      vec_store(factor + (j * STRIP + a) * VL, s[a].f);
      store(x + at, s[a].y, count);
      if (kind & PERIODIC) vec_store(turn + (j * STRIP + a) * VL, s[a].q);
    }
  }
#pragma GCC unroll 4
  for (int a = 0; a < width; a++) s[a].y = s[a].q = (vec){0};
  for (int j = l->n - 1; j >= 0; j--) {
#pragma GCC unroll 4
    for (int a = 0; a < width; a++) {
      const ptrdiff_t at = j * stride + a * VL;
      const vec g = vec_load(factor + (j * STRIP + a) * VL);
      s[a].y = load(x + at, count) + g * s[a].y;
      store(x + at, s[a].y, count);
      if (kind & PERIODIC) {
        s[a].q = vec_load(turn + (j * STRIP + a) * VL) + g * s[a].q;
        vec_store(turn + (j * STRIP + a) * VL, s[a].q);
      }
    }
  }
  if (!(kind & PERIODIC)) return;
#pragma GCC unroll 4
  for (int a = 0; a < width; a++) {
    const ptrdiff_t end = l->n - 1;
    const vec gain = gain_of(&s[a], load(x + end * stride + a * VL, count),
                             vec_load(turn + (end * STRIP + a) * VL));
    for (int j = 0; j < l->n; j++) {
      const ptrdiff_t at = j * stride + a * VL;
      store(x + at, load(x + at, count) - gain * vec_load(turn + (j * STRIP + a) * VL), count);
    }
  }
}

INLINE void solve_y(const struct assay_twophase_lines *l, const int kind)
{
  int i = 0;
  for (; i + STRIP * VL <= l->lines; i += STRIP * VL)
    strip(l, l->w + i, l->k + i, l->x + i, STRIP, VL, kind);
  for (; i + VL <= l->lines; i += VL) strip(l, l->w + i, l->k + i, l->x + i, 1, VL, kind);
  if (i < l->lines) strip(l, l->w + i, l->k + i, l->x + i, 1, l->lines - i, kind);
}

static inline void lines_y(const struct assay_twophase_lines *l)
{
  if (l->periodic)
    solve_y(l, WEIGHTS | PERIODIC);
  else
    solve_y(l, WEIGHTS);
}

/* ---- along x -------------------------------------------------------------------------------- */

/* VL vectors of lines: column c of a tile of up to VL rows and columns, what is missing is zero. */
INLINE void turn_in(vec *a, const double *from, ptrdiff_t stride, int rows, int columns)
{
  vec t[VL];
  for (int r = 0; r < VL; r++) t[r] = r < rows ? load(from + r * stride, columns) : (vec){0};
  vec_transpose(t);
  for (int c = 0; c < VL; c++) a[c] = t[c];
}

INLINE void turn_out(double *to, ptrdiff_t stride, const vec *a, int rows, int columns)
{
  vec t[VL];
  for (int c = 0; c < VL; c++) t[c] = c < columns ? a[c] : (vec){0};
  vec_transpose(t);
  for (int r = 0; r < rows; r++) store(to + r * stride, t[r], columns);
}

/* FEW vectors of rows from `first` on; those beyond the last row are zero. The scratch holds of
 * every unknown the factors, y, and q. */
struct batch {
  const struct assay_twophase_lines *l;
  int first, kind;
};

INLINE int rows_of(const struct batch *b, int a)
{
  const int left = b->l->lines - b->first - a * VL;
  return left < 0 ? 0 : left < VL ? left : VL;
}

INLINE double *place(const struct batch *b, const double *field, int i, int a)
{
  return (double *)field + (b->first + a * VL) * b->l->stride + i;
}

INLINE double *slot(const struct batch *b, int j, int a)
{
  return b->l->scratch + (ptrdiff_t)(j * FEW + a) * 3 * VL;
}

/* w, the k behind, and r of VL unknowns; TURNS: vectors of them that are turned for each unknown */
struct tile {
  vec w[FEW][VL], k[FEW][VL], r[FEW][VL];
};
enum { TILE_TURNS = 3 * FEW, TURNS = (TILE_TURNS + VL - 1) / VL };

INLINE void fill(const struct batch *b, struct tile *t, int i, int columns, int turn)
{
  const struct assay_twophase_lines *l = b->l;
  const int a = turn % FEW, kind = turn / FEW;
  vec *to = kind == 0 ? t->w[a] : kind == 1 ? t->k[a] : t->r[a];
  const double *from = kind == 0 ? l->w : kind == 1 ? l->k + 1 : l->x;
  turn_in(to, place(b, from, i, a), l->stride, rows_of(b, a), columns);
}

/* Unknowns i .. i + columns - 1, in tile t; before: the k in front of them, then of those that
 * follow. Meanwhile the `coming` unknowns of the next tile are turned, as divisions leave time. */
INLINE void tile_up(const struct batch *b, struct chain *s, vec *before, const struct tile *t,
                    struct tile *next, int i, int columns, int coming)
{
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
    for (int turn = c * TURNS; coming > 0 && turn < (c + 1) * TURNS && turn < TILE_TURNS; turn++)
      fill(b, next, i + VL, coming, turn);
#pragma GCC unroll 2
    for (int a = 0; a < FEW; a++) {
      double *to = slot(b, i + c, a);
      eliminate(b->l, &s[a], i + c, t->w[a][c], before[a], t->k[a][c], t->r[a][c], b->kind);
      before[a] = t->k[a][c];
      vec_store(to, s[a].f);
      vec_store(to + VL, s[a].y);
      if (b->kind & PERIODIC) vec_store(to + 2 * VL, s[a].q);
    }
  }
}

INLINE void tile_down(const struct batch *b, struct chain *s, int i, int columns)
{
  vec x[FEW][VL];
  for (int c = columns - 1; c >= 0; c--) {
#pragma GCC unroll 2
    for (int a = 0; a < FEW; a++) {
      double *from = slot(b, i + c, a);
      const vec g = vec_load(from);
      x[a][c] = s[a].y = vec_load(from + VL) + g * s[a].y;
      if (!(b->kind & PERIODIC)) continue;
      s[a].q = vec_load(from + 2 * VL) + g * s[a].q;
      vec_store(from + VL, s[a].y);
      vec_store(from + 2 * VL, s[a].q);
    }
  }
  for (int a = 0; a < FEW && !(b->kind & PERIODIC); a++)
    turn_out(place(b, b->l->x, i, a), b->l->stride, x[a], rows_of(b, a), columns);
}

INLINE void correct(const struct batch *b, const struct chain *s)
{
  const int n = b->l->n;
  for (int a = 0; a < FEW; a++) {
    const double *end = slot(b, n - 1, a);
    const vec gain = gain_of(&s[a], vec_load(end + VL), vec_load(end + 2 * VL));
    for (int i = 0; i < n; i += VL) {
      const int columns = n - i < VL ? n - i : VL;
      vec x[VL] = {0};
      for (int c = 0; c < columns; c++)
        x[c] = vec_load(slot(b, i + c, a) + VL) - gain * vec_load(slot(b, i + c, a) + 2 * VL);
      turn_out(place(b, b->l->x, i, a), b->l->stride, x, rows_of(b, a), columns);
    }
  }
}

INLINE void rows_x(const struct assay_twophase_lines *l, int first, const int kind)
{
  const struct batch b = {l, first, kind};
  const int whole = l->n / VL * VL, rest = l->n - whole;
  struct chain s[FEW] = {0};
  struct tile t[2];
  vec before[FEW], k[VL];
  int i = 0;
  for (int a = 0; a < FEW; a++) {
    turn_in(k, place(&b, l->k, 0, a), l->stride, rows_of(&b, a), 1);
    before[a] = k[0];
  }
  for (int turn = 0; turn < TILE_TURNS; turn++) fill(&b, &t[0], 0, whole > 0 ? VL : rest, turn);
  for (; i + VL < whole; i += VL)
    tile_up(&b, s, before, &t[i / VL % 2], &t[1 - i / VL % 2], i, VL, VL);
  for (; i < whole; i += VL)
    tile_up(&b, s, before, &t[i / VL % 2], &t[1 - i / VL % 2], i, VL, rest);
  if (rest > 0) tile_up(&b, s, before, &t[i / VL % 2], NULL, whole, rest, 0);
  for (int a = 0; a < FEW; a++) s[a].y = s[a].q = (vec){0};
  if (rest > 0) tile_down(&b, s, whole, rest);
  for (i = whole - VL; i >= 0; i -= VL) tile_down(&b, s, i, VL);
  if (kind & PERIODIC) correct(&b, s);
}

static inline void lines_x(const struct assay_twophase_lines *l)
{
  for (int j = 0; j < l->lines; j += FEW * VL)
    if (l->periodic)
      rows_x(l, j, PERIODIC);
    else
      rows_x(l, j, 0);
}

#endif
