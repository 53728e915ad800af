/* Values of a data set. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "datasets/dataset_internal.h"

#define NC(call, doing) ASSAY_TRY(assay_nc_check((call), file->path, (doing)))

static bool is_fill(double v)
{
  return v == NC_FILL_DOUBLE || v == (double)NC_FILL_FLOAT;
}

/* A variable of a group ("" for the root). ASSAY_ECORRUPT when it is missing. */
static int find_variable(const struct assay_dataset_file *file, const char *group_name,
                         const char *name, int *group, int *var)
{
  int rc = ASSAY_OK;
  *group = file->nc;
  ASSAY_CHECK((!*group_name || nc_inq_grp_ncid(file->nc, group_name, group) == NC_NOERR) &&
                  nc_inq_varid(*group, name, var) == NC_NOERR,
              ASSAY_ECORRUPT, "%s: no variable '%s%s%s'", file->path, group_name,
              *group_name ? "/" : "", name);
done:
  return rc;
}

/* A numeric variable (case) of one file, [file->n]. */
static int read_per_case(const struct assay_dataset_file *file, const char *group_name,
                         const char *name, double *values)
{
  int rc = ASSAY_OK, group, var, n_dims = 0;
  size_t length = 0;
  int dims[NC_MAX_VAR_DIMS];
  ASSAY_TRY(find_variable(file, group_name, name, &group, &var));
  NC(nc_inq_varndims(group, var, &n_dims), "read a variable");
  if (n_dims == 1) NC(nc_inq_vardimid(group, var, dims), "read a variable");
  if (n_dims == 1) NC(nc_inq_dimlen(file->nc, dims[0], &length), "read a variable");
  ASSAY_CHECK(n_dims == 1 && (long)length == file->n, ASSAY_ECORRUPT,
              "%s: variable '%s' has not one value per case", file->path, name);
  NC(nc_get_var_double(group, var, values), "read a variable");
done:
  return rc;
}

static int load_ids(const struct assay_dataset *ds, const struct assay_dataset_file *file,
                    long *ids)
{
  int rc = ASSAY_OK, var;
  double *values = NULL;
  (void)ds;
  for (long k = 0; k < file->n; k++) ids[k] = file->first + k;
  if (nc_inq_varid(file->nc, "case_id", &var) != NC_NOERR) goto done;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)file->n, "case ids"));
  ASSAY_TRY(read_per_case(file, "", "case_id", values));
  for (long k = 0; k < file->n; k++) ids[k] = (long)values[k];
done:
  assay_free(values);
  return rc;
}

static int load_frames(const struct assay_dataset *ds, const struct assay_dataset_file *file,
                       int *frames)
{
  int rc = ASSAY_OK, var;
  double *values = NULL;
  const int most = ds->info.n_times > 0 ? ds->info.n_times : 1;
  for (long k = 0; k < file->n; k++) frames[k] = most;
  if (ds->lenient && nc_inq_varid(file->nc, "n_frames", &var) != NC_NOERR) goto done;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)file->n, "frame counts"));
  ASSAY_TRY(read_per_case(file, "", "n_frames", values));
  for (long k = 0; k < file->n; k++) {
    ASSAY_CHECK(values[k] >= 0 && values[k] <= most, ASSAY_ECORRUPT,
                "%s: n_frames of case %ld is %g, expected 0 to %d", file->path, k, values[k], most);
    frames[k] = (int)values[k];
  }
done:
  assay_free(values);
  return rc;
}

static int load_params(struct assay_dataset *ds, const struct assay_dataset_file *file)
{
  int rc = ASSAY_OK;
  const int n = ds->info.n_params;
  double *values = NULL;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)file->n, "parameter values"));
  for (int p = 0; p < n; p++) {
    ASSAY_TRY(read_per_case(file, "parameters", ds->info.params[p].name, values));
    for (long k = 0; k < file->n; k++) ds->params[(file->first + k) * n + p] = values[k];
  }
done:
  assay_free(values);
  return rc;
}

/* A later shard must have the variables of the first with the same dimensions behind case. */
static int load_variables(struct assay_dataset *ds, struct assay_dataset_file *file)
{
  int rc = ASSAY_OK, id, group;
  size_t n = 0;
  ASSAY_CHECK(nc_inq_dimid(file->nc, ASSAY_DIM_CASE, &id) == NC_NOERR, ASSAY_ECORRUPT,
              "%s: no dimension 'case'", file->path);
  NC(nc_inq_dimlen(file->nc, id, &n), "read the dimensions");
  file->n = (long)n;
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&file->field_var, (size_t)ds->info.n_fields + 1,
                               sizeof *file->field_var));
  for (int f = 0; f < ds->info.n_fields; f++)
    ASSAY_TRY(find_variable(file, "", ds->info.fields[f].name, &group, &file->field_var[f]));
  for (int a = 0; a < ds->info.shape.n_axes; a++) {
    const struct assay_axis *axis = &ds->info.shape.axis[a];
    ASSAY_CHECK(nc_inq_dimid(file->nc, axis->name, &id) == NC_NOERR &&
                    nc_inq_dimlen(file->nc, id, &n) == NC_NOERR && (int)n == axis->n,
                ASSAY_ECORRUPT, "%s: dimension '%s' differs from %s", file->path, axis->name,
                ds->files[0].path);
  }
