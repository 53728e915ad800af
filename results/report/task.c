/* The page of one task. */
#include <string.h>

#include "core/base/err.h"
#include "results/report/parts.h"

static void fact(const struct report *r, const char *name, const char *value)
{
  if (*value) assay_html(r->to, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void facts(const struct report *r, const struct assay_rank_table *t)
{
  const char *data = json_string_value(json_object_get(t->example->dataset, "name"));
  char text[64];
  fputs("<dl class=\"facts\">\n", r->to);
  fact(r, "kind", t->kind);
  fact(r, "data set", data ? data : "");
  snprintf(text, sizeof text, "%d", t->n_cases);
  fact(r, "test cases", text);
  snprintf(text, sizeof text, "%d", t->example->n_leads);
  if (t->example->n_leads > 0) fact(r, "lead times", text);
  snprintf(text, sizeof text, "%d", t->n_rows);
  fact(r, "methods", text);
  fact(r, "ranked by", t->metric);
  fputs("</dl>\n", r->to);
}

static void metric_doc(const struct report *r, const struct assay_rank_table *t)
{
  for (int c = 0; c < t->n_columns; c++) {
    if (strcmp(t->columns[c].metric, t->metric) != 0 || !t->columns[c].doc) continue;
    assay_html(r->to, "<p class=\"lede\"><strong>%s</strong>: %s.</p>\n", t->metric,
               t->columns[c].doc);
    return;
  }
}

int assay_report_task(struct report *r, const struct report_task *task)
{
  int rc = ASSAY_OK;
  const struct assay_rank_table *t = task->table;
  assay_report_head(r, t->task);
  assay_html(r->to, "<p class=\"soft small\"><a href=\"index.html\">%s</a> / %s</p>\n<h1>%s</h1>\n",
             r->options->title, t->task, t->title);
  metric_doc(r, t);
  facts(r, t);
  ASSAY_TRY(assay_report_leaderboard(r, task));
  ASSAY_TRY(assay_report_lead_plots(r, task));
  ASSAY_TRY(assay_report_cost_plots(r, task));
  ASSAY_TRY(assay_report_strip(r, task));
  ASSAY_TRY(assay_report_pictures(r, task));
  ASSAY_TRY(assay_report_scores(r, task));
  ASSAY_TRY(assay_report_failures(r, task));
  ASSAY_TRY(assay_report_commands(r, task));
  ASSAY_TRY(assay_report_dataset(r, task));
  ASSAY_TRY(assay_report_provenance(r, &t, 1));
  assay_report_foot(r);
done:
  return rc;
}
