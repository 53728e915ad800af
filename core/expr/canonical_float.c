/* Numbers: to floats, ones back to exact ones, floats to 15 digits. */
#include <stdio.h>
#include <stdlib.h>

#include "core/expr/canonical_steps.h"

static const struct term *map(struct assay_alg *s, const struct term *t,
                              const struct term *(*f)(struct assay_alg *, const struct term *))
{
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)(t->n + 1));
  for (int i = 0; i < t->n; i++) arg[i] = f(s, t->arg[i]);
  return assay_alg_like(s, t, arg);
}

/* the value of a term without variables, as far as there is a real one */
static const struct term *value(struct assay_alg *s, const struct term *t)
{
  if (t->kind == TERM_E) return assay_alg_float(s, 2.71828182845904523536L);
  if (is_rational(t)) return t == s->zero ? t : assay_alg_float(s, assay_alg_value(t));
  if (t->kind == TERM_POW && is_integer(t->arg[1]))
    return assay_alg_pow(s, value(s, t->arg[0]), t->arg[1]);
  return t->n ? map(s, t, value) : t;
}

/* numbers of a sum or product taken together */
static const struct term *floats_of(struct assay_alg *s, const struct term *t)
{
  struct list numbers = {0}, out = {0};
  for (int i = 0; i < t->n; i++)
    assay_list_push(s, t->arg[i]->has & HAS_VAR ? &out : &numbers, t->arg[i]);
  for (int i = 0; i < out.n; i++) out.item[i] = assay_canonical_floats(s, out.item[i]);
  if (numbers.n) {
    const struct term *c = assay_alg_raw(s, t->kind, t->fn, numbers.item, numbers.n);
    assay_list_push(s, &out, value(s, numbers.n == 1 ? numbers.item[0] : c));
  }
  return t->kind == TERM_ADD ? assay_alg_add(s, out.item, out.n)
                             : assay_alg_mul(s, out.item, out.n);
}

const struct term *assay_canonical_floats(struct assay_alg *s, const struct term *t)
{
  const struct term *rest;
  if (!(t->has & HAS_VAR)) return value(s, t);
  if (t->kind == TERM_MUL && assay_alg_coeff(s, t, false, &rest) == s->minus_one)
    return assay_alg_neg(s, assay_canonical_floats(s, rest));
  if (t->kind == TERM_MUL || t->kind == TERM_ADD) return floats_of(s, t);
  if (t->kind == TERM_FUN && t->n > 1) return map(s, t, assay_canonical_floats);
  if (t->kind != TERM_POW) return t;
  const struct term *e = t->arg[1];
  return assay_alg_pow(s, assay_canonical_floats(s, t->arg[0]),
                       is_integer(e) ? e : assay_canonical_floats(s, e));
}

const struct term *assay_canonical_ones(struct assay_alg *s, const struct term *t)
{
  if (t->kind == TERM_FLOAT) {
    if (!(t->f < 1.0L || t->f > 1.0L)) return s->one;
    if (!(t->f < -1.0L || t->f > -1.0L)) return s->minus_one;
  }
  return t->n ? map(s, t, assay_canonical_ones) : t;
}

const struct term *assay_canonical_digits(struct assay_alg *s, const struct term *t)
{
  if (t->kind == TERM_FLOAT) {
    char text[64];
    snprintf(text, sizeof text, "%.15Lg", t->f);
    return assay_alg_float(s, strtold(text, NULL));
  }
  return t->n ? assay_alg_reread(s, map(s, t, assay_canonical_digits)) : t;
}
