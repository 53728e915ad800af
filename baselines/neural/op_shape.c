#include "baselines/neural/op_shape.h"

#include <string.h>

#include "baselines/neural/kernels.h"
#include "core/base/err.h"

static int shape_in(struct assay_nn_graph *g)
{
  const int x = assay_nn_input(g, "x", 3, (int[]){2, 3, 5});
  assay_nn_want_gradient(g, x);
  return x;
}

static void target_shape(struct assay_nn_shape *out, const struct assay_nn_node *node)
{
  *out = assay_nn_shape(node->a[0], node->a + 1);
}

static struct assay_nn_node *begin_shaped(struct assay_nn_graph *g, const struct assay_nn_op *op,
                                          int x, int n, const int *d)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, op, NULL, &x, 1);
  if (!node) return NULL;
  node->a[0] = n;
  for (int i = 0; i < n && i < ASSAY_NN_DIMS; i++) node->a[1 + i] = d[i];
  return node;
}

/* ---- reshape ------------------------------------------------------------------------------ */

static int infer_reshape(struct assay_nn_shape *out, struct assay_nn_graph *g,
                         struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *in = assay_nn_node_shape(g, node, 0);
  target_shape(out, node);
  ASSAY_TRY(assay_nn_shape_check(out));
  ASSAY_CHECK(assay_nn_shape_size(in) == assay_nn_shape_size(out), ASSAY_EARG,
              "%s does not hold the numbers of %s", assay_nn_shape_text(text[0], out),
              assay_nn_shape_text(text[1], in));
done:
  return rc;
}

static void reshape(const struct assay_nn_call *c)
{
  if (c->out != c->in[0]) memcpy(c->out, c->in[0], assay_nn_call_out_size(c) * sizeof *c->out);
}

static void reshape_back(const struct assay_nn_call *c)
{
  if (c->d_in[0] != c->d_out)
    assay_nn_kernels()->copy(c->d_in[0], c->d_out, 1, assay_nn_call_out_size(c), c->add[0]);
}

static int check_reshape(struct assay_nn_graph *g, int k)
{
  (void)k;
  return assay_nn_reshape(g, shape_in(g), 2, (int[]){6, 5});
}

const struct assay_nn_op assay_nn_op_reshape = {
    .name = "reshape",
    .doc = "the same numbers under another shape",
    .in_place = true,
    .infer = infer_reshape,
    .forward = reshape,
    .backward = reshape_back,
    .n_checks = 1,
    .check = check_reshape,
};

int assay_nn_reshape(struct assay_nn_graph *g, int x, int n, const int *d)
{
  return assay_nn_node_end(g, begin_shaped(g, &assay_nn_op_reshape, x, n, d));
}

/* ---- broadcast ---------------------------------------------------------------------------- */

static int infer_broadcast(struct assay_nn_shape *out, struct assay_nn_graph *g,
                           struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *in = assay_nn_node_shape(g, node, 0);
  target_shape(out, node);
  ASSAY_TRY(assay_nn_shape_check(out));
  bool fits = in->n <= out->n;
  for (int i = 1; fits && i <= in->n; i++)
    fits = in->d[in->n - i] == 1 || in->d[in->n - i] == out->d[out->n - i];
  ASSAY_CHECK(fits, ASSAY_EARG, "%s cannot be repeated to %s", assay_nn_shape_text(text[0], in),
              assay_nn_shape_text(text[1], out));
done:
  return rc;
}

/* Rows of the output along its last dimension, and where their source stands. */
struct walk {
  struct assay_nn_shape out;
  size_t step[ASSAY_NN_DIMS]; /* of the input along dimensions of the output; 0: repeated */
  size_t rows, row, in_size;
  bool single; /* a row of the output repeats one number */
};

static struct walk walk_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *in = assay_nn_node_shape(c->graph, c->node, 0);
  struct walk w = {.out = c->graph->value[c->node->out].shape, .in_size = assay_nn_shape_size(in)};
  for (int i = 0; i < in->n; i++) {
    const int d = w.out.n - in->n + i;
    w.step[d] = in->d[i] == 1 ? 0 : assay_nn_shape_behind(in, i);
  }
  w.row = (size_t)assay_nn_shape_last(&w.out);
  w.rows = assay_nn_shape_size(&w.out) / w.row;
  w.single = w.out.n == 0 || w.step[w.out.n - 1] == 0;
  return w;
}

static size_t source(const struct walk *w, size_t row)
{
  size_t at = 0;
  for (int d = w->out.n - 2; d >= 0; d--) {
    at += row % (size_t)w->out.d[d] * w->step[d];
    row /= (size_t)w->out.d[d];
  }
  return at;
}

