/* Symbolic derivatives. */
#ifndef ASSAY_CORE_EXPR_DIFF_H
#define ASSAY_CORE_EXPR_DIFF_H
#include "core/expr/expr.h"

/* d e / d x_var, or with respect to the constant at one node. The caller owns *out.
 *
 * Only 0 and 1 are cleaned away (a + 0, a*1, a*0, a/1, a^1, -0, and a constant exponent less one),
 * nothing else is simplified. |a|' = a/|a|, and min and max are differentiated as
 * (a + b -+ |a - b|)/2, so all three are NaN where there is no derivative. ASSAY_EARG when the
 * result would pass the limits of expr.h or the node is no constant. */
int assay_expr_diff(struct assay_expr **out, const struct assay_expr *e, int var);
int assay_expr_diff_constant(struct assay_expr **out, const struct assay_expr *e, int node);

#endif
