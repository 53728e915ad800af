/* Whole numbers of any size, in the memory of a store of terms. Values are never changed. Inside
 * core/expr only. */
#ifndef ASSAY_CORE_EXPR_ALGEBRA_BIG_H
#define ASSAY_CORE_EXPR_ALGEBRA_BIG_H
#include "core/expr/algebra.h"

struct big {
  int sign, n; /* limbs; zero has sign 0 and n 0 */
  const uint32_t *d;
};

struct big assay_big_int(struct assay_alg *s, int64_t x);
struct big assay_big_add(struct assay_alg *s, struct big a, struct big b);
struct big assay_big_sub(struct assay_alg *s, struct big a, struct big b);
struct big assay_big_mul(struct assay_alg *s, struct big a, struct big b);
struct big assay_big_neg(struct big a);
/* a = q b + r, 0 <= |r| < |b|, r has the sign of a; b is not zero; q or r may be NULL */
void assay_big_div(struct assay_alg *s, struct big *q, struct big *r, struct big a, struct big b);
struct big assay_big_quo(struct assay_alg *s, struct big a, struct big b);
/* positive, 0 for two zeros */
struct big assay_big_gcd(struct assay_alg *s, struct big a, struct big b);
struct big assay_big_pow2(struct assay_alg *s, struct big a, int bits);
/* sign of |a| - |b| */
int assay_big_compare(struct big a, struct big b);
bool assay_big_equal(struct big a, struct big b);
static inline bool is_unit(struct big a)
{
  return a.n == 1 && a.d[0] == 1;
}
/* whole square root if a is a square */
bool assay_big_sqrt(struct assay_alg *s, struct big *root, struct big a);
/* a / b rounded to the 64 bits of a long double */
long double assay_big_ratio(struct big a, struct big b);
/* a modulo 2^61 - 1 */
uint64_t assay_big_mod(struct big a);
/* the value if it fits into 62 bits */
bool assay_big_fits(int64_t *out, struct big a);

/* p/q = x: exactly, or the nearest fraction with q up to 2^52/100 when that is not zero */
void assay_big_fraction(struct assay_alg *s, struct big *p, struct big *q, long double x);

#endif
