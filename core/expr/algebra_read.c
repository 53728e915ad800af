/* Expressions become terms. */
#include "core/base/err.h"
#include "core/expr/algebra_rewrite.h"

static const struct term *leaf(struct assay_alg *s, const struct assay_expr_node *node)
{
  if (node->op == ASSAY_EXPR_VAR) return assay_alg_var(s, node->var);
  if (node->op == ASSAY_EXPR_PI) return assay_alg_float(s, 3.14159265358979323846L);
  if (node->exact) return assay_alg_int(s, (int64_t)node->value);
  return assay_alg_float(s, (long double)node->value);
}

static const struct term *binary(struct assay_alg *s, enum assay_expr_op op, const struct term *a,
                                 const struct term *b)
{
  switch (op) {
  case ASSAY_EXPR_ADD:
    return assay_alg_add2(s, a, b);
  case ASSAY_EXPR_SUB:
    return assay_alg_sub(s, a, b);
  case ASSAY_EXPR_MUL:
    return assay_alg_mul2(s, a, b);
  case ASSAY_EXPR_DIV:
    return assay_alg_div(s, a, b);
  case ASSAY_EXPR_POW:
    return assay_alg_pow(s, a, b);
  default:
    return assay_alg_fun(s, op, (const struct term *[]){a, b}, 2);
  }
}

const struct term *assay_alg_from_expr(struct assay_alg *s, const struct assay_expr *e)
{
  const struct term **stack = assay_alg_take(s, sizeof(*stack) * (size_t)(e->n + 1));
  int depth = 0;
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    const int arity = assay_expr_ops[node->op].arity;
    if (arity == 0) {
      stack[depth++] = leaf(s, node);
    } else if (arity == 1) {
      const struct term *x = stack[depth - 1];
      stack[depth - 1] =
          node->op == ASSAY_EXPR_NEG ? assay_alg_neg(s, x) : assay_alg_fun1(s, node->op, x);
    } else {
      depth--;
      stack[depth - 1] = binary(s, node->op, stack[depth - 1], stack[depth]);
    }
  }
  return stack[0];
}
