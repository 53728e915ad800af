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
 * of the batch - with the units of the original. What the network says is in units of the usual
 * change; frame, parameters and place are balanced (stack.h), and the weights of hidden layers
 * start larger than with PyTorch, behind whose eight layers nothing is left of what went in.
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/models.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/stack.h"

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
    .training = ASSAY_NN_USUAL_TRAINING(16, 1e-3),
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
  int parts;
  const double gain = z->balanced ? ASSAY_NN_KEEPING : 0;
  const int about = assay_nn_frame_and_parameters(&parts, g, z);
  const int points = assay_nn_input(g, "points", 2, (int[]){z->points, z->n_axes});
  int x = assay_nn_joint_started(g, "layers.0", about, assay_nn_part(g, points, z), s->width, gain,
                                 z->balanced ? parts + 1 : 0);
  for (int i = 1; i <= s->depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%d", i);
    x = assay_nn_relu(g, x);
    x = i < s->depth ? assay_nn_linear_started(g, name, x, s->width, gain, 0)
                     : assay_nn_linear(g, name, x, z->n_fields);
  }
  const int before = assay_nn_input(g, "before", 2, (int[]){z->points, z->n_fields});
  return assay_nn_changed(g, before, x, z);
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
