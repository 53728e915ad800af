/* Terms as text, class names, from expressions, and which sign is the nicer one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/algebra_rewrite.h"

static const char *const class_names[ASSAY_EXPR_N_OPS] = {
    [ASSAY_EXPR_MIN] = "Min",   [ASSAY_EXPR_MAX] = "Max",   [ASSAY_EXPR_ABS] = "Abs",
    [ASSAY_EXPR_EXP] = "exp",   [ASSAY_EXPR_LOG] = "log",   [ASSAY_EXPR_SIN] = "sin",
    [ASSAY_EXPR_COS] = "cos",   [ASSAY_EXPR_TAN] = "tan",   [ASSAY_EXPR_COT] = "cot",
    [ASSAY_EXPR_ASIN] = "asin", [ASSAY_EXPR_ACOS] = "acos", [ASSAY_EXPR_ATAN] = "atan",
    [ASSAY_EXPR_SINH] = "sinh", [ASSAY_EXPR_COSH] = "cosh", [ASSAY_EXPR_TANH] = "tanh",
};

const char *assay_alg_class(const struct term *t, char *buffer)
{
  switch (t->kind) {
  case TERM_ADD:
    return "Add";
  case TERM_MUL:
    return "Mul";
  case TERM_POW:
    return "Pow";
  case TERM_FUN:
    return class_names[t->fn];
  case TERM_VAR:
    snprintf(buffer, 16, "x%d", t->var);
    return buffer;
  default:
    return "Const";
  }
}

/* ---- order of the terms of a sum as they are written -------------------------------------- */

/* kinds in the order in which their powers are compared */
static int rank(const struct term *t)
{
  static const int of_kind[] = {[TERM_VAR] = 1, [TERM_MUL] = 2, [TERM_ADD] = 3, [TERM_POW] = 4};
  static const int of_function[ASSAY_EXPR_N_OPS] = {
      [ASSAY_EXPR_EXP] = 10,  [ASSAY_EXPR_LOG] = 11,  [ASSAY_EXPR_SIN] = 20,
      [ASSAY_EXPR_COS] = 21,  [ASSAY_EXPR_TAN] = 22,  [ASSAY_EXPR_COT] = 23,
      [ASSAY_EXPR_SINH] = 30, [ASSAY_EXPR_COSH] = 31, [ASSAY_EXPR_TANH] = 32,
  };
  if (t->kind != TERM_FUN) return of_kind[t->kind];
  return of_function[t->fn] ? of_function[t->fn] : 10000;
}

static int compare_written(struct assay_alg *s, const struct term *a, const struct term *b);

struct factor {
  const struct term *base;
  int64_t e;
};

/* the factor of a term that comes after `after` and is first in order */
static struct factor next_factor(struct assay_alg *s, const struct term *t,
                                 const struct term *after)
{
  struct factor best = {0};
  int n = 0;
  const struct term *const *f = assay_alg_factors(&t, &n);
  for (int i = 0; i < n; i++) {
    const struct term *b = f[i], *e, *rest;
    int64_t power = 1;
    if (is_number(f[i])) continue;
    assay_alg_base(s, f[i], &b, &e);
    if (is_integer(e)) {
      power = e->p;
    } else if (is_number(e) || e == s->one) {
      b = f[i];
    } else {
      const struct term *c = assay_alg_coeff(s, e, true, &rest);
      power = c->p;
      b = c == s->one
              ? f[i]
              : assay_alg_pow(s, b, assay_alg_keep(s, assay_alg_rat(s, 1, c->q), rest, false));
    }
    if (after && compare_written(s, b, after) <= 0) continue;
    if (!best.base || compare_written(s, b, best.base) < 0) best = (struct factor){b, power};
  }
  return best;
}

/* does a stand before b? highest power of the first generator first, numbers last */
static bool stands_before(struct assay_alg *s, const struct term *a, const struct term *b)
{
  const struct term *after = NULL;
  for (;;) {
    struct factor x = next_factor(s, a, after), y = next_factor(s, b, after);
    if (!x.base && !y.base) return false;
    const int c = !x.base ? 1 : !y.base ? -1 : compare_written(s, x.base, y.base);
    if (c > 0) x = (struct factor){y.base, 0};
    if (c < 0) y = (struct factor){x.base, 0};
    if (x.e != y.e) return x.e > y.e;
    after = x.base;
  }
}

/* ---- order of the factors of a product as they are written -------------------------------- */

static int written_rank(const struct term *t)
{
  if (is_number(t) || t->kind == TERM_E) return 0;
  return rank(t);
}

