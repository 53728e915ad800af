#include "results/text_table.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const int gap = 2; /* blanks between columns */

int assay_text_table_create(struct assay_text_table *t, int n_columns, int n_rows)
{
  int rc = ASSAY_OK;
  *t = (struct assay_text_table){.n_columns = n_columns, .n_rows = n_rows, .n_used = n_columns};
  ASSAY_TRY(ASSAY_TAKE(&t->arena, &t->columns, n_columns));
  ASSAY_TRY(ASSAY_TAKE(&t->arena, &t->cells, n_columns * n_rows));
done:
  return rc;
}

int assay_text_table_put(struct assay_text_table *t, int row, int column, const char *fmt, ...)
{
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  return assay_arena_text(&t->arena, &t->cells[row * t->n_columns + column], "%s", text);
}

int assay_text_table_text_width(const char *text)
{
  int n = 0;
  for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
  return n;
}

static const char *cell(const struct assay_text_table *t, int row, int column)
{
  const char *text = t->cells[row * t->n_columns + column];
  return text ? text : "";
}

/* ---- terminal ---- */

static int max_int(int a, int b)
{
  return a > b ? a : b;
}

static int column_width(const struct assay_text_table *t, int column)
{
  const struct assay_text_table_column *c = &t->columns[column];
  int width = max_int(assay_text_table_text_width(c->head),
                      c->unit ? assay_text_table_text_width(c->unit) : 0);
  for (int row = 0; row < t->n_rows; row++)
    width = max_int(width, assay_text_table_text_width(cell(t, row, column)));
  return width;
}

/* Which columns are shown: those with the highest drop number go until the rest fits. */
static bool shown(const struct assay_text_table *t, int column, int limit)
{
  return t->columns[column].drop < limit;
}

static int total_width(const struct assay_text_table *t, int limit)
{
  int total = -gap;
  for (int c = 0; c < t->n_used; c++)
    if (shown(t, c, limit)) total += column_width(t, c) + gap;
  return total;
}

static int fitting_limit(const struct assay_text_table *t, int width)
{
  int limit = 1;
  for (int c = 0; c < t->n_used; c++) limit = max_int(limit, t->columns[c].drop + 1);
  while (width > 0 && limit > 1 && total_width(t, limit) > width) limit--;
  return limit;
}

static void print_padded(const char *text, int width, bool left, bool last, FILE *to)
{
  const int blanks = width - assay_text_table_text_width(text);
  if (left)
    fprintf(to, "%s%*s", text, last ? 0 : blanks, "");
  else
    fprintf(to, "%*s%s", blanks, "", text);
}

/* One line; row -1 is the head, -2 the units. */
static void print_line(const struct assay_text_table *t, int row, int limit, FILE *to)
{
  int last = 0;
  for (int c = 0; c < t->n_used; c++)
    if (shown(t, c, limit)) last = c;
  for (int c = 0; c < t->n_used; c++) {
    if (!shown(t, c, limit)) continue;
    const struct assay_text_table_column *col = &t->columns[c];
    const char *text = row == -1 ? col->head : row == -2 ? col->unit : cell(t, row, c);
    print_padded(text ? text : "", column_width(t, c), col->left, c == last, to);
    fprintf(to, "%*s", c == last ? 0 : gap, "");
  }
  fputc('\n', to);
}

static bool has_units(const struct assay_text_table *t, int limit)
{
  for (int c = 0; c < t->n_used; c++)
    if (shown(t, c, limit) && t->columns[c].unit && *t->columns[c].unit) return true;
  return false;
}

static void print_rule(const struct assay_text_table *t, int limit, FILE *to)
{
  for (int i = total_width(t, limit); i > 0; i--) fputs("─", to);
  fputc('\n', to);
}

