/* Derivatives by one reverse sweep per block: with the adjoint g of a value known, its operands
 * receive g df/da and g df/db, in the reverse order of the computation (Griewank and Walther,
 * Evaluating Derivatives, 2nd ed., ch. 3). Every value has a block and, where it depends on what is
 * asked for, an adjoint; scalars are spread over a block, so that there is one kind of operand.
 *
 * At points without a derivative: |a|' = 0 at 0; min and max pass the adjoint to the operand they
 * return; the derivative of a power by its exponent is 0 where the base is not positive. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program_internal.h"

struct sweep {
  const struct assay_expr_program *p;
  const struct assay_expr_kernels *k;
  const struct assay_expr_sum_kernels *s;
  const double **value; /* [n_values] blocks */
  double **adjoint;     /* [n_values] blocks; NULL: not asked for */
  double *d, *e;        /* scratch blocks */
  ptrdiff_t m;
};

static double power_below(const struct sweep *w, int b)
{
  return w->value[b][0] - 1.0;
}

/* derivative of a^b by a, into d */
static void power_by_base(const struct sweep *w, const struct assay_expr_value *v)
{
  const double *a = w->value[v->a], *b = w->value[v->b];
  if (w->p->value[v->b].place == ASSAY_EXPR_SCALAR) {
    w->k->vs[ASSAY_EXPR_POW](w->d, a, power_below(w, v->b), w->m);
  } else {
    w->k->vs[ASSAY_EXPR_SUB](w->e, b, 1.0, w->m);
    w->k->vv[ASSAY_EXPR_POW](w->d, a, w->e, w->m);
  }
  w->k->vv[ASSAY_EXPR_MUL](w->d, w->d, b, w->m);
}

static void binary(const struct sweep *w, const struct assay_expr_value *v, const double *f,
                   const double *g)
{
  const double *a = w->value[v->a], *b = w->value[v->b];
  double *ga = w->adjoint[v->a], *gb = w->adjoint[v->b];
  const bool swap = v->op == ASSAY_EXPR_MAX;
  switch (v->op) {
  case ASSAY_EXPR_ADD:
    if (ga) w->s->add(ga, g, w->m);
    if (gb) w->s->add(gb, g, w->m);
    break;
  case ASSAY_EXPR_SUB:
    if (ga) w->s->add(ga, g, w->m);
    if (gb) w->s->subtract(gb, g, w->m);
    break;
  case ASSAY_EXPR_MUL:
    if (ga) w->s->add_product(ga, g, b, w->m);
    if (gb) w->s->add_product(gb, g, a, w->m);
    break;
  case ASSAY_EXPR_DIV:
    w->k->vv[ASSAY_EXPR_DIV](w->d, g, b, w->m);
    if (ga) w->s->add(ga, w->d, w->m);
    if (gb) w->s->subtract_product(gb, w->d, f, w->m);
    break;
  case ASSAY_EXPR_POW:
    if (ga) {
      power_by_base(w, v);
      w->s->add_product(ga, g, w->d, w->m);
    }
    if (gb) {
      w->k->unary[ASSAY_EXPR_LOG](w->d, a, w->m);
      w->s->pow_by_exponent(w->d, a, f, w->m);
      w->s->add_product(gb, g, w->d, w->m);
    }
    break;
  default: /* min, max: 1 where the first operand is returned */
    w->s->less(w->d, swap ? b : a, swap ? a : b, w->m);
    w->k->sv[ASSAY_EXPR_SUB](w->e, 1.0, w->d, w->m);
    if (ga) w->s->add_product(ga, g, w->d, w->m);
    if (gb) w->s->add_product(gb, g, w->e, w->m);
  }
}

/* 1 + a^2 or 1 - a^2 = (1 - a)(1 + a) into d */
static void one_and_square(const struct sweep *w, const double *a, bool plus)
{
  if (plus) {
    w->k->vv[ASSAY_EXPR_MUL](w->d, a, a, w->m);
    w->k->vs[ASSAY_EXPR_ADD](w->d, w->d, 1.0, w->m);
  } else {
    w->k->sv[ASSAY_EXPR_SUB](w->d, 1.0, a, w->m);
    w->k->vs[ASSAY_EXPR_ADD](w->e, a, 1.0, w->m);
    w->k->vv[ASSAY_EXPR_MUL](w->d, w->d, w->e, w->m);
  }
}

