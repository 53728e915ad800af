/* How far the tree of an equation is from that of the truth: edit distances of canonical trees
 * (docs/equation-metrics.md), and its size. */
#include <math.h>

#include "core/base/err.h"
#include "core/expr/canonical.h"
#include "metrics/equation.h"

/* Canonical tree of an equation; one that is too large to simplify has none (*out NULL). */
static int form_of(struct assay_canonical **out, const struct assay_expr *e,
                   enum assay_tree_labels labels, enum assay_tree_freedom freedom)
{
  const int rc = assay_canonical_make_as(out, e, labels, freedom);
  if (rc != ASSAY_EARG) return rc;
  *out = NULL;
  return ASSAY_OK;
}

static int distance(double *value, const struct assay_expr *predicted,
                    const struct assay_metric_equation *q, enum assay_tree_labels labels,
                    enum assay_tree_freedom freedom)
{
  int rc = ASSAY_OK;
  struct assay_canonical *a = NULL, *b = NULL;
  struct assay_tree_space *space = NULL;
  struct assay_ned d;
  ASSAY_TRY(form_of(&a, predicted, labels, freedom));
  ASSAY_TRY(assay_canonical_make_as(&b, q->truth, labels, freedom));
  ASSAY_TRY(assay_tree_space_create(&space));
  ASSAY_TRY(assay_canonical_distance(&d, space, a, b));
  *value = d.ned;
done:
  assay_canonical_free(a);
  assay_canonical_free(b);
  assay_tree_space_destroy(space);
  return rc;
}

static int eval_ned(double *value, const struct assay_metric_equation *q)
{
  return distance(value, q->predicted, q, ASSAY_TREE_PLAIN, ASSAY_FREE_NOTHING);
}

static int eval_ned2(double *value, const struct assay_metric_equation *q)
{
  return distance(value, q->predicted, q, ASSAY_TREE_VALUES, ASSAY_FREE_NOTHING);
}

static int eval_ned2_scale(double *value, const struct assay_metric_equation *q)
{
  return distance(value, q->predicted, q, ASSAY_TREE_VALUES, ASSAY_FREE_SCALE);
}

static int eval_ned2_affine(double *value, const struct assay_metric_equation *q)
{
  return distance(value, q->predicted, q, ASSAY_TREE_VALUES, ASSAY_FREE_AFFINE);
}

static int eval_front_ned(double *value, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double d;
  *value = 1;
  for (int i = 0; i < q->n_front; i++) {
    ASSAY_TRY(distance(&d, q->front[i], q, ASSAY_TREE_PLAIN, ASSAY_FREE_NOTHING));
    *value = fmin(*value, d);
  }
done:
  return rc;
}

static int eval_complexity(double *value, const struct assay_metric_equation *q)
{
  *value = q->predicted->n;
  return ASSAY_OK;
}

