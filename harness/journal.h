/* The journal beside a data set: one JSON line per case and run, with what it cost. What differs
 * from run to run is here and never in the file. */
#ifndef ASSAY_HARNESS_JOURNAL_H
#define ASSAY_HARNESS_JOURNAL_H
#include <stdbool.h>

struct assay_journal_cost {
  double cpu_seconds, wall_seconds, steps, peak_mb;
};

struct assay_journal;
/* append: go on with what is there. ASSAY_EIO. */
int assay_journal_open(struct assay_journal **out, const char *path, bool append);
int assay_journal_start(struct assay_journal *j, const char *recipe, int jobs);
/* cost and reason may be NULL. */
int assay_journal_case(struct assay_journal *j, const char *status, long id,
                       const struct assay_journal_cost *cost, const char *reason);
void assay_journal_close(struct assay_journal *j);

/* Calls each() for every line of the journal `path` that says what a case cost; of several lines of
 * a case the last one counts. No such file is fine. ASSAY_EIO, ASSAY_ENOMEM. */
int assay_journal_costs(const char *path, void *user,
                        void (*each)(void *user, long id, const struct assay_journal_cost *cost));

#endif
