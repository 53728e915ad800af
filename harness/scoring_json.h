/* Scores in the form of records (results/record.h). */
#ifndef ASSAY_HARNESS_SCORING_JSON_H
#define ASSAY_HARNESS_SCORING_JSON_H
#include <jansson.h>

#include "harness/scoring.h"

/* Put all scores into the member "scores" of a record. ASSAY_ENOMEM. */
int assay_scores_add(json_t *record, const struct assay_scores *scores,
                     const struct assay_list *fields);

/* {scores: as in a record, leads: {...}} alone; the caller owns *out. */
int assay_scores_json(json_t **out, const struct assay_scores *scores,
                      const struct assay_list *fields);

/* {label, unit, times} */
json_t *assay_scores_leads(const struct assay_scores *scores);

#endif
