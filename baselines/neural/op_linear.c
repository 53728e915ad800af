/* With rows r of an item and of a tile taken together, X [r, k], W [m, k], b [m], Y [r, m]:
 *
 *   Y = X W^T + 1 b^T,   dX = dY W,   dW = dY^T X,   db = dY^T 1. */
#include "baselines/neural/op_linear.h"

#include <cblas.h>
#include <string.h>

#include "baselines/neural/bf16.h"
#include "baselines/neural/kernels.h"
#include "core/base/err.h"

enum { WIDTH, NO_BIAS, FAN }; /* integer attributes */
enum { GAIN };
enum { WEIGHT, BIAS };

/* C [m, n] = beta C + op(A) op(B), all row-major without gaps */
static void gemm(float *c, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                 const float *a, const float *b, bool add)
{
  const int lda = (int)(ta == CblasNoTrans ? k : m), ldb = (int)(tb == CblasNoTrans ? n : k);
  cblas_sgemm(CblasRowMajor, ta, tb, (int)m, (int)n, (int)k, 1, a, lda, b, ldb, add ? 1 : 0, c,
              (int)n);
}

/* ---- linear ------------------------------------------------------------------------------- */

/* As biases start, or as the builder was told. */
static int start_weight(struct assay_nn_graph *g, struct assay_nn_node *node,
                        const struct assay_nn_shape *shape, const struct assay_nn_start *usual)
{
  struct assay_nn_start start = *usual;
  if (node->f[GAIN] > 0) start.scale = node->f[GAIN];
  if (node->a[FAN] > 0) start.fan_in = node->a[FAN];
  return assay_nn_node_param(g, node, "weight", shape, &start);
}

static int infer_linear(struct assay_nn_shape *out, struct assay_nn_graph *g,
                        struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int m = node->a[WIDTH];
  *out = *assay_nn_node_shape(g, node, 0);
  ASSAY_CHECK(out->n >= 1, ASSAY_EARG, "a single number has no dimension to multiply");
  ASSAY_CHECK(m >= 1, ASSAY_EARG, "width %d; it must be at least 1", m);
  const int k = assay_nn_shape_last(out);
  const struct assay_nn_shape weight = assay_nn_shape(2, (int[]){m, k}),
                              bias = assay_nn_shape(1, &m);
  const struct assay_nn_start start = {
      .how = ASSAY_NN_UNIFORM, .fan_in = k, .fan_out = m, .scale = 1};
  ASSAY_TRY(start_weight(g, node, &weight, &start));
  if (!node->a[NO_BIAS]) ASSAY_TRY(assay_nn_node_param(g, node, "bias", &bias, &start));
  out->d[out->n - 1] = m;
  node->work = (double)assay_nn_shape_size(out) * k;
done:
  return rc;
}

/* With bfloat16 a state, where it is worth it. */
static int plan_linear(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  int rc = ASSAY_OK;
  struct assay_nn_bf16_linear *l = NULL;
  const struct assay_nn_shape *x = assay_nn_node_shape(p->graph, p->node, 0);
  const int k = assay_nn_shape_last(x), m = p->node->a[WIDTH];
  const size_t rows = (size_t)p->tile * (assay_nn_shape_size(x) / (size_t)k);
  *state = NULL;
  if (p->bf16 && k >= ASSAY_NN_BF16_LEAST && m >= ASSAY_NN_BF16_LEAST &&
      rows >= ASSAY_NN_BF16_LEAST)
    ASSAY_TRY(
        assay_nn_bf16_linear_create(&l, scratch, rows, k, m, !p->node->a[NO_BIAS], p->training));
  *state = l;
done:
  return rc;
}

static void unplan_linear(void *state)
{
  assay_nn_bf16_linear_destroy(state);
}

