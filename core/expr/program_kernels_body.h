/* The block operations of program_kernels.h for one precision. The file that includes this defines
 * REAL, BITS (an unsigned integer of its size), BITS_OF, FABS and SQRT; FUNCTION(sin): body of an
 * elementary function, right for |x| up to LIMIT(TRIG_MAX) where there is such a limit;
 * CAREFUL(sin): the function for any argument. */

enum { LANES = 32 };

/* ---- one operand -------------------------------------------------------------------------- */

#define UNARY(name, value)                                        \
  static void unary_##name(REAL *out, const REAL *a, ptrdiff_t n) \
  {                                                               \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++)         \
    {                                                             \
      const REAL x = a[i];                                        \
      out[i] = value;                                             \
    }                                                             \
  }

UNARY(neg, -x)
UNARY(abs, FABS(x))
UNARY(sqrt, SQRT(x))
UNARY(asin, FUNCTION(asin)(x))
UNARY(acos, FUNCTION(acos)(x))
UNARY(atan, FUNCTION(atan)(x))
UNARY(tanh, FUNCTION(tanh)(x))

/* Functions whose body is right for some arguments only: the loop collects in the top bit whether
 * any is outside (or NaN), by differences of bit patterns, and then `again` does what is needed. */
#define LIMITED(name, outside, again)                                           \
  static void unary_##name(REAL *out, const REAL *a, ptrdiff_t n)               \
  {                                                                             \
    BITS beyond = 0;                                                            \
    _Pragma("omp simd reduction(| : beyond)") for (ptrdiff_t i = 0; i < n; i++) \
    {                                                                           \
      const REAL x = a[i];                                                      \
      beyond |= (outside);                                                      \
      out[i] = FUNCTION(name)(x);                                               \
    }                                                                           \
    if (beyond >> (8 * sizeof beyond - 1)) again(out, a, n);                    \
  }

/* top bit set if |x| passes the limit; if x is not in the domain of the logarithm */
#define ABOVE(x, limit) (BITS_OF(limit) - BITS_OF(FABS(x)))
#define OFF_LOG(x) \
  (BITS_OF(x) | (BITS_OF(x) - BITS_OF(LIMIT(LOG_MIN))) | (BITS_OF(LIMIT(LOG_MAX)) - BITS_OF(x)))

#define EVERY(name)                                                                            \
  static void every_##name(REAL *out, const REAL *a, ptrdiff_t n)                              \
  {                                                                                            \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++) out[i] = FUNCTION(name##_any)(a[i]); \
  }

/* NaN where there is no value, and the careful function for the large arguments, which are few */
#define OUTSIDE(name, limit)                                            \
  static void outside_##name(REAL *out, const REAL *a, ptrdiff_t n)     \
  {                                                                     \
    for (ptrdiff_t i = 0; i < n; i++)                                   \
      if (!(FABS(a[i]) <= limit)) out[i] = CAREFUL(name)((double)a[i]); \
  }

EVERY(exp)
EVERY(log)
OUTSIDE(sin, LIMIT(TRIG_MAX))
OUTSIDE(cos, LIMIT(TRIG_MAX))
OUTSIDE(tan, LIMIT(TRIG_MAX))
OUTSIDE(cot, LIMIT(TRIG_MAX))
OUTSIDE(sinh, LIMIT(EXP_MAX))
OUTSIDE(cosh, LIMIT(EXP_MAX))
LIMITED(exp, ABOVE(x, LIMIT(EXP_MAX)), every_exp)
LIMITED(log, OFF_LOG(x), every_log)
LIMITED(sin, ABOVE(x, LIMIT(TRIG_MAX)), outside_sin)
LIMITED(cos, ABOVE(x, LIMIT(TRIG_MAX)), outside_cos)
LIMITED(tan, ABOVE(x, LIMIT(TRIG_MAX)), outside_tan)
LIMITED(cot, ABOVE(x, LIMIT(TRIG_MAX)), outside_cot)
LIMITED(sinh, ABOVE(x, LIMIT(EXP_MAX)), outside_sinh)
LIMITED(cosh, ABOVE(x, LIMIT(EXP_MAX)), outside_cosh)

