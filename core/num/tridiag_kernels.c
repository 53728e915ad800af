#include "core/num/lanes.h"
#include "core/num/tridiag_plan.h"

enum { STRIP = 8 }; /* vectors that go along y together to hide the latency of the chain */
enum { GROUPS = VL == 2 ? 4 : 2 }; /* of VL rows that go along x together */

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

/* One step of a column of `width` vectors, see tridiag_plan.h; the last vector has `count` lanes.
 */
INLINE void strip_y(const struct assay_tridiag *p, double *out, const double *in, ptrdiff_t stride,
                    int width, int count, int periodic)
{
  vec g[STRIP] = {0}, sum[STRIP] = {0}, end[STRIP] = {0};
  const int n = p->n;
  for (int i = 0; i < n; i++) {
    const double inverse = p->coef[4 * i], c = p->coef[4 * i + 1], before = p->coef[4 * i + 2];
#pragma GCC unroll 8
    for (int v = 0; v < width; v++) {
      if (periodic && i == n - 1) g[v] += sum[v];
      g[v] = load(in + i * stride + v * VL, count) * inverse + g[v] * c;
      store(out + i * stride + v * VL, g[v], count);
      if (periodic) sum[v] += g[v] * before;
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < width; v++) {
    if (periodic) end[v] = g[v];
    g[v] = (vec){0};
  }
  for (int i = n - 1; i >= 0; i--) {
    const double c = p->coef[4 * i + 1], here = p->coef[4 * i + 3];
#pragma GCC unroll 8
    for (int v = 0; v < width; v++) {
      g[v] = load(out + i * stride + v * VL, count) + g[v] * c;
      if (periodic) g[v] += end[v] * here;
      store(out + i * stride + v * VL, g[v], count);
    }
  }
}

INLINE void solve_y(const struct assay_tridiag *p, double *out, const double *in, int lines,
                    ptrdiff_t stride, int periodic)
{
  int l = 0;
  for (; l + STRIP * VL <= lines; l += STRIP * VL)
    strip_y(p, out + l, in + l, stride, STRIP, VL, periodic);
  for (; l + VL <= lines; l += VL) strip_y(p, out + l, in + l, stride, 1, VL, periodic);
  if (l < lines) strip_y(p, out + l, in + l, stride, 1, lines - l, periodic);
}

static void y(const struct assay_tridiag *p, double *out, const double *in, int lines,
              ptrdiff_t stride)
{
  if (p->periodic)
    solve_y(p, out, in, lines, stride, 1);
  else
    solve_y(p, out, in, lines, stride, 0);
}

/* a[c] = column c of a tile; what is missing of it is zero */
INLINE void gather(vec *a, const double *in, ptrdiff_t stride, int rows, int columns)
{
  for (int r = 0; r < VL; r++) a[r] = r < rows ? load(in + r * stride, columns) : (vec){0};
  vec_transpose(a);
}

INLINE void scatter(double *out, ptrdiff_t stride, vec *a, int rows, int columns)
{
  vec_transpose(a);
  for (int r = 0; r < VL; r++)
    if (r < rows) store(out + r * stride, a[r], columns);
}

/* G between up and down: whole tiles stay transposed */
INLINE void keep(double *out, ptrdiff_t stride, vec *a, int rows, int columns)
{
  if (rows < VL || columns < VL)
    scatter(out, stride, a, rows, columns);
  else
    for (int c = 0; c < VL; c++) vec_store(out + c * stride, a[c]);
}

INLINE void recall(vec *a, const double *out, ptrdiff_t stride, int rows, int columns)
{
  if (rows < VL || columns < VL)
    gather(a, out, stride, rows, columns);
  else
    for (int c = 0; c < VL; c++) a[c] = vec_load(out + c * stride);
}

/* what a group of VL rows carries from tile to tile */
struct chain {
  vec g, sum, end;
};

INLINE void tile_up(const struct assay_tridiag *p, struct chain *s, double *out, const double *in,
                    ptrdiff_t stride, int i, int rows, int columns, int periodic)
{
  vec a[VL];
  gather(a, in, stride, rows, columns);
  const double *coef = p->coef + 4 * i;
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++, coef += 4) {
    if (periodic && i + c == p->n - 1) s->g += s->sum;
    a[c] = s->g = a[c] * coef[0] + s->g * coef[1];
    if (periodic) s->sum += s->g * coef[2];
  }
  keep(out, stride, a, rows, columns);
}

INLINE void tile_down(const struct assay_tridiag *p, struct chain *s, double *out, ptrdiff_t stride,
                      int i, int rows, int columns, int periodic)
{
  vec a[VL];
  recall(a, out, stride, rows, columns);
  const double *coef = p->coef + 4 * i;
#pragma GCC unroll 8
  for (int c = columns - 1; c >= 0; c--) {
    s->g = a[c] + s->g * coef[4 * c + 1];
    if (periodic) s->g += s->end * coef[4 * c + 3];
    a[c] = s->g;
  }
  scatter(out, stride, a, rows, columns);
}

/* `groups` of VL rows each, the last one of `rows` */
INLINE void rows_x(const struct assay_tridiag *p, double *out, const double *in, ptrdiff_t stride,
                   int groups, int rows, int periodic)
{
  struct chain s[GROUPS] = {0};
  const int whole = p->n / VL * VL, rest = p->n - whole;
  for (int i = 0; i < whole; i += VL)
    for (int k = 0; k < groups; k++)
      tile_up(p, &s[k], out + k * VL * stride + i, in + k * VL * stride + i, stride, i, rows, VL,
              periodic);
  for (int k = 0; rest > 0 && k < groups; k++)
    tile_up(p, &s[k], out + k * VL * stride + whole, in + k * VL * stride + whole, stride, whole,
            rows, rest, periodic);
  for (int k = 0; k < groups; k++) s[k] = (struct chain){{0}, {0}, s[k].g};
  for (int k = 0; rest > 0 && k < groups; k++)
    tile_down(p, &s[k], out + k * VL * stride + whole, stride, whole, rows, rest, periodic);
  for (int i = whole - VL; i >= 0; i -= VL)
    for (int k = 0; k < groups; k++)
      tile_down(p, &s[k], out + k * VL * stride + i, stride, i, rows, VL, periodic);
}

INLINE void solve_x(const struct assay_tridiag *p, double *out, const double *in, int lines,
                    ptrdiff_t stride, int periodic)
{
  /* rows a multiple of 2 KiB apart share two sets of the cache, which hold no more than 8 of them
   */
  const int together = stride % 256 != 0;
  int l = 0;
  for (; together && l + GROUPS * VL <= lines; l += GROUPS * VL)
    rows_x(p, out + l * stride, in + l * stride, stride, GROUPS, VL, periodic);
  for (; l + VL <= lines; l += VL)
    rows_x(p, out + l * stride, in + l * stride, stride, 1, VL, periodic);
  if (l < lines) rows_x(p, out + l * stride, in + l * stride, stride, 1, lines - l, periodic);
}

static void x(const struct assay_tridiag *p, double *out, const double *in, int lines,
              ptrdiff_t stride)
{
  if (p->periodic)
    solve_x(p, out, in, lines, stride, 1);
  else
    solve_x(p, out, in, lines, stride, 0);
}

const struct assay_tridiag_kernels ASSAY_ISA_NAME(assay_tridiag_kernels) = {x, y};
