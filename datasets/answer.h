/* What a method answers (pred.nc): equations over x0, x1, ..., as text.
 *
 * To a task of kind regression: candidates, simplest first or in any order, one of them selected.
 *
 *   dimensions: candidate; row (of inputs.nc), only with y
 *   string equation(candidate);  int complexity(candidate), optional;  double y(row), optional:
 *   the values of the selected equation
 *   :selected = index of the candidate that counts, from 0 (0 if absent)
 *
 * To a task of kind discovery: the rates of all states, in their order.
 *
 *   dimensions: state
 *   string equation(state);  int complexity(state), optional */
#ifndef ASSAY_DATASETS_ANSWER_H
#define ASSAY_DATASETS_ANSWER_H
#include <stdbool.h>

enum { ASSAY_ANSWER_MAX = 1000 }; /* candidates */

struct assay_answer {
  bool system; /* of a discovery: neither selection nor values */
  int n;
  char **equation; /* [n] */
  int *complexity; /* [n] as the method counts; NULL: not told */
  int selected;
  long n_rows; /* 0: no values */
  double *y;   /* [n_rows] NULL: none */
};

/* The file appears when it is whole. ASSAY_EARG: no candidate or too many; ASSAY_EIO. */
int assay_answer_write(const struct assay_answer *answer, const char *path);
/* The caller releases *out. ASSAY_EIO: no NetCDF file; ASSAY_ECORRUPT: not laid out as above. */
int assay_answer_read(struct assay_answer *out, const char *path);
/* The same of a discovery. */
int assay_answer_read_system(struct assay_answer *out, const char *path);
void assay_answer_release(struct assay_answer *answer);

#endif
