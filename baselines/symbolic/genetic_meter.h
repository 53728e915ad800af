/* Errors of individuals and their constants. One meter for each island, which keeps all buffers:
 * nothing is allocated while it measures. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_METER_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_METER_H
#include "baselines/symbolic/budget.h"
#include "baselines/symbolic/genetic_nursery.h"
#include "baselines/symbolic/genetic_select.h"
#include "core/expr/program.h"

struct assay_sr_gsl; /* genetic_tune.h */

enum { ASSAY_SR_TUNED = 12 }; /* constants of one that are tuned, the others stay */

struct assay_sr_meter {
  const struct assay_sr_nursery *nursery; /* borrowed */
  int weights;
  struct assay_expr_work *work;
  struct assay_expr_node node[ASSAY_SR_TREE_NODES];
  double *f, *trial;                  /* [m] values */
  struct assay_expr_program *program; /* from here on: for tuning */
  double *jac;                        /* [ASSAY_SR_TREE_NODES, m] */
  double *u, *r;                      /* [m] weighted deviations of f, residuals */
  struct assay_sr_gsl *gsl;           /* NULL until GSL tunes */
};

/* weights: which of the two kinds */
int assay_sr_meter_create(struct assay_sr_meter **out, const struct assay_sr_nursery *nursery,
                          int weights);
void assay_sr_meter_destroy(struct assay_sr_meter *s);

/* Error, offset, factor and hash of one; error INFINITY: its values are not finite or constant, or
 * the budget is spent. */
int assay_sr_meter_measure(struct assay_sr_individual *one, struct assay_sr_meter *s,
                           struct assay_sr_budget *b);

/* The same from its values s->f, without work; the error alone from any values [m]. */
void assay_sr_meter_judge(struct assay_sr_individual *one, const struct assay_sr_meter *s);
double assay_sr_meter_error(const double *f, const struct assay_sr_meter *s);

/* b f through zero for the values s->f: the factor with the least error, and that error. */
void assay_sr_meter_through_zero(double *factor, double *error, const struct assay_sr_meter *s);

/* Constants of one, which was measured last, by at most so many steps of least squares, by the
 * tuner of the nursery's options; its error never grows, and s->f are its values. */
int assay_sr_meter_tune(struct assay_sr_individual *one, struct assay_sr_meter *s, int steps,
                        struct assay_sr_budget *b);

#endif
