#include "harness/produce_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/part.h"

static volatile sig_atomic_t interrupted;

static void note_signal(int signal_number)
{
  interrupted = signal_number;
}

/* ---- names and sizes ------------------------------------------------------------------------ */

int assay_produce_name(char **out, const char *path, const char *suffix)
{
  const size_t n = strlen(path);
  const int stem = (int)(n > 3 && strcmp(path + n - 3, ".nc") == 0 ? n - 3 : n);
  return assay_asprintf(out, "%.*s%s", stem, path, suffix);
}

static long step_of(const struct assay_produce *p)
{
  return p->step > 0 ? p->step : 1;
}

long assay_produce_count(const struct assay_produce *p)
{
  return p->last > p->first ? (p->last - p->first - 1) / step_of(p) + 1 : 0;
}

long assay_produce_case(const struct assay_produce *p, long k)
{
  return p->first + k * step_of(p);
}

long long assay_produce_case_bytes(const struct assay_produce *p)
{
  long long bytes = 0;
  for (long k = 0; k < assay_produce_count(p); k++)
    bytes += assay_recipe_case_bytes(p->recipe, assay_produce_case(p, k));
  return bytes;
}

long long assay_produce_bytes(const struct assay_produce *p)
{
  return 2 * (assay_produce_case_bytes(p) + 4096 * assay_produce_count(p));
}

int assay_produce_jobs(int jobs)
{
  if (jobs > 0) return jobs;
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > 0 ? (int)n : 1;
}

/* ---- before the work ------------------------------------------------------------------------ */

/* "line that differs" of two texts, for messages */
static void first_difference(char *out, size_t size, const char *old, const char *now)
{
  size_t line = 0, i = 0;
  for (; old[i] && old[i] == now[i]; i++)
    if (old[i] == '\n') line = i + 1;
  snprintf(out, size, "'%.*s' there, '%.*s' now", (int)strcspn(old + line, "\n"), old + line,
           (int)strcspn(now + line, "\n"), now + line);
}

static int check_same_recipe(const struct assay_produce_run *run, const char *where,
                             const char *old)
{
  int rc = ASSAY_OK;
  char difference[300];
  const char *now = assay_recipe_text(run->p->recipe);
  if (strcmp(old, now) == 0) goto done;
  first_difference(difference, sizeof difference, old, now);
  ASSAY_FAIL(ASSAY_EARG, "%s: cannot resume, it was made with another recipe: %s", where,
             difference);
done:
  return rc;
}

/* The finished file of exactly this run is there already. */
static int check_finished_file(const struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  struct assay_dataset *ds = NULL;
  char *recipe = NULL;
  ASSAY_TRY(assay_dataset_open(&ds, run->p->path));
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  ASSAY_TRY(assay_dataset_text(&recipe, ds, "recipe"));
  ASSAY_TRY(check_same_recipe(run, run->p->path, recipe));
  bool same = info->n_cases == run->n;
  for (long k = 0; same && k < run->n; k++)
    same = info->case_id[k] == assay_produce_case(run->p, k);
  ASSAY_CHECK(same, ASSAY_EARG, "%s: holds other cases of this recipe; --force replaces it",
              run->p->path);
  run->report->complete_before = true;
done:
  assay_free(recipe);
  assay_dataset_close(ds);
  return rc;
}

static int lock_parts(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/lock", run->parts));
  run->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  ASSAY_CHECK(run->lock >= 0, ASSAY_EIO, "%s: cannot create: %s", path, strerror(errno));
  ASSAY_CHECK(flock(run->lock, LOCK_EX | LOCK_NB) == 0, ASSAY_EARG,
              "%s: another process is generating this data set", run->parts);
done:
  assay_free(path);
  return rc;
}

/* Temporary files that a killed run left behind. */
static void sweep_temporaries(const char *folder, const char *prefix)
{
  char path[4096];
  DIR *dir = opendir(folder);
  for (struct dirent *e; dir && (e = readdir(dir));) {
    if (strncmp(e->d_name, prefix, strlen(prefix)) != 0 || !strstr(e->d_name, ".tmp-")) continue;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < sizeof path) unlink(path);
  }
  if (dir) closedir(dir);
}

static int sweep_all(const struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  char *folder = NULL, *name = NULL, *prefix = NULL;
  sweep_temporaries(run->parts, "");
  ASSAY_TRY(assay_strdup(&folder, run->p->path));
  ASSAY_TRY(assay_strdup(&name, run->p->path));
  ASSAY_TRY(assay_asprintf(&prefix, "%s.tmp-", basename(name)));
  sweep_temporaries(dirname(folder), prefix);
done:
  assay_free(folder);
  assay_free(name);
  assay_free(prefix);
  return rc;
}

