/* Schoolbook arithmetic with limbs of 32 bits (Knuth, The Art of Computer Programming 2, 4.3.1). */
#include "core/expr/algebra_big.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

static uint32_t *limbs(struct assay_alg *s, int n)
{
  return assay_alg_take(s, sizeof(uint32_t) * (size_t)(n + 1));
}

static struct big trimmed(int sign, const uint32_t *d, int n)
{
  while (n > 0 && d[n - 1] == 0) n--;
  return (struct big){.sign = n ? sign : 0, .n = n, .d = d};
}

struct big assay_big_int(struct assay_alg *s, int64_t x)
{
  uint32_t *d = limbs(s, 2);
  const uint64_t m = x < 0 ? (uint64_t)0 - (uint64_t)x : (uint64_t)x;
  d[0] = (uint32_t)m;
  d[1] = (uint32_t)(m >> 32);
  return trimmed(x < 0 ? -1 : 1, d, 2);
}

struct big assay_big_neg(struct big a)
{
  a.sign = -a.sign;
  return a;
}

int assay_big_compare(struct big a, struct big b)
{
  if (a.n != b.n) return a.n < b.n ? -1 : 1;
  for (int i = a.n - 1; i >= 0; i--)
    if (a.d[i] != b.d[i]) return a.d[i] < b.d[i] ? -1 : 1;
  return 0;
}

bool assay_big_equal(struct big a, struct big b)
{
  return a.sign == b.sign && assay_big_compare(a, b) == 0;
}

static struct big add_sizes(struct assay_alg *s, struct big a, struct big b, int sign)
{
  const int n = a.n > b.n ? a.n : b.n;
  uint32_t *d = limbs(s, n + 1);
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) {
    carry += (uint64_t)(i < a.n ? a.d[i] : 0) + (i < b.n ? b.d[i] : 0);
    d[i] = (uint32_t)carry;
    carry >>= 32;
  }
  d[n] = (uint32_t)carry;
  return trimmed(sign, d, n + 1);
}

