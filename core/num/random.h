/* Random numbers: Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A number depends on nothing but where it
 * stands: (seed of the data set, case, stream, index). So any case can be made alone, in any order
 * and on any number of processes, and generators keep one stream per purpose (initial field,
 * forcing, noise ...) so that drawing more of one does not shift another.
 *
 * Layout, part of what a data set promises:
 *   key      k0 = seed low 32 bits, k1 = seed high 32 bits
 *   counter  c0 = block, c1 = stream, c2 = case low 32 bits, c3 = case high 32 bits
 *   number   with index 2 b:     w0 | w1 << 32 of block b;
 *            with index 2 b + 1: w2 | w3 << 32.
 * A stream has 2^33 numbers; going beyond is a broken contract (assert). Every draw of a uniform or
 * normal deviate takes exactly one number, so assay_rng_at reaches the i-th deviate directly. */
#ifndef ASSAY_CORE_NUM_RANDOM_H
#define ASSAY_CORE_NUM_RANDOM_H
#include <stddef.h>
#include <stdint.h>

/* A value type: copy it to remember a place in a stream. */
struct assay_rng {
  uint64_t seed, case_id;
  uint32_t stream;
  uint64_t index; /* of the next number */
  uint64_t ready; /* the index whose number is `spare`, UINT64_MAX: none */
  uint64_t spare;
};

/* One Philox4x32-10 block. */
void assay_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/* The stream from its start. */
struct assay_rng assay_rng_init(uint64_t seed, uint64_t case_id, uint32_t stream);

/* The same stream with `index` as its next number, 0 <= index < 2^33. */
struct assay_rng assay_rng_at(const struct assay_rng *rng, uint64_t index);

/* ---- one number at a time ----------------------------------------------------------------- */

/* All 64 bits. */
uint64_t assay_rng_bits(struct assay_rng *rng);

/* Uniform in [0, 1): (bits >> 11) 2^-53. */
double assay_rng_uniform(struct assay_rng *rng);

/* Uniform in (0, 1]: a multiple of 2^-53. For logarithms. */
double assay_rng_uniform_positive(struct assay_rng *rng);

/* lo + (hi - lo) u with u uniform in [0, 1); may round to hi. */
double assay_rng_between(struct assay_rng *rng, double lo, double hi);

/* Standard normal deviate: the inverse distribution function (Wichura's AS 241, relative error
 * about 1e-15) at (k + 1/2) / 2^52, k uniform of 52 bits; hence |z| < 8.21 and z is symmetric. */
double assay_rng_normal(struct assay_rng *rng);

/* Uniform integer in 0 .. n-1 without bias, 1 <= n (Lemire 2019). Takes one number, or more with
 * probability below n / 2^64. */
uint64_t assay_rng_below(struct assay_rng *rng, uint64_t n);

/* out [n] = a random permutation of 0 .. n-1 (Fisher and Yates), n >= 0. */
void assay_rng_permutation(struct assay_rng *rng, ptrdiff_t *out, ptrdiff_t n);

/* Shuffle n items of `size` bytes in place, in the same order as assay_rng_permutation draws. */
void assay_rng_shuffle(struct assay_rng *rng, void *items, size_t n, size_t size);

/* ---- arrays: the bits of n single draws --------------------------------------------------- */

void assay_rng_fill_uniform(struct assay_rng *rng, double *out, ptrdiff_t n);
void assay_rng_fill_normal(struct assay_rng *rng, double *out, ptrdiff_t n);

#endif
