/* What a file holds: dimensions, axes, fields, parameters, splits. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "datasets/dataset_internal.h"

#define NC(call, doing) ASSAY_TRY(assay_nc_check((call), ds->info.path, (doing)))

static int root(const struct assay_dataset *ds)
{
  return ds->files[0].nc;
}

static int check_format(const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  char *format = NULL;
  if (ds->lenient) goto done;
  ASSAY_CHECK(assay_nc_get_text(&format, root(ds), NC_GLOBAL, ds->info.path, "assay_format") ==
                  ASSAY_OK,
              ASSAY_ECORRUPT,
              "%s: a NetCDF file, but not a data set of assay: no attribute "
              "'assay_format'",
              ds->info.path);
  ASSAY_CHECK(strcmp(format, ASSAY_FORMAT) == 0, ASSAY_ECORRUPT,
              "%s: format is '%s', this program reads '" ASSAY_FORMAT "'", ds->info.path, format);
done:
  assay_free(format);
  return rc;
}

/* Length of a dimension of the first file, 0 when there is none. */
static size_t dim_length(const struct assay_dataset *ds, const char *name, int *id)
{
  size_t length = 0;
  *id = -1;
  if (nc_inq_dimid(root(ds), name, id) != NC_NOERR) return 0;
  return nc_inq_dimlen(root(ds), *id, &length) == NC_NOERR ? length : 0;
}

static bool is_axis_name(const char *name)
{
  static const char *const others[] = {ASSAY_DIM_CASE, ASSAY_DIM_TIME, ASSAY_DIM_LEAD,
                                       ASSAY_DIM_SIDE, NULL};
  for (int i = 0; others[i]; i++)
    if (strcmp(name, others[i]) == 0) return false;
  return true;
}

static int scan_dims(struct assay_dataset *ds)
{
  int rc = ASSAY_OK, n = 0, ids[NC_MAX_DIMS], id;
  struct assay_dataset_info *info = &ds->info;
  info->n_times = (int)dim_length(ds, ASSAY_DIM_TIME, &ds->dim_time);
  ASSAY_CHECK(dim_length(ds, ASSAY_DIM_CASE, &ds->dim_case) > 0, ASSAY_ECORRUPT,
              "%s: no dimension 'case'", info->path);
  info->shape.n_frames = info->n_times > 0 ? info->n_times : 1;
  NC(nc_inq_dimids(root(ds), &n, ids, 0), "read the dimensions");
  for (int i = 0; i < n; i++) {
    char name[NC_MAX_NAME + 1];
    NC(nc_inq_dimname(root(ds), ids[i], name), "read the dimensions");
    if (!is_axis_name(name)) continue;
    ASSAY_CHECK(info->shape.n_axes < ASSAY_AXES_MAX, ASSAY_ECORRUPT,
                "%s: more than %d axes (dimension '%s')", info->path, ASSAY_AXES_MAX, name);
    struct assay_axis *axis = &info->shape.axis[info->shape.n_axes];
    ds->dim_axis[info->shape.n_axes++] = ids[i];
    axis->n = (int)dim_length(ds, name, &id);
    axis->kind = ASSAY_AXIS_INDEX;
    axis->unit = axis->doc = "";
    ASSAY_TRY(assay_dataset_keep_copy(ds, &axis->name, name));
  }
done:
  return rc;
}

/* lo and hi from the first two coordinates, for files without the attribute `domain` */
static void guess_domain(struct assay_axis *axis, const double x[2])
{
  const double h = axis->n > 1 ? x[1] - x[0] : 1;
  axis->lo = axis->kind == ASSAY_AXIS_CENTRES ? x[0] - h / 2 : x[0];
  axis->hi = axis->lo + h * axis->n;
}

