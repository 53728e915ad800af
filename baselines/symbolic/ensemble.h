/* All searches of this folder, one after the other, for tables of which nothing is known: the
 * structured search finds laws without noise, the linear methods and genetic programming describe
 * data that have some. */
#ifndef ASSAY_BASELINES_SYMBOLIC_ENSEMBLE_H
#define ASSAY_BASELINES_SYMBOLIC_ENSEMBLE_H
#include "baselines/symbolic/front.h"

/* Until a law matches to rounding or the budget is spent: half of it for the structured search
 * (search.h), a fifth of what is left for each of the linear methods (linear.h), the rest for
 * genetic programming (genetic.h). A guard of time is shared alike. */
int assay_sr_ensemble(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);

#endif
