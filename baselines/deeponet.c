/* DeepONet: fields as inner products of coefficients that depend on the parameters (branch) and
 * functions of time and place (trunk):
 *
 *   f(p, t, y, x) = sum_i b_i(p) g_i(t, y, x) + c ,
 *
 * both networks of 8 layers of 100; the first layer of the trunk adds a linear map of the time and
 * one of the place. Between layers max(z, mean of z), see ffn.c.
 *
 * Not as published: the mean in the activation of the trunk is taken over the row of one point. In
 * the original it runs over all points asked for as well, so that a prediction at one point depends
 * on which others are asked for; and the weights of hidden layers start larger (op_linear.h).
 * `published` brings the original back, with the units of the original (see
 * ffn.c). For several fields the branch has coefficients for each, the trunk is the same.
 *
 * Reference: Lu, Jin, Pang, Zhang and Karniadakis, Nature Machine Intelligence 3 (2021); Luo, Chen
 * and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/models.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"

enum { PARTS = 4 }; /* rows of an item: a quarter of the points of a sample stays in the cache */

struct settings {
  int width, depth, points;
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
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "layers of branch and trunk", .min = 2,
     .max = 100},
    {ASSAY_P_INT(settings, points), .unit = "1", .doc = "points of a sample in an optimiser step",
     .min = PARTS, .max = 1e6},
    ASSAY_NN_ORIGINAL_ROWS(settings),
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

/* Layers [from, depth) of a stack with an activation between them, none behind the last. */
static int stack(struct assay_nn_graph *g, const char *name, int x, int from,
                 const struct settings *s, int last, int dims, double gain)
{
  for (int i = from; i < s->depth; i++) {
    char layer[32];
    snprintf(layer, sizeof layer, "%s.%d", name, i);
    if (i > 0) x = assay_nn_norm_relu(g, x, dims);
    x = i + 1 < s->depth ? assay_nn_linear_started(g, layer, x, s->width, gain, 0)
                         : assay_nn_linear(g, layer, x, last);
  }
  return x;
}

/* Without parameters the branch has nothing to see but the constant 1 that time stands for. */
static int build(struct assay_nn_graph *g, const struct assay_nn_sizes *z, const void *context)
{
  const struct settings *s = context;
  const double gain = z->balanced ? ASSAY_NN_KEEPING : 0;
  const int time = assay_nn_input(g, "time", 1, (int[]){1});
  const int params = z->n_params > 0 ? assay_nn_input(g, "parameters", 1, &z->n_params) : time;
  const int points = assay_nn_input(g, "points", 2, (int[]){z->points, z->n_axes});
  const int branch = stack(g, "branch", params, 0, s, s->width * z->n_fields, 1, gain);
  const int at_time = assay_nn_broadcast(g, assay_nn_linear(g, "trunk_time", time, s->width), 2,
                                         (int[]){z->points, s->width});
  const int first = assay_nn_add(g, at_time, assay_nn_linear(g, "trunk_place", points, s->width));
  const int trunk =
      stack(g, "trunk", first, 1, s, s->width, z->defects & ASSAY_NN_COMPANY ? 2 : 1, gain);
  const int a = assay_nn_reshape(g, branch, 2, (int[]){z->n_fields, s->width});
  return assay_nn_bias(g, "offset", assay_nn_inner(g, a, trunk), 1);
}

/* As published, the points of a sample are one item: they are looked at together. */
static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  const int parts = defects & ASSAY_NN_COMPANY ? 1 : PARTS;
  return (struct assay_nn_layout){
      .points = s->points / parts * parts, .parts = parts, .ring = defects & ASSAY_NN_PADDING};
}

extern const struct assay_baseline assay_baseline_deeponet;
const struct assay_nn_model assay_nn_model_deeponet = {
    .baseline = &assay_baseline_deeponet,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_UNITS | ASSAY_NN_PADDING | ASSAY_NN_COMPANY | ASSAY_NN_ORDER,
                .published = ASSAY_NN_UNITS | ASSAY_NN_PADDING | ASSAY_NN_COMPANY},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_deeponet)

const struct assay_baseline assay_baseline_deeponet = {
    .name = "deeponet",
    .version = 1,
    .doc = "inner product of a network of the parameters and one of time and place",
    .reference = "Lu et al. (2021); DeepONet of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_OPERATOR,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