void assay_text_table_print(const struct assay_text_table *t, int width, FILE *to)
{
  const int limit = fitting_limit(t, width);
  print_line(t, -1, limit, to);
  if (has_units(t, limit)) print_line(t, -2, limit, to);
  print_rule(t, limit, to);
  for (int row = 0; row < t->n_rows; row++) print_line(t, row, limit, to);
  const char *before = "not shown at this width: ";
  for (int c = 0; c < t->n_used; c++) {
    if (shown(t, c, limit)) continue;
    fprintf(to, "%s%s", before, t->columns[c].head);
    before = ", ";
  }
  if (before[0] == ',') fputc('\n', to);
}

/* ---- Markdown ---- */

static void print_escaped(const char *text, FILE *to)
{
  for (; *text; text++) {
    if (strchr("|\\`*_<>[]#", *text)) fputc('\\', to);
    fputc(strchr("\r\n", *text) ? ' ' : *text, to);
  }
}

void assay_text_table_markdown(const struct assay_text_table *t, FILE *to)
{
  for (int c = 0; c < t->n_used; c++) {
    fputs("| ", to);
    print_escaped(t->columns[c].head, to);
    if (t->columns[c].unit && *t->columns[c].unit) {
      fputs(" (", to);
      print_escaped(t->columns[c].unit, to);
      fputc(')', to);
    }
    fputc(' ', to);
  }
  fputs("|\n", to);
  for (int c = 0; c < t->n_used; c++) fputs(t->columns[c].left ? "|:---" : "|---:", to);
  fputs("|\n", to);
  for (int row = 0; row < t->n_rows; row++) {
    for (int c = 0; c < t->n_used; c++) {
      fputs("| ", to);
      print_escaped(cell(t, row, c), to);
      fputc(' ', to);
    }
    fputs("|\n", to);
  }
}

/* ---- numbers ---- */

static int decade(double x)
{
  return (int)floor(log10(fabs(x)));
}

/* Significant digits of the value: the last one shown is the second of the interval's half width.
 */
static int significant_digits(double value, double low, double high)
{
  const double half = 0.5 * (high - low);
  if (isnan(half)) return 3;
  if (!(half > 0)) return 6;
  const int digits = decade(fmax(fabs(value), half)) - decade(half) + 2;
  return digits < 2 ? 2 : digits > 6 ? 6 : digits;
}

/* How a family of numbers is written: x / 10^exponent with this many decimals. */
struct style {
  int exponent, decimals;
};

static struct style style_for(double value, double low, double high)
{
  double size = fabs(value);
  if (!isnan(low) && !isnan(high)) size = fmax(size, 0.5 * (high - low));
  if (size == 0) return (struct style){0, 0};
  const int digits = significant_digits(value, low, high), at = decade(size);
  const bool scientific = at < -3 || at >= 6;
  const int decimals = digits - 1 - (scientific ? 0 : at);
  return (struct style){scientific ? at : 0, decimals > 0 ? decimals : 0};
}

static void print_styled(char out[ASSAY_NUMBER_TEXT], double x, struct style s)
{
  if (s.exponent == 0)
    snprintf(out, ASSAY_NUMBER_TEXT, "%.*f", s.decimals, x);
  else
    snprintf(out, ASSAY_NUMBER_TEXT, "%.*fe%+03d", s.decimals, x / pow(10, s.exponent), s.exponent);
}

const char *assay_value_text(char out[ASSAY_NUMBER_TEXT], double value, double low, double high)
{
  if (isfinite(value))
    print_styled(out, value, style_for(value, low, high));
  else
    snprintf(out, ASSAY_NUMBER_TEXT, "%s", isnan(value) ? "-" : value > 0 ? "inf" : "-inf");
  return out;
}

const char *assay_interval_text(char out[2 * ASSAY_NUMBER_TEXT], double value, double low,
                                double high)
{
  char a[ASSAY_NUMBER_TEXT], b[ASSAY_NUMBER_TEXT];
  *out = '\0';
  if (!isfinite(value) || !isfinite(low) || !isfinite(high)) return out;
  const struct style s = style_for(value, low, high);
  print_styled(a, low, s);
  print_styled(b, high, s);
  snprintf(out, 2 * ASSAY_NUMBER_TEXT, "[%.28s, %.28s]", a, b);
  return out;
}
