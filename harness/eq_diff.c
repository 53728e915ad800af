/* assay eq diff: the derivative of an expression. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/diff.h"
#include "harness/eq.h"

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
  struct assay_eq_dialect dialect;
  struct assay_expr *e = NULL, *d = NULL;
  (void)n_args;
  ASSAY_TRY(assay_eq_dialect_open(&dialect, options));
  ASSAY_TRY(assay_eq_parse(&e, args[0], &dialect.style));
  ASSAY_TRY(variable(&var, args[1], &dialect.style));
  ASSAY_TRY(assay_expr_diff(&d, e, var));
  ASSAY_TRY(assay_eq_form_print(d, options, &dialect, out));
done:
  assay_eq_dialect_close(&dialect);
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
    .options = assay_eq_form_rows,
    .options_size = sizeof assay_eq_form_defaults,
    .defaults = &assay_eq_form_defaults,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
