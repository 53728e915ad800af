/* What metrics of systems share. */
#ifndef ASSAY_METRICS_SYSTEM_H
#define ASSAY_METRICS_SYSTEM_H
#include "metrics/metric.h"

/* Follow the predicted system over a window, from its first state. d [n - 1], one number for every
 * later row,
 *
 *     d = min(1, sqrt(mean over k of ((p_k - x_k) / s_k)^2)),
 *
 * p the predicted, x the true state, s_k the standard deviation of x_k over all held-out rows
 * (where it does not vary: its size, or 1). From where the prediction cannot be followed d is 1.
 * Steps are as small as a relative error of 1e-8 per step needs. ASSAY_ENOMEM. */
int assay_system_follow(double *d, const struct assay_metric_system *s, int window);

/* A case for known answers; the caller releases it. ASSAY_EPARSE, ASSAY_ENOMEM. */
int assay_system_answer_build(struct assay_metric_system *out,
                              const struct assay_metric_system_answer *answer);
void assay_system_answer_release(struct assay_metric_system *s);

#endif
