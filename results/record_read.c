/* Reading records: every member is checked once, by tables, with its path in the message; what
 * follows works on a plain struct. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "results/arena.h"
#include "results/record.h"

/* A decoded record and the blocks its arrays live in; texts live in the JSON object. */
struct decoded {
  struct assay_record record; /* first: the public pointer is this one */
  json_t *json;
  struct assay_arena arena;
};

static const char *type_name(const json_t *value)
{
  static const char *const names[] = {"an object", "an array", "text",  "a whole number",
                                      "a number",  "true",     "false", "null"};
  return value ? names[json_typeof(value)] : "nothing";
}

static int wrong(const char *path, const char *key, const char *expected, const json_t *got)
{
  return assay_err_set(ASSAY_EPARSE, __FILE__, __LINE__, "%s%s%s: expected %s, got %s", path,
                       *path && *key ? "." : "", key, expected, type_name(got));
}

/* The object at a dotted path below the record ("" is the record), or NULL when it is absent. */
static int object_at(const json_t **out, const json_t *json, const char *path)
{
  int rc = ASSAY_OK;
  char name[64];
  *out = json;
  for (const char *p = path; *out && *p; p += strcspn(p, "."), p += *p == '.') {
    snprintf(name, sizeof name, "%.*s", (int)strcspn(p, "."), p);
    *out = json_object_get(*out, name);
    if (*out && !json_is_object(*out)) {
      rc = wrong("", path, "an object", *out);
      goto done;
    }
  }
done:
  return rc;
}

/* ---- texts and numbers by table ---- */

struct member {
  const char *path, *key;
  size_t offset;
  bool required;
};
#define MEMBER(f) offsetof(struct assay_record, f)

static const struct member texts[] = {
    {"key", "suite", MEMBER(key.suite), true},
    {"key", "task", MEMBER(key.task), true},
    {"key", "method", MEMBER(key.method), true},
    {"key", "task_hash", MEMBER(key.task_hash), true},
    {"key", "data_hash", MEMBER(key.data_hash), true},
    {"key", "method_hash", MEMBER(key.method_hash), true},
    {"failure", "reason", MEMBER(reason), false},
    {"failure", "kind", MEMBER(kind), false},
    {"failure", "phase", MEMBER(phase), false},
    {"task", "title", MEMBER(task_title), false},
    {"task", "kind", MEMBER(task_kind), false},
    {"task", "primary", MEMBER(primary), false},
    {"method", "title", MEMBER(method_title), false},
    {"method", "doc", MEMBER(method_doc), false},
    {"method", "version", MEMBER(method_version), false},
    {"leads", "label", MEMBER(lead_label), false},
    {"leads", "unit", MEMBER(lead_unit), false},
    {"", "command", MEMBER(command), false},
    {"artefacts", "prediction", MEMBER(prediction), false},
    {"artefacts", "truth", MEMBER(truth), false},
    {"artefacts", "log", MEMBER(log), false},
};

static const struct member costs[] = {
    {"cost.train", "wall_s", MEMBER(train.wall_s), false},
    {"cost.train", "cpu_s", MEMBER(train.cpu_s), false},
    {"cost.train", "peak_rss_mb", MEMBER(train.peak_rss_mb), false},
    {"cost.predict", "wall_s", MEMBER(predict.wall_s), false},
    {"cost.predict", "cpu_s", MEMBER(predict.cpu_s), false},
    {"cost.predict", "peak_rss_mb", MEMBER(predict.peak_rss_mb), false},
};

static int read_text(struct assay_record *r, const json_t *json, const struct member *m)
{
  int rc = ASSAY_OK;
  const json_t *object = NULL;
  ASSAY_TRY(object_at(&object, json, m->path));
  const json_t *value = json_object_get(object, m->key);
  const char **member = (const char **)((char *)r + m->offset);
  *member = "";
  if (json_is_string(value))
    *member = json_string_value(value);
  else if (m->required || (value && !json_is_null(value)))
    rc = wrong(m->path, m->key, "text", value);
  if (rc == ASSAY_OK && m->required && !**member)
    rc = assay_err_set(ASSAY_EPARSE, __FILE__, __LINE__, "%s.%s: is empty", m->path, m->key);
done:
  return rc;
}

