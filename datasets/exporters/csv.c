/* Tables as comma-separated text (RFC 4180): whatever is one number per case or per frame. Numbers
 * are in their shortest form that reads back exactly; what does not apply is empty. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/dataset_case.h"
#include "datasets/exporters/tables.h"

static int check(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  if (job->tables) return assay_export_csv_check_tables(job);
  ASSAY_TRY(assay_export_vacant(job, "cases.csv"));
  ASSAY_TRY(assay_export_vacant(job, "columns.csv"));
  if (assay_dataset_info(job->ds)->n_times > 0) ASSAY_TRY(assay_export_vacant(job, "frames.csv"));
done:
  return rc;
}

/* ---- cells ---------------------------------------------------------------------------------- */

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

/* An index into names, or a number. */
static void put_value(FILE *to, double value, const char *const *choices)
{
  if (choices)
    put_text(to, choices[(int)value]);
  else
    put_number(to, value);
}

/* ---- columns of cases.csv, one struct each -------------------------------------------------- */

enum kind { CASE_ID, SUBSET, FRAMES, PARAM, ROW, REASON, SPLIT };
static const char *const split_parts[] = {"unused", "train", "validation", "test"};

struct column {
  enum kind kind;
  const char *name, *unit, *doc;
  const char *const *choices;
  double *values; /* [n_cases] of rows and splits */
  int index;
};

struct table {
  const struct assay_export *job;
  const struct assay_dataset_info *info;
  struct column *columns;
  int n;
};

static struct column *add(struct table *t, enum kind kind, const char *name, const char *unit,
                          const char *doc)
{
  t->columns[t->n] = (struct column){.kind = kind, .name = name, .unit = unit, .doc = doc};
  return &t->columns[t->n++];
}

static int add_rows(struct table *t)
{
  int rc = ASSAY_OK;
  static const char *const no_yes[] = {"false", "true", NULL};
  double *probe = NULL;
  ASSAY_TRY(ASSAY_NEW(&probe, (size_t)t->info->n_cases, "table"));
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++) {
    if (assay_dataset_certificate(t->job->ds, probe, row->name) < 0) continue;
    struct column *c = add(t, ROW, row->name, row->unit ? row->unit : "", row->doc);
    c->choices = row->type == ASSAY_PT_BOOL ? no_yes : row->choices;
    ASSAY_TRY(ASSAY_NEW(&c->values, (size_t)t->info->n_cases, "table"));
    memcpy(c->values, probe, (size_t)t->info->n_cases * sizeof *probe);
  }
  add(t, REASON, "reason", "", "why the case failed or has no error estimate");
done:
  assay_free(probe);
  return rc;
}

static int add_splits(struct table *t)
{
  int rc = ASSAY_OK;
  int8_t *codes = NULL;
  ASSAY_TRY(ASSAY_NEW(&codes, (size_t)t->info->n_cases, "table"));
  for (int s = 0; s < t->info->n_splits; s++) {
    struct column *c = add(t, SPLIT, t->info->splits[s], "", "part of this split");
    ASSAY_TRY(ASSAY_NEW(&c->values, (size_t)t->info->n_cases, "table"));
    ASSAY_TRY(assay_dataset_split(t->job->ds, codes, c->name));
    for (long k = 0; k < t->info->n_cases; k++) c->values[k] = codes[k];
  }
done:
  assay_free(codes);
  return rc;
}

static int add_columns(struct table *t)
{
  int rc = ASSAY_OK, n_rows = 0;
  while (assay_certificate_rows[n_rows].name) n_rows++;
  ASSAY_TRY(ASSAY_NEW(&t->columns, (size_t)(4 + t->info->n_params + n_rows + t->info->n_splits),
                      "table"));
  add(t, CASE_ID, "case_id", "1", "index of the case in the recipe");
  if (t->info->n_subsets > 0) add(t, SUBSET, "subset", "", "subset of the recipe");
  add(t, FRAMES, "n_frames", "1", "frames the case has");
  for (int p = 0; p < t->info->n_params; p++) {
    const struct assay_quantity *q = &t->info->params[p];
    struct column *c = add(t, PARAM, q->name, q->unit ? q->unit : "", q->doc);
    c->choices = q->choices;
    c->index = p;
  }
  ASSAY_TRY(add_rows(t));
  ASSAY_TRY(add_splits(t));
done:
  return rc;
}

