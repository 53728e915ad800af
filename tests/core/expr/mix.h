/* The trees of the benchmark of evaluation: 21 nodes, 8 leaves (38 %), 6 of + - * and one / (28 and
 * 5 %), 6 of sin cos exp log sqrt (29 %); and its table. */
#ifndef ASSAY_TESTS_CORE_EXPR_MIX_H
#define ASSAY_TESTS_CORE_EXPR_MIX_H
#include "tests/core/expr/trees.h"

enum { MIX_NODES = 21, MIX_LEAVES = 8, MIX_VARS = 5, MIX_ROWS = 10240 };

/* Nodes of one tree in postfix order; functions: of all five, or (0) sqrt only. */
static inline void mix_nodes(struct assay_expr_node node[MIX_NODES], int functions, uint64_t *state)
{
  static const enum assay_expr_op unary[] = {ASSAY_EXPR_SIN, ASSAY_EXPR_COS, ASSAY_EXPR_EXP,
                                             ASSAY_EXPR_LOG, ASSAY_EXPR_SQRT};
  int left[3] = {MIX_LEAVES, MIX_LEAVES - 1, 6},
      waiting = 0; /* leaves, binaries, unaries to come */
  int division = (int)(tree_random(state) % (MIX_LEAVES - 1));
  for (int i = 0; i < MIX_NODES; i++) {
    /* a kind that can stand here, in proportion to what is left */
    const int may[3] = {left[0], waiting >= 2 ? left[1] : 0, waiting >= 1 ? left[2] : 0};
    int pick = (int)(tree_random(state) % (uint64_t)(may[0] + may[1] + may[2])), kind = 0;
    while (pick >= may[kind]) pick -= may[kind++];
    left[kind]--;
    waiting += kind == 0 ? 1 : kind == 1 ? -1 : 0;
    node[i] = (struct assay_expr_node){0};
    if (kind == 0 && tree_random(state) % 5 > 0) {
      node[i].op = ASSAY_EXPR_VAR;
      node[i].var = (int)(tree_random(state) % MIX_VARS);
    } else if (kind == 0) {
      node[i].op = ASSAY_EXPR_CONST;
      node[i].value = 0.5 + tree_uniform(state);
    } else if (kind == 1) {
      node[i].op = division-- == 0 ? ASSAY_EXPR_DIV
                                   : (enum assay_expr_op)(ASSAY_EXPR_ADD + tree_random(state) % 3);
    } else {
      node[i].op = functions ? unary[tree_random(state) % 5] : ASSAY_EXPR_SQRT;
    }
  }
}

#endif
