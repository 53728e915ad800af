/* A built-in method through the protocol of outside ones: docs/protocol.md. */
#include <string.h>

#include "baselines/baseline.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "harness/verb.h"

struct options {
  const char *task, *data, *model, *inputs, *output;
  uint64_t seed;
  double time_limit;
  struct assay_list set;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(OPTIONS, task), .doc = "task.json", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(OPTIONS, data), .doc = "train: training and validation cases (NetCDF)"},
    {ASSAY_P_STRING(OPTIONS, model), .doc = "folder of the trained model"},
    {ASSAY_P_STRING(OPTIONS, inputs), .doc = "predict: what the task gives (NetCDF)"},
    {ASSAY_P_STRING(OPTIONS, output), .doc = "predict: file to write (NetCDF)"},
    {ASSAY_P_U64(OPTIONS, seed), .doc = "of the random numbers"},
    {ASSAY_P_DOUBLE(OPTIONS, time_limit), .unit = "s", .doc = "wall time that train may take",
     .max = 1e9},
    {ASSAY_P_LIST(OPTIONS, set), .doc = "key=value of the method's own parameters"},
    {0}};
static const struct options defaults = {
    .data = "", .model = "", .inputs = "", .output = "", .time_limit = 600};

/* What one call works with. */
struct call {
  const struct assay_baseline *baseline;
  struct options o;
  char *params; /* the baseline's own */
  struct assay_task task;
  struct assay_task_store *store;
  struct assay_dataset *data;
  struct assay_table *table; /* kinds regression and discovery */
};

static int need(const char *value, const char *name, const char *phase)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(*value, ASSAY_EARG, "%s needs --%s", phase, name);
done:
  return rc;
}

static int set_params(struct call *c)
{
  int rc = ASSAY_OK;
  const struct assay_baseline *b = c->baseline;
  ASSAY_CHECK(b->params || c->o.set.n == 0, ASSAY_EARG, "method '%s' has no parameters", b->name);
  if (!b->params) goto done;
  ASSAY_TRY(ASSAY_NEW(&c->params, b->params_size + 1, "method parameters"));
  memcpy(c->params, b->defaults, b->params_size);
  for (int i = 0; i < c->o.set.n; i++)
    ASSAY_TRY(assay_param_assign(b->params, c->params, c->o.set.item[i]));
  ASSAY_TRY(assay_param_check(b->params, c->params));
done:
  return rc;
}

static int read_task(struct call *c)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_task_read(&c->task, &c->store, c->o.task));
  ASSAY_CHECK(c->baseline->kinds & 1u << c->task.kind, ASSAY_EUNSUPPORTED,
              "method '%s' does not answer tasks of kind '%s'", c->baseline->name,
              assay_task_kinds[c->task.kind]);
done:
  return rc;
}

static int open_data(struct call *c, const char *path)
{
  if (c->task.kind == ASSAY_TASK_REGRESSION || c->task.kind == ASSAY_TASK_DISCOVERY)
    return assay_table_read(&c->table, path);
  return assay_dataset_open(&c->data, path);
}

static int train(struct call *c)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(need(c->o.data, "data", "train"));
  ASSAY_TRY(need(c->o.model, "model", "train"));
  if (!c->baseline->train) goto done;
  ASSAY_TRY(open_data(c, c->o.data));
  ASSAY_TRY(assay_dir_make(c->o.model)); /* not found missing when all is learned */
  const struct assay_train_job job = {.task = &c->task,
                                      .data = c->data,
                                      .table = c->table,
                                      .model_dir = c->o.model,
                                      .seed = c->o.seed,
                                      .time_limit = c->o.time_limit,
                                      .params = c->params};
  ASSAY_TRY(c->baseline->train(&job));
done:
  return rc;
}

static int predict(struct call *c)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(need(c->o.inputs, "inputs", "predict"));
  ASSAY_TRY(need(c->o.output, "output", "predict"));
  ASSAY_TRY(open_data(c, c->o.inputs));
  const struct assay_predict_job job = {.task = &c->task,
                                        .inputs = c->data,
                                        .table = c->table,
                                        .model_dir = c->o.model,
                                        .output = c->o.output,
                                        .seed = c->o.seed,
                                        .params = c->params};
  ASSAY_TRY(c->baseline->predict(&job));
done:
  return rc;
}

static const struct phase {
  const char *name;
  int (*run)(struct call *c);
} phases[] = {{"train", train}, {"predict", predict}, {NULL}};

static int find_phase(const struct phase **out, const char *name)
{
  int rc = ASSAY_OK;
  for (*out = phases; (*out)->name && strcmp((*out)->name, name) != 0; (*out)++) {
  }
  ASSAY_CHECK((*out)->name, ASSAY_EARG, "expected train or predict, got '%s'", name);
done:
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct phase *phase;
  struct call c = {.o = *(const struct options *)options};
  (void)out;
  (void)n_args;
  ASSAY_TRY(assay_baseline_find(&c.baseline, args[0]));
  ASSAY_TRY(find_phase(&phase, args[1]));
  ASSAY_TRY(set_params(&c));
  ASSAY_TRY(read_task(&c));
  ASSAY_TRY(phase->run(&c));
done:
  assay_dataset_close(c.data);
  assay_table_destroy(c.table);
  assay_task_release(c.store);
  assay_free(c.params);
  return rc;
}

const struct assay_verb assay_verb_method = {
    .name = "method",
    .doc = "run a built-in method by hand, as the harness does",
    .usage = "NAME train|predict --task task.json ...",
    .detail = "assay method NAME train --task task.json --data train.nc --model DIR --seed S "
              "--time-limit SEC\n"
              "assay method NAME predict --task task.json --model DIR --inputs inputs.nc --output "
              "pred.nc\n\n"
              "`assay list methods` names the methods, `assay show NAME` their parameters (--set "
              "key=value).",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
