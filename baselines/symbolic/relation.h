/* Rational laws: z = T(y) is a quotient of two polynomials in some features (columns, or functions
 * of columns such as cos(x2 - x3)),
 *
 *     sum_k n_k M_k(u) - z sum_k d_k M_k(u) = 0,   M_k monomials of degree <= D.
 *
 * The columns M_k and z M_k are taken in order of their degree and made orthogonal one by one. The
 * first one that depends on its predecessors closes the relation of least degree, and since those
 * are independent its coefficients are unique: what is not part of the law comes out as zero. */
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

/* z = scale x above / below, all in scaled features */
struct assay_sr_relation {
  int n_above, n_below;
  struct assay_sr_term above[ASSAY_SR_TERMS], below[ASSAY_SR_TERMS];
};

/* Columns that degree d takes: 2 (n + d)! / (n! d!), n features without those in the prefactor. */
double assay_sr_relation_columns(const struct assay_sr_features *f, int degree);

/* The relation of least degree for z [m], rows 0..m-1; false if there is none up to this degree.
 * `linear`: no z M_k but with M_0 = 1 (a polynomial). */
int assay_sr_relation_find(bool *found, struct assay_sr_relation *r,
                           const struct assay_sr_features *f, const double *z, int m, int degree,
                           bool linear, struct assay_sr_budget *b);

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

/* Relations for all targets (y, y^2, log y) and feature sets, z divided by a prefactor of exactly
 * `factors` features, with the highest degree whose library has at most `columns` columns, unless
 * that has at most `beyond` (and so was tried before). Stops soon after the first exact law. */
int assay_sr_search_relations(struct assay_sr_search *s, int columns, int beyond, int factors);

#endif
