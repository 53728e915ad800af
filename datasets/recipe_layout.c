/* From a resolved recipe to the layout of its files and the tables of its cases. The layout follows
 * from all cases of the recipe, so that shards and single cases have the same. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "datasets/hash.h"
#include "datasets/quantity.h"
#include "datasets/recipe_internal.h"
#include "datasets/split.h"

static const char *const no_yes[] = {"false", "true", NULL};

static int count_derived(const struct assay_generator *g)
{
  int n = 0;
  while (g->derived && g->derived[n].name) n++;
  return n;
}

/* Parameters of the generator, then its derived groups. */
static int lay_out_params(struct assay_recipe *r)
{
  int rc = ASSAY_OK, n = 0;
  const struct assay_generator *g = r->generator;
  const int n_derived = count_derived(g);
  size_t rows = 0;
  while (g->params[rows].name) rows++;
  ASSAY_TRY(ASSAY_NEW(&r->params, rows + (size_t)n_derived + 1, "recipe quantities"));
  for (const struct assay_param *row = g->params; row->name; row++)
    if (assay_quantity_is_stored(row))
      r->params[n++] = (struct assay_quantity){row->name, row->unit, row->doc,
                                               row->type == ASSAY_PT_BOOL ? no_yes : row->choices};
  for (int d = 0; d < n_derived; d++)
    r->params[n++] =
        (struct assay_quantity){g->derived[d].name, g->derived[d].unit, g->derived[d].doc, NULL};
  r->layout.params = r->params;
  r->layout.n_params = n;
done:
  return rc;
}

static void collect_values(double *values, const struct assay_generator *g, const void *params)
{
  int n = 0;
  for (const struct assay_param *row = g->params; row->name; row++)
    if (assay_quantity_is_stored(row)) values[n++] = assay_param_number(row, params);
  for (int d = 0; d < count_derived(g); d++) values[n++] = g->derived[d].value(params);
}

int assay_recipe_values(double *values, const struct assay_recipe *r, long id)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
  collect_values(values, r->generator, r->scratch);
done:
  return rc;
}

static int lay_out_fields(struct assay_recipe *r)
{
  int rc = ASSAY_OK, n = 0;
  const struct assay_field *table = r->generator->fields;
  while (r->select[n]) n++;
  ASSAY_TRY(ASSAY_NEW(&r->fields, (size_t)n + 1, "recipe fields"));
  n = 0;
  for (int f = 0; table[f].name; f++)
    if (r->select[n] && strcmp(r->select[n], table[f].name) == 0) r->fields[n++] = table[f];
  r->layout.fields = r->fields;
  r->layout.n_fields = n;
done:
  return rc;
}

static bool same_axis(const struct assay_axis *a, const struct assay_axis *b)
{
  return a->lo == b->lo && a->hi == b->hi && a->kind == b->kind;
}

/* Fit the shape of a case into the common one, or say why it does not. */
static int join_shape(struct assay_recipe *r, const struct assay_shape *s, long id,
                      bool *shared_time)
{
  int rc = ASSAY_OK;
  struct assay_shape *all = &r->shape;
  ASSAY_CHECK(s->n_frames >= 1 && s->n_axes == all->n_axes, ASSAY_EARG,
              "recipe '%s': case %ld has %d axes, case 0 has %d", r->head.name, id, s->n_axes,
              all->n_axes);
  for (int a = 0; a < s->n_axes; a++) {
    ASSAY_CHECK(s->axis[a].n == all->axis[a].n, ASSAY_EARG,
                "recipe '%s': case %ld has %d points along %s, case 0 has %d; all cases of a set "
                "share one grid",
                r->head.name, id, s->axis[a].n, s->axis[a].name, all->axis[a].n);
    if (!same_axis(&s->axis[a], &all->axis[a])) r->layout.axis_varies[a] = true;
  }
  if (s->frame_interval != all->frame_interval) *shared_time = false;
  if (s->n_frames > all->n_frames) all->n_frames = s->n_frames;
done:
  return rc;
}

static int shape_of(struct assay_shape *out, struct assay_recipe *r, long id)
{
  int rc = ASSAY_OK;
  *out = (struct assay_shape){0};
  ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
  ASSAY_TRY(assay_err_prefix(r->generator->shape(out, r->scratch),
                             "recipe '%s', case %ld: ", r->head.name, id));
done:
  return rc;
}

