/* The summary page: all methods on all tasks. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "results/report/parts.h"

static const char *plural(int n)
{
  return n == 1 ? "" : "s";
}

static const struct assay_rank_row *row_of(const struct assay_rank_table *t, const char *method)
{
  for (int i = 0; i < t->n_rows; i++)
    if (strcmp(t->rows[i].method, method) == 0) return &t->rows[i];
  return NULL;
}

/* ---- head ---- */

static const char *newest(const struct assay_ranking *ranking)
{
  const char *latest = "";
  for (int t = 0; t < ranking->n_tables; t++) {
    for (int i = 0; i < ranking->tables[t].n_rows; i++) {
      const struct assay_rank_row *row = &ranking->tables[t].rows[i];
      for (int s = 0; s < row->n_seeds; s++) {
        const char *started =
            json_string_value(json_object_get(row->records[s]->provenance, "started"));
        if (started && strcmp(started, latest) > 0) latest = started;
      }
    }
  }
  return latest;
}

static void lede(const struct report *r)
{
  int jobs = 0, failed = 0;
  for (int t = 0; t < r->ranking->n_tables; t++) {
    for (int i = 0; i < r->ranking->tables[t].n_rows; i++) {
      jobs += r->ranking->tables[t].rows[i].n_seeds;
      failed += r->ranking->tables[t].rows[i].n_failed;
    }
  }
  assay_html(r->to, "<h1>%s</h1>\n<p class=\"lede\">%d method%s on %d task%s in %d run%s",
             r->options->title, r->n_methods, plural(r->n_methods), r->ranking->n_tables,
             plural(r->ranking->n_tables), jobs, plural(jobs));
  if (failed > 0) assay_html(r->to, ", %d of them failed", failed);
  if (*newest(r->ranking)) assay_html(r->to, "; the latest of %.10s", newest(r->ranking));
  fputs(".</p>\n", r->to);
}

/* ---- leaderboard ---- */

static void board_head(const struct report *r)
{
  assay_html(
      r->to,
      "<div class=\"scroll\"><table class=\"sortable\">\n<caption>Mean rank over the tasks a "
      "method was run on, with its %g&#8201;%% interval; then place and value on each task. "
      "Those that answered as many tasks as any competitor come first.</caption>\n<thead><tr><th "
      "scope=\"col\" "
      "class=\"t\">method</th><th scope=\"col\">mean rank</th><th scope=\"col\" "
      "class=\"t\">interval</th>",
      100 * r->ranking->level);
  for (int t = 0; t < r->ranking->n_tables; t++) {
    const struct assay_rank_table *table = r->tasks[t].table;
    assay_html(r->to, "<th scope=\"col\" title=\"%s\">%s<small>%s", table->title, table->task,
               table->metric);
    assay_report_unit(r, table->unit);
    fputs("</small></th>", r->to);
  }
  fputs("</tr></thead>\n<tbody>\n", r->to);
}

static void task_cell(const struct report *r, const struct report_task *task, const char *method)
{
  char text[ASSAY_NUMBER_TEXT];
  const struct assay_rank_row *row = row_of(task->table, method);
  if (!row) {
    fputs("<td data-v=\"\"><span class=\"soft\">not run</span></td>", r->to);
    return;
  }
  if (row->place == 0) {
    assay_html(r->to,
               "<td data-v=\"\"><a class=\"tag bad\" href=\"task-%s.html#failures\">failed"
               "</a></td>",
               task->slug);
    return;
  }
  assay_html(r->to, "<td data-v=\"%.9g\"><span class=\"place-chip%s\" title=\"place\">%d</span>",
             row->value, row->place == 1 ? " first" : "", row->place);
  assay_html_number(r->to, assay_value_text(text, row->value, row->low, row->high));
  if (row->n_failed > 0) fputs(" <span class=\"tag bad\">partly failed</span>", r->to);
  fputs("</td>", r->to);
}

static void board_row(const struct report *r, const struct assay_rank_overall_row *row,
                      const struct report_scale *scale)
{
  fprintf(r->to, "<tr class=\"%s\"><th scope=\"row\">", row->floor ? "floor" : "");
  assay_report_swatch(r, row->method);
  assay_html(r->to, "%s", row->method);
  if (row->floor) fputs(" <span class=\"tag\">floor</span>", r->to);
  fputs("</th>", r->to);
  assay_html(r->to, "<td data-v=\"%.9g\">%.2f</td><td class=\"t\" data-v=\"%.9g\">", row->mean_rank,
             row->mean_rank, row->low);
  assay_report_interval(r, scale, row->method, row->mean_rank, row->low, row->high);
  assay_html(r->to, "<small>[%.2f, %.2f]</small></td>", row->low, row->high);
  for (int t = 0; t < r->ranking->n_tables; t++) task_cell(r, &r->tasks[t], row->method);
  fputs("</tr>\n", r->to);
}

static void test_note(const struct report *r)
{
  const struct assay_rank_test *test = &r->ranking->test;
  if (test->why_not) {
    assay_html(r->to, "<li>No test over all tasks: %s.</li>\n", test->why_not);
    return;
  }
  assay_html(r->to,
             "<li>Friedman test over %d cases of %d tasks, methods of all tasks: χ² = %.2f, p = ",
             test->n_blocks, r->ranking->n_tables, test->friedman.chi2);
  assay_report_chance(r, test->friedman.chi2_p);
  assay_html(r->to, "; mean ranks further apart than %.2f differ at %g&#8201;%% (Nemenyi):",
             test->difference, 100 * (1 - r->ranking->level));
  for (int m = 0; m < test->n_methods; m++)
    assay_html(r->to, "%s %s %.2f", m ? "," : "", test->methods[m], test->mean_ranks[m]);
  fputs(".</li>\n", r->to);
}

