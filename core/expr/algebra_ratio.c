/* Terms as polynomials over generators: variables, functions and powers that are no whole power of
 * something simpler. Coefficients are whole numbers, fractions or, if one float is among them,
 * floats; floats become fractions for division and factoring, and the results floats again. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/algebra_poly.h"
#include "core/expr/algebra_rewrite.h"

/* ---- numerator and denominator ------------------------------------------------------------ */

static bool negative(const struct term *t)
{
  return is_number(t) && assay_alg_sign(t) < 0;
}

static void of_power(struct assay_alg *s, const struct term *t, const struct term **numer,
                     const struct term **denom)
{
  const struct term *b, *e, *n, *d;
  assay_alg_base(s, t, &b, &e);
  assay_alg_numer_denom(s, b, &n, &d);
  const bool minus = negative(e) || (e->kind == TERM_MUL && assay_alg_minus(s, e));
  if (!is_integer(e) && !(is_number(d) && assay_alg_sign(d) > 0)) {
    n = b;
    d = s->one;
  }
  if (minus) {
    const struct term *swap = n;
    n = d;
    d = swap;
    e = assay_alg_neg(s, e);
  }
  *numer = assay_alg_pow(s, n, e);
  *denom = assay_alg_pow(s, d, e);
}

/* one fraction over the product of the distinct denominators */
static void of_sum(struct assay_alg *s, const struct term *t, const struct term **numer,
                   const struct term **denom)
{
  const struct term *p, *c = assay_alg_primitive(s, t, &p);
  struct list below = {0}, sum = {0}, *above = assay_alg_take(s, sizeof(*above) * (size_t)p->n);
  for (int i = 0; i < p->n; i++) {
    const struct term *n, *d;
    int k = 0;
    assay_alg_numer_denom(s, p->arg[i], &n, &d);
    while (k < below.n && below.item[k] != d) k++;
    if (k == below.n) assay_list_push(s, &below, d);
    assay_list_push(s, &above[k], n);
  }
  for (int i = 0; i < below.n; i++) {
    struct list f = {0};
    for (int k = 0; k < below.n; k++)
      assay_list_push(s, &f, k == i ? assay_alg_add(s, above[i].item, above[i].n) : below.item[k]);
    assay_list_push(s, &sum, assay_alg_mul(s, f.item, f.n));
  }
  *numer = assay_alg_keep(s, assay_alg_int(s, c->p), assay_alg_add(s, sum.item, sum.n), false);
  *denom = assay_alg_keep(s, assay_alg_int(s, c->q), assay_alg_mul(s, below.item, below.n), false);
}

void assay_alg_numer_denom(struct assay_alg *s, const struct term *t, const struct term **numer,
                           const struct term **denom)
{
  struct list n = {0}, d = {0};
  *numer = t;
  *denom = s->one;
  assay_alg_tick(s, 1);
  if (is_rational(t)) {
    *numer = assay_alg_int(s, t->p);
    *denom = assay_alg_int(s, t->q);
  } else if (t->kind == TERM_ADD) {
    of_sum(s, t, numer, denom);
  } else if (t->kind == TERM_POW || is_fun(t, ASSAY_EXPR_EXP)) {
    of_power(s, t, numer, denom);
  } else if (t->kind == TERM_MUL) {
    for (int i = 0; i < t->n; i++) {
      const struct term *x, *y;
      assay_alg_numer_denom(s, t->arg[i], &x, &y);
      assay_list_push(s, &n, x);
      assay_list_push(s, &d, y);
    }
    *numer = assay_alg_mul(s, n.item, n.n);
    *denom = assay_alg_mul(s, d.item, d.n);
  }
}

const struct term *assay_alg_normal(struct assay_alg *s, const struct term *t)
{
  const struct term *n, *d;
  assay_alg_numer_denom(s, t, &n, &d);
  if (d == s->one) return n;
  const struct term *inverse = assay_alg_pow(s, d, s->minus_one);
  if (is_number(d)) return assay_alg_keep(s, inverse, n, true);
  return assay_alg_mul2(s, n, inverse);
}

/* ---- terms as polynomials ----------------------------------------------------------------- */

