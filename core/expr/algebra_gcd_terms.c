/* Common factors of the terms of a sum, taken as products of powers of whole bases: nothing is
 * multiplied out. Fractions count as numbers, floats as factors like any other. */
#include <stdlib.h>
#include <string.h>

#include "core/expr/algebra_rewrite.h"

/* ---- rational content --------------------------------------------------------------------- */

const struct term *assay_alg_primitive(struct assay_alg *s, const struct term *t,
                                       const struct term **rest)
{
  const struct term *g = NULL, *r;
  *rest = t;
  if (t->kind != TERM_ADD) return s->one;
  for (int i = 0; i < t->n; i++) {
    const struct term *c = assay_alg_coeff(s, t->arg[i], true, &r);
    g = g ? assay_alg_number_gcd(s, g, c) : assay_alg_number_gcd(s, c, c);
  }
  if (g == s->one || !is_rational(g)) return s->one;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  const struct term *inverse = assay_alg_number_pow(s, g, s->minus_one);
  for (int i = 0; i < t->n; i++) arg[i] = assay_alg_keep(s, inverse, t->arg[i], false);
  const int first = is_number(arg[0]);
  assay_alg_sort(arg + first, t->n - first);
  *rest = assay_alg_raw(s, TERM_ADD, ASSAY_EXPR_ADD, arg, t->n);
  return g;
}

static const struct term *content_of_product(struct assay_alg *s, const struct term *t,
                                             const struct term **rest)
{
  const struct term *c = s->one, *r;
  struct list out = {0};
  for (int i = 0; i < t->n; i++) {
    c = assay_alg_number_mul(s, c, assay_alg_content(s, t->arg[i], &r));
    if (r != s->one) assay_list_push(s, &out, r);
  }
  *rest = assay_alg_mul(s, out.item, out.n);
  return c;
}

static const struct term *content_of_power(struct assay_alg *s, const struct term *t,
                                           const struct term **rest)
{
  const struct term *b, *e = t->arg[1], *c = assay_alg_content(s, t->arg[0], &b);
  *rest = t;
  if (is_integer(e)) {
    *rest = assay_alg_pow(s, b, e);
    return assay_alg_number_pow(s, c, e);
  }
  *rest = assay_alg_pow(s, assay_alg_keep(s, c, b, false), e);
  return s->one;
}

const struct term *assay_alg_content(struct assay_alg *s, const struct term *t,
                                     const struct term **rest)
{
  const struct term *r;
  *rest = t;
  if (is_rational(t)) { /* positive part */
    if (t == s->zero) return s->one;
    const struct term *size = assay_alg_sign(t) < 0 ? assay_alg_neg(s, t) : t;
    *rest = assay_alg_sign(t) < 0 ? s->minus_one : s->one;
    return size;
  }
  if (t->kind == TERM_MUL) return content_of_product(s, t, rest);
  if (t->kind == TERM_POW) return content_of_power(s, t, rest);
  if (t->kind != TERM_ADD) return s->one;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  for (int i = 0; i < t->n; i++) {
    const struct term *c = assay_alg_content(s, t->arg[i], &r);
    arg[i] = assay_alg_keep(s, c, r, false);
  }
  return assay_alg_primitive(s, assay_alg_add(s, arg, t->n), rest);
}

/* ---- products of powers ------------------------------------------------------------------- */

struct power {
  const struct term *base;
  int64_t e;
};
struct monomial {
  const struct term *c; /* fraction */
  struct power *f;
  int n;
};

/* base and whole exponent: x^(3/2) = (x^(1/2))^3, e^(2 y) = (e^y)^2 */
static struct power decompose(struct assay_alg *s, const struct term *t)
{
  const struct term *b, *e, *rest;
  assay_alg_base(s, t, &b, &e);
  if (is_rational(e))
    return (struct power){e->q == 1 ? b : assay_alg_pow(s, b, assay_alg_rat(s, 1, e->q)), e->p};
  if (is_number(e)) return (struct power){t, 1};
  const struct term *c = assay_alg_coeff(s, e, true, &rest);
  if (c == s->one) return (struct power){t, 1};
  rest = assay_alg_keep(s, assay_alg_rat(s, 1, c->q), rest, false);
  return (struct power){assay_alg_pow(s, b, rest), c->p};
}

static void times(struct monomial *m, struct power f)
{
  for (int i = 0; i < m->n; i++)
    if (m->f[i].base == f.base) {
      m->f[i].e += f.e;
      return;
    }
  m->f[m->n++] = f;
}

