/* From individuals to equations in the units of the table. Each island has a basket of its own, so
 * that islands may live side by side; baskets are emptied into the front one after the other. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_HARVEST_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_HARVEST_H
#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/front.h"
#include "baselines/symbolic/genetic_island.h"

extern const char assay_sr_genetic_source[]; /* "genetic" */

struct assay_sr_basket {
  const struct assay_sr_table *table; /* borrowed, as is data */
  struct assay_sr_fit_data data;      /* the sample in its units and weights */
  double *work;                       /* [2 n rows of the table] */
  struct assay_sr_model *model;       /* [n] */
  int n, room;
  double offered[ASSAY_SR_TREE_NODES + 1]; /* least error by nodes */
  bool solved; /* a short law among them seems exact: the front decides */
};

int assay_sr_basket_create(struct assay_sr_basket **out, const struct assay_sr_table *table,
                           const struct assay_sr_fit_data *data);
void assay_sr_basket_destroy(struct assay_sr_basket *k);

/* Individuals of s that lead with their number of nodes, with less error than `below` and than what
 * was offered before: constants tuned, as a + b f and where that is as good as b f. */
int assay_sr_harvest(struct assay_sr_basket *k, struct assay_sr_island *s, double below,
                     struct assay_sr_budget *b);

/* All models to the front, in their order. */
int assay_sr_basket_empty(struct assay_sr_basket *k, struct assay_sr_front *front);

#endif
