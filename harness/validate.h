/* Whether a prediction can be scored: every asked field at every asked time of every test case, on
 * the right grid, in floating point, finite. */
#ifndef ASSAY_HARNESS_VALIDATE_H
#define ASSAY_HARNESS_VALIDATE_H
#include "harness/cut.h"

enum assay_flaw_kind {
  ASSAY_FLAW_NONE,
  ASSAY_FLAW_MISSING,   /* no file */
  ASSAY_FLAW_SHAPE,     /* not NetCDF, or other cases, fields, axes, times than asked for */
  ASSAY_FLAW_NONFINITE, /* NaN, infinity or fill in the fluid */
};
extern const char *const assay_flaw_names[]; /* in this order, as in records */

struct assay_flaw {
  int kind;
  char text[512]; /* "u of case 3 at 0.7 s is nan (cell 12 of 4096)"; "" without a flaw */
};

/* Opens the prediction; *out is NULL when there is a flaw that keeps it from being read. With
 * ASSAY_FLAW_NONFINITE it is open, and *good [n_test] tells which cases are finite, as diagnosis.
 * Case numbers in texts are positions in inputs.nc. ASSAY_EIO, ASSAY_ENOMEM. */
int assay_validate(struct assay_flaw *flaw, struct assay_dataset **out, bool *good,
                   const struct assay_cut *cut, const char *prediction);

/* Weights of the cells of case k: fluid volume, sum 1 (the static field "mask", below 0.5 is solid;
 * without it all cells count). [points] ASSAY_ECORRUPT: all is solid. */
int assay_fluid_weights(const struct assay_dataset *ds, double *weights, long k);
/* The same of test case i. */
int assay_cut_weights(const struct assay_cut *cut, double *weights, long i);

#endif
