/* Whether an equation can be right in its physical units. */
#include <math.h>

#include "core/base/err.h"
#include "datasets/dimension_fit.h"
#include "metrics/equation.h"

static bool knows_units(const struct assay_metric_equation *q)
{
  return q->units != NULL;
}

/* An equation with columns that are not there never comes here; one that is too long to look at has
 * no consistent units as far as anybody can tell. */
static int eval_dimensions(double *value, const struct assay_metric_equation *q)
{
  bool fits = false;
  if (!q->units) return ASSAY_EUNSUPPORTED;
  const int rc = assay_dimension_fits(&fits, q->predicted, q->units, &q->units[q->n_columns]);
  *value = fits;
  return rc == ASSAY_EARG ? ASSAY_OK : rc;
}

static int eval_strict(double *value, const struct assay_metric_equation *q)
{
  struct assay_dimension of = {{0}};
  if (!q->units) return ASSAY_EUNSUPPORTED;
  const int rc = assay_dimension_of(&of, q->predicted, q->units);
  *value = rc == ASSAY_OK && assay_dimension_equal(&of, &q->units[q->n_columns]);
  return rc == ASSAY_EARG ? ASSAY_OK : rc;
}

/* kinetic energy, and a mass on a spring: x0 mass, x1 speed, x2 length, x3 number */
#define MECHANICS .law = "0.5*x0*x1^2", .units = "kg, m s-1, m, 1, J"

static const struct assay_metric_equation_answer fits_answers[] = {
    {.what = "the law", MECHANICS, .predicted = "0.5*x0*x1^2", .expected = 1, .tolerance = 1e-15},
    {.what = "a fitted number takes the unit that is missing",
     MECHANICS,
     .predicted = "2.385*x0*x2",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "no number is there to take it",
     MECHANICS,
     .predicted = "x0*x2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "two is a pure number",
     MECHANICS,
     .predicted = "2*x0*x2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "the sine of a length",
     MECHANICS,
     .predicted = "2.385*sin(x2)",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "a length and a speed",
     MECHANICS,
     .predicted = "2.385*x0*(x1 + x2)",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "a line: every term has its number",
     MECHANICS,
     .predicted = "0.1 + 2.5*x0 - 1.5*x1 + 0.3*x2",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "units are not known",
     .law = "x0",
     .units = "?",
     .predicted = "x0",
     .expected = (double)NAN},
    {0}};

static const struct assay_metric_equation_answer strict_answers[] = {
    {.what = "the law", MECHANICS, .predicted = "0.5*x0*x1^2", .expected = 1, .tolerance = 1e-15},
    {.what = "a number that would need a unit",
     MECHANICS,
     .predicted = "2.385*x0*x2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "standard gravity has one",
     MECHANICS,
     .predicted = "9.80665*x0*x2",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "so has what was fitted to it",
     MECHANICS,
     .predicted = "9.806650000000001*x0*x2",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "another number",
     MECHANICS,
     .predicted = "9.80665002*x0*x2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "a pure number that is none of physics",
     MECHANICS,
     .predicted = "2.385*x0*x1^2*sin(0.1*x3)",
     .expected = 1,
     .tolerance = 1e-15},
    {.what = "a line",
     MECHANICS,
     .predicted = "0.1 + 2.5*x0 - 1.5*x1 + 0.3*x2",
     .expected = 0,
     .tolerance = 1e-15},
    {.what = "units are not known",
     .law = "x0",
     .units = "?",
     .predicted = "x0",
     .expected = (double)NAN},
    {0}};

#define UNITS                                                                    \
  .version = 1, .reference = "docs/equation-metrics.md, \"Units\"", .unit = "1", \
  .better = ASSAY_HIGHER_IS_BETTER, .applies = knows_units
#define UNKNOWN                                                                              \
  "rows have no weight; no value for a table whose units are not known; then the mean over " \
  "tables (cases)"

const struct assay_metric assay_metric_dimensions = {
    .name = "dimensions",
    UNITS,
    .doc = "1 where units can be given to the numbers of the equation so that it is consistent",
    .formula = "1 if the numbers (all but whole ones from 1 to 10, pi and exponents; zero fits "
               "any) can have dimensions such that sums add equal ones, arguments of functions "
               "and exponents have none, and the whole has that of y; else 0; " UNKNOWN,
    .equation = eval_dimensions,
    .equation_answers = fits_answers,
};
const struct assay_metric assay_metric_dimensions_strict = {
    .name = "dimensions_strict",
    UNITS,
    .doc = "1 where the equation is consistent with numbers that have no units; else 0",
    .formula = "1 if sums add equal dimensions, arguments of functions and exponents have none, "
               "and the whole has that of y, where numbers are pure but for those within 1e-9 "
               "of a constant of nature of the published laws; else zero; " UNKNOWN,
    .equation = eval_strict,
    .equation_answers = strict_answers,
};
