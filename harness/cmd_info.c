/* assay info: what a data-set file holds, on one page. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/json.h"
#include "datasets/dataset.h"
#include "harness/check_tables.h"
#include "harness/tables.h"
#include "harness/verb.h"

struct info_options {
  bool json, recipe;
};
static const struct assay_param rows[] = {
    {ASSAY_P_BOOL(info_options, json), .doc = "print the card as JSON"},
    {ASSAY_P_BOOL(info_options, recipe), .doc = "print only the recipe it was made from"},
    {0}};
static const struct info_options defaults = {0};

/* Text attribute into the object, when the file has it. */
static int add_text(json_t *to, const struct assay_dataset *ds, const char *key)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  rc = assay_dataset_text(&text, ds, key);
  if (rc == ASSAY_ENOTFOUND) rc = ASSAY_OK;
  ASSAY_TRY(rc);
  if (text) json_object_set_new(to, key, json_string(text));
done:
  assay_free(text);
  return rc;
}

static int add_axes(json_t *card, const struct assay_dataset_info *info)
{
  json_t *list = json_array();
  for (int a = 0; a < info->shape.n_axes; a++) {
    const struct assay_axis *axis = &info->shape.axis[a];
    json_array_append_new(list, json_pack("{ss,si,sf,sf,ss}", "name", axis->name, "points", axis->n,
                                          "from", axis->lo, "to", axis->hi, "unit", axis->unit));
  }
  return json_object_set_new(card, "axes", list);
}

static int add_params(json_t *card, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  const size_t n = (size_t)info->n_params;
  double *lo = NULL;
  json_t *list = json_array();
  json_object_set_new(card, "parameters", list);
  ASSAY_TRY(ASSAY_NEW(&lo, 3 * n, "ranges"));
  double *hi = lo + n, *now = hi + n;
  for (long k = 0; k < info->n_cases; k++) {
    ASSAY_TRY(assay_dataset_params(ds, now, k));
    for (size_t p = 0; p < n; p++) {
      lo[p] = k == 0 ? now[p] : fmin(lo[p], now[p]);
      hi[p] = k == 0 ? now[p] : fmax(hi[p], now[p]);
    }
  }
  for (size_t p = 0; p < n; p++) {
    const struct assay_quantity *q = &info->params[p];
    json_t *item = json_pack("{ss,ss,ss,so,so}", "name", q->name, "unit", q->unit, "doc", q->doc,
                             "min", assay_json_double(lo[p]), "max", assay_json_double(hi[p]));
    if (q->choices) {
      json_object_set_new(item, "min", json_string(q->choices[(int)lo[p]]));
      json_object_set_new(item, "max", json_string(q->choices[(int)hi[p]]));
    }
    json_array_append_new(list, item);
  }
done:
  assay_free(lo);
  return rc;
}

static void widen(double range[2], const double *values, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(values[i])) continue;
    range[0] = fmin(range[0], values[i]);
    range[1] = fmax(range[1], values[i]);
  }
}

/* Smallest and largest value of a field over all cases and frames. */
static int field_range(double range[2], const struct assay_dataset *ds, int f)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  const enum assay_field_kind kind = info->fields[f].kind;
  const size_t points = kind == ASSAY_FIELD_SCALAR ? 1 : assay_shape_points(&info->shape);
  range[0] = (double)INFINITY, range[1] = -(double)INFINITY;
  ASSAY_TRY(ASSAY_NEW(&values, points, "frame"));
  for (long k = 0; k < info->n_cases; k++)
    for (int t = 0; t < (kind == ASSAY_FIELD_STATIC ? 1 : assay_dataset_frames(ds, k)); t++) {
      ASSAY_TRY(assay_dataset_read(ds, values, k, f, t, 1));
      widen(range, values, points);
    }
done:
  assay_free(values);
  return rc;
}

