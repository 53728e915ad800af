/* assay eq eval: values of an expression. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/expr/program.h"
#include "harness/eq.h"
#include "harness/eq_columns.h"

struct eval_options {
  struct assay_list at;
  const char *table, *style;
};

static const struct assay_param rows[] = {
    {ASSAY_P_LIST(eval_options, at), .doc = "values of the variables: x0=1.2,x1=3"},
    {ASSAY_P_STRING(eval_options, table), .doc = "comma-separated file with one row per point"},
    {ASSAY_P_STRING(eval_options, style), .doc = "dialect of the expression"},
    {0},
};

static const struct eval_options defaults = {.table = "", .style = "native"};

static const struct assay_expr_style *native(void)
{
  return &assay_expr_styles[0];
}

/* In the native style and in polish variables are the names of the columns; in other dialects
 * their numbers count the columns. */
static struct assay_expr_style named(const struct assay_expr_style *style,
                                     const struct assay_eq_columns *c)
{
  struct assay_expr_style s = *style;
  if (c->n_columns == 0 || (style != native() && !style->polish)) return s;
  s.columns = (const char *const *)c->name;
  s.n_columns = c->n_columns;
  return s;
}

static int evaluate(const struct assay_expr *e, const struct assay_eq_columns *c, FILE *out)
{
  int rc = ASSAY_OK;
  struct assay_expr_program *p = NULL;
  struct assay_expr_work *w = NULL;
  double *y = NULL;
  char text[32];
  const int n = c->n_columns ? c->n_rows : 1;
  ASSAY_CHECK(
      e->n_vars <= c->n_columns, ASSAY_EARG, "the expression has %d variables, %s %d", e->n_vars,
      c->n_columns ? "there are values for only" : "give them by --at or --table:", c->n_columns);
  ASSAY_TRY(ASSAY_NEW(&y, (size_t)n, "values"));
  ASSAY_TRY(assay_expr_compile(&p, e, NULL));
  ASSAY_TRY(assay_expr_work_create(&w));
  ASSAY_TRY(assay_expr_eval(y, p, NULL, (const double *const *)c->value, n, w));
  for (int i = 0; i < n; i++) fprintf(out, "%s\n", assay_text_double(text, y[i]));
done:
  assay_expr_work_free(w);
  assay_expr_program_free(p);
  assay_free(y);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct eval_options *o = options;
  const struct assay_expr_style *style;
  struct assay_eq_columns c = {0};
  struct assay_expr *e = NULL;
  struct assay_list at = o->at;
  char *store = NULL;
  (void)n_args;
  ASSAY_TRY(assay_expr_style_find(&style, o->style));
  ASSAY_CHECK(!*o->table || o->at.n == 0, ASSAY_EARG, "--at and --table exclude each other");
  if (*o->table) ASSAY_TRY(assay_eq_columns_read(&c, o->table));
  ASSAY_TRY(assay_options_split(&at, &store));
  if (at.n > 0) ASSAY_TRY(assay_eq_columns_at(&c, &at));
  const struct assay_expr_style s = named(style, &c);
  ASSAY_TRY(assay_eq_parse(&e, args[0], &s));
  ASSAY_TRY(evaluate(e, &c, out));
done:
  assay_free(store);
  assay_expr_free(e);
  assay_eq_columns_free(&c);
  return rc;
}

const struct assay_verb assay_eq_eval = {
    .name = "eq eval",
    .doc = "values of an expression at a point or for every row of a table",
    .usage = "EXPRESSION [options]",
    .detail = "One value per line, with the digits that read back. Variables are the names of the\n"
              "columns; with --style of another program its numbers count the columns.\n\n"
              "  assay eq eval 'x0*sin(x1)' --at x0=1.2,x1=3\n"
              "  assay eq eval 'm*c^2' --at m=2.5,c=299792458\n"
              "  assay eq eval 'add(X0, mul(2, X1))' --style gplearn --table measured.csv",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
