#include <string.h>

#include "core/base/err.h"
#include "core/io/json.h"
#include "harness/catalog.h"
#include "harness/verb.h"

struct options {
  bool json;
};
#define OPTIONS options
static const struct assay_param rows[] = {
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "as JSON: {kind: [{name, group, doc}, ...]}"}, {0}};
static const struct options defaults = {false};

/* Names with a folder belong to a group: "cfdbench" of cfdbench/dam-bc. */
static json_t *group_of(const char *name)
{
  const char *slash = strrchr(name, '/');
  return slash ? json_stringn(name, (size_t)(slash - name)) : NULL;
}

/* [{name, group, doc}, ...] of a kind; names without a folder have no group */
static int list_kind(json_t **out, const struct assay_catalog_kind *kind)
{
  int rc = ASSAY_OK;
  json_t *list = json_array(), *whole = NULL;
  for (int i = 0; kind->name(i); i++) {
    ASSAY_TRY(kind->describe(&whole, kind->name(i)));
    json_array_append_new(list,
                          json_pack("{ss,so*,ss}", "name", kind->name(i), "group",
                                    group_of(kind->name(i)), "doc", assay_catalog_line(whole)));
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

static void print_group(const json_t *list, const char *group, FILE *out)
{
  int width = 20;
  size_t i;
  json_t *item;
  json_array_foreach(list, i, item)
  {
    const int n = (int)strlen(assay_json_get_text(item, "name"));
    if (strcmp(assay_json_get_text(item, "group"), group) == 0 && n > width) width = n;
  }
  json_array_foreach(list, i, item)
  {
    if (strcmp(assay_json_get_text(item, "group"), group) != 0) continue;
    fprintf(out, "  %-*s %s\n", width, assay_json_get_text(item, "name"),
            assay_json_get_text(item, "doc"));
  }
}

/* Names without a folder first, then folder by folder, in the order of the list. */
static void print_kind(const json_t *list, const char *name, FILE *out)
{
  fprintf(out, "%s:\n", name);
  print_group(list, "", out);
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *group = assay_json_get_text(json_array_get(list, i), "group");
    bool seen = !*group;
    for (size_t k = 0; k < i && !seen; k++)
      seen = strcmp(assay_json_get_text(json_array_get(list, k), "group"), group) == 0;
    if (seen) continue;
    fprintf(out, " %s:\n", group);
    print_group(list, group, out);
  }
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
    .doc = "names of everything: generators, recipes, tasks, methods, metrics, suites ...",
    .usage = "[generators|recipes|tasks|methods|metrics|suites] [--json]",
    .options = rows,
    .options_size = sizeof(struct options),
    .defaults = &defaults,
    .max_args = 1,
    .run = run,
};
