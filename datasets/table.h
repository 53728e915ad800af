/* A table: the rows from which an equation is to be found. In memory column by column, in a file
 * (docs/format.md, "Tables") as x(row, column) and y(row). */
#ifndef ASSAY_DATASETS_TABLE_H
#define ASSAY_DATASETS_TABLE_H
#include <stdbool.h>
#include <stdint.h>

#include "core/io/sha256.h"

#define ASSAY_TABLE_FORMAT "assay-table/1"
enum { ASSAY_TABLE_COLUMNS_MAX = 64, ASSAY_TABLE_SPLITS_MAX = 4 };

/* Texts of a table: root attributes of its file; the order of assay_table_texts. */
enum assay_table_text {
  ASSAY_TABLE_ID,
  ASSAY_TABLE_TITLE,
  ASSAY_TABLE_DIFFICULTY,
  ASSAY_TABLE_EXPRESSION, /* over the columns x0, x1, ...: what made y */
  ASSAY_TABLE_TRUTH,      /* what metrics compare with; differs only where the original data do */
  ASSAY_TABLE_TASK,       /* regression, derivative, trajectory */
  ASSAY_TABLE_REFERENCE,
  ASSAY_TABLE_NOTES,
  ASSAY_TABLE_LICENSE,
  ASSAY_TABLE_GENERATOR,
  ASSAY_TABLE_VERSION,
  ASSAY_TABLE_RECIPE_NAME,
  ASSAY_TABLE_SEED,
  ASSAY_TABLE_RECIPE,
  ASSAY_TABLE_TEXTS
};
extern const char *const assay_table_texts[]; /* attribute names, NULL-terminated */

/* Numbers about a table: its certificate; the order of assay_table_rows. NaN: not known. */
enum assay_table_row {
  ASSAY_TABLE_ACCEPTANCE,   /* share of the drawn rows that were kept */
  ASSAY_TABLE_NOISE_MEDIAN, /* rounding error of y relative to y, over the rows */
  ASSAY_TABLE_NOISE_MAX,
  ASSAY_TABLE_DYNAMIC_RANGE,   /* decades between the smallest and the largest |y| */
  ASSAY_TABLE_SIGNAL_TO_NOISE, /* rms of y over that of the noise put on it */
  ASSAY_TABLE_INPUT_NOISE,     /* rms of the noise put on every input over the rms of the input */
  ASSAY_TABLE_ROWS
};
struct assay_table_row_info {
  const char *name, *unit, *doc;
};
extern const struct assay_table_row_info assay_table_rows[]; /* [ASSAY_TABLE_ROWS] */

enum assay_table_role {
  ASSAY_COLUMN_INPUT,
  ASSAY_COLUMN_DUMMY,
  ASSAY_COLUMN_COORDINATE, /* time and number of the trajectory: no formula has it */
};
extern const char *const assay_table_roles[]; /* names in this order, NULL-terminated */

/* Texts are owned by the table; "" unknown or not given. */
struct assay_table_column {
  char *quantity; /* physical name */
  char *unit;     /* UDUNITS text */
  char *law;      /* how it was drawn */
  enum assay_table_role role;
  double effect_median, effect_max; /* relative change of y when this column is shuffled; NaN */
};

struct assay_table_split {
  char *name;
  int8_t *code; /* [n_rows] 0 train, 1 validation, 2 test, -1 unused */
};

struct assay_table {
  long n_rows;
  int n_columns;
  double *x;       /* [n_columns, n_rows] */
  double *y;       /* [n_rows] */
  double *y_exact; /* [n_rows] before noise was put on it; NULL: there is none */
  struct assay_table_column column[ASSAY_TABLE_COLUMNS_MAX]; /* called x0, x1, ... */
  struct assay_table_column target;
  char *text[ASSAY_TABLE_TEXTS];
  double row[ASSAY_TABLE_ROWS];
  int n_splits;
  struct assay_table_split split[ASSAY_TABLE_SPLITS_MAX];
};

/* Room for x and y, zero; no texts, certificate unknown. ASSAY_EARG, ASSAY_ENOMEM. */
int assay_table_create(struct assay_table **out, long n_rows, int n_columns);
void assay_table_destroy(struct assay_table *t); /* NULL allowed */

double *assay_table_x(const struct assay_table *t, int column);
/* "" when it was not set. */
const char *assay_table_get(const struct assay_table *t, enum assay_table_text which);
int assay_table_set(struct assay_table *t, enum assay_table_text which, const char *text);
int assay_table_describe(struct assay_table_column *c, const char *quantity, const char *unit,
                         const char *law);
/* A split, all rows unused. ASSAY_ENOMEM. */
int assay_table_add_split(int8_t **code, struct assay_table *t, const char *name);
/* Codes of a split [n_rows], borrowed. ASSAY_ENOTFOUND. */
int assay_table_split(const int8_t **code, const struct assay_table *t, const char *name);

/* SHA-256 of the data alone, and with the recipe: docs/format.md. ASSAY_ENOMEM. */
int assay_table_hash(char data[ASSAY_SHA256_HEX], char content[ASSAY_SHA256_HEX],
                     const struct assay_table *t);

/* The file appears when it is whole. lazy: without waiting for the disk; what a crash of the
 * machine leaves then, reading finds out by the hash. ASSAY_EIO. */
int assay_table_write(const struct assay_table *t, const char *path, bool lazy);
/* ASSAY_EIO, ASSAY_ECORRUPT with the path. The hashes that the file names are compared with its
 * data. */
int assay_table_read(struct assay_table **out, const char *path);
/* Whether the file is a table (and not a data set of cases). */
bool assay_table_is(const char *path);

#endif
