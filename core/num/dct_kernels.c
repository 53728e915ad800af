#include "core/num/dct_load.h"
#include "core/num/dct_parts.h"
#include "core/num/dct_passes.h"
#include "core/num/dct_plan.h"

enum { LINES = ASSAY_DCT_LINES, PARTS = LINES / VL };

/* x[j] and x[n-1-j], or x[j+n/2], become sum and difference; the step back is the same */
INLINE void fold(vec *x, const vec *from, int n, int kind)
{
#pragma GCC unroll 16
  for (int j = 0; j < n / 2; j++) {
    const int i = kind & FOURIER ? j + n / 2 : n - 1 - j;
    const vec a = from[j], b = from[i];
    x[j] = a + b;
    x[i] = a - b;
  }
}

/* Whole transforms in registers; p: the DCT-IV of half the length and its successors. */
INLINE void base_2(const struct assay_dct4 *p, vec *x, int back)
{
  (void)p;
  if (back) x[1] *= half_root;
  fold(x, x, 2, 0);
  if (!back) x[1] *= half_root;
}

/* the DCT-IV of length m, in place */
INLINE void upper_half(const struct assay_dct4 *p, vec *v, int m)
{
  const struct line line = {v, v, NULL};
  if (m == 2)
    give(p->rotate, 0, &line, 2, 0, (struct cpx){v[1], v[0]}, 0);
  else
    pass(p, NULL, NULL, &line, m / 2, FIRST | LAST, NULL, 1, 1);
}

#define BASE(n, half)                                                \
  INLINE void base_##n(const struct assay_dct4 *p, vec *x, int back) \
  {                                                                  \
    if (back) base_##half(p + 1, x, back);                           \
    if (back) upper_half(p, x + (half), half);                       \
    fold(x, x, n, 0);                                                \
    if (!back) upper_half(p, x + (half), half);                      \
    if (!back) base_##half(p + 1, x, back);                          \
  }
BASE(4, 2)
BASE(8, 4)
#if VL == 8
BASE(16, 8)
#endif
#undef BASE

/* The same for lines that do not fit into the registers: one half after the other. x may be from.
 */
#define HALVES(n, half, inner)                                                          \
  INLINE void halves_##n(const struct assay_dct4 *p, vec *x, const vec *from, int back) \
  {                                                                                     \
    vec y[half];                                                                        \
    if (back) inner(p + 1, x, from, back);                                              \
    if (back) SETTLE(x);                                                                \
    _Pragma("GCC unroll 16") for (int j = 0; j < (half); j++)                           \
    {                                                                                   \
      const vec a = from[(half)-1 - j], b = from[(half) + j];                           \
      if (!back) x[(half)-1 - j] = a + b;                                               \
      y[j] = back ? b : a - b;                                                          \
    }                                                                                   \
    upper_half(p, y, half);                                                             \
    _Pragma("GCC unroll 16") for (int j = 0; j < (half); j++)                           \
    {                                                                                   \
      const vec u = back ? x[(half)-1 - j] : y[j];                                      \
      if (back) x[(half)-1 - j] = u + y[j];                                             \
      x[(half) + j] = back ? u - y[j] : u;                                              \
    }                                                                                   \
    if (!back) SETTLE(x);                                                               \
    if (!back) inner(p + 1, x, x, back);                                                \
  }

#define WHOLE(n)                                                                       \
  INLINE void whole_##n(const struct assay_dct4 *p, vec *x, const vec *from, int back) \
  {                                                                                    \
    vec y[n];                                                                          \
    _Pragma("GCC unroll 32") for (int j = 0; j < n; j++) y[j] = from[j];               \
    base_##n(p, y, back);                                                              \
    _Pragma("GCC unroll 32") for (int j = 0; j < n; j++) x[j] = y[j];                  \
  }
WHOLE(2)
WHOLE(4)
WHOLE(8)
#if VL == 8
WHOLE(16)
HALVES(32, 16, whole_16)
#define halves_16 whole_16
#else
HALVES(16, 8, whole_8)
HALVES(32, 16, halves_16)
#endif
#undef WHOLE
#undef HALVES

