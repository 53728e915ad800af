/* Pruning of found equations: parts that make no difference are taken out, one after the other. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_PRUNE_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_PRUNE_H
#include "baselines/symbolic/fit.h"

enum { ASSAY_SR_PRUNE_NODES = 400 };

/* Constants of e that are not whole are fitted. Then every operation is tried with one operand in
 * its place, or a number, all constants fitted again, until no such change leaves the error of
 * assay_sr_fit below 1.001 times what it was, or below `enough`. *rms: that error. Expressions of
 * more than ASSAY_SR_PRUNE_NODES nodes are only fitted. *e may be replaced. */
int assay_sr_prune(struct assay_expr **e, double *rms, double enough,
                   const struct assay_sr_fit_data *data, int iterations, struct assay_sr_budget *b);

#endif
