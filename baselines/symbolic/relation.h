/* Rational laws: z = T(y) is a quotient of two polynomials in some features (columns, or functions
 * of columns such as cos(x2 - x3)),
 *
 *     sum_k n_k M_k(u) - z sum_k d_k M_k(u) = 0,   M_k monomials of degree <= D.
 *
 * The columns M_k and z M_k are taken in order of their degree and made orthogonal one by one. The
 * first one that depends on its predecessors closes the relation of least degree, and since those
 * are independent its coefficients are unique: what is not part of the law comes out as zero.
 *
 * The same for laws with a root beside other terms, z = A + B sqrt(R): these solve an equation of
 * second degree in z,
 *
 *     sum_k n_k M_k - z sum_k d_k M_k + z^2 s M = 0,
 *
 * whose coefficients are polynomials in the columns and, at most of second degree together with z,
 * in functions of columns. */
#ifndef ASSAY_BASELINES_SYMBOLIC_RELATION_H
#define ASSAY_BASELINES_SYMBOLIC_RELATION_H
#include "baselines/symbolic/search.h"

enum { ASSAY_SR_FEATURES = 12, ASSAY_SR_TERMS = 24 };

struct assay_sr_feature {
  char text[ASSAY_SR_ATOM];
  double unit;     /* the feature is text^unit: 1, or 1/2 for a root */
  double scale;    /* values of the feature are divided by this */
  bool positive;   /* everywhere */
  const double *v; /* [m] scaled; borrowed */
};

struct assay_sr_features {
  int n;
  struct assay_sr_feature feature[ASSAY_SR_FEATURES];
  double prefactor[ASSAY_SR_FEATURES]; /* z is divided by feature^prefactor first; such a feature is
                                          not part of the polynomials */
};

/* c prod feature^power */
struct assay_sr_term {
  double c, share; /* share: |c| in scaled features, how much it weighs */
  int power[ASSAY_SR_FEATURES];
};

/* above - z below + z^2 square = 0, all in scaled features; without the square z = above / below */
struct assay_sr_relation {
  int n_above, n_below, n_square;
  struct assay_sr_term above[ASSAY_SR_TERMS], below[ASSAY_SR_TERMS], square[ASSAY_SR_TERMS];
};

enum assay_sr_relation_kind {
  ASSAY_SR_QUOTIENT,
  ASSAY_SR_POLYNOMIAL, /* of z only 1 z is there */
  ASSAY_SR_QUADRATIC
};

/* Columns that degree d takes: 2 (n + d)! / (n! d!), n features without those in the prefactor; of
 * a quadratic three times as many, or six with functions, n features that are columns. */
double assay_sr_relation_columns(const struct assay_sr_features *f, int degree,
                                 enum assay_sr_relation_kind kind);

/* The relation of least degree for z [m], rows 0..m-1; false if there is none up to this degree. */
int assay_sr_relation_find(bool *found, struct assay_sr_relation *r,
                           const struct assay_sr_features *f, const double *z, int m, int degree,
                           enum assay_sr_relation_kind kind, struct assay_sr_budget *b);

/* The equation of z in words, or of its root: */
enum assay_sr_wording {
  ASSAY_SR_AS_IT_IS,
  ASSAY_SR_ROOT,         /* sqrt(z) */
  ASSAY_SR_ROOT_SQUARES, /* the same, perfect squares taken out of the root: may change sign */
  ASSAY_SR_WORDINGS
};
void assay_sr_relation_say(struct assay_sr_phrase *p, const struct assay_sr_relation *r,
                           const struct assay_sr_features *f, double z_scale,
                           enum assay_sr_wording wording);

/* z = A + sign sqrt(R) of a quadratic with one term in its square, or (`factored`, where A is one
 * term) A (1 + sign sqrt(R / A^2)). Nothing is put, and p->overflow is set, where that cannot be
 * said. */
void assay_sr_relation_say_root(struct assay_sr_phrase *p, const struct assay_sr_relation *r,
                                const struct assay_sr_features *f, double z_scale, int sign,
                                bool factored, enum assay_sr_wording wording);

/* Relations for all targets (y, y^2, log y) and feature sets, z divided by a prefactor of exactly
 * `factors` features, with the highest degree whose library has at most `columns` columns, unless
 * that has at most `beyond` (and so was tried before). Stops soon after the first exact law. */
int assay_sr_search_relations(struct assay_sr_search *s, int columns, int beyond, int factors);

/* Quadratics for y, with no function of columns or one, of the highest degree whose library has at
 * most `columns` columns, with this share of what is left of the budget. */
int assay_sr_search_quadratics(struct assay_sr_search *s, int columns, double share);

#endif