/* *out = a number, or NaN for null and, where that is allowed, for nothing */
static int read_number(double *out, const json_t *value, const char *path, const char *key,
                       bool required)
{
  *out = (double)NAN;
  if (json_is_number(value))
    *out = json_number_value(value);
  else if (value ? !json_is_null(value) : required)
    return wrong(path, key, "a number or null", value);
  return ASSAY_OK;
}

static int read_cost(struct assay_record *r, const json_t *json, const struct member *m)
{
  int rc = ASSAY_OK;
  const json_t *object = NULL;
  double *member = (double *)(void *)((char *)r + m->offset);
  ASSAY_TRY(object_at(&object, json, m->path));
  ASSAY_TRY(read_number(member, json_object_get(object, m->key), m->path, m->key, false));
  ASSAY_CHECK(!(*member < 0), ASSAY_EPARSE, "%s.%s: is negative", m->path, m->key);
done:
  return rc;
}

/* ---- arrays ---- */

/* An array, or NULL when it is absent and need not be there. */
static int array_at(const json_t **out, const json_t *object, const char *path, const char *key,
                    bool required)
{
  const json_t *value = json_object_get(object, key);
  *out = json_is_array(value) ? value : NULL;
  if (!*out && (required || (value && !json_is_null(value))))
    return wrong(path, key, "an array", value);
  return ASSAY_OK;
}

/* Numbers of an array of n elements; *out NULL when the array is absent. */
static int read_numbers(struct decoded *d, const double **out, const json_t *object,
                        const char *path, const char *key, int n, bool required)
{
  int rc = ASSAY_OK;
  const json_t *array = NULL;
  double *x = NULL;
  char element[96];
  *out = NULL;
  ASSAY_TRY(array_at(&array, object, path, key, required));
  if (!array) goto done;
  ASSAY_CHECK(json_array_size(array) == (size_t)n, ASSAY_EPARSE,
              "%s.%s: expected %d numbers, got %zu", path, key, n, json_array_size(array));
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &x, n));
  for (int i = 0; i < n; i++) {
    snprintf(element, sizeof element, "%s[%d]", key, i);
    ASSAY_TRY(read_number(&x[i], json_array_get(array, (size_t)i), path, element, true));
  }
  *out = x;
done:
  return rc;
}

static int read_texts(struct decoded *d, const char *const **out, int *n, const json_t *object,
                      const char *path, const char *key)
{
  int rc = ASSAY_OK;
  const json_t *array = NULL;
  const char **x = NULL;
  char element[96];
  *out = NULL;
  *n = 0;
  ASSAY_TRY(array_at(&array, object, path, key, false));
  if (!array) goto done;
  const int size = (int)json_array_size(array);
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &x, size));
  for (int i = 0; i < size; i++) {
    x[i] = json_string_value(json_array_get(array, (size_t)i));
    snprintf(element, sizeof element, "%s[%d]", key, i);
    if (!x[i]) {
      rc = wrong(path, element, "text", json_array_get(array, (size_t)i));
      goto done;
    }
  }
  *out = x;
  *n = size;
done:
  return rc;
}

/* ---- the parts that are more than a member ---- */

static int read_status(struct assay_record *r, const json_t *json)
{
  int rc = ASSAY_OK;
  const char *text = json_string_value(json_object_get(json, "status"));
  int found = -1;
  for (int i = 0; text && assay_record_statuses[i]; i++)
    if (strcmp(text, assay_record_statuses[i]) == 0) found = i;
  ASSAY_CHECK(found >= 0, ASSAY_EPARSE, "status: expected ok, failed or withdrawn, got %s",
              text ? text : type_name(json_object_get(json, "status")));
  r->status = (enum assay_record_status)found;
  ASSAY_CHECK(r->status == ASSAY_RECORD_OK || *r->reason, ASSAY_EPARSE,
              "failure.reason: a record that is %s needs one", text);
done:
  return rc;
}

