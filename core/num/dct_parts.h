/* A quarter transform of 8 rows in parts, for the kernel source of the cosine transform; only with
 * vectors of 8 lanes.
 *
 * Rows of 512 numbers fill the first-level cache, so between turning them into lanes and the first
 * pass, or the last one and turning wavenumbers into lanes, all would leave it. But the first pass
 * of radix R and C columns reads v[2j] and v[m-1-2j] at j = c + C t: four columns from 4 a on and
 * four from C - 4 - 4 a on need just the groups of 8 numbers that begin at 8 a + 2 C t and
 * 2 C - 8 - 8 a + 2 C t. So that many columns are turned and passed at once, through
 *
 *   buf[16 t + i] = v[2 C t + 8 a + i],   buf[16 t + 8 + i] = v[2 C t + 2 C - 8 - 8 a + i],   i <
 * 8,
 *
 * where they lie like a whole line of 16 R numbers with 8 columns. What the last pass writes
 * belongs together in the same way, its s in the place of C.
 *
 * Rows are turned four at a time: if they are a multiple of 4 KiB apart, the same columns of all
 * share one set of that cache, which has room for 8 lines, and half of it buf needs. */
#ifndef ASSAY_CORE_NUM_DCT_PARTS_H
#define ASSAY_CORE_NUM_DCT_PARTS_H
#include "core/num/dct_passes.h"

#if VL == 8

/* Where pass i finds what the one before has left; scratch: [2, m / 2] */
INLINE struct cpx *between(const struct assay_dct4 *p, struct cpx *scratch, int i)
{
  return scratch + i % 2 * (p->m / 2);
}

/* all passes but the first and the last */
static void inner_passes(const struct assay_dct4 *p, struct cpx *scratch)
{
  int s = p->radix[0], columns = p->m / 2 / s;
  for (int i = 1; i < p->passes - 1; s *= p->radix[i++]) {
    columns /= p->radix[i];
    passes[p->radix[i]].at[COSINE][0](p, between(p, scratch, i + 1), between(p, scratch, i), NULL,
                                      i, s, columns);
  }
}

INLINE int column_of(int part, int columns, int i)
{
  return i < PART / 2 ? PART / 2 * part + i : columns - PART - PART / 2 * part + i;
}

INLINE void pass_part(const struct assay_dct4 *p, vec *buf, struct cpx *restrict scratch, int i,
                      int kind, const int radix, int part)
{
  const int columns = p->m / 2 / radix, last = kind & LAST;
  const struct line line = {buf, buf, NULL};
  for (int l = 0; l < PART; l++) {
    const int k = column_of(part, columns, l);
    const struct column a = {between(p, scratch, i + 1),
                             between(p, scratch, i),
                             &line,
                             p->rotate,
                             last ? NULL : p->twiddle[i] + 2 * k * (radix - 1),
                             2 * PART * radix,
                             radix,
                             kind | IN_PART,
                             last ? columns : 1,
                             last ? 1 : columns,
                             last ? 0 : k,
                             last ? k : 0,
                             l};
    butterfly(&a);
  }
}

#define PART_PASS(name, kind, radix)                                                         \
  static void name##_part_##radix(const struct assay_dct4 *p, vec *buf, struct cpx *scratch, \
                                  int part)                                                  \
  {                                                                                          \
    pass_part(p, buf, scratch, (kind)&FIRST ? 0 : p->passes - 1, kind, radix, part);         \
  }
PART_PASS(first, FIRST, 8)
PART_PASS(first, FIRST, 16)
PART_PASS(last, LAST, 8)
PART_PASS(last, LAST, 16)
#undef PART_PASS

/* buf of a part becomes what lies behind the first pass, or is made of what lies before the last */
static void first_part(const struct assay_dct4 *p, vec *buf, struct cpx *scratch, int part)
{
  (p->radix[0] == 16 ? first_part_16 : first_part_8)(p, buf, scratch, part);
}

static void last_part(const struct assay_dct4 *p, vec *buf, struct cpx *scratch, int part)
{
  (p->radix[p->passes - 1] == 16 ? last_part_16 : last_part_8)(p, buf, scratch, part);
}

/* where group g of a part lies in the line; `radix` that of its pass */
INLINE int place_of(const struct assay_dct4 *p, int radix, int part, int g)
{
  const int step = p->m / radix;
  return g / 2 * step + (g % 2 ? step - PART - PART * part : PART * part);
}

