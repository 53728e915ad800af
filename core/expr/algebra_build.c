/* Building sums, products, powers and functions: what combines by itself.
 *
 *   sum       numbers are added, terms with equal rest are merged: 2 x + x = 3 x
 *   product   numbers are multiplied, powers of one base merged where the exponents are numbers
 *             times one rest: x^2 x = x^3; a number times a sum is distributed
 *   power     (a b)^n for whole n is split, (x^a)^b is x^(a b) where that holds for every complex x
 *   function  values at numbers, odd and even functions lose a minus sign */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr/algebra_rewrite.h"

void assay_list_push(struct assay_alg *s, struct list *l, const struct term *t)
{
  if (l->n == l->room) {
    const int room = l->room ? 2 * l->room : 8;
    const struct term **item = assay_alg_take(s, sizeof(*item) * (size_t)room);
    if (l->n) memcpy(item, l->item, sizeof(*item) * (size_t)l->n);
    l->item = item;
    l->room = room;
  }
  l->item[l->n++] = t;
}

/* Stable sort of n records of `width` terms by the age of their first `keys` terms, so that floats
 * are added in the order in which they were written. */
static bool later(const struct term *const *a, const struct term *const *b, int keys)
{
  for (int k = 0; k < keys; k++)
    if (a[k] != b[k]) return a[k]->id > b[k]->id;
  return false;
}

static void sort_records(struct assay_alg *s, const struct term **rec, int n, int width, int keys)
{
  const struct term **from = rec, **to = assay_alg_take(s, sizeof(*to) * (size_t)(n * width));
  const size_t bytes = sizeof(*rec) * (size_t)width;
  for (int run = 1; run < n; run *= 2) {
    for (int low = 0; low < n; low += 2 * run) {
      const int mid = low + run < n ? low + run : n, high = mid + run < n ? mid + run : n;
      for (int i = low, j = mid, k = low; k < high; k++) {
        const bool second = i >= mid || (j < high && later(from + (ptrdiff_t)i * width,
                                                           from + (ptrdiff_t)j * width, keys));
        memcpy(to + (ptrdiff_t)k * width, from + (ptrdiff_t)(second ? j++ : i++) * width, bytes);
      }
    }
    const struct term **swap = from;
    from = to;
    to = swap;
  }
  if (from != rec && n) memcpy(rec, from, bytes * (size_t)n);
}

/* ---- sums --------------------------------------------------------------------------------- */

/* number and rest of every term, in pairs (rest, number) */
static const struct term *flatten_sum(struct assay_alg *s, struct list *pairs,
                                      const struct term *constant, const struct term *const *arg,
                                      int n)
{
  for (int i = 0; i < n; i++) {
    const struct term *t = arg[i], *rest;
    if (t->kind == TERM_ADD) {
      constant = flatten_sum(s, pairs, constant, t->arg, t->n);
    } else if (is_number(t)) {
      constant = assay_alg_number_add(s, constant, t);
    } else {
      const struct term *c = assay_alg_coeff(s, t, false, &rest);
      assay_list_push(s, pairs, rest);
      assay_list_push(s, pairs, c);
    }
  }
  return constant;
}

/* c * rest as a term of a sum: nothing is distributed */
static const struct term *scaled(struct assay_alg *s, const struct term *c, const struct term *rest)
{
  if (c == s->one) return rest;
  if (rest->kind == TERM_MUL) {
    const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)(rest->n + 1));
    arg[0] = c;
    memcpy(arg + 1, rest->arg, sizeof(*arg) * (size_t)rest->n);
    return assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, arg, rest->n + 1);
  }
  return assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, (const struct term *[]){c, rest}, 2);
}

/* Merge equal rests, keeping the order in which numbers were met. */
static int merge_terms(struct assay_alg *s, const struct term **out, struct list *pairs)
{
  int n = 0;
  const int m = pairs->n / 2;
  sort_records(s, pairs->item, m, 2, 1);
  for (int i = 0; i < m;) {
    const struct term *rest = pairs->item[2 * i], *c = pairs->item[2 * i + 1];
    for (i++; i < m && pairs->item[2 * i] == rest; i++)
      c = assay_alg_number_add(s, c, pairs->item[2 * i + 1]);
    if (c != s->zero) out[n++] = scaled(s, c, rest);
  }
  return n;
}

