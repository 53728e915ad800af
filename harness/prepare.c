/* Data sets and task folders: what jobs share. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/cut_system.h"
#include "harness/cut_table.h"
#include "harness/plan.h"
#include "harness/produce.h"
#include "harness/tables.h"
#include "results/record.h"

enum { SHORT_HASH = 12 };

static int hash_text(char hex[ASSAY_SHA256_HEX], const char *a, const char *b)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, a);
  assay_sha256_add_text(s, b);
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  return rc;
}

/* ---- data sets ---------------------------------------------------------------------------- */

/* Cases that diverged are no reason to stop: they are in no split. */
static int produce(const char *path, const struct assay_recipe *recipe, int jobs, FILE *progress)
{
  int rc = ASSAY_OK;
  struct assay_produce_report report = {0};
  const struct assay_produce p = {.recipe = recipe,
                                  .path = path,
                                  .last = assay_recipe_cases(recipe),
                                  .jobs = jobs,
                                  .resume = true,
                                  .progress = progress};
  if (!assay_file_exists(path))
    assay_log(ASSAY_LOG_INFO, "run", "making data set %s (%ld cases)",
              assay_recipe_head(recipe)->name, assay_recipe_cases(recipe));
  rc = assay_produce(&report, &p);
  if (rc == ASSAY_EJOB && assay_file_exists(path)) {
    assay_log(ASSAY_LOG_WARN, "run", "%s", assay_err_last());
    rc = ASSAY_OK;
  }
  return rc;
}

/* A set of tables in a folder. */
static int produce_tables(const char *path, const struct assay_table_recipe *recipe, int jobs,
                          FILE *progress)
{
  struct assay_tables_report report;
  const struct assay_tables_job job = {.recipe = recipe,
                                       .path = path,
                                       .folder = true,
                                       .last = assay_table_recipe_count(recipe),
                                       .jobs = jobs,
                                       .resume = true,
                                       .progress = progress};
  if (!assay_file_exists(path))
    assay_log(ASSAY_LOG_INFO, "run", "making data set %s (%d tables)",
              assay_table_recipe_head(recipe)->name, assay_table_recipe_count(recipe));
  return assay_tables_produce(&report, &job);
}

/* By content: a changed recipe or generator gets a folder of its own. */
static int tables_path(char **out, const struct assay_table_recipe *recipe, const char *work)
{
  int rc = ASSAY_OK;
  char hex[ASSAY_SHA256_HEX], *text = NULL, *name = NULL;
  ASSAY_TRY(assay_table_recipe_text(&text, recipe, -1));
  ASSAY_TRY(hash_text(hex, "tables", text));
  ASSAY_TRY(assay_strdup(&name, assay_table_recipe_head(recipe)->name));
  for (char *c = name; *c; c++)
    if (*c == '/') *c = '-';
  ASSAY_TRY(assay_asprintf(out, "%s/data/%s-%.*s", work, name, SHORT_HASH, hex));
done:
  assay_free(text);
  assay_free(name);
  return rc;
}

/* By content: a changed recipe or generator gets a file of its own. */
static int data_path(char **out, const struct assay_recipe *recipe, const char *work)
{
  int rc = ASSAY_OK;
  char hex[ASSAY_SHA256_HEX], *name = NULL;
  ASSAY_TRY(hash_text(hex, "data", assay_recipe_text(recipe)));
  ASSAY_TRY(assay_recipe_slug(&name, recipe));
  ASSAY_TRY(assay_asprintf(out, "%s/data/%s-%.*s.nc", work, name, SHORT_HASH, hex));
done:
  assay_free(name);
  return rc;
}

static int read_content_hash(char hex[ASSAY_SHA256_HEX], const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(assay_dataset_text(&text, ds, "content_sha256"));
  snprintf(hex, ASSAY_SHA256_HEX, "%s", text);
done:
  assay_free(text);
  return rc;
}

/* ---- what records say about the data ------------------------------------------------------ */

