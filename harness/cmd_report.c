/* assay report: a static site from the results folder. */
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "harness/report_artist.h"
#include "harness/selection.h"
#include "harness/verb.h"
#include "results/report/report.h"

struct report_options {
  const char *output, *results, *task, *metric, *field, *title;
  int resamples;
  double level;
  bool pictures, rebuild;
};

static const struct assay_param rows[] = {
    {ASSAY_P_STRING(report_options, output), .doc = "folder of the site", .letter = 'o',
     .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(report_options, results), .doc = "folder with the journal"},
    {ASSAY_P_STRING(report_options, task), .doc = "only this task"},
    {ASSAY_P_STRING(report_options, metric), .doc = "rank by this metric, not the primary one"},
    {ASSAY_P_STRING(report_options, field), .doc = "rank by this field, not the mean of all"},
    {ASSAY_P_STRING(report_options, title), .doc = "title of the site; empty: the suite"},
    {ASSAY_P_INT(report_options, resamples), .doc = "bootstrap resamples", .min = 100, .max = 1e6},
    {ASSAY_P_DOUBLE(report_options, level), .unit = "1", .doc = "coverage of intervals", .min = 0.5,
     .max = 0.999},
    {ASSAY_P_BOOL(report_options, pictures), .doc = "draw truth, prediction and error"},
    {ASSAY_P_BOOL(report_options, rebuild), .doc = "build the index of the journal anew"},
    {0},
};

static const struct report_options defaults = {.output = "",
                                               .results = "results",
                                               .task = "",
                                               .metric = "",
                                               .field = "",
                                               .title = "",
                                               .resamples = 4000,
                                               .level = 0.95,
                                               .pictures = true};

static const char *or_null(const char *text)
{
  return *text ? text : NULL;
}

/* The command that makes the same pages, without options that are defaults. */
static int repeat_command(char **out, const struct report_options *o, const char *suite)
{
  int rc = ASSAY_OK;
  const struct {
    const char *flag, *value, *fallback;
  } options[] = {{"--results", o->results, defaults.results},
                 {"--task", o->task, ""},
                 {"--metric", o->metric, ""},
                 {"--field", o->field, ""}};
  ASSAY_TRY(assay_asprintf(out, "assay report%s%s", suite ? " " : "", suite ? suite : ""));
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    char *longer = NULL;
    if (strcmp(options[i].value, options[i].fallback) == 0) continue;
    ASSAY_TRY(assay_asprintf(&longer, "%s %s %s", *out, options[i].flag, options[i].value));
    assay_free(*out);
    *out = longer;
  }
  char *whole = NULL;
  ASSAY_TRY(assay_asprintf(&whole, "%s -o %s", *out, o->output));
  assay_free(*out);
  *out = whole;
done:
  return rc;
}

static const char *title_of(const struct report_options *o, const struct assay_selection *s,
                            const char *suite)
{
  const char *const *suites = assay_store_suites(s->store);
  if (*o->title) return o->title;
  if (suite) return suite;
  return suites[0] && !suites[1] ? suites[0] : "Results";
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct report_options *o = options;
  const char *suite = n_args > 0 ? args[0] : NULL;
  struct assay_selection s = {0};
  struct assay_report_artist artist = {0};
  char *repeat = NULL;
  const struct assay_store_filter filter = {.suite = suite, .task = or_null(o->task)};
  const struct assay_ranking_options ranking = {.metric = or_null(o->metric),
                                                .field = or_null(o->field),
                                                .resamples = o->resamples,
                                                .level = o->level};
  ASSAY_TRY(assay_selection_open(&s, o->results, o->rebuild, &filter, &ranking));
  ASSAY_TRY(repeat_command(&repeat, o, suite));
  if (o->pictures) ASSAY_TRY(assay_artist_create(&artist, o->results));
  const struct assay_report_options report = {
      .title = title_of(o, &s, suite), .repeat = repeat, .artist = o->pictures ? &artist : NULL};
  ASSAY_TRY(assay_report_write(o->output, s.ranking, &report));
  const size_t length = strlen(o->output);
  fprintf(out, "%s%sindex.html\n", o->output, o->output[length - 1] == '/' ? "" : "/");
done:
  assay_artist_destroy(&artist);
  assay_free(repeat);
  assay_selection_close(&s);
  return rc;
}

const struct assay_verb assay_verb_report = {
    .name = "report",
    .doc = "a static site: leaderboards, plots, pictures, commands that repeat each row",
    .usage = "[SUITE] -o SITE [options]",
    .detail = "Works from file:// without network. Pictures need the predictions that `assay run` "
              "kept.\nHow the numbers are computed: docs/results.md.\n\n"
              "  assay report -o site\n"
              "  assay report cavity-demo --results results -o site",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .max_args = 1,
    .run = run,
};
