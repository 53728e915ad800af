/* Convolution with stride 1 without columns: a loop over padded planes (conv_kernels.h).
 *
 *   y[m, i] = b[m] + sum_{c, k} w[m, c, k] x[c, i + s_k],       x padded, s_k = ky wp + kx
 *   dx[c, i] = sum_{m, k} w[m, c, k] dy[m, i - s_k],            then folded back over the padding
 *   dw[m, c, k] = sum_i dy[m, i] x[c, i + s_k]
 *
 * dy stands in rows of wp numbers with zeros behind the wo that count: what sticks out of a row on
 * the left then meets the zeros of the row before, and one offset serves for all positions. */
#ifndef ASSAY_BASELINES_NEURAL_CONV_DIRECT_H
#define ASSAY_BASELINES_NEURAL_CONV_DIRECT_H
#include "baselines/neural/window.h"

struct assay_nn_direct;

/* For m planes of output from windows w (stride 1). *scratch: floats that the calls need. */
int assay_nn_direct_create(struct assay_nn_direct **out, size_t *scratch,
                           const struct assay_nn_window *w, int m);
void assay_nn_direct_destroy(struct assay_nn_direct *d);

/* n items: y [n, m, ho, wo] of x [n, c, h, w]; weight [m, c, kh, kw], bias [m] or NULL. */
void assay_nn_direct_forward(const struct assay_nn_direct *d, float *y, const float *x,
                             const float *weight, const float *bias, int n, float *scratch);

/* d_weight += ...; d_x [n, c, h, w] = or += ..., NULL: not wanted */
void assay_nn_direct_backward(const struct assay_nn_direct *d, float *d_weight, float *d_x,
                              bool add, const float *d_y, const float *x, const float *weight,
                              int n, float *scratch);

#endif
