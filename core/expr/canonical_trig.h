/* What the rules of angles share: the functions of the family at work, sin and its like or sinh and
 * its like. Inside core/expr only. */
#ifndef ASSAY_CORE_EXPR_CANONICAL_TRIG_H
#define ASSAY_CORE_EXPR_CANONICAL_TRIG_H
#include "core/expr/canonical_steps.h"

static inline const struct term *of(struct assay_alg *s, enum assay_expr_op fn,
                                    const struct term *x)
{
  return assay_alg_fun1(s, fn, x);
}

/* the functions of the family at work */
static inline enum assay_expr_op sine_fn(const struct assay_alg *s)
{
  return s->hyperbolic ? ASSAY_EXPR_SINH : ASSAY_EXPR_SIN;
}
static inline enum assay_expr_op cosine_fn(const struct assay_alg *s)
{
  return s->hyperbolic ? ASSAY_EXPR_COSH : ASSAY_EXPR_COS;
}
static inline enum assay_expr_op tangent_fn(const struct assay_alg *s)
{
  return s->hyperbolic ? ASSAY_EXPR_TANH : ASSAY_EXPR_TAN;
}
static inline unsigned family(const struct assay_alg *s)
{
  return s->hyperbolic ? HAS_HYPER : HAS_TRIG;
}
static inline const struct term *sine(struct assay_alg *s, const struct term *x)
{
  return of(s, sine_fn(s), x);
}
static inline const struct term *cosine(struct assay_alg *s, const struct term *x)
{
  return of(s, cosine_fn(s), x);
}
static inline bool is_sine(const struct assay_alg *s, const struct term *t)
{
  return is_fun(t, sine_fn(s));
}
static inline bool is_cosine(const struct assay_alg *s, const struct term *t)
{
  return is_fun(t, cosine_fn(s));
}
static inline bool is_sine_or_cosine(const struct assay_alg *s, const struct term *t)
{
  return is_sine(s, t) || is_cosine(s, t);
}
static inline bool is_tangent(const struct assay_alg *s, const struct term *t)
{
  return is_fun(t, tangent_fn(s)) || (!s->hyperbolic && is_fun(t, ASSAY_EXPR_COT));
}
static inline const struct term *square(struct assay_alg *s, const struct term *t)
{
  return assay_alg_powi(s, t, 2);
}
/* a - b, or a + b where the square of i makes the difference */
static inline const struct term *minus(struct assay_alg *s, const struct term *a,
                                       const struct term *b)
{
  return s->hyperbolic ? assay_alg_add2(s, a, b) : assay_alg_sub(s, a, b);
}

/* rules of products and sums (canonical_trig_products.c), everywhere in a term */
/* sin a cos b = (sin(a + b) + sin(a - b))/2 and the like */
const struct term *assay_canonical_linear(struct assay_alg *s, const struct term *t);
/* the other way round: sums of two products become one function */
const struct term *assay_canonical_joined(struct assay_alg *s, const struct term *t);
/* (1 - cos)(1 + cos) = sin^2 */
const struct term *assay_canonical_differences(struct assay_alg *s, const struct term *t);

#endif