static int read_domain(struct assay_dataset *ds, struct assay_axis *axis, int var, bool varies)
{
  int rc = ASSAY_OK;
  double domain[2] = {0, 0};
  const size_t start[2] = {0, 0};
  const size_t n = axis->n > 1 ? 2 : 1, both[2] = {1, n}, alone[1] = {n};
  nc_type type;
  size_t size = 0;
  if (!varies && nc_inq_att(root(ds), var, "domain", &type, &size) == NC_NOERR && size == 2) {
    NC(nc_get_att_double(root(ds), var, "domain", domain), "read an attribute");
    axis->lo = domain[0], axis->hi = domain[1];
    goto done;
  }
  NC(nc_get_vara_double(root(ds), var, start, varies ? both : alone, domain), "read a coordinate");
  guess_domain(axis, domain);
done:
  return rc;
}

static int scan_axis(struct assay_dataset *ds, struct assay_axis *axis)
{
  int rc = ASSAY_OK, var, n_dims = 0;
  char name[NC_MAX_NAME + 2];
  const char *sampling = NULL;
  bool varies = false;
  snprintf(name, sizeof name, "%sc", axis->name);
  if (nc_inq_varid(root(ds), axis->name, &var) != NC_NOERR) {
    if (nc_inq_varid(root(ds), name, &var) != NC_NOERR) goto done; /* INDEX */
    varies = true;
  }
  NC(nc_inq_varndims(root(ds), var, &n_dims), "read a coordinate");
  ASSAY_CHECK(n_dims == (varies ? 2 : 1), ASSAY_ECORRUPT, "%s: coordinate '%s' has %d dimensions",
              ds->info.path, axis->name, n_dims);
  ASSAY_TRY(assay_dataset_keep_text(ds, &axis->unit, root(ds), var, "units"));
  ASSAY_TRY(assay_dataset_keep_text(ds, &axis->doc, root(ds), var, "long_name"));
  ASSAY_TRY(assay_dataset_keep_text(ds, &sampling, root(ds), var, "sampling"));
  axis->kind = strcmp(sampling, "periodic nodes") == 0 ? ASSAY_AXIS_PERIODIC : ASSAY_AXIS_CENTRES;
  ASSAY_TRY(read_domain(ds, axis, var, varies));
done:
  return rc;
}

/* The interval of case 0; 0 when there are no times. */
static int scan_interval(struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  double *times = NULL;
  if (ds->info.n_times < 2) goto done;
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)ds->info.n_times, "times"));
  if (assay_dataset_times(ds, times, 0) == ASSAY_OK && isfinite(times[1] - times[0]))
    ds->info.shape.frame_interval = times[1] - times[0];
done:
  assay_free(times);
  return rc;
}

/* What the dimensions of a variable make of it: the kind of a field, or -1: not a field. */
static int kind_of(struct assay_dataset *ds, int n_dims, const int *dims, bool *lacks_case)
{
  const struct assay_shape *s = &ds->info.shape;
  int at = 0;
  *lacks_case = n_dims == 0 || dims[0] != ds->dim_case;
  if (!*lacks_case) at++;
  const bool time = ds->info.n_times > 0 && at < n_dims && dims[at] == ds->dim_time;
  if (time) at++;
  int axes = 0;
  while (axes < s->n_axes && at + axes < n_dims && dims[at + axes] == ds->dim_axis[axes]) axes++;
  if (at + axes != n_dims || (*lacks_case && time)) return -1;
  if (axes == s->n_axes && axes > 0) {
    const bool frame = time || (ds->info.n_times == 0 && !*lacks_case);
    return frame ? ASSAY_FIELD_FRAME : ASSAY_FIELD_STATIC;
  }
  const bool scalar = time || (ds->info.n_times == 0 && n_dims == 1 && !*lacks_case);
  return axes == 0 && scalar ? ASSAY_FIELD_SCALAR : -1;
}

