/* Products of sines and cosines as sums of such functions, and back. */
#include <math.h>

#include "core/expr/canonical_trig.h"

/* ---- products to sums --------------------------------------------------------------------- */

static const struct term *half_of(struct assay_alg *s, const struct term *a, const struct term *b)
{
  return assay_alg_mul2(s, s->half, assay_alg_add2(s, a, b));
}

static const struct term *product_to_sum(struct assay_alg *s, const struct term *t)
{
  struct list c = {0}, d = {0}, out = {0};
  int n = 0;
  const struct term *const *f = assay_alg_factors(&t, &n);
  for (int i = 0; i < n; i++) {
    const struct term *b, *e;
    assay_alg_base(s, f[i], &b, &e);
    if (!is_sine_or_cosine(s, b) || !is_integer(e) || e->p < 1 || e->p > 16) {
      assay_list_push(s, &out, f[i]);
      continue;
    }
    for (int64_t k = 0; k < e->p; k++) assay_list_push(s, is_cosine(s, b) ? &c : &d, b->arg[0]);
  }
  if (c.n + d.n < 2) return t;
  while (c.n && d.n) {
    const struct term *x = d.item[--d.n], *y = c.item[--c.n];
    assay_list_push(s, &out,
                    half_of(s, sine(s, assay_alg_add2(s, x, y)), sine(s, assay_alg_sub(s, x, y))));
  }
  for (; c.n > 1; c.n -= 2) {
    const struct term *x = c.item[c.n - 1], *y = c.item[c.n - 2];
    assay_list_push(
        s, &out, half_of(s, cosine(s, assay_alg_add2(s, x, y)), cosine(s, assay_alg_sub(s, x, y))));
  }
  for (; d.n > 1; d.n -= 2) {
    const struct term *x = d.item[d.n - 1], *y = d.item[d.n - 2];
    const struct term *half = half_of(s, assay_alg_neg(s, cosine(s, assay_alg_add2(s, x, y))),
                                      cosine(s, assay_alg_sub(s, x, y)));
    assay_list_push(s, &out, s->hyperbolic ? assay_alg_neg(s, half) : half);
  }
  if (c.n) assay_list_push(s, &out, cosine(s, c.item[0]));
  if (d.n) assay_list_push(s, &out, sine(s, d.item[0]));
  return assay_canonical_linear(s,
                                assay_alg_expand_mul(s, assay_alg_mul(s, out.item, out.n), true));
}

static bool product_or_power(const struct assay_alg *s, const struct term *t)
{
  return t->kind == TERM_MUL ||
         (t->kind == TERM_POW && is_sine_or_cosine(s, t->arg[0]) && is_integer(t->arg[1]));
}

static const struct term *inner_at(struct assay_alg *s, const struct term *t)
{
  return product_or_power(s, t) ? product_to_sum(s, t) : t;
}

static const struct term *linear_at(struct assay_alg *s, const struct term *t)
{
  const struct term *n, *d;
  if (!product_or_power(s, t)) return t;
  assay_alg_numer_denom(s, t, &n, &d);
  n = assay_alg_expand_mul(s, n, true);
  d = assay_alg_expand_mul(s, d, true);
  const struct term *nn = assay_alg_bottom_up(s, n, inner_at),
                    *nd = assay_alg_bottom_up(s, d, inner_at);
  if (nn == n && nd == d) return t;
  const struct term *q = assay_alg_div(s, nn, nd);
  if (q->kind == TERM_ADD)
    q = assay_alg_gcd_terms(s, q->arg, q->n, false, true);
  else if (q->kind == TERM_MUL) { /* sums among the factors */
    const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)q->n);
    for (int i = 0; i < q->n; i++) {
      const struct term *b, *e;
      assay_alg_base(s, q->arg[i], &b, &e);
      arg[i] = b->kind == TERM_ADD
                   ? assay_alg_pow(s, assay_alg_gcd_terms(s, b->arg, b->n, false, true), e)
                   : q->arg[i];
    }
    q = assay_alg_mul(s, arg, q->n);
  } else if (q->kind == TERM_POW && q->arg[0]->kind == TERM_ADD) {
    q = assay_alg_pow(s, assay_alg_gcd_terms(s, q->arg[0]->arg, q->arg[0]->n, false, true),
                      q->arg[1]);
  }
  if (q->kind == TERM_MUL && q->n == 2 && is_rational(q->arg[0])) q = assay_alg_mul(s, q->arg, 2);
  return q;
}

const struct term *assay_canonical_linear(struct assay_alg *s, const struct term *t)
{
  assay_alg_tick(s, 10);
  return assay_alg_bottom_up(s, t, linear_at);
}

/* ---- sums of products to one function ----------------------------------------------------- */

/* the two functions of a term: c f(a) g(b) after common factors are gone */
struct two {
  const struct term *c, *f[2];
  int n;
};

/* remove the factors that both terms have; what is left of each must be +-1 and two functions */
static bool split_pair(struct assay_alg *s, const struct term *x, const struct term *y,
                       const struct term **common, struct two *p, struct two *q)
{
  const struct term *n, *d, *r = assay_alg_div(s, x, y);
  const struct term *part[2];
  struct two *out[2] = {p, q};
  assay_alg_numer_denom(s, r, &n, &d);
  part[0] = n;
  part[1] = d;
  for (int side = 0; side < 2; side++) {
    int m = 0;
    const struct term *const *f = assay_alg_factors(&part[side], &m);
    *out[side] = (struct two){.c = s->one};
    for (int i = 0; i < m; i++) {
      if (is_number(f[i]))
        out[side]->c = assay_alg_number_mul(s, out[side]->c, f[i]);
      else if (is_sine_or_cosine(s, f[i]) && out[side]->n < 2)
        out[side]->f[out[side]->n++] = f[i];
      else
        return false;
    }
  }
  *common = assay_alg_div(s, y, d);
  return p->n == 2 && q->n == 2;
}

