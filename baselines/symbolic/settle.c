#include "baselines/symbolic/settle.h"

#include <math.h>

#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/tidy.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { MODELS = 8, ROWS = 4000, FIRST_ITERATIONS = 20, ITERATIONS = 5 };

static const double REACH = 0.05; /* how far a simpler number may be, relative to the constant */
static const double LEAST = 0.5;  /* or to this, where that is smaller */
#define PI 3.14159265358979312

/* Numbers that are tried, in this order: p q^-1 or p pi q^-1 with p up to `most` */
static const struct plain {
  int q, most;
  double unit;
} plain[] = {
    {1, 12, 1}, {2, 5, 1},  {3, 5, 1},  {4, 5, 1},  {6, 5, 1},
    {8, 3, 1},  {1, 4, PI}, {2, 3, PI}, {4, 3, PI},
};
enum { PLAIN = sizeof plain / sizeof *plain };

/* the nearest number of this kind; NaN: it would not be plain */
static double nearest(double value, const struct plain *kind)
{
  const double p = nearbyint(value / kind->unit * kind->q);
  return fabs(p) <= kind->most ? p * kind->unit / kind->q : (double)NAN;
}

/* was chosen, not fitted */
static bool is_plain(double value)
{
  for (int k = 0; k < PLAIN; k++)
    if (value == nearest(value, &plain[k])) return true;
  return !isfinite(value);
}

static bool is_free(const struct assay_expr_node *node)
{
  return node->op == ASSAY_EXPR_CONST && !node->exact && !is_plain(node->value);
}

static int count_free(const struct assay_expr *e)
{
  int n = 0;
  for (int k = 0; k < e->n; k++) n += is_free(&e->node[k]);
  return n;
}

struct settling {
  struct assay_expr *e, *original;
  const char *source;
  double score;
  const struct assay_sr_fit_data *data;
  struct assay_sr_budget *b;
};

/* constants of e to the least error; its score */
static int fit(double *score, struct assay_expr *e, int iterations, const struct settling *s)
{
  int rc = ASSAY_OK;
  bool *free = NULL;
  double rms;
  const double n = (double)s->data->n;
  ASSAY_TRY(ASSAY_NEW(&free, (size_t)e->n, "symbolic settling"));
  for (int k = 0; k < e->n; k++) free[k] = is_free(&e->node[k]);
  ASSAY_TRY(assay_sr_fit(e, &rms, s->data, free, iterations, s->b));
  *score =
      isfinite(rms) ? 2 * n * log(fmax(rms, 1e-15)) + (e->n + count_free(e)) * log(n) : INFINITY;
done:
  assay_free(free);
  return rc;
}

/* constant k takes another value */
static int try_value(bool *better, struct settling *s, int k, double value)
{
  int rc = ASSAY_OK;
  struct assay_expr *trial = NULL;
  double score;
  *better = false;
  ASSAY_TRY(assay_expr_copy(&trial, s->e));
  trial->node[k].value = value;
  trial->node[k].exact = value == floor(value);
  ASSAY_TRY(assay_sr_tidy(&trial));
  ASSAY_TRY(fit(&score, trial, ITERATIONS, s));
  *better = score < s->score && !assay_sr_over(s->b);
  if (!*better) goto done;
  assay_expr_free(s->e);
  s->e = trial;
  s->score = score;
  trial = NULL;
done:
  assay_expr_free(trial);
  return rc;
}

static bool is_exponent(const struct assay_expr *e, int k)
{
  return k + 1 < e->n &&
         e->node[k + 1].op == ASSAY_EXPR_POW; /* a constant ends the right operand */
}

