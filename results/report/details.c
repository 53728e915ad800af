/* The small print of a task: failures, commands, data set, provenance. */
#include <string.h>

#include "core/base/err.h"
#include "core/io/json.h"
#include "results/report/parts.h"

/* ---- failures ---- */

static bool any_failure(const struct assay_rank_table *t)
{
  for (int i = 0; i < t->n_rows; i++)
    if (t->rows[i].n_failed > 0) return true;
  return false;
}

static void show_failure(const struct report *r, const struct assay_record *f)
{
  assay_html(r->to, "<div class=\"failure\"><strong>%s</strong>, seed %lld: %s%s%s", f->key.method,
             (long long)f->key.seed, f->phase, *f->phase ? ": " : "", f->reason);
  if (*f->kind) assay_html(r->to, " <span class=\"tag bad\">%s</span>", f->kind);
  if (f->n_output > 0) {
    fputs("<pre>", r->to);
    for (int i = 0; i < f->n_output; i++) assay_html(r->to, "%s\n", f->output[i]);
    fputs("</pre>", r->to);
  }
  fputs("</div>\n", r->to);
}

int assay_report_failures(struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  if (!any_failure(t)) return ASSAY_OK;
  fputs("<section id=\"failures\"><h2>Failures</h2>\n<p class=\"soft\">A method that crashes, "
        "overruns its budget, or writes a wrong shape or a non-finite number ranks last.</p>\n",
        r->to);
  for (int i = 0; i < t->n_rows; i++)
    for (int s = 0; s < t->rows[i].n_seeds; s++)
      if (t->rows[i].records[s]->status == ASSAY_RECORD_FAILED)
        show_failure(r, t->rows[i].records[s]);
  fputs("</section>\n", r->to);
  return ASSAY_OK;
}

/* ---- commands ---- */

int assay_report_commands(struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  fputs(
      "<section id=\"repeat\"><h2>Repeat a row</h2>\n<div class=\"scroll\"><table><caption>One "
      "click selects a command.</caption>\n<thead><tr><th scope=\"col\" class=\"t\">method</th><th "
      "scope=\"col\">seed</th><th scope=\"col\" class=\"t\">version</th><th scope=\"col\" "
      "class=\"t\">command</th></tr></thead>\n<tbody>\n",
      r->to);
  for (int i = 0; i < t->n_rows; i++) {
    for (int s = 0; s < t->rows[i].n_seeds; s++) {
      const struct assay_record *record = t->rows[i].records[s];
      assay_html(
          r->to,
          "<tr><th scope=\"row\">%s</th><td>%lld</td><td class=\"t\" title=\"%s\">%s</td><td "
          "class=\"t wrap\">",
          record->key.method, (long long)record->key.seed, record->key.method_hash,
          *record->method_version ? record->method_version : "–");
      if (*record->command)
        assay_html(r->to, "<code>%s</code></td></tr>\n", record->command);
      else
        fputs("<span class=\"soft\">not recorded</span></td></tr>\n", r->to);
    }
  }
  fputs("</tbody></table></div></section>\n", r->to);
  return ASSAY_OK;
}

/* ---- facts ---- */

static void fact(const struct report *r, const char *name, const char *value, bool code)
{
  if (!*value) return;
  assay_html(r->to, "<tr><th scope=\"row\">%s</th><td>", name);
  assay_html(r->to, code ? "<code class=\"hash\">%s</code></td></tr>\n" : "%s</td></tr>\n", value);
}

static void case_counts(const struct report *r, const json_t *dataset)
{
  static const char *const splits[] = {"train", "validation", "test"};
  const json_t *cases = json_object_get(dataset, "cases");
  if (!json_is_object(cases)) return;
  fputs("<tr><th scope=\"row\">cases</th><td>", r->to);
  for (int i = 0; i < 3; i++)
    assay_html(r->to, "%s%lld %s", i ? ", " : "",
               (long long)json_integer_value(json_object_get(cases, splits[i])), splits[i]);
  fputs("</td></tr>\n", r->to);
}

static void field_list(const struct report *r, const json_t *dataset)
{
  size_t i = 0;
  json_t *field = NULL, *fields = json_object_get(dataset, "fields");
  if (json_array_size(fields) == 0) return;
  fputs("<tr><th scope=\"row\">fields</th><td>", r->to);
  json_array_foreach(fields, i, field)
  {
    assay_html(r->to, "%s%s", i ? ", " : "", assay_json_get_text(field, "name"));
    assay_report_unit(r, assay_json_get_text(field, "unit"));
  }
  fputs("</td></tr>\n", r->to);
}

static void dataset_card(const struct report *r, const struct assay_rank_table *t)
{
  const json_t *d = t->example->dataset;
  fputs("<div class=\"scroll\"><table class=\"facts\"><tbody>\n", r->to);
  fact(r, "name", assay_json_get_text(d, "name"), false);
  fact(r, "title", assay_json_get_text(d, "title"), false);
  fact(r, "generator", assay_json_get_text(d, "generator"), false);
  case_counts(r, d);
  field_list(r, d);
  fact(r, "content SHA-256", t->data_hash, true);
  fact(r, "make it again", assay_json_get_text(d, "regenerate"), true);
  fact(r, "licence", assay_json_get_text(d, "licence"), false);
  fputs("</tbody></table></div>\n", r->to);
}

