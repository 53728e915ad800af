#include "harness/job.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "harness/files.h"
#include "harness/provenance.h"
#include "harness/score_equation.h"
#include "harness/score_system.h"
#include "harness/scoring.h"
#include "results/journal.h"

const char *const assay_phase_names[] = {"train", "predict", "score", NULL};

/* Bounds that no honest method meets; the task sets time and memory. */
static const double OUTPUT_LIMIT = 4e6, FILE_LIMIT = 8e9;
enum { PROCESS_LIMIT = 256, TAIL_LINES = 20, TAIL_BYTES = 4000, NAME_LENGTH = 16 };

/* What one job works with. */
struct run {
  const struct assay_plan *plan;
  const struct assay_job *job;
  const struct assay_job_settings *settings;
  const struct assay_plan_task *task;
  const struct assay_plan_part *part;
  const struct assay_method *method;
  char *dir; /* absolute */
  struct assay_job_result *result;
};

static int path_in(char **out, const struct run *r, const char *name)
{
  return assay_asprintf(out, "%s/%s", r->dir, name);
}

__attribute__((format(printf, 4, 5))) static void fail(struct assay_job_result *result, int phase,
                                                       const char *kind, const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  result->failed = true;
  result->phase = phase;
  result->kind = kind;
  vsnprintf(result->reason, sizeof result->reason, fmt, args);
  va_end(args);
}

/* ---- the folder --------------------------------------------------------------------------- */

/* Take away what an earlier run of the job left, read-only folders included. */
static int clear_folder(const char *dir)
{
  int rc = ASSAY_OK;
  if (!assay_file_exists(dir)) goto done;
  ASSAY_TRY(assay_folder_protect(dir, 1));
  ASSAY_TRY(assay_dir_remove(dir));
done:
  return rc;
}

static int give(const struct run *r, const char *name)
{
  int rc = ASSAY_OK;
  char *from = NULL, *to = NULL;
  ASSAY_TRY(assay_asprintf(&from, "%s/%s", r->part->dir, name));
  ASSAY_TRY(path_in(&to, r, name));
  ASSAY_TRY(assay_file_copy(to, from));
done:
  assay_free(from);
  assay_free(to);
  return rc;
}

static int make_folder(const struct run *r)
{
  int rc = ASSAY_OK;
  char *model = NULL, *scratch = NULL;
  ASSAY_TRY(clear_folder(r->dir));
  ASSAY_TRY(path_in(&model, r, "model"));
  ASSAY_TRY(path_in(&scratch, r, "scratch"));
  ASSAY_TRY(assay_dir_make(model));
  ASSAY_TRY(assay_dir_make(scratch));
  ASSAY_TRY(give(r, "task.json"));
  if (r->method->train) ASSAY_TRY(give(r, "train.nc"));
done:
  assay_free(model);
  assay_free(scratch);
  return rc;
}

/* ---- running the method ------------------------------------------------------------------- */

enum { WORDS_MAX = 256 };
struct words {
  const char *word[WORDS_MAX + 1];
  int n;
};

static void say(struct words *w, const char *word)
{
  if (w->n < WORDS_MAX) w->word[w->n++] = word;
}

static void say_option(struct words *w, const char *name, const char *value)
{
  say(w, name);
  say(w, value);
}

/* How an ended command is called in records. */
static const char *kind_of(int end)
{
  switch ((enum assay_end)end) {
  case ASSAY_END_WALL:
  case ASSAY_END_CPU:
    return "timeout";
  case ASSAY_END_MEMORY:
    return "memory";
  case ASSAY_END_OUTPUT:
  case ASSAY_END_FILE:
    return "disk";
  case ASSAY_END_PROCESSES:
  case ASSAY_END_INTERRUPTED:
    return "other";
  default:
    return "crash";
  }
}

