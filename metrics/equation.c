#include "metrics/equation.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/canonical.h"
#include "core/expr/program.h"

/* The columns that a program reads, NULL or constant ones where the table has fewer. */
static int columns_for(const double ***out, const struct assay_expr *e,
                       const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  *out = NULL;
  ASSAY_CHECK(e->n_vars <= q->n_columns, ASSAY_EARG,
              "the equation uses x%d, but the table has %d columns", e->n_vars - 1, q->n_columns);
  ASSAY_TRY(ASSAY_NEW(out, (size_t)q->n_columns + 1, "columns"));
  for (int c = 0; c < q->n_columns; c++) (*out)[c] = q->x[c];
done:
  return rc;
}

int assay_equation_values(double **out, const struct assay_expr *e,
                          const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  const struct assay_expr_compile_options options = {.fixed = true};
  struct assay_expr_program *program = NULL;
  struct assay_expr_work *work = NULL;
  const double **columns = NULL;
  double *values = NULL;
  *out = NULL;
  ASSAY_TRY(columns_for(&columns, e, q));
  ASSAY_TRY(assay_expr_compile(&program, e, &options));
  ASSAY_TRY(assay_expr_work_create(&work));
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)q->n, "values of an equation"));
  ASSAY_TRY(assay_expr_eval(values, program, NULL, columns, (ptrdiff_t)q->n, work));
  *out = values;
  values = NULL;
done:
  assay_expr_program_free(program);
  assay_expr_work_free(work);
  assay_free(columns);
  assay_free(values);
  return rc;
}

int assay_equation_values_beyond(double **out, const struct assay_expr *e,
                                 const struct assay_metric_equation *q)
{
  struct assay_metric_equation there = *q;
  there.n = q->n_beyond;
  there.x = q->x_beyond;
  return assay_equation_values(out, e, &there);
}

/* 1 - |y - f|^2 / |y - mean|^2 with all lengths in units of the largest deviation of y */
static double determination(const double *f, const double *y, long n)
{
  double largest = 0, mean = 0, middle = 0, unexplained = 0, total = 0;
  for (long i = 0; i < n; i++) largest = fmax(largest, fabs(y[i]));
  if (largest == 0) largest = 1;
  for (long i = 0; i < n; i++) mean += y[i] / largest / (double)n;
  for (long i = 0; i < n; i++) middle = fmax(middle, fabs(y[i] / largest - mean));
  const double unit = middle > 0 ? middle : 1;
  for (long i = 0; i < n; i++) {
    const double e = (y[i] / largest - f[i] / largest) / unit;
    const double d = (y[i] / largest - mean) / unit;
    unexplained += e * e;
    total += d * d;
  }
  if (total == 0) return unexplained == 0 ? 1 : -(double)INFINITY;
  return isfinite(unexplained) ? 1 - unexplained / total : -(double)INFINITY;
}

int assay_equation_r2(double *out, const struct assay_expr *e,
                      const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  ASSAY_TRY(assay_equation_values(&values, e, q));
  *out = determination(values, q->y, q->n);
done:
  assay_free(values);
  return rc;
}

int assay_equation_variables(bool *used, int n, const struct assay_expr *e)
{
  int rc = ASSAY_OK;
  struct assay_canonical *form = NULL;
  struct assay_expr *simple = NULL;
  ASSAY_TRY(assay_canonical_make(&form, e));
  ASSAY_TRY(assay_expr_parse(&simple, form->text, NULL));
  for (int v = 0; v < n; v++) used[v] = false;
  for (int i = 0; i < simple->n; i++)
    if (simple->node[i].op == ASSAY_EXPR_VAR && simple->node[i].var < n)
      used[simple->node[i].var] = true;
done:
  assay_canonical_free(form);
  assay_expr_free(simple);
  return rc;
}

/* ---- known answers ------------------------------------------------------------------------ */

enum { ANSWER_ROWS = 41, ANSWER_COLUMNS = 4 };