static int put_cell(FILE *to, const struct table *t, const struct column *c, long k,
                    const double *params)
{
  int rc = ASSAY_OK;
  char *reason = NULL;
  switch (c->kind) {
  case CASE_ID:
    fprintf(to, "%ld", t->info->case_id[k]);
    break;
  case SUBSET:
    put_text(to, t->info->subsets[assay_dataset_subset(t->job->ds, k)].name);
    break;
  case FRAMES:
    fprintf(to, "%d", assay_dataset_frames(t->job->ds, k));
    break;
  case PARAM:
    put_value(to, params[c->index], c->choices);
    break;
  case ROW:
    put_value(to, c->values[k], c->choices);
    break;
  case REASON:
    ASSAY_TRY(assay_dataset_reason(&reason, t->job->ds, k));
    put_text(to, reason);
    break;
  case SPLIT:
    fputs(split_parts[(int)c->values[k] + 1], to);
    break;
  }
done:
  assay_free(reason);
  return rc;
}

/* Splits may be called like a parameter. */
static const char *prefix_of(const struct column *c)
{
  return c->kind == SPLIT ? "split_" : "";
}

static int put_cases(FILE *to, void *table)
{
  int rc = ASSAY_OK;
  const struct table *t = table;
  double *params = NULL;
  ASSAY_TRY(ASSAY_NEW(&params, (size_t)t->info->n_params, "parameters"));
  for (int c = 0; c < t->n; c++) {
    fprintf(to, "%s%s", c ? "," : "", prefix_of(&t->columns[c]));
    put_text(to, t->columns[c].name);
  }
  fputs("\r\n", to);
  for (long k = 0; k < t->info->n_cases; k++) {
    ASSAY_TRY(assay_dataset_params(t->job->ds, params, k));
    for (int c = 0; c < t->n; c++) {
      fputs(c ? "," : "", to);
      ASSAY_TRY(put_cell(to, t, &t->columns[c], k, params));
    }
    fputs("\r\n", to);
  }
done:
  assay_free(params);
  return rc;
}

/* ---- frames.csv: time, scalars, error estimates --------------------------------------------- */

static bool is_scalar(const struct table *t, int f)
{
  return t->info->fields[f].kind == ASSAY_FIELD_SCALAR;
}

static bool has_error(const struct table *t, int f)
{
  return t->info->fields[f].kind != ASSAY_FIELD_STATIC;
}

/* block [1 + 2 n_fields, n_times]: times, scalars, errors */
static int read_frames(double *block, const struct table *t, long k)
{
  int rc = ASSAY_OK;
  const ptrdiff_t n = t->info->n_times;
  ASSAY_TRY(assay_dataset_times(t->job->ds, block, k));
  for (int f = 0; f < t->info->n_fields; f++) {
    if (is_scalar(t, f))
      ASSAY_TRY(assay_dataset_read(t->job->ds, block + (1 + f) * n, k, f, 0, (int)n));
    if (has_error(t, f))
      ASSAY_TRY(assay_dataset_error(t->job->ds, block + (1 + t->info->n_fields + f) * n, k, f));
  }
done:
  return rc;
}

static void put_frame(FILE *to, const struct table *t, const double *block, long k, int frame)
{
  const ptrdiff_t n = t->info->n_times;
  fprintf(to, "%ld,%d,", t->info->case_id[k], frame);
  put_number(to, block[frame]);
  for (int f = 0; f < 2 * t->info->n_fields; f++) {
    const int of = f % t->info->n_fields;
    if (!(f < t->info->n_fields ? is_scalar(t, of) : has_error(t, of))) continue;
    fputc(',', to);
    put_number(to, block[(1 + f) * n + frame]);
  }
  fputs("\r\n", to);
}

