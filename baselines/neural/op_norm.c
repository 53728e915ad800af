/* With x^ = (x - mean) / sqrt(variance + epsilon) over N numbers, y = w x^ + b:
 *
 *   dw = sum dy x^,   db = sum dy,
 *   dx = (d - mean d - x^ mean (d x^)) / sqrt(variance + epsilon),   d = w dy.
 *
 * Batch normalisation: Ioffe, Szegedy 2015; the means are over the batch, which is why its sums are
 * joined before anything flows on. Layer and group: Ba et al. 2016, Wu, He 2018. */
#include "baselines/neural/op_norm.h"

#include <math.h>

#include "baselines/neural/kernels.h"
#include "baselines/neural/plane_kernels.h"
#include "core/base/err.h"

static const double epsilon = 1e-5;

enum { WEIGHT, BIAS, MEAN, VARIANCE }; /* parameters */

static const struct assay_nn_start ones = {.how = ASSAY_NN_ONES}, zeros = {.how = ASSAY_NN_ZEROS};

static int weight_and_bias(struct assay_nn_graph *g, struct assay_nn_node *node,
                           const struct assay_nn_shape *shape)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_nn_node_param(g, node, "weight", shape, &ones));
  ASSAY_TRY(assay_nn_node_param(g, node, "bias", shape, &zeros));
done:
  return rc;
}

/* ---- batch -------------------------------------------------------------------------------- */

static int infer_batch(struct assay_nn_shape *out, struct assay_nn_graph *g,
                       struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_nn_infer_same(out, g, node));
  ASSAY_CHECK(out->n >= 1, ASSAY_EARG, "a single number has no channels");
  const struct assay_nn_shape channels = assay_nn_shape(1, out->d);
  ASSAY_TRY(weight_and_bias(g, node, &channels));
  ASSAY_TRY(assay_nn_node_buffer(g, node, "running_mean", &channels, &zeros));
  ASSAY_TRY(assay_nn_node_buffer(g, node, "running_var", &channels, &ones));
done:
  return rc;
}

static int batch_sums(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  return 2 * assay_nn_node_shape(g, node, 0)->d[0];
}

static int channels_of(const struct assay_nn_call *c)
{
  return assay_nn_node_shape(c->graph, c->node, 0)->d[0];
}

static size_t plane_of(const struct assay_nn_call *c)
{
  return assay_nn_shape_behind(assay_nn_node_shape(c->graph, c->node, 0), 0);
}

static void batch_gather(double *sums, const struct assay_nn_call *c)
{
  const int m = channels_of(c);
  const size_t plane = plane_of(c);
  for (int r = 0; r < c->n * m; r++) {
    const float *x = c->in[0] + (size_t)r * plane;
    assay_nn_plane_kernels()->moments(sums + 2 * (r % m), x, x, plane);
  }
}

struct moments {
  double n, mean, variance;
};

/* Of channel i over the batch, or those that answers use. */
static struct moments of_batch(const struct assay_nn_call *c, int i)
{
  if (!c->training || c->held)
    return (struct moments){.mean = (double)c->param[MEAN][i],
                            .variance = (double)c->param[VARIANCE][i]};
  const double n = (double)c->batch * (double)plane_of(c), mean = c->sums[2 * i] / n;
  const double variance = c->sums[2 * i + 1] / n - mean * mean;
  return (struct moments){.n = n, .mean = mean, .variance = variance < 0 ? 0 : variance};
}

static void batch_settle(float *const *buffer, const struct assay_nn_call *c)
{
  for (int i = 0; i < channels_of(c) && !c->held; i++) {
    const struct moments s = of_batch(c, i);
    const double variance = s.n > 1 ? s.variance * (s.n / (s.n - 1)) : s.variance;
    buffer[MEAN][i] += 0.1f * ((float)s.mean - buffer[MEAN][i]);
    buffer[VARIANCE][i] += 0.1f * ((float)variance - buffer[VARIANCE][i]);
  }
}

