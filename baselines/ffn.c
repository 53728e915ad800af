/* FFN: a plain network from parameters, time and place to the fields there.
 *
 *   f(p, t, y, x) = W_n a(... a(W_1 [p t y x] + b_1) ...) + b_n ,   a(z) = max(z, mean of the row
 * z)
 *
 * with 8 hidden layers of 100. The activation is CFDBench's: standardise the row, rectify, undo;
 * the deviation cancels, what stays is the mean as the place of the kink. It looks at one row of
 * one layer, so a prediction does not depend on which other points are asked for.
 *
 * Not as published: parameters, time and fields are standardised on the training cases, coordinates
 * run from -1 to 1, every sample has points of its own, all fields asked for are predicted, and the
 * weights of hidden layers start larger (op_linear.h).
 * `published` brings the units of the original back: fixed constants for the parameters, raw
 * fields, the number of the frame as time and the indices of row and column as place.
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/models.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"

enum { PARTS = 4 }; /* rows of an item: a quarter of the points of a sample stays in the cache */

struct settings {
  int width, depth, points, activation;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .width = 100,
    .depth = 8,
    .points = 1000,
    .training = ASSAY_NN_USUAL_TRAINING(32, 2e-3),
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "of the hidden layers", .min = 1,
     .max = 8192},
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "hidden layers", .min = 1, .max = 100},
    {ASSAY_P_INT(settings, points), .unit = "1", .doc = "points of a sample in an optimiser step",
     .min = PARTS, .max = 1e6},
    {ASSAY_P_CHOICE(settings, activation, "norm_relu", "relu", "gelu", "tanh"),
     .doc = "between the layers"},
    ASSAY_NN_ORIGINAL_ROWS(settings),
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

static int norm_relu(struct assay_nn_graph *g, int x)
{
  return assay_nn_norm_relu(g, x, 1);
}

static int build(struct assay_nn_graph *g, const struct assay_nn_sizes *z, const void *context)
{
  const struct settings *s = context;
  static int (*const activation[])(struct assay_nn_graph *, int) = {norm_relu, assay_nn_relu,
                                                                    assay_nn_gelu, assay_nn_tanh};
  const int parts[] = {z->n_params > 0 ? assay_nn_input(g, "parameters", 1, &z->n_params) : -1,
                       assay_nn_input(g, "time", 1, (int[]){1})};
  const int about = z->n_params > 0 ? assay_nn_concat(g, 0, parts, 2) : parts[1];
  const int points = assay_nn_input(g, "points", 2, (int[]){z->points, z->n_axes});
  const double gain = z->balanced ? ASSAY_NN_KEEPING : 0;
  int x = assay_nn_joint_started(g, "layers.0", about, points, s->width, gain, 0);
  for (int i = 1; i <= s->depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%d", i);
    x = activation[s->activation](g, x);
    x = i < s->depth ? assay_nn_linear_started(g, name, x, s->width, gain, 0)
                     : assay_nn_linear(g, name, x, z->n_fields);
  }
  return x;
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  return (struct assay_nn_layout){
      .points = s->points / PARTS * PARTS, .parts = PARTS, .ring = defects & ASSAY_NN_PADDING};
}

extern const struct assay_baseline assay_baseline_ffn;
const struct assay_nn_model assay_nn_model_ffn = {
    .baseline = &assay_baseline_ffn,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_UNITS | ASSAY_NN_PADDING | ASSAY_NN_ORDER,
                .published = ASSAY_NN_UNITS | ASSAY_NN_PADDING},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_ffn)

const struct assay_baseline assay_baseline_ffn = {
    .name = "ffn",
    .version = 1,
    .doc = "network from parameters, time and place to the fields there",
    .reference = "FFN of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_OPERATOR,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
