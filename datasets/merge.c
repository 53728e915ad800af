#include "datasets/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "datasets/dataset_case.h"
#include "datasets/hash.h"
#include "datasets/nc.h"

/* Where a case is. */
struct place {
  long id;
  int shard;
  long k;
};

struct merge {
  const struct assay_merge *m;
  struct assay_dataset **ds; /* [n_shards] */
  struct assay_recipe *own;  /* read from the shards; NULL: one was given */
  const struct assay_recipe *recipe;
  long n;
  struct place *places; /* [n] by id */
  long *ids;            /* [n] */
  char **hashes;        /* [n] */
};

static int by_id(const void *a, const void *b)
{
  const struct place *p = a, *q = b;
  if (p->id != q->id) return p->id < q->id ? -1 : 1;
  return p->shard - q->shard;
}

static int check_recipe(struct merge *g, int shard, const char *first)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(assay_dataset_text(&text, g->ds[shard], "recipe"));
  ASSAY_CHECK(strcmp(text, first) == 0, ASSAY_EARG,
              "%s and %s are made from different recipes (or seeds, or generator versions)",
              g->m->shards[0], g->m->shards[shard]);
done:
  assay_free(text);
  return rc;
}

static int open_files(struct merge *g)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&g->ds, (size_t)g->m->n_shards, "shards"));
  for (int s = 0; s < g->m->n_shards; s++)
    ASSAY_TRY(assay_dataset_open(&g->ds[s], g->m->shards[s]));
done:
  return rc;
}

static int join_shards(struct merge *g)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(assay_dataset_text(&text, g->ds[0], "recipe"));
  for (int s = 0; s < g->m->n_shards; s++) {
    ASSAY_TRY(check_recipe(g, s, text));
    g->n += assay_dataset_info(g->ds[s])->n_cases;
  }
  ASSAY_TRY(assay_recipe_parse(&g->own, g->m->shards[0], text, strlen(text), NULL, g->m->find));
  ASSAY_CHECK(strcmp(assay_recipe_text(g->own), text) == 0, ASSAY_EUNSUPPORTED,
              "%s: this program reads its recipe differently; merge with the version that made it",
              g->m->shards[0]);
  g->recipe = g->own;
done:
  assay_free(text);
  return rc;
}

static int allocate_places(struct merge *g)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&g->places, (size_t)g->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&g->ids, (size_t)g->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&g->hashes, (size_t)g->n, "cases"));
done:
  return rc;
}

static int place_cases(struct merge *g)
{
  int rc = ASSAY_OK;
  long at = 0;
  ASSAY_TRY(allocate_places(g));
  for (int s = 0; s < g->m->n_shards; s++) {
    const struct assay_dataset_info *info = assay_dataset_info(g->ds[s]);
    for (long k = 0; k < info->n_cases; k++)
      g->places[at++] = (struct place){info->case_id[k], s, k};
  }
  qsort(g->places, (size_t)g->n, sizeof *g->places, by_id);
  for (long i = 1; i < g->n; i++) {
    const struct place *a = &g->places[i - 1], *b = &g->places[i];
    ASSAY_CHECK(a->id != b->id, ASSAY_EARG, "case %ld is in %s and in %s", a->id,
                g->m->shards[a->shard], g->m->shards[b->shard]);
    ASSAY_CHECK(b->id == a->id + 1, ASSAY_EARG, "cases %ld to %ld are in none of the shards",
                a->id + 1, b->id - 1);
  }
  for (long i = 0; i < g->n; i++) g->ids[i] = g->places[i].id;
done:
  return rc;
}

/* ---- cases of another recipe ---------------------------------------------------------------- */

static int check_attribute(const struct merge *g, int shard, const char *name, const char *want)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(assay_dataset_text(&text, g->ds[shard], name));
  ASSAY_CHECK(strcmp(text, want) == 0, ASSAY_EARG, "%s: %s is '%s', that of recipe '%s' is '%s'",
              g->m->shards[shard], name, text, assay_recipe_head(g->recipe)->name, want);
done:
  assay_free(text);
  return rc;
}

/* What enters hashes must have the same names and types: generator, fields, quantities. */
static int check_kin(const struct merge *g, int shard)
{
  int rc = ASSAY_OK;
  char version[24];
  const struct assay_generator *made_by = assay_recipe_generator(g->recipe);
  const struct assay_layout *l = assay_recipe_layout(g->recipe);
  const struct assay_dataset_info *info = assay_dataset_info(g->ds[shard]);
  snprintf(version, sizeof version, "%d", made_by->version);
  ASSAY_TRY(check_attribute(g, shard, "generator", made_by->name));
  ASSAY_TRY(check_attribute(g, shard, "generator_version", version));
  bool same =
      info->n_fields == l->n_fields && info->n_params == l->n_params && info->dtype == l->dtype;
  for (int f = 0; same && f < l->n_fields; f++)
    same = strcmp(info->fields[f].name, l->fields[f].name) == 0;
  for (int p = 0; same && p < l->n_params; p++)
    same = strcmp(info->params[p].name, l->params[p].name) == 0;
  ASSAY_CHECK(same, ASSAY_EARG, "%s: its fields or their precision are not those of recipe '%s'",
              g->m->shards[shard], assay_recipe_head(g->recipe)->name);
done:
  return rc;
}

