/* The numbers behind the pages, for programs. */
#ifndef ASSAY_RESULTS_REPORT_DATA_H
#define ASSAY_RESULTS_REPORT_DATA_H
#include "results/report/parts.h"

/* data/ranking.json, data/ranking.csv, and data/TASK-cases.csv: method, seed, case id, label,
 * metric, field, value of every finished record. */
int assay_report_data(struct report *r);

/* Write one file of the site: write() gets r->to. */
int assay_report_file(struct report *r, const char *name,
                      int (*write)(struct report *r, void *context), void *context);

#endif
