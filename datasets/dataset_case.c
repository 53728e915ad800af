#include "datasets/dataset_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "datasets/dataset_internal.h"
#include "datasets/hash.h"

#define NC(call, doing) ASSAY_TRY(assay_nc_check((call), file->path, (doing)))

int assay_dataset_nc(const struct assay_dataset *ds, long k, long *row)
{
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  *row = k - file->first;
  return file->nc;
}

/* Frames of one field in the stored type. */
static int read_field(struct assay_case *c, const struct assay_dataset *ds, long k, int field,
                      int at)
{
  int rc = ASSAY_OK, d = 0;
  nc_type type;
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  const enum assay_field_kind kind = c->fields[at].kind;
  size_t start[5] = {0}, count[5] = {0};
  if (kind != ASSAY_FIELD_STATIC && c->n_frames == 0) goto done;
  NC(nc_inq_vartype(file->nc, file->field_var[field], &type), "read a field");
  ASSAY_CHECK(type == (c->dtype == ASSAY_F32 ? NC_FLOAT : NC_DOUBLE), ASSAY_ECORRUPT,
              "%s: field '%s' has another type than the first one", file->path, c->fields[at].name);
  if (!ds->lacks_case[field]) start[d] = (size_t)(k - file->first), count[d++] = 1;
  if (ds->info.n_times > 0 && kind != ASSAY_FIELD_STATIC) count[d++] = (size_t)c->n_frames;
  for (int a = 0; kind != ASSAY_FIELD_SCALAR && a < c->shape.n_axes; a++)
    count[d++] = (size_t)c->shape.axis[a].n;
  NC(nc_get_vara(file->nc, file->field_var[field], start, count, c->data[at]), "read a field");
done:
  return rc;
}

static int read_errors(struct assay_case *c, const struct assay_dataset *ds, long k, int field,
                       int at, double *work)
{
  const int rc = assay_dataset_error(ds, work, k, field);
  if (rc < 0) return rc == ASSAY_ENOTFOUND ? ASSAY_OK : rc;
  for (int i = 0; i < c->shape.n_frames; i++)
    c->error[(ptrdiff_t)at * c->shape.n_frames + i] = work[i];
  return ASSAY_OK;
}

/* A row that came after the first ones leaves `to` as it is where it is missing. */
static int read_row(struct assay_certificate *to, const struct assay_dataset_file *file, int group,
                    const struct assay_param *row, size_t at)
{
  int rc = ASSAY_OK, var;
  double value = 0;
  void *member = (char *)to + row->offset;
  const bool there = nc_inq_varid(group, row->name, &var) == NC_NOERR;
  const bool later = row - assay_certificate_rows >= ASSAY_CERTIFICATE_FIRST_ROWS;
  if (!there && later) goto done;
  ASSAY_CHECK(there, ASSAY_ECORRUPT, "%s: no variable 'certificate/%s'", file->path, row->name);
  NC(nc_get_var1_double(group, var, &at, &value), "read the certificate");
  if (row->type == ASSAY_PT_DOUBLE)
    *(double *)member = value == NC_FILL_DOUBLE ? (double)NAN : value;
  else if (row->type == ASSAY_PT_BOOL)
    *(bool *)member = value != 0;
  else
    *(int *)member = (int)value;
done:
  return rc;
}

static int read_certificate(struct assay_case *c, const struct assay_dataset *ds, long k)
{
  int rc = ASSAY_OK, group;
  char *reason = NULL;
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  if (nc_inq_grp_ncid(file->nc, "certificate", &group) != NC_NOERR) goto done;
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++)
    ASSAY_TRY(read_row(&c->certificate, file, group, row, (size_t)(k - file->first)));
  ASSAY_TRY(assay_dataset_reason(&reason, ds, k));
  snprintf(c->certificate.reason, sizeof c->certificate.reason, "%s", reason);
done:
  assay_free(reason);
  return rc;
}

static int read_all(struct assay_case *c, const struct assay_dataset *ds, long k)
{
  int rc = ASSAY_OK;
  double *times = NULL;
  const int n_times = ds->info.n_times > 0 ? ds->info.n_times : 1;
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)n_times, "times"));
  c->n_frames = assay_dataset_frames(ds, k);
  if (ds->info.n_times > 0) {
    ASSAY_TRY(assay_dataset_times(ds, times, k));
    memcpy(c->time, times, (size_t)c->shape.n_frames * sizeof *times);
  }
  for (int f = 0; f < ds->info.n_fields; f++) {
    const int at = assay_case_field(c, ds->info.fields[f].name);
    ASSAY_TRY(read_field(c, ds, k, f, at));
    ASSAY_TRY(read_errors(c, ds, k, f, at, times));
  }
  ASSAY_TRY(read_certificate(c, ds, k));
