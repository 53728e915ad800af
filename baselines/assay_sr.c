/* The symbolic search of this suite: everything in baselines/symbolic in a sensible order
 * (ensemble.h), until a law matches to rounding or the budget is spent. */
#include "baselines/regression.h"
#include "baselines/symbolic/ensemble.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_ensemble);
}

const struct assay_baseline assay_baseline_assay_sr = {
    .name = "assay_sr",
    .version = 2,
    .doc = "structured search for laws, then sparse regression and genetic programming",
    .reference = "docs/symbolic-search.md",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
