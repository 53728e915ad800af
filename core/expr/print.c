#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/expr/number.h"
#include "core/expr/print_internal.h"

static void put_bytes(struct assay_expr_printer *p, const char *text, size_t length)
{
  if (p->rc < 0) return;
  if (p->n + length + 1 > p->room) {
    p->room = 2 * p->room + length + 64;
    if ((p->rc = ASSAY_GROW(&p->text, p->room, "expression text")) < 0) return;
  }
  memcpy(p->text + p->n, text, length);
  p->n += length;
}

void assay_expr_put(struct assay_expr_printer *p, const char *text)
{
  put_bytes(p, text, strlen(text));
}

void assay_expr_put_leaf(struct assay_expr_printer *p, int i)
{
  char text[32];
  const struct assay_expr_node *node = &p->e->node[i];
  if (node->op == ASSAY_EXPR_PI)
    assay_expr_put(p, "pi");
  else if (node->op == ASSAY_EXPR_CONST)
    assay_expr_put(p, assay_expr_number_text(text, node->value, node->exact));
  else if (p->names)
    assay_expr_put(p, p->names[node->var]);
  else {
    snprintf(text, sizeof text, "x%d", node->var);
    assay_expr_put(p, text);
  }
}

int assay_expr_operand(const struct assay_expr_printer *p, int i, int k)
{
  const bool left = k == 0 && assay_expr_ops[p->e->node[i].op].arity == 2;
  return left ? p->first[i - 1] - 1 : i - 1;
}

int assay_expr_binding(const struct assay_expr_printer *p, int i)
{
  const struct assay_expr_node *node = &p->e->node[i];
  const int precedence = assay_expr_ops[node->op].precedence;
  if (node->op == ASSAY_EXPR_CONST && signbit(node->value) && !isnan(node->value)) return 3;
  return precedence ? precedence : 5;
}

/* ---- infix -------------------------------------------------------------------------------- */

static void put_infix(struct assay_expr_printer *p, int i);

static void put_operand(struct assay_expr_printer *p, int i, bool parentheses)
{
  if (parentheses) assay_expr_put(p, "(");
  put_infix(p, i);
  if (parentheses) assay_expr_put(p, ")");
}

static void put_call(struct assay_expr_printer *p, int i, const char *name,
                     void (*put)(struct assay_expr_printer *, int))
{
  assay_expr_put(p, name);
  assay_expr_put(p, "(");
  for (int k = 0; k < assay_expr_ops[p->e->node[i].op].arity; k++) {
    if (k > 0) assay_expr_put(p, ", ");
    put(p, assay_expr_operand(p, i, k));
  }
  assay_expr_put(p, ")");
}

/* "-(3)" is the negation of 3, "-3" a constant; "-3^2" is the negation of a power again */
static void put_minus(struct assay_expr_printer *p, int i)
{
  const int of = i - 1;
  const struct assay_expr_node *node = &p->e->node[of];
  const bool number =
      node->op == ASSAY_EXPR_CONST && assay_expr_binding(p, of) == 5 && !isnan(node->value);
  assay_expr_put(p, "-");
  put_operand(p, of, number || assay_expr_binding(p, of) < 3);
}

static void put_binary(struct assay_expr_printer *p, int i)
{
  const struct assay_expr_op_info *info = &assay_expr_ops[p->e->node[i].op];
  const int left = assay_expr_operand(p, i, 0), right = assay_expr_operand(p, i, 1);
  const bool power = info->precedence == 4, sum = info->precedence == 1;
  put_operand(p, left, assay_expr_binding(p, left) < info->precedence + power);
  if (sum) assay_expr_put(p, " ");
  assay_expr_put(p, info->name);
  if (sum) assay_expr_put(p, " ");
  /* a minus may stand unprotected behind any operator */
  put_operand(p, right, assay_expr_binding(p, right) < (power ? 3 : info->precedence + 1));
}

static void put_infix(struct assay_expr_printer *p, int i)
{
  const struct assay_expr_op_info *info = &assay_expr_ops[p->e->node[i].op];
  if (info->arity == 0)
    assay_expr_put_leaf(p, i);
  else if (info->precedence == 0)
    put_call(p, i, info->name, put_infix);
  else if (info->arity == 1)
    put_minus(p, i);
  else
    put_binary(p, i);
}

/* ---- prefix and tree ---------------------------------------------------------------------- */

static const char *word(const struct assay_expr_op_info *info)
{
  return info->precedence ? info->alias[0] : info->name;
}

static void put_prefix(struct assay_expr_printer *p, int i)
{
  const struct assay_expr_op_info *info = &assay_expr_ops[p->e->node[i].op];
  if (info->arity == 0)
    assay_expr_put_leaf(p, i);
  else
    put_call(p, i, word(info), put_prefix);
}

static void put_polish(struct assay_expr_printer *p, int i)
{
  const struct assay_expr_op_info *info = &assay_expr_ops[p->e->node[i].op];
  if (info->arity == 0) {
    assay_expr_put_leaf(p, i);
    return;
  }
  assay_expr_put(p, info->arity == 2 ? info->name : word(info));
  for (int k = 0; k < info->arity; k++) {
    assay_expr_put(p, " ");
    put_polish(p, assay_expr_operand(p, i, k));
  }
}

/* stem: what stands before the branches of this node on its lines */
static void put_tree(struct assay_expr_printer *p, int i, char *stem, int depth)
{
  const struct assay_expr_op_info *info = &assay_expr_ops[p->e->node[i].op];
  if (info->arity == 0)
    assay_expr_put_leaf(p, i);
  else
    assay_expr_put(p, info->arity == 2 ? info->name : word(info));
  assay_expr_put(p, "\n");
  for (int k = 0; k < info->arity; k++) {
    const bool last = k == info->arity - 1;
    put_bytes(p, stem, (size_t)(3 * depth));
    assay_expr_put(p, last ? "`- " : "|- ");
    memcpy(stem + 3 * depth, last ? "   " : "|  ", 3);
    put_tree(p, assay_expr_operand(p, i, k), stem, depth + 1);
  }
}

static void print_root(struct assay_expr_printer *p, enum assay_expr_format format)
{
  char stem[3 * ASSAY_EXPR_MAX_DEPTH];
  const int root = p->e->n - 1;
  switch (format) {
  case ASSAY_EXPR_INFIX:
    put_infix(p, root);
    break;
  case ASSAY_EXPR_PREFIX:
    put_prefix(p, root);
    break;
  case ASSAY_EXPR_POLISH:
    put_polish(p, root);
    break;
  case ASSAY_EXPR_LATEX:
    assay_expr_put_latex(p, root);
    break;
  case ASSAY_EXPR_TREE:
    put_tree(p, root, stem, 0);
    break;
  }
}

int assay_expr_print_names(char **out, const struct assay_expr *e, enum assay_expr_format format,
                           const char *const *names)
{
  int *first = NULL;
  struct assay_expr_printer p = {.e = e, .names = names};
  *out = NULL;
  p.rc = ASSAY_NEW(&first, (size_t)e->n, "expression operands");
  if (p.rc == 0) {
    assay_expr_firsts(first, e);
    p.first = first;
    print_root(&p, format);
  }
  put_bytes(&p, "", 1);
  assay_free(first);
  if (p.rc < 0)
    assay_free(p.text);
  else
    *out = p.text;
  return p.rc;
}

int assay_expr_print(char **out, const struct assay_expr *e, enum assay_expr_format format)
{
  return assay_expr_print_names(out, e, format, NULL);
}
