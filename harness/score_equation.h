/* Scores of a regression: the equation that a method found for one table (docs/protocol.md).
 *
 * The text counts: the harness evaluates it itself. A prediction that is missing, unreadable, or
 * uses columns that are not there gets the worst value of every metric. Its file is one that a
 * method writes, or text (NAME.txt) with a candidate per line, the first of which counts. */
#ifndef ASSAY_HARNESS_SCORE_EQUATION_H
#define ASSAY_HARNESS_SCORE_EQUATION_H
#include <jansson.h>

#include "datasets/task.h"
#include "harness/scoring.h"

/* One case, no leads. *answer: member of the record, {equation: the selected one as printed here,
 * truth, candidates, complexity as counted by the method (null: not told), values_differ: largest
 * relative difference of the method's own values from those of the text (null: none given, or
 * infinite), differs: whether that is more than ASSAY_ANSWER_TOLERANCE}; NULL when nothing could be
 * read. flaw->kind = 0: none; a flaw's scores are the worst ones. The caller
 * frees both. prediction "": there is none. ASSAY_EIO, ASSAY_ECORRUPT: the table; ASSAY_ENOMEM. */
int assay_score_equation(struct assay_scores **out, json_t **answer, struct assay_flaw *flaw,
                         const struct assay_task *task, const char *table, const char *prediction);

/* Scores of n tables, one case each, with the worst value of every metric; NaN where it has none.
 * ASSAY_ENOTFOUND: an unknown metric; ASSAY_EARG: one of fields. */
int assay_scores_of_equations(struct assay_scores **out, const struct assay_list *metrics, long n);

#endif
