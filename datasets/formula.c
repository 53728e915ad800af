#include "datasets/formula.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"

enum { BLOCK = 512 };

struct assay_formula {
  struct assay_expr *e;
  int depth;
  double *stack;          /* [depth, BLOCK] */
  struct assay_dd *exact; /* [depth] */
};

static int depth_of(const struct assay_expr *e)
{
  int now = 0, most = 1;
  for (int i = 0; i < e->n; i++) {
    now += 1 - assay_expr_ops[e->node[i].op].arity;
    most = now > most ? now : most;
  }
  return most;
}

int assay_formula_create(struct assay_formula **out, const char *text, int n_columns)
{
  int rc = ASSAY_OK;
  struct assay_formula *f = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&f, 1, "formula"));
  ASSAY_TRY(assay_err_prefix(assay_expr_parse(&f->e, text, NULL), "'%s': ", text));
  ASSAY_CHECK(f->e->n_vars <= n_columns, ASSAY_EARG, "'%s' has a variable x%d, but there are %d",
              text, f->e->n_vars - 1, n_columns);
  f->depth = depth_of(f->e);
  ASSAY_TRY(ASSAY_NEW(&f->stack, (size_t)f->depth * BLOCK, "formula"));
  ASSAY_TRY(ASSAY_NEW(&f->exact, (size_t)f->depth, "formula"));
  *out = f;
  f = NULL;
done:
  assay_formula_destroy(f);
  return rc;
}

void assay_formula_destroy(struct assay_formula *f)
{
  if (!f) return;
  assay_expr_free(f->e);
  assay_free(f->stack);
  assay_free(f->exact);
  assay_free(f);
}

const struct assay_expr *assay_formula_expr(const struct assay_formula *f)
{
  return f->e;
}

/* ---- double --------------------------------------------------------------------------------- */

static void apply_two(double *a, const double *b, enum assay_expr_op op, long n)
{
  for (long i = 0; i < n; i++) {
    if (op == ASSAY_EXPR_ADD) a[i] += b[i];
    if (op == ASSAY_EXPR_SUB) a[i] -= b[i];
    if (op == ASSAY_EXPR_MUL) a[i] *= b[i];
    if (op == ASSAY_EXPR_DIV) a[i] /= b[i];
    if (op == ASSAY_EXPR_MIN) a[i] = fmin(a[i], b[i]);
    if (op == ASSAY_EXPR_MAX) a[i] = fmax(a[i], b[i]);
  }
  if (op == ASSAY_EXPR_POW) assay_vmath_pow(a, a, b, n);
}

static void apply_one(double *a, enum assay_expr_op op, long n)
{
  if (op == ASSAY_EXPR_EXP) assay_vmath_exp(a, a, n);
  if (op == ASSAY_EXPR_LOG) assay_vmath_log(a, a, n);
  if (op == ASSAY_EXPR_SIN) assay_vmath_sin(a, a, n);
  if (op == ASSAY_EXPR_COS) assay_vmath_cos(a, a, n);
  if (op == ASSAY_EXPR_TANH) assay_vmath_tanh(a, a, n);
  for (long i = 0; i < n; i++) {
    if (op == ASSAY_EXPR_NEG) a[i] = -a[i];
    if (op == ASSAY_EXPR_ABS) a[i] = fabs(a[i]);
    if (op == ASSAY_EXPR_SQRT) a[i] = sqrt(a[i]);
  }
}

static void evaluate_block(double *y, const struct assay_formula *f, const double *x, long stride,
                           long n)
{
  double *top = f->stack;
  for (int i = 0; i < f->e->n; i++) {
    const struct assay_expr_node *node = &f->e->node[i];
    const int arity = assay_expr_ops[node->op].arity;
    if (node->op == ASSAY_EXPR_VAR)
      memcpy(top, x + node->var * stride, (size_t)n * sizeof *x);
    else if (arity == 0)
      for (long k = 0; k < n; k++) top[k] = node->op == ASSAY_EXPR_PI ? M_PI : node->value;
    else if (arity == 1)
      apply_one(top - BLOCK, node->op, n);
    else
      apply_two(top - 2 * BLOCK, top - BLOCK, node->op, n);
    top += (1 - arity) * BLOCK;
  }
  memcpy(y, f->stack, (size_t)n * sizeof *y);
}

