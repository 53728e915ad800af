/* A quarter transform of 8 rows in parts, for the kernel source of the cosine transform.
 *
 * Rows of 512 numbers fill the first-level cache, so between turning them into lanes and the first
 * pass, or the last one and turning wavenumbers into lanes, all would leave it. But the first pass
 * of radix R and C columns reads v[2j] and v[m-1-2j] at j = c + C t: four columns from 4 a on and
 * four from C - 4 - 4 a on need just the groups of 8 numbers that begin at 8 a + 2 C t and
 * 2 C - 8 - 8 a + 2 C t. So that many columns are turned and passed at once, through
 *
 *   buf[16 t + i] = v[2 C t + 8 a + i],   buf[16 t + 8 + i] = v[2 C t + 2 C - 8 - 8 a + i],   i < 8,
 *
 * where they lie like a whole line of 16 R numbers with 8 columns. What the last pass writes
 * belongs together in the same way, its s in the place of C. */
#ifndef ASSAY_CORE_NUM_DCT_PARTS_H
#define ASSAY_CORE_NUM_DCT_PARTS_H
#include "core/num/dct_passes.h"

enum { PART = 8 }; /* columns */

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
                             radix,
                             kind,
                             last ? columns : 1,
                             last ? 1 : columns,
                             last ? 0 : k,
                             last ? k : 0,
                             2 * PART * radix,
                             l,
                             PART};
    butterfly(&a);
  }
}

#define PART_PASS(name, kind, radix)                                                            \
  static void name##_part_##radix(const struct assay_dct4 *p, vec *buf, struct cpx *scratch,    \
                                  int part)                                                     \
  {                                                                                             \
    pass_part(p, buf, scratch, (kind)&FIRST ? 0 : p->passes - 1, kind, radix, part);            \
  }
PART_PASS(first, FIRST, 8)
PART_PASS(first, FIRST, 16)
PART_PASS(last, LAST, 8)
PART_PASS(last, LAST, 16)
#undef PART_PASS

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
  return g / 2 * step + (g % 2 ? step - VL - VL * part : VL * part);
}

static void part_in(const struct assay_dct4 *p, vec *buf, const double *in, ptrdiff_t stride,
                    const double *sign, int part)
{
  for (int g = 0; g < 2 * p->radix[0]; g++) {
    const int j = place_of(p, p->radix[0], part, g);
    vec a[VL];
    turn_in(a, in + j, stride, sign ? sign + j : NULL, VL);
    for (int l = 0; l < VL; l++) buf[g * VL + l] = a[l];
  }
}

static void part_out(const struct assay_dct4 *p, double *out, ptrdiff_t stride, const vec *buf,
                     const double *sign, int part)
{
  const int radix = p->radix[p->passes - 1];
  for (int g = 0; g < 2 * radix; g++) {
    const int j = place_of(p, radix, part, g);
    vec a[VL];
    for (int l = 0; l < VL; l++) a[l] = buf[g * VL + l];
    turn_out(out + j, stride, sign ? sign + j : NULL, a, VL);
  }
}

#endif
