#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/dry_run.h"
#include "harness/estimate.h"
#include "harness/library.h"
#include "harness/produce.h"
#include "harness/tables.h"
#include "harness/verb.h"

struct options {
  const char *output, *cases, *shard;
  int jobs, compress, level;
  struct assay_list set;
  double sample;
  bool resume, force, keep_parts, dry_run, json, markdown;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(OPTIONS, output), .letter = 'o',
     .doc = "file to write; RECIPE.nc if absent, its slash as -"},
    {ASSAY_P_INT(OPTIONS, jobs), .letter = 'j', .doc = "worker processes, 0: one per processor",
     .min = 0, .max = 4096},
    {ASSAY_P_LIST(OPTIONS, set), .doc = "key=value: seed, precision, certificate or a parameter"},
    {ASSAY_P_STRING(OPTIONS, cases),
     .doc = "only cases A:B (B not included), A:B:S every S-th of them"},
    {ASSAY_P_STRING(OPTIONS, shard), .doc = "only part i/n of the cases, i from 1 to n"},
    {ASSAY_P_BOOL(OPTIONS, resume), .doc = "go on with an interrupted run"},
    {ASSAY_P_BOOL(OPTIONS, force), .doc = "replace the file and drop parts of earlier runs"},
    {ASSAY_P_BOOL(OPTIONS, dry_run), .letter = 'n', .doc = "show what would be made, and stop"},
    {ASSAY_P_DOUBLE(OPTIONS, sample),
     .doc = "measure this share of the cases of every subset, extrapolate, keep nothing", .min = 0,
     .max = 1},
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "print the dry run or the sample as JSON"},
    {ASSAY_P_BOOL(OPTIONS, markdown), .doc = "print its table alone, as Markdown"},
    {ASSAY_P_CHOICE(OPTIONS, compress, "none", "deflate", "zstd"),
     .doc = "of fields; readers of zstd need its plug-in"},
    {ASSAY_P_INT(OPTIONS, level), .doc = "of the compression, 0: its fastest", .min = 0, .max = 19},
    {ASSAY_P_BOOL(OPTIONS, keep_parts), .doc = "leave the finished cases beside the file"},
    {0}};
static const struct options defaults = {.output = ""};

static int parse_count(long *out, const char *text, size_t length, const char *what)
{
  int rc = ASSAY_OK;
  char digits[24] = "", *end = digits;
  if (length > 0 && length < sizeof digits) memcpy(digits, text, length);
  *out = strtol(digits, &end, 10);
  ASSAY_CHECK(end != digits && *end == '\0' && *out >= 0, ASSAY_EARG, "%s", what);
done:
  return rc;
}

/* --cases A:B or A:B:S, of which A, B and S may be left out */
static int parse_cases(struct assay_produce *p, const char *text, long n)
{
  int rc = ASSAY_OK;
  char what[200];
  long *const number[] = {&p->first, &p->last, &p->step};
  size_t at = 0;
  snprintf(what, sizeof what,
           "--cases %.60s: expected A:B or A:B:S with 0 <= A < B <= %ld and S > 0", text, n);
  p->step = 1;
  ASSAY_CHECK(strchr(text, ':'), ASSAY_EARG, "%s", what);
  for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
    const size_t length = strcspn(text + at, ":");
    if (length > 0) ASSAY_TRY(parse_count(number[i], text + at, length, what));
    at += length;
    if (text[at] == '\0') break;
    at++;
  }
  ASSAY_CHECK(text[at] == '\0' && p->first < p->last && p->last <= n && p->step > 0, ASSAY_EARG,
              "%s", what);
done:
  return rc;
}

/* --shard i/n: consecutive cases, sizes that differ by one at most */
static int parse_shard(long *first, long *last, const char *text, long n)
{
  int rc = ASSAY_OK;
  long i = 0, of = 0;
  char what[200];
  const char *slash = strchr(text, '/');
  snprintf(what, sizeof what, "--shard %.60s: expected i/n with 1 <= i <= n <= %ld cases", text, n);
  ASSAY_CHECK(slash, ASSAY_EARG, "%s", what);
  ASSAY_TRY(parse_count(&i, text, (size_t)(slash - text), what));
  ASSAY_TRY(parse_count(&of, slash + 1, strlen(slash + 1), what));
  ASSAY_CHECK(i >= 1 && i <= of && of <= n, ASSAY_EARG, "%s", what);
  *first = (long)((double)n * (double)(i - 1) / (double)of);
  *last = (long)((double)n * (double)i / (double)of);
done:
  return rc;
}

/* NAME.nc in the current folder; of cfdbench/dam-bc: cfdbench-dam-bc.nc. */
static int default_output(char **out, const struct options *o, const struct assay_produce *p)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  if (*o->output) return assay_strdup(out, o->output);
  ASSAY_TRY(assay_recipe_slug(&name, p->recipe));
  if (o->cases && p->step > 1)
    ASSAY_TRY(assay_asprintf(out, "%s.cases-%ld-%ld-%ld.nc", name, p->first, p->last, p->step));
  else if (o->cases)
    ASSAY_TRY(assay_asprintf(out, "%s.cases-%ld-%ld.nc", name, p->first, p->last));
  else if (o->shard)
    ASSAY_TRY(assay_asprintf(out, "%s.shard-%ld-of-%s.nc", name, strtol(o->shard, NULL, 10),
                             strchr(o->shard, '/') + 1));
  else
    ASSAY_TRY(assay_asprintf(out, "%s.nc", name));
