/* What is known of a column when equations are compared (core/expr/normal.h). */
#ifndef ASSAY_HARNESS_SCORE_COLUMNS_H
#define ASSAY_HARNESS_SCORE_COLUMNS_H
#include <stdbool.h>

/* Of x [n]: the geometric mean of |x| over the rows where it is finite and not zero, 1 where there
 * are none. */
double assay_score_scale(const double *x, long n);
/* Whether no value is negative or NaN. */
bool assay_score_positive(const double *x, long n);

#endif