static int lay_out_shape(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  bool shared_time = true;
  struct assay_shape s;
  ASSAY_TRY(shape_of(&r->shape, r, 0));
  for (long id = 0; id < r->n_cases; id++) {
    ASSAY_TRY(shape_of(&s, r, id));
    ASSAY_TRY(join_shape(r, &s, id, &shared_time));
  }
  const bool timed = r->shape.n_frames > 1 || r->shape.frame_interval > 0;
  r->layout.n_times = timed ? r->shape.n_frames : 0;
  r->layout.n_axes = r->shape.n_axes;
  memcpy(r->layout.axis, r->shape.axis, sizeof r->layout.axis);
  ASSAY_TRY(ASSAY_NEW(&r->time, (size_t)r->shape.n_frames, "recipe times"));
  for (int k = 0; k < r->shape.n_frames; k++) r->time[k] = k * r->shape.frame_interval;
  r->layout.time = shared_time ? r->time : NULL;
done:
  return rc;
}

static int boundary_type(const struct assay_recipe *r, double *value, const void *params, int field,
                         int side, double t)
{
  *value = (double)NAN;
  if (r->fields[field].kind != ASSAY_FIELD_FRAME) return ASSAY_BOUNDARY_NONE;
  return (int)r->generator->boundary(value, params, assay_recipe_table_index(r, field),
                                     (enum assay_side)side, t);
}

/* Where the kind of condition differs between cases the set states none. */
static int lay_out_boundary(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  double value;
  bool any = false;
  const int n = r->layout.n_fields * ASSAY_SIDES;
  if (!r->generator->boundary) goto done;
  ASSAY_TRY(ASSAY_NEW(&r->boundary, (size_t)n, "recipe boundary"));
  for (long id = 0; id < r->n_cases; id++) {
    ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
    for (int i = 0; i < n; i++) {
      const int type = boundary_type(r, &value, r->scratch, i / ASSAY_SIDES, i % ASSAY_SIDES, 0.0);
      if (id == 0) r->boundary[i] = type;
      if (r->boundary[i] != type) r->boundary[i] = ASSAY_BOUNDARY_NONE;
    }
  }
  for (int i = 0; i < n; i++) any = any || r->boundary[i] != ASSAY_BOUNDARY_NONE;
  r->layout.boundary = any ? r->boundary : NULL;
done:
  return rc;
}

static int split_value(double *out, const void *user, const char *name, long id)
{
  int rc = ASSAY_OK;
  const struct assay_recipe *r = user;
  ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
  ASSAY_TRY(assay_quantity_value(out, r->generator, r->scratch, name));
done:
  return rc;
}

static int split_find_subset(const void *user, const char *name)
{
  const struct assay_recipe *r = user;
  for (int i = 0; i < r->n_subsets; i++)
    if (r->subsets[i].name && strcmp(r->subsets[i].name, name) == 0) return i;
  return -1;
}

static int split_subset_of(const void *user, long id)
{
  const struct assay_recipe *r = user;
  return (int)(assay_recipe_subset_of(r, id) - r->subsets);
}

static int split_first_alike(long *out, const void *user, const long *ids, long n)
{
  return assay_recipe_first_alike(out, user, ids, n);
}

