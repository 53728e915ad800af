/* The values of the variables of an equation on the command line: `--at x0=1.2,x1=3`, or a table of
 * text. */
#ifndef ASSAY_HARNESS_EQ_COLUMNS_H
#define ASSAY_HARNESS_EQ_COLUMNS_H
#include "core/base/param.h"
#include "core/expr/parse.h"

struct assay_eq_columns {
  int n_columns, n_rows;
  char **name;    /* [n_columns] */
  char **unit;    /* [n_columns] where the header has "name [unit]", NULL elsewhere; NULL: --at */
  double **value; /* [n_columns][n_rows] */
  int *line;      /* [n_rows] of the file, from 1; NULL: there is none */
};

/* "name=value" each; one row. ASSAY_EPARSE. */
int assay_eq_columns_at(struct assay_eq_columns *out, const struct assay_list *at);

/* A header line with names, then rows of as many numbers; nan and inf are numbers. A first line of
 * numbers only is a row, the columns are then x0, x1, ... The first line tells what separates
 * fields: semicolons, else commas, else tabs, else blanks (any number of them). Blanks around
 * fields, empty lines, lines that begin with '#' and a byte order mark are passed over; "fields"
 * may be quoted. A unit stands in brackets behind a name and a blank, whatever it is. ASSAY_EPARSE
 * "file:line: ...". */
int assay_eq_columns_read(struct assay_eq_columns *out, const char *path);

void assay_eq_columns_free(struct assay_eq_columns *c);

#endif