static struct monomial monomial_of(struct assay_alg *s, const struct term *t)
{
  int n = 0;
  const struct term *const *f = assay_alg_factors(&t, &n);
  struct monomial m = {.c = s->one, .f = assay_alg_take(s, sizeof(struct power) * (size_t)(n + 1))};
  for (int i = 0; i < n; i++) {
    if (is_rational(f[i])) {
      m.c = assay_alg_number_mul(s, m.c, f[i]);
    } else if (is_number(f[i]) && assay_alg_sign(f[i]) < 0) {
      m.c = assay_alg_neg(s, m.c);
      times(&m, (struct power){assay_alg_neg(s, f[i]), 1});
    } else {
      struct power p = decompose(s, f[i]);
      const struct term *rest;
      if (p.base->kind == TERM_ADD) {
        const struct term *c = assay_alg_primitive(s, p.base, &rest);
        m.c = assay_alg_number_mul(s, m.c, assay_alg_number_pow(s, c, assay_alg_int(s, p.e)));
        p.base = rest;
      }
      times(&m, p);
    }
  }
  return m;
}

static int64_t exponent_in(struct monomial m, const struct term *base)
{
  for (int i = 0; i < m.n; i++)
    if (m.f[i].base == base) return m.f[i].e;
  return 0;
}

static const struct term *power_term(struct assay_alg *s, const struct term *base, int64_t e)
{
  const struct term *b, *x;
  assay_alg_base(s, base, &b, &x);
  return assay_alg_pow(s, b, assay_alg_keep(s, assay_alg_int(s, e), x, false));
}

/* exponent that all have in common, 0 unless all have the same sign */
static int64_t common(const struct monomial *m, int n, const struct term *base)
{
  int64_t up = INT64_MAX, down = INT64_MAX;
  for (int i = 0; i < n; i++) {
    const int64_t e = exponent_in(m[i], base);
    if ((e > 0 ? e : 0) < up) up = e > 0 ? e : 0;
    if ((e < 0 ? -e : 0) < down) down = e < 0 ? -e : 0;
  }
  return up - down;
}

struct account {
  struct list front, below; /* common factors, denominator */
  struct list *above;       /* [n] factors of each numerator */
};

/* one base in all terms */
static void settle(struct assay_alg *s, struct account *out, const struct monomial *m, int n,
                   const struct term *base, bool fraction)
{
  const int64_t shared = common(m, n, base);
  int64_t below = 0;
  if (shared) assay_list_push(s, &out->front, power_term(s, base, shared));
  for (int i = 0; i < n && fraction; i++)
    if (shared - exponent_in(m[i], base) > below) below = shared - exponent_in(m[i], base);
  if (below) assay_list_push(s, &out->below, power_term(s, base, below));
  for (int i = 0; i < n; i++) {
    const int64_t e = exponent_in(m[i], base) - shared + below;
    if (e) assay_list_push(s, &out->above[i], power_term(s, base, e));
  }
}

static bool seen_before(const struct monomial *m, int i, const struct term *base)
{
  for (int k = 0; k < i; k++)
    if (exponent_in(m[k], base)) return true;
  return false;
}

const struct term *assay_alg_gcd_terms(struct assay_alg *s, const struct term *const *arg, int n,
                                       bool primitive, bool fraction)
{
  struct monomial *m = assay_alg_take(s, sizeof(*m) * (size_t)(n + 1));
  struct account out = {.above = assay_alg_take(s, sizeof(struct list) * (size_t)(n + 1))};
  const struct term *c = NULL, **numer = assay_alg_take(s, sizeof(*numer) * (size_t)(n + 1));
  int k = 0;
  for (int i = 0; i < n; i++)
    if (arg[i] != s->zero) m[k++] = monomial_of(s, arg[i]);
  n = k;
  if (n == 0) return s->zero;
  assay_alg_tick(s, n);
  for (int i = 0; i < n; i++) c = c ? assay_alg_number_gcd(s, c, m[i].c) : m[i].c;
  if (n > 1) c = assay_alg_number_gcd(s, c, c);
  if (c == s->zero || !is_rational(c)) c = s->one;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m[i].n; j++)
      if (!seen_before(m, i, m[i].f[j].base)) settle(s, &out, m, n, m[i].f[j].base, fraction);
  for (int i = 0; i < n; i++) {
    assay_list_push(s, &out.above[i],
                    assay_alg_number_mul(s, m[i].c, assay_alg_number_pow(s, c, s->minus_one)));
    numer[i] = assay_alg_mul(s, out.above[i].item, out.above[i].n);
  }
  const struct term *sum = assay_alg_add(s, numer, n), *rest;
  if (!primitive && sum->kind == TERM_ADD) {
    c = assay_alg_number_mul(s, c, assay_alg_primitive(s, sum, &rest));
    sum = rest;
  }
  /* numbers in front, floats among them, stay there */
  const struct term *below = assay_alg_mul(s, out.below.item, out.below.n);
  const struct term *front = assay_alg_mul(s, out.front.item, out.front.n);
  c = assay_alg_number_mul(s, c, assay_alg_coeff(s, front, false, &rest));
  const struct term *all[] = {rest, sum, assay_alg_pow(s, below, s->minus_one)};
  return assay_alg_keep(s, c, assay_alg_mul(s, all, 3), false);
}

