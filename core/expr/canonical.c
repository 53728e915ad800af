#include "core/expr/canonical.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/canonical_steps.h"

/* What one expression may cost; a common one needs a thousandth of it. */
enum {
  MOST_NODES = 2000,
  MOST_DEPTH = 200,
  STEPS = 1500000,
  STEPS_TO_FINISH = 1500000,
};
static const size_t most_bytes = (size_t)256 << 20, bytes_to_finish = (size_t)128 << 20;

void assay_canonical_free(struct assay_canonical *c)
{
  if (!c) return;
  assay_free(c->text);
  assay_free(c->tree);
  assay_free(c->label);
  assay_free(c->arity);
  assay_free(c);
}

struct assay_label_tree assay_canonical_tree(const struct assay_canonical *c)
{
  return (struct assay_label_tree){.n = c->n, .label = c->label, .arity = c->arity};
}

int assay_canonical_distance(struct assay_ned *out, struct assay_tree_space *space,
                             const struct assay_canonical *predicted,
                             const struct assay_canonical *truth)
{
  int rc = ASSAY_OK;
  *out = (struct assay_ned){.distance = truth->n, .ned = 1.0};
  if (!predicted) return rc;
  const struct assay_label_tree a = assay_canonical_tree(predicted),
                                b = assay_canonical_tree(truth);
  ASSAY_TRY(assay_tree_distance(&out->distance, space, &a, &b));
  if (out->distance < truth->n) out->ned = (double)out->distance / truth->n;
done:
  return rc;
}

static int check_size(const struct assay_expr *e)
{
  int rc = ASSAY_OK, n = 0;
  int *depth = NULL;
  ASSAY_CHECK(e->n <= MOST_NODES, ASSAY_EARG,
              "an expression of %d nodes, at most %d are simplified", e->n, MOST_NODES);
  ASSAY_TRY(ASSAY_NEW(&depth, (size_t)e->n + 1, "canonical"));
  for (int i = 0; i < e->n; i++) {
    const int arity = assay_expr_ops[e->node[i].op].arity;
    int below = 0;
    for (int k = 0; k < arity; k++)
      if (depth[n - 1 - k] > below) below = depth[n - 1 - k];
    n -= arity;
    depth[n++] = below + 1;
    ASSAY_CHECK(below < MOST_DEPTH, ASSAY_EARG, "nested deeper than %d, too deep to simplify",
                MOST_DEPTH);
  }
done:
  assay_free(depth);
  return rc;
}

/* ---- steps -------------------------------------------------------------------------------- */

typedef const struct term *step(struct assay_alg *s, const struct term *t);

/* in this order; numbers that are written down and read again have 15 digits */
static step *const steps[] = {
    assay_canonical_digits,   assay_canonical_floats, assay_alg_factor,
    assay_canonical_simplify, assay_canonical_ones,   assay_canonical_digits,
};
enum { N_STEPS = sizeof steps / sizeof *steps, LAST_OPTIONAL = 3 };

struct run {
  enum assay_tree_labels labels;
  enum assay_tree_freedom freedom;
  const struct term *t;        /* after the last step that was finished */
  const struct term *smallest; /* of all these */
  int next;
};

/* the term without a number added and without a factor in front; a sum has 1 before its first term
 */
static const struct term *freed(struct assay_alg *s, const struct term *t,
                                enum assay_tree_freedom freedom)
{
  const struct term *rest, *first;
  if (freedom == ASSAY_FREE_AFFINE && t->kind == TERM_ADD && is_number(t->arg[0]))
    t = assay_alg_add(s, t->arg + 1, t->n - 1);
  if (freedom == ASSAY_FREE_NOTHING || is_number(t)) return t;
  if (t->kind != TERM_ADD) {
    assay_alg_coeff(s, t, false, &rest);
    return rest;
  }
  first = assay_alg_coeff(s, t->arg[is_number(t->arg[0])], false, &rest);
  return assay_canonical_ones(
      s,
      assay_alg_expand_mul(s, assay_alg_mul2(s, assay_alg_pow(s, first, s->minus_one), t), false));
}

/* c x as x, everywhere */
static const struct term *without_factor(struct assay_alg *s, const struct term *t)
{
  const struct term *rest;
  if (t->kind == TERM_MUL) {
    assay_alg_coeff(s, t, false, &rest);
    return rest;
  }
  return t;
}

static void go(struct assay_alg *s, struct run *run, const struct assay_expr *e)
{
  if (!run->t) run->t = assay_alg_from_expr(s, e);
  for (; run->next < N_STEPS; run->next++) {
    if (!run->smallest || assay_alg_size(run->t) < assay_alg_size(run->smallest))
      run->smallest = run->t;
    if (run->labels == ASSAY_TREE_PLAIN || steps[run->next] != assay_alg_factor)
      run->t = steps[run->next](s, run->t);
  }
  run->t = freed(s, run->t, run->freedom);
  if (run->labels == ASSAY_TREE_EXPONENTS) run->t = assay_alg_bottom_up(s, run->t, without_factor);
}

