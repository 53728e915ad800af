/* Plain NumPy arrays and a JSON file: for programs without NetCDF or HDF5. Fields keep their type;
 * frames behind the last one of a case are NaN. */
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "core/io/npy.h"
#include "datasets/exporters/exporter.h"

struct bundle {
  const struct assay_export *job;
  const struct assay_dataset_info *info;
  json_t *arrays; /* [{file, dims, shape, unit, doc}] */
};

static int check(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  char name[300];
  const struct assay_dataset_info *info = assay_dataset_info(job->ds);
  ASSAY_TRY(assay_export_vacant(job, "set.json"));
  for (int f = 0; f < info->n_fields; f++) {
    snprintf(name, sizeof name, "%s.npy", info->fields[f].name);
    ASSAY_TRY(assay_export_vacant(job, name));
  }
done:
  return rc;
}

/* An array that is about to be written: its entry in the JSON file and its open file. */
static int open_array(struct assay_npy **out, struct bundle *b, const char *name, const char *type,
                      int n_dims, const char *const *dims, const size_t *shape, const char *unit,
                      const char *doc)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  json_t *names = json_array(), *lengths = json_array();
  for (int d = 0; d < n_dims; d++) {
    json_array_append_new(names, json_string(dims[d]));
    json_array_append_new(lengths, json_integer((json_int_t)shape[d]));
  }
  json_array_append_new(b->arrays,
                        json_pack("{ss+,sO,sO,ss,ss,ss}", "file", name, ".npy", "dims", names,
                                  "shape", lengths, "type", type, "unit", unit, "meaning", doc));
  ASSAY_TRY(assay_asprintf(&path, "%s/%s.npy", b->job->folder, name));
  ASSAY_TRY(assay_npy_create(out, path, type, n_dims, shape));
done:
  json_decref(names);
  json_decref(lengths);
  assay_free(path);
  return rc;
}

/* ---- fields --------------------------------------------------------------------------------- */

static int field_dims(const char **dims, size_t *shape, const struct assay_dataset_info *info,
                      const struct assay_field *field)
{
  int n = 0;
  dims[n] = "case", shape[n++] = (size_t)info->n_cases;
  if (info->n_times > 0 && field->kind != ASSAY_FIELD_STATIC)
    dims[n] = "time", shape[n++] = (size_t)info->n_times;
  for (int a = 0; field->kind != ASSAY_FIELD_SCALAR && a < info->shape.n_axes; a++)
    dims[n] = info->shape.axis[a].name, shape[n++] = (size_t)info->shape.axis[a].n;
  return n;
}

static void narrow(void *values, size_t n)
{
  const double *from = values;
  float *to = values; /* never ahead of what is still to be read */
  for (size_t i = 0; i < n; i++) {
    const float value = (float)from[i];
    memcpy(&to[i], &value, sizeof value);
  }
}

static int write_field(struct bundle *b, int f)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = b->info;
  const struct assay_field *field = &info->fields[f];
  const char *dims[2 + ASSAY_AXES_MAX];
  size_t shape[2 + ASSAY_AXES_MAX], per_case = 1;
  struct assay_npy *file = NULL;
  double *values = NULL;
  const int n_dims = field_dims(dims, shape, info, field);
  const bool timed = info->n_times > 0 && field->kind != ASSAY_FIELD_STATIC;
  for (int d = 1; d < n_dims; d++) per_case *= shape[d];
  ASSAY_TRY(open_array(&file, b, field->name, info->dtype == ASSAY_F32 ? "f4" : "f8", n_dims, dims,
                       shape, field->unit, field->doc));
  ASSAY_TRY(ASSAY_NEW(&values, per_case, "field"));
  for (long k = 0; k < info->n_cases; k++) {
    ASSAY_TRY(assay_dataset_read(b->job->ds, values, k, f, 0, timed ? info->n_times : 1));
    if (info->dtype == ASSAY_F32) narrow(values, per_case);
    ASSAY_TRY(assay_npy_put(file, values, per_case));
    if (b->job->progress)
      b->job->progress(b->job->user, f * info->n_cases + k + 1, info->n_fields * info->n_cases);
  }
  struct assay_npy *whole = file;
  file = NULL;
  ASSAY_TRY(assay_npy_commit(whole));
done:
  assay_npy_abort(file);
  assay_free(values);
  return rc;
}

/* ---- coordinates ---------------------------------------------------------------------------- */

/* Rows [n] of all cases, read by get(); `name` gets the prefix that the file's own names avoid. */
static int write_rows(struct bundle *b, const char *name, const char *dim, int n, const char *unit,
                      const char *doc, int axis)
{
  int rc = ASSAY_OK;
  const char *const dims[] = {"case", dim};
  const size_t shape[] = {(size_t)b->info->n_cases, (size_t)n};
  struct assay_npy *file = NULL;
  double *row = NULL;
  ASSAY_TRY(open_array(&file, b, name, "f8", 2, dims, shape, unit, doc));
  ASSAY_TRY(ASSAY_NEW(&row, (size_t)n, "coordinate"));
  for (long k = 0; k < b->info->n_cases; k++) {
    ASSAY_TRY(axis < 0 ? assay_dataset_times(b->job->ds, row, k)
                       : assay_dataset_coordinate(b->job->ds, row, k, axis));
    ASSAY_TRY(assay_npy_put(file, row, (size_t)n));
  }
  struct assay_npy *whole = file;
  file = NULL;
  ASSAY_TRY(assay_npy_commit(whole));
done:
  assay_npy_abort(file);
  assay_free(row);
  return rc;
}