static void batch_norm(const struct assay_nn_call *c)
{
  const int m = channels_of(c);
  const size_t plane = plane_of(c);
  for (int r = 0; r < c->n * m; r++) {
    const int i = r % m;
    const struct moments s = of_batch(c, i);
    const double scale = (double)c->param[WEIGHT][i] / sqrt(s.variance + epsilon);
    assay_nn_plane_kernels()->affine(c->out + (size_t)r * plane, c->in[0] + (size_t)r * plane,
                                     (float)scale,
                                     (float)((double)c->param[BIAS][i] - scale * s.mean), plane);
  }
}

static void batch_gather_back(double *sums, const struct assay_nn_call *c)
{
  const int m = channels_of(c);
  const size_t plane = plane_of(c);
  for (int r = 0; r < c->n * m; r++)
    assay_nn_plane_kernels()->moments(sums + 2 * (r % m), c->d_out + (size_t)r * plane,
                                      c->in[0] + (size_t)r * plane, plane);
}

/* sum of dy x^ of channel i */
static double along(const struct assay_nn_call *c, int i, const struct moments *s)
{
  return (c->sums_back[2 * i + 1] - s->mean * c->sums_back[2 * i]) / sqrt(s->variance + epsilon);
}

/* The sums are those of the batch: whoever has its first item adds them. */
static void batch_weights_back(const struct assay_nn_call *c)
{
  for (int i = 0; i < channels_of(c); i++) {
    const struct moments s = of_batch(c, i);
    c->d_param[WEIGHT][i] += (float)along(c, i, &s);
    c->d_param[BIAS][i] += (float)c->sums_back[2 * i];
  }
}

static void batch_back(const struct assay_nn_call *c)
{
  const int m = channels_of(c);
  const size_t plane = plane_of(c);
  if (c->first == 0) batch_weights_back(c);
  for (int r = 0; c->d_in[0] && r < c->n * m; r++) {
    const int i = r % m;
    const struct moments s = of_batch(c, i);
    const double inverse = 1 / sqrt(s.variance + epsilon),
                 scale = (double)c->param[WEIGHT][i] * inverse;
    const double share = c->held ? 0 : 1 / s.n; /* of every number in its mean */
    const double slope = -scale * inverse * along(c, i, &s) * share;
    const double shift = -scale * c->sums_back[2 * i] * share - slope * s.mean;
    assay_nn_plane_kernels()->affine_back(
        c->d_in[0] + (size_t)r * plane, c->d_out + (size_t)r * plane, c->in[0] + (size_t)r * plane,
        (float)scale, (float)slope, (float)shift, plane, c->add[0]);
  }
}

static int check_batch(struct assay_nn_graph *g, int k)
{
  static const int shape[][3] = {{4}, {3, 5}, {2, 3, 4}};
  const int x = assay_nn_input(g, "x", k + 1, shape[k]);
  assay_nn_want_gradient(g, x);
  return assay_nn_batch_norm(g, "layer", x);
}

const struct assay_nn_op assay_nn_op_batch_norm = {
    .name = "batch_norm",
    .doc = "standardises every channel over the batch",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = infer_batch,
    .forward = batch_norm,
    .backward = batch_back,
    .n_sums = batch_sums,
    .n_sums_back = batch_sums,
    .gather = batch_gather,
    .gather_back = batch_gather_back,
    .settle = batch_settle,
    .n_checks = 3,
    .check = check_batch,
};

int assay_nn_batch_norm(struct assay_nn_graph *g, const char *name, int x)
{
  return assay_nn_node_end(g, assay_nn_node_begin(g, &assay_nn_op_batch_norm, name, &x, 1));
}

/* ---- rows: group and layer ---------------------------------------------------------------------
 */

/* A tile as [rows, parts, length]: a row is standardised; a part of it has weights of its own, one
 * for all of it (group) or one for each number (layer, one part). Weights repeat after `period`
 * rows. */