static int read_seed(struct assay_record *r, const json_t *json)
{
  const json_t *seed = json_object_get(json_object_get(json, "key"), "seed");
  r->key.seed = json_integer_value(seed);
  if (!json_is_integer(seed) || r->key.seed < 0)
    return wrong("key", "seed", "a whole number that is not negative", seed);
  return ASSAY_OK;
}

static int read_method(struct decoded *d, const json_t *json)
{
  int rc = ASSAY_OK;
  const json_t *method = NULL;
  ASSAY_TRY(object_at(&method, json, "method"));
  const json_t *floor = json_object_get(method, "floor");
  if (floor && !json_is_boolean(floor)) {
    rc = wrong("method", "floor", "true or false", floor);
    goto done;
  }
  d->record.floor = json_is_true(floor);
  ASSAY_TRY(read_texts(d, &d->record.flags, &d->record.n_flags, method, "method", "flags"));
done:
  return rc;
}

/* Labels for the cases that the record has none for. */
static int name_cases(struct decoded *d)
{
  enum { LABEL = 32 };
  int rc = ASSAY_OK;
  struct assay_record *r = &d->record;
  const char **labels = NULL;
  char *text = NULL;
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &labels, r->n_cases));
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &text, r->n_cases * LABEL));
  for (int k = 0; k < r->n_cases; k++) {
    snprintf(text + k * LABEL, LABEL, "case %lld", (long long)r->case_ids[k]);
    labels[k] = text + k * LABEL;
  }
  r->case_labels = labels;
done:
  return rc;
}

/* cases.identifiable: one of true and false per case. */
static int read_identifiable(struct decoded *d, const json_t *cases)
{
  int rc = ASSAY_OK;
  struct assay_record *r = &d->record;
  const json_t *array = NULL;
  bool *identifiable = NULL;
  ASSAY_TRY(array_at(&array, cases, "cases", "identifiable", false));
  if (!array) goto done;
  ASSAY_CHECK(json_array_size(array) == (size_t)r->n_cases, ASSAY_EPARSE,
              "cases.identifiable: expected %d values, got %zu", r->n_cases,
              json_array_size(array));
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &identifiable, r->n_cases));
  for (int k = 0; k < r->n_cases; k++) {
    const json_t *value = json_array_get(array, (size_t)k);
    ASSAY_CHECK(json_is_boolean(value), ASSAY_EPARSE,
                "cases.identifiable[%d]: expected true or false", k);
    identifiable[k] = json_is_true(value);
  }
  r->identifiable = identifiable;
done:
  return rc;
}

static int read_cases(struct decoded *d, const json_t *json)
{
  int rc = ASSAY_OK;
  struct assay_record *r = &d->record;
  const json_t *cases = NULL, *array = NULL;
  int64_t *ids = NULL;
  int n_labels = 0;
  char element[32];
  ASSAY_TRY(object_at(&cases, json, "cases"));
  if (!cases) goto done;
  ASSAY_TRY(array_at(&array, cases, "cases", "ids", true));
  r->n_cases = (int)json_array_size(array);
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &ids, r->n_cases));
  for (int k = 0; k < r->n_cases; k++) {
    const json_t *id = json_array_get(array, (size_t)k);
    snprintf(element, sizeof element, "ids[%d]", k);
    if (!json_is_integer(id)) {
      rc = wrong("cases", element, "a whole number", id);
      goto done;
    }
    ids[k] = json_integer_value(id);
  }
  r->case_ids = ids;
  ASSAY_TRY(read_texts(d, &r->case_labels, &n_labels, cases, "cases", "labels"));
  ASSAY_CHECK(!r->case_labels || n_labels == r->n_cases, ASSAY_EPARSE,
              "cases.labels: expected %d texts, got %d", r->n_cases, n_labels);
  if (!r->case_labels) ASSAY_TRY(name_cases(d));
  ASSAY_TRY(read_identifiable(d, cases));
done:
  return rc;
}

static int read_leads(struct decoded *d, const json_t *json)
{
  int rc = ASSAY_OK;
  struct assay_record *r = &d->record;
  const json_t *leads = NULL, *times = NULL;
  ASSAY_TRY(object_at(&leads, json, "leads"));
  if (!leads) goto done;
  ASSAY_TRY(array_at(&times, leads, "leads", "times", true));
  r->n_leads = (int)json_array_size(times);
  ASSAY_TRY(read_numbers(d, &r->lead_times, leads, "leads", "times", r->n_leads, true));
done:
  return rc;
}

