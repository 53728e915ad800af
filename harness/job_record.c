#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/job.h"
#include "harness/provenance.h"
#include "harness/scoring_json.h"

static int set(json_t *record, const char *key, json_t *value)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(json_object_set_new(record, key, value) == 0, ASSAY_ENOMEM, "no memory for a record");
done:
  return rc;
}

/* Lines of a text. */
static json_t *list_lines(const char *text)
{
  json_t *list = json_array();
  while (text && *text) {
    const size_t n = strcspn(text, "\n");
    json_array_append_new(list, json_stringn(text, n));
    text += n + (text[n] == '\n');
  }
  return list;
}

static json_t *describe_failure(const struct assay_job_result *r)
{
  return json_pack("{ss,ss,ss,so}", "reason", r->reason, "kind", r->kind, "phase",
                   assay_phase_names[r->phase], "output", list_lines(r->tail));
}

static json_t *describe_cost(const struct assay_outcome *o)
{
  return json_pack("{sf,sf,sf}", "wall_s", o->wall, "cpu_s", o->cpu_user + o->cpu_system,
                   "peak_rss_mb", o->memory / 1e6);
}

static json_t *describe_costs(const struct assay_job_result *r)
{
  json_t *cost = json_object();
  if (r->trained) json_object_set_new(cost, "train", describe_cost(&r->train));
  if (r->predict.wall > 0) json_object_set_new(cost, "predict", describe_cost(&r->predict));
  return cost;
}

static json_t *describe_task(const struct assay_task *t)
{
  return json_pack("{ss,ss,ss}", "title", t->title, "kind", assay_task_kinds[t->kind], "primary",
                   t->metrics.item[0]);
}

static json_t *describe_method(const struct assay_method *m)
{
  json_t *flags = json_array();
  if (m->pretrained) json_array_append_new(flags, json_string("pretrained"));
  return json_pack("{ss,ss,ss,sb,so}", "title", m->name, "doc", m->doc, "version", m->version,
                   "floor", m->floor, "flags", flags);
}

static json_t *describe_part(const struct assay_plan_task *t, int part)
{
  return json_pack("{si,ss,si,ss,sb}", "index", part, "id", t->part[part].name, "of", t->n_parts,
                   "set", t->set_hash, "identifiable",
                   assay_table_recipe_equation(t->tables, part)->unidentifiable == NULL);
}

static int add_context(json_t *record, const struct assay_plan *p, const struct assay_job *job)
{
  int rc = ASSAY_OK;
  char *command = NULL;
  const struct assay_plan_task *t = &p->tasks[job->task];
  ASSAY_TRY(set(record, "task", describe_task(&t->task)));
  ASSAY_TRY(set(record, "method", describe_method(p->methods[job->method].method)));
  ASSAY_TRY(set(record, "dataset", json_incref(t->dataset)));
  ASSAY_TRY(set(record, "cases", json_incref(t->part[job->part].cases)));
  if (t->tables) ASSAY_TRY(set(record, "part", describe_part(t, job->part)));
  ASSAY_TRY(assay_plan_command(&command, p, job));
  ASSAY_TRY(set(record, "command", json_string(command)));
done:
  assay_free(command);
  return rc;
}

/* What a reader must know of an answer. */
static int add_notes(json_t *record, const json_t *answer)
{
  int rc = ASSAY_OK;
  if (!json_is_true(json_object_get(answer, "differs"))) goto done;
  const json_t *by = json_object_get(answer, "values_differ");
  json_t *text = json_is_real(by)
                     ? json_sprintf("the method's values differ from those of its equation by up "
                                    "to %.2g of these; the equation counts",
                                    json_real_value(by))
                     : json_string("the method's values are not those of its equation; the "
                                   "equation counts");
  ASSAY_TRY(set(record, "notes", json_pack("[o]", text)));
done:
  return rc;
}

int assay_job_record(json_t **out, const struct assay_plan *p, const struct assay_job *job,
                     const struct assay_job_result *r, json_t *started)
{
  int rc = ASSAY_OK;
  struct assay_record_key key;
  json_t *record = NULL;
  assay_plan_key(&key, p, job);
  ASSAY_TRY(assay_record_create(&record, &key, r->failed ? ASSAY_RECORD_FAILED : ASSAY_RECORD_OK));
  if (r->failed) ASSAY_TRY(set(record, "failure", describe_failure(r)));
  ASSAY_TRY(add_context(record, p, job));
  if (r->answer) {
    ASSAY_TRY(set(record, "answer", json_incref(r->answer)));
    ASSAY_TRY(add_notes(record, r->answer));
  }
  if (r->scores) {
    if (r->scores->n_leads > 0) ASSAY_TRY(set(record, "leads", assay_scores_leads(r->scores)));
    ASSAY_TRY(assay_scores_add(record, r->scores, &p->tasks[job->task].task.fields));
  }
  ASSAY_TRY(set(record, "cost", describe_costs(r)));
  ASSAY_TRY(set(record, "provenance", json_incref(started)));
  *out = record;
  record = NULL;
done:
  json_decref(record);
  return rc;
}
