/* Factors of polynomials.
 *
 * Monomials and contents are split off, repeated factors found by Yun's algorithm. What is left is
 * taken as a polynomial in the variable of lowest degree: of degree one it has no factors, of
 * degree two it has if the discriminant is a square, and of higher degree in one variable rational
 * roots are tried; even polynomials p(x^2) are factored in x^2 first. */
#include <stdlib.h>
#include <string.h>

#include "core/expr/algebra_poly.h"

struct factors {
  struct poly_factor *item;
  int n, room;
};

static void append(struct assay_alg *s, struct factors *f, struct poly p, int power)
{
  if (is_constant(p)) return;
  p = assay_poly_primitive(s, p, NULL);
  for (int i = 0; i < f->n; i++)
    if (assay_poly_equal(f->item[i].p, p)) {
      f->item[i].power += power;
      return;
    }
  if (f->n == f->room) {
    const int room = f->room ? 2 * f->room : 8;
    struct poly_factor *item = assay_alg_take(s, sizeof(*item) * (size_t)room);
    if (f->n) memcpy(item, f->item, sizeof(*item) * (size_t)f->n);
    f->item = item;
    f->room = room;
  }
  f->item[f->n++] = (struct poly_factor){p, power};
}

static void factor_into(struct assay_alg *s, struct factors *f, struct poly a, int power);

/* Root of a square: leading terms one by one, r_k = (a - r^2) / (2 r_0). */
bool assay_poly_sqrt(struct assay_alg *s, struct poly *root, struct poly a)
{
  struct poly r = assay_poly_zero(a.n_vars), rest = a, twice, q;
  *root = r;
  if (a.n == 0) return true;
  int *half = assay_alg_take(s, sizeof(int) * (size_t)(a.n_vars + 1));
  struct big *c = assay_alg_take(s, sizeof *c);
  for (int k = 0; k < a.n_vars; k++) {
    if (a.exp[k] % 2) return false;
    half[k] = a.exp[k] / 2;
  }
  if (!assay_big_sqrt(s, c, a.c[0])) return false;
  const struct poly lead = {.n_vars = a.n_vars, .n = 1, .exp = half, .c = c};
  r = lead;
  rest = assay_poly_sub(s, a, assay_poly_mul(s, r, r));
  twice = assay_poly_scale(s, lead, assay_big_int(s, 2));
  for (int turn = 0; rest.n && turn < a.n; turn++) {
    const struct poly top = {.n_vars = a.n_vars, .n = 1, .exp = rest.exp, .c = rest.c};
    if (!assay_poly_divide(s, &q, top, twice)) return false;
    r = assay_poly_add(s, r, q);
    rest = assay_poly_sub(s, a, assay_poly_mul(s, r, r));
  }
  *root = r;
  return rest.n == 0;
}

/* p x^2 + q x + r with a square discriminant d^2: common divisors with 2 p x + q - d */
static bool quadratic(struct assay_alg *s, struct factors *f, struct poly a, int var, int power)
{
  const struct poly p = assay_poly_coeff(s, a, var, 2), q = assay_poly_coeff(s, a, var, 1),
                    r = assay_poly_coeff(s, a, var, 0);
  struct poly d, other;
  const struct poly four = assay_poly_scale(s, assay_poly_mul(s, p, r), assay_big_int(s, 4));
  if (!assay_poly_sqrt(s, &d, assay_poly_sub(s, assay_poly_mul(s, q, q), four))) return false;
  struct poly linear = assay_poly_shift(s, assay_poly_scale(s, p, assay_big_int(s, 2)), var, 1);
  linear = assay_poly_sub(s, assay_poly_add(s, linear, q), d);
  const struct poly g = assay_poly_gcd(s, a, linear);
  if (is_constant(g) || !assay_poly_divide(s, &other, a, assay_poly_primitive(s, g, NULL)))
    return false;
  append(s, f, g, power);
  append(s, f, other, power);
  return true;
}

/* next divisor of the monomial `of` after m, in place; false after the last */
static bool next_divisor(int *m, const int *of, int n)
{
  for (int k = 0; k < n; k++) {
    if (m[k]++ < of[k]) return true;
    m[k] = 0;
  }
  return false;
}

/* u m1 x - v m2, m1 and m2 monomials */
static struct poly binomial(struct assay_alg *s, int n_vars, int var, const int *m1, int64_t u,
                            const int *m2, int64_t v)
{
  int *exp = assay_alg_take(s, sizeof(int) * 2 * (size_t)n_vars);
  struct big *c = assay_alg_take(s, sizeof(*c) * 2);
  memcpy(exp, m1, sizeof(int) * (size_t)n_vars);
  memcpy(exp + n_vars, m2, sizeof(int) * (size_t)n_vars);
  exp[var]++;
  c[0] = assay_big_int(s, u);
  c[1] = assay_big_int(s, -v);
  return assay_poly_make(s, n_vars, 2, exp, c);
}

/* Does u m1 x - v m2 divide a, for monomials that divide its first and last coefficient? */
static bool rational_root(struct assay_alg *s, struct poly *linear, struct poly a, int var)
{
  int64_t first, last;
  const int n = a.n_vars;
  const struct poly lead = assay_poly_coeff(s, a, var, assay_poly_degree(a, var)),
                    tail = assay_poly_coeff(s, a, var, 0);
  int tries = 2000, *m1 = assay_alg_take(s, sizeof(int) * (size_t)n),
      *m2 = assay_alg_take(s, sizeof(int) * (size_t)n);
  if (lead.n != 1 || tail.n != 1 || !assay_big_fits(&first, lead.c[0]) ||
      !assay_big_fits(&last, tail.c[0]) || llabs(first) > 1000000 || llabs(last) > 1000000)
    return false;
  for (int64_t u = 1; u <= llabs(first); u++)
    for (int64_t v = 1; first % u == 0 && v <= llabs(last); v++) {
      if (last % v) continue;
      do do
          for (int sign = -1; sign <= 1; sign += 2) {
            struct poly q;
            *linear = binomial(s, n, var, m1, u, m2, sign * v);
            if (assay_poly_divide(s, &q, a, *linear)) return true;
            if (--tries == 0) return false;
          }
        while (next_divisor(m2, tail.exp, n));
      while (next_divisor(m1, lead.exp, n));
    }
  return false;
}

