/* Reading what table_write.c writes. Nothing in the file is trusted: sizes, types and hashes are
 * checked. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/nc.h"
#include "datasets/table.h"

struct reader {
  struct assay_table *t;
  const char *path;
  int nc;
};
#define NC(call) ASSAY_TRY(assay_nc_check((call), r->path, "read a table"))

static int dimension_length(size_t *out, const struct reader *r, const char *name)
{
  int rc = ASSAY_OK, dim;
  ASSAY_CHECK(nc_inq_dimid(r->nc, name, &dim) == NC_NOERR, ASSAY_ECORRUPT, "%s: no dimension '%s'",
              r->path, name);
  NC(nc_inq_dimlen(r->nc, dim, out));
done:
  return rc;
}

/* A variable of a group with these lengths, slowest first; 0 ends them. */
static int find_variable(int *var, const struct reader *r, int group, const char *name,
                         nc_type type, size_t rows, size_t columns)
{
  int rc = ASSAY_OK, n = 0, dims[NC_MAX_VAR_DIMS];
  const size_t want[2] = {rows, columns};
  const int n_want = (rows > 0) + (columns > 0);
  nc_type found;
  ASSAY_CHECK(nc_inq_varid(group, name, var) == NC_NOERR, ASSAY_ECORRUPT, "%s: no variable '%s'",
              r->path, name);
  NC(nc_inq_vartype(group, *var, &found));
  NC(nc_inq_varndims(group, *var, &n));
  ASSAY_CHECK(found == type && n == n_want, ASSAY_ECORRUPT,
              "%s: variable '%s' has another type or number of dimensions than it should", r->path,
              name);
  NC(nc_inq_vardimid(group, *var, dims));
  for (int d = 0; d < n; d++) {
    size_t length;
    NC(nc_inq_dimlen(group, dims[d], &length));
    ASSAY_CHECK(length == want[d], ASSAY_ECORRUPT, "%s: variable '%s' has the wrong shape", r->path,
                name);
  }
done:
  return rc;
}

static int read_doubles(double *out, const struct reader *r, int group, const char *name,
                        size_t rows, size_t columns)
{
  int rc = ASSAY_OK, var;
  ASSAY_TRY(find_variable(&var, r, group, name, NC_DOUBLE, rows, columns));
  NC(nc_get_var_double(group, var, out));
  const size_t n = (rows ? rows : 1) * (columns ? columns : 1);
  for (size_t i = 0; i < n; i++)
    if (out[i] == NC_FILL_DOUBLE) out[i] = (double)NAN;
done:
  return rc;
}

static int read_texts(struct reader *r)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  for (int i = 0; i < ASSAY_TABLE_TEXTS; i++) {
    rc = assay_nc_get_text(&text, r->nc, NC_GLOBAL, r->path, assay_table_texts[i]);
    if (rc == ASSAY_ENOTFOUND) continue;
    ASSAY_TRY(rc);
    ASSAY_TRY(assay_table_set(r->t, (enum assay_table_text)i, text));
    assay_free(text);
    text = NULL;
  }
  rc = ASSAY_OK;
done:
  assay_free(text);
  return rc;
}

static int read_inputs(struct reader *r)
{
  int rc = ASSAY_OK;
  double *rows = NULL;
  const size_t n = (size_t)r->t->n_rows, m = (size_t)r->t->n_columns;
  ASSAY_TRY(ASSAY_NEW(&rows, n * m, "table rows"));
  ASSAY_TRY(read_doubles(rows, r, r->nc, "x", n, m));
  for (size_t c = 0; c < m; c++) {
    double *x = assay_table_x(r->t, (int)c);
    for (size_t i = 0; i < n; i++) x[i] = rows[i * m + c];
  }
done:
  assay_free(rows);
  return rc;
}

static int read_target(struct reader *r)
{
  int rc = ASSAY_OK, var;
  char *quantity = NULL, *unit = NULL;
  const size_t n = (size_t)r->t->n_rows;
  ASSAY_TRY(read_doubles(r->t->y, r, r->nc, "y", n, 0));
  if (nc_inq_varid(r->nc, "y_exact", &var) == NC_NOERR) {
    ASSAY_TRY(ASSAY_NEW(&r->t->y_exact, n, "table"));
    ASSAY_TRY(read_doubles(r->t->y_exact, r, r->nc, "y_exact", n, 0));
  }
  NC(nc_inq_varid(r->nc, "y", &var));
  if ((rc = assay_nc_get_text(&quantity, r->nc, var, r->path, "quantity")) != ASSAY_ENOTFOUND)
    ASSAY_TRY(rc);
  if ((rc = assay_nc_get_text(&unit, r->nc, var, r->path, "units")) != ASSAY_ENOTFOUND)
    ASSAY_TRY(rc);
  ASSAY_TRY(assay_table_describe(&r->t->target, quantity ? quantity : "", unit ? unit : "", ""));
done:
  assay_free(quantity);
  assay_free(unit);
  return rc;
}

