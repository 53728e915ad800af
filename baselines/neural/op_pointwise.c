#include "baselines/neural/op_pointwise.h"

#include "baselines/neural/kernels.h"
#include "core/base/err.h"

static int unary(struct assay_nn_graph *g, const struct assay_nn_op *op, int x, int a, double f)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, op, NULL, &x, 1);
  if (!node) return -1;
  node->a[0] = a;
  node->f[0] = f;
  return assay_nn_node_end(g, node);
}

/* Those that leave their derivative for backward, and need nothing else there. */
static int infer_sloped(struct assay_nn_shape *out, struct assay_nn_graph *g,
                        struct assay_nn_node *node)
{
  const int rc = assay_nn_infer_same(out, g, node);
  node->saved = assay_nn_shape_size(out);
  return rc;
}

static void sloped_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->mul(c->d_in[0], c->d_out, c->saved, assay_nn_call_out_size(c), c->add[0]);
}

static int check_input(struct assay_nn_graph *g)
{
  const int x = assay_nn_input(g, "x", 2, (int[]){3, 7});
  assay_nn_want_gradient(g, x);
  return x;
}

/* ---- relu --------------------------------------------------------------------------------- */

static void relu(const struct assay_nn_call *c)
{
  assay_nn_kernels()->relu(c->out, c->in[0], assay_nn_call_out_size(c));
}

static void relu_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->relu_back(c->d_in[0], c->out, c->d_out, assay_nn_call_out_size(c), c->add[0]);
}

static int check_relu(struct assay_nn_graph *g, int k)
{
  (void)k;
  return assay_nn_relu(g, check_input(g));
}

const struct assay_nn_op assay_nn_op_relu = {
    .name = "relu",
    .doc = "max(x, 0)",
    .needs = ASSAY_NN_NEEDS_OUT,
    .in_place = true,
    .infer = assay_nn_infer_same,
    .forward = relu,
    .backward = relu_back,
    .n_checks = 1,
    .check = check_relu,
};

int assay_nn_relu(struct assay_nn_graph *g, int x)
{
  return unary(g, &assay_nn_op_relu, x, 0, 0);
}

/* ---- gelu, sine, tanh --------------------------------------------------------------------- */

static void gelu(const struct assay_nn_call *c)
{
  assay_nn_kernels()->gelu(c->out, c->saved, c->in[0], assay_nn_call_out_size(c));
}

static int check_gelu(struct assay_nn_graph *g, int k)
{
  (void)k;
  return assay_nn_gelu(g, check_input(g));
}

const struct assay_nn_op assay_nn_op_gelu = {
    .name = "gelu",
    .doc = "x F(x) with the normal distribution function F",
    .in_place = true,
    .infer = infer_sloped,
    .forward = gelu,
    .backward = sloped_back,
    .n_checks = 1,
    .check = check_gelu,
};

int assay_nn_gelu(struct assay_nn_graph *g, int x)
{
  return unary(g, &assay_nn_op_gelu, x, 0, 0);
}

static void sine(const struct assay_nn_call *c)
{
  assay_nn_kernels()->sine(c->out, c->saved, c->in[0], (float)c->node->f[0],
                           assay_nn_call_out_size(c));
}

static int check_sine(struct assay_nn_graph *g, int k)
{
  return assay_nn_sine(g, check_input(g), k ? 2.385 : 1);
}

const struct assay_nn_op assay_nn_op_sine = {
    .name = "sine",
    .doc = "sin(omega x)",
    .in_place = true,
    .infer = infer_sloped,
    .forward = sine,
    .backward = sloped_back,
    .n_checks = 2,
    .check = check_sine,
};

int assay_nn_sine(struct assay_nn_graph *g, int x, double omega)
{
  return unary(g, &assay_nn_op_sine, x, 0, omega);
}

static void tanh_forward(const struct assay_nn_call *c)
{
  assay_nn_kernels()->tanh(c->out, c->in[0], assay_nn_call_out_size(c));
}

static void tanh_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->tanh_back(c->d_in[0], c->out, c->d_out, assay_nn_call_out_size(c), c->add[0]);
}

static int check_tanh(struct assay_nn_graph *g, int k)
{
  (void)k;
  return assay_nn_tanh(g, check_input(g));
}

const struct assay_nn_op assay_nn_op_tanh = {
    .name = "tanh",
    .doc = "hyperbolic tangent",
    .needs = ASSAY_NN_NEEDS_OUT,
    .in_place = true,
    .infer = assay_nn_infer_same,
    .forward = tanh_forward,
    .backward = tanh_back,
    .n_checks = 1,
    .check = check_tanh,
};

