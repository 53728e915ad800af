/* What `assay info` and `assay check` print about tables. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "datasets/table_check.h"
#include "generators/table.h"
#include "harness/tables.h"

static const char *text_of(const json_t *object, const char *key)
{
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static long whole_of(const json_t *object, const char *key)
{
  return (long)json_integer_value(json_object_get(object, key));
}

/* "1.2e-16", "-" when it is not known */
static const char *cell(char *out, double value)
{
  if (isnan(value))
    snprintf(out, 16, "-");
  else
    snprintf(out, 16, "%.2g", value);
  return out;
}

static void dump(const json_t *object, FILE *out)
{
  json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  fprintf(out, "\n");
}

/* ---- one table ------------------------------------------------------------------------------ */

static void print_columns(const json_t *card, FILE *out)
{
  size_t i;
  json_t *c;
  char median[16], largest[16];
  fprintf(out, "\n%-6s %-10s %-12s %-32s %9s %9s\n", "column", "quantity", "unit", "drawn",
          "effect", "largest");
  json_array_foreach(json_object_get(card, "columns_known"), i, c) fprintf(
      out, "%-6s %-10s %-12s %-32s %9s %9s  %s\n", text_of(c, "name"), text_of(c, "quantity"),
      text_of(c, "unit"), text_of(c, "law"), cell(median, number_of(c, "effect_median")),
      cell(largest, number_of(c, "effect_max")),
      strcmp(text_of(c, "role"), "input") == 0 ? "" : text_of(c, "role"));
}

static void print_certificate(const json_t *card, FILE *out)
{
  char value[16];
  fprintf(out, "\n");
  for (int r = 0; r < ASSAY_TABLE_ROWS; r++) {
    const double number = number_of(card, assay_table_rows[r].name);
    if (!isnan(number))
      fprintf(out, "%-16s %9s  %s\n", assay_table_rows[r].name, cell(value, number),
              assay_table_rows[r].doc);
  }
}

static void print_splits(const json_t *card, FILE *out)
{
  const char *name;
  json_t *s;
  fprintf(out, "\n%-16s %6s %11s %6s %7s\n", "split", "train", "validation", "test", "unused");
  json_object_foreach(json_object_get(card, "splits"), name, s)
      fprintf(out, "%-16s %6ld %11ld %6ld %7ld\n", name, whole_of(s, "train"),
              whole_of(s, "validation"), whole_of(s, "test"), whole_of(s, "unused"));
}

static void print_texts(const json_t *list, const char *head, FILE *out)
{
  size_t i;
  json_t *item;
  if (json_array_size(list) > 0) fprintf(out, "\n%s:\n", head);
  json_array_foreach(list, i, item) fprintf(out, "  %s\n", json_string_value(item));
}

static void print_table(const json_t *card, const struct assay_table *t, FILE *out)
{
  fprintf(out, "%s\n", text_of(card, "title"));
  fprintf(out, "%-12s%s", "table", text_of(card, "id"));
  if (*text_of(card, "difficulty")) fprintf(out, ", %s", text_of(card, "difficulty"));
  if (*text_of(card, "references")) fprintf(out, " (%s)", text_of(card, "references"));
  fprintf(out, "\n%-12s%s, seed %s\n", "recipe", text_of(card, "recipe_name"),
          text_of(card, "seed"));
  fprintf(out, "%-12s%ld rows, %ld columns and y%s%s%s\n", "size", whole_of(card, "rows"),
          whole_of(card, "columns"), *t->target.unit ? " [" : "", t->target.unit,
          *t->target.unit ? "]" : "");
  if (*text_of(card, "expression"))
    fprintf(out, "%-12sy = %s\n", "formula", text_of(card, "expression"));
  if (strcmp(text_of(card, "expression"), text_of(card, "true_eq_expression")) != 0)
    fprintf(out, "%-12s%s = %s\n", "true",
            strcmp(text_of(card, "task"), "trajectory") == 0 ? "dy/dt" : "y",
            text_of(card, "true_eq_expression"));
  fprintf(out, "%-12s%s\n", "units", text_of(card, "units"));
  if (*text_of(card, "comment")) fprintf(out, "%-12s%s\n", "comment", text_of(card, "comment"));
  print_columns(card, out);
  print_certificate(card, out);
  print_splits(card, out);
  print_texts(json_object_get(card, "notices"), "worth knowing", out);
}

/* ---- many ----------------------------------------------------------------------------------- */

/* The smallest median effect among the inputs. */
static double weakest(const json_t *card)
{
  size_t i;
  json_t *c;
  double least = (double)NAN;
  json_array_foreach(json_object_get(card, "columns_known"), i, c)
  {
    if (strcmp(text_of(c, "role"), "input") == 0)
      least = fmin(least, number_of(c, "effect_median"));
  }
  return least;
}

static void print_row(const json_t *card, FILE *out)
{
  char noise[16], effect[16], mismatch[16];
  const json_t *problems = json_object_get(card, "problems"),
               *notices = json_object_get(card, "notices");
  const json_t *first = json_array_get(json_array_size(problems) ? problems : notices, 0);
  fprintf(out, "%-20s %6ld %7ld %9s %9s %9s  %s\n", text_of(card, "id"), whole_of(card, "rows"),
          whole_of(card, "columns"), cell(mismatch, number_of(card, "mismatch")),
          cell(noise, number_of(card, "noise_median")), cell(effect, weakest(card)),
          first ? json_string_value(first) : "");
}

