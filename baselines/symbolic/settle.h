/* Equations of noisy data made plain. Searches leave exponents like 1.004 and coefficients like
 * 0.4998, which the data do not tell from 1 and 1/2. Here the constants of the best equations of a
 * front are fitted on the fitting rows, then replaced one by one by simpler numbers (0, whole
 * numbers, fractions, multiples of pi) wherever that lowers
 *
 *     n log(mean square error) + (nodes + free constants) log(n),   n rows,
 *
 * the others being fitted again; what a factor of 1 or a power of 0 leaves goes. The settled
 * equation takes the place of the other one, unless its score on the validation rows (front.h) is
 * worse by more than one node for every constant that is fitted no more. */
#ifndef ASSAY_BASELINES_SYMBOLIC_SETTLE_H
#define ASSAY_BASELINES_SYMBOLIC_SETTLE_H
#include "baselines/symbolic/front.h"

/* Offers the settled forms to the front, the best equation first. Nothing happens to equations that
 * match to rounding. ASSAY_ENOMEM. */
int assay_sr_settle(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);

#endif
