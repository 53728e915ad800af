/* Numbers of terms: fractions that stay exact while they fit into 64 bits, floats of 53 bits. */
#include <math.h>
#include <stdlib.h>

#include "core/expr/algebra.h"

__extension__ typedef __int128 int128; /* the one name for a type that is no C11 */

static int64_t gcd64(int64_t a, int64_t b)
{
  while (b) {
    const int64_t r = a % b;
    a = b;
    b = r;
  }
  return a < 0 ? -a : a;
}

int assay_alg_sign(const struct term *t)
{
  if (t->kind == TERM_RATIONAL) return (t->p > 0) - (t->p < 0);
  if (t->kind == TERM_FLOAT) return (t->f > 0) - (t->f < 0);
  return 0;
}

long double assay_alg_value(const struct term *t)
{
  if (t->kind == TERM_RATIONAL) return (long double)t->p / (long double)t->q;
  return t->kind == TERM_FLOAT ? t->f : (long double)NAN;
}

/* a fraction as float of 53 bits, before it meets another float */
static long double rounded(const struct term *t)
{
  if (t->kind != TERM_RATIONAL) return assay_alg_value(t);
  int e = 0;
  const long double m = frexpl(assay_alg_value(t), &e);
  return ldexpl((long double)(double)m, e);
}

/* p/q of wide integers: exact if it fits, else a float */
static const struct term *wide(struct assay_alg *s, int128 p, int128 q)
{
  int128 a = p < 0 ? -p : p, b = q;
  while (b) {
    const int128 r = a % b;
    a = b;
    b = r;
  }
  if (a > 1) p /= a, q /= a;
  if (p > INT64_MAX || p < -INT64_MAX || q > INT64_MAX)
    return assay_alg_float(s, (long double)p / (long double)q);
  return assay_alg_rat(s, (int64_t)p, (int64_t)q);
}

const struct term *assay_alg_number_add(struct assay_alg *s, const struct term *a,
                                        const struct term *b)
{
  if (a->kind == TERM_NAN || b->kind == TERM_NAN) return s->nan;
  if (is_rational(a) && is_rational(b))
    return wide(s, (int128)a->p * b->q + (int128)b->p * a->q, (int128)a->q * b->q);
  if (a == s->zero) return b;
  if (b == s->zero) return a;
  return assay_alg_float(s, rounded(a) + rounded(b));
}

const struct term *assay_alg_number_mul(struct assay_alg *s, const struct term *a,
                                        const struct term *b)
{
  if (a->kind == TERM_NAN || b->kind == TERM_NAN) return s->nan;
  if (a == s->one) return b;
  if (b == s->one) return a;
  if (a == s->zero || b == s->zero) return s->zero;
  if (is_rational(a) && is_rational(b)) {
    const int64_t g = gcd64(a->p, b->q), h = gcd64(b->p, a->q);
    return wide(s, (int128)(a->p / g) * (b->p / h), (int128)(a->q / h) * (b->q / g));
  }
  return assay_alg_float(s, rounded(a) * rounded(b));
}

/* fraction to a whole power, as far as it fits */
static const struct term *whole_power(struct assay_alg *s, const struct term *b, int64_t e)
{
  if (b == s->zero) return e < 0 ? s->nan : s->zero;
  const struct term *base =
      e < 0 ? (b->p < 0 ? assay_alg_rat(s, -b->q, -b->p) : assay_alg_rat(s, b->q, b->p)) : b;
  if (e < 0) e = -e;
  if (e > 4096 && base != s->one && base != s->minus_one)
    return assay_alg_float(s, powl(assay_alg_value(base), (long double)e));
  const struct term *out = s->one;
  for (; e; e >>= 1) {
    if (e & 1) out = assay_alg_number_mul(s, out, base);
    if (e > 1) base = assay_alg_number_mul(s, base, base);
  }
  return out;
}

/* exact root of a whole number, 0 if there is none */
static int64_t exact_root(int64_t x, int64_t q)
{
  if (q > 62) return x == 1 ? 1 : 0;
  const int64_t guess = (int64_t)llroundl(powl((long double)x, 1.0L / (long double)q));
  for (int64_t r = guess > 1 ? guess - 1 : 1; r <= guess + 1; r++) {
    int128 power = 1;
    for (int64_t i = 0; i < q && power <= x; i++) power *= r;
    if (power == x) return r;
  }
  return 0;
}