struct rows {
  size_t rows, period, parts, length;
  bool each; /* number has its weight */
};

enum { GROUPS, DIMS, PLAIN }; /* attributes; DIMS 0: groups */

static struct rows rows_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, 0);
  const int dims = c->node->a[DIMS];
  if (dims > 0) {
    const size_t before = assay_nn_shape_before(s, s->n - dims);
    return (struct rows){(size_t)c->n * before, 1, 1, assay_nn_shape_size(s) / before, true};
  }
  const size_t groups = (size_t)c->node->a[GROUPS];
  return (struct rows){(size_t)c->n * groups, groups, (size_t)s->d[0] / groups,
                       assay_nn_shape_behind(s, 0), false};
}

/* Mean and 1 / deviation of every row are left for backward. */
static int infer_rows(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int dims = node->a[DIMS], groups = node->a[GROUPS];
  ASSAY_TRY(assay_nn_infer_same(out, g, node));
  if (dims > 0) {
    ASSAY_CHECK(dims <= out->n, ASSAY_EARG, "standardises %d dimensions of %d", dims, out->n);
    const struct assay_nn_shape shape = assay_nn_shape(dims, out->d + out->n - dims);
    ASSAY_TRY(weight_and_bias(g, node, &shape));
    node->saved = 2 * assay_nn_shape_before(out, out->n - dims);
  } else {
    ASSAY_CHECK(out->n >= 1 && groups >= 1 && out->d[0] % groups == 0, ASSAY_EARG,
                "%d groups of %d channels", groups, out->n < 1 ? 0 : out->d[0]);
    const struct assay_nn_shape channels = assay_nn_shape(1, out->d);
    if (!node->a[PLAIN]) ASSAY_TRY(weight_and_bias(g, node, &channels));
    node->saved = 2 * (size_t)groups;
  }
done:
  return rc;
}

static int refuse_no_dimensions(struct assay_nn_shape *out, struct assay_nn_graph *g,
                                struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(node->a[DIMS] >= 1, ASSAY_EARG, "standardises %d dimensions", node->a[DIMS]);
  ASSAY_TRY(infer_rows(out, g, node));
done:
  return rc;
}

/* Scratch: weights of a row. */
static int plan_rows(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  (void)state;
  *scratch = assay_nn_shape_size(assay_nn_node_shape(p->graph, p->node, 0));
  return ASSAY_OK;
}

/* Parameter `which` of row r number by number. */
static void expand(float *out, const struct assay_nn_call *c, const struct rows *s, size_t r,
                   int which)
{
  const bool plain = c->node->a[PLAIN];
  const float *p = plain ? NULL : c->param[which] + (s->each ? 0 : r % s->period * s->parts);
  for (size_t j = 0; j < s->parts; j++)
    for (size_t i = 0; i < s->length; i++)
      out[j * s->length + i] = plain ? (which == WEIGHT ? 1 : 0) : s->each ? p[i] : p[j];
}

static void norm_rows(const struct assay_nn_call *c)
{
  const struct rows s = rows_of(c);
  const size_t n = s.parts * s.length;
  for (size_t r = 0; r < s.rows; r++) {
    const float *x = c->in[0] + r * n;
    float *y = c->out + r * n;
    double sums[2] = {0};
    assay_nn_plane_kernels()->moments(sums, x, x, n);
    const double mean = sums[0] / (double)n, variance = sums[1] / (double)n - mean * mean;
    const double inverse = 1 / sqrt((variance < 0 ? 0 : variance) + epsilon);
    assay_nn_plane_kernels()->affine(y, x, (float)inverse, (float)(-mean * inverse), n);
    expand(c->scratch, c, &s, r, WEIGHT);
    for (size_t i = 0; i < n; i++) y[i] *= c->scratch[i];
    expand(c->scratch, c, &s, r, BIAS);
    for (size_t i = 0; i < n; i++) y[i] += c->scratch[i];
    if (!c->saved) continue;
    c->saved[2 * r] = (float)mean;
    c->saved[2 * r + 1] = (float)inverse;
  }
}

