/* Multiplying out. */
#include <string.h>

#include "core/base/err.h"
#include "core/expr/algebra_rewrite.h"

enum { MOST_TERMS = 4000 }; /* of one expanded sum */

enum rule { PRODUCTS = 1, POWERS = 2, EXPS = 4, LOGS = 8, ALL = PRODUCTS | POWERS | EXPS };

/* distribute a product over the sums in it */
static const struct term *distribute(struct assay_alg *s, const struct term *t)
{
  struct list sum = {0}, next = {0}, plain = {0};
  if (t->kind != TERM_MUL) return t;
  for (int i = 0; i < t->n; i++)
    if (t->arg[i]->kind != TERM_ADD) assay_list_push(s, &plain, t->arg[i]);
  if (plain.n == t->n) return t;
  assay_list_push(s, &sum, assay_alg_mul(s, plain.item, plain.n));
  for (int i = 0; i < t->n; i++) {
    const struct term *f = t->arg[i];
    if (f->kind != TERM_ADD) continue;
    if ((long)sum.n * f->n > MOST_TERMS) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
    next = (struct list){0};
    for (int j = 0; j < sum.n; j++)
      for (int k = 0; k < f->n; k++)
        assay_list_push(s, &next, assay_alg_mul2(s, sum.item[j], f->arg[k]));
    const struct term *joined = assay_alg_add(s, next.item, next.n);
    int n = 0;
    const struct term *const *item = assay_alg_terms(&joined, &n);
    sum = (struct list){0};
    for (int j = 0; j < n; j++) assay_list_push(s, &sum, item[j]);
  }
  return assay_alg_add(s, sum.item, sum.n);
}

/* whole power of a sum */
static const struct term *multinomial(struct assay_alg *s, const struct term *b, int64_t e)
{
  const struct term *out = b;
  if (e > 64) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
  for (int64_t i = 1; i < e; i++)
    out = distribute(
        s, assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, (const struct term *[]){out, b}, 2));
  return out;
}

static const struct term *expand_power(struct assay_alg *s, const struct term *t, unsigned rules)
{
  const struct term *b = t->arg[0], *e = t->arg[1];
  if (e->kind == TERM_ADD && rules & EXPS) {
    struct list out = {0};
    for (int i = 0; i < e->n; i++) assay_list_push(s, &out, assay_alg_pow(s, b, e->arg[i]));
    return assay_alg_mul(s, out.item, out.n);
  }
  if (!(rules & POWERS) || b->kind != TERM_ADD || !is_integer(e)) return t;
  if (e->p >= 2) return multinomial(s, b, e->p);
  if (e->p <= -2) return assay_alg_pow(s, multinomial(s, b, -e->p), s->minus_one);
  return t;
}

static const struct term *expand_exp(struct assay_alg *s, const struct term *t)
{
  const struct term *x = t->arg[0];
  struct list out = {0};
  if (x->kind != TERM_ADD) return t;
  for (int i = 0; i < x->n; i++)
    assay_list_push(s, &out, assay_alg_fun1(s, ASSAY_EXPR_EXP, x->arg[i]));
  return assay_alg_mul(s, out.item, out.n);
}

/* log(c x) = log c + log x for c > 0; log(x^e) = e log x for -1 < e <= 1 */
static const struct term *expand_log(struct assay_alg *s, const struct term *t)
{
  const struct term *x = t->arg[0], *rest, *c = assay_alg_coeff(s, x, false, &rest);
  if (x->kind == TERM_POW && is_number(x->arg[1]) && assay_alg_value(x->arg[1]) > -1.0L &&
      assay_alg_value(x->arg[1]) <= 1.0L)
    return assay_alg_mul2(s, x->arg[1], assay_alg_fun1(s, ASSAY_EXPR_LOG, x->arg[0]));
  if (x->kind != TERM_MUL || c == s->one) return t;
  if (assay_alg_sign(c) < 0) {
    if (c == s->minus_one) return t;
    c = assay_alg_neg(s, c);
    rest = assay_alg_neg(s, rest);
  }
  const struct term *above = is_rational(c) ? assay_alg_int(s, c->p) : c;
  const struct term *below = is_rational(c) ? assay_alg_int(s, c->q) : s->one;
  const struct term *sum = assay_alg_add2(s, assay_alg_fun1(s, ASSAY_EXPR_LOG, above),
                                          assay_alg_fun1(s, ASSAY_EXPR_LOG, rest));
  return assay_alg_sub(s, sum, assay_alg_fun1(s, ASSAY_EXPR_LOG, below));
}

static const struct term *expand_node(struct assay_alg *s, const struct term *t, unsigned rules)
{
  if (t->kind == TERM_POW)
    t = expand_power(s, t, rules);
  else if (is_fun(t, ASSAY_EXPR_EXP) && rules & EXPS)
    t = expand_exp(s, t);
  else if (is_fun(t, ASSAY_EXPR_LOG) && rules & LOGS)
    t = expand_log(s, t);
  return rules & PRODUCTS ? distribute(s, t) : t;
}

static const struct term *expand(struct assay_alg *s, const struct term *t, unsigned rules,
                                 bool deep)
{
  if (t->n == 0) return t;
  if (rules == ALL && t->expanded) return t->expanded;
  assay_alg_tick(s, 1);
  const struct term *out = t;
  if (deep || t->kind == TERM_ADD) {
    const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
    for (int i = 0; i < t->n; i++) arg[i] = expand(s, t->arg[i], rules, deep);
    out = assay_alg_like(s, t, arg);
    /* a number has left a power, or the like: what is left is expanded in turn */
    if (deep && out->kind != t->kind) out = expand(s, out, rules, deep);
  }
  for (int turn = 0; turn < 6; turn++) { /* expanding a power can leave products of sums */
    const struct term *next = expand_node(s, out, rules);
    if (next == out) break;
    out = next;
    if (out->kind == TERM_ADD && deep) {
      const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)out->n);
      for (int i = 0; i < out->n; i++) arg[i] = expand_node(s, out->arg[i], rules);
      out = assay_alg_add(s, arg, out->n);
      break;
    }
  }
  if (rules == ALL) own_term(t)->expanded = out;
  return out;
}

const struct term *assay_alg_expand(struct assay_alg *s, const struct term *t)
{
  /* logarithms first: what is in them is still a product */
  if (t->has & HAS_LOG) t = expand(s, t, LOGS, true);
  return expand(s, t, ALL, true);
}

const struct term *assay_alg_expand_mul(struct assay_alg *s, const struct term *t, bool deep)
{
  return expand(s, t, PRODUCTS, deep);
}

const struct term *assay_alg_expand_multinomial(struct assay_alg *s, const struct term *t)
{
  return expand(s, t, PRODUCTS | POWERS, true);
}

const struct term *assay_alg_expand_exp(struct assay_alg *s, const struct term *t)
{
  return expand(s, t, EXPS, true);
}

const struct term *assay_alg_expand_log(struct assay_alg *s, const struct term *t)
{
  return expand(s, t, LOGS, true);
}
