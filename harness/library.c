#include "harness/library.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define SUITE assay_suite
const struct assay_param assay_suite_rows[] = {
    {ASSAY_P_STRING(SUITE, name), .doc = "name of the suite", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(SUITE, title), .doc = "one line for tables and pages"},
    {ASSAY_P_LIST(SUITE, tasks), .doc = "tasks: names or YAML files"},
    {ASSAY_P_LIST(SUITE, methods), .doc = "methods: names, name:key=value, or folders"},
    {ASSAY_P_LIST(SUITE, seeds), .doc = "seeds of the methods that use random numbers"},
    {ASSAY_P_DOUBLE(SUITE, cpu_factor), .doc = "CPU limit over wall limit", .min = 0.1, .max = 1e3},
    {0}};
const struct assay_suite assay_suite_defaults = {
    .title = "", .seeds = {.n = 1, .item = {"0"}}, .cpu_factor = 1.5};

static int check_suite(const struct assay_suite *s, const struct assay_node *root)
{
  const struct assay_node *seeds = assay_node_get(root, "seeds");
  if (s->tasks.n == 0)
    return assay_node_fail(root, ASSAY_EPARSE, "key 'tasks' is missing or empty");
  if (s->methods.n == 0)
    return assay_node_fail(root, ASSAY_EPARSE, "key 'methods' is missing or empty");
  for (int i = 0; i < s->seeds.n; i++) {
    double value = -1;
    if (assay_text_to_double(&value, s->seeds.item[i]) < 0 || value < 0 ||
        value > 9007199254740992.0 || value != (double)(long long)value)
      return assay_node_fail(seeds ? seeds : root, ASSAY_EPARSE,
                             "seeds: expected whole numbers from 0, got '%s'", s->seeds.item[i]);
  }
  return ASSAY_OK;
}

int assay_library_suite(struct assay_suite *out, struct assay_config **config, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_suite s = assay_suite_defaults;
  *config = NULL;
  ASSAY_TRY(assay_embedded_read(config, assay_suite_files, "suite", name));
  const struct assay_node *root = assay_config_root(*config);
  if (assay_node_get(root, "seeds")) s.seeds.n = 0; /* a LIST is appended to */
  ASSAY_TRY(assay_node_decode(root, assay_suite_rows, &s, NULL));
  ASSAY_TRY(assay_err_prefix(assay_param_check(assay_suite_rows, &s), "%s: ", root->file));
  ASSAY_TRY(check_suite(&s, root));
  *out = s;
done:
  if (rc < 0) {
    assay_config_destroy(*config);
    *config = NULL;
  }
  return rc;
}

int assay_library_task(struct assay_task *out, struct assay_config **config, const char *name)
{
  int rc = ASSAY_OK;
  *config = NULL;
  ASSAY_TRY(assay_embedded_read(config, assay_task_files, "task", name));
  ASSAY_TRY(assay_task_decode(out, assay_config_root(*config)));
done:
  if (rc < 0) {
    assay_config_destroy(*config);
    *config = NULL;
  }
  return rc;
}

/* What messages call it: the path of a built-in from the root, or the user's own. */
static const char *recipe_file(const char *name)
{
  for (const struct assay_embedded *e = assay_recipe_files; e->name; e++)
    if (strcmp(e->name, name) == 0) return e->file;
  return name;
}

int assay_library_recipe(struct assay_recipe **out, const char *name, const struct assay_list *set)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  *out = NULL;
  ASSAY_TRY(assay_embedded_text(&text, assay_recipe_files, "recipe", name));
  ASSAY_TRY(
      assay_recipe_parse(out, recipe_file(name), text, strlen(text), set, assay_generator_find));
done:
  assay_free(text);
  return rc;
}

int assay_library_relative(char **out, const char *from, const char *name, bool is_path)
{
  const char *slash = strrchr(from, '/');
  if (!slash || !is_path || name[0] == '/' || !assay_embedded_is_path(from))
    return assay_strdup(out, name);
  if (strncmp(name, "./", 2) == 0) name += 2;
  return assay_asprintf(out, "%.*s/%s", (int)(slash - from), from, name);
}
