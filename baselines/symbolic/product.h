/* One product: coefficient, columns and atoms with powers, put into words and measured. */
#ifndef ASSAY_BASELINES_SYMBOLIC_PRODUCT_H
#define ASSAY_BASELINES_SYMBOLIC_PRODUCT_H
#include "baselines/symbolic/search.h"

enum { ASSAY_SR_PRODUCT_ATOMS = 4 };

/* The product of all base columns of the pool and these atoms that is closest to the target. */
struct assay_sr_product {
  int n;
  const struct assay_sr_atom *atom[ASSAY_SR_PRODUCT_ATOMS];
  const double *log[ASSAY_SR_PRODUCT_ATOMS]; /* [m] */
};

/* Fit to z [m] = T(y) on the sample and offer it; *exact as assay_sr_front_offer. Products that are
 * not exact are offered only if `approximate`. */
int assay_sr_product_offer(bool *exact, struct assay_sr_search *s,
                           const struct assay_sr_product *product,
                           const struct assay_sr_target *target, const double *z, bool approximate);

#endif
