#include "core/num/vmath.h"

#include "core/num/vmath_body.h"
#include "core/num/vmath_kernels.h"

static const struct assay_vmath_kernels *kernels(void)
{
  return ASSAY_ISA_PICK(assay_vmath_kernels, assay_isa());
}

/* ---- circular functions of large arguments ------------------------------------------------ */

/* 2/pi: one word of zeros, then the 1280 bits after the binary point */
static const uint64_t two_over_pi[] = {
    UINT64_C(0),
    UINT64_C(0xa2f9836e4e441529),
    UINT64_C(0xfc2757d1f534ddc0),
    UINT64_C(0xdb6295993c439041),
    UINT64_C(0xfe5163abdebbc561),
    UINT64_C(0xb7246e3a424dd2e0),
    UINT64_C(0x06492eea09d1921c),
    UINT64_C(0xfe1deb1cb129a73e),
    UINT64_C(0xe88235f52ebb4484),
    UINT64_C(0xe99c7026b45f7e41),
    UINT64_C(0x3991d639835339f4),
    UINT64_C(0x9c845f8bbdf9283b),
    UINT64_C(0x1ff897ffde05980f),
    UINT64_C(0xef2f118b5a0a6d1f),
    UINT64_C(0x6d367ecf27cb09b7),
    UINT64_C(0x4f463f669e5fea2d),
    UINT64_C(0x7527bac7ebe5f17b),
    UINT64_C(0x3d0739f78a5292ea),
    UINT64_C(0x6bfb5fb11f8d5d08),
    UINT64_C(0x56033046fc7b6bab),
    UINT64_C(0xf0cfbc209af4361d),
};

__extension__ typedef unsigned __int128 wide;

/* 64 bits of two_over_pi from bit `at` on */
static uint64_t bits_from(int at)
{
  const int word = at / 64, shift = at % 64;
  const uint64_t rest = shift ? two_over_pi[word + 1] >> (64 - shift) : 0;
  return two_over_pi[word] << shift | rest;
}

/* frac = 2^192 times the fractional part of m 2^e (2/pi) / 4, most significant word first. Bits of
 * 2/pi worth 4 or more after multiplication are left out; 192 bits behind them are enough, because
 * no double is nearer to a multiple of pi/2 than about 2^-62 (Payne and Hanek's reduction) */
static void quarter_turns(uint64_t frac[3], uint64_t m, int e)
{
  const int at = e - 2 + 64;
  const uint64_t a = bits_from(at), b = bits_from(at + 64), c = bits_from(at + 128);
  const wide low = (wide)m * c, mid = (wide)m * b + (uint64_t)(low >> 64);
  frac[2] = (uint64_t)low;
  frac[1] = (uint64_t)mid;
  frac[0] = m * a + (uint64_t)(mid >> 64);
}

static void negate(uint64_t v[3])
{
  for (int i = 2, carry = 1; i >= 0; i--) {
    v[i] = ~v[i] + (uint64_t)carry;
    carry = carry && v[i] == 0;
  }
}

/* v << shift, 0 <= shift < 64 */
static void shift_left(uint64_t v[3], int shift)
{
  if (shift == 0) return;
  for (int i = 0; i < 3; i++) v[i] = v[i] << shift | (i < 2 ? v[i + 1] >> (64 - shift) : 0);
}

/* v / 2^192 as a sum of two doubles */
static struct assay_dd fraction(uint64_t v[3])
{
  int zeros = 0;
  while (v[0] == 0 && zeros < 128) {
    v[0] = v[1];
    v[1] = v[2];
    v[2] = 0;
    zeros += 64;
  }
  const int more = v[0] ? __builtin_clzll(v[0]) : 0;
  shift_left(v, more);
  zeros += more;
  const double hi = (double)(v[0] >> 11), lo = (double)((v[0] & 0x7ff) << 42 | v[1] >> 22);
  const double unit = assay_body_pow2(ASSAY_BODY_ROUND - 53.0 - zeros);
  return (struct assay_dd){hi * unit, lo * unit * 0x1p-53};
}