const struct term *assay_alg_add(struct assay_alg *s, const struct term *const *arg, int n)
{
  struct list pairs = {0};
  const struct term *constant = flatten_sum(s, &pairs, s->zero, arg, n);
  assay_alg_tick(s, pairs.n);
  if (constant->kind == TERM_NAN) return s->nan;
  const struct term **out = assay_alg_take(s, sizeof(*out) * (size_t)(pairs.n / 2 + 1));
  int m = merge_terms(s, out + 1, &pairs);
  assay_alg_sort(out + 1, m);
  if (constant == s->zero) {
    out++;
  } else {
    out[0] = constant;
    m++;
  }
  if (m == 0) return s->zero;
  return m == 1 ? out[0] : assay_alg_raw(s, TERM_ADD, ASSAY_EXPR_ADD, out, m);
}

/* ---- products ----------------------------------------------------------------------------- */

/* base, rest of the exponent, number of the exponent: triples */
static const struct term *flatten_product(struct assay_alg *s, struct list *powers,
                                          const struct term *number, const struct term *const *arg,
                                          int n)
{
  for (int i = 0; i < n; i++) {
    const struct term *t = arg[i], *b, *e, *rest;
    if (t->kind == TERM_MUL) {
      number = flatten_product(s, powers, number, t->arg, t->n);
    } else if (is_number(t)) {
      number = assay_alg_number_mul(s, number, t);
    } else {
      assay_alg_base(s, t, &b, &e);
      const struct term *c = assay_alg_coeff(s, e, false, &rest);
      assay_list_push(s, powers, b);
      assay_list_push(s, powers, rest);
      assay_list_push(s, powers, c);
    }
  }
  return number;
}

/* Merge powers of one base; false: a power fell apart, flatten once more. */
static bool merge_powers(struct assay_alg *s, struct list *out, struct list *powers)
{
  bool whole = true;
  const int m = powers->n / 3;
  sort_records(s, powers->item, m, 3, 2);
  for (int i = 0; i < m;) {
    const struct term **p = &powers->item[(ptrdiff_t)3 * i], *c = p[2];
    int merged = 1;
    for (i++; i < m && powers->item[3 * i] == p[0] && powers->item[3 * i + 1] == p[1];
         i++, merged++)
      c = assay_alg_number_add(s, c, powers->item[3 * i + 2]);
    if (c == s->zero) continue;
    const struct term *t = assay_alg_pow(s, p[0], assay_alg_mul2(s, c, p[1]));
    if (t->kind == TERM_MUL || is_number(t)) whole = false;
    const struct term *b, *e;
    assay_alg_base(s, t, &b, &e);
    if (merged > 1 && b != p[0]) whole = false;
    assay_list_push(s, out, t);
  }
  return whole;
}

/* number * sum with every term scaled */
static const struct term *distribute(struct assay_alg *s, const struct term *c,
                                     const struct term *sum)
{
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)sum->n);
  for (int i = 0; i < sum->n; i++) arg[i] = assay_alg_keep(s, c, sum->arg[i], false);
  return assay_alg_add(s, arg, sum->n);
}

static const struct term *product(struct assay_alg *s, const struct term *number, struct list *l)
{
  if (number == s->zero || number->kind == TERM_NAN) return number;
  if (l->n == 0) return number;
  if (number == s->one && l->n == 1) return l->item[0];
  assay_alg_sort(l->item, l->n);
  if (l->n == 1 && l->item[0]->kind == TERM_ADD) return distribute(s, number, l->item[0]);
  struct list out = {0};
  if (number != s->one) assay_list_push(s, &out, number);
  for (int i = 0; i < l->n; i++) assay_list_push(s, &out, l->item[i]);
  return assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, out.item, out.n);
}

const struct term *assay_alg_mul(struct assay_alg *s, const struct term *const *arg, int n)
{
  const struct term *number = s->one;
  /* a fraction times (number * sum) is not distributed again */
  if (n == 2 && (is_rational(arg[0]) || is_rational(arg[1]))) {
    const struct term *a = is_rational(arg[1]) ? arg[1] : arg[0],
                      *b = is_rational(arg[1]) ? arg[0] : arg[1], *rest;
    if (a == s->one) return b;
    const struct term *r = assay_alg_coeff(s, b, false, &rest);
    if (r != s->one && rest->kind == TERM_ADD && a != s->zero) {
      const struct term *c = assay_alg_number_mul(s, a, r);
      return c == s->one
                 ? rest
                 : assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, (const struct term *[]){c, rest}, 2);
    }
  }
  for (int turn = 0;; turn++) {
    struct list powers = {0}, out = {0};
    number = flatten_product(s, &powers, number, arg, n);
    assay_alg_tick(s, powers.n);
    if (number->kind == TERM_NAN) return s->nan;
    const bool whole = merge_powers(s, &out, &powers);
    if (whole || turn > 8) return product(s, number, &out);
    arg = out.item;
    n = out.n;
  }
}

