/* The formula of a table: its values over columns, in double precision with the same bits on every
 * processor, and in double-double precision as a reference for what rounding does.
 *
 * Unlike core/expr/program.h, which searchers call billions of times, this makes data: elementary
 * functions are those of core/num/vmath.h, below one unit in the last place, so that a cosine near
 * 1 is as good as it gets (some published formulas subtract it from 1). Operations, powers and
 * special values are those that program.h states. */
#ifndef ASSAY_DATASETS_FORMULA_H
#define ASSAY_DATASETS_FORMULA_H
#include "core/expr/expr.h"
#include "core/num/dd.h"

struct assay_formula;

/* Over x0 .. x(n_columns - 1). ASSAY_EPARSE with the position; ASSAY_EARG: it has more variables.
 */
int assay_formula_create(struct assay_formula **out, const char *text, int n_columns);
void assay_formula_destroy(struct assay_formula *f); /* NULL allowed */
const struct assay_expr *assay_formula_expr(const struct assay_formula *f);

/* y [n] from x [n_columns, stride]; what cannot be computed is NaN or infinite. */
int assay_formula_values(double *y, const struct assay_formula *f, const double *x, long stride,
                         long n);
/* The value at one row of x [n_columns, stride], in double-double. */
struct assay_dd assay_formula_exact(const struct assay_formula *f, const double *x, long stride,
                                    long row);

#endif