static int add_fields(json_t *card, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  static const char *const kinds[] = {"frames", "static", "scalar"};
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  json_t *list = json_array();
  json_object_set_new(card, "fields", list);
  for (int f = 0; f < info->n_fields; f++) {
    double range[2];
    ASSAY_TRY(field_range(range, ds, f));
    const bool any = range[0] <= range[1]; /* else no frame is given */
    json_array_append_new(list, json_pack("{ss,ss,ss,ss,so,so}", "name", info->fields[f].name,
                                          "unit", info->fields[f].unit, "kind",
                                          kinds[info->fields[f].kind], "doc", info->fields[f].doc,
                                          "min", any ? json_real(range[0]) : json_null(), "max",
                                          any ? json_real(range[1]) : json_null()));
  }
done:
  return rc;
}

static int add_splits(json_t *card, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  int8_t *codes = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  json_t *list = json_array();
  json_object_set_new(card, "splits", list);
  ASSAY_TRY(ASSAY_NEW(&codes, (size_t)info->n_cases, "split"));
  for (int s = 0; s < info->n_splits; s++) {
    json_int_t count[4] = {0};
    ASSAY_TRY(assay_dataset_split(ds, codes, info->splits[s]));
    for (long k = 0; k < info->n_cases; k++) count[(codes[k] + 1) & 3]++;
    json_array_append_new(list,
                          json_pack("{ss,sI,sI,sI,sI}", "name", info->splits[s], "train", count[1],
                                    "validation", count[2], "test", count[3], "unused", count[0]));
  }
done:
  assay_free(codes);
  return rc;
}

/* Number of cases for which a certificate row is not zero. */
static int add_count(json_t *to, const struct assay_dataset *ds, const char *row, double *work)
{
  int rc = assay_dataset_certificate(ds, work, row);
  json_int_t n = 0;
  if (rc == ASSAY_ENOTFOUND) return ASSAY_OK;
  for (long k = 0; rc == ASSAY_OK && k < assay_dataset_info(ds)->n_cases; k++) n += work[k] > 0;
  if (rc == ASSAY_OK) json_object_set_new(to, row, json_integer(n));
  return rc;
}

/* {choice: cases} of a certificate row, without those that say nothing. */
static int add_choices(json_t *to, const struct assay_dataset *ds, const char *name, double *work)
{
  const struct assay_param *row = assay_certificate_rows;
  while (strcmp(row->name, name) != 0) row++;
  const int rc = assay_dataset_certificate(ds, work, name);
  if (rc == ASSAY_ENOTFOUND) return ASSAY_OK;
  json_t *counts = json_object();
  for (int choice = 1; rc == ASSAY_OK && row->choices[choice]; choice++) {
    json_int_t n = 0;
    for (long k = 0; k < assay_dataset_info(ds)->n_cases; k++) n += work[k] == choice;
    if (n > 0) json_object_set_new(counts, row->choices[choice], json_integer(n));
  }
  json_object_set_new(to, name, counts);
  return rc;
}

/* Largest error estimate of every field, relative to the largest value of the field. */
static int add_errors(json_t *card, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  double *errors = NULL;
  json_t *fields = json_object_get(card, "fields");
  ASSAY_TRY(ASSAY_NEW(&errors, (size_t)(info->n_times > 0 ? info->n_times : 1), "errors"));
  for (int f = 0; f < info->n_fields; f++) {
    double worst = 0;
    bool any = false;
    for (long k = 0; k < info->n_cases; k++) {
      rc = assay_dataset_error(ds, errors, k, f);
      if (rc == ASSAY_ENOTFOUND)
        rc = ASSAY_OK;
      else
        ASSAY_TRY(rc);
      for (int t = 0; t < assay_dataset_frames(ds, k) && rc == ASSAY_OK; t++)
        if (errors[t] >= worst) worst = errors[t], any = true;
    }
    if (any)
      json_object_set_new(json_array_get(fields, (size_t)f), "largest_error", json_real(worst));
  }
done:
  assay_free(errors);
  return rc;
}

