/* What exporters of tables share. */
#ifndef ASSAY_DATASETS_EXPORTERS_TABLES_H
#define ASSAY_DATASETS_EXPORTERS_TABLES_H
#include <stdio.h>

#include "datasets/exporters/exporter.h"

/* A file in the folder of the job, written by `put` with this object. It is on disk when the whole
 * export is. */
int assay_export_text_file(const struct assay_export *job, const char *name,
                           int (*put)(FILE *to, void *object), void *object);

/* exporter csv, of tables: checks what is in the way, writes. */
int assay_export_csv_check_tables(const struct assay_export *job);
int assay_export_csv_tables(const struct assay_export *job);

#endif
