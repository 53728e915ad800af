/* A constant times the product of all columns (baselines/symbolic/linear.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/linear.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_fit_product);
}

const struct assay_baseline assay_baseline_sr_product = {
    .name = "sr_product",
    .version = 1,
    .doc = "a constant times the product of all columns",
    .reference = "docs/equation-metrics.md (floors)",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .floor = true,
    .train = train,
    .predict = assay_regression_predict,
};
