/* The loops of random.h, one table per instruction set (core/num/isa.h). Internal to core/num. */
#ifndef ASSAY_CORE_NUM_RANDOM_KERNELS_H
#define ASSAY_CORE_NUM_RANDOM_KERNELS_H
#include <stddef.h>
#include <stdint.h>

#include "core/num/isa.h"

struct assay_random_kernels {
  /* bits [2 n] = the numbers of blocks first .. first + n - 1; counter and key as in random.h */
  void (*blocks)(uint64_t *bits, const uint32_t counter[4], const uint32_t key[2], uint32_t first,
                 ptrdiff_t n);
  void (*uniform)(double *out, const uint64_t *bits, ptrdiff_t n);
  void (*normal)(double *out, const uint64_t *bits, ptrdiff_t n);
};

ASSAY_ISA_DECLARE(struct assay_random_kernels, assay_random_kernels)

#endif