/* [{name, cases}] of the cases in the file */
static void add_subsets(json_t *card, const struct assay_dataset *ds)
{
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  json_t *list = json_array();
  for (int i = 0; i < info->n_subsets; i++) {
    json_int_t n = 0;
    for (long k = 0; k < info->n_cases; k++) n += assay_dataset_subset(ds, k) == i;
    if (n > 0)
      json_array_append_new(list, json_pack("{ss,sI}", "name", info->subsets[i].name, "cases", n));
  }
  json_object_set_new(card, "subsets", list);
}

/* Frames of all cases, and those up to the first steady one. */
static void add_frames(json_t *card, const struct assay_dataset *ds, double *work)
{
  json_int_t all = 0, unique = 0, fewest = assay_dataset_frames(ds, 0);
  const long n = assay_dataset_info(ds)->n_cases;
  const bool known = assay_dataset_certificate(ds, work, "steady_from") == ASSAY_OK;
  for (long k = 0; k < n; k++) {
    const int frames = assay_dataset_frames(ds, k);
    const bool repeats = known && work[k] >= 0 && work[k] + 1 < frames;
    all += frames;
    fewest = frames < fewest ? frames : fewest;
    unique += repeats ? (int)work[k] + 1 : frames;
  }
  json_object_set_new(card, "fewest_frames", json_integer(fewest));
  json_object_set_new(card, "all_frames", json_integer(all));
  json_object_set_new(card, "unique_frames", json_integer(unique));
}

static int make_card(json_t **out, const struct assay_dataset *ds, const char *path)
{
  int rc = ASSAY_OK;
  static const char *const texts[] = {
      "title",       "summary", "generator", "generator_version", "references",
      "recipe_name", "seed",    "license",   "content_sha256"};
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  long long size = 0;
  double *work = NULL;
  json_t *card = json_object();
  ASSAY_TRY(assay_file_size(&size, path));
  ASSAY_TRY(ASSAY_NEW(&work, (size_t)info->n_cases, "certificate"));
  json_object_set_new(card, "file", json_string(path));
  json_object_set_new(card, "bytes", json_integer(size));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) ASSAY_TRY(add_text(card, ds, texts[i]));
  json_object_set_new(card, "cases", json_integer(info->n_cases));
  json_object_set_new(card, "first_case", json_integer(info->case_id[0]));
  json_object_set_new(card, "last_case", json_integer(info->case_id[info->n_cases - 1]));
  json_object_set_new(card, "frames", json_integer(info->n_times));
  json_object_set_new(card, "frame_interval", json_real(info->shape.frame_interval));
  json_object_set_new(card, "precision",
                      json_string(info->dtype == ASSAY_F32 ? "float32" : "float64"));
  add_axes(card, info);
  ASSAY_TRY(add_fields(card, ds));
  ASSAY_TRY(add_params(card, ds));
  ASSAY_TRY(add_splits(card, ds));
  add_subsets(card, ds);
  add_frames(card, ds, work);
  ASSAY_TRY(add_count(card, ds, "diverged", work));
  ASSAY_TRY(add_count(card, ds, "resolved", work));
  ASSAY_TRY(add_choices(card, ds, "convection_scheme", work));
  ASSAY_TRY(add_choices(card, ds, "viscous_scheme", work));
  ASSAY_TRY(add_errors(card, ds));
  *out = card;
  card = NULL;
done:
  assay_free(work);
  json_decref(card);
  return rc;
}

/* ---- printing ------------------------------------------------------------------------------- */

/* A number or a name, right-aligned in 12 columns. */
static void print_cell(const json_t *value, FILE *out)
{
  if (json_is_number(value))
    fprintf(out, " %12.6g", json_number_value(value));
  else
    fprintf(out, " %12s", json_is_string(value) ? json_string_value(value) : "-");
}

