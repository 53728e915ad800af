/* From a tree to a program: equal subexpressions become one value (value numbering), what holds no
 * variable is set apart, and the rest is ordered so that few registers are alive (Sethi and
 * Ullman, J. ACM 17 (1970) 715). */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program_internal.h"

/* ---- values ------------------------------------------------------------------------------- */

static uint64_t hash(const struct assay_expr_value *v)
{
  uint64_t h = v->key * UINT64_C(0x9e3779b97f4a7c15);
  h ^= (uint64_t)v->op * UINT64_C(0xbf58476d1ce4e5b9);
  h ^= ((uint64_t)(unsigned)v->a << 32 | (unsigned)v->b) * UINT64_C(0x94d049bb133111eb);
  h ^= h >> 29;
  h *= UINT64_C(0xbf58476d1ce4e5b9);
  return h ^ h >> 32;
}

static bool same(const struct assay_expr_value *u, const struct assay_expr_value *v)
{
  return u->op == v->op && u->a == v->a && u->b == v->b && u->key == v->key;
}

/* The value equal to v, or v itself as a new one. */
static int number(struct assay_expr_program *p, const struct assay_expr_value *v, bool share)
{
  size_t at = hash(v) & (size_t)(p->n_slots - 1);
  while (share && p->slot[at]) {
    if (same(&p->value[p->slot[at] - 1], v)) return p->slot[at] - 1;
    at = (at + 1) & (size_t)(p->n_slots - 1);
  }
  p->value[p->n_values] = *v;
  if (share) p->slot[at] = p->n_values + 1;
  return p->n_values++;
}

static int new_scalar(struct assay_expr_program *p, double value)
{
  p->scalar[p->n_scalars] = value;
  return p->n_scalars++;
}

static int leaf(struct assay_expr_program *p, const struct assay_expr_node *node, int i,
                const struct assay_expr_compile_options *o)
{
  struct assay_expr_value v = {.op = node->op, .a = -1, .b = -1, .place = ASSAY_EXPR_SCALAR};
  if (node->op == ASSAY_EXPR_VAR) {
    v.place = ASSAY_EXPR_COLUMN;
    v.index = node->var;
    v.key = (uint64_t)node->var;
    v.by_var = true;
    return number(p, &v, true);
  }
  const double value = node->op == ASSAY_EXPR_PI ? 0x1.921fb54442d18p1 : node->value;
  if (node->op == ASSAY_EXPR_CONST && !node->exact && !o->fixed && isfinite(value)) {
    v.index = p->n_params;
    v.by_param = true;
    p->param[p->n_params] = value;
    p->param_node[p->n_params++] = i;
    return number(p, &v, false);
  }
  memcpy(&v.key, &value, sizeof value);
  v.op = ASSAY_EXPR_CONST;
  v.index = -1;
  const int k = number(p, &v, true);
  return k;
}

/* a + b and b + a give the same bits */
static void order_operands(struct assay_expr_value *v)
{
  const int a = v->a;
  if ((v->op != ASSAY_EXPR_ADD && v->op != ASSAY_EXPR_MUL) || a <= v->b) return;
  v->a = v->b;
  v->b = a;
}

static int operation(struct assay_expr_program *p, enum assay_expr_op op, int a, int b, bool share)
{
  struct assay_expr_value v = {.op = op, .a = a, .b = b, .place = ASSAY_EXPR_SCALAR, .index = -1};
  order_operands(&v);
  for (int k = 0; k < 2; k++) {
    const int of = k ? v.b : v.a;
    if (of < 0) continue;
    v.by_param |= p->value[of].by_param;
    v.by_var |= p->value[of].by_var;
  }
  if (v.by_var) v.place = ASSAY_EXPR_REGISTER;
  const int before = p->n_values, k = number(p, &v, share);
  if (k < before) return k;
  p->value[a].uses++;
  if (b >= 0) p->value[b].uses++;
  return k;
}

static void number_nodes(struct assay_expr_program *p, const struct assay_expr *e,
                         const struct assay_expr_compile_options *o)
{
  int top = 0;
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    const int arity = assay_expr_ops[node->op].arity;
    top -= arity;
    p->stack[top] = arity == 0 ? leaf(p, node, i, o)
                               : operation(p, node->op, p->stack[top],
                                           arity == 2 ? p->stack[top + 1] : -1, !o->no_share);
    top++;
  }
  p->root = p->stack[0];
  p->value[p->root].uses++;
}

/* ---- scalars ------------------------------------------------------------------------------ */

/* Parameters come first; constants and what is computed follow, operands before results. */
static void place_scalars(struct assay_expr_program *p)
{
  for (int i = 0; i < p->n_params; i++) new_scalar(p, p->param[i]);
  for (int v = 0; v < p->n_values; v++) {
    struct assay_expr_value *value = &p->value[v];
    if (value->place != ASSAY_EXPR_SCALAR || value->index >= 0) continue;
    double constant = 0.0;
    if (value->a < 0)
      memcpy(&constant, &value->key, sizeof constant);
    else
      p->scalar_op[p->n_scalar_ops++] = v;
    value->index = new_scalar(p, constant);
  }
}

