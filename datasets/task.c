#include "datasets/task.h"

#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/json.h"

#define SCHEMA "assay-task/1"

const char *const assay_task_kinds[] = {"forecast", "operator",     "regression", "discovery",
                                        "inverse",  "linear-solve", "generative", NULL};

#define TASK assay_task
const struct assay_param assay_task_rows[] = {
    {ASSAY_P_STRING(TASK, name), .doc = "name of the task", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(TASK, title), .doc = "one line for tables and pages"},
    {.name = "kind",
     .type = ASSAY_PT_CHOICE,
     .offset = ASSAY_OFFSET(TASK, kind, int),
     .choices = assay_task_kinds,
     .doc = "what is given and asked"},
    {ASSAY_P_STRING(TASK, dataset), .doc = "recipe of the data set"},
    {ASSAY_P_STRING(TASK, split), .doc = "named split: training, validation and test cases"},
    {ASSAY_P_LIST(TASK, fields), .doc = "fields asked for", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_LIST(TASK, params), .doc = "parameters given; none: all that vary"},
    {ASSAY_P_INT(TASK, first), .doc = "first context frame", .max = 1e9},
    {ASSAY_P_INT(TASK, context), .doc = "number of context frames", .max = 1e9},
    {ASSAY_P_INT(TASK, horizon),
     .doc = "leads asked for, 0: to the end; discovery: points to follow", .max = 1e9},
    {ASSAY_P_INT(TASK, stride), .doc = "frames between leads", .min = 1, .max = 1e9},
    {ASSAY_P_LIST(TASK, frames), .doc = "operator: frames asked for; none: all but frame 0"},
    {ASSAY_P_BOOL(TASK, units), .doc = "regression, discovery: units of the columns are told"},
    {ASSAY_P_DOUBLE(TASK, work), .doc = "regression, discovery: node-evaluations, 0: time only",
     .max = 1e18},
    {ASSAY_P_LIST(TASK, metrics), .doc = "metrics; the first ranks"},
    {ASSAY_P_DOUBLE(TASK, train_seconds), .unit = "s", .doc = "wall limit of training", .max = 1e9},
    {ASSAY_P_DOUBLE(TASK, predict_seconds), .unit = "s", .doc = "wall limit of prediction",
     .max = 1e9},
    {ASSAY_P_DOUBLE(TASK, memory_mb), .unit = "MB", .doc = "memory limit", .max = 1e9},
    {0}};

const struct assay_task assay_task_defaults = {.title = "",
                                               .dataset = "",
                                               .split = "",
                                               .context = 1,
                                               .stride = 1,
                                               .train_seconds = 600,
                                               .predict_seconds = 600,
                                               .memory_mb = 4096};

/* Keys that mean something for some kinds only. */
enum {
  FORECAST = 1u << ASSAY_TASK_FORECAST,
  OPERATOR = 1u << ASSAY_TASK_OPERATOR,
  REGRESSION = 1u << ASSAY_TASK_REGRESSION,
  DISCOVERY = 1u << ASSAY_TASK_DISCOVERY
};
static const struct {
  const char *key;
  unsigned kinds;
} key_kinds[] = {{"first", FORECAST},
                 {"context", FORECAST},
                 {"horizon", FORECAST | DISCOVERY},
                 {"frames", OPERATOR},
                 {"units", REGRESSION | DISCOVERY},
                 {"work", REGRESSION | DISCOVERY}};

/* "'forecast' or 'discovery'"; returns out */
static const char *list_kinds(char *out, size_t size, unsigned kinds)
{
  size_t n = 0;
  out[0] = 0;
  for (int k = 0; assay_task_kinds[k]; k++)
    if (kinds & 1u << k && n < size)
      n += (size_t)snprintf(out + n, size - n, "%s'%s'", n ? " or " : "", assay_task_kinds[k]);
  return out;
}

static int check_keys(const struct assay_task *task, const struct assay_node *mapping)
{
  int rc = ASSAY_OK;
  static const char *const needed[] = {"name", "kind", "dataset", "split", "fields", "metrics"};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (!assay_node_get(mapping, needed[i]))
      return assay_node_fail(mapping, ASSAY_EPARSE, "key '%s' is missing", needed[i]);
  for (size_t i = 0; i < sizeof key_kinds / sizeof *key_kinds; i++) {
    const struct assay_node *node = assay_node_get(mapping, key_kinds[i].key);
    char kinds[96];
    if (node && !(key_kinds[i].kinds & 1u << task->kind))
      return assay_node_fail(node, ASSAY_EPARSE, "%s: only for tasks of kind %s, not '%s'",
                             key_kinds[i].key, list_kinds(kinds, sizeof kinds, key_kinds[i].kinds),
                             assay_task_kinds[task->kind]);
  }
  return rc;
}

