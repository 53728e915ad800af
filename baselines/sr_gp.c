/* Genetic programming (baselines/symbolic/genetic.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/genetic.h"

static int train(const struct assay_train_job *job)
{
  return assay_regression_train(job, assay_sr_genetic);
}

const struct assay_baseline assay_baseline_sr_gp = {
    .name = "sr_gp",
    .version = 1,
    .doc = "genetic programming for error and size, on islands, constants by least squares",
    .reference = "Deb et al., IEEE Trans. Evol. Comput. 6 (2002) 182; Kommenda et al., GPEM 21 "
                 "(2020) 471",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .train = train,
    .predict = assay_regression_predict,
};
