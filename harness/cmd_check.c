/* assay check: prints the reports of datasets/check.h and the summary of datasets/summary.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "datasets/check.h"
#include "harness/check_tables.h"
#include "harness/journal.h"
#include "harness/produce.h"
#include "harness/tables.h"
#include "harness/verb.h"

struct check_options {
  int regenerate;
  uint64_t seed;
  bool json, markdown;
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(check_options, regenerate), .doc = "make so many cases again and compare bits",
     .min = 0, .max = 1e9},
    {ASSAY_P_U64(check_options, seed), .doc = "which cases these are; 0: other ones each time"},
    {ASSAY_P_BOOL(check_options, json), .doc = "print reports and summary as JSON"},
    {ASSAY_P_BOOL(check_options, markdown), .doc = "print only the summary, as Markdown"},
    {0}};
static const struct check_options defaults = {0};

static void show_progress(void *user, long done, long n_cases)
{
  (void)n_cases;
  struct assay_progress *bar = user;
  assay_progress_add(bar, (double)done - bar->done, NULL);
}

static void print_schemes(const json_t *report, const char *key, const char *head, FILE *out)
{
  json_t *counts = json_object_get(report, key);
  if (json_object_size(counts) == 0) return;
  fprintf(out, "%s: ", head);
  assay_check_counts(counts, out);
  fprintf(out, " of %ld cases\n", assay_json_get_whole(report, "cases"));
}

static void print_certificate(const json_t *report, FILE *out)
{
  size_t i;
  json_t *row;
  const json_t *list = json_object_get(report, "certificate");
  fprintf(out, "\nerror estimates: ");
  assay_check_counts(json_object_get(report, "estimates"), out);
  fprintf(out, "; %ld of %ld cases resolved\n", assay_json_get_whole(report, "resolved"),
          assay_json_get_whole(report, "cases"));
  print_schemes(report, "convection_scheme", "convection scheme", out);
  print_schemes(report, "viscous_scheme", "viscous scheme", out);
  fprintf(out, "%-22s %-5s %6s %11s %11s %11s  %s\n", "certificate", "unit", "cases", "min",
          "median", "max", "worst case");
  json_array_foreach(list, i, row)
      fprintf(out, "%-22s %-5s %6ld %11.4g %11.4g %11.4g  %ld\n", assay_json_get_text(row, "row"),
              assay_json_get_text(row, "unit"), assay_json_get_whole(row, "cases"),
              assay_json_get_number(row, "min"), assay_json_get_number(row, "median"),
              assay_json_get_number(row, "max"), assay_json_get_whole(row, "worst"));
}

static void print_splits(const json_t *report, FILE *out)
{
  size_t i;
  json_t *split;
  const json_t *list = json_object_get(report, "splits");
  if (json_array_size(list) > 0)
    fprintf(out, "\n%-22s %6s %11s %6s %7s\n", "split", "train", "validation", "test", "unused");
  json_array_foreach(list, i, split)
      fprintf(out, "%-22s %6ld %11ld %6ld %7ld\n", assay_json_get_text(split, "name"),
              assay_json_get_whole(split, "train"), assay_json_get_whole(split, "validation"),
              assay_json_get_whole(split, "test"), assay_json_get_whole(split, "unused"));
}

static void print_diverged(const json_t *report, FILE *out)
{
  size_t i;
  json_t *item;
  const json_t *list = json_object_get(report, "diverged");
  if (json_array_size(list) > 0) fprintf(out, "\n%zu cases diverged:\n", json_array_size(list));
  json_array_foreach(list, i, item)
      fprintf(out, "  case %ld after %ld frames: %s\n", assay_json_get_whole(item, "case"),
              assay_json_get_whole(item, "frames"), assay_json_get_text(item, "reason"));
}

static void print_regenerated(const json_t *report, FILE *out)
{
  size_t i;
  json_t *id;
  const json_t *list = json_object_get(report, "regenerated");
  if (json_array_size(list) == 0) return;
  fprintf(out, "\nmade again:");
  json_array_foreach(list, i, id) fprintf(out, " %lld", (long long)json_integer_value(id));
  fprintf(out, "\n");
}

static void print_texts(const json_t *report, const char *key, const char *head, FILE *out)
{
  size_t i;
  json_t *item;
  const json_t *list = json_object_get(report, key);
  if (json_array_size(list) > 0) fprintf(out, "\n%s:\n", head);
  json_array_foreach(list, i, item) fprintf(out, "  %s\n", json_string_value(item));
}

static void print_report(const json_t *report, FILE *out)
{
  fprintf(out, "%s: %ld cases, content %s\n", assay_json_get_text(report, "file"),
          assay_json_get_whole(report, "cases"), assay_json_get_text(report, "content_sha256"));
  print_certificate(report, out);
  print_splits(report, out);
  print_diverged(report, out);
  print_regenerated(report, out);
  print_texts(report, "notices", "worth knowing", out);
  print_texts(report, "problems", "problems", out);
  if (json_is_true(json_object_get(report, "ok")))
    fprintf(out, "\nok: structure, finiteness, hashes and splits%s\n",
            json_array_size(json_object_get(report, "regenerated")) ? "; the same bits again" : "");
}

/* ---- several files -------------------------------------------------------------------------- */

/* One line per file, and what is not as it should be. */
static void print_short(const json_t *report, FILE *out)
{
  const bool ok = json_is_true(json_object_get(report, "ok"));
  fprintf(out, "%s: %ld cases, %s, content %s\n", assay_json_get_text(report, "file"),
          assay_json_get_whole(report, "cases"), ok ? "ok" : "not ok",
          assay_json_get_text(report, "content_sha256"));
  print_diverged(report, out);
  print_texts(report, "notices", "worth knowing", out);
  print_texts(report, "problems", "problems", out);
}

