#include "baselines/neural/op_pad.h"

#include <string.h>

#include "baselines/neural/kernels.h"
#include "core/base/err.h"

enum { ROWS, COLUMNS };

static int infer_pad(struct assay_nn_shape *out, struct assay_nn_graph *g,
                     struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *s = assay_nn_node_shape(g, node, 0);
  const bool fits = (s->n == 3 && s->d[1] <= node->a[ROWS]) || (s->n == 2 && node->a[ROWS] == 1);
  ASSAY_CHECK(fits && assay_nn_shape_last(s) <= node->a[COLUMNS], ASSAY_EARG,
              "input is %s, expected [c, h, w] with at most %d rows and %d columns, or [c, n]",
              assay_nn_shape_text(text, s), node->a[ROWS], node->a[COLUMNS]);
  *out = *s;
  if (s->n == 3) out->d[1] = node->a[ROWS];
  out->d[s->n - 1] = node->a[COLUMNS];
  node->work = (double)assay_nn_shape_size(out);
done:
  return rc;
}

static int rows_of(const struct assay_nn_shape *s)
{
  return s->n == 3 ? s->d[1] : 1;
}

/* Where row y of plane p of the tile stands in the output. */
static size_t place(const struct assay_nn_call *c, const struct assay_nn_shape *s, int p, int y)
{
  const int rows = c->node->a[ROWS], columns = c->node->a[COLUMNS];
  const int above = (rows - rows_of(s)) / 2, before = (columns - assay_nn_shape_last(s)) / 2;
  return ((size_t)p * (size_t)rows + (size_t)(y + above)) * (size_t)columns + (size_t)before;
}

static void pad(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, 0);
  const size_t w = (size_t)assay_nn_shape_last(s);
  const float *x = c->in[0];
  memset(c->out, 0, assay_nn_call_out_size(c) * sizeof *c->out);
  for (int p = 0; p < c->n * s->d[0]; p++)
    for (int y = 0; y < rows_of(s); y++, x += w)
      memcpy(c->out + place(c, s, p, y), x, w * sizeof *x);
}

static void pad_back(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *s = assay_nn_node_shape(c->graph, c->node, 0);
  const size_t w = (size_t)assay_nn_shape_last(s);
  float *d = c->d_in[0];
  for (int p = 0; p < c->n * s->d[0]; p++)
    for (int y = 0; y < rows_of(s); y++, d += w)
      assay_nn_kernels()->copy(d, c->d_out + place(c, s, p, y), 1, w, c->add[0]);
}

static int check_pad(struct assay_nn_graph *g, int k)
{
  const int x = k == 2 ? assay_nn_input(g, "x", 2, (int[]){2, 5})
                       : assay_nn_input(g, "x", 3, (int[]){2, 3, 4});
  assay_nn_want_gradient(g, x);
  return assay_nn_pad(g, x, k == 2 ? 1 : k == 1 ? 3 : 6, k == 2 ? 8 : k == 1 ? 4 : 5);
}

const struct assay_nn_op assay_nn_op_pad = {
    .name = "pad",
    .doc = "planes in the middle of zeros",
    .infer = infer_pad,
    .forward = pad,
    .backward = pad_back,
    .n_checks = 3,
    .check = check_pad,
};

int assay_nn_pad(struct assay_nn_graph *g, int x, int rows, int columns)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_pad, NULL, &x, 1);
  if (!node) return -1;
  node->a[ROWS] = rows;
  node->a[COLUMNS] = columns;
  return assay_nn_node_end(g, node);
}
