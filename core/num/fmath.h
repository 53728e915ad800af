/* Elementary functions of the evaluator of expressions (core/expr/program.h): faster than those of
 * vmath.h, a little less exact, and with the same bits on every instruction set. Data-making code
 * outside the evaluator keeps to vmath.h.
 *
 * Largest error in units in the last place of the result, measured against 64-bit mantissas on
 * 800,000 arguments per range (tests/core/test_fmath.c asserts the bounds in brackets):
 *
 *   exp 1.00 [1.1]    log 0.82 [0.9]    sin, cos 2.00 [2.2]   tan, cot 2.17 [2.4]   pow 1.24 [1.4]
 *   asin 0.78 [0.9]   acos 0.73 [0.9]   atan 1.88 [2.0]       tanh 0.68 [0.8]
 *   sinh 1.87 [2.1]   cosh 1.44 [1.6]   (both 2.9 [3.0] beyond 708)
 *
 * Special values are those of IEEE 754 and C11 annex F as in vmath.h; cot(+-0) = +-inf; NaN for
 * |x| > 1 in asin and acos; every NaN returned is 0x7ff8000000000000. */
#ifndef ASSAY_CORE_NUM_FMATH_H
#define ASSAY_CORE_NUM_FMATH_H

double assay_fmath_exp(double x);
double assay_fmath_log(double x);
double assay_fmath_pow(double x, double y);
double assay_fmath_sin(double x);
double assay_fmath_cos(double x);
double assay_fmath_tan(double x);
double assay_fmath_cot(double x);
double assay_fmath_asin(double x);
double assay_fmath_acos(double x);
double assay_fmath_atan(double x);
double assay_fmath_sinh(double x);
double assay_fmath_cosh(double x);
double assay_fmath_tanh(double x);

#endif
