/* The form in which expressions are compared by their trees: evaluated to floats of 15 digits,
 * factored, simplified to few operations, ordered, constants without value. What that means in
 * detail and what it does not see: docs/equation-metrics.md. */
#ifndef ASSAY_CORE_EXPR_CANONICAL_H
#define ASSAY_CORE_EXPR_CANONICAL_H
#include "core/expr/expr.h"
#include "core/expr/tree_distance.h"

struct assay_canonical {
  char *text;   /* the form, infix */
  char *tree;   /* "Mul(x0,Pow(x1,Const))" */
  int n;        /* nodes */
  int *label;   /* [n] postfix; equal numbers for equal labels in all trees */
  int *arity;   /* [n] */
  bool limited; /* the budget was spent: the best form up to there */
};

/* The caller frees with assay_canonical_free. ASSAY_EARG: deeper or larger than is simplified (the
 * message says so); ASSAY_ENOMEM. The work is bounded, see `limited`. */
int assay_canonical_make(struct assay_canonical **out, const struct assay_expr *e);
void assay_canonical_free(struct assay_canonical *c);

/* Which constants of a tree have labels of their own. Exponents are rounded to p/q, q <= 6, where
 * they are within 1e-3 of one. */
enum assay_tree_labels {
  ASSAY_TREE_PLAIN,     /* none: NED */
  ASSAY_TREE_EXPONENTS, /* exponents; constant factors are left out everywhere */
  ASSAY_TREE_VALUES,    /* exponents, whole numbers up to 10: NED-2 */
};
/* What is left out of the whole equation. */
enum assay_tree_freedom {
  ASSAY_FREE_NOTHING,
  ASSAY_FREE_SCALE,  /* a factor in front */
  ASSAY_FREE_AFFINE, /* a number added, then a factor in front */
};
/* The same for other questions: unless labels are plain, sums of squares are not multiplied out. */
int assay_canonical_make_as(struct assay_canonical **out, const struct assay_expr *e,
                            enum assay_tree_labels labels, enum assay_tree_freedom freedom);

struct assay_label_tree assay_canonical_tree(const struct assay_canonical *c);

/* Edit distance of the trees, and min(distance, nodes of truth) / (nodes of truth), which is 0 for
 * equal trees and 1 at most. predicted NULL (there is none): distance = nodes of truth, ned 1. */
struct assay_ned {
  int distance;
  double ned;
};
int assay_canonical_distance(struct assay_ned *out, struct assay_tree_space *space,
                             const struct assay_canonical *predicted,
                             const struct assay_canonical *truth);

#endif
