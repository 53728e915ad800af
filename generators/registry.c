#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "generators/generator.h"

#define ASSAY_PLUGIN(name) extern const struct assay_generator assay_generator_##name;
#include "generators/generator_list.h"
#undef ASSAY_PLUGIN

const struct assay_generator *const assay_generators[] = {
#define ASSAY_PLUGIN(name) &assay_generator_##name,
#include "generators/generator_list.h"
#undef ASSAY_PLUGIN
    NULL};

static const char *const names[] = {
#define ASSAY_PLUGIN(name) #name,
#include "generators/generator_list.h"
#undef ASSAY_PLUGIN
    NULL};

int assay_generator_find(const struct assay_generator **out, const char *name)
{
  int rc = ASSAY_OK;
  char hint[1024];
  *out = NULL;
  for (int i = 0; assay_generators[i]; i++)
    if (strcmp(names[i], name) == 0) *out = assay_generators[i];
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND, "no generator '%s'%s", name,
              assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}
