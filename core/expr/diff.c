#include "core/expr/diff.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* The result grows as postfix code; the operands of what is appended are the last subtrees. */
struct derivation {
  const struct assay_expr *e;
  const int *first;
  bool *depends; /* [e->n] whether a subtree holds what is differentiated by */
  struct assay_expr_node *node;
  int *begin; /* [n] first node of each subtree of the result */
  int n, room;
};

static int append(struct derivation *d, struct assay_expr_node node)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(d->n < ASSAY_EXPR_MAX_NODES, ASSAY_EARG, "the derivative has more than %d nodes",
              ASSAY_EXPR_MAX_NODES);
  if (d->n == d->room) {
    const int room = d->room ? 2 * d->room : 64;
    ASSAY_TRY(ASSAY_GROW(&d->node, (size_t)room, "derivative"));
    ASSAY_TRY(ASSAY_GROW(&d->begin, (size_t)room, "derivative"));
    d->room = room;
  }
  int begin = d->n;
  for (int k = assay_expr_ops[node.op].arity; k > 0; k--) begin = d->begin[begin - 1];
  d->node[d->n] = node;
  d->begin[d->n++] = begin;
done:
  return rc;
}

static int number(struct derivation *d, double value)
{
  return append(d, (struct assay_expr_node){.op = ASSAY_EXPR_CONST, .value = value, .exact = true});
}

/* append the subtree i of the expression */
static int copy(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  for (int k = d->first[i]; k <= i; k++) ASSAY_TRY(append(d, d->e->node[k]));
done:
  return rc;
}

/* ---- cleaning ----------------------------------------------------------------------------- */

/* whether the subtree of the result that ends at node i is this number */
static bool is(const struct derivation *d, int i, double value)
{
  return d->node[i].op == ASSAY_EXPR_CONST && d->node[i].value == value;
}

/* remove the nodes [from, to); what follows moves down */
static void cut(struct derivation *d, int from, int to)
{
  const int shift = to - from;
  for (int i = to; i < d->n; i++) {
    d->node[i - shift] = d->node[i];
    d->begin[i - shift] = d->begin[i] - shift;
  }
  d->n -= shift;
}

static void drop_left(struct derivation *d)
{
  const int right = d->begin[d->n - 1];
  cut(d, d->begin[right - 1], right);
}

static void drop_right(struct derivation *d)
{
  d->n = d->begin[d->n - 1];
}

static int zero(struct derivation *d)
{
  drop_right(d);
  drop_right(d);
  return number(d, 0.0);
}

/* apply an operator to the last one or two subtrees of the result */
static int apply(struct derivation *d, enum assay_expr_op op)
{
  const int b = d->n - 1, a = assay_expr_ops[op].arity == 2 ? d->begin[b] - 1 : b;
  const bool sum = op == ASSAY_EXPR_ADD, difference = op == ASSAY_EXPR_SUB;
  const bool product = op == ASSAY_EXPR_MUL, quotient = op == ASSAY_EXPR_DIV;
  if (op == ASSAY_EXPR_NEG && is(d, b, 0.0)) return ASSAY_OK;
  if (product && (is(d, a, 0.0) || is(d, b, 0.0))) return zero(d);
  if (quotient && is(d, a, 0.0)) return zero(d);
  if ((sum && is(d, a, 0.0)) || (product && is(d, a, 1.0))) {
    drop_left(d);
    return ASSAY_OK;
  }
  if (difference && is(d, a, 0.0)) {
    drop_left(d);
    return apply(d, ASSAY_EXPR_NEG);
  }
  if (((sum || difference) && is(d, b, 0.0)) ||
      ((product || quotient || op == ASSAY_EXPR_POW) && is(d, b, 1.0))) {
    drop_right(d);
    return ASSAY_OK;
  }
  return append(d, (struct assay_expr_node){.op = op});
}

/* ---- rules -------------------------------------------------------------------------------- */

static int derive(struct derivation *d, int i);

static int left_of(const struct derivation *d, int i)
{
  return d->first[i - 1] - 1;
}

/* copy(i) as one operand and its square, for 1 + a^2 and the like */
static int one_with_square(struct derivation *d, int i, enum assay_expr_op op)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(number(d, 1.0));
  ASSAY_TRY(copy(d, i));
  ASSAY_TRY(number(d, 2.0));
  ASSAY_TRY(apply(d, ASSAY_EXPR_POW));
  ASSAY_TRY(apply(d, op));
done:
  return rc;
}

/* f(a) a' for a function f of the operand of node i */
static int chain(struct derivation *d, int i, enum assay_expr_op f)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(copy(d, i - 1));
  ASSAY_TRY(apply(d, f));
  ASSAY_TRY(derive(d, i - 1));
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
done:
  return rc;
}

/* a b' or a' b */
static int half_product(struct derivation *d, int copied, int derived)
{
  int rc = ASSAY_OK;
  if (derived < copied) { /* keep the order of the factors */
    ASSAY_TRY(derive(d, derived));
    ASSAY_TRY(copy(d, copied));
  } else {
    ASSAY_TRY(copy(d, copied));
    ASSAY_TRY(derive(d, derived));
  }
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
done:
  return rc;
}