done:
  assay_free(name);
  return rc;
}

/* ---- the verb ------------------------------------------------------------------------------- */

static int print_result(const struct assay_produce *p, const struct assay_produce_report *report,
                        FILE *out)
{
  int rc = ASSAY_OK;
  long long size = 0;
  char bytes[32], wall[32], cpu[32], *hash = NULL;
  struct assay_dataset *ds = NULL;
  ASSAY_TRY(assay_dataset_open(&ds, p->path));
  ASSAY_TRY(assay_dataset_text(&hash, ds, "content_sha256"));
  ASSAY_TRY(assay_file_size(&size, p->path));
  fprintf(out, "%s: %ld cases, %s, content %s\n", p->path, assay_produce_count(p),
          assay_text_bytes(bytes, (double)size), hash);
  if (report->complete_before)
    fprintf(out, "it was complete already\n");
  else
    fprintf(out, "made %ld cases (%ld were there) in %s, CPU time %s\n", report->made,
            report->reused, assay_duration_text(wall, report->wall),
            assay_duration_text(cpu, report->cpu));
done:
  assay_free(hash);
  assay_dataset_close(ds);
  return rc;
}

static int generate(const struct assay_produce *p, FILE *out)
{
  int rc = ASSAY_OK;
  char *message = NULL;
  long long room = 0;
  struct assay_produce_report report;
  ASSAY_TRY(assay_dry_run_disk(&room, p));
  const int produced = assay_produce(&report, p);
  if (produced < 0 && (produced != ASSAY_EJOB || report.wall <= 0)) return produced;
  /* the file is there, with or without cases that failed */
  ASSAY_TRY(assay_strdup(&message, assay_err_last()));
  ASSAY_TRY(print_result(p, &report, out));
  if (produced < 0) rc = assay_err_set(produced, __FILE__, __LINE__, "%s", message);
done:
  assay_free(message);
  return rc;
}

/* ---- what it would take --------------------------------------------------------------------- */

static int print_json(json_t *object, FILE *out)
{
  json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  fprintf(out, "\n");
  return ASSAY_OK;
}

/* Rows of several recipes, or of a sample. */
static int print_rows(json_t *list, const struct options *o, FILE *out)
{
  int rc = ASSAY_OK;
  json_t *total = NULL, *all = NULL;
  if (!o->json) return assay_estimate_table(list, o->markdown, out);
  ASSAY_TRY(assay_estimate_total(&total, list));
  all = json_pack("{sO,sO}", "rows", list, "total", total);
  ASSAY_TRY(print_json(all, out));
done:
  json_decref(all);
  json_decref(total);
  return rc;
}

static int dry_run(const struct assay_produce *p, json_t *list, const struct options *o, FILE *out)
{
  int rc = ASSAY_OK;
  json_t *object = NULL;
  if (o->markdown) return print_rows(list, o, out);
  if (o->json) {
    rc = assay_dry_run_json(&object, p);
    if (object) print_json(object, out);
    goto done;
  }
  rc = assay_dry_run_print(p, out);
  if (json_array_size(list) > 1) {
    fprintf(out, "\n");
    ASSAY_TRY(assay_estimate_table(list, false, out));
  }
done:
  json_decref(object);
  return rc;
}

/* ---- one recipe ----------------------------------------------------------------------------- */

static int with_recipe(const struct options *o, const char *name, bool alone, json_t *list,
                       FILE *out)
{
  int rc = ASSAY_OK;
  struct assay_recipe *recipe = NULL;
  char *path = NULL;
  ASSAY_TRY(assay_library_recipe(&recipe, name, &o->set));
  struct assay_produce p = {.recipe = recipe,
                            .last = assay_recipe_cases(recipe),
                            .jobs = o->jobs,
                            .resume = o->resume,
                            .force = o->force,
                            .keep_parts = o->keep_parts,
                            .compression = (enum assay_compression)o->compress,
                            .level = o->level,
                            .progress = stderr};
  if (o->cases) ASSAY_TRY(parse_cases(&p, o->cases, p.last));
  if (o->shard) ASSAY_TRY(parse_shard(&p.first, &p.last, o->shard, p.last));
  ASSAY_TRY(default_output(&path, o, &p));
  p.path = path;
  if (!o->dry_run && o->sample == 0) {
    ASSAY_TRY(generate(&p, out));
    goto done;
  }
  ASSAY_TRY(assay_estimate_rows(list, &p, o->sample));
  if (alone && o->sample == 0) ASSAY_TRY(dry_run(&p, list, o, out));
done:
  assay_free(path);
  assay_recipe_destroy(recipe);
  return rc;
}

