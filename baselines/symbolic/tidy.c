#include "baselines/symbolic/tidy.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

struct output {
  int n;
  struct assay_expr_node *node;
};

static bool is_constant(const struct output *o, int first, int n, double value)
{
  return n == 1 && o->node[first].op == ASSAY_EXPR_CONST && o->node[first].value == value;
}

/* o->node[left..middle) and [middle..n) are the operands: true if one of them is all that is needed
 */
static bool reduces(struct output *o, int left, int middle, enum assay_expr_op op)
{
  const int n_left = middle - left, n_right = o->n - middle;
  const bool product = op == ASSAY_EXPR_MUL, sum = op == ASSAY_EXPR_ADD;
  const bool right_unit = ((product || op == ASSAY_EXPR_DIV || op == ASSAY_EXPR_POW) &&
                           is_constant(o, middle, n_right, 1)) ||
                          ((sum || op == ASSAY_EXPR_SUB) && is_constant(o, middle, n_right, 0));
  if (op == ASSAY_EXPR_POW && is_constant(o, middle, n_right, 0)) {
    o->n = left;
    o->node[o->n++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, true, 1};
    return true;
  }
  const bool left_unit =
      (product && is_constant(o, left, n_left, 1)) || (sum && is_constant(o, left, n_left, 0));
  if (right_unit) {
    o->n = middle;
  } else if (left_unit) {
    memmove(o->node + left, o->node + middle, (size_t)n_right * sizeof *o->node);
    o->n = left + n_right;
  }
  return right_unit || left_unit;
}

/* the subtree whose root is i, appended */
static void emit(struct output *o, const struct assay_expr *e, const int *first, int i)
{
  const struct assay_expr_node *node = &e->node[i];
  const int arity = assay_expr_ops[node->op].arity, left = o->n;
  if (arity == 2) {
    emit(o, e, first, first[i - 1] - 1);
    const int middle = o->n;
    emit(o, e, first, i - 1);
    if (reduces(o, left, middle, node->op)) return;
  } else if (arity == 1) {
    emit(o, e, first, i - 1);
    if (node->op == ASSAY_EXPR_NEG && o->node[o->n - 1].op == ASSAY_EXPR_NEG) {
      o->n--;
      return;
    }
  }
  o->node[o->n++] = *node;
}

int assay_sr_tidy(struct assay_expr **e)
{
  int rc = ASSAY_OK, *first = NULL;
  struct output o = {0};
  struct assay_expr *smaller = NULL;
  ASSAY_TRY(ASSAY_NEW(&first, (size_t)(*e)->n, "symbolic tidy"));
  ASSAY_TRY(ASSAY_NEW(&o.node, (size_t)(*e)->n, "symbolic tidy"));
  assay_expr_firsts(first, *e);
  emit(&o, *e, first, (*e)->n - 1);
  if (o.n < (*e)->n) {
    ASSAY_TRY(assay_expr_make(&smaller, o.node, o.n));
    assay_expr_free(*e);
    *e = smaller;
  }
done:
  assay_free(first);
  assay_free(o.node);
  return rc;
}
