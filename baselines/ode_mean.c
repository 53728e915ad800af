/* Every state changes at its mean rate, rates by central differences of order 2
 * (baselines/dynamics/derivative.h). */
#include "baselines/discovery.h"
#include "baselines/dynamics/derivative.h"

static int make_rows(struct assay_dynamics_problem **out, const struct assay_library *l,
                     const struct assay_observed *o, const void *params)
{
  struct assay_filter f;
  const int rc = assay_filter_make(&f, 1, 2);
  (void)params;
  return rc < 0 ? rc : assay_derivative_problem(out, l, o, &f);
}

static int train(const struct assay_train_job *job)
{
  return assay_discovery_train_all(job, 0, make_rows);
}

const struct assay_baseline assay_baseline_ode_mean = {
    .name = "ode_mean",
    .version = 1,
    .doc = "the mean rate of every state",
    .reference = "least squares (floors)",
    .kinds = 1u << ASSAY_TASK_DISCOVERY,
    .floor = true,
    .train = train,
    .predict = assay_discovery_predict,
};
