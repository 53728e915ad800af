/* Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM Trans. Model. Comput. Simul. 8 (1998)
 * 3-30) as CPython's `random` uses it. Not for making data (core/num/random.h does that): published
 * splits of other suites are shuffles by this generator, and here they can be repeated. */
#ifndef ASSAY_CORE_NUM_MT19937_H
#define ASSAY_CORE_NUM_MT19937_H
#include <stdint.h>

enum { ASSAY_MT19937_WORDS = 624 };
struct assay_mt19937 {
  uint32_t word[ASSAY_MT19937_WORDS];
  int at; /* next word; ASSAY_MT19937_WORDS: all are used up */
};

/* Initialised by the array key [n], n >= 1; random.seed(0) of CPython is the key {0}. */
void assay_mt19937_seed(struct assay_mt19937 *mt, const uint32_t *key, int n);
/* The next 32 bits. */
uint32_t assay_mt19937_next(struct assay_mt19937 *mt);
/* Uniform in 0 .. n-1, 1 <= n < 2^31: the top bits of a number, drawn again until below n. */
uint32_t assay_mt19937_below(struct assay_mt19937 *mt, uint32_t n);
/* What random.shuffle does to items [n]. */
void assay_mt19937_shuffle(struct assay_mt19937 *mt, long *items, long n);

#endif
