/* The smallest operation that needs the whole batch, for tests of the executor: y = x - mean of the
 * batch, number by number; without training the running mean. */
#ifndef ASSAY_TESTS_BASELINES_NEURAL_CENTRE_H
#define ASSAY_TESTS_BASELINES_NEURAL_CENTRE_H
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"

static size_t centre_width(const struct assay_nn_call *c)
{
  return assay_nn_shape_size(assay_nn_node_shape(c->graph, c->node, 0));
}

static int centre_sums(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  return (int)assay_nn_shape_size(assay_nn_node_shape(g, node, 0));
}

static int centre_infer(struct assay_nn_shape *out, struct assay_nn_graph *g,
                        struct assay_nn_node *node)
{
  const struct assay_nn_start zero = {.how = ASSAY_NN_ZEROS};
  *out = *assay_nn_node_shape(g, node, 0);
  return assay_nn_node_buffer(g, node, "running_mean", out, &zero);
}

static void centre_gather(double *sums, const struct assay_nn_call *c)
{
  const size_t w = centre_width(c);
  for (size_t i = 0; i < (size_t)c->n * w; i++) sums[i % w] += (double)c->in[0][i];
}

static void centre_settle(float *const *buffer, const struct assay_nn_call *c)
{
  for (size_t i = 0; i < centre_width(c); i++)
    buffer[0][i] += 0.1f * ((float)(c->sums[i] / (double)c->batch) - buffer[0][i]);
}

static void centre_forward(const struct assay_nn_call *c)
{
  const size_t w = centre_width(c);
  for (size_t i = 0; i < (size_t)c->n * w; i++)
    c->out[i] = c->in[0][i] -
                (c->training ? (float)(c->sums[i % w] / (double)c->batch) : c->param[0][i % w]);
}

static void centre_gather_back(double *sums, const struct assay_nn_call *c)
{
  const size_t w = centre_width(c);
  for (size_t i = 0; i < (size_t)c->n * w; i++) sums[i % w] += (double)c->d_out[i];
}

static void centre_backward(const struct assay_nn_call *c)
{
  const size_t w = centre_width(c);
  for (size_t i = 0; i < (size_t)c->n * w; i++) {
    const float d = c->d_out[i] - (float)(c->sums_back[i % w] / (double)c->batch);
    c->d_in[0][i] = c->add[0] ? c->d_in[0][i] + d : d;
  }
}

static int centre_check(struct assay_nn_graph *g, int k);

static const struct assay_nn_op centre_op = {
    .name = "centre",
    .doc = "minus the mean of the batch (for tests)",
    .infer = centre_infer,
    .n_sums = centre_sums,
    .n_sums_back = centre_sums,
    .gather = centre_gather,
    .settle = centre_settle,
    .forward = centre_forward,
    .gather_back = centre_gather_back,
    .backward = centre_backward,
    .n_checks = 2,
    .check = centre_check,
};

static inline int centre(struct assay_nn_graph *g, const char *name, int x)
{
  return assay_nn_node_end(g, assay_nn_node_begin(g, &centre_op, name, &x, 1));
}

/* alone, and between others: two joins and a value that crosses both */
static int centre_check(struct assay_nn_graph *g, int k)
{
  const int x = assay_nn_input(g, "x", 2, (int[]){3, 4});
  assay_nn_want_gradient(g, x);
  if (k == 0) return centre(g, "alone", x);
  const int a = assay_nn_tanh(g, centre(g, "first", assay_nn_linear(g, "in", x, 5)));
  const int b = centre(g, "second", assay_nn_mul(g, a, a));
  return assay_nn_linear(g, "out", assay_nn_tanh(g, assay_nn_add(g, b, a)), 2);
}

#endif
