/* Tables of texts: aligned columns for a terminal, Markdown, and numbers with as many digits as
 * their uncertainty allows. */
#ifndef ASSAY_RESULTS_TEXT_TABLE_H
#define ASSAY_RESULTS_TEXT_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "results/arena.h"

struct assay_text_table_column {
  const char *head, *unit; /* unit: second line of the head; "" for none */
  bool left;               /* texts; numbers stand right */
  int drop;                /* > 0: may be left out where it is narrow, highest first */
};

struct assay_text_table {
  struct assay_arena arena; /* owns the texts that are made for the table */
  int n_columns, n_rows;
  int n_used;                              /* columns that are there, the first ones */
  struct assay_text_table_column *columns; /* [n_columns] */
  const char **cells;                      /* [n_rows, n_columns], NULL: empty */
};

/* n_columns at most; n_used = n_columns. Release with assay_arena_release(&t->arena). */
int assay_text_table_create(struct assay_text_table *t, int n_columns, int n_rows);
/* Cell (row, column) gets a formatted text. */
int assay_text_table_put(struct assay_text_table *t, int row, int column, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Columns in terminal cells; where they are wider than width (0: no limit) the droppable ones go,
 * and a line says which. Widths count UTF-8 characters. */
void assay_text_table_print(const struct assay_text_table *t, int width, FILE *to);
/* GitHub's pipe table, cells escaped. */
void assay_text_table_markdown(const struct assay_text_table *t, FILE *to);

/* Characters of a UTF-8 text (combining and wide ones are not looked into). */
int assay_text_table_text_width(const char *text);

enum { ASSAY_NUMBER_TEXT = 32 };
/* value with digits that the interval [low, high] justifies: two of its half width, at least two
 * and at most six significant ones; three where there is no interval (NaN). "-" for NaN. */
const char *assay_value_text(char out[ASSAY_NUMBER_TEXT], double value, double low, double high);
/* "[low, high]" with the decimals and exponent of the value; "" without an interval. */
const char *assay_interval_text(char out[2 * ASSAY_NUMBER_TEXT], double value, double low,
                                double high);

#endif
