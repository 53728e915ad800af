#include "baselines/model.h"

#include <netcdf.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/nc.h"

#define SCHEMA "assay-model/1"

struct assay_model {
  char *path;
  struct assay_outfile file; /* while writing */
  bool writing, open;
  int nc;
};

#define NC(call, doing) ASSAY_TRY(assay_nc_check((call), m->path, (doing)))

/* "u v p" */
static int field_names(char **out, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  char *names = NULL;
  ASSAY_TRY(assay_strdup(&names, ""));
  for (int i = 0; i < task->fields.n; i++)
    ASSAY_TRY(assay_text_append(&names, " ", task->fields.item[i]));
  *out = names;
  names = NULL;
done:
  assay_free(names);
  return rc;
}

static int describe(struct assay_model *m, const struct assay_baseline *who,
                    const struct assay_task *task)
{
  int rc = ASSAY_OK;
  char *fields = NULL;
  ASSAY_TRY(field_names(&fields, task));
  ASSAY_TRY(assay_model_put_text(m, "schema", SCHEMA));
  ASSAY_TRY(assay_model_put_text(m, "method", who->name));
  ASSAY_TRY(assay_model_put_number(m, "method_version", who->version));
  ASSAY_TRY(assay_model_put_text(m, "kind", assay_task_kinds[task->kind]));
  ASSAY_TRY(assay_model_put_text(m, "fields", fields));
done:
  assay_free(fields);
  return rc;
}

int assay_model_create(struct assay_model **out, const char *dir, const struct assay_baseline *who,
                       const struct assay_task *task)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&m, 1, "model"));
  m->writing = true;
  ASSAY_TRY(assay_asprintf(&m->path, "%s/model.nc", dir));
  ASSAY_TRY(assay_outfile_open(&m->file, m->path, false));
  NC(nc_create(m->file.temporary, NC_NETCDF4 | NC_CLOBBER, &m->nc), "create the model");
  m->open = true;
  ASSAY_TRY(describe(m, who, task));
  *out = m;
  m = NULL;
done:
  assay_model_close(m);
  return rc;
}

int assay_model_put_number(struct assay_model *m, const char *name, double value)
{
  return assay_nc_check(nc_put_att_double(m->nc, NC_GLOBAL, name, NC_DOUBLE, 1, &value), m->path,
                        "write the model");
}

int assay_model_put_text(struct assay_model *m, const char *name, const char *text)
{
  return assay_nc_put_text(m->nc, NC_GLOBAL, m->path, name, text);
}

int assay_model_put_params(struct assay_model *m, const struct assay_view *view)
{
  int rc = ASSAY_OK;
  char *names = NULL;
  ASSAY_TRY(assay_view_param_names(&names, view));
  ASSAY_TRY(assay_model_put_text(m, "params", names));
done:
  assay_free(names);
  return rc;
}

int assay_model_define(struct assay_model *m, const char *name, int n_dims, const size_t *dims)
{
  int rc = ASSAY_OK, id[ASSAY_MODEL_DIMS] = {0}, var = 0;
  for (int d = 0; d < n_dims; d++) {
    char dim[NC_MAX_NAME];
    snprintf(dim, sizeof dim, "%s_%d", name, d);
    NC(nc_def_dim(m->nc, dim, dims[d], &id[d]), "lay out the model");
  }
  NC(nc_def_var(m->nc, name, NC_DOUBLE, n_dims, id, &var), "lay out the model");
  NC(nc_def_var_fletcher32(m->nc, var, NC_FLETCHER32), "lay out the model");
done:
  return rc;
}

int assay_model_write(struct assay_model *m, const char *name, const size_t *start,
                      const size_t *count, const double *values)
{
  int rc = ASSAY_OK, var = 0;
  NC(nc_inq_varid(m->nc, name, &var), "write the model");
  NC(nc_put_vara_double(m->nc, var, start, count, values), "write the model");
done:
  return rc;
}

/* NetCDF has no dimensions of length 0 (they would be unlimited): an empty array is left out. */
static bool is_empty(int n_dims, const size_t *dims)
{
  for (int d = 0; d < n_dims; d++)
    if (dims[d] == 0) return true;
  return false;
}

int assay_model_put(struct assay_model *m, const char *name, int n_dims, const size_t *dims,
                    const double *values)
{
  int rc = ASSAY_OK;
  static const size_t start[ASSAY_MODEL_DIMS] = {0};
  if (is_empty(n_dims, dims)) goto done;
  ASSAY_TRY(assay_model_define(m, name, n_dims, dims));
  ASSAY_TRY(assay_model_write(m, name, start, dims, values));
done:
  return rc;
}

int assay_model_commit(struct assay_model *m)
{
  int rc = ASSAY_OK;
  m->open = false;
  NC(nc_close(m->nc), "write the model");
  ASSAY_TRY(assay_outfile_commit(&m->file));
done:
  assay_model_close(m);
  return rc;
}

/* Whether an attribute of the model is what it must be. */
static int check_text(const struct assay_model *m, const char *name, const char *expected)
{
  int rc = ASSAY_OK;
  char *found = NULL;
  ASSAY_TRY(assay_model_text(&found, m, name));
  ASSAY_CHECK(strcmp(found, expected) == 0, ASSAY_ECORRUPT,
              "%s: the model's %s is '%s', expected '%s'", m->path, name, found, expected);
done:
  assay_free(found);
  return rc;
}