const struct term *assay_alg_keep(struct assay_alg *s, const struct term *c, const struct term *t,
                                  bool sign)
{
  if (!is_number(c)) {
    if (!is_number(t)) return assay_alg_mul2(s, c, t);
    const struct term *swap = c;
    c = t;
    t = swap;
  }
  if (t == s->one || c == s->one) return t == s->one ? c : t;
  if (c == s->minus_one && !sign) return assay_alg_neg(s, t);
  if (t->kind == TERM_ADD)
    return assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, (const struct term *[]){c, t}, 2);
  if (t->kind == TERM_MUL) {
    const struct term *rest, *d = assay_alg_coeff(s, t, false, &rest);
    d = assay_alg_number_mul(s, d, c);
    return d == s->one ? rest : scaled(s, d, rest);
  }
  return assay_alg_mul2(s, c, t);
}

/* ---- powers ------------------------------------------------------------------------------- */

static bool below_one(const struct term *e)
{
  return fabsl(assay_alg_value(e)) < 1.0L || (is_rational(e) && e->p == 1 && e->q == 1);
}

/* (b^e)^other = b^(e other)? NULL: not in general */
static const struct term *power_of_power(struct assay_alg *s, const struct term *t,
                                         const struct term *other)
{
  const struct term *b, *e;
  assay_alg_base(s, t, &b, &e);
  bool joins = is_integer(other);
  if (!joins && is_number(e))
    joins = below_one(e) || (is_number(b) && assay_alg_sign(b) >= 0) || is_fun(b, ASSAY_EXPR_ABS);
  return joins ? assay_alg_pow(s, b, assay_alg_mul2(s, e, other)) : NULL;
}

/* (c f)^e, e no whole number: positive numbers and |f| leave, a negative number leaves its sign */
static const struct term *power_of_product(struct assay_alg *s, const struct term *t,
                                           const struct term *e)
{
  struct list out = {0}, in = {0};
  for (int i = 0; i < t->n; i++) {
    const struct term *f = t->arg[i];
    const int sign = is_number(f) ? assay_alg_sign(f) : is_fun(f, ASSAY_EXPR_ABS);
    if (sign > 0) {
      assay_list_push(s, &out, assay_alg_pow(s, f, e));
    } else if (sign < 0 && f != s->minus_one) {
      assay_list_push(s, &out, assay_alg_pow(s, assay_alg_neg(s, f), e));
      assay_list_push(s, &in, s->minus_one);
    } else {
      assay_list_push(s, &in, f);
    }
  }
  if (out.n == 0) return NULL;
  if (in.n) {
    const struct term *base = assay_alg_mul(s, in.item, in.n);
    assay_list_push(
        s, &out, assay_alg_raw(s, TERM_POW, ASSAY_EXPR_POW, (const struct term *[]){base, e}, 2));
  }
  return assay_alg_mul(s, out.item, out.n);
}

/* (sum)^e with a float among the coefficients: the largest leaves, (2.0 + 4 x)^e = 4^e (0.5 + x)^e
 */
static const struct term *power_of_sum(struct assay_alg *s, const struct term *t,
                                       const struct term *e)
{
  const struct term *rest, *largest = NULL;
  bool floats = false;
  long double big = 0.0L;
  if (e == s->minus_one) return NULL;
  for (int i = 0; i < t->n; i++) {
    const struct term *c = assay_alg_coeff(s, t->arg[i], false, &rest);
    const long double size = fabsl(assay_alg_value(c));
    if (c->kind == TERM_FLOAT) floats = true;
    if (size >= big) {
      big = size;
      largest = c;
    }
  }
  if (!floats || !(big < 1.0L || big > 1.0L)) return NULL;
  if (assay_alg_sign(largest) < 0) largest = assay_alg_neg(s, largest);
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  const struct term *inverse = assay_alg_number_pow(s, largest, s->minus_one);
  for (int i = 0; i < t->n; i++) {
    const struct term *c = assay_alg_coeff(s, t->arg[i], false, &rest);
    const long double x = assay_alg_value(c);
    if (!(fabsl(x) < big))
      c = x < 0 ? s->minus_one : s->one;
    else if (is_rational(c) && is_rational(largest))
      c = assay_alg_number_mul(s, c, inverse);
    else
      c = assay_alg_float(s, x / big);
    arg[i] = assay_alg_mul2(s, c, rest);
  }
  return assay_alg_mul2(s, assay_alg_pow(s, largest, e),
                        assay_alg_pow(s, assay_alg_add(s, arg, t->n), e));
}

