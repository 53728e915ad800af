/* What a table can tell: how much of y is rounding, and how much each input does to it.
 *
 * Rounding: |y - Y| / |Y| with Y the formula in double-double at the stored inputs. Where the
 * original data cancel away their digits this is not small (docs/symbolic.md).
 * Effect of an input: its column is shuffled and the formula evaluated again, which gives y'; the
 * effect in a row is |y' - y| / max(|y|, |y'|), between 0 and 2. An input whose effect is no larger
 * than the rounding of y cannot be found by anybody.
 * Both are measured on the first rows, which are as random as any. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"
#include "generators/table_internal.h"

enum { MEASURED_ROWS = 2000 };

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Of n numbers, which are sorted; NaN when there are none. */
static void summarise(double *median, double *largest, double *values, long n)
{
  *median = *largest = (double)NAN;
  if (n == 0) return;
  qsort(values, (size_t)n, sizeof *values, ascending);
  *median = n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
  *largest = values[n - 1];
}

static const double *exact_target(const struct assay_table *t)
{
  return t->y_exact ? t->y_exact : t->y;
}

static void measure_noise(struct assay_table *t, const struct assay_formula *f, double *work,
                          long n)
{
  const double *y = exact_target(t);
  long known = 0;
  for (long i = 0; i < n; i++) {
    const struct assay_dd exact = assay_formula_exact(f, t->x, t->n_rows, i);
    const double error = fabs((y[i] - exact.hi) - exact.lo);
    if (!isfinite(exact.hi)) continue;
    work[known++] = exact.hi == 0 ? (error > 0 ? 1 : 0) : error / fabs(exact.hi);
  }
  summarise(&t->row[ASSAY_TABLE_NOISE_MEDIAN], &t->row[ASSAY_TABLE_NOISE_MAX], work, known);
}

static double change(double y, double other)
{
  const double size = fmax(fabs(y), fabs(other));
  return size == 0 ? 0 : fabs(other - y) / size;
}

/* x [n_columns, n] is a copy of the measured rows; column c of it comes back as it was. */
static int measure_effect(struct assay_table *t, const struct assay_formula *f, double *x,
                          double *work, long n, int c, struct table_key key)
{
  int rc = ASSAY_OK;
  const double *y = exact_target(t);
  double *column = x + (ptrdiff_t)c * n;
  long known = 0;
  struct assay_rng rng = assay_rng_init(key.seed, key.number, STREAM_SHUFFLE + (uint32_t)c);
  assay_rng_shuffle(&rng, column, (size_t)n, sizeof *column);
  ASSAY_TRY(assay_formula_values(work, f, x, n, n));
  for (long i = 0; i < n; i++)
    if (isfinite(work[i])) work[known++] = change(y[i], work[i]);
  summarise(&t->column[c].effect_median, &t->column[c].effect_max, work, known);
  memcpy(column, assay_table_x(t, c), (size_t)n * sizeof *column);
done:
  return rc;
}

static void measure_range(struct assay_table *t)
{
  const double *y = exact_target(t);
  double lo = (double)INFINITY, hi = 0;
  for (long i = 0; i < t->n_rows; i++) {
    if (y[i] == 0) continue;
    lo = fmin(lo, fabs(y[i]));
    hi = fmax(hi, fabs(y[i]));
  }
  if (hi > 0)
    t->row[ASSAY_TABLE_DYNAMIC_RANGE] =
        (assay_math_log(hi) - assay_math_log(lo)) / 2.302585092994045684;
}

int assay_table_certify(struct assay_table *t, struct table_key key)
{
  int rc = ASSAY_OK;
  const long n = t->n_rows < MEASURED_ROWS ? t->n_rows : MEASURED_ROWS;
  struct assay_formula *f = NULL;
  double *x = NULL, *work = NULL;
  measure_range(t);
  if (!*assay_table_get(t, ASSAY_TABLE_EXPRESSION)) return ASSAY_OK;
  ASSAY_TRY(assay_formula_create(&f, assay_table_get(t, ASSAY_TABLE_EXPRESSION), t->n_columns));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)t->n_columns * (size_t)n, "certificate"));
  ASSAY_TRY(ASSAY_NEW(&work, (size_t)n, "certificate"));
  measure_noise(t, f, work, n);
  for (int c = 0; c < t->n_columns; c++)
    memcpy(x + (ptrdiff_t)c * n, assay_table_x(t, c), (size_t)n * sizeof *x);
  for (int c = 0; c < t->n_columns; c++) {
    t->column[c].effect_median = t->column[c].effect_max = 0;
    if (t->column[c].role == ASSAY_COLUMN_INPUT)
      ASSAY_TRY(measure_effect(t, f, x, work, n, c, key));
  }
done:
  assay_formula_destroy(f);
  assay_free(x);
  assay_free(work);
  return rc;
}
