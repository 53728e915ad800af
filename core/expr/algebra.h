/* Terms: expressions as sums, products, powers and functions of any number of arguments, combined
 * and ordered while they are built (x + x becomes 2 x, x y x becomes x^2 y).
 *
 * Every term lives in a store and exists once, so equal terms are equal pointers; nothing is freed
 * before the store. Work and memory are bounded: when the budget is spent, the store jumps back to
 * the point where the work began (assay_alg_begin).
 *
 * Numbers are exact fractions of 64-bit integers or floats of 53 bits with a wide exponent. Nothing
 * is known about the signs of variables. Inside core/expr only. */
#ifndef ASSAY_CORE_EXPR_ALGEBRA_H
#define ASSAY_CORE_EXPR_ALGEBRA_H
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/expr/expr.h"

enum term_kind {
  TERM_RATIONAL, /* p/q, q > 0, no common factor */
  TERM_FLOAT,    /* f, never zero after arithmetic */
  TERM_NAN,      /* also what arises from a division by zero */
  TERM_E,        /* base of exp */
  TERM_VAR,
  TERM_POW, /* base, exponent */
  TERM_MUL, /* number first, if there is one */
  TERM_ADD, /* number first, if there is one */
  TERM_FUN, /* fn, one argument (Min, Max: two or more) */
};

enum term_has {
  HAS_FLOAT = 1,
  HAS_VAR = 2,
  HAS_TRIG = 4,
  HAS_HYPER = 8,
  HAS_EXP = 16,
  HAS_LOG = 32,
  HAS_ABS = 64,
};

struct term {
  enum term_kind kind;
  enum assay_expr_op fn;
  int id;          /* age */
  int var, n, ops; /* ops: count of operations, -1 not yet counted */
  unsigned has;
  int64_t p, q;
  long double f;
  uint64_t hash;
  const struct term **arg;
  struct term *chain;
  const struct term *simple, *expanded; /* results already known, NULL: not yet */
};

struct assay_alg_block;

struct assay_alg {
  struct assay_alg_block *blocks;
  size_t used, limit; /* bytes */
  long steps;         /* left */
  struct term **bucket;
  size_t n_buckets, n_terms;
  jmp_buf *out;    /* where a spent budget leads */
  int rc;          /* why */
  bool hyperbolic; /* rules of angles work on sinh, cosh, tanh */
  const struct term *zero, *one, *minus_one, *half, *two, *nan, *e;
};

/* Store with `steps` units of work and `limit` bytes. ASSAY_ENOMEM. */
int assay_alg_create(struct assay_alg **out, long steps, size_t limit);
void assay_alg_destroy(struct assay_alg *s);

/* n bytes, zeroed, that live as long as the store. */
void *assay_alg_take(struct assay_alg *s, size_t n);
/* One unit of work; jumps when none is left. */
void assay_alg_tick(struct assay_alg *s, long n);
/* Leave with this code. */
_Noreturn void assay_alg_leave(struct assay_alg *s, int rc);

/* The term as its store sees it, to note what has been found out about it. */
static inline struct term *own_term(const struct term *t)
{
  return (struct term *)(uintptr_t)t;
}

/* ---- making terms ------------------------------------------------------------------------- */

const struct term *assay_alg_int(struct assay_alg *s, int64_t p);
const struct term *assay_alg_rat(struct assay_alg *s, int64_t p, int64_t q);
/* rounded to 53 bits; zero becomes the exact 0 */
const struct term *assay_alg_float(struct assay_alg *s, long double f);
const struct term *assay_alg_var(struct assay_alg *s, int var);
/* exactly this node */
const struct term *assay_alg_raw(struct assay_alg *s, enum term_kind kind, enum assay_expr_op fn,
                                 const struct term *const *arg, int n);
const struct term *assay_alg_add(struct assay_alg *s, const struct term *const *arg, int n);
const struct term *assay_alg_mul(struct assay_alg *s, const struct term *const *arg, int n);
const struct term *assay_alg_pow(struct assay_alg *s, const struct term *b, const struct term *e);
const struct term *assay_alg_fun(struct assay_alg *s, enum assay_expr_op fn,
                                 const struct term *const *arg, int n);
/* the same operator with other arguments */
const struct term *assay_alg_like(struct assay_alg *s, const struct term *t,
                                  const struct term *const *arg);