static const struct term *whole_power_of_product(struct assay_alg *s, const struct term *t,
                                                 const struct term *e)
{
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  for (int i = 0; i < t->n; i++) arg[i] = assay_alg_pow(s, t->arg[i], e);
  return assay_alg_mul(s, arg, t->n);
}

const struct term *assay_alg_pow(struct assay_alg *s, const struct term *b, const struct term *e)
{
  const struct term *out = NULL;
  if (e == s->zero || b == s->one) return s->one;
  if (e == s->one) return b;
  if (b->kind == TERM_NAN || e->kind == TERM_NAN) return s->nan;
  if (b == s->e) return assay_alg_fun1(s, ASSAY_EXPR_EXP, e);
  if (is_number(b) && is_number(e)) {
    out = assay_alg_number_pow(s, b, e);
  } else if (is_number(e)) {
    if (b->kind == TERM_MUL && is_integer(e)) return whole_power_of_product(s, b, e);
    if (b->kind == TERM_MUL) out = power_of_product(s, b, e);
    if (b->kind == TERM_POW) out = power_of_power(s, b, e);
    if (b->kind == TERM_ADD) out = power_of_sum(s, b, e);
    if (is_fun(b, ASSAY_EXPR_EXP) && is_integer(e))
      return assay_alg_fun1(s, ASSAY_EXPR_EXP, assay_alg_mul2(s, b->arg[0], e));
  }
  return out ? out : assay_alg_raw(s, TERM_POW, ASSAY_EXPR_POW, (const struct term *[]){b, e}, 2);
}

/* ---- functions ---------------------------------------------------------------------------- */

enum parity { NEITHER, ODD, EVEN };
static const unsigned char parity_of[ASSAY_EXPR_N_OPS] = {
    [ASSAY_EXPR_SIN] = ODD,  [ASSAY_EXPR_TAN] = ODD,  [ASSAY_EXPR_COT] = ODD,
    [ASSAY_EXPR_ASIN] = ODD, [ASSAY_EXPR_ATAN] = ODD, [ASSAY_EXPR_SINH] = ODD,
    [ASSAY_EXPR_TANH] = ODD, [ASSAY_EXPR_COS] = EVEN, [ASSAY_EXPR_COSH] = EVEN,
};

enum inverted { PLAIN, ROOT, RATIO };
struct inverse {
  enum assay_expr_op outer, inner;
  enum inverted is; /* x, (1 + sign x^2)^(1/2), x (1 + sign x^2)^(-1/2) */
  int sign, power;  /* the power is that of the whole */
};
static const struct inverse inverses[] = {
    {ASSAY_EXPR_SIN, ASSAY_EXPR_ASIN, PLAIN, 0, 1},
    {ASSAY_EXPR_COS, ASSAY_EXPR_ACOS, PLAIN, 0, 1},
    {ASSAY_EXPR_TAN, ASSAY_EXPR_ATAN, PLAIN, 0, 1},
    {ASSAY_EXPR_EXP, ASSAY_EXPR_LOG, PLAIN, 0, 1},
    {ASSAY_EXPR_COS, ASSAY_EXPR_ASIN, ROOT, -1, 1},
    {ASSAY_EXPR_SIN, ASSAY_EXPR_ACOS, ROOT, -1, 1},
    {ASSAY_EXPR_COS, ASSAY_EXPR_ATAN, ROOT, 1, -1},
    {ASSAY_EXPR_TAN, ASSAY_EXPR_ASIN, RATIO, -1, 1},
    {ASSAY_EXPR_TAN, ASSAY_EXPR_ACOS, RATIO, -1, -1},
    {ASSAY_EXPR_SIN, ASSAY_EXPR_ATAN, RATIO, 1, 1},
};