static json_t *describe_fields(const struct assay_cut *cut)
{
  const struct assay_dataset_info *info = assay_dataset_info(cut->ds);
  json_t *list = json_array();
  for (int i = 0; i < cut->task->fields.n; i++) {
    const struct assay_field *f =
        &info->fields[assay_dataset_field(cut->ds, cut->task->fields.item[i])];
    json_array_append_new(
        list, json_pack("{ss,ss,ss}", "name", f->name, "unit", f->unit, "long_name", f->doc));
  }
  return list;
}

static int describe_dataset(struct assay_plan_task *t, const struct assay_cut *cut)
{
  int rc = ASSAY_OK;
  const struct assay_recipe_head *h = assay_recipe_head(t->recipe);
  long n_valid = 0;
  for (long i = 0; i < cut->n_train; i++) n_valid += cut->codes[cut->train[i]] == 1;
  t->dataset = json_pack(
      "{ss,ss,ss,so,ss,s{sI,sI,sI},so}", "name", h->name, "title", h->title, "generator",
      h->generator, "regenerate", json_sprintf("assay generate %s", t->task.dataset), "licence",
      h->license, "cases", "train", (json_int_t)(cut->n_train - n_valid), "validation",
      (json_int_t)n_valid, "test", (json_int_t)cut->n_test, "fields", describe_fields(cut));
  ASSAY_CHECK(t->dataset, ASSAY_ENOMEM, "no memory for the description of a data set");
done:
  return rc;
}

/* "Re = 400", or up to three of the parameters that are given. */
static int label_case(char *out, size_t size, const struct assay_cut *cut, const double *params)
{
  const struct assay_dataset_info *info = assay_dataset_info(cut->ds);
  const int reynolds = assay_dataset_param(cut->ds, "Re");
  if (reynolds >= 0) return snprintf(out, size, "Re = %.4g", params[reynolds]);
  size_t n = 0;
  out[0] = 0;
  for (int i = 0; i < cut->n_params && i < 3 && n < size; i++) {
    const struct assay_quantity *q = &info->params[cut->param[i]];
    const char *unit = strcmp(q->unit, "1") == 0 ? "" : q->unit;
    n += (size_t)snprintf(out + n, size - n, "%s%s = %.4g%s%s", i ? ", " : "", q->name,
                          params[cut->param[i]], *unit ? " " : "", unit);
  }
  return (int)n;
}

static int describe_cases(struct assay_plan_task *t, const struct assay_cut *cut)
{
  int rc = ASSAY_OK;
  char label[256];
  double *params = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(cut->ds);
  json_t *ids = json_array(), *labels = json_array();
  ASSAY_TRY(ASSAY_NEW(&params, (size_t)info->n_params, "parameters"));
  for (long i = 0; i < cut->n_test; i++) {
    ASSAY_TRY(assay_dataset_params(cut->ds, params, cut->test[i]));
    label_case(label, sizeof label, cut, params);
    json_array_append_new(ids, json_integer(info->case_id[cut->test[i]]));
    json_array_append_new(labels, json_string(label));
  }
  t->part->cases = json_pack("{sO,sO}", "ids", ids, "labels", labels);
  ASSAY_CHECK(t->part->cases, ASSAY_ENOMEM, "no memory for the cases of a task");
done:
  json_decref(ids);
  json_decref(labels);
  assay_free(params);
  return rc;
}

/* ---- task folders ------------------------------------------------------------------------- */

enum { TASK_JSON, TRAIN, INPUTS, TRUTH, FILES };
static const char *const file_name[FILES] = {"task.json", "train.nc", "inputs.nc", "truth.nc"};

/* What a folder is cut from: a data set, or a table. */
struct source {
  const struct assay_cut *cut;
  const struct assay_table *table;
};

