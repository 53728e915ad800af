/* assay export: a data set in a layout that others read. */
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "datasets/exporters/exporter.h"
#include "harness/verb.h"

struct export_options {
  const char *as, *output;
  bool force;
};
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(export_options, as), .doc = "which layout: `assay list exporters`",
     .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(export_options, output), .letter = 'o', .doc = "folder to write into",
     .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_BOOL(export_options, force), .doc = "replace what is there"},
    {0}};
static const struct export_options defaults = {.as = "", .output = ""};

static void show_progress(void *user, long done, long n)
{
  struct assay_progress *bar = user;
  bar->total = (double)n;
  assay_progress_add(bar, (double)done - bar->done, NULL);
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct export_options *o = options;
  const struct assay_exporter *exporter = NULL;
  struct assay_progress bar;
  struct assay_dataset *ds = NULL;
  struct assay_table_set *tables = NULL;
  (void)n_args;
  ASSAY_TRY(assay_exporter_find(&exporter, o->as));
  if (assay_table_set_is(args[0]))
    ASSAY_TRY(assay_table_set_open(&tables, args[0]));
  else
    ASSAY_TRY(assay_dataset_open(&ds, args[0]));
  const long n = tables ? tables->n : assay_dataset_info(ds)->n_cases;
  const struct assay_export job = {.ds = ds,
                                   .tables = tables,
                                   .target = o->output,
                                   .force = o->force,
                                   .progress = show_progress,
                                   .user = &bar};
  assay_progress_start(&bar, "export", (double)n, stderr);
  rc = assay_export_run(exporter, &job);
  assay_progress_finish(&bar);
  ASSAY_TRY(rc);
  fprintf(out, "%s: %ld %s of %s, as %s\n", o->output, n, tables ? "tables" : "cases", args[0],
          exporter->name);
done:
  assay_table_set_close(tables);
  assay_dataset_close(ds);
  return rc;
}

const struct assay_verb assay_verb_export = {
    .name = "export",
    .doc = "write a data set in a layout that others read",
    .usage = "FILE --as NAME -o FOLDER",
    .detail = "FILE is a data set, a manifest of shards, or a folder of tables. Several sets of "
              "CFDBench go into one tree:\n"
              "  assay export cfdbench-dam-bc.nc --as cfdbench -o data\n"
              "  assay export cfdbench-dam-geo.nc --as cfdbench -o data\n"
              "  assay export easy --as srsd -o data       a folder of tables",
    .options = rows,
    .options_size = sizeof(struct export_options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run};
