#include "datasets/table_recipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define PARAMS assay_table_params
const struct assay_param assay_table_param_rows[] = {
    {ASSAY_P_INT(PARAMS, rows), .unit = "1",
     .doc = "rows of every table; trajectories have no more than they have points", .min = 20,
     .max = 1e8},
    {ASSAY_P_CHOICE(PARAMS, dummies, "none", "published", "independent", "correlated"),
     .doc = "columns without effect"},
    {ASSAY_P_INT(PARAMS, dummy_count), .unit = "1",
     .doc = "how many; 0: one, two or three, drawn for every equation", .min = 0, .max = 32},
    {ASSAY_P_DOUBLE(PARAMS, dummy_correlation), .unit = "1",
     .doc = "of a correlated dummy with the input that it follows", .min = -1, .max = 1},
    {ASSAY_P_DOUBLE(PARAMS, target_noise), .unit = "1",
     .doc = "standard deviation of normal noise on y, over the rms of y", .min = 0, .max = 100},
    {ASSAY_P_DOUBLE(PARAMS, feature_noise), .unit = "1",
     .doc = "the same on every input, over the rms of that input", .min = 0, .max = 100},
    {ASSAY_P_DOUBLE(PARAMS, outliers), .unit = "1",
     .doc = "share of the rows whose y is moved far away", .min = 0, .max = 0.5},
    {ASSAY_P_DOUBLE(PARAMS, outlier_size), .unit = "1",
     .doc = "how far, over the rms of y; up or down", .min = 1e-3, .max = 1e6},
    {ASSAY_P_CHOICE(PARAMS, noise_on, "learning", "all"),
     .doc = "rows with noise and outliers: those of training and validation, or all"},
    {ASSAY_P_BOOL(PARAMS, units), .doc = "keep physical names and units"},
    {ASSAY_P_CHOICE(PARAMS, integrator, "listed", "accurate"),
     .doc = "of trajectories: what the table of systems says, or to rounding"},
    {ASSAY_P_CHOICE(PARAMS, observe, "rates", "trajectories"),
     .doc = "of systems: y is the rate of a state, or the state itself beside the time"},
    {0}};
const struct assay_table_params assay_table_param_defaults = {
    .rows = 10000, .dummy_correlation = 0.9, .outlier_size = 10, .units = true};

#define HEAD assay_table_head
static const struct assay_param head_rows[] = {
    {ASSAY_P_STRING(HEAD, name), .doc = "name of the data set"},
    {ASSAY_P_STRING(HEAD, title), .doc = "one line"},
    {ASSAY_P_STRING(HEAD, description), .doc = "what it is for"},
    {ASSAY_P_STRING(HEAD, license), .doc = "SPDX name of the licence of the data"},
    {ASSAY_P_STRING(HEAD, equations), .doc = "table of equations", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_INT(HEAD, version), .doc = "version that must make it, 0: any", .max = 1e9},
    {ASSAY_P_U64(HEAD, seed), .doc = "of all random numbers"},
    {0}};
static const char *const other_keys[] = {"select", "params", NULL};

struct select {
  struct assay_list ids, difficulty;
};
static const struct assay_param select_rows[] = {
    {ASSAY_P_LIST(select, ids), .doc = "these equations, in this order"},
    {ASSAY_P_LIST(select, difficulty), .doc = "those of these difficulties"},
    {0}};

struct assay_table_recipe {
  struct assay_config *config;
  struct assay_table_head head;
  struct assay_table_params params;
  struct assay_equations *equations;
  char *stem, *set_text; /* what head may point to */
  int n;
  const struct assay_equation **chosen; /* [n] */
};

bool assay_table_recipe_is(const char *text)
{
  static const char key[] = "equations:";
  for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
    if (strncmp(at, key, sizeof key - 1) == 0) return true;
  return false;
}

