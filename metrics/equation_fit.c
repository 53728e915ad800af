/* How well an equation gives the values of the test rows: R2, its threshold, the front. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "metrics/equation.h"

/* ---- r2, accuracy ------------------------------------------------------------------------- */

static int eval_r2(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double r2;
  ASSAY_TRY(assay_equation_r2(&r2, q->predicted, q));
  *value = fmax(r2, 0);
done:
  return rc;
}

static int eval_accuracy(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double r2;
  ASSAY_TRY(assay_equation_r2(&r2, q->predicted, q));
  *value = r2 > 0.999;
done:
  return rc;
}

static const struct assay_metric_equation_answer r2_answers[] = {
    {.what = "the law itself",
     .predicted = "x0*x1",
     .law = "x1*x0",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "nine tenths of the law: the sums over the rows, by numpy",
     .predicted = "0.9*x0",
     .law = "x0",
     .expected = 0.9106368359943235,
     .tolerance = 1e-14},
    {.what = "another power, likewise",
     .predicted = "x0*x1^1.1",
     .law = "x0*x1",
     .expected = 0.9004483538604796,
     .tolerance = 1e-13},
    {.what = "worse than the mean, which is no worse than 0",
     .predicted = "0*x0",
     .law = "x0",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "values beyond all numbers",
     .predicted = "exp(1000*x0)",
     .law = "x0",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "a size at which squares overflow",
     .predicted = "3e200*x0",
     .law = "3e200*x0",
     .expected = 1,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer accuracy_answers[] = {
    {.what = "R2 = 0.9106", .predicted = "0.9*x0", .law = "x0", .expected = 0, .tolerance = 1e-15},
    {.what = "off by 1e-4",
     .predicted = "1.0001*x0",
     .law = "x0",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "another law", .predicted = "x0^2", .law = "x0", .expected = 0, .tolerance = 1e-15},
    {.what = "no number on any row",
     .predicted = "log(-x0)",
     .law = "x0",
     .expected = 0,
     .tolerance = 1e-15},
    {0}};

const struct assay_metric assay_metric_r2 = {
    .name = "r2",
    .version = 1,
    .doc = "share of the variance of y on the test rows that the equation explains, 0 at least",
    .formula =
        "max(0, 1 - sum (y - f)^2 / sum (y - mean y)^2) over the test rows of a table, all "
        "of the same weight; zero where f is not finite on any row; a y that does not vary: 1 "
        "if f equals it, else 0; then the mean over tables (cases)",
    .reference = "SRBench, Neural Information Processing Systems 2021, r2_zero",
    .unit = "1",
    .better = ASSAY_HIGHER_IS_BETTER,
    .needs_truth = true,
    .equation = eval_r2,
    .equation_answers = r2_answers,
};

const struct assay_metric assay_metric_accuracy = {
    .name = "accuracy",
    .version = 1,
    .doc = "1 where R2 on the test rows is above 0.999, else 0",
    .formula = "1 if 1 - sum (y - f)^2 / sum (y - mean y)^2 > 0.999, else 0 (zero also where f is "
               "not finite), rows of the same weight; then the mean over tables (cases)",
    .reference = "SRSD, arXiv 2206.10540",
    .unit = "1",
    .better = ASSAY_HIGHER_IS_BETTER,
    .needs_truth = true,
    .equation = eval_accuracy,
    .equation_answers = accuracy_answers,
};

/* ---- hypervolume -------------------------------------------------------------------------- */

/* Unexplained share of the variance on a scale of twelve decades: 0 at 1e-12 and below, 1 where
 * nothing is explained. */
static double badness(double r2)
{
  const double u = 1 - r2;
  if (!(u < 1)) return 1;
  return u > 1e-12 ? 1 + log10(u) / 12 : 0;
}

static double size_of(const struct assay_expr *e)
{
  return fmin(1, e->n / 100.0);
}

/* Area of [0,1]^2 that is dominated by at least one point: rectangles from each size to the next,
 * as high as the best of the smaller ones leaves free. */
static double area(double (*point)[2], int n)
{
  double sum = 0, best = 1;
  for (int i = 1; i < n; i++) /* by size */
    for (int k = i; k > 0 && point[k][0] < point[k - 1][0]; k--)
      for (int d = 0; d < 2; d++) {
        const double swap = point[k][d];
        point[k][d] = point[k - 1][d];
        point[k - 1][d] = swap;
      }
  for (int i = 0; i < n; i++) {
    best = fmin(best, point[i][1]);
    const double next = i + 1 < n ? point[i + 1][0] : 1;
    sum += (next - point[i][0]) * (1 - best);
  }
  return sum;
}

static int eval_hypervolume(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double(*point)[2] = NULL;
  ASSAY_TRY(ASSAY_NEW(&point, (size_t)q->n_front, "points of a front"));
  for (int i = 0; i < q->n_front; i++) {
    double r2;
    ASSAY_TRY(assay_equation_r2(&r2, q->front[i], q));
    point[i][0] = size_of(q->front[i]);
    point[i][1] = badness(r2);
  }
  *value = area(point, q->n_front);
done:
  assay_free(point);
  return rc;
}

static const struct assay_metric_equation_answer hypervolume_answers[] = {
    {.what = "the law of three nodes alone",
     .predicted = "x0*x1",
     .law = "x1*x0",
     .expected = 0.97,
     .tolerance = 1e-14},
    {.what = "nothing explained",
     .predicted = "log(-x0)",
     .law = "x0",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "a useless small one beside the law",
     .predicted = "x0*x1",
     .law = "x1*x0",
     .more = "log(-x0)",
     .expected = 0.97,
     .tolerance = 1e-14},
    {.what = "the law twice, once with 5 nodes",
     .predicted = "x0*x1*1",
     .law = "x1*x0",
     .more = "x0*x1",
     .expected = 0.97,
     .tolerance = 1e-14},
    {0}};

const struct assay_metric assay_metric_hypervolume = {
    .name = "hypervolume",
    .version = 1,
    .doc = "area that the front of equations dominates, size against unexplained variance",
    .formula = "area of the unit square dominated by the points (min(1, nodes/100), 1 + "
               "log10(1 - R2)/12 between zero and 1) of all equations offered, against (1, 1); "
               "rows of the same weight; then the mean over tables (cases)",
    .reference = "Zitzler and Thiele, IEEE Trans. Evol. Comput. 3 (1999) 257-271",
    .unit = "1",
    .better = ASSAY_HIGHER_IS_BETTER,
    .needs_truth = true,
    .equation = eval_hypervolume,
    .equation_answers = hypervolume_answers,
};
