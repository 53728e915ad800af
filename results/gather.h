/* Records of the parts of a task (the tables of a regression: member `part` {index, id, of, set})
 * become one record per method and seed, whose cases are the tables in the order of their set, so
 * that ranking and pages see a task like any other.
 *
 *  - Of several records of one part the newest counts, and only parts of the newest set, task
 *    definition and version of the method: a set that was half run again is half there.
 *  - A failed part has the worst value of every metric and counts. So does a part that was not run,
 *    unless no method was run on it: then it has no value and counts for nobody. (Records of a
 *    version that did not write the worst value: no value.)
 *  - Member parts: {of, done, failed, missing, differ}; missing: not run, though another method
 *    was; differ: answers whose values are not those of their equation (ASSAY_ANSWER_TOLERANCE).
 *  - Which parts can be answered from their data at all (part.identifiable) becomes
 *    cases.identifiable. Records of a version that did not write it: `known` is asked.
 *  - Costs are sums over the parts, memory is the largest. */
#ifndef ASSAY_RESULTS_GATHER_H
#define ASSAY_RESULTS_GATHER_H
#include "results/record.h"

/* What is known of the tables of data sets. */
struct assay_table_marks {
  /* Whether the law of a table can be found from its data; true for one that is not known. */
  int (*identifiable)(bool *out, void *self, const char *dataset, const char *table);
  void *self;
};

/* In place: records[0 .. *n) as assay_store_select gives them, without gaps afterwards; those that
 * were joined are destroyed. known may be NULL. ASSAY_EPARSE: a part that makes no sense;
 * ASSAY_ENOMEM; what `known` returns. */
int assay_records_gather(struct assay_record **records, int *n,
                         const struct assay_table_marks *known);

#endif
