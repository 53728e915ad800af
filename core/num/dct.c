#include "core/num/dct.h"

#include <stdint.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/dct_plan.h"
#include "core/num/trig.h"

enum { LINES = ASSAY_DCT_LINES, LARGEST_BASE = 32 };

static const int powers_of_two[] = {16, 8, 4, 2}; /* each only if what is left is one or 16 times */

/* (cos, sin) of pi num / den */
static void put(double *w, long long num, long long den)
{
  w[0] = assay_cospi(num, den);
  w[1] = assay_sinpi(num, den);
}

/* Radices of the complex transform of length k: odd ones first, then few and large powers of two.
 * Returns the number of passes, 0 if a prime factor is too large. */
static int factor(int *radix, int k)
{
  int passes = 0;
  for (int r = 3; r <= ASSAY_DCT_ODD; r += 2)
    for (; k % r == 0; k /= r) radix[passes++] = r;
  for (; k % 16 == 0 && k != 32 && k != 64; k /= 16) radix[passes++] = 16;
  for (; k % 8 == 0; k /= 8) radix[passes++] = 8;
  for (size_t i = 0; i < sizeof powers_of_two / sizeof *powers_of_two; i++)
    for (; k > 1 && k % powers_of_two[i] == 0; k /= powers_of_two[i])
      radix[passes++] = powers_of_two[i];
  return k == 1 ? passes : 0;
}

/* entry of the dense forms of V(v): row k, column j. The cosines are reversed in both. */
static double dct4_entry(enum assay_dct_kind kind, int m, int k, int j)
{
  if (kind != ASSAY_DCT_FOURIER)
    return assay_cospi((2LL * (m - 1 - k) + 1) * (2LL * (m - 1 - j) + 1), 4LL * m);
  const long long turn = j * (4LL * (k % (m / 2)) + 1);
  return k < m / 2 ? assay_cospi(turn, m) : -assay_sinpi(turn, m);
}

/* and of the whole transform of length n; Fourier: 1, cos, sin, cos 2, sin 2, ... */
static double base_entry(enum assay_dct_kind kind, int n, int k, int j)
{
  if (kind == ASSAY_DCT_COSINE) return assay_cospi(k * (2LL * j + 1), 2LL * n);
  return k % 2 || k == 0 ? assay_cospi((k + 1LL) / 2 * 2 * j, n) : assay_sinpi((long long)k * j, n);
}

static int dense_create(double **out, int m, enum assay_dct_kind kind,
                        double (*entry)(enum assay_dct_kind, int, int, int))
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, (size_t)m * (size_t)m, "dct"));
  for (int k = 0; k < m; k++)
    for (int j = 0; j < m; j++) (*out)[k * m + j] = entry(kind, m, k, j);
done:
  return rc;
}

static int pass_create(struct assay_dct4 *p, int i, int length, int columns)
{
  int rc = ASSAY_OK;
  const int radix = p->radix[i];
  if (i < p->passes - 1) {
    ASSAY_TRY(ASSAY_NEW(&p->twiddle[i], (size_t)columns * (size_t)(radix - 1) * 2, "dct"));
    double *w = p->twiddle[i];
    for (int c = 0; c < columns; c++)
      for (int t = 1; t < radix; t++, w += 2) put(w, 2LL * c * t, length);
  }
  ASSAY_TRY(ASSAY_NEW(&p->roots[i], (size_t)radix * 2, "dct"));
  for (int j = 0; j < radix; j++) put(p->roots[i] + 2 * j, 2LL * j, radix);
done:
  return rc;
}

