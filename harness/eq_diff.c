/* assay eq diff: the derivative of an expression. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/diff.h"
#include "harness/eq.h"

struct diff_options {
  int as;
  const char *style;
  struct assay_list names;
};

/* in the order of enum assay_expr_format */
static const struct assay_param rows[] = {
    {ASSAY_P_CHOICE(diff_options, as, "infix", "prefix", "latex", "tree", "polish"),
     .doc = "what to print"},
    {ASSAY_P_STRING(diff_options, style), .doc = "dialect of the expression"},
    {ASSAY_P_LIST(diff_options, names), .doc = "names of the variables, if not x0, x1, ..."},
    {0},
};

static const struct diff_options defaults = {.style = "native"};

/* the number of the variable called so */
static int variable(int *out, const char *name, const struct assay_expr_style *style)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  ASSAY_TRY(assay_err_prefix(assay_expr_parse(&e, name, style), "variable '%s': ", name));
  ASSAY_CHECK(e->node[0].op == ASSAY_EXPR_VAR && e->n == 1, ASSAY_EARG, "'%s' is no variable",
              name);
  *out = e->node[0].var;
done:
  assay_expr_free(e);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK, var = -1;
  const struct diff_options *o = options;
  const struct assay_expr_style *known;
  struct assay_expr *e = NULL, *d = NULL;
  char *text = NULL, *store = NULL;
  (void)n_args;
  ASSAY_TRY(assay_expr_style_find(&known, o->style));
  struct assay_expr_style style = *known;
  struct assay_list names = o->names;
  ASSAY_TRY(assay_options_split(&names, &store));
  style.columns = names.n ? names.item : NULL;
  style.n_columns = names.n;
  ASSAY_TRY(assay_eq_parse(&e, args[0], &style));
  ASSAY_TRY(variable(&var, args[1], &style));
  ASSAY_TRY(assay_expr_diff(&d, e, var));
  ASSAY_TRY(assay_expr_print_names(&text, d, (enum assay_expr_format)o->as, style.columns));
  fprintf(out, "%s%s", text, o->as == ASSAY_EXPR_TREE ? "" : "\n");
done:
  assay_free(text);
  assay_free(store);
  assay_expr_free(d);
  assay_expr_free(e);
  return rc;
}

const struct assay_verb assay_eq_diff = {
    .name = "eq diff",
    .doc = "the derivative of an expression by one of its variables",
    .usage = "EXPRESSION VARIABLE [options]",
    .detail =
        "Zeros and ones are cleaned away, nothing else is simplified (`assay eq simplify`).\n\n"
        "  assay eq diff 'x0*sin(x1)' x1\n"
        "  assay eq diff 'm*v^2/2' v --names m,v",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
