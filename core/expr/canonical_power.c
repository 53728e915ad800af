/* Merging powers, and exponentials that are hyperbolic functions. */
#include <string.h>

#include "core/expr/canonical_steps.h"

/* ---- powers of one base ------------------------------------------------------------------- */

struct table {
  struct list base, e;
};

static int find(const struct table *t, const struct term *base)
{
  for (int i = 0; i < t->base.n; i++)
    if (t->base.item[i] == base) return i;
  return -1;
}

static void enter(struct assay_alg *s, struct table *t, const struct term *base,
                  const struct term *e)
{
  const int i = find(t, base);
  if (i >= 0) {
    t->e.item[i] = assay_alg_add2(s, t->e.item[i], e);
    return;
  }
  assay_list_push(s, &t->base, base);
  assay_list_push(s, &t->e, e);
}

/* (a - b)^m (b - a)^n = (-1)^m (b - a)^(m + n) for whole m; x likewise */
static void join_negated(struct assay_alg *s, struct table *t)
{
  for (int i = 0; i < t->base.n; i++) {
    const struct term *b = t->base.item[i], *e = t->e.item[i];
    if ((b->kind != TERM_ADD && b->kind != TERM_VAR) || !is_integer(e) || e == s->zero) continue;
    const int k = find(t, assay_alg_neg(s, b));
    if (k < 0 || k == i || t->e.item[k] == s->zero) continue;
    t->e.item[k] = assay_alg_add2(s, t->e.item[k], e);
    t->e.item[i] = s->zero;
    enter(s, t, s->minus_one, e);
  }
}

/* A number goes into the one sum beside it if all other factors are powers. */
static void number_into_sum(struct assay_alg *s, struct list *f)
{
  int number = -1, sum = -1, others = 0;
  for (int i = 0; i < f->n; i++) {
    const struct term *b, *e;
    assay_alg_base(s, f->item[i], &b, &e);
    if (is_number(f->item[i]))
      number = i;
    else if (f->item[i]->kind == TERM_ADD)
      others += sum >= 0, sum = i;
    else if (e == s->one)
      others++;
  }
  if (number < 0 || sum < 0 || others) return;
  f->item[sum] = assay_alg_mul2(s, f->item[number], f->item[sum]);
  f->item[number] = s->one;
}

static const struct term *merge(struct assay_alg *s, const struct term *t, bool factor)
{
  struct table table = {0};
  struct list out = {0};
  for (int i = 0; i < t->n; i++) {
    const struct term *b, *e;
    if (is_rational(t->arg[i])) {
      assay_list_push(s, &out, t->arg[i]);
      continue;
    }
    assay_alg_base(s, t->arg[i], &b, &e);
    if (b->kind == TERM_POW || is_fun(b, ASSAY_EXPR_EXP)) {
      b = t->arg[i];
      e = s->one;
    }
    enter(s, &table, b, e);
  }
  join_negated(s, &table);
  for (int i = 0; i < table.base.n; i++) {
    const struct term *b = table.base.item[i], *e = table.e.item[i];
    if (factor && b == s->e && e->kind == TERM_ADD) e = assay_alg_factor_terms(s, e, true);
    assay_list_push(s, &out, assay_alg_pow(s, b, e));
  }
  if (factor) number_into_sum(s, &out);
  return assay_alg_mul(s, out.item, out.n);
}

const struct term *assay_canonical_powers(struct assay_alg *s, const struct term *t, bool deep,
                                          bool factor)
{
  if (t->n == 0) return t;
  if (deep || t->kind == TERM_ADD || t->kind == TERM_MUL) {
    const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
    for (int i = 0; i < t->n; i++) arg[i] = assay_canonical_powers(s, t->arg[i], deep, factor);
    t = assay_alg_like(s, t, arg);
  }
  return t->kind == TERM_MUL ? merge(s, t, factor) : t;
}

/* ---- exponentials as hyperbolic functions ------------------------------------------------- */

static const struct term *exps_as_cosh(struct assay_alg *s, const struct term *t)
{
  if (!is_fun(t, ASSAY_EXPR_EXP)) return t;
  return assay_alg_add2(s, assay_alg_fun1(s, ASSAY_EXPR_COSH, t->arg[0]),
                        assay_alg_fun1(s, ASSAY_EXPR_SINH, t->arg[0]));
}