static int write_files(const struct assay_plan_task *t, const struct assay_plan_part *part,
                       const struct source *from, const char *dir)
{
  int rc = ASSAY_OK;
  char *path[FILES] = {NULL};
  for (int i = 0; i < FILES; i++) ASSAY_TRY(assay_asprintf(&path[i], "%s/%s", dir, file_name[i]));
  ASSAY_TRY(assay_dir_make(dir));
  ASSAY_TRY(assay_task_write(&t->task, part->id, path[TASK_JSON]));
  if (from->table && t->task.kind == ASSAY_TASK_DISCOVERY) {
    ASSAY_TRY(assay_cut_system_train(from->table, &t->task, path[TRAIN]));
    ASSAY_TRY(assay_cut_system_inputs(from->table, &t->task, path[INPUTS]));
    goto done;
  }
  if (from->table) {
    ASSAY_TRY(assay_cut_table_train(from->table, &t->task, path[TRAIN]));
    ASSAY_TRY(assay_cut_table_inputs(from->table, &t->task, path[INPUTS]));
    goto done;
  }
  ASSAY_TRY(assay_cut_train(from->cut, path[TRAIN]));
  ASSAY_TRY(assay_cut_inputs(from->cut, path[INPUTS]));
  ASSAY_TRY(assay_cut_truth(from->cut, path[TRUTH], path[INPUTS]));
done:
  for (int i = 0; i < FILES; i++) assay_free(path[i]);
  return rc;
}

/* The folder appears under its name when all of it is there. */
static int make_folder(const struct assay_plan_task *t, const struct assay_plan_part *part,
                       const struct source *from)
{
  int rc = ASSAY_OK;
  char *new_dir = NULL;
  if (assay_file_exists(part->dir)) goto done;
  ASSAY_TRY(assay_asprintf(&new_dir, "%s.new", part->dir));
  ASSAY_TRY(assay_dir_remove(new_dir));
  ASSAY_TRY(write_files(t, part, from, new_dir));
  ASSAY_CHECK(rename(new_dir, part->dir) == 0, ASSAY_EIO, "%s: %s", part->dir, strerror(errno));
done:
  assay_free(new_dir);
  return rc;
}

static int name_folder(struct assay_plan_part *part, const struct assay_plan_task *t,
                       const char *work)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(hash_text(part->id, t->hash, part->data_hash));
  ASSAY_TRY(
      assay_asprintf(&part->dir, "%s/tasks/%s-%.*s", work, t->task.name, SHORT_HASH, part->id));
done:
  return rc;
}

static int prepare_task(struct assay_plan_task *t, const char *work, int jobs, FILE *progress)
{
  int rc = ASSAY_OK;
  struct assay_plan_part *part = t->part;
  struct assay_dataset *ds = NULL;
  struct assay_cut *cut = NULL;
  ASSAY_TRY(data_path(&part->data, t->recipe, work));
  ASSAY_TRY(produce(part->data, t->recipe, jobs, progress));
  ASSAY_TRY(assay_dataset_open(&ds, part->data));
  ASSAY_TRY(read_content_hash(part->data_hash, ds));
  ASSAY_TRY(name_folder(part, t, work));
  ASSAY_TRY(assay_cut_create(&cut, ds, &t->task));
  ASSAY_TRY(describe_dataset(t, cut));
  ASSAY_TRY(describe_cases(t, cut));
  ASSAY_TRY(make_folder(t, part, &(struct source){.cut = cut}));
done:
  assay_cut_destroy(cut);
  assay_dataset_close(ds);
  return rc;
}

/* ---- tables ------------------------------------------------------------------------------- */

static int describe_tables(struct assay_plan_task *t)
{
  int rc = ASSAY_OK;
  const struct assay_table_head *h = assay_table_recipe_head(t->tables);
  t->dataset =
      json_pack("{ss,ss,ss,so,ss,s{sI,sI,sI},s[]}", "name", h->name, "title", h->title, "generator",
                "table", "regenerate", json_sprintf("assay generate %s", t->task.dataset),
                "licence", h->license, "cases", "train", (json_int_t)t->n_parts, "validation",
                (json_int_t)t->n_parts, "test", (json_int_t)t->n_parts, "fields");
  ASSAY_CHECK(t->dataset, ASSAY_ENOMEM, "no memory for the description of a data set");
done:
  return rc;
}

