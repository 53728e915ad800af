/* Transforms V of v (dct_plan.h) for the kernel source of the cosine transform: Stockham passes
 * between a line and its coefficients, the dense sum of lengths without passes. */
#ifndef ASSAY_CORE_NUM_DCT_PASSES_H
#define ASSAY_CORE_NUM_DCT_PASSES_H
#include "core/num/cpx_lanes.h"
#include "core/num/dct_load.h"
#include "core/num/dct_plan.h"

/* Properties of a pass that the compiler shall know. FOLD: a first pass takes v from the unfolded
 * line and leaves u; UNFOLD: a last one makes the unfolded line of u and its v. */
enum {
  FIRST = 1,
  LAST = 2,
  FOURIER = DCT_FOURIER,
  BACK = 8,
  FOLD = 16,
  UNFOLD = 32,
  IN_PART = 128
};

/* Where a transform of length m takes its line from and puts it. */
struct line {
  const vec *in; /* [m] v, or [2 m] with FOLD */
  vec *out;      /* [m] V, or [2 m] with UNFOLD */
  vec *sum;      /* [m] with FOLD or UNFOLD: u */
};

/* v[j], and u at its place */
INLINE vec difference(const struct line *w, int m, int j, int kind)
{
  if (!(kind & FOLD)) return w->in[j];
  const vec a = w->in[m - 1 - j], b = w->in[m + j];
  w->sum[m - 1 - j] = a + b;
  return a - b;
}

INLINE void unfold(const struct line *w, int m, int k, vec v, int kind)
{
  if (!(kind & UNFOLD)) {
    w->out[k] = v;
    return;
  }
  const vec u = w->sum[m - 1 - k];
  w->out[m - 1 - k] = u + v;
  w->out[m + k] = u - v;
}

/* element j of the rotated input, which lies at `at` in the line; see dct_plan.h */
INLINE struct cpx take(const double *rotate, int j, const struct line *w, int m, int at, int kind)
{
  const double c = rotate[2 * j], s = rotate[2 * j + 1];
  const vec x = kind & FOURIER ? w->in[at] : difference(w, m, m - 1 - 2 * at, kind);
  const vec y = kind & FOURIER ? w->in[at + m / 2] : difference(w, m, 2 * at, kind);
  if (!(kind & FOURIER)) return (struct cpx){x * c + y * s, y * c - x * s};
  if (kind & BACK) return (struct cpx){y, x};
  return (struct cpx){x * c - y * s, -(y * c + x * s)};
}

INLINE void give(const double *rotate, int k, const struct line *w, int m, int at, struct cpx z,
                 int kind)
{
  const int half = m / 2;
  const double *turn = rotate + 2 * k;
  if (!(kind & FOURIER)) {
    unfold(w, m, m - 1 - 2 * at, z.re * turn[0] + z.im * turn[1], kind);
    unfold(w, m, 2 * at, z.re * turn[1] - z.im * turn[0], kind);
  } else if (kind & BACK) {
    w->out[at] = z.im * turn[0] - z.re * turn[1];
    w->out[at + half] = -(z.im * turn[1] + z.re * turn[0]);
  } else {
    w->out[at] = z.re;
    w->out[at + half] = z.im;
  }
}

/* One column of a Stockham pass: s = product of the radices before, columns = m / 2 / (s radix).
 * IN_PART: its elements lie in a line of m numbers at `at` and every PART behind it. */
enum { PART = 8 };
struct column {
  struct cpx *restrict out;
  const struct cpx *restrict in;
  const struct line *line;
  const double *rotate, *twiddle;
  int m, radix, kind, s, columns, c, q, at;
};

INLINE struct cpx get(const struct column *a, int t)
{
  const int j = a->c + a->columns * t, at = a->kind & IN_PART ? a->at + PART * t : j;
  if (!(a->kind & FIRST)) return a->in[a->q + a->s * j];
  return take(a->rotate, j, a->line, a->m, at, a->kind);
}

