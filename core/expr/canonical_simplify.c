/* Towards few operations: signs, fractions, powers, trigonometric and hyperbolic identities, logs.
 * Of several forms the one with fewest operations is kept, the first of several. */
#include "core/expr/canonical_steps.h"

#define FIRST_OF(s, ...)                         \
  assay_alg_shortest(                            \
      (s), (const struct term *[]){__VA_ARGS__}, \
      (int)(sizeof((const struct term *[]){__VA_ARGS__}) / sizeof(const struct term *)))

/* sums below the top lose a minus sign: x (b - a) = -x (a - b) */
static const struct term *inner_sign(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_ADD || !assay_alg_minus(s, t)) return t;
  return assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL,
                       (const struct term *[]){s->minus_one, assay_alg_neg(s, t)}, 2);
}

static const struct term *spread(struct assay_alg *s, const struct term *t)
{
  if (t->kind == TERM_MUL && t->n == 2 && is_number(t->arg[0]) && t->arg[1]->kind == TERM_ADD)
    return assay_alg_mul(s, t->arg, 2);
  return t;
}

const struct term *assay_canonical_signs(struct assay_alg *s, const struct term *t)
{
  if (t->n == 0) return t;
  if (t->kind == TERM_ADD) {
    const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
    for (int i = 0; i < t->n; i++) arg[i] = assay_canonical_signs(s, t->arg[i]);
    return assay_alg_add(s, arg, t->n);
  }
  return assay_alg_bottom_up(s, assay_alg_bottom_up(s, t, inner_sign), spread);
}

/* |a| |b| = |a b|, |a|/|b| = |a/b| */
static const struct term *one_abs(struct assay_alg *s, const struct term *t)
{
  struct list in = {0}, out = {0};
  bool below = false;
  int n = 0;
  if (t->kind != TERM_MUL && t->kind != TERM_POW) return t;
  const struct term *const *f = assay_alg_factors(&t, &n);
  for (int i = 0; i < n; i++) {
    const struct term *b, *e;
    assay_alg_base(s, f[i], &b, &e);
    if (is_fun(b, ASSAY_EXPR_ABS) && is_number(e)) {
      assay_list_push(s, &in, assay_alg_pow(s, b->arg[0], e));
      if (assay_alg_sign(e) < 0) below = true;
    } else {
      assay_list_push(s, &out, f[i]);
    }
  }
  if (in.n < 2 && !below) return t;
  const struct term *x = assay_alg_mul(s, in.item, in.n);
  assay_list_push(s, &out, assay_alg_raw(s, TERM_FUN, ASSAY_EXPR_ABS, &x, 1));
  return assay_alg_mul(s, out.item, out.n);
}

static const struct term *joined_abs(struct assay_alg *s, const struct term *t)
{
  return t->has & HAS_ABS ? assay_alg_bottom_up(s, t, one_abs) : t;
}

/* arguments of functions other than exp, from the innermost */
static const struct term *inside_functions(struct assay_alg *s, const struct term *t)
{
  if (t->n == 0) return t;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  const bool plain = t->kind == TERM_FUN && t->fn != ASSAY_EXPR_EXP;
  for (int i = 0; i < t->n; i++) {
    arg[i] = inside_functions(s, t->arg[i]);
    if (plain) arg[i] = assay_canonical_simplify(s, arg[i]);
  }
  return assay_alg_like(s, t, arg);
}

static const struct term *same(struct assay_alg *s, const struct term *t)
{
  (void)s;
  return t;
}

static const struct term *as_fraction(struct assay_alg *s, const struct term *t)
{
  const struct term *p, *c;
  t = assay_alg_bottom_up(s, t, assay_alg_normal);
  t = assay_canonical_powers(s, t, false, true);
  c = assay_alg_content(s, t, &p);
  t = assay_alg_mul2(s, c, p);
  const struct term *e = assay_alg_cancel(s, t);
  const struct term *wide = assay_alg_expand_mul(s, assay_alg_expand_multinomial(s, e), true);
  const struct term *first = FIRST_OF(s, e, assay_alg_cancel(s, wide));
  const struct term *second =
      FIRST_OF(s, assay_alg_together(s, t, true), assay_alg_together(s, first, true));
  return assay_alg_factor_terms(s, FIRST_OF(s, second, first, t), false);
}