/* ---- two operands ------------------------------------------------------------------------- */

#define BINARY(name, value)                                                   \
  static void vv_##name(REAL *out, const REAL *a, const REAL *b, ptrdiff_t n) \
  {                                                                           \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++)                     \
    {                                                                         \
      const REAL x = a[i], y = b[i];                                          \
      out[i] = value;                                                         \
    }                                                                         \
  }                                                                           \
  static void vs_##name(REAL *out, const REAL *a, REAL y, ptrdiff_t n)        \
  {                                                                           \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++)                     \
    {                                                                         \
      const REAL x = a[i];                                                    \
      out[i] = value;                                                         \
    }                                                                         \
  }                                                                           \
  static void sv_##name(REAL *out, REAL x, const REAL *b, ptrdiff_t n)        \
  {                                                                           \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++)                     \
    {                                                                         \
      const REAL y = b[i];                                                    \
      out[i] = value;                                                         \
    }                                                                         \
  }

BINARY(add, x + y)
BINARY(sub, x - y)
BINARY(mul, x *y)
BINARY(div, x / y)
BINARY(min, x != x ? x : x < y ? x : y)
BINARY(max, x != x ? x : x > y ? x : y)

#define POWER(name, value)                                        \
  static void power_##name(REAL *out, const REAL *a, ptrdiff_t n) \
  {                                                               \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++)         \
    {                                                             \
      const REAL x = a[i];                                        \
      out[i] = value;                                             \
    }                                                             \
  }

#define SQUARE(x) ((x) * (x))
#define CUBE(x) ((x) * (x) * (x))
POWER(m8, 1 / SQUARE(SQUARE(SQUARE(x))))
POWER(m7, 1 / (SQUARE(CUBE(x)) * x))
POWER(m6, 1 / SQUARE(CUBE(x)))
POWER(m5, 1 / (SQUARE(SQUARE(x)) * x))
POWER(m4, 1 / SQUARE(SQUARE(x)))
POWER(m3, 1 / CUBE(x))
POWER(m2, 1 / SQUARE(x))
POWER(m1, 1 / x)
POWER(1, x)
POWER(2, SQUARE(x))
POWER(3, CUBE(x))
POWER(4, SQUARE(SQUARE(x)))
POWER(5, SQUARE(SQUARE(x)) * x)
POWER(6, SQUARE(CUBE(x)))
POWER(7, SQUARE(CUBE(x)) * x)
POWER(8, SQUARE(SQUARE(SQUARE(x))))
POWER(half, SQRT(x))
POWER(m_half, 1 / SQRT(x))
POWER(3_halves, x *SQRT(x))
POWER(m_3_halves, 1 / (x * SQRT(x)))

static void power_0(REAL *out, const REAL *a, ptrdiff_t n)
{
  (void)a;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 1;
}

/* The general power: the quick body, and all of it again with the careful one if any base is zero,
 * negative or not finite, or any result near the ends of the range. */
#define GENERAL_POWER(name, a_type, b_type, base, exponent)                     \
  static void name(REAL *out, a_type, b_type, ptrdiff_t n)                      \
  {                                                                             \
    BITS beyond = 0;                                                            \
    _Pragma("omp simd reduction(| : beyond)") for (ptrdiff_t i = 0; i < n; i++) \
    {                                                                           \
      REAL e;                                                                   \
      const REAL x = base;                                                      \
      out[i] = FUNCTION(pow)(&e, x, exponent);                                  \
      beyond |= OFF_LOG(x) | ABOVE(e, LIMIT(POW_MAX));                          \
    }                                                                           \
    if (!(beyond >> (8 * sizeof beyond - 1))) return;                           \
    _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++) out[i] =              \
        FUNCTION(pow_any)(base, exponent);                                      \
  }

