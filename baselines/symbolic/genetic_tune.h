/* What both tuners of constants share (genetic_meter.h: assay_sr_meter_tune chooses one). */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_TUNE_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_TUNE_H
#include "baselines/symbolic/genetic_meter.h"

enum { ASSAY_SR_JACOBIAN = 4 /* evaluations' worth */ };

/* Whether an error is worth another step, after one that started from `before`. */
bool assay_sr_tune_goes_on(double error, double before);

/* Constants of a tree in the order of its genes: out of it (returns how many), and back. */
int assay_sr_tune_gather(double params[ASSAY_SR_TREE_NODES], const struct assay_sr_tree *tree);
void assay_sr_tune_scatter(struct assay_sr_tree *tree, const double *params);

/* Work of one linear problem with n constants and m rows, in multiply-adds. */
double assay_sr_tune_flops(int n, ptrdiff_t m);

/* As assay_sr_meter_tune, by gsl_multifit_nlinear. GSL's error handler, of which a process has one,
 * is off from the first call on. ASSAY_ENOMEM. */
int assay_sr_tune_by_gsl(struct assay_sr_individual *one, struct assay_sr_meter *s, int steps,
                         struct assay_sr_budget *b);

/* What GSL needs and a meter keeps: made by the first assay_sr_tune_by_gsl. NULL is allowed. */
void assay_sr_gsl_free(struct assay_sr_gsl *g);

#endif
