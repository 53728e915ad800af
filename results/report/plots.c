/* Error against lead time and against cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/ticks.h"
#include "results/report/parts.h"

enum { MOST_LINES = 12, MOST_RIBBONS = 3 };

static bool finished(const struct assay_rank_row *row)
{
  return row->n_failed < row->n_seeds;
}

/* ---- error against lead time ---- */

/* Mean over seeds of one of the per-lead arrays. */
enum lead_array { MIDDLE, LOW, HIGH };

static const double *lead_array(const struct assay_record_score *s, enum lead_array which)
{
  return which == MIDDLE ? s->leads : which == LOW ? s->leads_low : s->leads_high;
}

static int mean_leads(struct assay_arena *arena, const double **out,
                      const struct assay_rank_row *row, const struct assay_rank_column *column,
                      int n_leads, enum lead_array which)
{
  int rc = ASSAY_OK, n = 0;
  double *mean = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_TAKE(arena, &mean, n_leads));
  for (int s = 0; s < row->n_seeds; s++) {
    const struct assay_record *r = row->records[s];
    const struct assay_record_score *score = assay_record_score(r, column->metric, column->field);
    if (r->status != ASSAY_RECORD_OK || !score || r->n_leads != n_leads) continue;
    const double *x = lead_array(score, which);
    if (!x) continue;
    for (int i = 0; i < n_leads; i++) mean[i] += x[i];
    n++;
  }
  for (int i = 0; i < n_leads; i++) mean[i] /= n;
  if (n > 0) *out = mean;
done:
  return rc;
}

static int collect_lines(struct report *r, struct assay_arena *arena, struct assay_series *series,
                         int *n, const struct assay_rank_table *t,
                         const struct assay_rank_column *column)
{
  int rc = ASSAY_OK;
  const struct assay_record *example = t->example;
  *n = 0;
  for (int i = 0; i < t->n_rows && *n < MOST_LINES; i++) {
    const struct assay_rank_row *row = &t->rows[i];
    struct assay_series s = {.name = row->method,
                             .n = example->n_leads,
                             .x = example->lead_times,
                             .style = assay_report_method(r, row->method)->style,
                             .faint = row->floor};
    if (!finished(row)) continue;
    ASSAY_TRY(mean_leads(arena, &s.y, row, column, s.n, MIDDLE));
    if (!s.y) continue;
    if (*n < MOST_RIBBONS && !row->floor) {
      ASSAY_TRY(mean_leads(arena, &s.lo, row, column, s.n, LOW));
      ASSAY_TRY(mean_leads(arena, &s.hi, row, column, s.n, HIGH));
      if (!s.lo || !s.hi) s.lo = s.hi = NULL;
    }
    series[(*n)++] = s;
  }
done:
  return rc;
}

static bool all_positive(const struct assay_series *series, int n)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < series[i].n; j++)
      if (series[i].y[j] <= 0) return false;
  return true;
}

/* Three and more plots stand three in a row, smaller ones so that their texts keep their size. */
static bool many_fields(const struct assay_rank_table *t)
{
  int n = 0;
  for (int c = 0; c < t->n_columns; c++) n += strcmp(t->columns[c].metric, t->metric) == 0;
  return n >= 3;
}

static int put_figure(struct report *r, const struct assay_plot *plot)
{
  int rc = ASSAY_OK;
  fputs("<figure>", r->to);
  ASSAY_TRY(assay_plot_svg(plot, r->to));
  fputs("</figure>\n", r->to);
done:
  return rc;
}

static int lead_plot(struct report *r, const struct assay_rank_table *t,
                     const struct assay_rank_column *column, bool *drawn)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_arena arena = {0};
  struct assay_series *series = NULL;
  char x_label[128], y_label[128];
  const char *alt = NULL;
  const struct assay_record *example = t->example;
  ASSAY_TRY(ASSAY_TAKE(&arena, &series, MOST_LINES));
  ASSAY_TRY(collect_lines(r, &arena, series, &n, t, column));
  if (n == 0 || example->n_leads < 2) goto done;
  if (!*drawn)
    fprintf(r->to,
            "<section id=\"leads\"><h2>Error against lead time</h2>\n<div class=\"plots%s\">\n",
            many_fields(t) ? " three" : "");
  *drawn = true;
  assay_label_text(x_label, sizeof x_label,
                   *example->lead_label ? example->lead_label : "lead time", example->lead_unit);
  assay_label_text(y_label, sizeof y_label, column->metric, column->unit);
  ASSAY_TRY(assay_arena_text(&arena, &alt, "%s of %s against %s for %d methods", column->metric,
                             column->field, x_label, n));
  const bool positive = all_positive(series, n) && !column->higher_is_better;
  const struct assay_plot plot = {
      .title = strcmp(column->field, ASSAY_RECORD_WHOLE) == 0 ? column->metric : column->field,
      .alt = alt,
      .width = many_fields(t) ? 400 : 560,
      .height = many_fields(t) ? 330 : 360,
      .x = {.label = x_label},
      .y = {.label = y_label, .scale = positive ? ASSAY_SCALE_LOG : ASSAY_SCALE_LINEAR},
      .series = series,
      .n_series = n};
  ASSAY_TRY(put_figure(r, &plot));
done:
  assay_arena_release(&arena);
  return rc;
}

int assay_report_lead_plots(struct report *r, const struct report_task *task)
{
  int rc = ASSAY_OK;
  bool drawn = false;
  const struct assay_rank_table *t = task->table;
  for (int c = 0; c < t->n_columns; c++)
    if (strcmp(t->columns[c].metric, t->metric) == 0)
      ASSAY_TRY(lead_plot(r, t, &t->columns[c], &drawn));
  if (drawn)
    fputs("</div>\n<p class=\"soft small\">Lines: mean over test cases and seeds. Ribbons, for the "
          "best three: 10&#8201;% to 90&#8201;% of the cases. Grey dashes: floors.</p></section>\n",
          r->to);
done:
  return rc;
}