/* arguments in the order in which they are written */
static const struct term *const *written_args(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_ADD && t->kind != TERM_MUL) return t->arg;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  for (int i = 0; i < t->n; i++) {
    int k = i;
    for (; k > 0; k--) {
      const bool before = t->kind == TERM_ADD ? stands_before(s, t->arg[i], arg[k - 1])
                                              : compare_written(s, t->arg[i], arg[k - 1]) < 0;
      if (!before) break;
      arg[k] = arg[k - 1];
    }
    arg[k] = t->arg[i];
  }
  return arg;
}

static int compare_values(const struct term *a, const struct term *b)
{
  const long double x = assay_alg_value(a), y = assay_alg_value(b);
  return (x > y) - (x < y);
}

/* by kind of the base, its arguments, the exponent, the number in front */
static int compare_written(struct assay_alg *s, const struct term *a, const struct term *b)
{
  const struct term *ra = a, *rb = b, *ca = s->one, *cb = s->one, *ea = s->one, *eb = s->one;
  if (a == b) return 0;
  if (!is_number(a)) ca = assay_alg_coeff(s, a, false, &ra);
  if (!is_number(b)) cb = assay_alg_coeff(s, b, false, &rb);
  if (ra->kind == TERM_POW) ea = ra->arg[1], ra = ra->arg[0];
  if (rb->kind == TERM_POW) eb = rb->arg[1], rb = rb->arg[0];
  int c = written_rank(ra) - written_rank(rb);
  if (c) return c;
  if (is_number(ra) && is_number(rb))
    c = compare_values(ra, rb);
  else if (ra != rb && ra->n == 0)
    c = assay_alg_compare(ra, rb);
  else if (ra != rb) {
    c = ra->n - rb->n;
    const struct term *const *x = written_args(s, ra), *const *y = written_args(s, rb);
    for (int i = 0; i < ra->n && !c; i++) c = compare_written(s, x[i], y[i]);
  }
  if (!c && ea != eb)
    c = is_number(ea) && is_number(eb) ? compare_values(ea, eb) : compare_written(s, ea, eb);
  return c ? c : compare_values(ca, cb);
}

const struct term *assay_alg_reread(struct assay_alg *s, const struct term *t)
{
  const struct term *first = NULL;
  if (t->kind != TERM_MUL || !is_number(t->arg[0]) || t->n < 3) return t;
  const struct term *c = t->arg[0];
  if (is_rational(c) && c->p == 1) return t;
  for (int i = 1; i < t->n; i++) {
    const struct term *f = t->arg[i];
    if (f->kind == TERM_POW && is_number(f->arg[1]) && assay_alg_sign(f->arg[1]) < 0) continue;
    if (!first || compare_written(s, f, first) < 0) first = f;
  }
  if (!first || first->kind != TERM_ADD) return t;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  const struct term *above = is_rational(c) ? assay_alg_int(s, c->p) : c;
  arg[0] = is_rational(c) ? assay_alg_rat(s, 1, c->q) : s->one;
  for (int i = 1; i < t->n; i++)
    arg[i] = t->arg[i] == first ? assay_alg_mul2(s, above, first) : t->arg[i];
  return assay_alg_mul(s, arg, t->n);
}

bool assay_alg_minus(struct assay_alg *s, const struct term *t)
{
  if (is_number(t)) return assay_alg_sign(t) < 0;
  if (t->kind == TERM_MUL) return is_number(t->arg[0]) && assay_alg_sign(t->arg[0]) < 0;
  if (t->kind != TERM_ADD) return false;
  int minus = 0, first = 0;
  for (int i = 0; i < t->n; i++) {
    minus += assay_alg_minus(s, t->arg[i]);
    if (i && stands_before(s, t->arg[i], t->arg[first])) first = i;
  }
  if (2 * minus != t->n) return 2 * minus > t->n;
  return assay_alg_minus(s, t->arg[first]);
}

/* ---- text --------------------------------------------------------------------------------- */

static void write_term(FILE *f, const struct term *t, int precedence);

/* 15 significant digits without trailing zeros; size only: without its sign */
static void write_number(FILE *f, const struct term *t, bool size)
{
  char text[64];
  if (t->kind == TERM_NAN) {
    fputs("nan", f);
  } else if (t->kind == TERM_FLOAT) {
    snprintf(text, sizeof text, "%.15Lg", size ? fabsl(t->f) : t->f);
    fputs(text, f);
    if (!strpbrk(text, ".e")) fputs(".0", f);
  } else {
    fprintf(f, "%lld", size ? llabs((long long)t->p) : (long long)t->p);
    if (t->q != 1) fprintf(f, "/%lld", (long long)t->q);
  }
}

