#include "datasets/recipe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "datasets/recipe_internal.h"

static const char *const precisions[] = {"float32", "float64", NULL};

#define HEAD assay_recipe_head
static const struct assay_param head_rows[] = {
    {ASSAY_P_STRING(HEAD, name), .doc = "name of the data set"},
    {ASSAY_P_STRING(HEAD, title), .doc = "one line"},
    {ASSAY_P_STRING(HEAD, description), .doc = "what it is for"},
    {ASSAY_P_STRING(HEAD, license), .doc = "SPDX name of the licence of the data"},
    {ASSAY_P_STRING(HEAD, generator), .doc = "which generator", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_INT(HEAD, generator_version), .doc = "version that must make it, 0: any", .max = 1e9},
    {ASSAY_P_U64(HEAD, seed), .doc = "of all random numbers"},
    {.name = "precision",
     .type = ASSAY_PT_CHOICE,
     .offset = ASSAY_OFFSET(HEAD, precision, int),
     .choices = precisions,
     .doc = "type of stored fields"},
    {ASSAY_P_LIST(HEAD, fields), .doc = "fields to store; none: all that are not optional"},
    {0}};
static const char *const other_keys[] = {"params", "sweep",       "subsets",
                                         "splits", "certificate", NULL};

_Static_assert((int)ASSAY_PRECISION_FLOAT64 == (int)ASSAY_F64, "precision is the field type");

/* "sets/cavity-tiny.yaml" -> "cavity-tiny". Below datasets/recipes the folder belongs to the name:
 * "datasets/recipes/cfdbench/dam-bc.yaml" -> "cfdbench/dam-bc", built in or read as a file. */
static int stem_of(char **out, const char *path)
{
  int rc = ASSAY_OK;
  static const char home[] = "datasets/recipes/";
  const char *slash = strrchr(path, '/');
  const char *built_in = strstr(path, home);
  const char *stem = built_in ? built_in + sizeof home - 1 : slash ? slash + 1 : path;
  ASSAY_TRY(assay_strdup(out, stem));
  char *dot = strrchr(*out, '.');
  if (dot && dot != *out) *dot = '\0';
done:
  return rc;
}

static int decode_head(struct assay_recipe *r, const struct assay_node *root, const char *path)
{
  int rc = ASSAY_OK;
  const struct assay_node *generator = assay_node_get(root, "generator");
  ASSAY_TRY(stem_of(&r->stem, path));
  r->head = (struct assay_recipe_head){
      .name = r->stem, .title = "", .description = "", .license = "CC-BY-4.0"};
  ASSAY_TRY(assay_node_decode(root, head_rows, &r->head, other_keys));
  if (!generator) return assay_node_fail(root, ASSAY_EPARSE, "key 'generator' is missing");
done:
  return rc;
}

static int find_generator(struct assay_recipe *r, const struct assay_node *root,
                          assay_generator_finder *find)
{
  int rc = ASSAY_OK;
  const struct assay_node *name = assay_node_get(root, "generator");
  ASSAY_TRY(assay_err_prefix(find(&r->generator, r->head.generator), "%s:%d:%d: ", name->file,
                             name->line, name->column));
  const int version = r->head.generator_version;
  if (version != 0 && version != r->generator->version)
    return assay_node_fail(assay_node_get(root, "generator_version"), ASSAY_EUNSUPPORTED,
                           "made by version %d of generator '%s', this program has version %d",
                           version, r->head.generator, r->generator->version);
  r->head.generator_version = r->generator->version;
done:
  return rc;
}

static int read_sample(struct assay_recipe *r, const struct assay_node *node)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_node_double(&r->sample, node));
  if (!(r->sample > 0 && r->sample <= 1))
    return assay_node_fail(node, ASSAY_EARG, "sample: expected a share above 0, up to 1, got %s",
                           node->text);
  r->certify = ASSAY_CERTIFY_SAMPLED;
done:
  return rc;
}

static int set_certificate(struct assay_recipe *r, const char *text)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(strcmp(text, "refine") == 0 || strcmp(text, "none") == 0, ASSAY_EPARSE,
              "certificate: expected refine, none or {sample: share}, got '%s'", text);
  r->certify = text[0] == 'r' ? ASSAY_CERTIFY_REFINE : ASSAY_CERTIFY_NONE;
done:
  return rc;
}

/* certificate: refine | none | {sample: share} */
static int decode_certificate(struct assay_recipe *r, const struct assay_node *root)
{
  int rc = ASSAY_OK;
  const struct assay_node *node = assay_node_get(root, "certificate");
  r->certify = ASSAY_CERTIFY_REFINE;
  if (!node) goto done;
  const struct assay_node *sample = assay_node_get(node, "sample");
  if (node->kind == ASSAY_NODE_MAPPING && sample && node->n == 1)
    ASSAY_TRY(read_sample(r, sample));
  else
    ASSAY_TRY(assay_err_prefix(set_certificate(r, node->text ? node->text : "(not a word)"),
                               "%s:%d:%d: ", node->file, node->line, node->column));
done:
  return rc;
}

