#include "datasets/summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"

static const char time_mean[] = "time_mean";
enum { ERRORS_MAX = 64 }; /* fields of all files by name */

struct file {
  char *path, *set;
  int n_subsets;
  char *subsets[ASSAY_SUBSETS_MAX];
};

struct entry {
  int file, subset;
  long id;
  int frames, unique;
  bool estimated;
  struct assay_certificate certificate;
  double cpu;
  double error[ERRORS_MAX]; /* by index into names; NaN: none */
};

struct assay_summary {
  int n_files, n_names;
  struct file *files;
  char *names[ERRORS_MAX];
  long n, room;
  struct entry *entries;
};

int assay_summary_create(struct assay_summary **out)
{
  return ASSAY_NEW(out, 1, "summary");
}

void assay_summary_destroy(struct assay_summary *s)
{
  if (!s) return;
  for (int f = 0; f < s->n_files; f++) {
    assay_free(s->files[f].path);
    assay_free(s->files[f].set);
    for (int i = 0; i < s->files[f].n_subsets; i++) assay_free(s->files[f].subsets[i]);
  }
  for (int i = 0; i < s->n_names; i++) assay_free(s->names[i]);
  assay_free(s->files);
  assay_free(s->entries);
  assay_free(s);
}

int assay_summary_file(struct assay_summary *s, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  ASSAY_TRY(ASSAY_GROW(&s->files, (size_t)s->n_files + 1, "summary"));
  struct file *f = &s->files[s->n_files++];
  *f = (struct file){0};
  ASSAY_TRY(assay_strdup(&f->path, info->path));
  if (assay_dataset_text(&f->set, ds, "recipe_name") < 0) ASSAY_TRY(assay_strdup(&f->set, ""));
  for (int i = 0; i < info->n_subsets; i++) {
    ASSAY_TRY(assay_strdup(&f->subsets[i], info->subsets[i].name));
    f->n_subsets++;
  }
done:
  return rc;
}

/* ---- one case ------------------------------------------------------------------------------- */

/* Index of a name, entered when it is new; -1 when there is no room. */
static int name_index(int *out, struct assay_summary *s, const char *name)
{
  int rc = ASSAY_OK;
  for (*out = 0; *out < s->n_names; ++*out)
    if (strcmp(s->names[*out], name) == 0) return ASSAY_OK;
  if (s->n_names == ERRORS_MAX) {
    *out = -1;
    return ASSAY_OK;
  }
  ASSAY_TRY(assay_strdup(&s->names[s->n_names], name));
  s->n_names++;
done:
  return rc;
}

/* Of the field, or of the vector that it is a component of. */
static double scale2(const struct assay_case *c, int field, int frame, double *work)
{
  double sum = 0;
  if (!c->fields[field].vector) return assay_case_mean_square(c, field, frame, work);
  for (int f = 0; f < c->n_fields; f++)
    if (c->fields[f].vector && assay_case_wants(c, f))
      sum += assay_case_mean_square(c, f, frame, work);
  return sum;
}

static double relative_error(const struct assay_case *c, int field, double *work)
{
  double error2 = 0, value2 = 0;
  for (int k = 0; k < c->n_frames; k++) {
    const double e = c->error[(ptrdiff_t)field * c->shape.n_frames + k];
    if (isnan(e)) continue;
    error2 += e * e;
    value2 += scale2(c, field, k, work);
  }
  return value2 > 0 ? sqrt(error2 / value2) : (double)NAN;
}

static int enter_errors(struct assay_summary *s, struct entry *e, const struct assay_case *c)
{
  int rc = ASSAY_OK, at;
  double *work = NULL;
  for (int i = 0; i < ERRORS_MAX; i++) e->error[i] = (double)NAN;
  ASSAY_TRY(ASSAY_NEW(&work, assay_shape_points(&c->shape) + 1, "summary"));
  for (int f = 0; f < c->n_fields; f++) {
    if (!assay_case_wants(c, f) || c->fields[f].kind == ASSAY_FIELD_STATIC) continue;
    ASSAY_TRY(name_index(&at, s, c->fields[f].name));
    if (at >= 0 && e->estimated) e->error[at] = relative_error(c, f, work);
  }
  if (isnan(c->certificate.mean_difference)) goto done;
  ASSAY_TRY(name_index(&at, s, time_mean));
  if (at >= 0) e->error[at] = c->certificate.mean_difference;
done:
  assay_free(work);
  return rc;
}

int assay_summary_case(struct assay_summary *s, const struct assay_case *c, int subset)
{
  int rc = ASSAY_OK;
  if (s->n == s->room) {
    ASSAY_TRY(ASSAY_GROW(&s->entries, (size_t)(2 * s->room + 16), "summary"));
    s->room = 2 * s->room + 16;
  }
  struct entry *e = &s->entries[s->n];
  const int kind = c->certificate.error_kind, steady = c->certificate.steady_from;
  *e = (struct entry){.file = s->n_files - 1,
                      .subset = subset,
                      .id = c->id,
                      .frames = c->n_frames,
                      .unique = c->n_frames,
                      .certificate = c->certificate,
                      .cpu = (double)NAN};
  if (steady >= 0 && steady + 1 < e->unique) e->unique = steady + 1;
  e->estimated =
      kind == ASSAY_ERROR_EXACT || kind == ASSAY_ERROR_RICHARDSON || kind == ASSAY_ERROR_STATISTICS;
  ASSAY_TRY(enter_errors(s, e, c));
  s->n++;
done:
  return rc;
}

