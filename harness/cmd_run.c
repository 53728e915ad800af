/* assay run: train, predict and score the jobs of a suite. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/files.h"
#include "harness/job.h"
#include "harness/pool.h"
#include "harness/scoring.h"
#include "harness/verb.h"
#include "results/journal.h"
#include "results/store.h"

struct options {
  struct assay_list task, table, method, seed;
  const char *results, *work;
  int jobs, executor;
  bool resume, dry_run, keep, predictions;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_LIST(OPTIONS, task), .doc = "task by name or YAML file; with a suite: only this one"},
    {ASSAY_P_LIST(OPTIONS, table), .doc = "of a task with tables: only this one, may be repeated"},
    {ASSAY_P_LIST(OPTIONS, method),
     .doc = "method by name or folder; with a suite: only this one, of it or not"},
    {ASSAY_P_LIST(OPTIONS, seed),
     .doc = "seed, may be repeated (default: those of the suite, or 0)"},
    {ASSAY_P_INT(OPTIONS, jobs), .letter = 'j', .min = 1, .max = 4096,
     .doc = "jobs at a time; their times are only comparable with a processor for each"},
    {ASSAY_P_CHOICE(OPTIONS, executor, "local"), .doc = "where jobs run"},
    {ASSAY_P_BOOL(OPTIONS, resume), .doc = "leave out jobs that have a good record already"},
    {ASSAY_P_BOOL(OPTIONS, dry_run), .letter = 'n', .doc = "list the jobs and stop"},
    {ASSAY_P_STRING(OPTIONS, results), .doc = "folder of the journal and what is kept"},
    {ASSAY_P_STRING(OPTIONS, work), .doc = "folder for data sets and running jobs"},
    {ASSAY_P_BOOL(OPTIONS, keep), .doc = "leave the folders of finished jobs in the work folder"},
    {ASSAY_P_BOOL(OPTIONS, predictions), .doc = "keep predictions and truth in the results folder"},
    {0}};
static const struct options defaults = {
    .results = "results", .work = "work", .jobs = 1, .predictions = true};

/* What is known of a job when all is done; comes out of a worker as numbers. */
struct line {
  bool there, failed;
  double primary, train, predict, memory;
  char reason[ASSAY_POOL_TEXT];
};

struct session {
  const struct options *o;
  struct assay_plan *plan;
  struct assay_job_settings settings;
  long n_todo, *todo; /* index into plan->jobs */
  struct line *lines; /* [n_jobs] */
  int lock;
};

static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
  (void)number;
  interrupted = 1;
}

/* ---- which jobs --------------------------------------------------------------------------- */

/* Jobs whose newest record is good are left out. */
static int skip_finished(struct session *s)
{
  int rc = ASSAY_OK;
  struct assay_store *store = NULL;
  struct assay_record *record = NULL;
  long n = 0;
  rc = assay_store_open(&store, s->o->results, false);
  if (rc == ASSAY_ENOTFOUND) return ASSAY_OK; /* nothing was ever run */
  ASSAY_TRY(rc);
  for (long i = 0; i < s->n_todo; i++) {
    rc = assay_store_find(&record, store, s->plan->jobs[s->todo[i]].id);
    if (rc < 0 && rc != ASSAY_ENOTFOUND) goto done;
    const bool good = rc == ASSAY_OK && record->status == ASSAY_RECORD_OK;
    if (rc == ASSAY_OK) assay_record_destroy(record);
    rc = ASSAY_OK;
    if (!good) s->todo[n++] = s->todo[i];
  }
  s->n_todo = n;
done:
  assay_store_close(store);
  return rc;
}

static int list_jobs(struct session *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&s->todo, (size_t)s->plan->n_jobs, "jobs"));
  ASSAY_TRY(ASSAY_NEW(&s->lines, (size_t)s->plan->n_jobs, "jobs"));
  s->n_todo = s->plan->n_jobs;
  for (long i = 0; i < s->n_todo; i++) s->todo[i] = i;
done:
  return rc;
}

static int print_commands(const struct session *s, FILE *out)
{
  int rc = ASSAY_OK;
  char *command = NULL;
  for (int i = 0; i < s->plan->n_jobs; i++) {
    ASSAY_TRY(assay_plan_command(&command, s->plan, &s->plan->jobs[i]));
    fprintf(out, "%s\n", command);
    assay_free(command);
  }
done:
  return rc;
}

/* ---- running them ------------------------------------------------------------------------- */

