/* How a graph is run: in which order, and where every number stands. Internal to the executor.
 *
 * The steps of a training step (forward in the order of the nodes, backward in reverse) are cut
 * into phases at the places where a sum over the whole batch is needed. Within a phase every tile
 * of items goes through all steps on its own, so that what lives in one phase only needs room for
 * one tile per thread, and stays in the cache; what crosses phases has room for the batch. Without
 * joining operations everything from the input to the gradients of the parameters is one phase. */
#ifndef ASSAY_BASELINES_NEURAL_PLAN_H
#define ASSAY_BASELINES_NEURAL_PLAN_H
#include "baselines/neural/op.h"

enum { ASSAY_NN_SHARDS = 8 };

enum assay_nn_act {
  ASSAY_NN_AHEAD,
  ASSAY_NN_FORWARD,
  ASSAY_NN_GATHER,
  ASSAY_NN_BACKWARD,
  ASSAY_NN_GATHER_BACK,
};

struct assay_nn_step {
  enum assay_nn_act act;
  int node;
  bool add[ASSAY_NN_INPUTS]; /* backward: add to the gradient of input i, also in the first tile
                                of a shard where the input is shared */
};

struct assay_nn_phase {
  int first, n; /* steps */
  bool shared;  /* nodes that do not depend on the batch */
};

/* Room for a value, a gradient or what forward leaves for backward. */
struct assay_nn_room {
  size_t size;     /* floats per item */
  int items;       /* 0: as many as the batch */
  int first, last; /* steps between which it is in use; first < 0: never */
  bool tile;       /* one tile per thread, else whole */
  size_t offset;   /* floats from the start of the tile's or the whole's block */
};

struct assay_nn_plan {
  int batch, tile, shards;
  int n_steps, n_phases;
  struct assay_nn_step *step;
  struct assay_nn_phase *phase;
  int n_rooms;
  struct assay_nn_room *room;
  /* index of the room, -1: none. Inputs have none for their values. */
  int *value, *gradient; /* [n_values] */
  int *saved;            /* [n_nodes] */
  /* Gradients of shared values: offset in a block that every shard has, -1: none */
  long *shared_gradient;                           /* [n_values] */
  size_t tile_length, whole_length, shared_length; /* floats of the blocks */
};

/* tile, shards 0: chosen, so that a tile fits into the cache and a shard is worth a
 * thread. ASSAY_EUNSUPPORTED: a joining operation on values that all samples share; ASSAY_EARG:
 * training without a loss. */
int assay_nn_plan_make(struct assay_nn_plan *p, const struct assay_nn_graph *g, int batch, int tile,
                       int shards, bool training);
void assay_nn_plan_clear(struct assay_nn_plan *p);

#endif
