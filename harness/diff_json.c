#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/json.h"
#include "core/num/stats.h"
#include "harness/diff_match.h"

static json_t *number(double value)
{
  return isnan(value) ? json_null() : assay_json_double(value);
}

/* ---- the two sets --------------------------------------------------------------------------- */

static void put_text(json_t *object, const char *key, const struct assay_dataset *ds,
                     const char *attribute)
{
  char *text = NULL;
  const int rc = assay_dataset_text(&text, ds, attribute);
  json_object_set_new(object, key, rc < 0 ? json_null() : json_string(text));
  assay_free(text);
}

static json_t *side_json(const struct assay_diff_side *s)
{
  json_t *side = json_object();
  json_object_set_new(side, "file", json_string(s->info->path));
  json_object_set_new(side, "cases", json_integer(s->info->n_cases));
  put_text(side, "recipe", s->ds, "recipe_name");
  put_text(side, "generator", s->ds, "generator");
  put_text(side, "generator_version", s->ds, "generator_version");
  json_object_set_new(side, "precision",
                      json_string(s->info->dtype == ASSAY_F32 ? "float32" : "float64"));
  put_text(side, "content_sha256", s->ds, "content_sha256");
  return side;
}

/* ---- cases, fields, frames ------------------------------------------------------------------ */

static bool is_same(const struct assay_diff *d, long pair)
{
  for (int f = 0; f < d->n_fields; f++)
    if (!d->fields[f].values[pair].same) return false;
  return true;
}

/* Ids of the cases of one set that are in no pair. */
static json_t *left_over(const struct assay_diff *d, bool of_b)
{
  json_t *ids = json_array();
  const struct assay_dataset_info *info = of_b ? d->b.info : d->a.info;
  for (long k = 0; k < info->n_cases; k++) {
    bool paired = false;
    for (long i = 0; i < d->n_pairs && !paired; i++)
      paired = (of_b ? d->pairs[i].b : d->pairs[i].a) == k;
    if (!paired) json_array_append_new(ids, json_integer(info->case_id[k]));
  }
  return ids;
}

static json_t *cases_json(const struct assay_diff *d)
{
  json_int_t same = 0;
  for (long i = 0; i < d->n_pairs; i++) same += is_same(d, i);
  return json_pack("{sI,sI,so,so}", "both", (json_int_t)d->n_pairs, "same", same, "only_a",
                   left_over(d, false), "only_b", left_over(d, true));
}

static bool is_compared(const struct assay_diff *d, int in_a)
{
  for (int f = 0; f < d->n_fields; f++)
    if (d->fields[f].a == in_a) return true;
  return false;
}

static json_t *fields_json(const struct assay_diff *d)
{
  json_t *only_a = json_array(), *only_b = json_array(), *not_compared = json_array();
  for (int f = 0; f < d->a.info->n_fields; f++) {
    const struct assay_field *a = &d->a.info->fields[f];
    const int g = assay_dataset_field(d->b.ds, a->name);
    const char *obstacle = g < 0 ? NULL : assay_diff_obstacle(a, &d->b.info->fields[g]);
    if (g < 0) json_array_append_new(only_a, json_string(a->name));
    if (g < 0 || is_compared(d, f)) continue;
    json_array_append_new(not_compared, json_pack("{ss,ss}", "field", a->name, "reason",
                                                  obstacle ? obstacle : "not asked for"));
  }
  for (int g = 0; g < d->b.info->n_fields; g++)
    if (assay_dataset_field(d->a.ds, d->b.info->fields[g].name) < 0)
      json_array_append_new(only_b, json_string(d->b.info->fields[g].name));
  return json_pack("{si,so,so,so}", "both", d->n_fields, "only_a", only_a, "only_b", only_b,
                   "not_compared", not_compared);
}

/* Pairs of which one has frames that the other lacks. */
static json_t *frames_json(const struct assay_diff *d)
{
  json_t *list = json_array();
  for (long i = 0; i < d->n_pairs; i++) {
    const struct assay_diff_pair *p = &d->pairs[i];
    if (p->whole) continue;
    json_array_append_new(list,
                          json_pack("{sI,si,si,si}", "case", (json_int_t)d->a.info->case_id[p->a],
                                    "a", assay_dataset_frames(d->a.ds, p->a), "b",
                                    assay_dataset_frames(d->b.ds, p->b), "both", p->n_frames));
  }
  return list;
}

/* ---- parameters and coordinates ------------------------------------------------------------- */

static json_t *value_json(const struct assay_diff_side *s, int param, long k)
{
  const struct assay_quantity *q = &s->info->params[param];
  const double value = s->params[k * s->info->n_params + param];
  int n = 0;
  if (!q->choices) return number(value);
  while (q->choices[n]) n++;
  return value >= 0 && value < n ? json_string(q->choices[(int)value]) : json_null();
}

