/* Tables made from a few lines of recipe. */
#ifndef ASSAY_TESTS_GENERATORS_TABLE_MADE_H
#define ASSAY_TESTS_GENERATORS_TABLE_MADE_H
#include "core/base/mem.h"
#include "generators/table.h"
#include "tests/test.h"

static inline struct assay_table_recipe *recipe(const char *text)
{
  struct assay_table_recipe *r = NULL;
  assert_ok(assay_table_recipe_parse(&r, "r.yaml", text, strlen(text), NULL));
  return r;
}

/* One equation of a table with more lines of recipe. */
static inline struct assay_table *make(const char *table, const char *id, const char *more)
{
  char text[512];
  struct assay_table *t = NULL;
  snprintf(text, sizeof text, "equations: %s\nseed: 1\nselect: {ids: [\"%s\"]}\n%s", table, id,
           more);
  struct assay_table_recipe *r = recipe(text);
  assert_ok(assay_table_make(&t, r, 0));
  assay_table_recipe_destroy(r);
  return t;
}

static size_t blocks_before; /* what a failed test left is not the next one's fault */

static inline int mark(void **state)
{
  (void)state;
  blocks_before = assay_mem_in_use().blocks;
  return 0;
}

static inline int clean(void **state)
{
  (void)state;
  const struct assay_mem_use use = assay_mem_in_use();
  if (use.blocks > blocks_before) print_error("blocks left, the oldest of '%s'\n", use.oldest);
  return use.blocks > blocks_before;
}

#endif
