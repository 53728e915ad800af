/* The two loops of a direct convolution with stride 1, one table per instruction set. Planes are
 * padded, so that an entry (c, ky, kx) of the window is one offset for all positions; positions are
 * where vectors of neighbouring numbers start. What is summed stays in registers: `channels` times
 * `vectors` of them.
 *
 * Unlike those of kernels.h these use fused multiply-adds where the set has them: as with the
 * matrix products of a library, bits are the same for one instruction set. */
#ifndef ASSAY_BASELINES_NEURAL_CONV_KERNELS_H
#define ASSAY_BASELINES_NEURAL_CONV_KERNELS_H
#include <stdbool.h>
#include <stddef.h>

#include "core/num/isa.h"

enum { ASSAY_NN_CONV_CHANNELS = 6, ASSAY_NN_CONV_LANES = 16 }; /* most, of all sets */

struct assay_nn_conv_kernels {
  int lanes;
  /* out[j pitch + to[p] + l] = bias[j] + sum_k weight[k channels + j] x[offset[k] + at[p] + l]
   * for j < channels <= ASSAY_NN_CONV_CHANNELS, p < positions, l < lanes; bias NULL: 0, or with
   * `add` what stood there; positions do not overlap then */
  void (*correlate)(float *out, size_t pitch, const int *to, const float *x, const int *at,
                    int positions, const float *weight, const float *bias, const int *offset, int k,
                    int channels, bool add);
  /* sums[(j k + i) lanes + l] += sum_p d[j pitch + from[p] + l] x[offset[i] + at[p] + l]
   * for j < channels, i < k */
  void (*accumulate)(float *sums, const float *d, size_t pitch, const int *from, const float *x,
                     const int *at, int positions, const int *offset, int k, int channels);
  /* out[i] += sum_l sums[i lanes + l], i < n, in pairs */
  void (*reduce)(float *out, const float *sums, size_t n);
};

ASSAY_ISA_DECLARE(struct assay_nn_conv_kernels, assay_nn_conv_kernels)

/* Those of this process. */
const struct assay_nn_conv_kernels *assay_nn_conv_kernels(void);

#endif
