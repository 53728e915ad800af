/* U-Net: frame, mask and parameters (as constant planes) to the change until the next frame, on
 * levels of 12, 24, 48, 96 and 192 channels (convnets.h).
 *
 * Not as published: fields and parameters are standardised on the training cases; what is imposed
 * at the sides is put around the frame before every step, instead of being multiplied away by the
 * mask, and solid places are kept; running statistics are used for answers, and
 * scores do not end training with those of the batch. `published` and `defects` bring the original
 * back (docs/neural-published.md).
 *
 * Reference: Luo, Chen and Zhang, CFDBench, arXiv:2310.05963. */
#include "baselines/neural/convnets.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_pointwise.h"

struct settings {
  int width, levels;
  bool boundary;
  struct assay_nn_original original;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .width = 12,
    .levels = 4,
    .boundary = true,
    .training = ASSAY_NN_USUAL_TRAINING(8, 3e-3),
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "channels of the first level", .min = 1,
     .max = 512},
    {ASSAY_P_INT(settings, levels), .unit = "1", .doc = "ways down, each with twice the channels",
     .min = 0, .max = 8},
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
  const int change = assay_nn_unet(g, x, z->n_fields,
                                   &(struct assay_nn_unet){.width = s->width, .levels = s->levels});
  return assay_nn_next_frame(g, assay_nn_changed(g, state, change, z), z);
}

static struct assay_nn_layout layout_of(const void *settings, unsigned defects)
{
  const struct settings *s = settings;
  (void)defects;
  return (struct assay_nn_layout){.parts = 1, .ring = s->boundary};
}

extern const struct assay_baseline assay_baseline_unet;
const struct assay_nn_model assay_nn_model_unet = {
    .baseline = &assay_baseline_unet,
    .build = build,
    .layout = layout_of,
    .history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_HELD | ASSAY_NN_RESTLESS,
                .published = ASSAY_NN_UNITS | ASSAY_NN_BLIND | ASSAY_NN_STEADY | ASSAY_NN_HELD},
    .training = offsetof(struct settings, training),
    .original = offsetof(struct settings, original),
};
ASSAY_NN_TRAIN_AND_PREDICT(assay_nn_model_unet)

const struct assay_baseline assay_baseline_unet = {
    .name = "unet",
    .version = 1,
    .doc = "U-Net from a frame, mask and parameters to the change until the next frame",
    .reference = "U-Net of CFDBench, Luo, Chen and Zhang (2023)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