static int remember_recipe(const struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  char *path = NULL, *old = NULL;
  const char *text = assay_recipe_text(run->p->recipe);
  ASSAY_TRY(assay_asprintf(&path, "%s/recipe.yaml", run->parts));
  if (assay_file_exists(path)) {
    ASSAY_TRY(assay_file_read(&old, NULL, path));
    ASSAY_TRY(check_same_recipe(run, run->parts, old));
  } else {
    ASSAY_TRY(assay_file_write(path, text, strlen(text)));
  }
done:
  assay_free(path);
  assay_free(old);
  return rc;
}

static int open_parts(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  const struct assay_produce *p = run->p;
  const bool there = assay_file_exists(run->parts);
  ASSAY_CHECK(!there || p->resume || p->force, ASSAY_EARG,
              "%s: an earlier run was interrupted; --resume goes on with it, --force starts anew",
              run->parts);
  ASSAY_TRY(assay_dir_make(run->parts));
  ASSAY_TRY(lock_parts(run));
  if (there && !p->resume) {
    ASSAY_TRY(assay_dir_remove(run->parts));
    ASSAY_TRY(assay_dir_make(run->parts));
    close(run->lock);
    ASSAY_TRY(lock_parts(run));
  }
  ASSAY_TRY(sweep_all(run));
  ASSAY_TRY(remember_recipe(run));
done:
  return rc;
}

/* A good part of an earlier run makes its case done; a damaged one is dropped. */
static int reuse_part(struct assay_produce_run *run, long k)
{
  int rc = ASSAY_OK;
  char hash[ASSAY_SHA256_HEX], *path = NULL;
  struct assay_case *c = NULL;
  const long id = assay_produce_case(run->p, k);
  ASSAY_TRY(assay_part_path(&path, run->parts, id));
  if (!assay_file_exists(path)) goto done;
  rc = assay_part_read(&c, hash, NULL, run->parts, run->p->recipe, id, true);
  if (rc == ASSAY_ECORRUPT) {
    assay_log(ASSAY_LOG_WARN, "generate", "%s; the case is made again", assay_err_last());
    unlink(path);
    rc = ASSAY_OK;
    goto done;
  }
  ASSAY_TRY(rc);
  run->state[k] = CASE_DONE;
  run->report->reused++;
  if (c->certificate.diverged) run->report->diverged++;
  ASSAY_TRY(assay_journal_case(run->journal, "reused", id, NULL, NULL));
done:
  assay_case_destroy(c);
  assay_free(path);
  return rc;
}

struct priced {
  long k, kind;
  double cost, kind_cost; /* of the dearest case of its kind */
};

static int dearer_first(const void *a, const void *b)
{
  const struct priced *p = a, *q = b;
  if (p->kind_cost != q->kind_cost) return p->kind_cost > q->kind_cost ? -1 : 1;
  if (p->kind != q->kind) return p->kind < q->kind ? -1 : 1;
  if (p->cost != q->cost) return p->cost > q->cost ? -1 : 1;
  return p->k < q->k ? -1 : p->k > q->k;
}

/* Costly cases first, so that none of them is left for the end; those of a kind together. */
static int order_work(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  struct priced *order = NULL;
  double *kind_cost = NULL;
  ASSAY_TRY(assay_produce_find_kinds(run));
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)run->n, "order of work"));
  ASSAY_TRY(ASSAY_NEW(&kind_cost, (size_t)run->n, "order of work"));
  for (long k = 0; k < run->n; k++) {
    const long kind = run->kind[k] < 0 ? k : run->kind[k];
    run->cost[k] = assay_recipe_cost(run->p->recipe, assay_produce_case(run->p, k));
    if (run->state[k] == CASE_OPEN) kind_cost[kind] = fmax(kind_cost[kind], run->cost[k]);
  }
  for (long k = 0; k < run->n; k++) {
    const long kind = run->kind[k] < 0 ? k : run->kind[k];
    if (run->state[k] == CASE_OPEN)
      order[run->n_todo++] = (struct priced){k, kind, run->cost[k], kind_cost[kind]};
  }
  qsort(order, (size_t)run->n_todo, sizeof *order, dearer_first);
  for (long i = 0; i < run->n_todo; i++) run->todo[i] = order[i].k;
done:
  assay_free(order);
  assay_free(kind_cost);
  return rc;
}

/* ---- assembling ----------------------------------------------------------------------------- */

