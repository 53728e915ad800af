/* Reading expressions: styles, and positions of errors.
 *
 *   sum     := product { (+|-) product }            from left to right
 *   product := factor { (*|/) factor }              from left to right
 *   factor  := -factor | +factor | power
 *   power   := atom [ (^|**) factor ]               so -x^2 = -(x^2) and a^b^c = a^(b^c)
 *   atom    := number | constant | variable | function(sum {, sum}) | (sum)
 *
 * "-" directly before a number that no power follows makes a negative constant, not a negation.
 * The words add sub mul div pow are also operators between operands (E2E's dialect) and functions
 * (gplearn's). min and max, add and mul take any number of arguments and are folded from the left.
 * The style `polish` reads operators before their operands, with or without parentheses and
 * commas. Numbers are decimal and read with correct rounding whatever the locale. */
#ifndef ASSAY_CORE_EXPR_PARSE_H
#define ASSAY_CORE_EXPR_PARSE_H
#include "core/expr/expr.h"

struct assay_expr_style {
  const char *name, *doc;
  const char *stem;           /* what comes before the number of a variable: "x", "x_" */
  int base;                   /* the number of the first variable: 0 or 1 */
  bool polish;                /* prefix notation */
  const char *const *columns; /* names of the variables instead, NULL: numbered; borrowed */
  int n_columns;
};

/* The known styles; the first is native; ends with a row whose name is NULL. */
extern const struct assay_expr_style assay_expr_styles[];

/* The style of this name. ASSAY_ENOTFOUND with the known names. */
int assay_expr_style_find(const struct assay_expr_style **out, const char *name);

/* Like assay_expr_parse; *position (may be NULL) becomes the byte of the text where reading
 * failed. */
int assay_expr_parse_at(struct assay_expr **out, const char *text,
                        const struct assay_expr_style *style, size_t *position);

/* The line of the text that holds this byte, and below it a line with a caret there (each ends
 * with a newline); the caller frees with assay_free. */
int assay_expr_caret(char **out, const char *text, size_t position);

#endif
