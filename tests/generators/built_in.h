/* Recipes that come with the program. */
#ifndef ASSAY_TESTS_GENERATORS_BUILT_IN_H
#define ASSAY_TESTS_GENERATORS_BUILT_IN_H
#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "generators/generator.h"
#include "tests/test.h"

/* With assignments as of --set, NULL: none; assay_recipe_destroy. */
static inline struct assay_recipe *built_in(const char *name, const struct assay_list *set)
{
  struct assay_recipe *r = NULL;
  char *text = NULL;
  assert_ok(assay_embedded_text(&text, assay_recipe_files, "recipe", name));
  assert_ok(assay_recipe_parse(&r, name, text, strlen(text), set, assay_generator_find));
  assay_free(text);
  return r;
}

#endif
