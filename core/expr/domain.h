/* Where an expression has values: interval arithmetic over a box of its variables.
 *
 * Ranges enclose what core/expr/program.h returns for any doubles of the box, infinities and NaN
 * included: endpoints are rounded outwards. They may be wider than the truth, because an interval
 * forgets that two operands hold the same variable (only x*x is known to be a square). */
#ifndef ASSAY_CORE_EXPR_DOMAIN_H
#define ASSAY_CORE_EXPR_DOMAIN_H
#include "core/expr/expr.h"

struct assay_expr_range {
  double lo, hi; /* may be infinite: then that infinity may be returned; lo > hi: never a number */
  bool nan;      /* may be NaN */
};

enum assay_expr_finite {
  ASSAY_EXPR_FINITE_CERTAIN,    /* everywhere in the box */
  ASSAY_EXPR_FINITE_POSSIBLE,   /* not excluded, not sure */
  ASSAY_EXPR_FINITE_IMPOSSIBLE, /* nowhere in the box */
};

/* The box is lo[v] <= x_v <= hi[v], both [e->n_vars] and finite. *culprit (may be NULL): the first
 * node that may not be finite although all its operands are, -1 if there is none. ASSAY_EARG: an
 * empty or infinite side. */
int assay_expr_range(struct assay_expr_range *out, int *culprit, const struct assay_expr *e,
                     const double *lo, const double *hi);

enum assay_expr_finite assay_expr_range_finite(const struct assay_expr_range *r);

#endif