/* The mean over the cases that have a value must be the value: a record that disagrees with itself
 * would rank one way in the table and another in the bootstrap. */
static int check_mean(const struct assay_record_score *s, int n, const char *path)
{
  int rc = ASSAY_OK, m = 0;
  double sum = 0, largest = 0;
  for (int k = 0; k < n; k++) {
    if (isnan(s->cases[k])) continue;
    sum += s->cases[k];
    largest = fmax(largest, fabs(s->cases[k]));
    m++;
  }
  ASSAY_CHECK(m > 0, ASSAY_EPARSE, "%s.cases: no case has a value", path);
  ASSAY_CHECK(fabs(s->value - sum / m) <= 1e-9 * largest, ASSAY_EPARSE,
              "%s.value: %.9g is not the mean of its cases, %.9g", path, s->value, sum / m);
done:
  return rc;
}

static int read_field(struct decoded *d, struct assay_record_score *s, const json_t *metric,
                      const json_t *field)
{
  int rc = ASSAY_OK;
  const struct assay_record *r = &d->record;
  char path[160];
  snprintf(path, sizeof path, "scores.%s.fields.%s", s->metric, s->field);
  if (!json_is_object(field)) {
    rc = wrong(path, "", "an object", field);
    goto done;
  }
  const json_t *value = json_object_get(field, "value");
  if (!json_is_number(value)) {
    rc = wrong(path, "value", "a number", value);
    goto done;
  }
  s->value = json_number_value(value);
  const char *own_unit = json_string_value(json_object_get(field, "unit"));
  const char *unit = json_string_value(json_object_get(metric, "unit"));
  s->unit = own_unit ? own_unit : unit ? unit : "1";
  s->doc = json_string_value(json_object_get(metric, "doc"));
  s->version = (int)json_integer_value(json_object_get(metric, "version"));
  ASSAY_TRY(read_number(&s->floor, json_object_get(field, "floor"), path, "floor", false));
  ASSAY_TRY(read_number(&s->worst, json_object_get(field, "worst"), path, "worst", false));
  ASSAY_TRY(read_numbers(d, &s->cases, field, path, "cases", r->n_cases, true));
  ASSAY_TRY(read_numbers(d, &s->leads, field, path, "leads", r->n_leads, false));
  ASSAY_TRY(read_numbers(d, &s->leads_low, field, path, "leads_low", r->n_leads, false));
  ASSAY_TRY(read_numbers(d, &s->leads_high, field, path, "leads_high", r->n_leads, false));
  ASSAY_TRY(check_mean(s, r->n_cases, path));
done:
  return rc;
}

static int read_metric(struct decoded *d, struct assay_record_score *scores, const char *name,
                       json_t *metric)
{
  int rc = ASSAY_OK;
  char path[128];
  const char *key = NULL;
  json_t *field = NULL;
  snprintf(path, sizeof path, "scores.%s", name);
  const char *better = json_string_value(json_object_get(metric, "better"));
  const bool higher = better && strcmp(better, "higher") == 0;
  ASSAY_CHECK(better && (higher || strcmp(better, "lower") == 0), ASSAY_EPARSE,
              "%s.better: expected lower or higher, got %s", path,
              better ? better : type_name(json_object_get(metric, "better")));
  json_object_foreach(json_object_get(metric, "fields"), key, field)
  {
    struct assay_record_score *s = &scores[d->record.n_scores];
    *s = (struct assay_record_score){.metric = name, .field = key, .higher_is_better = higher};
    ASSAY_TRY(read_field(d, s, metric, field));
    d->record.n_scores++;
  }
done:
  return rc;
}