/* One "key=value": seed, precision, certificate, title; else a parameter ("params.nx" or "nx"). */
static int assign(void *recipe, const char *key, const char *value)
{
  int rc = ASSAY_OK;
  struct assay_recipe *r = recipe;
  static const char *const heads[] = {"seed", "precision", "title", "name"};
  if (strcmp(key, "certificate") == 0) return set_certificate(r, value);
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    if (strcmp(key, heads[i]) == 0) return assay_param_set(head_rows, &r->head, key, value);
  if (strncmp(key, "params.", 7) == 0) key += 7;
  ASSAY_TRY(assay_param_set(r->generator->params, r->base, key, value));
done:
  return rc;
}

static bool in_set(const struct assay_list *set, const char *param)
{
  const size_t n = strlen(param);
  for (int i = 0; set && i < set->n; i++) {
    const char *key = set->item[i];
    if (strncmp(key, "params.", 7) == 0) key += 7;
    if (strncmp(key, param, n) == 0 && key[n] == '=') return true;
  }
  return false;
}

static int copy_params(void **out, const struct assay_generator *g, const void *from)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_alloc(out, g->params_size, 1, "recipe parameters"));
  memcpy(*out, from, g->params_size);
done:
  return rc;
}

static int decode_params(struct assay_recipe *r, const struct assay_node *mapping, void *params,
                         bool fixed_too)
{
  int rc = ASSAY_OK;
  const struct assay_node *node = assay_node_get(mapping, "params");
  if (!node) goto done;
  ASSAY_TRY(assay_node_decode(node, r->generator->params, params, NULL));
  for (const struct assay_node *n = node->first; n; n = n->next)
    if (!fixed_too && assay_param_find(r->generator->params, n->key)->flags & ASSAY_PARAM_FIXED)
      return assay_node_fail(n, ASSAY_EARG,
                             "%s fixes the shape of the data set; it cannot differ between "
                             "subsets",
                             n->key);
done:
  return rc;
}

static int decode_subset(struct assay_recipe *r, struct assay_recipe_subset *s,
                         const struct assay_node *mapping, int *sweep_index)
{
  int rc = ASSAY_OK;
  const struct assay_node *sweep = assay_node_get(mapping, "sweep");
  if (sweep)
    ASSAY_TRY(assay_sweeps_decode(&s->sweeps, &s->n_sweeps, sweep, r->generator->params,
                                  r->head.seed, *sweep_index));
  ASSAY_TRY(assay_sweeps_filter(s->sweeps, s->n_sweeps, r->generator, s->base));
  *sweep_index += s->n_sweeps;
  ASSAY_TRY(assay_sweeps_count(&s->n, s->sweeps, s->n_sweeps));
  s->first = r->n_cases;
  r->n_cases += s->n;
done:
  return rc;
}

