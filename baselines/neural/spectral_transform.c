#include "baselines/neural/spectral_transform.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "baselines/neural/conv_kernels.h"
#include "baselines/neural/kernels.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* out [m] = sum over k of a [m, k] in [k], rows of w numbers each: a in the order of use, blocks of
 * rows that fit into the registers one behind the other. */
struct rows_product {
  int k, m;
  float *packed;
};

struct assay_nn_transform {
  size_t planes, h, w;
  size_t m1, m2;     /* m1 0: one dimension, h is 1 then */
  size_t halves;     /* rows of A */
  size_t even, odd;  /* folded rows: 0 .. h / 2, and 1 .. (h - 1) / 2 */
  float *rows;       /* A [halves, h] */
  float *columns[2]; /* B, B' [2 m2, w] */
  /* own products, NULL: those of the library; cosine and sine, there and back */
  const struct assay_nn_conv_kernels *kernels;
  int vectors, *at;
  struct rows_product there[2], back[2];
  /* offsets in scratch */
  size_t halfway, waves, fold, places;
};

/* ---- tables --------------------------------------------------------------------------------- */

/* cos, sin of 2 pi a / n, with equal values where they are equal */
static double cosine(size_t a, size_t n)
{
  const double turn_part = (double)(a % n) / (double)n;
  return cos(2 * acos(-1.0) * (turn_part <= 0.5 ? turn_part : 1 - turn_part));
}
static double sine(size_t a, size_t n)
{
  const double turn_part = (double)(a % n) / (double)n;
  if (2 * (a % n) % n == 0) return 0;
  return turn_part <= 0.5 ? sin(2 * acos(-1.0) * turn_part)
                          : -sin(2 * acos(-1.0) * (1 - turn_part));
}

static void fill_rows(struct assay_nn_transform *t)
{
  for (size_t k = 0; k <= t->m1; k++)
    for (size_t i = 0; i < t->h; i++) {
      t->rows[k * t->h + i] = (float)cosine(k * i, t->h);
      if (k > 0) t->rows[(t->m1 + k) * t->h + i] = (float)sine(k * i, t->h);
    }
}

static void fill_columns(struct assay_nn_transform *t)
{
  for (size_t k = 0; k < t->m2; k++)
    for (size_t j = 0; j < t->w; j++) {
      const double a = (2 * k % t->w == 0 ? 1.0 : 2.0) / ((double)t->h * (double)t->w);
      const double real = cosine(k * j, t->w), imaginary = -sine(k * j, t->w);
      const size_t at = k * t->w + j, below = (t->m2 + k) * t->w + j;
      t->columns[ASSAY_NN_TO][at] = (float)real;
      t->columns[ASSAY_NN_TO][below] = (float)imaginary;
      t->columns[ASSAY_NN_FRO][at] = (float)(a * real);
      t->columns[ASSAY_NN_FRO][below] = (float)(a * imaginary);
    }
}

/* ---- own products of rows ------------------------------------------------------------------- */

static int blocks_of(int n)
{
  return (n + ASSAY_NN_CONV_CHANNELS - 1) / ASSAY_NN_CONV_CHANNELS;
}

static int block_start(int b, int n)
{
  return b * n / blocks_of(n);
}

/* a(i, k) = table[i step + k other] */
static int pack(struct rows_product *p, const float *table, size_t m, size_t step, size_t k,
                size_t other)
{
  int rc = ASSAY_OK;
  p->m = (int)m;
  p->k = (int)k;
  ASSAY_TRY(ASSAY_NEW(&p->packed, m * k + 1, "spectral"));
  float *to = p->packed;
  for (int b = 0; b < (m > 0 ? blocks_of(p->m) : 0); b++)
    for (size_t j = 0; j < k; j++)
      for (int i = block_start(b, p->m); i < block_start(b + 1, p->m); i++)
        *to++ = table[(size_t)i * step + j * other];
done:
  return rc;
}

