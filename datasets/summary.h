/* What cases of several files have in common, as a table: how many, how many frames of them are
 * unique, how far they can be trusted, what they cost. Rows are subsets of files, then the total.
 */
#ifndef ASSAY_DATASETS_SUMMARY_H
#define ASSAY_DATASETS_SUMMARY_H
#include <jansson.h>

#include "datasets/dataset.h"

struct assay_summary;
int assay_summary_create(struct assay_summary **out);
void assay_summary_destroy(struct assay_summary *s); /* NULL allowed */

/* The cases that follow belong to this file. Texts are copied. */
int assay_summary_file(struct assay_summary *s, const struct assay_dataset *ds);
/* Case c with its fields, certificate and error estimates; subset: index in the file, -1: none. */
int assay_summary_case(struct assay_summary *s, const struct assay_case *c, int subset);
/* What a case of file `file` (0: the first) cost; cases that were never entered are ignored. */
void assay_summary_cost(struct assay_summary *s, int file, long id, double cpu_seconds);

/* The caller owns *out: {rows: [row], total: row}, a row being {file, set, subset, cases, frames,
 * unique_frames, limited, diverged, estimated, resolved, errors: {field: {cases, median, p90,
 * max}}, max_divergence, mass_imbalance, energy_residual, volume_balance, cpu_seconds}.
 *
 * unique_frames stops counting a case at its first steady frame. limited: cases with a convection
 * scheme for flows that are not resolved, null where a case does not tell its own. estimated: cases
 * with an estimate of their own; resolved is among them. An error is relative, per case
 *
 *     sqrt(sum_k e_k^2) / sqrt(sum_k rms_k^2)      over the frames k with an estimate e_k,
 *
 * rms_k being that of the field, of the velocity for its components; "time_mean" is the row
 * mean_difference of the certificate. Certificate values are the largest of the cases. What nothing
 * is known about is null. ASSAY_ENOMEM. */
int assay_summary_json(json_t **out, const struct assay_summary *s);

#endif
