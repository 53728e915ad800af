/* Sparse identification of nonlinear dynamics: rates by differentiating the trajectories
 * (baselines/dynamics/derivative.h), few terms that explain them (sparse.h). */
#include "baselines/discovery.h"
#include "baselines/dynamics/derivative.h"

enum { DIFFERENCES, SMOOTH };

struct params {
  struct assay_discovery_params common;
  int derivative; /* DIFFERENCES or SMOOTH */
  int order;
  int window, fit;
};
#define PARAMS params
static const struct assay_param rows[] = {
    {ASSAY_P_CHOICE(PARAMS, derivative, "differences", "smooth"),
     .doc = "central differences, or slopes of polynomials fitted to windows (Savitzky, Golay)"},
    {ASSAY_P_INT(PARAMS, order), .doc = "of the differences: 2, 4, ..., 12", .min = 2, .max = 12},
    {ASSAY_P_INT(PARAMS, window), .doc = "smooth: points of a window", .min = 3, .max = 101},
    {ASSAY_P_INT(PARAMS, fit), .doc = "smooth: degree of the polynomials", .min = 1, .max = 12},
    {ASSAY_P_INT(PARAMS, common.degree), .doc = "highest degree of the monomials", .min = 1,
     .max = ASSAY_LIBRARY_DEGREE_MAX},
    {ASSAY_P_BOOL(PARAMS, common.waves), .doc = "sines and cosines of the states as well"},
    {ASSAY_P_INT(PARAMS, common.most), .doc = "most terms for a state", .min = 1, .max = 100},
    {0}};
static const struct params defaults = {
    .common = {.degree = 4, .waves = true, .most = 20}, .order = 8, .window = 15, .fit = 6};

static int make_rows(struct assay_dynamics_problem **out, const struct assay_library *l,
                     const struct assay_observed *o, const void *params)
{
  int rc;
  const struct params *p = params;
  struct assay_filter f;
  if (p->derivative == SMOOTH)
    rc = assay_filter_make(&f, p->window / 2, p->fit);
  else
    rc = assay_filter_make(&f, p->order / 2, p->order / 2 * 2);
  return rc < 0 ? rc : assay_derivative_problem(out, l, o, &f);
}

static int train(const struct assay_train_job *job)
{
  const struct params *p = job->params;
  return assay_discovery_train(job, &p->common, make_rows);
}

const struct assay_baseline assay_baseline_sindy = {
    .name = "sindy",
    .version = 1,
    .doc = "differentiated trajectories, then sequentially thresholded least squares",
    .reference = "Brunton, Proctor, Kutz, PNAS 113 (2016) 3932-3937",
    .kinds = 1u << ASSAY_TASK_DISCOVERY,
    .params = rows,
    .params_size = sizeof(struct params),
    .defaults = &defaults,
    .train = train,
    .predict = assay_discovery_predict,
};
