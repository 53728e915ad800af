/* Store of terms: memory, budget, one copy of every term, and the shape of terms. */
#include "core/expr/algebra.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { BLOCK = 1 << 18, FIRST_BUCKETS = 1 << 10 };

struct assay_alg_block {
  struct assay_alg_block *next;
  size_t size, used;
  max_align_t data[];
};

int assay_alg_create(struct assay_alg **out, long steps, size_t limit)
{
  volatile int rc = ASSAY_OK;
  struct assay_alg *s = NULL;
  jmp_buf jump;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "algebra"));
  ASSAY_TRY(ASSAY_NEW(&s->bucket, FIRST_BUCKETS, "algebra"));
  s->n_buckets = FIRST_BUCKETS;
  s->steps = steps;
  s->limit = limit;
  s->out = &jump;
  if (setjmp(jump)) {
    rc = ASSAY_ENOMEM;
    goto done;
  }
  s->zero = assay_alg_int(s, 0);
  s->one = assay_alg_int(s, 1);
  s->minus_one = assay_alg_int(s, -1);
  s->two = assay_alg_int(s, 2);
  s->half = assay_alg_rat(s, 1, 2);
  s->nan = assay_alg_raw(s, TERM_NAN, ASSAY_EXPR_CONST, NULL, 0);
  s->e = assay_alg_raw(s, TERM_E, ASSAY_EXPR_CONST, NULL, 0);
  s->out = NULL;
  *out = s;
done:
  if (rc < 0) assay_alg_destroy(s);
  return rc;
}

void assay_alg_destroy(struct assay_alg *s)
{
  if (!s) return;
  for (struct assay_alg_block *b = s->blocks, *next; b; b = next) {
    next = b->next;
    assay_free(b);
  }
  assay_free(s->bucket);
  assay_free(s);
}

_Noreturn void assay_alg_leave(struct assay_alg *s, int rc)
{
  s->rc = rc;
  longjmp(*s->out, 1);
}

void assay_alg_tick(struct assay_alg *s, long n)
{
  s->steps -= n;
  if (s->steps < 0) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
}

void *assay_alg_take(struct assay_alg *s, size_t n)
{
  n = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
  struct assay_alg_block *b = s->blocks;
  if (!b || b->size - b->used < n) {
    const size_t size = n > BLOCK ? n : BLOCK;
    s->used += size;
    if (s->used > s->limit) assay_alg_leave(s, ASSAY_EUNSUPPORTED);
    void *block = NULL;
    if (assay_alloc(&block, 1, sizeof *b + size, "algebra") < 0) assay_alg_leave(s, ASSAY_ENOMEM);
    b = block;
    b->next = s->blocks;
    b->size = size;
    s->blocks = b;
  }
  void *out = (char *)b->data + b->used;
  b->used += n;
  return out;
}

