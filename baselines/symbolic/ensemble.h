/* All searches of this folder, one after the other, for tables of which nothing is known: the
 * structured search finds laws without noise, the linear methods and genetic programming describe
 * data that have some. */
#ifndef ASSAY_BASELINES_SYMBOLIC_ENSEMBLE_H
#define ASSAY_BASELINES_SYMBOLIC_ENSEMBLE_H
#include "baselines/symbolic/front.h"

/* Until a law matches to rounding or the budget is spent: where units are told, three tenths of it
 * for dimensional analysis (buckingham.h); three tenths of what is left for the structured search
 * (search.h), which goes as it would with all of it, so that what it finds is what it finds
 * alone; a fifth of what is left for each of the linear methods (linear.h), most of the rest for
 * genetic programming (genetic.h), the end for plain numbers in what was found (settle.h). A guard
 * of time is shared alike. */
int assay_sr_ensemble(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);

#endif