enum { PRIMARY, TRAIN, PREDICT, MEMORY, FAILED };

static double largest(double a, double b)
{
  return a > b ? a : b;
}

/* Why a job failed; of a crash with the last line that the method printed, which mostly says it. */
static void explain(char text[ASSAY_POOL_TEXT], const struct assay_job_result *r)
{
  const char *said = r->tail && strcmp(r->kind, "crash") == 0 ? r->tail : "";
  size_t end = strlen(said), at;
  while (end > 0 && said[end - 1] == '\n') end--;
  for (at = end; at > 0 && said[at - 1] != '\n';) at--;
  const int n = snprintf(text, ASSAY_POOL_TEXT, "%.*s", ASSAY_POOL_TEXT - 1, r->reason);
  if (at < end && n < ASSAY_POOL_TEXT - 1)
    snprintf(text + n, (size_t)(ASSAY_POOL_TEXT - n), ": %.*s", (int)(end - at), said + at);
}

/* In a worker. */
static void run_job(struct assay_pool_result *out, void *user, long item)
{
  const struct session *s = user;
  struct assay_job_result r;
  out->rc = assay_job_run(&r, s->plan, &s->plan->jobs[s->todo[item]], &s->settings);
  out->fatal = out->rc < 0;
  out->number[PRIMARY] = r.primary;
  out->number[TRAIN] = r.trained ? r.train.wall : (double)NAN;
  out->number[PREDICT] = r.predict.wall;
  out->number[MEMORY] = largest(r.train.memory, r.predict.memory);
  out->number[FAILED] = r.failed;
  if (out->rc < 0)
    snprintf(out->text, sizeof out->text, "%.*s", ASSAY_POOL_TEXT - 1, assay_err_last());
  else
    explain(out->text, &r);
  assay_job_result_clear(&r);
}

static int take_result(struct session *s, const struct assay_pool_result *got)
{
  int rc = ASSAY_OK;
  struct line *line = &s->lines[s->todo[got->item]];
  ASSAY_CHECK(got->rc >= 0 && !got->lost, got->lost ? ASSAY_EENV : got->rc, "%s", got->text);
  *line = (struct line){.there = true,
                        .failed = got->number[FAILED] > 0,
                        .primary = got->number[PRIMARY],
                        .train = got->number[TRAIN],
                        .predict = got->number[PREDICT],
                        .memory = got->number[MEMORY]};
  snprintf(line->reason, sizeof line->reason, "%s", got->text);
done:
  return rc;
}

static void show_progress(const struct session *s, struct assay_progress *bar, long item)
{
  const struct assay_job *job = &s->plan->jobs[s->todo[item]];
  char note[256];
  const struct assay_plan_task *t = &s->plan->tasks[job->task];
  snprintf(note, sizeof note, "%s on %s%s", s->plan->methods[job->method].method->name,
           t->part[job->part].name ? t->part[job->part].name : t->task.name,
           s->lines[s->todo[item]].failed ? ": failed" : "");
  assay_progress_add(bar, 1, note);
}

static int run_jobs(struct session *s)
{
  int rc = ASSAY_OK;
  struct assay_pool *pool = NULL;
  struct assay_pool_result got;
  struct assay_progress bar;
  if (s->n_todo == 0) goto done;
  ASSAY_TRY(assay_pool_create(&pool, s->o->jobs, s->n_todo, run_job, s));
  assay_progress_start(&bar, "jobs", (double)s->n_todo, stderr);
  for (long n = 0; n < s->n_todo && !interrupted;) {
    bool there = false;
    ASSAY_TRY(assay_pool_next(pool, &got, &there, 0.2));
    if (!there) continue;
    ASSAY_TRY(take_result(s, &got));
    show_progress(s, &bar, got.item);
    n++;
  }
  assay_progress_finish(&bar);
  ASSAY_CHECK(!interrupted, ASSAY_EJOB, "interrupted: `assay run ... --resume` goes on");
done:
  assay_pool_destroy(pool);
  return rc;
}

/* ---- the table at the end ----------------------------------------------------------------- */

static const char *number(char out[32], const char *format, double value)
{
  if (isfinite(value))
    snprintf(out, 32, format, value);
  else
    snprintf(out, 32, "-");
  return out;
}