/* dw += dy x^, db += dy of row r */
static void row_weights_back(const struct assay_nn_call *c, const struct rows *s, size_t r)
{
  const size_t n = s->parts * s->length;
  const float *x = c->in[0] + r * n, *d = c->d_out + r * n;
  const float mean = c->saved[2 * r], inverse = c->saved[2 * r + 1];
  const size_t first = s->each ? 0 : r % s->period * s->parts;
  for (size_t j = 0; j < s->parts; j++)
    for (size_t i = 0; i < s->length; i++) {
      const size_t at = j * s->length + i, to = first + (s->each ? i : j);
      c->d_param[WEIGHT][to] += d[at] * ((x[at] - mean) * inverse);
      c->d_param[BIAS][to] += d[at];
    }
}

static void row_back(const struct assay_nn_call *c, const struct rows *s, size_t r)
{
  const size_t n = s->parts * s->length;
  const float *x = c->in[0] + r * n, *d_y = c->d_out + r * n;
  float *d = c->scratch, *d_x = c->d_in[0] + r * n;
  const double mean = (double)c->saved[2 * r], inverse = (double)c->saved[2 * r + 1];
  double sums[2] = {0};
  expand(d, c, s, r, WEIGHT);
  for (size_t i = 0; i < n; i++) d[i] *= d_y[i];
  assay_nn_plane_kernels()->moments(sums, d, x, n);
  const double along = (sums[1] - mean * sums[0]) * inverse / (double)n;
  const double slope = -inverse * inverse * along;
  const double shift = -inverse * sums[0] / (double)n - slope * mean;
  assay_nn_plane_kernels()->affine_back(d_x, d, x, (float)inverse, (float)slope, (float)shift, n,
                                        c->add[0]);
}

static void rows_back(const struct assay_nn_call *c)
{
  const struct rows s = rows_of(c);
  for (size_t r = 0; r < s.rows; r++) {
    if (!c->node->a[PLAIN]) row_weights_back(c, &s, r);
    if (c->d_in[0]) row_back(c, &s, r);
  }
}

static int check_group(struct assay_nn_graph *g, int k)
{
  const int x =
      k == 2 ? assay_nn_input(g, "x", 1, (int[]){6}) : assay_nn_input(g, "x", 3, (int[]){4, 3, 2});
  assay_nn_want_gradient(g, x);
  return k == 1 ? assay_nn_instance_norm(g, x) : assay_nn_group_norm(g, "layer", x, 2);
}

const struct assay_nn_op assay_nn_op_group_norm = {
    .name = "group_norm",
    .doc = "standardises groups of channels of every sample",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = infer_rows,
    .plan = plan_rows,
    .forward = norm_rows,
    .backward = rows_back,
    .n_checks = 3,
    .check = check_group,
};

static int check_layer(struct assay_nn_graph *g, int k)
{
  const int x = assay_nn_input(g, "x", 3, (int[]){2, 3, 5});
  assay_nn_want_gradient(g, x);
  return assay_nn_layer_norm(g, "layer", x, k + 1);
}

const struct assay_nn_op assay_nn_op_layer_norm = {
    .name = "layer_norm",
    .doc = "standardises the last dimensions",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = refuse_no_dimensions,
    .plan = plan_rows,
    .forward = norm_rows,
    .backward = rows_back,
    .n_checks = 3,
    .check = check_layer,
};

static int build_rows(struct assay_nn_graph *g, const struct assay_nn_op *op, const char *name,
                      int x, int groups, int dims, bool plain)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, op, name, &x, 1);
  if (!node) return -1;
  node->a[GROUPS] = groups;
  node->a[DIMS] = dims;
  node->a[PLAIN] = plain;
  return assay_nn_node_end(g, node);
}

