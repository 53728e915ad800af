#include "datasets/answer.h"

#include <stdint.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/nc.h"

/* ---- writing ------------------------------------------------------------------------------ */

#define NC(call) ASSAY_TRY(assay_nc_check((call), path, "write an answer"))

static const char *dimension_of(const struct assay_answer *a)
{
  return a->system ? "state" : "candidate";
}

static int put_candidates(const struct assay_answer *a, int nc, const char *path)
{
  int rc = ASSAY_OK, dim, var;
  NC(nc_def_dim(nc, dimension_of(a), (size_t)a->n, &dim));
  NC(nc_def_var(nc, "equation", NC_STRING, 1, &dim, &var));
  if (!a->system) NC(nc_put_att_int(nc, NC_GLOBAL, "selected", NC_INT, 1, &a->selected));
  NC(nc_put_var_string(nc, var, (const char **)(uintptr_t)a->equation));
  if (!a->complexity) goto done;
  NC(nc_def_var(nc, "complexity", NC_INT, 1, &dim, &var));
  NC(nc_put_var_int(nc, var, a->complexity));
done:
  return rc;
}

static int put_values(const struct assay_answer *a, int nc, const char *path)
{
  int rc = ASSAY_OK, dim, var;
  if (!a->y) goto done;
  NC(nc_def_dim(nc, "row", (size_t)a->n_rows, &dim));
  NC(nc_def_var(nc, "y", NC_DOUBLE, 1, &dim, &var));
  NC(nc_put_var_double(nc, var, a->y));
done:
  return rc;
}

int assay_answer_write(const struct assay_answer *a, const char *path)
{
  int rc = ASSAY_OK, nc = -1;
  struct assay_outfile file = {0};
  ASSAY_CHECK(a->n > 0 && a->n <= ASSAY_ANSWER_MAX && a->selected >= 0 && a->selected < a->n,
              ASSAY_EARG, "%s: %d equations, the %d. selected: expected 1 to %d", path, a->n,
              a->selected, ASSAY_ANSWER_MAX);
  ASSAY_TRY(assay_outfile_open(&file, path, false));
  NC(nc_create(file.temporary, NC_NETCDF4 | NC_CLOBBER, &nc));
  ASSAY_TRY(put_candidates(a, nc, path));
  ASSAY_TRY(put_values(a, nc, path));
  const int status = nc_close(nc);
  nc = -1;
  NC(status);
  ASSAY_TRY(assay_outfile_commit(&file));
done:
  if (nc >= 0) nc_close(nc);
  assay_outfile_abort(&file);
  return rc;
}
#undef NC

/* ---- reading ------------------------------------------------------------------------------ */

/* Everything that is wrong with the file is the fault of who wrote it. */
#define NEED(ok, ...) ASSAY_CHECK(ok, ASSAY_ECORRUPT, __VA_ARGS__)

/* The variable of this type over the one dimension; *length entries. */
static int find_variable(int *var, size_t *length, int nc, const char *path, const char *name,
                         const char *dimension, nc_type type)
{
  int rc = ASSAY_OK, n, dim;
  char found[NC_MAX_NAME + 1];
  nc_type t;
  NEED(nc_inq_varid(nc, name, var) == NC_NOERR, "%s: no variable '%s'", path, name);
  NEED(nc_inq_varndims(nc, *var, &n) == NC_NOERR && n == 1 &&
           nc_inq_vardimid(nc, *var, &dim) == NC_NOERR &&
           nc_inq_dim(nc, dim, found, length) == NC_NOERR && strcmp(found, dimension) == 0,
       "%s: variable '%s' must have the one dimension '%s'", path, name, dimension);
  NEED(nc_inq_vartype(nc, *var, &t) == NC_NOERR &&
           (t == type || (type == NC_INT && t != NC_STRING && t != NC_CHAR)),
       "%s: variable '%s' has the wrong type", path, name);
done:
  return rc;
}