INLINE void put(const struct column *a, int t, struct cpx z)
{
  const int k = a->q + a->s * t, at = a->kind & IN_PART ? a->at + PART * t : k;
  if (a->kind & LAST)
    give(a->rotate, k, a->line, a->m, at, z, a->kind);
  else
    a->out[a->q + a->s * (a->radix * a->c + t)] =
        t == 0 ? z : turn(z, a->twiddle[2 * t - 2], a->twiddle[2 * t - 1]);
}

INLINE void small(const struct column *a)
{
  struct cpx z[5];
#pragma GCC unroll 5
  for (int t = 0; t < a->radix; t++) z[t] = get(a, t);
  switch (a->radix) {
  case 2:
    dft2(z);
    break;
  case 3:
    dft3(z);
    break;
  case 4:
    dft4(z);
    break;
  default:
    dft5(z);
    break;
  }
#pragma GCC unroll 5
  for (int t = 0; t < a->radix; t++) put(a, t, z[t]);
}

/* 4 x 2: what is needed last is computed last, so that little must leave the registers */
INLINE void eight(const struct column *a)
{
  struct cpx e[4], o[4];
  for (int t = 0; t < 4; t++) e[t] = get(a, 2 * t);
  dft4(e);
  for (int t = 0; t < 4; t++) o[t] = get(a, 2 * t + 1);
  dft4(o);
  o[1] = turn_eighth(o[1]);
  o[3] = turn_3_eighths(o[3]);
  put(a, 0, add(e[0], o[0]));
  put(a, 4, sub(e[0], o[0]));
  put(a, 1, add(e[1], o[1]));
  put(a, 5, sub(e[1], o[1]));
  put(a, 2, sub_i(e[2], o[2]));
  put(a, 6, add_i(e[2], o[2]));
  put(a, 3, add(e[3], o[3]));
  put(a, 7, sub(e[3], o[3]));
}

/* column c of 4 x 4: rows r of it, turned */
INLINE void sixteen_column(struct cpx *y, const struct column *a, int c)
{
#pragma GCC unroll 4
  for (int t = 0; t < 4; t++) y[t] = get(a, c + 4 * t);
  dft4(y);
#pragma GCC unroll 4
  for (int r = 0; r < 4; r++) y[r] = turn_16(y[r], c * r);
}

/* Let the compiler read from memory what has been put there: left to itself it spills more. */
#define SETTLE(p) __asm__ volatile("" : : "r"(p) : "memory")

/* 4 x 4. Half of it fills the registers, so the other columns wait in memory. */
INLINE void sixteen(const struct column *a)
{
  enum { WAIT = VL == 8 ? 2 : 4 };
  struct cpx wait[WAIT][4], z[4][4];
#pragma GCC unroll 4
  for (int c = 0; c < WAIT; c++) {
    sixteen_column(z[c], a, c);
    for (int r = 0; r < 4; r++) wait[c][r] = z[c][r];
  }
  SETTLE(wait);
#pragma GCC unroll 4
  for (int c = WAIT; c < 4; c++) sixteen_column(z[c], a, c);
#pragma GCC unroll 4
  for (int r = 0; r < 4; r++) {
    struct cpx y[4];
#pragma GCC unroll 4
    for (int c = 0; c < 4; c++) y[c] = c < WAIT ? wait[c][r] : z[c][r];
    dft4(y);
#pragma GCC unroll 4
    for (int t = 0; t < 4; t++) put(a, r + 4 * t, y[t]);
  }
}

INLINE void butterfly(const struct column *a)
{
  if (a->radix == 16)
    sixteen(a);
  else if (a->radix == 8)
    eight(a);
  else
    small(a);
}

