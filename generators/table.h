/* Making a table from a recipe: draw the inputs, evaluate the formula, keep the rows that count,
 * put in dummies, measure what rounding and every input do to y, add noise, split.
 *
 * Random numbers are keyed by (seed, number of the equation in its table, stream), a stream per
 * purpose and column: an equation has its rows whatever else is made, and noise or dummies do not
 * change them. */
#ifndef ASSAY_GENERATORS_TABLE_H
#define ASSAY_GENERATORS_TABLE_H
#include "datasets/table.h"
#include "datasets/table_recipe.h"

/* The table of the k-th equation. ASSAY_EDIVERGED: too few of the drawn rows were acceptable;
 * ASSAY_EPARSE, ASSAY_EARG: the formula. */
int assay_table_make(struct assay_table **out, const struct assay_table_recipe *r, int k);

#endif
