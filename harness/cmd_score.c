/* Score any prediction file against a data set or a file of truths. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/json.h"
#include "datasets/prediction.h"
#include "harness/library.h"
#include "harness/scoring.h"
#include "harness/scoring_json.h"
#include "harness/verb.h"

struct options {
  const char *truth, *task;
  struct assay_list metrics;
  bool json;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(OPTIONS, truth),
     .doc = "data set, or file of truths laid out like the "
            "prediction",
     .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(OPTIONS, task), .doc = "the prediction answers this task: compare the test "
                                           "cases it asks for"},
    {ASSAY_P_LIST(OPTIONS, metrics), .doc = "names, with commas (default: those of the task, or "
                                            "all)"},
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "as JSON, with the values of every case and lead"},
    {0}};
static const struct options defaults = {.task = ""};

struct call {
  const struct options *o;
  struct assay_config *config;
  struct assay_task task;
  struct assay_dataset *truth, *prediction;
  struct assay_cut *cut;
  struct assay_scores *scores;
  bool *good;
};

/* Without a task: all fields that both files have, all cases, all frames. */
static int whole_file(struct call *c, const char *prediction)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *t = assay_dataset_info(c->truth);
  struct assay_dataset *p = NULL;
  ASSAY_TRY(assay_prediction_open(&p, prediction));
  c->task = assay_task_defaults;
  c->task.name = "";
  c->task.kind = ASSAY_TASK_OPERATOR;
  for (int f = 0; f < t->n_fields && c->task.fields.n < ASSAY_LIST_MAX; f++)
    if (t->fields[f].kind == ASSAY_FIELD_FRAME && assay_dataset_field(p, t->fields[f].name) >= 0)
      c->task.fields.item[c->task.fields.n++] = t->fields[f].name;
  ASSAY_CHECK(c->task.fields.n > 0, ASSAY_EARG, "%s and %s have no field in common", prediction,
              t->path);
  ASSAY_TRY(assay_cut_whole(&c->cut, c->truth, &c->task));
done:
  assay_dataset_close(p);
  return rc;
}

static int open_cut(struct call *c, const char *prediction)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_prediction_open(&c->truth, c->o->truth));
  if (*c->o->task) {
    ASSAY_TRY(assay_library_task(&c->task, &c->config, c->o->task));
    ASSAY_TRY(assay_cut_create(&c->cut, c->truth, &c->task));
  } else {
    ASSAY_TRY(whole_file(c, prediction));
  }
done:
  return rc;
}

static void all_metrics(struct assay_list *list)
{
  list->n = 0;
  for (int i = 0; assay_metrics[i] && i < ASSAY_LIST_MAX; i++)
    if (assay_metrics[i]->eval) list->item[list->n++] = assay_metrics[i]->name;
}

static void print_scores(const struct call *c, FILE *out)
{
  char value[32], floor[32];
  fprintf(out, "%-18s %-12s %12s  %12s  %s\n", "metric", "field", "value", "truth's own", "unit");
  for (int i = 0; i < c->scores->n; i++) {
    const struct assay_score *s = &c->scores->score[i];
    const double mean = assay_score_mean(c->scores, s);
    snprintf(value, sizeof value, "%.6g", mean);
    snprintf(floor, sizeof floor, "%.6g", s->floor);
    fprintf(out, "%-18s %-12s %12s  %12s  %s\n", s->metric->name,
            s->field < 0 ? "all" : c->task.fields.item[s->field], isnan(mean) ? "-" : value,
            isnan(s->floor) ? "-" : floor, s->unit);
  }
  fprintf(out, "%ld case%s, %d time%s\n", c->scores->n_cases, c->scores->n_cases == 1 ? "" : "s",
          c->scores->n_leads, c->scores->n_leads == 1 ? "" : "s");
}

static int print_json(const struct call *c, FILE *out)
{
  int rc = ASSAY_OK;
  json_t *json = NULL;
  ASSAY_TRY(assay_scores_json(&json, c->scores, &c->task.fields));
  json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  fprintf(out, "\n");
done:
  json_decref(json);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  struct call c = {.o = options};
  struct assay_list metrics = c.o->metrics;
  struct assay_flaw flaw;
  char *names = NULL;
  (void)n_args;
  ASSAY_TRY(assay_options_split(&metrics, &names));
  ASSAY_TRY(open_cut(&c, args[0]));
  if (metrics.n == 0) metrics = c.task.metrics;
  if (metrics.n == 0) all_metrics(&metrics);
  ASSAY_TRY(ASSAY_NEW(&c.good, (size_t)c.cut->n_test, "scores"));
  ASSAY_TRY(assay_validate(&flaw, &c.prediction, c.good, c.cut, args[0]));
  ASSAY_CHECK(!flaw.kind, ASSAY_EJOB, "%s: %s", args[0], flaw.text);
  ASSAY_TRY(assay_scores_create(&c.scores, c.cut, c.prediction, &metrics, NULL));
  ASSAY_CHECK(!c.scores->problem[0], ASSAY_EJOB, "%s: %s", args[0], c.scores->problem);
  if (c.o->json)
    ASSAY_TRY(print_json(&c, out));
  else
    print_scores(&c, out);
done:
  assay_scores_destroy(c.scores);
  assay_free(names);
  assay_free(c.good);
  assay_dataset_close(c.prediction);
  assay_cut_destroy(c.cut);
  assay_dataset_close(c.truth);
  assay_config_destroy(c.config);
  return rc;
}

const struct assay_verb assay_verb_score = {
    .name = "score",
    .doc = "score a prediction file against the truth",
    .usage = "PREDICTION --truth FILE [--task T] [--metrics a,b] [--json]",
    .detail =
        "With --task, FILE is the data set of the task, and the prediction answers its inputs.\n"
        "Without, both files have the same cases and times. A prediction that is not finite or "
        "has\n"
        "another shape is refused (exit code 2).",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
