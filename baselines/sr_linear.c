/* Ordinary least squares in the columns (baselines/symbolic/linear.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/linear.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_fit_line);
}

const struct assay_baseline assay_baseline_sr_linear = {
    .name = "sr_linear",
    .version = 1,
    .doc = "ordinary least squares in the columns",
    .reference = "Legendre (1805)",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .floor = true,
    .train = train,
    .predict = assay_regression_predict,
};
