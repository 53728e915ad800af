/* Lines of the caller's arrays in and out of the buffers of the cosine transform, with its first
 * fold on the way; for its kernel source. Lines are columns, or rows that are transposed. */
#ifndef ASSAY_CORE_NUM_DCT_LOAD_H
#define ASSAY_CORE_NUM_DCT_LOAD_H
#include "core/num/dct_plan.h"
#include "core/num/lanes.h"

/* Properties that the compiler shall know: x[j+n/2] is the partner of x[j]; with weights. */
enum { DCT_FOURIER = 4, DCT_SIGN = 64 };

/* The first fold reads the columns of the caller, the last one writes them. */
INLINE void load(const struct assay_dct *p, vec *x, const double *in, ptrdiff_t stride, int kind,
                 int parts)
{
  const int n = p->n;
  for (int j = 0; j < n / 2; j++)
    for (int h = 0; h < parts; h++) {
      const int i = kind & DCT_FOURIER ? j + n / 2 : n - 1 - j;
      const vec a = vec_load(in + j * stride + h * VL), b = vec_load(in + i * stride + h * VL);
      x[h * p->rows + j] = a + b;
      x[h * p->rows + i] = a - b;
    }
}

INLINE void store(const struct assay_dct *p, double *out, ptrdiff_t stride, const vec *x, int kind,
                  int parts)
{
  const int n = p->n;
  for (int j = 0; j < n / 2; j++)
    for (int h = 0; h < parts; h++) {
      const int i = kind & DCT_FOURIER ? j + n / 2 : n - 1 - j;
      const vec a = x[h * p->rows + j], b = x[h * p->rows + i];
      vec_store(out + j * stride + h * VL, a + b);
      vec_store(out + i * stride + h * VL, a - b);
    }
}

/* the same for lengths that are not folded */
INLINE void load_plain(const struct assay_dct *p, vec *x, const double *in, ptrdiff_t stride,
                       int parts)
{
  for (int j = 0; j < p->n; j++)
    for (int h = 0; h < parts; h++) x[h * p->rows + j] = vec_load(in + j * stride + h * VL);
}

INLINE void store_plain(const struct assay_dct *p, double *out, ptrdiff_t stride, const vec *x,
                        int parts)
{
  for (int j = 0; j < p->n; j++)
    for (int h = 0; h < parts; h++) vec_store(out + j * stride + h * VL, x[h * p->rows + j]);
}

/* `parts` vectors of lines, a literal */
INLINE void fold_in(const struct assay_dct *p, vec *x, const double *in, ptrdiff_t stride,
                    int parts)
{
  if (p->levels == 0)
    load_plain(p, x, in, stride, parts);
  else if (p->kind == ASSAY_DCT_FOURIER)
    load(p, x, in, stride, DCT_FOURIER, parts);
  else
    load(p, x, in, stride, 0, parts);
}

INLINE void fold_out(const struct assay_dct *p, double *out, ptrdiff_t stride, const vec *x,
                     int parts)
{
  if (p->levels == 0)
    store_plain(p, out, stride, x, parts);
  else if (p->kind == ASSAY_DCT_FOURIER)
    store(p, out, stride, x, DCT_FOURIER, parts);
  else
    store(p, out, stride, x, 0, parts);
}

/* Lines that are rows of the caller's array are turned into lanes tile by tile. */
INLINE void turn_in(vec *a, const double *in, ptrdiff_t stride, const double *sign, int count)
{
  for (int r = 0; r < VL; r++)
    a[r] = count == VL ? vec_load(in + r * stride) : vec_load_some(in + r * stride, count);
  vec_transpose(a);
  for (int i = 0; sign && i < count; i++) a[i] *= sign[i];
}

INLINE void turn_out(double *out, ptrdiff_t stride, const double *sign, vec *a, int count)
{
  for (int i = 0; sign && i < count; i++) a[i] *= sign[i];
  vec_transpose(a);
  for (int r = 0; r < VL; r++)
    if (count == VL)
      vec_store(out + r * stride, a[r]);
    else
      vec_store_some(out + r * stride, a[r], count);
}

/* Columns j .. j + VL - 1 and their partners, which begin at i; n is a multiple of 2 VL. */
INLINE void load_rows(const struct assay_dct *p, vec *x, const double *in, ptrdiff_t stride,
                      const double *sign, int kind)
{
  const int n = p->n;
  for (int j = 0; j < n / 2; j += VL) {
    const int i = kind & DCT_FOURIER ? j + n / 2 : n - VL - j;
    vec a[VL], b[VL];
    turn_in(a, in + j, stride, kind & DCT_SIGN ? sign + j : NULL, VL);
    turn_in(b, in + i, stride, kind & DCT_SIGN ? sign + i : NULL, VL);
    for (int l = 0; l < VL; l++) {
      const int m = kind & DCT_FOURIER ? l : VL - 1 - l;
      x[j + l] = a[l] + b[m];
      x[i + m] = a[l] - b[m];
    }
  }
}

INLINE void store_rows(const struct assay_dct *p, double *out, ptrdiff_t stride, const vec *x,
                       const double *sign, int kind)
{
  const int n = p->n;
  for (int j = 0; j < n / 2; j += VL) {
    const int i = kind & DCT_FOURIER ? j + n / 2 : n - VL - j;
    vec a[VL], b[VL];
    for (int l = 0; l < VL; l++) {
      const int m = kind & DCT_FOURIER ? l : VL - 1 - l;
      a[l] = x[j + l] + x[i + m];
      b[m] = x[j + l] - x[i + m];
    }
    turn_out(out + j, stride, kind & DCT_SIGN ? sign + j : NULL, a, VL);
    turn_out(out + i, stride, kind & DCT_SIGN ? sign + i : NULL, b, VL);
  }
}

/* any length, not folded */
static inline void load_rows_plain(const struct assay_dct *p, vec *x, const double *in,
                                   ptrdiff_t stride, const double *sign)
{
  vec a[VL];
  int j = 0;
  for (; j + VL <= p->n; j += VL) {
    turn_in(a, in + j, stride, sign ? sign + j : NULL, VL);
    for (int l = 0; l < VL; l++) x[j + l] = a[l];
  }
  if (j == p->n) return;
  turn_in(a, in + j, stride, sign ? sign + j : NULL, p->n - j);
  for (int l = 0; l < p->n - j; l++) x[j + l] = a[l];
}

static inline void store_rows_plain(const struct assay_dct *p, double *out, ptrdiff_t stride,
                                    const vec *x, const double *sign)
{
  vec a[VL] = {0};
  int j = 0;
  for (; j + VL <= p->n; j += VL) {
    for (int l = 0; l < VL; l++) a[l] = x[j + l];
    turn_out(out + j, stride, sign ? sign + j : NULL, a, VL);
  }
  if (j == p->n) return;
  for (int l = 0; l < p->n - j; l++) a[l] = x[j + l];
  turn_out(out + j, stride, sign ? sign + j : NULL, a, p->n - j);
}

#endif
