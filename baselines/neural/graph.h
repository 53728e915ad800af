/* A model as a static graph: values and the nodes that make them, in the order of computation.
 *
 * A model is a function that builds a graph from shapes. Builders (op_linear.h, op_pointwise.h ...)
 * take and return values as numbers; what goes wrong sticks to the graph with the layer's name, the
 * later builders do nothing, and assay_nn_graph_finish tells. So models read like equations:
 *
 *     int x = assay_nn_input(g, "x", 1, (int[]){8});
 *     for (int i = 0; i < 7; i++) x = assay_nn_relu(g, assay_nn_linear(g, layer(i), x, 100));
 *     ...
 *     ASSAY_TRY(assay_nn_graph_finish(g));
 *
 * Every value is a row of items: one per sample of the batch, or a fixed number that all samples
 * share (coordinates of a grid). A graph says nothing about the size of the batch. */
#ifndef ASSAY_BASELINES_NEURAL_GRAPH_H
#define ASSAY_BASELINES_NEURAL_GRAPH_H
#include "baselines/neural/params.h"

struct assay_nn_op;

enum { ASSAY_NN_INPUTS = 8, ASSAY_NN_WEIGHTS = 8, ASSAY_NN_ATTRIBUTES = 12 };

struct assay_nn_value {
  struct assay_nn_shape shape; /* of an item */
  int items;                   /* 0: one item per sample of the batch; else that many, shared */
  int node;                    /* that makes it; -1: an input */
  char *name;                  /* of an input or output, else NULL */
  bool input, output;
  bool wants_gradient; /* an input whose gradient is asked for */
  bool depends; /* on something that is learned, or on an input whose gradient is asked for */
};

struct assay_nn_node {
  const struct assay_nn_op *op;
  char *name; /* layer: prefix of its parameters, and for messages */
  int n_in, in[ASSAY_NN_INPUTS];
  int out;                              /* -1: a loss */
  int n_param, param[ASSAY_NN_WEIGHTS]; /* rows of the parameter table */
  /* of the operation, as its family defines them */
  int a[ASSAY_NN_ATTRIBUTES];
  double f[ASSAY_NN_ATTRIBUTES];
  /* set by the shape rule */
  size_t saved; /* floats per item that forward leaves for backward */
  double work;  /* multiply-adds per item of forward: decides how finely a batch is cut */
};

struct assay_nn_graph {
  struct assay_nn_params *params; /* borrowed */
  int n_values, n_nodes;
  struct assay_nn_value *value;
  struct assay_nn_node *node;
  int loss; /* node, or -1 */
  int rc;   /* the first failure, and its message */
  char *message;
};

/* params: of the model, empty for its first graph. */
int assay_nn_graph_create(struct assay_nn_graph **out, struct assay_nn_params *params);
void assay_nn_graph_destroy(struct assay_nn_graph *g);

/* The first failure of a builder, with its layer in front. */
int assay_nn_graph_finish(const struct assay_nn_graph *g);

/* ---- values ------------------------------------------------------------------------------- */

/* One item of shape d [n] per sample. */
int assay_nn_input(struct assay_nn_graph *g, const char *name, int n, const int *d);
/* `items` of them that all samples share. */
int assay_nn_shared_input(struct assay_nn_graph *g, const char *name, int items, int n,
                          const int *d);
/* Give a value a name and keep it: assay_nn_run_output. */
int assay_nn_output(struct assay_nn_graph *g, const char *name, int value);
/* Ask for the gradient of an input. */
void assay_nn_want_gradient(struct assay_nn_graph *g, int value);
/* Input or output by name, or -1. */
int assay_nn_graph_find(const struct assay_nn_graph *g, const char *name);

/* ---- for builders ------------------------------------------------------------------------- */

/* A zeroed node to be filled (in, n_in, a, f are the builder's), or NULL when the graph has failed
 * or an input is -1. name NULL: that of the operation. Without inputs: for all samples alike. */
struct assay_nn_node *assay_nn_node_begin(struct assay_nn_graph *g, const struct assay_nn_op *op,
                                          const char *name, const int *in, int n_in);
/* Apply the shape rule; its value, or -1. node is the last one that was begun; NULL gives -1. */
int assay_nn_node_end(struct assay_nn_graph *g, struct assay_nn_node *node);

/* For shape rules: shape of input i; a parameter of the node (called "layer.what"). */
const struct assay_nn_shape *assay_nn_node_shape(const struct assay_nn_graph *g,
                                                 const struct assay_nn_node *node, int i);
int assay_nn_node_param(struct assay_nn_graph *g, struct assay_nn_node *node, const char *what,
                        const struct assay_nn_shape *shape, const struct assay_nn_start *start);
/* One that is not learned. */
int assay_nn_node_buffer(struct assay_nn_graph *g, struct assay_nn_node *node, const char *what,
                         const struct assay_nn_shape *shape, const struct assay_nn_start *start);

#endif
