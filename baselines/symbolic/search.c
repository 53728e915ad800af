#include "baselines/symbolic/search.h"

#include "core/base/err.h"
#include "core/base/mem.h"

enum { SAMPLE = 256, ATOMS = 1500 };

int assay_sr_search_create(struct assay_sr_search **out, const struct assay_sr_table *table,
                           struct assay_sr_front *front, struct assay_sr_budget *budget,
                           uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "symbolic search"));
  *s = (struct assay_sr_search){
      .table = table, .front = front, .budget = budget, .seed = seed};
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

int assay_sr_search_run(struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  for (int depth = 0; depth <= 3; depth++)
    for (const struct assay_sr_target *t = assay_sr_targets; t->name; t++) {
      if (assay_sr_over(s->budget) || assay_sr_front_solved(s->front)) goto done;
      if (t->power && t != assay_sr_targets) continue;
      ASSAY_TRY(assay_sr_search_products(s, t, depth));
    }
done:
  return rc;
}
