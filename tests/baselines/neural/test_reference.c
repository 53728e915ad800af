/* Twins of small models of PyTorch: the same outputs, losses, gradients, and steps of optimisers.
 */
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
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

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mlps_agree),
      cmocka_unit_test(mlps_agree_in_pieces),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
