/* Values without a program: the nodes in their order, a stack of operands, one block of rows after
 * the other. Two registers for each place of the stack, so that no result falls on its operands. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program_internal.h"

struct machine {
  const struct assay_expr_kernels *k;
  const double **value; /* [depth] blocks; NULL: a scalar */
  double *scalar;       /* [depth] */
  double *registers;    /* [depth, 2] blocks */
  ptrdiff_t m;
};

static int depth_of(const struct assay_expr_node *node, int n)
{
  int top = 0, depth = 0;
  for (int i = 0; i < n; i++) {
    top += 1 - assay_expr_ops[node[i].op].arity;
    if (top > depth) depth = top;
  }
  return depth;
}

static int prepare(struct machine *s, int depth, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)depth;
  ASSAY_TRY(assay_expr_work_scalars(w, n));
  ASSAY_TRY(assay_expr_work_blocks(w, 2 * n * ASSAY_EXPR_BLOCK));
  if (n > w->pointer_room) {
    ASSAY_TRY(ASSAY_GROW(&w->pointer, 2 * n, "expression workspace"));
    w->pointer_room = 2 * n;
  }
  s->k = ASSAY_ISA_PICK(assay_expr_kernels, assay_isa());
  s->value = (const double **)(void *)w->pointer;
  s->scalar = w->scalar;
  s->registers = w->block;
done:
  return rc;
}

static void push(struct machine *s, int at, const struct assay_expr_node *node,
                 const double *const *columns, ptrdiff_t row)
{
  s->value[at] = node->op == ASSAY_EXPR_VAR ? columns[node->var] + row : NULL;
  s->scalar[at] = node->op == ASSAY_EXPR_PI ? 0x1.921fb54442d18p1 : node->value;
}

/* the register of this place that its value is not in */
static double *other_register(const struct machine *s, int at)
{
  double *first = s->registers + (ptrdiff_t)(2 * at) * ASSAY_EXPR_BLOCK;
  return s->value[at] == first ? first + ASSAY_EXPR_BLOCK : first;
}

static void unary(struct machine *s, int at, enum assay_expr_op op, double *out)
{
  const double *a = s->value[at];
  if (!a) {
    const double x = s->scalar[at];
    s->k->unary[op](&s->scalar[at], &x, 1);
    return;
  }
  s->k->unary[op](out, a, s->m);
  s->value[at] = out;
}

static void binary(struct machine *s, int at, enum assay_expr_op op, double *out)
{
  const double *a = s->value[at], *b = s->value[at + 1];
  if (!a && !b) {
    const double x = s->scalar[at];
    s->k->vs[op](&s->scalar[at], &x, s->scalar[at + 1], 1);
    return;
  }
  if (!b)
    s->k->vs[op](out, a, s->scalar[at + 1], s->m);
  else if (!a)
    s->k->sv[op](out, s->scalar[at], b, s->m);
  else
    s->k->vv[op](out, a, b, s->m);
  s->value[at] = out;
}

/* The value on s->m rows, into out. */
static void run(double *out, struct machine *s, const struct assay_expr_node *node, int n,
                const double *const *columns, ptrdiff_t row)
{
  int top = 0;
  for (int i = 0; i < n; i++) {
    const int arity = assay_expr_ops[node[i].op].arity;
    top -= arity;
    double *to = i == n - 1 ? out : other_register(s, top);
    if (arity == 0)
      push(s, top, &node[i], columns, row);
    else if (arity == 1)
      unary(s, top, node[i].op, to);
    else
      binary(s, top, node[i].op, to);
    top++;
  }
  if (!s->value[0])
    for (ptrdiff_t i = 0; i < s->m; i++) out[i] = s->scalar[0];
  else if (s->value[0] != out)
    memcpy(out, s->value[0], (size_t)s->m * sizeof *out);
}

int assay_expr_eval_nodes(double *out, const struct assay_expr_node *node, int n_nodes,
                          const double *const *columns, ptrdiff_t n, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  struct machine s;
  ASSAY_TRY(prepare(&s, depth_of(node, n_nodes), w));
  for (ptrdiff_t row = 0; row < n; row += ASSAY_EXPR_BLOCK) {
    s.m = n - row < ASSAY_EXPR_BLOCK ? n - row : ASSAY_EXPR_BLOCK;
    run(out + row, &s, node, n_nodes, columns, row);
    s.k->clean(out + row, s.m);
  }
done:
  return rc;
}
