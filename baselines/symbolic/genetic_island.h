/* One island of genetic programming: individuals, their evaluation and their generations. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_ISLAND_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_ISLAND_H
#include "baselines/symbolic/genetic_dice.h"
#include "baselines/symbolic/genetic_meter.h"

enum { ASSAY_SR_SEEN = 1 << 14 };

struct assay_sr_island {
  const struct assay_sr_nursery *nursery; /* borrowed */
  struct assay_sr_meter *meter;
  struct assay_sr_dice dice;
  int weights;
  int n, born;                       /* alive and ranked; newcomers behind them */
  struct assay_sr_individual *store; /* [2 population + 1] */
  struct assay_sr_individual **all;  /* [2 population + 1]; the last one is for drafts */
  int n_slots, *slot;                /* hash table of individuals, 1 + place */
  uint64_t *seen;                    /* [ASSAY_SR_SEEN] hashes of trees that were measured */
  double *error;                     /* [2 population] of those alive */
  struct assay_sr_selection selection;
  double best[ASSAY_SR_TREE_NODES + 1]; /* error by nodes since it was populated */
  int progress, idle;                   /* improvements of those; visits without any */
  int age;                              /* visits since it was populated */
};

int assay_sr_island_create(struct assay_sr_island **out, const struct assay_sr_nursery *nursery,
                           int index, uint64_t seed);
void assay_sr_island_destroy(struct assay_sr_island *s);

/* Random individuals in the place of all. */
int assay_sr_island_populate(struct assay_sr_island *s, struct assay_sr_budget *b);

/* One generation of offspring, and survival of the fittest. */
int assay_sr_island_breed(struct assay_sr_island *s, struct assay_sr_budget *b);

/* A copy of this one comes to s and competes from the next generation on. */
int assay_sr_island_visit(struct assay_sr_island *s, const struct assay_sr_individual *from,
                          struct assay_sr_budget *b);

/* A copy of the i-th with constants tuned by more steps; if that was of use, it competes from the
 * next generation on. The meter holds its values. */
int assay_sr_island_polish(struct assay_sr_individual *out, struct assay_sr_island *s, int i,
                           int steps, struct assay_sr_budget *b);

#endif
