/* The SHA-256 of a case and of a data set: what `same data` means. The byte stream is specified in
 * docs/format.md ("Hashes") so that anybody can recompute it. Certificate, error estimates, file
 * layout, compression and journal are outside it. */
#ifndef ASSAY_DATASETS_HASH_H
#define ASSAY_DATASETS_HASH_H
#include "core/io/sha256.h"
#include "datasets/dataset.h"

/* Of the stored fields, the coordinates and the parameters [n_params] of one case. has_time is
 * false when the set has no time dimension. ASSAY_ENOMEM. */
int assay_hash_case(char hex[ASSAY_SHA256_HEX], const struct assay_case *c, bool has_time,
                    int n_params, const struct assay_quantity *params, const double *values);

/* Of a set: its resolved recipe ("" when there is none) and the hashes of its cases in file order.
 */
int assay_hash_set(char hex[ASSAY_SHA256_HEX], const char *recipe, long n_cases, const long *ids,
                   char *const *case_hashes);

#endif