/* A parameter of both that differs: in how many pairs, and the values in the first of them. */
static void add_parameter(json_t *list, const struct assay_diff *d, int in_a, int in_b)
{
  json_int_t n = 0;
  long first = -1;
  for (long i = 0; i < d->n_pairs; i++) {
    if (assay_diff_same_parameter(d, &d->pairs[i], in_a, in_b)) continue;
    if (n++ == 0) first = i;
  }
  if (n == 0) return;
  const struct assay_diff_pair *p = &d->pairs[first];
  json_array_append_new(list, json_pack("{ss,ss,sI,sI,so,so}", "name", d->a.info->params[in_a].name,
                                        "unit", d->a.info->params[in_a].unit, "cases", n, "case",
                                        (json_int_t)d->a.info->case_id[p->a], "a",
                                        value_json(&d->a, in_a, p->a), "b",
                                        value_json(&d->b, in_b, p->b)));
}

static void add_missing(json_t *list, const struct assay_diff *d, const struct assay_diff_side *has,
                        const struct assay_diff_side *lacks)
{
  for (int p = 0; p < has->info->n_params; p++) {
    const char *name = has->info->params[p].name;
    if (assay_dataset_param(lacks->ds, name) >= 0) continue;
    json_array_append_new(
        list, json_pack("{ss,ss,sI,ss}", "name", name, "unit", has->info->params[p].unit, "cases",
                        (json_int_t)d->n_pairs, "only", has == &d->a ? "a" : "b"));
  }
}

static json_t *parameters_json(const struct assay_diff *d)
{
  json_t *list = json_array();
  for (int p = 0; p < d->a.info->n_params; p++) {
    const int q = assay_dataset_param(d->b.ds, d->a.info->params[p].name);
    if (q >= 0) add_parameter(list, d, p, q);
  }
  add_missing(list, d, &d->a, &d->b);
  add_missing(list, d, &d->b, &d->a);
  return list;
}

/* Whether an axis lies elsewhere, to 1e-9 of its length; x, y [n of the axis] are scratch. */
static bool lies_elsewhere(const struct assay_diff *d, const struct assay_diff_pair *p, int axis,
                           double *x, double *y)
{
  const int n = d->a.info->shape.axis[axis].n;
  if (assay_dataset_coordinate(d->a.ds, x, p->a, axis) < 0 ||
      assay_dataset_coordinate(d->b.ds, y, p->b, axis) < 0)
    return false; /* a file that does not state them */
  for (int i = 0; i < n; i++)
    if (!(fabs(x[i] - y[i]) <= 1e-9 * fabs(x[n - 1] - x[0]))) return true;
  return false;
}

static int coordinates_json(json_t **out, const struct assay_diff *d)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  const struct assay_shape *s = &d->a.info->shape;
  *out = json_array();
  for (int a = 0; a < s->n_axes; a++) {
    json_int_t n = 0;
    long first = -1;
    assay_free(x);
    x = NULL;
    ASSAY_TRY(ASSAY_NEW(&x, 2 * (size_t)s->axis[a].n, "coordinates"));
    for (long i = 0; i < d->n_pairs; i++) {
      if (!lies_elsewhere(d, &d->pairs[i], a, x, x + s->axis[a].n)) continue;
      if (n++ == 0) first = d->a.info->case_id[d->pairs[i].a];
    }
    if (n > 0)
      json_array_append_new(*out, json_pack("{ss,sI,sI}", "name", s->axis[a].name, "cases", n,
                                            "case", (json_int_t)first));
  }
done:
  assay_free(x);
  return rc;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* subset < 0: all pairs */
static bool belongs(const struct assay_diff *d, long pair, int subset)
{
  return subset < 0 || assay_dataset_subset(d->a.ds, d->pairs[pair].a) == subset;
}

enum measure { RELATIVE, WORST, MEAN };

static double measure_of(const struct assay_diff_value *v, enum measure m)
{
  return m == RELATIVE ? v->relative : m == WORST ? v->worst : v->mean;
}

/* Values of a measure over the pairs of a subset in ascending order; *n of them. */
static void collect(double *values, long *n, const struct assay_diff *d, int field, int subset,
                    enum measure m)
{
  *n = 0;
  for (long i = 0; i < d->n_pairs; i++) {
    const double v = measure_of(&d->fields[field].values[i], m);
    if (belongs(d, i, subset) && !isnan(v)) values[(*n)++] = v;
  }
  if (*n > 0) assay_stats_sort(values, *n);
}

