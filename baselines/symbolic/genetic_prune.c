#include "baselines/symbolic/genetic_prune.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/tidy.h"
#include "core/base/err.h"

static int fit_all(struct assay_expr *e, double *rms, const struct assay_sr_fit_data *data,
                   int iterations, struct assay_sr_budget *b)
{
  bool free[ASSAY_SR_PRUNE_NODES];
  if (e->n > ASSAY_SR_PRUNE_NODES) return assay_sr_fit(e, rms, data, NULL, iterations, b);
  for (int i = 0; i < e->n; i++) free[i] = e->node[i].op == ASSAY_EXPR_CONST && !e->node[i].exact;
  return assay_sr_fit(e, rms, data, free, iterations, b);
}

/* What takes the place of an operation. */
enum heir { LEFT, RIGHT, NUMBER, HEIRS };

/* e with nodes from..to in the place of first..last, or the number 1 if from < 0 */
static int graft(struct assay_expr **out, const struct assay_expr *e, int first, int last, int from,
                 int to)
{
  struct assay_expr_node node[ASSAY_SR_PRUNE_NODES];
  const size_t size = sizeof *node;
  int n = first;
  memcpy(node, e->node, (size_t)first * size);
  if (from < 0) {
    node[n++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, false, 1};
  } else {
    memcpy(node + n, e->node + from, (size_t)(to - from + 1) * size);
    n += to - from + 1;
  }
  memcpy(node + n, e->node + last + 1, (size_t)(e->n - last - 1) * size);
  return assay_expr_make(out, node, n + e->n - last - 1);
}

/* The operation at i gives way. *out NULL: it has no such heir. */
static int succeed(struct assay_expr **out, const struct assay_expr *e, int i, enum heir heir)
{
  const int arity = assay_expr_ops[e->node[i].op].arity, first = assay_expr_first(e, i);
  *out = NULL;
  if (arity == 0 || (heir == RIGHT && e->node[i].op == ASSAY_EXPR_POW)) return ASSAY_OK;
  if (heir == NUMBER) return graft(out, e, first, i, -1, -1);
  const int right = assay_expr_first(e, i - 1);
  if (heir == RIGHT) return graft(out, e, first, i, right, i - 1);
  return arity == 2 ? graft(out, e, first, i, first, right - 1) : ASSAY_OK;
}

/* The first change that does no harm. */
static int prune_once(bool *changed, struct assay_expr **e, double *rms, double enough,
                      const struct assay_sr_fit_data *data, int iterations,
                      struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *trial = NULL;
  double now;
  *changed = false;
  for (int k = 0; k < HEIRS * (*e)->n && !*changed && !assay_sr_over(b); k++) {
    const int i = (*e)->n - 1 - k / HEIRS;
    assay_expr_free(trial);
    ASSAY_TRY(succeed(&trial, *e, i, (enum heir)(k % HEIRS)));
    if (!trial) continue;
    ASSAY_TRY(fit_all(trial, &now, data, iterations, b));
    *changed = now <= fmax(1.001 * *rms, enough);
  }
  if (!*changed) goto done;
  assay_expr_free(*e);
  *e = trial;
  trial = NULL;
  *rms = now;
  ASSAY_TRY(assay_sr_tidy(e));
done:
  assay_expr_free(trial);
  return rc;
}

int assay_sr_prune(struct assay_expr **e, double *rms, double enough,
                   const struct assay_sr_fit_data *data, int iterations, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  bool changed = (*e)->n <= ASSAY_SR_PRUNE_NODES;
  ASSAY_TRY(fit_all(*e, rms, data, iterations, b));
  while (changed && isfinite(*rms) && !assay_sr_over(b))
    ASSAY_TRY(prune_once(&changed, e, rms, enough, data, iterations, b));
done:
  return rc;
}
