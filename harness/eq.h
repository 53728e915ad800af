/* `assay eq SUBVERB ...`: one file eq_NAME.c per sub-verb, which defines assay_eq_NAME; the list is
 * in cmd_eq.c. */
#ifndef ASSAY_HARNESS_EQ_H
#define ASSAY_HARNESS_EQ_H
#include "core/expr/parse.h"
#include "harness/verb.h"

/* Sub-verbs are verbs whose name is "eq NAME". */
extern const struct assay_verb assay_eq_print;
extern const struct assay_verb assay_eq_eval;
extern const struct assay_verb assay_eq_diff;
extern const struct assay_verb assay_eq_simplify;
extern const struct assay_verb assay_eq_distance;
extern const struct assay_verb assay_eq_fit;

/* Parse an expression given on the command line in the style of this name; a failure shows the
 * place with a caret on further lines of the message. The caller owns *out. */
int assay_eq_parse(struct assay_expr **out, const char *text, const struct assay_expr_style *style);

#endif