/* Rows of whole vectors, the last one moved back to end with the row. */
static int make_places(struct assay_nn_transform *t)
{
  int rc = ASSAY_OK;
  const size_t lanes = (size_t)t->kernels->lanes;
  t->vectors = (int)((t->w + lanes - 1) / lanes);
  ASSAY_TRY(ASSAY_NEW(&t->at, (size_t)t->vectors, "spectral"));
  for (size_t v = 0; v < (size_t)t->vectors; v++)
    t->at[v] = (int)(v * lanes + lanes <= t->w ? v * lanes : t->w - lanes);
done:
  return rc;
}

static int make_products(struct assay_nn_transform *t)
{
  int rc = ASSAY_OK;
  const size_t h = t->h, cosines = t->m1 + 1, sines = t->m1;
  const float *cos_rows = t->rows, *sin_rows = t->rows + cosines * h + 1; /* from i = 1 */
  if (t->m1 == 0 || t->w < (size_t)assay_nn_conv_kernels()->lanes) return ASSAY_OK;
  t->kernels = assay_nn_conv_kernels();
  ASSAY_TRY(make_places(t));
  ASSAY_TRY(pack(&t->there[0], cos_rows, cosines, h, t->even, 1));
  ASSAY_TRY(pack(&t->there[1], sin_rows, sines, h, t->odd, 1));
  ASSAY_TRY(pack(&t->back[0], cos_rows, t->even, 1, cosines, h));
  ASSAY_TRY(pack(&t->back[1], sin_rows, t->odd, 1, sines, h));
done:
  return rc;
}

/* out [m, out_pitch] = p in [k, in_pitch]; offset [k] is overwritten */
static void multiply(const struct assay_nn_transform *t, const struct rows_product *p, float *out,
                     size_t out_pitch, const float *in, size_t in_pitch, int *offset)
{
  for (int i = 0; i < p->k; i++) offset[i] = i * (int)in_pitch;
  for (int b = 0; b < blocks_of(p->m); b++) {
    const int first = block_start(b, p->m);
    t->kernels->correlate(out + (size_t)first * out_pitch, out_pitch, t->at, in, t->at, t->vectors,
                          p->packed + (size_t)first * (size_t)p->k, NULL, offset, p->k,
                          block_start(b + 1, p->m) - first, false);
  }
}

/* even [h / 2 + 1, w] = x_i + x_(h - i), those that stand alone once; odd = x_i - x_(h - i) */
static void fold(float *even, float *odd, const float *x, const struct assay_nn_transform *t)
{
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const size_t w = t->w;
  memcpy(even, x, w * sizeof *x);
  for (size_t i = 1; i <= t->odd; i++)
    k->sum_and_difference(even + i * w, odd + (i - 1) * w, x + i * w, x + (t->h - i) * w, w);
  if (t->h % 2 == 0) memcpy(even + t->h / 2 * w, x + t->h / 2 * w, w * sizeof *x);
}

/* Its transpose. */
static void unfold(float *x, const float *even, const float *odd,
                   const struct assay_nn_transform *t, bool add)
{
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const size_t w = t->w;
  k->copy(x, even, 1, w, add);
  for (size_t i = 1; i <= t->odd; i++)
    k->add_sum_and_difference(x + i * w, x + (t->h - i) * w, even + i * w, odd + (i - 1) * w, w,
                              add);
  if (t->h % 2 == 0) k->copy(x + t->h / 2 * w, even + t->h / 2 * w, 1, w, add);
}

/* ---- creation ------------------------------------------------------------------------------- */

/* From one row of S to the next: not a power of two, or they would be in each other's way in the
 * cache. */
static size_t pitch_of(const struct assay_nn_transform *t, size_t n)
{
  return n * t->w + 16;
}

static size_t lay_out(struct assay_nn_transform *t)
{
  t->halfway = 0;
  t->waves = t->halfway + t->halves * pitch_of(t, t->planes);
  t->fold = t->waves + 2 * t->m2 * t->halves * t->planes;
  t->places = t->fold + (t->even + t->odd + 1) * t->w;
  return t->places + t->h + t->halves;
}

