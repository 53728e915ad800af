/* With x as [before, c, behind], s and t the two halves of the knobs:
 *
 *   y_bij = (1 + s_i) x_bij + t_i,   dx = (1 + s_i) dy,   ds_i = sum_bj dy x,   dt_i = sum_bj dy */
#include "baselines/neural/op_film.h"

#include "baselines/neural/op_linear.h"
#include "core/base/err.h"

enum { AXIS }; /* attribute */
enum { X, KNOBS };

static int infer_modulate(struct assay_nn_shape *out, struct assay_nn_graph *g,
                          struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *x = assay_nn_node_shape(g, node, X),
                              *knobs = assay_nn_node_shape(g, node, KNOBS);
  const int axis = node->a[AXIS];
  ASSAY_CHECK(axis >= 0 && axis < x->n, ASSAY_EARG, "dimension %d of %s", axis,
              assay_nn_shape_text(text[0], x));
  ASSAY_CHECK(knobs->n == 1 && knobs->d[0] == 2 * x->d[axis], ASSAY_EARG,
              "the knobs are %s, expected [%d] for dimension %d of %s",
              assay_nn_shape_text(text[1], knobs), 2 * x->d[axis], axis,
              assay_nn_shape_text(text[0], x));
  ASSAY_CHECK(g->value[node->in[X]].items == 0 && g->value[node->in[KNOBS]].items == 0, ASSAY_EARG,
              "inputs that all samples share");
  *out = *x;
  node->work = (double)assay_nn_shape_size(x);
done:
  return rc;
}

struct sizes {
  size_t before, c, behind;
};
static struct sizes sizes_of(const struct assay_nn_call *c)
{
  const struct assay_nn_shape *x = assay_nn_node_shape(c->graph, c->node, X);
  const int axis = c->node->a[AXIS];
  return (struct sizes){assay_nn_shape_before(x, axis), (size_t)x->d[axis],
                        assay_nn_shape_behind(x, axis)};
}

static void modulate(const struct assay_nn_call *c)
{
  const struct sizes s = sizes_of(c);
  const float *x = c->in[X];
  float *y = c->out;
  for (size_t r = 0; r < (size_t)c->n * s.before; r++) {
    const float *knobs = c->in[KNOBS] + r / s.before * 2 * s.c;
    for (size_t i = 0; i < s.c; i++, x += s.behind, y += s.behind)
      for (size_t j = 0; j < s.behind; j++) y[j] = (1 + knobs[i]) * x[j] + knobs[s.c + i];
  }
}

static void modulate_x_back(const struct assay_nn_call *c, const struct sizes *s)
{
  const float *d_y = c->d_out;
  float *d_x = c->d_in[X];
  for (size_t r = 0; r < (size_t)c->n * s->before; r++) {
    const float *knobs = c->in[KNOBS] + r / s->before * 2 * s->c;
    for (size_t i = 0; i < s->c; i++, d_x += s->behind, d_y += s->behind)
      for (size_t j = 0; j < s->behind; j++)
        d_x[j] = (c->add[X] ? d_x[j] : 0) + (1 + knobs[i]) * d_y[j];
  }
}

static void modulate_knobs_back(const struct assay_nn_call *c, const struct sizes *s)
{
  for (size_t k = 0; k < (size_t)c->n * s->c; k++) {
    const size_t item = k / s->c, i = k % s->c;
    double scale = 0, shift = 0;
    for (size_t b = 0; b < s->before; b++) {
      const size_t at = ((item * s->before + b) * s->c + i) * s->behind;
      for (size_t j = 0; j < s->behind; j++) {
        scale += (double)c->d_out[at + j] * (double)c->in[X][at + j];
        shift += (double)c->d_out[at + j];
      }
    }
    float *d = c->d_in[KNOBS] + item * 2 * s->c + i;
    d[0] = (c->add[KNOBS] ? d[0] : 0) + (float)scale;
    d[s->c] = (c->add[KNOBS] ? d[s->c] : 0) + (float)shift;
  }
}

static void modulate_back(const struct assay_nn_call *c)
{
  const struct sizes s = sizes_of(c);
  if (c->d_in[KNOBS]) modulate_knobs_back(c, &s);
  if (c->d_in[X]) modulate_x_back(c, &s);
}

/* planes, rows of points, knobs that are learned, and knobs that serve twice */
static int check_modulate(struct assay_nn_graph *g, int k)
{
  const int x = k == 1 ? assay_nn_input(g, "x", 2, (int[]){4, 3})
                       : assay_nn_input(g, "x", 3, (int[]){3, 2, 4});
  const int about = assay_nn_input(g, "about", 1, (int[]){k < 2 ? 6 : 5});
  assay_nn_want_gradient(g, x);
  assay_nn_want_gradient(g, about);
  if (k < 2) return assay_nn_modulate(g, x, k, about);
  if (k == 2) return assay_nn_film(g, "film", x, 0, about);
  const int knobs = assay_nn_linear(g, "knobs", about, 8);
  return assay_nn_modulate(g, assay_nn_modulate(g, x, 2, knobs), 2, knobs);
}

const struct assay_nn_op assay_nn_op_modulate = {
    .name = "modulate",
    .doc = "scale and shift of every channel by knobs of the sample",
    .needs = ASSAY_NN_NEEDS_IN | ASSAY_NN_NEEDS_IN << KNOBS,
    .infer = infer_modulate,
    .forward = modulate,
    .backward = modulate_back,
    .n_checks = 4,
    .check = check_modulate,
};

int assay_nn_modulate(struct assay_nn_graph *g, int x, int axis, int knobs)
{
  struct assay_nn_node *node =
      assay_nn_node_begin(g, &assay_nn_op_modulate, NULL, (const int[]){x, knobs}, 2);
  if (!node) return -1;
  node->a[AXIS] = axis;
  return assay_nn_node_end(g, node);
}

int assay_nn_film(struct assay_nn_graph *g, const char *name, int x, int axis, int about)
{
  const bool known = x >= 0 && axis >= 0 && axis < g->value[x].shape.n;
  const int c = known ? g->value[x].shape.d[axis] : 1;
  return assay_nn_modulate(g, x, axis, assay_nn_linear(g, name, about, 2 * c));
}
