#include "baselines/neural/stack.h"

#include <math.h>
#include <stdio.h>

#include "baselines/neural/defects.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"

int assay_nn_stack(struct assay_nn_graph *g, const char *name, int x,
                   const struct assay_nn_stack *s)
{
  for (int i = 0; i < s->depth; i++) {
    char layer[64];
    snprintf(layer, sizeof layer, "%s.%d", name, i);
    if (i > 0) x = assay_nn_relu(g, x);
    x = assay_nn_linear(g, layer, x, i + 1 < s->depth ? s->width : s->last);
  }
  return x;
}

int assay_nn_part(struct assay_nn_graph *g, int x, const struct assay_nn_sizes *sizes)
{
  if (x < 0 || !sizes->balanced) return x;
  return assay_nn_affine(g, x, 1 / sqrt(assay_nn_shape_last(&g->value[x].shape)), 0);
}

int assay_nn_frame_and_parameters(int *parts, struct assay_nn_graph *g,
                                  const struct assay_nn_sizes *sizes)
{
  const int n = sizes->n_fields * sizes->rows * sizes->columns;
  const int frame = assay_nn_part(g, assay_nn_input(g, "state", 1, &n), sizes);
  *parts = 1;
  if (sizes->n_params == 0) return frame;
  const int params = assay_nn_part(g, assay_nn_input(g, "parameters", 1, &sizes->n_params), sizes);
  *parts = 2;
  return assay_nn_concat(g, 0, (const int[]){frame, params}, 2);
}

int assay_nn_places(struct assay_nn_graph *g, const struct assay_nn_sizes *sizes)
{
  const int points = assay_nn_input(g, "points", 2, (int[]){sizes->points, sizes->n_axes});
  return sizes->defects & ASSAY_NN_UNITS ? assay_nn_affine(g, points, 0.01, -0.5) : points;
}