/* ---- order and registers ------------------------------------------------------------------ */

static int need_of(const struct assay_expr_program *p, int v)
{
  return v < 0 ? 0 : p->value[v].need;
}

/* Registers for each value as if nothing were shared; operands stand before results. */
static void count_needs(struct assay_expr_program *p)
{
  for (int v = 0; v < p->n_values; v++) {
    struct assay_expr_value *value = &p->value[v];
    if (value->place != ASSAY_EXPR_REGISTER) continue;
    const int a = need_of(p, value->a), b = need_of(p, value->b);
    value->need = a == b ? a + 1 : a > b ? a : b;
  }
}

/* Append the operations of v: the operand that needs more registers first. index < 0: not yet. */
static void emit(struct assay_expr_program *p, int v)
{
  if (v < 0) return;
  struct assay_expr_value *value = &p->value[v];
  if (value->place != ASSAY_EXPR_REGISTER || value->index >= 0) return;
  const bool swap = need_of(p, value->b) > need_of(p, value->a);
  emit(p, swap ? value->b : value->a);
  emit(p, swap ? value->a : value->b);
  value->index = 0;
  p->op[p->n_ops++] = v;
}

static void release(struct assay_expr_program *p, int v)
{
  if (v < 0 || p->value[v].place != ASSAY_EXPR_REGISTER) return;
  if (--p->value[v].uses == 0) p->free_register[p->n_free++] = p->value[v].index;
}

/* A result never takes the register of its own operands: kernels read them twice. */
static void assign_registers(struct assay_expr_program *p)
{
  for (int i = 0; i < p->n_ops; i++) {
    struct assay_expr_value *value = &p->value[p->op[i]];
    value->index = p->n_free > 0 ? p->free_register[--p->n_free] : p->n_registers++;
    release(p, value->a);
    release(p, value->b);
  }
}

/* ---- interface ---------------------------------------------------------------------------- */

static int reserve(struct assay_expr_program *p, int n)
{
  int rc = ASSAY_OK;
  if (n <= p->room) return rc;
  const size_t room = (size_t)(n < 64 ? 64 : n + n / 2);
  size_t slots = 128;
  while (slots < 2 * room) slots *= 2;
  ASSAY_TRY(ASSAY_GROW(&p->param, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->param_node, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->value, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->scalar, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->scalar_op, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->op, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->stack, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->free_register, room, "program"));
  ASSAY_TRY(ASSAY_GROW(&p->slot, slots, "program"));
  p->room = (int)room;
  p->n_slots = (int)slots;
done:
  return rc;
}

static void reset(struct assay_expr_program *p, const struct assay_expr *e)
{
  p->n_nodes = e->n;
  p->n_vars = e->n_vars;
  p->n_params = p->n_values = p->n_scalars = p->n_scalar_ops = p->n_ops = 0;
  p->n_registers = p->n_free = 0;
  memset(p->slot, 0, (size_t)p->n_slots * sizeof *p->slot);
}

int assay_expr_recompile(struct assay_expr_program *p, const struct assay_expr *e,
                         const struct assay_expr_compile_options *options)
{
  static const struct assay_expr_compile_options none = {0};
  int rc = ASSAY_OK;
  ASSAY_TRY(reserve(p, e->n));
  reset(p, e);
  number_nodes(p, e, options ? options : &none);
  place_scalars(p);
  count_needs(p);
  emit(p, p->root);
  assign_registers(p);
done:
  return rc;
}

int assay_expr_compile(struct assay_expr_program **out, const struct assay_expr *e,
                       const struct assay_expr_compile_options *options)
{
  int rc = ASSAY_OK;
  struct assay_expr_program *p = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&p, 1, "program"));
  ASSAY_TRY(assay_expr_recompile(p, e, options));
  *out = p;
  p = NULL;
done:
  assay_expr_program_free(p);
  return rc;
}

void assay_expr_program_free(struct assay_expr_program *p)
{
  if (!p) return;
  assay_free(p->param);
  assay_free(p->param_node);
  assay_free(p->value);
  assay_free(p->scalar);
  assay_free(p->scalar_op);
  assay_free(p->op);
  assay_free(p->stack);
  assay_free(p->free_register);
  assay_free(p->slot);
  assay_free(p);
}

int assay_expr_program_n_params(const struct assay_expr_program *p)
{
  return p->n_params;
}

const double *assay_expr_program_params(const struct assay_expr_program *p)
{
  return p->param;
}

const int *assay_expr_program_param_nodes(const struct assay_expr_program *p)
{
  return p->param_node;
}

int assay_expr_program_n_vars(const struct assay_expr_program *p)
{
  return p->n_vars;
}

int assay_expr_program_n_nodes(const struct assay_expr_program *p)
{
  return p->n_nodes;
}

int assay_expr_program_n_ops(const struct assay_expr_program *p)
{
  return p->n_ops;
}

int assay_expr_set_params(struct assay_expr *e, const struct assay_expr_program *p,
                          const double *params)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(e->n == p->n_nodes, ASSAY_EARG, "the program is that of another expression");
  for (int i = 0; i < p->n_params; i++) e->node[p->param_node[i]].value = params[i];
done:
  return rc;
}
