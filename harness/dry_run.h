/* What `assay generate --dry-run` shows of a run. */
#ifndef ASSAY_HARNESS_DRY_RUN_H
#define ASSAY_HARNESS_DRY_RUN_H
#include <jansson.h>

#include "harness/produce.h"

/* Bytes free where the file will be; ASSAY_EENV when the run needs more. *room is set all the same.
 */
int assay_dry_run_disk(long long *room, const struct assay_produce *p);

/* For people: shape, first cases, time, room on disk; ASSAY_EENV as above, after everything is
 * printed. */
int assay_dry_run_print(const struct assay_produce *p, FILE *out);

/* {recipe, title, generator, generator_version, seed, first_case, step, cases, jobs, seconds or
 * null, file, bytes, needed_bytes, free_bytes, fields, constant, varying, rows, total} with rows
 * and total of harness/estimate.h. constant: {parameter or group: its value in all cases}, varying:
 * {name: [values, case by case]}. The caller owns *out. */
int assay_dry_run_json(json_t **out, const struct assay_produce *p);

#endif
