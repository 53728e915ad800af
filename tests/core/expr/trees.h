/* Random expressions for tests and benchmarks. */
#ifndef ASSAY_TESTS_CORE_EXPR_TREES_H
#define ASSAY_TESTS_CORE_EXPR_TREES_H
#include <stdint.h>

#include "core/expr/expr.h"

/* splitmix64 */
static inline uint64_t tree_random(uint64_t *state)
{
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static inline double tree_uniform(uint64_t *state)
{
  return (double)(tree_random(state) >> 11) * 0x1p-53;
}

/* any constant the printer must cope with */
static inline struct assay_expr_node tree_constant(uint64_t *state)
{
  static const double special[] = {0.0,    -0.0,    1e22, 1e23,     5e-324,
                                   1e-310, 1.8e307, 0.1,  -2.385e7, 9007199254740992.0};
  struct assay_expr_node node = {.op = ASSAY_EXPR_CONST};
  switch (tree_random(state) % 5) {
  case 0:
    node.value = (double)(int)(tree_random(state) % 2001) - 1000.0;
    node.exact = true;
    break;
  case 1:
    node.value = special[tree_random(state) % 10];
    break;
  case 2:
    node.value = (double)(tree_random(state) % 9);
    break;
  default:
    node.value = (tree_uniform(state) - 0.5) * 8.0;
  }
  return node;
}

/* Nodes of a random tree, in postfix order, appended to node at n; budget nodes or few more.
 * ops below `limit` only. Returns the new n. */
static inline int tree_nodes(struct assay_expr_node *node, int n, int budget, int n_vars, int limit,
                             uint64_t *state)
{
  if (budget <= 1) {
    const uint64_t kind = tree_random(state) % 8;
    node[n] = (struct assay_expr_node){.op = ASSAY_EXPR_VAR,
                                       .var = (int)(tree_random(state) % (uint64_t)n_vars)};
    if (kind < 3) node[n] = tree_constant(state);
    if (kind == 3) node[n] = (struct assay_expr_node){.op = ASSAY_EXPR_PI};
    return n + 1;
  }
  const int op = budget == 2 ? ASSAY_EXPR_NEG + (int)(tree_random(state) % 4)
                             : ASSAY_EXPR_ADD + (int)(tree_random(state) % (uint64_t)(limit - 3));
  if (assay_expr_ops[op].arity == 2) {
    const int left = 1 + (int)(tree_random(state) % (uint64_t)(budget - 2));
    n = tree_nodes(node, n, left, n_vars, limit, state);
    n = tree_nodes(node, n, budget - 1 - left, n_vars, limit, state);
  } else {
    n = tree_nodes(node, n, budget - 1, n_vars, limit, state);
  }
  node[n] = (struct assay_expr_node){.op = (enum assay_expr_op)op};
  return n + 1;
}

#endif
