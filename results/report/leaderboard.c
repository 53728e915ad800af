/* The leaderboard of one task, and the table of all its scores. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "results/report/parts.h"

static const char *plural(int n)
{
  return n == 1 ? "" : "s";
}

static void head_cell(const struct report *r, const char *text, const char *unit, const char *title)
{
  assay_html(r->to, "<th scope=\"col\" title=\"%s\">%s", title, text);
  if (*unit) assay_html(r->to, "<small>%s</small>", unit);
  fputs("</th>", r->to);
}

static void method_cell(const struct report *r, const struct assay_rank_row *row)
{
  const struct assay_record *example = row->example;
  fputs("<th scope=\"row\">", r->to);
  assay_report_swatch(r, row->method);
  assay_html(r->to, "%s", row->method);
  if (row->floor)
    fputs(
        " <span class=\"tag\" title=\"learns nothing: the least a method must beat\">floor</span>",
        r->to);
  for (int i = 0; i < example->n_flags; i++)
    assay_html(r->to, " <span class=\"tag\">%s</span>", example->flags[i]);
  if (row->n_failed > 0)
    assay_html(r->to, " <span class=\"tag bad\">%s</span>",
               row->n_failed == row->n_seeds ? "failed" : "partly failed");
  if (*example->method_doc)
    assay_html(r->to, "<small class=\"doc\">%s</small>", example->method_doc);
  fputs("</th>", r->to);
}

static void place_cells(const struct report *r, const struct assay_rank_row *row)
{
  if (row->place > 0)
    fprintf(r->to, "<td class=\"place\" data-v=\"%d\">%d</td>", row->place, row->place);
  else
    fputs("<td class=\"place\" data-v=\"\">–</td>", r->to);
}

static void value_cells(const struct report *r, const struct assay_rank_table *t,
                        const struct assay_rank_row *row, const struct report_scale *scale)
{
  if (row->place == 0) {
    assay_html(r->to, "<td class=\"t wrap\" colspan=\"%d\" data-v=\"\">%s</td>",
               t->n_identifiable < t->n_counted ? 4 : 3, row->reason);
    return;
  }
  assay_report_cell(r, row->value, row->low, row->high);
  fprintf(r->to, "<td class=\"t\" data-v=\"%.9g\">", row->low);
  assay_report_interval(r, scale, row->method, row->value, row->low, row->high);
  assay_report_bounds(r, row->value, row->low, row->high);
  fputs("</td>", r->to);
  if (t->n_identifiable < t->n_counted)
    assay_report_cell(r, row->identifiable_value, row->low, row->high);
  if (row->place_low == 0)
    fputs("<td data-v=\"\"><span class=\"soft\">–</span></td>", r->to);
  else if (row->place_low == row->place_high)
    fprintf(r->to, "<td data-v=\"%d\">%d</td>", row->place_low, row->place_low);
  else
    fprintf(r->to, "<td data-v=\"%d.5\">%d–%d</td>", row->place_low, row->place_low,
            row->place_high);
}

static void seeds_cell(const struct report *r, const struct assay_rank_row *row)
{
  char text[ASSAY_NUMBER_TEXT];
  fprintf(r->to, "<td data-v=\"%d\">%d", row->n_seeds - row->n_failed,
          row->n_seeds - row->n_failed);
  if (row->n_failed > 0) fprintf(r->to, " of %d", row->n_seeds);
  if (!isnan(row->seed_deviation)) {
    fputs(" <small>sd ", r->to);
    assay_html_number(r->to,
                      assay_value_text(text, row->seed_deviation, 0, 2 * row->seed_deviation));
    fputs("</small>", r->to);
  }
  fputs("</td>", r->to);
}

static void leaderboard_row(const struct report *r, const struct assay_rank_table *t,
                            const struct assay_rank_row *row, const struct report_scale *scale)
{
  const double none = (double)NAN;
  fprintf(r->to, "<tr class=\"%s\">", row->place == 0 ? "failed" : row->floor ? "floor" : "");
  place_cells(r, row);
  method_cell(r, row);
  value_cells(r, t, row, scale);
  assay_report_cell(r, row->skill, none, none);
  assay_report_cell(r, row->train_s, none, none);
  assay_report_cell(r, row->predict_s, none, none);
  assay_report_cell(r, row->memory_mb, none, none);
  seeds_cell(r, row);
  fputs("</tr>\n", r->to);
}

static int table_scale(struct report_scale *out, const struct assay_rank_table *t)
{
  int rc = ASSAY_OK;
  double *ends = NULL;
  ASSAY_TRY(ASSAY_NEW(&ends, 2 * (size_t)t->n_rows, "report"));
  for (int i = 0; i < t->n_rows; i++) {
    ends[i] = isnan(t->rows[i].low) ? t->rows[i].value : t->rows[i].low;
    ends[t->n_rows + i] = isnan(t->rows[i].high) ? t->rows[i].value : t->rows[i].high;
  }
  *out = assay_report_scale(ends, ends + t->n_rows, t->n_rows);
done:
  assay_free(ends);
  return rc;
}

static void leaderboard_head(const struct report *r, const struct assay_rank_table *t,
                             const struct report_scale *scale)
{
  char interval[64];
  assay_html(r->to,
             "<table class=\"sortable\">\n<caption>%s%s%s, %s is better; %d test case%s. Bars: "
             "%g&#8201;%% interval by bootstrap over test cases%s.</caption>\n<thead><tr>",
             t->metric, strchr(t->fields, ',') ? ", mean over " : " of ", t->fields,
             t->higher_is_better ? "higher" : "lower", t->n_counted, plural(t->n_counted),
             100 * r->ranking->level, scale->log ? ", logarithmic" : "");
  snprintf(interval, sizeof interval, "%g %% interval", 100 * r->ranking->level);
  head_cell(r, "#", "", "place");
  fputs("<th scope=\"col\" class=\"t\">method</th>", r->to);
  assay_html(r->to, "<th scope=\"col\">%s", t->metric);
  fputs("<small>", r->to);
  assay_report_unit(r, t->unit);
  fputs("</small></th>", r->to);
  assay_html(r->to, "<th scope=\"col\" class=\"t\">%s</th>", interval);
  if (t->n_identifiable < t->n_counted)
    head_cell(r, "identifiable", "",
              "the value without the cases whose answer cannot be found from what is given");
  head_cell(r, "places", "", "interval of the place under resampling of the test cases");
  head_cell(r, "skill", "", "1 - value / value of the best floor: 1 is perfect, 0 no better");
  head_cell(r, "train", "s", "wall time");
  head_cell(r, "predict", "s/case", "wall time");
  head_cell(r, "memory", "MB", "largest resident size of train and predict");
  head_cell(r, "seeds", "", "finished runs; sd: standard deviation of the value over them");
  fputs("</tr></thead>\n<tbody>\n", r->to);
}

static void print_test(const struct report *r, const struct assay_rank_test *test)
{
  if (test->why_not) {
    assay_html(r->to, "<li>No test of all methods: %s.</li>\n", test->why_not);
    return;
  }
  assay_html(r->to, "<li>Friedman test over %d cases: χ² = %.2f, p = ", test->n_blocks,
             test->friedman.chi2);
  assay_report_chance(r, test->friedman.chi2_p);
  assay_html(r->to,
             ". Methods whose mean ranks are further apart than %.2f differ at %g&#8201;%% "
             "(Nemenyi):",
             test->difference, 100 * (1 - r->ranking->level));
  for (int m = 0; m < test->n_methods; m++)
    assay_html(r->to, "%s %s %.2f", m ? "," : "", test->methods[m], test->mean_ranks[m]);
  fputs(".</li>\n", r->to);
}

static void print_notes(const struct report *r, const struct assay_rank_table *t)
{
  fputs("<ul class=\"notes\">\n", r->to);
  for (int i = 0; i < t->n_notes; i++) assay_html(r->to, "<li>Note: %s.</li>\n", t->notes[i]);
  print_test(r, &t->test);
  fputs("</ul>\n", r->to);
}

int assay_report_leaderboard(struct report *r, const struct report_task *task)
{
  int rc = ASSAY_OK;
  struct report_scale scale;
  const struct assay_rank_table *t = task->table;
  ASSAY_TRY(table_scale(&scale, t));
  fputs("<section id=\"leaderboard\"><h2>Leaderboard</h2>\n<div class=\"scroll\">\n", r->to);
  leaderboard_head(r, t, &scale);
  for (int i = 0; i < t->n_rows; i++) leaderboard_row(r, t, &t->rows[i], &scale);
  fputs("</tbody></table></div>\n", r->to);
  print_notes(r, t);
  fputs("</section>\n", r->to);
done:
  return rc;
}

/* ---- all scores ---- */

