#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/io/json.h"
#include "harness/diff.h"
#include "results/text_table.h"

static const char *text_of(const json_t *object, const char *key)
{
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static long whole_of(const json_t *object, const char *key)
{
  return (long)json_integer_value(json_object_get(object, key));
}

/* ---- what goes with what -------------------------------------------------------------------- */

static void print_side(const json_t *side, const char *name, FILE *out)
{
  enum { SHOWN = 12 };
  const char *hash = text_of(side, "content_sha256");
  fprintf(out, "%-12s%s: %ld cases, %s", name, text_of(side, "file"), whole_of(side, "cases"),
          text_of(side, "precision"));
  if (*text_of(side, "recipe")) fprintf(out, ", recipe %s", text_of(side, "recipe"));
  if (*text_of(side, "generator")) fprintf(out, ", generator %s", text_of(side, "generator"));
  const json_t *version = json_object_get(side, "generator_version");
  if (json_is_string(version)) fprintf(out, " version %s", json_string_value(version));
  if (*hash) fprintf(out, ", content %.*s", SHOWN, hash);
  fprintf(out, "\n");
}

/* "; only in A: 3 (0, 7, 12)" */
static void print_left(const json_t *object, const char *key, const char *what, FILE *out)
{
  enum { SHOWN = 12 };
  const json_t *list = json_object_get(object, key);
  const size_t n = json_array_size(list);
  if (n == 0) return;
  fprintf(out, "; only in %s: %zu (", what, n);
  for (size_t i = 0; i < n && i < SHOWN; i++) {
    const json_t *item = json_array_get(list, i);
    fprintf(out, "%s", i ? ", " : "");
    if (json_is_string(item))
      fprintf(out, "%s", json_string_value(item));
    else
      fprintf(out, "%lld", (long long)json_integer_value(item));
  }
  fprintf(out, "%s)", n > SHOWN ? ", ..." : "");
}

static void print_cases(const json_t *diff, FILE *out)
{
  const json_t *cases = json_object_get(diff, "cases"), *fields = json_object_get(diff, "fields");
  fprintf(out, "%-12s%ld in both, %ld of them the same", "cases", whole_of(cases, "both"),
          whole_of(cases, "same"));
  print_left(cases, "only_a", "A", out);
  print_left(cases, "only_b", "B", out);
  fprintf(out, "\n%-12s%ld compared", "fields", whole_of(fields, "both"));
  print_left(fields, "only_a", "A", out);
  print_left(fields, "only_b", "B", out);
  size_t i;
  const json_t *item, *list = json_object_get(fields, "not_compared");
  json_array_foreach(list, i, item) if (strcmp(text_of(item, "reason"), "not asked for") != 0)
      fprintf(out, "; not %s: %s", text_of(item, "field"), text_of(item, "reason"));
  fprintf(out, "\n");
}

static void print_value(const json_t *value, FILE *out)
{
  if (json_is_string(value))
    fprintf(out, "%s", json_string_value(value));
  else if (json_is_number(value))
    fprintf(out, "%.10g", json_number_value(value));
  else
    fprintf(out, "nothing");
}

static void print_parameters(const json_t *diff, FILE *out)
{
  size_t i;
  const json_t *p, *list = json_object_get(diff, "parameters");
  json_array_foreach(list, i, p)
  {
    fprintf(out, "%-12s%s", i ? "" : "parameters", text_of(p, "name"));
    if (json_object_get(p, "only")) {
      fprintf(out, " only in %s\n", strcmp(text_of(p, "only"), "a") == 0 ? "A" : "B");
      continue;
    }
    fprintf(out, ": ");
    print_value(json_object_get(p, "a"), out);
    fprintf(out, " in A, ");
    print_value(json_object_get(p, "b"), out);
    fprintf(out, " in B (case %ld; %ld cases differ)\n", whole_of(p, "case"), whole_of(p, "cases"));
  }
}

static void print_places(const json_t *diff, FILE *out)
{
  enum { SHOWN = 5 };
  size_t i;
  const json_t *item, *list = json_object_get(diff, "coordinates");
  json_array_foreach(list, i, item)
      fprintf(out, "%-12s%s lies elsewhere in %ld cases (first: case %ld)\n", i ? "" : "axes",
              text_of(item, "name"), whole_of(item, "cases"), whole_of(item, "case"));
  list = json_object_get(diff, "frames");
  json_array_foreach(list, i, item)
  {
    if (i == SHOWN) {
      fprintf(out, "%-12s... %zu cases have other frames\n", "", json_array_size(list));
      break;
    }
    fprintf(out, "%-12scase %ld: %ld in A, %ld in B, %ld in both\n", i ? "" : "frames",
            whole_of(item, "case"), whole_of(item, "a"), whole_of(item, "b"),
            whole_of(item, "both"));
  }
}

static void print_unusable(const json_t *diff, FILE *out)
{
  size_t i;
  const json_t *row, *rows = json_object_get(diff, "rows");
  json_array_foreach(rows, i, row)
  {
    if (whole_of(row, "unusable_frames") == 0 || !json_is_null(json_object_get(row, "subset")))
      continue;
    fprintf(out, "%s: %ld frames hold numbers that are not finite and are left out\n",
            text_of(row, "field"), whole_of(row, "unusable_frames"));
  }
}

/* Equal hashes and other data: somebody changed a file and left its hash as it was. */
static void print_verdict(const json_t *diff, FILE *out)
{
  const char *a = text_of(json_object_get(diff, "a"), "content_sha256");
  const char *b = text_of(json_object_get(diff, "b"), "content_sha256");
  const json_t *cases = json_object_get(diff, "cases");
  if (json_is_true(json_object_get(diff, "identical")))
    fprintf(out, "\nidentical: all cases, parameters, coordinates and fields\n");
  else if (*a && strcmp(a, b) == 0 && whole_of(cases, "same") < whole_of(cases, "both"))
    fprintf(out, "\nboth files have the same content_sha256 but other data: `assay check` tells "
                 "which one is not what it says\n");
}

/* ---- tables --------------------------------------------------------------------------------- */

static int put(struct assay_text_table *t, int line, int column, const json_t *value,
               const char *format)
{
  const double x = assay_json_to_double(value);
  if (json_is_null(value) || isnan(x)) return assay_text_table_put(t, line, column, "-");
  if (x == 0) return assay_text_table_put(t, line, column, "0");
  return assay_text_table_put(t, line, column, format, x);
}

static const struct {
  const char *head, *unit, *key, *format;
} columns[] = {
    {"field", "", NULL, NULL},
    {"cases", "", "cases", "%.0f"},
    {"same", "", "same", "%.0f"},
    {"median", "", "median", "%.2g"},
    {"90 %", "", "p90", "%.2g"},
    {"largest", "", "largest", "%.2g"},
    {"in case", "", "largest_case", "%.0f"},
    {"worst frame", "", "worst", "%.2g"},
    {"case", "", "worst_case", "%.0f"},
    {"frame", "", "worst_frame", "%.0f"},
    {"time (s)", "", "worst_time", "%.6g"},
    {"mean, median", "", "mean_median", "%.2g"},
    {"mean, largest", "", "mean_largest", "%.2g"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void print_table(const struct assay_text_table *t, bool markdown, FILE *out)
{
  if (markdown)
    assay_text_table_markdown(t, out);
  else
    assay_text_table_print(t, 0, out);
}

static int print_rows(const json_t *rows, bool markdown, FILE *out)
{
  int rc = ASSAY_OK;
  size_t i;
  const json_t *row;
  struct assay_text_table t = {0};
  ASSAY_TRY(assay_text_table_create(&t, COLUMNS, (int)json_array_size(rows)));
  for (int c = 0; c < COLUMNS; c++)
    t.columns[c] = (struct assay_text_table_column){
        .head = columns[c].head, .unit = columns[c].unit, .left = c == 0};
  json_array_foreach(rows, i, row)
  {
    const char *subset = text_of(row, "subset");
    ASSAY_TRY(assay_text_table_put(&t, (int)i, 0, "%s%s%s", subset, *subset ? " " : "",
                                   text_of(row, "field")));
    for (int c = 1; c < COLUMNS; c++)
      ASSAY_TRY(put(&t, (int)i, c, json_object_get(row, columns[c].key), columns[c].format));
  }
  print_table(&t, markdown, out);
done:
  assay_arena_release(&t.arena);
  return rc;
}

/* Lines are frames, columns fields: the median over the cases, then the largest. */
static int print_frames(const json_t *frames, const json_t *rows, bool markdown, FILE *out)
{
  int rc = ASSAY_OK, n = 2;
  size_t i, k;
  const json_t *row, *frame;
  struct assay_text_table t = {0};
  ASSAY_TRY(
      assay_text_table_create(&t, 2 + (int)json_array_size(rows), (int)json_array_size(frames)));
  t.columns[0] = (struct assay_text_table_column){.head = "frame", .unit = ""};
  t.columns[1] = (struct assay_text_table_column){.head = "cases", .unit = ""};
  json_array_foreach(rows, i, row)
  {
    const char *field = text_of(row, "field");
    if (!json_is_null(json_object_get(row, "subset")) ||
        json_is_null(json_object_get(row, "worst_frame")))
      continue;
    t.columns[n] = (struct assay_text_table_column){.head = field, .unit = ""};
    json_array_foreach(frames, k, frame)
    {
      const json_t *d = json_object_get(json_object_get(frame, "fields"), field);
      ASSAY_TRY(put(&t, (int)k, n, json_object_get(d, "median"), "%.2g"));
    }
    n++;
  }
  t.n_used = n;
  json_array_foreach(frames, k, frame)
  {
    ASSAY_TRY(assay_text_table_put(&t, (int)k, 0, "%ld", whole_of(frame, "frame")));
    ASSAY_TRY(assay_text_table_put(&t, (int)k, 1, "%ld", whole_of(frame, "cases")));
  }
  print_table(&t, markdown, out);
done:
  assay_arena_release(&t.arena);
  return rc;
}

int assay_diff_print(const json_t *diff, bool markdown, FILE *out)
{
  int rc = ASSAY_OK;
  const json_t *rows = json_object_get(diff, "rows"), *frames = json_object_get(diff, "by_frame");
  if (!markdown) {
    print_side(json_object_get(diff, "a"), "A", out);
    print_side(json_object_get(diff, "b"), "B", out);
    print_cases(diff, out);
    print_parameters(diff, out);
    print_places(diff, out);
    if (*text_of(diff, "where"))
      fprintf(out, "%-12scells count by %s of A\n", "weights", text_of(diff, "where"));
    fprintf(out, "\nrelative difference, over the frames of a case and of its worst frame, then of "
                 "its mean over time\n");
  }
  ASSAY_TRY(print_rows(rows, markdown, out));
  if (json_array_size(frames) > 0) {
    fprintf(out,
            markdown ? "\n" : "\nmedian over the cases of the relative difference in a frame\n");
    ASSAY_TRY(print_frames(frames, rows, markdown, out));
  }
  if (markdown) goto done;
  print_unusable(diff, out);
  print_verdict(diff, out);
done:
  return rc;
}
