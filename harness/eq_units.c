#include "harness/eq_units.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/dimension.h"

enum { NAMES_SHOWN = 20 };

struct unit {
  bool known;
  struct assay_dimension d;
};

static char *trim(char *text)
{
  text += strspn(text, " \t\r");
  size_t n = strlen(text);
  while (n > 0 && strchr(" \t\r", text[n - 1])) text[--n] = '\0';
  return text;
}

static int find_column(int *out, const struct assay_eq_columns *c, const char *name)
{
  int rc = ASSAY_OK;
  char known[600];
  const char *names[NAMES_SHOWN + 1] = {0};
  *out = -1;
  for (int j = 0; j < c->n_columns; j++) {
    if (j < NAMES_SHOWN) names[j] = c->name[j];
    if (strcmp(c->name[j], name) == 0) *out = j;
  }
  ASSAY_CHECK(*out >= 0, ASSAY_ENOTFOUND, "no column '%s'%s", name,
              assay_text_suggest(known, sizeof known, name, names));
done:
  return rc;
}

/* "mass = kg" */
static int take(struct unit *unit, const struct assay_eq_columns *c, const char *item)
{
  int rc = ASSAY_OK, j;
  char *copy = NULL;
  ASSAY_TRY(assay_strdup(&copy, item));
  char *equals = strchr(copy, '=');
  ASSAY_CHECK(equals, ASSAY_EPARSE, "expected name=unit, got '%s'", item);
  *equals = '\0';
  ASSAY_TRY(find_column(&j, c, trim(copy)));
  ASSAY_TRY(
      assay_err_prefix(assay_dimension_parse(&unit[j].d, trim(equals + 1)), "%s: ", c->name[j]));
  unit[j].known = true;
done:
  assay_free(copy);
  return rc;
}

static int take_file(struct unit *unit, const struct assay_eq_columns *c, const char *path)
{
  int rc = ASSAY_OK, line = 0;
  char *text = NULL, *at;
  size_t size;
  ASSAY_TRY(assay_file_read(&text, &size, path));
  at = text;
  for (char *next; (next = strsep(&at, "\n"));) {
    line++;
    next = trim(next);
    if (*next && *next != '#')
      ASSAY_TRY(assay_err_prefix(take(unit, c, next), "%s:%d: ", path, line));
  }
done:
  assay_free(text);
  return rc;
}

static int take_told(struct unit *unit, const struct assay_eq_columns *c,
                     const struct assay_list *told)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < told->n; i++)
    if (strchr(told->item[i], '='))
      ASSAY_TRY(assay_err_prefix(take(unit, c, told->item[i]), "--units: "));
    else
      ASSAY_TRY(take_file(unit, c, told->item[i]));
  for (int j = 0; j < c->n_columns; j++)
    ASSAY_CHECK(unit[j].known, ASSAY_EARG,
                "--units: no unit for column '%s': all columns need one, 1 for a number",
                c->name[j]);
done:
  return rc;
}

/* *usable: every column has a unit that can be read, or it is told; the reason where not all have
 */
static int take_header(bool *usable, struct unit *unit, const struct assay_eq_columns *c,
                       bool complete, const char *path)
{
  int rc = ASSAY_OK, some = 0, missing = -1;
  for (int j = 0; j < c->n_columns; j++) {
    const char *text = c->unit ? c->unit[j] : NULL;
    some += text != NULL;
    unit[j].known = text && assay_dimension_parse(&unit[j].d, text) == ASSAY_OK;
    if (!unit[j].known && missing < 0) missing = j;
    if (!unit[j].known && text && !complete) {
      assay_log(ASSAY_LOG_WARN, "fit", "%s: units are not used: column '%s': %s", path, c->name[j],
                assay_err_last());
      *usable = false;
      goto done;
    }
  }
  *usable = missing < 0;
  if (!*usable && some > 0 && !complete)
    assay_log(ASSAY_LOG_WARN, "fit", "%s: units are not used: column '%s' has none", path,
              c->name[missing]);
done:
  return rc;
}

int assay_eq_units(double **dim, const struct assay_eq_columns *c, int target,
                   const struct assay_list *told, const char *path)
{
  int rc = ASSAY_OK, row = 0;
  struct unit *unit = NULL;
  bool usable;
  *dim = NULL;
  ASSAY_TRY(ASSAY_NEW(&unit, (size_t)c->n_columns, "units"));
  ASSAY_TRY(take_header(&usable, unit, c, told->n > 0, path));
  if (told->n > 0) ASSAY_TRY(take_told(unit, c, told));
  if (!usable && told->n == 0) goto done;
  ASSAY_TRY(ASSAY_NEW(dim, (size_t)c->n_columns * ASSAY_SI_UNITS, "units"));
  for (int j = 0; j < c->n_columns; j++) {
    double *to = *dim + (j == target ? c->n_columns - 1 : row++) * ASSAY_SI_UNITS;
    memcpy(to, unit[j].d.e, sizeof unit[j].d.e);
  }
done:
  assay_free(unit);
  return rc;
}
