/* Two data sets beside each other. */
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/prediction.h"
#include "harness/diff.h"
#include "harness/verb.h"

struct options {
  struct assay_list field, match;
  const char *where;
  int frames;
  bool subsets, json, markdown;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_LIST(OPTIONS, field), .doc = "only these, with commas (default: all that both have)"},
    {ASSAY_P_LIST(OPTIONS, match),
     .doc = "pair cases by these parameters instead of their ids; 'parameters': by all that vary"},
    {ASSAY_P_STRING(OPTIONS, where),
     .doc = "weigh cells by this field of A: volume_fraction compares the water alone"},
    {ASSAY_P_INT(OPTIONS, frames), .doc = "also the differences in so many frames, spread evenly",
     .min = 0, .max = 10000},
    {ASSAY_P_BOOL(OPTIONS, subsets), .doc = "also rows for every subset of A"},
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "print everything as JSON, with the values of every case"},
    {ASSAY_P_BOOL(OPTIONS, markdown), .doc = "print only the tables, as Markdown"},
    {0}};
static const struct options defaults = {.where = ""};

static void show_progress(void *user, long done, long n_pairs)
{
  (void)n_pairs;
  struct assay_progress *bar = user;
  assay_progress_add(bar, (double)done - bar->done, NULL);
}

static int compare(struct assay_diff **out, const struct assay_dataset *a,
                   const struct assay_dataset *b, const struct options *o)
{
  int rc = ASSAY_OK;
  struct assay_progress bar;
  struct assay_diff_options options = {.fields = o->field,
                                       .match = o->match,
                                       .where = o->where,
                                       .progress = show_progress,
                                       .user = &bar};
  char *fields = NULL, *match = NULL;
  ASSAY_TRY(assay_options_split(&options.fields, &fields));
  ASSAY_TRY(assay_options_split(&options.match, &match));
  assay_progress_start(&bar, "diff", (double)assay_dataset_info(a)->n_cases, stderr);
  rc = assay_diff_create(out, a, b, &options);
  assay_progress_finish(&bar);
done:
  assay_free(fields);
  assay_free(match);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct options *o = options;
  struct assay_dataset *a = NULL, *b = NULL;
  struct assay_diff *diff = NULL;
  json_t *json = NULL;
  (void)n_args;
  ASSAY_CHECK(!(o->json && o->markdown), ASSAY_EARG, "--json and --markdown exclude each other");
  ASSAY_TRY(assay_prediction_open(&a, args[0]));
  ASSAY_TRY(assay_prediction_open(&b, args[1]));
  ASSAY_TRY(compare(&diff, a, b, o));
  ASSAY_TRY(assay_diff_json(&json, diff, o->frames, o->subsets));
  if (o->json) {
    json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    fprintf(out, "\n");
  } else {
    ASSAY_TRY(assay_diff_print(json, o->markdown, out));
  }
done:
  json_decref(json);
  assay_diff_destroy(diff);
  assay_dataset_close(a);
  assay_dataset_close(b);
  return rc;
}

const struct assay_verb assay_verb_diff = {
    .name = "diff",
    .doc = "how far two data sets differ, case by case and field by field",
    .usage = "A B [options]",
    .detail =
        "A and B are data sets or manifests with the same grid: two settings of a solver, two\n"
        "versions or precisions, a file of somebody else. Cases are paired by id, frames by time.\n"
        "For every field: the relative L2 difference from A over the cells and frames of a case\n"
        "(median, 90 % and largest over the cases), the worst single frame and where it is, and\n"
        "the difference of the means over time. Frames that repeat a steady state count once;\n"
        "components of the velocity are measured by its magnitude (docs/diff.md).\n"
        "Exit code 0: compared, whatever came of it; 1: the files cannot be compared.\n\n"
        "  assay generate cfdbench/dam --cases ::20 -o a.nc\n"
        "  assay generate cfdbench/dam --cases ::20 --set pressure=converged -o b.nc\n"
        "  assay diff a.nc b.nc --frames 8",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
