#include "baselines/neural/convnets.h"

#include <stdio.h>

#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_norm.h"
#include "baselines/neural/op_pad.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_pool.h"
#include "baselines/neural/op_shape.h"
#include "core/base/err.h"

enum { MOST_LEVELS = 8, NAME = 64 };

/* Length of dimension d of a value; 0: it has none, or the graph has failed. */
static int length(const struct assay_nn_graph *g, int value, int d)
{
  return value < 0 || g->value[value].shape.n <= d ? 0 : g->value[value].shape.d[d];
}

/* ---- U-Net -------------------------------------------------------------------------------- */

/* conv, norm, relu, twice; layers "name.0" to "name.4" */
static int two_convolutions(struct assay_nn_graph *g, const char *name, int x, int channels)
{
  const struct assay_nn_conv conv = {
      .channels = channels, .kernel = 3, .padding = 1, .mode = ASSAY_NN_PAD_REPLICATE};
  char layer[NAME + 16];
  for (int i = 0; i < 2; i++) {
    snprintf(layer, sizeof layer, "%s.%d", name, 3 * i);
    x = assay_nn_conv(g, layer, x, &conv);
    snprintf(layer, sizeof layer, "%s.%d", name, 3 * i + 1);
    x = assay_nn_relu(g, assay_nn_batch_norm(g, layer, x));
  }
  return x;
}

/* x of the level below beside `skip`. */
static int up(struct assay_nn_graph *g, int level, int x, int skip, int channels)
{
  char name[NAME];
  const struct assay_nn_conv conv = {.channels = channels, .kernel = 2, .stride = 2};
  snprintf(name, sizeof name, "up.%d.up", level);
  x = assay_nn_conv_transposed(g, name, x, &conv);
  x = length(g, skip, 2) == 0 ? assay_nn_pad(g, x, 1, length(g, skip, 1))
                              : assay_nn_pad(g, x, length(g, skip, 1), length(g, skip, 2));
  snprintf(name, sizeof name, "up.%d.conv", level);
  return two_convolutions(g, name, assay_nn_concat(g, 0, (const int[]){skip, x}, 2), channels);
}

/* Ways down that leave two numbers at least. */
static int levels_of(const struct assay_nn_graph *g, int x, int wanted)
{
  int levels = wanted < MOST_LEVELS ? wanted : MOST_LEVELS;
  for (int d = 1; d < 3; d++)
    while (levels > 0 && length(g, x, d) > 0 && length(g, x, d) >> levels < 2) levels--;
  return levels;
}

int assay_nn_unet(struct assay_nn_graph *g, int x, int m, const struct assay_nn_unet *s)
{
  int skip[MOST_LEVELS];
  char name[NAME];
  const int levels = levels_of(g, x, s->levels);
  x = two_convolutions(g, "in_conv", x, s->width);
  for (int i = 0; i < levels; i++) {
    skip[i] = x;
    snprintf(name, sizeof name, "down.%d", i);
    x = two_convolutions(g, name, assay_nn_max_pool(g, x, 2, 2), s->width << (i + 1));
  }
  for (int i = levels - 1; i >= 0; i--) x = up(g, levels - 1 - i, x, skip[i], s->width << i);
  return assay_nn_conv(g, "out_conv", x, &(struct assay_nn_conv){.channels = m, .kernel = 1});
}

/* ---- ResNet ------------------------------------------------------------------------------- */

static void add_unused_norm(struct assay_nn_graph *g, int block, int which, int channels)
{
  static const struct assay_nn_start one = {.how = ASSAY_NN_ONES}, zero = {.how = ASSAY_NN_ZEROS};
  const struct assay_nn_shape shape = assay_nn_shape(1, &channels);
  char name[NAME];
  int row;
  for (int i = 0; i < 2 && g->rc >= 0; i++) {
    snprintf(name, sizeof name, "blocks.%d.bn%d.%s", block, which, i ? "bias" : "weight");
    g->rc = assay_nn_params_add(&row, g->params, name, &shape, i ? &zero : &one, true);
  }
}