/* "datasets/recipes/srsd/feynman-easy.yaml" -> "srsd/feynman-easy"; "mine/set.yaml" -> "set" */
static int stem_of(char **out, const char *path)
{
  int rc = ASSAY_OK;
  static const char home[] = "datasets/recipes/";
  const char *built_in = strstr(path, home), *slash = strrchr(path, '/');
  ASSAY_TRY(assay_strdup(out, built_in ? built_in + sizeof home - 1 : slash ? slash + 1 : path));
  char *dot = strrchr(*out, '.');
  if (dot && strcmp(dot, ".yaml") == 0) *dot = '\0';
done:
  return rc;
}

/* A user's table is relative to his recipe. */
static int open_equations(struct assay_table_recipe *r, const struct assay_node *root)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  const struct assay_node *node = assay_node_get(root, "equations");
  const char *name = r->head.equations, *slash = strrchr(root->file, '/');
  if (!node || !node->text)
    return assay_node_fail(node ? node : root, ASSAY_EPARSE, "key 'equations' is missing");
  const bool relative = !assay_equations_known(name) && name[0] != '/' && slash;
  if (relative)
    ASSAY_TRY(assay_asprintf(&path, "%.*s/%s", (int)(slash - root->file), root->file, name));
  ASSAY_TRY(assay_err_prefix(assay_equations_open(&r->equations, path ? path : name),
                             "%s:%d:%d: ", node->file, node->line, node->column));
done:
  assay_free(path);
  return rc;
}

static bool in_list(const struct assay_list *list, const char *text)
{
  for (int i = 0; i < list->n; i++)
    if (strcmp(list->item[i], text) == 0) return true;
  return false;
}

static int choose_ids(struct assay_table_recipe *r, const struct assay_node *node)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&r->chosen, (size_t)node->n + 1, "equations"));
  for (const struct assay_node *id = node->first; id; id = id->next) {
    if (!id->text) return assay_node_fail(id, ASSAY_EPARSE, "expected the id of an equation");
    ASSAY_TRY(assay_err_prefix(assay_equations_find(&r->chosen[r->n++], r->equations, id->text),
                               "%s:%d:%d: ", id->file, id->line, id->column));
    for (int i = 0; i + 1 < r->n; i++)
      if (r->chosen[i] == r->chosen[r->n - 1])
        return assay_node_fail(id, ASSAY_EARG, "equation '%s' is listed twice", id->text);
  }
done:
  return rc;
}

/* select: {ids: [...]} or {difficulty: [...]} or nothing: all. Lists of ids may be long, so they
 * are read from the nodes. */
static int choose(struct assay_table_recipe *r, const struct assay_node *root)
{
  int rc = ASSAY_OK;
  struct select s = {0};
  const struct assay_node *node = assay_node_get(root, "select");
  const struct assay_node *ids = node ? assay_node_get(node, "ids") : NULL;
  static const char *const by_hand[] = {"ids", NULL};
  if (ids && ids->kind != ASSAY_NODE_SEQUENCE)
    return assay_node_fail(ids, ASSAY_EPARSE, "ids: expected a list");
  if (node) ASSAY_TRY(assay_node_decode(node, select_rows, &s, by_hand));
  if (ids && s.difficulty.n > 0)
    return assay_node_fail(node, ASSAY_EPARSE, "select: either 'ids' or 'difficulty'");
  if (ids) {
    ASSAY_TRY(choose_ids(r, ids));
  } else {
    const long n = assay_equations_count(r->equations);
    ASSAY_TRY(ASSAY_NEW(&r->chosen, (size_t)n, "equations"));
    for (long i = 0; i < n; i++) {
      const struct assay_equation *e = assay_equations_at(r->equations, i);
      if (s.difficulty.n == 0 || in_list(&s.difficulty, e->difficulty)) r->chosen[r->n++] = e;
    }
  }
  if (r->n == 0) return assay_node_fail(node ? node : root, ASSAY_EARG, "no equation is selected");
done:
  return rc;
}

