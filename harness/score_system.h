/* Scores of a discovery: the right-hand sides that a method found for all states of a system
 * (docs/protocol.md).
 *
 * Metrics of equations are taken of every state and averaged, metrics of systems of all together.
 * An answer that is missing, unreadable, has another number of equations than the system has
 * states, or uses columns that are no states gets the worst value of every metric. */
#ifndef ASSAY_HARNESS_SCORE_SYSTEM_H
#define ASSAY_HARNESS_SCORE_SYSTEM_H
#include <jansson.h>

#include "datasets/task.h"
#include "harness/scoring.h"

/* tables [n]: paths of the tables of the n states, in their order. *answer: member of the record,
 * {equation, truth: of all states, joined by "; "}; otherwise as assay_score_equation. */
int assay_score_system(struct assay_scores **out, json_t **answer, struct assay_flaw *flaw,
                       const struct assay_task *task, char *const *tables, int n,
                       const char *prediction);

#endif
