/* Sequentially thresholded least squares over a library of terms (baselines/symbolic/linear.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/linear.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_fit_stlsq);
}

const struct assay_baseline assay_baseline_sr_stlsq = {
    .name = "sr_stlsq",
    .version = 2,
    .doc = "sequentially thresholded least squares over a library of terms",
    .reference = "Brunton, Proctor, Kutz, PNAS 113 (2016) 3932-3937",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