static int fill(struct assay_nn_transform *t)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&t->rows, t->halves * t->h, "spectral"));
  for (int i = 0; i < 2; i++) ASSAY_TRY(ASSAY_NEW(&t->columns[i], 2 * t->m2 * t->w, "spectral"));
  fill_rows(t);
  fill_columns(t);
  ASSAY_TRY(make_products(t));
done:
  return rc;
}

int assay_nn_transform_create(struct assay_nn_transform **out, size_t *scratch, size_t planes,
                              size_t h, size_t w, size_t m1, size_t m2)
{
  int rc = ASSAY_OK;
  struct assay_nn_transform *t = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&t, 1, "spectral"));
  *t = (struct assay_nn_transform){.planes = planes,
                                   .h = h,
                                   .w = w,
                                   .m1 = m1,
                                   .m2 = m2,
                                   .halves = 2 * m1 + 1,
                                   .even = h / 2 + 1,
                                   .odd = (h - 1) / 2};
  ASSAY_TRY(fill(t));
  *scratch = lay_out(t);
  *out = t;
  t = NULL;
done:
  assay_nn_transform_destroy(t);
  return rc;
}

void assay_nn_transform_destroy(struct assay_nn_transform *t)
{
  if (!t) return;
  for (int i = 0; i < 2; i++) {
    assay_free(t->there[i].packed);
    assay_free(t->back[i].packed);
    assay_free(t->columns[i]);
  }
  assay_free(t->rows);
  assay_free(t->at);
  assay_free(t);
}

/* ---- rows, then columns --------------------------------------------------------------------- */

/* S [halves, n, w] of n planes x */
static void rows_there(const struct assay_nn_transform *t, float *s, const float *x, size_t n,
                       float *scratch)
{
  const size_t size = t->h * t->w, pitch = pitch_of(t, n);
  float *even = scratch + t->fold, *odd = even + t->even * t->w;
  int *offset = (void *)(scratch + t->places);
  for (size_t q = 0; q < n; q++, x += size, s += t->w) {
    if (!t->kernels) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)t->halves, (int)t->w, (int)t->h,
                  1, t->rows, (int)t->h, x, (int)t->w, 0, s, (int)pitch);
      continue;
    }
    fold(even, odd, x, t);
    multiply(t, &t->there[0], s, pitch, even, t->w, offset);
    multiply(t, &t->there[1], s + (t->m1 + 1) * pitch, pitch, odd, t->w, offset);
  }
}

/* Its transpose. */
static void rows_back(const struct assay_nn_transform *t, float *x, const float *s, size_t n,
                      bool add, float *scratch)
{
  const size_t size = t->h * t->w, pitch = pitch_of(t, n);
  float *even = scratch + t->fold, *odd = even + t->even * t->w;
  int *offset = (void *)(scratch + t->places);
  for (size_t q = 0; q < n; q++, x += size, s += t->w) {
    if (!t->kernels) {
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)t->h, (int)t->w, (int)t->halves, 1,
                  t->rows, (int)t->h, s, (int)pitch, add ? 1 : 0, x, (int)t->w);
      continue;
    }
    multiply(t, &t->back[0], even, t->w, s, pitch, offset);
    multiply(t, &t->back[1], odd, t->w, s + (t->m1 + 1) * pitch, pitch, offset);
    unfold(x, even, odd, t, add);
  }
}

/* F(+k) = (Gr c + Gi s) + i (Gi c - Gr s), F(-k) = (Gr c - Gi s) + i (Gi c + Gr s) for cosine rows
 * c and sine rows s of G. */