static const struct assay_metric_equation_answer ned_answers[] = {
    {.what = "published pair 9", .predicted = "x1*x0", .law = "x0*x1", .tolerance = 1e-15},
    {.what = "published pair 22",
     .predicted = "2.0*x0*x1",
     .law = "x0*x1",
     .expected = 1 / 3.0,
     .tolerance = 1e-15},
    {.what = "published pair 41",
     .predicted = "x0*x1",
     .law = "x0*x1**2",
     .expected = 0.4,
     .tolerance = 1e-15},
    {.what = "published pair 38: another power",
     .predicted = "x0*x1**3",
     .law = "x0*x1**2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "published pair 71",
     .predicted = "x0*x1 + 1e-9*x2",
     .law = "x0*x1",
     .expected = 1,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer ned2_answers[] = {
    {.what = "another power, of five nodes",
     .predicted = "x0*x1**3",
     .law = "x0*x1**2",
     .expected = 0.2,
     .tolerance = 1e-15},
    {.what = "the same power",
     .predicted = "x1*x0*x1",
     .law = "x0*x1**2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "a factor in front",
     .predicted = "2.5*x0*x1",
     .law = "x0*x1",
     .expected = 1 / 3.0,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer ned2_scale_answers[] = {
    {.what = "a factor in front",
     .predicted = "2.5*x0*x1",
     .law = "x0*x1",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "another power, of five nodes",
     .predicted = "4*x0*x1**3",
     .law = "x0*x1**2",
     .expected = 0.2,
     .tolerance = 1e-15},
    {.what = "nothing in common",
     .predicted = "sin(x2)+x3",
     .law = "x0*x1",
     .expected = 1,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer ned2_affine_answers[] = {
    {.what = "a factor and an offset",
     .predicted = "2.5*x0*x1 - 1.7",
     .law = "x0*x1",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "another power, of five nodes",
     .predicted = "4*x0*x1**3 + 2.2",
     .law = "x0*x1**2",
     .expected = 0.2,
     .tolerance = 1e-15},
    {.what = "nothing in common",
     .predicted = "sin(x2)+x3",
     .law = "x0*x1",
     .expected = 1,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer front_ned_answers[] = {
    {.what = "the best is not the one selected",
     .predicted = "2.0*x0*x1",
     .law = "x0*x1",
     .more = "x1*x0",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "the best is the one selected",
     .predicted = "2.0*x0*x1",
     .law = "x0*x1",
     .more = "x0*x1 + 1e-9*x2",
     .expected = 1 / 3.0,
     .tolerance = 1e-15},
    {.what = "one alone",
     .predicted = "x0*x1",
     .law = "x0*x1**2",
     .expected = 0.4,
     .tolerance = 1e-15},
    {0}};

static const struct assay_metric_equation_answer complexity_answers[] = {
    {.what = "counted", .predicted = "x0*x1", .law = "x0", .expected = 3, .tolerance = 1e-15},
    {.what = "as written, not simplified",
     .predicted = "x0*x1 + 0",
     .law = "x0",
     .expected = 5,
     .tolerance = 1e-15},
    {.what = "functions are nodes",
     .predicted = "exp(-x0)/2",
     .law = "x0",
     .expected = 5,
     .tolerance = 1e-15},
    {0}};

#define TREES                                                                                 \
  .version = 1, .reference = "SRSD, arXiv 2206.10540; docs/equation-metrics.md", .unit = "1", \
  .better = ASSAY_LOWER_IS_BETTER, .needs_truth = true, .worst = 1
#define DISTANCE                                                                                   \
  "min(d, n)/n, d: least number of nodes to insert, delete or relabel (each of weight 1) between " \
  "the canonical trees, n: nodes of the true one, never zero; 1 for a prediction that is too "     \
  "large to simplify; then the mean over tables (cases)"

const struct assay_metric assay_metric_ned = {
    .name = "ned",
    TREES,
    .doc = "normalised edit distance of the canonical trees; constants have no value",
    .formula = DISTANCE,
    .equation = eval_ned,
    .equation_answers = ned_answers,
};
const struct assay_metric assay_metric_ned2 = {
    .name = "ned2",
    TREES,
    .doc = "edit distance of trees in which exponents and whole numbers to 10 have their value",
    .formula = DISTANCE,
    .equation = eval_ned2,
    .equation_answers = ned2_answers,
};
const struct assay_metric assay_metric_ned2_scale = {
    .name = "ned2_scale",
    TREES,
    .doc = "ned2 without the factor in front",
    .formula = DISTANCE,
    .equation = eval_ned2_scale,
    .equation_answers = ned2_scale_answers,
};
const struct assay_metric assay_metric_ned2_affine = {
    .name = "ned2_affine",
    TREES,
    .doc = "ned2 without the factor in front and a number added",
    .formula = DISTANCE,
    .equation = eval_ned2_affine,
    .equation_answers = ned2_affine_answers,
};
const struct assay_metric assay_metric_front_ned = {
    .name = "front_ned",
    TREES,
    .doc = "the least normalised edit distance among all equations that the method offers",
    .formula = DISTANCE "; of all equations offered the least",
    .equation = eval_front_ned,
    .equation_answers = front_ned_answers,
};
const struct assay_metric assay_metric_complexity = {
    .name = "complexity",
    .version = 1,
    .doc = "nodes of the equation as written: operators, functions, variables, constants",
    .formula = "number of nodes, each of weight 1, never zero; no value without an equation; then "
               "the mean over tables (cases)",
    .reference = "SRBench, model size",
    .unit = "1",
    .better = ASSAY_LOWER_IS_BETTER,
    .equation = eval_complexity,
    .worst = NAN,
    .equation_answers = complexity_answers,
};
