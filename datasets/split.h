/* Named splits of a recipe: which cases train, validate and test. */
#ifndef ASSAY_DATASETS_SPLIT_H
#define ASSAY_DATASETS_SPLIT_H
#include <stdint.h>

#include "core/base/config.h"

enum { ASSAY_SPLIT_UNUSED = -1, ASSAY_SPLIT_TRAIN, ASSAY_SPLIT_VALIDATION, ASSAY_SPLIT_TEST };

/* What the rules of splits may look at. */
struct assay_split_source {
  long n_cases;
  uint64_t seed;
  void *user;
  /* value of a parameter or derived group of a case, NaN with a message when there is none */
  int (*value)(double *out, const void *user, const char *name, long id);
  /* index of the subset called name, -1: none; of the case */
  int (*find_subset)(const void *user, const char *name);
  int (*subset_of)(const void *user, long id);
  /* for each of ids [n] the first among them that is the same case, itself when there is none */
  int (*first_alike)(long *out, const void *user, const long *ids, long n);
};

/* Codes [n_cases] of the split that `node` (a mapping, its key the name) describes. ASSAY_EPARSE,
 * ASSAY_EARG, ASSAY_ENOTFOUND with the position. */
int assay_split_assign(int8_t *codes, const struct assay_node *node,
                       const struct assay_split_source *source);

#endif