static void broadcast(const struct assay_nn_call *c)
{
  const struct walk w = walk_of(c);
  for (size_t r = 0; r < (size_t)c->n * w.rows; r++) {
    const float *from = c->in[0] + r / w.rows * w.in_size + source(&w, r % w.rows);
    float *to = c->out + r * w.row;
    if (w.single)
      for (size_t i = 0; i < w.row; i++) to[i] = *from;
    else
      memcpy(to, from, w.row * sizeof *to);
  }
}

static void broadcast_back(const struct assay_nn_call *c)
{
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const struct walk w = walk_of(c);
  if (!c->add[0]) memset(c->d_in[0], 0, (size_t)c->n * w.in_size * sizeof(float));
  for (size_t r = 0; r < (size_t)c->n * w.rows; r++) {
    const float *from = c->d_out + r * w.row;
    float *to = c->d_in[0] + r / w.rows * w.in_size + source(&w, r % w.rows);
    if (w.single)
      *to += k->sum(from, w.row);
    else
      k->copy(to, from, 1, w.row, true);
  }
}

static int check_broadcast(struct assay_nn_graph *g, int k)
{
  static const struct {
    int n, d[3];
  } from[] = {{1, {5}}, {3, {2, 1, 5}}, {3, {2, 3, 1}}, {0}};
  const int x = assay_nn_input(g, "x", from[k].n, from[k].d);
  assay_nn_want_gradient(g, x);
  return assay_nn_broadcast(g, x, 3, (int[]){2, 3, 5});
}

const struct assay_nn_op assay_nn_op_broadcast = {
    .name = "broadcast",
    .doc = "repeat along dimensions of length 1",
    .infer = infer_broadcast,
    .forward = broadcast,
    .backward = broadcast_back,
    .n_checks = 4,
    .check = check_broadcast,
};

int assay_nn_broadcast(struct assay_nn_graph *g, int x, int n, const int *d)
{
  return assay_nn_node_end(g, begin_shaped(g, &assay_nn_op_broadcast, x, n, d));
}

/* ---- slice -------------------------------------------------------------------------------- */

enum { AXIS, FROM, COUNT };

static int infer_slice(struct assay_nn_shape *out, struct assay_nn_graph *g,
                       struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int axis = node->a[AXIS], from = node->a[FROM], count = node->a[COUNT];
  char text[ASSAY_NN_SHAPE_TEXT];
  *out = *assay_nn_node_shape(g, node, 0);
  ASSAY_CHECK(axis >= 0 && axis < out->n && from >= 0 && count >= 1 && count <= out->d[axis] - from,
              ASSAY_EARG, "%s has no entries %d to %d along dimension %d",
              assay_nn_shape_text(text, out), from, from + count - 1, axis);
  out->d[axis] = count;
done:
  return rc;
}

/* Copies between a value and a part of a wider one, run by run: outer runs of `run` floats. */
struct part {
  size_t outer, run, stride, offset;
};

static struct part part_of(const struct assay_nn_shape *whole, int axis, size_t from, size_t count,
                           size_t items)
{
  const size_t behind = assay_nn_shape_behind(whole, axis);
  return (struct part){.outer = items * assay_nn_shape_before(whole, axis),
                       .run = count * behind,
                       .stride = (size_t)whole->d[axis] * behind,
                       .offset = from * behind};
}

static struct part slice_part(const struct assay_nn_call *c)
{
  const int *a = c->node->a;
  return part_of(assay_nn_node_shape(c->graph, c->node, 0), a[AXIS], (size_t)a[FROM],
                 (size_t)a[COUNT], (size_t)c->n);
}

static void slice(const struct assay_nn_call *c)
{
  const struct part p = slice_part(c);
  for (size_t r = 0; r < p.outer; r++)
    memcpy(c->out + r * p.run, c->in[0] + r * p.stride + p.offset, p.run * sizeof *c->out);
}

static void slice_back(const struct assay_nn_call *c)
{
  const struct part p = slice_part(c);
  if (!c->add[0]) memset(c->d_in[0], 0, p.outer * p.stride * sizeof(float));
  for (size_t r = 0; r < p.outer; r++)
    assay_nn_kernels()->copy(c->d_in[0] + r * p.stride + p.offset, c->d_out + r * p.run, 1, p.run,
                             true);
}

static int check_slice(struct assay_nn_graph *g, int k)
{
  static const int part[][3] = {{0, 1, 1}, {1, 0, 2}, {2, 1, 3}};
  return assay_nn_slice(g, shape_in(g), part[k][0], part[k][1], part[k][2]);
}