static int put_frames(FILE *to, void *table)
{
  int rc = ASSAY_OK;
  const struct table *t = table;
  double *block = NULL;
  const size_t n = (size_t)t->info->n_times;
  ASSAY_TRY(ASSAY_NEW(&block, (1 + 2 * (size_t)t->info->n_fields) * n, "frames"));
  fputs("case_id,frame,time", to);
  for (int f = 0; f < t->info->n_fields; f++)
    if (is_scalar(t, f)) fprintf(to, ",%s", t->info->fields[f].name);
  for (int f = 0; f < t->info->n_fields; f++)
    if (has_error(t, f)) fprintf(to, ",error_%s", t->info->fields[f].name);
  fputs("\r\n", to);
  for (long k = 0; k < t->info->n_cases; k++) {
    ASSAY_TRY(read_frames(block, t, k));
    for (int i = 0; i < assay_dataset_frames(t->job->ds, k); i++) put_frame(to, t, block, k, i);
    if (t->job->progress) t->job->progress(t->job->user, k + 1, t->info->n_cases);
  }
done:
  assay_free(block);
  return rc;
}

/* ---- columns.csv ---------------------------------------------------------------------------- */

static void put_meaning(FILE *to, const char *file, const char *prefix, const char *name,
                        const char *unit, const char *doc)
{
  fprintf(to, "%s,%s%s,", file, prefix, name);
  put_text(to, unit);
  fputc(',', to);
  put_text(to, doc);
  fputs("\r\n", to);
}

static int put_columns(FILE *to, void *table)
{
  const struct table *t = table;
  fputs("file,column,unit,meaning\r\n", to);
  for (int c = 0; c < t->n; c++)
    put_meaning(to, "cases.csv", prefix_of(&t->columns[c]), t->columns[c].name, t->columns[c].unit,
                t->columns[c].doc);
  if (t->info->n_times == 0) return ASSAY_OK;
  put_meaning(to, "frames.csv", "", "case_id", "1", "index of the case in the recipe");
  put_meaning(to, "frames.csv", "", "frame", "1", "index of the frame");
  put_meaning(to, "frames.csv", "", "time", "s", "time since the start of the case");
  for (int f = 0; f < t->info->n_fields; f++)
    if (is_scalar(t, f))
      put_meaning(to, "frames.csv", "", t->info->fields[f].name, t->info->fields[f].unit,
                  t->info->fields[f].doc);
  for (int f = 0; f < t->info->n_fields; f++)
    if (has_error(t, f))
      put_meaning(to, "frames.csv", "error_", t->info->fields[f].name, t->info->fields[f].unit,
                  "estimated rms error of this field");
  return ASSAY_OK;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int write_table(const struct table *t, const char *name, int (*put)(FILE *, void *))
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct assay_outfile file = {0};
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", t->job->folder, name));
  ASSAY_TRY(assay_outfile_open(&file, path, true));
  ASSAY_TRY(put(file.stream, (void *)(uintptr_t)t)); /* only read */
  ASSAY_TRY(assay_outfile_commit(&file));
done:
  assay_outfile_abort(&file);
  assay_free(path);
  return rc;
}

static int write(const struct assay_export *job)
{
  int rc = ASSAY_OK;
  if (job->tables) return assay_export_csv_tables(job);
  struct table t = {.job = job, .info = assay_dataset_info(job->ds)};
  ASSAY_TRY(add_columns(&t));
  ASSAY_TRY(write_table(&t, "cases.csv", put_cases));
  if (t.info->n_times > 0) ASSAY_TRY(write_table(&t, "frames.csv", put_frames));
  ASSAY_TRY(write_table(&t, "columns.csv", put_columns));
done:
  for (int c = 0; c < t.n; c++) assay_free(t.columns[c].values);
  assay_free(t.columns);
  return rc;
}

const struct assay_exporter assay_exporter_csv = {
    .name = "csv",
    .doc = "what is one number per case or per frame, or tables; no fields on grids (npy has them)",
    .layout = "cases.csv     a row per case: parameters, certificate, splits\n"
              "frames.csv    a row per frame: time, scalars, error estimates\n"
              "columns.csv   units and meanings of the columns of both\n"
              "of tables:\n"
              "ID.csv        a row per row: x0, x1, ..., y, splits\n"
              "tables.csv    a row per table: formula, size, certificate\n"
              "columns.csv   quantity, unit, law and effect of every column",
    .reference = "RFC 4180",
    .of = ASSAY_EXPORT_CASES | ASSAY_EXPORT_TABLES,
    .check = check,
    .write = write};
