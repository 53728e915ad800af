#include "baselines/symbolic/genetic_harvest.h"

#include <math.h>

#include "baselines/symbolic/genetic_prune.h"
#include "baselines/symbolic/tidy.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { FIT_ITERATIONS = 8, POLISH = 8, TRUST = 24 };

const char assay_sr_genetic_source[] = "genetic";

static const double BETTER = 0.9;   /* error over the one offered before that is offered again */
static const double NEAR = 1e-10;   /* error of what may be exact but for the last digits */
static const double CLOSE = 1e-6;   /* square root of the error of what may be exact */
static const double EXACT = 1e-13;  /* and of what is */
static const double OFFSET = 1e-13; /* error that an offset of nothing makes */

int assay_sr_basket_create(struct assay_sr_basket **out, const struct assay_sr_table *table,
                           const struct assay_sr_fit_data *data)
{
  int rc = ASSAY_OK;
  struct assay_sr_basket *k = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&k, 1, "symbolic basket"));
  k->table = table;
  k->data = *data;
  ASSAY_TRY(ASSAY_NEW(&k->work, 2 * (size_t)table->n, "symbolic basket"));
  for (int i = 0; i <= ASSAY_SR_TREE_NODES; i++) k->offered[i] = (double)INFINITY;
  *out = k;
  k = NULL;
done:
  assay_sr_basket_destroy(k);
  return rc;
}

void assay_sr_basket_destroy(struct assay_sr_basket *k)
{
  if (!k) return;
  for (int i = 0; i < k->n; i++) assay_expr_free(k->model[i].expr);
  assay_free(k->model);
  assay_free(k->work);
  assay_free(k);
}

/* ---- equations ---------------------------------------------------------------------------- */

/* Pruned and made simple: the law seems exact. */
static int simplify(struct assay_expr **e, double *rms, const struct assay_sr_basket *k,
                    struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_sr_prune(e, rms, EXACT, &k->data, FIT_ITERATIONS, b));
  ASSAY_TRY(assay_sr_fit_snap(*e, rms, &k->data, b));
  ASSAY_TRY(assay_sr_tidy(e));
  for (int i = 0; i < (*e)->n; i++) {
    struct assay_expr_node *node = &(*e)->node[i];
    if (node->op == ASSAY_EXPR_CONST && fabs(node->value) <= 100)
      node->exact = node->value == floor(node->value);
  }
done:
  return rc;
}

/* Constants to the last digit, on the rows as they are. */
static int sharpen(struct assay_expr **e, const struct assay_sr_basket *k,
                   struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  bool free[ASSAY_SR_PRUNE_NODES];
  double rms;
  for (int i = 0; i < (*e)->n; i++)
    free[i] = (*e)->node[i].op == ASSAY_EXPR_CONST && !(*e)->node[i].exact;
  ASSAY_TRY(assay_sr_fit(*e, &rms, &k->data, free, FIT_ITERATIONS, b));
  if (rms <= CLOSE) ASSAY_TRY(simplify(e, &rms, k, b));
done:
  return rc;
}

static int put(struct assay_sr_basket *k, struct assay_sr_model *m)
{
  int rc = ASSAY_OK;
  if (!m->expr) goto done;
  if (k->n == k->room) {
    ASSAY_TRY(ASSAY_GROW(&k->model, (size_t)(2 * k->room + 16), "symbolic basket"));
    k->room = 2 * k->room + 16;
  }
  k->solved = k->solved || (m->complexity <= TRUST && assay_sr_model_exact(m));
  k->model[k->n++] = *m;
  m->expr = NULL;
done:
  assay_expr_free(m->expr);
  return rc;
}

/* offset + factor f */
static int offer(struct assay_sr_basket *k, const struct assay_sr_nursery *n,
                 const struct assay_sr_individual *one, double offset, double factor,
                 struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  struct assay_sr_model m = {0};
  ASSAY_TRY(assay_sr_tree_undo(&e, &one->tree, n->scale, n->y_scale * offset, n->y_scale * factor));
  if (one->error <= NEAR) ASSAY_TRY(sharpen(&e, k, b));
  ASSAY_TRY(assay_sr_tidy(&e));
  ASSAY_TRY(assay_sr_model_measure(&m, k->table, k->work, e, assay_sr_genetic_source, b));
  ASSAY_TRY(put(k, &m));
done:
  assay_expr_free(e);
  return rc;
}

int assay_sr_harvest(struct assay_sr_basket *k, struct assay_sr_island *s, double below,
                     struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < s->n && s->all[i]->rank == 0 && !assay_sr_over(b); i++) {
    struct assay_sr_individual one;
    double *offered = &k->offered[s->all[i]->tree.nodes], factor, error;
    if (s->all[i]->error > below || !(s->all[i]->error < BETTER * *offered)) continue;
    ASSAY_TRY(assay_sr_island_polish(&one, s, i, POLISH, b));
    if (!isfinite(one.error)) continue;
    *offered = one.error;
    ASSAY_TRY(offer(k, s->nursery, &one, one.offset, one.factor, b));
    assay_sr_meter_through_zero(&factor, &error, s->meter);
    if (error <= 2 * one.error + OFFSET) ASSAY_TRY(offer(k, s->nursery, &one, 0, factor, b));
  }
done:
  return rc;
}

int assay_sr_basket_empty(struct assay_sr_basket *k, struct assay_sr_front *front)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < k->n; i++) ASSAY_TRY(assay_sr_front_take(front, &k->model[i]));
  k->n = 0;
  k->solved = false;
done:
  return rc;
}
