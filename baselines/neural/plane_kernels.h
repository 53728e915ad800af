/* Loops over planes for normalisation and dropout, one table per instruction set. Same bits for
 * all of them, as in kernels.h. */
#ifndef ASSAY_BASELINES_NEURAL_PLANE_KERNELS_H
#define ASSAY_BASELINES_NEURAL_PLANE_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/num/isa.h"

struct assay_nn_plane_kernels {
  /* sums[0] += sum a_i, sums[1] += sum a_i b_i; b may be a */
  void (*moments)(double sums[2], const float *a, const float *b, size_t n);
  /* out = scale x + shift; out may be x */
  void (*affine)(float *out, const float *x, float scale, float shift, size_t n);
  /* d_x = or += scale d_y + slope x + shift; d_x may be d_y when not adding */
  void (*affine_back)(float *d_x, const float *d_y, const float *x, float scale, float slope,
                      float shift, size_t n, bool add);
  /* out [n] = 0 where a number of 16 random bits is below `limit`, else `kept`. Eight numbers are
   * drawn from every Philox4x32-10 block (core/num/random.h); counter[0] is that of the first. */
  void (*draw)(float *out, size_t n, const uint32_t counter[4], const uint32_t key[2],
               uint32_t limit, float kept);
};

ASSAY_ISA_DECLARE(struct assay_nn_plane_kernels, assay_nn_plane_kernels)

/* Those of this process. */
const struct assay_nn_plane_kernels *assay_nn_plane_kernels(void);

#endif