/* ---- --set ---------------------------------------------------------------------------------- */

static int assign(void *recipe, const char *key, const char *value)
{
  int rc = ASSAY_OK;
  struct assay_table_recipe *r = recipe;
  static const char *const heads[] = {"seed", "title", "name"};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    if (strcmp(key, heads[i]) == 0) return assay_param_set(head_rows, &r->head, key, value);
  if (strncmp(key, "params.", 7) == 0) key += 7;
  ASSAY_TRY(assay_param_set(assay_table_param_rows, &r->params, key, value));
done:
  return rc;
}

/* ---- parsing -------------------------------------------------------------------------------- */

static int check(const struct assay_table_recipe *r, const struct assay_node *root)
{
  int rc = ASSAY_OK;
  const struct assay_table_params *p = &r->params;
  ASSAY_TRY(assay_err_prefix(assay_param_check(assay_table_param_rows, p), "%s: ", root->file));
  ASSAY_CHECK(r->head.version == 0 || r->head.version == ASSAY_TABLE_VERSION_NOW,
              ASSAY_EUNSUPPORTED, "%s: made by version %d, this program has version %d", root->file,
              r->head.version, ASSAY_TABLE_VERSION_NOW);
  ASSAY_CHECK(p->dummies == ASSAY_DUMMIES_NONE || p->observe == ASSAY_OBSERVE_RATES, ASSAY_EARG,
              "%s: tables of trajectories have no dummies", root->file);
  ASSAY_CHECK(p->dummies != ASSAY_DUMMIES_PUBLISHED || p->dummy_count == 0, ASSAY_EARG,
              "%s: the published sets draw the number of dummies: dummy_count must be 0",
              root->file);
done:
  return rc;
}

static int resolve(struct assay_table_recipe *r, const char *path, const struct assay_list *set)
{
  int rc = ASSAY_OK;
  const struct assay_node *root = assay_config_root(r->config);
  const struct assay_node *params = assay_node_get(root, "params");
  ASSAY_TRY(stem_of(&r->stem, path));
  r->head = (struct assay_table_head){
      .name = r->stem, .title = "", .description = "", .license = "CC-BY-4.0", .equations = ""};
  r->params = assay_table_param_defaults;
  ASSAY_TRY(assay_node_decode(root, head_rows, &r->head, other_keys));
  if (params) ASSAY_TRY(assay_node_decode(params, assay_table_param_rows, &r->params, NULL));
  ASSAY_TRY(assay_param_each_assignment(&r->set_text, set, r, assign));
  ASSAY_TRY(check(r, root));
  ASSAY_TRY(open_equations(r, root));
  ASSAY_TRY(choose(r, root));
done:
  return rc;
}

int assay_table_recipe_parse(struct assay_table_recipe **out, const char *name, const char *text,
                             size_t size, const struct assay_list *set)
{
  int rc = ASSAY_OK;
  struct assay_table_recipe *r = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&r, 1, "recipe"));
  ASSAY_TRY(assay_config_parse(&r->config, name, text, size));
  ASSAY_TRY(resolve(r, name, set));
  *out = r;
  r = NULL;
done:
  assay_table_recipe_destroy(r);
  return rc;
}

void assay_table_recipe_destroy(struct assay_table_recipe *r)
{
  if (!r) return;
  assay_equations_close(r->equations);
  assay_free(r->chosen);
  assay_free(r->stem);
  assay_free(r->set_text);
  assay_config_destroy(r->config);
  assay_free(r);
}

int assay_table_recipe_named(char **out, char **table, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_equations *equations = NULL;
  const struct assay_equation *e;
  const char *slash = strrchr(name, '/');
  *out = *table = NULL;
  if (!slash || assay_embedded_is_path(name)) goto done;
  ASSAY_TRY(assay_asprintf(table, "%.*s", (int)(slash - name), name));
  if (!assay_equations_known(*table)) goto done;
  ASSAY_TRY(assay_equations_open(&equations, *table));
  ASSAY_TRY(assay_equations_find(&e, equations, slash + 1));
  ASSAY_TRY(assay_asprintf(out, "name: %s\nequations: %s\nseed: 1\nselect:\n  ids: [\"%s\"]\n",
                           name, *table, e->id));
done:
  assay_equations_close(equations);
  return rc;
}

