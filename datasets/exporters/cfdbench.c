/* The tree that the loaders of CFDBench read (Luo, Chen, Zhang, arXiv 2310.05963):
 *
 *   PROBLEM/SUBSET/case0123/u.npy, v.npy, case.json     PROBLEM: cavity, tube, dam, cylinder
 *                                                       SUBSET: bc, prop, geo
 *
 * u, v are float64 (T, 64, 64), row 0 at the lowest y, column 0 at the lowest x. Cases are numbered
 * through a problem: bc first, then prop, then geo. What case.json holds is a table per problem. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/io/npy.h"
#include "datasets/exporters/exporter.h"

/* ---- what case.json is made of -------------------------------------------------------------- */

enum source {
  SOURCE_PARAM,  /* the parameter `name` times `factor` */
  SOURCE_LOW,    /* where the axis `name` begins */
  SOURCE_HIGH,   /* where it ends */
  SOURCE_LENGTH, /* of the axis */
  SOURCE_CELL,   /* its spacing */
  SOURCE_NUMBER, /* of the case */
  SOURCE_FALSE,
};

struct key {
  const char *key; /* NULL ends a table */
  enum source source;
  const char *name;
  double factor;
};

static const struct key cavity_keys[] = {{"height", SOURCE_PARAM, "height", 1},
                                         {"width", SOURCE_PARAM, "width", 1},
                                         {"vel_top", SOURCE_PARAM, "lid_velocity", 1},
                                         {"density", SOURCE_PARAM, "density", 1},
                                         {"viscosity", SOURCE_PARAM, "viscosity", 1},
                                         {"rotated", SOURCE_FALSE},
                                         {0}};
static const struct key tube_keys[] = {{"vel_in", SOURCE_PARAM, "inlet_velocity", 1},
                                       {"density", SOURCE_PARAM, "water_density", 1},
                                       {"viscosity", SOURCE_PARAM, "water_viscosity", 1},
                                       {"height", SOURCE_PARAM, "diameter", 1},
                                       {"width", SOURCE_PARAM, "length", 1},
                                       {0}};
static const struct key dam_keys[] = {{"case_no", SOURCE_NUMBER},
                                      {"velocity", SOURCE_PARAM, "inlet_velocity", 1},
                                      {"density", SOURCE_PARAM, "water_density", 1},
                                      {"viscosity", SOURCE_PARAM, "water_viscosity", 1},
                                      {"barrier_height", SOURCE_PARAM, "barrier_height", 1},
                                      {"barrier_width", SOURCE_PARAM, "barrier_width", 1},
                                      {"height", SOURCE_LENGTH, "y"},
                                      {"width", SOURCE_LENGTH, "x"},
                                      {"dx", SOURCE_CELL, "x"},
                                      {"dy", SOURCE_CELL, "y"},
                                      {0}};
static const struct key cylinder_keys[] = {{"vel_in", SOURCE_PARAM, "inlet_velocity", 1},
                                           {"density", SOURCE_PARAM, "density", 1},
                                           {"viscosity", SOURCE_PARAM, "viscosity", 1},
                                           {"radius", SOURCE_PARAM, "diameter", 0.5},
                                           {"x_min", SOURCE_LOW, "x"},
                                           {"x_max", SOURCE_HIGH, "x"},
                                           {"y_min", SOURCE_LOW, "y"},
                                           {"y_max", SOURCE_HIGH, "y"},
                                           {0}};

enum { SUBSETS = 3 };
static const char *const subset_names[SUBSETS] = {"bc", "prop", "geo"}; /* in numbering order */

static const struct problem {
  const char *name; /* of the folder, and of our generator */
  long cases[SUBSETS];
  const struct key *keys;
} problems[] = {{"cavity", {50, 84, 25}, cavity_keys},
                {"tube", {50, 100, 25}, tube_keys},
                {"dam", {70, 100, 50}, dam_keys},
                {"cylinder", {50, 115, 20}, cylinder_keys}};
enum { PROBLEMS = sizeof problems / sizeof *problems };

