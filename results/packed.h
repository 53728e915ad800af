/* Journals as they are read: RESULTS/journal.jsonl, or where there is none the packed one,
 * RESULTS/journal.jsonl.gz (gzip), for records that are finished and kept: packed they take a
 * fifteenth. A packed journal is read only; `gunzip` makes one of it that runs append to. */
#ifndef ASSAY_RESULTS_PACKED_H
#define ASSAY_RESULTS_PACKED_H
#include <stdbool.h>
#include <stdio.h>

#define ASSAY_PACKED_NAME "journal.jsonl.gz"

/* The journal of folder dir, open at its beginning; of a packed one the content, in a nameless
 * temporary file. The caller closes *out. ASSAY_ENOTFOUND: it has none; ASSAY_ECORRUPT: the packed
 * one is damaged; ASSAY_EIO. */
int assay_journal_read(FILE **out, const char *dir);

/* Is there nothing but a packed journal? */
bool assay_journal_is_packed(const char *dir);

#endif