/* (a' b - a b') / b^2, or a' / b */
static int quotient(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const int a = left_of(d, i), b = i - 1;
  if (!d->depends[b]) {
    ASSAY_TRY(derive(d, a));
    ASSAY_TRY(copy(d, b));
    return apply(d, ASSAY_EXPR_DIV);
  }
  ASSAY_TRY(half_product(d, b, a));
  ASSAY_TRY(half_product(d, a, b));
  ASSAY_TRY(apply(d, ASSAY_EXPR_SUB));
  ASSAY_TRY(copy(d, b));
  ASSAY_TRY(number(d, 2.0));
  ASSAY_TRY(apply(d, ASSAY_EXPR_POW));
  ASSAY_TRY(apply(d, ASSAY_EXPR_DIV));
done:
  return rc;
}

/* b a^(b - 1) a' */
static int power_of_base(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const int a = left_of(d, i), b = i - 1;
  const struct assay_expr_node *exponent = &d->e->node[b];
  ASSAY_TRY(copy(d, b));
  ASSAY_TRY(copy(d, a));
  if (exponent->op == ASSAY_EXPR_CONST) {
    struct assay_expr_node less = *exponent;
    less.value -= 1.0;
    ASSAY_TRY(append(d, less));
  } else {
    ASSAY_TRY(copy(d, b));
    ASSAY_TRY(number(d, 1.0));
    ASSAY_TRY(apply(d, ASSAY_EXPR_SUB));
  }
  ASSAY_TRY(apply(d, ASSAY_EXPR_POW));
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
  ASSAY_TRY(derive(d, a));
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
done:
  return rc;
}

/* a^b (b' log a + b a'/a) */
static int power(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const int a = left_of(d, i), b = i - 1;
  if (!d->depends[b]) return power_of_base(d, i);
  ASSAY_TRY(copy(d, i));
  ASSAY_TRY(derive(d, b));
  ASSAY_TRY(copy(d, a));
  ASSAY_TRY(apply(d, ASSAY_EXPR_LOG));
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
  if (d->depends[a]) {
    ASSAY_TRY(copy(d, b));
    ASSAY_TRY(derive(d, a));
    ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
    ASSAY_TRY(copy(d, a));
    ASSAY_TRY(apply(d, ASSAY_EXPR_DIV));
    ASSAY_TRY(apply(d, ASSAY_EXPR_ADD));
  }
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
done:
  return rc;
}

/* (a' + b' -+ (a - b)/|a - b| (a' - b')) / 2 */
static int smaller_or_larger(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const int a = left_of(d, i), b = i - 1;
  ASSAY_TRY(derive(d, a));
  ASSAY_TRY(derive(d, b));
  ASSAY_TRY(apply(d, ASSAY_EXPR_ADD));
  for (int k = 0; k < 2; k++) {
    ASSAY_TRY(copy(d, a));
    ASSAY_TRY(copy(d, b));
    ASSAY_TRY(apply(d, ASSAY_EXPR_SUB));
  }
  ASSAY_TRY(apply(d, ASSAY_EXPR_ABS));
  ASSAY_TRY(apply(d, ASSAY_EXPR_DIV));
  ASSAY_TRY(derive(d, a));
  ASSAY_TRY(derive(d, b));
  ASSAY_TRY(apply(d, ASSAY_EXPR_SUB));
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
  ASSAY_TRY(apply(d, d->e->node[i].op == ASSAY_EXPR_MIN ? ASSAY_EXPR_SUB : ASSAY_EXPR_ADD));
  ASSAY_TRY(number(d, 2.0));
  ASSAY_TRY(apply(d, ASSAY_EXPR_DIV));
done:
  return rc;
}

/* a' / D, with D appended by the rule of the node */
static int divided(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const int a = i - 1;
  ASSAY_TRY(derive(d, a));
  switch (d->e->node[i].op) {
  case ASSAY_EXPR_SQRT:
    ASSAY_TRY(number(d, 2.0));
    ASSAY_TRY(copy(d, i));
    ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
    break;
  case ASSAY_EXPR_LOG:
    ASSAY_TRY(copy(d, a));
    break;
  case ASSAY_EXPR_ATAN:
    ASSAY_TRY(one_with_square(d, a, ASSAY_EXPR_ADD));
    break;
  default: /* asin, acos */
    ASSAY_TRY(one_with_square(d, a, ASSAY_EXPR_SUB));
    ASSAY_TRY(apply(d, ASSAY_EXPR_SQRT));
  }
  ASSAY_TRY(apply(d, ASSAY_EXPR_DIV));
  if (d->e->node[i].op == ASSAY_EXPR_ACOS) ASSAY_TRY(apply(d, ASSAY_EXPR_NEG));
done:
  return rc;
}

