/* For every head, with rows of Q, K, V [n, d] and P [n, n]:
 *
 *   P = softmax(Q K^T / sqrt(d)) row by row,   O = P V
 *
 *   dV = P^T dO,   dP = dO V^T,   dS = P (dP - sum over the row of dP P) element by element,
 *   dQ = dS K / sqrt(d),   dK = dS^T Q / sqrt(d). */
#include "baselines/neural/op_attention.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>

#include "baselines/neural/kernels.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "core/base/err.h"

enum { HEADS }; /* attribute */

static int infer_attention(struct assay_nn_shape *out, struct assay_nn_graph *g,
                           struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *x = assay_nn_node_shape(g, node, 0);
  const int heads = node->a[HEADS];
  ASSAY_CHECK(heads >= 1 && x->n == 2 && x->d[1] % (3 * heads) == 0, ASSAY_EARG,
              "the input is %s, expected [n, 3 e] with e a multiple of %d heads",
              assay_nn_shape_text(text, x), heads);
  const int n = x->d[0], e = x->d[1] / 3;
  *out = assay_nn_shape(2, (int[]){n, e});
  node->saved = (size_t)heads * (size_t)n * (size_t)n;
  node->work = 2.0 * n * n * e;
done:
  return rc;
}

static int plan_attention(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  const size_t n = (size_t)assay_nn_node_shape(p->graph, p->node, 0)->d[0];
  *state = NULL;
  *scratch = n * n;
  return ASSAY_OK;
}

/* Sizes, and the columns of head h. */
struct sizes {
  int n, e, d, heads;
  float scale;
};
static struct sizes sizes_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *x = assay_nn_node_shape(c->graph, c->node, 0);
  const int e = x->d[1] / 3, heads = c->node->a[HEADS], d = e / heads;
  return (struct sizes){x->d[0], e, d, heads, (float)(1 / sqrt((double)d))};
}

/* C = beta C + alpha op(A) op(B) of blocks in wider matrices */
static void product(float *c, int ldc, bool ta, const float *a, int lda, bool tb, const float *b,
                    int ldb, int m, int n, int k, float alpha, bool add)
{
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n,
              k, alpha, a, lda, b, ldb, add ? 1 : 0, c, ldc);
}

static void attention(const struct assay_nn_call *c)
{
  const struct sizes s = sizes_of(c);
  const int n = s.n, wide = 3 * s.e;
  for (int i = 0; i < c->n * s.heads; i++) {
    const int item = i / s.heads, h = i % s.heads;
    const float *q = c->in[0] + (size_t)item * (size_t)(n * wide) + h * s.d;
    float *p = c->saved ? c->saved + (size_t)i * (size_t)n * (size_t)n : c->scratch;
    product(p, n, false, q, wide, true, q + s.e, wide, n, n, s.d, s.scale, false);
    assay_nn_kernels()->softmax(p, (size_t)n, (size_t)n);
    product(c->out + (size_t)item * (size_t)(n * s.e) + h * s.d, s.e, false, p, n, false,
            q + 2 * s.e, wide, n, s.d, n, 1, false);
  }
}

static void attention_back(const struct assay_nn_call *c)
{
  const struct sizes s = sizes_of(c);
  const int n = s.n, wide = 3 * s.e;
  const bool add = c->add[0];
  for (int i = 0; i < c->n * s.heads; i++) {
    const int item = i / s.heads, h = i % s.heads;
    const size_t at = (size_t)item * (size_t)(n * wide) + (size_t)(h * s.d);
    const float *q = c->in[0] + at, *k = q + s.e, *v = k + s.e;
    const float *p = c->saved + (size_t)i * (size_t)n * (size_t)n;
    const float *d_out = c->d_out + (size_t)item * (size_t)(n * s.e) + h * s.d;
    float *d_q = c->d_in[0] + at, *d_p = c->scratch;
    product(d_q + 2 * s.e, wide, true, p, n, false, d_out, s.e, n, s.d, n, 1, add);
    product(d_p, n, false, d_out, s.e, true, v, wide, n, n, s.d, 1, false);
    assay_nn_kernels()->softmax_back(d_p, p, (size_t)n, (size_t)n);
    product(d_q, wide, false, d_p, n, false, k, wide, n, s.d, n, s.scale, add);
    product(d_q + s.e, wide, true, d_p, n, false, q, wide, n, s.d, n, s.scale, add);
  }
}

/* one head; three; one point, which sees itself; used twice */
static int check_attention(struct assay_nn_graph *g, int k)
{
  const int x = assay_nn_input(g, "x", 2, (int[]){k == 2 ? 1 : 4, k == 1 ? 18 : 6});
  assay_nn_want_gradient(g, x);
  if (k < 3) return assay_nn_attention(g, x, k == 1 ? 3 : 1);
  const int y = assay_nn_linear_no_bias(g, "layer", x, 2);
  return assay_nn_add(g, y, assay_nn_attention(g, x, 2));
}

const struct assay_nn_op assay_nn_op_attention = {
    .name = "attention",
    .doc = "softmax(q k^T / sqrt(d)) v in several heads",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = infer_attention,
    .plan = plan_attention,
    .forward = attention,
    .backward = attention_back,
    .n_checks = 4,
    .check = check_attention,
};

int assay_nn_attention(struct assay_nn_graph *g, int x, int heads)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_attention, NULL, &x, 1);
  if (!node) return -1;
  node->a[HEADS] = heads;
  return assay_nn_node_end(g, node);
}

int assay_nn_self_attention(struct assay_nn_graph *g, const char *name, int x, int heads)
{
  char layer[128];
  const int e = x < 0 ? 1 : assay_nn_shape_last(&g->value[x].shape);
  snprintf(layer, sizeof layer, "%s.qkv", name);
  x = assay_nn_attention(g, assay_nn_linear(g, layer, x, 3 * e), heads);
  snprintf(layer, sizeof layer, "%s.proj", name);
  return assay_nn_linear(g, layer, x, e);
}
