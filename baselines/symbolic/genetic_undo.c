/* From a tree over scaled columns back to an equation over the columns. Every subtree is written as
 * factor times what was emitted, and factors move upwards as far as they can:
 *
 *   (p A)(q B) = p q (A B)        p A + q B = p (A + (q/p) B)       sqrt(p A) = sqrt(p) sqrt(A)
 *
 * so that products carry their scales into the one factor in front, and sums of columns of the same
 * scale have none. */
#include <math.h>
#include <string.h>

#include "baselines/symbolic/genetic_tree.h"
#include "core/base/err.h"

struct piece {
  double factor;
  bool unit; /* nothing was emitted: the piece is the factor itself */
  int at;    /* its first node */
};

struct writer {
  const struct assay_sr_tree *tree;
  const double *scale;
  int n;
  struct assay_expr_node node[6 * ASSAY_SR_TREE_NODES + 8];
};

static void put_op(struct writer *w, enum assay_expr_op op)
{
  w->node[w->n++] = (struct assay_expr_node){op, 0, false, 0};
}

static void put_constant(struct writer *w, double value)
{
  const bool whole = value == floor(value) && fabs(value) <= 100;
  w->node[w->n++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, whole, value};
}

static void put_fitted(struct writer *w, double value)
{
  w->node[w->n++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, false, value};
}

static void put_power(struct writer *w, int exponent)
{
  put_constant(w, exponent);
  put_op(w, ASSAY_EXPR_POW);
}

/* the piece that ends here, times its factor */
static void put_factor(struct writer *w, double factor)
{
  if (factor == 1) return;
  if (factor == -1) {
    put_op(w, ASSAY_EXPR_NEG);
  } else {
    put_fitted(w, factor);
    put_op(w, ASSAY_EXPR_MUL);
  }
}

static struct piece constant(const struct writer *w, double value)
{
  return (struct piece){value, true, w->n};
}

static struct piece product(struct writer *w, struct piece a, struct piece b)
{
  const double factor = a.factor * b.factor;
  if (a.unit && b.unit) return constant(w, factor);
  if (!a.unit && !b.unit) put_op(w, ASSAY_EXPR_MUL);
  return (struct piece){factor, false, a.at};
}

static struct piece quotient(struct writer *w, struct piece a, struct piece b)
{
  const double factor = a.factor / b.factor;
  if (a.unit && b.unit) return constant(w, factor);
  if (b.unit) return (struct piece){factor, false, a.at};
  if (a.unit) {
    memmove(w->node + b.at + 1, w->node + b.at, (size_t)(w->n - b.at) * sizeof *w->node);
    w->node[b.at] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, true, 1};
    w->n++;
  }
  put_op(w, ASSAY_EXPR_DIV);
  return (struct piece){factor, false, a.at};
}

/* a + sign b */
static struct piece sum(struct writer *w, struct piece a, struct piece b, double sign)
{
  if (a.unit && b.unit) return constant(w, a.factor + sign * b.factor);
  const struct piece first = a.unit ? b : a;
  const double lead = a.unit ? sign * b.factor : a.factor;
  const double ratio = (a.unit ? a.factor : sign * b.factor) / lead;
  if (a.unit || b.unit)
    put_fitted(w, fabs(ratio));
  else
    put_factor(w, fabs(ratio));
  put_op(w, ratio < 0 ? ASSAY_EXPR_SUB : ASSAY_EXPR_ADD);
  return (struct piece){lead, false, first.at};
}

static struct piece function(struct writer *w, int op, struct piece a)
{
  if (a.unit) return constant(w, assay_sr_gene_apply(op, a.factor, 0));
  if (op == ASSAY_SR_GENE_SQUARE || op == ASSAY_SR_GENE_CUBE) {
    put_power(w, op == ASSAY_SR_GENE_SQUARE ? 2 : 3);
    return (struct piece){assay_sr_gene_apply(op, a.factor, 0), false, a.at};
  }
  if (op == ASSAY_EXPR_SQRT) {
    if (a.factor < 0) put_op(w, ASSAY_EXPR_NEG);
    put_op(w, ASSAY_EXPR_SQRT);
    return (struct piece){sqrt(fabs(a.factor)), false, a.at};
  }
  put_factor(w, a.factor);
  put_op(w, (enum assay_expr_op)op);
  return (struct piece){1, false, a.at};
}

/* the subtree whose root is i */
static struct piece write(struct writer *w, int i)
{
  const struct assay_sr_gene *g = &w->tree->gene[i];
  if (g->op == ASSAY_EXPR_CONST) return constant(w, g->value);
  if (g->op == ASSAY_EXPR_VAR) {
    const int at = w->n;
    w->node[w->n++] = (struct assay_expr_node){ASSAY_EXPR_VAR, g->var, false, 0};
    return (struct piece){1 / w->scale[g->var], false, at};
  }
  if (assay_sr_gene_arity(g->op) == 1) return function(w, g->op, write(w, i - 1));
  const struct piece a = write(w, assay_sr_tree_first(w->tree, i - 1) - 1), b = write(w, i - 1);
  switch (g->op) {
  case ASSAY_EXPR_MUL:
    return product(w, a, b);
  case ASSAY_EXPR_DIV:
    return quotient(w, a, b);
  case ASSAY_EXPR_ADD:
    return sum(w, a, b, 1);
  default:
    return sum(w, a, b, -1);
  }
}

int assay_sr_tree_undo(struct assay_expr **out, const struct assay_sr_tree *t, const double *scale,
                       double offset, double factor)
{
  struct writer w = {.tree = t, .scale = scale};
  const struct piece f = write(&w, t->n - 1);
  if (f.unit || factor == 0) {
    w.n = 0;
    put_fitted(&w, f.unit ? offset + factor * f.factor : offset);
  } else {
    put_factor(&w, factor * f.factor);
    if (offset != 0) {
      put_fitted(&w, fabs(offset));
      put_op(&w, offset < 0 ? ASSAY_EXPR_SUB : ASSAY_EXPR_ADD);
    }
  }
  return assay_expr_make(out, w.node, w.n);
}
