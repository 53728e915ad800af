#include "core/base/err.h"
#include "harness/catalog.h"
#include "harness/verb.h"

struct options {
  bool json;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "as JSON: {kind: [{name, doc}, ...]}"}, {0}};
static const struct options defaults = {false};

/* [{name, doc}, ...] of a kind */
static int list_kind(json_t **out, const struct assay_catalog_kind *kind)
{
  int rc = ASSAY_OK;
  json_t *list = json_array(), *whole = NULL;
  for (int i = 0; kind->name(i); i++) {
    ASSAY_TRY(kind->describe(&whole, kind->name(i)));
    json_array_append_new(
        list, json_pack("{ss,ss}", "name", kind->name(i), "doc", assay_catalog_line(whole)));
    json_decref(whole);
    whole = NULL;
  }
  *out = list;
  list = NULL;
done:
  json_decref(whole);
  json_decref(list);
  return rc;
}

static void print_kind(const json_t *list, const char *name, FILE *out)
{
  size_t i;
  json_t *item;
  fprintf(out, "%s:\n", name);
  json_array_foreach(list, i, item)
      fprintf(out, "  %-20s %s\n", json_string_value(json_object_get(item, "name")),
              json_string_value(json_object_get(item, "doc")));
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct options *o = options;
  const struct assay_catalog_kind *only = NULL;
  json_t *all = json_object(), *list = NULL;
  if (n_args > 0) ASSAY_TRY(assay_catalog_kind(&only, args[0]));
  for (const struct assay_catalog_kind *kind = assay_catalog; kind->plural; kind++) {
    if (only && kind != only) continue;
    ASSAY_TRY(list_kind(&list, kind));
    if (!o->json) print_kind(list, kind->plural, out);
    json_object_set_new(all, kind->plural, list);
  }
  if (o->json) json_dumpf(all, out, JSON_INDENT(2));
  if (o->json) fprintf(out, "\n");
done:
  json_decref(all);
  return rc;
}

const struct assay_verb assay_verb_list = {
    .name = "list",
    .doc = "names of everything: generators, tasks, methods, metrics, suites ...",
    .usage = "[generators|tasks|methods|metrics|suites] [--json]",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .max_args = 1,
    .run = run,
};
