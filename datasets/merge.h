/* Shards of one recipe to one file, or to a manifest that names them. */
#ifndef ASSAY_DATASETS_MERGE_H
#define ASSAY_DATASETS_MERGE_H
#include "datasets/recipe.h"

struct assay_merge {
  const char *path;
  const char *const *shards; /* [n_shards] data-set files in any order */
  int n_shards;
  bool manifest; /* keep the shards; path is a JSON file that names them */
  enum assay_compression compression;
  int level;
  assay_generator_finder *find;
};

/* Verifies the hash of every case. The file is the one that a single run over these cases writes,
 * byte for byte with equal libraries. ASSAY_EARG: shards of different recipes, a case twice, cases
 * missing in between; ASSAY_ECORRUPT, ASSAY_EIO, ASSAY_EUNSUPPORTED (made by another version). */
int assay_merge(const struct assay_merge *m);

#endif
