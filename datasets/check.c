#include "datasets/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "core/num/random.h"
#include "datasets/certify.h"
#include "datasets/dataset_case.h"
#include "datasets/hash.h"
#include "datasets/nc.h"
#include "datasets/split.h"

enum { PROBLEMS_MAX = 50 };

struct check {
  const struct assay_check *options;
  struct assay_dataset *ds;
  const struct assay_dataset_info *info;
  json_t *report, *problems, *notices; /* notices: worth knowing, but not wrong */
  struct assay_config *recipe;         /* of the file, NULL when it cannot be read */
  char **hashes;                       /* [n_cases] as stored */
  double *diverged;                    /* [n_cases] */
  long resolved, misjudged;            /* cases; those whose flag says otherwise */
};

static void append(json_t *list, const char *fmt, va_list ap)
{
  char text[1024];
  vsnprintf(text, sizeof text, fmt, ap);
  const size_t n = json_array_size(list);
  if (n < PROBLEMS_MAX) json_array_append_new(list, json_string(text));
  if (n == PROBLEMS_MAX) json_array_append_new(list, json_string("... and more"));
}

__attribute__((format(printf, 2, 3))) static void problem(struct check *c, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  append(c->problems, fmt, ap);
  va_end(ap);
}

__attribute__((format(printf, 2, 3))) static void notice(struct check *c, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  append(c->notices, fmt, ap);
  va_end(ap);
}

/* A failure of a part of the check is one more problem; others go on. */
static int note(struct check *c, int rc)
{
  if (rc == ASSAY_ENOMEM) return rc;
  if (rc < 0) problem(c, "%s", assay_err_last());
  return ASSAY_OK;
}

/* ---- structure ------------------------------------------------------------------------------ */

static void check_attributes(struct check *c)
{
  static const char *const needed[] = {
      "Conventions", "assay_format", "title", "license", "generator",     "generator_version",
      "recipe_name", "recipe",       "seed",  "source",  "content_sha256"};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
    char *text = NULL;
    if (assay_dataset_text(&text, c->ds, needed[i]) < 0) problem(c, "%s", assay_err_last());
    assay_free(text);
  }
}

static bool has_attribute(int group, int var, const char *name)
{
  return nc_inq_attid(group, var, name, NULL) == NC_NOERR;
}

/* Every number has a unit or is a flag with meanings, and everything says what it is. */
static void check_variable(struct check *c, int group, const char *group_name, int var)
{
  char name[NC_MAX_NAME + 1] = "?";
  nc_type type = NC_NAT;
  nc_inq_varname(group, var, name);
  nc_inq_vartype(group, var, &type);
  const char *slash = *group_name ? "/" : "";
  if (!has_attribute(group, var, "long_name"))
    problem(c, "variable '%s%s%s' has no long_name", group_name, slash, name);
  if (type != NC_STRING && !has_attribute(group, var, "units") &&
      !(has_attribute(group, var, "flag_values") && has_attribute(group, var, "flag_meanings")))
    problem(c, "variable '%s%s%s' has neither units nor flag meanings", group_name, slash, name);
}

static void check_group(struct check *c, int nc, const char *name, bool needed)
{
  int group = nc, n = 0;
  if (*name && nc_inq_grp_ncid(nc, name, &group) != NC_NOERR) {
    if (needed) problem(c, "group '%s' is missing", name);
    return;
  }
  nc_inq_nvars(group, &n);
  for (int var = 0; var < n; var++) check_variable(c, group, name, var);
}

static void check_fields(struct check *c, int nc)
{
  const struct assay_dataset_info *info = c->info;
  for (int f = 0; f < info->n_fields; f++) {
    int var;
    if (nc_inq_varid(nc, info->fields[f].name, &var) == NC_NOERR &&
        info->fields[f].kind != ASSAY_FIELD_STATIC && !has_attribute(nc, var, "_FillValue"))
      problem(c, "field '%s' has no _FillValue", info->fields[f].name);
  }
  if (info->n_fields == 0) problem(c, "there is no field");
  for (int a = 0; a < info->shape.n_axes; a++) {
    const char *name = info->shape.axis[a].name;
    const bool spatial = strlen(name) == 1 && strchr("xyz", name[0]);
    if (spatial && info->shape.axis[a].kind == ASSAY_AXIS_INDEX)
      problem(c, "dimension '%s' has no coordinate variable", name);
  }
}

