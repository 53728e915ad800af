#include "core/expr/canonical.h"

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
  STEPS = 4000000,
  STEPS_TO_FINISH = 4000000,
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
  const struct term *t;        /* after the last step that was finished */
  const struct term *smallest; /* of all these */
  int next;
};

static void go(struct assay_alg *s, struct run *run, const struct assay_expr *e)
{
  if (!run->t) run->t = assay_alg_from_expr(s, e);
  for (; run->next < N_STEPS; run->next++) {
    if (!run->smallest || assay_alg_size(run->t) < assay_alg_size(run->smallest))
      run->smallest = run->t;
    run->t = steps[run->next](s, run->t);
  }
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
    run->next = run->next < LAST_OPTIONAL ? run->next + 1 : LAST_OPTIONAL + 1;
    s->steps = STEPS_TO_FINISH;
    s->limit = s->used + bytes_to_finish;
  }
  go(s, run, e);
  s->out = NULL;
  return ASSAY_OK;
}

/* ---- the tree ----------------------------------------------------------------------------- */

static int label_of(const struct term *t)
{
  if (is_number(t) || t->kind == TERM_E) return 0;
  if (t->kind == TERM_VAR) return 100 + t->var;
  return t->kind == TERM_FUN ? 10 + (int)t->fn : (int)t->kind;
}

static void fill(struct assay_canonical *c, FILE *f, const struct term *t)
{
  char buffer[16];
  fputs(assay_alg_class(t, buffer), f);
  for (int i = 0; i < t->n; i++) {
    fputc(i ? ',' : '(', f);
    fill(c, f, t->arg[i]);
  }
  if (t->n) fputc(')', f);
  c->label[c->n] = label_of(t);
  c->arity[c->n++] = t->n;
}

static int write_tree(struct assay_canonical *c, const struct term *t)
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
  fill(c, f, t);
  ASSAY_CHECK(fclose(f) == 0, ASSAY_ENOMEM, "no memory for a tree");
  ASSAY_TRY(assay_strdup(&c->tree, text));
done:
  free(text);
  return rc;
}

int assay_canonical_make(struct assay_canonical **out, const struct assay_expr *e)
{
  int rc = ASSAY_OK;
  struct assay_alg *s = NULL;
  struct assay_canonical *c = NULL;
  struct run run = {0};
  ASSAY_TRY(check_size(e));
  ASSAY_TRY(ASSAY_NEW(&c, 1, "canonical"));
  ASSAY_TRY(assay_alg_create(&s, STEPS, most_bytes));
  ASSAY_TRY(run_steps(s, &run, e, &c->limited));
  ASSAY_TRY(assay_alg_print(&c->text, run.t));
  ASSAY_TRY(write_tree(c, run.t));
  *out = c;
  c = NULL;
done:
  assay_canonical_free(c);
  assay_alg_destroy(s);
  return rc;
}