static int read_equations(struct assay_answer *a, int nc, const char *path)
{
  int rc = ASSAY_OK, var;
  size_t n = 0;
  char **text = NULL;
  ASSAY_TRY(find_variable(&var, &n, nc, path, "equation", dimension_of(a), NC_STRING));
  NEED(n > 0 && n <= ASSAY_ANSWER_MAX, "%s: %zu equations, expected 1 to %d", path, n,
       ASSAY_ANSWER_MAX);
  ASSAY_TRY(ASSAY_NEW(&text, n, "equations"));
  ASSAY_TRY(ASSAY_NEW(&a->equation, n, "equations"));
  a->n = (int)n;
  NEED(nc_get_var_string(nc, var, text) == NC_NOERR, "%s: the equations cannot be read", path);
  for (size_t i = 0; i < n; i++) ASSAY_TRY(assay_strdup(&a->equation[i], text[i] ? text[i] : ""));
done:
  if (text) nc_free_string(n, text);
  assay_free(text);
  return rc;
}

static int read_complexity(struct assay_answer *a, int nc, const char *path)
{
  int rc = ASSAY_OK, var;
  size_t n;
  if (nc_inq_varid(nc, "complexity", &var) != NC_NOERR) goto done;
  ASSAY_TRY(find_variable(&var, &n, nc, path, "complexity", dimension_of(a), NC_INT));
  ASSAY_TRY(ASSAY_NEW(&a->complexity, n, "complexities"));
  NEED(nc_get_var_int(nc, var, a->complexity) == NC_NOERR, "%s: complexity cannot be read", path);
done:
  return rc;
}

static int read_values(struct assay_answer *a, int nc, const char *path)
{
  int rc = ASSAY_OK, var;
  size_t n;
  if (nc_inq_varid(nc, "y", &var) != NC_NOERR) goto done;
  ASSAY_TRY(find_variable(&var, &n, nc, path, "y", "row", NC_DOUBLE));
  ASSAY_TRY(ASSAY_NEW(&a->y, n, "values"));
  a->n_rows = (long)n;
  NEED(nc_get_var_double(nc, var, a->y) == NC_NOERR, "%s: y cannot be read", path);
done:
  return rc;
}

static int read_selected(struct assay_answer *a, int nc, const char *path)
{
  int rc = ASSAY_OK;
  size_t n = 0;
  if (nc_inq_attlen(nc, NC_GLOBAL, "selected", &n) != NC_NOERR) goto done;
  NEED(n == 1 && nc_get_att_int(nc, NC_GLOBAL, "selected", &a->selected) == NC_NOERR &&
           a->selected >= 0 && a->selected < a->n,
       "%s: attribute 'selected' must be one index of the %d equations, from 0", path, a->n);
done:
  return rc;
}

static int read_answer(struct assay_answer *out, const char *path, bool system)
{
  int rc = ASSAY_OK, nc = -1;
  struct assay_answer a = {.system = system};
  *out = (struct assay_answer){0};
  ASSAY_TRY(assay_nc_check(nc_open(path, NC_NOWRITE, &nc), path, "read the answer"));
  ASSAY_TRY(read_equations(&a, nc, path));
  ASSAY_TRY(read_complexity(&a, nc, path));
  if (!system) ASSAY_TRY(read_values(&a, nc, path));
  if (!system) ASSAY_TRY(read_selected(&a, nc, path));
  *out = a;
  a = (struct assay_answer){0};
done:
  if (nc >= 0) nc_close(nc);
  assay_answer_release(&a);
  return rc;
}

int assay_answer_read(struct assay_answer *out, const char *path)
{
  return read_answer(out, path, false);
}

int assay_answer_read_system(struct assay_answer *out, const char *path)
{
  return read_answer(out, path, true);
}

void assay_answer_release(struct assay_answer *a)
{
  for (int i = 0; i < a->n; i++) assay_free(a->equation[i]);
  assay_free(a->equation);
  assay_free(a->complexity);
  assay_free(a->y);
  *a = (struct assay_answer){0};
}