GENERAL_POWER(vv_pow, const REAL *a, const REAL *b, a[i], b[i])
GENERAL_POWER(sv_pow, REAL a, const REAL *b, a, b[i])
GENERAL_POWER(vs_general_pow, const REAL *a, REAL b, a[i], b)

/* x^-8 ... x^8 */
static void (*const integers[])(REAL *, const REAL *, ptrdiff_t) = {
    power_m8, power_m7, power_m6, power_m5, power_m4, power_m3, power_m2, power_m1, power_0,
    power_1,  power_2,  power_3,  power_4,  power_5,  power_6,  power_7,  power_8,
};

static void vs_pow(REAL *out, const REAL *a, REAL b, ptrdiff_t n)
{
  if (b >= -8 && b <= 8 && (REAL)(int)b == b)
    integers[(int)b + 8](out, a, n);
  else if (b == (REAL)0.5)
    power_half(out, a, n);
  else if (b == (REAL)-0.5)
    power_m_half(out, a, n);
  else if (b == (REAL)1.5)
    power_3_halves(out, a, n);
  else if (b == (REAL)-1.5)
    power_m_3_halves(out, a, n);
  else
    vs_general_pow(out, a, b, n);
}

/* ---- the result --------------------------------------------------------------------------- */

static void clean(REAL *x, ptrdiff_t n)
{
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) x[i] = x[i] != x[i] ? (REAL)NAN : x[i];
}

static REAL join(REAL lane[LANES])
{
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int k = 0; k < width; k++) lane[k] += lane[k + width];
  return lane[0];
}

static REAL sse(const REAL *f, const REAL *y, ptrdiff_t n)
{
  REAL lane[LANES] = {0};
  const ptrdiff_t whole = n - n % LANES;
  for (ptrdiff_t i = 0; i < whole; i += LANES)
    for (int k = 0; k < LANES; k++) lane[k] += SQUARE(f[i + k] - y[i + k]);
  for (ptrdiff_t i = whole; i < n; i++) lane[i - whole] += SQUARE(f[i] - y[i]);
  return join(lane);
}

#define TABLE(kind)                                                                              \
  {                                                                                              \
    [ASSAY_EXPR_ADD] = kind##_add, [ASSAY_EXPR_SUB] = kind##_sub, [ASSAY_EXPR_MUL] = kind##_mul, \
    [ASSAY_EXPR_DIV] = kind##_div, [ASSAY_EXPR_POW] = kind##_pow, [ASSAY_EXPR_MIN] = kind##_min, \
    [ASSAY_EXPR_MAX] = kind##_max,                                                               \
  }

#define KERNELS                                                                    \
  {                                                                                \
    .unary = {[ASSAY_EXPR_NEG] = unary_neg,   [ASSAY_EXPR_ABS] = unary_abs,        \
              [ASSAY_EXPR_SQRT] = unary_sqrt, [ASSAY_EXPR_EXP] = unary_exp,        \
              [ASSAY_EXPR_LOG] = unary_log,   [ASSAY_EXPR_SIN] = unary_sin,        \
              [ASSAY_EXPR_COS] = unary_cos,   [ASSAY_EXPR_TAN] = unary_tan,        \
              [ASSAY_EXPR_COT] = unary_cot,   [ASSAY_EXPR_ASIN] = unary_asin,      \
              [ASSAY_EXPR_ACOS] = unary_acos, [ASSAY_EXPR_ATAN] = unary_atan,      \
              [ASSAY_EXPR_SINH] = unary_sinh, [ASSAY_EXPR_COSH] = unary_cosh,      \
              [ASSAY_EXPR_TANH] = unary_tanh},                                     \
    .vv = TABLE(vv), .vs = TABLE(vs), .sv = TABLE(sv), .clean = clean, .sse = sse, \
  }
