/* Trees of genetic programming: genes in postfix order in a flat array, and what changes them.
 * Squares and cubes are one gene, so that breeding cannot take them apart. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_TREE_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_TREE_H
#include <stdbool.h>
#include <stdint.h>

#include "baselines/symbolic/genetic_dice.h"
#include "core/expr/expr.h"

enum {
  ASSAY_SR_TREE_NODES = 60,                /* largest tree */
  ASSAY_SR_GENE_SQUARE = ASSAY_EXPR_N_OPS, /* x^2 */
  ASSAY_SR_GENE_CUBE,                      /* x^3 */
  ASSAY_SR_GENE_OPS
};

struct assay_sr_gene {
  unsigned char op, var; /* an expression's operator or one of the above */
  double value;          /* of a constant */
};

struct assay_sr_tree {
  int n, nodes; /* genes; nodes of the expression */
  struct assay_sr_gene gene[ASSAY_SR_TREE_NODES];
};

/* What trees are made of. */
struct assay_sr_alphabet {
  int n_vars, n_unary;
  unsigned char var[64], unary[ASSAY_SR_GENE_OPS];
  int nodes; /* most of a tree, at most ASSAY_SR_TREE_NODES */
};

/* Functions from words between blanks; ASSAY_EARG names one that is not known. */
int assay_sr_alphabet_functions(struct assay_sr_alphabet *a, const char *words);

int assay_sr_gene_arity(int op);
int assay_sr_gene_nodes(int op);
double assay_sr_gene_apply(int op, double u, double v); /* v: of two operands only */

/* first gene of the subtree whose root is i */
int assay_sr_tree_first(const struct assay_sr_tree *t, int i);

void assay_sr_tree_copy(struct assay_sr_tree *to, const struct assay_sr_tree *from);
uint64_t assay_sr_tree_hash(const struct assay_sr_tree *t); /* of the genes, never 0 */
bool assay_sr_tree_constants(const struct assay_sr_tree *t);

/* A random tree of about `genes` genes. */
void assay_sr_tree_random(struct assay_sr_tree *t, int genes, const struct assay_sr_alphabet *a,
                          struct assay_sr_dice *dice);

/* A subtree of `with` in the place of one of t. */
void assay_sr_tree_cross(struct assay_sr_tree *t, const struct assay_sr_tree *with,
                         const struct assay_sr_alphabet *a, struct assay_sr_dice *dice);

/* One of several small changes. */
void assay_sr_tree_mutate(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                          struct assay_sr_dice *dice);

/* Operations on constants only become constants. */
void assay_sr_tree_fold(struct assay_sr_tree *t);

/* node [t->nodes] and the number of variables */
int assay_sr_tree_express(struct assay_expr_node *node, const struct assay_sr_tree *t);

/* The equation offset + factor t(x_j / scale_j) in x: scales are gathered into as few constants as
 * there must be. factor 0: the offset alone. Without offset: pass 0. */
int assay_sr_tree_undo(struct assay_expr **out, const struct assay_sr_tree *t, const double *scale,
                       double offset, double factor);

#endif
