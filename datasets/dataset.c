#include "datasets/dataset.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/io/json.h"
#include "datasets/dataset_internal.h"

int assay_dataset_keep(struct assay_dataset *ds, void **out, size_t n, size_t size)
{
  int rc = ASSAY_OK;
  struct assay_dataset_link *link = NULL;
  enum { ROOM = 64 }; /* keeps the payload aligned */
  _Static_assert(sizeof *link <= ROOM, "the link must fit before the payload");
  ASSAY_CHECK(size == 0 || n <= (SIZE_MAX - ROOM) / size, ASSAY_ENOMEM, "data set too large");
  ASSAY_TRY(assay_alloc((void **)&link, ROOM + n * size, 1, "data set"));
  link->next = ds->chain;
  ds->chain = link;
  *out = (char *)link + ROOM;
done:
  return rc;
}

int assay_dataset_keep_copy(struct assay_dataset *ds, const char **out, const char *text)
{
  int rc = ASSAY_OK;
  char *copy = NULL;
  ASSAY_TRY(assay_dataset_keep(ds, (void **)&copy, strlen(text) + 1, 1));
  strcpy(copy, text);
  *out = copy;
done:
  return rc;
}

int assay_dataset_keep_text(struct assay_dataset *ds, const char **out, int group, int var,
                            const char *name)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  const int status = assay_nc_get_text(&text, group, var, ds->info.path, name);
  if (status < 0 && status != ASSAY_ENOTFOUND) ASSAY_TRY(status);
  ASSAY_TRY(assay_dataset_keep_copy(ds, out, text ? text : ""));
done:
  assay_free(text);
  return rc;
}

/* The first bytes of a file tell what it is. */
static int read_magic(char magic[8], const char *path)
{
  int rc = ASSAY_OK;
  FILE *in = fopen(path, "rbe");
  memset(magic, 0, 8);
  ASSAY_CHECK(in, assay_open_rc(errno), "%s: cannot open: %s", path, strerror(errno));
  ASSAY_CHECK(fread(magic, 1, 8, in) == 8 || !ferror(in), ASSAY_EIO, "%s: cannot read: %s", path,
              strerror(errno));
done:
  if (in) fclose(in);
  return rc;
}

int assay_dataset_open_file(struct assay_dataset_file *file, const char *path)
{
  int rc = ASSAY_OK;
  char magic[8];
  ASSAY_TRY(assay_strdup(&file->path, path));
  ASSAY_TRY(read_magic(magic, path));
  ASSAY_CHECK(memcmp(magic, "\x89HDF\r\n\x1a\n", 8) == 0, ASSAY_ECORRUPT,
              "%s: not a data set: neither NetCDF-4 (HDF5) nor a manifest of one", path);
  ASSAY_TRY(assay_zstd_register());
  const int status = nc_open(path, NC_NOWRITE, &file->nc);
  if (status != NC_NOERR) file->nc = -1;
  ASSAY_CHECK(status == NC_NOERR, ASSAY_ECORRUPT, "%s: truncated or damaged NetCDF-4 file: %s",
              path, nc_strerror(status));
done:
  return rc;
}

static int add_file(struct assay_dataset *ds, const char *path)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(&ds->files, (size_t)ds->n_files + 1, "data-set files"));
  struct assay_dataset_file *file = &ds->files[ds->n_files++];
  file->nc = -1;
  ASSAY_TRY(assay_dataset_open_file(file, path));
done:
  return rc;
}

/* Shards are named relative to the manifest. */
static int add_shard(struct assay_dataset *ds, const char *folder, const json_t *shard)
{
  int rc = ASSAY_OK;
  const char *name = NULL;
  char *path = NULL;
  ASSAY_TRY(assay_json_text(&name, shard, "file", ds->info.path));
  if (name[0] == '/')
    ASSAY_TRY(assay_strdup(&path, name));
  else
    ASSAY_TRY(assay_asprintf(&path, "%s/%s", folder, name));
  ASSAY_TRY(add_file(ds, path));
done:
  assay_free(path);
  return rc;
}

