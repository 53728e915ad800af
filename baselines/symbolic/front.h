/* What a search has found: a Pareto front over complexity (nodes of the expression) and error, and
 * the rule which of them is reported.
 *
 * Errors of an expression f on rows i of one kind (fitting or validation):
 *
 *   nmse       mean (f_i - y_i)^2 / variance of y    (1 - R2)
 *   relative   median of |f_i - y_i| / |y_i|
 *
 * A law without noise is matched to rounding: `relative` of an exact expression is near 1e-15
 * whatever the scale of y, while approximations stop at 1e-8 or far above. */
#ifndef ASSAY_BASELINES_SYMBOLIC_FRONT_H
#define ASSAY_BASELINES_SYMBOLIC_FRONT_H
#include <stdbool.h>

#include "baselines/symbolic/budget.h"
#include "baselines/symbolic/table.h"
#include "core/expr/expr.h"

struct assay_sr_model {
  struct assay_expr *expr;
  int complexity;          /* nodes */
  double nmse, valid_nmse; /* fitting rows, validation rows */
  double relative;         /* validation rows */
  const char *source;      /* which search found it; a literal */
};

struct assay_sr_front {
  const struct assay_sr_table *table; /* borrowed */
  int n, capacity;
  struct assay_sr_model *model; /* by complexity, ascending; both errors of one are never beaten by
                                   a smaller one */
  double *work;                 /* [2 n rows] */
};

int assay_sr_front_create(struct assay_sr_front **out, const struct assay_sr_table *table);
void assay_sr_front_destroy(struct assay_sr_front *f);

/* Evaluate e (copied) on all rows, counted in the budget, and keep it if it is not finite nowhere
 * and no model of at most its complexity has smaller errors. *exact (may be NULL): it matches the
 * target on both kinds of rows to rounding. Nothing happens when the budget is spent. */
int assay_sr_front_offer(bool *exact, struct assay_sr_front *f, const struct assay_expr *e,
                         const char *source, struct assay_sr_budget *b);

/* The same in two steps, of which the first may run beside others: out->expr is a copy of e, NULL
 * when its errors are not finite or the budget is spent; work [2 n rows]. The front takes the
 * expression of m, or frees it. */
int assay_sr_model_measure(struct assay_sr_model *out, const struct assay_sr_table *t, double *work,
                           const struct assay_expr *e, const char *source,
                           struct assay_sr_budget *b);
int assay_sr_front_take(struct assay_sr_front *f, struct assay_sr_model *m);

/* The same for text in the native style. */
int assay_sr_front_offer_text(bool *exact, struct assay_sr_front *f, const char *text,
                              const char *source, struct assay_sr_budget *b);

/* Whether a model matches the target to rounding; whether there is one (to the last digits) of at
 * most so many nodes. */
bool assay_sr_model_exact(const struct assay_sr_model *m);
bool assay_sr_front_solved(const struct assay_sr_front *f, int complexity);

/* Model `which` leaves the front. */
void assay_sr_front_remove(struct assay_sr_front *f, int which);

/* Schwarz's criterion with a node counted as one parameter,
 *
 *     n log(e) + complexity log(n).
 *
 * From 200 validation rows on, e is the error on these n rows. Fewer may be matched by luck; then n
 * are all rows and e is the error on all, where that on the N fitting rows counts (N + k) / (N - k)
 * times, the final prediction error of k = complexity / 2 constants (Akaike 1970). */
double assay_sr_model_score(const struct assay_sr_front *f, const struct assay_sr_model *m);
/* What a node adds to the score. */
double assay_sr_node_score(const struct assay_sr_front *f);

/* The model to report, NULL if there is none. If one is exact: the smallest among those whose
 * relative error is within 100 times the best (or below 1e-13). Else the one with the least score.
 */
const struct assay_sr_model *assay_sr_front_select(const struct assay_sr_front *f);

#endif