/* Whether a case of a file is what the recipe would make as case `id`, given its quantities. */
static int is_case(bool *out, const struct merge *g, long id, const double *values, int shard,
                   long k, double *work)
{
  int rc = ASSAY_OK;
  void *params = NULL;
  char *seed = NULL, wanted[24];
  const struct assay_generator *made_by = assay_recipe_generator(g->recipe);
  ASSAY_TRY(assay_dataset_params(g->ds[shard], work, k));
  *out = memcmp(work, values, (size_t)assay_recipe_layout(g->recipe)->n_params * sizeof *work) == 0;
  if (!*out || !made_by->draws) goto done;
  ASSAY_TRY(assay_alloc(&params, made_by->params_size, 1, "parameters"));
  ASSAY_TRY(assay_recipe_params(g->recipe, params, id));
  if (!made_by->draws(params)) goto done;
  ASSAY_TRY(assay_dataset_text(&seed, g->ds[shard], "seed"));
  snprintf(wanted, sizeof wanted, "%" PRIu64, assay_recipe_head(g->recipe)->seed);
  *out = strcmp(seed, wanted) == 0 && assay_dataset_info(g->ds[shard])->case_id[k] == id;
done:
  assay_free(params);
  assay_free(seed);
  return rc;
}

static int find_case(struct place *out, const struct merge *g, long id, double *work)
{
  int rc = ASSAY_OK;
  const int n = assay_recipe_layout(g->recipe)->n_params;
  bool found = false;
  ASSAY_TRY(assay_recipe_values(work, g->recipe, id));
  for (int s = 0; s < g->m->n_shards && !found; s++)
    for (long k = 0; k < assay_dataset_info(g->ds[s])->n_cases && !found; k++) {
      ASSAY_TRY(is_case(&found, g, id, work, s, k, work + n));
      *out = (struct place){id, s, k};
    }
  ASSAY_CHECK(found, ASSAY_EARG, "case %ld of recipe '%s' is in none of the files", id,
              assay_recipe_head(g->recipe)->name);
done:
  return rc;
}