/* Paths of the tables of a part, and the hash of their contents. */
static int find_tables(struct assay_plan_part *part, const struct assay_table_set *set)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  for (int k = 0; k < part->n_tables; k++)
    ASSAY_TRY(
        assay_asprintf(&part->table[k], "%s/%s", set->folder, set->entry[part->first + k].file));
  memcpy(part->data_hash, set->entry[part->first].content, sizeof part->data_hash);
  if (part->n_tables == 1) goto done;
  ASSAY_TRY(assay_sha256_create(&s));
  for (int k = 0; k < part->n_tables; k++)
    assay_sha256_add_text(s, set->entry[part->first + k].content);
  assay_sha256_finish(s, part->data_hash);
done:
  assay_sha256_destroy(s);
  return rc;
}

/* The k-th part: a table or the tables of a system, of which the first tells everything that
 * methods see. It is only read where the folder is not there yet. */
static int prepare_table(struct assay_plan_task *t, int k, const struct assay_table_set *set,
                         const char *work)
{
  int rc = ASSAY_OK;
  struct assay_plan_part *part = &t->part[k];
  struct assay_table *table = NULL;
  ASSAY_TRY(find_tables(part, set));
  ASSAY_TRY(name_folder(part, t, work));
  part->cases = json_pack("{s[i],s[s]}", "ids", k, "labels", part->name);
  ASSAY_CHECK(part->cases, ASSAY_ENOMEM, "no memory for the cases of a task");
  if (assay_file_exists(part->dir)) goto done;
  ASSAY_TRY(assay_table_set_read(&table, set, part->first));
  ASSAY_TRY(make_folder(t, part, &(struct source){.table = table}));
done:
  assay_table_destroy(table);
  return rc;
}

static int prepare_tables(struct assay_plan_task *t, const char *work, int jobs, FILE *progress)
{
  int rc = ASSAY_OK;
  struct assay_table_set *set = NULL;
  char *folder = NULL;
  ASSAY_TRY(tables_path(&folder, t->tables, work));
  ASSAY_TRY(produce_tables(folder, t->tables, jobs, progress));
  ASSAY_TRY(assay_table_set_open(&set, folder));
  ASSAY_CHECK(set->n == assay_table_recipe_count(t->tables), ASSAY_ECORRUPT,
              "%s: %d tables, the recipe has %d", folder, set->n,
              assay_table_recipe_count(t->tables));
  memcpy(t->set_hash, set->content, sizeof t->set_hash);
  ASSAY_TRY(describe_tables(t));
  for (int k = 0; k < t->n_parts; k++) ASSAY_TRY(prepare_table(t, k, set, work));
done:
  assay_table_set_close(set);
  assay_free(folder);
  return rc;
}

void assay_plan_key(struct assay_record_key *out, const struct assay_plan *p,
                    const struct assay_job *job)
{
  const struct assay_plan_task *t = &p->tasks[job->task];
  const struct assay_method *m = p->methods[job->method].method;
  *out = (struct assay_record_key){.suite = p->suite.name,
                                   .task = t->task.name,
                                   .method = m->name,
                                   .seed = job->seed,
                                   .task_hash = t->hash,
                                   .data_hash = t->part[job->part].data_hash,
                                   .method_hash = m->hash};
}

static int make_folders(const char *work)
{
  int rc = ASSAY_OK;
  static const char *const name[] = {"data", "tasks", "jobs"};
  char *path = NULL;
  for (int i = 0; i < 3; i++) {
    assay_free(path);
    path = NULL;
    ASSAY_TRY(assay_asprintf(&path, "%s/%s", work, name[i]));
    ASSAY_TRY(assay_dir_make(path));
  }
done:
  assay_free(path);
  return rc;
}

int assay_plan_prepare(struct assay_plan *p, const char *work, int jobs, FILE *progress)
{
  int rc = ASSAY_OK;
  struct assay_record_key key;
  ASSAY_TRY(make_folders(work));
  for (int i = 0; i < p->n_tasks; i++) {
    struct assay_plan_task *t = &p->tasks[i];
    ASSAY_TRY(t->tables ? prepare_tables(t, work, jobs, progress)
                        : prepare_task(t, work, jobs, progress));
  }
  for (int i = 0; i < p->n_jobs; i++) {
    assay_plan_key(&key, p, &p->jobs[i]);
    ASSAY_TRY(assay_record_job(p->jobs[i].id, &key));
  }
done:
  return rc;
}
