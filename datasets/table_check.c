#include "datasets/table_check.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "datasets/dimension.h"
#include "datasets/formula.h"

struct checker {
  const struct assay_table *t;
  json_t *report, *problems, *notices;
};

static void say(json_t *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(json_t *list, const char *fmt, ...)
{
  char text[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  json_array_append_new(list, json_string(text));
}

static double row_of(const struct assay_table *t, enum assay_table_row row)
{
  return isnan(t->row[row]) ? 0 : t->row[row];
}

/* ---- finiteness ----------------------------------------------------------------------------- */

static long count_bad(const double *values, size_t n)
{
  long bad = 0;
  for (size_t i = 0; i < n; i++) bad += !isfinite(values[i]);
  return bad;
}

static void check_finite(struct checker *c)
{
  const size_t n = (size_t)c->t->n_rows;
  const long x = count_bad(c->t->x, n * (size_t)c->t->n_columns), y = count_bad(c->t->y, n);
  if (x > 0) say(c->problems, "%ld values of x are not finite", x);
  if (y > 0) say(c->problems, "%ld values of y are not finite", y);
}

/* ---- formula against data ------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* |a - b| / max(|a|, |b|) into a, sorted; what is not a number differs by 1. */
static void differ(double *a, const double *b, long n)
{
  for (long i = 0; i < n; i++) {
    const double size = fmax(fabs(a[i]), fabs(b[i])), d = fabs(a[i] - b[i]);
    a[i] = a[i] == b[i] ? 0 : isfinite(d) ? d / size : 1;
  }
  qsort(a, (size_t)n, sizeof *a, ascending);
}

/* Sorted differences [n_rows] between y and a formula; the caller frees *out. */
static int compare(double **out, const struct assay_table *t, const char *formula)
{
  int rc = ASSAY_OK;
  struct assay_formula *f = NULL;
  ASSAY_TRY(ASSAY_NEW(out, (size_t)t->n_rows, "check"));
  ASSAY_TRY(assay_formula_create(&f, formula, t->n_columns));
  ASSAY_TRY(assay_formula_values(*out, f, t->x, t->n_rows, t->n_rows));
  differ(*out, t->y_exact ? t->y_exact : t->y, t->n_rows);
done:
  assay_formula_destroy(f);
  return rc;
}

static int check_formula(struct checker *c)
{
  int rc = ASSAY_OK;
  double *difference = NULL;
  const struct assay_table *t = c->t;
  const char *formula = assay_table_get(t, ASSAY_TABLE_EXPRESSION);
  const char *truth = assay_table_get(t, ASSAY_TABLE_TRUTH);
  const double allowed = 1e-12 + 10 * row_of(t, ASSAY_TABLE_NOISE_MAX);
  json_object_set_new(c->report, "mismatch", json_null());
  json_object_set_new(c->report, "allowed", json_real(allowed));
  if (!*formula) goto done;
  if (row_of(t, ASSAY_TABLE_INPUT_NOISE) > 0) {
    say(c->notices, "the inputs carry noise: formula and data cannot be compared");
    goto done;
  }
  ASSAY_TRY(compare(&difference, t, formula));
  const double worst = difference[(long)(0.99 * (double)(t->n_rows - 1))];
  json_object_set_new(c->report, "mismatch", json_real(worst));
  if (worst > allowed)
    say(c->problems, "formula and data differ: %.3g relative in one row of a hundred, %.3g allowed",
        worst, allowed);
  if (strcmp(formula, truth) == 0 || !*truth) goto done;
  assay_free(difference);
  difference = NULL;
  ASSAY_TRY(compare(&difference, t, truth));
  say(c->notices,
      "the true equation is not the one that made the data: they differ by %.3g "
      "(median, relative)",
      difference[t->n_rows / 2]);
done:
  assay_free(difference);
  return rc;
}

/* ---- inputs --------------------------------------------------------------------------------- */

static bool is_found(const struct assay_table *t, const struct assay_table_column *column)
{
  const double floor_ = fmax(1e-6, 10 * row_of(t, ASSAY_TABLE_NOISE_MEDIAN));
  return column->effect_median > floor_;
}

/* Whether formulas name a column: x1 is not in x10. */
static bool is_named(const char *formula, const char *name)
{
  const size_t n = strlen(name);
  for (const char *at = strstr(formula, name); at; at = strstr(at + 1, name))
    if (!isdigit((unsigned char)at[n])) return true;
  return false;
}

/* Rates need not depend on all states; of a regression it is worth knowing. */
static bool is_hidden(const struct assay_table *t, const struct assay_table_column *column,
                      const char *name)
{
  const bool regression = strcmp(assay_table_get(t, ASSAY_TABLE_TASK), "regression") == 0;
  return column->role == ASSAY_COLUMN_INPUT && !is_found(t, column) &&
         (regression || is_named(assay_table_get(t, ASSAY_TABLE_EXPRESSION), name));
}

static void describe_columns(struct checker *c)
{
  const struct assay_table *t = c->t;
  char hidden[256] = "";
  size_t n = 0;
  json_t *list = json_array();
  for (int i = 0; i < t->n_columns; i++) {
    const struct assay_table_column *column = &t->column[i];
    const bool found = is_found(t, column);
    char name[16];
    snprintf(name, sizeof name, "x%d", i);
    json_array_append_new(list,
                          json_pack("{ss,ss,ss,ss,ss,so,so,sb}", "name", name, "quantity",
                                    column->quantity, "unit", column->unit, "law", column->law,
                                    "role", assay_table_roles[column->role], "effect_median",
                                    assay_json_double(column->effect_median), "effect_max",
                                    assay_json_double(column->effect_max), "found", found));
    if (is_hidden(t, column, name) && n + 24 < sizeof hidden)
      n += (size_t)snprintf(hidden + n, sizeof hidden - n, "%s%s", n ? ", " : "", name);
  }
  json_object_set_new(c->report, "columns_known", list);
  if (n > 0 && isfinite(t->column[0].effect_median))
    say(c->notices, "no measurable effect on y: %s", hidden);
  if (row_of(t, ASSAY_TABLE_NOISE_MEDIAN) > 1e-9)
    say(c->notices, "rounding is %.2g of y (median), %.2g (largest)",
        t->row[ASSAY_TABLE_NOISE_MEDIAN], t->row[ASSAY_TABLE_NOISE_MAX]);
}

/* ---- units ---------------------------------------------------------------------------------- */

/* Whether the units of all columns are known; then what they are. */
static int known_units(bool *all, struct assay_dimension *var, struct assay_dimension *target,
                       const struct assay_table *t)
{
  int rc = ASSAY_OK;
  *all = *t->target.unit != '\0';
  for (int i = 0; i < t->n_columns; i++) {
    const struct assay_table_column *column = &t->column[i];
    if (column->role == ASSAY_COLUMN_INPUT) *all = *all && *column->unit;
    if (*column->unit) ASSAY_TRY(assay_dimension_parse(&var[i], column->unit));
  }
  if (*all) ASSAY_TRY(assay_dimension_parse(target, t->target.unit));
done:
  return rc;
}

static int check_units(struct checker *c)
{
  int rc = ASSAY_OK;
  bool all;
  char have[96], want[96];
  struct assay_dimension var[ASSAY_TABLE_COLUMNS_MAX] = {{{0}}}, target, of;
  struct assay_formula *f = NULL;
  ASSAY_TRY(known_units(&all, var, &target, c->t));
  const char *units = "unknown";
  if (!all || !*assay_table_get(c->t, ASSAY_TABLE_TRUTH)) goto told;
  ASSAY_TRY(assay_formula_create(&f, assay_table_get(c->t, ASSAY_TABLE_TRUTH), c->t->n_columns));
  if (assay_dimension_of(&of, assay_formula_expr(f), var) < 0) {
    say(c->notices, "the true equation is not consistent in its units: %s", assay_err_last());
    units = "inconsistent";
  } else if (!assay_dimension_equal(&of, &target)) {
    say(c->notices, "the true equation gives %s, y is in %s", assay_dimension_text(have, &of),
        assay_dimension_text(want, &target));
    units = "inconsistent";
  } else {
    units = "consistent";
  }
told:
  json_object_set_new(c->report, "units", json_string(units));
done:
  assay_formula_destroy(f);
  return rc;
}

/* ---- splits --------------------------------------------------------------------------------- */

static void count_splits(struct checker *c)
{
  json_t *all = json_object();
  for (int s = 0; s < c->t->n_splits; s++) {
    json_int_t count[4] = {0};
    const struct assay_table_split *split = &c->t->split[s];
    for (long i = 0; i < c->t->n_rows; i++) count[split->code[i] + 1]++;
    json_object_set_new(all, split->name,
                        json_pack("{sI,sI,sI,sI}", "train", count[1], "validation", count[2],
                                  "test", count[3], "unused", count[0]));
    if (count[1] == 0 || count[3] == 0)
      say(c->problems, "split '%s' has no training or no test rows", split->name);
  }
  json_object_set_new(c->report, "splits", all);
}

int assay_table_check(json_t **out, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  struct checker c = {t, json_object(), json_array(), json_array()};
  *out = NULL;
  for (int i = 0; i < ASSAY_TABLE_TEXTS; i++)
    if (i != ASSAY_TABLE_RECIPE)
      json_object_set_new(c.report, assay_table_texts[i],
                          json_string(assay_table_get(t, (enum assay_table_text)i)));
  json_object_set_new(c.report, "rows", json_integer(t->n_rows));
  json_object_set_new(c.report, "columns", json_integer(t->n_columns));
  for (int r = 0; r < ASSAY_TABLE_ROWS; r++)
    json_object_set_new(c.report, assay_table_rows[r].name, assay_json_double(t->row[r]));
  check_finite(&c);
  ASSAY_TRY(check_formula(&c));
  describe_columns(&c);
  ASSAY_TRY(check_units(&c));
  count_splits(&c);
  json_object_set(c.report, "problems", c.problems);
  json_object_set(c.report, "notices", c.notices);
  *out = json_incref(c.report);
done:
  json_decref(c.report);
  json_decref(c.problems);
  json_decref(c.notices);
  return rc;
}
