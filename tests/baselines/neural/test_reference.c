/* Twins of small models of PyTorch: the same outputs, losses, gradients, and steps of optimisers.
 */
#include "baselines/neural/convnets.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_attention.h"
#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_film.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_norm.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_pool.h"
#include "baselines/neural/op_spectral.h"
#include "tests/baselines/neural/reference.h"

static const struct tolerance usual = {.output = 2e-6, .gradient = 1e-5, .descent = 4e-5};

static int activation(struct assay_nn_graph *g, const char *name, int x)
{
  if (strcmp(name, "relu") == 0) return assay_nn_relu(g, x);
  if (strcmp(name, "gelu") == 0) return assay_nn_gelu(g, x);
  if (strcmp(name, "tanh") == 0) return assay_nn_tanh(g, x);
  if (strcmp(name, "sine") == 0) return assay_nn_sine(g, x, 1);
  if (strcmp(name, "norm_relu") == 0) return assay_nn_norm_relu(g, x, 1);
  fail_msg("activation '%s'", name);
  return -1;
}

static int build_mlp(struct reference *r, const json_t *settings)
{
  const json_t *widths = reference_get(settings, "widths");
  const char *const what = json_string_value(reference_get(settings, "activation"));
  const size_t layers = json_array_size(widths) - 1;
  int x = reference_input(r, "x");
  for (size_t i = 0; i < layers; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%zu", i);
    x = assay_nn_linear(r->graph, name, x, (int)json_integer_value(json_array_get(widths, i + 1)));
    if (i + 1 < layers) x = activation(r->graph, what, x);
  }
  return x;
}

static const char *const mlps[] = {"mlp_relu", "mlp_gelu", "mlp_tanh", "mlp_sine", "mlp_norm_relu"};

static void mlps_agree(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof mlps / sizeof *mlps; i++)
    reference_check(mlps[i], build_mlp, &(struct assay_nn_run_options){0}, &usual);
}

static void mlps_agree_in_pieces(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof mlps / sizeof *mlps; i++)
    reference_check(mlps[i], build_mlp, &(struct assay_nn_run_options){.tile = 1, .shards = 3},
                    &usual);
}

/* ---- convolutions ------------------------------------------------------------------------- */

static int setting(const json_t *settings, const char *name)
{
  return (int)json_integer_value(reference_get(settings, name));
}

static int build_layers(struct reference *r, const json_t *settings)
{
  (void)settings;
  struct assay_nn_graph *g = r->graph;
  const struct assay_nn_conv
      conv = {.channels = 4, .kernel = 3, .padding = 1, .mode = ASSAY_NN_PAD_REFLECT},
      back = {.channels = 3, .kernel = 3, .stride = 2, .padding = 1, .no_bias = true},
      last = {.channels = 2,
              .kernel = 5,
              .stride = 2,
              .padding = 2,
              .mode = ASSAY_NN_PAD_CIRCULAR,
              .no_bias = true};
  int x = assay_nn_conv(g, "conv", reference_input(r, "x"), &conv);
  x = assay_nn_mean_pool(g, assay_nn_tanh(g, assay_nn_group_norm(g, "group", x, 2)), 2, 2);
  x = assay_nn_instance_norm(g, assay_nn_conv_transposed(g, "back", x, &back));
  x = assay_nn_conv(g, "last", assay_nn_layer_norm(g, "layer", x, 2), &last);
  return assay_nn_max_pool(g, x, 2, 1);
}

static int build_rows(struct reference *r, const json_t *settings)
{
  (void)settings;
  struct assay_nn_graph *g = r->graph;
  const struct assay_nn_conv conv = {.channels = 5,
                                     .kernel = 5,
                                     .padding = 2,
                                     .mode = ASSAY_NN_PAD_REPLICATE},
                             back = {.channels = 2, .kernel = 4, .stride = 3};
  const int x = assay_nn_conv(g, "conv", reference_input(r, "x"), &conv);
  return assay_nn_conv_transposed(g, "back", assay_nn_tanh(g, assay_nn_batch_norm(g, "norm", x)),
                                  &back);
}

static int build_unet(struct reference *r, const json_t *settings)
{
  const struct assay_nn_unet s = {.width = setting(settings, "width"),
                                  .levels = setting(settings, "levels")};
  return assay_nn_unet(r->graph, reference_input(r, "x"), setting(settings, "m"), &s);
}

static int build_resnet(struct reference *r, const json_t *settings)
{
  const struct assay_nn_resnet s = {.blocks = setting(settings, "blocks"),
                                    .channels = setting(settings, "channels"),
                                    .hidden = setting(settings, "hidden"),
                                    .kernel = setting(settings, "kernel")};
  return assay_nn_resnet(r->graph, reference_input(r, "x"), setting(settings, "m"), &s);
}

static const struct {
  const char *name;
  int (*build)(struct reference *r, const json_t *settings);
  struct tolerance tolerance;
} convolutions[] = {
    {"layers", build_layers, {.output = 5e-6, .gradient = 3e-5, .descent = 1e-4}},
    {"layers_h1", build_layers, {.output = 5e-6, .gradient = 5e-5, .descent = 1e-4}},
    {"rows", build_rows, {.output = 5e-6, .gradient = 1e-4, .descent = 1e-4}},
    /* a bias before a norm has no gradient but that of rounding, of 1e-7 */
    {"unet", build_unet, {.output = 1e-5, .gradient = 2e-4, .descent = 4e-4}},
    {"resnet", build_resnet, {.output = 5e-6, .gradient = 3e-5, .descent = 1e-4}},
};