const struct assay_table_head *assay_table_recipe_head(const struct assay_table_recipe *r)
{
  return &r->head;
}

const struct assay_table_params *assay_table_recipe_params(const struct assay_table_recipe *r)
{
  return &r->params;
}

int assay_table_recipe_count(const struct assay_table_recipe *r)
{
  return r->n;
}

const struct assay_equation *assay_table_recipe_equation(const struct assay_table_recipe *r, int k)
{
  return r->chosen[k];
}

/* ---- the resolved text ---------------------------------------------------------------------- */

static void put_text(FILE *to, const char *key, const char *text)
{
  fprintf(to, "%s: \"", key);
  for (const char *c = text; *c; c++) {
    if (*c == '"' || *c == '\\') fputc('\\', to);
    if ((unsigned char)*c < 0x20)
      fprintf(to, "\\x%02x", (unsigned)(unsigned char)*c);
    else
      fputc(*c, to);
  }
  fputs("\"\n", to);
}

static int put_params(FILE *to, const struct assay_table_params *p)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  fputs("params:\n", to);
  for (const struct assay_param *row = assay_table_param_rows; row->name; row++) {
    ASSAY_TRY(assay_param_text(&text, row, p));
    fprintf(to, "  %s: %s\n", row->name, text);
    assay_free(text);
    text = NULL;
  }
done:
  assay_free(text);
  return rc;
}

/* Of a table of the user its file name: where it lies is not part of the data. */
static const char *table_name(const struct assay_table_recipe *r)
{
  const char *slash = strrchr(r->head.equations, '/');
  return assay_equations_known(r->head.equations) || !slash ? r->head.equations : slash + 1;
}

int assay_table_recipe_name(char **out, const struct assay_table_recipe *r, int k)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_asprintf(out, "%s/%s", table_name(r), r->chosen[k]->id));
  char *suffix = strstr(*out, ".tsv/");
  if (suffix) memmove(suffix, suffix + 4, strlen(suffix + 4) + 1);
done:
  return rc;
}

static int put_recipe(FILE *to, const struct assay_table_recipe *r, int k)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  if (k >= 0) ASSAY_TRY(assay_table_recipe_name(&name, r, k));
  put_text(to, "name", name ? name : r->head.name);
  if (k < 0) put_text(to, "title", r->head.title);
  put_text(to, "equations", table_name(r));
  fprintf(to, "version: %d\nseed: %" PRIu64 "\nselect:\n  ids: [", ASSAY_TABLE_VERSION_NOW,
          r->head.seed);
  for (int i = k < 0 ? 0 : k; i < (k < 0 ? r->n : k + 1); i++)
    fprintf(to, "%s\"%s\"", i > (k < 0 ? 0 : k) ? ", " : "", r->chosen[i]->id);
  fputs("]\n", to);
  ASSAY_TRY(put_params(to, &r->params));
  put_text(to, "license", r->head.license);
done:
  assay_free(name);
  return rc;
}

int assay_table_recipe_text(char **out, const struct assay_table_recipe *r, int k)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  *out = NULL;
  ASSAY_CHECK(to, ASSAY_ENOMEM, "the text of a recipe");
  rc = put_recipe(to, r, k);
  const bool whole = fclose(to) == 0;
  ASSAY_TRY(rc);
  ASSAY_CHECK(whole, ASSAY_ENOMEM, "the text of a recipe");
  ASSAY_TRY(assay_strdup(out, text));
done:
  free(text); /* open_memstream's own allocation */
  return rc;
}
