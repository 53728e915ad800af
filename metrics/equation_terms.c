/* Term by term: an equation and the law multiplied out (core/expr/normal.h), as users of term
 * libraries count. */
#include <math.h>

#include "core/base/err.h"
#include "core/expr/normal.h"
#include "metrics/equation.h"

/* An equation that is too large to compare has no right term, nor has one without numbers. */
static int terms_of(struct assay_terms_found *out, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  const struct assay_normal_variables variables = {q->n_columns, q->scale, q->positive};
  double r2;
  ASSAY_TRY(assay_equation_r2(&r2, q->predicted, q));
  rc = assay_normal_terms(out, q->predicted, q->law, &variables);
  if (rc == ASSAY_EARG) rc = ASSAY_OK;
  ASSAY_TRY(rc);
  if (isinf(r2) || out->limited) *out = (struct assay_terms_found){.error = 1};
done:
  return rc;
}

static int eval_precision(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  struct assay_terms_found t;
  ASSAY_TRY(terms_of(&t, q));
  *value = t.found > 0 ? (double)t.right / t.found : 0;
done:
  return rc;
}

static int eval_recall(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  struct assay_terms_found t;
  ASSAY_TRY(terms_of(&t, q));
  *value = t.needed > 0 ? (double)t.right / t.needed : 0;
done:
  return rc;
}

static int eval_error(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  struct assay_terms_found t;
  ASSAY_TRY(terms_of(&t, q));
  *value = t.error;
done:
  return rc;
}

static const struct assay_metric_equation_answer precision_answers[] = {
    {.what = "two of three",
     .predicted = "9.5*x1 - 10*x0 + 1e-5*x0^2",
     .law = "10*(x1 - x0)",
     .expected = 2 / 3.0,
     .tolerance = 1e-15},
    {.what = "multiplied out",
     .predicted = "28*x0 - x0*x2 - x1",
     .law = "x0*(28 - x2) - x1",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "no term", .predicted = "x0 - x0", .law = "x1", .expected = 0, .tolerance = 1e-15},
    {0}};
static const struct assay_metric_equation_answer recall_answers[] = {
    {.what = "one of three",
     .predicted = "-3*x0",
     .law = "10*(x1 - x0) + 0.7",
     .expected = 1 / 3.0,
     .tolerance = 1e-15},
    {.what = "more than needed",
     .predicted = "x0 + x1 + x2",
     .law = "x0 - 2.2*x2",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "another power", .predicted = "x0^2", .law = "x0", .expected = 0, .tolerance = 1e-15},
    {0}};
static const struct assay_metric_equation_answer error_answers[] = {
    {.what = "0.05 and 0 of two",
     .predicted = "9.5*x1 - 10*x0",
     .law = "10*(x1 - x0)",
     .expected = 0.025,
     .tolerance = 1e-12},
    {.what = "0.7, and two that are missing",
     .predicted = "-3*x0",
     .law = "10*(x1 - x0) + 0.7",
     .expected = 0.9,
     .tolerance = 1e-12},
    {.what = "0.1, and one too many",
     .predicted = "1.1*x0 + 1e-9*x1",
     .law = "x0",
     .expected = 0.55,
     .tolerance = 1e-12},
    {.what = "no number", .predicted = "log(-x0)", .law = "x0", .expected = 1, .tolerance = 1e-15},
    {0}};

#define TERMS .version = 1, .reference = "docs/discovery.md", .unit = "1", .needs_truth = true
#define COUNT                                                                                    \
  "terms of equation and law multiplied out over one denominator, whatever their coefficients, " \
  "each of the same weight; "

const struct assay_metric assay_metric_term_precision = {
    .name = "term_precision",
    TERMS,
    .doc = "share of the terms of the equation that the law has",
    .formula = COUNT "right / found, zero where none is found; mean over tables (cases)",
    .better = ASSAY_HIGHER_IS_BETTER,
    .equation = eval_precision,
    .worst = 0,
    .equation_answers = precision_answers,
};
const struct assay_metric assay_metric_term_recall = {
    .name = "term_recall",
    TERMS,
    .doc = "share of the terms of the law that the equation has",
    .formula = COUNT "right / needed, zero where none is right; mean over tables (cases)",
    .better = ASSAY_HIGHER_IS_BETTER,
    .equation = eval_recall,
    .worst = 0,
    .equation_answers = recall_answers,
};
const struct assay_metric assay_metric_coefficient_error = {
    .name = "coefficient_error",
    TERMS,
    .doc = "mean relative error of the coefficients, 1 for every term missing or too many",
    .formula = COUNT "min(1, |c - c*| / |c*|), 1 for terms of one side only, never a zero c*; the "
                     "mean over all terms of both, then over tables (cases)",
    .better = ASSAY_LOWER_IS_BETTER,
    .equation = eval_error,
    .worst = 1,
    .equation_answers = error_answers,
};
