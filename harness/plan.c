#include "harness/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/json.h"
#include "harness/tables.h"
#include "metrics/metric.h"

/* ---- names -------------------------------------------------------------------------------- */

static bool listed(const struct assay_list *list, const char *a, const char *b)
{
  for (int i = 0; i < list->n; i++)
    if (strcmp(list->item[i], a) == 0 || strcmp(list->item[i], b) == 0) return true;
  return list->n == 0;
}

/* Every name that was asked for must be among the names of the suite. */
static int check_selection(const struct assay_list *wanted, const char *const *names,
                           const struct assay_list *specs, const char *what, const char *suite)
{
  int rc = ASSAY_OK;
  char hint[1024];
  for (int i = 0; i < wanted->n; i++) {
    bool found = false;
    for (int k = 0; k < specs->n; k++)
      found = found || strcmp(wanted->item[i], names[k]) == 0 ||
              strcmp(wanted->item[i], specs->item[k]) == 0;
    ASSAY_CHECK(found, ASSAY_ENOTFOUND, "suite '%s' has no %s '%s'%s", suite, what, wanted->item[i],
                assay_text_suggest(hint, sizeof hint, wanted->item[i], names));
  }
done:
  return rc;
}

/* ---- tasks -------------------------------------------------------------------------------- */

/* Names become parts of file names. */
static int check_name(const char *what, const char *name)
{
  int rc = ASSAY_OK;
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  ASSAY_CHECK(*name && *name != '.' && strspn(name, allowed) == strlen(name), ASSAY_EARG,
              "%s '%s': expected a name of letters, digits, '-', '_' and '.'", what, name);
done:
  return rc;
}

/* Whether the metric can be had of tasks of this kind. */
static bool suits(const struct assay_metric *m, int kind)
{
  if (kind == ASSAY_TASK_DISCOVERY) return m->equation || m->system;
  return kind == ASSAY_TASK_REGRESSION ? m->equation != NULL : m->eval != NULL;
}

static int check_task(const struct assay_task *task)
{
  int rc = ASSAY_OK;
  const struct assay_metric *m;
  ASSAY_TRY(check_name("task", task->name));
  ASSAY_CHECK(task->train_seconds > 0 && task->predict_seconds > 0, ASSAY_EARG,
              "task '%s': train_seconds and predict_seconds must be above 0", task->name);
  for (int i = 0; i < task->metrics.n; i++) {
    ASSAY_TRY(
        assay_err_prefix(assay_metric_find(&m, task->metrics.item[i]), "task '%s': ", task->name));
    ASSAY_CHECK(suits(m, task->kind), ASSAY_EARG, "task '%s': metric '%s' is one of %s", task->name,
                m->name,
                m->system     ? "systems: only for tasks of kind 'discovery'"
                : m->equation ? "equations: only for tasks of kind 'regression' or 'discovery'"
                              : "fields");
  }
  ASSAY_CHECK(task->metrics.n > 0, ASSAY_EARG, "task '%s' has no metrics", task->name);
done:
  return rc;
}

/* SHA-256 over the rows, in JSON, without the title, and the versions of the metrics. */
static int hash_task(char hex[ASSAY_SHA256_HEX], const struct assay_task *task)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  const struct assay_metric *m;
  char *text = NULL, version[32];
  json_t *json = assay_param_json(assay_task_rows, task);
  ASSAY_CHECK(json, ASSAY_ENOMEM, "no memory for a task");
  json_object_del(json, "title");
  ASSAY_TRY(assay_json_line(&text, json));
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, text);
  for (int i = 0; i < task->metrics.n; i++) {
    ASSAY_TRY(assay_metric_find(&m, task->metrics.item[i]));
    snprintf(version, sizeof version, "%d", m->version);
    assay_sha256_add_text(s, version);
  }
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  assay_free(text);
  json_decref(json);
  return rc;
}

static int read_task(struct assay_plan_task *t, const char *spec)
{
  int rc = ASSAY_OK;
  t->spec = NULL;
  ASSAY_TRY(assay_strdup(&t->spec, spec));
  ASSAY_TRY(assay_library_task(&t->task, &t->config, t->spec));
  ASSAY_TRY(check_task(&t->task));
  ASSAY_TRY(hash_task(t->hash, &t->task));
done:
  return rc;
}

/* A part of this name for `n` tables from `first` on. */
static int add_part(struct assay_plan_task *t, const char *name, int first, int n)
{
  int rc = ASSAY_OK;
  struct assay_plan_part *part = &t->part[t->n_parts++];
  part->first = first;
  part->n_tables = n;
  ASSAY_TRY(assay_strdup(&part->name, name));
  ASSAY_TRY(ASSAY_NEW(&part->table, (size_t)n, "parts of a task"));
done:
  return rc;
}