const struct term *assay_alg_together(struct assay_alg *s, const struct term *t, bool deep)
{
  if (t->n == 0 || (t->kind == TERM_FUN && !deep)) return t;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  for (int i = 0; i < t->n; i++)
    arg[i] =
        t->kind == TERM_POW && i == 1 && !deep ? t->arg[i] : assay_alg_together(s, t->arg[i], deep);
  if (t->kind == TERM_ADD) return assay_alg_gcd_terms(s, arg, t->n, false, true);
  return assay_alg_like(s, t, arg);
}

/* ---- common factors of sums --------------------------------------------------------------- */

static bool starts_with_minus(const struct term *t)
{
  const struct term *c = t->kind == TERM_MUL ? t->arg[0] : t;
  return is_number(c) && assay_alg_sign(c) < 0;
}

/* A fraction in front of a sum goes into it where some coefficient becomes whole: (x + 2 y)/2 is
 * x/2 + y. */
static const struct term *keep_whole(struct assay_alg *s, const struct term *c,
                                     const struct term *t, bool sign)
{
  const struct term *rest;
  if (!is_rational(c) || c->q == 1 || t->kind != TERM_ADD) return assay_alg_keep(s, c, t, sign);
  for (int i = 0; i < t->n; i++) {
    const struct term *k = assay_alg_number_mul(s, c, assay_alg_coeff(s, t->arg[i], false, &rest));
    if (!is_integer(k)) continue;
    const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
    for (int j = 0; j < t->n; j++) arg[j] = assay_alg_keep(s, c, t->arg[j], false);
    return assay_alg_add(s, arg, t->n);
  }
  return assay_alg_keep(s, c, t, sign);
}

static const struct term *factor_sum(struct assay_alg *s, const struct term *cont,
                                     const struct term *p, bool sign)
{
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)p->n);
  bool all_minus = true;
  for (int i = 0; i < p->n; i++) {
    arg[i] = assay_alg_factor_terms(s, p->arg[i], sign);
    if (!starts_with_minus(arg[i])) all_minus = false;
  }
  if (all_minus) {
    cont = assay_alg_neg(s, cont);
    for (int i = 0; i < p->n; i++) arg[i] = assay_alg_neg(s, arg[i]);
  }
  return keep_whole(s, cont, assay_alg_gcd_terms(s, arg, p->n, true, false), sign);
}

const struct term *assay_alg_factor_terms(struct assay_alg *s, const struct term *t, bool sign)
{
  const struct term *p = t, *cont = s->one;
  if (t->n == 0) return t;
  if (t->kind == TERM_ADD || t->kind == TERM_MUL) {
    cont = assay_alg_content(s, t, &p);
    if (p->kind == TERM_ADD && is_rational(cont) && cont->q != 1) {
      const struct term *q = keep_whole(s, assay_alg_rat(s, 1, cont->q), p, sign);
      if (q->kind == TERM_ADD) {
        p = q;
        cont = assay_alg_int(s, cont->p);
      }
    }
    if (p->kind == TERM_ADD) return factor_sum(s, cont, p, sign);
    if (p->n == 0) return assay_alg_keep(s, cont, p, sign);
  }
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)p->n);
  for (int i = 0; i < p->n; i++) arg[i] = assay_alg_factor_terms(s, p->arg[i], sign);
  return assay_alg_keep(s, cont, assay_alg_like(s, p, arg), sign);
}
