/* Parameters that turn the knobs of a layer. */
#ifndef ASSAY_BASELINES_NEURAL_OP_FILM_H
#define ASSAY_BASELINES_NEURAL_OP_FILM_H
#include "baselines/neural/op.h"

extern const struct assay_nn_op assay_nn_op_modulate;

/* x with c entries along dimension `axis`, knobs [2 c] of the same sample: entry i becomes
 * (1 + knobs_i) x_i + knobs_{c + i}. */
int assay_nn_modulate(struct assay_nn_graph *g, int x, int axis, int knobs);

/* The same with knobs that a linear layer "name" makes of about [n]: FiLM, Perez et al. 2018. */
int assay_nn_film(struct assay_nn_graph *g, const char *name, int x, int axis, int about);

#endif
