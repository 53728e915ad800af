#include "baselines/neural/op_pool.h"

#include <string.h>

#include "baselines/neural/window.h"
#include "core/base/err.h"

enum { KERNEL, STRIDE };

static int window_of(struct assay_nn_window *w, const struct assay_nn_shape *s,
                     const struct assay_nn_node *node)
{
  return assay_nn_window_make(w, s, node->a[KERNEL], node->a[STRIDE], 0, ASSAY_NN_PAD_ZEROS);
}

static int infer_pool(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  struct assay_nn_window w;
  const struct assay_nn_shape *s = assay_nn_node_shape(g, node, 0);
  ASSAY_TRY(window_of(&w, s, node));
  *out = assay_nn_window_shape(&w, s, w.c);
  node->work = (double)assay_nn_shape_size(out) * w.kh * w.kw;
done:
  return rc;
}

/* The shape rule has accepted the window. */
static struct assay_nn_window planned(const struct assay_nn_call *c)
{
  struct assay_nn_window w = {0};
  (void)window_of(&w, assay_nn_node_shape(c->graph, c->node, 0), c->node);
  return w;
}

/* Number of the window's first one within its plane. */
static size_t corner(const struct assay_nn_window *w, int y, int x)
{
  return (size_t)(y * w->stride) * (size_t)w->w + (size_t)(x * w->stride);
}

/* Calls BODY for every output, number `o` of the tile, whose window starts at `from` of the input;
 * planes of the tile follow each other. */
#define EACH_WINDOW(v, planes, body)                                                 \
  for (size_t o = 0, p = 0; p < (planes); p++)                                       \
    for (int y = 0; y < (v)->ho; y++)                                                \
      for (int x = 0; x < (v)->wo; x++, o++) {                                       \
        const size_t from = p * (size_t)(v)->h * (size_t)(v)->w + corner((v), y, x); \
        body                                                                         \
      }

static size_t planes_of(const struct assay_nn_call *c, const struct assay_nn_window *w)
{
  return (size_t)c->n * (size_t)w->c;
}

/* d_x starts from zeros where nothing was added before. */
static void begin_sum(const struct assay_nn_call *c)
{
  if (!c->add[0]) memset(c->d_in[0], 0, assay_nn_call_size(c, 0) * sizeof(float));
}

static int unary(struct assay_nn_graph *g, const struct assay_nn_op *op, int x, int kernel,
                 int stride)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, op, NULL, &x, 1);
  if (!node) return -1;
  node->a[KERNEL] = kernel;
  node->a[STRIDE] = stride;
  return assay_nn_node_end(g, node);
}

/* ---- largest ------------------------------------------------------------------------------- */

/* Leaves where in the plane's window the largest was. */
static int infer_max(struct assay_nn_shape *out, struct assay_nn_graph *g,
                     struct assay_nn_node *node)
{
  const int rc = infer_pool(out, g, node);
  node->saved = rc < 0 ? 0 : assay_nn_shape_size(out);
  return rc;
}

static void max_pool(const struct assay_nn_call *c)
{
  const struct assay_nn_window w = planned(c);
  EACH_WINDOW(&w, planes_of(c, &w), {
    const float *seen = c->in[0] + from;
    float most = seen[0];
    int where = 0;
    for (int ky = 0; ky < w.kh; ky++)
      for (int kx = 0; kx < w.kw; kx++) {
        const float v = seen[ky * w.w + kx];
        if (!(v > most || v != v)) continue;
        most = v;
        where = ky * w.kw + kx;
      }
    c->out[o] = most;
    if (c->saved) c->saved[o] = (float)where;
  })
}

static void max_pool_back(const struct assay_nn_call *c)
{
  const struct assay_nn_window w = planned(c);
  begin_sum(c);
  EACH_WINDOW(&w, planes_of(c, &w), {
    const int where = (int)c->saved[o];
    c->d_in[0][from + (size_t)(where / w.kw * w.w + where % w.kw)] += c->d_out[o];
  })
}

static int check_input(struct assay_nn_graph *g, int k)
{
  const int x = k == 2 ? assay_nn_input(g, "x", 2, (int[]){2, 9})
                       : assay_nn_input(g, "x", 3, (int[]){2, 4, 5});
  assay_nn_want_gradient(g, x);
  return x;
}

static int check_max(struct assay_nn_graph *g, int k)
{
  return assay_nn_max_pool(g, check_input(g, k), k == 1 ? 3 : 2, k == 1 ? 1 : 2);
}

const struct assay_nn_op assay_nn_op_max_pool = {
    .name = "max_pool",
    .doc = "largest number of every window",
    .infer = infer_max,
    .forward = max_pool,
    .backward = max_pool_back,
    .n_checks = 3,
    .check = check_max,
};

int assay_nn_max_pool(struct assay_nn_graph *g, int x, int kernel, int stride)
{
  return unary(g, &assay_nn_op_max_pool, x, kernel, stride);
}

/* ---- mean --------------------------------------------------------------------------------- */

static void mean_pool(const struct assay_nn_call *c)
{
  const struct assay_nn_window w = planned(c);
  const float share = 1.0f / (float)(w.kh * w.kw);
  EACH_WINDOW(&w, planes_of(c, &w), {
    float sum = 0;
    for (int ky = 0; ky < w.kh; ky++)
      for (int kx = 0; kx < w.kw; kx++) sum += c->in[0][from + (size_t)(ky * w.w + kx)];
    c->out[o] = share * sum;
  })
}

static void mean_pool_back(const struct assay_nn_call *c)
{
  const struct assay_nn_window w = planned(c);
  const float share = 1.0f / (float)(w.kh * w.kw);
  begin_sum(c);
  EACH_WINDOW(&w, planes_of(c, &w), {
    for (int ky = 0; ky < w.kh; ky++)
      for (int kx = 0; kx < w.kw; kx++)
        c->d_in[0][from + (size_t)(ky * w.w + kx)] += share * c->d_out[o];
  })
}

static int check_mean(struct assay_nn_graph *g, int k)
{
  return assay_nn_mean_pool(g, check_input(g, k), k == 1 ? 3 : 2, k == 1 ? 1 : 2);
}

const struct assay_nn_op assay_nn_op_mean_pool = {
    .name = "mean_pool",
    .doc = "mean of every window",
    .infer = infer_pool,
    .forward = mean_pool,
    .backward = mean_pool_back,
    .n_checks = 3,
    .check = check_mean,
};

int assay_nn_mean_pool(struct assay_nn_graph *g, int x, int kernel, int stride)
{
  return unary(g, &assay_nn_op_mean_pool, x, kernel, stride);
}
