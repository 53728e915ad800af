#include "core/expr/expr.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

const struct assay_expr_op_info assay_expr_ops[ASSAY_EXPR_N_OPS] = {
    [ASSAY_EXPR_CONST] = {.name = "constant"},
    [ASSAY_EXPR_PI] = {.name = "pi"},
    [ASSAY_EXPR_VAR] = {.name = "variable"},
    [ASSAY_EXPR_ADD] = {"+", {"add", "Add", "plus"}, 2, 1},
    [ASSAY_EXPR_SUB] = {"-", {"sub", "Sub", "minus"}, 2, 1},
    [ASSAY_EXPR_MUL] = {"*", {"mul", "Mul", "mult", "times"}, 2, 2},
    [ASSAY_EXPR_DIV] = {"/", {"div", "Div"}, 2, 2},
    [ASSAY_EXPR_POW] = {"^", {"pow", "Pow"}, 2, 4},
    [ASSAY_EXPR_MIN] = {"min", {"Min", "fmin", "minimum"}, 2},
    [ASSAY_EXPR_MAX] = {"max", {"Max", "fmax", "maximum"}, 2},
    [ASSAY_EXPR_NEG] = {"-", {"neg", "Neg"}, 1, 3},
    [ASSAY_EXPR_ABS] = {"abs", {"Abs", "fabs"}, 1},
    [ASSAY_EXPR_SQRT] = {"sqrt", {"Sqrt"}, 1},
    [ASSAY_EXPR_EXP] = {"exp", {"Exp"}, 1},
    [ASSAY_EXPR_LOG] = {"log", {"ln", "Log"}, 1},
    [ASSAY_EXPR_SIN] = {"sin", {"Sin"}, 1},
    [ASSAY_EXPR_COS] = {"cos", {"Cos"}, 1},
    [ASSAY_EXPR_TAN] = {"tan", {"Tan"}, 1},
    [ASSAY_EXPR_COT] = {"cot", {"Cot"}, 1},
    [ASSAY_EXPR_ASIN] = {"asin", {"arcsin", "Asin"}, 1},
    [ASSAY_EXPR_ACOS] = {"acos", {"arccos", "Acos"}, 1},
    [ASSAY_EXPR_ATAN] = {"atan", {"arctan", "Atan"}, 1},
    [ASSAY_EXPR_SINH] = {"sinh", {"Sinh"}, 1},
    [ASSAY_EXPR_COSH] = {"cosh", {"Cosh"}, 1},
    [ASSAY_EXPR_TANH] = {"tanh", {"Tanh"}, 1},
};

void assay_expr_free(struct assay_expr *e)
{
  if (!e) return;
  assay_free(e->node);
  assay_free(e);
}

static int allocate(struct assay_expr **out, const struct assay_expr_node *node, int n)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&e, 1, "expression"));
  ASSAY_TRY(ASSAY_NEW(&e->node, (size_t)n, "expression nodes"));
  memcpy(e->node, node, (size_t)n * sizeof *node);
  e->n = n;
  for (int i = 0; i < n; i++)
    if (node[i].op == ASSAY_EXPR_VAR && node[i].var >= e->n_vars) e->n_vars = node[i].var + 1;
  *out = e;
  e = NULL;
done:
  assay_expr_free(e);
  return rc;
}

int assay_expr_copy(struct assay_expr **out, const struct assay_expr *e)
{
  return allocate(out, e->node, e->n);
}

/* depth: stack [n]; the levels of the one tree, 0 if it is not one */
static int levels(int *depth, const struct assay_expr_node *node, int n)
{
  int top = 0;
  for (int i = 0; i < n; i++) {
    const int arity = assay_expr_ops[node[i].op].arity;
    int deepest = 0;
    if (top < arity) return 0;
    for (int k = 0; k < arity; k++) {
      top--;
      if (depth[top] > deepest) deepest = depth[top];
    }
    depth[top++] = deepest + 1;
  }
  return top == 1 ? depth[0] : 0;
}

static int check_node(const struct assay_expr_node *node, int i)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK((unsigned)node->op < ASSAY_EXPR_N_OPS, ASSAY_EARG, "node %d: no operator %d", i,
              (int)node->op);
  ASSAY_CHECK(node->op != ASSAY_EXPR_VAR || (node->var >= 0 && node->var < ASSAY_EXPR_MAX_VARS),
              ASSAY_EARG, "node %d: variable %d is outside 0..%d", i, node->var,
              ASSAY_EXPR_MAX_VARS - 1);
done:
  return rc;
}

int assay_expr_make(struct assay_expr **out, const struct assay_expr_node *node, int n)
{
  int rc = ASSAY_OK;
  int *depth = NULL;
  *out = NULL;
  ASSAY_CHECK(n >= 1 && n <= ASSAY_EXPR_MAX_NODES, ASSAY_EARG,
              "an expression has 1 to %d nodes, not %d", ASSAY_EXPR_MAX_NODES, n);
  for (int i = 0; i < n; i++) ASSAY_TRY(check_node(&node[i], i));
  ASSAY_TRY(ASSAY_NEW(&depth, (size_t)n, "expression depth"));
  const int deep = levels(depth, node, n);
  ASSAY_CHECK(deep > 0, ASSAY_EARG, "the nodes do not form one tree in postfix order");
  ASSAY_CHECK(deep <= ASSAY_EXPR_MAX_DEPTH, ASSAY_EARG,
              "the expression is %d levels deep, the limit is %d", deep, ASSAY_EXPR_MAX_DEPTH);
  ASSAY_TRY(allocate(out, node, n));
done:
  assay_free(depth);
  return rc;
}

int assay_expr_first(const struct assay_expr *e, int i)
{
  int missing = 1;
  for (;; i--) {
    missing += assay_expr_ops[e->node[i].op].arity - 1;
    if (missing == 0) return i;
  }
}

void assay_expr_firsts(int *first, const struct assay_expr *e)
{
  for (int i = 0; i < e->n; i++) {
    first[i] = i;
    for (int k = assay_expr_ops[e->node[i].op].arity; k > 0; k--) first[i] = first[first[i] - 1];
  }
}

/* Deepest first chain, walked from the root: level[i] = level of the parent + 1. */
int assay_expr_depth(const struct assay_expr *e)
{
  int pending[ASSAY_EXPR_MAX_DEPTH + 1], top = 0, deepest = 0; /* levels of operands to come */
  pending[top++] = 1;
  for (int i = e->n - 1; i >= 0; i--) {
    const int level = pending[--top];
    if (level > deepest) deepest = level;
    for (int k = assay_expr_ops[e->node[i].op].arity; k > 0; k--) pending[top++] = level + 1;
  }
  return deepest;
}

static bool same_constant(double a, double b)
{
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

bool assay_expr_equal(const struct assay_expr *a, const struct assay_expr *b)
{
  if (a->n != b->n) return false;
  for (int i = 0; i < a->n; i++) {
    const struct assay_expr_node *p = &a->node[i], *q = &b->node[i];
    if (p->op != q->op) return false;
    if (p->op == ASSAY_EXPR_VAR && p->var != q->var) return false;
    if (p->op == ASSAY_EXPR_CONST && !same_constant(p->value, q->value)) return false;
  }
  return true;
}
