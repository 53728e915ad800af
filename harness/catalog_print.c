#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"
#include "harness/catalog.h"

enum { COLUMNS_MAX = 16, TEXT_MAX = 512 };

/* One value on one line. */
static const char *value_text(char out[TEXT_MAX], const json_t *value)
{
  out[0] = 0;
  if (json_is_string(value)) {
    snprintf(out, TEXT_MAX, "%s", json_string_value(value));
  } else if (json_is_boolean(value)) {
    snprintf(out, TEXT_MAX, "%s", json_is_true(value) ? "yes" : "no");
  } else if (json_is_number(value)) {
    assay_text_double(out, json_number_value(value));
  } else if (json_is_array(value)) {
    for (size_t i = 0, n = 0; i < json_array_size(value) && n < TEXT_MAX; i++) {
      char item[TEXT_MAX];
      n += (size_t)snprintf(out + n, TEXT_MAX - n, "%s%s", i ? ", " : "",
                            value_text(item, json_array_get(value, i)));
    }
  }
  return out;
}

/* Columns of a list of objects: every key that occurs, in the order of first occurrence; "doc"
 * last, as it is the longest. */
static int collect_columns(const char *column[COLUMNS_MAX], const json_t *list)
{
  int n = 0;
  for (int doc = 0; doc < 2; doc++)
    for (size_t i = 0; i < json_array_size(list); i++) {
      const char *key;
      json_t *value;
      json_object_foreach(json_array_get(list, i), key, value)
      {
        bool known = (strcmp(key, "doc") == 0) != doc;
        for (int c = 0; c < n; c++) known = known || strcmp(column[c], key) == 0;
        if (!known && n < COLUMNS_MAX) column[n++] = key;
      }
    }
  return n;
}

static void print_table(const json_t *list, FILE *to)
{
  const char *column[COLUMNS_MAX];
  int width[COLUMNS_MAX];
  char text[TEXT_MAX];
  const int n = collect_columns(column, list);
  for (int c = 0; c < n; c++) {
    width[c] = (int)strlen(column[c]);
    for (size_t i = 0; i < json_array_size(list); i++) {
      const json_t *value = json_object_get(json_array_get(list, i), column[c]);
      const int length = (int)strlen(value_text(text, value));
      if (length > width[c]) width[c] = length;
    }
  }
  for (int c = 0; c < n; c++)
    fprintf(to, "%s%-*s", c ? "  " : "  ", c + 1 < n ? width[c] : 0, column[c]);
  fprintf(to, "\n");
  for (size_t i = 0; i < json_array_size(list); i++) {
    for (int c = 0; c < n; c++) {
      value_text(text, json_object_get(json_array_get(list, i), column[c]));
      fprintf(to, "  %-*s", c + 1 < n ? width[c] : 0, text);
    }
    fprintf(to, "\n");
  }
}

static bool is_table(const json_t *value)
{
  return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

static bool is_empty(const json_t *value)
{
  const char *text = json_string_value(value);
  return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
         (text && !*text);
}

void assay_catalog_print(const json_t *description, FILE *to)
{
  const char *key;
  json_t *value;
  char text[TEXT_MAX];
  json_object_foreach((json_t *)description, key, value)
  {
    if (is_table(value) || is_empty(value)) continue;
    /* long texts are printed whole */
    const char *line = json_is_string(value) ? json_string_value(value) : value_text(text, value);
    fprintf(to, "%-14s %s\n", key, line);
  }
  json_object_foreach((json_t *)description, key, value)
  {
    if (!is_table(value)) continue;
    fprintf(to, "\n%s:\n", key);
    print_table(value, to);
  }
}
