/* Dimensional analysis, then small searches: where the units of the columns are known and give the
 * target its unit, y = P f(pi_1, .., pi_k) with a product of powers P and dimensionless groups pi
 * (groups.h), and only f is looked for:
 *
 *   no group      a number
 *   one or more   products of the groups and of functions of them, then the whole structured search
 *                 and the linear methods on the table of the groups
 *
 * for each of the plainest P in turn, since a sum inside f is plain for one of them only.
 *
 * Where the units are not told, or no product of columns has the unit of the target (a constant of
 * nature is hidden in the law), the constant carries the unit: c prod x_j^a_j with exponents from
 * the data, by linear regression of the logarithms, alone and with one more factor (search.h). */
#ifndef ASSAY_BASELINES_SYMBOLIC_BUCKINGHAM_H
#define ASSAY_BASELINES_SYMBOLIC_BUCKINGHAM_H
#include "baselines/symbolic/front.h"
#include "baselines/symbolic/groups.h"

/* Whether the units of all columns are known; the groups of those that may be used if so. */
int assay_sr_groups_of_table(bool *known, struct assay_sr_groups *g,
                             const struct assay_sr_table *table);

/* The part that needs units; does nothing where they say nothing. */
int assay_sr_search_groups(struct assay_sr_front *front, struct assay_sr_budget *budget,
                           uint64_t seed);

/* All of it, and plain numbers at the end (settle.h). */
int assay_sr_search_buckingham(struct assay_sr_front *front, struct assay_sr_budget *budget,
                               uint64_t seed);

#endif