struct generator {
  const struct term *t;
  const char *name;
};

struct gens {
  struct generator *g;
  int n, room;
};

/* a polynomial with numbers as coefficients, terms in any order */
struct sum {
  int n;
  int *exp;              /* [n, gens] */
  const struct term **c; /* [n] */
};

/* generator and positive exponent of a factor */
static const struct term *generator_of(struct assay_alg *s, const struct term *f, int64_t *e)
{
  const struct term *b, *x, *rest, *g = f;
  assay_alg_base(s, f, &b, &x);
  *e = 1;
  if (is_rational(x)) {
    g = x->q == 1 ? b : assay_alg_pow(s, b, assay_alg_rat(s, 1, x->q));
    *e = x->p;
  } else if (!is_number(x)) {
    const struct term *c = assay_alg_coeff(s, x, true, &rest);
    if (c != s->one) {
      g = assay_alg_pow(s, b, assay_alg_keep(s, assay_alg_rat(s, 1, c->q), rest, false));
      *e = c->p;
    }
  }
  if (*e < 0) {
    *e = -*e;
    g = assay_alg_pow(s, g, s->minus_one);
  }
  if (*e > 1000) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
  return g;
}

static int find_generator(const struct gens *gens, const struct term *t)
{
  for (int i = 0; i < gens->n; i++)
    if (gens->g[i].t == t) return i;
  return -1;
}

static void collect(struct assay_alg *s, struct gens *gens, const struct term *t)
{
  int n = 0, m = 0;
  const struct term *const *term = assay_alg_terms(&t, &n);
  for (int i = 0; i < n; i++) {
    const struct term *const *f = assay_alg_factors(&term[i], &m);
    for (int k = 0; k < m; k++) {
      int64_t e = 0;
      if (is_number(f[k])) continue;
      const struct term *g = generator_of(s, f[k], &e);
      if (find_generator(gens, g) >= 0) continue;
      if (gens->n == gens->room) {
        const int room = gens->room ? 2 * gens->room : 8;
        struct generator *grown = assay_alg_take(s, sizeof(*grown) * (size_t)room);
        if (gens->n) memcpy(grown, gens->g, sizeof(*grown) * (size_t)gens->n);
        gens->g = grown;
        gens->room = room;
      }
      gens->g[gens->n++].t = g;
    }
  }
}

/* variables by number, then the others by their text */
static int by_name(const void *a, const void *b)
{
  const struct generator *x = a, *y = b;
  const int vx = x->t->kind == TERM_VAR, vy = y->t->kind == TERM_VAR;
  if (vx != vy) return vy - vx;
  if (vx) return x->t->var - y->t->var;
  const int c = strcmp(x->name, y->name);
  return c ? c : (x->t->id > y->t->id) - (x->t->id < y->t->id);
}

static void sort_generators(struct assay_alg *s, struct gens *gens)
{
  for (int i = 0; i < gens->n; i++) {
    char *text = NULL;
    gens->g[i].name = "";
    if (gens->g[i].t->kind == TERM_VAR) continue;
    if (assay_alg_print(&text, gens->g[i].t) < 0) assay_alg_leave(s, ASSAY_ENOMEM);
    const size_t size = strlen(text) + 1;
    if (s->used + size <= s->limit) gens->g[i].name = memcpy(assay_alg_take(s, size), text, size);
    assay_free(text);
  }
  if (gens->n > 1) qsort(gens->g, (size_t)gens->n, sizeof *gens->g, by_name);
}

static struct sum sum_of(struct assay_alg *s, const struct gens *gens, const struct term *t)
{
  int n = 0, m = 0;
  const struct term *const *term = assay_alg_terms(&t, &n);
  struct sum out = {.n = n,
                    .exp = assay_alg_take(s, sizeof(int) * (size_t)(n * gens->n + 1)),
                    .c = assay_alg_take(s, sizeof(*out.c) * (size_t)n)};
  for (int i = 0; i < n; i++) {
    const struct term *const *f = assay_alg_factors(&term[i], &m);
    out.c[i] = s->one;
    for (int k = 0; k < m; k++) {
      int64_t e = 0;
      if (is_number(f[k]))
        out.c[i] = assay_alg_number_mul(s, out.c[i], f[k]);
      else {
        const struct term *g = generator_of(s, f[k], &e);
        out.exp[i * gens->n + find_generator(gens, g)] += (int)e;
      }
    }
  }
  return out;
}

