#include "core/base/err.h"
#include "harness/catalog.h"
#include "harness/verb.h"

struct options {
  bool json;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "as JSON, for programs"}, {0}};
static const struct options defaults = {false};

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct options *o = options;
  const struct assay_catalog_kind *kind;
  const char *name = args[n_args - 1];
  json_t *description = NULL;
  if (n_args == 2)
    ASSAY_TRY(assay_catalog_kind(&kind, args[0]));
  else
    ASSAY_TRY(assay_catalog_find(&kind, name));
  ASSAY_TRY(kind->describe(&description, name));
  if (o->json) {
    json_dumpf(description, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    fprintf(out, "\n");
  } else {
    assay_catalog_print(description, out);
  }
done:
  json_decref(description);
  return rc;
}

const struct assay_verb assay_verb_show = {
    .name = "show",
    .doc = "all there is to know about one of them",
    .usage = "[KIND] NAME [--json]",
    .detail = "KIND (generator, recipe, task, method, metric, suite) is needed where two things "
              "have one\n"
              "name, and for files: assay show task my/task.yaml, assay show method my/folder/",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 2,
    .run = run,
};