static void linear(const struct assay_nn_call *c)
{
  const size_t rows = assay_nn_call_rows(c, 0), m = (size_t)c->node->a[WIDTH];
  const size_t k = (size_t)assay_nn_shape_last(assay_nn_node_shape(c->graph, c->node, 0));
  const bool bias = !c->node->a[NO_BIAS];
  if (c->state) {
    assay_nn_bf16_linear_forward(c->state, c->out, c->in[0], c->param[WEIGHT],
                                 bias ? c->param[BIAS] : NULL, rows, c->scratch);
    return;
  }
  if (bias) assay_nn_kernels()->fill_rows(c->out, c->param[BIAS], rows, m);
  gemm(c->out, CblasNoTrans, CblasTrans, rows, m, k, c->in[0], c->param[WEIGHT], bias);
}

static void linear_back(const struct assay_nn_call *c)
{
  const size_t rows = assay_nn_call_rows(c, 0), m = (size_t)c->node->a[WIDTH];
  const size_t k = (size_t)assay_nn_shape_last(assay_nn_node_shape(c->graph, c->node, 0));
  if (!c->node->a[NO_BIAS]) assay_nn_kernels()->add_columns(c->d_param[BIAS], c->d_out, rows, m);
  if (c->state) {
    assay_nn_bf16_linear_backward(c->state, c->d_param[WEIGHT], c->d_in[0], c->add[0], c->d_out,
                                  c->in[0], c->param[WEIGHT], rows, c->scratch);
    return;
  }
  gemm(c->d_param[WEIGHT], CblasTrans, CblasNoTrans, m, k, rows, c->d_out, c->in[0], true);
  if (c->d_in[0])
    gemm(c->d_in[0], CblasNoTrans, CblasNoTrans, rows, k, m, c->d_out, c->param[WEIGHT], c->add[0]);
}

static int check_linear(struct assay_nn_graph *g, int k)
{
  static const int shape[][3] = {{7}, {5, 3}, {4, 2, 6}};
  int x = assay_nn_input(g, "x", k == 3 ? 1 : k + 1, shape[k % 3]);
  assay_nn_want_gradient(g, x);
  return k == 3 ? assay_nn_linear_no_bias(g, "layer", x, 5) : assay_nn_linear(g, "layer", x, 4);
}

const struct assay_nn_op assay_nn_op_linear = {
    .name = "linear",
    .doc = "x W^T + b along the last dimension",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = infer_linear,
    .plan = plan_linear,
    .unplan = unplan_linear,
    .forward = linear,
    .backward = linear_back,
    .n_checks = 4,
    .check = check_linear,
};

static int build_linear(struct assay_nn_graph *g, const char *name, int x, int m, int no_bias)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_linear, name, &x, 1);
  if (!node) return -1;
  node->a[WIDTH] = m;
  node->a[NO_BIAS] = no_bias;
  return assay_nn_node_end(g, node);
}

int assay_nn_linear_started(struct assay_nn_graph *g, const char *name, int x, int m, double gain,
                            int fan)
{
  struct assay_nn_node *node =
      assay_nn_node_begin(g, &assay_nn_op_linear, name, (const int[]){x}, 1);
  if (!node) return -1;
  node->a[WIDTH] = m;
  node->f[GAIN] = gain;
  node->a[FAN] = fan;
  return assay_nn_node_end(g, node);
}

int assay_nn_linear(struct assay_nn_graph *g, const char *name, int x, int m)
{
  return build_linear(g, name, x, m, 0);
}

int assay_nn_linear_no_bias(struct assay_nn_graph *g, const char *name, int x, int m)
{
  return build_linear(g, name, x, m, 1);
}

/* ---- joint -------------------------------------------------------------------------------- */

static int infer_joint(struct assay_nn_shape *out, struct assay_nn_graph *g,
                       struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int m = node->a[WIDTH];
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *a = assay_nn_node_shape(g, node, 0),
                              *b = assay_nn_node_shape(g, node, 1);
  ASSAY_CHECK(a->n == 1 && b->n == 2, ASSAY_EARG, "inputs are %s and %s, expected [n] and [k, l]",
              assay_nn_shape_text(text[0], a), assay_nn_shape_text(text[1], b));
  ASSAY_CHECK(g->value[node->in[0]].items == 0 && g->value[node->in[1]].items == 0, ASSAY_EARG,
              "inputs that all samples share");
  ASSAY_CHECK(m >= 1, ASSAY_EARG, "width %d; it must be at least 1", m);
  const int k = a->d[0] + b->d[1];
  const struct assay_nn_shape weight = assay_nn_shape(2, (int[]){m, k}),
                              bias = assay_nn_shape(1, &m);
  const struct assay_nn_start start = {
      .how = ASSAY_NN_UNIFORM, .fan_in = k, .fan_out = m, .scale = 1};
  *out = assay_nn_shape(2, (int[]){b->d[0], m});
  node->work = (double)m * (a->d[0] + (double)b->d[0] * b->d[1]);
  ASSAY_TRY(start_weight(g, node, &weight, &start));
  ASSAY_TRY(assay_nn_node_param(g, node, "bias", &bias, &start));
done:
  return rc;
}