static const struct term *invert(struct assay_alg *s, const struct inverse *how,
                                 const struct term *x)
{
  if (how->is == PLAIN) return x;
  const struct term *square = assay_alg_powi(s, x, 2);
  const struct term *root = assay_alg_pow(
      s, how->sign < 0 ? assay_alg_sub(s, s->one, square) : assay_alg_add2(s, s->one, square),
      s->half);
  const struct term *whole = how->is == ROOT ? root : assay_alg_div(s, x, root);
  return assay_alg_powi(s, whole, how->power);
}

/* exp: numbers leave the exponent, e^(a log x) = x^a; NULL: nothing to do */
static const struct term *make_exp(struct assay_alg *s, const struct term *x)
{
  int n = 0, logs = 0;
  if (x->kind == TERM_ADD) {
    struct list out = {0}, in = {0};
    for (int i = 0; i < x->n; i++) {
      const struct term *t = assay_alg_fun1(s, ASSAY_EXPR_EXP, x->arg[i]);
      if (is_fun(t, ASSAY_EXPR_EXP))
        assay_list_push(s, &in, x->arg[i]);
      else
        assay_list_push(s, &out, t);
    }
    if (out.n == 0) return NULL;
    assay_list_push(s, &out, assay_alg_fun1(s, ASSAY_EXPR_EXP, assay_alg_add(s, in.item, in.n)));
    return assay_alg_mul(s, out.item, out.n);
  }
  const struct term *const *f = assay_alg_factors(&x, &n), *base = NULL;
  struct list rest = {0};
  for (int i = 0; i < n; i++) {
    if (is_fun(f[i], ASSAY_EXPR_LOG)) {
      base = f[i]->arg[0];
      logs++;
    } else if (is_number(f[i])) {
      assay_list_push(s, &rest, f[i]);
    } else {
      return NULL;
    }
  }
  return logs == 1 ? assay_alg_pow(s, base, assay_alg_mul(s, rest.item, rest.n)) : NULL;
}

/* f^-e with e > 0, no whole number in a product: its size leaves as 1/|f^e| */
static bool below_with_root(const struct term *f, bool whole)
{
  return f->kind == TERM_POW && is_number(f->arg[1]) && assay_alg_sign(f->arg[1]) < 0 &&
         (whole || !is_integer(f->arg[1]));
}

static const struct term *inverse_abs(struct assay_alg *s, const struct term *f)
{
  const struct term *above = assay_alg_pow(s, f->arg[0], assay_alg_neg(s, f->arg[1]));
  return assay_alg_pow(s, assay_alg_fun1(s, ASSAY_EXPR_ABS, above), s->minus_one);
}

static const struct term *abs_of_product(struct assay_alg *s, const struct term *x)
{
  struct list known = {0}, rest = {0};
  for (int i = 0; i < x->n; i++) {
    if (below_with_root(x->arg[i], false))
      assay_list_push(s, &known, inverse_abs(s, x->arg[i]));
    else
      assay_list_push(s, &rest, x->arg[i]);
  }
  if (known.n == 0) return NULL;
  assay_list_push(s, &known,
                  assay_alg_fun1(s, ASSAY_EXPR_ABS, assay_alg_mul(s, rest.item, rest.n)));
  return assay_alg_mul(s, known.item, known.n);
}

/* |c f| = |c| |f| */
static const struct term *make_abs(struct assay_alg *s, const struct term *x)
{
  const struct term *rest, *c = assay_alg_coeff(s, x, false, &rest);
  if (is_number(x)) return assay_alg_sign(x) < 0 ? assay_alg_neg(s, x) : x;
  if (is_fun(x, ASSAY_EXPR_ABS)) return x;
  if (c != s->one)
    return assay_alg_mul2(s, assay_alg_sign(c) < 0 ? assay_alg_neg(s, c) : c,
                          assay_alg_fun1(s, ASSAY_EXPR_ABS, rest));
  if (x->kind == TERM_ADD && assay_alg_minus(s, x))
    return assay_alg_fun1(s, ASSAY_EXPR_ABS, assay_alg_neg(s, x));
  if (below_with_root(x, true)) return inverse_abs(s, x);
  return x->kind == TERM_MUL ? abs_of_product(s, x) : NULL;
}

