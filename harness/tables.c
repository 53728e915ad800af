#include "harness/tables.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/recipe.h"
#include "generators/table.h"
#include "harness/pool.h"
#include "harness/produce.h"

/* What the manifest says of a table. */
struct made {
  int columns;
  char content[ASSAY_SHA256_HEX];
};

struct run {
  const struct assay_tables_job *job;
  int n;
  char **path;       /* [n] */
  struct made *made; /* [n] */
  int *todo;         /* [n_todo] equations */
  int n_todo;
  int lock; /* the open folder, -1: none */
};

/* What messages call it: the path of a built-in from the root, or the user's own. */
static const char *recipe_file(const char *name)
{
  for (const struct assay_embedded *e = assay_recipe_files; e->name; e++)
    if (strcmp(e->name, name) == 0) return e->file;
  return name;
}

static bool is_recipe(const char *name)
{
  if (assay_embedded_is_path(name)) return true;
  for (const struct assay_embedded *e = assay_recipe_files; e->name; e++)
    if (strcmp(e->name, name) == 0) return true;
  return false;
}

/* Neither a recipe nor an equation; the nearest of both kinds. */
static int unknown(const char *name, const char *table)
{
  int rc = ASSAY_OK, n = 0;
  const char **names = NULL;
  char *full = NULL;
  struct assay_equations *e = NULL;
  ASSAY_TRY(assay_equations_open(&e, table));
  for (const struct assay_embedded *f = assay_recipe_files; f->name; f++) n++;
  ASSAY_TRY(ASSAY_NEW(&names, (size_t)n + (size_t)assay_equations_count(e) + 2, "names"));
  for (int i = 0; i < n; i++) names[i] = assay_recipe_files[i].name;
  for (long i = 0; i < assay_equations_count(e); i++)
    names[n + 1 + i] = assay_equations_at(e, i)->id;
  const char *near = assay_text_nearest(name, names);
  const char *short_name = name + strlen(table) + 1;
  const char *id = assay_text_nearest(short_name, names + n + 1);
  if (id && (!near || assay_text_distance(short_name, id) < assay_text_distance(name, near))) {
    ASSAY_TRY(assay_asprintf(&full, "%s/%s", table, id));
    near = full;
  }
  ASSAY_FAIL(ASSAY_ENOTFOUND,
             "no recipe and no equation '%s'%s%s%s; `assay list recipes` shows the recipes, "
             "`assay generate RECIPE --dry-run` their equations",
             name, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
done:
  assay_free(names);
  assay_free(full);
  assay_equations_close(e);
  return rc;
}

int assay_tables_recipe(struct assay_table_recipe **out, const char *name,
                        const struct assay_list *set)
{
  int rc = ASSAY_OK;
  char *text = NULL, *table = NULL;
  *out = NULL;
  if (is_recipe(name))
    ASSAY_TRY(assay_embedded_text(&text, assay_recipe_files, "recipe", name));
  else if ((rc = assay_table_recipe_named(&text, &table, name)) == ASSAY_ENOTFOUND)
    rc = unknown(name, table);
  ASSAY_TRY(rc);
  if (text && assay_table_recipe_is(text))
    ASSAY_TRY(assay_table_recipe_parse(out, recipe_file(name), text, strlen(text), set));
done:
  assay_free(text);
  assay_free(table);
  return rc;
}

/* ---- what is there -------------------------------------------------------------------------- */

static int lock_folder(struct run *run)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_dir_make(run->job->path));
  run->lock = open(run->job->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSAY_CHECK(run->lock >= 0, ASSAY_EIO, "%s: cannot open: %s", run->job->path, strerror(errno));
  ASSAY_CHECK(flock(run->lock, LOCK_EX | LOCK_NB) == 0, ASSAY_EARG,
              "%s: another process is making tables there", run->job->path);
done:
  return rc;
}

/* Temporary files that a killed run left behind. */
static void sweep(const char *folder)
{
  char path[4096];
  DIR *dir = opendir(folder);
  for (const struct dirent *e; dir && (e = readdir(dir));) {
    if (!strstr(e->d_name, ".nc.tmp-")) continue;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < sizeof path) unlink(path);
  }
  if (dir) closedir(dir);
}