static int decode_named_subset(struct assay_recipe *r, struct assay_recipe_subset *s,
                               const struct assay_node *mapping, int *sweep_index)
{
  int rc = ASSAY_OK;
  static const char *const keys[] = {"name", "params", "sweep"};
  if (mapping->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(mapping, ASSAY_EPARSE, "expected a subset: 'name: ...'");
  for (const struct assay_node *n = mapping->first; n; n = n->next) {
    bool known = false;
    for (int i = 0; i < 3; i++) known = known || strcmp(n->key, keys[i]) == 0;
    if (!known) return assay_node_fail(n, ASSAY_ENOTFOUND, "no key '%s' in a subset", n->key);
  }
  const struct assay_node *name = assay_node_get(mapping, "name");
  if (!name || !name->text)
    return assay_node_fail(name ? name : mapping, ASSAY_EPARSE, "a subset needs a 'name'");
  if (strpbrk(name->text, " \t\n") || !*name->text)
    return assay_node_fail(name, ASSAY_EPARSE, "name: expected one word, got '%s'", name->text);
  for (int i = 0; i < r->n_subsets; i++)
    if (r->subsets[i].name && strcmp(r->subsets[i].name, name->text) == 0)
      return assay_node_fail(name, ASSAY_EARG, "two subsets are called '%s'", name->text);
  s->name = name->text;
  ASSAY_TRY(copy_params(&s->base, r->generator, r->base));
  ASSAY_TRY(decode_params(r, mapping, s->base, false));
  ASSAY_TRY(decode_subset(r, s, mapping, sweep_index));
done:
  return rc;
}

/* What --set gave stands in all subsets: they lose parameters of that name, here and in the
 * resolved recipe. */
static void drop_overridden(struct assay_recipe *r, const struct assay_node *subset,
                            const struct assay_list *set)
{
  const struct assay_node *params = assay_node_get(subset, "params");
  if (subset->kind != ASSAY_NODE_MAPPING || !params || params->kind != ASSAY_NODE_MAPPING) return;
  for (const struct assay_node *n = params->first; n; n = n->next)
    if (in_set(set, n->key)) assay_config_remove(r->config, params, n->key);
}

static int decode_cases(struct assay_recipe *r, const struct assay_node *root,
                        const struct assay_list *set)
{
  int rc = ASSAY_OK, sweep_index = 0;
  const struct assay_node *list = assay_node_get(root, "subsets");
  if (list && assay_node_get(root, "sweep"))
    return assay_node_fail(list, ASSAY_EPARSE, "a recipe has either 'sweep' or 'subsets'");
  if (list && (list->kind != ASSAY_NODE_SEQUENCE || list->n == 0 || list->n > ASSAY_SUBSETS_MAX))
    return assay_node_fail(list, ASSAY_EPARSE, "subsets: expected a list of up to %d",
                           ASSAY_SUBSETS_MAX);
  const int n = list ? list->n : 1;
  ASSAY_TRY(ASSAY_NEW(&r->subsets, (size_t)n, "recipe subsets"));
  r->n_subsets = n;
  if (!list) {
    ASSAY_TRY(copy_params(&r->subsets[0].base, r->generator, r->base));
    ASSAY_TRY(decode_subset(r, &r->subsets[0], root, &sweep_index));
    goto done;
  }
  int i = 0;
  for (const struct assay_node *node = list->first; node; node = node->next) {
    drop_overridden(r, node, set);
    ASSAY_TRY(decode_named_subset(r, &r->subsets[i++], node, &sweep_index));
  }
done:
  return rc;
}

/* What --set gave must not be undone by a loop. */
static int check_set(const struct assay_recipe *r, const struct assay_list *set)
{
  int rc = ASSAY_OK;
  for (const struct assay_param *row = r->generator->params; row->name; row++)
    for (int i = 0; i < r->n_subsets; i++)
      ASSAY_CHECK(!in_set(set, row->name) ||
                      !assay_sweeps_set(r->subsets[i].sweeps, r->subsets[i].n_sweeps, row->name),
                  ASSAY_EARG, "--set %s: the recipe sweeps this parameter; edit a copy of it",
                  row->name);
done:
  return rc;
}

const struct assay_recipe_subset *assay_recipe_subset_of(const struct assay_recipe *r, long id)
{
  int i = 0;
  while (i + 1 < r->n_subsets && id >= r->subsets[i + 1].first) i++;
  return &r->subsets[i];
}

int assay_recipe_params(const struct assay_recipe *r, void *params, long id)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(id >= 0 && id < r->n_cases, ASSAY_EARG, "recipe '%s' has no case %ld (there are %ld)",
              r->head.name, id, r->n_cases);
  const struct assay_recipe_subset *s = assay_recipe_subset_of(r, id);
  memcpy(params, s->base, r->generator->params_size);
  ASSAY_TRY(assay_sweeps_apply(s->sweeps, s->n_sweeps, r->generator->params, params, id - s->first,
                               (struct assay_sweep_key){r->head.seed, id}));
done:
  return rc;
}

/* Every case must have parameters that the generator accepts. */
static int check_cases(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  const struct assay_generator *g = r->generator;
  for (long id = 0; id < r->n_cases; id++) {
    ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
    if ((rc = assay_param_check(g->params, r->scratch)) == ASSAY_OK && g->check)
      rc = g->check(r->scratch);
    if (rc < 0) ASSAY_TRY(assay_err_prefix(rc, "recipe '%s', case %ld: ", r->head.name, id));
  }
done:
  return rc;
}

static int select_fields(struct assay_recipe *r, const struct assay_node *root)
{
  const struct assay_field *table = r->generator->fields;
  const char *names[ASSAY_LIST_MAX + 1] = {NULL};
  char hint[512];
  int n = 0, n_names = 0;
  for (int f = 0; table[f].name && n_names < ASSAY_LIST_MAX; f++) {
    names[n_names++] = table[f].name;
    bool wanted = r->head.fields.n == 0 && !table[f].optional;
    for (int i = 0; i < r->head.fields.n; i++)
      wanted = wanted || strcmp(r->head.fields.item[i], table[f].name) == 0;
    if (wanted) r->select[n++] = table[f].name;
  }
  for (int i = 0; i < r->head.fields.n; i++) {
    bool known = false;
    for (int f = 0; f < n_names; f++)
      known = known || strcmp(names[f], r->head.fields.item[i]) == 0;
    if (!known)
      return assay_node_fail(assay_node_get(root, "fields"), ASSAY_ENOTFOUND,
                             "generator '%s' has no field '%s'%s", r->generator->name,
                             r->head.fields.item[i],
                             assay_text_suggest(hint, sizeof hint, r->head.fields.item[i], names));
  }
  return ASSAY_OK;
}

