/* assay eq print: an expression in another form. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/eq.h"

/* in the order of enum assay_expr_format */
const struct assay_param assay_eq_form_rows[] = {
    {ASSAY_P_CHOICE(assay_eq_form, as, "infix", "prefix", "latex", "tree", "polish"),
     .doc = "what to print"},
    {ASSAY_P_STRING(assay_eq_form, style), .doc = "dialect of the expression"},
    {ASSAY_P_LIST(assay_eq_form, names), .doc = "names of the variables, if not x0, x1, ..."},
    {0},
};
const struct assay_eq_form assay_eq_form_defaults = {.style = "native"};

int assay_eq_dialect_open(struct assay_eq_dialect *out, const struct assay_eq_form *form)
{
  int rc = ASSAY_OK;
  const struct assay_expr_style *known;
  *out = (struct assay_eq_dialect){.names = form->names};
  ASSAY_TRY(assay_expr_style_find(&known, form->style));
  ASSAY_TRY(assay_options_split(&out->names, &out->store));
  out->style = *known;
  out->style.columns = out->names.n ? out->names.item : NULL;
  out->style.n_columns = out->names.n;
done:
  return rc;
}

void assay_eq_dialect_close(struct assay_eq_dialect *d)
{
  assay_free(d->store);
  d->store = NULL;
}

int assay_eq_form_print(const struct assay_expr *e, const struct assay_eq_form *form,
                        const struct assay_eq_dialect *d, FILE *out)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(assay_expr_print_names(&text, e, (enum assay_expr_format)form->as, d->style.columns));
  fprintf(out, "%s%s", text, form->as == ASSAY_EXPR_TREE ? "" : "\n");
done:
  assay_free(text);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  struct assay_eq_dialect d;
  struct assay_expr *e = NULL;
  (void)n_args;
  ASSAY_TRY(assay_eq_dialect_open(&d, options));
  ASSAY_TRY(assay_eq_parse(&e, args[0], &d.style));
  ASSAY_TRY(assay_eq_form_print(e, options, &d, out));
done:
  assay_eq_dialect_close(&d);
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
    .options = assay_eq_form_rows,
    .options_size = sizeof assay_eq_form_defaults,
    .defaults = &assay_eq_form_defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
