/* What all islands of genetic programming share and none changes: columns divided by their scale,
 * targets and weights on the sampled rows. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_NURSERY_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_NURSERY_H
#include "baselines/symbolic/genetic.h"
#include "baselines/symbolic/genetic_tree.h"

enum { ASSAY_SR_WEIGHTS = 2 }; /* all rows alike; by 1/|y| */

struct assay_sr_nursery {
  struct assay_sr_genetic_options options;
  struct assay_sr_alphabet alphabet;
  double scale[ASSAY_SR_MAX_VARS], y_scale;
  ptrdiff_t m;
  double *x, *y;                     /* [n_vars, m], [m] */
  double *w[ASSAY_SR_WEIGHTS];       /* [m] square roots of weights, which sum to 1 */
  double *ww[ASSAY_SR_WEIGHTS];      /* [m] weights */
  double *wy[ASSAY_SR_WEIGHTS];      /* [m] w^2 (y - mean) */
  double mean[ASSAY_SR_WEIGHTS];     /* of y */
  double variance[ASSAY_SR_WEIGHTS]; /* of y */
  const double *columns[ASSAY_SR_MAX_VARS];
};

int assay_sr_nursery_create(struct assay_sr_nursery **out, const struct assay_sr_table *table,
                            const struct assay_sr_genetic_options *options, uint64_t seed);
void assay_sr_nursery_destroy(struct assay_sr_nursery *n);

#endif
