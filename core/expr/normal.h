/* Is it the same law? Two equations are brought into a normal form that knows more than trees do:
 * what multiplies out, cancels, merges (powers, exponentials, logarithms, angles) is equal.
 *
 * Equality is symbolic: the same monomials on both sides, with coefficients that agree within a
 * relative tolerance after the variables have been scaled. A term that is on one side only is a
 * difference however small its coefficient, and no values are ever compared.
 *
 * Stated assumptions: variables marked positive are, so sqrt(x^2) = x; logarithms are those of
 * positive numbers, so log(a b) = log a + log b; a product under a fractional power is split.
 * Exponents within 1e-3 of a fraction p/q, q <= 6, are that fraction. */
#ifndef ASSAY_CORE_EXPR_NORMAL_H
#define ASSAY_CORE_EXPR_NORMAL_H
#include "core/expr/expr.h"

/* From the strongest statement to the weakest. */
enum assay_sameness {
  ASSAY_SAME_EXACT,     /* a = b */
  ASSAY_SAME_FACTOR,    /* a = c b, c not 0 */
  ASSAY_SAME_OFFSET,    /* a = b + k */
  ASSAY_SAME_AFFINE,    /* a = c b + k, c not 0 */
  ASSAY_SAME_EXPONENTS, /* the same but for the values of constants that are no exponents */
  ASSAY_SAME_VARIABLES, /* the same variables */
  ASSAY_SAME_NOT
};

/* "exact", "factor", "offset", "affine", "exponents", "variables", "different" */
const char *assay_sameness_name(enum assay_sameness s);

struct assay_normal_variables {
  int n;                /* variables beyond are of scale 1 and of either sign */
  const double *scale;  /* [n] geometric mean of |x|, > 0; NULL: all 1 */
  const bool *positive; /* [n] no value is negative; NULL: all */
};

struct assay_sameness_found {
  enum assay_sameness verdict;
  double factor, offset; /* c and k above, in the units of b; 1 and 0 where not free */
  bool limited;          /* the work was cut short: the verdict may be weaker than the truth */
};

/* How a is related to b. variables NULL: scale 1, all positive. ASSAY_EARG: an expression that is
 * too large or deep, a scale that is not positive; ASSAY_ENOMEM. The work is bounded. */
int assay_normal_same(struct assay_sameness_found *out, const struct assay_expr *a,
                      const struct assay_expr *b, const struct assay_normal_variables *variables);

/* Both sides multiplied out over one denominator, monomial by monomial. */
struct assay_terms_found {
  int found, needed, right; /* terms of a, of b, of both; coefficients do not count */
  double error;             /* mean over all terms of a and b of min(1, |c_a - c_b| / |c_b|), 1 for
                               those of one side only; 0 where there are none */
  bool limited;             /* too much work: nothing is counted, error is 1 */
};

/* The terms of a beside those of b; errors as above. */
int assay_normal_terms(struct assay_terms_found *out, const struct assay_expr *a,
                       const struct assay_expr *b, const struct assay_normal_variables *variables);

#endif
