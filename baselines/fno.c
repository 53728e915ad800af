/* FNO: Fourier neural operator from a frame, the mask of the fluid, the place and the parameters
 * (as constant planes) to the next frame,
 *
 *   v_0 = P [u, mask, p, x, y],   v_{i+1} = gelu(S_i v_i + W_i v_i), i = 0 .. 3,
 *   u' = mask (u + c Q' gelu(Q v_4)),
 *
 * S_i a spectral convolution of 12 x 12 waves in each of two corner blocks (op_spectral.h), P, W_i,
 * Q, Q' linear along the channels with offsets: to 32, 32, 128 and the fields. The grid counts as
 * periodic.
 *
 * Not as published: fields and parameters are standardised on the training cases; what is imposed
 * at the sides is put around the frame before every step; a grid too small for so many waves has
 * fewer; with `change` the network says what is to be added to the frame. `published` and `defects`
 * bring the original back (docs/neural-published.md).
 *
 * References: Li et al., arXiv:2010.08895; Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include <stdio.h>

#include "baselines/neural/convnets.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"
#include "baselines/neural/op_spectral.h"

struct settings {
  int width, depth, modes, projection;
  bool change, boundary;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .width = 32,
    .depth = 4,
    .modes = 12,
    .projection = 128,
    .change = true,
    .boundary = true,
    .training = ASSAY_NN_USUAL_TRAINING(8, 3e-3),
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "channels", .min = 1, .max = 1024},
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "spectral convolutions", .min = 1,
     .max = 32},
    {ASSAY_P_INT(settings, modes), .unit = "1",
     .doc = "waves along rows, and up and down columns; fewer where the grid has fewer", .min = 1,
     .max = 1024},
    {ASSAY_P_INT(settings, projection), .unit = "1", .doc = "channels of the last hidden layer",
     .min = 1, .max = 8192},
    {ASSAY_P_BOOL(settings, change),
     .doc = "predict the change of the frame; not when as published"},
    {ASSAY_P_BOOL(settings, boundary), .doc = "put imposed values around the frame"},
    ASSAY_NN_ORIGINAL_ROWS(settings),
    ASSAY_NN_LAG_ROW(settings),
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

/* Frame, mask, parameters and coordinates beside each other. */
static int inputs(int *state, int *mask, struct assay_nn_graph *g, const struct assay_nn_sizes *z)
{
  const int planes = assay_nn_forecast_planes(state, mask, g, z);
  int places = assay_nn_coordinates(g, z->rows, z->columns);
  if (z->rows == 1) /* one dimension: no y */
    places = assay_nn_reshape(g, assay_nn_slice(g, places, 0, 0, 1), 2, (int[]){1, z->columns});
  return assay_nn_concat(g, 0, (const int[]){planes, places}, 2);
}

static int pointwise(struct assay_nn_graph *g, const char *name, int x, int channels)
{
  return assay_nn_conv(g, name, x, &(struct assay_nn_conv){.channels = channels, .kernel = 1});
}

static int block(struct assay_nn_graph *g, int i, int x, const struct settings *s,
                 const struct assay_nn_sizes *z)
{
  char name[32];
  const int most_rows = z->rows / 2, most_columns = z->columns / 2 + 1;
  snprintf(name, sizeof name, "w%d", i);
  const int points = pointwise(g, name, x, s->width);
  snprintf(name, sizeof name, "conv%d", i);
  return assay_nn_gelu(g,
                       assay_nn_spectral_onto(g, name, points, x, s->width,
                                              s->modes < most_rows ? s->modes : most_rows,
                                              s->modes < most_columns ? s->modes : most_columns));
}

static int build(struct assay_nn_graph *g, const struct assay_nn_sizes *z, const void *context)
{
  const struct settings *s = context;
  int state = -1, mask = -1;
  int x = pointwise(g, "fc0", inputs(&state, &mask, g, z), s->width);
  for (int i = 0; i < s->depth; i++) x = block(g, i, x, s, z);
  x = assay_nn_gelu(g, pointwise(g, "fc1", x, s->projection));
  x = pointwise(g, "fc2", x, z->n_fields);
  if (s->change && !s->original.published) x = assay_nn_changed(g, state, x, z);
  if (!(z->defects & ASSAY_NN_UNMASKED))
    x = assay_nn_mul(g, x, assay_nn_repeated_plane(g, mask, z->n_fields, z));
  return assay_nn_next_frame(g, x, z);
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  (void)defects;
  return (struct assay_nn_layout){.parts = 1, .ring = s->boundary};
}

extern const struct assay_baseline assay_baseline_fno;
const struct assay_nn_model assay_nn_model_fno = {
    .baseline = &assay_baseline_fno,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_UNMASKED,
                .published = ASSAY_NN_UNITS | ASSAY_NN_BLIND | ASSAY_NN_STEADY},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_fno)

const struct assay_baseline assay_baseline_fno = {
    .name = "fno",
    .version = 1,
    .doc = "Fourier neural operator from a frame, mask, place and parameters to the next frame",
    .reference = "Li et al. (2021); FNO of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
