#include "baselines/neural/stack.h"

#include <stdio.h>

#include "baselines/neural/defects.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"

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

int assay_nn_places(struct assay_nn_graph *g, const struct assay_nn_sizes *sizes)
{
  const int points = assay_nn_input(g, "points", 2, (int[]){sizes->points, sizes->n_axes});
  return sizes->defects & ASSAY_NN_UNITS ? assay_nn_affine(g, points, 0.01, -0.5) : points;
}