static void print_line(const struct session *s, int i, FILE *out)
{
  const struct assay_job *job = &s->plan->jobs[i];
  const struct assay_task *t = &s->plan->tasks[job->task].task;
  const char *part = s->plan->tasks[job->task].part[job->part].name;
  const struct line *l = &s->lines[i];
  char score[32], train[32], predict[32], memory[32];
  fprintf(out, "%-20s %-24s %4lld  %-14s %10s %8s %8s %7s  %s\n", part ? part : t->name,
          s->plan->methods[job->method].method->name, (long long)job->seed, t->metrics.item[0],
          number(score, "%.4g", l->failed ? (double)NAN : l->primary),
          number(train, "%.2f", l->train), number(predict, "%.2f", l->predict),
          number(memory, "%.0f", l->memory / 1e6), l->failed ? "FAILED" : "ok");
  if (l->failed) fprintf(out, "  %s\n", l->reason);
}

static int print_results(const struct session *s, FILE *out)
{
  int rc = ASSAY_OK, failed = 0;
  if (s->n_todo > 0)
    fprintf(out, "%-20s %-24s %4s  %-14s %10s %8s %8s %7s\n", "task", "method", "seed", "metric",
            "score", "train s", "pred. s", "MB");
  for (int i = 0; i < s->plan->n_jobs; i++) {
    if (s->lines[i].there) print_line(s, i, out);
    failed += s->lines[i].failed;
  }
  if (s->n_todo < s->plan->n_jobs)
    fprintf(out, "%ld of %d jobs had their record already\n", s->plan->n_jobs - s->n_todo,
            s->plan->n_jobs);
  ASSAY_CHECK(failed == 0, ASSAY_EJOB, "%d of %ld jobs failed", failed, s->n_todo);
done:
  return rc;
}

/* ---- the verb ----------------------------------------------------------------------------- */

static int lock_work(struct session *s)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(assay_dir_make(s->o->work));
  ASSAY_TRY(assay_dir_make(s->o->results));
  ASSAY_TRY(assay_asprintf(&path, "%s/lock", s->o->work));
  ASSAY_TRY(assay_lock_take(&s->lock, path));
done:
  assay_free(path);
  return rc;
}

static int run_session(struct session *s, FILE *out)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(list_jobs(s));
  if (s->o->dry_run) return print_commands(s, out);
  ASSAY_TRY(assay_journal_check_open(s->o->results));
  ASSAY_TRY(lock_work(s));
  ASSAY_TRY(assay_jobs_end(s->o->work));
  ASSAY_TRY(assay_plan_prepare(s->plan, s->o->work, s->o->jobs, stderr));
  if (s->o->resume) ASSAY_TRY(skip_finished(s));
  ASSAY_TRY(run_jobs(s));
  ASSAY_TRY(print_results(s, out));
done:
  return rc;
}

static void catch_signals(void)
{
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = note_signal};
  for (int i = 0; i < 3; i++) sigaction(numbers[i], &action, NULL);
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  struct session s = {.o = options, .lock = -1};
  const struct assay_plan_request request = {.suite = n_args > 0 ? args[0] : NULL,
                                             .tasks = s.o->task,
                                             .methods = s.o->method,
                                             .seeds = s.o->seed,
                                             .parts = s.o->table};
  s.settings = (struct assay_job_settings){.work = s.o->work,
                                           .results = s.o->results,
                                           .keep = s.o->keep,
                                           .keep_predictions = s.o->predictions};
  ASSAY_TRY(assay_plan_create(&s.plan, &request));
  catch_signals();
  ASSAY_TRY(run_session(&s, out));
done:
  assay_plan_destroy(s.plan);
  assay_free(s.todo);
  assay_free(s.lines);
  return rc;
}

const struct assay_verb assay_verb_run = {
    .name = "run",
    .doc = "run methods on tasks and record their scores",
    .usage = "SUITE | --task T --method M [--seed S]... [-j N] [--resume]",
    .detail =
        "Data sets that the tasks need are made first and kept in the work folder. Every method\n"
        "runs as separate processes in a fresh folder, with the limits of its task. One that\n"
        "crashes, overruns or predicts nonsense gets a failed record with the reason, and the "
        "rest\n"
        "goes on (exit code 2 at the end).\n\n"
        "  assay run demo -j 2\n"
        "  assay run demo --method pod_ridge                 only this method of the suite\n"
        "  assay run demo --method my/folder/                another method on its tasks\n"
        "  assay run --task cavity-operator --method my/folder/\n"
        "  assay run --task cavity-operator --method pod_ridge:modes=8 --seed 1 --seed 2\n\n"
        "`assay rank` prints the leaderboard.",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .max_args = 1,
    .run = run,
};