static bool even_in(struct poly a, int var)
{
  for (int i = 0; i < a.n; i++)
    if (a.exp[i * a.n_vars + var] % 2) return false;
  return true;
}

static struct poly stretch(struct assay_alg *s, struct poly a, int var, int up)
{
  int *exp = assay_alg_take(s, sizeof(int) * (size_t)(a.n * a.n_vars + 1));
  memcpy(exp, a.exp, sizeof(int) * (size_t)(a.n * a.n_vars));
  for (int i = 0; i < a.n; i++)
    exp[i * a.n_vars + var] = up ? exp[i * a.n_vars + var] * 2 : exp[i * a.n_vars + var] / 2;
  struct big *c = assay_alg_take(s, sizeof(*c) * (size_t)(a.n + 1));
  memcpy(c, a.c, sizeof(*c) * (size_t)a.n);
  return assay_poly_make(s, a.n_vars, a.n, exp, c);
}

/* p(x^2): factor p, then every factor again in x; false if p has none and x^2 gives none */
static bool even_polynomial(struct assay_alg *s, struct factors *f, struct poly a, int var,
                            int power)
{
  int n = 0;
  const struct poly_factor *part = assay_poly_factor(s, stretch(s, a, var, 0), &n);
  if (n < 2 && !(n == 1 && part[0].power > 1)) return false;
  for (int i = 0; i < n; i++)
    factor_into(s, f, stretch(s, part[i].p, var, 1), power * part[i].power);
  return true;
}

static int easiest_variable(struct poly a)
{
  int best = -1, least = 0;
  for (int k = 0; k < a.n_vars; k++) {
    const int d = assay_poly_degree(a, k);
    if (d > 0 && (best < 0 || d < least)) {
      best = k;
      least = d;
    }
  }
  return best;
}

/* square-free and primitive in every variable */
static void factor_simple(struct assay_alg *s, struct factors *f, struct poly a, int power)
{
  const int var = easiest_variable(a);
  struct poly linear, q;
  assay_alg_tick(s, 1);
  if (var < 0) return;
  const int d = assay_poly_degree(a, var);
  if (d == 2 && quadratic(s, f, a, var, power)) return;
  if (d > 2) {
    if (rational_root(s, &linear, a, var) && assay_poly_divide(s, &q, a, linear)) {
      append(s, f, linear, power);
      factor_into(s, f, q, power);
      return;
    }
    for (int k = 0; k < a.n_vars; k++)
      if (assay_poly_degree(a, k) > 2 && even_in(a, k) && even_polynomial(s, f, a, k, power))
        return;
  }
  append(s, f, a, power);
}

/* Yun: a = a1 a2^2 a3^3 ... in var */
static void factor_repeated(struct assay_alg *s, struct factors *f, struct poly a, int var,
                            int power)
{
  struct poly b, c, d, y;
  const struct poly da = assay_poly_derive(s, a, var), g = assay_poly_gcd(s, a, da);
  if (is_constant(g)) {
    factor_simple(s, f, a, power);
    return;
  }
  assay_poly_divide(s, &b, a, g);
  assay_poly_divide(s, &c, da, g);
  d = assay_poly_sub(s, c, assay_poly_derive(s, b, var));
  for (int i = 1; !is_constant(b); i++) {
    y = assay_poly_gcd(s, b, d);
    if (!is_constant(y)) factor_into(s, f, y, i * power);
    assay_poly_divide(s, &b, b, y);
    assay_poly_divide(s, &c, d, y);
    d = assay_poly_sub(s, c, assay_poly_derive(s, b, var));
  }
}

static void factor_into(struct assay_alg *s, struct factors *f, struct poly a, int power)
{
  a = assay_poly_primitive(s, a, NULL);
  for (int k = 0; k < a.n_vars; k++) {
    if (assay_poly_degree(a, k) == 0) continue;
    const struct poly c = assay_poly_content_in(s, a, k);
    if (is_constant(c)) continue;
    struct poly q;
    assay_poly_divide(s, &q, a, assay_poly_primitive(s, c, NULL));
    factor_into(s, f, c, power);
    factor_into(s, f, q, power);
    return;
  }
  const int var = easiest_variable(a);
  if (var >= 0) factor_repeated(s, f, a, var, power);
}

struct poly_factor *assay_poly_factor(struct assay_alg *s, struct poly a, int *n)
{
  struct factors f = {0};
  a = assay_poly_primitive(s, a, NULL);
  for (int k = 0; k < a.n_vars && a.n; k++) { /* monomials first: they are most frequent */
    int low = a.exp[k];
    for (int i = 1; i < a.n && low; i++)
      if (a.exp[i * a.n_vars + k] < low) low = a.exp[i * a.n_vars + k];
    if (low == 0) continue;
    a = assay_poly_shift(s, a, k, -low);
    struct poly x = assay_poly_const(s, a.n_vars, assay_big_int(s, 1));
    append(s, &f, assay_poly_shift(s, x, k, 1), low);
  }
  factor_into(s, &f, a, 1);
  *n = f.n;
  return f.item;
}
