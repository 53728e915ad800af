/* A finished case on disk, before the data-set file is assembled: what --resume finds again. Layout
 * in docs/format.md ("Parts"). A part is written whole or not at all, and ends in a SHA-256 of
 * itself. */
#ifndef ASSAY_DATASETS_PART_H
#define ASSAY_DATASETS_PART_H
#include "core/io/sha256.h"
#include "datasets/recipe.h"

/* What making the case took; differs from run to run, never part of hashes. */
struct assay_part_cost {
  double cpu_seconds, wall_seconds, peak_mb;
};

/* The caller owns *out: FOLDER/case-ID. */
int assay_part_path(char **out, const char *folder, long id);

/* ASSAY_EIO. */
int assay_part_write(const char *folder, const struct assay_recipe *r, const struct assay_case *c,
                     const char *hash, const struct assay_part_cost *cost);

/* The case, its hash and cost (may be NULL). verify: also check the SHA-256. ASSAY_EIO: not there;
 * ASSAY_ECORRUPT: damaged; ASSAY_EARG: of another recipe, seed or generator version. */
int assay_part_read(struct assay_case **out, char hash[ASSAY_SHA256_HEX],
                    struct assay_part_cost *cost, const char *folder, const struct assay_recipe *r,
                    long id, bool verify);

#endif