/* like assay_body_trig_split, for finite |x| > ASSAY_BODY_TRIG_MAX */
static struct assay_body_trig_parts split_large(double x)
{
  const uint64_t b = assay_body_bits(x), hidden = UINT64_C(1) << 52;
  const int e = (int)(b >> 52 & 0x7ff) - 1075;
  uint64_t frac[3];
  quarter_turns(frac, (b & (hidden - 1)) | hidden, e);
  uint64_t q = frac[0] >> 62;
  shift_left(frac, 2);
  const int up = frac[0] >> 63 != 0;
  if (up) negate(frac);
  q += (uint64_t)up;
  const struct assay_dd t = fraction(frac);
  const double sign = up != (x < 0.0) ? -1.0 : 1.0;
  struct assay_dd r = assay_body_product(sign * t.hi, 0x1.921fb54442d18p0);
  r.lo += sign * (t.hi * 0x1.1a62633145c07p-54 + t.lo * 0x1.921fb54442d18p0);
  return (struct assay_body_trig_parts){x < 0.0 ? -q : q, assay_body_fast_sum(r.hi, r.lo)};
}

static int is_large(double x)
{
  return fabs(x) > ASSAY_BODY_TRIG_MAX;
}

/* sin(x + phase pi/2) for large x; NaN for infinity */
static double trig_large(double x, uint64_t phase)
{
  if (fabs(x) == (double)INFINITY) return (double)NAN;
  const struct assay_body_trig_parts p = split_large(x);
  return assay_body_trig_join(p.q + phase, assay_body_sin_near(p.r), assay_body_cos_near(p.r));
}

/* ---- scalars ------------------------------------------------------------------------------ */

double assay_math_exp(double x)
{
  return assay_body_exp(x);
}

double assay_math_expm1(double x)
{
  return assay_body_expm1(x);
}

double assay_math_log(double x)
{
  return assay_body_log(x);
}

double assay_math_log1p(double x)
{
  return assay_body_log1p(x);
}

double assay_math_tanh(double x)
{
  return assay_body_tanh(x);
}

double assay_math_sin(double x)
{
  return is_large(x) ? trig_large(x, 0) : assay_body_sin(x);
}

double assay_math_cos(double x)
{
  return is_large(x) ? trig_large(x, 1) : assay_body_cos(x);
}

void assay_math_sincos(double *s, double *c, double x)
{
  *s = assay_math_sin(x);
  *c = assay_math_cos(x);
}

double assay_math_pow(double x, double y)
{
  return assay_body_pow(x, y);
}

/* ---- arrays ------------------------------------------------------------------------------- */

void assay_vmath_exp(double *out, const double *x, ptrdiff_t n)
{
  kernels()->exp(out, x, n);
}

void assay_vmath_expm1(double *out, const double *x, ptrdiff_t n)
{
  kernels()->expm1(out, x, n);
}

void assay_vmath_log(double *out, const double *x, ptrdiff_t n)
{
  kernels()->log(out, x, n);
}

void assay_vmath_log1p(double *out, const double *x, ptrdiff_t n)
{
  kernels()->log1p(out, x, n);
}

void assay_vmath_tanh(double *out, const double *x, ptrdiff_t n)
{
  kernels()->tanh(out, x, n);
}

void assay_vmath_pow(double *out, const double *x, const double *y, ptrdiff_t n)
{
  kernels()->pow(out, x, y, n);
}

void assay_vmath_pow1(double *out, const double *x, double y, ptrdiff_t n)
{
  kernels()->pow1(out, x, y, n);
}

/* Blocks without large arguments go to the vector loop, the others element by element. */
enum { BLOCK = 512 };

static void by_blocks(double *out, const double *x, ptrdiff_t n,
                      void (*loop)(double *, const double *, ptrdiff_t), double (*one)(double))
{
  for (ptrdiff_t at = 0; at < n; at += BLOCK) {
    const ptrdiff_t m = n - at < BLOCK ? n - at : BLOCK;
    if (!kernels()->trig_beyond(x + at, m))
      loop(out + at, x + at, m);
    else
      for (ptrdiff_t i = at; i < at + m; i++) out[i] = one(x[i]);
  }
}

void assay_vmath_sin(double *out, const double *x, ptrdiff_t n)
{
  by_blocks(out, x, n, kernels()->sin, assay_math_sin);
}

void assay_vmath_cos(double *out, const double *x, ptrdiff_t n)
{
  by_blocks(out, x, n, kernels()->cos, assay_math_cos);
}

void assay_vmath_sincos(double *s, double *c, const double *x, ptrdiff_t n)
{
  for (ptrdiff_t at = 0; at < n; at += BLOCK) {
    const ptrdiff_t m = n - at < BLOCK ? n - at : BLOCK;
    if (!kernels()->trig_beyond(x + at, m)) {
      kernels()->sincos(s + at, c + at, x + at, m);
      continue;
    }
    for (ptrdiff_t i = at; i < at + m; i++) {
      const double v = x[i];
      assay_math_sincos(&s[i], &c[i], v);
    }
  }
}