done:
  return rc;
}

int assay_dataset_load(struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  long total = 0, *ids = NULL;
  for (int i = 0; i < ds->n_files; i++) {
    ds->files[i].first = total;
    ASSAY_TRY(load_variables(ds, &ds->files[i]));
    total += ds->files[i].n;
  }
  ds->info.n_cases = total;
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&ids, (size_t)total, sizeof *ids));
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&ds->n_frames, (size_t)total, sizeof *ds->n_frames));
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&ds->params,
                               (size_t)total * (size_t)ds->info.n_params + 1, sizeof *ds->params));
  ds->info.case_id = ids;
  for (int i = 0; i < ds->n_files; i++) {
    const struct assay_dataset_file *file = &ds->files[i];
    ASSAY_TRY(load_ids(ds, file, ids + file->first));
    ASSAY_TRY(load_frames(ds, file, ds->n_frames + file->first));
    ASSAY_TRY(load_params(ds, file));
  }
done:
  return rc;
}

int assay_dataset_text(char **out, const struct assay_dataset *ds, const char *attribute)
{
  if (ds->content && strcmp(attribute, "content_sha256") == 0)
    return assay_strdup(out, ds->content);
  return assay_nc_get_text(out, ds->files[0].nc, NC_GLOBAL, ds->files[0].path, attribute);
}

static int check_case(const struct assay_dataset *ds, long k)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(k >= 0 && k < ds->info.n_cases, ASSAY_EARG, "%s: no case %ld (there are %ld)",
              ds->info.path, k, ds->info.n_cases);
done:
  return rc;
}

static int check_field(const struct assay_dataset *ds, int field)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(field >= 0 && field < ds->info.n_fields, ASSAY_EARG, "%s: no field with index %d",
              ds->info.path, field);
done:
  return rc;
}

/* Frames behind the last one of the case are fill in the file and NaN here. */
static void mark_tail(const struct assay_dataset *ds, double *values, long k, size_t per_frame,
                      int frame0, int n)
{
  for (int i = 0; i < n; i++)
    if (frame0 + i >= ds->n_frames[k])
      for (size_t j = 0; j < per_frame; j++) values[(size_t)i * per_frame + j] = (double)NAN;
}

int assay_dataset_read(const struct assay_dataset *ds, double *values, long k, int field,
                       int frame0, int n)
{
  int rc = ASSAY_OK, d = 0;
  size_t start[5] = {0}, count[5] = {0}, per_frame = 1;
  ASSAY_TRY(check_case(ds, k));
  ASSAY_TRY(check_field(ds, field));
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  const enum assay_field_kind kind = ds->info.fields[field].kind;
  const bool timed = ds->info.n_times > 0 && kind != ASSAY_FIELD_STATIC;
  const int most = timed ? ds->info.n_times : 1;
  ASSAY_CHECK(frame0 >= 0 && n > 0 && frame0 + n <= most, ASSAY_EARG,
              "%s: frames %d to %d of %s are not among 0 to %d", file->path, frame0, frame0 + n - 1,
              ds->info.fields[field].name, most - 1);
  if (!ds->lacks_case[field]) start[d] = (size_t)(k - file->first), count[d++] = 1;
  if (timed) start[d] = (size_t)frame0, count[d++] = (size_t)n;
  for (int a = 0; kind != ASSAY_FIELD_SCALAR && a < ds->info.shape.n_axes; a++) {
    count[d++] = (size_t)ds->info.shape.axis[a].n;
    per_frame *= (size_t)ds->info.shape.axis[a].n;
  }
  NC(nc_get_vara_double(file->nc, file->field_var[field], start, count, values), "read a field");
  if (kind != ASSAY_FIELD_STATIC) mark_tail(ds, values, k, per_frame, frame0, n);
done:
  return rc;
}

int assay_dataset_frames(const struct assay_dataset *ds, long k)
{
  return k >= 0 && k < ds->info.n_cases ? ds->n_frames[k] : 0;
}