/* A case that could not be made: no frames, and the reason. */
static int failed_case(struct assay_case **out, const struct assay_produce_run *run, long k)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_recipe_case(out, run->p->recipe, assay_produce_case(run->p, k)));
  struct assay_case *c = *out;
  c->certificate.diverged = true;
  snprintf(c->certificate.reason, sizeof c->certificate.reason, "%s", run->reason[k]);
done:
  return rc;
}

static int put_case(struct assay_produce_run *run, long k)
{
  int rc = ASSAY_OK;
  char hash[ASSAY_SHA256_HEX];
  struct assay_case *c = NULL;
  struct assay_writer_record record = {0};
  const struct assay_recipe *r = run->p->recipe;
  if (run->state[k] == CASE_FAILED) {
    ASSAY_TRY(failed_case(&c, run, k));
    ASSAY_TRY(assay_recipe_hash(hash, r, c));
  } else {
    ASSAY_TRY(assay_part_read(&c, hash, NULL, run->parts, r, assay_produce_case(run->p, k), false));
  }
  ASSAY_TRY(assay_recipe_record(&record, r, c));
  record.hash = hash;
  ASSAY_TRY(assay_writer_put(run->writer, &record));
done:
  assay_recipe_record_free(&record);
  assay_case_destroy(c);
  return rc;
}

static int open_writer(struct assay_produce_run *run)
{
  struct assay_layout layout = *assay_recipe_layout(run->p->recipe);
  layout.n_cases = run->n;
  layout.compression = run->p->compression;
  layout.level = run->p->level;
  return assay_writer_create(&run->writer, run->p->path, &layout);
}

/* Write one case if the next one in order is there. */
static int write_next(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  if (run->written == run->n || run->state[run->written] == CASE_OPEN) goto done;
  ASSAY_TRY(put_case(run, run->written));
  run->written++;
done:
  return rc;
}

/* ---- the loop ------------------------------------------------------------------------------- */

static int take_result(struct assay_produce_run *run, const struct assay_pool_result *r)
{
  int rc = ASSAY_OK;
  const long k = run->todo[r->item], id = assay_produce_case(run->p, k);
  const bool diverged = r->rc == ASSAY_OK && r->number[NUMBER_DIVERGED] != 0;
  const struct assay_journal_cost cost = {r->number[NUMBER_CPU], r->number[NUMBER_WALL],
                                          r->number[NUMBER_STEPS], r->number[NUMBER_PEAK]};
  ASSAY_CHECK(!r->fatal, r->rc, "%s", r->text);
  run->state[k] = r->rc < 0 ? CASE_FAILED : CASE_DONE;
  run->report->made++;
  run->report->cpu += cost.cpu_seconds;
  if (diverged) run->report->diverged++;
  if (r->rc < 0) {
    run->report->failed++;
    ASSAY_TRY(assay_strdup(&run->reason[k], r->text));
  }
  if (diverged || r->rc < 0) assay_log(ASSAY_LOG_WARN, "generate", "case %ld: %s", id, r->text);
  ASSAY_TRY(assay_journal_case(run->journal,
                               r->rc < 0  ? "failed"
                               : diverged ? "diverged"
                                          : "ok",
                               id, &cost, r->text));
  if (run->p->progress) assay_progress_add(&run->bar, run->cost[k], NULL);
done:
  return rc;
}

static int work_and_write(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  struct assay_pool_result result;
  while (run->written < run->n && !interrupted) {
    const bool can_write = run->state[run->written] != CASE_OPEN;
    bool got = false;
    ASSAY_TRY(assay_pool_next(run->pool, &result, &got, can_write ? 0 : 0.1));
    if (got)
      ASSAY_TRY(take_result(run, &result));
    else
      ASSAY_TRY(write_next(run));
  }
  ASSAY_CHECK(!interrupted, ASSAY_EJOB, "interrupted");
done:
  return rc;
}

static void catch_signals(struct sigaction old[3])
{
  static const int signals[3] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = note_signal};
  interrupted = 0;
  for (int i = 0; i < 3; i++) {
    sigaction(signals[i], NULL, &old[i]);
    if (old[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, NULL); /* nohup stays nohup */
  }
  signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an ordinary write error */
}

static void restore_signals(const struct sigaction old[3])
{
  static const int signals[3] = {SIGINT, SIGTERM, SIGHUP};
  for (int i = 0; i < 3; i++) sigaction(signals[i], &old[i], NULL);
}

static double total_cost(const struct assay_produce_run *run)
{
  double sum = 0;
  for (long i = 0; i < run->n_todo; i++) sum += run->cost[run->todo[i]];
  return sum;
}