static int dct4_create(struct assay_dct4 *p, int m, enum assay_dct_kind kind)
{
  int rc = ASSAY_OK;
  p->m = m;
  p->kind = kind;
  if (m > 2 && m % 2 == 0) p->passes = factor(p->radix, m / 2);
  if (m != 2 && p->passes == 0) return dense_create(&p->dense, m, kind, dct4_entry);
  ASSAY_TRY(ASSAY_NEW(&p->rotate, (size_t)m, "dct"));
  for (int j = 0; j < m / 2; j++)
    if (kind == ASSAY_DCT_FOURIER)
      put(p->rotate + 2 * j, j, m);
    else if (m == 2) /* both rotations in one */
      put(p->rotate, 1, 8);
    else
      put(p->rotate + 2 * j, 8LL * j + 1, 8LL * m);
  for (int i = 0, length = m / 2; i < p->passes; length /= p->radix[i++])
    ASSAY_TRY(pass_create(p, i, length, length / p->radix[i]));
done:
  return rc;
}

/* Where the splitting ends: at odd lengths or in a codelet, but at least once so that rows are
 * folded when they are read. Fourier: where the length is not divisible by 4. QUARTER is not split.
 */
static void choose_levels(struct assay_dct *p)
{
  const int fourier = p->kind == ASSAY_DCT_FOURIER;
  p->base = p->n;
  if (p->kind == ASSAY_DCT_QUARTER) return;
  for (; p->base % (fourier ? 4 : 2) == 0; p->base /= 2, p->levels++)
    if (!fourier && p->base <= LARGEST_BASE && (p->base & (p->base - 1)) == 0 &&
        (p->levels > 0 || p->base == 2))
      break;
}

/* Banded order. Cosines: wavenumbers 2 k of the first half, then V[k], reversed, is 2 k + 1.
 * Fourier: 2 k, then twice 4 q + 1, of which those beyond n / 2 mean n - (4 q + 1). QUARTER:
 * backwards. */
static void make_order(int *order, int n, int base, enum assay_dct_kind kind)
{
  const int fourier = kind == ASSAY_DCT_FOURIER;
  int length = fourier || base % 2 == 1 ? base : 1;
  for (int i = 0; kind == ASSAY_DCT_QUARTER && i < n; i++) order[i] = n - 1 - i;
  if (kind == ASSAY_DCT_QUARTER) return;
  for (int i = 0; i < length; i++) order[i] = fourier ? (i + 1) / 2 : i;
  for (; length < n; length *= 2)
    for (int i = 0; i < length; i++) {
      const int odd = fourier ? 4 * (i % (length / 2)) + 1 : 2 * (length - 1 - i) + 1;
      order[i] *= 2;
      order[length + i] = fourier && odd > length ? 2 * length - odd : odd;
    }
}

/* Whether rows are transformed in parts (dct_parts.h): where 8 of them and what lies between the
 * passes do not fit into the first-level cache. With narrower vectors it is fewer at a time. */
static int wants_parts(const struct assay_dct *p)
{
  const struct assay_dct4 *d = p->level;
  if (p->kind != ASSAY_DCT_QUARTER || d->passes < 2 || p->n < ASSAY_DCT_IN_PARTS) return 0;
  if (ASSAY_ISA_PICK(assay_dct_kernels, p->isa)->vl < LINES) return 0;
  for (int i = 0; i < d->passes; i += d->passes - 1)
    if ((d->radix[i] != 8 && d->radix[i] != 16) || d->m / 2 / d->radix[i] % 8 != 0) return 0;
  return 1;
}

int assay_dct_create_kind(struct assay_dct **out, int n, enum assay_dct_kind kind)
{
  int rc = ASSAY_OK;
  struct assay_dct *p = NULL;
  *out = NULL;
  ASSAY_CHECK(n >= 1, ASSAY_EARG, "dct: length %d", n);
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(&p, 1, "dct"));
  p->isa = assay_isa();
  p->kind = kind;
  p->n = n;
  p->rows = (n + LINES - 1) / LINES * LINES;
  choose_levels(p);
  const int codelet = kind == ASSAY_DCT_COSINE && p->base % 2 == 0;
  const int quarter = kind == ASSAY_DCT_QUARTER;
  if (quarter) ASSAY_TRY(dct4_create(&p->level[0], n, kind));
  p->in_parts = wants_parts(p);
  for (int l = 0, m = n / 2; m >= (codelet ? 2 : p->base); l++, m /= 2)
    ASSAY_TRY(dct4_create(&p->level[l], m, kind));
  if (!codelet && !quarter) ASSAY_TRY(dense_create(&p->dense, p->base, kind, base_entry));
  ASSAY_TRY(ASSAY_NEW(&p->order, (size_t)n, "dct"));
  make_order(p->order, n, p->base, kind);
  *out = p;