/* The pair where a measure is largest, -1 when nothing differs. */
static long largest_at(const struct assay_diff *d, int field, int subset, enum measure m)
{
  long at = -1;
  double top = (double)NAN;
  for (long i = 0; i < d->n_pairs; i++) {
    const double v = measure_of(&d->fields[field].values[i], m);
    if (belongs(d, i, subset) && v > 0 && !(top >= v)) top = v, at = i;
  }
  return at;
}

static double quantile(const double *values, long n, double p)
{
  return n > 0 ? assay_stats_quantile(values, n, p) : (double)NAN;
}

/* Time of a frame of the first set, NaN without. */
static double time_of(const struct assay_diff *d, long pair, int frame, double *times)
{
  if (d->a.info->n_times == 0 || assay_dataset_times(d->a.ds, times, d->pairs[pair].a) < 0)
    return (double)NAN;
  return times[frame];
}

static void put_worst(json_t *row, const struct assay_diff *d, int field, long pair, double *times)
{
  const struct assay_diff_value *v = pair < 0 ? NULL : &d->fields[field].values[pair];
  const bool framed = v && d->fields[field].field->kind != ASSAY_FIELD_STATIC;
  json_object_set_new(row, "worst_case",
                      v ? json_integer(d->a.info->case_id[d->pairs[pair].a]) : json_null());
  json_object_set_new(row, "worst_frame", framed ? json_integer(v->worst_frame) : json_null());
  json_object_set_new(row, "worst_time",
                      framed ? number(time_of(d, pair, v->worst_frame, times)) : json_null());
}

static void put_counts(json_t *row, const struct assay_diff *d, int field, int subset)
{
  json_int_t cases = 0, same = 0, unusable = 0;
  for (long i = 0; i < d->n_pairs; i++) {
    if (!belongs(d, i, subset)) continue;
    cases++;
    same += d->fields[field].values[i].same;
    unusable += d->fields[field].values[i].unusable;
  }
  json_object_set_new(row, "cases", json_integer(cases));
  json_object_set_new(row, "same", json_integer(same));
  json_object_set_new(row, "unusable_frames", json_integer(unusable));
}

/* values [n_pairs], times [n_times] are scratch */
static json_t *field_row(const struct assay_diff *d, int field, int subset, double *values,
                         double *times)
{
  long n;
  json_t *row = json_object();
  json_object_set_new(row, "subset",
                      subset < 0 ? json_null() : json_string(d->a.info->subsets[subset].name));
  json_object_set_new(row, "field", json_string(d->fields[field].field->name));
  put_counts(row, d, field, subset);
  collect(values, &n, d, field, subset, RELATIVE);
  json_object_set_new(row, "median", number(quantile(values, n, 0.5)));
  json_object_set_new(row, "p90", number(quantile(values, n, 0.9)));
  json_object_set_new(row, "largest", number(quantile(values, n, 1)));
  const long at = largest_at(d, field, subset, RELATIVE);
  json_object_set_new(row, "largest_case",
                      at < 0 ? json_null() : json_integer(d->a.info->case_id[d->pairs[at].a]));
  collect(values, &n, d, field, subset, WORST);
  json_object_set_new(row, "worst", number(quantile(values, n, 1)));
  put_worst(row, d, field, largest_at(d, field, subset, WORST), times);
  collect(values, &n, d, field, subset, MEAN);
  json_object_set_new(row, "mean_median", number(quantile(values, n, 0.5)));
  json_object_set_new(row, "mean_largest", number(quantile(values, n, 1)));
  return row;
}

static bool has_cases(const struct assay_diff *d, int subset)
{
  for (long i = 0; i < d->n_pairs; i++)
    if (belongs(d, i, subset)) return true;
  return false;
}

static json_t *rows_json(const struct assay_diff *d, bool subsets, double *values, double *times)
{
  json_t *rows = json_array();
  for (int s = 0; subsets && s < d->a.info->n_subsets; s++)
    for (int f = 0; f < d->n_fields && has_cases(d, s); f++)
      json_array_append_new(rows, field_row(d, f, s, values, times));
  for (int f = 0; f < d->n_fields; f++)
    json_array_append_new(rows, field_row(d, f, -1, values, times));
  return rows;
}

/* ---- frame by frame, case by case ----------------------------------------------------------- */