const struct term *assay_alg_add2(struct assay_alg *s, const struct term *a, const struct term *b);
const struct term *assay_alg_sub(struct assay_alg *s, const struct term *a, const struct term *b);
const struct term *assay_alg_mul2(struct assay_alg *s, const struct term *a, const struct term *b);
const struct term *assay_alg_div(struct assay_alg *s, const struct term *a, const struct term *b);
const struct term *assay_alg_neg(struct assay_alg *s, const struct term *a);
const struct term *assay_alg_powi(struct assay_alg *s, const struct term *b, int64_t e);
const struct term *assay_alg_fun1(struct assay_alg *s, enum assay_expr_op fn, const struct term *a);
/* product c * t with c kept in front of a sum */
const struct term *assay_alg_keep(struct assay_alg *s, const struct term *c, const struct term *t,
                                  bool sign);

/* ---- numbers (algebra_number.c) ----------------------------------------------------------- */

static inline bool is_number(const struct term *t)
{
  return t->kind <= TERM_NAN;
}
static inline bool is_rational(const struct term *t)
{
  return t->kind == TERM_RATIONAL;
}
static inline bool is_integer(const struct term *t)
{
  return t->kind == TERM_RATIONAL && t->q == 1;
}
static inline bool is_fun(const struct term *t, enum assay_expr_op fn)
{
  return t->kind == TERM_FUN && t->fn == fn;
}
/* -1, 0, 1; 0 also for nan */
int assay_alg_sign(const struct term *number);
long double assay_alg_value(const struct term *number);
const struct term *assay_alg_number_add(struct assay_alg *s, const struct term *a,
                                        const struct term *b);
const struct term *assay_alg_number_mul(struct assay_alg *s, const struct term *a,
                                        const struct term *b);
/* NULL: not a number that can be written down (sqrt 2, sqrt(-3.1)) */
const struct term *assay_alg_number_pow(struct assay_alg *s, const struct term *b,
                                        const struct term *e);
/* NULL: stays as it is */
const struct term *assay_alg_number_fun(struct assay_alg *s, enum assay_expr_op fn,
                                        const struct term *x);
/* greatest common divisor of fractions, 1 if one is a float */
const struct term *assay_alg_number_gcd(struct assay_alg *s, const struct term *a,
                                        const struct term *b);

/* ---- looking at terms --------------------------------------------------------------------- */

/* Order of arguments (algebra_order.c): < 0, 0, > 0. */
int assay_alg_compare(const struct term *a, const struct term *b);
void assay_alg_sort(const struct term **arg, int n);
/* Number of operations as they would be written. */
int assay_alg_ops(struct assay_alg *s, const struct term *t);
/* Number in front, the rest into *rest. rational: only fractions count. */
const struct term *assay_alg_coeff(struct assay_alg *s, const struct term *t, bool rational,
                                   const struct term **rest);
/* t = base^exponent; exp(x) has base e. */
void assay_alg_base(struct assay_alg *s, const struct term *t, const struct term **base,
                    const struct term **exponent);
/* Factors of a product, or the term itself; terms of a sum likewise. *n is their number. */
const struct term *const *assay_alg_factors(const struct term *const *t, int *n);
const struct term *const *assay_alg_terms(const struct term *const *t, int *n);
/* Numerator and denominator without bringing sums together. */
void assay_alg_fraction(struct assay_alg *s, const struct term *t, const struct term **numer,
                        const struct term **denom);
/* Is -t the nicer of the two? */
bool assay_alg_minus(struct assay_alg *s, const struct term *t);
/* Name of a node as trees show it: "Add", "sin", "Const", "x3". */
const char *assay_alg_class(const struct term *t, char *buffer /* 16 bytes */);
/* What reading the written term again makes of a product: the number in front is multiplied with
 * the factor behind it first, so that a sum there takes it in. */
const struct term *assay_alg_reread(struct assay_alg *s, const struct term *t);
/* Number of nodes of the tree; LONG_MAX / 2 at most. */
long assay_alg_size(const struct term *t);
/* Infix text; the caller frees. ASSAY_ENOMEM. */
int assay_alg_print(char **out, const struct term *t);

/* ---- from and to expressions -------------------------------------------------------------- */

const struct term *assay_alg_from_expr(struct assay_alg *s, const struct assay_expr *e);

#endif
