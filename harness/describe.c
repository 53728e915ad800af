#include "harness/describe.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "baselines/baseline.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "datasets/exporters/exporter.h"
#include "generators/generator.h"
#include "harness/library.h"
#include "harness/method.h"
#include "harness/tables.h"
#include "metrics/metric.h"

/* Take what json_pack made. */
static int finish(json_t **out, json_t *made)
{
  int rc = ASSAY_OK;
  *out = made;
  ASSAY_CHECK(made, ASSAY_ENOMEM, "no memory for a description");
done:
  return rc;
}

static json_t *describe_params(const struct assay_param *rows, const void *defaults)
{
  return rows ? assay_param_describe(rows, defaults) : json_array();
}

static json_t *describe_fields(const struct assay_field *f)
{
  static const char *const kinds[] = {"frames", "static", "scalar"};
  json_t *list = json_array();
  for (; f && f->name; f++)
    json_array_append_new(list, json_pack("{ss,ss,ss,ss*,sb,ss*}", "name", f->name, "unit", f->unit,
                                          "kind", kinds[f->kind], "standard_name", f->standard_name,
                                          "optional", f->optional, "doc", f->doc));
  return list;
}

static json_t *describe_derived(const struct assay_derived *d)
{
  json_t *list = json_array();
  for (; d && d->name; d++)
    json_array_append_new(
        list, json_pack("{ss,ss,ss*}", "name", d->name, "unit", d->unit, "doc", d->doc));
  return list;
}

static json_t *describe_evidence(const struct assay_evidence *e)
{
  static const char *const kinds[] = {"exact", "manufactured", "conserved", "published",
                                      "symmetry"};
  json_t *list = json_array();
  for (; e && e->name; e++)
    json_array_append_new(list,
                          json_pack("{ss,ss,so,so,sb,ss*,ss*}", "name", e->name, "kind",
                                    kinds[e->kind], "expected", assay_json_double(e->expected),
                                    "limit", assay_json_double(e->limit), "slow", e->slow, "doc",
                                    e->doc, "reference", e->reference));
  return list;
}

int assay_describe_generator(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_generator *g;
  ASSAY_TRY(assay_generator_find(&g, name));
  ASSAY_TRY(
      finish(out, json_pack("{ss,ss,si,ss*,ss*,si,sb,so,so,so,so}", "kind", "generator", "name",
                            g->name, "version", g->version, "doc", g->doc, "reference",
                            g->reference, "order", g->order, "error_estimate", g->coarsen != NULL,
                            "parameters", describe_params(g->params, g->defaults), "fields",
                            describe_fields(g->fields), "derived", describe_derived(g->derived),
                            "evidence", describe_evidence(g->evidence))));
done:
  return rc;
}

static json_t *describe_answers(const struct assay_metric_answer *a)
{
  json_t *list = json_array();
  for (; a && a->what; a++)
    json_array_append_new(list, json_pack("{ss,so,so}", "what", a->what, "expected",
                                          assay_json_double(a->expected), "tolerance",
                                          assay_json_double(a->tolerance)));
  return list;
}

static json_t *describe_equation_answers(const struct assay_metric_equation_answer *a)
{
  json_t *list = json_array();
  for (; a && a->what; a++)
    json_array_append_new(list, json_pack("{ss,ss,ss,ss*,so,so}", "what", a->what, "predicted",
                                          a->predicted, "law", a->law, "more", a->more, "expected",
                                          assay_json_double(a->expected), "tolerance",
                                          assay_json_double(a->tolerance)));
  return list;
}

static json_t *list_states(const char *const *state)
{
  json_t *list = json_array();
  for (int k = 0; k < ASSAY_ANSWER_STATES && state[k]; k++)
    json_array_append_new(list, json_string(state[k]));
  return list;
}

static json_t *describe_system_answers(const struct assay_metric_system_answer *a)
{
  json_t *list = json_array();
  for (; a && a->what; a++)
    json_array_append_new(list, json_pack("{ss,so,so,so,so}", "what", a->what, "predicted",
                                          list_states(a->predicted), "law", list_states(a->law),
                                          "expected", assay_json_double(a->expected), "tolerance",
                                          assay_json_double(a->tolerance)));
  return list;
}

