/* Rows outside the box that a table was drawn from, and the law there: where it shows whether an
 * equation is the law or only resembles it where it was fitted. Methods never see these rows. */
#ifndef ASSAY_HARNESS_BEYOND_H
#define ASSAY_HARNESS_BEYOND_H
#include "core/expr/expr.h"
#include "datasets/table.h"

enum {
  ASSAY_BEYOND_ROWS = 1000,
  ASSAY_BEYOND_FEWEST = 100, /* with fewer there are none */
};

/* The box has a side per column: the range of the law that the column was drawn by; without one,
 * that of the rows to learn from (codes 0 and 1 of the split). The rows fill a box around it that
 * is twice as wide on every side: in logarithms of |x| where the law is loguniform, or where there
 * is no law and the values have one sign and span more than a factor of 100; else in x. Signs are
 * those of the law; what has one sign keeps it, whole numbers stay whole. Rows inside the box go,
 * and so do those where the law is not finite or below 2^-126 in size.
 *
 * Random numbers: Philox, keyed by the table's seed and id. */
struct assay_beyond {
  long n; /* 0: the law has too few values there */
  int n_columns;
  double **x; /* [n_columns][n] */
  double *y;  /* [n] */
};

/* ASSAY_ENOTFOUND: no such split; ASSAY_ENOMEM. */
int assay_beyond_create(struct assay_beyond **out, const struct assay_table *t, const char *split,
                        const struct assay_expr *law);
void assay_beyond_destroy(struct assay_beyond *b); /* NULL allowed */

#endif
