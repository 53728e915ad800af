/* The steps towards the canonical form. Inside core/expr only. */
#ifndef ASSAY_CORE_EXPR_CANONICAL_STEPS_H
#define ASSAY_CORE_EXPR_CANONICAL_STEPS_H
#include "core/expr/algebra_rewrite.h"

/* numbers as floats, those inside functions left as they are (canonical_float.c) */
const struct term *assay_canonical_floats(struct assay_alg *s, const struct term *t);
/* 1.0 and -1.0 as exact numbers */
const struct term *assay_canonical_ones(struct assay_alg *s, const struct term *t);
/* floats rounded to 15 digits, everything combined once more */
const struct term *assay_canonical_digits(struct assay_alg *s, const struct term *t);

/* few operations (canonical_simplify.c) */
const struct term *assay_canonical_simplify(struct assay_alg *s, const struct term *t);

/* minus signs of sums in products and powers brought to the front: x (b - a) = -x (a - b) */
const struct term *assay_canonical_signs(struct assay_alg *s, const struct term *t);

/* powers of one base merged: x^a x^b, e^a e^b (canonical_power.c); deep: also inside; factor: the
 * exponents of e lose common factors */
const struct term *assay_canonical_powers(struct assay_alg *s, const struct term *t, bool deep,
                                          bool factor);
/* e^z + e^-z = 2 cosh z and the like (canonical_power.c) */
const struct term *assay_canonical_hyperbolic(struct assay_alg *s, const struct term *t);
/* sin^2 + cos^2 = 1 and the like (canonical_trig.c) */
const struct term *assay_canonical_trig(struct assay_alg *s, const struct term *t);
/* sin/cos = tan, sinh/cosh = tanh in products, everywhere (canonical_trig.c) */
const struct term *assay_canonical_quotients(struct assay_alg *s, const struct term *t);

#endif
