/* All small expressions, each once.
 *
 * Expressions are built from the columns (and 1 beside columns of order one) by + - * / and
 * sqrt, square, exp, log, sin, cos, in the order of their size, and told apart by their values on a
 * few rows: what has the values of a smaller one is dropped, so that x0 + x1 and x1 + x0, or
 * exp(log(x0)), count once. Every new f is compared with z = T(y) for a list of T: z = c f and
 * z = a + b f are recognised on a few rows. When no more expressions fit into the budget,
 *
 *   - the ones that correlate best with y are combined further (a beam),
 *   - z = c f g, c f / g and f + c g are found for all pairs at once: the ratios of z / f, z f and
 *     z - f between rows, which do not depend on c, are looked up in a table of those of all g. */
#ifndef ASSAY_BASELINES_SYMBOLIC_ENUMERATE_H
#define ASSAY_BASELINES_SYMBOLIC_ENUMERATE_H
#include "baselines/symbolic/front.h"

struct assay_sr_enumeration {
  int most;  /* expressions that are kept */
  int nodes; /* largest size of the exhaustive part */
};

int assay_sr_search_small(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed,
                          struct assay_sr_enumeration limits);

#endif