INLINE void pass(const struct assay_dct4 *p, struct cpx *restrict out,
                 const struct cpx *restrict in, const struct line *line, int radix, int kind,
                 const double *twiddle, int s, int columns)
{
  const int m = kind & FIRST && kind & LAST ? 2 * radix : p->m;
  for (int c = 0; c < columns; c++) {
    const double *w = kind & LAST ? NULL : twiddle + 2 * c * (radix - 1);
    for (int q = 0; q < s; q++) {
      const struct column a = {out, in, line, p->rotate, w, m, radix, kind, s, columns, c, q, 0};
      butterfly(&a);
    }
  }
}

/* Any odd radix: sums and differences of z[j], z[radix - j] meet cosines and sines. */
static void dft_odd(struct cpx *z, int radix, const double *roots)
{
  struct cpx out[ASSAY_DCT_ODD];
  const int half = radix / 2;
  out[0] = z[0];
  for (int j = 1; j <= half; j++) {
    const struct cpx a = z[j], b = z[radix - j];
    z[j] = add(a, b);
    z[radix - j] = sub(a, b);
    out[0] = add(out[0], z[j]);
  }
  for (int k = 1; k <= half; k++) {
    struct cpx even = z[0], odd = {0};
    for (int j = 1; j <= half; j++) {
      const double *root = roots + 2 * (j * k % radix);
      even = add(even, scale(z[j], root[0]));
      odd = add(odd, scale(z[radix - j], root[1]));
    }
    out[k] = sub_i(even, odd);
    out[radix - k] = add_i(even, odd);
  }
  for (int k = 0; k < radix; k++) z[k] = out[k];
}

#define PASS_ARGS                                                                      \
  const struct assay_dct4 *p, struct cpx *restrict out, const struct cpx *restrict in, \
      const struct line *line, int i, int s, int columns
#define PASS(name, radix, kind)                                              \
  static void name##_##radix(PASS_ARGS)                                      \
  {                                                                          \
    pass(p, out, in, line, radix, kind, p->twiddle[i], (kind)&FIRST ? 1 : s, \
         (kind)&LAST ? 1 : columns);                                         \
  }
#define PASSES(radix)                               \
  PASS(first, radix, FIRST)                         \
  PASS(last, radix, LAST)                           \
  PASS(only, radix, FIRST | LAST)                   \
  PASS(middle, radix, 0)                            \
  PASS(fourier_first, radix, FIRST | FOURIER)       \
  PASS(fourier_last, radix, LAST | FOURIER)         \
  PASS(fourier_only, radix, FIRST | LAST | FOURIER) \
  PASS(fold_first, radix, FIRST | FOLD)             \
  PASS(fold_only, radix, FIRST | LAST | FOLD)       \
  PASS(unfold_last, radix, LAST | UNFOLD)           \
  PASS(unfold_only, radix, FIRST | LAST | UNFOLD)   \
  PASS(back_first, radix, FIRST | FOURIER | BACK)   \
  PASS(back_last, radix, LAST | FOURIER | BACK)     \
  PASS(back_only, radix, FIRST | LAST | FOURIER | BACK)
PASSES(2)
PASSES(3)
PASSES(4)
PASSES(5)
PASSES(8)
PASSES(16)

/* slow but for any odd radix */
INLINE void pass_odd(PASS_ARGS, int kind)
{
  const int radix = p->radix[i];
  for (int c = 0; c < columns; c++)
    for (int q = 0; q < s; q++) {
      struct cpx z[ASSAY_DCT_ODD];
      for (int t = 0; t < radix; t++) {
        const int j = c + columns * t;
        z[t] = kind & FIRST ? take(p->rotate, j, line, p->m, j, kind) : in[q + s * j];
      }
      dft_odd(z, radix, p->roots[i]);
      const double *w = kind & LAST ? NULL : p->twiddle[i] + 2 * c * (radix - 1);
      for (int t = 0; t < radix; t++) {
        if (kind & LAST)
          give(p->rotate, q + s * t, line, p->m, q + s * t, z[t], kind);
        else
          out[q + s * (radix * c + t)] = t == 0 ? z[0] : turn(z[t], w[2 * t - 2], w[2 * t - 1]);
      }
    }
}
#define pass(p, out, in, line, radix, kind, twiddle, s, columns) \
  pass_odd(p, out, in, line, i, s, columns, kind)