static void print_line(const char *label, const char *text, FILE *out)
{
  if (*text) fprintf(out, "%-12s%s\n", label, text);
}

static void print_head(const json_t *card, FILE *out)
{
  char bytes[32], made[300] = "";
  size_t i;
  json_t *axis;
  fprintf(out, "%s\n\n",
          *assay_json_get_text(card, "title") ? assay_json_get_text(card, "title")
                                              : assay_json_get_text(card, "file"));
  print_line("summary", assay_json_get_text(card, "summary"), out);
  if (*assay_json_get_text(card, "generator"))
    snprintf(made, sizeof made, "generator %s, version %s, recipe %s, seed %s",
             assay_json_get_text(card, "generator"), assay_json_get_text(card, "generator_version"),
             assay_json_get_text(card, "recipe_name"), assay_json_get_text(card, "seed"));
  print_line("made by", made, out);
  print_line("reference", assay_json_get_text(card, "references"), out);
  print_line("licence", assay_json_get_text(card, "license"), out);
  fprintf(out, "%-12s%s, %s\n", "file", assay_json_get_text(card, "file"),
          assay_text_bytes(bytes, (double)assay_json_get_whole(card, "bytes")));
  const long first = assay_json_get_whole(card, "first_case"),
             last = assay_json_get_whole(card, "last_case");
  const long frames = assay_json_get_whole(card, "frames"),
             fewest = assay_json_get_whole(card, "fewest_frames");
  fprintf(out, "%-12s%ld cases (from %ld", "size", assay_json_get_whole(card, "cases"), first);
  if (last != first + assay_json_get_whole(card, "cases") - 1)
    fprintf(out, " to %ld, not all", last);
  fprintf(out, ") x ");
  if (fewest < frames) fprintf(out, "%ld to ", fewest);
  fprintf(out, "%ld frames every %.6g s", frames,
          json_number_value(json_object_get(card, "frame_interval")));
  json_array_foreach(json_object_get(card, "axes"), i, axis) fprintf(
      out, " x %s %ld", assay_json_get_text(axis, "name"), assay_json_get_whole(axis, "points"));
  fprintf(out, ", %s\n", assay_json_get_text(card, "precision"));
}

static void print_counts(const json_t *card, FILE *out)
{
  size_t i;
  json_t *s;
  const json_t *subsets = json_object_get(card, "subsets");
  const long all = assay_json_get_whole(card, "all_frames"),
             unique = assay_json_get_whole(card, "unique_frames");
  if (json_array_size(subsets) > 0) fprintf(out, "%-12s", "subsets");
  json_array_foreach(subsets, i, s)
      fprintf(out, "%s%s %ld", i ? ", " : "", assay_json_get_text(s, "name"),
              assay_json_get_whole(s, "cases"));
  if (json_array_size(subsets) > 0) fprintf(out, "\n");
  if (unique < all)
    fprintf(out, "%-12s%ld in all, %ld of them before a case repeats its steady state\n", "frames",
            all, unique);
}

static void print_fields(const json_t *card, FILE *out)
{
  size_t i;
  json_t *f;
  fprintf(out, "\n%-18s %-10s %12s %12s %12s  %s\n", "field", "unit", "min", "max", "rms error <",
          "meaning");
  json_array_foreach(json_object_get(card, "fields"), i, f)
  {
    fprintf(out, "%-18s %-10s", assay_json_get_text(f, "name"), assay_json_get_text(f, "unit"));
    print_cell(json_object_get(f, "min"), out);
    print_cell(json_object_get(f, "max"), out);
    print_cell(json_object_get(f, "largest_error"), out);
    fprintf(out, "  %s\n", assay_json_get_text(f, "doc"));
  }
}

