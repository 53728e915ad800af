/* What an operation is. Adding one: a file (or a family's file) that defines a
 * `const struct assay_nn_op`, its builder, and one word in the table of ops.c; every test of the
 * table (gradient check, shapes, repeatability) then covers it.
 *
 * The executor (run.h) calls an operation for a tile: a few neighbouring items of the batch. Tiles
 * are cut into shards, each with gradients of its own for parameters and shared inputs; what one
 * shard holds is never seen by another, and the shards' sums are joined in a fixed order. So an
 * operation is written as if there were only its tile, and adds to gradients without locks. */
#ifndef ASSAY_BASELINES_NEURAL_OP_H
#define ASSAY_BASELINES_NEURAL_OP_H
#include <stdint.h>

#include "baselines/neural/graph.h"

/* One node on one tile. Items of in[i] and out are those of the tile, or all of them where the
 * value is shared by all samples (then shared[i] is how many). */
struct assay_nn_call {
  const struct assay_nn_graph *graph;
  const struct assay_nn_node *node;
  const void *state; /* what plan() made */
  int n;             /* items of the tile */
  long first;        /* index of its first item in the batch */
  long batch;        /* items of the whole batch */
  bool training;
  bool held;           /* training with norms and dropout as in answers */
  uint64_t seed, step; /* of the run: dropout */

  const float *in[ASSAY_NN_INPUTS]; /* [n, shape of input i] */
  int shared[ASSAY_NN_INPUTS];      /* 0: one item per sample */
  float *out;                       /* [n, shape of the output] */
  const float *param[ASSAY_NN_WEIGHTS];
  float *saved;   /* [n, node->saved], NULL when nobody will go backward */
  float *scratch; /* [assay_nn_op.scratch] undefined content, of this thread */

  /* backward */
  const float *d_out;
  float *d_in[ASSAY_NN_INPUTS];     /* NULL: not wanted */
  bool add[ASSAY_NN_INPUTS];        /* add to d_in[i], else it has undefined content and is set */
  float *d_param[ASSAY_NN_WEIGHTS]; /* add; NULL: a buffer that is not learned */

  /* joining operations: sums over the whole batch */
  const double *ahead, *sums, *sums_back;
};

enum {
  /* what backward reads, so that nothing else need be kept */
  ASSAY_NN_NEEDS_OUT = 1,
  ASSAY_NN_NEEDS_IN = 2, /* << i for input i */
  ASSAY_NN_NEEDS_ALL_IN = 2 * 0xff,
};

/* What a tile may be at most, for operations that make library primitives ahead. */
struct assay_nn_planning {
  const struct assay_nn_graph *graph;
  const struct assay_nn_node *node;
  int tile; /* most items of a call */
  bool training;
  bool bf16; /* large products of bfloat16 numbers */
};

struct assay_nn_op {
  const char *name, *doc;
  unsigned needs;
  /* Element by element: out may be in[0], and d_out may be d_in[0] (add is false then). Needs
   * in[0] neither in backward nor after it wrote out. */
  bool in_place;

  /* Shape rule: checks the inputs, makes the parameters, sets node->saved and node->work and the
   * shape of the output. ASSAY_EARG with what was expected. */
  int (*infer)(struct assay_nn_shape *out, struct assay_nn_graph *g, struct assay_nn_node *node);

  /* Optional: scratch in floats per call; a state that is made once per run and read by all
   * threads. */
  int (*plan)(void **state, size_t *scratch, const struct assay_nn_planning *p);
  void (*unplan)(void *state);

  void (*forward)(const struct assay_nn_call *c);
  void (*backward)(const struct assay_nn_call *c); /* NULL: nothing flows back */

  /* Joining operations need sums over the whole batch. In training the executor calls gather() on
   * every tile, joins the sums of the shards, and calls forward() on every tile with c->sums; the
   * same way gather_back() (d_out is there) before backward() with c->sums_back. settle() runs
   * once per step after the forward sums are joined: running statistics (it may write parameters
   * that are not learned, through `buffer`, in the order of node->param). Without training there
   * are no sums: forward() has to do with the buffers. */
  int (*n_sums)(const struct assay_nn_graph *g, const struct assay_nn_node *node);
  int (*n_sums_back)(const struct assay_nn_graph *g, const struct assay_nn_node *node);
  void (*gather)(double *sums, const struct assay_nn_call *c);      /* add */
  void (*gather_back)(double *sums, const struct assay_nn_call *c); /* add */
  void (*settle)(float *const *buffer, const struct assay_nn_call *c);

  /* Losses: no output. n_ahead sums are gathered from targets (inputs of the graph) before all
   * else, so that backward() can start on a tile while others have not yet gone forward; then
   * gather() takes the loss of a tile (n_sums) and loss() says its value. */
  int n_ahead;
  void (*gather_ahead)(double *sums, const struct assay_nn_call *c); /* add */
  double (*loss)(const double *ahead, const double *sums, long batch);

  /* Gradient check: builds configuration k with inputs that want gradients and returns the value
   * to check (for a loss: what assay_nn_..._loss returned), up to n_checks of them. `tolerance` is
   * relative to the largest gradient; 0: 2e-3. */
  int n_checks;
  int (*check)(struct assay_nn_graph *g, int k);
  double tolerance;
};

/* All of them, NULL-terminated. */
extern const struct assay_nn_op *const assay_nn_ops[];

/* Rows of matrices that a tile of a value holds: items times all dimensions but the last. */
size_t assay_nn_call_rows(const struct assay_nn_call *c, int input);

/* Numbers in a tile of input i, of the output. */
size_t assay_nn_call_size(const struct assay_nn_call *c, int input);
size_t assay_nn_call_out_size(const struct assay_nn_call *c);

/* For shape rules of element-wise operations: out = in[0], one saved number per number if asked. */
int assay_nn_infer_same(struct assay_nn_shape *out, struct assay_nn_graph *g,
                        struct assay_nn_node *node);

#endif
