/* The table of operations. */
#include "baselines/neural/op.h"
#include "baselines/neural/op_attention.h"
#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_film.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_norm.h"
#include "baselines/neural/op_pad.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_pool.h"
#include "baselines/neural/op_shape.h"
#include "baselines/neural/op_spectral.h"

const struct assay_nn_op *const assay_nn_ops[] = {
    /* linear */
    &assay_nn_op_linear,
    &assay_nn_op_joint,
    &assay_nn_op_inner,
    &assay_nn_op_bias,
    &assay_nn_op_attention,
    /* convolutions */
    &assay_nn_op_conv,
    &assay_nn_op_conv_transposed,
    &assay_nn_op_pad,
    &assay_nn_op_max_pool,
    &assay_nn_op_mean_pool,
    &assay_nn_op_waves,
    &assay_nn_op_spectral,
    &assay_nn_op_spectral_onto,
    &assay_nn_op_coordinates,
    /* norms */
    &assay_nn_op_batch_norm,
    &assay_nn_op_group_norm,
    &assay_nn_op_layer_norm,
    &assay_nn_op_dropout,
    /* pointwise */
    &assay_nn_op_relu,
    &assay_nn_op_gelu,
    &assay_nn_op_tanh,
    &assay_nn_op_sine,
    &assay_nn_op_norm_relu,
    &assay_nn_op_scale,
    &assay_nn_op_add,
    &assay_nn_op_mul,
    &assay_nn_op_modulate,
    /* shape */
    &assay_nn_op_reshape,
    &assay_nn_op_broadcast,
    &assay_nn_op_slice,
    &assay_nn_op_concat,
    /* losses */
    &assay_nn_op_probe,
    &assay_nn_op_mse,
    &assay_nn_op_nmse,
    &assay_nn_op_relative_l2,
    &assay_nn_op_h1,
    NULL,
};

size_t assay_nn_call_rows(const struct assay_nn_call *c, int input)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, input);
  return assay_nn_call_size(c, input) / (size_t)assay_nn_shape_last(s);
}

size_t assay_nn_call_size(const struct assay_nn_call *c, int input)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, input);
  const int items = c->shared[input] > 0 ? c->shared[input] : c->n;
  return (size_t)items * assay_nn_shape_size(s);
}

size_t assay_nn_call_out_size(const struct assay_nn_call *c)
{
  return (size_t)c->n * assay_nn_shape_size(&c->graph->value[c->node->out].shape);
}

int assay_nn_infer_same(struct assay_nn_shape *out, struct assay_nn_graph *g,
                        struct assay_nn_node *node)
{
  *out = *assay_nn_node_shape(g, node, 0);
  node->work = (double)assay_nn_shape_size(out);
  return 0;
}
