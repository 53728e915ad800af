#include "core/num/random_kernels.h"

#include "core/num/random_body.h"

static void blocks(uint64_t *bits, const uint32_t counter[4], const uint32_t key[2], uint32_t first,
                   ptrdiff_t n)
{
  const uint32_t c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) {
    const struct assay_body_block b = assay_body_philox(first + (uint32_t)i, c1, c2, c3, k0, k1);
    bits[2 * i] = b.c[0] | (uint64_t)b.c[1] << 32;
    bits[2 * i + 1] = b.c[2] | (uint64_t)b.c[3] << 32;
  }
}

static void uniform(double *out, const uint64_t *bits, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = assay_body_uniform(bits[i]);
}

static void normal(double *out, const uint64_t *bits, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) out[i] = assay_body_normal(bits[i]);
}

const struct assay_random_kernels ASSAY_ISA_NAME(assay_random_kernels) = {
    .blocks = blocks,
    .uniform = uniform,
    .normal = normal,
};