static double best_of(const struct assay_rank_table *t, int c)
{
  double best = (double)NAN;
  for (int i = 0; i < t->n_rows; i++) {
    const double x = t->rows[i].columns[c];
    const bool better = t->columns[c].higher_is_better ? x > best : x < best;
    if (!isnan(x) && t->rows[i].n_failed == 0 && (isnan(best) || better)) best = x;
  }
  return best;
}

static void scores_head(const struct report *r, const struct assay_rank_table *t)
{
  fputs("<table class=\"sortable\">\n<caption>Means over test cases and seeds; the best of each "
        "column is marked. ↑: higher is better.</caption>\n<thead><tr><th scope=\"col\" "
        "class=\"t\">method</th>",
        r->to);
  for (int c = 0; c < t->n_columns; c++) {
    const struct assay_rank_column *column = &t->columns[c];
    const bool whole = strcmp(column->field, ASSAY_RECORD_WHOLE) == 0;
    assay_html(r->to, "<th scope=\"col\" title=\"%s\">%s %s%s<small>",
               column->doc ? column->doc : "", column->metric, whole ? "" : column->field,
               column->higher_is_better ? " ↑" : "");
    assay_report_unit(r, column->unit);
    fputs("</small></th>", r->to);
  }
  fputs("</tr></thead>\n<tbody>\n", r->to);
}

