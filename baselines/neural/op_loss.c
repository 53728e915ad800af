#include "baselines/neural/op_loss.h"

#include <math.h>

#include "baselines/neural/kernels.h"
#include "core/base/err.h"

enum { P, Y, W }; /* inputs */

static int infer_loss(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *p = assay_nn_node_shape(g, node, P);
  for (int i = Y; i < node->n_in; i++) {
    const struct assay_nn_value *v = &g->value[node->in[i]];
    ASSAY_CHECK(assay_nn_shape_equal(p, &v->shape), ASSAY_EARG, "the prediction is %s, its %s %s",
                assay_nn_shape_text(text[0], p), i == Y ? "target" : "weight",
                assay_nn_shape_text(text[1], &v->shape));
    ASSAY_CHECK(v->input && v->items == 0, ASSAY_EARG, "the %s must be an input of every sample",
                i == Y ? "target" : "weight");
  }
  *out = *p;
  node->work = (double)assay_nn_shape_size(p);
done:
  return rc;
}

static int build(struct assay_nn_graph *g, const struct assay_nn_op *op, int p, int y, int weight)
{
  return assay_nn_node_end(
      g, assay_nn_node_begin(g, op, NULL, (const int[]){p, y, weight}, weight < 0 ? 2 : 3));
}

static int check_loss(struct assay_nn_graph *g, int k,
                      int (*loss)(struct assay_nn_graph *, int, int, int))
{
  static const int shape[] = {3, 5};
  const int p = assay_nn_input(g, "p", 2, shape), y = assay_nn_input(g, "y", 2, shape);
  assay_nn_want_gradient(g, p);
  return loss(g, p, y, k ? assay_nn_input(g, "weight", 2, shape) : -1);
}

static int one_sum(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  (void)g;
  (void)node;
  return 1;
}

static const float *weight_of(const struct assay_nn_call *c)
{
  return c->node->n_in > W ? c->in[W] : NULL;
}

/* ---- mean squares ------------------------------------------------------------------------- */

static void gather_error(double *sums, const struct assay_nn_call *c)
{
  sums[0] +=
      assay_nn_kernels()->squared_error(c->in[P], c->in[Y], weight_of(c), assay_nn_call_size(c, P));
}

/* ahead[0]: what the sum of squares is divided by */
static void ratio_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->error_back(c->d_in[P], c->in[P], c->in[Y], weight_of(c),
                                 (float)(2 / c->ahead[0]), assay_nn_call_size(c, P), c->add[P]);
}

static double ratio(const double *ahead, const double *sums, long batch)
{
  (void)batch;
  return sums[0] / ahead[0];
}

static double weights_total(const struct assay_nn_call *c)
{
  const size_t n = assay_nn_call_size(c, P);
  const float *w = weight_of(c);
  double total = w ? 0 : (double)n;
  for (size_t i = 0; w && i < n; i++) total += (double)w[i];
  return total;
}

static void mse_ahead(double *sums, const struct assay_nn_call *c)
{
  sums[0] += weights_total(c);
}

static int check_mse(struct assay_nn_graph *g, int k)
{
  return check_loss(g, k, assay_nn_mse);
}

const struct assay_nn_op assay_nn_op_mse = {
    .name = "mse",
    .doc = "mean squared error",
    .needs = ASSAY_NN_NEEDS_ALL_IN,
    .infer = infer_loss,
    .backward = ratio_back,
    .n_sums = one_sum,
    .gather = gather_error,
    .n_ahead = 1,
    .gather_ahead = mse_ahead,
    .loss = ratio,
    .n_checks = 2,
    .check = check_mse,
};

int assay_nn_mse(struct assay_nn_graph *g, int p, int y, int weight)
{
  return build(g, &assay_nn_op_mse, p, y, weight);
}

/* ---- NMSE --------------------------------------------------------------------------------- */

enum { SQUARES, WEIGHTS };

static void nmse_ahead(double *sums, const struct assay_nn_call *c)
{
  sums[SQUARES] += assay_nn_kernels()->squares(c->in[Y], weight_of(c), assay_nn_call_size(c, Y));
  sums[WEIGHTS] += weights_total(c);
}

static double nmse_divisor(const double *ahead)
{
  return ahead[SQUARES] > 0 ? ahead[SQUARES] : ahead[WEIGHTS];
}

static void nmse_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->error_back(c->d_in[P], c->in[P], c->in[Y], weight_of(c),
                                 (float)(2 / nmse_divisor(c->ahead)), assay_nn_call_size(c, P),
                                 c->add[P]);
}

static double nmse(const double *ahead, const double *sums, long batch)
{
  (void)batch;
  return sums[0] / nmse_divisor(ahead);
}

