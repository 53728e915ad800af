#include "harness/eq_columns.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"

void assay_eq_columns_free(struct assay_eq_columns *c)
{
  for (int i = 0; i < c->n_columns; i++) {
    if (c->name) assay_free(c->name[i]);
    if (c->unit) assay_free(c->unit[i]);
    if (c->value) assay_free(c->value[i]);
  }
  assay_free(c->name);
  assay_free(c->unit);
  assay_free(c->value);
  assay_free(c->line);
  *c = (struct assay_eq_columns){0};
}

static int allocate(struct assay_eq_columns *c, int n_columns, int n_rows)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&c->name, (size_t)n_columns, "columns"));
  ASSAY_TRY(ASSAY_NEW(&c->value, (size_t)n_columns, "columns"));
  c->n_columns = n_columns;
  for (int i = 0; i < n_columns; i++) ASSAY_TRY(ASSAY_NEW(&c->value[i], (size_t)n_rows, "columns"));
done:
  return rc;
}

static int number(double *out, const char *text)
{
  if (strcmp(text, "nan") != 0 && strcmp(text, "NaN") != 0) return assay_text_to_double(out, text);
  *out = (double)NAN;
  return ASSAY_OK;
}

int assay_eq_columns_at(struct assay_eq_columns *out, const struct assay_list *at)
{
  int rc = ASSAY_OK;
  struct assay_eq_columns c = {0};
  ASSAY_TRY(allocate(&c, at->n, 1));
  for (int i = 0; i < at->n; i++) {
    const char *equals = strchr(at->item[i], '=');
    ASSAY_CHECK(equals && equals > at->item[i], ASSAY_EPARSE, "--at: expected name=value, got '%s'",
                at->item[i]);
    ASSAY_TRY(assay_asprintf(&c.name[i], "%.*s", (int)(equals - at->item[i]), at->item[i]));
    ASSAY_TRY(assay_err_prefix(number(c.value[i], equals + 1), "--at: %s: ", c.name[i]));
  }
  c.n_rows = 1;
  *out = c;
  c = (struct assay_eq_columns){0};
done:
  assay_eq_columns_free(&c);
  return rc;
}

/* ---- tables ------------------------------------------------------------------------------- */

/* What stands between the fields of a table whose first line is this. */
static char separator_of(const char *line)
{
  for (const char *c = ";,\t"; *c; c++)
    if (strchr(line, *c)) return *c;
  return ' ';
}

/* The content of "a ""quoted"" field" in its own place, and directly behind it what follows the
 * closing quote, which is returned. */
static char *unquote(char *begin)
{
  char *to = begin, *from = begin + 1;
  for (; *from && (*from != '"' || from[1] == '"'); from++) {
    from += *from == '"';
    *to++ = *from;
  }
  const char *rest = *from ? from + 1 : from;
  memmove(to, rest, strlen(rest) + 1);
  return to;
}

/* The next field of a line, without blanks around it; NULL after the last. */
static char *next_field(char **at, char separator)
{
  char *begin = *at, *rest;
  if (!begin) return NULL;
  begin += strspn(begin, separator == '\t' ? " " : " \t");
  rest = *begin == '"' ? unquote(begin) : begin;
  char *end = strchr(rest, separator);
  *at = end ? end + 1 : NULL;
  if (end) *end = '\0';
  if (separator == ' ' && end && !(*at)[strspn(*at, " \t\r")]) *at = NULL;
  size_t n = strlen(begin);
  while (n > 0 && strchr(" \t\r", begin[n - 1])) begin[--n] = '\0';
  return begin;
}

static int count_fields(const char *line, char separator)
{
  int rc = ASSAY_OK, n = 0;
  char *copy = NULL;
  ASSAY_TRY(assay_strdup(&copy, line));
  for (char *at = copy; next_field(&at, separator);) n++;
done:
  assay_free(copy);
  return rc < 0 ? rc : n;
}

/* The next line that says something; NULL at the end. */
static char *next_line(char **at, int *line)
{
  while (*at && **at) {
    char *begin = *at, *newline = strchr(begin, '\n');
    (*line)++;
    *at = newline ? newline + 1 : NULL;
    if (newline) *newline = '\0';
    const char first = begin[strspn(begin, " \t\r")];
    if (first && first != '#') return begin;
  }
  return NULL;
}