static bool has_float(const struct sum *p)
{
  for (int i = 0; i < p->n; i++)
    if (p->c[i]->kind == TERM_FLOAT) return true;
  return false;
}

static bool has_nan(const struct sum *p)
{
  for (int i = 0; i < p->n; i++)
    if (p->c[i]->kind == TERM_NAN) return true;
  return false;
}

/* number/denom * z with z primitive */
struct scaled {
  struct poly z;
  struct big number, denom;
};

static void fraction_of(struct assay_alg *s, struct big *p, struct big *q, const struct term *c)
{
  if (is_rational(c)) {
    *p = assay_big_int(s, c->p);
    *q = assay_big_int(s, c->q);
  } else {
    assay_big_fraction(s, p, q, c->f);
  }
}

static struct scaled exact(struct assay_alg *s, const struct sum *p, int n_gens)
{
  struct scaled out = {.denom = assay_big_int(s, 1)};
  struct big *n = assay_alg_take(s, sizeof(*n) * (size_t)(p->n + 1)),
             *d = assay_alg_take(s, sizeof(*d) * (size_t)(p->n + 1));
  int *exp = assay_alg_take(s, sizeof(int) * (size_t)(p->n * n_gens + 1));
  memcpy(exp, p->exp, sizeof(int) * (size_t)(p->n * n_gens));
  for (int i = 0; i < p->n; i++) {
    fraction_of(s, &n[i], &d[i], p->c[i]);
    const struct big g = assay_big_gcd(s, out.denom, d[i]);
    out.denom = assay_big_mul(s, out.denom, assay_big_quo(s, d[i], g));
  }
  for (int i = 0; i < p->n; i++) n[i] = assay_big_mul(s, n[i], assay_big_quo(s, out.denom, d[i]));
  out.z = assay_poly_primitive(s, assay_poly_make(s, n_gens, p->n, exp, n), &out.number);
  const struct big g = assay_big_gcd(s, out.number, out.denom);
  if (g.sign) {
    out.number = assay_big_quo(s, out.number, g);
    out.denom = assay_big_quo(s, out.denom, g);
  }
  return out;
}

/* p/q as a number term; as_float: also where it is whole */
static const struct term *number_of(struct assay_alg *s, struct big p, struct big q, bool as_float)
{
  int64_t a, b;
  const struct big g = assay_big_gcd(s, p, q);
  p = assay_big_quo(s, p, g);
  q = assay_big_quo(s, q, g);
  if (!as_float && assay_big_fits(&a, p) && assay_big_fits(&b, q)) return assay_alg_rat(s, a, b);
  return assay_alg_float(s, assay_big_ratio(p, q));
}

/* scale_p/scale_q * z as a term */
static const struct term *term_of(struct assay_alg *s, const struct gens *gens, struct poly z,
                                  struct big p, struct big q, bool as_float)
{
  struct list sum = {0};
  for (int i = 0; i < z.n; i++) {
    struct list f = {0};
    assay_list_push(s, &f, number_of(s, assay_big_mul(s, z.c[i], p), q, as_float));
    for (int k = 0; k < gens->n; k++)
      if (z.exp[i * gens->n + k])
        assay_list_push(s, &f, assay_alg_powi(s, gens->g[k].t, z.exp[i * gens->n + k]));
    assay_list_push(s, &sum, assay_alg_mul(s, f.item, f.n));
  }
  return assay_alg_add(s, sum.item, sum.n);
}

/* ---- cancelling --------------------------------------------------------------------------- */