static json_t *answers_of(const struct assay_metric *m)
{
  if (m->system) return describe_system_answers(m->system_answers);
  if (m->equation) return describe_equation_answers(m->equation_answers);
  return describe_answers(m->answers);
}

/* "1", "m", or what the unit of the field becomes. */
static json_t *metric_unit(const struct assay_metric *m)
{
  if (m->unit) return json_string(m->unit);
  return m->unit_power == 1 ? json_string("unit of the field")
                            : json_sprintf("unit of the field, to the power %d", m->unit_power);
}

int assay_describe_metric(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_metric *m;
  ASSAY_TRY(assay_metric_find(&m, name));
  ASSAY_TRY(finish(out, json_pack("{ss,ss,si,ss*,ss*,ss*,so,ss,sb,sb,sb,so}", "kind", "metric",
                                  "name", m->name, "version", m->version, "doc", m->doc, "formula",
                                  m->formula, "reference", m->reference, "unit", metric_unit(m),
                                  "better", m->better == ASSAY_LOWER_IS_BETTER ? "lower" : "higher",
                                  "per_field", m->per_field, "needs_truth", m->needs_truth,
                                  "floor_of_the_truth", m->has_floor, "answers", answers_of(m))));
done:
  return rc;
}

static json_t *describe_kinds(unsigned kinds)
{
  json_t *list = json_array();
  for (int k = 0; assay_task_kinds[k]; k++)
    if (kinds & 1u << k) json_array_append_new(list, json_string(assay_task_kinds[k]));
  return list;
}

/* A command line; NULL when there is none. */
static json_t *describe_words(const char *const *words)
{
  char line[1024];
  size_t n = 0;
  for (int i = 0; words && words[i] && n < sizeof line; i++)
    n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", i ? " " : "", words[i]);
  return words ? json_string(line) : json_null();
}

/* Built in, or a folder with method.yaml. */
int assay_describe_method(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_method *m = NULL;
  ASSAY_TRY(assay_method_open(&m, name));
  const struct assay_baseline *b = m->builtin;
  json_t *params = b ? describe_params(b->params, b->defaults) : json_array();
  ASSAY_TRY(finish(
      out, json_pack("{ss,ss,ss,ss*,ss*,so,sb,sb,sb,so,so,so}", "kind", "method", "name", m->name,
                     "version", m->version, "doc", m->doc, "reference", m->reference, "answers",
                     describe_kinds(m->kinds), "floor", m->floor, "learns", m->train != NULL,
                     "pretrained", m->pretrained, "parameters", params, "train",
                     describe_words(m->train), "predict", describe_words(m->predict))));
done:
  assay_method_close(m);
  return rc;
}

/* {kind, the rows} */
static int describe_rows(json_t **out, const char *kind, const struct assay_param *rows,
                         const void *obj)
{
  int rc = ASSAY_OK;
  json_t *values = assay_param_json(rows, obj);
  ASSAY_TRY(finish(out, json_pack("{ss}", "kind", kind)));
  ASSAY_CHECK(values && json_object_update_missing(*out, values) == 0, ASSAY_ENOMEM,
              "no memory for a description");
done:
  json_decref(values);
  return rc;
}

/* [{name, min, max}, ...] of the parameters and groups that are not the same in all cases */
static int describe_varying(json_t **out, const struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  const struct assay_layout *l = assay_recipe_layout(r);
  const size_t n = (size_t)l->n_params;
  double *lo = NULL;
  *out = json_array();
  ASSAY_TRY(ASSAY_NEW(&lo, 3 * n, "ranges"));
  double *hi = lo + n, *now = hi + n;
  for (long id = 0; id < l->n_cases; id++) {
    ASSAY_TRY(assay_recipe_values(now, r, id));
    for (size_t p = 0; p < n; p++) {
      if (id == 0 || now[p] < lo[p]) lo[p] = now[p];
      if (id == 0 || now[p] > hi[p]) hi[p] = now[p];
    }
  }
  for (size_t p = 0; p < n; p++)
    if (lo[p] != hi[p])
      json_array_append_new(*out, json_pack("{ss,ss*,so,so}", "name", l->params[p].name, "unit",
                                            l->params[p].unit, "min", assay_json_double(lo[p]),
                                            "max", assay_json_double(hi[p])));
done:
  assay_free(lo);
  return rc;
}

