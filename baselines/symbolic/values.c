#include "baselines/symbolic/values.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"

enum { BLOCK = 256 };

static void binary(double *a, const double *b, enum assay_expr_op op, ptrdiff_t n)
{
  switch (op) {
  case ASSAY_EXPR_ADD:
    for (ptrdiff_t i = 0; i < n; i++) a[i] += b[i];
    break;
  case ASSAY_EXPR_SUB:
    for (ptrdiff_t i = 0; i < n; i++) a[i] -= b[i];
    break;
  case ASSAY_EXPR_MUL:
    for (ptrdiff_t i = 0; i < n; i++) a[i] *= b[i];
    break;
  case ASSAY_EXPR_DIV:
    for (ptrdiff_t i = 0; i < n; i++) a[i] /= b[i];
    break;
  case ASSAY_EXPR_MIN:
    for (ptrdiff_t i = 0; i < n; i++) a[i] = fmin(a[i], b[i]);
    break;
  case ASSAY_EXPR_MAX:
    for (ptrdiff_t i = 0; i < n; i++) a[i] = fmax(a[i], b[i]);
    break;
  default:
    assay_vmath_pow(a, a, b, n);
  }
}

static void map(double *a, double (*f)(double), ptrdiff_t n)
{
  for (ptrdiff_t i = 0; i < n; i++) a[i] = f(a[i]);
}

static double negative(double x)
{
  return -x;
}
static double cotangent(double x)
{
  return 1 / tan(x);
}

static void unary(double *a, enum assay_expr_op op, ptrdiff_t n)
{
  static double (*const function[ASSAY_EXPR_N_OPS])(double) = {
      [ASSAY_EXPR_NEG] = negative, [ASSAY_EXPR_ABS] = fabs,      [ASSAY_EXPR_SQRT] = sqrt,
      [ASSAY_EXPR_TAN] = tan,      [ASSAY_EXPR_COT] = cotangent, [ASSAY_EXPR_ASIN] = asin,
      [ASSAY_EXPR_ACOS] = acos,    [ASSAY_EXPR_ATAN] = atan,     [ASSAY_EXPR_SINH] = sinh,
      [ASSAY_EXPR_COSH] = cosh,
  };
  static void (*const kernel[ASSAY_EXPR_N_OPS])(double *, const double *, ptrdiff_t) = {
      [ASSAY_EXPR_EXP] = assay_vmath_exp,   [ASSAY_EXPR_LOG] = assay_vmath_log,
      [ASSAY_EXPR_SIN] = assay_vmath_sin,   [ASSAY_EXPR_COS] = assay_vmath_cos,
      [ASSAY_EXPR_TANH] = assay_vmath_tanh,
  };
  if (kernel[op])
    kernel[op](a, a, n);
  else
    map(a, function[op], n);
}

static void leaf(double *a, const struct assay_expr_node *node, const double *x, ptrdiff_t stride,
                 ptrdiff_t n)
{
  const double value = node->op == ASSAY_EXPR_PI ? 3.14159265358979323846 : node->value;
  if (node->op == ASSAY_EXPR_VAR)
    for (ptrdiff_t i = 0; i < n; i++) a[i] = x[node->var * stride + i];
  else
    for (ptrdiff_t i = 0; i < n; i++) a[i] = value;
}

/* operands are on the stack in order; returns the new height */
static int apply(double *stack, int height, const struct assay_expr_node *node, const double *x,
                 ptrdiff_t stride, ptrdiff_t n)
{
  double *top = stack + height * BLOCK;
  switch (assay_expr_ops[node->op].arity) {
  case 0:
    leaf(top, node, x, stride, n);
    return height + 1;
  case 1:
    unary(top - BLOCK, node->op, n);
    return height;
  default:
    binary(top - 2 * BLOCK, top - BLOCK, node->op, n);
    return height - 1;
  }
}

static int tallest(const struct assay_expr *e)
{
  int height = 0, most = 0;
  for (int i = 0; i < e->n; i++) {
    height += 1 - assay_expr_ops[e->node[i].op].arity;
    most = height > most ? height : most;
  }
  return most;
}

int assay_sr_values(double *out, const struct assay_expr *e, const double *x, ptrdiff_t stride,
                    ptrdiff_t n)
{
  int rc = ASSAY_OK;
  double *stack = NULL;
  ASSAY_TRY(ASSAY_NEW(&stack, (size_t)tallest(e) * BLOCK, "symbolic values"));
  for (ptrdiff_t from = 0; from < n; from += BLOCK) {
    const ptrdiff_t rows = n - from < BLOCK ? n - from : BLOCK;
    int height = 0;
    for (int i = 0; i < e->n; i++)
      height = apply(stack, height, &e->node[i], x + from, stride, rows);
    for (ptrdiff_t i = 0; i < rows; i++) out[from + i] = stack[i];
  }
done:
  assay_free(stack);
  return rc;
}
