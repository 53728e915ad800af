/* Whether a formula with numbers of unknown unit can be right in its units.
 *
 * The numbers of a regression are free: what is written 9.80665 may be an acceleration, a fitted
 * 8.99e9 the product of three constants of nature. So every number gets an unknown dimension, and
 * the rules of quantities,
 *
 *     a + b, min(a, b)    [a] = [b]
 *     a b, a / b          [a] + [b], [a] - [b]
 *     a^p, sqrt(a)        p [a], [a] / 2       p without variables
 *     a^b                 [a] = [b] = 0        b with variables
 *     sin a, log a, ...   [a] = 0, result 0
 *     whole               [target]
 *
 * are linear equations in the unknowns ([.]: exponents of the base units). The formula is
 * consistent when they have a solution. Some numbers are not free: whole numbers from 1 to 10 with
 * either sign, pi and exponents are pure numbers; zero has any dimension. Exponents within 1e-3 of
 * a fraction p/q, q <= 6, are that fraction.
 *
 * The formula is taken as written: log(x0) - log(x1) is not log(x0/x1). */
#ifndef ASSAY_DATASETS_DIMENSION_FIT_H
#define ASSAY_DATASETS_DIMENSION_FIT_H
#include "datasets/dimension.h"

enum { ASSAY_DIMENSION_FIT_MAX = 4096 }; /* nodes */

/* *out: consistent for variables of the dimensions `var` [e->n_vars] and a value of the dimension
 * `target`. ASSAY_EARG: more than ASSAY_DIMENSION_FIT_MAX nodes; ASSAY_ENOMEM. */
int assay_dimension_fits(bool *out, const struct assay_expr *e, const struct assay_dimension *var,
                         const struct assay_dimension *target);

#endif