static void unary(const struct sweep *w, const struct assay_expr_value *v, const double *f,
                  const double *g)
{
  const double *a = w->value[v->a];
  double *ga = w->adjoint[v->a];
  const ptrdiff_t m = w->m;
  switch (v->op) {
  case ASSAY_EXPR_NEG:
    w->s->subtract(ga, g, m);
    break;
  case ASSAY_EXPR_ABS:
    w->s->sign(w->d, a, m);
    w->s->add_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_SQRT:
    w->k->sv[ASSAY_EXPR_DIV](w->d, 0.5, f, m);
    w->s->add_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_EXP:
    w->s->add_product(ga, g, f, m);
    break;
  case ASSAY_EXPR_LOG:
    w->k->vv[ASSAY_EXPR_DIV](w->d, g, a, m);
    w->s->add(ga, w->d, m);
    break;
  case ASSAY_EXPR_SIN:
    w->k->unary[ASSAY_EXPR_COS](w->d, a, m);
    w->s->add_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_COS:
    w->k->unary[ASSAY_EXPR_SIN](w->d, a, m);
    w->s->subtract_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_TAN:
    one_and_square(w, f, true);
    w->s->add_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_COT:
    one_and_square(w, f, true);
    w->s->subtract_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_ASIN:
  case ASSAY_EXPR_ACOS:
    one_and_square(w, a, false);
    w->k->unary[ASSAY_EXPR_SQRT](w->d, w->d, m);
    w->k->vv[ASSAY_EXPR_DIV](w->d, g, w->d, m);
    (v->op == ASSAY_EXPR_ASIN ? w->s->add : w->s->subtract)(ga, w->d, m);
    break;
  case ASSAY_EXPR_ATAN:
    one_and_square(w, a, true);
    w->k->vv[ASSAY_EXPR_DIV](w->d, g, w->d, m);
    w->s->add(ga, w->d, m);
    break;
  case ASSAY_EXPR_SINH:
    w->k->unary[ASSAY_EXPR_COSH](w->d, a, m);
    w->s->add_product(ga, g, w->d, m);
    break;
  case ASSAY_EXPR_COSH:
    w->k->unary[ASSAY_EXPR_SINH](w->d, a, m);
    w->s->add_product(ga, g, w->d, m);
    break;
  default: /* tanh */
    one_and_square(w, f, false);
    w->s->add_product(ga, g, w->d, m);
  }
}

/* ---- one block ---------------------------------------------------------------------------- */

static void forward(const struct sweep *w, int v)
{
  const struct assay_expr_value *value = &w->p->value[v];
  double *out = (double *)w->value[v];
  const double *a = w->value[value->a];
  if (value->b < 0)
    w->k->unary[value->op](out, a, w->m);
  else if (w->p->value[value->b].place == ASSAY_EXPR_SCALAR)
    w->k->vs[value->op](out, a, w->value[value->b][0], w->m);
  else
    w->k->vv[value->op](out, a, w->value[value->b], w->m);
}

static void backward(const struct sweep *w, int v)
{
  const struct assay_expr_value *value = &w->p->value[v];
  const double *g = w->adjoint[v];
  if (!g) return;
  if (value->b >= 0)
    binary(w, value, w->value[v], g);
  else
    unary(w, value, w->value[v], g);
}

static void sweep_block(const struct sweep *w)
{
  const struct assay_expr_program *p = w->p;
  for (int i = 0; i < p->n_ops; i++) forward(w, p->op[i]);
  for (int v = 0; v < p->n_values; v++)
    if (w->adjoint[v]) memset(w->adjoint[v], 0, (size_t)w->m * sizeof(double));
  if (!w->adjoint[p->root]) return;
  for (ptrdiff_t i = 0; i < w->m; i++) w->adjoint[p->root][i] = 1.0;
  for (int i = p->n_ops - 1; i >= 0; i--) backward(w, p->op[i]);
  for (int i = p->n_scalar_ops - 1; i >= 0; i--) backward(w, p->scalar_op[i]);
}

/* ---- all rows ----------------------------------------------------------------------------- */

/* Whether the value needs an adjoint. */
static bool wanted(const struct assay_expr_value *v, bool by_param)
{
  return by_param ? v->by_param : v->by_var;
}

/* Blocks: two of scratch, one per value that is no column, one per adjoint. */
static int prepare(struct sweep *s, const struct assay_expr_program *p, const double *params,
                   bool by_param, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)p->n_values;
  s->p = p;
  s->k = ASSAY_ISA_PICK(assay_expr_kernels, assay_isa());
  s->s = ASSAY_ISA_PICK(assay_expr_sum_kernels, assay_isa());
  ASSAY_TRY(assay_expr_program_scalars(p, params, s->k, w));
  ASSAY_TRY(assay_expr_work_blocks(w, (2 + 2 * n) * ASSAY_EXPR_BLOCK));
  if (2 * n > w->pointer_room) {
    ASSAY_TRY(ASSAY_GROW(&w->pointer, 4 * n, "expression workspace"));
    w->pointer_room = 4 * n;
  }
  s->value = (const double **)(void *)w->pointer;
  s->adjoint = w->pointer + n;
  s->d = w->block;
  s->e = s->d + ASSAY_EXPR_BLOCK;
  double *next = s->e + ASSAY_EXPR_BLOCK;
  for (int v = 0; v < p->n_values; v++) {
    const struct assay_expr_value *value = &p->value[v];
    s->value[v] = next;
    next += ASSAY_EXPR_BLOCK;
    s->adjoint[v] = wanted(value, by_param) ? next : NULL;
    if (s->adjoint[v]) next += ASSAY_EXPR_BLOCK;
    if (value->place != ASSAY_EXPR_SCALAR) continue;
    for (int i = 0; i < ASSAY_EXPR_BLOCK; i++) ((double *)s->value[v])[i] = w->scalar[value->index];
  }
