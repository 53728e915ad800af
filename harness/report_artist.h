/* Pictures for report pages, from kept predictions and truths. */
#ifndef ASSAY_HARNESS_REPORT_ARTIST_H
#define ASSAY_HARNESS_REPORT_ARTIST_H
#include "results/report/report.h"

/* Artefact paths of records are relative to the results folder. */
int assay_artist_create(struct assay_report_artist *out, const char *results);
void assay_artist_destroy(struct assay_report_artist *artist); /* a zeroed one is fine */

#endif
