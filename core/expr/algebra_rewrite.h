/* Rewriting terms as polynomials and fractions. Every function returns a term of equal value.
 * Inside core/expr only. */
#ifndef ASSAY_CORE_EXPR_ALGEBRA_REWRITE_H
#define ASSAY_CORE_EXPR_ALGEBRA_REWRITE_H
#include "core/expr/algebra.h"

struct list {
  const struct term **item;
  int n, room;
};
void assay_list_push(struct assay_alg *s, struct list *l, const struct term *t);

/* ---- multiplied out (algebra_expand.c) ---------------------------------------------------- */

/* products of sums and their whole powers multiplied out, e^(a + b) = e^a e^b, log of a positive
 * number times the rest split; everywhere */
const struct term *assay_alg_expand(struct assay_alg *s, const struct term *t);
/* products over sums only; deep: also inside */
const struct term *assay_alg_expand_mul(struct assay_alg *s, const struct term *t, bool deep);
/* products over sums and whole powers of sums, everywhere */
const struct term *assay_alg_expand_multinomial(struct assay_alg *s, const struct term *t);
/* the same with e^(a + b) = e^a e^b only */
const struct term *assay_alg_expand_exp(struct assay_alg *s, const struct term *t);
/* log(c x) = log c + log x for numbers c > 0 only */
const struct term *assay_alg_expand_log(struct assay_alg *s, const struct term *t);

/* ---- common factors of terms (algebra_gcd_terms.c) ---------------------------------------- */

/* greatest fraction in all terms of a sum; *rest the sum without it */
const struct term *assay_alg_primitive(struct assay_alg *s, const struct term *t,
                                       const struct term **rest);
/* the same in all parts of a term */
const struct term *assay_alg_content(struct assay_alg *s, const struct term *t,
                                     const struct term **rest);
/* sum over a common denominator, common factors in front */
const struct term *assay_alg_gcd_terms(struct assay_alg *s, const struct term *const *arg, int n,
                                       bool primitive, bool fraction);
/* the same everywhere; deep: also inside functions and exponents */
const struct term *assay_alg_together(struct assay_alg *s, const struct term *t, bool deep);
/* common factors of sums everywhere, denominators left alone */
const struct term *assay_alg_factor_terms(struct assay_alg *s, const struct term *t, bool sign);

/* ---- fractions of polynomials (algebra_ratio.c) ------------------------------------------- */

/* numerator and denominator of t as one fraction */
void assay_alg_numer_denom(struct assay_alg *s, const struct term *t, const struct term **numer,
                           const struct term **denom);
const struct term *assay_alg_normal(struct assay_alg *s, const struct term *t);
/* p/q without common divisor */
const struct term *assay_alg_cancel(struct assay_alg *s, const struct term *t);
/* product of irreducible factors */
const struct term *assay_alg_factor(struct assay_alg *s, const struct term *t);

/* f at every node from the leaves up */
const struct term *assay_alg_bottom_up(struct assay_alg *s, const struct term *t,
                                       const struct term *(*f)(struct assay_alg *,
                                                               const struct term *));
/* the one with fewest operations, the first of several */
const struct term *assay_alg_shortest(struct assay_alg *s, const struct term *const *t, int n);

#endif
