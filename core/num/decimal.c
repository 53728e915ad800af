/* The value is M 2^E with M of 64 bits. Times the power of ten that makes it a number of 19 digits,
 * whose first 128 bits P are in a table, it is a product of 192 bits,
 *
 *   value 10^k = M P 2^(E + b),   P <= 10^k 2^-b < P + 1,
 *
 * too small by less than M in its last word. Its integer part are the digits; only when the
 * fraction lies so near to 1/2 that the error could matter, or is 1/2, printf must decide: once in
 * 2^60 numbers, or for numbers with few bits. */
#include "core/num/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

__extension__ typedef unsigned __int128 wide;

enum { LEAST = -291, MOST = 327, WORDS = 18, DIGITS = 19 };

struct power {
  uint64_t high, low; /* P */
  int exponent;       /* b */
  int exact;          /* P 2^b is 10^k */
};

struct assay_decimal {
  struct power power[MOST - LEAST + 1];
  char pair[200]; /* "000102...99" */
};

/* ---- the table: whole numbers of WORDS words, least significant first ----------------------- */

static int bits_of(const uint64_t *n)
{
  int w = WORDS - 1;
  while (w > 0 && n[w] == 0) w--;
  int bits = 0;
  for (uint64_t top = n[w]; top; top >>= 1) bits++;
  return 64 * w + bits;
}

/* 64 bits of n from bit `at` upwards; bits below 0 are zero */
static uint64_t bits_from(const uint64_t *n, int at)
{
  uint64_t out = 0;
  for (int b = 0; b < 64; b++) {
    const int i = at + b;
    if (i >= 0 && n[i / 64] >> (i % 64) & 1) out |= UINT64_C(1) << b;
  }
  return out;
}

static struct power leading_bits(const uint64_t *n, int exponent)
{
  const int bits = bits_of(n);
  return (struct power){bits_from(n, bits - 64), bits_from(n, bits - 128), exponent + bits - 128,
                        0};
}

static void times_five(uint64_t *n)
{
  uint64_t carry = 0;
  for (int w = 0; w < WORDS; w++) {
    const wide product = (wide)n[w] * 5 + carry;
    n[w] = (uint64_t)product;
    carry = (uint64_t)(product >> 64);
  }
}

static void over_five(uint64_t *n)
{
  uint64_t rest = 0;
  for (int w = WORDS - 1; w >= 0; w--) {
    const wide value = (wide)rest << 64 | n[w];
    n[w] = (uint64_t)(value / 5);
    rest = (uint64_t)(value % 5);
  }
}

int assay_decimal_create(struct assay_decimal **out)
{
  int rc = ASSAY_OK;
  uint64_t n[WORDS] = {1}, m[WORDS] = {0};
  ASSAY_TRY(ASSAY_NEW(out, 1, "powers of ten"));
  for (int k = 0; k <= MOST; k++, times_five(n)) { /* n = 5^k */
    (*out)->power[k - LEAST] = leading_bits(n, k);
    (*out)->power[k - LEAST].exact = bits_of(n) <= 128;
  }
  m[WORDS - 1] = 1; /* 2^1088 / 5^j, rounded down: of a quotient it is the same at every step */
  for (int j = 0; j <= -LEAST; j++, over_five(m))
    if (j > 0) (*out)->power[-j - LEAST] = leading_bits(m, -j - 64 * (WORDS - 1));
  for (int i = 0; i < 100; i++) {
    (*out)->pair[2 * i] = (char)('0' + i / 10);
    (*out)->pair[2 * i + 1] = (char)('0' + i % 10);
  }
done:
  return rc;
}

void assay_decimal_destroy(struct assay_decimal *d)
{
  assay_free(d);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static const uint64_t least_digits = UINT64_C(1000000000000000000);

/* M 2^E 10^k rounded to a whole number, and rounded down in *whole; 0: printf must decide. It is
 * below 2^64. */
static uint64_t scaled(uint64_t *whole, const struct power *p, uint64_t M, int E)
{
  const wide low = (wide)M * p->low, high = (wide)M * p->high + (uint64_t)(low >> 64);
  const int shift = -(E + p->exponent) - 128; /* of the upper word */
  *whole = 0;
  if (shift < 1 || shift > 63) return 0;
  const uint64_t upper = (uint64_t)(high >> 64), digits = upper >> shift;
  const wide fraction = (wide)(upper & ((UINT64_C(1) << shift) - 1)) << 64 | (uint64_t)high;
  const wide half = (wide)1 << (63 + shift);
  *whole = digits;
  if (fraction == half && (uint64_t)low == 0) return 0;
  if (fraction == half - 1 && !p->exact) return 0;
  return digits + (fraction >= half);
}

/* digits of 10^18 .. 10^19 - 1 as d.ddd, and the exponent */
static int put(const struct assay_decimal *d, char *out, uint64_t digits, int exponent,
               bool negative)
{
  char *at = out;
  if (negative) *at++ = '-';
  const uint64_t first = digits / least_digits;
  uint64_t rest = digits % least_digits;
  at[0] = (char)('0' + first);
  at[1] = '.';
  for (int i = 18; i > 0; i -= 2, rest /= 100) memcpy(at + i, d->pair + 2 * (rest % 100), 2);
  at += DIGITS + 1;
  *at++ = 'e';
  *at++ = exponent < 0 ? '-' : '+';
  const int size = exponent < 0 ? -exponent : exponent;
  if (size >= 100) *at++ = (char)('0' + size / 100);
  memcpy(at, d->pair + 2 * (size % 100), 2);
  at[2] = '\0';
  return (int)(at + 2 - out);
}

/* floor(bits log10(2)), |bits| < 1200: the error of the factor is below 1e-9 */
static int decades(int bits)
{
  return (int)floor(bits * 0.30102999566398120);
}

int assay_decimal_exp18(const struct assay_decimal *d, char out[ASSAY_DECIMAL_ROOM], double value)
{
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  const int field = (int)(bits >> 52 & 0x7ff);
  if (field == 0 || field == 0x7ff) goto by_printf;
  const uint64_t M = (bits << 11) | UINT64_C(1) << 63;
  const int E = field - 1023 - 63;
  for (int exponent = decades(E + 64), tries = 0; tries < 2; tries++, exponent--) {
    uint64_t whole;
    const uint64_t digits = scaled(&whole, &d->power[18 - exponent - LEAST], M, E);
    if (digits == 0) break;
    if (whole < least_digits) continue; /* not yet 19 digits, though rounding may pretend so */
    if (digits == 10 * least_digits) return put(d, out, least_digits, exponent + 1, bits >> 63);
    return put(d, out, digits, exponent, bits >> 63);
  }
by_printf:
  return snprintf(out, ASSAY_DECIMAL_ROOM, "%.18e", value);
}
