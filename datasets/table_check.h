/* Is a table what it says it is? Finite numbers, the formula against the data, units, splits. */
#ifndef ASSAY_DATASETS_TABLE_CHECK_H
#define ASSAY_DATASETS_TABLE_CHECK_H
#include <jansson.h>

#include "datasets/table.h"

/* The caller owns *out: the texts and certificate rows of the table by name, and {rows, columns,
 * mismatch, allowed, units: consistent|inconsistent|unknown, columns_known: [{name, quantity, unit,
 * law, role, effect_median, effect_max, found}], splits: {name: {train, validation, test, unused}},
 * problems: [text], notices: [text]}.
 *
 * mismatch is the 0.99 quantile over the rows of |y - f(x)| / max(|y|, |f(x)|), f being the
 * formula that made the data; more than `allowed`, 1e-12 + 10 times the largest rounding error, is
 * a problem. Tables with noise on their inputs cannot be compared; mismatch is null then. `found`:
 * the median effect of the input on y is above 1e-6 and above ten times the rounding of y.
 * ASSAY_ENOMEM, and what reading the formula gives. */
int assay_table_check(json_t **out, const struct assay_table *t);

#endif
