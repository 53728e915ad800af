/* How far two data sets of one layout differ: case by case, field by field, frame by frame.
 *
 * Cases are paired by their ids or by parameters, frames by their times. With a, b a field of the
 * first and of the second set, and rms over the fluid cells of the first (harness/validate.h),
 *
 *     d_k = rms(a_k - b_k) / max(rms(s_k), 1e-3 max_k rms(s_k))        in frame k
 *     d   = sqrt(sum_k rms(a_k - b_k)^2) / sqrt(sum_k rms(s_k)^2)      over a case
 *     m   = rms(<a> - <b>) / sqrt(<rms(s_k)^2>)                        of the means over its frames
 *
 * s is a, for a component of the velocity the velocity vector of the first set: d_k and m are those
 * of the certificate (datasets/certify.h), d is the measure of the table of `assay check`, and for
 * other fields the metric rel_l2. Where nothing is (s = 0), equal fields differ by 0 and others by
 * infinity.
 *
 * Cells may be weighed by a field of the first set beside, such as a volume fraction, which makes
 * frames and cells count as far as they hold that fluid.
 *
 * Frames count that both cases have, up to the first one that repeats the steady state in both.
 * Those that hold anything but finite numbers in the fluid are counted and left out. */
#ifndef ASSAY_HARNESS_DIFF_H
#define ASSAY_HARNESS_DIFF_H
#include <jansson.h>
#include <stdio.h>

#include "datasets/dataset.h"

/* A case that is in both sets, by position. */
struct assay_diff_pair {
  long a, b;
  int n_frames; /* paired ones, those that repeat a steady state included */
  int n_used;   /* without these */
  bool whole;   /* neither has frames that the other lacks */
};

/* One field of one pair. */
struct assay_diff_value {
  double relative, worst, mean; /* d, largest d_k, m (not of a static field); NaN: no frame can be
                                   compared */
  int worst_frame;              /* index in the first set, -1: none */
  int unusable;                 /* frames with numbers that are not finite */
  bool same;                    /* as many frames, all numbers the same bits */
};

struct assay_diff_field {
  int a, b; /* index in the sets */
  const struct assay_field *field;
  struct assay_diff_value *values; /* [n_pairs] */
  double *by_frame; /* [n_pairs, n_times of the first] d_k, NaN where it is not used */
};

/* One of the two sets. */
struct assay_diff_side {
  const struct assay_dataset *ds;
  const struct assay_dataset_info *info;
  double *params; /* [n_cases, n_params] */
  double *steady; /* [n_cases] first frame that repeats the steady state; NaN: unknown, -1: none */
};

struct assay_diff {
  struct assay_diff_side a, b;
  long n_pairs;
  struct assay_diff_pair *pairs; /* in the order of the first set */
  int where;                     /* field of the first set that weighs the cells; -1: all alike */
  int n_fields;
  struct assay_diff_field *fields;
};

struct assay_diff_options {
  struct assay_list fields; /* which; n == 0: all that both have */
  struct assay_list match;  /* n == 0: by id; "parameters": by all that vary; else by these */
  const char *where;        /* name of the field that weighs the cells; NULL or "": none */
  void (*progress)(void *user, long done, long n_pairs);
  void *user;
};

/* Both sets must outlive *out. ASSAY_EARG: another grid, no case or field in common, or a field
 * that cannot weigh cells; ASSAY_ENOTFOUND: a field or parameter that one of them lacks; ASSAY_EIO.
 */
int assay_diff_create(struct assay_diff **out, const struct assay_dataset *a,
                      const struct assay_dataset *b, const struct assay_diff_options *options);
void assay_diff_destroy(struct assay_diff *diff);

/* Everything about it: {a, b, identical, cases, fields, parameters, coordinates, frames, rows,
 * by_frame, per_case} (docs/diff.md). frames: so many, spread evenly, in by_frame; subsets: rows of
 * the subsets of the first set before those of all cases. The caller owns *out. */
int assay_diff_json(json_t **out, const struct assay_diff *diff, int frames, bool subsets);

/* The same for people; Markdown: only the tables. ASSAY_ENOMEM. */
int assay_diff_print(const json_t *diff, bool markdown, FILE *out);

#endif