void assay_summary_cost(struct assay_summary *s, int file, long id, double cpu_seconds)
{
  for (long i = 0; i < s->n; i++)
    if (s->entries[i].file == file && s->entries[i].id == id) s->entries[i].cpu = cpu_seconds;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* file < 0: all; subset < 0: the whole file */
struct group {
  const struct assay_summary *s;
  int file, subset;
};

static bool belongs(const struct group *g, const struct entry *e)
{
  return g->file < 0 || (e->file == g->file && (g->subset < 0 || e->subset == g->subset));
}

static json_t *number_or_null(double value)
{
  return isnan(value) ? json_null() : json_real(value);
}

/* {cases, median, p90, max}; NULL when no case has an estimate; values [n] is scratch */
static json_t *distribution(const struct group *g, int name, double *values)
{
  long n = 0;
  for (long i = 0; i < g->s->n; i++) {
    const struct entry *e = &g->s->entries[i];
    if (belongs(g, e) && !isnan(e->error[name])) values[n++] = e->error[name];
  }
  if (n == 0) return NULL;
  assay_stats_sort(values, n);
  return json_pack("{sI,sf,sf,sf}", "cases", (json_int_t)n, "median",
                   assay_stats_quantile(values, n, 0.5), "p90",
                   assay_stats_quantile(values, n, 0.9), "max", values[n - 1]);
}

static const struct {
  const char *name;
  size_t offset;
} extremes[] = {{"max_divergence", offsetof(struct assay_certificate, max_divergence)},
                {"mass_imbalance", offsetof(struct assay_certificate, mass_imbalance)},
                {"energy_residual", offsetof(struct assay_certificate, energy_residual)},
                {"volume_balance", offsetof(struct assay_certificate, volume_balance)}};

static double largest(const struct group *g, size_t offset)
{
  double top = (double)NAN;
  for (long i = 0; i < g->s->n; i++) {
    const struct entry *e = &g->s->entries[i];
    const double value = *(const double *)(const void *)((const char *)&e->certificate + offset);
    if (belongs(g, e) && !isnan(value) && !(top >= value)) top = value;
  }
  return top;
}

/* NaN: not stated */
static double is_limited(const struct entry *e)
{
  const int scheme = e->certificate.convection_scheme;
  return scheme == ASSAY_CONVECTION_UNSTATED ? (double)NAN : scheme >= ASSAY_CONVECTION_LIMITED;
}

static void put_counts(json_t *row, const struct group *g)
{
  json_int_t cases = 0, frames = 0, unique = 0, diverged = 0, estimated = 0, resolved = 0;
  double cpu = 0, limited = 0;
  for (long i = 0; i < g->s->n; i++) {
    const struct entry *e = &g->s->entries[i];
    if (!belongs(g, e)) continue;
    cases++;
    frames += e->frames;
    unique += e->unique;
    diverged += e->certificate.diverged;
    estimated += e->estimated;
    resolved += e->estimated && e->certificate.resolved;
    cpu += e->cpu; /* one unknown makes the sum unknown */
    limited += is_limited(e);
  }
  json_object_set_new(row, "cases", json_integer(cases));
  json_object_set_new(row, "frames", json_integer(frames));
  json_object_set_new(row, "unique_frames", json_integer(unique));
  json_object_set_new(row, "limited", number_or_null(limited));
  json_object_set_new(row, "diverged", json_integer(diverged));
  json_object_set_new(row, "estimated", json_integer(estimated));
  json_object_set_new(row, "resolved", json_integer(resolved));
  json_object_set_new(row, "cpu_seconds", number_or_null(cpu));
}

static int make_row(json_t **out, const struct group *g)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  json_t *row = json_object(), *errors = json_object();
  const struct file *f = g->file < 0 ? NULL : &g->s->files[g->file];
  *out = NULL;
  ASSAY_CHECK(row && errors, ASSAY_ENOMEM, "no memory for the summary");
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)g->s->n, "summary"));
  json_object_set_new(row, "file", f ? json_string(f->path) : json_null());
  json_object_set_new(row, "set", json_string(f ? f->set : "total"));
  json_object_set_new(row, "subset",
                      f && g->subset >= 0 ? json_string(f->subsets[g->subset]) : json_null());
  put_counts(row, g);
  for (int i = 0; i < g->s->n_names; i++) {
    json_t *one = distribution(g, i, values);
    if (one) json_object_set_new(errors, g->s->names[i], one);
  }
  json_object_set(row, "errors", errors);
  for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
    json_object_set_new(row, extremes[i].name, number_or_null(largest(g, extremes[i].offset)));
  *out = json_incref(row);
done:
  assay_free(values);
  json_decref(errors);
  json_decref(row);
  return rc;
}

static int add_row(json_t *rows, const struct assay_summary *s, int file, int subset)
{
  int rc = ASSAY_OK;
  json_t *row = NULL;
  const struct group g = {s, file, subset};
  ASSAY_TRY(make_row(&row, &g));
  if (json_integer_value(json_object_get(row, "cases")) > 0) json_array_append(rows, row);
done:
  json_decref(row);
  return rc;
}

int assay_summary_json(json_t **out, const struct assay_summary *s)
{
  int rc = ASSAY_OK;
  json_t *rows = json_array(), *total = NULL;
  const struct group all = {s, -1, -1};
  *out = NULL;
  for (int f = 0; f < s->n_files; f++) {
    if (s->files[f].n_subsets == 0) ASSAY_TRY(add_row(rows, s, f, -1));
    for (int i = 0; i < s->files[f].n_subsets; i++) ASSAY_TRY(add_row(rows, s, f, i));
  }
  ASSAY_TRY(make_row(&total, &all));
  *out = json_pack("{sO,sO}", "rows", rows, "total", total);
  ASSAY_CHECK(*out, ASSAY_ENOMEM, "no memory for the summary");
done:
  json_decref(rows);
  json_decref(total);
  return rc;
}
