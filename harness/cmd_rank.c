/* assay rank: leaderboards from the results folder. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "harness/selection.h"
#include "harness/verb.h"
#include "results/withdraw.h"

struct rank_options {
  const char *results, *task, *metric, *field, *withdraw, *reason;
  struct assay_list seed;
  int format, resamples, width;
  double level;
  bool rebuild;
};

/* in the order of enum assay_ranking_format */
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(rank_options, results), .doc = "folder with the journal"},
    {ASSAY_P_STRING(rank_options, task), .doc = "only this task"},
    {ASSAY_P_STRING(rank_options, metric), .doc = "rank by this metric, not the primary one"},
    {ASSAY_P_STRING(rank_options, field), .doc = "rank by this field, not the mean of all"},
    {ASSAY_P_CHOICE(rank_options, format, "table", "markdown", "csv", "json"),
     .doc = "what to print"},
    {ASSAY_P_INT(rank_options, resamples), .doc = "bootstrap resamples", .min = 100, .max = 1e6},
    {ASSAY_P_DOUBLE(rank_options, level), .unit = "1", .doc = "coverage of intervals", .min = 0.5,
     .max = 0.999},
    {ASSAY_P_INT(rank_options, width), .doc = "width of tables, 0: that of the terminal", .min = 0,
     .max = 10000},
    {ASSAY_P_BOOL(rank_options, rebuild), .doc = "build the index of the journal anew"},
    {ASSAY_P_STRING(rank_options, withdraw), .doc = "take back the records of this method"},
    {ASSAY_P_STRING(rank_options, reason), .doc = "why they are withdrawn"},
    {ASSAY_P_LIST(rank_options, seed), .doc = "withdraw only these seeds"},
    {0},
};

static const struct rank_options defaults = {.results = "results",
                                             .task = "",
                                             .metric = "",
                                             .field = "",
                                             .withdraw = "",
                                             .reason = "",
                                             .resamples = 4000,
                                             .level = 0.95};

static const char *or_null(const char *text)
{
  return *text ? text : NULL;
}

/* Columns of the terminal, 0 when the output is none. */
static int terminal_width(FILE *out)
{
  struct winsize size;
  if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

static int parse_seeds(int64_t *seeds, const struct assay_list *list)
{
  int rc = ASSAY_OK;
  char *end = NULL;
  for (int i = 0; i < list->n; i++) {
    seeds[i] = strtoll(list->item[i], &end, 10);
    ASSAY_CHECK(*list->item[i] && !*end, ASSAY_EPARSE, "--seed: expected a whole number, got '%s'",
                list->item[i]);
  }
done:
  return rc;
}

static int withdraw(const struct rank_options *o, const struct assay_store_filter *filter,
                    FILE *out)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_store *store = NULL;
  int64_t seeds[ASSAY_LIST_MAX];
  const struct assay_store_filter of_method = {
      .suite = filter->suite, .task = filter->task, .method = o->withdraw};
  ASSAY_CHECK(*o->reason, ASSAY_EARG, "--withdraw needs a --reason");
  ASSAY_TRY(parse_seeds(seeds, &o->seed));
  ASSAY_TRY(assay_store_open(&store, o->results, o->rebuild));
  ASSAY_TRY(assay_withdraw(&n, store, &of_method, seeds, o->seed.n, o->reason));
  fprintf(out, "%d record%s of %s withdrawn\n", n, n == 1 ? "" : "s", o->withdraw);
done:
  assay_store_close(store);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct rank_options *o = options;
  struct assay_selection s = {0};
  const struct assay_store_filter filter = {.suite = n_args > 0 ? args[0] : NULL,
                                            .task = or_null(o->task)};
  const struct assay_ranking_options ranking = {.metric = or_null(o->metric),
                                                .field = or_null(o->field),
                                                .resamples = o->resamples,
                                                .level = o->level};
  if (*o->withdraw) return withdraw(o, &filter, out);
  ASSAY_CHECK(!*o->reason && o->seed.n == 0, ASSAY_EARG,
              "--reason and --seed go with --withdraw only");
  ASSAY_TRY(assay_selection_open(&s, o->results, o->rebuild, &filter, &ranking));
  ASSAY_TRY(assay_ranking_write(s.ranking, (enum assay_ranking_format)o->format,
                                o->width > 0 ? o->width : terminal_width(out), out));
done:
  assay_selection_close(&s);
  return rc;
}

const struct assay_verb assay_verb_rank = {
    .name = "rank",
    .doc = "leaderboards with uncertainty and cost, from the records of finished jobs",
    .usage = "[SUITE] [options]",
    .detail =
        "Per task: place, value of the primary metric with its interval (bootstrap over test "
        "cases),\n"
        "interval of the place, cost, other metrics. Failed methods rank last, with the reason.\n"
        "How it is computed: docs/results.md.\n\n"
        "  assay rank                               everything in ./results\n"
        "  assay rank cavity-demo --format markdown\n"
        "  assay rank --task cavity-forecast --metric nrmse --field u\n"
        "  assay rank --withdraw my-method --reason 'trained on test cases'",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .max_args = 1,
    .run = run,
};