/* {frame, cases, fields: {name: {median, largest}}} of one frame; NULL where nothing is compared */
static json_t *frame_json(const struct assay_diff *d, int frame, double *values)
{
  json_t *fields = json_object();
  long most = 0;
  const int times = d->a.info->n_times;
  for (int f = 0; f < d->n_fields; f++) {
    long n = 0;
    if (d->fields[f].field->kind == ASSAY_FIELD_STATIC) continue;
    for (long i = 0; i < d->n_pairs; i++) {
      const double v = d->fields[f].by_frame[i * times + frame];
      if (!isnan(v)) values[n++] = v;
    }
    if (n == 0) continue;
    if (n > most) most = n;
    assay_stats_sort(values, n);
    json_object_set_new(fields, d->fields[f].field->name,
                        json_pack("{so,so}", "median", number(quantile(values, n, 0.5)), "largest",
                                  number(quantile(values, n, 1))));
  }
  if (most == 0) {
    json_decref(fields);
    return NULL;
  }
  return json_pack("{si,sI,so}", "frame", frame, "cases", (json_int_t)most, "fields", fields);
}

/* `wanted` frames from the first to the last one that is used, evenly. */
static json_t *by_frame_json(const struct assay_diff *d, int wanted, double *values)
{
  json_t *list = json_array();
  int last = 0;
  for (int f = 0; f < d->n_fields; f++)
    for (long i = 0; i < d->n_pairs; i++)
      for (int k = last + 1; k < d->a.info->n_times; k++)
        if (!isnan(d->fields[f].by_frame[i * d->a.info->n_times + k])) last = k;
  for (int i = 0, before = -1; i < wanted && d->a.info->n_times > 0; i++) {
    const int frame = wanted > 1 ? (int)((long)last * i / (wanted - 1)) : last;
    json_t *one = frame == before ? NULL : frame_json(d, frame, values);
    if (one) json_array_append_new(list, one);
    before = frame;
  }
  return list;
}

static json_t *per_case_json(const struct assay_diff *d)
{
  json_t *list = json_array();
  for (long i = 0; i < d->n_pairs; i++) {
    const struct assay_diff_pair *p = &d->pairs[i];
    json_t *fields = json_object();
    for (int f = 0; f < d->n_fields; f++) {
      const struct assay_diff_value *v = &d->fields[f].values[i];
      json_object_set_new(fields, d->fields[f].field->name,
                          json_pack("{sb,so,so,si,so}", "same", v->same, "relative",
                                    number(v->relative), "worst", number(v->worst), "worst_frame",
                                    v->worst_frame, "mean", number(v->mean)));
    }
    json_array_append_new(list, json_pack("{sI,sI,si,si,so}", "case",
                                          (json_int_t)d->a.info->case_id[p->a], "case_b",
                                          (json_int_t)d->b.info->case_id[p->b], "frames",
                                          p->n_frames, "used_frames", p->n_used, "fields", fields));
  }
  return list;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Every number that both could have is there and the same. */
static bool is_identical(const json_t *all, const struct assay_diff *d)
{
  const json_t *cases = json_object_get(all, "cases"), *fields = json_object_get(all, "fields");
  static const char *const lists[] = {"only_a", "only_b"};
  bool same = json_integer_value(json_object_get(cases, "same")) == d->n_pairs;
  for (int i = 0; i < 2; i++)
    same = same && json_array_size(json_object_get(cases, lists[i])) == 0 &&
           json_array_size(json_object_get(fields, lists[i])) == 0;
  return same && json_array_size(json_object_get(fields, "not_compared")) == 0 &&
         json_array_size(json_object_get(all, "parameters")) == 0 &&
         json_array_size(json_object_get(all, "coordinates")) == 0 &&
         d->a.info->dtype == d->b.info->dtype;
}

int assay_diff_json(json_t **out, const struct assay_diff *d, int frames, bool subsets)
{
  int rc = ASSAY_OK;
  double *values = NULL, *times = NULL;
  json_t *coordinates = NULL, *all = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)d->n_pairs, "differences"));
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)d->a.info->n_times + 1, "times"));
  ASSAY_TRY(coordinates_json(&coordinates, d));
  all = json_pack("{so,so,so,so,so,sO,so,so,so,so}", "a", side_json(&d->a), "b", side_json(&d->b),
                  "cases", cases_json(d), "fields", fields_json(d), "parameters",
                  parameters_json(d), "coordinates", coordinates, "frames", frames_json(d), "rows",
                  rows_json(d, subsets, values, times), "by_frame",
                  by_frame_json(d, frames, values), "per_case", per_case_json(d));
  ASSAY_CHECK(all, ASSAY_ENOMEM, "no memory for the differences");
  json_object_set_new(all, "where",
                      d->where < 0 ? json_null() : json_string(d->a.info->fields[d->where].name));
  json_object_set_new(all, "identical", json_boolean(is_identical(all, d)));
  *out = json_incref(all);
done:
  json_decref(all);
  json_decref(coordinates);
  assay_free(values);
  assay_free(times);
  return rc;
}