/* the terms as they are, with all coefficients floats if as_float; sign -1 turns all signs */
static const struct term *as_it_is(struct assay_alg *s, const struct gens *gens,
                                   const struct sum *p, bool as_float, int sign)
{
  struct list sum = {0};
  for (int i = 0; i < p->n; i++) {
    struct list f = {0};
    const struct term *c = sign < 0 ? assay_alg_neg(s, p->c[i]) : p->c[i];
    assay_list_push(s, &f, as_float ? assay_alg_float(s, assay_alg_value(c)) : c);
    for (int k = 0; k < gens->n; k++)
      if (p->exp[i * gens->n + k])
        assay_list_push(s, &f, assay_alg_powi(s, gens->g[k].t, p->exp[i * gens->n + k]));
    assay_list_push(s, &sum, assay_alg_mul(s, f.item, f.n));
  }
  return assay_alg_add(s, sum.item, sum.n);
}

static int leading_sign(const struct sum *p, int n_gens)
{
  int best = 0;
  for (int i = 1; i < p->n; i++)
    for (int k = 0; k < n_gens; k++) {
      const int d = p->exp[i * n_gens + k] - p->exp[best * n_gens + k];
      if (d > 0) best = i;
      if (d) break;
    }
  return p->n ? assay_alg_sign(p->c[best]) : 1;
}

/* both divided by their greatest common divisor h, made monic over floats */
static void divide_both(struct assay_alg *s, const struct gens *gens, const struct term **p,
                        const struct term **q, struct scaled a, struct scaled b, struct poly h,
                        bool floats)
{
  struct poly x, y;
  const struct big one = assay_big_int(s, 1), lead = floats ? h.c[0] : one;
  assay_poly_divide(s, &x, a.z, h);
  assay_poly_divide(s, &y, b.z, h);
  struct big sign = assay_big_int(s, b.number.sign);
  if (floats) {
    const struct big up = assay_big_mul(s, sign, lead);
    *p = term_of(s, gens, x, assay_big_mul(s, a.number, up), a.denom, true);
    *q = term_of(s, gens, y, assay_big_mul(s, b.number, up), b.denom, true);
    return;
  }
  /* a.number/a.denom : b.number/b.denom in lowest terms */
  struct big n = assay_big_mul(s, a.number, b.denom), d = assay_big_mul(s, a.denom, b.number);
  const struct big g = assay_big_gcd(s, n, d);
  n = assay_big_mul(s, assay_big_quo(s, n, g), sign);
  d = assay_big_mul(s, assay_big_quo(s, d, g), sign);
  *p = term_of(s, gens, x, n, one, false);
  *q = term_of(s, gens, y, d, one, false);
}

const struct term *assay_alg_cancel(struct assay_alg *s, const struct term *t)
{
  const struct term *p, *q;
  struct gens gens = {0};
  if (t->n == 0) return t;
  assay_alg_numer_denom(s, assay_alg_factor_terms(s, t, true), &p, &q);
  p = assay_alg_expand(s, p);
  q = assay_alg_expand(s, q);
  if (q == s->zero || p->kind == TERM_NAN || q->kind == TERM_NAN) return s->nan;
  collect(s, &gens, p);
  collect(s, &gens, q);
  if (gens.n == 0) return assay_alg_expand(s, t);
  sort_generators(s, &gens);
  const struct sum a = sum_of(s, &gens, p), b = sum_of(s, &gens, q);
  if (has_nan(&a) || has_nan(&b)) return s->nan;
  const bool floats = has_float(&a) || has_float(&b);
  if (p == s->zero) return s->zero;
  const struct scaled za = exact(s, &a, gens.n), zb = exact(s, &b, gens.n);
  if (za.z.n == 0 || zb.z.n == 0) return t;
  const struct poly h = assay_poly_gcd(s, za.z, zb.z);
  if (floats && is_constant(h)) {
    const int sign = leading_sign(&b, gens.n);
    p = as_it_is(s, &gens, &a, true, sign);
    q = as_it_is(s, &gens, &b, true, sign);
  } else {
    divide_both(s, &gens, &p, &q, za, zb, h, floats);
  }
  return assay_alg_div(s, p, q);
}

/* ---- factoring ---------------------------------------------------------------------------- */

struct product {
  const struct term *number;
  struct list base, e;
};

static void multiply(struct assay_alg *s, struct product *out, const struct term *base,
                     const struct term *e)
{
  assay_list_push(s, &out->base, base);
  assay_list_push(s, &out->e, e);
}