static int check_frames(const struct assay_task *task, const struct assay_node *mapping)
{
  int rc = ASSAY_OK;
  const struct assay_node *frames = assay_node_get(mapping, "frames");
  for (int i = 0; i < task->frames.n; i++) {
    double value = 0;
    if (assay_text_to_double(&value, task->frames.item[i]) < 0 || value < 0 ||
        value != (double)(int)value)
      return assay_node_fail(frames, ASSAY_EPARSE,
                             "frames: expected whole numbers from 0, got '%s'",
                             task->frames.item[i]);
  }
  return rc;
}

int assay_task_decode(struct assay_task *out, const struct assay_node *mapping)
{
  int rc = ASSAY_OK;
  struct assay_task task = assay_task_defaults;
  ASSAY_TRY(assay_node_decode(mapping, assay_task_rows, &task, NULL));
  ASSAY_TRY(check_keys(&task, mapping));
  ASSAY_TRY(check_frames(&task, mapping));
  const struct assay_node *context = assay_node_get(mapping, "context");
  if (task.kind == ASSAY_TASK_FORECAST && task.context < 1)
    return assay_node_fail(context, ASSAY_EARG, "context: a forecast needs at least one frame");
  *out = task;
done:
  return rc;
}

int assay_task_write(const struct assay_task *task, const char *opaque_id, const char *path)
{
  int rc = ASSAY_OK;
  static const char *const hidden[] = {"dataset", "split", "title"};
  struct assay_task shown = *task;
  json_t *json = NULL, *whole = json_object();
  shown.name = opaque_id;
  json = assay_param_json(assay_task_rows, &shown);
  ASSAY_CHECK(json && whole, ASSAY_ENOMEM, "no memory for task.json");
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) json_object_del(json, hidden[i]);
  ASSAY_CHECK(json_object_set_new(whole, "schema", json_string(SCHEMA)) == 0 &&
                  json_object_update(whole, json) == 0,
              ASSAY_ENOMEM, "no memory for task.json");
  ASSAY_TRY(assay_json_write(whole, path));
done:
  json_decref(json);
  json_decref(whole);
  return rc;
}

struct assay_task_store {
  json_t *json;
};

void assay_task_release(struct assay_task_store *store)
{
  if (!store) return;
  json_decref(store->json);
  assay_free(store);
}

/* Texts stay in the JSON value; numbers are read from their printed form. */
static int set_value(struct assay_task *task, const char *key, const json_t *value)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  if (json_is_string(value))
    return assay_param_set(assay_task_rows, task, key, json_string_value(value));
  ASSAY_CHECK(json_is_number(value) || json_is_boolean(value), ASSAY_EPARSE,
              "key '%s': expected a single value", key);
  ASSAY_TRY(assay_json_line(&text, value));
  ASSAY_TRY(assay_param_set(assay_task_rows, task, key, text));
done:
  assay_free(text);
  return rc;
}

static int set_key(struct assay_task *task, const char *key, const json_t *value)
{
  int rc = ASSAY_OK;
  if (strcmp(key, "schema") == 0) goto done;
  if (!json_is_array(value)) return set_value(task, key, value);
  for (size_t i = 0; i < json_array_size(value); i++) {
    const json_t *item = json_array_get(value, i);
    ASSAY_CHECK(json_is_string(item), ASSAY_EPARSE, "key '%s': expected a list of texts", key);
    ASSAY_TRY(assay_param_set(assay_task_rows, task, key, json_string_value(item)));
  }
done:
  return rc;
}

int assay_task_read(struct assay_task *out, struct assay_task_store **store, const char *path)
{
  int rc = ASSAY_OK;
  const char *schema = NULL, *key;
  json_t *value;
  struct assay_task_store *s = NULL;
  *store = NULL;
  *out = assay_task_defaults;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "task"));
  ASSAY_TRY(assay_json_read(&s->json, path));
  ASSAY_TRY(assay_json_text(&schema, s->json, "schema", path));
  ASSAY_CHECK(strcmp(schema, SCHEMA) == 0, ASSAY_EPARSE,
              "%s: schema is '%s', expected '" SCHEMA "'", path, schema);
  json_object_foreach(s->json, key, value)
      ASSAY_TRY(assay_err_prefix(set_key(out, key, value), "%s: ", path));
  ASSAY_TRY(assay_err_prefix(assay_param_check(assay_task_rows, out), "%s: ", path));
  *store = s;
  s = NULL;
done:
  assay_task_release(s);
  return rc;
}