static const struct term *extreme(struct assay_alg *s, enum assay_expr_op fn,
                                  const struct term *const *arg, int n)
{
  struct list out = {0};
  const struct term *best = NULL;
  for (int i = 0; i < n; i++) {
    const bool same = arg[i]->kind == TERM_FUN && arg[i]->fn == fn;
    for (int j = 0; j < (same ? arg[i]->n : 1); j++) {
      const struct term *t = same ? arg[i]->arg[j] : arg[i];
      if (t->kind == TERM_NAN) return s->nan;
      if (!is_number(t))
        assay_list_push(s, &out, t);
      else if (!best || (assay_alg_value(t) > assay_alg_value(best)) == (fn == ASSAY_EXPR_MAX))
        best = t;
    }
  }
  if (best) assay_list_push(s, &out, best);
  assay_alg_sort(out.item, out.n);
  int m = 0;
  for (int i = 0; i < out.n; i++)
    if (i == 0 || out.item[i] != out.item[i - 1]) out.item[m++] = out.item[i];
  return m == 1 ? out.item[0] : assay_alg_raw(s, TERM_FUN, fn, out.item, m);
}

const struct term *assay_alg_fun(struct assay_alg *s, enum assay_expr_op fn,
                                 const struct term *const *arg, int n)
{
  const struct term *x = arg[0], *out = NULL;
  if (fn == ASSAY_EXPR_MIN || fn == ASSAY_EXPR_MAX) return extreme(s, fn, arg, n);
  if (fn == ASSAY_EXPR_SQRT) return assay_alg_pow(s, x, s->half);
  if (fn == ASSAY_EXPR_EXP && x == s->one) return s->e;
  if (fn == ASSAY_EXPR_LOG && x == s->e) return s->one;
  for (size_t i = 0; i < sizeof inverses / sizeof *inverses; i++)
    if (inverses[i].outer == fn && is_fun(x, inverses[i].inner))
      return invert(s, &inverses[i], x->arg[0]);
  if (fn == ASSAY_EXPR_ABS)
    out = make_abs(s, x);
  else if (is_number(x))
    out = assay_alg_number_fun(s, fn, x);
  else if (fn == ASSAY_EXPR_EXP)
    out = make_exp(s, x);
  if (out) return out;
  if (parity_of[fn] != NEITHER && (is_number(x) ? assay_alg_sign(x) < 0 : assay_alg_minus(s, x))) {
    out = assay_alg_fun1(s, fn, assay_alg_neg(s, x));
    return parity_of[fn] == ODD ? assay_alg_neg(s, out) : out;
  }
  return assay_alg_raw(s, TERM_FUN, fn, arg, n);
}

/* ---- short forms -------------------------------------------------------------------------- */

const struct term *assay_alg_fun1(struct assay_alg *s, enum assay_expr_op fn, const struct term *a)
{
  return assay_alg_fun(s, fn, &a, 1);
}

const struct term *assay_alg_add2(struct assay_alg *s, const struct term *a, const struct term *b)
{
  return assay_alg_add(s, (const struct term *[]){a, b}, 2);
}

const struct term *assay_alg_mul2(struct assay_alg *s, const struct term *a, const struct term *b)
{
  return assay_alg_mul(s, (const struct term *[]){a, b}, 2);
}

const struct term *assay_alg_powi(struct assay_alg *s, const struct term *b, int64_t e)
{
  return assay_alg_pow(s, b, assay_alg_int(s, e));
}

const struct term *assay_alg_div(struct assay_alg *s, const struct term *a, const struct term *b)
{
  return assay_alg_mul2(s, a, assay_alg_pow(s, b, s->minus_one));
}

const struct term *assay_alg_sub(struct assay_alg *s, const struct term *a, const struct term *b)
{
  return assay_alg_add2(s, a, assay_alg_neg(s, b));
}

/* A number in front changes its sign; a sum changes all signs. */
const struct term *assay_alg_neg(struct assay_alg *s, const struct term *a)
{
  const struct term *rest;
  if (is_number(a)) return assay_alg_number_mul(s, s->minus_one, a);
  if (a->kind != TERM_MUL) return assay_alg_mul2(s, s->minus_one, a);
  const struct term *c = assay_alg_coeff(s, a, false, &rest);
  c = assay_alg_number_mul(s, s->minus_one, c);
  return c == s->one ? rest : scaled(s, c, rest);
}