/* largest coefficient in size */
static struct big largest(struct poly a)
{
  struct big m = a.c[0];
  for (int i = 1; i < a.n; i++)
    if (assay_big_compare(a.c[i], m) > 0) m = a.c[i];
  m.sign = 1;
  return m;
}

/* base^e with the base factored: over floats every factor has largest coefficient 1 */
static void factor_base(struct assay_alg *s, struct product *out, const struct term *base,
                        const struct term *e)
{
  struct gens gens = {0};
  struct list part = {0}, power = {0};
  const struct big one = assay_big_int(s, 1);
  int n = 0;
  base = assay_alg_expand(s, base);
  collect(s, &gens, base);
  if (gens.n == 0 || base->kind == TERM_NAN) {
    multiply(s, out, base, e);
    return;
  }
  sort_generators(s, &gens);
  const struct sum sum = sum_of(s, &gens, base);
  const bool floats = has_float(&sum);
  const struct scaled z = exact(s, &sum, gens.n);
  const struct poly_factor *f = assay_poly_factor(s, z.z, &n);
  struct big number = z.number;
  for (int i = 0; i < n; i++) {
    const struct big m = floats ? largest(f[i].p) : one;
    for (int k = 0; k < f[i].power; k++) number = assay_big_mul(s, number, m);
    assay_list_push(s, &part, term_of(s, &gens, f[i].p, one, m, floats));
    assay_list_push(s, &power, assay_alg_int(s, f[i].power));
  }
  const struct term *c = number_of(s, number, z.denom, floats);
  if (c != s->one) {
    if (is_integer(e)) {
      out->number = assay_alg_number_mul(s, out->number, assay_alg_number_pow(s, c, e));
    } else if (assay_alg_sign(c) > 0) {
      multiply(s, out, c, e);
    } else {
      assay_list_push(s, &part, c);
      assay_list_push(s, &power, s->one);
    }
  }
  if (is_integer(e)) {
    for (int i = 0; i < part.n; i++)
      multiply(s, out, part.item[i], assay_alg_number_mul(s, power.item[i], e));
    return;
  }
  for (int i = 0; i < part.n; i++) part.item[i] = assay_alg_pow(s, part.item[i], power.item[i]);
  multiply(s, out, assay_alg_mul(s, part.item, part.n), e);
}

const struct term *assay_alg_factor(struct assay_alg *s, const struct term *t)
{
  struct product out = {.number = s->one};
  int n = 0;
  if (t->n == 0) return t;
  t = assay_alg_together(s, t, false);
  const struct term *const *f = assay_alg_factors(&t, &n);
  for (int i = 0; i < n; i++) {
    if (is_number(f[i]))
      out.number = assay_alg_number_mul(s, out.number, f[i]);
    else if (f[i]->kind == TERM_POW && is_number(f[i]->arg[0]))
      multiply(s, &out, f[i], s->one);
    else if (f[i]->kind == TERM_POW)
      factor_base(s, &out, f[i]->arg[0], f[i]->arg[1]);
    else
      factor_base(s, &out, f[i], s->one);
  }
  for (int i = 0; i < out.base.n; i++)
    out.base.item[i] = assay_alg_pow(s, out.base.item[i], out.e.item[i]);
  if (out.number->kind == TERM_NAN) return s->nan;
  return assay_alg_keep(s, out.number, assay_alg_mul(s, out.base.item, out.base.n), false);
}

/* ---- everywhere --------------------------------------------------------------------------- */

const struct term *assay_alg_bottom_up(struct assay_alg *s, const struct term *t,
                                       const struct term *(*f)(struct assay_alg *,
                                                               const struct term *))
{
  if (t->n == 0) return t;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  bool same = true;
  for (int i = 0; i < t->n; i++) {
    arg[i] = assay_alg_bottom_up(s, t->arg[i], f);
    if (arg[i] != t->arg[i]) same = false;
  }
  return f(s, same ? t : assay_alg_like(s, t, arg));
}

const struct term *assay_alg_shortest(struct assay_alg *s, const struct term *const *t, int n)
{
  const struct term *best = t[0];
  for (int i = 1; i < n; i++)
    if (assay_alg_ops(s, t[i]) < assay_alg_ops(s, best)) best = t[i];
  return best;
}