const struct assay_nn_op assay_nn_op_slice = {
    .name = "slice",
    .doc = "a range of entries along a dimension",
    .infer = infer_slice,
    .forward = slice,
    .backward = slice_back,
    .n_checks = 3,
    .check = check_slice,
};

int assay_nn_slice(struct assay_nn_graph *g, int x, int axis, int from, int count)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_slice, NULL, &x, 1);
  if (!node) return -1;
  node->a[AXIS] = axis;
  node->a[FROM] = from;
  node->a[COUNT] = count;
  return assay_nn_node_end(g, node);
}

/* ---- concat ------------------------------------------------------------------------------- */

static int infer_concat(struct assay_nn_shape *out, struct assay_nn_graph *g,
                        struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int axis = node->a[AXIS];
  char text[2][ASSAY_NN_SHAPE_TEXT];
  *out = *assay_nn_node_shape(g, node, 0);
  ASSAY_CHECK(axis >= 0 && axis < out->n, ASSAY_EARG, "there is no dimension %d", axis);
  for (int i = 1; i < node->n_in; i++) {
    const struct assay_nn_shape *next = assay_nn_node_shape(g, node, i);
    struct assay_nn_shape alike = *next;
    if (alike.n == out->n) alike.d[axis] = out->d[axis];
    ASSAY_CHECK(assay_nn_shape_equal(&alike, out), ASSAY_EARG,
                "%s does not fit behind %s along dimension %d", assay_nn_shape_text(text[0], next),
                assay_nn_shape_text(text[1], out), axis);
    out->d[axis] += next->d[axis];
  }
  for (int i = 0; i < node->n_in; i++)
    ASSAY_CHECK(g->value[node->in[i]].items <= 1, ASSAY_EARG,
                "a value of %d shared items; one at most is possible", g->value[node->in[i]].items);
done:
  return rc;
}

/* Input i within the output; *from is moved behind it. */
static struct part concat_part(size_t *from, const struct assay_nn_call *c, int i)
{
  const int axis = c->node->a[AXIS];
  const size_t count = (size_t)assay_nn_node_shape(c->graph, c->node, i)->d[axis];
  const struct part p =
      part_of(&c->graph->value[c->node->out].shape, axis, *from, count, (size_t)c->n);
  *from += count;
  return p;
}

/* Run r of an input that may have one item for all. */
static size_t run_of(const struct assay_nn_call *c, int i, const struct part *p, size_t r)
{
  return (c->shared[i] ? r % (p->outer / (size_t)c->n) : r) * p->run;
}

static void concat(const struct assay_nn_call *c)
{
  size_t from = 0;
  for (int i = 0; i < c->node->n_in; i++) {
    const struct part p = concat_part(&from, c, i);
    for (size_t r = 0; r < p.outer; r++)
      memcpy(c->out + r * p.stride + p.offset, c->in[i] + run_of(c, i, &p, r),
             p.run * sizeof *c->out);
  }
}

static void concat_back(const struct assay_nn_call *c)
{
  size_t from = 0;
  for (int i = 0; i < c->node->n_in; i++) {
    const struct part p = concat_part(&from, c, i);
    for (size_t r = 0; c->d_in[i] && r < p.outer; r++)
      assay_nn_kernels()->copy(c->d_in[i] + run_of(c, i, &p, r), c->d_out + r * p.stride + p.offset,
                               1, p.run,
                               c->add[i] || (c->shared[i] && r >= p.outer / (size_t)c->n));
  }
}

static int check_concat(struct assay_nn_graph *g, int k)
{
  int x[3], d[3] = {2, 3, 5};
  const int axis = k % 3;
  for (int i = 0; i < 3; i++) {
    const char *const name[] = {"x", "y", "z"};
    d[axis] = 1 + i;
    x[i] = i == 1 && k == 3 ? assay_nn_shared_input(g, name[i], 1, 3, d)
                            : assay_nn_input(g, name[i], 3, d);
    assay_nn_want_gradient(g, x[i]);
  }
  return assay_nn_concat(g, axis, x, 3);
}

const struct assay_nn_op assay_nn_op_concat = {
    .name = "concat",
    .doc = "values one behind the other along a dimension",
    .infer = infer_concat,
    .forward = concat,
    .backward = concat_back,
    .n_checks = 4,
    .check = check_concat,
};

int assay_nn_concat(struct assay_nn_graph *g, int axis, const int *x, int n)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_concat, NULL, x, n);
  if (!node) return -1;
  node->a[AXIS] = axis;
  return assay_nn_node_end(g, node);
}
