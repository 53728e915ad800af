/* LaTeX: fractions and roots take the place of parentheses. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr/number.h"
#include "core/expr/print_internal.h"

static const char *const commands[ASSAY_EXPR_N_OPS] = {
    [ASSAY_EXPR_MIN] = "\\min",     [ASSAY_EXPR_MAX] = "\\max",     [ASSAY_EXPR_LOG] = "\\log",
    [ASSAY_EXPR_EXP] = "\\exp",     [ASSAY_EXPR_SIN] = "\\sin",     [ASSAY_EXPR_COS] = "\\cos",
    [ASSAY_EXPR_TAN] = "\\tan",     [ASSAY_EXPR_COT] = "\\cot",     [ASSAY_EXPR_ASIN] = "\\arcsin",
    [ASSAY_EXPR_ACOS] = "\\arccos", [ASSAY_EXPR_ATAN] = "\\arctan", [ASSAY_EXPR_SINH] = "\\sinh",
    [ASSAY_EXPR_COSH] = "\\cosh",   [ASSAY_EXPR_TANH] = "\\tanh",
};

/* 6.67e-11 as 6.67 \times 10^{-11} */
static void put_number(struct assay_expr_printer *p, const struct assay_expr_node *node)
{
  char text[32], power[32];
  assay_expr_number_text(text, node->value, node->exact);
  char *e = strchr(text, 'e');
  if (!isfinite(node->value)) {
    assay_expr_put(p, isnan(node->value)  ? "\\mathrm{nan}"
                      : node->value < 0.0 ? "-\\infty"
                                          : "\\infty");
    return;
  }
  if (e) *e = '\0';
  assay_expr_put(p, text);
  if (!e) return;
  snprintf(power, sizeof power, " \\times 10^{%d}", atoi(e + 1));
  assay_expr_put(p, power);
}

/* names: one letter with the rest as an index, x_{12}, \theta_{1} left to the caller's spelling */
static void put_variable(struct assay_expr_printer *p, int var)
{
  char text[32];
  const char *name = p->names ? p->names[var] : NULL;
  if (!name) {
    snprintf(text, sizeof text, "x_{%d}", var);
    assay_expr_put(p, text);
  } else if (strlen(name) == 1) {
    assay_expr_put(p, name);
  } else {
    assay_expr_put(p, "\\mathrm{");
    for (const char *c = name; *c; c++) {
      const char one[3] = {*c == '_' ? '\\' : *c, *c == '_' ? '_' : '\0', '\0'};
      assay_expr_put(p, one);
    }
    assay_expr_put(p, "}");
  }
}

static void put_wrapped(struct assay_expr_printer *p, int i, const char *before, const char *after)
{
  assay_expr_put(p, before);
  assay_expr_put_latex(p, i);
  assay_expr_put(p, after);
}

static void put_operand(struct assay_expr_printer *p, int i, bool parentheses)
{
  put_wrapped(p, i, parentheses ? "\\left(" : "", parentheses ? "\\right)" : "");
}

/* a fraction needs no parentheses in a sum or product, but does as a base */
static int binding(const struct assay_expr_printer *p, int i)
{
  return p->e->node[i].op == ASSAY_EXPR_DIV ? 4 : assay_expr_binding(p, i);
}

static bool begins_with_digit(const struct assay_expr_printer *p, int i)
{
  return p->e->node[p->first[i]].op == ASSAY_EXPR_CONST;
}

static void put_binary(struct assay_expr_printer *p, int i)
{
  const enum assay_expr_op op = p->e->node[i].op;
  const int left = assay_expr_operand(p, i, 0), right = assay_expr_operand(p, i, 1);
  const int own = assay_expr_ops[op].precedence;
  if (op == ASSAY_EXPR_DIV) {
    put_wrapped(p, left, "\\frac{", "}");
    put_wrapped(p, right, "{", "}");
  } else if (op == ASSAY_EXPR_POW) {
    put_operand(p, left, binding(p, left) < 5);
    put_wrapped(p, right, "^{", "}");
  } else {
    put_operand(p, left, binding(p, left) < own);
    assay_expr_put(p, op == ASSAY_EXPR_MUL   ? (begins_with_digit(p, right) ? " \\cdot " : " ")
                      : op == ASSAY_EXPR_ADD ? " + "
                                             : " - ");
    put_operand(p, right, binding(p, right) == 3 || binding(p, right) < own + 1);
  }
}

static void put_function(struct assay_expr_printer *p, int i)
{
  assay_expr_put(p, commands[p->e->node[i].op]);
  assay_expr_put(p, "\\left(");
  if (assay_expr_ops[p->e->node[i].op].arity == 2)
    put_wrapped(p, assay_expr_operand(p, i, 0), "", ", ");
  put_wrapped(p, i - 1, "", "\\right)");
}

static void put_unary(struct assay_expr_printer *p, int i)
{
  switch (p->e->node[i].op) {
  case ASSAY_EXPR_NEG:
    assay_expr_put(p, "-");
    put_operand(p, i - 1, binding(p, i - 1) == 3 || binding(p, i - 1) < 2);
    break;
  case ASSAY_EXPR_ABS:
    put_wrapped(p, i - 1, "\\left|", "\\right|");
    break;
  case ASSAY_EXPR_SQRT:
    put_wrapped(p, i - 1, "\\sqrt{", "}");
    break;
  default:
    put_function(p, i);
  }
}

void assay_expr_put_latex(struct assay_expr_printer *p, int i)
{
  const struct assay_expr_node *node = &p->e->node[i];
  const struct assay_expr_op_info *info = &assay_expr_ops[node->op];
  if (node->op == ASSAY_EXPR_PI)
    assay_expr_put(p, "\\pi");
  else if (node->op == ASSAY_EXPR_CONST)
    put_number(p, node);
  else if (node->op == ASSAY_EXPR_VAR)
    put_variable(p, node->var);
  else if (info->arity == 1)
    put_unary(p, i);
  else if (info->precedence)
    put_binary(p, i);
  else
    put_function(p, i);
}