/* n samples of k rows; widths of both inputs and of the output. */
struct joint {
  int n, k, m, na, nb, all;
};
static struct joint joint_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *b = assay_nn_node_shape(c->graph, c->node, 1);
  const int na = assay_nn_node_shape(c->graph, c->node, 0)->d[0];
  return (struct joint){c->n, b->d[0], c->node->a[WIDTH], na, b->d[1], na + b->d[1]};
}

static int plan_joint(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  *state = NULL;
  *scratch = (size_t)p->tile * (size_t)p->node->a[WIDTH];
  return ASSAY_OK;
}

static void joint(const struct assay_nn_call *c)
{
  const struct joint j = joint_of(c);
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const float *w = c->param[WEIGHT];
  const size_t m = (size_t)j.m;
  k->fill_rows(c->scratch, c->param[BIAS], (size_t)j.n, m);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, j.n, j.m, j.na, 1, c->in[0], j.na, w, j.all,
              1, c->scratch, j.m);
  for (int i = 0; i < j.n; i++)
    k->fill_rows(c->out + (size_t)i * (size_t)j.k * m, c->scratch + (size_t)i * m, (size_t)j.k, m);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, j.n * j.k, j.m, j.nb, 1, c->in[1], j.nb,
              w + j.na, j.all, 1, c->out, j.m);
}

/* The gradient of what a gives is the sum over its rows. */
static void joint_back(const struct assay_nn_call *c)
{
  const struct joint j = joint_of(c);
  const struct assay_nn_kernels *k = assay_nn_kernels();
  float *sum = c->scratch, *dw = c->d_param[WEIGHT];
  const float *w = c->param[WEIGHT];
  const size_t m = (size_t)j.m;
  memset(sum, 0, (size_t)j.n * m * sizeof *sum);
  for (int i = 0; i < j.n; i++)
    k->add_columns(sum + (size_t)i * m, c->d_out + (size_t)i * (size_t)j.k * m, (size_t)j.k, m);
  k->add_columns(c->d_param[BIAS], sum, (size_t)j.n, m);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, j.m, j.na, j.n, 1, sum, j.m, c->in[0], j.na,
              1, dw, j.all);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, j.m, j.nb, j.n * j.k, 1, c->d_out, j.m,
              c->in[1], j.nb, 1, dw + j.na, j.all);
  if (c->d_in[0])
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, j.n, j.na, j.m, 1, sum, j.m, w, j.all,
                c->add[0] ? 1 : 0, c->d_in[0], j.na);
  if (c->d_in[1])
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, j.n * j.k, j.nb, j.m, 1, c->d_out, j.m,
                w + j.na, j.all, c->add[1] ? 1 : 0, c->d_in[1], j.nb);
}

static int check_joint(struct assay_nn_graph *g, int k)
{
  const int a = assay_nn_input(g, "a", 1, (int[]){4}),
            b = assay_nn_input(g, "b", 2, (int[]){k ? 1 : 5, 3});
  assay_nn_want_gradient(g, a);
  assay_nn_want_gradient(g, b);
  return assay_nn_joint_started(g, "layer", a, b, 6, 0, 0);
}

const struct assay_nn_op assay_nn_op_joint = {
    .name = "joint",
    .doc = "[a b] W^T + bias for rows of b behind one a",
    .needs = ASSAY_NN_NEEDS_IN | ASSAY_NN_NEEDS_IN << 1,
    .infer = infer_joint,
    .plan = plan_joint,
    .forward = joint,
    .backward = joint_back,
    .n_checks = 2,
    .check = check_joint,
};