int assay_nn_tanh(struct assay_nn_graph *g, int x)
{
  return unary(g, &assay_nn_op_tanh, x, 0, 0);
}

/* ---- norm_relu ---------------------------------------------------------------------------- */

static int infer_norm_relu(struct assay_nn_shape *out, struct assay_nn_graph *g,
                           struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int dims = node->a[0];
  ASSAY_TRY(assay_nn_infer_same(out, g, node));
  ASSAY_CHECK(dims >= 1 && dims <= out->n, ASSAY_EARG, "standardises %d dimensions of %d", dims,
              out->n);
  node->saved = assay_nn_shape_before(out, out->n - dims);
done:
  return rc;
}

static void row_sizes(size_t *rows, size_t *n, const struct assay_nn_call *c)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, 0);
  const size_t per_item = assay_nn_shape_before(s, s->n - c->node->a[0]);
  *rows = per_item * (size_t)c->n;
  *n = assay_nn_shape_size(s) / per_item;
}

static void norm_relu(const struct assay_nn_call *c)
{
  size_t rows, n;
  row_sizes(&rows, &n, c);
  assay_nn_kernels()->norm_relu(c->out, c->saved, c->in[0], rows, n);
}

static void norm_relu_back(const struct assay_nn_call *c)
{
  size_t rows, n;
  row_sizes(&rows, &n, c);
  assay_nn_kernels()->norm_relu_back(c->d_in[0], c->out, c->saved, c->d_out, rows, n, c->add[0]);
}

static int check_norm_relu(struct assay_nn_graph *g, int k)
{
  const int x = assay_nn_input(g, "x", 2, (int[]){2, 9});
  assay_nn_want_gradient(g, x);
  return assay_nn_norm_relu(g, x, k + 1);
}

const struct assay_nn_op assay_nn_op_norm_relu = {
    .name = "norm_relu",
    .doc = "standardise, take the positive part, undo: max(x, mean)",
    .needs = ASSAY_NN_NEEDS_OUT,
    .in_place = true,
    .infer = infer_norm_relu,
    .forward = norm_relu,
    .backward = norm_relu_back,
    .n_checks = 2,
    .check = check_norm_relu,
};

int assay_nn_norm_relu(struct assay_nn_graph *g, int x, int dims)
{
  return unary(g, &assay_nn_op_norm_relu, x, dims, 0);
}

/* ---- scale -------------------------------------------------------------------------------- */

static void scale(const struct assay_nn_call *c)
{
  const size_t n = assay_nn_call_out_size(c);
  const float factor = (float)c->node->f[0], shift = (float)c->node->f[1];
  if (shift == 0)
    assay_nn_kernels()->copy(c->out, c->in[0], factor, n, false);
  else
    for (size_t i = 0; i < n; i++) c->out[i] = factor * c->in[0][i] + shift;
}

static void scale_back(const struct assay_nn_call *c)
{
  assay_nn_kernels()->copy(c->d_in[0], c->d_out, (float)c->node->f[0], assay_nn_call_out_size(c),
                           c->add[0]);
}

static int check_scale(struct assay_nn_graph *g, int k)
{
  return k ? assay_nn_affine(g, check_input(g), -2.385, 0.75)
           : assay_nn_scale(g, check_input(g), -2.385);
}

const struct assay_nn_op assay_nn_op_scale = {
    .name = "scale",
    .doc = "times a constant, plus a constant",
    .in_place = true,
    .infer = assay_nn_infer_same,
    .forward = scale,
    .backward = scale_back,
    .n_checks = 2,
    .check = check_scale,
};

int assay_nn_affine(struct assay_nn_graph *g, int x, double factor, double shift)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_scale, NULL, &x, 1);
  if (!node) return -1;
  node->f[0] = factor;
  node->f[1] = shift;
  return assay_nn_node_end(g, node);
}

int assay_nn_scale(struct assay_nn_graph *g, int x, double factor)
{
  return assay_nn_affine(g, x, factor, 0);
}

/* ---- add, mul ----------------------------------------------------------------------------- */

static int infer_pair(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_value *a = &g->value[node->in[0]], *b = &g->value[node->in[1]];
  ASSAY_CHECK(assay_nn_shape_equal(&a->shape, &b->shape), ASSAY_EARG,
              "inputs have the shapes %s and %s, expected equal ones",
              assay_nn_shape_text(text[0], &a->shape), assay_nn_shape_text(text[1], &b->shape));
  ASSAY_CHECK(a->items == b->items || a->items == 1 || b->items == 1, ASSAY_EARG,
              "inputs have %d and %d items, expected the same number, or one", a->items, b->items);
  ASSAY_TRY(assay_nn_infer_same(out, g, node));
done:
  return rc;
}

