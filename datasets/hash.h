/* The SHA-256 of a case and of a data set: what `same data` means. The byte stream is specified in
 * docs/format.md ("Hashes") so that anybody can recompute it. Certificate, error estimates, file
 * layout, compression and journal are outside it. */
#ifndef ASSAY_DATASETS_HASH_H
#define ASSAY_DATASETS_HASH_H
#include "core/io/sha256.h"
#include "datasets/dataset.h"

/* What is hashed of one case. */
struct assay_hash_source {
  const struct assay_case *c;
  bool has_time;                    /* the set has a time dimension */
  const double *const *coordinates; /* [n_axes] values as stored; NULL for an index axis */
  int n_params;
  const struct assay_quantity *params;
  const double *values; /* [n_params] */
};

/* Of the stored fields, the coordinates and the parameters of one case. ASSAY_ENOMEM. */
int assay_hash_case(char hex[ASSAY_SHA256_HEX], const struct assay_hash_source *source);

/* Coordinates of a shape, one block that the caller frees: x [n_axes] of pointers into *block. */
int assay_hash_coordinates(double **block, const double *x[ASSAY_AXES_MAX],
                           const struct assay_shape *shape);

/* Of a set: its resolved recipe ("" when there is none) and the hashes of its cases in file order.
 */
int assay_hash_set(char hex[ASSAY_SHA256_HEX], const char *recipe, long n_cases, const long *ids,
                   char *const *case_hashes);

#endif
