/* ResNet: frame, mask and parameters (as constant planes) to the change until the next frame, in
 * six residual blocks of two convolutions of 7 x 7 (convnets.h).
 *
 * Not as published: fields and parameters are standardised on the training cases; what is imposed
 * at the sides is put around the frame before every step, instead of being multiplied away by the
 * mask, and solid places are kept; nothing is left out when answering. `published` and
 * `defects` bring the original back (docs/neural-published.md), with the parameters of norms that
 * it makes and never applies, so that their number is the printed one.
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/convnets.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_pointwise.h"

struct settings {
  int blocks, channels, hidden, kernel;
  double dropout;
  bool boundary;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .blocks = 6,
    .channels = 16,
    .hidden = 64,
    .kernel = 7,
    .dropout = 0.2,
    .boundary = true,
    .training = ASSAY_NN_USUAL_TRAINING(4, 1e-3),
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, blocks), .unit = "1", .doc = "residual blocks", .min = 1, .max = 100},
    {ASSAY_P_INT(settings, channels), .unit = "1", .doc = "between the blocks", .min = 1,
     .max = 1024},
    {ASSAY_P_INT(settings, hidden), .unit = "1", .doc = "channels within a block", .min = 1,
     .max = 1024},
    {ASSAY_P_INT(settings, kernel), .unit = "1", .doc = "rows and columns of the window, odd",
     .min = 1, .max = 31},
    {ASSAY_P_DOUBLE(settings, dropout), .unit = "1", .doc = "share of the hidden numbers left out",
     .min = 0, .max = 0.99},
    {ASSAY_P_BOOL(settings, boundary), .doc = "put imposed values around the frame"},
    ASSAY_NN_ORIGINAL_ROWS(settings),
    ASSAY_NN_LAG_ROW(settings),
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

static int build(struct assay_nn_graph *g, const struct assay_nn_sizes *z, const void *context)
{
  const struct settings *s = context;
  int state = -1, mask = -1;
  const int x = assay_nn_forecast_planes(&state, &mask, g, z);
  const struct assay_nn_resnet net = {.blocks = s->blocks,
                                      .channels = s->channels,
                                      .hidden = s->hidden,
                                      .kernel = s->kernel,
                                      .dropout = s->dropout,
                                      .unused_norms = z->defects & ASSAY_NN_NORMS};
  const int change = assay_nn_resnet(g, x, z->n_fields, &net);
  return assay_nn_next_frame(g, assay_nn_changed(g, state, change, z), z);
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  (void)defects;
  return (struct assay_nn_layout){.parts = 1, .ring = s->boundary};
}

extern const struct assay_baseline assay_baseline_resnet;
const struct assay_nn_model assay_nn_model_resnet = {
    .baseline = &assay_baseline_resnet,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_HELD | ASSAY_NN_RESTLESS | ASSAY_NN_NORMS,
                .published = ASSAY_NN_UNITS | ASSAY_NN_BLIND | ASSAY_NN_STEADY | ASSAY_NN_HELD |
                             ASSAY_NN_NORMS},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_resnet)

const struct assay_baseline assay_baseline_resnet = {
    .name = "resnet",
    .version = 1,
    .doc = "residual network from a frame, mask and parameters to the change until the next frame",
    .reference = "ResNet of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