/* A text variable (column); the caller frees text with nc_free_string. */
static int read_names(char *text[], const struct reader *r, const char *name)
{
  int rc = ASSAY_OK, var;
  ASSAY_TRY(find_variable(&var, r, r->nc, name, NC_STRING, (size_t)r->t->n_columns, 0));
  NC(nc_get_var_string(r->nc, var, text));
done:
  return rc;
}

static int read_columns(struct reader *r)
{
  int rc = ASSAY_OK, var;
  int8_t role[ASSAY_TABLE_COLUMNS_MAX];
  char *quantity[ASSAY_TABLE_COLUMNS_MAX] = {NULL}, *unit[ASSAY_TABLE_COLUMNS_MAX] = {NULL},
       *law[ASSAY_TABLE_COLUMNS_MAX] = {NULL};
  const size_t n = (size_t)r->t->n_columns;
  ASSAY_TRY(read_names(quantity, r, "column_quantity"));
  ASSAY_TRY(read_names(unit, r, "column_units"));
  ASSAY_TRY(read_names(law, r, "column_law"));
  ASSAY_TRY(find_variable(&var, r, r->nc, "column_role", NC_BYTE, n, 0));
  NC(nc_get_var_schar(r->nc, var, role));
  for (size_t c = 0; c < n; c++) {
    ASSAY_CHECK(role[c] >= ASSAY_COLUMN_INPUT && role[c] <= ASSAY_COLUMN_COORDINATE, ASSAY_ECORRUPT,
                "%s: column_role of x%zu is %d", r->path, c, role[c]);
    r->t->column[c].role = (enum assay_table_role)role[c];
    ASSAY_TRY(assay_table_describe(&r->t->column[c], quantity[c] ? quantity[c] : "",
                                   unit[c] ? unit[c] : "", law[c] ? law[c] : ""));
  }
done:
  nc_free_string(n, quantity);
  nc_free_string(n, unit);
  nc_free_string(n, law);
  return rc;
}

static int read_certificate(struct reader *r)
{
  int rc = ASSAY_OK, group;
  double effect[2][ASSAY_TABLE_COLUMNS_MAX];
  const size_t n = (size_t)r->t->n_columns;
  ASSAY_CHECK(nc_inq_grp_ncid(r->nc, "certificate", &group) == NC_NOERR, ASSAY_ECORRUPT,
              "%s: no group 'certificate'", r->path);
  for (int i = 0; i < ASSAY_TABLE_ROWS; i++)
    ASSAY_TRY(read_doubles(&r->t->row[i], r, group, assay_table_rows[i].name, 0, 0));
  ASSAY_TRY(read_doubles(effect[0], r, group, "effect_median", n, 0));
  ASSAY_TRY(read_doubles(effect[1], r, group, "effect_max", n, 0));
  for (size_t c = 0; c < n; c++) {
    r->t->column[c].effect_median = effect[0][c];
    r->t->column[c].effect_max = effect[1][c];
  }
done:
  return rc;
}

static int read_split(struct reader *r, int group, int var)
{
  int rc = ASSAY_OK, again;
  char name[NC_MAX_NAME + 1];
  int8_t *code;
  const size_t n = (size_t)r->t->n_rows;
  NC(nc_inq_varname(group, var, name));
  ASSAY_TRY(find_variable(&again, r, group, name, NC_BYTE, n, 0));
  ASSAY_TRY(assay_table_add_split(&code, r->t, name));
  NC(nc_get_var_schar(group, var, (signed char *)code));
  for (size_t i = 0; i < n; i++)
    ASSAY_CHECK(code[i] >= -1 && code[i] <= 2, ASSAY_ECORRUPT, "%s: split '%s': code %d in row %zu",
                r->path, name, code[i], i);
done:
  return rc;
}

