/* Tables as comma-separated text: a file per table, one that lists them, one that explains their
 * columns. Numbers are in their shortest form that reads back exactly. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/exporters/tables.h"

static const char *const parts[] = {"unused", "train", "validation", "test"};

int assay_export_text_file(const struct assay_export *job, const char *name,
                           int (*put)(FILE *to, void *object), void *object)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct assay_outfile file = {0};
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", job->folder, name));
  ASSAY_TRY(assay_outfile_open(&file, path, true));
  ASSAY_TRY(put(file.stream, object));
  ASSAY_TRY(assay_outfile_place(&file));
done:
  assay_outfile_abort(&file);
  assay_free(path);
  return rc;
}

static void put_text(FILE *to, const char *text)
{
  if (!strpbrk(text, ",\"\n\r")) {
    fputs(text, to);
    return;
  }
  fputc('"', to);
  for (; *text; text++) fprintf(to, "%s%c", *text == '"' ? "\"" : "", *text);
  fputc('"', to);
}

static void put_number(FILE *to, double value)
{
  char digits[32];
  if (!isnan(value)) fputs(assay_text_double(digits, value), to);
}

static int put_rows(FILE *to, void *object)
{
  const struct assay_table *t = object;
  for (int c = 0; c < t->n_columns; c++) fprintf(to, "x%d,", c);
  fputs(t->y_exact ? "y,y_exact" : "y", to);
  for (int s = 0; s < t->n_splits; s++) fprintf(to, ",split_%s", t->split[s].name);
  fputs("\r\n", to);
  for (long i = 0; i < t->n_rows; i++) {
    for (int c = 0; c < t->n_columns; c++) {
      put_number(to, assay_table_x(t, c)[i]);
      fputc(',', to);
    }
    put_number(to, t->y[i]);
    if (t->y_exact) fputc(',', to);
    if (t->y_exact) put_number(to, t->y_exact[i]);
    for (int s = 0; s < t->n_splits; s++) fprintf(to, ",%s", parts[t->split[s].code[i] + 1]);
    fputs("\r\n", to);
  }
  return ASSAY_OK;
}

/* What tables.csv and columns.csv gain from one table. */
struct lists {
  FILE *tables, *columns;
};

static void put_table(FILE *to, const struct assay_table *t)
{
  static const enum assay_table_text texts[] = {ASSAY_TABLE_DIFFICULTY, ASSAY_TABLE_EXPRESSION,
                                                ASSAY_TABLE_TRUTH, ASSAY_TABLE_REFERENCE};
  put_text(to, assay_table_get(t, ASSAY_TABLE_ID));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    fputc(',', to);
    put_text(to, assay_table_get(t, texts[i]));
  }
  fprintf(to, ",%ld,%d", t->n_rows, t->n_columns);
  for (int r = 0; r < ASSAY_TABLE_ROWS; r++) {
    fputc(',', to);
    put_number(to, t->row[r]);
  }
  fputs("\r\n", to);
}

static void put_column(FILE *to, const struct assay_table *t, const char *name,
                       const struct assay_table_column *c, const char *role)
{
  put_text(to, assay_table_get(t, ASSAY_TABLE_ID));
  fprintf(to, ",%s,", name);
  put_text(to, c->quantity);
  fputc(',', to);
  put_text(to, c->unit);
  fputc(',', to);
  put_text(to, c->law);
  fprintf(to, ",%s,", role);
  put_number(to, c->effect_median);
  fputc(',', to);
  put_number(to, c->effect_max);
  fputs("\r\n", to);
}

static void put_columns(FILE *to, const struct assay_table *t)
{
  char name[16];
  for (int c = 0; c < t->n_columns; c++) {
    snprintf(name, sizeof name, "x%d", c);
    put_column(to, t, name, &t->column[c], assay_table_roles[t->column[c].role]);
  }
  struct assay_table_column target = t->target;
  target.effect_median = target.effect_max = (double)NAN;
  put_column(to, t, "y", &target, "target");
}

static int write_one(const struct assay_export *job, const struct lists *lists, int k)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  struct assay_table *t = NULL;
  ASSAY_TRY(assay_table_set_read(&t, job->tables, k));
  ASSAY_TRY(assay_asprintf(&name, "%s.csv", job->tables->entry[k].id));
  ASSAY_TRY(assay_export_text_file(job, name, put_rows, t));
  put_table(lists->tables, t);
  put_columns(lists->columns, t);
  if (job->progress) job->progress(job->user, k + 1, job->tables->n);
done:
  assay_free(name);
  assay_table_destroy(t);
  return rc;
}

static int open_list(struct assay_outfile *file, const struct assay_export *job, const char *name)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", job->folder, name));
  ASSAY_TRY(assay_outfile_open(file, path, true));
done:
  assay_free(path);
  return rc;
}

int assay_export_csv_check_tables(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  ASSAY_TRY(assay_export_vacant(job, "tables.csv"));
  ASSAY_TRY(assay_export_vacant(job, "columns.csv"));
  for (int k = 0; k < job->tables->n; k++) {
    ASSAY_TRY(assay_asprintf(&name, "%s.csv", job->tables->entry[k].id));
    ASSAY_TRY(assay_export_vacant(job, name));
    assay_free(name);
    name = NULL;
  }
done:
  assay_free(name);
  return rc;
}

int assay_export_csv_tables(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  struct assay_outfile tables = {0}, columns = {0};
  ASSAY_TRY(open_list(&tables, job, "tables.csv"));
  ASSAY_TRY(open_list(&columns, job, "columns.csv"));
  fputs("table,difficulty,formula,true_equation,reference,rows,columns", tables.stream);
  for (int r = 0; r < ASSAY_TABLE_ROWS; r++)
    fprintf(tables.stream, ",%s", assay_table_rows[r].name);
  fputs("\r\n", tables.stream);
  fputs("table,column,quantity,unit,drawn,role,effect_median,effect_max\r\n", columns.stream);
  const struct lists lists = {tables.stream, columns.stream};
  for (int k = 0; k < job->tables->n; k++) ASSAY_TRY(write_one(job, &lists, k));
  ASSAY_TRY(assay_outfile_commit(&tables));
  ASSAY_TRY(assay_outfile_commit(&columns));
done:
  assay_outfile_abort(&tables);
  assay_outfile_abort(&columns);
  return rc;
}
