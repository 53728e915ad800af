#include "harness/score_system.h"

#include <math.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/answer.h"
#include "datasets/equation.h"
#include "harness/cut_system.h"
#include "harness/score_columns.h"
#include "harness/score_equation.h"
#include "metrics/equation.h"

/* ---- the bench ---------------------------------------------------------------------------- */

struct bench {
  int n; /* states */
  struct assay_table *test;
  struct assay_metric_window *window;
  struct assay_answer answer;
  struct assay_metric_system s;
  struct assay_metric_equation state[ASSAY_STATES_MAX];
  struct assay_expr *law[ASSAY_STATES_MAX], *predicted[ASSAY_STATES_MAX];
  const struct assay_expr *front[ASSAY_STATES_MAX];
  double *rate[ASSAY_STATES_MAX];
  const double *x[ASSAY_STATES_MAX];
  double scale[ASSAY_STATES_MAX];
  bool positive[ASSAY_STATES_MAX];
};

static void close_bench(struct bench *b)
{
  for (int k = 0; k < ASSAY_STATES_MAX; k++) {
    assay_expr_free(b->law[k]);
    assay_expr_free(b->predicted[k]);
    assay_free(b->rate[k]);
  }
  assay_answer_release(&b->answer);
  assay_table_destroy(b->test);
  assay_free(b->window);
}

/* Rows and windows, from the first table. */
static int read_states(struct bench *b, const struct assay_task *task, const char *path)
{
  int rc = ASSAY_OK;
  struct assay_table *t = NULL;
  ASSAY_TRY(assay_table_read(&t, path));
  ASSAY_CHECK(assay_cut_system_states(t) == b->n, ASSAY_ECORRUPT,
              "%s: not a table of the %d states of a system over time", path, b->n);
  ASSAY_TRY(assay_cut_system_windows(&b->test, &b->window, &b->s.n_windows, t, task));
  for (int k = 0; k < b->n; k++) {
    b->x[k] = assay_table_x(b->test, k);
    b->scale[k] = assay_score_scale(assay_table_x(t, k), t->n_rows);
    b->positive[k] = assay_score_positive(assay_table_x(t, k), t->n_rows);
  }
done:
  assay_table_destroy(t);
  return rc;
}

/* The law of one state, and the true rates. */
static int read_law(struct bench *b, int k, const char *path)
{
  int rc = ASSAY_OK;
  struct assay_table *t = NULL;
  struct assay_metric_equation *q = &b->state[k];
  ASSAY_TRY(assay_table_read(&t, path));
  const char *law = assay_table_get(t, ASSAY_TABLE_TRUTH);
  ASSAY_CHECK(*law, ASSAY_ECORRUPT, "%s: the table does not say what the rate of the state is",
              path);
  ASSAY_TRY(assay_expr_parse(&b->law[k], law, NULL));
  *q = (struct assay_metric_equation){.law = b->law[k],
                                      .truth = b->law[k],
                                      .n_columns = b->n,
                                      .scale = b->scale,
                                      .positive = b->positive,
                                      .n = b->test->n_rows,
                                      .x = b->x};
  ASSAY_TRY(assay_equation_values(&b->rate[k], b->law[k], q));
  q->y = b->rate[k];
done:
  assay_table_destroy(t);
  return rc;
}

static int open_bench(struct bench *b, const struct assay_task *task, char *const *tables, int n)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n > 0 && n <= ASSAY_STATES_MAX, ASSAY_EARG, "%d states, expected 1 to %d", n,
              ASSAY_STATES_MAX);
  b->n = n;
  ASSAY_TRY(read_states(b, task, tables[0]));
  for (int k = 0; k < n; k++) ASSAY_TRY(read_law(b, k, tables[k]));
  b->s.n = n;
  b->s.state = b->state;
  b->s.time = assay_table_x(b->test, n);
  b->s.window = b->window;
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

static int read_equation(struct bench *b, struct assay_flaw *flaw, int k)
{
  const char *text = b->answer.equation[k];
  const int rc = assay_expr_parse(&b->predicted[k], text, NULL);
  if (rc == ASSAY_ENOMEM) return rc;
  if (rc < 0)
    flawed(flaw, ASSAY_FLAW_SHAPE, "the rate of x%d '%.100s': %s", k, text, assay_err_last());
  else if (b->predicted[k]->n_vars > b->n)
    flawed(flaw, ASSAY_FLAW_SHAPE, "the rate of x%d '%.100s' uses x%d: the states are x0 to x%d", k,
           text, b->predicted[k]->n_vars - 1, b->n - 1);
  b->front[k] = b->predicted[k];
  b->state[k].predicted = b->predicted[k];
  b->state[k].front = &b->front[k];
  b->state[k].n_front = 1;
  return ASSAY_OK;
}

