/* Where a result comes from: source revision, compiler, processor, libraries. Nothing that names
 * the machine or its user. */
#ifndef ASSAY_HARNESS_PROVENANCE_H
#define ASSAY_HARNESS_PROVENANCE_H
#include <jansson.h>

/* Source revision this program was built from ("3f2a..., -dirty" with local changes). */
extern const char assay_revision[];

/* The member "provenance" of a record, started now; the caller owns *out. ASSAY_ENOMEM. */
int assay_provenance(json_t **out);

#endif
