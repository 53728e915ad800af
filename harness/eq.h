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

/* What sub-verbs that print an expression share: options, reading, printing. */
struct assay_eq_form {
  int as; /* enum assay_expr_format */
  const char *style;
  struct assay_list names;
};
extern const struct assay_param assay_eq_form_rows[];
extern const struct assay_eq_form assay_eq_form_defaults;

/* A dialect with the names of the options; style points into names, so it is not to be copied. */
struct assay_eq_dialect {
  struct assay_expr_style style;
  struct assay_list names;
  char *store;
};
int assay_eq_dialect_open(struct assay_eq_dialect *out, const struct assay_eq_form *form);
void assay_eq_dialect_close(struct assay_eq_dialect *d);

/* Print in the form asked for. */
int assay_eq_form_print(const struct assay_expr *e, const struct assay_eq_form *form,
                        const struct assay_eq_dialect *d, FILE *out);

#endif