static json_t *names_of(const struct assay_layout *l, bool splits)
{
  json_t *list = json_array();
  const int n = splits ? l->n_splits : l->n_fields;
  for (int i = 0; i < n; i++)
    json_array_append_new(list, json_string(splits ? l->splits[i] : l->fields[i].name));
  return list;
}

static int describe_tables(json_t **out, const struct assay_table_recipe *r)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  json_t *params = NULL;
  const struct assay_table_head *h = assay_table_recipe_head(r);
  ASSAY_TRY(assay_table_recipe_text(&text, r, -1));
  params = assay_param_describe(assay_table_param_rows, assay_table_recipe_params(r));
  ASSAY_TRY(
      finish(out, json_pack("{ss,ss,ss,ss,ss,si,sO,ss}", "kind", "recipe", "name", h->name, "title",
                            h->title, "doc", h->description, "equations", h->equations, "tables",
                            assay_table_recipe_count(r), "params", params, "text", text)));
done:
  json_decref(params);
  assay_free(text);
  return rc;
}

int assay_describe_recipe(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_table_recipe *tables = NULL;
  struct assay_recipe *r = NULL;
  json_t *varying = NULL;
  json_int_t bytes = 0;
  ASSAY_TRY(assay_tables_recipe(&tables, name, NULL));
  if (tables) {
    ASSAY_TRY(describe_tables(out, tables));
    goto done;
  }
  ASSAY_TRY(assay_library_recipe(&r, name, NULL));
  const struct assay_recipe_head *h = assay_recipe_head(r);
  const struct assay_layout *l = assay_recipe_layout(r);
  ASSAY_TRY(describe_varying(&varying, r));
  for (long id = 0; id < l->n_cases; id++) bytes += assay_recipe_case_bytes(r, id);
  json_t *made = json_pack("{ss,ss,ss,ss,ss,sI,si,so,sI,sO,so,ss}", "kind", "recipe", "name",
                           h->name, "title", h->title, "doc", h->description, "generator",
                           h->generator, "cases", (json_int_t)l->n_cases, "frames", l->n_times,
                           "fields", names_of(l, false), "bytes", bytes, "varies", varying,
                           "splits", names_of(l, true), "text", assay_recipe_text(r));
  ASSAY_TRY(finish(out, made));
done:
  json_decref(varying);
  assay_table_recipe_destroy(tables);
  assay_recipe_destroy(r);
  return rc;
}

/* The kind of a task is what it asks: "operator task". */
int assay_describe_task(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_task task;
  struct assay_config *config = NULL;
  json_t *kind = NULL;
  ASSAY_TRY(assay_library_task(&task, &config, name));
  ASSAY_TRY(describe_rows(out, "task", assay_task_rows, &task));
  kind = json_string(assay_task_kinds[task.kind]);
  ASSAY_CHECK(json_object_set(*out, "asks", kind) == 0, ASSAY_ENOMEM,
              "no memory for a description");
done:
  json_decref(kind);
  assay_config_destroy(config);
  return rc;
}

int assay_describe_suite(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_suite suite;
  struct assay_config *config = NULL;
  ASSAY_TRY(assay_library_suite(&suite, &config, name));
  ASSAY_TRY(describe_rows(out, "suite", assay_suite_rows, &suite));
done:
  assay_config_destroy(config);
  return rc;
}

/* [{path, what}] of "path   what" lines */
static json_t *describe_layout(const char *text)
{
  json_t *list = json_array();
  while (*text) {
    const size_t line = strcspn(text, "\n");
    const char *gap = strstr(text, "  ");
    const size_t path = gap ? (size_t)(gap - text) : line;
    size_t what = path;
    while (what < line && text[what] == ' ') what++;
    json_array_append_new(list, json_pack("{so,so}", "path", json_stringn(text, path), "doc",
                                          json_stringn(text + what, line - what)));
    text += line + (text[line] == '\n');
  }
  return list;
}

int assay_describe_exporter(json_t **out, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_exporter *e;
  ASSAY_TRY(assay_exporter_find(&e, name));
  ASSAY_TRY(
      finish(out, json_pack("{ss,ss,ss,ss*,so}", "kind", "exporter", "name", e->name, "doc", e->doc,
                            "reference", e->reference, "files", describe_layout(e->layout))));
done:
  return rc;
}
