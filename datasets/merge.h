/* Shards of one recipe to one file, or to a manifest that names them; or files of other recipes of
 * the same generator to the file of a recipe that has the same cases. */
#ifndef ASSAY_DATASETS_MERGE_H
#define ASSAY_DATASETS_MERGE_H
#include "datasets/recipe.h"

struct assay_merge {
  const char *path;
  const char *const *shards; /* [n_shards] data-set files in any order */
  int n_shards;
  /* NULL: that of the shards; else the cases of this one are taken from wherever they are the same:
   * same generator and version, fields, precision and parameters, and where random numbers are
   * drawn the same seed and index. Certificates are those of the files. Borrowed. */
  const struct assay_recipe *recipe;
  bool manifest; /* keep the shards; path is a JSON file that names them; not with a recipe */
  enum assay_compression compression;
  int level;
  assay_generator_finder *find;
};

/* Verifies the hash of every case. The file is the one that a single run over these cases writes,
 * byte for byte with equal libraries; of another recipe, the one with the same content hash.
 * ASSAY_EARG: shards of different recipes, a case twice, cases missing in between; ASSAY_ECORRUPT,
 * ASSAY_EIO, ASSAY_EUNSUPPORTED (made by another version). */
int assay_merge(const struct assay_merge *m);

#endif