static int resolve(struct assay_recipe *r, const char *path, const struct assay_list *set,
                   assay_generator_finder *find)
{
  int rc = ASSAY_OK;
  const struct assay_node *root = assay_config_root(r->config);
  ASSAY_TRY(decode_head(r, root, path));
  ASSAY_TRY(find_generator(r, root, find));
  ASSAY_TRY(copy_params(&r->base, r->generator, r->generator->defaults));
  ASSAY_TRY(copy_params(&r->scratch, r->generator, r->generator->defaults));
  ASSAY_TRY(decode_params(r, root, r->base, true));
  ASSAY_TRY(decode_certificate(r, root));
  ASSAY_TRY(assay_param_each_assignment(&r->set_text, set, r, assign));
  ASSAY_TRY(select_fields(r, root));
  ASSAY_TRY(decode_cases(r, root, set));
  ASSAY_TRY(check_set(r, set));
  ASSAY_TRY(check_cases(r));
  ASSAY_TRY(assay_recipe_emit(r));
  ASSAY_TRY(assay_recipe_choose_samples(r));
  ASSAY_TRY(assay_recipe_lay_out(r));
done:
  return rc;
}

int assay_recipe_parse(struct assay_recipe **out, const char *name, const char *text, size_t size,
                       const struct assay_list *set, assay_generator_finder *find)
{
  int rc = ASSAY_OK;
  struct assay_recipe *r = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&r, 1, "recipe"));
  ASSAY_TRY(assay_config_parse(&r->config, name, text, size));
  ASSAY_TRY(resolve(r, name, set, find));
  *out = r;
  r = NULL;
done:
  assay_recipe_destroy(r);
  return rc;
}

void assay_recipe_destroy(struct assay_recipe *r)
{
  if (!r) return;
  for (int i = 0; r->subsets && i < r->n_subsets; i++) {
    assay_free(r->subsets[i].base);
    assay_sweeps_destroy(r->subsets[i].sweeps, r->subsets[i].n_sweeps);
  }
  assay_recipe_layout_free(r);
  assay_free(r->subsets);
  assay_free(r->stem);
  assay_free(r->set_text);
  assay_free(r->base);
  assay_free(r->scratch);
  assay_free(r->sampled);
  assay_free(r->text);
  assay_config_destroy(r->config);
  assay_free(r);
}

const struct assay_recipe_head *assay_recipe_head(const struct assay_recipe *r)
{
  return &r->head;
}

int assay_recipe_slug(char **out, const struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_strdup(out, r->head.name));
  for (char *c = *out; *c; c++)
    if (*c == '/') *c = '-';
done:
  return rc;
}

const struct assay_generator *assay_recipe_generator(const struct assay_recipe *r)
{
  return r->generator;
}

const char *assay_recipe_text(const struct assay_recipe *r)
{
  return r->text;
}

const char *const *assay_recipe_fields(const struct assay_recipe *r)
{
  return r->select;
}

long assay_recipe_cases(const struct assay_recipe *r)
{
  return r->n_cases;
}

int assay_recipe_case(struct assay_case **out, const struct assay_recipe *r, long id)
{
  int rc = ASSAY_OK;
  struct assay_shape shape = {0};
  *out = NULL;
  ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
  ASSAY_TRY(r->generator->shape(&shape, r->scratch));
  ASSAY_TRY(assay_case_create(out, id, &shape, r->generator->fields, r->select,
                              (enum assay_dtype)r->head.precision));
done:
  return rc;
}

int assay_recipe_frames(const struct assay_recipe *r, long id)
{
  struct assay_shape shape = {0};
  if (assay_recipe_params(r, r->scratch, id) < 0) return 0;
  return r->generator->shape(&shape, r->scratch) < 0 ? 0 : shape.n_frames;
}

enum assay_certify assay_recipe_certify(const struct assay_recipe *r, long id)
{
  if (r->certify != ASSAY_CERTIFY_SAMPLED) return r->certify;
  return r->sampled[id] ? ASSAY_CERTIFY_REFINE : ASSAY_CERTIFY_SAMPLED;
}

bool assay_recipe_varies(const struct assay_recipe *r, const char *param)
{
  const struct assay_param *row = assay_param_find(r->generator->params, param);
  for (int i = 0; row && i < r->n_subsets; i++) {
    const struct assay_recipe_subset *s = &r->subsets[i];
    if (assay_sweeps_set(s->sweeps, s->n_sweeps, param)) return true;
    if (assay_param_number(row, s->base) != assay_param_number(row, r->subsets[0].base))
      return true;
  }
  return false;
}
