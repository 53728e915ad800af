#include "harness/score_equation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/answer.h"
#include "datasets/table.h"
#include "harness/beyond.h"
#include "harness/cut_table.h"
#include "harness/score_columns.h"
#include "metrics/equation.h"
#include "results/record.h"

/* ---- scores ------------------------------------------------------------------------------- */

static int add_score(struct assay_scores *s, const struct assay_metric *m)
{
  int rc = ASSAY_OK;
  struct assay_score *score = &s->score[s->n++];
  *score = (struct assay_score){.metric = m, .field = -1, .floor = (double)NAN};
  ASSAY_TRY(ASSAY_NEW(&score->cases, (size_t)s->n_cases, "scores"));
  ASSAY_TRY(assay_strdup(&score->unit, m->unit));
  for (long k = 0; k < s->n_cases; k++) score->cases[k] = m->worst;
done:
  return rc;
}

int assay_scores_of_equations(struct assay_scores **out, const struct assay_list *metrics, long n)
{
  int rc = ASSAY_OK;
  struct assay_scores *s = NULL;
  const struct assay_metric *m;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "scores"));
  s->n_cases = n;
  ASSAY_TRY(ASSAY_NEW(&s->score, (size_t)metrics->n, "scores"));
  for (int i = 0; i < metrics->n; i++) {
    ASSAY_TRY(assay_metric_find(&m, metrics->item[i]));
    ASSAY_CHECK(m->equation || m->system, ASSAY_EARG,
                "metric '%s' is one of fields, not of equations", m->name);
    ASSAY_TRY(add_score(s, m));
  }
  *out = s;
  s = NULL;
done:
  assay_scores_destroy(s);
  return rc;
}

/* ---- the bench ---------------------------------------------------------------------------- */

struct bench {
  struct assay_table *whole, *test;
  struct assay_answer answer;
  struct assay_metric_equation q;
  struct assay_expr *law, *truth, **front; /* front [n_front] */
  const double **x;
  double *scale;
  bool *positive;
  struct assay_dimension *units; /* [n_columns + 1] */
  struct assay_beyond *beyond;
};

static void close_bench(struct bench *b)
{
  for (int i = 0; i < b->q.n_front; i++) assay_expr_free(b->front[i]);
  assay_expr_free(b->law);
  assay_expr_free(b->truth);
  assay_free(b->front);
  assay_free(b->x);
  assay_free(b->scale);
  assay_free(b->positive);
  assay_free(b->units);
  assay_beyond_destroy(b->beyond);
  assay_answer_release(&b->answer);
  assay_table_destroy(b->whole);
  assay_table_destroy(b->test);
}

static int describe_columns(struct bench *b)
{
  int rc = ASSAY_OK;
  const int n = b->test->n_columns;
  ASSAY_TRY(ASSAY_NEW(&b->x, (size_t)n, "columns"));
  ASSAY_TRY(ASSAY_NEW(&b->scale, (size_t)n, "columns"));
  ASSAY_TRY(ASSAY_NEW(&b->positive, (size_t)n, "columns"));
  for (int c = 0; c < n; c++) {
    b->x[c] = assay_table_x(b->test, c);
    b->scale[c] = assay_score_scale(assay_table_x(b->whole, c), b->whole->n_rows);
    b->positive[c] = assay_score_positive(assay_table_x(b->whole, c), b->whole->n_rows);
  }
done:
  return rc;
}

/* The dimension of a column. Dummies mean nothing: each has a unit that nothing else has. */
static bool read_unit(struct assay_dimension *out, const struct assay_table_column *c, int number)
{
  const bool told = c->unit && *c->unit;
  *out = (struct assay_dimension){{0}};
  if (c->role == ASSAY_COLUMN_DUMMY && !told) out->e[ASSAY_SI_UNITS - 1] = 1000 + number;
  return told ? assay_dimension_parse(out, c->unit) == ASSAY_OK : c->role == ASSAY_COLUMN_DUMMY;
}

/* b->units stays NULL in the case where one is not known. */
static int read_units(struct bench *b)
{
  int rc = ASSAY_OK;
  const struct assay_table *t = b->whole;
  bool known = true;
  ASSAY_TRY(ASSAY_NEW(&b->units, (size_t)t->n_columns + 1, "units"));
  for (int c = 0; c < t->n_columns; c++) known = read_unit(&b->units[c], &t->column[c], c) && known;
  known = read_unit(&b->units[t->n_columns], &t->target, 0) && known;
  b->q.units = known ? b->units : NULL;
done:
  return rc;
}

