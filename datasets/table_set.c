#include "datasets/table_set.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/json.h"

static bool is_folder(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* SHA-256 of the ids and contents of all tables, in order. */
static int hash_entries(struct assay_table_set *s)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *sha = NULL;
  ASSAY_TRY(assay_sha256_create(&sha));
  assay_sha256_add_text(sha, ASSAY_TABLE_SET_SCHEMA);
  for (int k = 0; k < s->n; k++) {
    assay_sha256_add_text(sha, s->entry[k].id);
    assay_sha256_add_text(sha, s->entry[k].content);
  }
  assay_sha256_finish(sha, s->content);
done:
  assay_sha256_destroy(sha);
  return rc;
}

int assay_table_set_add(struct assay_table_set *s, const char *id, const char *file, long rows,
                        int columns, const char *content)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(&s->entry, (size_t)s->n + 1, "tables"));
  struct assay_table_entry *e = &s->entry[s->n++];
  ASSAY_TRY(assay_strdup(&e->id, id));
  ASSAY_TRY(assay_strdup(&e->file, file));
  e->rows = rows;
  e->columns = columns;
  snprintf(e->content, sizeof e->content, "%s", content);
done:
  return rc;
}

int assay_table_set_create(struct assay_table_set **out, const char *folder, const char *name,
                           const char *title, const char *recipe)
{
  int rc = ASSAY_OK;
  struct assay_table_set *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "tables"));
  ASSAY_TRY(assay_strdup(&s->path, folder));
  ASSAY_TRY(assay_strdup(&s->folder, folder));
  ASSAY_TRY(assay_strdup(&s->name, name));
  ASSAY_TRY(assay_strdup(&s->title, title));
  ASSAY_TRY(assay_strdup(&s->recipe, recipe));
  *out = s;
  s = NULL;
done:
  assay_table_set_close(s);
  return rc;
}

void assay_table_set_close(struct assay_table_set *s)
{
  if (!s) return;
  for (int k = 0; k < s->n; k++) {
    assay_free(s->entry[k].id);
    assay_free(s->entry[k].file);
  }
  assay_free(s->entry);
  assay_free(s->path);
  assay_free(s->folder);
  assay_free(s->name);
  assay_free(s->title);
  assay_free(s->recipe);
  assay_free(s);
}

int assay_table_set_write(struct assay_table_set *s)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  json_t *list = json_array(), *all = NULL;
  ASSAY_TRY(hash_entries(s));
  for (int k = 0; k < s->n; k++) {
    const struct assay_table_entry *e = &s->entry[k];
    json_array_append_new(list, json_pack("{ss,ss,sI,si,ss}", "id", e->id, "file", e->file, "rows",
                                          (json_int_t)e->rows, "columns", e->columns,
                                          "content_sha256", e->content));
  }
  all = json_pack("{ss,ss,ss,ss,ss,sO}", "schema", ASSAY_TABLE_SET_SCHEMA, "recipe_name", s->name,
                  "title", s->title, "content_sha256", s->content, "recipe", s->recipe, "tables",
                  list);
  ASSAY_CHECK(all, ASSAY_ENOMEM, "the manifest of %s", s->folder);
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", s->folder, ASSAY_TABLE_SET_FILE));
  ASSAY_TRY(assay_json_write(all, path));
done:
  json_decref(list);
  json_decref(all);
  assay_free(path);
  return rc;
}

/* ---- reading -------------------------------------------------------------------------------- */

static int read_entry(struct assay_table_set *s, const json_t *item, const char *path)
{
  int rc = ASSAY_OK;
  const char *id, *file, *content;
  double rows, columns;
  ASSAY_TRY(assay_json_text(&id, item, "id", path));
  ASSAY_TRY(assay_json_text(&file, item, "file", path));
  ASSAY_TRY(assay_json_text(&content, item, "content_sha256", path));
  ASSAY_TRY(assay_json_number(&rows, item, "rows", path));
  ASSAY_TRY(assay_json_number(&columns, item, "columns", path));
  ASSAY_CHECK(!strchr(file, '/') && *file, ASSAY_ECORRUPT, "%s: '%s' is not a file beside it", path,
              file);
  ASSAY_CHECK(rows >= 1 && rows < 1e15 && columns >= 1 && columns <= ASSAY_TABLE_COLUMNS_MAX,
              ASSAY_ECORRUPT, "%s: %s has %g rows and %g columns", path, id, rows, columns);
  ASSAY_TRY(assay_table_set_add(s, id, file, (long)rows, (int)columns, content));
done:
  return rc;
}

