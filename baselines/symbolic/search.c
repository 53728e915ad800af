#include "baselines/symbolic/search.h"

#include <math.h>

#include "baselines/symbolic/enumerate.h"
#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/reduce.h"
#include "baselines/symbolic/relation.h"
#include "baselines/symbolic/tidy.h"
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

/* The order of attempts: cheap and likely first. A law that matches to rounding ends the search if
 * it has no more nodes than `trust`: long ones may be another law in disguise, and get competition
 * from the next attempts. */
enum kind { PRODUCTS, PRODUCTS_OF_FUNCTIONS, RELATIONS, QUADRATICS, SHAPES, SMALL, REDUCED };
static const struct stage {
  enum kind kind;
  int depth;                    /* of products */
  int columns, beyond, factors; /* of relations */
  double share;                 /* of the budget */
  int trust;
} stages[] = {
    {PRODUCTS, .depth = 0, .trust = 30},
    {PRODUCTS, .depth = 1, .trust = 30},
    {PRODUCTS, .depth = 2, .trust = 30},
    {RELATIONS, .columns = 100, .trust = 24},
    {PRODUCTS, .depth = 3, .trust = 40},
    {PRODUCTS_OF_FUNCTIONS, .depth = 0, .trust = 20},
    {PRODUCTS_OF_FUNCTIONS, .depth = 1, .trust = 20},
    {REDUCED, .share = 0.15, .trust = 50},
    {QUADRATICS, .columns = 420, .share = 0.15, .trust = 50},
    {SHAPES, .trust = 30},
    {RELATIONS, .columns = 100, .factors = 1, .trust = 40},
    {RELATIONS, .columns = 100, .factors = 2, .trust = 60},
    {SMALL, .share = 0.1, .trust = 60},
    {PRODUCTS_OF_FUNCTIONS, .depth = 2, .trust = 60},
    {RELATIONS, .columns = 260, .beyond = 100, .trust = 100},
    {RELATIONS, .columns = 260, .beyond = 100, .factors = 1, .trust = 100},
    {RELATIONS, .columns = 600, .beyond = 260, .trust = 100},
    {PRODUCTS_OF_FUNCTIONS, .depth = 3, .trust = 100},
    {RELATIONS, .columns = 100, .factors = 3, .trust = 100},
    {RELATIONS, .columns = 1000, .beyond = 600, .trust = 100},
};
enum { STAGES = sizeof stages / sizeof *stages };

int assay_sr_search_functions(struct assay_sr_search *s, int depth)
{
  int rc = ASSAY_OK;
  const bool plain = s->table->column[s->table->n_vars].plain;
  for (const struct assay_sr_target *t = assay_sr_targets + 1; t->name; t++) {
    if (assay_sr_over(s->budget) || assay_sr_front_solved(s->front, 24)) break;
    if (!t->power && (!t->pure || plain)) ASSAY_TRY(assay_sr_search_products(s, t, depth));
  }
done:
  return rc;
}

static const struct assay_sr_enumeration small = {.most = 150000, .nodes = 9};

static int run_small(struct assay_sr_search *s, double share)
{
  struct assay_sr_budget part = assay_sr_budget_share(s->budget, share);
  const int rc = assay_sr_search_small(s->front, &part, s->seed, small);
  assay_sr_budget_join(s->budget, &part);
  return rc;
}

static int run_stage(struct assay_sr_search *s, const struct stage *g)
{
  switch (g->kind) {
  case PRODUCTS:
    return assay_sr_search_products(s, assay_sr_targets, g->depth);
  case PRODUCTS_OF_FUNCTIONS:
    return assay_sr_search_functions(s, g->depth);
  case RELATIONS:
    return assay_sr_search_relations(s, g->columns, g->beyond, g->factors);
  case QUADRATICS:
    return assay_sr_search_quadratics(s, g->columns, g->share);
  case SMALL:
    return run_small(s, g->share);
  case REDUCED:
    return s->reduced ? ASSAY_OK : assay_sr_search_reduced(s, g->share);
  default:
    return assay_sr_search_shapes(s);
  }
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
    ASSAY_TRY(assay_sr_tidy(&near[i]));
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

int assay_sr_search_reduced(struct assay_sr_search *s, double share)
{
  int rc = ASSAY_OK;
  struct assay_sr_reduction *r = NULL;
  struct assay_sr_table *table = NULL;
  struct assay_sr_front *front = NULL;
  struct assay_sr_search *inner = NULL;
  struct assay_sr_budget part = assay_sr_budget_share(s->budget, share);
  ASSAY_TRY(ASSAY_NEW(&r, 1, "symbolic search"));
  ASSAY_TRY(assay_sr_reduce_find(r, s->table, s->seed, &part));
  if (r->steps > 0 && r->n_vars > 0 && !assay_sr_over(&part)) {
    ASSAY_TRY(assay_sr_reduce_table(&table, r, s->table));
    ASSAY_TRY(assay_sr_front_create(&front, table));
    ASSAY_TRY(assay_sr_search_create(&inner, table, front, &part, s->seed));
    inner->reduced = true;
    ASSAY_TRY(assay_sr_search_run(inner));
  }
  assay_sr_budget_join(s->budget, &part);
  if (front) ASSAY_TRY(assay_sr_reduce_bring_back(s->front, r, front, s->budget));
done:
  assay_sr_search_destroy(inner);
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(table);
  assay_free(r);
  return rc;
}

static bool any_usable(const struct assay_sr_table *t)
{
  for (int j = 0; j < t->n_vars; j++)
    if (t->column[j].usable) return true;
  return false;
}

int assay_sr_search_run(struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(run_floors(s));
  if (!any_usable(s->table)) goto done;
  for (const struct stage *g = stages; g < stages + STAGES && !assay_sr_over(s->budget); g++) {
    ASSAY_TRY(run_stage(s, g));
    ASSAY_TRY(assay_sr_search_polish(s));
    if (assay_sr_front_solved(s->front, g->trust)) break;
  }
done:
  return rc;
}

int assay_sr_search_table(struct assay_sr_front *front, struct assay_sr_budget *budget,
                          uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = NULL;
  ASSAY_TRY(assay_sr_search_create(&s, front->table, front, budget, seed));
  ASSAY_TRY(assay_sr_search_run(s));
done:
  assay_sr_search_destroy(s);
  return rc;
}
