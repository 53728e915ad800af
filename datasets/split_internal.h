/* Shared by split.c (the table of kinds), split_cfdbench.c and split_stratified.c. */
#ifndef ASSAY_DATASETS_SPLIT_INTERNAL_H
#define ASSAY_DATASETS_SPLIT_INTERNAL_H
#include "datasets/split.h"

enum { ASSAY_SPLIT_PARTS = 3 }; /* train, validation, test */

/* One split being assigned; codes [source->n_cases] are all ASSAY_SPLIT_UNUSED at first. */
struct assay_split {
  const struct assay_node *node;
  const struct assay_split_source *source;
  int8_t *codes;
};

/* Keys train, validation, test as shares; missing ones are 0. ASSAY_EARG unless they sum to at most
 * 1. */
int assay_split_shares(double shares[ASSAY_SPLIT_PARTS], const struct assay_split *s);
/* Whole cases of each part of n; when the shares sum to 1, every case is in one. */
void assay_split_counts(long counts[ASSAY_SPLIT_PARTS], const double shares[ASSAY_SPLIT_PARTS],
                        long n);
/* The quantity that key `by` names, of a case. */
int assay_split_value(double *out, const struct assay_split *s, const char *name, long id);
/* Text of a key, or `otherwise`; ASSAY_EPARSE when there is neither. */
int assay_split_text(const char **out, const struct assay_split *s, const char *key,
                     const char *otherwise);
/* Random bits of a case for this split, by seed, name of the split and id. */
uint64_t assay_split_bits(const struct assay_split *s, long id);
/* Cases of the subsets that key `subsets` lists (without it all cases), in the order of the recipe.
 * The caller frees *ids. */
int assay_split_members(long **ids, long *n, const struct assay_split *s);

int assay_split_cfdbench(const struct assay_split *s);
int assay_split_stratified(const struct assay_split *s);

#endif
