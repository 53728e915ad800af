/* Whole cases of a file, exactly as stored: for checking and merging. */
#ifndef ASSAY_DATASETS_DATASET_CASE_H
#define ASSAY_DATASETS_DATASET_CASE_H
#include "core/io/sha256.h"
#include "datasets/dataset.h"

/* Case k with its fields, times, errors and certificate (where the file has one). `shape` gives the
 * axes to the last bit where they differ between cases; NULL: those of the file's case 0. `fields`
 * [.. name == NULL] is the table that the case refers to, which must name all of the file; NULL:
 * the file's own. The caller owns *out. ASSAY_EIO, ASSAY_ECORRUPT. */
int assay_dataset_case(struct assay_case **out, const struct assay_dataset *ds, long k,
                       const struct assay_shape *shape, const struct assay_field *fields);

/* The stored hash of case k. ASSAY_ECORRUPT when there is none. */
int assay_dataset_case_hash(char hex[ASSAY_SHA256_HEX], const struct assay_dataset *ds, long k);

/* The hash that the stored data of c = case k have. */
int assay_dataset_rehash(char hex[ASSAY_SHA256_HEX], const struct assay_dataset *ds, long k,
                         const struct assay_case *c);

/* The text variable certificate/reason of case k, "" when there is none; the caller owns *out. */
int assay_dataset_reason(char **out, const struct assay_dataset *ds, long k);

/* NetCDF id of the file that case k lives in, and the index of k in it: for checks of structure. */
int assay_dataset_nc(const struct assay_dataset *ds, long k, long *row);

#endif
