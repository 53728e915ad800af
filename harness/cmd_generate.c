#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/library.h"
#include "harness/produce.h"
#include "harness/verb.h"

struct options {
  const char *output, *cases, *shard;
  int jobs, compress, level;
  struct assay_list set;
  bool resume, force, keep_parts, dry_run;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(OPTIONS, output), .letter = 'o',
     .doc = "file to write; RECIPE.nc if absent, its slash as -"},
    {ASSAY_P_INT(OPTIONS, jobs), .letter = 'j', .doc = "worker processes, 0: one per processor",
     .min = 0, .max = 4096},
    {ASSAY_P_LIST(OPTIONS, set), .doc = "key=value: seed, precision, certificate or a parameter"},
    {ASSAY_P_STRING(OPTIONS, cases), .doc = "only cases A:B (B not included)"},
    {ASSAY_P_STRING(OPTIONS, shard), .doc = "only part i/n of the cases, i from 1 to n"},
    {ASSAY_P_BOOL(OPTIONS, resume), .doc = "go on with an interrupted run"},
    {ASSAY_P_BOOL(OPTIONS, force), .doc = "replace the file and drop parts of earlier runs"},
    {ASSAY_P_BOOL(OPTIONS, dry_run), .letter = 'n', .doc = "show what would be made, and stop"},
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