/* Coordinates and bookkeeping have the dimensions of a field but are none. */
static bool is_reserved(const struct assay_dataset *ds, const char *name)
{
  const struct assay_shape *s = &ds->info.shape;
  char coordinate[NC_MAX_NAME + 2];
  if (strcmp(name, "t") == 0 || strcmp(name, "lead_time") == 0) return true;
  for (int a = 0; a < s->n_axes; a++) {
    snprintf(coordinate, sizeof coordinate, "%sc", s->axis[a].name);
    if (strcmp(name, s->axis[a].name) == 0 || strcmp(name, coordinate) == 0) return true;
  }
  return strcmp(name, ASSAY_DIM_TIME) == 0;
}

static int read_field(struct assay_dataset *ds, struct assay_field *field, int var, int kind)
{
  int rc = ASSAY_OK;
  const char *text = NULL;
  ASSAY_TRY(assay_dataset_keep_text(ds, &field->unit, root(ds), var, "units"));
  ASSAY_TRY(assay_dataset_keep_text(ds, &field->doc, root(ds), var, "long_name"));
  ASSAY_TRY(assay_dataset_keep_text(ds, &text, root(ds), var, "standard_name"));
  if (*text) field->standard_name = text;
  ASSAY_TRY(assay_dataset_keep_text(ds, &text, root(ds), var, "vector_component"));
  field->vector = text[0];
  ASSAY_TRY(assay_dataset_keep_text(ds, &text, root(ds), var, "kind"));
  field->kind = (enum assay_field_kind)kind;
  if (strcmp(text, "static") == 0) field->kind = ASSAY_FIELD_STATIC;
done:
  return rc;
}

static int scan_variable(struct assay_dataset *ds, struct assay_field *fields, int var)
{
  int rc = ASSAY_OK, n_dims = 0, dims[NC_MAX_VAR_DIMS];
  char name[NC_MAX_NAME + 1];
  nc_type type;
  bool lacks_case;
  NC(nc_inq_varndims(root(ds), var, &n_dims), "read a variable");
  NC(nc_inq_var(root(ds), var, name, &type, &n_dims, dims, NULL), "read a variable");
  const int kind = kind_of(ds, n_dims, dims, &lacks_case);
  if ((type != NC_FLOAT && type != NC_DOUBLE) || kind < 0 || is_reserved(ds, name)) goto done;
  const int n = ds->info.n_fields;
  ASSAY_CHECK(n < ASSAY_DATASET_FIELDS_MAX, ASSAY_ECORRUPT, "%s: more than %d fields",
              ds->info.path, ASSAY_DATASET_FIELDS_MAX);
  if (n == 0) ds->info.dtype = type == NC_FLOAT ? ASSAY_F32 : ASSAY_F64;
  ASSAY_TRY(assay_dataset_keep_copy(ds, &fields[n].name, name));
  ASSAY_TRY(read_field(ds, &fields[n], var, kind));
  ds->lacks_case[n] = lacks_case;
  ds->info.n_fields++;
done:
  return rc;
}

static int scan_fields(struct assay_dataset *ds)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_field *fields = NULL;
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&fields, ASSAY_DATASET_FIELDS_MAX + 1, sizeof *fields));
  ds->info.fields = fields;
  NC(nc_inq_nvars(root(ds), &n), "read the variables");
  for (int var = 0; var < n; var++) ASSAY_TRY(scan_variable(ds, fields, var));
done:
  return rc;
}

/* "low high" -> {"low", "high", NULL} */
static int split_words(struct assay_dataset *ds, const char *const **out, const char *text)
{
  int rc = ASSAY_OK;
  char *copy = NULL, *save = NULL;
  const char **words = NULL;
  size_t n = 0;
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&copy, strlen(text) + 1, 1));
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&words, strlen(text) / 2 + 2, sizeof *words));
  strcpy(copy, text);
  for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) words[n++] = w;
  *out = words;
done:
  return rc;
}