static int judge(struct run *r, int phase, const struct assay_outcome *o,
                 const struct assay_command *c)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  if (o->end == ASSAY_END_OK) goto done;
  ASSAY_TRY(assay_outcome_text(&text, o, &c->limits));
  fail(r->result, phase, kind_of(o->end), "%s: %s", assay_phase_names[phase], text);
  ASSAY_TRY(assay_log_tail(&r->result->tail, c->log, TAIL_LINES, TAIL_BYTES));
done:
  assay_free(text);
  return rc;
}

static int execute(struct run *r, int phase, struct words *w, struct assay_outcome *o)
{
  int rc = ASSAY_OK;
  const struct assay_task *t = &r->task->task;
  const double wall = phase == ASSAY_PHASE_TRAIN ? t->train_seconds : t->predict_seconds;
  char *log = NULL, *lock = NULL, *scratch = NULL, *log_name = NULL;
  ASSAY_TRY(assay_asprintf(&log_name, "%s.log", assay_phase_names[phase]));
  ASSAY_TRY(path_in(&log, r, log_name));
  ASSAY_TRY(path_in(&lock, r, "lock"));
  ASSAY_TRY(path_in(&scratch, r, "scratch"));
  for (int i = 0; i < r->method->sets.n; i++) say_option(w, "--set", r->method->sets.item[i]);
  const struct assay_command command = {.argv = w->word,
                                        .dir = r->method->dir ? r->method->dir : r->dir,
                                        .scratch = scratch,
                                        .log = log,
                                        .lock = lock,
                                        .limits = {.wall = wall,
                                                   .cpu = wall * r->plan->suite.cpu_factor,
                                                   .memory = 1e6 * t->memory_mb,
                                                   .output = OUTPUT_LIMIT,
                                                   .file = FILE_LIMIT,
                                                   .processes = PROCESS_LIMIT}};
  ASSAY_TRY(assay_supervise(o, &command));
  ASSAY_TRY(judge(r, phase, o, &command));
done:
  assay_free(log);
  assay_free(lock);
  assay_free(scratch);
  assay_free(log_name);
  return rc;
}

static int train(struct run *r)
{
  int rc = ASSAY_OK;
  char *task = NULL, *data = NULL, *model = NULL, seed[32], limit[32];
  struct words w = {.n = 0};
  if (!r->method->train) goto done;
  ASSAY_TRY(path_in(&task, r, "task.json"));
  ASSAY_TRY(path_in(&data, r, "train.nc"));
  ASSAY_TRY(path_in(&model, r, "model"));
  snprintf(seed, sizeof seed, "%lld", (long long)r->job->seed);
  snprintf(limit, sizeof limit, "%g", r->task->task.train_seconds);
  for (const char *const *word = r->method->train; *word; word++) say(&w, *word);
  say_option(&w, "--task", task);
  say_option(&w, "--data", data);
  say_option(&w, "--model", model);
  say_option(&w, "--seed", seed);
  say_option(&w, "--time-limit", limit);
  r->result->trained = true;
  ASSAY_TRY(execute(r, ASSAY_PHASE_TRAIN, &w, &r->result->train));
  remove(data);
done:
  assay_free(task);
  assay_free(data);
  assay_free(model);
  return rc;
}

static int call_predict(struct run *r, const char *model, const char *output)
{
  int rc = ASSAY_OK;
  char *task = NULL, *inputs = NULL;
  struct words w = {.n = 0};
  ASSAY_TRY(give(r, "inputs.nc"));
  ASSAY_TRY(path_in(&task, r, "task.json"));
  ASSAY_TRY(path_in(&inputs, r, "inputs.nc"));
  for (const char *const *word = r->method->predict; *word; word++) say(&w, *word);
  say_option(&w, "--task", task);
  say_option(&w, "--model", model);
  say_option(&w, "--inputs", inputs);
  say_option(&w, "--output", output);
  ASSAY_TRY(execute(r, ASSAY_PHASE_PREDICT, &w, &r->result->predict));
done:
  assay_free(task);
  assay_free(inputs);
  return rc;
}