/* Whether tables first.. are those of all states of one system. */
static bool is_system(const struct assay_table_recipe *r, int first)
{
  const struct assay_system *s = assay_table_recipe_equation(r, first)->system;
  if (!s || first + s->n_states > assay_table_recipe_count(r)) return false;
  for (int k = 0; k < s->n_states; k++) {
    const struct assay_equation *e = assay_table_recipe_equation(r, first + k);
    if (e->system != s || e->state != k) return false;
  }
  return true;
}

static int make_systems(struct assay_plan_task *t)
{
  int rc = ASSAY_OK;
  const bool watched = assay_table_recipe_params(t->tables)->observe == ASSAY_OBSERVE_TRAJECTORIES;
  for (int i = 0; i < assay_table_recipe_count(t->tables);) {
    const struct assay_equation *e = assay_table_recipe_equation(t->tables, i);
    ASSAY_CHECK(watched && is_system(t->tables, i), ASSAY_EARG,
                "task '%s': a discovery needs the trajectories of all states of a system (observe: "
                "trajectories); table '%s' of '%s' is not one of them",
                t->task.name, e->id, t->task.dataset);
    ASSAY_TRY(add_part(t, e->system->name, i, e->system->n_states));
    i += e->system->n_states;
  }
done:
  return rc;
}

static int make_parts(struct assay_plan_task *t)
{
  int rc = ASSAY_OK;
  const int n = t->tables ? assay_table_recipe_count(t->tables) : 1;
  ASSAY_TRY(ASSAY_NEW(&t->part, (size_t)n, "parts of a task"));
  if (!t->tables)
    t->n_parts = 1;
  else if (t->task.kind == ASSAY_TASK_DISCOVERY)
    ASSAY_TRY(make_systems(t));
  else
    for (int i = 0; i < n; i++)
      ASSAY_TRY(add_part(t, assay_table_recipe_equation(t->tables, i)->id, i, 1));
done:
  return rc;
}

/* Recipes are only read for tasks that are really run. */
static int read_recipe(struct assay_plan_task *t)
{
  int rc = ASSAY_OK;
  char *recipe = NULL;
  ASSAY_TRY(assay_library_relative(&recipe, t->spec, t->task.dataset,
                                   assay_embedded_is_path(t->task.dataset)));
  const bool wants_tables =
      t->task.kind == ASSAY_TASK_REGRESSION || t->task.kind == ASSAY_TASK_DISCOVERY;
  if (wants_tables)
    rc = assay_tables_recipe(&t->tables, recipe, NULL);
  else
    rc = assay_library_recipe(&t->recipe, recipe, NULL);
  ASSAY_TRY(assay_err_prefix(rc, "task '%s': ", t->task.name));
  ASSAY_CHECK(t->recipe || t->tables, ASSAY_EARG,
              "task '%s': data set '%s' has cases on grids, a %s needs tables", t->task.name,
              t->task.dataset, assay_task_kinds[t->task.kind]);
  ASSAY_TRY(make_parts(t));
done:
  assay_free(recipe);
  return rc;
}

static void close_task(struct assay_plan_task *t)
{
  assay_config_destroy(t->config);
  assay_recipe_destroy(t->recipe);
  assay_table_recipe_destroy(t->tables);
  assay_free(t->spec);
  for (int i = 0; i < t->n_parts; i++) {
    assay_free(t->part[i].name);
    for (int k = 0; k < t->part[i].n_tables && t->part[i].table; k++)
      assay_free(t->part[i].table[k]);
    assay_free(t->part[i].table);
    assay_free(t->part[i].data);
    assay_free(t->part[i].dir);
    json_decref(t->part[i].cases);
  }
  assay_free(t->part);
  json_decref(t->dataset);
  *t = (struct assay_plan_task){0};
}