int assay_nn_group_norm(struct assay_nn_graph *g, const char *name, int x, int groups)
{
  return build_rows(g, &assay_nn_op_group_norm, name, x, groups, 0, false);
}

int assay_nn_instance_norm(struct assay_nn_graph *g, int x)
{
  const int groups = x >= 0 && g->rc >= 0 && g->value[x].shape.n > 0 ? g->value[x].shape.d[0] : 0;
  return build_rows(g, &assay_nn_op_group_norm, NULL, x, groups, 0, true);
}

int assay_nn_layer_norm(struct assay_nn_graph *g, const char *name, int x, int dims)
{
  return build_rows(g, &assay_nn_op_layer_norm, name, x, 0, dims, false);
}

/* ---- dropout ------------------------------------------------------------------------------ */

/* Leaves the factors for backward. */
static int infer_dropout(struct assay_nn_shape *out, struct assay_nn_graph *g,
                         struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const double p = node->f[0];
  ASSAY_CHECK(p >= 0 && p < 1, ASSAY_EARG, "probability %g; it must be at least 0 and below 1", p);
  ASSAY_TRY(assay_nn_infer_same(out, g, node));
  node->saved = assay_nn_shape_size(out);
done:
  return rc;
}

static void draw_factors(const struct assay_nn_call *c)
{
  enum { PURPOSE = 0x64726f70 }; /* keeps these apart from other draws of the seed */
  const size_t n = c->node->saved;
  const uint32_t limit = (uint32_t)(c->node->f[0] * 65536 + 0.5);
  const float kept = limit < 65536 ? 65536.0f / (float)(65536 - limit) : 0;
  const uint32_t key[2] = {(uint32_t)c->seed ^ (uint32_t)(c->step >> 32),
                           (uint32_t)(c->seed >> 32) ^ PURPOSE};
  for (int i = 0; i < c->n; i++) {
    const uint32_t counter[4] = {0, (uint32_t)(c->node - c->graph->node), (uint32_t)(c->first + i),
                                 (uint32_t)c->step};
    assay_nn_plane_kernels()->draw(c->saved + (size_t)i * n, n, counter, key, limit, kept);
  }
}

static void dropout(const struct assay_nn_call *c)
{
  const size_t n = assay_nn_call_out_size(c);
  if (!c->training || c->held || !c->saved) {
    if (c->out != c->in[0]) assay_nn_kernels()->copy(c->out, c->in[0], 1, n, false);
    return;
  }
  draw_factors(c);
  assay_nn_kernels()->mul(c->out, c->in[0], c->saved, n, false);
}

static void dropout_back(const struct assay_nn_call *c)
{
  const size_t n = assay_nn_call_out_size(c);
  if (!c->held)
    assay_nn_kernels()->mul(c->d_in[0], c->d_out, c->saved, n, c->add[0]);
  else if (c->d_in[0] != c->d_out)
    assay_nn_kernels()->copy(c->d_in[0], c->d_out, 1, n, c->add[0]);
}

static int check_dropout(struct assay_nn_graph *g, int k)
{
  const int x = assay_nn_input(g, "x", 2, (int[]){3, 47});
  assay_nn_want_gradient(g, x);
  return assay_nn_dropout(g, x, k ? 0.2385 : 0.7);
}

const struct assay_nn_op assay_nn_op_dropout = {
    .name = "dropout",
    .doc = "some numbers are left out while training",
    .in_place = true,
    .infer = infer_dropout,
    .forward = dropout,
    .backward = dropout_back,
    .n_checks = 2,
    .check = check_dropout,
};

int assay_nn_dropout(struct assay_nn_graph *g, int x, double p)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_dropout, NULL, &x, 1);
  if (!node) return -1;
  node->f[0] = p;
  return assay_nn_node_end(g, node);
}