/* --cases A:B, A: or :B */
static int parse_cases(long *first, long *last, const char *text, long n)
{
  int rc = ASSAY_OK;
  char what[200];
  const char *colon = strchr(text, ':');
  snprintf(what, sizeof what, "--cases %.60s: expected A:B with 0 <= A < B <= %ld", text, n);
  ASSAY_CHECK(colon, ASSAY_EARG, "%s", what);
  if (colon > text) ASSAY_TRY(parse_count(first, text, (size_t)(colon - text), what));
  if (colon[1]) ASSAY_TRY(parse_count(last, colon + 1, strlen(colon + 1), what));
  ASSAY_CHECK(*first < *last && *last <= n, ASSAY_EARG, "%s", what);
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
  if (o->cases)
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

/* ---- dry run -------------------------------------------------------------------------------- */

static double predicted_seconds(const struct assay_produce *p)
{
  double sum = 0, largest = 0;
  for (long id = p->first; id < p->last; id++) {
    const double cost = assay_recipe_cost(p->recipe, id);
    sum += cost;
    largest = cost > largest ? cost : largest;
  }
  const double even = sum / assay_produce_jobs(p->jobs);
  return even > largest ? even : largest;
}

/* Parameters and groups that differ between cases, of the first few cases. */
static int print_table(const struct assay_produce *p, FILE *out)
{
  int rc = ASSAY_OK;
  enum { SHOWN = 5 };
  const struct assay_layout *l = assay_recipe_layout(p->recipe);
  const size_t n = (size_t)l->n_params;
  double *first = NULL;
  bool *differs = NULL;
  ASSAY_TRY(ASSAY_NEW(&first, 2 * n, "table"));
  ASSAY_TRY(ASSAY_NEW(&differs, n, "table"));
  double *now = first + n;
  ASSAY_TRY(assay_recipe_values(first, p->recipe, p->first));
  for (long id = p->first; id < p->last; id++) {
    ASSAY_TRY(assay_recipe_values(now, p->recipe, id));
    for (size_t q = 0; q < n; q++) differs[q] = differs[q] || now[q] != first[q];
  }
  fprintf(out, "%8s", "case");
  for (size_t q = 0; q < n; q++)
    if (differs[q]) fprintf(out, "  %14s", l->params[q].name);
  for (long id = p->first; id < p->last && id < p->first + SHOWN; id++) {
    ASSAY_TRY(assay_recipe_values(now, p->recipe, id));
    fprintf(out, "\n%8ld", id);
    for (size_t q = 0; q < n; q++)
      if (differs[q] && l->params[q].choices)
        fprintf(out, "  %14s", l->params[q].choices[(int)now[q]]);
      else if (differs[q])
        fprintf(out, "  %14.6g", now[q]);
  }
  fprintf(out, "%s\n", p->last > p->first + SHOWN ? "\n     ..." : "");
done:
  assay_free(first);
  assay_free(differs);
  return rc;
}

static void print_shape(const struct assay_layout *l, FILE *out)
{
  fprintf(out, "each      %d frames of", l->n_times > 0 ? l->n_times : 1);
  for (int a = 0; a < l->n_axes; a++)
    fprintf(out, "%s %s = %d", a ? "," : "", l->axis[a].name, l->axis[a].n);
  fprintf(out, ":");
  for (int f = 0; f < l->n_fields; f++)
    fprintf(out, " %s [%s]%s", l->fields[f].name, l->fields[f].unit,
            f + 1 < l->n_fields ? "," : "");
  fprintf(out, ", %s\n", l->dtype == ASSAY_F32 ? "float32" : "float64");
}

static int folder_of(char **out, const char *path)
{
  int rc = ASSAY_OK;
  char *copy = NULL;
  ASSAY_TRY(assay_strdup(&copy, path));
  ASSAY_TRY(assay_strdup(out, dirname(copy)));
done:
  assay_free(copy);
  return rc;
}

static int check_disk(const struct assay_produce *p, long long *room)
{
  int rc = ASSAY_OK;
  char *folder = NULL, need[32], have[32];
  ASSAY_TRY(folder_of(&folder, p->path));
  ASSAY_TRY(assay_disk_free(room, folder));
  const long long bytes = assay_produce_bytes(p);
  ASSAY_CHECK(bytes <= *room, ASSAY_EENV,
              "%s: not enough room on disk: up to %s are needed (parts and file), %s are free",
              p->path, assay_text_bytes(need, (double)bytes),
              assay_text_bytes(have, (double)*room));
done:
  assay_free(folder);
  return rc;
}

static int dry_run(const struct assay_produce *p, FILE *out)
{
  int rc = ASSAY_OK;
  long long room = 0;
  char text[32], more[32];
  const struct assay_recipe_head *h = assay_recipe_head(p->recipe);
  const struct assay_layout *l = assay_recipe_layout(p->recipe);
  const double bytes = (double)(p->last - p->first) * (double)assay_recipe_case_bytes(p->recipe);
  fprintf(out, "recipe    %s: %s\n", h->name, h->title);
  fprintf(out, "made by   generator %s, version %d, seed %llu\n", h->generator,
          h->generator_version, (unsigned long long)h->seed);
  fprintf(out, "cases     %ld (%ld to %ld of %ld)\n", p->last - p->first, p->first, p->last - 1,
          assay_recipe_cases(p->recipe));
  print_shape(l, out);
  ASSAY_TRY(print_table(p, out));
  if (assay_recipe_generator(p->recipe)->cost)
    fprintf(out, "time      about %s with %d worker%s\n",
            assay_duration_text(text, predicted_seconds(p)), assay_produce_jobs(p->jobs),
            assay_produce_jobs(p->jobs) == 1 ? "" : "s");
  fprintf(out, "file      %s, %s uncompressed\n", p->path, assay_text_bytes(text, bytes));
  rc = check_disk(p, &room);
  if (room > 0)
    fprintf(out, "disk      %s needed while it runs, %s free\n",
            assay_text_bytes(text, (double)assay_produce_bytes(p)),
            assay_text_bytes(more, (double)room));
done:
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
  fprintf(out, "%s: %ld cases, %s, content %s\n", p->path, p->last - p->first,
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

static int generate(const struct options *o, struct assay_produce *p, FILE *out)
{
  int rc = ASSAY_OK;
  char *message = NULL;
  long long room = 0;
  struct assay_produce_report report;
  if (o->dry_run) return dry_run(p, out);
  ASSAY_TRY(check_disk(p, &room));
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

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct options *o = options;
  struct assay_recipe *recipe = NULL;
  char *path = NULL;
  (void)n_args;
  ASSAY_TRY(assay_library_recipe(&recipe, args[0], &o->set));
  struct assay_produce p = {.recipe = recipe,
                            .last = assay_recipe_cases(recipe),
                            .jobs = o->jobs,
                            .resume = o->resume,
                            .force = o->force,
                            .keep_parts = o->keep_parts,
                            .compression = (enum assay_compression)o->compress,
                            .level = o->level,
                            .progress = stderr};
  ASSAY_CHECK(!(o->cases && o->shard), ASSAY_EARG, "--cases and --shard exclude each other");
  if (o->cases) ASSAY_TRY(parse_cases(&p.first, &p.last, o->cases, p.last));
  if (o->shard) ASSAY_TRY(parse_shard(&p.first, &p.last, o->shard, p.last));
  ASSAY_TRY(default_output(&path, o, &p));
  p.path = path;
  ASSAY_TRY(generate(o, &p, out));
done:
  assay_free(path);
  assay_recipe_destroy(recipe);
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
        "  assay generate cavity-re --shard 3/8        then: assay merge cavity-re.shard-*.nc -o "
        "cavity-re.nc",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run};