int assay_nn_joint_started(struct assay_nn_graph *g, const char *name, int a, int b, int m,
                           double gain, int fan)
{
  struct assay_nn_node *node =
      assay_nn_node_begin(g, &assay_nn_op_joint, name, (const int[]){a, b}, 2);
  if (!node) return -1;
  node->a[WIDTH] = m;
  node->f[GAIN] = gain;
  node->a[FAN] = fan;
  return assay_nn_node_end(g, node);
}

/* ---- inner products ------------------------------------------------------------------------ */

static int infer_inner(struct assay_nn_shape *out, struct assay_nn_graph *g,
                       struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const struct assay_nn_value *a = &g->value[node->in[0]], *b = &g->value[node->in[1]];
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const bool shared = b->items > 0;
  const int dims = shared ? 1 : 2;
  ASSAY_CHECK(
      a->items == 0 && a->shape.n == dims && b->shape.n == dims &&
          assay_nn_shape_last(&b->shape) == assay_nn_shape_last(&a->shape),
      ASSAY_EARG,
      "inputs are %s and %s, expected [p] of every sample and [p] of shared items, or [f, p] "
      "and [k, p]",
      assay_nn_shape_text(text[0], &a->shape), assay_nn_shape_text(text[1], &b->shape));
  *out = shared ? assay_nn_shape(1, &b->items)
                : assay_nn_shape(2, (int[]){b->shape.d[0], a->shape.d[0]});
  node->work = (double)assay_nn_shape_size(out) * assay_nn_shape_last(&a->shape);
done:
  return rc;
}

/* Sample i: A [f, p], B [k, p], out [k, f]. With shared rows one product for all samples. */
struct inner {
  size_t n, k, f, p;
};
static struct inner inner_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *a = assay_nn_node_shape(c->graph, c->node, 0),
                              *b = assay_nn_node_shape(c->graph, c->node, 1);
  const bool shared = c->shared[1] > 0;
  return (struct inner){.n = (size_t)c->n,
                        .k = (size_t)(shared ? c->shared[1] : b->d[0]),
                        .f = (size_t)(shared ? 1 : a->d[0]),
                        .p = (size_t)assay_nn_shape_last(a)};
}

static void inner(const struct assay_nn_call *c)
{
  const struct inner s = inner_of(c);
  if (c->shared[1]) {
    gemm(c->out, CblasNoTrans, CblasTrans, s.n, s.k, s.p, c->in[0], c->in[1], false);
    return;
  }
  for (size_t i = 0; i < s.n; i++)
    gemm(c->out + i * s.k * s.f, CblasNoTrans, CblasTrans, s.k, s.f, s.p, c->in[1] + i * s.k * s.p,
         c->in[0] + i * s.f * s.p, false);
}

static void inner_back(const struct assay_nn_call *c)
{
  const struct inner s = inner_of(c);
  if (c->shared[1]) {
    if (c->d_in[0])
      gemm(c->d_in[0], CblasNoTrans, CblasNoTrans, s.n, s.p, s.k, c->d_out, c->in[1], c->add[0]);
    if (c->d_in[1])
      gemm(c->d_in[1], CblasTrans, CblasNoTrans, s.k, s.p, s.n, c->d_out, c->in[0], c->add[1]);
    return;
  }
  for (size_t i = 0; i < s.n; i++) {
    const float *d = c->d_out + i * s.k * s.f;
    const size_t a = i * s.f * s.p, b = i * s.k * s.p;
    if (c->d_in[0])
      gemm(c->d_in[0] + a, CblasTrans, CblasNoTrans, s.f, s.p, s.k, d, c->in[1] + b, c->add[0]);
    if (c->d_in[1])
      gemm(c->d_in[1] + b, CblasNoTrans, CblasNoTrans, s.k, s.p, s.f, d, c->in[0] + a, c->add[1]);
  }
}

