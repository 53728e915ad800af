/* Genetic programming (baselines/symbolic/genetic.h). */
#include "baselines/regression.h"
#include "baselines/symbolic/genetic.h"

/* the order of the choices of `tuner` */
_Static_assert(ASSAY_SR_TUNER_OWN == 0 && ASSAY_SR_TUNER_GSL == 1, "choices of the tuner");

struct settings {
  int threads, tuner;
};
static const struct settings defaults = {.threads = 1, .tuner = ASSAY_SR_TUNER_OWN};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, threads), .unit = "1", .min = 1, .max = 64,
     .doc = "threads that the islands share; the equations do not depend on it"},
    {ASSAY_P_CHOICE(settings, tuner, "own", "gsl"),
     .doc = "who fits constants by Levenberg-Marquardt: the suite or GSL"},
    {.name = NULL},
};

static int search(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed,
                  const void *settings)
{
  struct assay_sr_genetic_options options = assay_sr_genetic_defaults;
  const struct settings *set = settings;
  options.threads = set->threads;
  options.tuner = set->tuner;
  return assay_sr_genetic_with(front, budget, seed, &options);
}

static int train(const struct assay_train_job *job)
{
  return assay_regression_train_with(job, search, job->params ? job->params : &defaults);
}

const struct assay_baseline assay_baseline_sr_gp = {
    .name = "sr_gp",
    .version = 2,
    .doc = "genetic programming for error and size, on islands, constants by Levenberg-Marquardt",
    .reference = "Deb et al., IEEE Trans. Evol. Comput. 6 (2002) 182; Kommenda et al., GPEM 21 "
                 "(2020) 471",
    .kinds = 1u << ASSAY_TASK_REGRESSION,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = assay_regression_predict,
};