PASSES(odd)
#undef pass

/* What a transform does between lines, and [place: middle, first, last, the only one]. */
enum { COSINE, FORTH, AND_BACK, FOLDING, UNFOLDING, WAYS };
struct passes {
  void (*at[WAYS][4])(PASS_ARGS);
};
#define ROW(radix)                                                                             \
  {                                                                                            \
    {                                                                                          \
      {middle_##radix, first_##radix, last_##radix, only_##radix},                             \
          {middle_##radix, fourier_first_##radix, fourier_last_##radix, fourier_only_##radix}, \
          {middle_##radix, back_first_##radix, back_last_##radix, back_only_##radix},          \
          {middle_##radix, fold_first_##radix, last_##radix, fold_only_##radix},               \
          {middle_##radix, first_##radix, unfold_last_##radix, unfold_only_##radix},           \
    }                                                                                          \
  }
static const struct passes passes[17] = {
    [2] = ROW(2), [3] = ROW(3),    [4] = ROW(4),    [5] = ROW(5),   [7] = ROW(odd),
    [8] = ROW(8), [11] = ROW(odd), [13] = ROW(odd), [16] = ROW(16),
};

static void dct4_passes(const struct assay_dct4 *p, const struct line *line,
                        struct cpx *restrict scratch, int way)
{
  struct cpx *in = scratch, *out = scratch + p->m / 2;
  int s = 1, columns = p->m / 2;
  for (int i = 0; i < p->passes; i++) {
    const int place = (i == 0 ? FIRST : 0) | (i == p->passes - 1 ? LAST : 0);
    columns /= p->radix[i];
    passes[p->radix[i]].at[way][place](p, out, in, line, i, s, columns);
    s *= p->radix[i];
    struct cpx *t = in;
    in = out;
    out = t;
  }
}

enum { DENSE_ROWS = 8 };

/* `count` rows from k on of matrix times in, or of its transpose: sums that do not wait for each
 * other */
INLINE void dense_rows(const double *matrix, int m, vec *out, const vec *in, int k, int back,
                       const int count)
{
  vec s[DENSE_ROWS] = {0};
  for (int j = 0; j < m; j++)
    for (int t = 0; t < count; t++) s[t] += in[j] * matrix[back ? j * m + k + t : (k + t) * m + j];
  for (int t = 0; t < count; t++) out[k + t] = s[t];
}

/* out[0 .. m) = matrix times in or its transpose; scratch [m] */
static void dense(const double *matrix, int m, vec *out, const vec *in, vec *restrict scratch,
                  int back)
{
  int k = 0;
  for (; k + DENSE_ROWS <= m; k += DENSE_ROWS)
    dense_rows(matrix, m, scratch, in, k, back, DENSE_ROWS);
  for (; k < m; k++) dense_rows(matrix, m, scratch, in, k, back, 1);
  for (k = 0; k < m; k++) out[k] = scratch[k];
}

/* one without passes */
static void dct4_small(const struct assay_dct4 *p, const struct line *line, vec *restrict scratch,
                       int back)
{
  const struct cpx z = {line->in[p->m - 1], line->in[0]};
  if (p->dense)
    dense(p->dense, p->m, line->out, line->in, scratch, back);
  else if (p->kind != ASSAY_DCT_FOURIER)
    give(p->rotate, 0, line, 2, 0, z, 0);
  else
    for (int j = 0; j < p->m; j++) line->out[j] = line->in[j];
}

static inline void dct4(const struct assay_dct4 *p, const struct line *line,
                        struct cpx *restrict scratch, int back)
{
  const int way = p->kind != ASSAY_DCT_FOURIER ? COSINE : back ? AND_BACK : FORTH;
  if (p->passes > 0)
    dct4_passes(p, line, scratch, way);
  else
    dct4_small(p, line, &scratch->re, back);
}

#endif