static int check_inner(struct assay_nn_graph *g, int k)
{
  const int a =
      k == 0 ? assay_nn_input(g, "a", 1, (int[]){5}) : assay_nn_input(g, "a", 2, (int[]){k, 5});
  const int b = k == 0 ? assay_nn_shared_input(g, "b", 3, 1, (int[]){5})
                       : assay_nn_input(g, "b", 2, (int[]){3, 5});
  assay_nn_want_gradient(g, a);
  assay_nn_want_gradient(g, b);
  return assay_nn_inner(g, a, b);
}

const struct assay_nn_op assay_nn_op_inner = {
    .name = "inner",
    .doc = "inner products of vectors with rows",
    .needs = ASSAY_NN_NEEDS_IN | ASSAY_NN_NEEDS_IN << 1,
    .infer = infer_inner,
    .forward = inner,
    .backward = inner_back,
    .n_checks = 3,
    .check = check_inner,
};

int assay_nn_inner(struct assay_nn_graph *g, int a, int b)
{
  return assay_nn_node_end(
      g, assay_nn_node_begin(g, &assay_nn_op_inner, NULL, (const int[]){a, b}, 2));
}

/* ---- bias --------------------------------------------------------------------------------- */

static int infer_bias(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int axis = node->a[0];
  *out = *assay_nn_node_shape(g, node, 0);
  ASSAY_CHECK(axis >= -1 && axis < out->n, ASSAY_EARG, "there is no dimension %d", axis);
  const struct assay_nn_shape bias = assay_nn_shape(1, (int[]){axis < 0 ? 1 : out->d[axis]});
  const struct assay_nn_start start = {.how = ASSAY_NN_ZEROS};
  ASSAY_TRY(assay_nn_node_param(g, node, "bias", &bias, &start));
  node->work = (double)assay_nn_shape_size(out);
done:
  return rc;
}

/* The tile as [outer, m, inner] with a bias for each of m. */
struct spans {
  size_t outer, m, inner;
};
static struct spans spans_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, 0);
  const int axis = c->node->a[0];
  const size_t n = (size_t)c->n;
  if (axis < 0) return (struct spans){n, 1, assay_nn_shape_size(s)};
  return (struct spans){n * assay_nn_shape_before(s, axis), (size_t)s->d[axis],
                        assay_nn_shape_behind(s, axis)};
}

static void bias(const struct assay_nn_call *c)
{
  const struct spans s = spans_of(c);
  for (size_t r = 0; r < s.outer * s.m; r++) {
    const float b = c->param[0][r % s.m];
    const float *x = c->in[0] + r * s.inner;
    float *y = c->out + r * s.inner;
    for (size_t i = 0; i < s.inner; i++) y[i] = x[i] + b;
  }
}

static void bias_back(const struct assay_nn_call *c)
{
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const struct spans s = spans_of(c);
  if (s.inner == 1)
    k->add_columns(c->d_param[0], c->d_out, s.outer, s.m);
  else
    for (size_t r = 0; r < s.outer * s.m; r++)
      c->d_param[0][r % s.m] += k->sum(c->d_out + r * s.inner, s.inner);
  if (c->d_in[0] && c->d_in[0] != c->d_out)
    k->copy(c->d_in[0], c->d_out, 1, s.outer * s.m * s.inner, c->add[0]);
}

static int check_bias(struct assay_nn_graph *g, int k)
{
  static const int axis[] = {-1, 0, 1, 2};
  const int x = assay_nn_input(g, "x", 3, (int[]){3, 2, 5});
  assay_nn_want_gradient(g, x);
  return assay_nn_bias(g, "offset", x, axis[k]);
}

const struct assay_nn_op assay_nn_op_bias = {
    .name = "bias",
    .doc = "one learned number added along a dimension, or everywhere",
    .in_place = true,
    .infer = infer_bias,
    .forward = bias,
    .backward = bias_back,
    .n_checks = 4,
    .check = check_bias,
};

int assay_nn_bias(struct assay_nn_graph *g, const char *name, int x, int axis)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_bias, name, &x, 1);
  if (!node) return -1;
  node->a[0] = axis;
  return assay_nn_node_end(g, node);
}
