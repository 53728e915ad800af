/* Values of the normal form. Inside core/expr only.
 *
 * A polynomial is a sum of monomials in atoms (variables and functions) whose exponents are whole
 * multiples of 1/UNIT. A value is number * monomial * product of powers of polynomials. Numbers
 * carry the size of what they are made of, so that what has cancelled can be told from what is
 * small. */
#ifndef ASSAY_CORE_EXPR_NORMAL_VALUE_H
#define ASSAY_CORE_EXPR_NORMAL_VALUE_H
#include "core/expr/algebra.h"
#include "core/expr/normal.h"

enum { UNIT = 60000, MOST_MONOMIALS = 5000 };
#define NORMAL_TOLERANCE 1e-3
#define NORMAL_CANCELLED 1e-11

struct number {
  double v, size; /* size >= |v| */
};

struct power_of {
  int atom, e; /* exponent e/UNIT */
};
struct monomial {
  int n;
  const struct power_of *f; /* [n] by atom */
};
struct polynomial {
  int n;
  const struct monomial *m; /* [n] in order */
  const struct number *c;
};

struct sum_power {
  struct polynomial p; /* two terms or more, first coefficient +-1, no common monomial */
  int e;
};
struct value {
  struct number c;
  struct monomial m;
  int n;
  const struct sum_power *s;
};

enum atom_kind { ATOM_VARIABLE, ATOM_SUM, ATOM_FUNCTION };
struct atom {
  enum atom_kind kind;
  enum assay_expr_op fn;
  int var;
  struct polynomial p; /* ATOM_SUM: to a fractional power */
  struct value arg, arg2;
};

/* angles k * unit * body, k whole */
struct angle {
  struct value body;
  double unit;
};

struct normal {
  struct assay_alg *memory;
  const struct assay_normal_variables *variables;
  struct atom *atom;
  int n_atoms, room;
  struct angle *angle;
  int n_angles, angle_room;
  bool collecting; /* first pass: angles are only noted */
};

/* ---- normal_poly.c ------------------------------------------------------------------------ */

bool assay_normal_close(struct number a, struct number b);
bool assay_normal_same_monomial(struct monomial a, struct monomial b);
struct monomial assay_normal_times(struct normal *s, struct monomial a, struct monomial b);
struct polynomial assay_normal_constant(struct normal *s, struct number c);
struct polynomial assay_normal_term(struct normal *s, struct number c, struct monomial m);
/* a + f b */
struct polynomial assay_normal_add(struct normal *s, struct polynomial a, struct polynomial b,
                                   double f);
/* with sin^2 = 1 - cos^2, |x|^2 = x^2 and whole powers of sums put in */
struct polynomial assay_normal_mul(struct normal *s, struct polynomial a, struct polynomial b);
struct polynomial assay_normal_whole_power(struct normal *s, struct polynomial a, int e);
/* equal within the tolerance; sign: also a = -b, *sign tells */
bool assay_normal_same_polynomial(struct polynomial a, struct polynomial b, int *sign);
int assay_normal_compare_monomials(struct monomial a, struct monomial b);

/* ---- normal_value.c ----------------------------------------------------------------------- */

struct value assay_normal_number(double v, double size);
struct value assay_normal_atom(struct normal *s, int atom, int e);
struct value assay_normal_product(struct normal *s, struct value a, struct value b);
/* a^(e/UNIT) */
struct value assay_normal_power(struct normal *s, struct value a, int e);
/* a + f b */
struct value assay_normal_sum(struct normal *s, struct value a, struct value b, double f);
struct value assay_normal_of(struct normal *s, struct polynomial p);
/* multiplied out: common * out[i] = in[i], the polynomials have no denominators */
void assay_normal_expand(struct normal *s, struct polynomial *out, const struct value *in, int n,
                         struct value *common);
/* a = c b with a number c */
bool assay_normal_proportional(struct normal *s, struct value a, struct value b, struct number *c);
bool assay_normal_is_number(struct value a);
bool assay_normal_is_zero(struct value a);
int assay_normal_new_atom(struct normal *s, struct atom atom);
/* *e/UNIT = x: the fraction with a denominator up to 6 if there is one within 1e-3, else rounded;
 * false if x is too large */
bool assay_normal_exponent(int *e, double x);

/* ---- normal_read.c ------------------------------------------------------------------------ */

struct value assay_normal_read(struct normal *s, const struct assay_expr *e);

#endif
