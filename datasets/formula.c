#include "datasets/formula.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/fmath.h"
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

/* x^n for n = 1 .. 8 by the products that core/expr/program.h lists */
static double whole_power(double x, int n)
{
  const double x2 = x * x, x3 = x2 * x, x4 = x2 * x2;
  const double power[9] = {1, x, x2, x3, x4, x4 * x, x3 * x3, x3 * x3 * x, x4 * x4};
  return power[n];
}

/* a [n] to one exponent */
static void power_by_constant(double *a, double exponent, long n)
{
  const double size = fabs(exponent);
  const bool whole = size == floor(size) && size <= 8;
  const bool half = size == 0.5 || size == 1.5;
  if (!whole && !half) {
    assay_vmath_pow1(a, a, exponent, n);
    return;
  }
  for (long i = 0; i < n; i++) {
    const double p = whole         ? whole_power(a[i], (int)size)
                     : size == 0.5 ? sqrt(a[i])
                                   : a[i] * sqrt(a[i]);
    a[i] = exponent < 0 ? 1 / p : p;
  }
}

static void add(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) a[i] += b[i];
}

static void subtract(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) a[i] -= b[i];
}

static void multiply(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) a[i] *= b[i];
}

static void divide(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) a[i] /= b[i];
}

static void power(double *a, const double *b, long n)
{
  assay_vmath_pow(a, a, b, n);
}

static void smaller(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) a[i] = a[i] <= b[i] ? a[i] : b[i] <= a[i] ? b[i] : a[i] + b[i];
}

static void larger(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) a[i] = a[i] >= b[i] ? a[i] : b[i] >= a[i] ? b[i] : a[i] + b[i];
}

static void negate(double *a, long n)
{
  for (long i = 0; i < n; i++) a[i] = -a[i];
}

static void absolute(double *a, long n)
{
  for (long i = 0; i < n; i++) a[i] = fabs(a[i]);
}

static void root(double *a, long n)
{
  for (long i = 0; i < n; i++) a[i] = sqrt(a[i]);
}

static void exponential(double *a, long n)
{
  assay_vmath_exp(a, a, n);
}

static void logarithm(double *a, long n)
{
  assay_vmath_log(a, a, n);
}

static void sine(double *a, long n)
{
  assay_vmath_sin(a, a, n);
}

static void cosine(double *a, long n)
{
  assay_vmath_cos(a, a, n);
}

static void hyperbolic_tangent(double *a, long n)
{
  assay_vmath_tanh(a, a, n);
}

/* What vmath has no arrays for. */
#define BY_ONE(name, function)                          \
  static void name(double *a, long n)                   \
  {                                                     \
    for (long i = 0; i < n; i++) a[i] = function(a[i]); \
  }
BY_ONE(tangent, assay_fmath_tan)
BY_ONE(cotangent, assay_fmath_cot)
BY_ONE(arc_sine, assay_fmath_asin)
BY_ONE(arc_cosine, assay_fmath_acos)
BY_ONE(arc_tangent, assay_fmath_atan)
BY_ONE(hyperbolic_sine, assay_fmath_sinh)
BY_ONE(hyperbolic_cosine, assay_fmath_cosh)

static void (*const of_one[ASSAY_EXPR_N_OPS])(double *a, long n) = {
    [ASSAY_EXPR_NEG] = negate,
    [ASSAY_EXPR_ABS] = absolute,
    [ASSAY_EXPR_SQRT] = root,
    [ASSAY_EXPR_EXP] = exponential,
    [ASSAY_EXPR_LOG] = logarithm,
    [ASSAY_EXPR_SIN] = sine,
    [ASSAY_EXPR_COS] = cosine,
    [ASSAY_EXPR_TAN] = tangent,
    [ASSAY_EXPR_COT] = cotangent,
    [ASSAY_EXPR_ASIN] = arc_sine,
    [ASSAY_EXPR_ACOS] = arc_cosine,
    [ASSAY_EXPR_ATAN] = arc_tangent,
    [ASSAY_EXPR_SINH] = hyperbolic_sine,
    [ASSAY_EXPR_COSH] = hyperbolic_cosine,
    [ASSAY_EXPR_TANH] = hyperbolic_tangent,
};

static void (*const of_two[ASSAY_EXPR_N_OPS])(double *a, const double *b, long n) = {
    [ASSAY_EXPR_ADD] = add,    [ASSAY_EXPR_SUB] = subtract, [ASSAY_EXPR_MUL] = multiply,
    [ASSAY_EXPR_DIV] = divide, [ASSAY_EXPR_POW] = power,    [ASSAY_EXPR_MIN] = smaller,
    [ASSAY_EXPR_MAX] = larger,
};

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
      of_one[node->op](top - BLOCK, n);
    else if (node->op == ASSAY_EXPR_POW && node[-1].op == ASSAY_EXPR_CONST)
      power_by_constant(top - 2 * BLOCK, node[-1].value, n);
    else
      of_two[node->op](top - 2 * BLOCK, top - BLOCK, n);
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
