/* A picture of a table: y over one input, a point per row. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/plot.h"
#include "harness/tables.h"

enum { POINTS = 2000 };

/* The input with the largest effect, or the one that is named. */
static int choose_column(int *out, const struct assay_table *t, const char *name)
{
  int rc = ASSAY_OK;
  char text[16];
  *out = *name ? -1 : 0;
  for (int c = 0; c < t->n_columns; c++) {
    snprintf(text, sizeof text, "x%d", c);
    if (!*name && t->column[c].effect_median > t->column[*out].effect_median) *out = c;
    if (*name && (strcmp(name, text) == 0 || strcmp(name, t->column[c].quantity) == 0)) *out = c;
  }
  ASSAY_CHECK(*out >= 0, ASSAY_ENOTFOUND, "--field %s: the table has inputs x0 to x%d", name,
              t->n_columns - 1);
done:
  return rc;
}

/* Logarithmic when the values are positive and span more than two decades. */
static enum assay_scale scale_of(const double *v, int n)
{
  double lo = (double)INFINITY, hi = -(double)INFINITY;
  for (int i = 0; i < n; i++) {
    lo = fmin(lo, v[i]);
    hi = fmax(hi, v[i]);
  }
  return lo > 0 && hi > 100 * lo ? ASSAY_SCALE_LOG : ASSAY_SCALE_LINEAR;
}

/* "x1, F (N)" */
static void label(char out[96], const char *name, const struct assay_table_column *c)
{
  char full[64];
  snprintf(full, sizeof full, "%s%s%.40s", name, *c->quantity ? ", " : "", c->quantity);
  assay_label_text(out, 96, full, c->unit);
}

static int draw(const struct assay_table *t, int column, const char *path, const char *title)
{
  char x_label[96], y_label[96], name[16];
  const int n = t->n_rows < POINTS ? (int)t->n_rows : POINTS;
  const double *x = assay_table_x(t, column);
  snprintf(name, sizeof name, "x%d", column);
  label(x_label, name, &t->column[column]);
  label(y_label, "y", &t->target);
  const struct assay_series points = {.n = n, .x = x, .y = t->y, .draw = ASSAY_PLOT_POINTS};
  const struct assay_plot plot = {.title = *title ? title : assay_table_get(t, ASSAY_TABLE_TITLE),
                                  .x = {.label = x_label, .scale = scale_of(x, n)},
                                  .y = {.label = y_label, .scale = scale_of(t->y, n)},
                                  .series = &points,
                                  .n_series = 1,
                                  .legend = ASSAY_LEGEND_NONE};
  const size_t length = strlen(path);
  if (length > 4 && strcmp(path + length - 4, ".svg") == 0) return assay_plot_svg_file(&plot, path);
  return assay_plot_png(&plot, 1.5, path);
}

int assay_tables_view(const char *path, int k, const char *field, const char *output,
                      const char *title, FILE *out)
{
  int rc = ASSAY_OK, column;
  char *name = NULL;
  struct assay_table_set *set = NULL;
  struct assay_table *t = NULL;
  ASSAY_TRY(assay_table_set_open(&set, path));
  ASSAY_CHECK(k < set->n, ASSAY_EARG, "--case %d: the set has tables 0 to %d", k, set->n - 1);
  ASSAY_TRY(assay_table_set_read(&t, set, k));
  ASSAY_TRY(choose_column(&column, t, field));
  if (*output)
    ASSAY_TRY(assay_strdup(&name, output));
  else
    ASSAY_TRY(assay_asprintf(&name, "%s-x%d.png", assay_table_get(t, ASSAY_TABLE_ID), column));
  ASSAY_TRY(draw(t, column, name, title));
  fprintf(out, "%s\n", name);
done:
  assay_free(name);
  assay_table_destroy(t);
  assay_table_set_close(set);
  return rc;
}
