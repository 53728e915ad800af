/* A user's table as a problem of symbolic regression: which column is the target, which rows are
 * for what, and whether the table can be used at all. */
#ifndef ASSAY_HARNESS_EQ_PROBLEM_H
#define ASSAY_HARNESS_EQ_PROBLEM_H
#include <stddef.h>
#include <stdint.h>

#include "harness/eq_columns.h"

/* Rows are in a random order: the first `fit` fit, the next `choose` choose between equations, the
 * others are held out from both. */
struct assay_eq_problem {
  int n_inputs;
  ptrdiff_t n, fit, choose, held;
  double *x;          /* [n_inputs, n] column by column */
  double *y;          /* [n] */
  char **name;        /* [n_inputs] as equations call the columns */
  const char *target; /* borrowed from the columns */
  int target_column;
};

/* target: a name, "" for the last column. held_share of the rows are held out and as many choose,
 * but two at least; a share of 0 holds none out. The columns must stay. Constant columns and names
 * that no equation could use (those become x0, x1, ... by the place of the column) are warned of.
 * ASSAY_EPARSE "file:line: ..." values that are not finite; ASSAY_ENOTFOUND no such target;
 * ASSAY_EARG no input, too many, two columns of one name, too few rows, a constant target. */
int assay_eq_problem_create(struct assay_eq_problem **out, const struct assay_eq_columns *from,
                            const char *path, const char *target, double held_share, uint64_t seed);
void assay_eq_problem_destroy(struct assay_eq_problem *p);

#endif
