/* What a data set will take before it is made: per subset its cases, frames, bytes and the seconds
 * that the generator predicts; on request seconds measured on a random sample of the cases.
 *
 * Row (JSON): {set, subset or null, cases, frames, bytes, predicted_seconds or null}; measured ones
 * also have {sampled, mean_seconds, deviation_seconds, total_seconds, error_seconds or null}.
 *
 * The sample is drawn from cases with and without an error estimate of their own separately - at
 * least the share, and one, of each - because those with one run twice. With N_s cases, n_s of them
 * measured, mean m_s and variance v_s in stratum s
 *
 *     total = sum_s N_s m_s,    error^2 = sum_s N_s^2 (1 - n_s / N_s) v_s / n_s
 *
 * (null when a stratum has only one measured of several). Seconds are processor time. */
#ifndef ASSAY_HARNESS_ESTIMATE_H
#define ASSAY_HARNESS_ESTIMATE_H
#include <jansson.h>

#include "harness/produce.h"

/* Append the rows of a run to the list `rows`. share > 0: measure, with p->jobs workers and parts
 * in a temporary folder; nothing is kept. ASSAY_EENV, ASSAY_EIO; ASSAY_EJOB: a case failed or the
 * run was interrupted. */
int assay_estimate_rows(json_t *rows, const struct assay_produce *p, double share);

/* The sum of rows, "set" being "total". The caller owns *out. */
int assay_estimate_total(json_t **out, const json_t *rows);

/* Rows and their total as a table. ASSAY_ENOMEM. */
int assay_estimate_table(const json_t *rows, bool markdown, FILE *out);

#endif