done:
  return rc;
}

static void point_to_columns(struct sweep *s, const double *const *columns, ptrdiff_t row)
{
  for (int v = 0; v < s->p->n_values; v++) {
    const struct assay_expr_value *value = &s->p->value[v];
    if (value->place == ASSAY_EXPR_COLUMN) s->value[v] = columns[value->index] + row;
  }
}

/* the adjoints of leaves go straight to the caller's arrays */
static void point_to_rows(struct sweep *s, double *out, bool by_param, ptrdiff_t n, ptrdiff_t row)
{
  for (int v = 0; v < s->p->n_values; v++) {
    const struct assay_expr_value *value = &s->p->value[v];
    if (s->adjoint[v] && value->a < 0 && wanted(value, by_param))
      s->adjoint[v] = out + value->index * n + row;
  }
}

static int derivatives(double *f, double *out, bool by_param, const struct assay_expr_program *p,
                       const double *params, const double *const *columns, ptrdiff_t n,
                       struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  struct sweep s;
  const int rows = by_param ? p->n_params : p->n_vars;
  ASSAY_TRY(prepare(&s, p, params, by_param, w));
  if (!by_param) memset(out, 0, (size_t)(rows * n) * sizeof *out); /* variables may not occur */
  for (ptrdiff_t row = 0; row < n; row += ASSAY_EXPR_BLOCK) {
    s.m = n - row < ASSAY_EXPR_BLOCK ? n - row : ASSAY_EXPR_BLOCK;
    point_to_columns(&s, columns, row);
    point_to_rows(&s, out, by_param, n, row);
    sweep_block(&s);
    if (f) memcpy(f + row, s.value[p->root], (size_t)s.m * sizeof *f);
    if (f) s.k->clean(f + row, s.m);
  }
  for (int i = 0; i < rows; i++) s.k->clean(out + i * n, n);
done:
  return rc;
}

int assay_expr_jacobian(double *f, double *jac, const struct assay_expr_program *p,
                        const double *params, const double *const *columns, ptrdiff_t n,
                        struct assay_expr_work *w)
{
  return derivatives(f, jac, true, p, params, columns, n, w);
}

int assay_expr_input_gradient(double *f, double *grad, const struct assay_expr_program *p,
                              const double *params, const double *const *columns, ptrdiff_t n,
                              struct assay_expr_work *w)
{
  return derivatives(f, grad, false, p, params, columns, n, w);
}

/* ---- normal equations --------------------------------------------------------------------- */

static void add_block(double *jtj, double *jtr, const struct sweep *s, const int *leaf,
                      const double *r)
{
  const int n = s->p->n_params;
  for (int i = 0; i < n; i++) {
    const double *row = s->adjoint[leaf[i]];
    jtr[i] += s->s->dot(row, r, s->m);
    for (int j = 0; j <= i; j++) jtj[i * n + j] += s->s->dot(row, s->adjoint[leaf[j]], s->m);
  }
}

/* values of the parameters in their order, into leaf [n_params] */
static void find_leaves(int *leaf, const struct assay_expr_program *p)
{
  for (int v = 0; v < p->n_values; v++)
    if (p->value[v].by_param && p->value[v].a < 0) leaf[p->value[v].index] = v;
}

int assay_expr_normal_equations(double *jtj, double *jtr, double *sse,
                                const struct assay_expr_program *p, const double *params,
                                const double *const *columns, const double *y, ptrdiff_t n,
                                struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  struct sweep s;
  const int n_params = p->n_params;
  double r[ASSAY_EXPR_BLOCK];
  int *leaf = NULL;
  ASSAY_TRY(ASSAY_NEW(&leaf, (size_t)n_params, "expression parameters"));
  find_leaves(leaf, p);
  ASSAY_TRY(prepare(&s, p, params, true, w));
  memset(jtj, 0, (size_t)(n_params * n_params) * sizeof *jtj);
  memset(jtr, 0, (size_t)n_params * sizeof *jtr);
  *sse = 0.0;
  for (ptrdiff_t row = 0; row < n; row += ASSAY_EXPR_BLOCK) {
    s.m = n - row < ASSAY_EXPR_BLOCK ? n - row : ASSAY_EXPR_BLOCK;
    point_to_columns(&s, columns, row);
    sweep_block(&s);
    s.k->vv[ASSAY_EXPR_SUB](r, s.value[p->root], y + row, s.m);
    *sse += s.k->sse(s.value[p->root], y + row, s.m);
    add_block(jtj, jtr, &s, leaf, r);
  }
  s.k->clean(sse, 1);
  s.k->clean(jtr, n_params);
  s.k->clean(jtj, n_params * n_params);
  for (int i = 0; i < n_params; i++)
    for (int j = i + 1; j < n_params; j++) jtj[i * n_params + j] = jtj[j * n_params + i];
done:
  assay_free(leaf);
  return rc;
}