/* One row of a variable (case, n), or the whole of a variable (n) without case. */
static int read_row(const struct assay_dataset_file *file, int group, int var, long k, int n,
                    double *values)
{
  int rc = ASSAY_OK, n_dims = 0;
  const size_t start[2] = {(size_t)(k - file->first), 0}, count[2] = {1, (size_t)n};
  NC(nc_inq_varndims(group, var, &n_dims), "read a variable");
  if (n_dims == 2)
    NC(nc_get_vara_double(group, var, start, count, values), "read a variable");
  else
    NC(nc_get_var_double(group, var, values), "read a variable");
  for (int i = 0; i < n; i++)
    if (is_fill(values[i])) values[i] = (double)NAN;
done:
  return rc;
}

int assay_dataset_times(const struct assay_dataset *ds, double *times, long k)
{
  int rc = ASSAY_OK, group, var;
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  if (nc_inq_varid(file->nc, "t", &var) == NC_NOERR) {
    ASSAY_TRY(read_row(file, file->nc, var, k, ds->info.n_times, times));
    goto done;
  }
  ASSAY_TRY(find_variable(file, "", ASSAY_DIM_TIME, &group, &var));
  ASSAY_TRY(read_row(file, group, var, k, ds->info.n_times, times));
done:
  return rc;
}

int assay_dataset_coordinate(const struct assay_dataset *ds, double *x, long k, int axis)
{
  int rc = ASSAY_OK, group, var;
  char name[NC_MAX_NAME + 2];
  ASSAY_TRY(check_case(ds, k));
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  const struct assay_axis *a = &ds->info.shape.axis[axis];
  snprintf(name, sizeof name, "%sc", a->name);
  if (a->kind == ASSAY_AXIS_INDEX) {
    for (int i = 0; i < a->n; i++) x[i] = i;
    goto done;
  }
  if (nc_inq_varid(file->nc, name, &var) != NC_NOERR)
    ASSAY_TRY(find_variable(file, "", a->name, &group, &var));
  ASSAY_TRY(read_row(file, file->nc, var, k, a->n, x));
done:
  return rc;
}

int assay_dataset_params(const struct assay_dataset *ds, double *values, long k)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(check_case(ds, k));
  memcpy(values, ds->params + k * ds->info.n_params, (size_t)ds->info.n_params * sizeof *values);
done:
  return rc;
}

static int read_all_cases(const struct assay_dataset *ds, double *values, const char *group,
                          const char *name)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < ds->n_files; i++)
    ASSAY_TRY(read_per_case(&ds->files[i], group, name, values + ds->files[i].first));
done:
  return rc;
}

int assay_dataset_split(const struct assay_dataset *ds, int8_t *codes, const char *name)
{
  int rc = ASSAY_OK;
  char hint[512];
  double *values = NULL;
  bool known = false;
  for (int s = 0; s < ds->info.n_splits; s++)
    if (strcmp(ds->info.splits[s], name) == 0) known = true;
  ASSAY_CHECK(known, ASSAY_ENOTFOUND, "%s: no split '%s'%s", ds->info.path, name,
              ds->info.n_splits ? assay_text_suggest(hint, sizeof hint, name, ds->info.splits)
                                : " (there is none)");
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)ds->info.n_cases, "split"));
  ASSAY_TRY(read_all_cases(ds, values, "splits", name));
  for (long k = 0; k < ds->info.n_cases; k++) codes[k] = (int8_t)values[k];
done:
  assay_free(values);
  return rc;
}

/* Column `side` of a variable (case, time, side), or (case, side) without a time dimension. */
static int read_side(const struct assay_dataset *ds, const struct assay_dataset_file *file,
                     int group, int var, long k, int side, double *values)
{
  int rc = ASSAY_OK;
  const bool timed = ds->info.n_times > 0;
  const size_t n = timed ? (size_t)ds->info.n_times : 1;
  const size_t row = (size_t)(k - file->first);
  const size_t start[3] = {row, timed ? 0 : (size_t)side, (size_t)side};
  const size_t count[3] = {1, n, 1};
  NC(nc_get_vara_double(group, var, start, count, values), "read the boundary");
  for (size_t i = 0; i < n; i++)
    if (is_fill(values[i])) values[i] = (double)NAN;
done:
  return rc;
}