done:
  assay_free(times);
  return rc;
}

int assay_dataset_case(struct assay_case **out, const struct assay_dataset *ds, long k,
                       const struct assay_shape *shape, const struct assay_field *fields)
{
  int rc = ASSAY_OK;
  struct assay_case *c = NULL;
  const char *select[ASSAY_DATASET_FIELDS_MAX + 1] = {NULL};
  *out = NULL;
  ASSAY_CHECK(k >= 0 && k < ds->info.n_cases, ASSAY_EARG, "%s: no case %ld", ds->info.path, k);
  for (int f = 0; f < ds->info.n_fields; f++) select[f] = ds->info.fields[f].name;
  ASSAY_TRY(assay_case_create(&c, ds->info.case_id[k], shape ? shape : &ds->info.shape,
                              fields ? fields : ds->info.fields, select, ds->info.dtype));
  ASSAY_CHECK(assay_dataset_frames(ds, k) <= c->shape.n_frames, ASSAY_ECORRUPT,
              "%s: case %ld has more frames than its recipe makes", ds->info.path, c->id);
  ASSAY_TRY(read_all(c, ds, k));
  *out = c;
  c = NULL;
done:
  assay_case_destroy(c);
  return rc;
}

/* A string of a variable (case); the caller frees it by nc_free_string. */
static int read_string(char **out, const struct assay_dataset_file *file, int group,
                       const char *name, long k)
{
  int rc = ASSAY_OK, var;
  nc_type type = NC_NAT;
  const size_t at = (size_t)(k - file->first);
  *out = NULL;
  ASSAY_CHECK(nc_inq_varid(group, name, &var) == NC_NOERR &&
                  nc_inq_vartype(group, var, &type) == NC_NOERR && type == NC_STRING,
              ASSAY_ECORRUPT, "%s: no text variable '%s'", file->path, name);
  NC(nc_get_var1_string(group, var, &at, out), "read a text");
done:
  return rc;
}

int assay_dataset_case_hash(char hex[ASSAY_SHA256_HEX], const struct assay_dataset *ds, long k)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  ASSAY_TRY(read_string(&text, file, file->nc, "case_sha256", k));
  snprintf(hex, ASSAY_SHA256_HEX, "%s", text ? text : "");
done:
  if (text) nc_free_string(1, &text);
  return rc;
}

int assay_dataset_reason(char **out, const struct assay_dataset *ds, long k)
{
  int rc = ASSAY_OK, group;
  char *text = NULL;
  const struct assay_dataset_file *file = assay_dataset_file_of(ds, k);
  *out = NULL;
  if (nc_inq_grp_ncid(file->nc, "certificate", &group) == NC_NOERR)
    ASSAY_TRY(read_string(&text, file, group, "reason", k));
  ASSAY_TRY(assay_strdup(out, text ? text : ""));
done:
  if (text) nc_free_string(1, &text);
  return rc;
}

int assay_dataset_rehash(char hex[ASSAY_SHA256_HEX], const struct assay_dataset *ds, long k,
                         const struct assay_case *c)
{
  int rc = ASSAY_OK;
  double *block = NULL, *values = NULL;
  size_t n = 0;
  const double *x[ASSAY_AXES_MAX] = {NULL};
  const struct assay_shape *s = &ds->info.shape;
  for (int a = 0; a < s->n_axes; a++) n += (size_t)s->axis[a].n;
  ASSAY_TRY(ASSAY_NEW(&block, n, "coordinates"));
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)ds->info.n_params, "parameter values"));
  double *at = block;
  for (int a = 0; a < s->n_axes; at += s->axis[a++].n) {
    if (s->axis[a].kind == ASSAY_AXIS_INDEX) continue;
    ASSAY_TRY(assay_dataset_coordinate(ds, at, k, a));
    x[a] = at;
  }
  ASSAY_TRY(assay_dataset_params(ds, values, k));
  const struct assay_hash_source source = {
      c, ds->info.n_times > 0, x, ds->info.n_params, ds->info.params, values};
  ASSAY_TRY(assay_hash_case(hex, &source));
done:
  assay_free(block);
  assay_free(values);
  return rc;
}
