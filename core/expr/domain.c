#include "core/expr/domain.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/fmath.h"

static const double inf = (double)INFINITY;
static const double pi = 0x1.921fb54442d18p1;

/* struct assay_expr_range under a short name */
struct span {
  double lo, hi;
  bool nan;
};

static struct span nothing(void)
{
  return (struct span){inf, -inf, true};
}

static struct span everything(void)
{
  return (struct span){-inf, inf, true};
}

static bool is_empty(struct span a)
{
  return !(a.lo <= a.hi);
}

static bool holds(struct span a, double x)
{
  return a.lo <= x && x <= a.hi;
}

static bool may_be_infinite(struct span a)
{
  return holds(a, inf) || holds(a, -inf);
}

/* 16 units in the last place: more than any function of fmath errs; zero stays zero, so that
 * squares and roots keep their sign */
static double below(double x)
{
  return isinf(x) || x == 0.0 ? x : x - fabs(x) * 0x1p-49 - 0x1p-1073;
}

static double above(double x)
{
  return -below(-x);
}

static double larger(double a, double b)
{
  return a > b ? a : b;
}

static double smaller(double a, double b)
{
  return a < b ? a : b;
}

/* ends in either order; NaN ends, as of inf - inf, say nothing */
static struct span outward(double a, double b, bool nan)
{
  if (isnan(a) || isnan(b)) return (struct span){-inf, inf, true};
  return (struct span){below(smaller(a, b)), above(larger(a, b)), nan};
}

/* ---- + - * / ------------------------------------------------------------------------------ */

static struct span negative(struct span a)
{
  return (struct span){-a.hi, -a.lo, a.nan};
}

static bool is_point(struct span a)
{
  return a.lo == a.hi && isfinite(a.lo) && !a.nan;
}

/* Of two numbers the program returns one, without doubt. */
static struct span exactly(double x)
{
  return isnan(x) ? nothing() : (struct span){x, x, false};
}

static struct span sum(struct span a, struct span b)
{
  if (is_point(a) && is_point(b)) return exactly(a.lo + b.lo);
  const bool opposite = (holds(a, inf) && holds(b, -inf)) || (holds(a, -inf) && holds(b, inf));
  const double lo = a.lo + b.lo, hi = a.hi + b.hi;
  return (struct span){isnan(lo) ? -inf : below(lo), isnan(hi) ? inf : above(hi),
                       a.nan || b.nan || opposite};
}

/* the hull of four corner values, of which those that are NaN are limits of no other than the
 * remaining ones */
static struct span hull(const double corner[4], bool nan)
{
  double lo = inf, hi = -inf;
  for (int i = 0; i < 4; i++) {
    if (isnan(corner[i])) continue;
    lo = smaller(lo, corner[i]);
    hi = larger(hi, corner[i]);
  }
  return (struct span){below(lo), above(hi), nan};
}

static double times(double x, double y)
{
  return x == 0.0 || y == 0.0 ? 0.0 : x * y;
}

static struct span product(struct span a, struct span b)
{
  if (is_point(a) && is_point(b)) return exactly(a.lo * b.lo);
  const double corner[] = {times(a.lo, b.lo), times(a.lo, b.hi), times(a.hi, b.lo),
                           times(a.hi, b.hi)};
  const bool undefined =
      (holds(a, 0.0) && may_be_infinite(b)) || (holds(b, 0.0) && may_be_infinite(a));
  return hull(corner, a.nan || b.nan || undefined);
}

static struct span quotient(struct span a, struct span b)
{
  const bool undefined =
      (holds(a, 0.0) && holds(b, 0.0)) || (may_be_infinite(a) && may_be_infinite(b));
  const bool nan = a.nan || b.nan || undefined;
  /* a zero divisor may have either sign */
  if (b.lo == 0.0 && b.hi == 0.0)
    return a.lo == 0.0 && a.hi == 0.0 ? nothing() : (struct span){-inf, inf, nan};
  if (holds(b, 0.0)) return (struct span){-inf, inf, nan};
  if (is_point(a) && is_point(b)) return exactly(a.lo / b.lo);
  const double corner[] = {a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi};
  struct span r = hull(corner, nan);
  if (may_be_infinite(b)) { /* a finite number over infinity */
    r.lo = smaller(r.lo, 0.0);
    r.hi = larger(r.hi, 0.0);
  }
  return r;
}

/* ---- monotone pieces ---------------------------------------------------------------------- */

static struct span absolute(struct span a)
{
  if (a.lo >= 0.0) return a;
  if (a.hi <= 0.0) return negative(a);
  return (struct span){0.0, larger(-a.lo, a.hi), a.nan};
}

/* a rising function defined on [from, to] */
static struct span rising(struct span a, double (*f)(double), double from, double to)
{
  const bool nan = a.nan || a.lo < from || a.hi > to;
  if (a.hi < from || a.lo > to) return nothing();
  if (is_point(a)) return exactly(f(a.lo));
  return outward(f(larger(a.lo, from)), f(smaller(a.hi, to)), nan);
}

static double root(double x)
{
  return sqrt(x);
}

