/* Windows that slide over the planes of an item, [c, h, w] or [c, w] (then h is 1): sizes, padding
 * and what convolution and pooling share. All of them first pad a plane to [hp, wp]; a window at
 * (y, x) of the output then covers rows stride y to stride y + kh - 1 of it. */
#ifndef ASSAY_BASELINES_NEURAL_WINDOW_H
#define ASSAY_BASELINES_NEURAL_WINDOW_H
#include "baselines/neural/shape.h"

/* What stands around a plane. */
enum assay_nn_padding {
  ASSAY_NN_PAD_ZEROS,
  ASSAY_NN_PAD_REPLICATE, /* the nearest number of the plane */
  ASSAY_NN_PAD_CIRCULAR,  /* the other side */
  ASSAY_NN_PAD_REFLECT,   /* mirrored at the outermost numbers, which are not repeated */
  ASSAY_NN_PADDINGS
};

struct assay_nn_window {
  int c, h, w;                /* planes that it slides over */
  int kh, kw, stride, ph, pw; /* window, step, rows and columns added on each side */
  enum assay_nn_padding mode;
  int hp, wp; /* padded plane */
  int ho, wo; /* positions of the window */
};

/* Windows of kernel^2 (kernel numbers for [c, w]) over planes of shape s, padded on all sides.
 * ASSAY_EARG: not such planes, or a window that does not fit, or padding that the mode cannot make
 * of so small a plane. */
int assay_nn_window_make(struct assay_nn_window *out, const struct assay_nn_shape *s, int kernel,
                         int stride, int padding, int mode);

/* Shape of c planes of positions, of the same number of dimensions as s. */
struct assay_nn_shape assay_nn_window_shape(const struct assay_nn_window *w,
                                            const struct assay_nn_shape *s, int c);

/* out [c, pitch], each with a padded plane [hp, wp] in front, from x [c, h, w]. */
void assay_nn_window_pad(float *out, size_t pitch, const float *x, const struct assay_nn_window *w);

/* Its transpose: d_x [c, h, w] = or += d [c, pitch] summed over where each number was put. */
void assay_nn_window_fold(float *d_x, bool add, const float *d, size_t pitch,
                          const struct assay_nn_window *w);

/* columns [c kh kw, ld]: row (c, ky, kx), entries [0, ho wo): what the window sees there; of padded
 * planes [c, pitch]. */
void assay_nn_window_columns(float *columns, size_t ld, const float *padded, size_t pitch,
                             const struct assay_nn_window *w);

/* Its transpose: padded planes += columns. */
void assay_nn_window_scatter(float *padded, size_t pitch, const float *columns, size_t ld,
                             const struct assay_nn_window *w);

#endif