INLINE void base(const struct assay_dct *p, vec *x, const vec *from, vec *restrict scratch,
                 int back)
{
  const struct assay_dct4 *next = p->level + p->levels;
  if (p->dense) {
    dense(p->dense, p->base, x, from, scratch, back);
    return;
  }
  switch (p->base) {
  case 2:
    whole_2(next, x, from, back);
    break;
  case 4:
    whole_4(next, x, from, back);
    break;
  case 8:
    whole_8(next, x, from, back);
    break;
  case 16:
    halves_16(next, x, from, back);
    break;
  case 32:
    halves_32(next, x, from, back);
    break;
  default:
    x[0] = from[0];
    break;
  }
}

static void forward_base(const struct assay_dct *p, vec *x, vec *restrict scratch)
{
  base(p, x, x, scratch, 0);
}

static void backward_base(const struct assay_dct *p, vec *x, const vec *from, vec *restrict scratch)
{
  base(p, x, from, scratch, 1);
}

INLINE void fold_level(const struct assay_dct *p, vec *x, const vec *from, int n)
{
  if (p->kind == ASSAY_DCT_COSINE)
    fold(x, from, n, 0);
  else
    fold(x, from, n, FOURIER);
}

/* Fold 2 m numbers (x may be from) and transform the upper half. */
static void split_level(const struct assay_dct *p, const struct assay_dct4 *level, vec *x,
                        const vec *from, struct cpx *restrict scratch)
{
  const struct line whole = {from, x + level->m, x}, half = {x + level->m, x + level->m, NULL};
  if (level->passes > 0 && p->kind == ASSAY_DCT_COSINE) {
    dct4_passes(level, &whole, scratch, FOLDING);
    return;
  }
  fold_level(p, x, from, 2 * level->m);
  dct4(level, &half, scratch, 0);
}

/* The transpose: V is in from, u in x, the 2 m numbers go to out, which may be x. */
static void join_level(const struct assay_dct *p, const struct assay_dct4 *level, vec *out, vec *x,
                       const vec *from, struct cpx *restrict scratch)
{
  const struct line whole = {from + level->m, out, x};
  const struct line half = {from + level->m, x + level->m, NULL};
  if (level->passes > 0 && p->kind == ASSAY_DCT_COSINE) {
    dct4_passes(level, &whole, scratch, UNFOLDING);
    return;
  }
  dct4(level, &half, scratch, 1);
  fold_level(p, out, x, 2 * level->m);
}

/* From the line to coefficients, in x; from: the line, or x with the first fold done. */
static void split(const struct assay_dct *p, vec *x, const vec *from, int folded,
                  vec *restrict scratch)
{
  struct cpx *z = (struct cpx *)scratch;
  if (p->kind == ASSAY_DCT_QUARTER) {
    dct4(p->level, &(struct line){from, x, NULL}, z, 0);
    return;
  }
  for (int l = 0; l < p->levels; l++) {
    const struct assay_dct4 *level = &p->level[l];
    if (l == 0 && folded)
      dct4(level, &(struct line){x + level->m, x + level->m, NULL}, z, 0);
    else
      split_level(p, level, x, l == 0 ? from : x, z);
  }
  if (p->levels == 0 && x != from)
    for (int j = 0; j < p->n; j++) x[j] = from[j];
  forward_base(p, x, scratch);
}

/* And back: coefficients from -> line in out, or in x without its last fold if out is NULL. x and
 * from may be the same. */
static void join(const struct assay_dct *p, vec *out, vec *x, const vec *from,
                 vec *restrict scratch)
{
  struct cpx *z = (struct cpx *)scratch;
  if (p->kind == ASSAY_DCT_QUARTER) {
    dct4(p->level, &(struct line){from, out ? out : x, NULL}, z, 1);
    return;
  }
  backward_base(p, p->levels == 0 && out ? out : x, from, scratch);
  for (int l = p->levels - 1; l >= 0; l--) {
    const struct assay_dct4 *level = &p->level[l];
    if (l == 0 && !out)
      dct4(level, &(struct line){from + level->m, x + level->m, NULL}, z, 1);
    else
      join_level(p, level, l == 0 ? out : x, x, from, z);
  }
}

