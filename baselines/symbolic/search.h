/* What the parts of a search share, and the parts. Each part offers what it finds to the front,
 * stops when the budget is spent and returns a negative code only for failures that are not part of
 * searching (memory). All are deterministic: same table, budget and seed, same front. */
#ifndef ASSAY_BASELINES_SYMBOLIC_SEARCH_H
#define ASSAY_BASELINES_SYMBOLIC_SEARCH_H
#include "baselines/symbolic/front.h"
#include "baselines/symbolic/pool.h"
#include "baselines/symbolic/target.h"

struct assay_sr_search {
  const struct assay_sr_table *table; /* borrowed */
  struct assay_sr_front *front;       /* borrowed */
  struct assay_sr_budget *budget;     /* borrowed */
  uint64_t seed;
  bool reduced; /* the table is a reduction of another one: no further reductions */
  struct assay_sr_sample *sample;
  struct assay_sr_pool *pool;
};

int assay_sr_search_create(struct assay_sr_search **out, const struct assay_sr_table *table,
                           struct assay_sr_front *front, struct assay_sr_budget *budget,
                           uint64_t seed);
void assay_sr_search_destroy(struct assay_sr_search *s);

/* T(y) = c prod x_i^a_i prod A_k^b_k with up to `depth` (0..3) atoms A_k of the pool: least squares
 * for log |T(y)|, over all sets of one and two atoms and the most promising ones of three;
 * exponents snapped to fractions where the fit is exact. */
int assay_sr_search_products(struct assay_sr_search *s, const struct assay_sr_target *target,
                             int depth);

/* The same for all other targets, until one matches to rounding. */
int assay_sr_search_functions(struct assay_sr_search *s, int depth);

/* y = c prod x_i^a_i h(k M)^b: one factor of a known shape and unknown scale (shapes.c). */
int assay_sr_search_shapes(struct assay_sr_search *s);

/* The whole search on the reduced table (reduce.h), if there is one, with this share of what is
 * left of the budget. */
int assay_sr_search_reduced(struct assay_sr_search *s, double share);

/* Models of the front that are nearly exact get their constants fitted to the last digit and
 * simplified. */
int assay_sr_search_polish(struct assay_sr_search *s);

/* Everything in a sensible order until the budget is spent or a law matches to rounding. */
int assay_sr_search_run(struct assay_sr_search *s);

/* The same for the table of a front: create, run, destroy. */
int assay_sr_search_table(struct assay_sr_front *front, struct assay_sr_budget *budget,
                          uint64_t seed);

#endif