static int scan_param(struct assay_dataset *ds, struct assay_quantity *q, int group, int var)
{
  int rc = ASSAY_OK;
  char name[NC_MAX_NAME + 1];
  const char *meanings = NULL;
  NC(nc_inq_varname(group, var, name), "read a parameter");
  ASSAY_TRY(assay_dataset_keep_copy(ds, &q->name, name));
  ASSAY_TRY(assay_dataset_keep_text(ds, &q->unit, group, var, "units"));
  ASSAY_TRY(assay_dataset_keep_text(ds, &q->doc, group, var, "long_name"));
  ASSAY_TRY(assay_dataset_keep_text(ds, &meanings, group, var, "flag_meanings"));
  if (*meanings) ASSAY_TRY(split_words(ds, &q->choices, meanings));
done:
  return rc;
}

static int scan_params(struct assay_dataset *ds)
{
  int rc = ASSAY_OK, group, n = 0;
  struct assay_quantity *params = NULL;
  if (nc_inq_grp_ncid(root(ds), "parameters", &group) != NC_NOERR) goto done;
  NC(nc_inq_nvars(group, &n), "read the parameters");
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&params, (size_t)n + 1, sizeof *params));
  for (int p = 0; p < n; p++) ASSAY_TRY(scan_param(ds, &params[p], group, p));
  ds->info.params = params;
  ds->info.n_params = n;
done:
  return rc;
}

static int scan_splits(struct assay_dataset *ds)
{
  int rc = ASSAY_OK, group, n = 0;
  const char **splits = NULL;
  char name[NC_MAX_NAME + 1];
  if (nc_inq_grp_ncid(root(ds), "splits", &group) != NC_NOERR) goto done;
  NC(nc_inq_nvars(group, &n), "read the splits");
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&splits, (size_t)n + 1, sizeof *splits));
  for (int s = 0; s < n; s++) {
    NC(nc_inq_varname(group, s, name), "read the splits");
    ASSAY_TRY(assay_dataset_keep_copy(ds, &splits[s], name));
  }
  ds->info.splits = splits;
  ds->info.n_splits = n;
done:
  return rc;
}

/* The attributes of the variable `subset` say all that its values do. */
static int scan_subsets(struct assay_dataset *ds)
{
  int rc = ASSAY_OK, var, n = 0;
  long long first[ASSAY_SUBSETS_MAX], count[ASSAY_SUBSETS_MAX];
  size_t n_first = 0, n_count = 0;
  const char *text = NULL, *const *words = NULL;
  struct assay_subset *subsets = NULL;
  if (nc_inq_varid(root(ds), "subset", &var) != NC_NOERR) goto done;
  if (nc_inq_attlen(root(ds), var, "first_case", &n_first) != NC_NOERR) goto done;
  NC(nc_inq_attlen(root(ds), var, "cases", &n_count), "read the subsets");
  ASSAY_TRY(assay_dataset_keep_text(ds, &text, root(ds), var, "flag_meanings"));
  ASSAY_TRY(split_words(ds, &words, text));
  while (words[n]) n++;
  ASSAY_CHECK(n <= ASSAY_SUBSETS_MAX && n_first == (size_t)n && n_count == (size_t)n,
              ASSAY_ECORRUPT, "%s: the attributes of variable 'subset' do not fit together",
              ds->info.path);
  NC(nc_get_att_longlong(root(ds), var, "first_case", first), "read the subsets");
  NC(nc_get_att_longlong(root(ds), var, "cases", count), "read the subsets");
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&subsets, (size_t)n, sizeof *subsets));
  for (int i = 0; i < n; i++)
    subsets[i] = (struct assay_subset){words[i], (long)first[i], (long)count[i]};
  ds->info.subsets = subsets;
  ds->info.n_subsets = n;
done:
  return rc;
}

int assay_dataset_scan(struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(check_format(ds));
  ASSAY_TRY(scan_dims(ds));
  for (int a = 0; a < ds->info.shape.n_axes; a++) ASSAY_TRY(scan_axis(ds, &ds->info.shape.axis[a]));
  ASSAY_TRY(scan_interval(ds));
  ASSAY_TRY(scan_fields(ds));
  ASSAY_TRY(scan_params(ds));
  ASSAY_TRY(scan_splits(ds));
  ASSAY_TRY(scan_subsets(ds));
done:
  return rc;
}
