/* Whether an equation holds where nothing was learned. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"
#include "metrics/equation.h"

static bool has_rows(const struct assay_metric_equation *q)
{
  return q->n_beyond > 0;
}

/* min(1, |f - y| / |y|); 1 where f is no number */
static double relative_error(double f, double y)
{
  const double e = fabs(f - y) / fabs(y);
  return e < 1 ? e : 1;
}

static int eval_extrapolation(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double *error = NULL;
  if (!has_rows(q)) return ASSAY_EUNSUPPORTED;
  ASSAY_TRY(assay_equation_values_beyond(&error, q->predicted, q));
  for (long i = 0; i < q->n_beyond; i++) error[i] = relative_error(error[i], q->y_beyond[i]);
  assay_stats_sort(error, q->n_beyond);
  *value = assay_stats_quantile(error, q->n_beyond, 0.5);
done:
  assay_free(error);
  return rc;
}

/* Inside x0 is from 1 to 5, beyond from 5 to 9. */
static const struct assay_metric_equation_answer answers[] = {
    {.what = "the law", .predicted = "x1*x0", .law = "x0*x1", .expected = 0, .tolerance = 1e-15},
    {.what = "a tenth too much everywhere",
     .predicted = "1.1*x0",
     .law = "x0",
     .expected = 0.1,
     .tolerance = 1e-14},
    {.what = "one too much: the median of 1/x0, by numpy",
     .predicted = "x0 + 1",
     .law = "x0",
     .expected = 0.14388489208633096,
     .tolerance = 1e-14},
    {.what = "a cubic that fits the exponential inside (R2 0.9987), by numpy",
     .predicted = "((3.945*x0 - 22.477)*x0 + 48.088)*x0 - 29.563",
     .law = "exp(x0)",
     .expected = 0.47917431007459965,
     .tolerance = 1e-10},
    {.what = "the wrong sign is 2 off, which is cut to 1",
     .predicted = "-x0",
     .law = "x0",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "no number on any row",
     .predicted = "log(-x0)",
     .law = "x0",
     .expected = 1,
     .tolerance = 1e-15},
    {0}};

const struct assay_metric assay_metric_extrapolation = {
    .name = "extrapolation",
    .version = 1,
    .doc = "median relative error outside the range of what was learned from, 1 at most",
    .formula = "median over rows outside the box (docs/equation-metrics.md, \"Beyond the box\") of "
               "min(1, |f - y|/|y|), y: the law itself, rows of the same weight; 1 where f is "
               "not finite; rows where y is zero or not finite are not there; no value for a "
               "table without such rows; then the mean over tables (cases)",
    .reference = "docs/equation-metrics.md",
    .unit = "1",
    .better = ASSAY_LOWER_IS_BETTER,
    .needs_truth = true,
    .equation = eval_extrapolation,
    .worst = 1,
    .equation_answers = answers,
    .applies = has_rows,
};