/* The first or last four of the 8 numbers of vectors `from`, 8 columns of four rows; and the
 * columns of them from rows. Odd columns change their sign. */
INLINE void four_out(double *to, ptrdiff_t stride, const double *from, int sign)
{
  const vec a = vec_halves(from, from + 4 * VL), c = vec_halves(from + 2 * VL, from + 6 * VL);
  vec b = vec_halves(from + VL, from + 5 * VL), d = vec_halves(from + 3 * VL, from + 7 * VL);
  if (sign) b = -b, d = -d;
  vec_store(to, vec_low_pairs(vec_even(a, b), vec_even(c, d)));
  vec_store(to + stride, vec_low_pairs(vec_odd(a, b), vec_odd(c, d)));
  vec_store(to + 2 * stride, vec_high_pairs(vec_even(a, b), vec_even(c, d)));
  vec_store(to + 3 * stride, vec_high_pairs(vec_odd(a, b), vec_odd(c, d)));
}

INLINE void four_in(double *to, const double *from, ptrdiff_t stride, int sign)
{
  const vec a = vec_load(from), b = vec_load(from + stride), c = vec_load(from + 2 * stride),
            d = vec_load(from + 3 * stride);
  const vec ab = vec_even(a, b), cd = vec_even(c, d);
  vec odd_ab = vec_odd(a, b), odd_cd = vec_odd(c, d);
  if (sign) odd_ab = -odd_ab, odd_cd = -odd_cd;
  vec_store_halves(to, to + 4 * VL, vec_low_pairs(ab, cd));
  vec_store_halves(to + VL, to + 5 * VL, vec_low_pairs(odd_ab, odd_cd));
  vec_store_halves(to + 2 * VL, to + 6 * VL, vec_high_pairs(ab, cd));
  vec_store_halves(to + 3 * VL, to + 7 * VL, vec_high_pairs(odd_ab, odd_cd));
}

static void part_in(const struct assay_dct4 *p, double *buf, const double *in, ptrdiff_t stride,
                    int sign, int part)
{
  for (int row = 0; row < VL; row += 4, in += 4 * stride)
    for (int g = 0; g < 2 * p->radix[0]; g++)
      four_in(buf + g * VL * VL + row, in + place_of(p, p->radix[0], part, g), stride, sign);
}

static void part_out(const struct assay_dct4 *p, double *out, ptrdiff_t stride, const double *buf,
                     int sign, int part)
{
  const int radix = p->radix[p->passes - 1];
  for (int row = 0; row < VL; row += 4, out += 4 * stride)
    for (int g = 0; g < 2 * radix; g++)
      four_out(out + place_of(p, radix, part, g), stride, buf + g * VL * VL + row, sign);
}

/* rows up to what the last pass reads, and from what the first one has written */
static void parts_in(const struct assay_dct4 *p, double *buf, const double *in, ptrdiff_t stride,
                     int sign, struct cpx *scratch)
{
  for (int part = 0; part < assay_dct_parts(p, 0); part++) {
    part_in(p, buf, in, stride, sign, part);
    first_part(p, (vec *)buf, scratch, part);
  }
  inner_passes(p, scratch);
}

static void parts_out(const struct assay_dct4 *p, double *out, ptrdiff_t stride, double *buf,
                      int sign, struct cpx *scratch)
{
  inner_passes(p, scratch);
  for (int part = 0; part < assay_dct_parts(p, p->passes - 1); part++) {
    last_part(p, (vec *)buf, scratch, part);
    part_out(p, out, stride, buf, sign, part);
  }
}
#else /* no plan is in parts */
INLINE void first_part(const struct assay_dct4 *p, vec *buf, struct cpx *scratch, int part)
{
  (void)p, (void)buf, (void)scratch, (void)part;
}

INLINE void last_part(const struct assay_dct4 *p, vec *buf, struct cpx *scratch, int part)
{
  (void)p, (void)buf, (void)scratch, (void)part;
}

INLINE void parts_in(const struct assay_dct4 *p, double *buf, const double *in, ptrdiff_t stride,
                     int sign, struct cpx *scratch)
{
  (void)p, (void)buf, (void)in, (void)stride, (void)sign, (void)scratch;
}

INLINE void parts_out(const struct assay_dct4 *p, double *out, ptrdiff_t stride, double *buf,
                      int sign, struct cpx *scratch)
{
  (void)p, (void)out, (void)stride, (void)buf, (void)sign, (void)scratch;
}
#endif

#endif