static const struct term *hyperbolic_as_exps(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_FUN ||
      !(t->fn == ASSAY_EXPR_SINH || t->fn == ASSAY_EXPR_COSH || t->fn == ASSAY_EXPR_TANH))
    return t;
  const struct term *up = assay_alg_fun1(s, ASSAY_EXPR_EXP, t->arg[0]);
  const struct term *down = assay_alg_fun1(s, ASSAY_EXPR_EXP, assay_alg_neg(s, t->arg[0]));
  const struct term *sum = assay_alg_add2(s, up, down), *difference = assay_alg_sub(s, up, down);
  if (t->fn == ASSAY_EXPR_TANH) return assay_alg_div(s, difference, sum);
  return assay_alg_mul2(s, s->half, t->fn == ASSAY_EXPR_SINH ? difference : sum);
}

static const struct term *better(struct assay_alg *s, const struct term *t)
{
  const struct term *choice[3] = {t, t, t};
  if (t->has & HAS_HYPER) choice[1] = assay_alg_bottom_up(s, t, hyperbolic_as_exps);
  if (t->has & HAS_EXP) choice[2] = assay_alg_bottom_up(s, t, exps_as_cosh);
  return assay_alg_shortest(s, choice, 3);
}

/* is t = sign e^x? */
static bool signed_exp(struct assay_alg *s, const struct term *t, int *sign, const struct term **x)
{
  *sign = 1;
  if (!is_fun(t, ASSAY_EXPR_EXP) && t != s->e) {
    *sign = -1;
    t = assay_alg_neg(s, t);
  }
  *x = t == s->e ? s->one : is_fun(t, ASSAY_EXPR_EXP) ? t->arg[0] : NULL;
  return *x != NULL;
}

static const struct term *of_half(struct assay_alg *s, enum assay_expr_op fn, const struct term *x)
{
  return assay_alg_fun1(s, fn, assay_alg_mul2(s, s->half, x));
}

static const struct term *one_plus(struct assay_alg *s, int sign, const struct term *x)
{
  const struct term *e = assay_alg_fun1(s, ASSAY_EXPR_EXP, x);
  return sign > 0 ? assay_alg_add2(s, s->one, e) : assay_alg_sub(s, s->one, e);
}

/* powers of (c + c' e^x) in a product: cosh, sinh with e^(-x/2), tanh as a quotient */
static const struct term *half_angles(struct assay_alg *s, const struct term *t)
{
  struct table now = {0}, next = {0};
  const struct term *ee = s->zero;
  if (t->kind != TERM_MUL || !(t->has & HAS_EXP)) return t;
  for (int i = 0; i < t->n; i++) {
    const struct term *b, *e;
    assay_alg_base(s, t->arg[i], &b, &e);
    enter(s, &now, b, e);
    enter(s, &next, b, e);
    if (b == s->e) ee = e;
  }
  for (int i = 0; i < now.base.n; i++) {
    const struct term *k = now.base.item[i], *m = now.e.item[i], *x;
    int sign = 1;
    if (k->kind != TERM_ADD || k->n != 2) continue;
    const struct term *c = k->arg[0];
    if (!signed_exp(s, assay_alg_div(s, k->arg[1], c), &sign, &x)) continue;
    enter(s, &next, k, assay_alg_neg(s, m));
    const struct term *other = one_plus(s, -sign, x);
    const int at = find(&next, other);
    if (ee == assay_alg_mul2(s, assay_alg_rat(s, -1, 2), assay_alg_mul2(s, x, m)) &&
        ee != s->zero) {
      enter(s, &next, s->e, assay_alg_neg(s, ee));
      ee = s->zero;
      const struct term *f = of_half(s, sign > 0 ? ASSAY_EXPR_COSH : ASSAY_EXPR_SINH, x);
      enter(s, &next,
            assay_alg_mul(s, (const struct term *[]){assay_alg_int(s, 2 * sign), c, f}, 3), m);
    } else if (at >= 0 && next.e.item[at] == assay_alg_neg(s, m)) {
      next.e.item[at] = s->zero;
      const struct term *f = assay_alg_powi(s, of_half(s, ASSAY_EXPR_TANH, x), sign > 0 ? -1 : 1);
      enter(s, &next, assay_alg_neg(s, assay_alg_mul2(s, c, f)), m);
    } else {
      enter(s, &next, one_plus(s, sign, x), m);
      enter(s, &next, c, m);
    }
  }
  for (int i = 0; i < next.base.n; i++)
    next.base.item[i] = assay_alg_pow(s, next.base.item[i], next.e.item[i]);
  return assay_alg_mul(s, next.base.item, next.base.n);
}

const struct term *assay_canonical_hyperbolic(struct assay_alg *s, const struct term *t)
{
  t = assay_alg_bottom_up(s, t, better);
  t = assay_alg_bottom_up(s, t, half_angles);
  t = assay_canonical_quotients(s, t);
  return t->has & HAS_HYPER ? assay_canonical_signs(s, t) : t;
}