/* ---- one copy of every term --------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t x)
{
  h ^= x + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdu;
  return h ^ h >> 32;
}

static uint64_t hash_float(long double f)
{
  int e = 0;
  const long double m = frexpl(f, &e);
  return mix((uint64_t)(int64_t)ldexpl(m, 62), (uint64_t)(int64_t)e);
}

static uint64_t hash_of(const struct term *t)
{
  uint64_t h = mix((uint64_t)t->kind, (uint64_t)t->fn);
  h = mix(h, (uint64_t)t->var);
  h = mix(h, (uint64_t)t->p);
  h = mix(h, (uint64_t)t->q);
  if (t->kind == TERM_FLOAT) h = mix(h, hash_float(t->f));
  for (int i = 0; i < t->n; i++) h = mix(h, t->arg[i]->hash);
  return h;
}

static bool same_node(const struct term *a, const struct term *b)
{
  if (a->hash != b->hash || a->kind != b->kind || a->fn != b->fn || a->var != b->var ||
      a->n != b->n || a->p != b->p || a->q != b->q)
    return false;
  if (a->kind == TERM_FLOAT && !(a->f <= b->f && a->f >= b->f)) return false;
  return a->n == 0 || memcmp(a->arg, b->arg, sizeof(*a->arg) * (size_t)a->n) == 0;
}

static const unsigned has_of_function[ASSAY_EXPR_N_OPS] = {
    [ASSAY_EXPR_SIN] = HAS_TRIG,   [ASSAY_EXPR_COS] = HAS_TRIG,   [ASSAY_EXPR_TAN] = HAS_TRIG,
    [ASSAY_EXPR_COT] = HAS_TRIG,   [ASSAY_EXPR_SINH] = HAS_HYPER, [ASSAY_EXPR_COSH] = HAS_HYPER,
    [ASSAY_EXPR_TANH] = HAS_HYPER, [ASSAY_EXPR_EXP] = HAS_EXP,    [ASSAY_EXPR_LOG] = HAS_LOG,
    [ASSAY_EXPR_ABS] = HAS_ABS,
};

static unsigned has_of(const struct term *t)
{
  unsigned has = t->kind == TERM_FLOAT ? HAS_FLOAT : t->kind == TERM_VAR ? HAS_VAR : 0;
  if (t->kind == TERM_FUN) has |= has_of_function[t->fn];
  for (int i = 0; i < t->n; i++) has |= t->arg[i]->has;
  return has;
}

static void grow(struct assay_alg *s)
{
  struct term **bucket = NULL;
  const size_t n = s->n_buckets * 4;
  if (ASSAY_NEW(&bucket, n, "algebra") < 0) assay_alg_leave(s, ASSAY_ENOMEM);
  for (size_t i = 0; i < s->n_buckets; i++)
    for (struct term *t = s->bucket[i], *next; t; t = next) {
      next = t->chain;
      t->chain = bucket[t->hash & (n - 1)];
      bucket[t->hash & (n - 1)] = t;
    }
  assay_free(s->bucket);
  s->bucket = bucket;
  s->n_buckets = n;
}

static const struct term *intern(struct assay_alg *s, struct term *key)
{
  assay_alg_tick(s, 1);
  key->hash = hash_of(key);
  for (struct term *t = s->bucket[key->hash & (s->n_buckets - 1)]; t; t = t->chain)
    if (same_node(t, key)) return t;
  if (s->n_terms++ > s->n_buckets) grow(s);
  struct term *t = assay_alg_take(s, sizeof *t);
  *t = *key;
  t->id = (int)s->n_terms;
  t->ops = -1;
  t->has = has_of(key);
  if (key->n) {
    t->arg = assay_alg_take(s, sizeof(*t->arg) * (size_t)key->n);
    memcpy(t->arg, key->arg, sizeof(*t->arg) * (size_t)key->n);
  }
  t->chain = s->bucket[t->hash & (s->n_buckets - 1)];
  return s->bucket[t->hash & (s->n_buckets - 1)] = t;
}

const struct term *assay_alg_int(struct assay_alg *s, int64_t p)
{
  return intern(s, &(struct term){.kind = TERM_RATIONAL, .p = p, .q = 1});
}

const struct term *assay_alg_rat(struct assay_alg *s, int64_t p, int64_t q)
{
  int64_t a = p < 0 ? -p : p, b = q;
  while (b) {
    const int64_t r = a % b;
    a = b;
    b = r;
  }
  if (a == 0) return s->nan;
  return intern(s, &(struct term){.kind = TERM_RATIONAL, .p = p / a, .q = q / a});
}

const struct term *assay_alg_float(struct assay_alg *s, long double f)
{
  int e = 0;
  if (!isfinite(f)) return s->nan;
  const long double m = frexpl(f, &e);
  f = ldexpl((long double)(double)m, e);
  if (!(f < 0 || f > 0)) return s->zero;
  return intern(s, &(struct term){.kind = TERM_FLOAT, .f = f});
}

const struct term *assay_alg_var(struct assay_alg *s, int var)
{
  return intern(s, &(struct term){.kind = TERM_VAR, .var = var});
}

const struct term *assay_alg_raw(struct assay_alg *s, enum term_kind kind, enum assay_expr_op fn,
                                 const struct term *const *arg, int n)
{
  struct term key = {.kind = kind, .fn = fn, .n = n};
  memcpy(&key.arg, &arg, sizeof arg); /* only read */
  return intern(s, &key);
}

const struct term *assay_alg_like(struct assay_alg *s, const struct term *t,
                                  const struct term *const *arg)
{
  switch (t->kind) {
  case TERM_ADD:
    return assay_alg_add(s, arg, t->n);
  case TERM_MUL:
    return assay_alg_mul(s, arg, t->n);
  case TERM_POW:
    return assay_alg_pow(s, arg[0], arg[1]);
  case TERM_FUN:
    return assay_alg_fun(s, t->fn, arg, t->n);
  default:
    return t;
  }
}

/* ---- taking terms apart ------------------------------------------------------------------- */

const struct term *assay_alg_coeff(struct assay_alg *s, const struct term *t, bool rational,
                                   const struct term **rest)
{
  if (is_number(t)) {
    const bool all = !rational || is_rational(t);
    *rest = all ? s->one : t;
    return all ? t : s->one;
  }
  *rest = t;
  if (t->kind != TERM_MUL || !is_number(t->arg[0]) || (rational && !is_rational(t->arg[0])))
    return s->one;
  *rest = t->n == 2 ? t->arg[1] : assay_alg_raw(s, TERM_MUL, ASSAY_EXPR_MUL, t->arg + 1, t->n - 1);
  return t->arg[0];
}

