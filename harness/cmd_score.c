/* Score any prediction file against a data set or a file of truths. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/json.h"
#include "datasets/prediction.h"
#include "harness/library.h"
#include "harness/score_set.h"
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

/* ---- equations ------------------------------------------------------------------------------ */

/* Split and metrics: of the task, or the split of the original data and all of equations. */
static int equation_task(struct call *c, const struct assay_list *metrics)
{
  int rc = ASSAY_OK;
  c->task = assay_task_defaults;
  c->task.name = "";
  c->task.kind = ASSAY_TASK_REGRESSION;
  c->task.split = "position";
  if (*c->o->task) ASSAY_TRY(assay_library_task(&c->task, &c->config, c->o->task));
  ASSAY_CHECK(c->task.kind == ASSAY_TASK_REGRESSION, ASSAY_EARG,
              "task '%s' asks for fields, %s holds tables", c->task.name, c->o->truth);
  if (metrics->n > 0) c->task.metrics = *metrics;
  if (c->task.metrics.n > 0) goto done;
  for (int i = 0; assay_metrics[i] && c->task.metrics.n < ASSAY_LIST_MAX; i++)
    if (assay_metrics[i]->equation)
      c->task.metrics.item[c->task.metrics.n++] = assay_metrics[i]->name;
done:
  return rc;
}

static void print_set(const struct call *c, const struct assay_table_set *set,
                      const struct assay_flaw *flaw, FILE *out)
{
  int bad = 0;
  fprintf(out, "%-18s %12s\n", "metric", "value");
  for (int i = 0; i < c->scores->n; i++) {
    const double mean = assay_score_mean(c->scores, &c->scores->score[i]);
    char value[32];
    snprintf(value, sizeof value, "%.6g", mean);
    fprintf(out, "%-18s %12s\n", c->scores->score[i].metric->name, isnan(mean) ? "-" : value);
  }
  fprintf(out, "%d table%s\n", set->n, set->n == 1 ? "" : "s");
  for (int k = 0; k < set->n; k++) bad += flaw[k].kind != 0;
  if (bad > 0) fprintf(out, "%d without a readable equation count as the worst:\n", bad);
  for (int k = 0; k < set->n; k++)
    if (flaw[k].kind) fprintf(out, "  %s: %s\n", set->entry[k].id, flaw[k].text);
}

static int print_set_json(const struct call *c, const struct assay_table_set *set,
                          const struct assay_flaw *flaw, FILE *out)
{
  int rc = ASSAY_OK;
  json_t *json = NULL, *tables = json_array();
  ASSAY_TRY(assay_scores_json(&json, c->scores, &c->task.fields));
  json_object_del(json, "leads");
  for (int k = 0; k < set->n; k++)
    json_array_append_new(tables,
                          json_pack("{ss,so}", "id", set->entry[k].id, "reason",
                                    flaw[k].kind ? json_string(flaw[k].text) : json_null()));
  ASSAY_CHECK(json_object_set(json, "tables", tables) == 0, ASSAY_ENOMEM, "no memory for scores");
  json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  fprintf(out, "\n");
done:
  json_decref(json);
  json_decref(tables);
  return rc;
}

static int score_tables(struct call *c, const struct assay_list *metrics, const char *prediction,
                        FILE *out)
{
  int rc = ASSAY_OK;
  struct assay_table_set *set = NULL;
  struct assay_flaw *flaw = NULL;
  ASSAY_TRY(equation_task(c, metrics));
  ASSAY_TRY(assay_table_set_open(&set, c->o->truth));
  ASSAY_TRY(ASSAY_NEW(&flaw, (size_t)set->n + 1, "scores"));
  ASSAY_TRY(assay_score_set(&c->scores, flaw, &c->task, set, prediction));
  if (c->o->json)
    ASSAY_TRY(print_set_json(c, set, flaw, out));
  else
    print_set(c, set, flaw, out);
done:
  assay_table_set_close(set);
  assay_free(flaw);
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
  if (assay_table_set_is(c.o->truth)) {
    ASSAY_TRY(score_tables(&c, &metrics, args[0], out));
    goto done;
  }
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
        "another shape is refused (exit code 2).\n\n"
        "Where FILE is a table or a set of tables, the prediction is a file with equations, or a\n"
        "folder with ID.nc or ID.txt (a candidate per line, the first counts) for each table. A\n"
        "missing or unreadable one counts as the worst and is named.\n\n"
        "  assay score laws --truth easy --metrics solution,ned,extrapolation",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
