/* Greatest common divisors.
 *
 * First a cheap look: for each variable, the others are set to numbers modulo the prime 2^61 - 1
 * and the degree of the common divisor of the two images in one variable is found. Where it is
 * zero, the variable is not in the answer. Only if some variable remains, primitive remainder
 * sequences are formed over the whole numbers (Knuth, The Art of Computer Programming 2, 4.6.1). */
#include <string.h>

#include "core/base/err.h"
#include "core/expr/algebra_poly.h"

__extension__ typedef unsigned __int128 uint128;

static const uint64_t prime = ((uint64_t)1 << 61) - 1;

static uint64_t mul_mod(uint64_t a, uint64_t b)
{
  return (uint64_t)((uint128)a * b % prime);
}

static uint64_t pow_mod(uint64_t a, uint64_t e)
{
  uint64_t out = 1;
  for (; e; e >>= 1, a = mul_mod(a, a))
    if (e & 1) out = mul_mod(out, a);
  return out;
}

/* fixed numbers with no pattern in place of the variables */
static uint64_t place(int var)
{
  uint64_t h = (uint64_t)(var + 1) * 0x9e3779b97f4a7c15u;
  h ^= h >> 29;
  h *= 0xbf58476d1ce4e5b9u;
  h ^= h >> 32;
  return h % prime;
}

/* image of a in one variable: coefficients by degree; returns the degree, -1 for zero */
static int image(uint64_t *out, struct poly a, int var)
{
  int top = -1;
  memset(out, 0, sizeof *out * (size_t)(assay_poly_degree(a, var) + 1));
  for (int i = 0; i < a.n; i++) {
    const int *e = a.exp + i * a.n_vars;
    uint64_t x = assay_big_mod(a.c[i]);
    for (int k = 0; k < a.n_vars; k++)
      if (k != var && e[k]) x = mul_mod(x, pow_mod(place(k), (uint64_t)e[k]));
    out[e[var]] = (out[e[var]] + x) % prime;
  }
  for (int d = assay_poly_degree(a, var); d >= 0 && top < 0; d--)
    if (out[d]) top = d;
  return top;
}

/* a modulo b, in place; returns the new degree */
static int reduce(uint64_t *a, int da, const uint64_t *b, int db)
{
  const uint64_t inverse = pow_mod(b[db], prime - 2);
  for (; da >= db; da--) {
    const uint64_t f = mul_mod(a[da], inverse);
    for (int i = 0; i <= db; i++)
      a[da - db + i] = (a[da - db + i] + prime - mul_mod(f, b[i])) % prime;
  }
  while (da >= 0 && a[da] == 0) da--;
  return da;
}

static int common_degree(struct assay_alg *s, struct poly a, struct poly b, int var)
{
  const int na = assay_poly_degree(a, var), nb = assay_poly_degree(b, var);
  if (na > 1000 || nb > 1000) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
  uint64_t *x = assay_alg_take(s, sizeof *x * (size_t)(na + 1));
  uint64_t *y = assay_alg_take(s, sizeof *y * (size_t)(nb + 1));
  assay_alg_tick(s, 1 + (long)(a.n + b.n) / 16 + (long)na * nb / 64);
  int dx = image(x, a, var), dy = image(y, b, var);
  if (dx < 0 || dy < 0) return na < nb ? na : nb; /* unlucky: decide nothing */
  while (dy >= 0) {
    if (dx >= dy) dx = reduce(x, dx, y, dy);
    uint64_t *swap = x;
    x = y;
    y = swap;
    const int d = dx;
    dx = dy;
    dy = d;
  }
  return dx;
}

struct poly assay_poly_content_in(struct assay_alg *s, struct poly a, int var)
{
  struct poly g = assay_poly_zero(a.n_vars);
  for (int k = assay_poly_degree(a, var); k >= 0; k--) {
    const struct poly c = assay_poly_coeff(s, a, var, k);
    if (c.n) g = assay_poly_gcd(s, g, c);
    if (g.n == 1 && is_constant(g) && is_unit(g.c[0])) break;
  }
  return g;
}

/* remainder of a by b in var after multiplying a by powers of b's leading coefficient */
static struct poly pseudo_remainder(struct assay_alg *s, struct poly a, struct poly b, int var)
{
  const int db = assay_poly_degree(b, var);
  const struct poly lead = assay_poly_coeff(s, b, var, db);
  for (;;) {
    const int da = assay_poly_degree(a, var);
    if (a.n == 0 || da < db) return a;
    const struct poly top = assay_poly_coeff(s, a, var, da);
    a = assay_poly_sub(s, assay_poly_mul(s, a, lead),
                       assay_poly_shift(s, assay_poly_mul(s, b, top), var, da - db));
    if (db == 0) return a;
  }
}

