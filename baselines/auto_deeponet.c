/* Auto-DeepONet: the change until the next frame as inner products of coefficients that depend on
 * the frame and the parameters (branch) and functions of the place (trunk):
 *
 *   u'(y, x) = u(y, x) + sum_i b_i(u, p) g_i(y, x) + c ,
 *
 * both networks of 8 rectified layers of 100. For several fields the branch has coefficients for
 * each, the trunk is the same.
 *
 * Not as published: units (see ffn.c); `published` brings them back, with places as
 * (index - 50) / 100.
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/models.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"
#include "baselines/neural/stack.h"

struct settings {
  int width, depth, points;
  bool boundary;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .width = 100,
    .depth = 8,
    .points = 1000,
    .boundary = true,
    .training = ASSAY_NN_USUAL_TRAINING(16, 1e-3),
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "of the hidden layers", .min = 1,
     .max = 8192},
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "layers of branch and trunk", .min = 2,
     .max = 100},
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
  const struct assay_nn_stack of_frame = {s->depth, s->width, s->width * z->n_fields},
                              of_place = {s->depth, s->width, s->width};
  const int branch = assay_nn_stack(g, "branch", about, &of_frame);
  const int trunk = assay_nn_stack(g, "trunk", assay_nn_places(g, z), &of_place);
  const int a = assay_nn_reshape(g, branch, 2, (int[]){z->n_fields, s->width});
  const int change = assay_nn_bias(g, "offset", assay_nn_inner(g, a, trunk), 1);
  const int before = assay_nn_input(g, "before", 2, (int[]){z->points, z->n_fields});
  return assay_nn_changed(g, before, change, z);
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  (void)defects;
  return (struct assay_nn_layout){.points = s->points, .parts = 1, .ring = s->boundary};
}

extern const struct assay_baseline assay_baseline_auto_deeponet;
const struct assay_nn_model assay_nn_model_auto_deeponet = {
    .baseline = &assay_baseline_auto_deeponet,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_PADDING,
                .published = ASSAY_NN_UNITS | ASSAY_NN_PADDING | ASSAY_NN_STEADY},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_auto_deeponet)

const struct assay_baseline assay_baseline_auto_deeponet = {
    .name = "auto_deeponet",
    .version = 1,
    .doc =
        "change until the next frame: inner product of a network of frame and parameters and one "
        "of place",
    .reference = "Auto-DeepONet of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
