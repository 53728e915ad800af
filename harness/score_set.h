/* Scores of equations for a set of tables, from files that anything may have written. */
#ifndef ASSAY_HARNESS_SCORE_SET_H
#define ASSAY_HARNESS_SCORE_SET_H
#include "datasets/table_set.h"
#include "harness/score_equation.h"

/* `predictions` is the file for a set of one, or a folder with a file for each table: ID.nc as
 * methods write it (docs/protocol.md), or ID.txt with a candidate per line, the first of which
 * counts. A table without a readable one has the worst value of every metric, and flaw [set->n]
 * says why; flaw->kind = 0 elsewhere. Cases are the tables in the order of the set. Of the task,
 * split and metrics count. The caller frees *out. ASSAY_ENOTFOUND: there is none for any table. */
int assay_score_set(struct assay_scores **out, struct assay_flaw *flaw,
                    const struct assay_task *task, const struct assay_table_set *set,
                    const char *predictions);

#endif