/* ---- tables --------------------------------------------------------------------------------- */

/* srsd-feynman-easy (a folder) or srsd-feynman-i.12.1.nc */
static int tables_output(char **out, const struct options *o, const struct assay_tables_job *job)
{
  int rc = ASSAY_OK;
  if (*o->output) return assay_strdup(out, o->output);
  ASSAY_TRY(assay_asprintf(out, "%s%s", assay_table_recipe_head(job->recipe)->name,
                           job->folder ? "" : ".nc"));
  for (char *c = *out; *c; c++)
    if (*c == '/') *c = '-';
done:
  return rc;
}

/* --cases and --shard choose equations; a part of a set is a folder with its own manifest. */
static int choose_tables(struct assay_tables_job *job, const struct options *o)
{
  int rc = ASSAY_OK;
  struct assay_produce range = {.last = assay_table_recipe_count(job->recipe)};
  job->folder = range.last > 1;
  if (o->cases) ASSAY_TRY(parse_cases(&range, o->cases, range.last));
  if (o->shard) ASSAY_TRY(parse_shard(&range.first, &range.last, o->shard, range.last));
  ASSAY_CHECK(range.step <= 1, ASSAY_EUNSUPPORTED,
              "--cases A:B:S: tables are made without steps; select them by ids in a recipe");
  job->first = (int)range.first;
  job->last = (int)range.last;
done:
  return rc;
}

static int with_tables(const struct options *o, const struct assay_table_recipe *recipe, FILE *out)
{
  int rc = ASSAY_OK;
  char *path = NULL, wall[32];
  struct assay_tables_report report;
  struct assay_tables_job job = {.recipe = recipe,
                                 .jobs = o->jobs,
                                 .resume = o->resume,
                                 .force = o->force,
                                 .progress = stderr};
  ASSAY_CHECK(o->compress == 0 && o->sample == 0 && !o->keep_parts && !o->json && !o->markdown,
              ASSAY_EUNSUPPORTED,
              "tables have no --compress, --sample, --keep-parts, --json and --markdown");
  ASSAY_TRY(choose_tables(&job, o));
  ASSAY_TRY(tables_output(&path, o, &job));
  job.path = path;
  if (o->dry_run) {
    ASSAY_TRY(assay_tables_preview(&job, out));
    goto done;
  }
  ASSAY_TRY(assay_tables_produce(&report, &job));
  fprintf(out, "%s: %d table%s made, %d were there, in %s\n", path, report.made,
          report.made == 1 ? "" : "s", report.reused, assay_duration_text(wall, report.wall));
done:
  assay_free(path);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct options *o = options;
  const bool looks = o->dry_run || o->sample > 0;
  json_t *list = json_array();
  struct assay_table_recipe *tables = NULL;
  ASSAY_CHECK(!(o->cases && o->shard), ASSAY_EARG, "--cases and --shard exclude each other");
  ASSAY_CHECK(!(o->dry_run && o->sample > 0), ASSAY_EARG,
              "--dry-run and --sample exclude each other");
  ASSAY_CHECK(looks || !(o->json || o->markdown), ASSAY_EARG,
              "--json and --markdown go with --dry-run or --sample");
  ASSAY_CHECK(looks || n_args == 1, ASSAY_EARG,
              "one recipe at a time; several go with --dry-run or --sample");
  if (n_args == 1) ASSAY_TRY(assay_tables_recipe(&tables, args[0], &o->set));
  if (tables) {
    ASSAY_TRY(with_tables(o, tables, out));
    goto done;
  }
  for (int i = 0; i < n_args; i++) ASSAY_TRY(with_recipe(o, args[i], n_args == 1, list, out));
  if (looks && (n_args > 1 || o->sample > 0)) ASSAY_TRY(print_rows(list, o, out));
done:
  assay_table_recipe_destroy(tables);
  json_decref(list);
  return rc;
}

const struct assay_verb assay_verb_generate = {
    .name = "generate",
    .doc = "make a data set from a recipe",
    .usage = "RECIPE [options]",
    .detail =
        "RECIPE is a name (`assay list recipes`) or a YAML file (docs/recipes.md).\n"
        "The same recipe, seed and generator version give the same data on any number of workers\n"
        "and shards; `assay check` proves it.\n\n"
        "  assay generate cavity-small -j 4\n"
        "  assay generate cavity-re --set lid_velocity=2 -o fast.nc --dry-run\n"
        "  assay generate cavity-re --cases ::20       every 20th case, the same bits "
        "as in the whole set\n"
        "  assay generate cavity-re --shard 3/8        then: assay merge cavity-re.shard-*.nc -o "
        "cavity-re.nc\n"
        "  assay generate srsd/feynman-easy -o easy -j 2     a folder with a table per equation\n"
        "  assay generate srsd/feynman-i.12.1 --set rows=500 --set target_noise=0.01\n"
        "  assay generate cavity-small cavity-re --sample 0.05 -j 1     what they will take, "
        "measured",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = -1,
    .run = run};
