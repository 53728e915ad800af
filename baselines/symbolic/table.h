/* The problem of a symbolic search: columns x_0 .. x_(k-1) and a target y, rows for fitting and
 * rows for validation, in memory, in the units they came in.
 *
 * SI data span many decades (targets from 1e-38 to 1e37), so every column carries the geometric
 * mean g of its absolute values. Searches work on x / g and y / g_y, which are of order one, and
 * undo it in the equation they print; comparisons that only make sense between like quantities
 * (sums, angles) are made on the values themselves. */
#ifndef ASSAY_BASELINES_SYMBOLIC_TABLE_H
#define ASSAY_BASELINES_SYMBOLIC_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ASSAY_SR_MAX_VARS = 64, ASSAY_SR_DIMS = 7 };

/* What is known about a column from its values (over all rows). */
struct assay_sr_column {
  double lo, hi;   /* smallest and largest value */
  double scale;    /* geometric mean of |x| over values that are not 0; 1 if there is none */
  int sign;        /* 1: all positive, -1: all negative, 0: otherwise */
  bool usable;     /* finite throughout and not constant */
  bool zeros;      /* 0 occurs */
  bool integers;   /* whole numbers only */
  bool plain;      /* 1e-3 <= |x| <= 1e3 typically: may stand beside pure numbers or be an angle */
  bool dimensions; /* dim is known */
  double dim[ASSAY_SR_DIMS]; /* exponents of m, kg, s, A, K, mol, cd */
};

struct assay_sr_table {
  int n_vars;
  ptrdiff_t n, n_train; /* rows; the first n_train are for fitting, the others for validation */
  double *x;            /* [n_vars, n] column by column */
  double *y;            /* [n] */
  struct assay_sr_column *column; /* [n_vars + 1]; the last one is the target */
};

/* From x [n_vars, n] (column by column) and y [n]: fitting rows `train` [n_train] and validation
 * rows `valid` [n_valid]; everything is copied. Rows whose target is not finite are left out;
 * columns that are not finite in a row that remains, or constant, are kept but not usable. dim
 * [n_vars + 1, 7] may be NULL. ASSAY_EARG: no columns or too many, fewer than 4 fitting rows or no
 * validation row remain. ASSAY_ENOMEM. */
struct assay_sr_source {
  int n_vars;
  ptrdiff_t n;
  const double *x, *y;
  const ptrdiff_t *train, *valid;
  ptrdiff_t n_train, n_valid;
  const double *dim;
};
int assay_sr_table_create(struct assay_sr_table **out, const struct assay_sr_source *from);
void assay_sr_table_destroy(struct assay_sr_table *t);

/* A random choice of fitting rows without repetition, gathered: all of them if there are not more
 * than m. Rows whose target is 0 come last in the choice. */
struct assay_sr_sample {
  int n_vars;
  ptrdiff_t m;
  double *x; /* [n_vars, m] */
  double *y; /* [m] */
};
int assay_sr_sample_create(struct assay_sr_sample **out, const struct assay_sr_table *t,
                           ptrdiff_t m, uint64_t seed);
void assay_sr_sample_destroy(struct assay_sr_sample *s);

#endif
