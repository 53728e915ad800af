/* The dialects of other programs: how they name the columns of a table. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "core/expr/parse.h"

const struct assay_expr_style assay_expr_styles[] = {
    {.name = "native", .doc = "x0, x1, ...", .stem = "x"},
    {.name = "underscore", .doc = "x_0, x_1, ...", .stem = "x_"},
    {.name = "one", .doc = "x1, x2, ... counted from one", .stem = "x", .base = 1},
    {.name = "underscore-one", .doc = "x_1, x_2, ... counted from one", .stem = "x_", .base = 1},
    {.name = "polish", .doc = "+ x0 * 2 x1, operators first", .stem = "x", .polish = true},
    {.name = "gplearn", .doc = "add(X0, mul(0.5, X1))", .stem = "X"},
    {.name = "pysr", .doc = "x0*square(x1), the column sympy_format", .stem = "x"},
    {.name = "operon", .doc = "(X1 + (2 * X2)) counted from one", .stem = "X", .base = 1},
    {.name = "afp", .doc = "x_0*sin(x_1), ellyn", .stem = "x_"},
    {.name = "aifeynman", .doc = "x0*sin(x1), last line of a solution file", .stem = "x"},
    {.name = "dsr",
     .doc = "x1*sin(x2) counted from one, column expression",
     .stem = "x",
     .base = 1},
    {.name = "udsr", .doc = "like dsr", .stem = "x", .base = 1},
    {.name = "dso", .doc = "like dsr", .stem = "x", .base = 1},
    {.name = "e2e", .doc = "(x_0 mul sin((x_1 add 2)))", .stem = "x_"},
    {0},
};

enum { N_STYLES = sizeof assay_expr_styles / sizeof *assay_expr_styles - 1 };

int assay_expr_style_find(const struct assay_expr_style **out, const char *name)
{
  int rc = ASSAY_OK;
  char known[512];
  const char *names[N_STYLES + 1] = {0};
  *out = NULL;
  for (int i = 0; i < N_STYLES; i++) {
    names[i] = assay_expr_styles[i].name;
    if (strcmp(names[i], name) == 0) *out = &assay_expr_styles[i];
  }
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND, "no style '%s' of expressions%s", name,
              assay_text_suggest(known, sizeof known, name, names));
done:
  return rc;
}