static void check_certificate_rows(struct check *c, int nc)
{
  int group, var;
  if (nc_inq_grp_ncid(nc, "certificate", &group) != NC_NOERR) return;
  for (int k = 0; k < ASSAY_CERTIFICATE_FIRST_ROWS; k++)
    if (nc_inq_varid(group, assay_certificate_rows[k].name, &var) != NC_NOERR)
      problem(c, "variable 'certificate/%s' is missing", assay_certificate_rows[k].name);
}

static void check_structure(struct check *c)
{
  long row;
  int var;
  check_attributes(c);
  for (long k = 0; k < c->info->n_cases;) {
    const int nc = assay_dataset_nc(c->ds, k, &row);
    if (nc_inq_varid(nc, "case_id", &var) != NC_NOERR) problem(c, "variable 'case_id' is missing");
    check_group(c, nc, "", true);
    check_group(c, nc, "parameters", true);
    check_group(c, nc, "certificate", true);
    check_group(c, nc, "splits", false);
    check_group(c, nc, "boundary", false);
    check_fields(c, nc);
    check_certificate_rows(c, nc);
    while (k < c->info->n_cases && assay_dataset_nc(c->ds, k, &row) == nc) k++;
  }
}

static void check_ids(struct check *c)
{
  const long *id = c->info->case_id;
  for (long k = 1; k < c->info->n_cases; k++)
    if (id[k] <= id[k - 1]) {
      problem(c, "case ids are not in order: %ld comes before %ld", id[k - 1], id[k]);
      return;
    }
}

/* ---- values --------------------------------------------------------------------------------- */

static bool is_finite_number(double v)
{
  return isfinite(v) && v != NC_FILL_DOUBLE && v != (double)NC_FILL_FLOAT;
}

static bool field_is_finite(const struct assay_case *c, int f)
{
  const bool fixed = c->fields[f].kind == ASSAY_FIELD_STATIC;
  const size_t n = assay_case_elements(c, f) * (size_t)(fixed ? 1 : c->n_frames);
  for (size_t i = 0; i < n; i++) {
    const double v = c->dtype == ASSAY_F32 ? (double)((const float *)c->data[f])[i]
                                           : ((const double *)c->data[f])[i];
    if (!is_finite_number(v)) return false;
  }
  return true;
}

static void check_finite(struct check *c, const struct assay_case *k)
{
  for (int f = 0; f < k->n_fields; f++)
    if (k->data[f] && !field_is_finite(k, f))
      problem(c, "case %ld: field '%s' has a value that is not finite among its %d frames", k->id,
              k->fields[f].name, k->n_frames);
  for (int i = 0; i < k->n_frames && c->info->n_times > 0; i++)
    if (!is_finite_number(k->time[i]) || (i > 0 && k->time[i] <= k->time[i - 1])) {
      problem(c, "case %ld: times do not increase at frame %d", k->id, i);
      break;
    }
}

/* Flags of older versions followed another rule: the estimates count, which all versions store. */
static int judge(struct check *c, struct assay_case *kase)
{
  int rc = ASSAY_OK;
  bool resolved;
  ASSAY_TRY(assay_certify_resolved(&resolved, kase));
  c->resolved += resolved;
  c->misjudged += resolved != kase->certificate.resolved;
  kase->certificate.resolved = resolved;
done:
  return rc;
}

static int check_case(struct check *c, long k)
{
  int rc = ASSAY_OK;
  char stored[ASSAY_SHA256_HEX], found[ASSAY_SHA256_HEX];
  struct assay_case *kase = NULL;
  ASSAY_TRY(assay_dataset_case_hash(stored, c->ds, k));
  ASSAY_TRY(assay_strdup(&c->hashes[k], stored));
  ASSAY_TRY(assay_dataset_case(&kase, c->ds, k, NULL, NULL));
  check_finite(c, kase);
  ASSAY_TRY(assay_dataset_rehash(found, c->ds, k, kase));
  if (strcmp(stored, found) != 0)
    problem(c, "case %ld: its data do not fit its SHA-256 (%.12s... stored, %.12s... found)",
            kase->id, stored, found);
  if (kase->n_frames < c->info->n_times && c->diverged[k] == 0 && kase->n_frames == 0)
    problem(c, "case %ld: no frames, but not marked as diverged", kase->id);
  ASSAY_TRY(judge(c, kase));
  if (c->options->summary)
    ASSAY_TRY(assay_summary_case(c->options->summary, kase, assay_dataset_subset(c->ds, k)));
done:
  assay_case_destroy(kase);
  return rc;
}