/* "m, s, 1, 1, m s-1"; NULL: "1" for all. *out: NULL for "?". In static memory. */
static int answer_units(const struct assay_dimension **out, const char *text)
{
  int rc = ASSAY_OK;
  static struct assay_dimension units[ANSWER_COLUMNS + 1];
  char one[64];
  *out = NULL;
  if (text && strcmp(text, "?") == 0) goto done;
  for (int c = 0; c <= ANSWER_COLUMNS; c++) {
    const size_t n = text ? strcspn(text, ",") : 0;
    ASSAY_CHECK(n < sizeof one && (!text || n > 0), ASSAY_EPARSE, "units of %d columns and y",
                ANSWER_COLUMNS);
    memcpy(one, text ? text : "1", n ? n : 1);
    one[n ? n : 1] = '\0';
    ASSAY_TRY(assay_dimension_parse(&units[c], one));
    if (text) text += n + (text[n] == ',');
  }
  *out = units;
done:
  return rc;
}

int assay_equation_answer_build(struct assay_metric_equation *out,
                                const struct assay_metric_equation_answer *answer)
{
  int rc = ASSAY_OK;
  static double x[ANSWER_COLUMNS][ANSWER_ROWS], scale[ANSWER_COLUMNS];
  static double beyond[ANSWER_COLUMNS][ANSWER_ROWS];
  static const double *columns[ANSWER_COLUMNS], *columns_beyond[ANSWER_COLUMNS];
  static bool positive[ANSWER_COLUMNS];
  static struct assay_expr *front[2];
  struct assay_expr *law = NULL;
  double *y = NULL;
  for (int c = 0; c < ANSWER_COLUMNS; c++) {
    columns[c] = x[c];
    columns_beyond[c] = beyond[c];
    scale[c] = 1;
    positive[c] = true;
    for (int i = 0; i < ANSWER_ROWS; i++) {
      x[c][i] = 1 + 0.31 * ((i * (2 * c + 3)) % 11) + 0.02 * i;
      beyond[c][i] = x[c][i] + 4;
    }
  }
  front[0] = front[1] = NULL;
  *out = (struct assay_metric_equation){.n_columns = ANSWER_COLUMNS,
                                        .scale = scale,
                                        .positive = positive,
                                        .n = ANSWER_ROWS,
                                        .x = columns,
                                        .n_beyond = ANSWER_ROWS,
                                        .x_beyond = columns_beyond};
  ASSAY_TRY(answer_units(&out->units, answer->units));
  ASSAY_TRY(assay_expr_parse(&law, answer->law, NULL));
  out->law = out->truth = law;
  ASSAY_TRY(assay_expr_parse(&front[0], answer->predicted, NULL));
  if (answer->more) ASSAY_TRY(assay_expr_parse(&front[1], answer->more, NULL));
  out->predicted = front[0];
  out->front = (const struct assay_expr *const *)front;
  out->n_front = answer->more ? 2 : 1;
  ASSAY_TRY(assay_equation_values(&y, law, out));
  out->y = y;
  y = NULL;
  ASSAY_TRY(assay_equation_values_beyond(&y, law, out));
  out->y_beyond = y;
done:
  if (rc < 0) assay_equation_answer_release(out);
  return rc;
}

void assay_equation_answer_release(struct assay_metric_equation *q)
{
  for (int i = 0; i < 2 && q->front; i++) {
    struct assay_expr *e;
    memcpy(&e, &q->front[i], sizeof e);
    assay_expr_free(e);
  }
  struct assay_expr *law;
  double *y, *y_beyond;
  memcpy(&law, &q->law, sizeof law);
  memcpy(&y, &q->y, sizeof y);
  memcpy(&y_beyond, &q->y_beyond, sizeof y_beyond);
  assay_expr_free(law);
  assay_free(y);
  assay_free(y_beyond);
  *q = (struct assay_metric_equation){0};
}
