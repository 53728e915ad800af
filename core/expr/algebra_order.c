/* Order of the arguments of sums and products, and of the generators of polynomials.
 *
 * Kinds: numbers, variables (their names compared as text, so x10 before x2), powers, products,
 * sums, functions by name. Within a kind: fewer arguments first, then argument by argument. Floats
 * compare by sign, odd mantissa, exponent. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr/algebra.h"

static int sign_of(long double x)
{
  return (x > 0) - (x < 0);
}

/* zero, one, half, minus one, other whole numbers, fractions, floats */
static int number_class(const struct term *t)
{
  if (t->kind == TERM_NAN) return 3;
  if (t->kind == TERM_FLOAT) return 7;
  if (t->q == 1) return t->p == 0 ? 0 : t->p == 1 ? 1 : t->p == -1 ? 4 : 5;
  return t->p == 1 && t->q == 2 ? 2 : 6;
}

static int kind_class(const struct term *t)
{
  switch (t->kind) {
  case TERM_E:
    return 8;
  case TERM_VAR:
    return 9;
  case TERM_POW:
    return 10;
  case TERM_MUL:
    return 11;
  case TERM_ADD:
    return 12;
  case TERM_FUN:
    return t->fn == ASSAY_EXPR_ABS ? 13 : 14;
  default:
    return number_class(t);
  }
}

static int compare_floats(long double a, long double b)
{
  if (sign_of(a) != sign_of(b)) return sign_of(a) < 0 ? 1 : -1;
  int ea = 0, eb = 0;
  int64_t ma = (int64_t)ldexpl(frexpl(fabsl(a), &ea), 53);
  int64_t mb = (int64_t)ldexpl(frexpl(fabsl(b), &eb), 53);
  for (; ma && !(ma & 1); ea++) ma >>= 1;
  for (; mb && !(mb & 1); eb++) mb >>= 1;
  if (ma != mb) return ma < mb ? -1 : 1;
  return (ea > eb) - (ea < eb);
}

/* as decimal texts: 1 < 10 < 2 */
static int compare_names(int a, int b)
{
  int64_t x = a, y = b;
  for (int64_t p = 10; p <= a || p <= b; p *= 10) { /* the shorter gets zeros behind it */
    if (p > a) x *= 10;
    if (p > b) y *= 10;
  }
  return x != y ? (x < y ? -1 : 1) : (a > b) - (a < b);
}

static int compare_leaves(const struct term *a, const struct term *b)
{
  switch (a->kind) {
  case TERM_RATIONAL:
    if (a->p != b->p) return a->p < b->p ? -1 : 1;
    return (a->q > b->q) - (a->q < b->q);
  case TERM_FLOAT:
    return compare_floats(a->f, b->f);
  case TERM_VAR:
    return compare_names(a->var, b->var);
  default:
    return 0;
  }
}

int assay_alg_compare(const struct term *a, const struct term *b)
{
  if (a == b) return 0;
  int c = kind_class(a) - kind_class(b);
  if (c) return c;
  if (a->kind == TERM_FUN && a->fn != b->fn)
    return strcmp(assay_alg_class(a, NULL), assay_alg_class(b, NULL));
  if (a->n != b->n) return a->n - b->n;
  if (a->n == 0) return compare_leaves(a, b);
  for (int i = 0; i < a->n && !c; i++) c = assay_alg_compare(a->arg[i], b->arg[i]);
  return c;
}

static int by_order(const void *a, const void *b)
{
  return assay_alg_compare(*(const struct term *const *)a, *(const struct term *const *)b);
}

void assay_alg_sort(const struct term **arg, int n)
{
  if (n > 1) qsort(arg, (size_t)n, sizeof *arg, by_order);
}