/* With --force: the manifest and the tables that it names. */
static int drop_old(const struct run *run)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct assay_table_set *old = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", run->job->path, ASSAY_TABLE_SET_FILE));
  if (assay_file_exists(path) && assay_table_set_open(&old, path) == ASSAY_OK) {
    for (int k = 0; k < old->n; k++) {
      char *file = NULL;
      ASSAY_TRY(assay_asprintf(&file, "%s/%s", run->job->path, old->entry[k].file));
      unlink(file);
      assay_free(file);
    }
  }
  unlink(path);
done:
  assay_free(path);
  assay_table_set_close(old);
  return rc;
}

static int name_files(struct run *run)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&run->path, (size_t)run->n, "table paths"));
  ASSAY_TRY(ASSAY_NEW(&run->made, (size_t)run->n, "tables"));
  ASSAY_TRY(ASSAY_NEW(&run->todo, (size_t)run->n, "tables to make"));
  for (int i = 0; i < run->n; i++) {
    const char *id = assay_table_recipe_equation(run->job->recipe, run->job->first + i)->id;
    if (run->job->folder)
      ASSAY_TRY(assay_asprintf(&run->path[i], "%s/%s.nc", run->job->path, id));
    else
      ASSAY_TRY(assay_strdup(&run->path[i], run->job->path));
  }
done:
  return rc;
}

static int remember(struct run *run, int i, const struct assay_table *t)
{
  char data[ASSAY_SHA256_HEX];
  run->made[i].columns = t->n_columns;
  return assay_table_hash(data, run->made[i].content, t);
}

/* Whether file i is the table that would be made; a damaged one is not. */
static int is_made(bool *out, struct run *run, int i)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  struct assay_table *t = NULL;
  *out = false;
  if (!assay_file_exists(run->path[i])) goto done;
  if (assay_table_read(&t, run->path[i]) < 0) {
    assay_log(ASSAY_LOG_WARN, "generate", "%s; it is made again", assay_err_last());
    goto done;
  }
  ASSAY_TRY(assay_table_recipe_text(&text, run->job->recipe, run->job->first + i));
  ASSAY_CHECK(strcmp(text, assay_table_get(t, ASSAY_TABLE_RECIPE)) == 0, ASSAY_EARG,
              "%s is made from another recipe (or seed); --force replaces it", run->path[i]);
  ASSAY_TRY(remember(run, i, t));
  *out = true;
done:
  assay_free(text);
  assay_table_destroy(t);
  return rc;
}

/* What is to be made: all, or what is not there yet. */
static int find_work(struct run *run, struct assay_tables_report *report)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < run->n; i++) {
    bool made = false;
    if (run->job->resume) ASSAY_TRY(is_made(&made, run, i));
    ASSAY_CHECK(made || run->job->resume || run->job->force || !assay_file_exists(run->path[i]),
                ASSAY_EARG, "%s exists; --force replaces it, --resume keeps what is right",
                run->path[i]);
    if (made)
      report->reused++;
    else
      run->todo[run->n_todo++] = i;
  }
done:
  return rc;
}

/* ---- work ----------------------------------------------------------------------------------- */

static int make_file(struct run *run, int i)
{
  int rc = ASSAY_OK;
  struct assay_table *t = NULL;
  ASSAY_TRY(assay_table_make(&t, run->job->recipe, run->job->first + i));
  ASSAY_TRY(assay_table_write(t, run->path[i], run->job->folder));
  ASSAY_TRY(remember(run, i, t));
done:
  assay_table_destroy(t);
  return rc;
}

/* In a worker. It writes a file of its own and never touches one of another process, so the
 * library under NetCDF has nothing to share. */
static void work(struct assay_pool_result *out, void *user, long item)
{
  struct run *run = user;
  const struct made *made = &run->made[run->todo[item]];
  out->rc = make_file(run, run->todo[item]);
  snprintf(out->text, sizeof out->text, "%s", out->rc < 0 ? assay_err_last() : made->content);
  out->number[0] = made->columns;
  out->fatal = out->rc == ASSAY_EIO;
}

static void take_result(struct run *run, const struct assay_pool_result *result)
{
  struct made *made = &run->made[run->todo[result->item]];
  made->columns = (int)result->number[0];
  snprintf(made->content, sizeof made->content, "%.64s", result->text);
}