const struct term *assay_alg_number_pow(struct assay_alg *s, const struct term *b,
                                        const struct term *e)
{
  if (b->kind == TERM_NAN || e->kind == TERM_NAN) return s->nan;
  if (is_integer(e)) {
    if (is_rational(b)) return whole_power(s, b, e->p);
    return assay_alg_float(s, powl(assay_alg_value(b), (long double)e->p));
  }
  if (b == s->zero) return assay_alg_sign(e) < 0 ? s->nan : s->zero;
  if (b == s->one) return s->one;
  if (assay_alg_sign(b) < 0) return NULL;
  if (is_rational(b) && is_rational(e)) {
    const int64_t p = exact_root(b->p, e->q), q = exact_root(b->q, e->q);
    return p && q ? whole_power(s, assay_alg_rat(s, p, q), e->p) : NULL;
  }
  return assay_alg_float(s, powl(rounded(b), rounded(e)));
}

struct real_function {
  enum assay_expr_op fn;
  long double (*value)(long double);
  long double low, high; /* outside: not real */
};
static const struct real_function real_functions[] = {
    {ASSAY_EXPR_EXP, expl, -11000.0L, 11000.0L},   {ASSAY_EXPR_LOG, logl, 0.0L, 1e4900L},
    {ASSAY_EXPR_SIN, sinl, -1e4900L, 1e4900L},     {ASSAY_EXPR_COS, cosl, -1e15L, 1e15L},
    {ASSAY_EXPR_TAN, tanl, -1e4900L, 1e4900L},     {ASSAY_EXPR_ASIN, asinl, -1.0L, 1.0L},
    {ASSAY_EXPR_ACOS, acosl, -1.0L, 1.0L},         {ASSAY_EXPR_ATAN, atanl, -1e4900L, 1e4900L},
    {ASSAY_EXPR_SINH, sinhl, -11000.0L, 11000.0L}, {ASSAY_EXPR_COSH, coshl, -11000.0L, 11000.0L},
    {ASSAY_EXPR_TANH, tanhl, -1e4900L, 1e4900L},
};

/* fractions with a known angle: the value is this many twelfths of pi */
struct angle {
  enum assay_expr_op fn;
  int p, q, twelfths;
};
static const struct angle angles[] = {
    {ASSAY_EXPR_ASIN, 1, 1, 6},   {ASSAY_EXPR_ASIN, 1, 2, 2},   {ASSAY_EXPR_ASIN, -1, 1, -6},
    {ASSAY_EXPR_ASIN, -1, 2, -2}, {ASSAY_EXPR_ACOS, 0, 1, 6},   {ASSAY_EXPR_ACOS, 1, 1, 0},
    {ASSAY_EXPR_ACOS, -1, 1, 12}, {ASSAY_EXPR_ACOS, 1, 2, 4},   {ASSAY_EXPR_ACOS, -1, 2, 8},
    {ASSAY_EXPR_ATAN, 1, 1, 3},   {ASSAY_EXPR_ATAN, -1, 1, -3},
};

static const struct term *known_angle(struct assay_alg *s, enum assay_expr_op fn,
                                      const struct term *x)
{
  for (size_t i = 0; i < sizeof angles / sizeof *angles; i++)
    if (angles[i].fn == fn && is_rational(x) && x->p == angles[i].p && x->q == angles[i].q)
      return assay_alg_float(s, angles[i].twelfths * 3.14159265358979323846L / 12.0L);
  return NULL;
}

const struct term *assay_alg_number_fun(struct assay_alg *s, enum assay_expr_op fn,
                                        const struct term *x)
{
  if (x->kind == TERM_NAN) return s->nan;
  if (x == s->zero) {
    if (fn == ASSAY_EXPR_LOG || fn == ASSAY_EXPR_COT) return s->nan;
    if (fn == ASSAY_EXPR_EXP || fn == ASSAY_EXPR_COS || fn == ASSAY_EXPR_COSH) return s->one;
    if (fn != ASSAY_EXPR_ACOS) return s->zero;
  }
  if (x == s->one && fn == ASSAY_EXPR_LOG) return s->zero;
  if (fn == ASSAY_EXPR_LOG && is_rational(x) && x->p == 1) /* log(1/q) */
    return assay_alg_neg(s, assay_alg_fun1(s, fn, assay_alg_int(s, x->q)));
  if (x->kind != TERM_FLOAT) return known_angle(s, fn, x);
  if (fn == ASSAY_EXPR_COT) return assay_alg_float(s, 1.0L / tanl(x->f));
  for (size_t i = 0; i < sizeof real_functions / sizeof *real_functions; i++) {
    const struct real_function *r = &real_functions[i];
    if (r->fn == fn && x->f >= r->low && x->f <= r->high) return assay_alg_float(s, r->value(x->f));
  }
  return NULL;
}

const struct term *assay_alg_number_gcd(struct assay_alg *s, const struct term *a,
                                        const struct term *b)
{
  if (!is_rational(a) || !is_rational(b)) return s->one;
  const int64_t lcm_part = b->q / gcd64(a->q, b->q);
  return wide(s, gcd64(a->p, b->p), (int128)a->q * lcm_part);
}
