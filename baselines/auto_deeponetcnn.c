/* Auto-DeepONetCNN: the change until the next frame from products of what convolutions see in the
 * frame (branch) and functions of the place (trunk), read by a third network:
 *
 *   u'(y, x) = u(y, x) + h(b(u, mask, p) g(y, x)) + c ,   b g element by element.
 *
 * The branch: frame, mask and parameters (as constant planes) to 32 planes by 5 x 5 windows, four
 * times (convolution, the largest of 2 x 2, rectifier), one more convolution, and all numbers in a
 * row: 512 on a grid of 64 x 64. The trunk has 4 rectified layers of 100 and one to as many numbers
 * as the branch has; h has two rectified layers of 512. Grids that are too small for four times 2
 * are halved less often.
 *
 * Not as published: units (see ffn.c), and all fields asked for come out. The original predicts the
 * first one, so that a roll-out keeps the others as they were in the beginning; `published` does
 * that too, with the units of the original and places as (index - 50) / 100.
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include <stdio.h>

#include "baselines/neural/convnets.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"
#include "baselines/neural/stack.h"

struct settings {
  int channels, kernel, levels, width, depth, head, points;
  bool boundary;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .channels = 32,
    .kernel = 5,
    .levels = 4,
    .width = 100,
    .depth = 5,
    .head = 512,
    .points = 1000,
    .boundary = true,
    .training = ASSAY_NN_USUAL_TRAINING(8, 1e-3),
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, channels), .unit = "1", .doc = "planes of the branch", .min = 1,
     .max = 1024},
    {ASSAY_P_INT(settings, kernel), .unit = "1", .doc = "rows and columns of the window, odd",
     .min = 1, .max = 31},
    {ASSAY_P_INT(settings, levels), .unit = "1", .doc = "times that the planes are halved",
     .min = 0, .max = 8},
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "of the hidden layers of the trunk",
     .min = 1, .max = 8192},
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "layers of the trunk", .min = 2, .max = 100},
    {ASSAY_P_INT(settings, head), .unit = "1", .doc = "of the two layers behind the product",
     .min = 1, .max = 8192},
    {ASSAY_P_INT(settings, points), .unit = "1", .doc = "points of a sample in an optimiser step",
     .min = 1, .max = 1e6},
    {ASSAY_P_BOOL(settings, boundary), .doc = "put imposed values around the frame"},
    ASSAY_NN_ORIGINAL_ROWS(settings),
    ASSAY_NN_LAG_ROW(settings),
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

/* What the convolutions see, as one row. */
static int branch(struct assay_nn_graph *g, const struct assay_nn_sizes *z,
                  const struct settings *s)
{
  int state = -1, mask = -1;
  const int planes = assay_nn_forecast_planes(&state, &mask, g, z);
  const struct assay_nn_seer seer = {
      .channels = s->channels, .kernel = s->kernel, .levels = s->levels};
  const int x = assay_nn_seer(g, "branch", planes, &seer);
  if (x < 0) return -1;
  return assay_nn_reshape(g, x, 1, (int[]){(int)assay_nn_shape_size(&g->value[x].shape)});
}

/* Fields that are learned: as published the first one, the others stay as they are. */
static int fields_of(const struct assay_nn_sizes *z)
{
  return z->defects & ASSAY_NN_ONE_FIELD ? 1 : z->n_fields;
}

/* change [k, fields_of] added to what was before [k, n_fields] */
static int change_of(struct assay_nn_graph *g, int change, const struct assay_nn_sizes *z)
{
  const int before = assay_nn_input(g, "before", 2, (int[]){z->points, z->n_fields});
  const int n = fields_of(z);
  if (n == z->n_fields) return assay_nn_changed(g, before, change, z);
  const int still = assay_nn_slice(g, before, 1, n, z->n_fields - n);
  const int moved = assay_nn_changed(g, assay_nn_slice(g, before, 1, 0, n), change, z);
  return assay_nn_concat(g, 1, (const int[]){moved, still}, 2);
}

static int build(struct assay_nn_graph *g, const struct assay_nn_sizes *z, const void *context)
{
  const struct settings *s = context;
  const int b = branch(g, z, s), seen = b < 0 ? 1 : g->value[b].shape.d[0];
  const struct assay_nn_stack trunk = {s->depth, s->width, seen}, head = {3, s->head, fields_of(z)};
  const int places = assay_nn_stack(g, "trunk", assay_nn_places(g, z), &trunk);
  const int all = assay_nn_broadcast(g, b, 2, (int[]){z->points, seen});
  const int read = assay_nn_stack(g, "head", assay_nn_mul(g, all, places), &head);
  return change_of(g, assay_nn_bias(g, "offset", read, 1), z);
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  (void)defects;
  return (struct assay_nn_layout){.points = s->points, .parts = 1, .ring = s->boundary};
}

extern const struct assay_baseline assay_baseline_auto_deeponetcnn;
const struct assay_nn_model assay_nn_model_auto_deeponetcnn = {
    .baseline = &assay_baseline_auto_deeponetcnn,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_PADDING | ASSAY_NN_ONE_FIELD,
                .published = ASSAY_NN_UNITS | ASSAY_NN_BLIND | ASSAY_NN_PADDING | ASSAY_NN_STEADY |
                             ASSAY_NN_ONE_FIELD},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_auto_deeponetcnn)

const struct assay_baseline assay_baseline_auto_deeponetcnn = {
    .name = "auto_deeponetcnn",
    .version = 1,
    .doc = "change until the next frame: a network of the product of convolutions of frame, mask "
           "and parameters and a network of place",
    .reference = "Auto-DeepONetCNN of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
