/* assay merge: shards to one file or a manifest. */
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/merge.h"
#include "harness/library.h"
#include "harness/verb.h"

struct merge_options {
  const char *output, *recipe;
  int compress, level;
  bool manifest, force;
};
static const struct assay_param rows[] = {
    {ASSAY_P_STRING(merge_options, output), .letter = 'o', .doc = "file to write",
     .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(merge_options, recipe),
     .doc = "make the set of this recipe; the files are of others that have its cases"},
    {ASSAY_P_BOOL(merge_options, manifest),
     .doc = "keep the shards and write a manifest (JSON) that reads like the merged file"},
    {ASSAY_P_BOOL(merge_options, force), .doc = "replace the file"},
    {ASSAY_P_CHOICE(merge_options, compress, "none", "deflate", "zstd"),
     .doc = "of fields; readers of zstd need its plug-in"},
    {ASSAY_P_INT(merge_options, level), .doc = "of the compression, 0: its fastest", .min = 0,
     .max = 19},
    {0}};
static const struct merge_options defaults = {.output = "", .recipe = ""};

static int print_result(const char *path, FILE *out)
{
  int rc = ASSAY_OK;
  char *hash = NULL, bytes[32];
  long long size = 0;
  struct assay_dataset *ds = NULL;
  ASSAY_TRY(assay_dataset_open(&ds, path));
  ASSAY_TRY(assay_dataset_text(&hash, ds, "content_sha256"));
  ASSAY_TRY(assay_file_size(&size, path));
  fprintf(out, "%s: %ld cases, %s, content %s\n", path, assay_dataset_info(ds)->n_cases,
          assay_text_bytes(bytes, (double)size), hash);
done:
  assay_free(hash);
  assay_dataset_close(ds);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct merge_options *o = options;
  struct assay_recipe *recipe = NULL;
  ASSAY_CHECK(o->force || !assay_file_exists(o->output), ASSAY_EARG,
              "%s exists; --force replaces it", o->output);
  if (*o->recipe) ASSAY_TRY(assay_library_recipe(&recipe, o->recipe, NULL));
  const struct assay_merge m = {.path = o->output,
                                .shards = (const char *const *)args,
                                .n_shards = n_args,
                                .recipe = recipe,
                                .manifest = o->manifest,
                                .compression = (enum assay_compression)o->compress,
                                .level = o->level,
                                .find = assay_generator_find};
  ASSAY_TRY(assay_merge(&m));
  ASSAY_TRY(print_result(o->output, out));
done:
  assay_recipe_destroy(recipe);
  return rc;
}

const struct assay_verb assay_verb_merge = {
    .name = "merge",
    .doc = "join shards of a data set, or sets whose cases another recipe has",
    .usage = "SHARD... -o FILE [--manifest | --recipe RECIPE]",
    .detail = "The shards may have been made anywhere, in any order. The merged file is the one\n"
              "that an unsharded run makes, byte for byte (with equal versions of the libraries).\n"
              "With --recipe the files may be of other recipes of the same generator: the cases\n"
              "of RECIPE are taken from where they have the same parameters. Data and hashes\n"
              "are then those of a run; certificates are those of the files.",
    .options = rows,
    .options_size = sizeof(struct merge_options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = -1,
    .run = run};