static void forward(const struct assay_dct *p, double *restrict buf, const double *restrict in,
                    ptrdiff_t stride, double *restrict scratch)
{
  vec *x = (vec *)buf;
  fold_in(p, x, in, stride, PARTS);
  for (int h = 0; h < PARTS; h++) split(p, x + h * p->rows, x + h * p->rows, 1, (vec *)scratch);
}

static void backward(const struct assay_dct *p, double *restrict out, ptrdiff_t stride,
                     double *restrict buf, double *restrict scratch)
{
  vec *x = (vec *)buf;
  for (int h = 0; h < PARTS; h++) join(p, NULL, x + h * p->rows, x + h * p->rows, (vec *)scratch);
  fold_out(p, out, stride, x, PARTS);
}

static void forward_rows(const struct assay_dct *p, double *restrict buf, const double *restrict in,
                         ptrdiff_t stride, const double *sign, double *restrict scratch)
{
  const int whole = p->levels > 0 && p->n % (2 * VL) == 0;
  if (p->in_parts) {
    parts_in(p->level, buf, in, stride, sign != NULL, (struct cpx *)scratch);
    return;
  }
  for (int h = 0; h < PARTS; h++, in += VL * stride) {
    vec *x = (vec *)buf + h * p->rows;
    if (!whole)
      load_rows_plain(p, x, in, stride, sign);
    else if (p->kind == ASSAY_DCT_FOURIER)
      load_rows(p, x, in, stride, NULL, FOURIER);
    else if (sign)
      load_rows(p, x, in, stride, sign, DCT_SIGN);
    else
      load_rows(p, x, in, stride, NULL, 0);
    split(p, x, x, whole, (vec *)scratch);
  }
}

static void backward_rows(const struct assay_dct *p, double *restrict out, ptrdiff_t stride,
                          double *restrict buf, const double *sign, double *restrict scratch)
{
  const int whole = p->levels > 0 && p->n % (2 * VL) == 0;
  if (p->in_parts) {
    parts_out(p->level, out, stride, buf, sign != NULL, (struct cpx *)scratch);
    return;
  }
  for (int h = 0; h < PARTS; h++, out += VL * stride) {
    vec *x = (vec *)buf + h * p->rows;
    join(p, whole ? NULL : x, x, x, (vec *)scratch);
    if (!whole)
      store_rows_plain(p, out, stride, x, sign);
    else if (p->kind == ASSAY_DCT_FOURIER)
      store_rows(p, out, stride, x, NULL, FOURIER);
    else if (sign)
      store_rows(p, out, stride, x, sign, DCT_SIGN);
    else
      store_rows(p, out, stride, x, NULL, 0);
  }
}

static void forward_part(const struct assay_dct *p, double *restrict buf, double *restrict scratch,
                         int part)
{
  if (p->in_parts) last_part(p->level, (vec *)buf, (struct cpx *)scratch, part);
}

static void backward_part(const struct assay_dct *p, double *restrict buf, double *restrict scratch,
                          int part)
{
  if (p->in_parts) first_part(p->level, (vec *)buf, (struct cpx *)scratch, part);
}

static void forward_lanes(const struct assay_dct *p, double *restrict buf,
                          const double *restrict in, double *restrict scratch)
{
  split(p, (vec *)buf, (const vec *)in, 0, (vec *)scratch);
}

static void backward_lanes(const struct assay_dct *p, double *restrict out,
                           const double *restrict in, double *restrict scratch)
{
  join(p, (vec *)out, (vec *)out, (const vec *)in, (vec *)scratch);
}

const struct assay_dct_kernels ASSAY_ISA_NAME(assay_dct_kernels) = {
    VL,           forward,       backward,      forward_rows,  backward_rows,
    forward_part, backward_part, forward_lanes, backward_lanes};