/* ---- problem and subsets of a set ----------------------------------------------------------- */

struct set {
  const struct assay_dataset *ds;
  const struct assay_dataset_info *info;
  const struct problem *problem;
  int n_subsets; /* of the set, or the one that the name of the recipe says */
  const struct assay_subset *subsets;
  struct assay_subset only;
};

static int find_problem(struct set *s)
{
  int rc = ASSAY_OK;
  char *generator = NULL;
  if (assay_dataset_text(&generator, s->ds, "generator") < 0)
    ASSAY_TRY(assay_strdup(&generator, "none"));
  for (int p = 0; p < PROBLEMS; p++)
    if (strcmp(problems[p].name, generator) == 0) s->problem = &problems[p];
  ASSAY_CHECK(s->problem, ASSAY_EUNSUPPORTED,
              "%s: made by generator '%s'; CFDBench has cavity, tube, dam and cylinder",
              s->info->path, generator);
done:
  assay_free(generator);
  return rc;
}

/* 0 bc, 1 prop, 2 geo; -1: none of them */
static int kind_of(const char *name)
{
  for (int i = 0; i < SUBSETS; i++)
    if (strcmp(name, subset_names[i]) == 0) return i;
  return -1;
}

static bool names_are_known(const struct assay_dataset_info *info)
{
  bool known = info->n_subsets > 0;
  for (int i = 0; i < info->n_subsets; i++) known = known && kind_of(info->subsets[i].name) >= 0;
  return known;
}

/* A recipe of one subset may say so in its name alone, cfdbench/dam-bc, and have subsets of its
 * own.
 */
static int subset_of_name(struct set *s)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  if (assay_dataset_text(&name, s->ds, "recipe_name") < 0) ASSAY_TRY(assay_strdup(&name, ""));
  const char *dash = strrchr(name, '-');
  const int kind = dash ? kind_of(dash + 1) : -1;
  ASSAY_CHECK(kind >= 0, ASSAY_EUNSUPPORTED,
              "%s: CFDBench sorts cases by subset; the recipe must name subsets bc, prop, geo, "
              "or be called ...-bc, ...-prop or ...-geo",
              s->info->path);
  s->only = (struct assay_subset){subset_names[kind], 0, s->problem->cases[kind]};
  for (long k = 0; k < s->info->n_cases; k++)
    if (s->info->case_id[k] >= s->only.n) s->only.n = s->info->case_id[k] + 1;
  s->subsets = &s->only;
  s->n_subsets = 1;
done:
  assay_free(name);
  return rc;
}

static int look_at(struct set *s, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  *s = (struct set){.ds = ds, .info = assay_dataset_info(ds)};
  ASSAY_TRY(find_problem(s));
  s->n_subsets = s->info->n_subsets;
  s->subsets = s->info->subsets;
  if (!names_are_known(s->info)) ASSAY_TRY(subset_of_name(s));
done:
  return rc;
}

static const struct assay_subset *subset_of(const struct set *s, long k)
{
  return &s->subsets[s->subsets == &s->only ? 0 : assay_dataset_subset(s->ds, k)];
}

/* ---- whether a set fits --------------------------------------------------------------------- */

static int check_fields(const struct set *s)
{
  int rc = ASSAY_OK;
  const struct assay_axis *axis = s->info->shape.axis;
  ASSAY_CHECK(s->info->shape.n_axes == 2 && strcmp(axis[0].name, "y") == 0 &&
                  strcmp(axis[1].name, "x") == 0 && s->info->n_times > 0,
              ASSAY_EUNSUPPORTED, "%s: CFDBench needs frames on a grid (y, x)", s->info->path);
  for (int i = 0; i < 2; i++) {
    const char *const name = i ? "v" : "u";
    const int f = assay_dataset_field(s->ds, name);
    ASSAY_CHECK(f >= 0 && s->info->fields[f].kind == ASSAY_FIELD_FRAME, ASSAY_EUNSUPPORTED,
                "%s: CFDBench needs the field %s, which the recipe did not store", s->info->path,
                name);
  }
  if (axis[0].n != 64 || axis[1].n != 64)
    assay_log(ASSAY_LOG_WARN, "export",
              "%s: %d x %d points; the programs of CFDBench expect 64 x 64", s->info->path,
              axis[0].n, axis[1].n);
done:
  return rc;
}