static int check_origin(const struct assay_model *m, const struct assay_baseline *who,
                        const struct assay_task *task)
{
  int rc = ASSAY_OK;
  double version = 0;
  char *fields = NULL;
  ASSAY_TRY(check_text(m, "schema", SCHEMA));
  ASSAY_TRY(check_text(m, "method", who->name));
  ASSAY_TRY(assay_model_number(&version, m, "method_version"));
  ASSAY_CHECK(version == who->version, ASSAY_ECORRUPT,
              "%s: made by version %g of %s, this is version %d: train again", m->path, version,
              who->name, who->version);
  ASSAY_TRY(check_text(m, "kind", assay_task_kinds[task->kind]));
  ASSAY_TRY(field_names(&fields, task));
  ASSAY_TRY(check_text(m, "fields", fields));
done:
  assay_free(fields);
  return rc;
}

int assay_model_open(struct assay_model **out, const char *dir, const struct assay_baseline *who,
                     const struct assay_task *task)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&m, 1, "model"));
  ASSAY_TRY(assay_asprintf(&m->path, "%s/model.nc", dir));
  ASSAY_CHECK(assay_file_exists(m->path), ASSAY_EIO, "%s: there is no trained model", m->path);
  const int status = nc_open(m->path, NC_NOWRITE, &m->nc);
  ASSAY_CHECK(status == NC_NOERR, ASSAY_ECORRUPT, "%s: not a model: %s", m->path,
              nc_strerror(status));
  m->open = true;
  ASSAY_TRY(check_origin(m, who, task));
  *out = m;
  m = NULL;
done:
  assay_model_close(m);
  return rc;
}

int assay_model_check_params(const struct assay_model *m, const struct assay_view *view)
{
  int rc = ASSAY_OK;
  char *names = NULL;
  ASSAY_TRY(assay_view_param_names(&names, view));
  ASSAY_TRY(check_text(m, "params", names));
done:
  assay_free(names);
  return rc;
}

int assay_model_number(double *out, const struct assay_model *m, const char *name)
{
  int rc = ASSAY_OK;
  size_t n = 0;
  ASSAY_CHECK(nc_inq_attlen(m->nc, NC_GLOBAL, name, &n) == NC_NOERR && n == 1 &&
                  nc_get_att_double(m->nc, NC_GLOBAL, name, out) == NC_NOERR,
              ASSAY_ECORRUPT, "%s: not a model: no number '%s'", m->path, name);
done:
  return rc;
}

int assay_model_text(char **out, const struct assay_model *m, const char *name)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(assay_nc_get_text(out, m->nc, NC_GLOBAL, m->path, name) == ASSAY_OK, ASSAY_ECORRUPT,
              "%s: not a model: no text '%s'", m->path, name);
done:
  return rc;
}

/* Lengths of a variable against what is expected (0: anything). */
static int check_shape(const struct assay_model *m, const char *name, int var, int n_dims,
                       size_t *dims)
{
  int rc = ASSAY_OK, n = 0, id[NC_MAX_VAR_DIMS];
  NC(nc_inq_varndims(m->nc, var, &n), "read the model");
  ASSAY_CHECK(n == n_dims, ASSAY_ECORRUPT, "%s: '%s' has %d dimensions, expected %d", m->path, name,
              n, n_dims);
  NC(nc_inq_vardimid(m->nc, var, id), "read the model");
  for (int d = 0; d < n; d++) {
    size_t length = 0;
    NC(nc_inq_dimlen(m->nc, id[d], &length), "read the model");
    ASSAY_CHECK(dims[d] == 0 || dims[d] == length, ASSAY_ECORRUPT,
                "%s: '%s' has length %zu along dimension %d, expected %zu", m->path, name, length,
                d, dims[d]);
    dims[d] = length;
  }
done:
  return rc;
}

int assay_model_get(double **values, const struct assay_model *m, const char *name, int n_dims,
                    size_t *dims)
{
  int rc = ASSAY_OK, var = 0;
  size_t n = 1;
  *values = NULL;
  const int found = nc_inq_varid(m->nc, name, &var);
  if (found == NC_NOERR) ASSAY_TRY(check_shape(m, name, var, n_dims, dims));
  for (int d = 0; d < n_dims; d++) n *= dims[d];
  ASSAY_CHECK(found == NC_NOERR || n == 0, ASSAY_ECORRUPT, "%s: the model lacks '%s'", m->path,
              name);
  ASSAY_TRY(ASSAY_NEW(values, n, "model"));
  if (n > 0) {
    const int status = nc_get_var_double(m->nc, var, *values);
    ASSAY_CHECK(status == NC_NOERR, ASSAY_ECORRUPT, "%s: '%s' is damaged: %s", m->path, name,
                nc_strerror(status));
  }
done:
  if (rc < 0) {
    assay_free(*values);
    *values = NULL;
  }
  return rc;
}

void assay_model_close(struct assay_model *m)
{
  if (!m) return;
  if (m->open && m->writing) nc_abort(m->nc);
  if (m->open && !m->writing) nc_close(m->nc);
  if (m->writing) assay_outfile_abort(&m->file);
  assay_free(m->path);
  assay_free(m);
}
