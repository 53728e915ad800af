#include "core/expr/algebra_poly.h"

#include <string.h>

#include "core/base/err.h"

struct poly assay_poly_zero(int n_vars)
{
  return (struct poly){.n_vars = n_vars};
}

static int *new_exps(struct assay_alg *s, int n, int n_vars)
{
  if (n > POLY_MAX_TERMS) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
  return assay_alg_take(s, sizeof(int) * (size_t)(n * n_vars + 1));
}

static struct big *new_coeffs(struct assay_alg *s, int n)
{
  return assay_alg_take(s, sizeof(struct big) * (size_t)(n + 1));
}

struct poly assay_poly_const(struct assay_alg *s, int n_vars, struct big c)
{
  struct big *coeff = new_coeffs(s, 1);
  coeff[0] = c;
  return (struct poly){
      .n_vars = n_vars, .n = c.sign != 0, .exp = new_exps(s, 1, n_vars), .c = coeff};
}

static int compare_monomials(const int *a, const int *b, int n)
{
  for (int i = 0; i < n; i++)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

/* sum of two; sign multiplies the second */
static struct poly combine(struct assay_alg *s, struct poly a, struct poly b, int sign)
{
  const int v = a.n_vars;
  assay_alg_tick(s, 1 + (a.n + b.n) / 16);
  int *exp = new_exps(s, a.n + b.n, v), n = 0;
  struct big *c = new_coeffs(s, a.n + b.n);
  for (int i = 0, j = 0; i < a.n || j < b.n;) {
    const int order = i == a.n   ? -1
                      : j == b.n ? 1
                                 : compare_monomials(a.exp + i * v, b.exp + j * v, v);
    struct big other = order <= 0 ? b.c[j] : b.c[0];
    if (sign < 0) other.sign = -other.sign;
    memcpy(exp + n * v, order >= 0 ? a.exp + i * v : b.exp + j * v, sizeof(int) * (size_t)v);
    c[n] = order > 0 ? a.c[i] : order < 0 ? other : assay_big_add(s, a.c[i], other);
    i += order >= 0;
    j += order <= 0;
    n += c[n].sign != 0;
  }
  return (struct poly){.n_vars = v, .n = n, .exp = exp, .c = c};
}

struct poly assay_poly_add(struct assay_alg *s, struct poly a, struct poly b)
{
  return a.n == 0 ? b : b.n == 0 ? a : combine(s, a, b, 1);
}

struct poly assay_poly_sub(struct assay_alg *s, struct poly a, struct poly b)
{
  return b.n == 0   ? a
         : a.n == 0 ? assay_poly_scale(s, b, assay_big_int(s, -1))
                    : combine(s, a, b, -1);
}

/* halves are made and added: n log n comparisons, nothing is sorted */
struct poly assay_poly_make(struct assay_alg *s, int n_vars, int n, int *exp, struct big *c)
{
  if (n == 0) return assay_poly_zero(n_vars);
  if (n == 1) return (struct poly){.n_vars = n_vars, .n = c[0].sign != 0, .exp = exp, .c = c};
  const int half = n / 2;
  return assay_poly_add(s, assay_poly_make(s, n_vars, half, exp, c),
                        assay_poly_make(s, n_vars, n - half, exp + half * n_vars, c + half));
}

/* a * (c * monomial) keeps the order */
static struct poly times_term(struct assay_alg *s, struct poly a, const int *monomial, struct big c)
{
  const int v = a.n_vars;
  int *exp = new_exps(s, a.n, v);
  struct big *coeff = new_coeffs(s, a.n);
  for (int i = 0; i < a.n; i++) {
    for (int k = 0; k < v; k++) exp[i * v + k] = a.exp[i * v + k] + monomial[k];
    coeff[i] = assay_big_mul(s, a.c[i], c);
  }
  return (struct poly){.n_vars = v, .n = a.n, .exp = exp, .c = coeff};
}

/* product of a with terms low..high-1 of b */
static struct poly times_range(struct assay_alg *s, struct poly a, struct poly b, int low, int high)
{
  if (high - low == 1) return times_term(s, a, b.exp + low * b.n_vars, b.c[low]);
  const int mid = (low + high) / 2;
  return assay_poly_add(s, times_range(s, a, b, low, mid), times_range(s, a, b, mid, high));
}

struct poly assay_poly_mul(struct assay_alg *s, struct poly a, struct poly b)
{
  if (a.n == 0 || b.n == 0) return assay_poly_zero(a.n_vars);
  return a.n >= b.n ? times_range(s, a, b, 0, b.n) : times_range(s, b, a, 0, a.n);
}

struct poly assay_poly_scale(struct assay_alg *s, struct poly a, struct big c)
{
  struct big *coeff = new_coeffs(s, a.n);
  if (c.sign == 0) return assay_poly_zero(a.n_vars);
  for (int i = 0; i < a.n; i++) coeff[i] = assay_big_mul(s, a.c[i], c);
  a.c = coeff;
  return a;
}

struct poly assay_poly_unscale(struct assay_alg *s, struct poly a, struct big c)
{
  struct big *coeff = new_coeffs(s, a.n);
  for (int i = 0; i < a.n; i++) coeff[i] = assay_big_quo(s, a.c[i], c);
  a.c = coeff;
  return a;
}

struct poly assay_poly_pow(struct assay_alg *s, struct poly a, int e)
{
  struct poly out = assay_poly_const(s, a.n_vars, assay_big_int(s, 1));
  for (; e > 0; e >>= 1) {
    if (e & 1) out = assay_poly_mul(s, out, a);
    if (e > 1) a = assay_poly_mul(s, a, a);
  }
  return out;
}

bool assay_poly_equal(struct poly a, struct poly b)
{
  if (a.n != b.n || memcmp(a.exp, b.exp, sizeof(int) * (size_t)(a.n * a.n_vars)) != 0) return false;
  for (int i = 0; i < a.n; i++)
    if (!assay_big_equal(a.c[i], b.c[i])) return false;
  return true;
}

/* first term of a over first term of b, if that is a term with a whole coefficient */
static bool leading_quotient(struct assay_alg *s, int *monomial, struct big *c, struct poly a,
                             struct poly b)
{
  struct big rest;
  for (int k = 0; k < a.n_vars; k++) {
    monomial[k] = a.exp[k] - b.exp[k];
    if (monomial[k] < 0) return false;
  }
  assay_big_div(s, c, &rest, a.c[0], b.c[0]);
  return rest.sign == 0;
}

bool assay_poly_divide(struct assay_alg *s, struct poly *q, struct poly a, struct poly b)
{
  *q = assay_poly_zero(a.n_vars);
  if (b.n == 0) return false;
  for (int k = 0; k < a.n_vars && a.n; k++)
    if (assay_poly_degree(a, k) < assay_poly_degree(b, k)) return false;
  while (a.n) {
    int *monomial = new_exps(s, 1, a.n_vars);
    struct big *c = new_coeffs(s, 1);
    if (!leading_quotient(s, monomial, c, a, b)) return false;
    const struct poly t = {.n_vars = a.n_vars, .n = 1, .exp = monomial, .c = c};
    *q = assay_poly_add(s, *q, t);
    a = assay_poly_sub(s, a, times_term(s, b, monomial, *c));
  }
  return true;
}

int assay_poly_degree(struct poly a, int var)
{
  int d = 0;
  for (int i = 0; i < a.n; i++)
    if (a.exp[i * a.n_vars + var] > d) d = a.exp[i * a.n_vars + var];
  return d;
}

struct poly assay_poly_coeff(struct assay_alg *s, struct poly a, int var, int k)
{
  const int v = a.n_vars;
  int *exp = new_exps(s, a.n, v), n = 0;
  struct big *c = new_coeffs(s, a.n);
  for (int i = 0; i < a.n; i++) {
    if (a.exp[i * v + var] != k) continue;
    memcpy(exp + n * v, a.exp + i * v, sizeof(int) * (size_t)v);
    exp[n * v + var] = 0;
    c[n++] = a.c[i];
  }
  return (struct poly){.n_vars = v, .n = n, .exp = exp, .c = c};
}

struct poly assay_poly_shift(struct assay_alg *s, struct poly a, int var, int k)
{
  int *exp = new_exps(s, a.n, a.n_vars);
  memcpy(exp, a.exp, sizeof(int) * (size_t)(a.n * a.n_vars));
  for (int i = 0; i < a.n; i++) exp[i * a.n_vars + var] += k;
  a.exp = exp;
  return a;
}

struct poly assay_poly_derive(struct assay_alg *s, struct poly a, int var)
{
  const int v = a.n_vars;
  int *exp = new_exps(s, a.n, v), n = 0;
  struct big *c = new_coeffs(s, a.n);
  for (int i = 0; i < a.n; i++) {
    const int e = a.exp[i * v + var];
    if (e == 0) continue;
    memcpy(exp + n * v, a.exp + i * v, sizeof(int) * (size_t)v);
    exp[n * v + var] = e - 1;
    c[n++] = assay_big_mul(s, a.c[i], assay_big_int(s, e));
  }
  return (struct poly){.n_vars = v, .n = n, .exp = exp, .c = c};
}

struct big assay_poly_content(struct assay_alg *s, struct poly a)
{
  struct big g = assay_big_int(s, 0);
  for (int i = 0; i < a.n && !is_unit(g); i++) g = assay_big_gcd(s, g, a.c[i]);
  return g;
}

struct poly assay_poly_primitive(struct assay_alg *s, struct poly a, struct big *c)
{
  struct big g = assay_poly_content(s, a);
  if (a.n && a.c[0].sign < 0) g = assay_big_neg(g);
  if (c) *c = g;
  return a.n == 0 || (is_unit(g) && g.sign > 0) ? a : assay_poly_unscale(s, a, g);
}