/* |a| - |b| for |a| >= |b| */
static struct big sub_sizes(struct assay_alg *s, struct big a, struct big b, int sign)
{
  uint32_t *d = limbs(s, a.n);
  int64_t borrow = 0;
  for (int i = 0; i < a.n; i++) {
    borrow += (int64_t)a.d[i] - (i < b.n ? (int64_t)b.d[i] : 0);
    d[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  return trimmed(sign, d, a.n);
}

struct big assay_big_add(struct assay_alg *s, struct big a, struct big b)
{
  if (a.sign == 0) return b;
  if (b.sign == 0) return a;
  if (a.sign == b.sign) return add_sizes(s, a, b, a.sign);
  return assay_big_compare(a, b) >= 0 ? sub_sizes(s, a, b, a.sign) : sub_sizes(s, b, a, b.sign);
}

struct big assay_big_sub(struct assay_alg *s, struct big a, struct big b)
{
  return assay_big_add(s, a, assay_big_neg(b));
}

struct big assay_big_mul(struct assay_alg *s, struct big a, struct big b)
{
  if (a.sign == 0 || b.sign == 0) return trimmed(0, NULL, 0);
  assay_alg_tick(s, 1 + (long)a.n * b.n / 64);
  uint32_t *d = limbs(s, a.n + b.n);
  for (int i = 0; i < a.n; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < b.n; j++) {
      carry += (uint64_t)a.d[i] * b.d[j] + d[i + j];
      d[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    d[i + b.n] = (uint32_t)carry;
  }
  return trimmed(a.sign * b.sign, d, a.n + b.n);
}

static int top_bit(struct big a)
{
  return a.n ? 32 * a.n - __builtin_clz(a.d[a.n - 1]) : 0;
}

struct big assay_big_pow2(struct assay_alg *s, struct big a, int bits)
{
  if (a.sign == 0) return a;
  const int words = bits / 32, shift = bits % 32;
  uint32_t *d = limbs(s, a.n + words + 1);
  for (int i = 0; i < a.n; i++) {
    const uint64_t x = (uint64_t)a.d[i] << shift;
    d[i + words] |= (uint32_t)x;
    d[i + words + 1] = (uint32_t)(x >> 32);
  }
  return trimmed(a.sign, d, a.n + words + 1);
}

static void div_short(struct assay_alg *s, struct big *q, struct big *r, struct big a, struct big b)
{
  uint32_t *d = limbs(s, a.n), *rest = limbs(s, 1);
  uint64_t carry = 0;
  for (int i = a.n - 1; i >= 0; i--) {
    carry = carry << 32 | a.d[i];
    d[i] = (uint32_t)(carry / b.d[0]);
    carry %= b.d[0];
  }
  rest[0] = (uint32_t)carry;
  if (q) *q = trimmed(a.sign * b.sign, d, a.n);
  if (r) *r = trimmed(a.sign, rest, 1);
}

/* one limb of the quotient; u is reduced by it (algorithm D, steps D3 to D6) */
static uint32_t div_step(uint32_t *u, const uint32_t *v, int n)
{
  const uint64_t top = (uint64_t)u[n] << 32 | u[n - 1];
  uint64_t guess = top / v[n - 1], rest = top % v[n - 1];
  while (guess >> 32 || guess * v[n - 2] > (rest << 32 | u[n - 2])) {
    guess--;
    rest += v[n - 1];
    if (rest >> 32) break;
  }
  int64_t borrow = 0;
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) {
    carry += guess * v[i];
    borrow += (int64_t)u[i] - (int64_t)(uint32_t)carry;
    u[i] = (uint32_t)borrow;
    borrow >>= 32;
    carry >>= 32;
  }
  borrow += (int64_t)u[n] - (int64_t)carry;
  u[n] = (uint32_t)borrow;
  if (borrow >= 0) return (uint32_t)guess;
  carry = 0;
  for (int i = 0; i < n; i++) {
    carry += (uint64_t)u[i] + v[i];
    u[i] = (uint32_t)carry;
    carry >>= 32;
  }
  u[n] += (uint32_t)carry;
  return (uint32_t)guess - 1;
}

static struct big shifted_down(struct assay_alg *s, const uint32_t *u, int n, int shift, int sign)
{
  uint32_t *d = limbs(s, n);
  for (int i = 0; i < n; i++)
    d[i] = (uint32_t)(((uint64_t)(i + 1 < n ? u[i + 1] : 0) << 32 | u[i]) >> shift);
  return trimmed(sign, d, n);
}

void assay_big_div(struct assay_alg *s, struct big *q, struct big *r, struct big a, struct big b)
{
  if (assay_big_compare(a, b) < 0) {
    if (q) *q = trimmed(0, NULL, 0);
    if (r) *r = a;
    return;
  }
  assay_alg_tick(s, 1 + (long)(a.n - b.n + 1) * b.n / 64);
  if (b.n == 1) {
    div_short(s, q, r, a, b);
    return;
  }
  const int shift = __builtin_clz(b.d[b.n - 1]), m = a.n - b.n;
  const struct big v = assay_big_pow2(s, b, shift), w = assay_big_pow2(s, a, shift);
  uint32_t *u = limbs(s, a.n + 1), *d = limbs(s, m + 1);
  memcpy(u, w.d, sizeof(*u) * (size_t)w.n);
  for (int j = m; j >= 0; j--) d[j] = div_step(u + j, v.d, b.n);
  if (q) *q = trimmed(a.sign * b.sign, d, m + 1);
  if (r) *r = shifted_down(s, u, b.n + 1, shift, a.sign);
}

struct big assay_big_quo(struct assay_alg *s, struct big a, struct big b)
{
  struct big q;
  if (is_unit(b)) return b.sign > 0 ? a : assay_big_neg(a);
  assay_big_div(s, &q, NULL, a, b);
  return q;
}

struct big assay_big_gcd(struct assay_alg *s, struct big a, struct big b)
{
  while (b.sign) {
    struct big r;
    assay_big_div(s, NULL, &r, a, b);
    a = b;
    b = r;
  }
  a.sign = a.sign != 0;
  return a;
}

bool assay_big_sqrt(struct assay_alg *s, struct big *root, struct big a)
{
  *root = a;
  if (a.sign <= 0) return a.sign == 0;
  struct big x = assay_big_pow2(s, assay_big_int(s, 1), (top_bit(a) + 1) / 2);
  for (;;) { /* Newton from above */
    const struct big y =
        assay_big_quo(s, assay_big_add(s, x, assay_big_quo(s, a, x)), assay_big_int(s, 2));
    if (assay_big_compare(y, x) >= 0) break;
    x = y;
  }
  *root = x;
  return assay_big_equal(assay_big_mul(s, x, x), a);
}

static long double value(struct big a, int *exponent)
{
  long double x = 0.0L;
  const int low = a.n > 4 ? a.n - 4 : 0;
  for (int i = a.n - 1; i >= low; i--) x = x * 4294967296.0L + (long double)a.d[i];
  *exponent = 32 * low;
  return a.sign < 0 ? -x : x;
}

long double assay_big_ratio(struct big a, struct big b)
{
  int ea = 0, eb = 0;
  const long double x = value(a, &ea), y = value(b, &eb);
  return ldexpl(x / y, ea - eb);
}

uint64_t assay_big_mod(struct big a)
{
  const uint64_t p = ((uint64_t)1 << 61) - 1;
  uint64_t x = 0;
  for (int i = a.n - 1; i >= 0; i--) x = (uint64_t)(((uint128)x << 32 | a.d[i]) % p);
  return a.sign < 0 && x ? p - x : x;
}

bool assay_big_fits(int64_t *out, struct big a)
{
  if (top_bit(a) > 62) return false;
  uint64_t x = 0;
  for (int i = a.n - 1; i >= 0; i--) x = x << 32 | a.d[i];
  *out = a.sign < 0 ? -(int64_t)x : (int64_t)x;
  return true;
}

/* x = p/q with q a power of two */
static void exact_fraction(struct assay_alg *s, struct big *p, struct big *q, long double x)
{
  int e = 0;
  int64_t m = (int64_t)ldexpl(frexpl(x, &e), 53);
  for (e -= 53; m && m % 2 == 0; e++) m /= 2;
  *p = assay_big_pow2(s, assay_big_int(s, m), e > 0 ? e : 0);
  *q = assay_big_pow2(s, assay_big_int(s, 1), e < 0 ? -e : 0);
}

/* |a/b - x/y| as a fraction */
static void difference(struct assay_alg *s, struct big *n, struct big *d, struct big a,
                       struct big b, struct big x, struct big y)
{
  *n = assay_big_sub(s, assay_big_mul(s, a, y), assay_big_mul(s, x, b));
  *d = assay_big_mul(s, b, y);
}

/* Continued fraction of |p/q| up to the largest denominator, then the better of the last
 * convergent and the last semiconvergent. */
void assay_big_fraction(struct assay_alg *s, struct big *p, struct big *q, long double x)
{
  const struct big most = assay_big_int(s, ((int64_t)1 << 52) / 100);
  exact_fraction(s, p, q, x);
  if (assay_big_compare(*q, most) <= 0) return;
  const int sign = p->sign;
  struct big n = *p, d = *q, p0 = assay_big_int(s, 0), q0 = assay_big_int(s, 1), p1 = q0, q1 = p0;
  n.sign = 1;
  for (;;) {
    struct big a, r;
    assay_big_div(s, &a, &r, n, d);
    const struct big q2 = assay_big_add(s, q0, assay_big_mul(s, a, q1));
    if (assay_big_compare(q2, most) > 0) break;
    const struct big p2 = assay_big_add(s, p0, assay_big_mul(s, a, p1));
    p0 = p1;
    p1 = p2;
    q0 = q1;
    q1 = q2;
    n = d;
    d = r;
  }
  const struct big k = assay_big_quo(s, assay_big_sub(s, most, q0), q1);
  const struct big ps = assay_big_add(s, p0, assay_big_mul(s, k, p1)),
                   qs = assay_big_add(s, q0, assay_big_mul(s, k, q1));
  if (p1.sign == 0 || ps.sign == 0) return;
  struct big whole = *p, n1, d1, n2, d2;
  whole.sign = 1;
  difference(s, &n1, &d1, p1, q1, whole, *q);
  difference(s, &n2, &d2, ps, qs, whole, *q);
  const bool convergent =
      assay_big_compare(assay_big_mul(s, n1, d2), assay_big_mul(s, n2, d1)) <= 0;
  *p = convergent ? p1 : ps;
  *q = convergent ? q1 : qs;
  p->sign = sign;
}