int assay_formula_values(double *y, const struct assay_formula *f, const double *x, long stride,
                         long n)
{
  for (long i = 0; i < n; i += BLOCK)
    evaluate_block(y + i, f, x + i, stride, n - i < BLOCK ? n - i : BLOCK);
  return ASSAY_OK;
}

/* ---- double-double -------------------------------------------------------------------------- */

static struct assay_dd exact_two(struct assay_dd a, struct assay_dd b, enum assay_expr_op op)
{
  switch (op) {
  case ASSAY_EXPR_ADD:
    return assay_dd_add(a, b);
  case ASSAY_EXPR_SUB:
    return assay_dd_sub(a, b);
  case ASSAY_EXPR_MUL:
    return assay_dd_mul(a, b);
  case ASSAY_EXPR_DIV:
    return assay_dd_div(a, b);
  case ASSAY_EXPR_MIN:
    return assay_dd_sub(a, b).hi <= 0 ? a : b;
  case ASSAY_EXPR_MAX:
    return assay_dd_sub(a, b).hi >= 0 ? a : b;
  default:
    return assay_dd_pow(a, b);
  }
}

static struct assay_dd exact_angle(struct assay_dd a, enum assay_expr_op op)
{
  struct assay_dd s, c;
  assay_dd_sincos(&s, &c, a);
  switch (op) {
  case ASSAY_EXPR_SIN:
    return s;
  case ASSAY_EXPR_COS:
    return c;
  case ASSAY_EXPR_TAN:
    return assay_dd_div(s, c);
  default:
    return assay_dd_div(c, s);
  }
}

static struct assay_dd exact_one(struct assay_dd a, enum assay_expr_op op)
{
  switch (op) {
  case ASSAY_EXPR_NEG:
    return assay_dd_neg(a);
  case ASSAY_EXPR_ABS:
    return a.hi < 0 ? assay_dd_neg(a) : a;
  case ASSAY_EXPR_SQRT:
    return assay_dd_sqrt(a);
  case ASSAY_EXPR_EXP:
    return assay_dd_exp(a);
  case ASSAY_EXPR_LOG:
    return assay_dd_log(a);
  case ASSAY_EXPR_ASIN:
    return assay_dd_asin(a);
  case ASSAY_EXPR_ACOS:
    return assay_dd_acos(a);
  case ASSAY_EXPR_ATAN:
    return assay_dd_atan(a);
  case ASSAY_EXPR_SINH:
    return assay_dd_sinh(a);
  case ASSAY_EXPR_COSH:
    return assay_dd_cosh(a);
  case ASSAY_EXPR_TANH:
    return assay_dd_tanh(a);
  default:
    return exact_angle(a, op);
  }
}

struct assay_dd assay_formula_exact(const struct assay_formula *f, const double *x, long stride,
                                    long row)
{
  struct assay_dd *top = f->exact;
  for (int i = 0; i < f->e->n; i++) {
    const struct assay_expr_node *node = &f->e->node[i];
    const int arity = assay_expr_ops[node->op].arity;
    if (node->op == ASSAY_EXPR_VAR)
      *top = assay_dd_from(x[node->var * stride + row]);
    else if (arity == 0)
      *top = node->op == ASSAY_EXPR_PI ? assay_dd_pi() : assay_dd_from(node->value);
    else if (arity == 1)
      top[-1] = exact_one(top[-1], node->op);
    else
      top[-2] = exact_two(top[-2], top[-1], node->op);
    top += 1 - arity;
  }
  return f->exact[0];
}
