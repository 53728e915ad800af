/* assay eq print: an expression in another form. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/eq.h"

struct print_options {
  int as;
  const char *style;
  struct assay_list names;
};

/* in the order of enum assay_expr_format */
static const struct assay_param rows[] = {
    {ASSAY_P_CHOICE(print_options, as, "infix", "prefix", "latex", "tree", "polish"),
     .doc = "what to print"},
    {ASSAY_P_STRING(print_options, style), .doc = "dialect of the expression"},
    {ASSAY_P_LIST(print_options, names), .doc = "names of the variables, if not x0, x1, ..."},
    {0},
};

static const struct print_options defaults = {.style = "native"};

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct print_options *o = options;
  const struct assay_expr_style *known;
  struct assay_expr *e = NULL;
  char *text = NULL, *store = NULL;
  (void)n_args;
  ASSAY_TRY(assay_expr_style_find(&known, o->style));
  struct assay_expr_style style = *known;
  struct assay_list names = o->names;
  ASSAY_TRY(assay_options_split(&names, &store));
  style.columns = names.n ? names.item : NULL;
  style.n_columns = names.n;
  ASSAY_TRY(assay_eq_parse(&e, args[0], &style));
  ASSAY_TRY(assay_expr_print_names(&text, e, (enum assay_expr_format)o->as, style.columns));
  fprintf(out, "%s%s", text, o->as == ASSAY_EXPR_TREE ? "" : "\n");
done:
  assay_free(text);
  assay_free(store);
  assay_expr_free(e);
  return rc;
}

const struct assay_verb assay_eq_print = {
    .name = "eq print",
    .doc = "an expression in another form",
    .usage = "EXPRESSION [options]",
    .detail = "  assay eq print 'x0*sin(x1)' --as latex\n"
              "  assay eq print 'add(X0, mul(2, X1))' --style gplearn\n"
              "  assay eq print --as tree -- '-x0^2'",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