static int check_params(const struct set *s)
{
  int rc = ASSAY_OK;
  for (const struct key *k = s->problem->keys; k->key; k++)
    ASSAY_CHECK(k->source != SOURCE_PARAM || assay_dataset_param(s->ds, k->name) >= 0,
                ASSAY_EUNSUPPORTED, "%s: no parameter '%s' for %s of case.json", s->info->path,
                k->name, k->key);
done:
  return rc;
}

static int check_subsets(const struct assay_export *job, const struct set *s)
{
  int rc = ASSAY_OK;
  char name[64];
  for (int i = 0; i < s->n_subsets; i++) {
    bool used = false;
    for (long k = 0; k < s->info->n_cases; k++) used = used || subset_of(s, k) == &s->subsets[i];
    snprintf(name, sizeof name, "%s/%s", s->problem->name, s->subsets[i].name);
    if (used) ASSAY_TRY(assay_export_vacant(job, name));
  }
done:
  return rc;
}

static int check(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  struct set s;
  ASSAY_TRY(look_at(&s, job->ds));
  ASSAY_TRY(check_fields(&s));
  ASSAY_TRY(check_params(&s));
  ASSAY_TRY(check_subsets(job, &s));
done:
  return rc;
}

/* ---- numbers of cases ----------------------------------------------------------------------- */

/* A subset begins where the published one does, or behind a longer one before it. */
static long first_number(const struct set *s, int kind)
{
  long first = 0;
  for (int before = 0; before < kind; before++) {
    long n = s->problem->cases[before];
    for (int i = 0; i < s->n_subsets; i++)
      if (kind_of(s->subsets[i].name) == before && s->subsets[i].n > n) n = s->subsets[i].n;
    first += n;
  }
  return first;
}

static long number_of(const struct set *s, long k)
{
  const struct assay_subset *subset = subset_of(s, k);
  return first_number(s, kind_of(subset->name)) + s->info->case_id[k] - subset->first;
}

/* ---- one case ------------------------------------------------------------------------------- */

struct one {
  const struct set *set;
  long k, number;
  char *folder;
};

/* Coordinates are sums of rounded numbers: 14 digits of them mean something. */
static double round_digits(double value)
{
  char text[32];
  snprintf(text, sizeof text, "%.14g", value);
  return strtod(text, NULL);
}

static int read_axis(double *low, double *cell, int *n, const struct one *o, const char *name)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  const struct assay_dataset_info *info = o->set->info;
  const int a = strcmp(name, "x") == 0;
  *n = info->shape.axis[a].n;
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)*n, "coordinate"));
  ASSAY_TRY(assay_dataset_coordinate(o->set->ds, x, o->k, a));
  *cell = *n > 1 ? (x[*n - 1] - x[0]) / (*n - 1) : info->shape.axis[a].hi - info->shape.axis[a].lo;
  *low = x[0] - (info->shape.axis[a].kind == ASSAY_AXIS_CENTRES ? 0.5 * *cell : 0);
done:
  assay_free(x);
  return rc;
}

static int value_of_axis(double *out, const struct one *o, const struct key *key)
{
  int rc = ASSAY_OK, n = 0;
  double low = 0, cell = 0;
  ASSAY_TRY(read_axis(&low, &cell, &n, o, key->name));
  *out = round_digits(key->source == SOURCE_LOW      ? low
                      : key->source == SOURCE_HIGH   ? low + n * cell
                      : key->source == SOURCE_LENGTH ? n * cell
                                                     : cell);
done:
  return rc;
}