static int read_tasks(struct assay_plan *p, const struct assay_list *specs,
                      const struct assay_list *wanted)
{
  int rc = ASSAY_OK;
  const char *names[ASSAY_LIST_MAX + 1] = {NULL};
  int n_kept = 0;
  ASSAY_TRY(ASSAY_NEW(&p->tasks, (size_t)specs->n, "tasks"));
  for (int i = 0; i < specs->n; i++) {
    char *spec = NULL;
    ASSAY_TRY(assay_library_relative(&spec, p->spec ? p->spec : "", specs->item[i],
                                     assay_embedded_is_path(specs->item[i])));
    rc = read_task(&p->tasks[p->n_tasks++], spec);
    assay_free(spec);
    ASSAY_TRY(rc);
    names[i] = p->tasks[i].task.name;
  }
  if (p->spec) ASSAY_TRY(check_selection(wanted, names, specs, "task", p->suite.name));
  for (int i = 0; i < specs->n; i++) {
    if (p->spec && !listed(wanted, names[i], specs->item[i])) {
      close_task(&p->tasks[i]);
      continue;
    }
    const struct assay_plan_task kept = p->tasks[i];
    p->tasks[i] = (struct assay_plan_task){0};
    p->tasks[n_kept++] = kept;
  }
  p->n_tasks = n_kept;
  for (int i = 0; i < p->n_tasks; i++) ASSAY_TRY(read_recipe(&p->tasks[i]));
done:
  return rc;
}

/* ---- methods ------------------------------------------------------------------------------ */

static void close_method(struct assay_plan_method *m)
{
  assay_method_close(m->method);
  assay_free(m->spec);
  *m = (struct assay_plan_method){0};
}

static int add_method(struct assay_plan *p, const char *spec, bool of_suite)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(&p->methods, (size_t)p->n_methods + 1, "methods"));
  struct assay_plan_method *m = &p->methods[p->n_methods++];
  m->of_suite = of_suite;
  ASSAY_TRY(assay_library_relative(&m->spec, of_suite ? p->spec : "", spec, strchr(spec, '/')));
  ASSAY_TRY(assay_method_open(&m->method, m->spec));
done:
  return rc;
}

/* The methods of the suite. Those that were asked for and are not among them come behind. */
static int read_suite_methods(struct assay_plan *p, const struct assay_list *wanted)
{
  int rc = ASSAY_OK, n_kept = 0;
  bool found[ASSAY_LIST_MAX] = {false};
  const int n = p->suite.methods.n;
  for (int i = 0; i < n; i++) ASSAY_TRY(add_method(p, p->suite.methods.item[i], true));
  for (int i = 0; i < n; i++) {
    const struct assay_plan_method m = p->methods[i];
    bool keep = wanted->n == 0;
    for (int k = 0; k < wanted->n; k++)
      if (strcmp(wanted->item[k], m.method->name) == 0 ||
          strcmp(wanted->item[k], p->suite.methods.item[i]) == 0)
        keep = found[k] = true;
    if (!keep) {
      close_method(&p->methods[i]);
      continue;
    }
    p->methods[i] = (struct assay_plan_method){0};
    p->methods[n_kept++] = m;
  }
  p->n_methods = n_kept;
  for (int k = 0; k < wanted->n; k++)
    if (!found[k]) ASSAY_TRY(add_method(p, wanted->item[k], false));
done:
  return rc;
}

static int read_methods(struct assay_plan *p, const struct assay_list *wanted)
{
  int rc = ASSAY_OK;
  if (p->spec) return read_suite_methods(p, wanted);
  for (int i = 0; i < wanted->n; i++) ASSAY_TRY(add_method(p, wanted->item[i], false));
done:
  return rc;
}

/* ---- jobs --------------------------------------------------------------------------------- */

static int add_job(struct assay_plan *p, const struct assay_job *job)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(&p->jobs, (size_t)p->n_jobs + 1, "jobs"));
  p->jobs[p->n_jobs++] = *job;
done:
  return rc;
}

/* Deterministic methods run once, with the first seed. */
static int add_jobs(struct assay_plan *p, int task, int method, const struct assay_list *seeds,
                    const struct assay_list *parts)
{
  int rc = ASSAY_OK;
  const struct assay_method *m = p->methods[method].method;
  const struct assay_plan_task *t = &p->tasks[task];
  if (!(m->kinds & 1u << t->task.kind)) goto done;
  for (int i = 0; i < (m->deterministic ? 1 : seeds->n); i++)
    for (int k = 0; k < t->n_parts; k++) {
      const struct assay_job job = {
          .task = task, .part = k, .method = method, .seed = strtoll(seeds->item[i], NULL, 10)};
      if (t->part[k].name && !listed(parts, t->part[k].name, t->part[k].name)) continue;
      ASSAY_TRY(add_job(p, &job));
    }
done:
  return rc;
}

/* Every table that was asked for is in one of the tasks. */
static int check_parts(const struct assay_plan *p, const struct assay_list *parts)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < parts->n; i++) {
    bool found = false;
    for (int t = 0; t < p->n_tasks; t++)
      for (int k = 0; k < p->tasks[t].n_parts; k++)
        found = found ||
                (p->tasks[t].part[k].name && strcmp(p->tasks[t].part[k].name, parts->item[i]) == 0);
    ASSAY_CHECK(found, ASSAY_ENOTFOUND, "none of the tasks has a table '%s'", parts->item[i]);
  }
