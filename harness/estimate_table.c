#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/io/json.h"
#include "harness/estimate.h"
#include "results/text_table.h"

static int put_name(struct assay_text_table *t, int line, int column, const json_t *row)
{
  const char *subset = json_string_value(json_object_get(row, "subset"));
  return assay_text_table_put(t, line, column, "%s%s%s",
                              json_string_value(json_object_get(row, "set")), subset ? " " : "",
                              subset ? subset : "");
}

static int put_count(struct assay_text_table *t, int line, int column, const json_t *row,
                     const char *key)
{
  return assay_text_table_put(t, line, column, "%.0f", assay_json_get_number(row, key));
}

/* "1.93 +- 0.24" in units of `unit` seconds */
static int put_pair(struct assay_text_table *t, int line, int column, double value, double spread,
                    double unit)
{
  if (isnan(value)) return assay_text_table_put(t, line, column, "-");
  if (isnan(spread)) return assay_text_table_put(t, line, column, "%.3g", value / unit);
  return assay_text_table_put(t, line, column, "%.3g ± %.2g", value / unit, spread / unit);
}

static int put_row(struct assay_text_table *t, int line, const json_t *row, bool measured,
                   double unit)
{
  int rc = ASSAY_OK, c = 0;
  char bytes[32];
  ASSAY_TRY(put_name(t, line, c++, row));
  ASSAY_TRY(put_count(t, line, c++, row, "cases"));
  ASSAY_TRY(put_count(t, line, c++, row, "frames"));
  ASSAY_TRY(assay_text_table_put(t, line, c++, "%s",
                                 assay_text_bytes(bytes, assay_json_get_number(row, "bytes"))));
  if (measured) {
    ASSAY_TRY(put_count(t, line, c++, row, "sampled"));
    ASSAY_TRY(put_pair(t, line, c++, assay_json_get_number(row, "mean_seconds"),
                       assay_json_get_number(row, "deviation_seconds"), 1));
    ASSAY_TRY(put_pair(t, line, c++, assay_json_get_number(row, "total_seconds"),
                       assay_json_get_number(row, "error_seconds"), unit));
  }
  ASSAY_TRY(
      put_pair(t, line, c, assay_json_get_number(row, "predicted_seconds"), (double)NAN, unit));
done:
  return rc;
}

int assay_estimate_table(const json_t *rows, bool markdown, FILE *out)
{
  enum { HOUR = 3600, LONG = 360 };
  static const char *const plain[] = {"set", "cases", "frames", "size", NULL};
  static const char *const more[] = {"set",     "cases",      "frames", "size",
                                     "sampled", "s per case", NULL,     "by its model"};
  int rc = ASSAY_OK;
  const bool measured = json_object_get(json_array_get(rows, 0), "sampled") != NULL;
  const char *const *heads = measured ? more : plain;
  const int n = (int)json_array_size(rows), columns = measured ? 8 : 5;
  json_t *total = NULL;
  struct assay_text_table t = {0};
  ASSAY_TRY(assay_estimate_total(&total, rows));
  const double seconds =
      assay_json_get_number(total, measured ? "total_seconds" : "predicted_seconds");
  const double unit = seconds < LONG ? 1 : HOUR;
  ASSAY_TRY(assay_text_table_create(&t, columns, n + (n > 1)));
  for (int c = 0; c < columns; c++)
    t.columns[c] = (struct assay_text_table_column){.head = heads[c]   ? heads[c]
                                                            : unit > 1 ? "core hours"
                                                                       : "core seconds",
                                                    .unit = "",
                                                    .left = c == 0};
  for (int i = 0; i < n; i++)
    ASSAY_TRY(put_row(&t, i, json_array_get(rows, (size_t)i), measured, unit));
  if (n > 1) ASSAY_TRY(put_row(&t, n, total, measured, unit));
  if (markdown)
    assay_text_table_markdown(&t, out);
  else
    assay_text_table_print(&t, 0, out);
done:
  json_decref(total);
  assay_arena_release(&t.arena);
  return rc;
}