/* the first constant that can be a number of this kind */
static int simplify_one(bool *better, struct settling *s, const struct plain *kind, bool exponents)
{
  int rc = ASSAY_OK;
  *better = false;
  for (int k = 0; k < s->e->n && !*better && !assay_sr_over(s->b); k++) {
    const double value = s->e->node[k].value;
    if (!is_free(&s->e->node[k]) || (exponents && !is_exponent(s->e, k))) continue;
    const double other = nearest(value, kind);
    if (fabs(other - value) <= REACH * fmax(fabs(value), LEAST))
      ASSAY_TRY(try_value(better, s, k, other));
  }
done:
  return rc;
}

/* Exponents first: with them fixed, factors and terms are told apart that made up for one another
 * before. */
static int settle(struct settling *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(fit(&s->score, s->e, FIRST_ITERATIONS, s));
  if (!isfinite(s->score)) goto done;
  for (int exponents = 1; exponents >= 0; exponents--)
    for (int k = 0; k < PLAIN; k++)
      for (bool better = true; better;)
        ASSAY_TRY(simplify_one(&better, s, &plain[k], exponents == 1));
done:
  return rc;
}

/* the models of least score on the validation rows, best first; the count */
static int choose(const struct assay_sr_front *f, int *which)
{
  int kept = 0;
  for (int i = 0; i < f->n; i++) {
    const double score = assay_sr_model_score(f, &f->model[i]);
    int at = kept;
    if (kept == MODELS && score >= assay_sr_model_score(f, &f->model[which[MODELS - 1]])) continue;
    if (kept < MODELS) kept++;
    for (at = kept - 1; at > 0 && assay_sr_model_score(f, &f->model[which[at - 1]]) > score; at--)
      which[at] = which[at - 1];
    which[at] = i;
  }
  return kept;
}

static int find(const struct assay_sr_front *f, const struct assay_expr *e)
{
  int at = f->n - 1;
  while (at >= 0 && !assay_expr_equal(f->model[at].expr, e)) at--;
  return at;
}

static int replace(struct assay_sr_front *f, const struct settling *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_sr_front_offer(NULL, f, s->e, s->source, s->b));
  const int before = find(f, s->original), after = find(f, s->e);
  if (before < 0 || after < 0 || before == after) goto done;
  const double allowed = assay_sr_node_score(f) * (count_free(s->original) - count_free(s->e));
  const double worse =
      assay_sr_model_score(f, &f->model[after]) - assay_sr_model_score(f, &f->model[before]);
  if (worse <= allowed) assay_sr_front_remove(f, before);
done:
  return rc;
}

int assay_sr_settle(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed)
{
  int rc = ASSAY_OK, which[MODELS];
  struct settling s[MODELS] = {{0}};
  struct assay_sr_sample *rows = NULL;
  double *w = NULL;
  const int n = choose(front, which);
  const struct assay_sr_model *best = assay_sr_front_select(front);
  if (!best || assay_sr_model_exact(best)) return ASSAY_OK;
  ASSAY_TRY(assay_sr_sample_create(&rows, front->table, ROWS, seed + 5));
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)rows->m, "symbolic settling"));
  const double scale = front->table->column[front->table->n_vars].scale;
  for (ptrdiff_t i = 0; i < rows->m; i++) w[i] = 1 / scale;
  const struct assay_sr_fit_data data = {rows->x, rows->y, w, rows->m};
  for (int i = 0; i < n; i++) { /* copies: offers change the front */
    const struct assay_sr_model *m = &front->model[which[i]];
    s[i] = (struct settling){.data = &data, .b = budget, .source = m->source};
    ASSAY_TRY(assay_expr_copy(&s[i].e, m->expr));
    ASSAY_TRY(assay_expr_copy(&s[i].original, m->expr));
  }
  for (int i = 0; i < n && !assay_sr_over(budget); i++) {
    ASSAY_TRY(settle(&s[i]));
    ASSAY_TRY(replace(front, &s[i]));
  }
done:
  for (int i = 0; i < n; i++) {
    assay_expr_free(s[i].e);
    assay_expr_free(s[i].original);
  }
  assay_sr_sample_destroy(rows);
  assay_free(w);
  return rc;
}