static void score_cell(const struct report *r, double value, double best)
{
  char text[ASSAY_NUMBER_TEXT];
  if (isnan(value) || value != best) {
    assay_report_cell(r, value, (double)NAN, (double)NAN);
    return;
  }
  fprintf(r->to, "<td class=\"best\" data-v=\"%.9g\">", value);
  assay_html_number(r->to, assay_value_text(text, value, (double)NAN, (double)NAN));
  fputs("</td>", r->to);
}

static bool any_truth(const struct assay_rank_table *t)
{
  for (int c = 0; c < t->n_columns; c++)
    if (!isnan(t->columns[c].floor)) return true;
  return false;
}

static void truth_row(const struct report *r, const struct assay_rank_table *t)
{
  if (!any_truth(t)) return;
  fputs("<tfoot><tr class=\"floor\"><th scope=\"row\">the truth itself</th>", r->to);
  for (int c = 0; c < t->n_columns; c++)
    assay_report_cell(r, t->columns[c].floor, (double)NAN, (double)NAN);
  fputs("</tr></tfoot>\n", r->to);
}

int assay_report_scores(struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  if (t->n_columns == 0) return ASSAY_OK;
  fputs("<section id=\"scores\"><h2>All scores</h2>\n<div class=\"scroll\">\n", r->to);
  scores_head(r, t);
  for (int i = 0; i < t->n_rows; i++) {
    if (t->rows[i].n_failed == t->rows[i].n_seeds) continue;
    fprintf(r->to, "<tr class=\"%s\"><th scope=\"row\">", t->rows[i].floor ? "floor" : "");
    assay_report_swatch(r, t->rows[i].method);
    assay_html(r->to, "%s</th>", t->rows[i].method);
    for (int c = 0; c < t->n_columns; c++) score_cell(r, t->rows[i].columns[c], best_of(t, c));
    fputs("</tr>\n", r->to);
  }
  fputs("</tbody>\n", r->to);
  truth_row(r, t);
  fputs("</table></div></section>\n", r->to);
  return ASSAY_OK;
}
