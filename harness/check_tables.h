/* The summary of datasets/summary.h as two tables: counts and certificates, error estimates. */
#ifndef ASSAY_HARNESS_CHECK_TABLES_H
#define ASSAY_HARNESS_CHECK_TABLES_H
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* ASSAY_ENOMEM. */
int assay_check_tables(const json_t *summary, bool markdown, FILE *out);

/* {name: cases} in a line: "47 central, 37 limited". */
void assay_check_counts(json_t *counts, FILE *out);

#endif
