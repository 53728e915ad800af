#include "baselines/neural/graph.h"

#include <string.h>

#include "baselines/neural/op.h"
#include "core/base/err.h"
#include "core/base/mem.h"

int assay_nn_graph_create(struct assay_nn_graph **out, struct assay_nn_params *params)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, 1, "graph"));
  (*out)->params = params;
  (*out)->loss = -1;
done:
  return rc;
}

void assay_nn_graph_destroy(struct assay_nn_graph *g)
{
  if (!g) return;
  for (int v = 0; v < g->n_values; v++) assay_free(g->value[v].name);
  for (int i = 0; i < g->n_nodes; i++) assay_free(g->node[i].name);
  assay_free(g->value);
  assay_free(g->node);
  assay_free(g->message);
  assay_free(g);
}

/* Remember the first failure. */
static int stick(struct assay_nn_graph *g, int rc, const char *layer)
{
  if (rc >= 0 || g->rc < 0) return rc;
  g->rc = rc;
  if (assay_asprintf(&g->message, "%s: %s", layer, assay_err_last()) < 0) g->message = NULL;
  return rc;
}

int assay_nn_graph_finish(const struct assay_nn_graph *g)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(g->rc >= 0, g->rc, "%s", g->message ? g->message : assay_err_last());
done:
  return rc;
}

static int add_value(int *out, struct assay_nn_graph *g, const struct assay_nn_value *v)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_nn_shape_check(&v->shape));
  ASSAY_TRY(ASSAY_GROW(&g->value, (size_t)g->n_values + 1, "graph"));
  g->value[g->n_values] = *v;
  *out = g->n_values++;
done:
  return rc;
}

static int name_value(struct assay_nn_graph *g, int value, const char *name)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(assay_nn_graph_find(g, name) < 0, ASSAY_EARG, "there are two values of this name");
  ASSAY_TRY(assay_strdup(&g->value[value].name, name));
done:
  return rc;
}

static int add_input(int *out, struct assay_nn_graph *g, const char *name, int items, int n,
                     const int *d)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n >= 0 && n <= ASSAY_NN_DIMS, ASSAY_EARG, "%d dimensions; at most %d are possible", n,
              ASSAY_NN_DIMS);
  const struct assay_nn_value v = {
      .shape = assay_nn_shape(n, d), .items = items, .node = -1, .input = true};
  ASSAY_TRY(add_value(out, g, &v));
  ASSAY_TRY(name_value(g, *out, name));
done:
  return rc;
}

int assay_nn_input(struct assay_nn_graph *g, const char *name, int n, const int *d)
{
  int v = -1;
  if (g->rc < 0) return -1;
  return stick(g, add_input(&v, g, name, 0, n, d), name) < 0 ? -1 : v;
}

int assay_nn_shared_input(struct assay_nn_graph *g, const char *name, int items, int n,
                          const int *d)
{
  int v = -1;
  if (g->rc < 0) return -1;
  return stick(g, add_input(&v, g, name, items > 0 ? items : 1, n, d), name) < 0 ? -1 : v;
}

int assay_nn_output(struct assay_nn_graph *g, const char *name, int value)
{
  if (g->rc < 0 || value < 0) return -1;
  if (stick(g, name_value(g, value, name), name) < 0) return -1;
  g->value[value].output = true;
  return value;
}

void assay_nn_want_gradient(struct assay_nn_graph *g, int value)
{
  if (g->rc < 0 || value < 0) return;
  g->value[value].wants_gradient = g->value[value].depends = true;
}

int assay_nn_graph_find(const struct assay_nn_graph *g, const char *name)
{
  for (int v = 0; v < g->n_values; v++)
    if (g->value[v].name && strcmp(g->value[v].name, name) == 0) return v;
  return -1;
}

static int begin(struct assay_nn_node **out, struct assay_nn_graph *g, const struct assay_nn_op *op,
                 const char *name, const int *in, int n_in)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n_in >= 0 && n_in <= ASSAY_NN_INPUTS, ASSAY_EARG, "%d inputs; 0 to %d are possible",
              n_in, ASSAY_NN_INPUTS);
  ASSAY_TRY(ASSAY_GROW(&g->node, (size_t)g->n_nodes + 1, "graph"));
  struct assay_nn_node *node = &g->node[g->n_nodes];
  assay_free(node->name); /* of one that was begun and not ended */
  *node = (struct assay_nn_node){.op = op, .n_in = n_in, .out = -1};
  if (n_in > 0) memcpy(node->in, in, (size_t)n_in * sizeof *in);
  ASSAY_TRY(assay_strdup(&node->name, name));
  *out = node;
