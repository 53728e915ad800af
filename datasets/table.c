#include "datasets/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

const char *const assay_table_texts[] = {
    "id",         "title",   "difficulty", "expression", "true_eq_expression", "task",
    "references", "comment", "license",    "generator",  "generator_version",  "recipe_name",
    "seed",       "recipe",  NULL};

const char *const assay_table_roles[] = {"input", "dummy", "coordinate", NULL};

const struct assay_table_row_info assay_table_rows[] = {
    {"acceptance", "1", "share of the drawn rows that were kept"},
    {"noise_median", "1", "median over the rows of the rounding error of y relative to y"},
    {"noise_max", "1", "largest rounding error of y relative to y"},
    {"dynamic_range", "1", "decades between the smallest and the largest |y|"},
    {"signal_to_noise", "1", "rms of y over the rms of the noise put on it"},
    {"input_noise", "1", "rms of the noise put on every input over the rms of that input"},
};

int assay_table_create(struct assay_table **out, long n_rows, int n_columns)
{
  int rc = ASSAY_OK;
  struct assay_table *t = NULL;
  *out = NULL;
  ASSAY_CHECK(n_rows > 0 && n_columns > 0 && n_columns <= ASSAY_TABLE_COLUMNS_MAX, ASSAY_EARG,
              "a table of %ld rows and %d columns; expected at least 1 row and 1 to %d columns",
              n_rows, n_columns, ASSAY_TABLE_COLUMNS_MAX);
  ASSAY_TRY(ASSAY_NEW(&t, 1, "table"));
  t->n_rows = n_rows;
  t->n_columns = n_columns;
  for (int r = 0; r < ASSAY_TABLE_ROWS; r++) t->row[r] = (double)NAN;
  for (int c = 0; c < n_columns; c++)
    t->column[c].effect_median = t->column[c].effect_max = (double)NAN;
  ASSAY_TRY(ASSAY_NEW(&t->x, (size_t)n_rows * (size_t)n_columns, "table"));
  ASSAY_TRY(ASSAY_NEW(&t->y, (size_t)n_rows, "table"));
  *out = t;
  t = NULL;
done:
  assay_table_destroy(t);
  return rc;
}

static void forget(struct assay_table_column *c)
{
  assay_free(c->quantity);
  assay_free(c->unit);
  assay_free(c->law);
}

void assay_table_destroy(struct assay_table *t)
{
  if (!t) return;
  for (int c = 0; c < t->n_columns; c++) forget(&t->column[c]);
  forget(&t->target);
  for (int i = 0; i < ASSAY_TABLE_TEXTS; i++) assay_free(t->text[i]);
  for (int s = 0; s < t->n_splits; s++) {
    assay_free(t->split[s].name);
    assay_free(t->split[s].code);
  }
  assay_free(t->x);
  assay_free(t->y);
  assay_free(t->y_exact);
  assay_free(t);
}

double *assay_table_x(const struct assay_table *t, int column)
{
  return t->x + (ptrdiff_t)column * t->n_rows;
}

const char *assay_table_get(const struct assay_table *t, enum assay_table_text which)
{
  return t->text[which] ? t->text[which] : "";
}

static int replace(char **at, const char *text)
{
  int rc = ASSAY_OK;
  char *copy = NULL;
  ASSAY_TRY(assay_strdup(&copy, text));
  assay_free(*at);
  *at = copy;
done:
  return rc;
}

int assay_table_set(struct assay_table *t, enum assay_table_text which, const char *text)
{
  return replace(&t->text[which], text);
}

int assay_table_describe(struct assay_table_column *c, const char *quantity, const char *unit,
                         const char *law)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(replace(&c->quantity, quantity));
  ASSAY_TRY(replace(&c->unit, unit));
  ASSAY_TRY(replace(&c->law, law));
done:
  return rc;
}

int assay_table_add_split(int8_t **code, struct assay_table *t, const char *name)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(t->n_splits < ASSAY_TABLE_SPLITS_MAX, ASSAY_EARG, "more than %d splits",
              ASSAY_TABLE_SPLITS_MAX);
  struct assay_table_split *s = &t->split[t->n_splits];
  ASSAY_TRY(ASSAY_NEW(&s->code, (size_t)t->n_rows, "split"));
  t->n_splits++;
  ASSAY_TRY(assay_strdup(&s->name, name));
  memset(s->code, -1, (size_t)t->n_rows);
  *code = s->code;
done:
  return rc;
}

int assay_table_split(const int8_t **code, const struct assay_table *t, const char *name)
{
  int rc = ASSAY_OK;
  const char *names[ASSAY_TABLE_SPLITS_MAX + 1] = {NULL};
  char hint[256];
  *code = NULL;
  for (int s = 0; s < t->n_splits; s++) {
    names[s] = t->split[s].name;
    if (strcmp(t->split[s].name, name) == 0) *code = t->split[s].code;
  }
  ASSAY_CHECK(*code, ASSAY_ENOTFOUND, "no split '%s'%s", name,
              assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}

/* ---- hashes --------------------------------------------------------------------------------- */

/* Little-endian doubles, whatever the machine. */
static void add_values(struct assay_sha256 *s, const double *values, long n)
{
  unsigned char block[512 * 8];
  for (long i = 0; i < n; i += 512) {
    const long m = n - i < 512 ? n - i : 512;
    for (long k = 0; k < m; k++) {
      uint64_t bits;
      memcpy(&bits, &values[i + k], 8);
      for (int b = 0; b < 8; b++) block[8 * k + b] = (unsigned char)(bits >> (8 * b));
    }
    assay_sha256_add(s, block, (size_t)m * 8);
  }
}

static void add_column(struct assay_sha256 *s, const char *name, const double *values, long n)
{
  char rows[24];
  snprintf(rows, sizeof rows, "%ld", n);
  assay_sha256_add_text(s, "column");
  assay_sha256_add_text(s, name);
  assay_sha256_add_text(s, "f8");
  assay_sha256_add_text(s, rows);
  add_values(s, values, n);
}

int assay_table_hash(char data[ASSAY_SHA256_HEX], char content[ASSAY_SHA256_HEX],
                     const struct assay_table *t)
{
  int rc = ASSAY_OK;
  char name[16];
  struct assay_sha256 *s = NULL;
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, ASSAY_TABLE_FORMAT);
  for (int c = 0; c < t->n_columns; c++) {
    snprintf(name, sizeof name, "x%d", c);
    add_column(s, name, assay_table_x(t, c), t->n_rows);
  }
  add_column(s, "y", t->y, t->n_rows);
  if (t->y_exact) add_column(s, "y_exact", t->y_exact, t->n_rows);
  assay_sha256_finish(s, data);
  assay_sha256_add_text(s, "assay-table-set/1");
  assay_sha256_add_text(s, assay_table_get(t, ASSAY_TABLE_RECIPE));
  assay_sha256_add_text(s, data);
  assay_sha256_finish(s, content);
done:
  assay_sha256_destroy(s);
  return rc;
}