static int collect_cases(struct merge *g)
{
  int rc = ASSAY_OK;
  double *work = NULL;
  ASSAY_CHECK(!g->m->manifest, ASSAY_EARG,
              "%s: a manifest names shards of one recipe; files of others are merged", g->m->path);
  for (int s = 0; s < g->m->n_shards; s++) ASSAY_TRY(check_kin(g, s));
  g->n = assay_recipe_cases(g->recipe);
  ASSAY_TRY(allocate_places(g));
  ASSAY_TRY(ASSAY_NEW(&work, 2 * (size_t)assay_recipe_layout(g->recipe)->n_params, "quantities"));
  for (long id = 0; id < g->n; id++) ASSAY_TRY(find_case(&g->places[id], g, id, work));
done:
  assay_free(work);
  return rc;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* The case with the exact axes of the recipe, and its verified hash. */
static int load_case(struct assay_case **out, char hash[ASSAY_SHA256_HEX], const struct merge *g,
                     const struct place *p)
{
  int rc = ASSAY_OK;
  char found[ASSAY_SHA256_HEX];
  struct assay_case *like = NULL;
  ASSAY_TRY(assay_recipe_case(&like, g->recipe, p->id));
  ASSAY_TRY(assay_dataset_case(out, g->ds[p->shard], p->k, &like->shape, like->fields));
  (*out)->id = p->id; /* in the file of another recipe it may be another */
  ASSAY_TRY(assay_dataset_case_hash(hash, g->ds[p->shard], p->k));
  ASSAY_TRY(assay_recipe_hash(found, g->recipe, *out));
  ASSAY_CHECK(strcmp(hash, found) == 0, ASSAY_ECORRUPT,
              "%s: case %ld: its data do not fit its SHA-256", g->m->shards[p->shard], p->id);
done:
  assay_case_destroy(like);
  return rc;
}

static int copy_case(struct assay_writer *w, const struct merge *g, const struct place *p)
{
  int rc = ASSAY_OK;
  char hash[ASSAY_SHA256_HEX];
  struct assay_case *c = NULL;
  struct assay_writer_record record = {0};
  ASSAY_TRY(load_case(&c, hash, g, p));
  ASSAY_TRY(assay_recipe_record(&record, g->recipe, c));
  record.hash = hash;
  ASSAY_TRY(assay_writer_put(w, &record));
done:
  assay_recipe_record_free(&record);
  assay_case_destroy(c);
  return rc;
}

static int write_file(const struct merge *g)
{
  int rc = ASSAY_OK;
  struct assay_writer *w = NULL;
  struct assay_layout layout = *assay_recipe_layout(g->recipe);
  layout.n_cases = g->n;
  layout.compression = g->m->compression;
  layout.level = g->m->level;
  ASSAY_TRY(assay_writer_create(&w, g->m->path, &layout));
  for (long i = 0; i < g->n; i++) ASSAY_TRY(copy_case(w, g, &g->places[i]));
  struct assay_writer *whole = w;
  w = NULL; /* freed by commit whatever happens */
  ASSAY_TRY(assay_writer_commit(whole));
done:
  assay_writer_abort(w);
  return rc;
}

/* `to` as seen from the folder of `from`; both must exist, except the last part of `from`. */
static int relative_path(char **out, const char *from, const char *to)
{
  int rc = ASSAY_OK;
  char *copy = NULL, base[PATH_MAX], target[PATH_MAX], up[PATH_MAX] = "";
  size_t same = 0;
  ASSAY_TRY(assay_strdup(&copy, from));
  ASSAY_CHECK(realpath(dirname(copy), base) && realpath(to, target), ASSAY_EIO, "%s: %s", to,
              strerror(errno));
  for (size_t i = 0;; i++) { /* length of the common folders, with the slash behind them */
    const char b = base[i] ? base[i] : '/';
    if (b != target[i]) break;
    if (b == '/') same = i + 1;
    if (!base[i]) break;
  }
  const char *rest = strlen(base) < same ? "" : base + same;
  for (const char *c = rest; *rest && c; c = strchr(c + 1, '/')) strcat(up, "../");
  ASSAY_TRY(assay_asprintf(out, "%s%s", up, target + same));
done:
  assay_free(copy);
  return rc;
}

static int describe_shard(json_t *list, const struct merge *g, int s)
{
  int rc = ASSAY_OK;
  char hex[ASSAY_SHA256_HEX], *name = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(g->ds[s]);
  ASSAY_TRY(assay_sha256_file(hex, g->m->shards[s]));
  ASSAY_TRY(relative_path(&name, g->m->path, g->m->shards[s]));
  json_array_append_new(list, json_pack("{ss,sI,sI,ss}", "file", name, "first_case",
                                        (json_int_t)info->case_id[0], "cases",
                                        (json_int_t)info->n_cases, "sha256", hex));
done:
  assay_free(name);
  return rc;
}

static int verify_cases(struct merge *g)
{
  int rc = ASSAY_OK;
  char hash[ASSAY_SHA256_HEX];
  for (long i = 0; i < g->n; i++) {
    struct assay_case *c = NULL;
    rc = load_case(&c, hash, g, &g->places[i]);
    assay_case_destroy(c);
    ASSAY_TRY(rc);
    ASSAY_TRY(assay_strdup(&g->hashes[i], hash));
  }
done:
  return rc;
}

/* Shards in the order of their cases; each must hold consecutive ones. */
static int write_manifest(struct merge *g)
{
  int rc = ASSAY_OK;
  char content[ASSAY_SHA256_HEX];
  json_t *whole = NULL, *list = json_array();
  for (long i = 1; i < g->n; i++)
    ASSAY_CHECK(g->places[i].shard == g->places[i - 1].shard || g->places[i].k == 0, ASSAY_EARG,
                "%s and %s overlap; a manifest needs shards of consecutive cases",
                g->m->shards[g->places[i - 1].shard], g->m->shards[g->places[i].shard]);
  ASSAY_TRY(verify_cases(g));
  ASSAY_TRY(assay_hash_set(content, assay_recipe_text(g->recipe), g->n, g->ids, g->hashes));
  for (long i = 0; i < g->n; i++)
    if (g->places[i].k == 0) ASSAY_TRY(describe_shard(list, g, g->places[i].shard));
  whole = json_pack("{ss,ss,sI,ss,sO}", "schema", ASSAY_MANIFEST_SCHEMA, "recipe_name",
                    assay_recipe_head(g->recipe)->name, "cases", (json_int_t)g->n, "content_sha256",
                    content, "shards", list);
  ASSAY_CHECK(whole, ASSAY_ENOMEM, "no memory for the manifest");
  ASSAY_TRY(assay_json_write(whole, g->m->path));
done:
  json_decref(list);
  json_decref(whole);
  return rc;
}

int assay_merge(const struct assay_merge *m)
{
  int rc = ASSAY_OK;
  struct merge g = {.m = m, .recipe = m->recipe};
  ASSAY_TRY(open_files(&g));
  if (!m->recipe) ASSAY_TRY(join_shards(&g));
  ASSAY_TRY(m->recipe ? collect_cases(&g) : place_cases(&g));
  ASSAY_TRY(m->manifest ? write_manifest(&g) : write_file(&g));
done:
  for (int s = 0; g.ds && s < m->n_shards; s++) assay_dataset_close(g.ds[s]);
  for (long i = 0; g.hashes && i < g.n; i++) assay_free(g.hashes[i]);
  assay_recipe_destroy(g.own);
  assay_free(g.ds);
  assay_free(g.places);
  assay_free(g.ids);
  assay_free(g.hashes);
  return rc;
}