static struct span even_part(struct span a, double (*f)(double))
{
  return rising(absolute(a), f, 0.0, inf);
}

/* ---- powers ------------------------------------------------------------------------------- */

static struct span whole_power(struct span a, double n)
{
  const struct span inverse = (struct span){1.0, 1.0, false};
  if (n == 0.0) return (struct span){1.0, 1.0, false}; /* of NaN, too */
  if (n < 0.0) {
    const struct span power = whole_power(a, -n);
    struct span r = quotient(inverse, power);
    if (is_empty(power)) return r;
    if (power.lo == inf) r.hi = 1.0 / DBL_MAX; /* what overflows may have an inverse */
    if (power.hi == -inf) r.lo = -1.0 / DBL_MAX;
    return r;
  }
  const bool even = fmod(n, 2.0) == 0.0;
  const struct span base = even ? absolute(a) : a;
  return outward(assay_fmath_pow(base.lo, n), assay_fmath_pow(base.hi, n), a.nan);
}

/* base >= 0: (log x) y over the corners; 0 and infinity as limits */
static struct span positive_power(struct span a, struct span b)
{
  const double lo = a.lo + 0.0; /* no -0 */
  const double corner[] = {assay_fmath_pow(lo, b.lo), assay_fmath_pow(lo, b.hi),
                           assay_fmath_pow(a.hi, b.lo), assay_fmath_pow(a.hi, b.hi)};
  struct span r = hull(corner, a.nan || b.nan);
  const bool around = holds(a, 0.0) || may_be_infinite(a) || may_be_infinite(b);
  if (around && b.lo != b.hi) r = (struct span){0.0, inf, r.nan};       /* 0^0, inf^0, 1^inf */
  if (holds(a, 0.0) && b.lo < 0.0) r = (struct span){-inf, inf, r.nan}; /* (-0)^-1 = -inf */
  return r;
}

static struct span power(struct span a, struct span b)
{
  const bool constant = b.lo == b.hi && !b.nan && isfinite(b.lo);
  if (constant && floor(b.lo) == b.lo) return whole_power(a, b.lo);
  if (!constant) return a.lo >= 0.0 ? positive_power(a, b) : everything();
  if (a.lo >= 0.0 && (b.lo > 0.0 || !holds(a, 0.0))) return positive_power(a, b);
  /* a negative base has no value, and (-0)^-0.5 is -inf */
  struct span r = a.hi >= 0.0 ? positive_power((struct span){0.0, a.hi, true}, b) : nothing();
  if (a.lo == -inf || (b.lo < 0.0 && holds(a, 0.0))) r = everything();
  r.nan = true;
  return r;
}

/* ---- circular functions ------------------------------------------------------------------- */

/* Whether [lo, hi] may hold at + k period for a whole k; wide or far intervals do. */
static bool meets(struct span a, double at, double period)
{
  if (!(a.hi - a.lo < period) || larger(fabs(a.lo), fabs(a.hi)) > 0x1p20) return true;
  const double k = floor((a.hi - at) / period + 1e-9);
  return at + k * period >= a.lo - 1e-9 * (1.0 + fabs(a.lo));
}

static struct span circular(struct span a, double (*f)(double), double top)
{
  const bool nan = a.nan || may_be_infinite(a);
  if (a.lo == a.hi && isinf(a.lo)) return nothing();
  struct span r = {-1.0, 1.0, nan};
  if (larger(fabs(a.lo), fabs(a.hi)) > 0x1p20) return r;
  const double at_lo = f(a.lo), at_hi = f(a.hi);
  if (!meets(a, top, 2 * pi)) r.hi = smaller(1.0, above(larger(at_lo, at_hi)));
  if (!meets(a, top - pi, 2 * pi)) r.lo = larger(-1.0, below(smaller(at_lo, at_hi)));
  return r;
}

static struct span with_poles(struct span a, double (*f)(double), double pole)
{
  if (meets(a, pole, pi) || may_be_infinite(a))
    return (struct span){-inf, inf, a.nan || may_be_infinite(a)};
  return outward(f(a.lo), f(a.hi), a.nan);
}

/* ---- the tree ----------------------------------------------------------------------------- */

static struct span binary(enum assay_expr_op op, struct span a, struct span b, bool same)
{
  if ((is_empty(a) || is_empty(b)) && op != ASSAY_EXPR_POW) return nothing();
  switch (op) {
  case ASSAY_EXPR_ADD:
    return sum(a, b);
  case ASSAY_EXPR_SUB:
    return sum(a, negative(b));
  case ASSAY_EXPR_MUL:
    return same ? product(absolute(a), absolute(a)) : product(a, b);
  case ASSAY_EXPR_DIV:
    return quotient(a, b);
  case ASSAY_EXPR_POW:
    if (is_empty(a) || is_empty(b)) return everything(); /* NaN^0 = 1 = 1^NaN */
    return power(a, b);
  case ASSAY_EXPR_MIN:
    return (struct span){smaller(a.lo, b.lo), smaller(a.hi, b.hi), a.nan || b.nan};
  default:
    return (struct span){larger(a.lo, b.lo), larger(a.hi, b.hi), a.nan || b.nan};
  }
}

