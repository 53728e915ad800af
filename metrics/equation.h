/* What metrics of equations share. */
#ifndef ASSAY_METRICS_EQUATION_H
#define ASSAY_METRICS_EQUATION_H
#include "metrics/metric.h"

/* *out [n] = values of e on the test rows; the caller frees them. ASSAY_ENOMEM. */
int assay_equation_values(double **out, const struct assay_expr *e,
                          const struct assay_metric_equation *q);

/* Coefficient of determination of e on the test rows,
 *
 *     R2 = 1 - sum (y - f)^2 / sum (y - mean y)^2,
 *
 * free of overflow and underflow whatever the size of y. Where f is not finite on some row, and
 * where y does not vary and f differs from it: minus infinity. ASSAY_ENOMEM. */
int assay_equation_r2(double *out, const struct assay_expr *e,
                      const struct assay_metric_equation *q);

/* The same on the rows beyond, [n_beyond]. */
int assay_equation_values_beyond(double **out, const struct assay_expr *e,
                                 const struct assay_metric_equation *q);

/* used[v] = whether x_v is in e once it is simplified, v < n (later ones are passed over); x0 - x0
 * uses nothing. */
int assay_equation_variables(bool *used, int n, const struct assay_expr *e);

/* A case for known answers, in static memory: see struct assay_metric_equation_answer. The caller
 * releases it. ASSAY_EPARSE. */
int assay_equation_answer_build(struct assay_metric_equation *out,
                                const struct assay_metric_equation_answer *answer);
void assay_equation_answer_release(struct assay_metric_equation *q);

#endif
