/* The mean of the target: no learning (baselines/symbolic/linear.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/linear.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_fit_constant);
}

const struct assay_baseline assay_baseline_sr_constant = {
    .name = "sr_constant",
    .version = 1,
    .doc = "the mean of the target: no learning",
    .reference = "SRSD, arXiv 2206.10540 (floors)",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .floor = true,
    .train = train,
    .predict = assay_regression_predict,
};
