/* The symbolic search of this suite: everything in baselines/symbolic in a sensible order
 * (search.h), until a law matches to rounding or the budget is spent. */
#include "baselines/regression.h"
#include "baselines/symbolic/search.h"
#include "core/base/err.h"

static int search(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = NULL;
  ASSAY_TRY(assay_sr_search_create(&s, front->table, front, budget, seed));
  ASSAY_TRY(assay_sr_search_run(s));
done:
  assay_sr_search_destroy(s);
  return rc;
}

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, search);
}

const struct assay_baseline assay_baseline_assay_sr = {
    .name = "assay_sr",
    .version = 1,
    .doc = "products of powers, sums of them, shapes and relations, then enumeration",
    .reference = "docs/symbolic-search.md",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
