/* From units to dimensionless groups. Column j has the unit prod_u u^D[u][j], u over the base
 * units, the target prod_u u^d[u]. A law whose numbers are pure can be written (Buckingham 1914)
 *
 *     y = prod_j x_j^a_j  f(pi_1, .., pi_k),   pi_i = prod_j x_j^p_ij,
 *     D a = d,   D p_i = 0,   k = columns - rank D.
 *
 * The equations are solved in whole numbers (Gauss's elimination without fractions), so that what
 * is dimensionless is so exactly. Neither a nor the p are unique: p_i may be replaced by p_i + p_j
 * or p_i - p_j, and any p_i may be added to a; both are done for as long as they become plainer,
 * that is the sum of absolute exponents falls. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GROUPS_H
#define ASSAY_BASELINES_SYMBOLIC_GROUPS_H
#include "baselines/symbolic/table.h"

enum { ASSAY_SR_PREFACTORS = 6 };

struct assay_sr_groups {
  int n_vars, rank;                                /* of the table; of D */
  int n;                                           /* groups */
  int power[ASSAY_SR_MAX_VARS][ASSAY_SR_MAX_VARS]; /* [n] without common divisor, 0 for columns that
                                                      are left out */
  int n_prefactors; /* the plainest ones first, at most ASSAY_SR_PREFACTORS; 0: there is no such
                       product, a law needs numbers with units */
  double prefactor[ASSAY_SR_PREFACTORS][ASSAY_SR_MAX_VARS];
};

/* dim [n_vars + 1, 7]: exponents of the columns and, last, of the target; `used` [n_vars] (NULL:
 * all): columns that may take part. ASSAY_EARG: an exponent that is no fraction with a denominator
 * up to 12. ASSAY_EUNSUPPORTED: exponents beyond all reason. ASSAY_ENOMEM. */
int assay_sr_groups_find(struct assay_sr_groups *g, const double *dim, const bool *used,
                         int n_vars);

#endif