/* Write permission does not bind root, so the model is compared as well. */
static int predict(struct run *r)
{
  int rc = ASSAY_OK;
  char *model = NULL, *output = NULL, before[ASSAY_SHA256_HEX], after[ASSAY_SHA256_HEX];
  ASSAY_TRY(path_in(&model, r, "model"));
  ASSAY_TRY(path_in(&output, r, "pred.nc"));
  ASSAY_TRY(assay_folder_protect(model, 0));
  ASSAY_TRY(assay_folder_digest(before, model));
  ASSAY_TRY(call_predict(r, model, output));
  ASSAY_TRY(assay_folder_digest(after, model));
  if (!r->result->failed && strcmp(before, after) != 0)
    fail(r->result, ASSAY_PHASE_PREDICT, "other", "predict: changed the model");
done:
  assay_free(model);
  assay_free(output);
  return rc;
}

/* ---- scoring ------------------------------------------------------------------------------ */

static double primary_of(const struct assay_scores *s)
{
  double sum = 0, n = 0;
  for (int i = 0; i < s->n && s->score[i].metric == s->score[0].metric; i++, n++)
    sum += assay_score_mean(s, &s->score[i]);
  return n > 0 ? sum / n : (double)NAN;
}

/* A pipe or a device would keep the harness waiting, a link could lead to the truth. */
static bool is_strange(const char *path)
{
  struct stat s;
  return lstat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

static int score_prediction(struct run *r, const struct assay_cut *cut, const char *prediction)
{
  int rc = ASSAY_OK;
  struct assay_flaw flaw;
  struct assay_dataset *p = NULL;
  struct assay_job_result *result = r->result;
  bool *good = NULL;
  ASSAY_TRY(ASSAY_NEW(&good, (size_t)cut->n_test, "cases"));
  ASSAY_TRY(assay_validate(&flaw, &p, good, cut, prediction));
  if (flaw.kind)
    fail(result, ASSAY_PHASE_PREDICT, assay_flaw_names[flaw.kind], "predict: %s", flaw.text);
  if (!p) goto done;
  ASSAY_TRY(assay_scores_create(&result->scores, cut, p, &r->task->task.metrics, good));
  if (!flaw.kind && result->scores->problem[0])
    fail(result, ASSAY_PHASE_SCORE, "nonfinite", "score: %s", result->scores->problem);
  if (result->scores->problem[0]) { /* infinite numbers have no place in records */
    assay_scores_destroy(result->scores);
    result->scores = NULL;
  }
  result->primary = result->scores ? primary_of(result->scores) : (double)NAN;
done:
  assay_dataset_close(p);
  assay_free(good);
  return rc;
}

/* An equation for a table, or one for every state of a system; path "": there is none. */
static int score_answer(struct assay_flaw *flaw, const struct run *r, const char *path)
{
  struct assay_job_result *result = r->result;
  const struct assay_task *task = &r->task->task;
  if (task->kind == ASSAY_TASK_DISCOVERY)
    return assay_score_system(&result->scores, &result->answer, flaw, task, r->part->table,
                              r->part->n_tables, path);
  return assay_score_equation(&result->scores, &result->answer, flaw, task, r->part->table[0],
                              path);
}

/* Whatever is wrong with an answer, the worst values stand for it. */
static int score_equation(struct run *r)
{
  int rc = ASSAY_OK;
  struct assay_job_result *result = r->result;
  struct assay_flaw flaw;
  char *prediction = NULL;
  ASSAY_TRY(path_in(&prediction, r, "pred.nc"));
  ASSAY_TRY(score_answer(&flaw, r, is_strange(prediction) ? "" : prediction));
  if (flaw.kind)
    fail(result, ASSAY_PHASE_PREDICT, assay_flaw_names[flaw.kind], "predict: %s", flaw.text);
  result->primary = primary_of(result->scores);
done:
  assay_free(prediction);
  return rc;
}

/* A job of these that ended before there was a prediction: why is told already. */
static int score_nothing(struct run *r)
{
  struct assay_flaw flaw;
  return score_answer(&flaw, r, "");
}

static int score_fields(struct run *r)
{
  int rc = ASSAY_OK;
  struct assay_dataset *ds = NULL;
  struct assay_cut *cut = NULL;
  char *prediction = NULL;
  ASSAY_TRY(assay_dataset_open(&ds, r->part->data));
  ASSAY_TRY(assay_cut_create(&cut, ds, &r->task->task));
  ASSAY_TRY(path_in(&prediction, r, "pred.nc"));
  if (is_strange(prediction))
    fail(r->result, ASSAY_PHASE_PREDICT, "shape", "predict: the prediction is not a regular file");
  else
    ASSAY_TRY(score_prediction(r, cut, prediction));
done:
  assay_cut_destroy(cut);
  assay_dataset_close(ds);
  assay_free(prediction);
  return rc;
}

static int score(struct run *r)
{
  const bool equation = r->task->tables != NULL;
  if (r->result->failed) return equation ? score_nothing(r) : ASSAY_OK;
  return equation ? score_equation(r) : score_fields(r);
}

/* ---- what is kept ------------------------------------------------------------------------- */

/* RESULTS/folder/NAME.suffix, the folder made; *relative is the part behind RESULTS. */
static int artefact(char **path, char **relative, const struct run *r, const char *folder,
                    const char *id, const char *suffix)
{
  int rc = ASSAY_OK;
  char *dir = NULL;
  ASSAY_TRY(assay_asprintf(&dir, "%s/%s", r->settings->results, folder));
  ASSAY_TRY(assay_dir_make(dir));
  ASSAY_TRY(assay_asprintf(relative, "%s/%.*s.%s", folder, NAME_LENGTH, id, suffix));
  ASSAY_TRY(assay_asprintf(path, "%s/%s", r->settings->results, *relative));
done:
  assay_free(dir);
  return rc;
}

static int keep_prediction(json_t *artefacts, const struct run *r)
{
  int rc = ASSAY_OK;
  char *from = NULL, *truth_from = NULL, *to = NULL, *name = NULL, *truth = NULL,
       *truth_name = NULL;
  ASSAY_TRY(artefact(&to, &name, r, "predictions", r->job->id, "nc"));
  if (r->result->failed) remove(to); /* of an earlier run that went well */
  if (r->result->failed || !r->settings->keep_predictions) goto done;
  ASSAY_TRY(path_in(&from, r, "pred.nc"));
  ASSAY_TRY(assay_file_move(to, from));
  json_object_set_new(artefacts, "prediction", json_string(name));
  if (r->task->tables) goto done; /* what the truth is stands in the record */
  ASSAY_TRY(artefact(&truth, &truth_name, r, "truth", r->part->id, "nc"));
  ASSAY_TRY(assay_asprintf(&truth_from, "%s/truth.nc", r->part->dir));
  if (!assay_file_exists(truth)) ASSAY_TRY(assay_file_copy(truth, truth_from));
  json_object_set_new(artefacts, "truth", json_string(truth_name));
done:
  assay_free(from);
  assay_free(truth_from);
  assay_free(to);
  assay_free(name);
  assay_free(truth);
  assay_free(truth_name);
  return rc;
}

static int append_log(FILE *out, const struct run *r, int phase)
{
  int rc = ASSAY_OK;
  char *name = NULL, *path = NULL, *text = NULL;
  ASSAY_TRY(assay_asprintf(&name, "%s.log", assay_phase_names[phase]));
  ASSAY_TRY(path_in(&path, r, name));
  if (!assay_file_exists(path)) goto done;
  ASSAY_TRY(assay_log_tail(&text, path, 1 << 20, (size_t)OUTPUT_LIMIT));
  fprintf(out, "---- %s\n%s", assay_phase_names[phase], text);
  if (*text && text[strlen(text) - 1] != '\n') fprintf(out, "\n");
done:
  assay_free(name);
  assay_free(path);
  assay_free(text);
  return rc;
}

static int keep_log(json_t *artefacts, const struct run *r)
{
  int rc = ASSAY_OK;
  char *path = NULL, *name = NULL;
  struct assay_outfile file = {0};
  ASSAY_TRY(artefact(&path, &name, r, "logs", r->job->id, "log"));
  ASSAY_TRY(assay_outfile_open(&file, path, true));
  for (int phase = ASSAY_PHASE_TRAIN; phase <= ASSAY_PHASE_PREDICT; phase++)
    ASSAY_TRY(append_log(file.stream, r, phase));
  ASSAY_TRY(assay_outfile_commit(&file));
  json_object_set_new(artefacts, "log", json_string(name));
done:
  assay_outfile_abort(&file);
  assay_free(path);
  assay_free(name);
  return rc;
}

static int keep(struct run *r, json_t *started)
{
  int rc = ASSAY_OK;
  json_t *record = NULL, *artefacts = json_object();
  ASSAY_TRY(keep_prediction(artefacts, r));
  ASSAY_TRY(keep_log(artefacts, r));
  ASSAY_TRY(assay_job_record(&record, r->plan, r->job, r->result, started));
  ASSAY_CHECK(json_object_set(record, "artefacts", artefacts) == 0, ASSAY_ENOMEM,
              "no memory for a record");
  ASSAY_TRY(assay_journal_append(r->settings->results, record));
done:
  json_decref(artefacts);
  json_decref(record);
  return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static int job_folder(char **out, const char *work, const char *id)
{
  int rc = ASSAY_OK;
  char *path = NULL, absolute[PATH_MAX];
  ASSAY_TRY(assay_asprintf(&path, "%s/jobs/%.*s", work, NAME_LENGTH, id));
  ASSAY_TRY(assay_dir_make(path));
  ASSAY_CHECK(realpath(path, absolute), ASSAY_EIO, "%s: %s", path, strerror(errno));
  ASSAY_TRY(assay_strdup(out, absolute));
done:
  assay_free(path);
  return rc;
}

int assay_job_run(struct assay_job_result *result, const struct assay_plan *plan,
                  const struct assay_job *job, const struct assay_job_settings *settings)
{
  int rc = ASSAY_OK;
  json_t *started = NULL;
  *result = (struct assay_job_result){.primary = (double)NAN};
  struct run r = {.plan = plan,
                  .job = job,
                  .settings = settings,
                  .task = &plan->tasks[job->task],
                  .part = &plan->tasks[job->task].part[job->part],
                  .method = plan->methods[job->method].method,
                  .result = result};
  ASSAY_TRY(assay_provenance(&started));
  ASSAY_TRY(job_folder(&r.dir, settings->work, job->id));
  ASSAY_TRY(make_folder(&r));
  ASSAY_TRY(train(&r));
  if (!result->failed) ASSAY_TRY(predict(&r));
  ASSAY_TRY(score(&r));
  ASSAY_TRY(keep(&r, started));
  /* the record is written: what cannot be removed now is no reason to stop the suite */
  if (!settings->keep && clear_folder(r.dir) < 0)
    assay_log(ASSAY_LOG_WARN, "run", "%s", assay_err_last());
done:
  json_decref(started);
  assay_free(r.dir);
  return rc;
}

void assay_job_result_clear(struct assay_job_result *r)
{
  assay_free(r->tail);
  assay_scores_destroy(r->scores);
  json_decref(r->answer);
  *r = (struct assay_job_result){.primary = (double)NAN};
}

int assay_jobs_end(const char *work)
{
  int rc = ASSAY_OK;
  char *folder = NULL, *lock = NULL;
  DIR *dir = NULL;
  ASSAY_TRY(assay_asprintf(&folder, "%s/jobs", work));
  dir = opendir(folder);
  if (!dir) goto done; /* no job was ever run here */
  for (const struct dirent *e; (e = readdir(dir));) {
    if (e->d_name[0] == '.') continue;
    assay_free(lock);
    lock = NULL;
    ASSAY_TRY(assay_asprintf(&lock, "%s/%s/lock", folder, e->d_name));
    ASSAY_TRY(assay_supervise_end(lock));
  }
done:
  if (dir) closedir(dir);
  assay_free(lock);
  assay_free(folder);
  return rc;
}
