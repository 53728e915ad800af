/* x_{k+n} = x_{k+m} ^ (upper bit of x_k | lower 31 bits of x_{k+1}) A,   n = 624, m = 397,
 *
 * where y A = y >> 1, with 0x9908b0df added when y is odd; numbers are tempered x. */
#include "core/num/mt19937.h"

enum { N = ASSAY_MT19937_WORDS, M = 397 };

static void seed_by_number(uint32_t *x, uint32_t seed)
{
  x[0] = seed;
  for (uint32_t i = 1; i < N; i++) x[i] = 1812433253u * (x[i - 1] ^ x[i - 1] >> 30) + i;
}

/* The next place; the first word follows the last. */
static int advance(uint32_t *x, int i)
{
  if (++i < N) return i;
  x[0] = x[N - 1];
  return 1;
}

void assay_mt19937_seed(struct assay_mt19937 *mt, const uint32_t *key, int n)
{
  uint32_t *x = mt->word;
  int i = 1, j = 0;
  seed_by_number(x, 19650218u);
  for (int k = N > n ? N : n; k > 0; k--) {
    x[i] = (x[i] ^ (x[i - 1] ^ x[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
    i = advance(x, i);
    j = j + 1 < n ? j + 1 : 0;
  }
  for (int k = N - 1; k > 0; k--) {
    x[i] = (x[i] ^ (x[i - 1] ^ x[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
    i = advance(x, i);
  }
  x[0] = 0x80000000u;
  mt->at = N;
}

static void twist(uint32_t *x)
{
  for (int i = 0; i < N; i++) {
    const uint32_t y = (x[i] & 0x80000000u) | (x[(i + 1) % N] & 0x7fffffffu);
    x[i] = x[(i + M) % N] ^ y >> 1 ^ (y & 1u ? 0x9908b0dfu : 0u);
  }
}

uint32_t assay_mt19937_next(struct assay_mt19937 *mt)
{
  if (mt->at == N) {
    twist(mt->word);
    mt->at = 0;
  }
  uint32_t y = mt->word[mt->at++];
  y ^= y >> 11;
  y ^= y << 7 & 0x9d2c5680u;
  y ^= y << 15 & 0xefc60000u;
  return y ^ y >> 18;
}

uint32_t assay_mt19937_below(struct assay_mt19937 *mt, uint32_t n)
{
  int bits = 0;
  uint32_t value;
  while (n >> bits) bits++;
  do value = assay_mt19937_next(mt) >> (32 - bits);
  while (value >= n);
  return value;
}

void assay_mt19937_shuffle(struct assay_mt19937 *mt, long *items, long n)
{
  for (long i = n - 1; i >= 1; i--) {
    const long j = (long)assay_mt19937_below(mt, (uint32_t)i + 1);
    const long item = items[i];
    items[i] = items[j];
    items[j] = item;
  }
}