static int make_card(json_t **card, struct assay_table **t, const struct assay_table_set *set,
                     int k)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_table_set_read(t, set, k));
  ASSAY_TRY(assay_err_prefix(assay_table_check(card, *t), "%s: ", set->entry[k].file));
  json_object_set_new(*card, "file", json_string(set->entry[k].file));
  json_object_set_new(*card, "content_sha256", json_string(set->entry[k].content));
done:
  return rc;
}

/* The recipe in the table again: the same data, or a problem. */
static int regenerate(json_t *card, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  char data[2][ASSAY_SHA256_HEX], content[ASSAY_SHA256_HEX];
  struct assay_table_recipe *r = NULL;
  struct assay_table *again = NULL;
  const char *text = assay_table_get(t, ASSAY_TABLE_RECIPE);
  ASSAY_TRY(assay_table_recipe_parse(&r, assay_table_get(t, ASSAY_TABLE_RECIPE_NAME), text,
                                     strlen(text), NULL));
  ASSAY_TRY(assay_table_make(&again, r, 0));
  ASSAY_TRY(assay_table_hash(data[0], content, t));
  ASSAY_TRY(assay_table_hash(data[1], content, again));
  const bool same = strcmp(data[0], data[1]) == 0;
  json_object_set_new(card, "regenerated", json_boolean(same));
  if (!same)
    json_array_append_new(json_object_get(card, "problems"),
                          json_string("made again, the data have other bits"));
done:
  assay_table_recipe_destroy(r);
  assay_table_destroy(again);
  return rc;
}

static void print_set_head(const struct assay_table_set *set, FILE *out)
{
  if (*set->title) fprintf(out, "%s\n", set->title);
  fprintf(out, "%-12s%s\n%-12s%d tables, content %s\n\n", "recipe", set->name, set->path, set->n,
          set->content);
  fprintf(out, "%-20s %6s %7s %9s %9s %9s\n", "table", "rows", "columns", "mismatch", "rounding",
          "weakest");
}

struct options {
  int regenerate; /* tables to make again, from the first on */
  bool json, verdict;
};

static int show_tables(json_t *cards, const struct assay_table_set *set, const struct options *o,
                       FILE *out)
{
  int rc = ASSAY_OK;
  json_t *card = NULL;
  struct assay_table *t = NULL;
  for (int k = 0; k < set->n; k++) {
    ASSAY_TRY(make_card(&card, &t, set, k));
    json_array_append_new(cards, card);
    if (k < o->regenerate) ASSAY_TRY(regenerate(card, t));
    if (!o->json && set->n == 1) print_table(card, t, out);
    if (!o->json && set->n > 1) print_row(card, out);
    assay_table_destroy(t);
    t = NULL;
  }
done:
  assay_table_destroy(t);
  return rc;
}

static int count_problems(const json_t *cards)
{
  size_t i;
  json_t *card;
  int n = 0;
  json_array_foreach(cards, i, card) n += (int)json_array_size(json_object_get(card, "problems"));
  return n;
}

static void print_verdict(const json_t *cards, const struct assay_table_set *set,
                          const struct options *o, FILE *out)
{
  size_t i;
  json_t *card;
  json_array_foreach(cards, i, card)
  {
    const char *head = set->n > 1 ? text_of(card, "id") : "problems";
    print_texts(json_object_get(card, "problems"), head, out);
  }
  if (count_problems(cards) == 0)
    fprintf(out, "\nok: structure, hashes, finiteness, formula against data, splits%s\n",
            o->regenerate > 0 ? "; the same bits again" : "");
}

static int show(int *problems, const char *path, const struct options *o, FILE *out)
{
  int rc = ASSAY_OK;
  json_t *cards = json_array();
  struct assay_table_set *set = NULL;
  ASSAY_TRY(assay_table_set_open(&set, path));
  if (!o->json && set->n > 1) print_set_head(set, out);
  ASSAY_TRY(show_tables(cards, set, o, out));
  *problems = count_problems(cards);
  if (o->json)
    dump(set->n == 1 ? json_array_get(cards, 0) : cards, out);
  else if (o->verdict)
    print_verdict(cards, set, o, out);
  else if (set->n == 1)
    fprintf(out, "\n%-12s%s\n", "content", set->content);
done:
  json_decref(cards);
  assay_table_set_close(set);
  return rc;
}

int assay_tables_info(const char *path, bool json, bool recipe, FILE *out)
{
  int rc = ASSAY_OK, problems;
  struct assay_table_set *set = NULL;
  if (!recipe) return show(&problems, path, &(struct options){.json = json}, out);
  ASSAY_TRY(assay_table_set_open(&set, path));
  fputs(set->recipe, out);
done:
  assay_table_set_close(set);
  return rc;
}

int assay_tables_check(int *problems, const char *path, int again, bool json, FILE *out)
{
  const struct options o = {.regenerate = again, .json = json, .verdict = true};
  return show(problems, path, &o, out);
}
