/* assay eq simplify: the canonical form of one expression. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/canonical.h"
#include "harness/eq.h"

struct simplify_options {
  int as;
  const char *style;
};

enum { AS_INFIX, AS_TREE };

static const struct assay_param rows[] = {
    {ASSAY_P_CHOICE(simplify_options, as, "infix", "tree"), .doc = "what to print"},
    {ASSAY_P_STRING(simplify_options, style), .doc = "dialect of the expression"},
    {0},
};

static const struct simplify_options defaults = {.style = "native"};

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct simplify_options *o = options;
  const struct assay_expr_style *style;
  struct assay_expr *e = NULL;
  struct assay_canonical *c = NULL;
  (void)n_args;
  ASSAY_TRY(assay_expr_style_find(&style, o->style));
  ASSAY_TRY(assay_eq_parse(&e, args[0], style));
  ASSAY_TRY(assay_canonical_make(&c, e));
  fprintf(out, "%s\n", o->as == AS_TREE ? c->tree : c->text);
  if (c->limited) fprintf(stderr, "the simplification was cut short: the best form up to there\n");
done:
  assay_canonical_free(c);
  assay_expr_free(e);
  return rc;
}

const struct assay_verb assay_eq_simplify = {
    .name = "eq simplify",
    .doc = "the canonical form of an expression",
    .usage = "EXPRESSION [options]",
    .detail = "Constants are evaluated to 15 digits, the rest is factored and simplified; this is\n"
              "the form whose trees `assay eq distance` compares (docs/equation-metrics.md).\n\n"
              "  assay eq simplify 'x0*x1 + x0*x2*x3*sin(x4)'\n"
              "  assay eq simplify '(x0^2 - x1^2)/(x0 - x1)' --as tree",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
