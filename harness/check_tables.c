#include "harness/check_tables.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/io/json.h"
#include "results/text_table.h"

void assay_check_counts(json_t *counts, FILE *out)
{
  const char *name, *separator = "";
  json_t *n;
  json_object_foreach(counts, name, n)
  {
    fprintf(out, "%s%lld %s", separator, (long long)json_integer_value(n), name);
    separator = ", ";
  }
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* "cfdbench/dam", or with its subset "cfdbench/dam prop"; of a set without a name its file. */
static int put_name(struct assay_text_table *t, int line, const json_t *row)
{
  const char *set = *assay_json_get_text(row, "set") ? assay_json_get_text(row, "set")
                                                     : assay_json_get_text(row, "file");
  const char *subset = assay_json_get_text(row, "subset");
  return assay_text_table_put(t, line, 0, "%s%s%s", set, *subset ? " " : "", subset);
}

static int put_number(struct assay_text_table *t, int line, int column, const char *format,
                      double value)
{
  if (isnan(value) || value == 0)
    return assay_text_table_put(t, line, column, value == 0 ? "0" : "-");
  return assay_text_table_put(t, line, column, format, value);
}

/* ---- counts and certificates ---------------------------------------------------------------- */

struct column {
  const char *head, *key, *format;
};
static const struct column columns[] = {
    {"set", NULL, NULL},
    {"cases", "cases", "%.0f"},
    {"frames", "frames", "%.0f"},
    {"unique", "unique_frames", "%.0f"},
    {"limited", "limited", "%.0f"},
    {"diverged", "diverged", "%.0f"},
    {"estimated", "estimated", "%.0f"},
    {"resolved", NULL, NULL}, /* share of the estimated ones */
    {"divergence", "max_divergence", "%.1e"},
    {"mass", "mass_imbalance", "%.1e"},
    {"energy", "energy_residual", "%.1e"},
    {"volume", "volume_balance", "%.1e"},
    {"CPU s", "cpu_seconds", "%.4g"},
};
enum { COLUMNS = sizeof columns / sizeof *columns, RESOLVED = 7 };

static int put_counts(struct assay_text_table *t, int line, const json_t *row)
{
  int rc = ASSAY_OK;
  const double share =
      assay_json_get_number(row, "resolved") / assay_json_get_number(row, "estimated");
  ASSAY_TRY(put_name(t, line, row));
  for (int c = 1; c < COLUMNS; c++)
    if (c == RESOLVED)
      ASSAY_TRY(isnan(share) ? assay_text_table_put(t, line, c, "-")
                             : assay_text_table_put(t, line, c, "%.0f %%", 100 * share));
    else
      ASSAY_TRY(
          put_number(t, line, c, columns[c].format, assay_json_get_number(row, columns[c].key)));
done:
  return rc;
}

static void print(const struct assay_text_table *t, bool markdown, FILE *out)
{
  if (markdown)
    assay_text_table_markdown(t, out);
  else
    assay_text_table_print(t, 0, out);
}

static int print_counts(const json_t *rows, const json_t *total, bool markdown, FILE *out)
{
  int rc = ASSAY_OK;
  struct assay_text_table t = {0};
  const int n = (int)json_array_size(rows);
  ASSAY_TRY(assay_text_table_create(&t, COLUMNS, n + 1));
  for (int c = 0; c < COLUMNS; c++)
    t.columns[c] =
        (struct assay_text_table_column){.head = columns[c].head, .unit = "", .left = c == 0};
  for (int i = 0; i < n; i++) ASSAY_TRY(put_counts(&t, i, json_array_get(rows, (size_t)i)));
  ASSAY_TRY(put_counts(&t, n, total));
  print(&t, markdown, out);
done:
  assay_arena_release(&t.arena);
  return rc;
}

/* ---- error estimates ------------------------------------------------------------------------ */

static int count_errors(const json_t *rows, const json_t *total)
{
  size_t i, n = json_object_size(json_object_get(total, "errors"));
  json_t *row;
  json_array_foreach(rows, i, row) n += json_object_size(json_object_get(row, "errors"));
  return (int)n;
}

static int put_errors(struct assay_text_table *t, int *line, const json_t *row)
{
  int rc = ASSAY_OK;
  const char *field;
  json_t *e;
  json_object_foreach(json_object_get(row, "errors"), field, e)
  {
    ASSAY_TRY(put_name(t, *line, row));
    ASSAY_TRY(assay_text_table_put(t, *line, 1, "%s", field));
    ASSAY_TRY(put_number(t, *line, 2, "%.0f", assay_json_get_number(e, "cases")));
    ASSAY_TRY(put_number(t, *line, 3, "%.2g", assay_json_get_number(e, "median")));
    ASSAY_TRY(put_number(t, *line, 4, "%.2g", assay_json_get_number(e, "p90")));
    ASSAY_TRY(put_number(t, *line, 5, "%.2g", assay_json_get_number(e, "max")));
    ++*line;
  }
done:
  return rc;
}

static int print_errors(const json_t *rows, const json_t *total, bool markdown, FILE *out)
{
  static const char *const heads[] = {
      "relative error of", "field", "cases", "median", "90 %", "largest"};
  int rc = ASSAY_OK, line = 0;
  size_t i;
  json_t *row;
  struct assay_text_table t = {0};
  const int n = count_errors(rows, total);
  if (n == 0) return ASSAY_OK;
  fprintf(out, "\n");
  ASSAY_TRY(assay_text_table_create(&t, 6, n));
  for (int c = 0; c < 6; c++)
    t.columns[c] = (struct assay_text_table_column){.head = heads[c], .unit = "", .left = c < 2};
  json_array_foreach(rows, i, row) ASSAY_TRY(put_errors(&t, &line, row));
  ASSAY_TRY(put_errors(&t, &line, total));
  print(&t, markdown, out);
done:
  assay_arena_release(&t.arena);
  return rc;
}

int assay_check_tables(const json_t *summary, bool markdown, FILE *out)
{
  int rc = ASSAY_OK;
  const json_t *rows = json_object_get(summary, "rows"), *total = json_object_get(summary, "total");
  ASSAY_TRY(print_counts(rows, total, markdown, out));
  ASSAY_TRY(print_errors(rows, total, markdown, out));
done:
  return rc;
}
