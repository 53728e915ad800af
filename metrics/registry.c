#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "metrics/metric.h"

#define ASSAY_PLUGIN(name) extern const struct assay_metric assay_metric_##name;
#include "metrics/metric_list.h"
#undef ASSAY_PLUGIN

const struct assay_metric *const assay_metrics[] = {
#define ASSAY_PLUGIN(name) &assay_metric_##name,
#include "metrics/metric_list.h"
#undef ASSAY_PLUGIN
    NULL};

static const char *const names[] = {
#define ASSAY_PLUGIN(name) #name,
#include "metrics/metric_list.h"
#undef ASSAY_PLUGIN
    NULL};

int assay_metric_find(const struct assay_metric **out, const char *name)
{
  int rc = ASSAY_OK;
  char hint[1024];
  *out = NULL;
  for (int i = 0; assay_metrics[i]; i++)
    if (strcmp(names[i], name) == 0) *out = assay_metrics[i];
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND, "no metric '%s'%s", name,
              assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}
