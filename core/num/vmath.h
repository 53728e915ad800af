/* Elementary functions of double arguments, for scalars and arrays, that give the same bits on
 * every processor, instruction set and compiler (docs: decisions on same bits): data-making code
 * calls these and never libm. An array function (assay_vmath_) gives exactly what the scalar one
 * (assay_math_) gives.
 *
 * Largest error in units in the last place of the result, measured against 64-bit mantissas on 5 to
 * 12 million dense and random arguments per function (tests/core/test_vmath.c asserts the bounds in
 * brackets; ASSAY_TEST_MULTIPLIER=60 repeats the measurement):
 *
 *   exp 0.58 [0.65]   expm1 0.86 [0.95]   log 0.67 [0.75]   log1p 0.68 [0.75]   tanh 0.71 [0.8]
 *   sin 0.84 [0.9]    cos 0.84 [0.9]      pow 1.20 [1.4], below 0.6 where |y log x| < 30
 *
 * Subnormal results may be off by 0.8 of the smallest subnormal (pow: 1.2).
 *
 * Special values are those of IEEE 754 and C11 annex F, without exceptions or errno: NaN in, NaN
 * out, except pow(x, 0) = pow(1, y) = 1; signed zeros pass through odd functions; overflow gives
 * infinity, underflow gives subnormals and then zero; log(0) = -inf, log of a negative number, sin
 * and cos of infinity, and pow(negative, fraction) are NaN. Every NaN returned is the one bit
 * pattern 0x7ff8000000000000. sin and cos reduce exactly whatever the argument.
 *
 * Needs the default rounding mode and subnormals (no flush-to-zero). */
#ifndef ASSAY_CORE_NUM_VMATH_H
#define ASSAY_CORE_NUM_VMATH_H
#include <stddef.h>

double assay_math_exp(double x);
double assay_math_expm1(double x); /* e^x - 1 */
double assay_math_log(double x);
double assay_math_log1p(double x); /* log(1 + x) */
double assay_math_tanh(double x);
double assay_math_sin(double x);
double assay_math_cos(double x);
void assay_math_sincos(double *s, double *c, double x);
double assay_math_pow(double x, double y);

/* out[i] = f(x[i]), i < n; out may be x (and for pow also y), other overlaps are not allowed. */
void assay_vmath_exp(double *out, const double *x, ptrdiff_t n);
void assay_vmath_expm1(double *out, const double *x, ptrdiff_t n);
void assay_vmath_log(double *out, const double *x, ptrdiff_t n);
void assay_vmath_log1p(double *out, const double *x, ptrdiff_t n);
void assay_vmath_tanh(double *out, const double *x, ptrdiff_t n);
void assay_vmath_sin(double *out, const double *x, ptrdiff_t n);
void assay_vmath_cos(double *out, const double *x, ptrdiff_t n);
/* s and c must differ; either may be x */
void assay_vmath_sincos(double *s, double *c, const double *x, ptrdiff_t n);
void assay_vmath_pow(double *out, const double *x, const double *y, ptrdiff_t n);
/* one exponent for all */
void assay_vmath_pow1(double *out, const double *x, double y, ptrdiff_t n);

#endif
