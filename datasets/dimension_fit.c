#include "datasets/dimension_fit.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const double NOTHING = 1e-9; /* a coefficient that is zero but for rounding */

/* The dimension of a subtree is linear in the unknowns: form [n_free + ASSAY_SI_UNITS] holds the
 * coefficient of each unknown, then the known part. Unknowns are vectors, but all base units have
 * the same coefficients. */
struct fit {
  int n_free, width;
  double *stack;  /* [depth, width] */
  double *pivot;  /* [n_free, width] row k: unknown k by later ones, its own coefficient 1 */
  bool *has;      /* [n_free] pivot k is there */
  double *value;  /* [depth] of a subtree without variables; NaN: not known */
  bool *constant; /* [depth] the subtree has no variables */
  double *work;   /* [width] */
  bool consistent;
};

static bool is_pure(const struct assay_expr_node *node)
{
  return node->value == rint(node->value) && fabs(node->value) >= 1 && fabs(node->value) <= 10;
}

static bool is_free(const struct assay_expr_node *node)
{
  return node->op == ASSAY_EXPR_CONST && !is_pure(node);
}

/* The fraction that an exponent stands for. */
static double snapped(double p)
{
  for (int q = 1; q <= 6; q++) {
    const double near = rint(p * q) / q;
    if (fabs(p - near) <= 1e-3) return near;
  }
  return p;
}

static double *form(const struct fit *f, int level)
{
  return f->stack + (ptrdiff_t)level * f->width;
}

static void clear(const struct fit *f, double *row)
{
  memset(row, 0, (size_t)f->width * sizeof *row);
}

/* a += factor * b */
static void add(const struct fit *f, double *a, const double *b, double factor)
{
  for (int i = 0; i < f->width; i++) a[i] += factor * b[i];
}

static void scale(const struct fit *f, double *a, double factor)
{
  for (int i = 0; i < f->width; i++) a[i] *= factor;
}

/* The equation `row` = 0: reduced by those that are there, then one of them, or a contradiction.
 * The row is used up. */
static void demand_row(struct fit *f, double *row)
{
  for (int k = 0; k < f->n_free; k++) {
    if (fabs(row[k]) <= NOTHING) continue;
    double *pivot = f->pivot + (ptrdiff_t)k * f->width;
    if (f->has[k]) {
      add(f, row, pivot, -row[k]);
      continue;
    }
    memcpy(pivot, row, (size_t)f->width * sizeof *row);
    scale(f, pivot, 1 / row[k]);
    f->has[k] = true;
    return;
  }
  for (int u = f->n_free; u < f->width; u++)
    if (fabs(row[u]) > 1e-6) f->consistent = false;
}

/* [level] = 0 */
static void demand_plain(struct fit *f, int level)
{
  memcpy(f->work, form(f, level), (size_t)f->width * sizeof *f->work);
  demand_row(f, f->work);
}

/* [a] = [b] */
static void demand_same(struct fit *f, int a, int b)
{
  memcpy(f->work, form(f, a), (size_t)f->width * sizeof *f->work);
  add(f, f->work, form(f, b), -1);
  demand_row(f, f->work);
}

/* The value of a subtree without variables, as far as exponents need it: 1/2, -2, 3/2. */
static double folded(double a, double b, enum assay_expr_op op)
{
  switch (op) {
  case ASSAY_EXPR_ADD:
    return a + b;
  case ASSAY_EXPR_SUB:
    return a - b;
  case ASSAY_EXPR_MUL:
    return a * b;
  case ASSAY_EXPR_DIV:
    return a / b;
  default:
    return (double)NAN;
  }
}

static void of_power(struct fit *f, int a, int b)
{
  if (f->constant[b] && isfinite(f->value[b])) {
    scale(f, form(f, a), snapped(f->value[b]));
    return;
  }
  if (!f->constant[b]) demand_plain(f, b);
  demand_plain(f, a);
  clear(f, form(f, a));
}

