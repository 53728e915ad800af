/* Polynomials in several variables with whole coefficients of any size. Terms are kept in
 * descending lexicographic order of their exponents. Inside core/expr only. */
#ifndef ASSAY_CORE_EXPR_ALGEBRA_POLY_H
#define ASSAY_CORE_EXPR_ALGEBRA_POLY_H
#include "core/expr/algebra_big.h"

enum { POLY_MAX_TERMS = 20000 };

struct poly {
  int n_vars, n;
  const int *exp;      /* [n, n_vars] */
  const struct big *c; /* [n], none is zero */
};

struct poly assay_poly_zero(int n_vars);
struct poly assay_poly_const(struct assay_alg *s, int n_vars, struct big c);
/* from terms in any order; equal monomials are added */
struct poly assay_poly_make(struct assay_alg *s, int n_vars, int n, int *exp, struct big *c);
struct poly assay_poly_add(struct assay_alg *s, struct poly a, struct poly b);
struct poly assay_poly_sub(struct assay_alg *s, struct poly a, struct poly b);
struct poly assay_poly_mul(struct assay_alg *s, struct poly a, struct poly b);
struct poly assay_poly_scale(struct assay_alg *s, struct poly a, struct big c);
struct poly assay_poly_unscale(struct assay_alg *s, struct poly a, struct big c);
struct poly assay_poly_pow(struct assay_alg *s, struct poly a, int e);
/* *q = a / b if b divides a */
bool assay_poly_divide(struct assay_alg *s, struct poly *q, struct poly a, struct poly b);
bool assay_poly_equal(struct poly a, struct poly b);
static inline bool is_constant(struct poly a)
{
  for (int i = 0; i < a.n * a.n_vars; i++)
    if (a.exp[i]) return false;
  return true;
}
int assay_poly_degree(struct poly a, int var);
/* coefficient of var^k, free of var */
struct poly assay_poly_coeff(struct assay_alg *s, struct poly a, int var, int k);
struct poly assay_poly_shift(struct assay_alg *s, struct poly a, int var, int k); /* times var^k */
struct poly assay_poly_derive(struct assay_alg *s, struct poly a, int var);
/* greatest whole number that divides all coefficients */
struct big assay_poly_content(struct assay_alg *s, struct poly a);
/* a divided by its content, leading coefficient positive; *c (may be NULL) the signed content */
struct poly assay_poly_primitive(struct assay_alg *s, struct poly a, struct big *c);
/* greatest common divisor of the coefficients seen as a polynomial in var */
struct poly assay_poly_content_in(struct assay_alg *s, struct poly a, int var);
/* greatest common divisor with whole content, leading coefficient positive (algebra_poly_gcd.c) */
struct poly assay_poly_gcd(struct assay_alg *s, struct poly a, struct poly b);
bool assay_poly_sqrt(struct assay_alg *s, struct poly *root, struct poly a);

struct poly_factor {
  struct poly p;
  int power;
};
/* primitive a = product of factor[i].p ^ power; *n is their number (algebra_poly_factor.c).
 * Complete where some variable has degree one or two in every factor; otherwise linear factors and
 * those of even polynomials are found. */
struct poly_factor *assay_poly_factor(struct assay_alg *s, struct poly a, int *n);

#endif
