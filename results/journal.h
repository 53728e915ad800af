/* The journal: RESULTS/journal.jsonl, one record per line, only ever appended to.
 *
 * Writers on one machine exclude each other with flock and write a line with one write(2) on an
 * O_APPEND descriptor, then fsync; so a line is whole or, after a crash in the middle of it, the
 * torn last one. The next writer ends a torn line with a newline of its own; readers report torn
 * and unreadable lines by number and go on. Of several lines with the same job the last one counts:
 * running again replaces, and a line with status "withdrawn" takes back. A journal may also be
 * packed (results/packed.h): read then, never written. */
#ifndef ASSAY_RESULTS_JOURNAL_H
#define ASSAY_RESULTS_JOURNAL_H
#include <stddef.h>

#include "results/record.h"

#define ASSAY_JOURNAL_NAME "journal.jsonl"

/* May records be appended to the journal in folder dir (there need be none yet)? ASSAY_EARG: no, it
 * is packed. To be asked before work whose records would have no place. */
int assay_journal_check_open(const char *dir);

/* Check the record and append it to the journal in folder dir (made if it is not there).
 * ASSAY_EPARSE: not a valid record, ASSAY_EARG: the journal there is packed, nothing is written
 * then; ASSAY_EIO. */
int assay_journal_append(const char *dir, json_t *record);

/* One line of a journal. Exactly one of record and problem is set. */
struct assay_journal_line {
  long number;                 /* 1-based */
  long long offset;            /* of its first byte */
  size_t size;                 /* without the newline */
  const char *text;            /* not zero-terminated */
  struct assay_record *record; /* valid during the call */
  const char *problem;         /* why it is no record: "line 17: ..." */
};

/* Every line from byte `from` on (0, or the end of an earlier walk: *end, the byte behind the last
 * newline; *lines is their number: pass it as `number`). A last line without its newline is visited
 * too, but may still grow: it stays outside *end and *lines. Blank lines count but are not visited.
 * A negative code from visit ends the walk. No journal is an empty one. ASSAY_EIO, ASSAY_ECORRUPT.
 */
int assay_journal_walk(const char *dir, long long from, long number, long long *end, long *lines,
                       int (*visit)(void *context, const struct assay_journal_line *line),
                       void *context);

#endif