static struct span unary(enum assay_expr_op op, struct span a)
{
  if (is_empty(a)) return nothing();
  switch (op) {
  case ASSAY_EXPR_NEG:
    return negative(a);
  case ASSAY_EXPR_ABS:
    return absolute(a);
  case ASSAY_EXPR_SQRT:
    return rising(a, root, 0.0, inf);
  case ASSAY_EXPR_EXP:
    return rising(a, assay_fmath_exp, -inf, inf);
  case ASSAY_EXPR_LOG:
    return rising(a, assay_fmath_log, 0.0, inf);
  case ASSAY_EXPR_SIN:
    return circular(a, assay_fmath_sin, 0.5 * pi);
  case ASSAY_EXPR_COS:
    return circular(a, assay_fmath_cos, 0.0);
  case ASSAY_EXPR_TAN:
    return with_poles(a, assay_fmath_tan, 0.5 * pi);
  case ASSAY_EXPR_COT:
    return with_poles(a, assay_fmath_cot, 0.0);
  case ASSAY_EXPR_ASIN:
    return rising(a, assay_fmath_asin, -1.0, 1.0);
  case ASSAY_EXPR_ACOS:
    return rising(a, assay_fmath_acos, -1.0, 1.0); /* falls: outward() orders the ends */
  case ASSAY_EXPR_ATAN:
    return rising(a, assay_fmath_atan, -inf, inf);
  case ASSAY_EXPR_SINH:
    return rising(a, assay_fmath_sinh, -inf, inf);
  case ASSAY_EXPR_COSH:
    return even_part(a, assay_fmath_cosh);
  default:
    return rising(a, assay_fmath_tanh, -inf, inf);
  }
}

static struct span leaf(const struct assay_expr_node *node, const double *lo, const double *hi)
{
  if (node->op == ASSAY_EXPR_VAR) return (struct span){lo[node->var], hi[node->var], false};
  const double value = node->op == ASSAY_EXPR_PI ? pi : node->value;
  if (isnan(value)) return nothing();
  return (struct span){value, value, false};
}

static bool same_nodes(const struct assay_expr *e, int a, int b, int n)
{
  for (int k = 0; k < n; k++) {
    const struct assay_expr_node *x = &e->node[a - k], *y = &e->node[b - k];
    if (x->op != y->op || (x->op == ASSAY_EXPR_VAR && x->var != y->var) ||
        (x->op == ASSAY_EXPR_CONST && memcmp(&x->value, &y->value, sizeof x->value) != 0))
      return false;
  }
  return true;
}

static bool surely_finite(struct span a)
{
  return isfinite(a.lo) && isfinite(a.hi) && a.lo <= a.hi && !a.nan;
}

enum assay_expr_finite assay_expr_range_finite(const struct assay_expr_range *r)
{
  const bool finite = r->lo <= r->hi && isfinite(r->lo) && isfinite(r->hi);
  if (finite && !r->nan) return ASSAY_EXPR_FINITE_CERTAIN;
  const bool none = !(r->lo <= r->hi) || (r->lo == r->hi && isinf(r->lo));
  return none ? ASSAY_EXPR_FINITE_IMPOSSIBLE : ASSAY_EXPR_FINITE_POSSIBLE;
}

int assay_expr_range(struct assay_expr_range *out, int *culprit, const struct assay_expr *e,
                     const double *lo, const double *hi)
{
  int rc = ASSAY_OK, first_bad = -1;
  struct span *of = NULL; /* of every node */
  int *first = NULL;
  for (int v = 0; v < e->n_vars; v++)
    ASSAY_CHECK(lo[v] <= hi[v] && isfinite(lo[v]) && isfinite(hi[v]), ASSAY_EARG,
                "x%d: %g..%g is no range", v, lo[v], hi[v]);
  ASSAY_TRY(ASSAY_NEW(&of, (size_t)e->n, "ranges"));
  ASSAY_TRY(ASSAY_NEW(&first, (size_t)e->n, "ranges"));
  assay_expr_firsts(first, e);
  for (int i = 0; i < e->n; i++) {
    const enum assay_expr_op op = e->node[i].op;
    const int arity = assay_expr_ops[op].arity, b = i - 1;
    const int a = arity == 2 ? first[b] - 1 : b;
    if (arity == 0)
      of[i] = leaf(&e->node[i], lo, hi);
    else if (arity == 1)
      of[i] = unary(op, of[a]);
    else
      of[i] = binary(op, of[a], of[b],
                     b - first[b] == a - first[a] && same_nodes(e, a, b, b - first[b] + 1));
    const bool operands = arity == 0 || (surely_finite(of[a]) && surely_finite(of[b]));
    if (first_bad < 0 && operands && !surely_finite(of[i])) first_bad = i;
  }
  const struct span *root = &of[e->n - 1];
  *out = (struct assay_expr_range){root->lo, root->hi, root->nan};
  if (culprit) *culprit = first_bad;
done:
  assay_free(of);
  assay_free(first);
  return rc;
}
