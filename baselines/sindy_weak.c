/* Sparse identification of nonlinear dynamics in the weak form: trajectories are integrated against
 * test functions, not differentiated (baselines/dynamics/weak.h); few terms as in sindy. */
#include "baselines/discovery.h"
#include "baselines/dynamics/weak.h"

struct params {
  struct assay_discovery_params common;
  int p, q, width, overlap;
};
#define PARAMS params
static const struct assay_param rows[] = {
    {ASSAY_P_INT(PARAMS, p), .doc = "exponent of the test functions at their beginning", .min = 2,
     .max = 30},
    {ASSAY_P_INT(PARAMS, q), .doc = "exponent at their end", .min = 2, .max = 30},
    {ASSAY_P_INT(PARAMS, width), .doc = "steps of a test function, 0: 16, 32, 64 and 128 together",
     .max = 100000},
    {ASSAY_P_INT(PARAMS, overlap), .doc = "test functions that cover a point, for each width",
     .min = 1, .max = 1000},
    {ASSAY_P_INT(PARAMS, common.degree), .doc = "highest degree of the monomials", .min = 1,
     .max = ASSAY_LIBRARY_DEGREE_MAX},
    {ASSAY_P_BOOL(PARAMS, common.waves), .doc = "sines and cosines of the states as well"},
    {ASSAY_P_INT(PARAMS, common.most), .doc = "most terms for a state", .min = 1, .max = 100},
    {0}};
static const struct params defaults = {
    .common = {.degree = 4, .waves = true, .most = 20}, .p = 8, .q = 8, .overlap = 8};

static int make_rows(struct assay_dynamics_problem **out, const struct assay_library *l,
                     const struct assay_observed *o, const void *params)
{
  static const int widths[] = {16, 32, 64, 128};
  const struct params *p = params;
  const struct assay_weak w = {.p = p->p,
                               .q = p->q,
                               .n_widths = p->width ? 1 : sizeof widths / sizeof *widths,
                               .width = p->width ? &p->width : widths,
                               .overlap = p->overlap};
  return assay_weak_problem(out, l, o, &w);
}

static int train(const struct assay_train_job *job)
{
  const struct params *p = job->params;
  return assay_discovery_train(job, &p->common, make_rows);
}

const struct assay_baseline assay_baseline_sindy_weak = {
    .name = "sindy_weak",
    .version = 1,
    .doc = "trajectories integrated against test functions, then thresholded least squares",
    .reference = "Messenger, Bortz, Multiscale Modeling and Simulation 19 (2021) 1474-1497",
    .kinds = 1u << ASSAY_TASK_DISCOVERY,
    .params = rows,
    .params_size = sizeof(struct params),
    .defaults = &defaults,
    .train = train,
    .predict = assay_discovery_predict,
};
