/* Which cases, frames and fields of two data sets go together. */
#ifndef ASSAY_HARNESS_DIFF_MATCH_H
#define ASSAY_HARNESS_DIFF_MATCH_H
#include "harness/diff.h"

/* The same grid? ASSAY_EARG names both. */
int assay_diff_check_grid(const struct assay_diff *diff);

/* Fill pairs (without their frames). ASSAY_EARG: no case in common; ASSAY_ENOTFOUND: a parameter.
 */
int assay_diff_pair_cases(struct assay_diff *diff, const struct assay_list *match);

/* Fill fields (without values). ASSAY_EARG: none in common; ASSAY_ENOTFOUND: one that is asked for.
 */
int assay_diff_pair_fields(struct assay_diff *diff, const struct assay_list *wanted);

/* Fill where. ASSAY_ENOTFOUND; ASSAY_EARG: not a field with frames. */
int assay_diff_find_where(struct assay_diff *diff, const char *name);

/* Why field a of the first and b of the second set cannot be compared; NULL: they can. */
const char *assay_diff_obstacle(const struct assay_field *a, const struct assay_field *b);

/* Frames of a pair with the same time: index in the first and in the second set, [n_times] of the
 * first; fills the pair. Sets that do not state their times go by index. */
int assay_diff_pair_frames(struct assay_diff_pair *pair, int *first, int *second,
                           const struct assay_diff *diff);

/* Whether a parameter of both sets has the same value in a pair: numbers to 12 digits, choices by
 * name. */
bool assay_diff_same_parameter(const struct assay_diff *diff, const struct assay_diff_pair *pair,
                               int in_a, int in_b);

#endif
