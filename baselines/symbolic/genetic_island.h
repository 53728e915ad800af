/* One island of genetic programming: individuals, their evaluation and their generations. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_ISLAND_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_ISLAND_H
#include "baselines/symbolic/budget.h"
#include "baselines/symbolic/genetic.h"
#include "baselines/symbolic/genetic_select.h"
#include "core/expr/program.h"

enum { ASSAY_SR_WEIGHTS = 2 }; /* all rows alike; by 1/|y| */
enum { ASSAY_SR_SEEN = 1 << 16 };

/* What all islands share: columns divided by their scale, targets, weights, and the evaluator. */
struct assay_sr_nursery {
  struct assay_sr_genetic_options options;
  struct assay_sr_alphabet alphabet;
  double scale[ASSAY_SR_MAX_VARS], y_scale;
  ptrdiff_t m;
  double *x, *y;                     /* [n_vars, m], [m] */
  double *w[ASSAY_SR_WEIGHTS];       /* [m] square roots of weights, which sum to 1 */
  double *ww[ASSAY_SR_WEIGHTS];      /* [m] weights */
  double mean[ASSAY_SR_WEIGHTS];     /* of y */
  double variance[ASSAY_SR_WEIGHTS]; /* of y */
  const double *columns[ASSAY_SR_MAX_VARS];
  struct assay_expr_program *program;
  struct assay_expr_work *work;
  struct assay_expr_node node[ASSAY_SR_TREE_NODES + 4];
  double *f; /* [m] */
};

int assay_sr_nursery_create(struct assay_sr_nursery **out, const struct assay_sr_table *table,
                            const struct assay_sr_genetic_options *options, uint64_t seed);
void assay_sr_nursery_destroy(struct assay_sr_nursery *n);

/* Error, offset, factor and hash of one with these weights; error INFINITY: its values are not
 * finite or constant, or the budget is spent. */
int assay_sr_nursery_measure(struct assay_sr_individual *one, struct assay_sr_nursery *n,
                             int weights, struct assay_sr_budget *b);

struct assay_sr_island {
  struct assay_sr_nursery *nursery; /* borrowed */
  struct assay_rng rng;
  int weights;
  int n, born;                          /* alive and ranked; newcomers behind them */
  struct assay_sr_individual *store;    /* [2 population + 1] */
  struct assay_sr_individual **all;     /* [2 population + 1]; the last one is for drafts */
  int n_slots, *slot;                   /* hash table of individuals, 1 + place */
  uint64_t *seen;                       /* [ASSAY_SR_SEEN] hashes of trees that were measured */
  double *least;                        /* [2 population] for ranking */
  double best[ASSAY_SR_TREE_NODES + 1]; /* error by nodes since it was populated */
  int progress, idle;                   /* improvements of those; visits without any */
  int age;                              /* visits since it was populated */
};

int assay_sr_island_create(struct assay_sr_island **out, struct assay_sr_nursery *nursery,
                           int index, uint64_t seed);
void assay_sr_island_destroy(struct assay_sr_island *s);

/* Random individuals in the place of all. */
int assay_sr_island_populate(struct assay_sr_island *s, struct assay_sr_budget *b);

/* One generation of offspring, and survival of the fittest. */
int assay_sr_island_breed(struct assay_sr_island *s, struct assay_sr_budget *b);

/* A copy of this one comes to s and competes from the next generation on. */
int assay_sr_island_visit(struct assay_sr_island *s, const struct assay_sr_individual *from,
                          struct assay_sr_budget *b);

#endif