static int value_of(double *out, const struct one *o, const struct key *key)
{
  int rc = ASSAY_OK;
  double *params = NULL;
  *out = (double)o->number;
  if (key->source == SOURCE_NUMBER) return ASSAY_OK;
  if (key->source != SOURCE_PARAM) return value_of_axis(out, o, key);
  ASSAY_TRY(ASSAY_NEW(&params, (size_t)o->set->info->n_params, "parameters"));
  ASSAY_TRY(assay_dataset_params(o->set->ds, params, o->k));
  *out = params[assay_dataset_param(o->set->ds, key->name)] * key->factor;
done:
  assay_free(params);
  return rc;
}

static int write_keys(const struct one *o)
{
  int rc = ASSAY_OK;
  char digits[32], *path = NULL;
  struct assay_outfile file = {0};
  ASSAY_TRY(assay_asprintf(&path, "%s/case.json", o->folder));
  ASSAY_TRY(assay_outfile_open(&file, path, true));
  for (const struct key *key = o->set->problem->keys; key->key; key++) {
    double value = 0;
    if (key->source != SOURCE_FALSE) ASSAY_TRY(value_of(&value, o, key));
    fprintf(file.stream, "%s\"%s\": %s", key == o->set->problem->keys ? "{" : ", ", key->key,
            key->source == SOURCE_FALSE ? "false" : assay_text_double(digits, value));
  }
  fputs("}\n", file.stream);
  ASSAY_TRY(assay_outfile_commit(&file));
done:
  assay_outfile_abort(&file);
  assay_free(path);
  return rc;
}

static int write_field(const struct one *o, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = o->set->info;
  const int frames = assay_dataset_frames(o->set->ds, o->k);
  const size_t points = assay_shape_points(&info->shape);
  const size_t shape[3] = {(size_t)frames, (size_t)info->shape.axis[0].n,
                           (size_t)info->shape.axis[1].n};
  char *path = NULL;
  double *values = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/%s.npy", o->folder, name));
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)frames * points, "frames"));
  ASSAY_TRY(assay_dataset_read(o->set->ds, values, o->k, assay_dataset_field(o->set->ds, name), 0,
                               frames));
  ASSAY_TRY(assay_npy_write(path, "f8", 3, shape, values));
done:
  assay_free(values);
  assay_free(path);
  return rc;
}

static int write_case(struct one *o, const char *folder)
{
  int rc = ASSAY_OK;
  if (assay_dataset_frames(o->set->ds, o->k) == 0) {
    assay_log(ASSAY_LOG_WARN, "export", "case %ld has no frame and is left out",
              o->set->info->case_id[o->k]);
    goto done;
  }
  ASSAY_TRY(assay_asprintf(&o->folder, "%s/%s/%s/case%04ld", folder, o->set->problem->name,
                           subset_of(o->set, o->k)->name, o->number));
  ASSAY_TRY(assay_dir_make(o->folder));
  ASSAY_TRY(write_field(o, "u"));
  ASSAY_TRY(write_field(o, "v"));
  ASSAY_TRY(write_keys(o));
done:
  assay_free(o->folder);
  return rc;
}

static int write(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  struct set s;
  ASSAY_TRY(look_at(&s, job->ds));
  for (long k = 0; k < s.info->n_cases; k++) {
    struct one o = {&s, k, number_of(&s, k), NULL};
    ASSAY_TRY(write_case(&o, job->folder));
    if (job->progress) job->progress(job->user, k + 1, s.info->n_cases);
  }
done:
  return rc;
}

const struct assay_exporter assay_exporter_cfdbench = {
    .name = "cfdbench",
    .doc = "folders of CFDBench, for its own loaders and training programs",
    .layout = "PROBLEM/SUBSET/caseNNNN/u.npy, v.npy   float64 (T, 64, 64), row 0 at the lowest y\n"
              "PROBLEM/SUBSET/caseNNNN/case.json      its parameters by the names of CFDBench",
    .reference = "Luo, Chen, Zhang, arXiv 2310.05963",
    .of = ASSAY_EXPORT_CASES,
    .check = check,
    .write = write,
    .shared_levels = 1};