static int check_content(struct check *c)
{
  int rc = ASSAY_OK;
  char found[ASSAY_SHA256_HEX], *stored = NULL, *recipe = NULL;
  for (long k = 0; k < c->info->n_cases; k++)
    if (!c->hashes[k]) goto done; /* a problem already */
  ASSAY_TRY(assay_dataset_text(&stored, c->ds, "content_sha256"));
  ASSAY_TRY(assay_dataset_text(&recipe, c->ds, "recipe"));
  ASSAY_TRY(assay_hash_set(found, recipe, c->info->n_cases, c->info->case_id, c->hashes));
  if (strcmp(stored, found) != 0)
    problem(c, "content_sha256 does not fit: %s stored, %s found", stored, found);
  json_object_set_new(c->report, "content_sha256", json_string(found));
done:
  assay_free(stored);
  assay_free(recipe);
  return rc;
}

static int check_values(struct check *c)
{
  int rc = ASSAY_OK;
  for (long k = 0; k < c->info->n_cases; k++) {
    ASSAY_TRY(note(c, check_case(c, k)));
    if (c->options->progress) c->options->progress(c->options->user, k + 1, c->info->n_cases);
  }
  ASSAY_TRY(note(c, check_content(c)));
done:
  return rc;
}

/* ---- splits --------------------------------------------------------------------------------- */

struct tagged {
  const char *hash;
  long k;
};

static int by_hash(const void *a, const void *b)
{
  const struct tagged *p = a, *q = b;
  const int d = strcmp(p->hash, q->hash);
  return d ? d : (p->k > q->k) - (p->k < q->k);
}

/* A rule of another suite, repeated as it is. */
static bool is_published(const struct check *c, const char *split)
{
  const struct assay_node *root = c->recipe ? assay_config_root(c->recipe) : NULL;
  const struct assay_node *splits = root ? assay_node_get(root, "splits") : NULL;
  const struct assay_node *rule = splits ? assay_node_get(splits, split) : NULL;
  const struct assay_node *kind = rule ? assay_node_get(rule, "kind") : NULL;
  return kind && kind->text && strcmp(kind->text, "cfdbench") == 0;
}

/* The same data in two parts of one split: a test case that was trained on. */
static int check_duplicates(struct check *c, const char *split, const int8_t *codes)
{
  int rc = ASSAY_OK;
  long n = 0;
  struct tagged *all = NULL;
  const bool published = is_published(c, split);
  ASSAY_TRY(ASSAY_NEW(&all, (size_t)c->info->n_cases, "case hashes"));
  for (long k = 0; k < c->info->n_cases; k++)
    if (c->hashes[k] && codes[k] != ASSAY_SPLIT_UNUSED) all[n++] = (struct tagged){c->hashes[k], k};
  qsort(all, (size_t)n, sizeof *all, by_hash);
  for (long i = 1; i < n; i++) {
    const long a = all[i - 1].k, b = all[i].k;
    if (strcmp(all[i].hash, all[i - 1].hash) != 0 || codes[a] == codes[b]) continue;
    if (published)
      notice(c,
             "split '%s': its published rule puts cases %ld and %ld, the same data, in two parts",
             split, c->info->case_id[a], c->info->case_id[b]);
    else
      problem(c, "split '%s': cases %ld and %ld are the same data in two parts", split,
              c->info->case_id[a], c->info->case_id[b]);
  }
done:
  assay_free(all);
  return rc;
}

static int check_split(struct check *c, const char *name, json_t *list)
{
  int rc = ASSAY_OK;
  int8_t *codes = NULL;
  long count[4] = {0};
  ASSAY_TRY(ASSAY_NEW(&codes, (size_t)c->info->n_cases, "split"));
  ASSAY_TRY(assay_dataset_split(c->ds, codes, name));
  for (long k = 0; k < c->info->n_cases; k++) {
    const bool known = codes[k] >= ASSAY_SPLIT_UNUSED && codes[k] <= ASSAY_SPLIT_TEST;
    if (known) count[codes[k] + 1]++;
    if (!known)
      problem(c, "split '%s': case %ld has the unknown code %d", name, c->info->case_id[k],
              codes[k]);
    if (c->diverged[k] != 0 && codes[k] != ASSAY_SPLIT_UNUSED)
      problem(c, "split '%s': case %ld diverged, but is used", name, c->info->case_id[k]);
  }
  json_array_append_new(list,
                        json_pack("{ss,sI,sI,sI,sI}", "name", name, "train", (json_int_t)count[1],
                                  "validation", (json_int_t)count[2], "test", (json_int_t)count[3],
                                  "unused", (json_int_t)count[0]));
  ASSAY_TRY(check_duplicates(c, name, codes));
done:
  assay_free(codes);
  return rc;
}