static struct poly primitive_in(struct assay_alg *s, struct poly a, int var)
{
  struct poly q;
  if (a.n == 0) return a;
  assay_poly_divide(s, &q, a, assay_poly_content_in(s, a, var));
  return q;
}

/* both depend on var */
static struct poly gcd_in(struct assay_alg *s, struct poly a, struct poly b, int var)
{
  const struct poly ca = assay_poly_content_in(s, a, var), cb = assay_poly_content_in(s, b, var);
  const struct poly c = assay_poly_gcd(s, ca, cb);
  struct poly q;
  assay_poly_divide(s, &a, a, ca);
  assay_poly_divide(s, &b, b, cb);
  if (assay_poly_degree(a, var) < assay_poly_degree(b, var)) {
    const struct poly swap = a;
    a = b;
    b = swap;
  }
  if (assay_poly_divide(s, &q, a, b)) return assay_poly_mul(s, c, b);
  while (assay_poly_degree(b, var) > 0) {
    const struct poly r = pseudo_remainder(s, a, b, var);
    if (r.n == 0) return assay_poly_mul(s, c, b);
    a = b;
    b = primitive_in(s, r, var);
  }
  return c;
}

/* greatest monomial that divides all terms, as exponents; a is divided by it */
static struct poly strip_monomial(struct assay_alg *s, struct poly a, int *low)
{
  for (int k = 0; k < a.n_vars; k++) {
    low[k] = a.n ? a.exp[k] : 0;
    for (int i = 1; i < a.n && low[k]; i++)
      if (a.exp[i * a.n_vars + k] < low[k]) low[k] = a.exp[i * a.n_vars + k];
    if (low[k]) a = assay_poly_shift(s, a, k, -low[k]);
  }
  return a;
}

static struct poly times_monomial(struct assay_alg *s, struct poly a, const int *la, const int *lb)
{
  for (int k = 0; k < a.n_vars; k++) {
    const int e = la[k] < lb[k] ? la[k] : lb[k];
    if (e) a = assay_poly_shift(s, a, k, e);
  }
  return a;
}

/* primitive, without monomial content */
static struct poly gcd_primitive(struct assay_alg *s, struct poly a, struct poly b)
{
  int best = -1, least = 0;
  for (int k = 0; k < a.n_vars; k++) {
    const int da = assay_poly_degree(a, k), db = assay_poly_degree(b, k);
    if (da == 0 && db == 0) continue;
    if (da == 0 || db == 0 || common_degree(s, a, b, k) == 0) {
      if (da) a = assay_poly_content_in(s, a, k);
      if (db) b = assay_poly_content_in(s, b, k);
      return assay_poly_gcd(s, a, b);
    }
    const int d = da < db ? da : db;
    if (best < 0 || d < least) {
      best = k;
      least = d;
    }
  }
  if (best < 0) return assay_poly_const(s, a.n_vars, assay_big_int(s, 1));
  return gcd_in(s, a, b, best);
}

struct poly assay_poly_gcd(struct assay_alg *s, struct poly a, struct poly b)
{
  struct big ca, cb;
  if (a.n == 0) return assay_poly_scale(s, b, assay_big_int(s, b.n && b.c[0].sign < 0 ? -1 : 1));
  if (b.n == 0) return assay_poly_scale(s, a, assay_big_int(s, a.c[0].sign < 0 ? -1 : 1));
  assay_alg_tick(s, 1);
  int *la = assay_alg_take(s, sizeof(int) * (size_t)(a.n_vars + 1));
  int *lb = assay_alg_take(s, sizeof(int) * (size_t)(a.n_vars + 1));
  a = strip_monomial(s, assay_poly_primitive(s, a, &ca), la);
  b = strip_monomial(s, assay_poly_primitive(s, b, &cb), lb);
  struct poly g = assay_poly_equal(a, b) ? a
                  : is_constant(a) || is_constant(b)
                      ? assay_poly_const(s, a.n_vars, assay_big_int(s, 1))
                      : gcd_primitive(s, a, b);
  g = assay_poly_primitive(s, g, NULL);
  return assay_poly_scale(s, times_monomial(s, g, la, lb), assay_big_gcd(s, ca, cb));
}