static int write_coordinates(struct bundle *b)
{
  int rc = ASSAY_OK;
  char name[64];
  if (b->info->n_times > 0)
    ASSAY_TRY(write_rows(b, "coordinate_time", "time", b->info->n_times, "s",
                         "time since the start of the case", -1));
  for (int a = 0; a < b->info->shape.n_axes; a++) {
    const struct assay_axis *axis = &b->info->shape.axis[a];
    if (axis->kind == ASSAY_AXIS_INDEX) continue;
    snprintf(name, sizeof name, "coordinate_%s", axis->name);
    ASSAY_TRY(write_rows(b, name, axis->name, axis->n, axis->unit, axis->doc, a));
  }
done:
  return rc;
}

/* ---- set.json ------------------------------------------------------------------------------- */

/* {name: {unit, meaning, values: [...]}}; choices by name */
static int pack_params(json_t **out, const struct bundle *b)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  *out = json_object();
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)b->info->n_params, "parameters"));
  for (int p = 0; p < b->info->n_params; p++) {
    const struct assay_quantity *q = &b->info->params[p];
    json_t *list = json_array();
    json_object_set_new(
        *out, q->name,
        json_pack("{ss*,ss*,so}", "unit", q->unit, "meaning", q->doc, "values", list));
    for (long k = 0; k < b->info->n_cases; k++) {
      ASSAY_TRY(assay_dataset_params(b->job->ds, values, k));
      json_array_append_new(list, q->choices ? json_string(q->choices[(int)values[p]])
                                             : assay_json_double(values[p]));
    }
  }
done:
  assay_free(values);
  return rc;
}

static int pack_splits(json_t **out, const struct bundle *b)
{
  int rc = ASSAY_OK;
  int8_t *codes = NULL;
  *out = json_object();
  ASSAY_TRY(ASSAY_NEW(&codes, (size_t)b->info->n_cases, "split"));
  for (int s = 0; s < b->info->n_splits; s++) {
    json_t *list = json_array();
    json_object_set_new(*out, b->info->splits[s], list);
    ASSAY_TRY(assay_dataset_split(b->job->ds, codes, b->info->splits[s]));
    for (long k = 0; k < b->info->n_cases; k++) json_array_append_new(list, json_integer(codes[k]));
  }
done:
  assay_free(codes);
  return rc;
}

static int put_text(json_t *set, const struct assay_dataset *ds, const char *attribute)
{
  char *text = NULL;
  if (assay_dataset_text(&text, ds, attribute) < 0) return ASSAY_OK;
  json_object_set_new(set, attribute, json_string(text));
  assay_free(text);
  return ASSAY_OK;
}

static int write_json(struct bundle *b)
{
  int rc = ASSAY_OK;
  static const char *const texts[] = {"title",       "summary", "license",       "references",
                                      "recipe_name", "recipe",  "content_sha256"};
  char *path = NULL;
  json_t *set = json_object(), *params = NULL, *splits = NULL;
  json_t *ids = json_array(), *frames = json_array(), *subsets = json_array();
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    ASSAY_TRY(put_text(set, b->job->ds, texts[i]));
  for (long k = 0; k < b->info->n_cases; k++) {
    const int subset = assay_dataset_subset(b->job->ds, k);
    json_array_append_new(ids, json_integer(b->info->case_id[k]));
    json_array_append_new(frames, json_integer(assay_dataset_frames(b->job->ds, k)));
    if (subset >= 0) json_array_append_new(subsets, json_string(b->info->subsets[subset].name));
  }
  ASSAY_TRY(pack_params(&params, b));
  ASSAY_TRY(pack_splits(&splits, b));
  json_object_set(set, "arrays", b->arrays);
  json_object_set(set, "case_id", ids);
  json_object_set(set, "n_frames", frames);
  if (b->info->n_subsets > 0) json_object_set(set, "subset", subsets);
  json_object_set(set, "parameters", params);
  json_object_set(set, "splits", splits);
  ASSAY_TRY(assay_asprintf(&path, "%s/set.json", b->job->folder));
  ASSAY_TRY(assay_json_write(set, path));
done:
  json_decref(set);
  json_decref(params);
  json_decref(splits);
  json_decref(ids);
  json_decref(frames);
  json_decref(subsets);
  assay_free(path);
  return rc;
}

static int write(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  struct bundle b = {job, assay_dataset_info(job->ds), json_array()};
  for (int f = 0; f < b.info->n_fields; f++) ASSAY_TRY(write_field(&b, f));
  ASSAY_TRY(write_coordinates(&b));
  ASSAY_TRY(write_json(&b));
done:
  json_decref(b.arrays);
  return rc;
}

const struct assay_exporter assay_exporter_npy = {
    .name = "npy",
    .doc = "one NumPy array per field and coordinate, and a JSON file with the rest",
    .layout =
        "FIELD.npy              [case, time, y, x] in the type of the set; NaN behind n_frames\n"
        "coordinate_NAME.npy    [case, NAME], float64\n"
        "set.json               arrays, ids, parameters by name with units, splits, recipe",
    .reference = "NumPy, numpy.lib.format 1.0",
    .of = ASSAY_EXPORT_CASES,
    .check = check,
    .write = write};
