#include "baselines/symbolic/buckingham.h"

#include <math.h>

#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/reduce.h"
#include "baselines/symbolic/search.h"
#include "baselines/symbolic/settle.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"

static const double SETTLING = 0.05; /* share of the budget that is kept for the end */

static bool may_be_used(const struct assay_sr_column *c)
{
  return c->usable || (c->lo == c->hi && c->lo != 0);
}

int assay_sr_groups_of_table(bool *known, struct assay_sr_groups *g,
                             const struct assay_sr_table *table)
{
  double dim[(ASSAY_SR_MAX_VARS + 1) * ASSAY_SR_DIMS];
  bool used[ASSAY_SR_MAX_VARS];
  *known = true;
  for (int j = 0; j <= table->n_vars; j++) {
    const struct assay_sr_column *c = &table->column[j];
    *known = *known && c->dimensions;
    if (j < table->n_vars) used[j] = may_be_used(c);
    for (int u = 0; u < ASSAY_SR_DIMS; u++) dim[j * ASSAY_SR_DIMS + u] = c->dim[u];
  }
  return *known ? assay_sr_groups_find(g, dim, used, table->n_vars) : ASSAY_OK;
}

static bool is_exact(const struct assay_sr_front *f)
{
  const struct assay_sr_model *best = assay_sr_front_select(f);
  return best && assay_sr_model_exact(best);
}

/* Groups are turned so that columns that vanish in places do not divide. */
static void set_reduction(struct assay_sr_reduction *r, const struct assay_sr_groups *g, int which,
                          const struct assay_sr_table *t)
{
  *r = (struct assay_sr_reduction){.n_vars = g->n, .steps = 1};
  for (int j = 0; j < g->n_vars; j++) {
    r->prefactor[j] = g->prefactor[which][j];
    r->positive[j] = t->column[j].sign > 0;
  }
  for (int k = 0; k < g->n; k++) {
    bool turn = false;
    for (int j = 0; j < g->n_vars; j++) turn = turn || (t->column[j].zeros && g->power[k][j] < 0);
    for (int j = 0; j < g->n_vars; j++) r->power[k][j] = turn ? -g->power[k][j] : g->power[k][j];
  }
}

/* y / P is a number */
static int offer_constant(struct assay_sr_front *front, const struct assay_sr_reduction *r,
                          struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const struct assay_sr_table *t = front->table;
  const ptrdiff_t n = t->n_train;
  struct assay_expr *number = NULL, *e = NULL;
  struct assay_sr_phrase p = {0};
  double *ratio = NULL;
  if (!assay_sr_spend(b, 2.0 * (double)t->n * t->n_vars)) goto done;
  ASSAY_TRY(ASSAY_NEW(&ratio, (size_t)t->n, "dimensional analysis"));
  assay_sr_reduce_target(ratio, r, t);
  const double c = assay_stats_median(ratio, n);
  for (ptrdiff_t i = 0; i < n; i++) ratio[i] = fabs(ratio[i] / c - 1);
  const double spread = assay_stats_median(ratio, n);
  if (!isfinite(c) || c == 0) goto done;
  assay_sr_put_number(&p, c, fmax(fmin(10 * spread, 1e-9), 1e-14));
  ASSAY_TRY(assay_expr_parse(&number, p.text, NULL));
  ASSAY_TRY(assay_sr_reduce_undo(&e, r, t->n_vars, number));
  if (e) ASSAY_TRY(assay_sr_front_offer(NULL, front, e, "units", b));
done:
  assay_expr_free(number);
  assay_expr_free(e);
  assay_free(ratio);
  return rc;
}

/* what is cheap on a few columns */
static int quick_search(struct assay_sr_front *front, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = NULL;
  ASSAY_TRY(assay_sr_search_create(&s, front->table, front, b, seed));
  ASSAY_TRY(assay_sr_search_products(s, assay_sr_targets, 2));
  ASSAY_TRY(assay_sr_search_polish(s));
  if (!is_exact(front)) ASSAY_TRY(assay_sr_search_functions(s, 2));
  ASSAY_TRY(assay_sr_search_polish(s));
done:
  assay_sr_search_destroy(s);
  return rc;
}