/* run all steps; one that spends the budget is left out */
static int run_steps(struct assay_alg *s, struct run *run, const struct assay_expr *e,
                     bool *limited)
{
  jmp_buf out;
  s->out = &out;
  if (setjmp(out)) {
    if (s->rc == ASSAY_ENOMEM) return ASSAY_ENOMEM;
    *limited = true;
    if (!run->t || run->next > LAST_OPTIONAL)
      return assay_err_set(ASSAY_EARG, __FILE__, __LINE__, "too much work to simplify");
    run->t = run->smallest;
    s->hyperbolic = false;
    run->next = run->next < LAST_OPTIONAL ? run->next + 1 : LAST_OPTIONAL + 1;
    s->steps = STEPS_TO_FINISH;
    s->limit = s->used + bytes_to_finish;
  }
  go(s, run, e);
  s->out = NULL;
  return ASSAY_OK;
}

/* ---- the tree ----------------------------------------------------------------------------- */

enum {
  LABEL_CONST = 0,
  LABEL_KIND = 1,          /* + enum term_kind */
  LABEL_FUNCTION = 16,     /* + operator */
  LABEL_VALUE = 64,        /* + 60 times the value, for small ones */
  LABEL_VARIABLE = 1 << 20 /* + number */
};

/* value in units of 1/60 if it is p/q with a small q, within 1e-3 */
static bool small_fraction(int *out, long double x)
{
  for (int q = 1; q <= 6; q++) {
    const long double p = roundl(x * q);
    if (fabsl(p / q - x) > 1e-3L || fabsl(p / q) > 1000.0L) continue;
    *out = (int)p * (60 / q);
    return true;
  }
  return false;
}

static int label_of_number(const struct term *t, enum assay_tree_labels labels, bool exponent)
{
  int value;
  const long double x = assay_alg_value(t);
  const int middle = LABEL_VALUE + 60 * 1001;
  if (labels != ASSAY_TREE_PLAIN && exponent && small_fraction(&value, x)) return middle + value;
  if (labels == ASSAY_TREE_VALUES && fabsl(x) <= 10.0L && fabsl(x - roundl(x)) < 1e-12L)
    return middle + 60 * (int)roundl(x);
  return LABEL_CONST;
}

static int label_of(const struct term *t, enum assay_tree_labels labels, bool exponent)
{
  if (is_number(t)) return label_of_number(t, labels, exponent);
  if (t->kind == TERM_E) return LABEL_CONST;
  if (t->kind == TERM_VAR) return LABEL_VARIABLE + t->var;
  return t->kind == TERM_FUN ? LABEL_FUNCTION + (int)t->fn : LABEL_KIND + (int)t->kind;
}

static void fill(struct assay_canonical *c, FILE *f, const struct term *t,
                 enum assay_tree_labels labels, bool exponent)
{
  char buffer[16];
  fputs(assay_alg_class(t, buffer), f);
  for (int i = 0; i < t->n; i++) {
    fputc(i ? ',' : '(', f);
    fill(c, f, t->arg[i], labels, t->kind == TERM_POW && i == 1);
  }
  if (t->n) fputc(')', f);
  c->label[c->n] = label_of(t, labels, exponent);
  c->arity[c->n++] = t->n;
}

static int write_tree(struct assay_canonical *c, const struct term *t,
                      enum assay_tree_labels labels)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size = 0;
  const long n = assay_alg_size(t);
  ASSAY_CHECK(n <= ASSAY_TREE_MAX_NODES, ASSAY_EARG,
              "the simplified tree has %ld nodes, at most %d are compared", n,
              ASSAY_TREE_MAX_NODES);
  ASSAY_TRY(ASSAY_NEW(&c->label, (size_t)n, "canonical"));
  ASSAY_TRY(ASSAY_NEW(&c->arity, (size_t)n, "canonical"));
  FILE *f = open_memstream(&text, &size);
  ASSAY_CHECK(f, ASSAY_ENOMEM, "no memory for a tree");
  fill(c, f, t, labels, false);
  ASSAY_CHECK(fclose(f) == 0, ASSAY_ENOMEM, "no memory for a tree");
  ASSAY_TRY(assay_strdup(&c->tree, text));
done:
  free(text);
  return rc;
}

int assay_canonical_make_as(struct assay_canonical **out, const struct assay_expr *e,
                            enum assay_tree_labels labels, enum assay_tree_freedom freedom)
{
  int rc = ASSAY_OK;
  struct assay_alg *s = NULL;
  struct assay_canonical *c = NULL;
  struct run run = {.labels = labels, .freedom = freedom};
  ASSAY_TRY(check_size(e));
  ASSAY_TRY(ASSAY_NEW(&c, 1, "canonical"));
  ASSAY_TRY(assay_alg_create(&s, STEPS, most_bytes));
  ASSAY_TRY(run_steps(s, &run, e, &c->limited));
  ASSAY_TRY(assay_alg_print(&c->text, run.t));
  ASSAY_TRY(write_tree(c, run.t, labels));
  *out = c;
  c = NULL;
done:
  assay_canonical_free(c);
  assay_alg_destroy(s);
  return rc;
}

int assay_canonical_make(struct assay_canonical **out, const struct assay_expr *e)
{
  return assay_canonical_make_as(out, e, ASSAY_TREE_PLAIN, ASSAY_FREE_NOTHING);
}