/* (1 +- f^2) a' for tan, cot, tanh */
static int by_own_square(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const bool plus = d->e->node[i].op != ASSAY_EXPR_TANH;
  ASSAY_TRY(one_with_square(d, i, plus ? ASSAY_EXPR_ADD : ASSAY_EXPR_SUB));
  ASSAY_TRY(derive(d, i - 1));
  ASSAY_TRY(apply(d, ASSAY_EXPR_MUL));
  if (d->e->node[i].op == ASSAY_EXPR_COT) ASSAY_TRY(apply(d, ASSAY_EXPR_NEG));
done:
  return rc;
}

static int unary(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  switch (d->e->node[i].op) {
  case ASSAY_EXPR_NEG:
    ASSAY_TRY(derive(d, i - 1));
    return apply(d, ASSAY_EXPR_NEG);
  case ASSAY_EXPR_ABS:
    ASSAY_TRY(copy(d, i - 1));
    ASSAY_TRY(copy(d, i));
    ASSAY_TRY(apply(d, ASSAY_EXPR_DIV));
    ASSAY_TRY(derive(d, i - 1));
    return apply(d, ASSAY_EXPR_MUL);
  case ASSAY_EXPR_EXP:
    return chain(d, i, ASSAY_EXPR_EXP);
  case ASSAY_EXPR_SIN:
    return chain(d, i, ASSAY_EXPR_COS);
  case ASSAY_EXPR_COS:
    ASSAY_TRY(chain(d, i, ASSAY_EXPR_SIN));
    return apply(d, ASSAY_EXPR_NEG);
  case ASSAY_EXPR_SINH:
    return chain(d, i, ASSAY_EXPR_COSH);
  case ASSAY_EXPR_COSH:
    return chain(d, i, ASSAY_EXPR_SINH);
  case ASSAY_EXPR_TAN:
  case ASSAY_EXPR_COT:
  case ASSAY_EXPR_TANH:
    return by_own_square(d, i);
  default:
    return divided(d, i);
  }
done:
  return rc;
}

/* append the derivative of the subtree i */
static int derive(struct derivation *d, int i)
{
  int rc = ASSAY_OK;
  const enum assay_expr_op op = d->e->node[i].op;
  if (!d->depends[i]) return number(d, 0.0);
  if (assay_expr_ops[op].arity == 0) return number(d, 1.0);
  if (assay_expr_ops[op].arity == 1) return unary(d, i);
  switch (op) {
  case ASSAY_EXPR_ADD:
  case ASSAY_EXPR_SUB:
    ASSAY_TRY(derive(d, left_of(d, i)));
    ASSAY_TRY(derive(d, i - 1));
    return apply(d, op);
  case ASSAY_EXPR_MUL:
    ASSAY_TRY(half_product(d, i - 1, left_of(d, i)));
    ASSAY_TRY(half_product(d, left_of(d, i), i - 1));
    return apply(d, ASSAY_EXPR_ADD);
  case ASSAY_EXPR_DIV:
    return quotient(d, i);
  case ASSAY_EXPR_POW:
    return power(d, i);
  default:
    return smaller_or_larger(d, i);
  }
done:
  return rc;
}

/* ---- interface ---------------------------------------------------------------------------- */

/* var >= 0: by that variable; else by the constant at node `constant` */
static int differentiate(struct assay_expr **out, const struct assay_expr *e, int var, int constant)
{
  int rc = ASSAY_OK;
  int *first = NULL;
  struct derivation d = {.e = e};
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&first, (size_t)e->n, "derivative"));
  ASSAY_TRY(ASSAY_NEW(&d.depends, (size_t)e->n, "derivative"));
  assay_expr_firsts(first, e);
  d.first = first;
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    const int arity = assay_expr_ops[node->op].arity;
    d.depends[i] = var >= 0 ? node->op == ASSAY_EXPR_VAR && node->var == var : i == constant;
    if (arity >= 1) d.depends[i] = d.depends[i - 1];
    if (arity == 2) d.depends[i] = d.depends[i] || d.depends[first[i - 1] - 1];
  }
  ASSAY_TRY(derive(&d, e->n - 1));
  ASSAY_TRY(assay_err_prefix(assay_expr_make(out, d.node, d.n), "derivative: "));
done:
  assay_free(first);
  assay_free(d.depends);
  assay_free(d.node);
  assay_free(d.begin);
  return rc;
}

int assay_expr_diff(struct assay_expr **out, const struct assay_expr *e, int var)
{
  int rc = ASSAY_OK;
  *out = NULL;
  ASSAY_CHECK(var >= 0, ASSAY_EARG, "there is no variable %d", var);
  ASSAY_TRY(differentiate(out, e, var, -1));
done:
  return rc;
}

int assay_expr_diff_constant(struct assay_expr **out, const struct assay_expr *e, int node)
{
  int rc = ASSAY_OK;
  *out = NULL;
  ASSAY_CHECK(node >= 0 && node < e->n && e->node[node].op == ASSAY_EXPR_CONST, ASSAY_EARG,
              "node %d is no constant", node);
  ASSAY_TRY(differentiate(out, e, -1, node));
done:
  return rc;
}
