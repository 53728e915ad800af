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

/* ---- H1 ----------------------------------------------------------------------------------- */

enum { H1_VALUES, H1_SLOPES, H1_SUMS, H1_WEIGHTS = H1_SUMS }; /* sums, and one more ahead */

/* Differences of a plane in one direction: [rows, n] pairs, the second `to` behind the first. */
struct pairs {
  int rows, n;
  size_t row, to;
  double square; /* of one over the distance */
};

static struct pairs pairs_of(const struct assay_nn_shape *s, bool along_rows)
{
  const int rows = s->d[1], columns = s->d[2];
  struct pairs p = {rows - 1, columns, (size_t)columns, (size_t)columns, (double)rows * rows};
  if (along_rows)
    p = (struct pairs){rows, columns - 1, (size_t)columns, 1, (double)columns * columns};
  return p;
}

static double pair_weight(const struct pairs *q, const float *w, size_t at)
{
  return q->square * (w ? (double)w[at] * (double)w[at + q->to] : 1);
}

/* of p - y; p NULL: of -y */
static double pair_step(const struct pairs *q, const float *p, const float *y, size_t at)
{
  const double step = p ? (double)p[at + q->to] - (double)p[at] : 0;
  return step - ((double)y[at + q->to] - (double)y[at]);
}

static double slopes_of_plane(const struct pairs *q, const float *p, const float *y, const float *w)
{
  double sum = 0;
  for (int i = 0; i < q->rows; i++)
    for (size_t at = (size_t)i * q->row; at < (size_t)i * q->row + (size_t)q->n; at++) {
      const double step = pair_step(q, p, y, at);
      sum += pair_weight(q, w, at) * step * step;
    }
  return sum;
}

/* The gradient of factor / 2 times that, added to d. */
static void slopes_of_plane_back(float *d, const struct pairs *q, const float *p, const float *y,
                                 const float *w, double factor)
{
  for (int i = 0; i < q->rows; i++)
    for (size_t at = (size_t)i * q->row; at < (size_t)i * q->row + (size_t)q->n; at++) {
      const float pull = (float)(factor * pair_weight(q, w, at) * pair_step(q, p, y, at));
      d[at + q->to] += pull;
      d[at] -= pull;
    }
}

/* Over all planes of a tile. */
static double slopes(const struct assay_nn_call *c, const float *p)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, P);
  const size_t plane = assay_nn_shape_behind(s, 0), n = assay_nn_call_size(c, P);
  const float *w = weight_of(c);
  double sum = 0;
  for (int along = 0; along < 2; along++) {
    const struct pairs q = pairs_of(s, along);
    for (size_t at = 0; at < n; at += plane)
      sum += slopes_of_plane(&q, p ? p + at : NULL, c->in[Y] + at, w ? w + at : NULL);
  }
  return sum;
}

static int infer_h1(struct assay_nn_shape *out, struct assay_nn_graph *g,
                    struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *p = assay_nn_node_shape(g, node, P);
  ASSAY_CHECK(p->n == 3, ASSAY_EARG,
              "the prediction is %s; slopes need planes [c, rows, columns], not points",
              assay_nn_shape_text(text, p));
  ASSAY_TRY(infer_loss(out, g, node));
done:
  return rc;
}

static int h1_sums(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  (void)g;
  (void)node;
  return H1_SUMS;
}

static void h1_ahead(double *sums, const struct assay_nn_call *c)
{
  sums[H1_VALUES] += assay_nn_kernels()->squares(c->in[Y], weight_of(c), assay_nn_call_size(c, Y));
  sums[H1_SLOPES] += slopes(c, NULL);
  sums[H1_WEIGHTS] += weights_total(c);
}

static double h1_divisor(const double *ahead, int part)
{
  const double values = ahead[H1_VALUES] > 0 ? ahead[H1_VALUES] : ahead[H1_WEIGHTS];
  return part == H1_SLOPES && ahead[H1_SLOPES] > 0 ? ahead[H1_SLOPES] : values;
}

static void gather_h1(double *sums, const struct assay_nn_call *c)
{
  gather_error(&sums[H1_VALUES], c);
  sums[H1_SLOPES] += slopes(c, c->in[P]);
}

static void h1_back(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, P);
  const size_t plane = assay_nn_shape_behind(s, 0), n = assay_nn_call_size(c, P);
  const float *w = weight_of(c);
  assay_nn_kernels()->error_back(c->d_in[P], c->in[P], c->in[Y], w,
                                 (float)(2 / h1_divisor(c->ahead, H1_VALUES)), n, c->add[P]);
  for (int along = 0; along < 2; along++) {
    const struct pairs q = pairs_of(s, along);
    for (size_t at = 0; at < n; at += plane)
      slopes_of_plane_back(c->d_in[P] + at, &q, c->in[P] + at, c->in[Y] + at, w ? w + at : NULL,
                           2 / h1_divisor(c->ahead, H1_SLOPES));
  }
}

static double h1(const double *ahead, const double *sums, long batch)
{
  (void)batch;
  return sums[H1_VALUES] / h1_divisor(ahead, H1_VALUES) +
         sums[H1_SLOPES] / h1_divisor(ahead, H1_SLOPES);
}

/* planes of 4 x 5, with weights, and of one row */
static int check_h1(struct assay_nn_graph *g, int k)
{
  const int shape[] = {2, k == 2 ? 1 : 4, 5};
  const int p = assay_nn_input(g, "p", 3, shape), y = assay_nn_input(g, "y", 3, shape);
  assay_nn_want_gradient(g, p);
  return assay_nn_h1(g, p, y, k == 1 ? assay_nn_input(g, "weight", 3, shape) : -1);
}

const struct assay_nn_op assay_nn_op_h1 = {
    .name = "h1",
    .doc = "nmse of planes plus the same of their slopes",
    .needs = ASSAY_NN_NEEDS_ALL_IN,
    .infer = infer_h1,
    .backward = h1_back,
    .n_sums = h1_sums,
    .gather = gather_h1,
    .n_ahead = H1_SUMS + 1,
    .gather_ahead = h1_ahead,
    .loss = h1,
    .n_checks = 3,
    .check = check_h1,
};

int assay_nn_h1(struct assay_nn_graph *g, int p, int y, int weight)
{
  return build(g, &assay_nn_op_h1, p, y, weight);
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