static int read_beyond(struct bench *b, const char *split)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_beyond_create(&b->beyond, b->whole, split, b->law));
  b->q.n_beyond = b->beyond->n;
  b->q.x_beyond = (const double *const *)b->beyond->x;
  b->q.y_beyond = b->beyond->y;
done:
  return rc;
}

static int open_bench(struct bench *b, const struct assay_task *task, const char *table)
{
  int rc = ASSAY_OK;
  enum { TEST = 1u << 2 };
  ASSAY_TRY(assay_table_read(&b->whole, table));
  ASSAY_TRY(assay_cut_table_rows(&b->test, b->whole, task->split, TEST));
  const char *law = assay_table_get(b->whole, ASSAY_TABLE_EXPRESSION);
  const char *truth = assay_table_get(b->whole, ASSAY_TABLE_TRUTH);
  ASSAY_CHECK(*law, ASSAY_ECORRUPT, "%s: the table does not say which law made it", table);
  ASSAY_TRY(assay_expr_parse(&b->law, law, NULL));
  ASSAY_TRY(assay_expr_parse(&b->truth, *truth ? truth : law, NULL));
  ASSAY_TRY(describe_columns(b));
  b->q = (struct assay_metric_equation){.law = b->law,
                                        .truth = b->truth,
                                        .n_columns = b->test->n_columns,
                                        .scale = b->scale,
                                        .positive = b->positive,
                                        .n = b->test->n_rows,
                                        .x = b->x,
                                        .y = b->test->y};
  ASSAY_TRY(read_units(b));
  ASSAY_TRY(read_beyond(b, task->split));
done:
  return rc;
}

/* ---- the prediction ----------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void flawed(struct assay_flaw *flaw, int kind,
                                                         const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  flaw->kind = kind;
  vsnprintf(flaw->text, sizeof flaw->text, fmt, args);
  va_end(args);
}

/* Equations that cannot be read are left out of the front; the selected one has to be readable. */
static int read_front(struct bench *b, struct assay_flaw *flaw)
{
  int rc = ASSAY_OK;
  const struct assay_answer *a = &b->answer;
  ASSAY_TRY(ASSAY_NEW(&b->front, (size_t)a->n, "equations"));
  for (int i = 0; i < a->n; i++) {
    struct assay_expr *e = NULL;
    rc = assay_expr_parse(&e, a->equation[i], NULL);
    const bool readable = rc == ASSAY_OK && e->n_vars <= b->q.n_columns;
    if (rc == ASSAY_ENOMEM) goto done;
    if (!readable && i == a->selected)
      flawed(flaw, ASSAY_FLAW_SHAPE, "the selected equation '%.100s': %s", a->equation[i],
             rc < 0 ? assay_err_last() : "uses columns that the table does not have");
    rc = ASSAY_OK;
    if (!readable) {
      assay_expr_free(e);
      continue;
    }
    if (i == a->selected) b->q.predicted = e;
    b->front[b->q.n_front++] = e;
  }
  b->q.front = (const struct assay_expr *const *)b->front;
done:
  return rc;
}

/* A candidate per line; empty lines do not count. */
static int read_lines(struct assay_answer *a, const char *path)
{
  int rc = ASSAY_OK;
  char *text = NULL, *state = NULL;
  size_t size;
  ASSAY_TRY(assay_file_read(&text, &size, path));
  for (char *line = strtok_r(text, "\r\n", &state); line; line = strtok_r(NULL, "\r\n", &state)) {
    if (!line[strspn(line, " \t")]) continue;
    ASSAY_CHECK(a->n < ASSAY_ANSWER_MAX, ASSAY_ECORRUPT, "%s: more than %d candidates", path,
                ASSAY_ANSWER_MAX);
    ASSAY_TRY(ASSAY_GROW(&a->equation, (size_t)a->n + 1, "equations"));
    ASSAY_TRY(assay_strdup(&a->equation[a->n], line));
    a->n++;
  }
  ASSAY_CHECK(a->n > 0, ASSAY_ECORRUPT, "%s: no equation", path);
done:
  assay_free(text);
  return rc;
}

static int read_answer(struct assay_answer *a, const char *path)
{
  const size_t n = strlen(path);
  const bool is_text = n > 4 && strcmp(path + n - 4, ".txt") == 0;
  return is_text ? read_lines(a, path) : assay_answer_read(a, path);
}

