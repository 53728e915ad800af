/* The bodies of the convolutional methods. */
#ifndef ASSAY_BASELINES_NEURAL_CONVNETS_H
#define ASSAY_BASELINES_NEURAL_CONVNETS_H
#include "baselines/neural/sampler.h"

struct assay_nn_unet {
  int width;  /* channels of the first level; twice as many with every level down */
  int levels; /* ways down */
};

/* x [c, h, w] to [m, h, w]. On every level two convolutions of 3 x 3, each normalised over the
 * batch and rectified; down by the largest of 2 x 2, up by a transposed convolution of 2 x 2 beside
 * what the level had on the way down; a last convolution of 1 x 1. What borders on nothing sees its
 * nearest neighbour. Ronneberger, Fischer, Brox 2015. Planes that are too small for so many levels
 * have fewer. */
int assay_nn_unet(struct assay_nn_graph *g, int x, int m, const struct assay_nn_unet *s);

struct assay_nn_resnet {
  int blocks, channels, hidden, kernel;
  double dropout;
  bool unused_norms; /* count parameters of norms that are never applied, as CFDBench does */
};

/* x [c, h, w] to [m, h, w] through blocks y = W x + C (D gelu(C' x)), gelu after all but the last:
 * C', C convolutions to `hidden` and `channels` (m in the last) planes, D dropout, W a convolution
 * of 1 x 1 where the number of planes changes, else the identity. He et al. 2016. */
int assay_nn_resnet(struct assay_nn_graph *g, int x, int m, const struct assay_nn_resnet *s);

struct assay_nn_seer {
  int channels, kernel;
  int levels; /* times that rows and columns are halved */
};

/* x [c, h, w] to [channels, h / 2^levels, w / 2^levels]: convolutions of kernel x kernel windows
 * with zeros around, "name.0" and then one per level, each of these halved by the largest of 2 x 2
 * and rectified, and a last one. Planes that are too small for so many levels have fewer. */
int assay_nn_seer(struct assay_nn_graph *g, const char *name, int x, const struct assay_nn_seer *s);

/* Frame, mask and parameters (as constant planes) of a forecast as planes [n_fields + 1 + n_params,
 * rows, columns], or [.., columns] in one dimension; *state is the frame, *mask the mask. */
int assay_nn_forecast_planes(int *state, int *mask, struct assay_nn_graph *g,
                             const struct assay_nn_sizes *sizes);
/* x with one plane, as `channels` of them. */
int assay_nn_repeated_plane(struct assay_nn_graph *g, int x, int channels,
                            const struct assay_nn_sizes *sizes);
/* Planes as the next frame [n_fields, rows, columns], whatever the dimension. */
int assay_nn_next_frame(struct assay_nn_graph *g, int planes, const struct assay_nn_sizes *sizes);

#endif