static int read_splits(struct reader *r)
{
  int rc = ASSAY_OK, group, n = 0, vars[ASSAY_TABLE_SPLITS_MAX];
  ASSAY_CHECK(nc_inq_grp_ncid(r->nc, "splits", &group) == NC_NOERR, ASSAY_ECORRUPT,
              "%s: no group 'splits'", r->path);
  NC(nc_inq_varids(group, &n, NULL));
  ASSAY_CHECK(n <= ASSAY_TABLE_SPLITS_MAX, ASSAY_ECORRUPT, "%s: %d splits; at most %d", r->path, n,
              ASSAY_TABLE_SPLITS_MAX);
  NC(nc_inq_varids(group, &n, vars));
  for (int s = 0; s < n; s++) ASSAY_TRY(read_split(r, group, vars[s]));
done:
  return rc;
}

/* The hashes that the file names against its data. */
static int verify(struct reader *r)
{
  int rc = ASSAY_OK;
  char data[ASSAY_SHA256_HEX], content[ASSAY_SHA256_HEX], *said = NULL, *said_all = NULL;
  ASSAY_TRY(assay_table_hash(data, content, r->t));
  ASSAY_TRY(assay_nc_get_text(&said, r->nc, NC_GLOBAL, r->path, "data_sha256"));
  ASSAY_CHECK(strcmp(said, data) == 0, ASSAY_ECORRUPT, "%s: its data do not fit its data_sha256",
              r->path);
  ASSAY_TRY(assay_nc_get_text(&said_all, r->nc, NC_GLOBAL, r->path, "content_sha256"));
  ASSAY_CHECK(strcmp(said_all, content) == 0, ASSAY_ECORRUPT,
              "%s: its data and recipe do not fit its content_sha256", r->path);
done:
  assay_free(said);
  assay_free(said_all);
  return rc;
}

/* The file, open for reading, when it is a table. */
static int open_file(int *nc, const char *path)
{
  int rc = ASSAY_OK;
  char *format = NULL;
  const int status = nc_open(path, NC_NOWRITE, nc);
  if (status != NC_NOERR) *nc = -1;
  ASSAY_CHECK(status == NC_NOERR, ASSAY_ECORRUPT, "%s: no NetCDF-4 file, or a damaged one: %s",
              path, nc_strerror(status));
  rc = assay_nc_get_text(&format, *nc, NC_GLOBAL, path, "assay_format");
  ASSAY_CHECK(rc == ASSAY_OK && strcmp(format, ASSAY_TABLE_FORMAT) == 0, ASSAY_ECORRUPT,
              "%s: not a table: attribute assay_format is not '" ASSAY_TABLE_FORMAT "'", path);
done:
  assay_free(format);
  if (rc < 0 && *nc >= 0) {
    nc_close(*nc);
    *nc = -1;
  }
  return rc;
}

static int check_there(const char *path)
{
  int rc = ASSAY_OK;
  FILE *in = fopen(path, "rbe");
  ASSAY_CHECK(in, assay_open_rc(errno), "%s: cannot open: %s", path, strerror(errno));
done:
  if (in) fclose(in);
  return rc;
}

int assay_table_read(struct assay_table **out, const char *path)
{
  int rc = ASSAY_OK;
  struct reader reader = {.path = path, .nc = -1}, *r = &reader;
  size_t rows, columns;
  *out = NULL;
  ASSAY_TRY(check_there(path));
  ASSAY_TRY(open_file(&r->nc, path));
  ASSAY_TRY(dimension_length(&rows, r, "row"));
  ASSAY_TRY(dimension_length(&columns, r, "column"));
  ASSAY_CHECK(columns <= ASSAY_TABLE_COLUMNS_MAX, ASSAY_ECORRUPT, "%s: %zu columns; at most %d",
              path, columns, ASSAY_TABLE_COLUMNS_MAX);
  ASSAY_TRY(assay_err_prefix(assay_table_create(&r->t, (long)rows, (int)columns), "%s: ", path));
  ASSAY_TRY(read_texts(r));
  ASSAY_TRY(read_inputs(r));
  ASSAY_TRY(read_target(r));
  ASSAY_TRY(read_columns(r));
  ASSAY_TRY(read_certificate(r));
  ASSAY_TRY(read_splits(r));
  ASSAY_TRY(verify(r));
  *out = r->t;
  r->t = NULL;
done:
  if (r->nc >= 0) nc_close(r->nc);
  assay_table_destroy(r->t);
  return rc;
}

bool assay_table_is(const char *path)
{
  int nc = -1;
  char magic[8] = "";
  FILE *in = fopen(path, "rbe");
  const bool hdf = in && fread(magic, 1, 8, in) == 8 && memcmp(magic, "\x89HDF", 4) == 0;
  if (in) fclose(in);
  if (!hdf || open_file(&nc, path) < 0) return false;
  nc_close(nc);
  return true;
}