static int count_fields(int *out, json_t *scores)
{
  int rc = ASSAY_OK;
  const char *name = NULL;
  json_t *metric = NULL;
  *out = 0;
  json_object_foreach(scores, name, metric)
  {
    const json_t *fields = json_object_get(metric, "fields");
    ASSAY_CHECK(json_is_object(fields), ASSAY_EPARSE,
                "scores.%s.fields: expected an object, got %s", name, type_name(fields));
    *out += (int)json_object_size(fields);
  }
done:
  return rc;
}

static int read_scores(struct decoded *d, json_t *json)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_record *r = &d->record;
  struct assay_record_score *scores = NULL;
  const char *name = NULL;
  const json_t *found = NULL;
  json_t *metric = NULL, *all = json_object_get(json, "scores");
  ASSAY_TRY(object_at(&found, json, "scores"));
  ASSAY_TRY(count_fields(&n, all));
  ASSAY_TRY(ASSAY_TAKE(&d->arena, &scores, n));
  r->scores = scores;
  json_object_foreach(all, name, metric) ASSAY_TRY(read_metric(d, scores, name, metric));
  if (r->status != ASSAY_RECORD_OK) goto done;
  ASSAY_CHECK(*r->primary, ASSAY_EPARSE, "task.primary: a record that is ok needs it");
  ASSAY_CHECK(json_object_get(all, r->primary), ASSAY_EPARSE,
              "scores: the primary metric '%s' is not among them", r->primary);
done:
  return rc;
}

static int decode(struct decoded *d, json_t *json)
{
  int rc = ASSAY_OK;
  struct assay_record *r = &d->record;
  ASSAY_CHECK(json_is_object(json), ASSAY_EPARSE, "expected an object, got %s", type_name(json));
  const char *schema = json_string_value(json_object_get(json, "schema"));
  ASSAY_CHECK(schema && strcmp(schema, ASSAY_RECORD_SCHEMA) == 0, ASSAY_EPARSE,
              "schema: expected %s, got %s", ASSAY_RECORD_SCHEMA,
              schema ? schema : type_name(json_object_get(json, "schema")));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    ASSAY_TRY(read_text(r, json, &texts[i]));
  ASSAY_TRY(read_seed(r, json));
  ASSAY_TRY(assay_record_job(r->job, &r->key));
  ASSAY_TRY(read_status(r, json));
  for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
    ASSAY_TRY(read_cost(r, json, &costs[i]));
  ASSAY_TRY(object_at(&r->dataset, json, "dataset"));
  ASSAY_TRY(object_at(&r->provenance, json, "provenance"));
  const json_t *failure = NULL;
  ASSAY_TRY(object_at(&failure, json, "failure"));
  ASSAY_TRY(read_texts(d, &r->output, &r->n_output, failure, "failure", "output"));
  ASSAY_TRY(read_method(d, json));
  ASSAY_TRY(read_cases(d, json));
  ASSAY_TRY(read_leads(d, json));
  ASSAY_TRY(read_scores(d, json));
done:
  return rc;
}

int assay_record_decode(struct assay_record **out, json_t *json)
{
  int rc = ASSAY_OK;
  struct decoded *d = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&d, 1, "record"));
  d->json = json_incref(json);
  d->record.json = json;
  ASSAY_TRY(decode(d, json));
  *out = &d->record;
  d = NULL;
done:
  if (d) assay_record_destroy(&d->record);
  return rc;
}

int assay_record_parse(struct assay_record **out, const char *text, size_t size)
{
  int rc = ASSAY_OK;
  json_error_t error;
  *out = NULL;
  json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  ASSAY_CHECK(json, ASSAY_EPARSE, "column %d: %s", error.column, error.text);
  ASSAY_TRY(assay_record_decode(out, json));
done:
  json_decref(json);
  return rc;
}

void assay_record_destroy(struct assay_record *record)
{
  struct decoded *d = (struct decoded *)record;
  if (!d) return;
  assay_arena_release(&d->arena);
  json_decref(d->json);
  assay_free(d);
}

const struct assay_record_score *assay_record_score(const struct assay_record *record,
                                                    const char *metric, const char *field)
{
  for (int i = 0; i < record->n_scores; i++)
    if (strcmp(record->scores[i].metric, metric) == 0 &&
        strcmp(record->scores[i].field, field) == 0)
      return &record->scores[i];
  return NULL;
}
