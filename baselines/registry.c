#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "baselines/baseline.h"

#define ASSAY_PLUGIN(name) extern const struct assay_baseline assay_baseline_##name;
#include "baselines/baseline_list.h"
#undef ASSAY_PLUGIN

const struct assay_baseline *const assay_baselines[] = {
#define ASSAY_PLUGIN(name) &assay_baseline_##name,
#include "baselines/baseline_list.h"
#undef ASSAY_PLUGIN
    NULL};

static const char *const names[] = {
#define ASSAY_PLUGIN(name) #name,
#include "baselines/baseline_list.h"
#undef ASSAY_PLUGIN
    NULL};

int assay_baseline_find(const struct assay_baseline **out, const char *name)
{
  int rc = ASSAY_OK;
  char hint[1024];
  *out = NULL;
  for (int i = 0; assay_baselines[i]; i++)
    if (strcmp(names[i], name) == 0) *out = assay_baselines[i];
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND, "no baseline '%s'%s", name,
              assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}