static int block(struct assay_nn_graph *g, int i, int x, int channels,
                 const struct assay_nn_resnet *s)
{
  char name[NAME];
  struct assay_nn_conv conv = {.channels = s->hidden,
                               .kernel = s->kernel,
                               .padding = s->kernel / 2,
                               .mode = ASSAY_NN_PAD_REPLICATE};
  snprintf(name, sizeof name, "blocks.%d.conv1", i);
  int y = assay_nn_dropout(g, assay_nn_gelu(g, assay_nn_conv(g, name, x, &conv)), s->dropout);
  conv.channels = channels;
  snprintf(name, sizeof name, "blocks.%d.conv2", i);
  y = assay_nn_conv(g, name, y, &conv);
  if (s->unused_norms) add_unused_norm(g, i, 1, s->hidden);
  if (s->unused_norms) add_unused_norm(g, i, 2, channels);
  snprintf(name, sizeof name, "blocks.%d.skip", i);
  if (length(g, x, 0) != channels)
    x = assay_nn_conv(g, name, x, &(struct assay_nn_conv){.channels = channels, .kernel = 1});
  return assay_nn_add(g, y, x);
}

int assay_nn_resnet(struct assay_nn_graph *g, int x, int m, const struct assay_nn_resnet *s)
{
  for (int i = 0; i < s->blocks; i++) {
    const bool last = i + 1 == s->blocks;
    x = block(g, i, x, last ? m : s->channels, s);
    if (!last) x = assay_nn_gelu(g, x);
  }
  return x;
}

/* ---- what a network of places looks through ------------------------------------------------- */

int assay_nn_seer(struct assay_nn_graph *g, const char *name, int x, const struct assay_nn_seer *s)
{
  char layer[NAME];
  const struct assay_nn_conv conv = {
      .channels = s->channels, .kernel = s->kernel, .padding = s->kernel / 2};
  const int levels = levels_of(g, x, s->levels);
  for (int i = 0; i < levels + 2; i++) {
    snprintf(layer, sizeof layer, "%s.%d", name, i);
    x = assay_nn_conv(g, layer, x, &conv);
    if (i > 0 && i <= levels) x = assay_nn_relu(g, assay_nn_max_pool(g, x, 2, 2));
  }
  return x;
}

/* ---- inputs ------------------------------------------------------------------------------- */

/* [channels, rows, columns], or [channels, columns] in one dimension. */
struct planes {
  int n, d[3];
};
static struct planes planes_of(int channels, const struct assay_nn_sizes *z)
{
  if (z->rows > 1) return (struct planes){3, {channels, z->rows, z->columns}};
  return (struct planes){2, {channels, z->columns}};
}

int assay_nn_repeated_plane(struct assay_nn_graph *g, int x, int channels,
                            const struct assay_nn_sizes *sizes)
{
  const struct planes all = planes_of(channels, sizes);
  return assay_nn_broadcast(g, x, all.n, all.d);
}

int assay_nn_forecast_planes(int *state, int *mask, struct assay_nn_graph *g,
                             const struct assay_nn_sizes *sizes)
{
  const int n = sizes->n_params;
  const struct planes fields = planes_of(sizes->n_fields, sizes), one = planes_of(1, sizes);
  *state = assay_nn_input(g, "state", fields.n, fields.d);
  *mask = assay_nn_input(g, "mask", one.n, one.d);
  int part[3] = {*state, *mask, -1};
  if (n > 0) {
    const int point =
        assay_nn_reshape(g, assay_nn_input(g, "parameters", 1, &n), one.n, (int[]){n, 1, 1});
    const struct planes all = planes_of(n, sizes);
    part[2] = assay_nn_broadcast(g, point, all.n, all.d);
  }
  return assay_nn_concat(g, 0, part, n > 0 ? 3 : 2);
}

int assay_nn_next_frame(struct assay_nn_graph *g, int planes, const struct assay_nn_sizes *sizes)
{
  return assay_nn_reshape(g, planes, 3, (int[]){sizes->n_fields, sizes->rows, sizes->columns});
}