/* what takes longer, and what approximates */
static int long_search(struct assay_sr_front *front, struct assay_sr_budget *b, uint64_t seed)
{
  static const struct {
    int (*search)(struct assay_sr_front *, struct assay_sr_budget *, uint64_t);
    double share;
  } parts[] = {{assay_sr_search_table, 0.9},
               {assay_sr_fit_polynomial, 0.3},
               {assay_sr_fit_stlsq, 0.3},
               {assay_sr_fit_lasso, 0.3}};
  int rc = ASSAY_OK;
  for (size_t i = 0; i < sizeof parts / sizeof *parts && !is_exact(front); i++) {
    struct assay_sr_budget part = assay_sr_budget_share(b, parts[i].share);
    ASSAY_TRY(parts[i].search(front, &part, seed));
    assay_sr_budget_join(b, &part);
  }
done:
  return rc;
}

enum how { QUICK, LONG, HOWS };

/* f over the groups */
static int search_function(struct assay_sr_front *front, const struct assay_sr_reduction *r,
                           enum how how, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_table *table = NULL;
  struct assay_sr_front *found = NULL;
  if (!assay_sr_spend(b, 2.0 * (double)front->table->n * front->table->n_vars * (r->n_vars + 1)))
    goto done;
  ASSAY_TRY(assay_sr_reduce_table(&table, r, front->table));
  ASSAY_TRY(assay_sr_front_create(&found, table));
  ASSAY_TRY(how == QUICK ? quick_search(found, b, seed) : long_search(found, b, seed));
  ASSAY_TRY(assay_sr_reduce_bring_back(front, r, found, b));
done:
  assay_sr_front_destroy(found);
  assay_sr_table_destroy(table);
  return rc;
}

static int search_prefactor(struct assay_sr_front *front, const struct assay_sr_groups *g,
                            int which, enum how how, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_reduction *r = NULL;
  ASSAY_TRY(ASSAY_NEW(&r, 1, "dimensional analysis"));
  set_reduction(r, g, which, front->table);
  if (g->n > 0)
    ASSAY_TRY(search_function(front, r, how, b, seed));
  else if (how == QUICK)
    ASSAY_TRY(offer_constant(front, r, b));
done:
  assay_free(r);
  return rc;
}

int assay_sr_search_groups(struct assay_sr_front *front, struct assay_sr_budget *budget,
                           uint64_t seed)
{
  int rc = ASSAY_OK;
  bool known;
  struct assay_sr_groups *g = NULL;
  ASSAY_TRY(ASSAY_NEW(&g, 1, "dimensional analysis"));
  ASSAY_TRY(assay_sr_groups_of_table(&known, g, front->table));
  for (enum how how = QUICK; how < HOWS && known; how++)
    for (int k = 0; k < g->n_prefactors && !is_exact(front); k++) {
      const double share = how == QUICK ? 0.3 : 1.0 / (g->n_prefactors - k); /* quick ones end */
      struct assay_sr_budget part = assay_sr_budget_share(budget, share);
      ASSAY_TRY(search_prefactor(front, g, k, how, &part, seed));
      assay_sr_budget_join(budget, &part);
    }
done:
  assay_free(g);
  return rc;
}

/* the constant carries the unit */
static int search_powers(struct assay_sr_front *front, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = NULL;
  ASSAY_TRY(assay_sr_fit_constant(front, b, seed));
  ASSAY_TRY(assay_sr_fit_product(front, b, seed));
  ASSAY_TRY(assay_sr_search_create(&s, front->table, front, b, seed));
  for (int depth = 0; depth <= 1 && !is_exact(front); depth++) {
    ASSAY_TRY(assay_sr_search_products(s, assay_sr_targets, depth));
    ASSAY_TRY(assay_sr_search_polish(s));
  }
done:
  assay_sr_search_destroy(s);
  return rc;
}

int assay_sr_search_buckingham(struct assay_sr_front *front, struct assay_sr_budget *budget,
                               uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_budget part = assay_sr_budget_share(budget, 1 - SETTLING);
  struct assay_sr_budget units = assay_sr_budget_share(&part, 0.8);
  ASSAY_TRY(assay_sr_search_groups(front, &units, seed));
  assay_sr_budget_join(&part, &units);
  if (!is_exact(front)) ASSAY_TRY(search_powers(front, &part, seed));
  assay_sr_budget_join(budget, &part);
  ASSAY_TRY(assay_sr_settle(front, budget, seed));
done:
  return rc;
}