static int count_lines(const char *text)
{
  int n = 1;
  for (; text && *text; text++) n += *text == '\n';
  return n;
}

/* "mass [kg]": its name and its unit */
static int read_name(struct assay_eq_columns *c, int i, char *field)
{
  int rc = ASSAY_OK;
  char *bracket = strstr(field, " [");
  const size_t n = strlen(field);
  if (bracket && bracket > field && field[n - 1] == ']') {
    field[n - 1] = '\0';
    ASSAY_TRY(assay_strdup(&c->unit[i], bracket + 2));
    while (bracket > field && bracket[-1] == ' ') bracket--;
    *bracket = '\0';
  }
  ASSAY_TRY(assay_strdup(&c->name[i], field));
done:
  return rc;
}

/* names of the columns; *is_row: the line holds numbers */
static int read_header(struct assay_eq_columns *c, char *line, char separator, bool *is_row)
{
  int rc = ASSAY_OK;
  double value;
  char *at = line;
  *is_row = true;
  for (int i = 0; i < c->n_columns; i++) {
    char *field = next_field(&at, separator);
    *is_row = *is_row && number(&value, field) == ASSAY_OK;
    ASSAY_TRY(read_name(c, i, field));
  }
  for (int i = 0; *is_row && i < c->n_columns; i++) {
    assay_free(c->name[i]);
    c->name[i] = NULL;
    ASSAY_TRY(assay_asprintf(&c->name[i], "x%d", i));
  }
done:
  return rc;
}

static int read_row(struct assay_eq_columns *c, char *text, char separator, int line)
{
  int rc = ASSAY_OK, n;
  char *at = text;
  ASSAY_TRY(n = count_fields(text, separator));
  ASSAY_CHECK(n == c->n_columns, ASSAY_EPARSE, "expected %d fields, found %d", c->n_columns, n);
  for (int i = 0; i < n; i++)
    ASSAY_TRY(assay_err_prefix(number(&c->value[i][c->n_rows], next_field(&at, separator)),
                               "column %s: ", c->name[i]));
  c->line[c->n_rows++] = line;
  rc = ASSAY_OK;
done:
  return rc;
}

static int read_table(struct assay_eq_columns *c, char *text, int *line)
{
  static const char mark[] = "\xef\xbb\xbf";
  int rc = ASSAY_OK, n;
  char *copy = NULL, *at = text + (strncmp(text, mark, 3) == 0 ? 3 : 0);
  bool is_row;
  char *first = next_line(&at, line);
  ASSAY_CHECK(first, ASSAY_EPARSE, "empty");
  const char separator = separator_of(first);
  const int most = 1 + count_lines(at);
  ASSAY_TRY(n = count_fields(first, separator));
  ASSAY_TRY(allocate(c, n, most));
  ASSAY_TRY(ASSAY_NEW(&c->line, (size_t)most, "columns"));
  ASSAY_TRY(ASSAY_NEW(&c->unit, (size_t)n, "columns"));
  ASSAY_TRY(assay_strdup(&copy, first));
  ASSAY_TRY(read_header(c, copy, separator, &is_row));
  if (is_row) ASSAY_TRY(read_row(c, first, separator, *line));
  for (char *next; (next = next_line(&at, line));) ASSAY_TRY(read_row(c, next, separator, *line));
done:
  assay_free(copy);
  return rc;
}

int assay_eq_columns_read(struct assay_eq_columns *out, const char *path)
{
  int rc = ASSAY_OK, line = 0;
  struct assay_eq_columns c = {0};
  char *text = NULL;
  size_t size;
  ASSAY_TRY(assay_file_read(&text, &size, path));
  ASSAY_CHECK(strlen(text) == size, ASSAY_EPARSE, "%s: not a text file", path);
  rc = read_table(&c, text, &line);
  if (c.n_columns == 0)
    ASSAY_TRY(assay_err_prefix(rc, "%s: ", path));
  else
    ASSAY_TRY(assay_err_prefix(rc, "%s:%d: ", path, line));
  *out = c;
  c = (struct assay_eq_columns){0};
done:
  assay_free(text);
  assay_eq_columns_free(&c);
  return rc;
}