int assay_dataset_boundary(const struct assay_dataset *ds, int *type, double *values, long k,
                           int field, int side)
{
  int rc = ASSAY_OK, group, var;
  char name[NC_MAX_NAME + 8];
  ASSAY_TRY(check_case(ds, k));
  ASSAY_TRY(check_field(ds, field));
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  const int n = ds->info.n_times > 0 ? ds->info.n_times : 1;
  const size_t at = (size_t)side;
  *type = ASSAY_BOUNDARY_NONE;
  for (int i = 0; i < n; i++) values[i] = (double)NAN;
  snprintf(name, sizeof name, "%s_type", ds->info.fields[field].name);
  if (nc_inq_grp_ncid(file->nc, "boundary", &group) != NC_NOERR ||
      nc_inq_varid(group, name, &var) != NC_NOERR)
    goto done;
  NC(nc_get_var1_int(group, var, &at, type), "read the boundary");
  snprintf(name, sizeof name, "%s_value", ds->info.fields[field].name);
  ASSAY_TRY(find_variable(file, "boundary", name, &group, &var));
  ASSAY_TRY(read_side(ds, file, group, var, k, side, values));
done:
  return rc;
}

int assay_dataset_profile(const struct assay_dataset *ds, bool *varies, double *values, long k,
                          int field, int side)
{
  static const char *const sides[ASSAY_SIDES] = {"west", "east", "south", "north"};
  int rc = ASSAY_OK, group, var;
  char name[NC_MAX_NAME + 16];
  const int axis = assay_side_axis(ds->info.shape.n_axes, side);
  const int n = axis < 0 ? 0 : ds->info.shape.axis[axis].n;
  *varies = false;
  ASSAY_TRY(check_case(ds, k));
  ASSAY_TRY(check_field(ds, field));
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  for (int i = 0; i < n; i++) values[i] = 1;
  snprintf(name, sizeof name, "%s_profile_%s", ds->info.fields[field].name, sides[side]);
  if (n == 0 || nc_inq_grp_ncid(file->nc, "boundary", &group) != NC_NOERR ||
      nc_inq_varid(group, name, &var) != NC_NOERR)
    goto done;
  ASSAY_TRY(read_row(file, group, var, k, n, values));
  for (int i = 0; i < n; i++) *varies = *varies || values[i] != 1;
done:
  return rc;
}

int assay_dataset_lead_times(const struct assay_dataset *ds, double *times, int *n, long k)
{
  int rc = ASSAY_OK, var, dim;
  size_t length = 0;
  double *all = NULL;
  ASSAY_TRY(check_case(ds, k));
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  *n = 0;
  ASSAY_CHECK(nc_inq_varid(file->nc, "lead_time", &var) == NC_NOERR &&
                  nc_inq_dimid(file->nc, ASSAY_DIM_LEAD, &dim) == NC_NOERR,
              ASSAY_ENOTFOUND, "%s: no variable 'lead_time': not the inputs of a task", file->path);
  NC(nc_inq_dimlen(file->nc, dim, &length), "read the dimensions");
  ASSAY_TRY(ASSAY_NEW(&all, length, "lead times"));
  ASSAY_TRY(read_row(file, file->nc, var, k, (int)length, all));
  while (*n < (int)length && !isnan(all[*n])) (*n)++;
  if (times) memcpy(times, all, (size_t)*n * sizeof *times);
done:
  assay_free(all);
  return rc;
}

int assay_dataset_certificate(const struct assay_dataset *ds, double *values, const char *row)
{
  int rc = ASSAY_OK, group, var;
  for (int i = 0; i < ds->n_files; i++)
    ASSAY_CHECK(nc_inq_grp_ncid(ds->files[i].nc, "certificate", &group) == NC_NOERR &&
                    nc_inq_varid(group, row, &var) == NC_NOERR,
                ASSAY_ENOTFOUND, "%s: no certificate row '%s'", ds->files[i].path, row);
  ASSAY_TRY(read_all_cases(ds, values, "certificate", row));
  for (long k = 0; k < ds->info.n_cases; k++)
    if (is_fill(values[k])) values[k] = (double)NAN;
done:
  return rc;
}

int assay_dataset_error(const struct assay_dataset *ds, double *values, long k, int field)
{
  int rc = ASSAY_OK, group, var;
  char name[NC_MAX_NAME + 8];
  ASSAY_TRY(check_case(ds, k));
  ASSAY_TRY(check_field(ds, field));
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  snprintf(name, sizeof name, "error_%s", ds->info.fields[field].name);
  ASSAY_CHECK(nc_inq_grp_ncid(file->nc, "certificate", &group) == NC_NOERR &&
                  nc_inq_varid(group, name, &var) == NC_NOERR,
              ASSAY_ENOTFOUND, "%s: no error estimate of '%s'", file->path,
              ds->info.fields[field].name);
  if (ds->info.n_times > 0) {
    ASSAY_TRY(read_row(file, group, var, k, ds->info.n_times, values));
  } else {
    const size_t at = (size_t)(k - file->first);
    NC(nc_get_var1_double(group, var, &at, values), "read the certificate");
    if (is_fill(values[0])) values[0] = (double)NAN;
  }
done:
  return rc;
}
