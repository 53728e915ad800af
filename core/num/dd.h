/* Double-double numbers: an unevaluated sum hi + lo with |lo| <= ulp(hi) / 2, about 32 decimal
 * digits. For reference values, not for speed: the error of a double computation is the difference
 * to the same computation here.
 *
 * Sums and products are the error-free transformations of T. J. Dekker, "A floating-point technique
 * for extending the available precision", Numer. Math. 18 (1971), and D. E. Knuth, The Art of
 * Computer Programming 2, 4.2.2. Relative errors: a few 2^-104 for + - * / sqrt, below 1e-29 for
 * the functions; sin and cos lose what reduction by a 106-bit pi loses (|x| below 1e6: 1e-25
 * absolute). NaN and infinity come out as NaN or infinity in hi. */
#ifndef ASSAY_CORE_NUM_DD_H
#define ASSAY_CORE_NUM_DD_H

struct assay_dd {
  double hi, lo;
};

struct assay_dd assay_dd_from(double x);
struct assay_dd assay_dd_pi(void);

struct assay_dd assay_dd_neg(struct assay_dd a);
struct assay_dd assay_dd_add(struct assay_dd a, struct assay_dd b);
struct assay_dd assay_dd_sub(struct assay_dd a, struct assay_dd b);
struct assay_dd assay_dd_mul(struct assay_dd a, struct assay_dd b);
struct assay_dd assay_dd_div(struct assay_dd a, struct assay_dd b);
struct assay_dd assay_dd_sqrt(struct assay_dd a);

struct assay_dd assay_dd_exp(struct assay_dd a);
struct assay_dd assay_dd_expm1(struct assay_dd a);
struct assay_dd assay_dd_log(struct assay_dd a);
void assay_dd_sincos(struct assay_dd *s, struct assay_dd *c, struct assay_dd a);
struct assay_dd assay_dd_sinh(struct assay_dd a);
struct assay_dd assay_dd_cosh(struct assay_dd a);
struct assay_dd assay_dd_tanh(struct assay_dd a);
struct assay_dd assay_dd_asin(struct assay_dd a);
struct assay_dd assay_dd_acos(struct assay_dd a);
struct assay_dd assay_dd_atan(struct assay_dd a);
/* Whole exponents up to 2^20 by repeated squaring, others as exp(b log a). */
struct assay_dd assay_dd_pow(struct assay_dd a, struct assay_dd b);

#endif