static int read_prediction(struct bench *b, struct assay_flaw *flaw, const char *path)
{
  int rc = ASSAY_OK;
  if (!assay_file_exists(path)) {
    flawed(flaw, ASSAY_FLAW_MISSING, "no prediction was written");
    goto done;
  }
  rc = assay_answer_read_system(&b->answer, path);
  if (rc == ASSAY_ENOMEM) goto done;
  if (rc < 0) {
    flawed(flaw, ASSAY_FLAW_SHAPE, "the prediction cannot be read: %s", assay_err_last());
    return ASSAY_OK;
  }
  if (b->answer.n != b->n) {
    flawed(flaw, ASSAY_FLAW_SHAPE, "%d equations for %d states", b->answer.n, b->n);
    goto done;
  }
  for (int k = 0; k < b->n && !flaw->kind; k++) ASSAY_TRY(read_equation(b, flaw, k));
done:
  return rc;
}

/* "A; B; C"; the caller owns *out. */
static int join(char **out, struct assay_expr *const *e, int n)
{
  int rc = ASSAY_OK;
  char *all = NULL, *one = NULL, *longer = NULL;
  ASSAY_TRY(assay_strdup(&all, ""));
  for (int k = 0; k < n; k++) {
    ASSAY_TRY(assay_expr_print(&one, e[k], ASSAY_EXPR_INFIX));
    ASSAY_TRY(assay_asprintf(&longer, "%s%s%s", all, k ? "; " : "", one));
    assay_free(all);
    assay_free(one);
    all = longer;
    one = longer = NULL;
  }
  *out = all;
  all = NULL;
done:
  assay_free(all);
  assay_free(one);
  return rc;
}

static int describe(json_t **out, const struct bench *b)
{
  int rc = ASSAY_OK;
  char *predicted = NULL, *truth = NULL;
  ASSAY_TRY(join(&predicted, b->predicted, b->n));
  ASSAY_TRY(join(&truth, b->law, b->n));
  *out = json_pack("{ss,ss}", "equation", predicted, "truth", truth);
  ASSAY_CHECK(*out, ASSAY_ENOMEM, "no memory for an answer");
done:
  assay_free(predicted);
  assay_free(truth);
  return rc;
}

/* ---- scores ------------------------------------------------------------------------------- */

/* Mean over the states that have a value; NaN without any. */
static int mean_over_states(double *value, const struct assay_metric *m, const struct bench *b)
{
  int rc = ASSAY_OK, n = 0;
  double sum = 0, one;
  for (int k = 0; k < b->n; k++) {
    if (m->applies && !m->applies(&b->state[k])) continue;
    rc = m->equation(&one, &b->state[k]);
    if (rc == ASSAY_EUNSUPPORTED) continue;
    ASSAY_TRY(rc);
    sum += one;
    n++;
  }
  rc = ASSAY_OK;
  *value = n > 0 ? sum / n : (double)NAN;
done:
  return rc;
}

static int evaluate(struct assay_scores *s, const struct bench *b)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < s->n; i++) {
    const struct assay_metric *m = s->score[i].metric;
    double value = (double)NAN;
    if (m->system) {
      rc = m->system(&value, &b->s);
      if (rc == ASSAY_EUNSUPPORTED) rc = ASSAY_OK;
      ASSAY_TRY(rc);
    } else {
      ASSAY_TRY(mean_over_states(&value, m, b));
    }
    s->score[i].cases[0] = value;
  }
done:
  return rc;
}

int assay_score_system(struct assay_scores **out, json_t **answer, struct assay_flaw *flaw,
                       const struct assay_task *task, char *const *tables, int n,
                       const char *prediction)
{
  int rc = ASSAY_OK;
  struct bench b = {0};
  *out = NULL;
  *answer = NULL;
  *flaw = (struct assay_flaw){0};
  ASSAY_TRY(assay_scores_of_equations(out, &task->metrics, 1));
  ASSAY_TRY(open_bench(&b, task, tables, n));
  ASSAY_TRY(read_prediction(&b, flaw, prediction));
  if (flaw->kind) goto done;
  ASSAY_TRY(describe(answer, &b));
  ASSAY_TRY(evaluate(*out, &b));
done:
  close_bench(&b);
  return rc;
}