done:
  return rc;
}

static int check_seeds(const struct assay_list *seeds)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < seeds->n; i++) {
    double value = -1;
    ASSAY_CHECK(assay_text_to_double(&value, seeds->item[i]) == ASSAY_OK && value >= 0 &&
                    value < 9007199254740992.0 && value == (double)(long long)value,
                ASSAY_EARG, "seed: expected a whole number from 0, got '%s'", seeds->item[i]);
  }
done:
  return rc;
}

static int make_jobs(struct assay_plan *p, const struct assay_list *seeds,
                     const struct assay_list *parts)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(check_seeds(seeds));
  ASSAY_TRY(check_parts(p, parts));
  for (int t = 0; t < p->n_tasks; t++)
    for (int m = 0; m < p->n_methods; m++)
      ASSAY_TRY(add_jobs(p, t, m, seeds->n > 0 ? seeds : &p->suite.seeds, parts));
  ASSAY_CHECK(p->n_jobs > 0, ASSAY_EARG, "none of the methods answers a task of kind '%s'",
              assay_task_kinds[p->tasks[0].task.kind]);
done:
  return rc;
}

int assay_plan_create(struct assay_plan **out, const struct assay_plan_request *request)
{
  int rc = ASSAY_OK;
  struct assay_plan *p = NULL;
  const struct assay_list *tasks = &request->tasks;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&p, 1, "plan"));
  p->suite = assay_suite_defaults;
  p->suite.name = "adhoc";
  if (request->suite) {
    ASSAY_TRY(assay_strdup(&p->spec, request->suite));
    ASSAY_TRY(assay_library_suite(&p->suite, &p->config, p->spec));
    ASSAY_TRY(check_name("suite", p->suite.name));
    tasks = &p->suite.tasks;
  }
  ASSAY_CHECK(p->spec || (tasks->n > 0 && request->methods.n > 0), ASSAY_EARG,
              "name a suite, or at least one --task and one --method");
  ASSAY_TRY(read_tasks(p, tasks, &request->tasks));
  ASSAY_TRY(read_methods(p, &request->methods));
  ASSAY_TRY(make_jobs(p, &request->seeds, &request->parts));
  *out = p;
  p = NULL;
done:
  assay_plan_destroy(p);
  return rc;
}

void assay_plan_destroy(struct assay_plan *p)
{
  if (!p) return;
  for (int i = 0; i < p->n_tasks; i++) close_task(&p->tasks[i]);
  for (int i = 0; i < p->n_methods; i++) close_method(&p->methods[i]);
  assay_free(p->tasks);
  assay_free(p->methods);
  assay_free(p->jobs);
  assay_config_destroy(p->config);
  assay_free(p->spec);
  assay_free(p);
}

/* ---- the command that repeats ------------------------------------------------------------- */

/* A word as a shell takes it; the caller owns *out. */
static int quote(char **out, const char *word)
{
  int rc = ASSAY_OK;
  if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "_-./:=,+@%") == strlen(word))
    return assay_strdup(out, word);
  ASSAY_TRY(ASSAY_NEW(out, 4 * strlen(word) + 3, "command"));
  char *end = *out;
  *end++ = '\'';
  for (; *word; word++)
    if (*word == '\'')
      end += sprintf(end, "'\\''");
    else
      *end++ = *word;
  *end = '\'';
done:
  return rc;
}

int assay_plan_command(char **out, const struct assay_plan *p, const struct assay_job *job)
{
  int rc = ASSAY_OK;
  char *suite = NULL, *task = NULL, *method = NULL;
  const struct assay_plan_task *t = &p->tasks[job->task];
  const struct assay_plan_method *m = &p->methods[job->method];
  ASSAY_TRY(quote(&suite, p->spec ? p->spec : ""));
  ASSAY_TRY(quote(&task, p->spec ? t->task.name : t->spec));
  ASSAY_TRY(quote(&method, m->of_suite ? m->method->name : m->spec));
  const char *part = t->part[job->part].name;
  ASSAY_TRY(assay_asprintf(out, "assay run%s%s --task %s%s%s --method %s --seed %lld",
                           p->spec ? " " : "", p->spec ? suite : "", task, part ? " --table " : "",
                           part ? part : "", method, (long long)job->seed));
done:
  assay_free(suite);
  assay_free(task);
  assay_free(method);
  return rc;
}