static const struct term *merged(struct assay_alg *s, const struct term *t)
{
  const struct term *x = FIRST_OF(s, assay_canonical_powers(s, t, true, false),
                                  assay_canonical_powers(s, t, false, true), t);
  x = FIRST_OF(s, x, assay_alg_cancel(s, x));
  return FIRST_OF(s, x, assay_alg_factor_terms(s, x, true),
                  assay_alg_expand_exp(s, assay_alg_expand_mul(s, x, true)));
}

static const struct term *without_minus(struct assay_alg *s, const struct term *t)
{
  const struct term *n, *d;
  if (!assay_alg_minus(s, t)) return t;
  assay_alg_fraction(s, t, &n, &d);
  if (d == s->zero) return t;
  return assay_canonical_signs(s, assay_alg_div(s, assay_alg_neg(s, n), assay_alg_neg(s, d)));
}

/* c^n for n log c with a fraction c > 0 and a whole n; NULL: something else */
static const struct term *number_in_log(struct assay_alg *s, const struct term *t)
{
  const struct term *rest, *n = assay_alg_coeff(s, t, true, &rest);
  if (!is_fun(rest, ASSAY_EXPR_LOG) || !is_rational(rest->arg[0]) || !is_integer(n)) return NULL;
  return assay_alg_number_pow(s, rest->arg[0], n);
}

/* logarithms of fractions and one other logarithm, and nothing else: log x - log 2 = log(x/2) */
static const struct term *joined_logs(struct assay_alg *s, const struct term *t)
{
  const struct term *number = s->one, *other = NULL;
  if (t->kind != TERM_ADD) return t;
  for (int i = 0; i < t->n; i++) {
    const struct term *c = number_in_log(s, t->arg[i]);
    if (c)
      number = assay_alg_number_mul(s, number, c);
    else if (!other && is_fun(t->arg[i], ASSAY_EXPR_LOG))
      other = t->arg[i];
    else
      return t;
  }
  if (!other) return t;
  return assay_alg_fun1(s, ASSAY_EXPR_LOG, assay_alg_mul2(s, number, other->arg[0]));
}

static const struct term *logarithms(struct assay_alg *s, const struct term *t)
{
  return FIRST_OF(s, assay_alg_expand_log(s, t), assay_alg_bottom_up(s, t, joined_logs));
}

static const struct term *simplify(struct assay_alg *s, const struct term *original)
{
  const struct term *t = inside_functions(s, original);
  if (t->kind == TERM_FUN && t->fn != ASSAY_EXPR_EXP) return t;
  if (t->n == 0) return t;
  t = as_fraction(s, t);
  if (t->has & (HAS_TRIG | HAS_HYPER)) t = assay_canonical_trig(s, t);
  if (t->has & HAS_LOG) t = logarithms(s, t);
  t = merged(s, t);
  if (t->has & (HAS_TRIG | HAS_HYPER | HAS_EXP)) t = assay_canonical_hyperbolic(s, t);
  t = without_minus(s, assay_alg_bottom_up(s, t, spread));
  if (10 * (long)assay_alg_ops(s, t) > 17 * (long)assay_alg_ops(s, original)) t = original;
  t = assay_alg_bottom_up(s, t, same);
  return FIRST_OF(s, t, joined_abs(s, t));
}

const struct term *assay_canonical_simplify(struct assay_alg *s, const struct term *t)
{
  if (t->n == 0) return t;
  if (!t->simple) own_term(t)->simple = simplify(s, joined_abs(s, assay_canonical_signs(s, t)));
  return t->simple;
}
