#include "harness/marks.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "harness/tables.h"

static bool is_built_in(const char *name)
{
  for (const struct assay_embedded *e = assay_recipe_files; e->name; e++)
    if (strcmp(e->name, name) == 0) return true;
  return false;
}

static int open_recipe(struct assay_marks *m, const char *dataset)
{
  int rc = ASSAY_OK;
  if (m->dataset && strcmp(m->dataset, dataset) == 0) goto done;
  assay_marks_release(m);
  ASSAY_TRY(assay_strdup(&m->dataset, dataset));
  if (is_built_in(dataset)) ASSAY_TRY(assay_tables_recipe(&m->recipe, dataset, NULL));
done:
  return rc;
}

int assay_marks_identifiable(bool *out, void *self, const char *dataset, const char *table)
{
  int rc = ASSAY_OK;
  struct assay_marks *m = self;
  *out = true;
  ASSAY_TRY(open_recipe(m, dataset));
  for (int k = 0; m->recipe && k < assay_table_recipe_count(m->recipe); k++) {
    const struct assay_equation *e = assay_table_recipe_equation(m->recipe, k);
    if (strcmp(e->id, table) == 0) *out = !e->unidentifiable;
  }
done:
  return rc;
}

void assay_marks_release(struct assay_marks *marks)
{
  assay_table_recipe_destroy(marks->recipe);
  assay_free(marks->dataset);
  *marks = (struct assay_marks){0};
}