static int check_splits(struct check *c)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  json_t *list = json_array();
  json_object_set_new(c->report, "splits", list);
  if (assay_dataset_text(&text, c->ds, "recipe") == ASSAY_OK)
    ASSAY_TRY(
        note(c, assay_config_parse(&c->recipe, "the recipe in the file", text, strlen(text))));
  for (int s = 0; s < c->info->n_splits; s++)
    ASSAY_TRY(note(c, check_split(c, c->info->splits[s], list)));
done:
  assay_free(text);
  return rc;
}

/* ---- certificates --------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
  const double p = *(const double *)a, q = *(const double *)b;
  return (p > q) - (p < q);
}

/* {row, unit, cases, min, median, max, worst}; nothing when no case has a value */
static int summarise_row(struct check *c, const struct assay_param *row, json_t *list,
                         double *values)
{
  int rc = ASSAY_OK;
  long n = 0, worst = 0;
  double top = -(double)INFINITY;
  ASSAY_TRY(assay_dataset_certificate(c->ds, values, row->name));
  for (long k = 0; k < c->info->n_cases; k++) {
    if (isnan(values[k])) continue;
    if (values[k] > top) top = values[k], worst = c->info->case_id[k];
    values[n++] = values[k];
  }
  if (n == 0) goto done;
  qsort(values, (size_t)n, sizeof *values, ascending);
  json_array_append_new(list,
                        json_pack("{ss,ss*,sI,sf,sf,sf,sI}", "row", row->name, "unit", row->unit,
                                  "cases", (json_int_t)n, "min", values[0], "median", values[n / 2],
                                  "max", values[n - 1], "worst", (json_int_t)worst));
done:
  return rc;
}

/* How many cases have which kind of estimate, or took which scheme: where it is stated. */
static int summarise_choice(struct check *c, const struct assay_param *row, double *values)
{
  int rc = ASSAY_OK;
  json_t *counts = json_object();
  const bool later = row - assay_certificate_rows >= ASSAY_CERTIFICATE_FIRST_ROWS;
  const int read = assay_dataset_certificate(c->ds, values, row->name);
  if (later && read == ASSAY_ENOTFOUND) goto done;
  ASSAY_TRY(read);
  for (int choice = later ? 1 : 0; row->choices[choice]; choice++) {
    json_int_t n = 0;
    for (long k = 0; k < c->info->n_cases; k++) n += values[k] == choice;
    if (n > 0) json_object_set_new(counts, row->choices[choice], json_integer(n));
  }
  json_object_set(c->report, later ? row->name : "estimates", counts);
done:
  json_decref(counts);
  return rc;
}

static int summarise_certificate(struct check *c)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  json_t *list = json_array();
  json_object_set_new(c->report, "certificate", list);
  json_object_set_new(c->report, "resolved", json_integer(c->resolved));
  if (c->misjudged > 0)
    notice(c,
           "'resolved' is stored by another rule in %ld of %ld cases; counted is what the error "
           "estimates say",
           c->misjudged, c->info->n_cases);
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)c->info->n_cases, "certificate"));
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++) {
    if (row->type == ASSAY_PT_DOUBLE) {
      ASSAY_TRY(note(c, summarise_row(c, row, list, values)));
    } else if (row->type == ASSAY_PT_CHOICE) {
      ASSAY_TRY(note(c, summarise_choice(c, row, values)));
    }
  }
done:
  assay_free(values);
  return rc;
}

static int list_diverged(struct check *c)
{
  int rc = ASSAY_OK;
  double *times = NULL;
  char *reason = NULL;
  json_t *list = json_array();
  json_object_set_new(c->report, "diverged", list);
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)c->info->n_cases, "certificate"));
  ASSAY_TRY(assay_dataset_certificate(c->ds, times, "diverged_time"));
  for (long k = 0; k < c->info->n_cases; k++) {
    if (c->diverged[k] == 0) continue;
    ASSAY_TRY(assay_dataset_reason(&reason, c->ds, k));
    json_array_append_new(list, json_pack("{sI,so,si,ss}", "case", (json_int_t)c->info->case_id[k],
                                          "time", assay_json_double(times[k]), "frames",
                                          assay_dataset_frames(c->ds, k), "reason", reason));
    assay_free(reason);
    reason = NULL;
  }
