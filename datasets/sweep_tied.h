/* Parameters of a loop that follow from others: key `tied` (datasets/sweep.h). A rule is a mapping
 * {factor: c, parameter: power, ...} under the name of the parameter that it gives. */
#ifndef ASSAY_DATASETS_SWEEP_TIED_H
#define ASSAY_DATASETS_SWEEP_TIED_H
#include "core/base/config.h"
#include "core/base/param.h"

/* Whether a rule can be used. ASSAY_EPARSE, ASSAY_ENOTFOUND, ASSAY_EARG with the position. */
int assay_sweep_tie_check(const struct assay_node *rule, const struct assay_param *table);

/* Whether every rule of the mapping uses only what stands before it. ASSAY_EARG. */
int assay_sweep_ties_ordered(const struct assay_node *ties);

/* The product that a checked rule gives for these parameters. */
int assay_sweep_tie_value(double *out, const struct assay_node *rule,
                          const struct assay_param *table, const void *params);

#endif
