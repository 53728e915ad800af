#include "datasets/quantity.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"

bool assay_quantity_is_stored(const struct assay_param *row)
{
  return row->type != ASSAY_PT_STRING && row->type != ASSAY_PT_LIST;
}

bool assay_quantity_is_extent(const char *name)
{
  return strcmp(name, "frames") == 0;
}

static int unknown(const struct assay_generator *g, const char *name)
{
  enum { MANY = 128 };
  int rc = ASSAY_OK, n = 0;
  char hint[1024];
  const char *names[MANY + 1] = {NULL};
  for (const struct assay_param *row = g->params; row->name && n < MANY; row++)
    if (assay_quantity_is_stored(row)) names[n++] = row->name;
  for (const struct assay_derived *d = g->derived; d && d->name && n < MANY; d++)
    names[n++] = d->name;
  ASSAY_FAIL(ASSAY_ENOTFOUND, "generator '%s' has no parameter or derived group '%s'%s", g->name,
             name, assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}

int assay_quantity_value(double *out, const struct assay_generator *g, const void *params,
                         const char *name)
{
  const struct assay_param *row = assay_param_find(g->params, name);
  if (row && assay_quantity_is_stored(row)) {
    *out = assay_param_number(row, params);
    return ASSAY_OK;
  }
  for (const struct assay_derived *d = g->derived; d && d->name; d++)
    if (strcmp(d->name, name) == 0) {
      *out = d->value(params);
      return ASSAY_OK;
    }
  return unknown(g, name);
}
