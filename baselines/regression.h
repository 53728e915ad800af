/* What methods for regressions share: a table of the protocol becomes a problem of
 * baselines/symbolic, the front that a search leaves becomes the model and the prediction. */
#ifndef ASSAY_BASELINES_REGRESSION_H
#define ASSAY_BASELINES_REGRESSION_H
#include "baselines/baseline.h"
#include "baselines/symbolic/front.h"

/* Runs `search` with the budget of the task (its work, and most of its time as a guard) and leaves
 * the front as MODEL/answer.nc; the mean where it has found nothing. */
int assay_regression_train(const struct assay_train_job *job,
                           int (*search)(struct assay_sr_front *front,
                                         struct assay_sr_budget *budget, uint64_t seed));
/* The same for a search with options of its own. */
int assay_regression_train_with(const struct assay_train_job *job,
                                int (*search)(struct assay_sr_front *front,
                                              struct assay_sr_budget *budget, uint64_t seed,
                                              const void *options),
                                const void *options);
/* The equations of the model, and the values of the selected one on the rows asked for. */
int assay_regression_predict(const struct assay_predict_job *job);

#endif
