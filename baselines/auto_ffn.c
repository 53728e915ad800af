/* Auto-FFN: a plain network from the whole frame, the parameters and a place to the next frame
 * there, as a change of what is there:
 *
 *   u'(y, x) = u(y, x) + f(u, p, y, x) ,   f with 8 hidden layers of 200, rectified .
 *
 * The frame and the parameters are the same for all points of a sample, so the first layer applies
 * their part of its weights once per sample.
 *
 * Not as published: all is standardised on the training cases, all fields asked for go in and come
 * out, and every point gets the frame of its own sample. The original paired the points of a batch
 * with frames of other samples, so that all it could learn was to leave the frame as it is;
 * `published` does that too - the frame that goes into the first layer is that of the next sample
 * of the batch - with the units of the original.
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/models.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"

struct settings {
  int width, depth, points;
  bool boundary;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .width = 200,
    .depth = 8,
    .points = 1000,
    .boundary = true,
    .training = ASSAY_NN_PUBLISHED_TRAINING,
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "of the hidden layers", .min = 1,
     .max = 8192},
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "hidden layers", .min = 1, .max = 100},
    {ASSAY_P_INT(settings, points), .unit = "1", .doc = "points of a sample in an optimiser step",
     .min = 1, .max = 1e6},
    {ASSAY_P_BOOL(settings, boundary), .doc = "put imposed values around the frame"},
    ASSAY_NN_ORIGINAL_ROWS(settings),
    ASSAY_NN_LAG_ROW(settings),
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

static int build(struct assay_nn_graph *g, const struct assay_nn_sizes *z, const void *context)
{
  const struct settings *s = context;
  const int parts[] = {assay_nn_input(g, "state", 1, (int[]){z->n_fields * z->rows * z->columns}),
                       z->n_params > 0 ? assay_nn_input(g, "parameters", 1, &z->n_params) : -1};
  const int about = z->n_params > 0 ? assay_nn_concat(g, 0, parts, 2) : parts[0];
  const int points = assay_nn_input(g, "points", 2, (int[]){z->points, z->n_axes});
  int x = assay_nn_joint(g, "layers.0", about, points, s->width);
  for (int i = 1; i <= s->depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%d", i);
    x = assay_nn_relu(g, x);
    x = assay_nn_linear(g, name, x, i < s->depth ? s->width : z->n_fields);
  }
  return assay_nn_add(g, x, assay_nn_input(g, "before", 2, (int[]){z->points, z->n_fields}));
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  (void)defects;
  return (struct assay_nn_layout){.points = s->points, .parts = 1, .ring = s->boundary};
}

extern const struct assay_baseline assay_baseline_auto_ffn;
const struct assay_nn_model assay_nn_model_auto_ffn = {
    .baseline = &assay_baseline_auto_ffn,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_PADDING | ASSAY_NN_MIXED,
                .published = ASSAY_NN_UNITS | ASSAY_NN_PADDING | ASSAY_NN_STEADY | ASSAY_NN_MIXED},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_auto_ffn)

const struct assay_baseline assay_baseline_auto_ffn = {
    .name = "auto_ffn",
    .version = 1,
    .doc = "network from a frame, parameters and place to the change until the next frame",
    .reference = "Auto-FFN of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
