/* Dimensional analysis, then small searches (baselines/symbolic/buckingham.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/buckingham.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_search_buckingham);
}

const struct assay_baseline assay_baseline_sr_buckingham = {
    .name = "sr_buckingham",
    .version = 1,
    .doc = "dimensional analysis, then constants, powers and small laws of the groups",
    .reference = "Buckingham, Phys. Rev. 4 (1914) 345",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
