/* The lasso path over a library of terms (baselines/symbolic/linear.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/linear.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_fit_lasso);
}

const struct assay_baseline assay_baseline_sr_lasso = {
    .name = "sr_lasso",
    .version = 2,
    .doc = "the lasso path over a library of terms",
    .reference = "Friedman, Hastie, Tibshirani, J. Stat. Software 33 (2010)",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
