/* A table as a NetCDF-4 file: docs/format.md, "Tables". */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/dimension.h"
#include "datasets/nc.h"
#include "datasets/table.h"

struct writer {
  const struct assay_table *t;
  struct assay_outfile file;
  const char *shown;
  int nc, row, column, si;
};
#define NC(call) ASSAY_TRY(assay_nc_check((call), w->shown, "write a table"))

/* ---- texts ---------------------------------------------------------------------------------- */

static int put_texts(struct writer *w)
{
  int rc = ASSAY_OK;
  char data[ASSAY_SHA256_HEX], content[ASSAY_SHA256_HEX];
  ASSAY_TRY(assay_nc_put_text(w->nc, NC_GLOBAL, w->shown, "Conventions", "CF-1.11"));
  ASSAY_TRY(assay_nc_put_text(w->nc, NC_GLOBAL, w->shown, "assay_format", ASSAY_TABLE_FORMAT));
  for (int i = 0; i < ASSAY_TABLE_TEXTS; i++) {
    const char *text = assay_table_get(w->t, (enum assay_table_text)i);
    if (*text) ASSAY_TRY(assay_nc_put_text(w->nc, NC_GLOBAL, w->shown, assay_table_texts[i], text));
  }
  ASSAY_TRY(assay_table_hash(data, content, w->t));
  ASSAY_TRY(assay_nc_put_text(w->nc, NC_GLOBAL, w->shown, "data_sha256", data));
  ASSAY_TRY(assay_nc_put_text(w->nc, NC_GLOBAL, w->shown, "content_sha256", content));
done:
  return rc;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* A text variable (column). */
static int put_names(struct writer *w, const char *name, const char *doc, const char *const *text)
{
  int rc = ASSAY_OK, var;
  NC(nc_def_var(w->nc, name, NC_STRING, 1, &w->column, &var));
  ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "long_name", doc));
  NC(nc_put_var_string(w->nc, var, (const char **)(uintptr_t)text));
done:
  return rc;
}

static int put_column_names(struct writer *w)
{
  int rc = ASSAY_OK;
  char name[ASSAY_TABLE_COLUMNS_MAX][16];
  const char *names[ASSAY_TABLE_COLUMNS_MAX], *quantity[ASSAY_TABLE_COLUMNS_MAX],
      *unit[ASSAY_TABLE_COLUMNS_MAX], *law[ASSAY_TABLE_COLUMNS_MAX];
  for (int c = 0; c < w->t->n_columns; c++) {
    snprintf(name[c], sizeof name[c], "x%d", c);
    names[c] = name[c];
    quantity[c] = w->t->column[c].quantity ? w->t->column[c].quantity : "";
    unit[c] = w->t->column[c].unit ? w->t->column[c].unit : "";
    law[c] = w->t->column[c].law ? w->t->column[c].law : "";
  }
  ASSAY_TRY(put_names(w, "column_name", "what expressions call the column", names));
  ASSAY_TRY(put_names(w, "column_quantity", "physical name; empty: not given", quantity));
  ASSAY_TRY(put_names(w, "column_units", "unit; empty: not known", unit));
  ASSAY_TRY(put_names(w, "column_law", "how the column was drawn", law));
done:
  return rc;
}

/* Exponents [7] of a unit, fill where it is not known. */
static int exponents(double *out, const char *unit)
{
  int rc = ASSAY_OK;
  struct assay_dimension d;
  for (int u = 0; u < ASSAY_SI_UNITS; u++) out[u] = NC_FILL_DOUBLE;
  if (!unit || !*unit) goto done;
  ASSAY_TRY(assay_dimension_parse(&d, unit));
  memcpy(out, d.e, sizeof d.e);
done:
  return rc;
}