/* cos a cos b -+ sin a sin b, sin a cos b +- cos a sin b; NULL: neither */
static const struct term *one_function(struct assay_alg *s, const struct term *x,
                                       const struct term *y)
{
  struct two p, q;
  const struct term *common;
  if (!split_pair(s, x, y, &common, &p, &q)) return NULL;
  const long double a0 = assay_alg_value(p.c), b0 = assay_alg_value(q.c);
  const bool opposite = !(fabsl(a0 + b0) > 1e-15L * fabsl(b0));
  if (!opposite && fabsl(a0 - b0) > 1e-15L * fabsl(b0)) return NULL;
  common = assay_alg_mul2(s, common, q.c);
  const bool alike = p.f[0]->fn == p.f[1]->fn;
  if (alike) {
    if (q.f[0]->fn != q.f[1]->fn || p.f[0]->fn == q.f[0]->fn) return NULL;
    const struct term *a = p.f[0]->arg[0], *b = p.f[1]->arg[0];
    if (!((q.f[0]->arg[0] == a && q.f[1]->arg[0] == b) ||
          (q.f[0]->arg[0] == b && q.f[1]->arg[0] == a)))
      return NULL;
    /* common * (+-p + q): p the cosines or, with a sign, the sines */
    const bool apart = opposite != s->hyperbolic; /* angles are added */
    if (opposite && is_cosine(s, p.f[0])) common = assay_alg_neg(s, common);
    return assay_alg_mul2(s, common,
                          cosine(s, apart ? assay_alg_add2(s, a, b) : assay_alg_sub(s, a, b)));
  }
  if (q.f[0]->fn == q.f[1]->fn) return NULL;
  const int ps = is_sine(s, p.f[1]), qs = is_sine(s, q.f[1]);
  const struct term *a = p.f[ps]->arg[0], *b = p.f[1 - ps]->arg[0];
  if (q.f[qs]->arg[0] != b || q.f[1 - qs]->arg[0] != a) return NULL;
  /* common * (+-sin a cos b + sin b cos a) */
  return assay_alg_mul2(s, common,
                        sine(s, opposite ? assay_alg_sub(s, b, a) : assay_alg_add2(s, a, b)));
}

static const struct term *join_at(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_ADD || !(t->has & family(s))) return t;
  for (int i = 0; i < t->n; i++)
    for (int k = i + 1; k < t->n; k++) {
      const struct term *one = one_function(s, t->arg[i], t->arg[k]);
      if (!one) continue;
      const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
      for (int m = 0; m < t->n; m++) arg[m] = m == k ? s->zero : m == i ? one : t->arg[m];
      return join_at(s, assay_alg_add(s, arg, t->n));
    }
  return t;
}
const struct term *assay_canonical_joined(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, join_at);
}

/* ---- (1 - cos)(1 + cos) = sin^2 ----------------------------------------------------------- */

/* t = g (f + sign) with f a sine or cosine */
static bool sign_and_function(struct assay_alg *s, const struct term *t, const struct term **g,
                              const struct term **f, int *sign)
{
  const struct term *rest;
  if (t->kind != TERM_ADD || t->n != 2 || !is_number(t->arg[0])) return false;
  *g = assay_alg_coeff(s, t->arg[1], false, &rest);
  *f = rest;
  if (!is_sine_or_cosine(s, rest) || (s->hyperbolic && is_sine(s, rest))) return false;
  const struct term *q = assay_alg_div(s, t->arg[0], *g);
  if (q != s->one && q != s->minus_one) return false;
  *sign = q == s->one ? 1 : -1;
  return true;
}

static const struct term *difference_at(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_MUL || !(t->has & family(s))) return t;
  for (int i = 0; i < t->n; i++)
    for (int k = i + 1; k < t->n; k++) {
      const struct term *a, *ea, *b, *eb, *ga, *gb, *fa, *fb;
      int sa, sb;
      assay_alg_base(s, t->arg[i], &a, &ea);
      assay_alg_base(s, t->arg[k], &b, &eb);
      if (!is_integer(ea) || !is_integer(eb) || (ea->p > 0) != (eb->p > 0)) continue;
      if (!sign_and_function(s, a, &ga, &fa, &sa) || !sign_and_function(s, b, &gb, &fb, &sb) ||
          fa != fb || sa == sb)
        continue;
      const int64_t take = (ea->p > 0 ? ea->p < eb->p : ea->p > eb->p) ? ea->p : eb->p;
      const struct term *other = is_cosine(s, fa) ? sine(s, fa->arg[0]) : cosine(s, fa->arg[0]);
      const struct term *joint =
          assay_alg_mul(s, (const struct term *[]){ga, gb, square(s, other)}, 3);
      if (!s->hyperbolic) joint = assay_alg_neg(s, joint);
      const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)(t->n + 1));
      for (int m = 0; m < t->n; m++) arg[m] = t->arg[m];
      arg[i] = assay_alg_powi(s, a, ea->p - take);
      arg[k] = assay_alg_powi(s, b, eb->p - take);
      arg[t->n] = assay_alg_powi(s, joint, take);
      return difference_at(s, assay_alg_mul(s, arg, t->n + 1));
    }
  return t;
}
const struct term *assay_canonical_differences(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, difference_at);
}