static int produce(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  struct sigaction old[3];
  catch_signals(old);
  if (run->p->progress)
    assay_progress_start(&run->bar, "generate", total_cost(run), run->p->progress);
  ASSAY_TRY(assay_pool_create_many(&run->pool, assay_produce_jobs(run->p->jobs), run->n_todo,
                                   assay_produce_work, run));
  ASSAY_TRY(open_writer(run));
  ASSAY_TRY(work_and_write(run));
  struct assay_writer *writer = run->writer;
  run->writer = NULL; /* freed by commit whatever happens */
  ASSAY_TRY(assay_writer_commit(writer));
done:
  if (run->p->progress) assay_progress_finish(&run->bar);
  assay_pool_destroy(run->pool);
  run->pool = NULL;
  assay_writer_abort(run->writer);
  run->writer = NULL;
  restore_signals(old);
  return rc;
}

/* Parts that wait for a --resume, and how to do it; nothing when there are none. */
static int explain_stop(const struct assay_produce_run *run, int rc)
{
  long kept = 0;
  for (long k = 0; k < run->n; k++) kept += run->state[k] == CASE_DONE;
  sweep_all(run);
  if (kept == 0) {
    char message[1024];
    snprintf(message, sizeof message, "%s", assay_err_last());
    assay_dir_remove(run->parts);
    return assay_err_set(rc, __FILE__, __LINE__, "%s (no case was finished)", message);
  }
  return assay_err_set(rc, __FILE__, __LINE__,
                       "%s: %ld of %ld cases are kept in %s; the same command with --resume goes "
                       "on from there",
                       assay_err_last(), kept, run->n, run->parts);
}

static int prepare(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  char *journal = NULL;
  ASSAY_TRY(ASSAY_NEW(&run->state, (size_t)run->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&run->reason, (size_t)run->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&run->todo, (size_t)run->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&run->cost, (size_t)run->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&run->kind, (size_t)run->n, "cases"));
  ASSAY_TRY(open_parts(run));
  ASSAY_TRY(assay_produce_name(&journal, run->p->path, ".journal.jsonl"));
  ASSAY_TRY(assay_journal_open(&run->journal, journal, run->p->resume));
  ASSAY_TRY(assay_journal_start(run->journal, assay_recipe_head(run->p->recipe)->name,
                                assay_produce_jobs(run->p->jobs)));
  for (long k = 0; k < run->n; k++) ASSAY_TRY(reuse_part(run, k));
  ASSAY_TRY(order_work(run));
done:
  assay_free(journal);
  return rc;
}

static void release(struct assay_produce_run *run)
{
  assay_journal_close(run->journal);
  if (run->lock >= 0) close(run->lock);
  for (long k = 0; run->reason && k < run->n; k++) assay_free(run->reason[k]);
  assay_free(run->parts);
  assay_free(run->state);
  assay_free(run->reason);
  assay_free(run->todo);
  assay_free(run->cost);
  assay_free(run->kind);
}

int assay_produce(struct assay_produce_report *report, const struct assay_produce *p)
{
  int rc = ASSAY_OK;
  struct assay_produce_run run = {
      .p = p, .report = report, .lock = -1, .n = assay_produce_count(p)};
  const double started = assay_clock();
  *report = (struct assay_produce_report){0};
  ASSAY_TRY(assay_produce_name(&run.parts, p->path, ".parts"));
  if (p->resume && assay_file_exists(p->path) && !assay_file_exists(run.parts)) {
    ASSAY_TRY(check_finished_file(&run));
    goto done;
  }
  ASSAY_CHECK(p->force || p->resume || !assay_file_exists(p->path), ASSAY_EARG,
              "%s exists; --force replaces it", p->path);
  ASSAY_TRY(prepare(&run));
  if ((rc = produce(&run)) < 0) {
    rc = explain_stop(&run, rc);
    goto done;
  }
  report->wall = assay_clock() - started;
  if (report->failed == 0 && !p->keep_parts) ASSAY_TRY(assay_dir_remove(run.parts));
  ASSAY_CHECK(report->failed == 0, ASSAY_EJOB,
              "%s: %ld of %ld cases failed; parts are kept, --resume tries the failed cases again",
              p->path, report->failed, run.n);
  ASSAY_CHECK(report->diverged == 0, ASSAY_EJOB,
              "%s: %ld of %ld cases diverged; they are marked and out of every split", p->path,
              report->diverged, run.n);
done:
  release(&run);
  return rc;
}
