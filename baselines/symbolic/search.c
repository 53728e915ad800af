#include "baselines/symbolic/search.h"

#include <math.h>

#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/relation.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { SAMPLE = 256, ATOMS = 1500, POLISHED = 12 };

static const double NEAR = 1e-7; /* relative error of what is worth polishing */

int assay_sr_search_create(struct assay_sr_search **out, const struct assay_sr_table *table,
                           struct assay_sr_front *front, struct assay_sr_budget *budget,
                           uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "symbolic search"));
  *s = (struct assay_sr_search){.table = table, .front = front, .budget = budget, .seed = seed};
  ASSAY_TRY(assay_sr_sample_create(&s->sample, table, SAMPLE, seed));
  ASSAY_TRY(assay_sr_pool_create(&s->pool, table, s->sample, ATOMS, budget));
  *out = s;
  s = NULL;
done:
  assay_sr_search_destroy(s);
  return rc;
}

void assay_sr_search_destroy(struct assay_sr_search *s)
{
  if (!s) return;
  assay_sr_pool_destroy(s->pool);
  assay_sr_sample_destroy(s->sample);
  assay_free(s);
}

/* The order of attempts: cheap and likely first. */
static const struct stage {
  int depth;                    /* of products; -1: none */
  bool other_targets;           /* products of functions of y, not of y itself */
  int columns, beyond, factors; /* of relations; columns 0: none */
} stages[] = {
    {0, false, 0, 0, 0},       {1, false, 0, 0, 0},   {2, false, 0, 0, 0},
    {-1, false, 80, 0, 0},     {0, true, 0, 0, 0},    {1, true, 0, 0, 0},
    {-1, false, 80, 0, 1},     {-1, false, 80, 0, 2}, {2, true, 0, 0, 0},
    {-1, false, 260, 80, 0},   {3, false, 0, 0, 0},   {-1, false, 260, 80, 1},
    {-1, false, 600, 260, 0},  {3, true, 0, 0, 0},    {-1, false, 80, 0, 3},
    {-1, false, 1000, 600, 0},
};
enum { STAGES = sizeof stages / sizeof *stages };

static int run_products(struct assay_sr_search *s, const struct stage *stage)
{
  int rc = ASSAY_OK;
  const struct assay_sr_target *t = assay_sr_targets;
  if (!stage->other_targets) return assay_sr_search_products(s, t, stage->depth);
  for (t++; t->name && !assay_sr_over(s->budget) && !assay_sr_front_solved(s->front); t++) {
    if (t->power || (t->pure && !s->table->column[s->table->n_vars].plain)) continue;
    ASSAY_TRY(assay_sr_search_products(s, t, stage->depth));
  }
done:
  return rc;
}

int assay_sr_search_polish(struct assay_sr_search *s)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_expr *near[POLISHED] = {NULL};
  double *w = NULL, rms;
  struct assay_sr_fit_data data = {s->sample->x, s->sample->y, NULL, s->sample->m};
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)data.n, "symbolic search"));
  ASSAY_TRY(assay_sr_fit_weights(w, data.y, data.n));
  data.w = w;
  for (int i = 0; i < s->front->n && n < POLISHED; i++)
    if (s->front->model[i].relative <= NEAR) {
      ASSAY_TRY(assay_expr_copy(&near[n], s->front->model[i].expr));
      n++;
    }
  for (int i = 0; i < n; i++) {
    ASSAY_TRY(assay_sr_fit_snap(near[i], &rms, &data, s->budget));
    if (isfinite(rms)) ASSAY_TRY(assay_sr_front_offer(NULL, s->front, near[i], "fit", s->budget));
  }
done:
  for (int i = 0; i < n; i++) assay_expr_free(near[i]);
  assay_free(w);
  return rc;
}

static int run_floors(struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_sr_fit_constant(s->front, s->budget, s->seed));
  ASSAY_TRY(assay_sr_fit_product(s->front, s->budget, s->seed));
done:
  return rc;
}

int assay_sr_search_run(struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(run_floors(s));
  for (const struct stage *g = stages; g < stages + STAGES; g++) {
    if (assay_sr_over(s->budget) || assay_sr_front_solved(s->front)) goto done;
    if (g->depth >= 0) ASSAY_TRY(run_products(s, g));
    if (g->columns > 0) ASSAY_TRY(assay_sr_search_relations(s, g->columns, g->beyond, g->factors));
  }
done:
  return rc;
}
