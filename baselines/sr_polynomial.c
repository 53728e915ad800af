/* A polynomial whose degree is chosen by cross-validation (baselines/symbolic/linear.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/linear.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_fit_polynomial);
}

const struct assay_baseline assay_baseline_sr_polynomial = {
    .name = "sr_polynomial",
    .version = 1,
    .doc = "a polynomial whose degree is chosen by cross-validation",
    .reference = "Stone, J. Royal Stat. Soc. B 36 (1974) 111-147",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
