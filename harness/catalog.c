#include "harness/catalog.h"

#include <string.h>

#include "baselines/baseline.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/exporters/exporter.h"
#include "generators/generator.h"
#include "harness/describe.h"
#include "harness/library.h"
#include "metrics/metric.h"

#define NAME_OF(function, list)            \
  static const char *function(int i)       \
  {                                        \
    return list[i] ? list[i]->name : NULL; \
  }
NAME_OF(generator_name, assay_generators)
NAME_OF(metric_name, assay_metrics)
NAME_OF(method_name, assay_baselines)
NAME_OF(exporter_name, assay_exporters)

static const char *recipe_name(int i)
{
  return assay_recipe_files[i].name;
}

static const char *task_name(int i)
{
  return assay_task_files[i].name;
}

static const char *suite_name(int i)
{
  return assay_suite_files[i].name;
}

const struct assay_catalog_kind assay_catalog[] = {
    {"generators", "generator", generator_name, assay_describe_generator},
    {"recipes", "recipe", recipe_name, assay_describe_recipe},
    {"tasks", "task", task_name, assay_describe_task},
    {"methods", "method", method_name, assay_describe_method},
    {"metrics", "metric", metric_name, assay_describe_metric},
    {"suites", "suite", suite_name, assay_describe_suite},
    {"exporters", "exporter", exporter_name, assay_describe_exporter},
    {NULL}};

enum { N_KINDS = sizeof assay_catalog / sizeof *assay_catalog - 1 };

int assay_catalog_kind(const struct assay_catalog_kind **out, const char *name)
{
  int rc = ASSAY_OK;
  char hint[1024];
  const char *names[N_KINDS + 1] = {NULL};
  for (int k = 0; k < N_KINDS; k++) {
    names[k] = assay_catalog[k].plural;
    *out = &assay_catalog[k];
    if (strcmp(name, (*out)->plural) == 0 || strcmp(name, (*out)->singular) == 0) return ASSAY_OK;
  }
  ASSAY_FAIL(ASSAY_ENOTFOUND, "nothing is called '%s'%s", name,
             assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}

static bool has(const struct assay_catalog_kind *kind, const char *name)
{
  for (int i = 0; kind->name(i); i++)
    if (strcmp(kind->name(i), name) == 0) return true;
  return false;
}

static int fail_unknown(const char *name)
{
  int rc = ASSAY_OK, n = 0;
  const char **names = NULL;
  for (int k = 0; k < N_KINDS; k++)
    for (int i = 0; assay_catalog[k].name(i); i++) {
      ASSAY_TRY(ASSAY_GROW(&names, (size_t)n + 2, "names"));
      names[n++] = assay_catalog[k].name(i);
    }
  const char *near = names ? assay_text_nearest(name, names) : NULL;
  ASSAY_CHECK(!near, ASSAY_ENOTFOUND, "nothing is called '%s' (did you mean '%s'?)", name, near);
  ASSAY_FAIL(ASSAY_ENOTFOUND, "nothing is called '%s' (`assay list` prints all names)", name);
done:
  assay_free(names);
  return rc;
}

int assay_catalog_find(const struct assay_catalog_kind **out, const char *name)
{
  int rc = ASSAY_OK;
  *out = NULL;
  for (int k = 0; k < N_KINDS; k++) {
    if (!has(&assay_catalog[k], name)) continue;
    ASSAY_CHECK(!*out, ASSAY_EARG,
                "'%s' is more than one thing, %s and %s: say which (assay show %s %s)", name,
                (*out)->singular, assay_catalog[k].singular, (*out)->singular, name);
    *out = &assay_catalog[k];
  }
  if (!*out) ASSAY_TRY(fail_unknown(name));
done:
  return rc;
}

const char *assay_catalog_line(const json_t *description)
{
  const char *title = json_string_value(json_object_get(description, "title"));
  const char *doc = json_string_value(json_object_get(description, "doc"));
  return title && *title ? title : doc ? doc : "";
}