static void check_convolutions(const struct assay_nn_run_options *options)
{
  for (size_t i = 0; i < sizeof convolutions / sizeof *convolutions; i++)
    reference_check(convolutions[i].name, convolutions[i].build, options,
                    &convolutions[i].tolerance);
}

static void convolutions_agree(void **state)
{
  (void)state;
  check_convolutions(&(struct assay_nn_run_options){0});
}

static void convolutions_agree_in_pieces(void **state)
{
  (void)state;
  check_convolutions(&(struct assay_nn_run_options){.tile = 1, .shards = 2, .threads = 2});
}

/* ---- spectral convolutions ---------------------------------------------------------------- */

static int build_fno(struct reference *r, const json_t *settings)
{
  const struct assay_nn_conv wide = {.channels = setting(settings, "width"), .kernel = 1},
                             two = {.channels = 2, .kernel = 1};
  int x = assay_nn_conv(r->graph, "fc0", reference_input(r, "x"), &wide);
  for (int i = 0; i < 2; i++) {
    char spectral[16], beside[16];
    snprintf(spectral, sizeof spectral, "conv%d", i);
    snprintf(beside, sizeof beside, "w%d", i);
    const int m1 = setting(settings, "m1"), m2 = setting(settings, "m2");
    if (i == 0) {
      const int y = assay_nn_spectral(r->graph, spectral, x, wide.channels, m1, m2);
      x = assay_nn_add(r->graph, y, assay_nn_conv(r->graph, beside, x, &wide));
    } else
      x = assay_nn_spectral_onto(r->graph, spectral, assay_nn_conv(r->graph, beside, x, &wide), x,
                                 wide.channels, m1, m2);
    x = assay_nn_gelu(r->graph, x);
  }
  return assay_nn_conv(r->graph, "fc1", x, &two);
}

static const char *const fnos[] = {"fno_even", "fno_odd", "fno_wide", "fno_tall", "fno_line"};

static void fnos_agree(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof fnos / sizeof *fnos; i++) {
    reference_check(fnos[i], build_fno, &(struct assay_nn_run_options){0}, &usual);
    reference_check(fnos[i], build_fno, &(struct assay_nn_run_options){.tile = 1, .shards = 3},
                    &usual);
  }
}

/* ---- whole methods -------------------------------------------------------------------------- */

/* As reference.py has them: 2 fields, 3 parameters, 8 x 10 points of which 6 are asked for. */
static int build_method(struct reference *r, const json_t *settings)
{
  static const struct assay_nn_model *const models[] = {
      &assay_nn_model_auto_deeponet, &assay_nn_model_auto_deeponetcnn,
      &assay_nn_model_auto_edeeponet, &assay_nn_model_auto_ffn, &assay_nn_model_deeponet};
  const char *const name = json_string_value(reference_get(r->json, "build"));
  const struct assay_nn_sizes z = {
      .n_fields = 2, .n_params = 3, .n_axes = 2, .rows = 8, .columns = 10, .points = 6};
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
    const struct assay_baseline *b = models[i]->baseline;
    const char *key;
    json_t *value;
    void *set;
    if (strcmp(b->name, name) != 0) continue;
    assert_ok(assay_alloc(&set, 1, b->params_size, "test"));
    memcpy(set, b->defaults, b->params_size);
    json_object_foreach((json_t *)settings, key, value)
    {
      char text[64];
      snprintf(text, sizeof text, "%s=%d", key, (int)json_integer_value(value));
      assert_ok(assay_param_assign(b->params, set, text));
    }
    const int y = models[i]->build(r->graph, &z, set);
    assay_free(set);
    return y;
  }
  fail_msg("no method '%s'", name);
  return -1;
}

static const char *const methods[] = {"auto_deeponet", "auto_deeponetcnn", "auto_edeeponet",
                                      "auto_ffn", "deeponet"};

static void methods_agree(void **state)
{
  (void)state;
  const struct tolerance tolerance = {.output = 5e-6, .gradient = 3e-5, .descent = 1e-4};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    reference_check(methods[i], build_method, &(struct assay_nn_run_options){0}, &tolerance);
    reference_check(methods[i], build_method,
                    &(struct assay_nn_run_options){.tile = 1, .shards = 2}, &tolerance);
  }
}

/* ---- attention ---------------------------------------------------------------------------- */

static int build_looking(struct reference *r, const json_t *settings)
{
  struct assay_nn_graph *g = r->graph;
  const int x = assay_nn_linear(g, "embed", reference_input(r, "x"), setting(settings, "e"));
  const int y = assay_nn_film(g, "film", x, 1, reference_input(r, "about"));
  const int z = assay_nn_self_attention(g, "attention", y, setting(settings, "heads"));
  return assay_nn_linear(g, "head", assay_nn_gelu(g, assay_nn_add(g, y, z)), 2);
}

static void attention_agrees(void **state)
{
  (void)state;
  reference_check("looking", build_looking, &(struct assay_nn_run_options){0}, &usual);
  reference_check("looking", build_looking, &(struct assay_nn_run_options){.tile = 1, .shards = 3},
                  &usual);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mlps_agree),         cmocka_unit_test(mlps_agree_in_pieces),
      cmocka_unit_test(convolutions_agree), cmocka_unit_test(convolutions_agree_in_pieces),
      cmocka_unit_test(fnos_agree),         cmocka_unit_test(methods_agree),
      cmocka_unit_test(attention_agrees),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