static int read_prediction(struct bench *b, struct assay_flaw *flaw, const char *path)
{
  int rc = ASSAY_OK;
  if (!assay_file_exists(path)) {
    flawed(flaw, ASSAY_FLAW_MISSING, "no prediction was written");
    goto done;
  }
  rc = read_answer(&b->answer, path);
  if (rc == ASSAY_ENOMEM) goto done;
  if (rc < 0) {
    flawed(flaw, ASSAY_FLAW_SHAPE, "the prediction cannot be read: %s", assay_err_last());
    return ASSAY_OK;
  }
  ASSAY_TRY(read_front(b, flaw));
done:
  return rc;
}

/* |given - computed| / |computed|; infinite where one of them is no number, or the latter is 0 and
 * the former is not. */
static double difference(double given, double computed)
{
  if (given == computed || (isnan(given) && isnan(computed))) return 0;
  const double d = fabs(given - computed) / fabs(computed);
  return isnan(d) ? (double)INFINITY : d;
}

/* The largest; NaN without values, infinite with others than rows. */
static int compare_values(double *out, const struct bench *b)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  *out = b->answer.y ? (double)INFINITY : (double)NAN;
  if (!b->answer.y || b->answer.n_rows != b->q.n) goto done;
  ASSAY_TRY(assay_equation_values(&values, b->q.predicted, &b->q));
  *out = 0;
  for (long i = 0; i < b->q.n; i++) *out = fmax(*out, difference(b->answer.y[i], values[i]));
done:
  assay_free(values);
  return rc;
}

static int describe(json_t **out, const struct bench *b)
{
  int rc = ASSAY_OK;
  char *predicted = NULL, *truth = NULL;
  double differ;
  ASSAY_TRY(compare_values(&differ, b));
  ASSAY_TRY(assay_expr_print(&predicted, b->q.predicted, ASSAY_EXPR_INFIX));
  ASSAY_TRY(assay_expr_print(&truth, b->q.truth, ASSAY_EXPR_INFIX));
  const int told = b->answer.complexity ? b->answer.complexity[b->answer.selected] : -1;
  *out = json_pack("{ss,ss,si,so,so,sb}", "equation", predicted, "truth", truth, "candidates",
                   b->answer.n, "complexity", told >= 0 ? json_integer(told) : json_null(),
                   "values_differ", isfinite(differ) ? json_real(differ) : json_null(), "differs",
                   differ > ASSAY_ANSWER_TOLERANCE);
  ASSAY_CHECK(*out, ASSAY_ENOMEM, "no memory for an answer");
done:
  assay_free(predicted);
  assay_free(truth);
  return rc;
}

/* What a table has no value of has none for a method without an equation either. */
static void leave_out(struct assay_scores *s, const struct assay_metric_equation *q)
{
  for (int i = 0; i < s->n; i++) {
    const struct assay_metric *m = s->score[i].metric;
    if (m->applies && !m->applies(q)) s->score[i].cases[0] = (double)NAN;
  }
}

static int evaluate(struct assay_scores *s, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < s->n; i++) {
    double value = (double)NAN;
    const struct assay_metric *m = s->score[i].metric;
    ASSAY_CHECK(m->equation, ASSAY_EARG, "metric '%s' is one of systems, not of equations",
                m->name);
    rc = m->equation(&value, q);
    if (rc == ASSAY_EUNSUPPORTED) {
      rc = ASSAY_OK;
      value = (double)NAN;
    }
    ASSAY_TRY(rc);
    s->score[i].cases[0] = value;
  }
done:
  return rc;
}

int assay_score_equation(struct assay_scores **out, json_t **answer, struct assay_flaw *flaw,
                         const struct assay_task *task, const char *table, const char *prediction)
{
  int rc = ASSAY_OK;
  struct bench b = {0};
  *out = NULL;
  *answer = NULL;
  *flaw = (struct assay_flaw){0};
  ASSAY_TRY(assay_scores_of_equations(out, &task->metrics, 1));
  ASSAY_TRY(open_bench(&b, task, table));
  leave_out(*out, &b.q);
  ASSAY_TRY(read_prediction(&b, flaw, prediction));
  if (flaw->kind) goto done;
  ASSAY_TRY(describe(answer, &b));
  ASSAY_TRY(evaluate(*out, &b.q));
done:
  close_bench(&b);
  return rc;
}