done:
  assay_free(times);
  assay_free(reason);
  return rc;
}

/* ---- making cases again --------------------------------------------------------------------- */

static int remake(struct check *c, const struct assay_recipe *r, long k)
{
  int rc = ASSAY_OK;
  char hash[ASSAY_SHA256_HEX];
  struct assay_case *again = NULL;
  const long id = c->info->case_id[k];
  ASSAY_TRY(assay_recipe_run(&again, r, id));
  ASSAY_TRY(assay_recipe_hash(hash, r, again));
  if (!c->hashes[k] || strcmp(hash, c->hashes[k]) != 0)
    problem(c, "case %ld: made again it has other bits (%.12s... in the file, %.12s... now)", id,
            c->hashes[k] ? c->hashes[k] : "no hash", hash);
done:
  assay_case_destroy(again);
  return rc;
}

static int regenerate(struct check *c)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ptrdiff_t *order = NULL;
  struct assay_recipe *r = NULL;
  json_t *list = json_array();
  struct assay_rng rng = assay_rng_init(c->options->seed, 0, 0);
  json_object_set_new(c->report, "regenerated", list);
  ASSAY_TRY(assay_dataset_text(&text, c->ds, "recipe"));
  ASSAY_TRY(
      assay_recipe_parse(&r, "the recipe in the file", text, strlen(text), NULL, c->options->find));
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)c->info->n_cases, "order of cases"));
  assay_rng_permutation(&rng, order, c->info->n_cases);
  for (long i = 0, made = 0; i < c->info->n_cases && made < c->options->regenerate; i++) {
    if (assay_dataset_frames(c->ds, order[i]) == 0) continue; /* failed: nothing to compare */
    ASSAY_TRY(note(c, remake(c, r, order[i])));
    json_array_append_new(list, json_integer(c->info->case_id[order[i]]));
    made++;
  }
done:
  assay_free(text);
  assay_free(order);
  assay_recipe_destroy(r);
  return rc;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int check_all(struct check *c)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)c->info->n_cases;
  ASSAY_TRY(ASSAY_NEW(&c->hashes, n, "case hashes"));
  ASSAY_TRY(ASSAY_NEW(&c->diverged, n, "certificate"));
  check_structure(c);
  check_ids(c);
  ASSAY_TRY(note(c, assay_dataset_certificate(c->ds, c->diverged, "diverged")));
  ASSAY_TRY(check_values(c));
  ASSAY_TRY(check_splits(c));
  ASSAY_TRY(note(c, summarise_certificate(c)));
  ASSAY_TRY(note(c, list_diverged(c)));
  if (c->options->regenerate > 0) ASSAY_TRY(note(c, regenerate(c)));
done:
  return rc;
}

int assay_check_file(json_t **report, const char *path, const struct assay_check *options)
{
  int rc = ASSAY_OK;
  struct check c = {.options = options};
  *report = NULL;
  ASSAY_TRY(assay_dataset_open(&c.ds, path));
  c.info = assay_dataset_info(c.ds);
  if (options->summary) ASSAY_TRY(assay_summary_file(options->summary, c.ds));
  c.problems = json_array();
  c.notices = json_array();
  c.report = json_pack("{ss,sI}", "file", path, "cases", (json_int_t)c.info->n_cases);
  ASSAY_CHECK(c.report && c.problems && c.notices, ASSAY_ENOMEM, "no memory for the report");
  ASSAY_TRY(check_all(&c));
  json_object_set_new(c.report, "ok", json_boolean(json_array_size(c.problems) == 0));
  json_object_set(c.report, "problems", c.problems);
  json_object_set(c.report, "notices", c.notices);
  *report = json_incref(c.report);
done:
  json_decref(c.report);
  json_decref(c.problems);
  json_decref(c.notices);
  assay_config_destroy(c.recipe);
  for (long k = 0; c.hashes && k < c.info->n_cases; k++) assay_free(c.hashes[k]);
  assay_free(c.hashes);
  assay_free(c.diverged);
  assay_dataset_close(c.ds);
  return rc;
}