static int add_manifest(struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  json_t *manifest = NULL;
  char *copy = NULL;
  const char *schema = NULL, *content = NULL;
  ASSAY_TRY(assay_json_read(&manifest, ds->info.path));
  ASSAY_TRY(assay_json_text(&schema, manifest, "schema", ds->info.path));
  ASSAY_CHECK(strcmp(schema, ASSAY_MANIFEST_SCHEMA) == 0, ASSAY_ECORRUPT,
              "%s: schema is '%s', expected '" ASSAY_MANIFEST_SCHEMA "'", ds->info.path, schema);
  ASSAY_TRY(assay_json_text(&content, manifest, "content_sha256", ds->info.path));
  ASSAY_TRY(assay_dataset_keep_copy(ds, &ds->content, content));
  ASSAY_TRY(assay_strdup(&copy, ds->info.path));
  const char *folder = dirname(copy);
  const json_t *shards = json_object_get(manifest, "shards");
  ASSAY_CHECK(json_array_size(shards) > 0, ASSAY_ECORRUPT, "%s: no shards", ds->info.path);
  for (size_t i = 0; i < json_array_size(shards); i++)
    ASSAY_TRY(add_shard(ds, folder, json_array_get(shards, i)));
done:
  assay_free(copy);
  json_decref(manifest);
  return rc;
}

int assay_dataset_open_as(struct assay_dataset **out, const char *path, bool lenient)
{
  int rc = ASSAY_OK;
  char magic[8];
  struct assay_dataset *ds = NULL;
  *out = NULL;
  ASSAY_TRY(read_magic(magic, path));
  ASSAY_TRY(ASSAY_NEW(&ds, 1, "data set"));
  ds->lenient = lenient;
  ASSAY_TRY(assay_dataset_keep_copy(ds, &ds->info.path, path));
  ASSAY_TRY(magic[0] == '{' ? add_manifest(ds) : add_file(ds, path));
  ASSAY_TRY(assay_dataset_scan(ds));
  ASSAY_TRY(assay_dataset_load(ds));
  *out = ds;
  ds = NULL;
done:
  assay_dataset_close(ds);
  return rc;
}

int assay_dataset_open(struct assay_dataset **out, const char *path)
{
  return assay_dataset_open_as(out, path, false);
}

void assay_dataset_close(struct assay_dataset *ds)
{
  if (!ds) return;
  for (int i = 0; i < ds->n_files; i++) {
    if (ds->files[i].nc >= 0) nc_close(ds->files[i].nc);
    assay_free(ds->files[i].path);
  }
  assay_free(ds->files);
  for (struct assay_dataset_link *l = ds->chain, *next; l; l = next) {
    next = l->next;
    assay_free(l);
  }
  assay_free(ds);
}

const struct assay_dataset_info *assay_dataset_info(const struct assay_dataset *ds)
{
  return &ds->info;
}

const char *assay_dataset_file_path(const struct assay_dataset *ds, int i)
{
  return i < ds->n_files ? ds->files[i].path : NULL;
}

int assay_dataset_subset(const struct assay_dataset *ds, long k)
{
  const long id = ds->info.case_id[k];
  for (int i = 0; i < ds->info.n_subsets; i++) {
    const struct assay_subset *s = &ds->info.subsets[i];
    if (id >= s->first && id < s->first + s->n) return i;
  }
  return -1;
}

int assay_dataset_field(const struct assay_dataset *ds, const char *name)
{
  for (int f = 0; f < ds->info.n_fields; f++)
    if (strcmp(ds->info.fields[f].name, name) == 0) return f;
  return -1;
}

int assay_dataset_param(const struct assay_dataset *ds, const char *name)
{
  for (int p = 0; p < ds->info.n_params; p++)
    if (strcmp(ds->info.params[p].name, name) == 0) return p;
  return -1;
}

const struct assay_dataset_file *assay_dataset_file_of(const struct assay_dataset *ds, long k)
{
  int i = 0;
  while (i + 1 < ds->n_files && k >= ds->files[i + 1].first) i++;
  return &ds->files[i];
}
