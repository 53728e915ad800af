/* The text layout of the SRSD sets, which their loaders and the programs built on them read:
 *
 *   train/ID.txt, val/ID.txt, test/ID.txt   one row per line, x0 x1 ... y, single spaces, %.18e
 *   true_eq/ID.txt                          the true equation as one line of text
 *
 * Rows go by the split `position`. The original keeps the true equation as a pickled sympy object;
 * docs/examples/srsd_pickle.py makes that from the text. */
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/num/decimal.h"
#include "datasets/exporters/tables.h"

static const char *const folders[] = {"train", "val", "test", "true_eq"};
enum { PARTS = 3, TRUE_EQ = 3, FOLDERS = 4 };

static int check(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < FOLDERS; i++) ASSAY_TRY(assay_export_vacant(job, folders[i]));
done:
  return rc;
}

/* One part of a table. */
struct part {
  const struct assay_decimal *decimal;
  const struct assay_table *t;
  const int8_t *code;
  int which;
};

static int put_part(FILE *to, void *object)
{
  const struct part *p = object;
  char row[(ASSAY_TABLE_COLUMNS_MAX + 1) * ASSAY_DECIMAL_ROOM];
  for (long i = 0; i < p->t->n_rows; i++) {
    size_t n = 0;
    if (p->code[i] != p->which) continue;
    for (int c = 0; c <= p->t->n_columns; c++) {
      const double value = c < p->t->n_columns ? assay_table_x(p->t, c)[i] : p->t->y[i];
      n += (size_t)assay_decimal_exp18(p->decimal, row + n, value);
      row[n++] = c < p->t->n_columns ? ' ' : '\n';
    }
    fwrite(row, 1, n, to);
  }
  return ASSAY_OK;
}

static int put_equation(FILE *to, void *object)
{
  fprintf(to, "%s\n", assay_table_get(object, ASSAY_TABLE_TRUTH));
  return ASSAY_OK;
}

static int write_one(const struct assay_export *job, const struct assay_decimal *decimal, int k)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  struct assay_table *t = NULL;
  struct part part = {.decimal = decimal};
  ASSAY_TRY(assay_table_set_read(&t, job->tables, k));
  part.t = t;
  ASSAY_TRY(assay_table_split(&part.code, t, "position"));
  for (int i = 0; i < FOLDERS; i++) {
    part.which = i;
    ASSAY_TRY(assay_asprintf(&name, "%s/%s.txt", folders[i], job->tables->entry[k].id));
    if (i < PARTS)
      ASSAY_TRY(assay_export_text_file(job, name, put_part, &part));
    else
      ASSAY_TRY(assay_export_text_file(job, name, put_equation, t));
    assay_free(name);
    name = NULL;
  }
  if (job->progress) job->progress(job->user, k + 1, job->tables->n);
done:
  assay_free(name);
  assay_table_destroy(t);
  return rc;
}

static int write(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct assay_decimal *decimal = NULL;
  ASSAY_TRY(assay_decimal_create(&decimal));
  for (int i = 0; i < FOLDERS; i++) {
    ASSAY_TRY(assay_asprintf(&path, "%s/%s", job->folder, folders[i]));
    ASSAY_TRY(assay_dir_make(path));
    assay_free(path);
    path = NULL;
  }
  for (int k = 0; k < job->tables->n; k++) ASSAY_TRY(write_one(job, decimal, k));
done:
  assay_decimal_destroy(decimal);
  assay_free(path);
  return rc;
}

const struct assay_exporter assay_exporter_srsd = {
    .name = "srsd",
    .doc = "text files of the SRSD sets, for their loaders and scorers",
    .layout = "train/ID.txt     rows of split `position`: x0 x1 ... y, single spaces, %.18e\n"
              "val/ID.txt       the same\n"
              "test/ID.txt      the same\n"
              "true_eq/ID.txt   the true equation, as text",
    .reference = "omron-sinicx/srsd-benchmark; docs/examples/srsd_pickle.py makes its pickles",
    .of = ASSAY_EXPORT_TABLES,
    .check = check,
    .write = write};