/* ---- error against cost ---- */

struct cost_axis {
  const char *label, *what;
  size_t offset;
};
static const struct cost_axis cost_axes[] = {
    {"prediction (s per case)", "prediction time", offsetof(struct assay_rank_row, predict_s)},
    {"training (s)", "training time", offsetof(struct assay_rank_row, train_s)},
};

static const double *cost_of(const struct assay_rank_row *row, const struct cost_axis *axis)
{
  return (const double *)(const void *)((const char *)row + axis->offset);
}

static bool better(const struct assay_rank_table *t, double a, double b)
{
  return t->higher_is_better ? a > b : a < b;
}

/* A method with cost and value that no other beats in one without losing in the other. */
static bool on_front(const struct assay_rank_table *t, const struct cost_axis *axis, int i)
{
  const double cost = *cost_of(&t->rows[i], axis), value = t->rows[i].value;
  for (int j = 0; j < t->n_rows; j++) {
    const double c = *cost_of(&t->rows[j], axis), v = t->rows[j].value;
    if (t->rows[j].place == 0 || !(c > 0)) continue;
    const bool no_worse = c <= cost && !better(t, value, v);
    if (no_worse && (c < cost || better(t, v, value))) return false;
  }
  return true;
}

struct front {
  double *x, *y;
  int n;
};

/* Insert by cost. */
static void add_to_front(struct front *f, double x, double y)
{
  int at = f->n++;
  for (; at > 0 && f->x[at - 1] > x; at--) {
    f->x[at] = f->x[at - 1];
    f->y[at] = f->y[at - 1];
  }
  f->x[at] = x;
  f->y[at] = y;
}

static int collect_points(struct report *r, struct assay_arena *arena, struct assay_series *series,
                          int *n, struct front *front, const struct assay_rank_table *t,
                          const struct cost_axis *axis)
{
  int rc = ASSAY_OK;
  const char **label = NULL;
  *n = 1; /* the first is the front */
  for (int i = 0; i < t->n_rows; i++) {
    const struct assay_rank_row *row = &t->rows[i];
    const double *cost = cost_of(row, axis);
    if (row->place == 0 || !(*cost > 0) || !isfinite(row->value)) continue;
    ASSAY_TRY(ASSAY_TAKE(arena, &label, 1));
    *label = row->method;
    series[(*n)++] = (struct assay_series){.name = row->method,
                                           .n = 1,
                                           .x = cost,
                                           .y = &row->value,
                                           .lo = isfinite(row->low) ? &row->low : NULL,
                                           .hi = isfinite(row->low) ? &row->high : NULL,
                                           .labels = label,
                                           .draw = ASSAY_PLOT_POINTS,
                                           .style = assay_report_method(r, row->method)->style,
                                           .faint = row->floor};
    if (on_front(t, axis, i)) add_to_front(front, *cost, row->value);
  }
  series[0] = (struct assay_series){.n = front->n,
                                    .x = front->x,
                                    .y = front->y,
                                    .draw = ASSAY_PLOT_STAIRS,
                                    .faint = true,
                                    .style = 1};
done:
  return rc;
}

static int cost_plot(struct report *r, const struct assay_rank_table *t,
                     const struct cost_axis *axis, bool *drawn)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_arena arena = {0};
  struct assay_series *series = NULL;
  struct front front = {0};
  const char *alt = NULL;
  char y_label[128];
  ASSAY_TRY(ASSAY_TAKE(&arena, &series, t->n_rows + 1));
  ASSAY_TRY(ASSAY_TAKE(&arena, &front.x, t->n_rows));
  ASSAY_TRY(ASSAY_TAKE(&arena, &front.y, t->n_rows));
  ASSAY_TRY(collect_points(r, &arena, series, &n, &front, t, axis));
  if (n < 3) goto done; /* one method makes no comparison */
  if (!*drawn)
    fputs("<section id=\"cost\"><h2>Error against cost</h2>\n<div class=\"plots\">\n", r->to);
  *drawn = true;
  assay_label_text(y_label, sizeof y_label, t->metric, t->unit);
  ASSAY_TRY(
      assay_arena_text(&arena, &alt, "%s against %s for %d methods", t->metric, axis->what, n - 1));
  const bool positive = all_positive(series, n) && !t->higher_is_better;
  const struct assay_plot plot = {
      .title = axis->what,
      .alt = alt,
      .width = 560,
      .height = 360,
      .x = {.label = axis->label, .scale = ASSAY_SCALE_LOG},
      .y = {.label = y_label, .scale = positive ? ASSAY_SCALE_LOG : ASSAY_SCALE_LINEAR},
      .series = series,
      .n_series = n,
      .legend = ASSAY_LEGEND_NONE};
  ASSAY_TRY(put_figure(r, &plot));
done:
  assay_arena_release(&arena);
  return rc;
}

int assay_report_cost_plots(struct report *r, const struct report_task *task)
{
  int rc = ASSAY_OK;
  bool drawn = false;
  for (size_t i = 0; i < sizeof cost_axes / sizeof *cost_axes; i++)
    ASSAY_TRY(cost_plot(r, task->table, &cost_axes[i], &drawn));
  if (drawn)
    assay_html(
        r->to,
        "</div>\n<p class=\"soft small\">Bars: %g&#8201;%% intervals. Dashes: the Pareto front, "
        "methods that none beats in both. Methods without training are not in the second "
        "plot. Wall times of this machine.</p></section>\n",
        100 * r->ranking->level);
done:
  return rc;
}