static int lay_out_splits(struct assay_recipe *r)
{
  int rc = ASSAY_OK, n = 0;
  const struct assay_node *splits = assay_node_get(assay_config_root(r->config), "splits");
  const struct assay_split_source source = {.n_cases = r->n_cases,
                                            .seed = r->head.seed,
                                            .user = r,
                                            .value = split_value,
                                            .find_subset = split_find_subset,
                                            .subset_of = split_subset_of,
                                            .first_alike = split_first_alike};
  if (!splits) goto done;
  if (splits->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(splits, ASSAY_EPARSE, "splits: expected 'name: {kind: ...}' lines");
  ASSAY_TRY(ASSAY_NEW(&r->splits, (size_t)splits->n, "recipe splits"));
  ASSAY_TRY(ASSAY_NEW(&r->codes, (size_t)splits->n * (size_t)r->n_cases, "recipe splits"));
  for (const struct assay_node *node = splits->first; node; node = node->next, n++) {
    r->splits[n] = node->key;
    ASSAY_TRY(assay_split_assign(r->codes + (ptrdiff_t)n * r->n_cases, node, &source));
  }
  r->layout.splits = r->splits;
  r->layout.n_splits = n;
done:
  return rc;
}

static int lay_out_subsets(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  if (!r->subsets[0].name) goto done;
  ASSAY_TRY(ASSAY_NEW(&r->named, (size_t)r->n_subsets, "recipe subsets"));
  for (int i = 0; i < r->n_subsets; i++)
    r->named[i] = (struct assay_subset){r->subsets[i].name, r->subsets[i].first, r->subsets[i].n};
  r->layout.subsets = r->named;
  r->layout.n_subsets = r->n_subsets;
done:
  return rc;
}

/* Index of the origin of a case among those known, or of the free place behind them. */
static int find_origin(const struct assay_recipe *r, long id, const char **name)
{
  const struct assay_recipe_subset *s = assay_recipe_subset_of(r, id);
  int i = 0;
  *name = assay_sweeps_origin(s->sweeps, s->n_sweeps, id - s->first);
  while (*name && r->origins[i] && strcmp(r->origins[i], *name) != 0) i++;
  return i;
}

static int lay_out_origins(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  const char *name = NULL;
  r->origins[0] = "recipe";
  for (long id = 0; id < r->n_cases; id++) {
    const int i = find_origin(r, id, &name);
    ASSAY_CHECK(i < ASSAY_SUBSETS_MAX, ASSAY_EARG, "recipe '%s': more than %d origins",
                r->head.name, ASSAY_SUBSETS_MAX);
    if (name) r->origins[i] = name;
  }
  if (r->origins[1]) r->layout.origins = r->origins;
done:
  return rc;
}

static int lay_out_attributes(struct assay_recipe *r)
{
  int rc = ASSAY_OK, n = 0;
  const struct assay_generator *g = r->generator;
  enum { MOST = 12 };
  ASSAY_TRY(ASSAY_NEW(&r->attributes, MOST, "recipe attributes"));
  ASSAY_TRY(assay_asprintf(&r->source, "assay, generator %s version %d: %s", g->name, g->version,
                           g->doc));
  ASSAY_TRY(assay_asprintf(&r->version, "%d", g->version));
  ASSAY_TRY(assay_asprintf(&r->seed, "%" PRIu64, r->head.seed));
  ASSAY_TRY(assay_asprintf(&r->history, "assay generate %s", r->head.name));
  const struct assay_attribute all[MOST] = {
      {"title", *r->head.title ? r->head.title : r->head.name},
      {"summary", r->head.description},
      {"source", r->source},
      {"references", g->reference},
      {"license", r->head.license},
      {"history", r->history},
      {"generator", g->name},
      {"generator_version", r->version},
      {"recipe_name", r->head.name},
      {"seed", r->seed},
  };
  for (int i = 0; i < MOST; i++)
    if (all[i].text && *all[i].text) r->attributes[n++] = all[i];
  r->layout.attributes = r->attributes;
  r->layout.n_attributes = n;
done:
  return rc;
}

int assay_recipe_lay_out(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  r->layout.n_cases = r->n_cases;
  r->layout.dtype = (enum assay_dtype)r->head.precision;
  r->layout.identity = r->layout.certificate = true;
  r->layout.recipe = r->text;
  ASSAY_TRY(lay_out_params(r));
  ASSAY_TRY(lay_out_fields(r));
  ASSAY_TRY(lay_out_shape(r));
  ASSAY_TRY(lay_out_boundary(r));
  ASSAY_TRY(assay_recipe_lay_out_profiles(r));
  ASSAY_TRY(lay_out_splits(r));
  ASSAY_TRY(lay_out_subsets(r));
  ASSAY_TRY(lay_out_origins(r));
  ASSAY_TRY(lay_out_attributes(r));
done:
  return rc;
}

void assay_recipe_layout_free(struct assay_recipe *r)
{
  assay_free(r->time);
  assay_free(r->fields);
  assay_free(r->params);
  assay_free(r->splits);
  assay_free(r->codes);
  assay_free(r->named);
  assay_free(r->boundary);
  assay_free(r->profiled);
  assay_free(r->attributes);
  assay_free(r->source);
  assay_free(r->version);
  assay_free(r->seed);
  assay_free(r->history);
}

const struct assay_layout *assay_recipe_layout(const struct assay_recipe *r)
{
  return &r->layout;
}

long long assay_recipe_case_bytes(const struct assay_recipe *r, long id)
{
  const size_t points = assay_shape_points(&r->shape), frames = (size_t)assay_recipe_frames(r, id);
  size_t n = 0;
  for (int f = 0; f < r->layout.n_fields; f++) switch (r->fields[f].kind) {
    case ASSAY_FIELD_FRAME:
      n += points * frames;
      break;
    case ASSAY_FIELD_STATIC:
      n += points;
      break;
    case ASSAY_FIELD_SCALAR:
      n += frames;
      break;
    }
  return (long long)(n * assay_dtype_size(r->layout.dtype));
}

double assay_recipe_cost(const struct assay_recipe *r, long id)
{
  const struct assay_generator *g = r->generator;
  if (!g->cost || assay_recipe_params(r, r->scratch, id) < 0) return 1;
  double cost = g->cost(r->scratch);
  if (assay_recipe_certify(r, id) == ASSAY_CERTIFY_REFINE && g->coarsen &&
      g->coarsen(r->scratch) == ASSAY_OK)
    cost += g->cost(r->scratch);
  return cost > 0 ? cost : 0;
}

static int fill_boundary(double *values, const struct assay_recipe *r, const struct assay_case *c)
{
  int rc = ASSAY_OK;
  const int n_times = r->layout.n_times ? r->layout.n_times : 1;
  ASSAY_TRY(assay_recipe_params(r, r->scratch, c->id));
  for (int f = 0; f < r->layout.n_fields; f++)
    for (int k = 0; k < n_times; k++)
      for (int side = 0; side < ASSAY_SIDES; side++) {
        double value = (double)NAN;
        const double t = k < c->shape.n_frames ? c->time[k] : (double)NAN;
        const int type =
            isnan(t) ? ASSAY_BOUNDARY_NONE : boundary_type(r, &value, r->scratch, f, side, t);
        const bool imposed = (type == ASSAY_BOUNDARY_DIRICHLET || type == ASSAY_BOUNDARY_NEUMANN) &&
                             r->boundary[f * ASSAY_SIDES + side] == type;
        values[((ptrdiff_t)f * n_times + k) * ASSAY_SIDES + side] = imposed ? value : (double)NAN;
      }
done:
  return rc;
}

/* Diverged and failed cases are out of every split. */
static void fill_splits(int8_t *codes, const struct assay_recipe *r, const struct assay_case *c)
{
  for (int s = 0; s < r->layout.n_splits; s++)
    codes[s] =
        c->certificate.diverged ? ASSAY_SPLIT_UNUSED : r->codes[(ptrdiff_t)s * r->n_cases + c->id];
}

int assay_recipe_record(struct assay_writer_record *out, const struct assay_recipe *r,
                        const struct assay_case *c)
{
  int rc = ASSAY_OK;
  double *params = NULL, *boundary = NULL, *profiles = NULL;
  int8_t *splits = NULL;
  const char *name = NULL;
  const size_t n_times = r->layout.n_times ? (size_t)r->layout.n_times : 1;
  *out = (struct assay_writer_record){0};
  ASSAY_TRY(ASSAY_NEW(&params, (size_t)r->layout.n_params, "record"));
  ASSAY_TRY(ASSAY_NEW(&splits, (size_t)r->layout.n_splits, "record"));
  ASSAY_TRY(assay_recipe_values(params, r, c->id));
  fill_splits(splits, r, c);
  if (r->layout.boundary) {
    ASSAY_TRY(ASSAY_NEW(&boundary, (size_t)r->layout.n_fields * n_times * ASSAY_SIDES, "record"));
    ASSAY_TRY(fill_boundary(boundary, r, c));
  }
  if (r->layout.profiled) {
    const size_t room = (size_t)assay_profile_room(2, r->layout.axis);
    ASSAY_TRY(ASSAY_NEW(&profiles, (size_t)r->layout.n_fields * ASSAY_SIDES * room, "record"));
    ASSAY_TRY(assay_recipe_fill_profiles(profiles, r, c));
  }
  *out = (struct assay_writer_record){.c = c,
                                      .params = params,
                                      .splits = splits,
                                      .boundary = boundary,
                                      .profiles = profiles,
                                      .origin = find_origin(r, c->id, &name)};
  params = boundary = profiles = NULL;
  splits = NULL;
done:
  assay_free(params);
  assay_free(boundary);
  assay_free(profiles);
  assay_free(splits);
  return rc;
}

int assay_recipe_hash(char hex[ASSAY_SHA256_HEX], const struct assay_recipe *r,
                      const struct assay_case *c)
{
  int rc = ASSAY_OK;
  double *values = NULL, *block = NULL;
  const double *x[ASSAY_AXES_MAX] = {NULL};
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)r->layout.n_params, "parameter values"));
  ASSAY_TRY(assay_recipe_values(values, r, c->id));
  ASSAY_TRY(assay_hash_coordinates(&block, x, &c->shape));
  const struct assay_hash_source source = {
      c, r->layout.n_times > 0, x, r->layout.n_params, r->params, values};
  ASSAY_TRY(assay_hash_case(hex, &source));
done:
  assay_free(values);
  assay_free(block);
  return rc;
}

void assay_recipe_record_free(struct assay_writer_record *record)
{
  assay_free((void *)(uintptr_t)record->params);
  assay_free((void *)(uintptr_t)record->splits);
  assay_free((void *)(uintptr_t)record->boundary);
  assay_free((void *)(uintptr_t)record->profiles);
  *record = (struct assay_writer_record){0};
}