static void of_two(struct fit *f, int a, int b, enum assay_expr_op op)
{
  if (op == ASSAY_EXPR_MUL)
    add(f, form(f, a), form(f, b), 1);
  else if (op == ASSAY_EXPR_DIV)
    add(f, form(f, a), form(f, b), -1);
  else if (op == ASSAY_EXPR_POW)
    of_power(f, a, b);
  else
    demand_same(f, a, b);
  f->value[a] = folded(f->value[a], f->value[b], op);
  f->constant[a] = f->constant[a] && f->constant[b];
}

static void of_one(struct fit *f, int a, enum assay_expr_op op)
{
  if (op == ASSAY_EXPR_NEG || op == ASSAY_EXPR_ABS) {
    f->value[a] = op == ASSAY_EXPR_NEG ? -f->value[a] : fabs(f->value[a]);
    return;
  }
  f->value[a] = (double)NAN;
  if (op == ASSAY_EXPR_SQRT) {
    scale(f, form(f, a), 0.5);
    return;
  }
  demand_plain(f, a);
  clear(f, form(f, a));
}

/* A leaf; *next: the unknown that comes next. */
static void of_leaf(struct fit *f, int level, const struct assay_expr_node *node,
                    const struct assay_dimension *var, int *next)
{
  double *row = form(f, level);
  clear(f, row);
  f->constant[level] = node->op != ASSAY_EXPR_VAR;
  f->value[level] = node->op == ASSAY_EXPR_CONST ? node->value : (double)NAN;
  if (is_free(node)) row[(*next)++] = 1;
  if (node->op == ASSAY_EXPR_VAR)
    memcpy(row + f->n_free, var[node->var].e, sizeof var[node->var].e);
}

static int open_fit(struct fit *f, const struct assay_expr *e)
{
  int rc = ASSAY_OK, level = 0, depth = 0;
  for (int i = 0; i < e->n; i++) {
    level += 1 - assay_expr_ops[e->node[i].op].arity;
    if (level > depth) depth = level;
    f->n_free += is_free(&e->node[i]);
  }
  f->width = f->n_free + ASSAY_SI_UNITS;
  f->consistent = true;
  const size_t width = (size_t)f->width;
  ASSAY_TRY(ASSAY_NEW(&f->stack, (size_t)depth * width, "dimensions"));
  ASSAY_TRY(ASSAY_NEW(&f->pivot, (size_t)f->n_free * width + 1, "dimensions"));
  ASSAY_TRY(ASSAY_NEW(&f->has, (size_t)f->n_free + 1, "dimensions"));
  ASSAY_TRY(ASSAY_NEW(&f->value, (size_t)depth, "dimensions"));
  ASSAY_TRY(ASSAY_NEW(&f->constant, (size_t)depth, "dimensions"));
  ASSAY_TRY(ASSAY_NEW(&f->work, width, "dimensions"));
done:
  return rc;
}

static void close_fit(struct fit *f)
{
  assay_free(f->stack);
  assay_free(f->pivot);
  assay_free(f->has);
  assay_free(f->value);
  assay_free(f->constant);
  assay_free(f->work);
}

int assay_dimension_fits(bool *out, const struct assay_expr *e, const struct assay_dimension *var,
                         const struct assay_dimension *target)
{
  int rc = ASSAY_OK, n = 0, next = 0;
  struct fit f = {0};
  *out = false;
  ASSAY_CHECK(e->n <= ASSAY_DIMENSION_FIT_MAX, ASSAY_EARG,
              "a formula of %d nodes: its units are looked at up to %d", e->n,
              ASSAY_DIMENSION_FIT_MAX);
  ASSAY_TRY(open_fit(&f, e));
  for (int i = 0; i < e->n && f.consistent; i++) {
    const enum assay_expr_op op = e->node[i].op;
    if (assay_expr_ops[op].arity == 0) {
      of_leaf(&f, n++, &e->node[i], var, &next);
    } else if (assay_expr_ops[op].arity == 1) {
      of_one(&f, n - 1, op);
    } else {
      n--;
      of_two(&f, n - 1, n, op);
    }
  }
  if (f.consistent) {
    for (int u = 0; u < ASSAY_SI_UNITS; u++) form(&f, 0)[f.n_free + u] -= target->e[u];
    demand_plain(&f, 0);
  }
  *out = f.consistent;
done:
  close_fit(&f);
  return rc;
}