/* Parameters that vary, then those that do not. */
static void print_params(const json_t *card, FILE *out)
{
  size_t i;
  json_t *p;
  if (json_array_size(json_object_get(card, "parameters")) == 0) return;
  fprintf(out, "\n%-18s %-10s %12s %12s  %s\n", "parameter", "unit", "min", "max", "meaning");
  for (int varies = 1; varies >= 0; varies--)
    json_array_foreach(json_object_get(card, "parameters"), i, p)
    {
      const json_t *lo = json_object_get(p, "min"), *hi = json_object_get(p, "max");
      if (json_equal(lo, hi) == varies) continue;
      fprintf(out, "%-18s %-10s", assay_json_get_text(p, "name"), assay_json_get_text(p, "unit"));
      print_cell(lo, out);
      if (varies)
        print_cell(hi, out);
      else
        fprintf(out, " %12s", "");
      fprintf(out, "  %s\n", assay_json_get_text(p, "doc"));
    }
}

static void print_schemes(const json_t *card, const char *key, const char *head, FILE *out)
{
  json_t *counts = json_object_get(card, key);
  if (json_object_size(counts) == 0) return;
  fprintf(out, "%-11s ", head);
  assay_check_counts(counts, out);
  fprintf(out, " of %ld cases\n", assay_json_get_whole(card, "cases"));
}

static void print_rest(const json_t *card, FILE *out)
{
  size_t i;
  json_t *s;
  const json_t *splits = json_object_get(card, "splits");
  if (json_array_size(splits) > 0)
    fprintf(out, "\n%-18s %6s %11s %6s %7s\n", "split", "train", "validation", "test", "unused");
  json_array_foreach(splits, i, s)
      fprintf(out, "%-18s %6ld %11ld %6ld %7ld\n", assay_json_get_text(s, "name"),
              assay_json_get_whole(s, "train"), assay_json_get_whole(s, "validation"),
              assay_json_get_whole(s, "test"), assay_json_get_whole(s, "unused"));
  if (json_object_get(card, "resolved"))
    fprintf(out, "\ncertificate %ld of %ld cases resolved, %ld diverged (details: assay check)\n",
            assay_json_get_whole(card, "resolved"), assay_json_get_whole(card, "cases"),
            assay_json_get_whole(card, "diverged"));
  print_schemes(card, "convection_scheme", "convection", out);
  print_schemes(card, "viscous_scheme", "viscosity", out);
  fprintf(out, "\n");
  print_line("content", assay_json_get_text(card, "content_sha256"), out);
  if (*assay_json_get_text(card, "recipe_name"))
    fprintf(out,
            "again       assay info %s --recipe > recipe.yaml; assay generate recipe.yaml -o "
            "again.nc\n",
            assay_json_get_text(card, "file"));
}

static int print_recipe(const struct assay_dataset *ds, FILE *out)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(assay_dataset_text(&text, ds, "recipe"));
  fputs(text, out);
done:
  assay_free(text);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct info_options *o = options;
  struct assay_dataset *ds = NULL;
  json_t *card = NULL;
  (void)n_args;
  if (assay_table_set_is(args[0])) return assay_tables_info(args[0], o->json, o->recipe, out);
  ASSAY_TRY(assay_dataset_open(&ds, args[0]));
  if (o->recipe) {
    ASSAY_TRY(print_recipe(ds, out));
    goto done;
  }
  ASSAY_TRY(make_card(&card, ds, args[0]));
  if (o->json) {
    json_dumpf(card, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    fprintf(out, "\n");
    goto done;
  }
  print_head(card, out);
  print_counts(card, out);
  print_fields(card, out);
  print_params(card, out);
  print_rest(card, out);
done:
  json_decref(card);
  assay_dataset_close(ds);
  return rc;
}

const struct assay_verb assay_verb_info = {
    .name = "info",
    .doc = "show what a data set holds",
    .usage = "FILE [--json | --recipe]",
    .detail =
        "FILE is a data set, a manifest of shards, a table or a folder of them, or a train.nc,\n"
        "inputs.nc or prediction.",
    .options = rows,
    .options_size = sizeof(struct info_options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run};
