/* Convolutions of planes [c, h, w] or rows [c, n], and their transposes. */
#ifndef ASSAY_BASELINES_NEURAL_OP_CONV_H
#define ASSAY_BASELINES_NEURAL_OP_CONV_H
#include "baselines/neural/op.h"
#include "baselines/neural/window.h"

extern const struct assay_nn_op assay_nn_op_conv, assay_nn_op_conv_transposed;

struct assay_nn_conv {
  int channels; /* of the output */
  int kernel;   /* the window has kernel rows and columns */
  int stride;   /* 0: 1 */
  int padding;  /* on each side */
  enum assay_nn_padding mode;
  bool no_bias;
};

/* y[m] = b[m] + sum_c w[m, c] * x[c] (correlation, as everywhere in this trade); weight
 * [channels, c, kernel, kernel] and bias [channels] start uniform within 1 / sqrt(c kernel^2). */
int assay_nn_conv(struct assay_nn_graph *g, const char *name, int x, const struct assay_nn_conv *s);

/* The transpose of a convolution that would make x of the output: planes of (h - 1) stride + kernel
 * - 2 padding rows. weight [c, channels, kernel, kernel], bias [channels], both starting uniform
 * within 1 / sqrt(channels kernel^2). Padding with zeros only. */
int assay_nn_conv_transposed(struct assay_nn_graph *g, const char *name, int x,
                             const struct assay_nn_conv *s);

#endif