/* Item i of input j: the one there is, where it is shared. */
static size_t place(const struct assay_nn_call *c, int j, size_t i, size_t size)
{
  return c->shared[j] == 1 ? 0 : i * size;
}

/* One call of the kernel for the tile, or one per item where an input has only one. */
static size_t pieces(size_t *size, const struct assay_nn_call *c)
{
  const bool one = (c->shared[0] == 1 || c->shared[1] == 1) && c->n > 1;
  *size = assay_nn_call_out_size(c) / (one ? (size_t)c->n : 1);
  return one ? (size_t)c->n : 1;
}

static void add(const struct assay_nn_call *c)
{
  size_t size;
  const size_t n = pieces(&size, c);
  for (size_t i = 0; i < n; i++)
    assay_nn_kernels()->add(c->out + i * size, c->in[0] + place(c, 0, i, size),
                            c->in[1] + place(c, 1, i, size), size);
}

static void add_back(const struct assay_nn_call *c)
{
  size_t size;
  const size_t n = pieces(&size, c);
  for (int j = 0; j < 2; j++)
    for (size_t i = 0; c->d_in[j] && c->d_in[j] != c->d_out && i < n; i++)
      assay_nn_kernels()->copy(c->d_in[j] + place(c, j, i, size), c->d_out + i * size, 1, size,
                               c->add[j] || (n > 1 && i > 0 && c->shared[j] == 1));
}

static void mul(const struct assay_nn_call *c)
{
  size_t size;
  const size_t n = pieces(&size, c);
  for (size_t i = 0; i < n; i++)
    assay_nn_kernels()->mul(c->out + i * size, c->in[0] + place(c, 0, i, size),
                            c->in[1] + place(c, 1, i, size), size, false);
}

static void mul_back(const struct assay_nn_call *c)
{
  size_t size;
  const size_t n = pieces(&size, c);
  for (int j = 0; j < 2; j++)
    for (size_t i = 0; c->d_in[j] && i < n; i++)
      assay_nn_kernels()->mul(c->d_in[j] + place(c, j, i, size), c->d_out + i * size,
                              c->in[1 - j] + place(c, 1 - j, i, size), size,
                              c->add[j] || (n > 1 && i > 0 && c->shared[j] == 1));
}

/* both of the batch, the first shared, the second shared, twice the same */
static int check_pair(struct assay_nn_graph *g, int k,
                      int (*build)(struct assay_nn_graph *, int, int))
{
  static const int shape[] = {2, 5};
  const int a =
      k == 1 ? assay_nn_shared_input(g, "a", 1, 2, shape) : assay_nn_input(g, "a", 2, shape);
  const int b =
      k == 2 ? assay_nn_shared_input(g, "b", 1, 2, shape) : assay_nn_input(g, "b", 2, shape);
  assay_nn_want_gradient(g, a);
  assay_nn_want_gradient(g, b);
  return build(g, a, k == 3 ? build(g, a, b) : b);
}

static int check_add(struct assay_nn_graph *g, int k)
{
  return check_pair(g, k, assay_nn_add);
}

static int check_mul(struct assay_nn_graph *g, int k)
{
  return check_pair(g, k, assay_nn_mul);
}

const struct assay_nn_op assay_nn_op_add = {
    .name = "add",
    .doc = "a + b",
    .in_place = true,
    .infer = infer_pair,
    .forward = add,
    .backward = add_back,
    .n_checks = 4,
    .check = check_add,
};

const struct assay_nn_op assay_nn_op_mul = {
    .name = "mul",
    .doc = "a b",
    .needs = ASSAY_NN_NEEDS_IN | ASSAY_NN_NEEDS_IN << 1,
    .infer = infer_pair,
    .forward = mul,
    .backward = mul_back,
    .n_checks = 4,
    .check = check_mul,
};

static int pair(struct assay_nn_graph *g, const struct assay_nn_op *op, int a, int b)
{
  return assay_nn_node_end(g, assay_nn_node_begin(g, op, NULL, (const int[]){a, b}, 2));
}

int assay_nn_add(struct assay_nn_graph *g, int a, int b)
{
  return pair(g, &assay_nn_op_add, a, b);
}

int assay_nn_mul(struct assay_nn_graph *g, int a, int b)
{
  return pair(g, &assay_nn_op_mul, a, b);
}