void assay_alg_base(struct assay_alg *s, const struct term *t, const struct term **base,
                    const struct term **exponent)
{
  *base = t;
  *exponent = s->one;
  if (is_fun(t, ASSAY_EXPR_EXP)) {
    *base = s->e;
    *exponent = t->arg[0];
  } else if (t->kind == TERM_POW) {
    *base = t->arg[0];
    *exponent = t->arg[1];
    if (is_rational(*base) && (*base)->p == 1 && (*base)->q > 1) { /* (1/2)^x = 2^-x */
      *base = assay_alg_int(s, (*base)->q);
      *exponent = assay_alg_neg(s, *exponent);
    }
  }
}

static const struct term *const *parts(const struct term *const *t, enum term_kind kind, int *n)
{
  *n = (*t)->kind == kind ? (*t)->n : 1;
  return (*t)->kind == kind ? (*t)->arg : t;
}

const struct term *const *assay_alg_factors(const struct term *const *t, int *n)
{
  return parts(t, TERM_MUL, n);
}

const struct term *const *assay_alg_terms(const struct term *const *t, int *n)
{
  return parts(t, TERM_ADD, n);
}

static bool negative(const struct term *t)
{
  return is_number(t) && assay_alg_sign(t) < 0;
}

/* one factor of a product into numerator or denominator */
static void split_factor(struct assay_alg *s, const struct term *f, const struct term **numer,
                         const struct term **denom)
{
  const struct term *b, *e;
  *numer = f;
  *denom = s->one;
  if (f->kind == TERM_POW || is_fun(f, ASSAY_EXPR_EXP)) {
    assay_alg_base(s, f, &b, &e);
    if (negative(e) || (e->kind == TERM_MUL && negative(e->arg[0]))) {
      *numer = s->one;
      *denom = assay_alg_pow(s, b, assay_alg_neg(s, e));
    }
  } else if (is_rational(f) && f->q != 1) {
    *numer = assay_alg_int(s, f->p);
    *denom = assay_alg_int(s, f->q);
  }
}

void assay_alg_fraction(struct assay_alg *s, const struct term *t, const struct term **numer,
                        const struct term **denom)
{
  int n = 0;
  const struct term *const *f = assay_alg_factors(&t, &n);
  const struct term **part = assay_alg_take(s, sizeof(*part) * 2 * (size_t)n);
  for (int i = 0; i < n; i++) split_factor(s, f[i], &part[i], &part[n + i]);
  *numer = assay_alg_mul(s, part, n);
  *denom = assay_alg_mul(s, part + n, n);
}

/* ---- counting ----------------------------------------------------------------------------- */

static bool negative_coeff(const struct term *t)
{
  return negative(t->kind == TERM_MUL ? t->arg[0] : t);
}

static int ops_of_sum(struct assay_alg *s, const struct term *t)
{
  int count = t->n - 1, negatives = 0;
  for (int i = 0; i < t->n; i++) {
    const bool minus = negative_coeff(t->arg[i]);
    negatives += minus;
    count += assay_alg_ops(s, minus ? assay_alg_neg(s, t->arg[i]) : t->arg[i]);
  }
  return count + (negatives == t->n);
}

static int ops_of_product(struct assay_alg *s, const struct term *t)
{
  const struct term *n, *d;
  int count = 0;
  if (negative_coeff(t)) {
    count++;
    t = assay_alg_neg(s, t);
    if (t->kind != TERM_MUL) return count + assay_alg_ops(s, t);
  }
  assay_alg_fraction(s, t, &n, &d);
  if (is_integer(n)) return count + 1 + (n->p < 0) + assay_alg_ops(s, d);
  if (d != s->one)
    return count + 1 + (is_integer(d) ? 0 : assay_alg_ops(s, d)) + assay_alg_ops(s, n);
  count += t->n - 1;
  for (int i = 0; i < t->n; i++) count += assay_alg_ops(s, t->arg[i]);
  return count;
}

static int count_ops(struct assay_alg *s, const struct term *t)
{
  int count = 1;
  switch (t->kind) {
  case TERM_RATIONAL:
    return (t->p < 0) + (t->q != 1);
  case TERM_E:
    return 1;
  case TERM_ADD:
    return ops_of_sum(s, t);
  case TERM_MUL:
    return ops_of_product(s, t);
  case TERM_POW:
    if (t->arg[1] == s->minus_one) return 1 + assay_alg_ops(s, t->arg[0]);
    return 1 + assay_alg_ops(s, t->arg[0]) + assay_alg_ops(s, t->arg[1]);
  case TERM_FUN:
    if (t->n > 1) count = t->n - 1;
    for (int i = 0; i < t->n; i++) count += assay_alg_ops(s, t->arg[i]);
    return count;
  default:
    return 0;
  }
}

int assay_alg_ops(struct assay_alg *s, const struct term *t)
{
  if (t->ops < 0) own_term(t)->ops = count_ops(s, t);
  return t->ops;
}

long assay_alg_size(const struct term *t)
{
  long n = 1;
  for (int i = 0; i < t->n && n < LONG_MAX / 2; i++) n += assay_alg_size(t->arg[i]);
  return n < LONG_MAX / 2 ? n : LONG_MAX / 2;
}