done:
  if (rc < 0) assay_dct_destroy(p);
  return rc;
}

int assay_dct_create(struct assay_dct **out, int n)
{
  return assay_dct_create_kind(out, n, ASSAY_DCT_COSINE);
}

void assay_dct_destroy(struct assay_dct *p)
{
  if (!p) return;
  for (int l = 0; l < ASSAY_DCT_LEVELS; l++) {
    struct assay_dct4 *d = &p->level[l];
    for (int i = 0; i < d->passes; i++) {
      assay_free(d->twiddle[i]);
      assay_free(d->roots[i]);
    }
    assay_free(d->rotate);
    assay_free(d->dense);
  }
  assay_free(p->dense);
  assay_free(p->order);
  assay_free(p);
}

/* buffer, scratch of the kernels, and a block of lines for what does not fill one */
size_t assay_dct_work(const struct assay_dct *p)
{
  return (size_t)p->rows * LINES * 5 + 8;
}

static double *aligned(double *work)
{
  return work + (64 - (uintptr_t)work % 64) % 64 / sizeof *work;
}

/* coefficient `row` of the 8 lines of a block, which lie [8 / VL][rows][VL] */
static void copy_row(double *out, const double *buf, int rows, int vl, int row, int lines)
{
  for (int i = 0; i < lines; i++) out[i] = buf[(i / vl * rows + row) * vl + i % vl];
}

static void store_row(double *buf, const double *in, int rows, int vl, int row, int lines)
{
  for (int i = 0; i < LINES; i++) buf[(i / vl * rows + row) * vl + i % vl] = i < lines ? in[i] : 0;
}

static void copy_lines(double *out, ptrdiff_t out_stride, const double *in, ptrdiff_t in_stride,
                       int n, int lines)
{
  for (int j = 0; j < n; j++)
    memcpy(out + j * out_stride, in + j * in_stride, (size_t)lines * sizeof *out);
}

void assay_dct_2(const struct assay_dct *p, double *restrict out, const double *restrict in,
                 int lines, ptrdiff_t stride, double *restrict work)
{
  const struct assay_dct_kernels *kernels = ASSAY_ISA_PICK(assay_dct_kernels, p->isa);
  double *buf = aligned(work), *scratch = buf + p->rows * LINES,
         *tail = scratch + 3 * p->rows * LINES;
  for (int i = 0; i < lines; i += LINES) {
    const int some = lines - i < LINES ? lines - i : LINES;
    if (some < LINES) copy_lines(tail, LINES, in + i, stride, p->n, some);
    if (some < LINES)
      kernels->forward(p, buf, tail, LINES, scratch);
    else
      kernels->forward(p, buf, in + i, stride, scratch);
    for (int k = 0; k < p->n; k++)
      copy_row(out + p->order[k] * stride + i, buf, p->rows, kernels->vl, k, some);
  }
}

void assay_dct_3(const struct assay_dct *p, double *restrict out, const double *restrict in,
                 int lines, ptrdiff_t stride, double *restrict work)
{
  const struct assay_dct_kernels *kernels = ASSAY_ISA_PICK(assay_dct_kernels, p->isa);
  double *buf = aligned(work), *scratch = buf + p->rows * LINES,
         *tail = scratch + 3 * p->rows * LINES;
  for (int i = 0; i < lines; i += LINES) {
    const int some = lines - i < LINES ? lines - i : LINES;
    for (int k = 0; k < p->n; k++)
      store_row(buf, in + p->order[k] * stride + i, p->rows, kernels->vl, k, some);
    if (some < LINES)
      kernels->backward(p, tail, LINES, buf, scratch);
    else
      kernels->backward(p, out + i, stride, buf, scratch);
    if (some < LINES) copy_lines(out + i, stride, tail, LINES, p->n, some);
  }
}