static int open_manifest(struct assay_table_set **out, const char *path)
{
  int rc = ASSAY_OK;
  json_t *all = NULL;
  char *copy = NULL;
  const char *schema, *name, *title, *recipe, *content;
  struct assay_table_set *s = NULL;
  ASSAY_TRY(assay_json_read(&all, path));
  ASSAY_TRY(assay_json_text(&schema, all, "schema", path));
  ASSAY_CHECK(strcmp(schema, ASSAY_TABLE_SET_SCHEMA) == 0, ASSAY_ECORRUPT,
              "%s: schema is '%s', expected '" ASSAY_TABLE_SET_SCHEMA "'", path, schema);
  ASSAY_TRY(assay_json_text(&name, all, "recipe_name", path));
  ASSAY_TRY(assay_json_text(&title, all, "title", path));
  ASSAY_TRY(assay_json_text(&recipe, all, "recipe", path));
  ASSAY_TRY(assay_json_text(&content, all, "content_sha256", path));
  ASSAY_TRY(assay_strdup(&copy, path));
  ASSAY_TRY(assay_table_set_create(&s, dirname(copy), name, title, recipe));
  const json_t *list = json_object_get(all, "tables");
  ASSAY_CHECK(json_array_size(list) > 0, ASSAY_ECORRUPT, "%s: no tables", path);
  for (size_t k = 0; k < json_array_size(list); k++)
    ASSAY_TRY(read_entry(s, json_array_get(list, k), path));
  ASSAY_TRY(hash_entries(s));
  ASSAY_CHECK(strcmp(s->content, content) == 0, ASSAY_ECORRUPT,
              "%s: content_sha256 does not fit the list of tables", path);
  *out = s;
  s = NULL;
done:
  json_decref(all);
  assay_free(copy);
  assay_table_set_close(s);
  return rc;
}

static int open_single(struct assay_table_set **out, const char *path)
{
  int rc = ASSAY_OK;
  char data[ASSAY_SHA256_HEX], content[ASSAY_SHA256_HEX], *folder = NULL, *file = NULL;
  struct assay_table *t = NULL;
  struct assay_table_set *s = NULL;
  ASSAY_TRY(assay_strdup(&folder, path));
  ASSAY_TRY(assay_strdup(&file, path));
  ASSAY_TRY(assay_table_read(&t, path));
  ASSAY_TRY(assay_table_set_create(&s, dirname(folder), assay_table_get(t, ASSAY_TABLE_RECIPE_NAME),
                                   assay_table_get(t, ASSAY_TABLE_TITLE),
                                   assay_table_get(t, ASSAY_TABLE_RECIPE)));
  ASSAY_TRY(assay_table_hash(data, content, t));
  ASSAY_TRY(assay_table_set_add(s, assay_table_get(t, ASSAY_TABLE_ID), basename(file), t->n_rows,
                                t->n_columns, content));
  ASSAY_TRY(hash_entries(s));
  *out = s;
  s = NULL;
done:
  assay_free(folder);
  assay_free(file);
  assay_table_destroy(t);
  assay_table_set_close(s);
  return rc;
}

int assay_table_set_open(struct assay_table_set **out, const char *path)
{
  int rc = ASSAY_OK;
  char *manifest = NULL;
  *out = NULL;
  if (is_folder(path)) {
    ASSAY_TRY(assay_asprintf(&manifest, "%s/%s", path, ASSAY_TABLE_SET_FILE));
    ASSAY_TRY(open_manifest(out, manifest));
  } else if (assay_table_is(path)) {
    ASSAY_TRY(open_single(out, path));
  } else {
    ASSAY_TRY(open_manifest(out, path));
  }
  assay_free((*out)->path);
  (*out)->path = NULL;
  ASSAY_TRY(assay_strdup(&(*out)->path, path));
done:
  if (rc < 0) {
    assay_table_set_close(*out);
    *out = NULL;
  }
  assay_free(manifest);
  return rc;
}

bool assay_table_set_is(const char *path)
{
  char text[4096] = "", full[4096];
  const char *at = path;
  if (is_folder(path)) {
    if ((size_t)snprintf(full, sizeof full, "%s/%s", path, ASSAY_TABLE_SET_FILE) >= sizeof full)
      return false;
    at = full;
  } else if (assay_table_is(path)) {
    return true;
  }
  FILE *in = fopen(at, "rbe");
  if (!in) return false;
  const size_t n = fread(text, 1, sizeof text - 1, in);
  fclose(in);
  text[n] = '\0';
  return strstr(text, "\"" ASSAY_TABLE_SET_SCHEMA "\"") != NULL;
}

int assay_table_set_read(struct assay_table **out, const struct assay_table_set *s, int k)
{
  int rc = ASSAY_OK;
  char data[ASSAY_SHA256_HEX], content[ASSAY_SHA256_HEX], *path = NULL;
  const struct assay_table_entry *e = &s->entry[k];
  struct assay_table *t = NULL;
  *out = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", s->folder, e->file));
  ASSAY_TRY(assay_table_read(&t, path));
  ASSAY_TRY(assay_table_hash(data, content, t));
  ASSAY_CHECK(strcmp(content, e->content) == 0, ASSAY_ECORRUPT,
              "%s: not the table that %s names: another content_sha256", path, s->path);
  *out = t;
  t = NULL;
done:
  assay_free(path);
  assay_table_destroy(t);
  return rc;
}
