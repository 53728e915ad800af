/* Growing text and the walk over a tree, shared by the printers. */
#ifndef ASSAY_CORE_EXPR_PRINT_INTERNAL_H
#define ASSAY_CORE_EXPR_PRINT_INTERNAL_H
#include "core/expr/expr.h"

struct assay_expr_printer {
  const struct assay_expr *e;
  const int *first; /* [n] first node of each subtree */
  const char *const *names;
  char *text;
  size_t n, room;
  int rc; /* the first failure; later calls do nothing */
};

void assay_expr_put(struct assay_expr_printer *p, const char *text);
/* name of the variable or text of the constant at node i */
void assay_expr_put_leaf(struct assay_expr_printer *p, int i);

/* root of operand k (0 or 1) of node i */
int assay_expr_operand(const struct assay_expr_printer *p, int i, int k);

/* precedence of node i as an operand: that of its operator, 5 for leaves and calls; a negative
 * constant counts as a minus */
int assay_expr_binding(const struct assay_expr_printer *p, int i);

void assay_expr_put_latex(struct assay_expr_printer *p, int i);

#endif