static int work_in_pool(struct run *run, struct assay_tables_report *report, int jobs)
{
  int rc = ASSAY_OK;
  struct assay_pool *pool = NULL;
  struct assay_pool_result result;
  struct assay_progress bar;
  char first[ASSAY_POOL_TEXT] = "";
  if (run->job->progress)
    assay_progress_start(&bar, "generate", (double)run->n_todo, run->job->progress);
  ASSAY_TRY(assay_pool_create(&pool, jobs, run->n_todo, work, run));
  for (int done_items = 0; done_items < run->n_todo;) {
    bool got = false;
    ASSAY_TRY(assay_pool_next(pool, &result, &got, 0.5));
    if (!got) continue;
    done_items++;
    ASSAY_CHECK(!result.fatal, result.rc, "%s", result.text);
    if (run->job->progress) assay_progress_add(&bar, 1, NULL);
    if (result.rc == ASSAY_OK) {
      take_result(run, &result);
      report->made++;
      continue;
    }
    if (report->failed++ == 0) snprintf(first, sizeof first, "%s", result.text);
    assay_log(ASSAY_LOG_WARN, "generate", "%s", result.text);
  }
  ASSAY_CHECK(report->failed == 0, ASSAY_EJOB, "%d of %d tables could not be made: %s",
              report->failed, run->n_todo, first);
done:
  if (run->job->progress) assay_progress_finish(&bar);
  assay_pool_destroy(pool);
  return rc;
}

static int work_here(struct run *run, struct assay_tables_report *report)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < run->n_todo; i++) {
    ASSAY_TRY(make_file(run, run->todo[i]));
    report->made++;
  }
done:
  return rc;
}

static int write_manifest(const struct run *run)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  struct assay_table_set *set = NULL;
  const struct assay_table_head *head = assay_table_recipe_head(run->job->recipe);
  const long rows = assay_table_recipe_params(run->job->recipe)->rows;
  ASSAY_TRY(assay_table_recipe_text(&text, run->job->recipe, -1));
  ASSAY_TRY(assay_table_set_create(&set, run->job->path, head->name, head->title, text));
  for (int i = 0; i < run->n; i++) {
    const char *id = assay_table_recipe_equation(run->job->recipe, run->job->first + i)->id;
    ASSAY_TRY(assay_table_set_add(set, id, strrchr(run->path[i], '/') + 1, rows,
                                  run->made[i].columns, run->made[i].content));
  }
  ASSAY_TRY(assay_table_set_write(set));
done:
  assay_free(text);
  assay_table_set_close(set);
  return rc;
}

static void release(struct run *run)
{
  for (int i = 0; run->path && i < run->n; i++) assay_free(run->path[i]);
  assay_free(run->path);
  assay_free(run->made);
  assay_free(run->todo);
  if (run->lock >= 0) close(run->lock);
}

int assay_tables_produce(struct assay_tables_report *report, const struct assay_tables_job *job)
{
  int rc = ASSAY_OK;
  struct run run = {.job = job, .n = job->last - job->first, .lock = -1};
  const double started = assay_clock();
  int jobs = assay_produce_jobs(job->jobs);
  *report = (struct assay_tables_report){0};
  ASSAY_TRY(name_files(&run));
  if (job->folder) ASSAY_TRY(lock_folder(&run));
  if (job->folder && job->force) ASSAY_TRY(drop_old(&run));
  if (job->folder) sweep(job->path);
  ASSAY_TRY(find_work(&run, report));
  if (jobs > run.n_todo) jobs = run.n_todo;
  if (jobs > 1)
    ASSAY_TRY(work_in_pool(&run, report, jobs));
  else
    ASSAY_TRY(work_here(&run, report));
  if (job->folder) ASSAY_TRY(assay_dir_sync(job->path));
  if (job->folder) ASSAY_TRY(write_manifest(&run));
  report->wall = assay_clock() - started;
done:
  release(&run);
  return rc;
}

int assay_tables_preview(const struct assay_tables_job *job, FILE *out)
{
  const struct assay_table_params *p = assay_table_recipe_params(job->recipe);
  double bytes = 0;
  fprintf(out, "%-20s %-8s %6s %6s  %s\n", "equation", "", "inputs", "rows", "formula");
  for (int k = job->first; k < job->last; k++) {
    const struct assay_equation *e = assay_table_recipe_equation(job->recipe, k);
    fprintf(out, "%-20s %-8s %6d %6d  %s = %s\n", e->id, e->difficulty, e->n_inputs, p->rows,
            e->target, e->expression);
    bytes += (8.0 * (e->n_inputs + 1) + 2) * p->rows + 30000;
  }
  fprintf(out, "%d tables, about %.1f MB\n", job->last - job->first, 1e-6 * bytes);
  return ASSAY_OK;
}