static int check_nmse(struct assay_nn_graph *g, int k)
{
  return check_loss(g, k, assay_nn_nmse);
}

const struct assay_nn_op assay_nn_op_nmse = {
    .name = "nmse",
    .doc = "squared error over square of the target, both summed over the batch",
    .needs = ASSAY_NN_NEEDS_ALL_IN,
    .infer = infer_loss,
    .backward = nmse_back,
    .n_sums = one_sum,
    .gather = gather_error,
    .n_ahead = 2,
    .gather_ahead = nmse_ahead,
    .loss = nmse,
    .n_checks = 2,
    .check = check_nmse,
};

int assay_nn_nmse(struct assay_nn_graph *g, int p, int y, int weight)
{
  return build(g, &assay_nn_op_nmse, p, y, weight);
}

/* ---- relative L2 -------------------------------------------------------------------------- */

static int infer_relative(struct assay_nn_shape *out, struct assay_nn_graph *g,
                          struct assay_nn_node *node)
{
  const int rc = infer_loss(out, g, node);
  node->saved = 1; /* 1 / (|p - y| |y|) */
  return rc;
}

static void gather_relative(double *sums, const struct assay_nn_call *c)
{
  const size_t n = assay_nn_call_size(c, P) / (size_t)c->n;
  const struct assay_nn_kernels *k = assay_nn_kernels();
  for (int i = 0; i < c->n; i++) {
    const float *y = c->in[Y] + (size_t)i * n,
                *w = weight_of(c) ? weight_of(c) + (size_t)i * n : NULL;
    const double size = sqrt(k->squares(y, w, n)), against = size > 0 ? size : 1;
    const double error = sqrt(k->squared_error(c->in[P] + (size_t)i * n, y, w, n));
    sums[0] += error / against;
    if (c->saved) c->saved[i] = error > 0 ? (float)(1 / (error * against)) : 0;
  }
}

static void relative_back(const struct assay_nn_call *c)
{
  const size_t n = assay_nn_call_size(c, P) / (size_t)c->n;
  for (int i = 0; i < c->n; i++) {
    const size_t at = (size_t)i * n;
    assay_nn_kernels()->error_back(c->d_in[P] + at, c->in[P] + at, c->in[Y] + at,
                                   weight_of(c) ? weight_of(c) + at : NULL,
                                   c->saved[i] / (float)c->batch, n, c->add[P]);
  }
}

static double mean_of_samples(const double *ahead, const double *sums, long batch)
{
  (void)ahead;
  return sums[0] / (double)batch;
}

static int check_relative(struct assay_nn_graph *g, int k)
{
  return check_loss(g, k, assay_nn_relative_l2);
}

const struct assay_nn_op assay_nn_op_relative_l2 = {
    .name = "relative_l2",
    .doc = "mean over the samples of the relative error in the 2-norm",
    .needs = ASSAY_NN_NEEDS_ALL_IN,
    .infer = infer_relative,
    .backward = relative_back,
    .n_sums = one_sum,
    .gather = gather_relative,
    .loss = mean_of_samples,
    .n_checks = 2,
    .check = check_relative,
};

int assay_nn_relative_l2(struct assay_nn_graph *g, int p, int y, int weight)
{
  return build(g, &assay_nn_op_relative_l2, p, y, weight);
}

/* ---- probe -------------------------------------------------------------------------------- */

static void gather_probe(double *sums, const struct assay_nn_call *c)
{
  sums[0] += assay_nn_kernels()->dot(c->in[P], c->in[Y], assay_nn_call_size(c, P));
}

static void probe_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->copy(c->d_in[P], c->in[Y], 1, assay_nn_call_size(c, P), c->add[P]);
}

static double total(const double *ahead, const double *sums, long batch)
{
  (void)ahead;
  (void)batch;
  return sums[0];
}

static int check_probe(struct assay_nn_graph *g, int k)
{
  const int p = assay_nn_input(g, "p", 1, (int[]){5}), w = assay_nn_input(g, "w", 1, (int[]){5});
  (void)k;
  assay_nn_want_gradient(g, p);
  return assay_nn_probe(g, p, w);
}

const struct assay_nn_op assay_nn_op_probe = {
    .name = "probe",
    .doc = "a linear functional of the prediction",
    .needs = ASSAY_NN_NEEDS_ALL_IN,
    .infer = infer_loss,
    .backward = probe_back,
    .n_sums = one_sum,
    .gather = gather_probe,
    .loss = total,
    .n_checks = 1,
    .check = check_probe,
};

int assay_nn_probe(struct assay_nn_graph *g, int p, int w)
{
  return build(g, &assay_nn_op_probe, p, w, -1);
}
