/* Units of the columns of a user's table: from its header, "mass [kg]", or told. */
#ifndef ASSAY_HARNESS_EQ_UNITS_H
#define ASSAY_HARNESS_EQ_UNITS_H
#include "harness/eq_columns.h"

/* dim [n_columns, 7] exponents of m, kg, s, A, K, mol, cd, the target last and the other columns in
 * their order; NULL: units are not known, which is warned of where the header has some that cannot
 * be used. told: "name=unit" each, or files with a line of that per column; these go before the
 * header, and then every column needs a unit (1: a number). The caller frees dim.
 * ASSAY_EPARSE, ASSAY_EIO, ASSAY_ENOTFOUND no such column, ASSAY_EARG a column without a unit. */
int assay_eq_units(double **dim, const struct assay_eq_columns *c, int target,
                   const struct assay_list *told, const char *path);

#endif