static int put_dimensions(struct writer *w)
{
  int rc = ASSAY_OK, var;
  double e[(ASSAY_TABLE_COLUMNS_MAX + 1) * ASSAY_SI_UNITS];
  const int n = w->t->n_columns;
  for (int c = 0; c < n; c++) ASSAY_TRY(exponents(e + c * ASSAY_SI_UNITS, w->t->column[c].unit));
  ASSAY_TRY(exponents(e + n * ASSAY_SI_UNITS, w->t->target.unit));
  NC(nc_def_var(w->nc, "column_dimension", NC_DOUBLE, 2, (int[]){w->column, w->si}, &var));
  ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "long_name",
                              "exponents of m kg s A K mol cd; fill: not known"));
  NC(nc_put_var_double(w->nc, var, e));
  NC(nc_def_var(w->nc, "y_dimension", NC_DOUBLE, 1, &w->si, &var));
  ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "long_name",
                              "exponents of m kg s A K mol cd of y; fill: not known"));
  NC(nc_put_var_double(w->nc, var, e + n * ASSAY_SI_UNITS));
done:
  return rc;
}

static int put_flags(struct writer *w, int group, int var, const char *meanings, int first, int n)
{
  int rc = ASSAY_OK;
  int8_t values[8];
  for (int i = 0; i < n; i++) values[i] = (int8_t)(first + i);
  NC(nc_put_att_schar(group, var, "flag_values", NC_BYTE, (size_t)n, values));
  ASSAY_TRY(assay_nc_put_text(group, var, w->shown, "flag_meanings", meanings));
done:
  return rc;
}

static int put_roles(struct writer *w)
{
  int rc = ASSAY_OK, var;
  int8_t role[ASSAY_TABLE_COLUMNS_MAX];
  for (int c = 0; c < w->t->n_columns; c++) role[c] = (int8_t)w->t->column[c].role;
  NC(nc_def_var(w->nc, "column_role", NC_BYTE, 1, &w->column, &var));
  ASSAY_TRY(
      assay_nc_put_text(w->nc, var, w->shown, "long_name", "whether y depends on the column"));
  ASSAY_TRY(put_flags(w, w->nc, var, "input dummy coordinate", 0, 3));
  NC(nc_put_var_schar(w->nc, var, role));
done:
  return rc;
}

/* ---- data ----------------------------------------------------------------------------------- */

static int put_inputs(struct writer *w)
{
  int rc = ASSAY_OK, var;
  double *rows = NULL;
  const size_t n = (size_t)w->t->n_rows, m = (size_t)w->t->n_columns;
  ASSAY_TRY(ASSAY_NEW(&rows, n * m, "table rows"));
  for (size_t c = 0; c < m; c++) {
    const double *x = assay_table_x(w->t, (int)c);
    for (size_t r = 0; r < n; r++) rows[r * m + c] = x[r];
  }
  NC(nc_def_var(w->nc, "x", NC_DOUBLE, 2, (int[]){w->row, w->column}, &var));
  ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "long_name", "inputs"));
  NC(nc_put_var_double(w->nc, var, rows));
done:
  assay_free(rows);
  return rc;
}

static int put_target(struct writer *w, const char *name, const char *doc, const double *y)
{
  int rc = ASSAY_OK, var;
  const struct assay_table_column *c = &w->t->target;
  NC(nc_def_var(w->nc, name, NC_DOUBLE, 1, &w->row, &var));
  ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "long_name", doc));
  if (c->quantity && *c->quantity)
    ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "quantity", c->quantity));
  if (c->unit && *c->unit) ASSAY_TRY(assay_nc_put_text(w->nc, var, w->shown, "units", c->unit));
  NC(nc_put_var_double(w->nc, var, y));
done:
  return rc;
}

/* ---- groups --------------------------------------------------------------------------------- */

static double or_fill(double value)
{
  return isnan(value) ? NC_FILL_DOUBLE : value;
}

