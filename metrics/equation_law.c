/* Whether an equation is the law, how much of it is right, and which variables it uses. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/normal.h"
#include "metrics/equation.h"

/* An equation that is too large to compare is not the law. */
static int sameness(enum assay_sameness *out, const struct assay_metric_equation *q)
{
  const struct assay_normal_variables variables = {q->n_columns, q->scale, q->positive};
  struct assay_sameness_found found;
  const int rc = assay_normal_same(&found, q->predicted, q->law, &variables);
  *out = rc == ASSAY_OK ? found.verdict : ASSAY_SAME_NOT;
  return rc == ASSAY_EARG ? ASSAY_OK : rc;
}

static int eval_solution(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  enum assay_sameness same;
  double r2;
  *value = 0;
  ASSAY_TRY(assay_equation_r2(&r2, q->predicted, q));
  if (!(r2 > 0.999)) goto done; /* so an offset or a factor is forgiven where it is small */
  ASSAY_TRY(sameness(&same, q));
  *value = same <= ASSAY_SAME_AFFINE;
done:
  return rc;
}

static int eval_recovery(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  static const double level[] = {
      [ASSAY_SAME_EXACT] = 4,  [ASSAY_SAME_FACTOR] = 3,    [ASSAY_SAME_OFFSET] = 3,
      [ASSAY_SAME_AFFINE] = 3, [ASSAY_SAME_EXPONENTS] = 2, [ASSAY_SAME_VARIABLES] = 1,
      [ASSAY_SAME_NOT] = 0};
  enum assay_sameness same;
  ASSAY_TRY(sameness(&same, q));
  *value = level[same];
done:
  return rc;
}

/* right / chosen, right / needed */
struct choice {
  double chosen, needed, right;
};

static int count_variables(struct choice *out, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  bool *chosen = NULL, *needed = NULL;
  *out = (struct choice){0};
  ASSAY_TRY(ASSAY_NEW(&chosen, (size_t)q->n_columns + 1, "variables"));
  ASSAY_TRY(ASSAY_NEW(&needed, (size_t)q->n_columns + 1, "variables"));
  ASSAY_TRY(assay_equation_variables(needed, q->n_columns, q->law));
  rc = assay_equation_variables(chosen, q->n_columns, q->predicted);
  if (rc == ASSAY_EARG) rc = ASSAY_OK; /* too large: it has chosen nothing */
  ASSAY_TRY(rc);
  for (int v = 0; v < q->n_columns; v++) {
    out->chosen += chosen[v];
    out->needed += needed[v];
    out->right += chosen[v] && needed[v];
  }
done:
  assay_free(chosen);
  assay_free(needed);
  return rc;
}

static int eval_precision(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  struct choice c;
  ASSAY_TRY(count_variables(&c, q));
  *value = c.chosen > 0 ? c.right / c.chosen : 0;
done:
  return rc;
}

static int eval_recall(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  struct choice c;
  ASSAY_TRY(count_variables(&c, q));
  if (c.needed == 0) return ASSAY_EUNSUPPORTED;
  *value = c.right / c.needed;
done:
  return rc;
}

static const struct assay_metric_equation_answer solution_answers[] = {
    {.what = "the law in other words",
     .predicted = "x0*x0/x1 + 1*x0",
     .law = "x0*(x0 + x1)/x1",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "another power",
     .predicted = "x0*x1^2.01",
     .law = "x0*x1^2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "values agree, the law does not",
     .predicted = "x0*x1 + 1e-6*x2",
     .law = "x0*x1",
     .expected = 0,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer recovery_answers[] = {
    {.what = "exact", .predicted = "x1*x0^2", .law = "x0*x1*x0", .expected = 4, .tolerance = 1e-15},
    {.what = "a factor and an offset",
     .predicted = "2.5*x1*x0 - 3",
     .law = "x0*x1",
     .expected = 3,
     .tolerance = 1e-15},
    {.what = "constants inside",
     .predicted = "x0/(x1 + 3.7)",
     .law = "x0/(x1 + 1.2)",
     .expected = 2,
     .tolerance = 1e-15},
    {.what = "right variables",
     .predicted = "x0*x1^3",
     .law = "x0*x1^2",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "wrong variables",
     .predicted = "x0*x2",
     .law = "x0*x1",
     .expected = 0,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer precision_answers[] = {
    {.what = "one of two",
     .predicted = "x0*x2",
     .law = "x0*x1*x3",
     .expected = 0.5,
     .tolerance = 1e-15},
    {.what = "nothing chosen",
     .predicted = "2.385",
     .law = "x0*x1",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "what cancels is not used",
     .predicted = "x0 + x1 - x1",
     .law = "x0",
     .expected = 1,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer recall_answers[] = {{.what = "one of three",
                                                                      .predicted = "x0*x2",
                                                                      .law = "x0*x1*x3",
                                                                      .expected = 1 / 3.0,
                                                                      .tolerance = 1e-15},
                                                                     {.what = "nothing chosen",
                                                                      .predicted = "2.385",
                                                                      .law = "x0*x1",
                                                                      .expected = 0,
                                                                      .tolerance = 1e-15},
                                                                     {.what = "more than needed",
                                                                      .predicted = "x0*x1*x2",
                                                                      .law = "x0*x1",
                                                                      .expected = 1,
                                                                      .tolerance = 1e-15},
                                                                     {0}};

#define LAW .version = 1, .unit = "1", .better = ASSAY_HIGHER_IS_BETTER, .needs_truth = true
#define CHOICE                                                                                    \
  "variables that remain when the equation is simplified, against those of the law, each of the " \
  "same weight; "

const struct assay_metric assay_metric_solution = {
    .name = "solution",
    LAW,
    .doc = "1 where the equation is the law, but for a factor and an offset; else 0",
    .formula = "1 if R2 > 0.999 and the normal forms are equal after an offset and a factor that "
               "is not zero are removed: exponents within 1e-3 of p/q, q <= 6, other constants "
               "within 1e-3 with columns scaled to geometric mean 1; never by values alone, so "
               "rows have no weight; then the mean over tables (cases)",
    .reference = "symbolic solution of SRBench, Neural Information Processing Systems 2021",
    .equation = eval_solution,
    .equation_answers = solution_answers,
};
const struct assay_metric assay_metric_recovery = {
    .name = "recovery",
    LAW,
    .doc = "how much is right: 1 variables, 2 exponents, 3 all but factor and offset, 4 all",
    .formula = "the highest level of agreement of the normal forms, zero where the variables "
               "differ; rows have no weight; then the mean over tables (cases)",
    .reference = "docs/equation-metrics.md",
    .equation = eval_recovery,
    .equation_answers = recovery_answers,
};
const struct assay_metric assay_metric_variable_precision = {
    .name = "variable_precision",
    LAW,
    .doc = "share of the variables in the equation that belong there",
    .formula = CHOICE "right / chosen, zero where none is chosen; mean over tables (cases)",
    .reference = "docs/equation-metrics.md",
    .equation = eval_precision,
    .equation_answers = precision_answers,
};
const struct assay_metric assay_metric_variable_recall = {
    .name = "variable_recall",
    LAW,
    .doc = "share of the variables of the law that are in the equation",
    .formula = CHOICE "right / needed, zero where none is right; mean over tables (cases)",
    .reference = "docs/equation-metrics.md",
    .equation = eval_recall,
    .equation_answers = recall_answers,
};
