/* Sums over the cells and leads of a case, shared by all metrics.
 *
 * Every sum is compensated (Neumaier), in a fixed order (leads slowest), weighted by the fluid
 * volume of the cell, and skips cells of weight zero whatever they hold. Sums are taken after
 * scaling by a power of two, so that finite values of any size neither overflow nor vanish. A
 * difference of finite values that is too large for a double counts as infinite, never as NaN. */
#ifndef ASSAY_METRICS_REDUCE_H
#define ASSAY_METRICS_REDUCE_H
#include "metrics/metric.h"

struct assay_sum {
  double total, lost;
};
void assay_sum_add(struct assay_sum *s, double x);
double assay_sum_value(const struct assay_sum *s);

/* The power of two that brings `largest` (>= 0) into [1/2, 1); 1 for 0 and infinity. */
double assay_scale_of(double largest);

/* What is reduced: first - second at n_leads x points places. */
struct assay_span {
  const double *weights;        /* [points], sum 1 over the cells that count */
  const double *first, *second; /* [n_leads, points]; second == NULL: zero */
  size_t points;
  int n_leads;
};

/* Leads [lead, lead + n) of a field: prediction minus truth, prediction, truth. */
struct assay_span assay_span_error(const struct assay_metric_case *c, int field, int lead, int n);
struct assay_span assay_span_predicted(const struct assay_metric_case *c, int field, int lead,
                                       int n);
struct assay_span assay_span_truth(const struct assay_metric_case *c, int field, int lead, int n);

double assay_span_max(const struct assay_span *s); /* max |d| */
double assay_span_abs(const struct assay_span *s); /* mean over leads of sum w |d| */
double assay_span_rms(const struct assay_span *s); /* sqrt(mean over leads of sum w d^2) */
/* sqrt(mean over leads of sum w (d - m)^2), m = sum w d of the same lead; 0 when the spread is only
 * the rounding of a constant */
double assay_span_std(const struct assay_span *s);
/* Pearson correlation of first and second over the cells of one lead (n_leads == 1), means removed;
 * 0 when either is constant. */
double assay_span_correlation(const struct assay_span *s);

/* part / max(whole, least); when both are zero: 0 for part == 0, else infinity. */
double assay_ratio(double part, double whole, double least);

/* eval of a metric per field from the score of a field over leads [lead, lead + n). pooled: value =
 * score of all leads at once. lead_mean: value = mean over leads of the scores of single leads. */
int assay_eval_pooled(double *value, double *by_lead, const struct assay_metric_case *c,
                      double (*score)(const struct assay_metric_case *c, int field, int lead,
                                      int n));
int assay_eval_lead_mean(double *value, double *by_lead, const struct assay_metric_case *c,
                         double (*score)(const struct assay_metric_case *c, int field, int lead,
                                         int n));

/* The velocity among the fields: components in the order of the axes of the grid. */
struct assay_velocity {
  int n;                     /* components found */
  int field[ASSAY_AXES_MAX]; /* [n] index of the field */
  int axis[ASSAY_AXES_MAX];  /* [n] axis it points along */
};
/* ASSAY_EUNSUPPORTED, naming the axis, when an axis of the grid has no component. */
int assay_velocity_find(struct assay_velocity *v, const struct assay_metric_case *c);
/* rms of |u| over cells and leads; truth when `truth`, else prediction */
double assay_velocity_rms(const struct assay_metric_case *c, const struct assay_velocity *v,
                          bool truth, int lead, int n);
/* floor for |u|: the root of the summed squares of the components' floors */
double assay_velocity_floor(const struct assay_metric_case *c, const struct assay_velocity *v);

double assay_axis_spacing(const struct assay_axis *axis);
size_t assay_axis_stride(const struct assay_shape *shape, int axis);

#endif