static void board(const struct report *r)
{
  const int n = r->ranking->n_overall;
  const struct report_scale scale = {1, n > 1 ? n : 2, false};
  fputs("<section id=\"leaderboard\"><h2>Leaderboard</h2>\n", r->to);
  board_head(r);
  for (int i = 0; i < n; i++) board_row(r, &r->ranking->overall[i], &scale);
  fputs("</tbody></table></div>\n<ul class=\"notes\">\n", r->to);
  fputs(r->ranking->tasks_resampled
            ? "<li>Intervals: bootstrap over tasks and test cases.</li>\n"
            : "<li>Intervals: bootstrap over the test cases of these tasks, which are too few to "
              "stand for others.</li>\n",
        r->to);
  test_note(r);
  fputs("<li>A method that failed ranks last in that task.</li>\n</ul></section>\n", r->to);
}

/* ---- tasks ---- */

/* The median picture of the best method that has one. */
static const struct report_picture *card_picture(const struct report_task *task)
{
  for (int i = 0; i < task->table->n_rows; i++)
    for (int p = REPORT_PICTURES - 1; p >= 0; p--)
      if (task->pictures[i][p].file && p <= 1) return &task->pictures[i][p];
  return NULL;
}

static void card(const struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  const struct report_picture *picture = card_picture(task);
  char text[ASSAY_NUMBER_TEXT];
  fputs("<div class=\"card\">", r->to);
  if (picture)
    assay_html(r->to, "<a href=\"task-%s.html\"><img loading=\"lazy\" src=\"%s\" alt=\"\"></a>",
               task->slug, picture->file);
  assay_html(r->to, "<h3><a href=\"task-%s.html\">%s</a></h3><p>%s</p><p class=\"soft small\">",
             task->slug, t->task, strcmp(t->title, t->task) == 0 ? "" : t->title);
  assay_html(r->to, "%s%s%d test case%s, ranked by %s", t->kind, *t->kind ? ", " : "", t->n_cases,
             plural(t->n_cases), t->metric);
  if (t->n_rows > 0 && t->rows[0].place == 1) {
    assay_html(r->to, ". Best: %s, ", t->rows[0].method);
    assay_html_number(r->to,
                      assay_value_text(text, t->rows[0].value, t->rows[0].low, t->rows[0].high));
  }
  fputs("</p></div>\n", r->to);
}

static bool any_failure(const struct report *r)
{
  for (int i = 0; i < r->ranking->n_overall; i++)
    if (r->ranking->overall[i].n_failed > 0) return true;
  return false;
}

static void failures(const struct report *r)
{
  if (!any_failure(r)) return;
  fputs("<section id=\"failures\"><h2>Failures</h2>\n<ul>\n", r->to);
  for (int t = 0; t < r->ranking->n_tables; t++) {
    const struct assay_rank_table *table = r->tasks[t].table;
    for (int i = 0; i < table->n_rows; i++) {
      if (table->rows[i].n_failed == 0) continue;
      assay_html(r->to,
                 "<li>%s on <a href=\"task-%s.html#failures\">%s</a>, %d of %d runs: %s</li>\n",
                 table->rows[i].method, r->tasks[t].slug, table->task, table->rows[i].n_failed,
                 table->rows[i].n_seeds, table->rows[i].reason);
    }
  }
  fputs("</ul></section>\n", r->to);
}

static void withdrawn(const struct report *r)
{
  if (r->ranking->n_withdrawn == 0) return;
  fputs("<section id=\"withdrawn\"><h2>Withdrawn</h2>\n<ul>\n", r->to);
  for (int i = 0; i < r->ranking->n_withdrawn; i++) {
    const struct assay_record *w = r->ranking->withdrawn[i];
    assay_html(r->to, "<li>%s on %s, seed %lld: %s</li>\n", w->key.method, w->key.task,
               (long long)w->key.seed, w->reason);
  }
  fputs("</ul></section>\n", r->to);
}

static void how_to_read(const struct report *r)
{
  fputs(
      "<section id=\"reading\"><h2>How to read this</h2>\n"
      "<p>A <em>task</em> is a data set, what is given, what is asked and a metric. A "
      "<em>method</em> "
      "is trained and asked in a process of its own, within limits, and never sees the truth. Its "
      "value is the mean of the metric over test cases, and over seeds where there are several. "
      "The "
      "interval says how much that mean depends on which cases were drawn; <em>places</em> say how "
      "much the order does, all methods on the same draws.</p>\n"
      "<p><em>Floors</em> learn nothing; <em>skill</em> is the share of the best floor's error "
      "that "
      "a method avoids. Costs are wall times and memory of the recorded machine: compare them "
      "within "
      "a table, not between machines.</p></section>\n",
      r->to);
}

int assay_report_index(struct report *r)
{
  int rc = ASSAY_OK;
  const struct assay_rank_table **tables = NULL;
  assay_report_head(r, "");
  lede(r);
  board(r);
  fputs("<section id=\"tasks\"><h2>Tasks</h2>\n<div class=\"cards\">\n", r->to);
  for (int t = 0; t < r->ranking->n_tables; t++) card(r, &r->tasks[t]);
  fputs("</div></section>\n", r->to);
  failures(r);
  withdrawn(r);
  ASSAY_TRY(assay_report_datasets(r));
  how_to_read(r);
  ASSAY_TRY(ASSAY_TAKE(&r->arena, &tables, r->ranking->n_tables));
  for (int t = 0; t < r->ranking->n_tables; t++) tables[t] = r->tasks[t].table;
  ASSAY_TRY(assay_report_provenance(r, tables, r->ranking->n_tables));
  assay_report_foot(r);
done:
  return rc;
}