static bool minus_in_front(const struct term *t)
{
  const struct term *c = t->kind == TERM_MUL ? t->arg[0] : t;
  return is_number(c) && assay_alg_sign(c) < 0;
}

static void write_product(FILE *f, const struct term *t, bool size);

static void write_sum(FILE *f, const struct term *t)
{
  const int first = is_number(t->arg[0]) ? 1 : 0; /* the number comes last */
  for (int k = 0; k < t->n; k++) {
    const struct term *a = t->arg[(k + first) % t->n];
    const bool minus = k && minus_in_front(a);
    if (k) fputs(minus ? " - " : " + ", f);
    if (!minus)
      write_term(f, a, 1);
    else if (is_number(a))
      write_number(f, a, true);
    else
      write_product(f, a, true);
  }
}

static bool below_line(const struct term *t)
{
  return t->kind == TERM_POW && is_number(t->arg[1]) && assay_alg_sign(t->arg[1]) < 0;
}

static void write_power(FILE *f, const struct term *b, const struct term *e, bool inverted)
{
  const bool plain = inverted && is_rational(e) && e->p == -1 && e->q == 1;
  write_term(f, b, plain ? 3 : 4);
  if (plain) return;
  fputs("**", f);
  if (!inverted) {
    write_term(f, e, 4);
  } else if (is_rational(e)) {
    if (e->q == 1)
      fprintf(f, "%lld", -(long long)e->p);
    else
      fprintf(f, "(%lld/%lld)", -(long long)e->p, (long long)e->q);
  } else {
    write_number(f, e, true);
  }
}

static void write_product(FILE *f, const struct term *t, bool size)
{
  int above = 0, below = 0;
  for (int i = 0; i < t->n; i++) below += below_line(t->arg[i]);
  for (int i = 0; i < t->n; i++) {
    const struct term *a = t->arg[i];
    if (below_line(a)) continue;
    if (is_rational(a) && a->p == -1 && a->q == 1 && t->n - below > 1) {
      if (!size) fputc('-', f);
      continue;
    }
    if (above++) fputc('*', f);
    if (i == 0 && is_number(a))
      write_number(f, a, size);
    else
      write_term(f, a, 3);
  }
  if (!above) fputc('1', f);
  if (!below) return;
  fputs(below > 1 ? "/(" : "/", f);
  for (int i = 0, k = 0; i < t->n; i++) {
    if (!below_line(t->arg[i])) continue;
    if (k++) fputc('*', f);
    write_power(f, t->arg[i]->arg[0], t->arg[i]->arg[1], true);
  }
  if (below > 1) fputc(')', f);
}

static void write_call(FILE *f, const struct term *t)
{
  fprintf(f, "%s(", class_names[t->fn]);
  for (int i = 0; i < t->n; i++) {
    if (i) fputs(", ", f);
    write_term(f, t->arg[i], 0);
  }
  fputc(')', f);
}

/* precedence of the surroundings: 0 none, 1 sum, 3 product, 4 power */
static void write_term(FILE *f, const struct term *t, int precedence)
{
  const bool minus = minus_in_front(t), fraction = is_rational(t) && t->q != 1;
  const int own = t->kind == TERM_ADD               ? 1
                  : t->kind == TERM_MUL || fraction ? 2
                  : minus                           ? 2
                  : below_line(t)                   ? 2
                  : t->kind == TERM_POW             ? 3
                                                    : 5;
  const bool closed = own < precedence && !(precedence == 3 && own == 2 && is_number(t) && !minus);
  if (closed) fputc('(', f);
  switch (t->kind) {
  case TERM_ADD:
    write_sum(f, t);
    break;
  case TERM_MUL:
    write_product(f, t, false);
    break;
  case TERM_FUN:
    write_call(f, t);
    break;
  case TERM_VAR:
    fprintf(f, "x%d", t->var);
    break;
  case TERM_E:
    fputs("exp(1)", f);
    break;
  case TERM_POW:
    if (below_line(t)) {
      fputs("1/", f);
      write_power(f, t->arg[0], t->arg[1], true);
    } else {
      write_power(f, t->arg[0], t->arg[1], false);
    }
    break;
  default:
    write_number(f, t, false);
  }
  if (closed) fputc(')', f);
}

int assay_alg_print(char **out, const struct term *t)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  ASSAY_CHECK(f, ASSAY_ENOMEM, "no memory for the text of an expression");
  write_term(f, t, 0);
  ASSAY_CHECK(fclose(f) == 0, ASSAY_ENOMEM, "no memory for the text of an expression");
  ASSAY_TRY(assay_strdup(out, text));
done:
  free(text);
  return rc;
}