int assay_report_dataset(struct report *r, const struct report_task *task)
{
  fputs("<section id=\"data\"><h2>Data set</h2>\n", r->to);
  dataset_card(r, task->table);
  assay_html(r->to,
             "<p class=\"soft small\">Definition of the task: <code class=\"hash\">%s</code></p>"
             "</section>\n",
             task->table->task_hash);
  return ASSAY_OK;
}

int assay_report_datasets(struct report *r)
{
  fputs("<section id=\"data\"><h2>Data</h2>\n", r->to);
  for (int t = 0; t < r->ranking->n_tables; t++) {
    bool seen = false;
    for (int s = 0; s < t && !seen; s++)
      seen = strcmp(r->tasks[s].table->data_hash, r->tasks[t].table->data_hash) == 0;
    if (!seen) dataset_card(r, r->tasks[t].table);
  }
  fputs("</section>\n", r->to);
  return ASSAY_OK;
}

/* ---- provenance ---- */

/* Members of two records' provenance that must agree to be shown once; when a job started and what
 * it was called differs from job to job. */
static bool varies(const char *key)
{
  static const char *const keys[] = {"started", "finished", "pid", "host", NULL};
  for (int i = 0; keys[i]; i++)
    if (strcmp(keys[i], key) == 0) return true;
  return false;
}

static bool same_provenance(const json_t *a, const json_t *b)
{
  const char *key = NULL;
  json_t *value = NULL;
  if (json_object_size(a) != json_object_size(b)) return false;
  json_object_foreach((json_t *)a, key, value)
  {
    if (!varies(key) && !json_equal(value, json_object_get(b, key))) return false;
  }
  return true;
}

static void show_member(const struct report *r, const char *key, const json_t *value)
{
  const char *name = NULL;
  json_t *inner = NULL;
  if (json_is_string(value)) {
    fact(r, key, json_string_value(value), false);
    return;
  }
  assay_html(r->to, "<tr><th scope=\"row\">%s</th><td>", key);
  int n = 0;
  json_object_foreach((json_t *)value, name, inner)
  {
    const char *text = json_string_value(inner);
    assay_html(r->to, "%s%s %s", n++ ? ", " : "", name, text ? text : "");
  }
  if (json_is_integer(value)) assay_html(r->to, "%lld", (long long)json_integer_value(value));
  if (json_is_real(value)) assay_html(r->to, "%g", json_real_value(value));
  if (json_is_boolean(value)) fputs(json_is_true(value) ? "yes" : "no", r->to);
  fputs("</td></tr>\n", r->to);
}

/* Every record of the tables, in their order. */
struct all_records {
  int n;
  const struct assay_record **records;
};

static int collect(struct report *r, struct all_records *all,
                   const struct assay_rank_table *const *tables, int n)
{
  int rc = ASSAY_OK, most = 0;
  for (int t = 0; t < n; t++)
    for (int i = 0; i < tables[t]->n_rows; i++) most += tables[t]->rows[i].n_seeds;
  ASSAY_TRY(ASSAY_TAKE(&r->arena, &all->records, most));
  for (int t = 0; t < n; t++)
    for (int i = 0; i < tables[t]->n_rows; i++)
      for (int s = 0; s < tables[t]->rows[i].n_seeds; s++)
        all->records[all->n++] = tables[t]->rows[i].records[s];
done:
  return rc;
}

/* Methods of the records with the same provenance as record i. */
static void list_methods(const struct report *r, const struct all_records *all, int i)
{
  int n = 0;
  fputs("<tr><th scope=\"row\">methods</th><td>", r->to);
  for (int m = 0; m < r->n_methods; m++) {
    for (int j = i; j < all->n; j++) {
      if (strcmp(all->records[j]->key.method, r->methods[m].name) != 0 ||
          !same_provenance(all->records[j]->provenance, all->records[i]->provenance))
        continue;
      assay_html(r->to, "%s%s", n++ ? ", " : "", r->methods[m].name);
      break;
    }
  }
  fputs("</td></tr>\n", r->to);
}

static void show_provenance(const struct report *r, const struct all_records *all, int i)
{
  const char *key = NULL;
  json_t *value = NULL;
  fputs("<div class=\"scroll\"><table class=\"facts\"><tbody>\n", r->to);
  list_methods(r, all, i);
  json_object_foreach((json_t *)all->records[i]->provenance, key, value)
  {
    if (!varies(key)) show_member(r, key, value);
  }
  fputs("</tbody></table></div>\n", r->to);
}

int assay_report_provenance(struct report *r, const struct assay_rank_table *const *tables, int n)
{
  int rc = ASSAY_OK;
  struct all_records all = {0};
  ASSAY_TRY(collect(r, &all, tables, n));
  fputs("<section id=\"provenance\"><h2>Provenance</h2>\n", r->to);
  for (int i = 0; i < all.n; i++) {
    bool seen = !all.records[i]->provenance;
    for (int j = 0; j < i && !seen; j++)
      seen = same_provenance(all.records[j]->provenance, all.records[i]->provenance);
    if (!seen) show_provenance(r, &all, i);
  }
  fputs("</section>\n", r->to);
done:
  return rc;
}