struct quad {
  float *re_cos, *im_cos, *re_sin, *im_sin; /* of G */
  float *plus, *minus;                      /* [2 n] real, imaginary parts; NULL: not kept */
};
static struct quad quad_at(float *g, float *f, size_t k1, size_t k2, size_t n,
                           const struct assay_nn_transform *e)
{
  float *re = g + k2 * e->halves * n, *im = re + e->m2 * e->halves * n;
  const size_t blocks_rows = e->m1 > 0 ? 2 * e->m1 : 1;
  const bool plus = k1 < e->m1 || e->m1 == 0;
  return (struct quad){.re_cos = re + k1 * n,
                       .im_cos = im + k1 * n,
                       .re_sin = k1 > 0 ? re + (e->m1 + k1) * n : NULL,
                       .im_sin = k1 > 0 ? im + (e->m1 + k1) * n : NULL,
                       .plus = plus ? f + (k1 * e->m2 + k2) * 2 * n : NULL,
                       .minus = k1 > 0 ? f + ((blocks_rows - k1) * e->m2 + k2) * 2 * n : NULL};
}

static void unfold_one(const struct quad *q, size_t n)
{
  const float *rc = q->re_cos, *ic = q->im_cos, *rs = q->re_sin, *is = q->im_sin;
  if (!q->minus) {
    memcpy(q->plus, rc, n * sizeof *rc);
    memcpy(q->plus + n, ic, n * sizeof *ic);
    return;
  }
  for (size_t i = 0; i < n; i++) q->minus[i] = rc[i] - is[i];
  for (size_t i = 0; i < n; i++) q->minus[n + i] = ic[i] + rs[i];
  if (!q->plus) return;
  for (size_t i = 0; i < n; i++) q->plus[i] = rc[i] + is[i];
  for (size_t i = 0; i < n; i++) q->plus[n + i] = ic[i] - rs[i];
}

static void fold_one(const struct quad *q, size_t n)
{
  const float *a = q->plus, *b = q->minus;
  if (!b) {
    memcpy(q->re_cos, a, n * sizeof *a);
    memcpy(q->im_cos, a + n, n * sizeof *a);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const float ar = a ? a[i] : 0, ai = a ? a[n + i] : 0;
    q->re_cos[i] = ar + b[i];
    q->im_cos[i] = ai + b[n + i];
    q->im_sin[i] = ar - b[i];
    q->re_sin[i] = b[n + i] - ai;
  }
}

void assay_nn_transform_analyse(const struct assay_nn_transform *t, float *f, const float *x,
                                enum assay_nn_way way, size_t n, float *scratch)
{
  float *s = scratch + t->halfway, *g = scratch + t->waves;
  const size_t rows = t->halves * n;
  if (t->m1 > 0) rows_there(t, s, x, n, scratch);
  for (size_t k = 0; k < t->halves; k++)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(2 * t->m2), (int)n, (int)t->w, 1,
                t->columns[way], (int)t->w, t->m1 > 0 ? s + k * pitch_of(t, n) : x, (int)t->w, 0,
                g + k * n, (int)rows);
  for (size_t k1 = 0; k1 <= t->m1; k1++)
    for (size_t k2 = 0; k2 < t->m2; k2++) {
      const struct quad q = quad_at(g, f, k1, k2, n, t);
      unfold_one(&q, n);
    }
}

void assay_nn_transform_synthesise(const struct assay_nn_transform *t, float *x, float *f,
                                   enum assay_nn_way way, size_t n, bool add, float *scratch)
{
  float *s = scratch + t->halfway, *g = scratch + t->waves;
  const size_t rows = t->halves * n;
  const bool flat = t->m1 == 0;
  for (size_t k1 = 0; k1 <= t->m1; k1++)
    for (size_t k2 = 0; k2 < t->m2; k2++) {
      const struct quad q = quad_at(g, f, k1, k2, n, t);
      fold_one(&q, n);
    }
  for (size_t k = 0; k < t->halves; k++)
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)t->w, (int)(2 * t->m2), 1,
                g + k * n, (int)rows, t->columns[way], (int)t->w, flat && add ? 1 : 0,
                flat ? x : s + k * pitch_of(t, n), (int)t->w);
  if (!flat) rows_back(t, x, s, n, add, scratch);
}