struct costs {
  struct assay_summary *summary;
  int file;
};

static void enter_cost(void *user, long id, const struct assay_journal_cost *cost)
{
  const struct costs *c = user;
  assay_summary_cost(c->summary, c->file, id, cost->cpu_seconds);
}

/* From the journals beside the file, or beside the shards of a manifest. */
static int read_costs(struct assay_summary *summary, int file, const char *path)
{
  int rc = ASSAY_OK;
  char *journal = NULL;
  struct assay_dataset *ds = NULL;
  struct costs costs = {summary, file};
  const char *part;
  ASSAY_TRY(assay_dataset_open(&ds, path));
  for (int i = 0; (part = assay_dataset_file_path(ds, i)); i++) {
    ASSAY_TRY(assay_produce_name(&journal, part, ".journal.jsonl"));
    ASSAY_TRY(assay_journal_costs(journal, &costs, enter_cost));
    assay_free(journal);
    journal = NULL;
  }
done:
  assay_free(journal);
  assay_dataset_close(ds);
  return rc;
}

static int check_file(json_t **report, struct assay_summary *summary, int file, const char *path,
                      const struct check_options *o)
{
  int rc = ASSAY_OK;
  struct assay_progress bar;
  const uint64_t now = (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
  const struct assay_check check = {.regenerate = o->regenerate,
                                    .seed = o->seed ? o->seed : now,
                                    .find = assay_generator_find,
                                    .progress = show_progress,
                                    .user = &bar,
                                    .summary = summary};
  assay_progress_start(&bar, "check", 0, stderr);
  rc = assay_check_file(report, path, &check);
  assay_progress_finish(&bar);
  ASSAY_TRY(rc);
  ASSAY_TRY(read_costs(summary, file, path));
done:
  return rc;
}

/* Of one file the report itself with the summary in it, of several {files, summary}. */
static void print_json(const json_t *reports, const json_t *summary, FILE *out)
{
  json_t *all = json_array_size(reports) == 1 ? json_copy(json_array_get(reports, 0))
                                              : json_pack("{sO}", "files", reports);
  json_object_set(all, "summary", (json_t *)(uintptr_t)summary);
  json_dumpf(all, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  fprintf(out, "\n");
  json_decref(all);
}

static int print_all(const json_t *reports, const json_t *summary, const struct check_options *o,
                     FILE *out)
{
  int rc = ASSAY_OK;
  const size_t n = json_array_size(reports);
  if (o->json) {
    print_json(reports, summary, out);
    goto done;
  }
  for (size_t i = 0; i < n && !o->markdown; i++)
    (n == 1 ? print_report : print_short)(json_array_get(reports, i), out);
  if (n > 1 || o->markdown || json_array_size(json_object_get(summary, "rows")) > 1) {
    if (!o->markdown) fprintf(out, "\n");
    ASSAY_TRY(assay_check_tables(summary, o->markdown, out));
  }
done:
  return rc;
}

/* Tables for symbolic regression: a page per file or folder. */
static int check_tables(const struct check_options *o, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK, problems = 0;
  for (int i = 0; i < n_args; i++) {
    int found = 0;
    ASSAY_CHECK(assay_table_set_is(args[i]), ASSAY_EARG,
                "%s holds no tables; check tables and other data sets by themselves", args[i]);
    ASSAY_TRY(assay_tables_check(&found, args[i], o->regenerate, o->json, out));
    problems += found;
  }
  ASSAY_CHECK(problems == 0, ASSAY_ECORRUPT, "%s: %d problem%s", args[0], problems,
              problems == 1 ? "" : "s");
done:
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct check_options *o = options;
  if (assay_table_set_is(args[0])) return check_tables(o, n_args, args, out);
  struct assay_summary *summary = NULL;
  json_t *reports = json_array(), *report = NULL, *table = NULL;
  size_t problems = 0;
  const char *where = args[0];
  ASSAY_TRY(assay_summary_create(&summary));
  for (int i = 0; i < n_args; i++) {
    ASSAY_TRY(check_file(&report, summary, i, args[i], o));
    const size_t found = json_array_size(json_object_get(report, "problems"));
    if (problems == 0 && found > 0) where = args[i];
    problems += found;
    json_array_append_new(reports, report);
  }
  ASSAY_TRY(assay_summary_json(&table, summary));
  ASSAY_TRY(print_all(reports, table, o, out));
  ASSAY_CHECK(problems == 0, ASSAY_ECORRUPT, "%s: %zu problem%s%s", where, problems,
              problems == 1 ? "" : "s", n_args > 1 ? " in all" : "");
done:
  json_decref(reports);
  json_decref(table);
  assay_summary_destroy(summary);
  return rc;
}

const struct assay_verb assay_verb_check = {
    .name = "check",
    .doc = "verify data sets: structure, finiteness, hashes, splits, certificates",
    .usage = "FILE... [--regenerate K]",
    .detail = "FILE is a data set, a manifest of shards, or a folder of tables. With --regenerate "
              "K, K cases drawn at\n"
              "random are made again from the recipe in the file and compared bit by bit.\n"
              "Several files (or subsets) get a table of all their cases: unique frames, error\n"
              "estimates, certificates, cost; --markdown prints it alone.\n"
              "Exit code 0: all is well (cases that diverged are listed, but no problem);\n"
              "1: a file is not what it says it is.",
    .options = rows,
    .options_size = sizeof(struct check_options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = -1,
    .run = run};
