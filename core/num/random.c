#include "core/num/random.h"

#include <assert.h>

#include "core/num/random_body.h"
#include "core/num/random_kernels.h"

__extension__ typedef unsigned __int128 wide;

static const uint64_t STREAM_LENGTH = UINT64_C(1) << 33;

void assay_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
  const struct assay_body_block b =
      assay_body_philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  memcpy(out, b.c, sizeof b.c);
}

struct assay_rng assay_rng_init(uint64_t seed, uint64_t case_id, uint32_t stream)
{
  return (struct assay_rng){
      .seed = seed, .case_id = case_id, .stream = stream, .ready = UINT64_MAX};
}

struct assay_rng assay_rng_at(const struct assay_rng *rng, uint64_t index)
{
  struct assay_rng at = assay_rng_init(rng->seed, rng->case_id, rng->stream);
  at.index = index;
  return at;
}

/* counter and key of the stream's first block */
static void place(uint32_t counter[4], uint32_t key[2], const struct assay_rng *rng)
{
  counter[0] = 0;
  counter[1] = rng->stream;
  counter[2] = (uint32_t)rng->case_id;
  counter[3] = (uint32_t)(rng->case_id >> 32);
  key[0] = (uint32_t)rng->seed;
  key[1] = (uint32_t)(rng->seed >> 32);
}

uint64_t assay_rng_bits(struct assay_rng *rng)
{
  const uint64_t index = rng->index++;
  assert(index < STREAM_LENGTH);
  if (index == rng->ready) return rng->spare;
  uint32_t counter[4], key[2], w[4];
  place(counter, key, rng);
  counter[0] = (uint32_t)(index / 2);
  assay_philox(w, counter, key);
  const uint64_t first = w[0] | (uint64_t)w[1] << 32, second = w[2] | (uint64_t)w[3] << 32;
  if (index % 2) return second;
  rng->ready = index + 1;
  rng->spare = second;
  return first;
}

double assay_rng_uniform(struct assay_rng *rng)
{
  return assay_body_uniform(assay_rng_bits(rng));
}

double assay_rng_uniform_positive(struct assay_rng *rng)
{
  return assay_body_uniform(assay_rng_bits(rng)) + 0x1p-53;
}

double assay_rng_between(struct assay_rng *rng, double lo, double hi)
{
  return lo + (hi - lo) * assay_rng_uniform(rng);
}

double assay_rng_normal(struct assay_rng *rng)
{
  return assay_body_normal(assay_rng_bits(rng));
}

/* The high word of bits * n is uniform once the few low words that occur too often are refused. */
uint64_t assay_rng_below(struct assay_rng *rng, uint64_t n)
{
  assert(n > 0);
  wide product = (wide)assay_rng_bits(rng) * n;
  if ((uint64_t)product < n) {
    const uint64_t too_often = -n % n;
    while ((uint64_t)product < too_often) product = (wide)assay_rng_bits(rng) * n;
  }
  return (uint64_t)(product >> 64);
}

void assay_rng_permutation(struct assay_rng *rng, ptrdiff_t *out, ptrdiff_t n)
{
  for (ptrdiff_t i = 0; i < n; i++) out[i] = i;
  assay_rng_shuffle(rng, out, (size_t)n, sizeof *out);
}

static void swap_bytes(char *a, char *b, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    const char t = a[i];
    a[i] = b[i];
    b[i] = t;
  }
}

void assay_rng_shuffle(struct assay_rng *rng, void *items, size_t n, size_t size)
{
  char *base = items;
  for (size_t left = n; left > 1; left--) {
    const size_t pick = assay_rng_below(rng, left);
    swap_bytes(base + pick * size, base + (left - 1) * size, size);
  }
}

/* ---- arrays ------------------------------------------------------------------------------- */

enum { BLOCKS = 256 };

static const struct assay_random_kernels *kernels(void)
{
  return ASSAY_ISA_PICK(assay_random_kernels, assay_isa());
}

/* whole blocks into a buffer, then the part of it that was asked for through `map` */
static void fill(struct assay_rng *rng, double *out, ptrdiff_t n,
                 void (*map)(double *, const uint64_t *, ptrdiff_t))
{
  assert(n <= 0 || rng->index + (uint64_t)n <= STREAM_LENGTH);
  uint64_t bits[2 * BLOCKS];
  uint32_t counter[4], key[2];
  place(counter, key, rng);
  for (ptrdiff_t done = 0; done < n;) {
    const ptrdiff_t skip = (ptrdiff_t)(rng->index % 2);
    ptrdiff_t take = 2 * BLOCKS - skip;
    if (take > n - done) take = n - done;
    kernels()->blocks(bits, counter, key, (uint32_t)(rng->index / 2), (skip + take + 1) / 2);
    map(out + done, bits + skip, take);
    rng->index += (uint64_t)take;
    done += take;
  }
}

void assay_rng_fill_uniform(struct assay_rng *rng, double *out, ptrdiff_t n)
{
  fill(rng, out, n, kernels()->uniform);
}

void assay_rng_fill_normal(struct assay_rng *rng, double *out, ptrdiff_t n)
{
  fill(rng, out, n, kernels()->normal);
}