static int put_effect(struct writer *w, int group, const char *name, const char *doc, bool largest)
{
  int rc = ASSAY_OK, var;
  double value[ASSAY_TABLE_COLUMNS_MAX];
  for (int c = 0; c < w->t->n_columns; c++)
    value[c] = or_fill(largest ? w->t->column[c].effect_max : w->t->column[c].effect_median);
  NC(nc_def_var(group, name, NC_DOUBLE, 1, &w->column, &var));
  ASSAY_TRY(assay_nc_put_text(group, var, w->shown, "long_name", doc));
  ASSAY_TRY(assay_nc_put_text(group, var, w->shown, "units", "1"));
  NC(nc_put_var_double(group, var, value));
done:
  return rc;
}

static int put_certificate(struct writer *w)
{
  int rc = ASSAY_OK, group, var;
  NC(nc_def_grp(w->nc, "certificate", &group));
  for (int r = 0; r < ASSAY_TABLE_ROWS; r++) {
    const double value = or_fill(w->t->row[r]);
    NC(nc_def_var(group, assay_table_rows[r].name, NC_DOUBLE, 0, NULL, &var));
    ASSAY_TRY(assay_nc_put_text(group, var, w->shown, "units", assay_table_rows[r].unit));
    ASSAY_TRY(assay_nc_put_text(group, var, w->shown, "long_name", assay_table_rows[r].doc));
    NC(nc_put_var_double(group, var, &value));
  }
  ASSAY_TRY(put_effect(w, group, "effect_median",
                       "median relative change of y when the column is shuffled", false));
  ASSAY_TRY(put_effect(w, group, "effect_max",
                       "largest relative change of y when the column is shuffled", true));
done:
  return rc;
}

static int put_splits(struct writer *w)
{
  int rc = ASSAY_OK, group, var;
  NC(nc_def_grp(w->nc, "splits", &group));
  for (int s = 0; s < w->t->n_splits; s++) {
    const struct assay_table_split *split = &w->t->split[s];
    NC(nc_def_var(group, split->name, NC_BYTE, 1, &w->row, &var));
    ASSAY_TRY(put_flags(w, group, var, "unused train validation test", -1, 4));
    NC(nc_put_var_schar(group, var, split->code));
  }
done:
  return rc;
}

static int put_all(struct writer *w)
{
  int rc = ASSAY_OK;
  NC(nc_def_dim(w->nc, "row", (size_t)w->t->n_rows, &w->row));
  NC(nc_def_dim(w->nc, "column", (size_t)w->t->n_columns, &w->column));
  NC(nc_def_dim(w->nc, "si", ASSAY_SI_UNITS, &w->si));
  ASSAY_TRY(put_texts(w));
  ASSAY_TRY(put_inputs(w));
  ASSAY_TRY(put_target(w, "y", "target", w->t->y));
  if (w->t->y_exact)
    ASSAY_TRY(put_target(w, "y_exact", "target before noise was put on it", w->t->y_exact));
  ASSAY_TRY(put_column_names(w));
  ASSAY_TRY(put_roles(w));
  ASSAY_TRY(put_dimensions(w));
  ASSAY_TRY(put_certificate(w));
  ASSAY_TRY(put_splits(w));
done:
  return rc;
}

int assay_table_write(const struct assay_table *t, const char *path, bool lazy)
{
  int rc = ASSAY_OK;
  struct writer writer = {.t = t, .shown = path, .nc = -1}, *w = &writer;
  ASSAY_TRY(assay_outfile_open(&w->file, path, false));
  NC(nc_create(w->file.temporary, NC_NETCDF4 | NC_CLOBBER, &w->nc));
  ASSAY_TRY(put_all(w));
  const int status = nc_close(w->nc);
  w->nc = -1;
  NC(status);
  ASSAY_TRY(lazy ? assay_outfile_place(&w->file) : assay_outfile_commit(&w->file));
done:
  if (w->nc >= 0) nc_close(w->nc);
  assay_outfile_abort(&w->file);
  return rc;
}