done:
  return rc;
}

struct assay_nn_node *assay_nn_node_begin(struct assay_nn_graph *g, const struct assay_nn_op *op,
                                          const char *name, const int *in, int n_in)
{
  struct assay_nn_node *node = NULL;
  const char *const layer = name ? name : op->name;
  if (g->rc < 0) return NULL;
  for (int i = 0; i < n_in; i++)
    if (in[i] < 0) return NULL;
  return stick(g, begin(&node, g, op, layer, in, n_in), layer) < 0 ? NULL : node;
}

/* The leading axis of what a node makes: the batch as soon as one input has it; else the longest of
 * the shared ones. */
static int items_of(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  int items = 1;
  for (int i = 0; i < node->n_in; i++) {
    const int has = g->value[node->in[i]].items;
    if (has == 0) return 0;
    if (has > items) items = has;
  }
  return items;
}

static bool depends(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  for (int i = 0; i < node->n_in; i++)
    if (g->value[node->in[i]].depends) return true;
  for (int i = 0; i < node->n_param; i++)
    if (g->params->row[node->param[i]].learned) return true;
  return false;
}

static int end(struct assay_nn_graph *g, struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  struct assay_nn_value v = {.node = g->n_nodes};
  ASSAY_TRY(node->op->infer(&v.shape, g, node));
  v.items = items_of(g, node);
  v.depends = node->op->backward && depends(g, node);
  if (node->op->loss) {
    ASSAY_CHECK(g->loss < 0, ASSAY_EARG, "the graph has a loss already");
    ASSAY_CHECK(v.items == 0, ASSAY_EARG, "a loss needs values of the batch");
    g->loss = g->n_nodes;
  } else {
    ASSAY_TRY(add_value(&node->out, g, &v));
  }
  g->n_nodes++;
done:
  return rc;
}

int assay_nn_node_end(struct assay_nn_graph *g, struct assay_nn_node *node)
{
  if (!node) return -1;
  if (stick(g, end(g, node), node->name) >= 0) return node->out;
  assay_free(node->name);
  node->name = NULL;
  return -1;
}

const struct assay_nn_shape *assay_nn_node_shape(const struct assay_nn_graph *g,
                                                 const struct assay_nn_node *node, int i)
{
  return &g->value[node->in[i]].shape;
}

/* A parameter belongs to one node of a graph: two layers of one name would silently share it. */
static int check_alone(const struct assay_nn_graph *g, const struct assay_nn_node *node, int row)
{
  int rc = ASSAY_OK;
  for (const struct assay_nn_node *other = g->node; other <= node; other++)
    for (int i = 0; i < other->n_param; i++)
      ASSAY_CHECK(other->param[i] != row, ASSAY_EARG, "there are two layers of this name");
done:
  return rc;
}

static int add_param(struct assay_nn_graph *g, struct assay_nn_node *node, const char *what,
                     const struct assay_nn_shape *shape, const struct assay_nn_start *start,
                     bool learned)
{
  int rc = ASSAY_OK, row = -1;
  char *name = NULL;
  ASSAY_CHECK(node->n_param < ASSAY_NN_WEIGHTS, ASSAY_EARG, "more than %d parameters in a layer",
              ASSAY_NN_WEIGHTS);
  ASSAY_TRY(assay_asprintf(&name, "%s.%s", node->name, what));
  ASSAY_TRY(assay_nn_params_add(&row, g->params, name, shape, start, learned));
  ASSAY_TRY(check_alone(g, node, row));
  node->param[node->n_param++] = row;
done:
  assay_free(name);
  return rc;
}

int assay_nn_node_param(struct assay_nn_graph *g, struct assay_nn_node *node, const char *what,
                        const struct assay_nn_shape *shape, const struct assay_nn_start *start)
{
  return add_param(g, node, what, shape, start, true);
}

int assay_nn_node_buffer(struct assay_nn_graph *g, struct assay_nn_node *node, const char *what,
                         const struct assay_nn_shape *shape, const struct assay_nn_start *start)
{
  return add_param(g, node, what, shape, start, false);
}
