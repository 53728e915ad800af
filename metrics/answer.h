/* Cases with known answers, for the tables in the metrics' structs. One case at a time, in static
 * memory: a new one overwrites the last. */
#ifndef ASSAY_METRICS_ANSWER_H
#define ASSAY_METRICS_ANSWER_H
#include "metrics/metric.h"

enum { ASSAY_ANSWER_FIELDS = 3, ASSAY_ANSWER_LEADS = 8, ASSAY_ANSWER_POINTS = 4096 };

/* An axis of a case: cells of [lo, hi], walls at both ends or periodic. */
struct assay_answer_axis {
  enum assay_axis_kind kind;
  int n;
  double lo, hi;
};

/* A case on the grid of n_axes axes, the last one x, then y and z before it: fields u, v, p
 * (velocity components along x and y, and a scalar), all values zero, equal weights, floors zero,
 * leads at times dt, 2 dt, ... and no boundary conditions. */
void assay_answer_start(struct assay_metric_case *c, int n_fields, int n_leads, double dt,
                        const struct assay_answer_axis *axes, int n_axes);

/* The arrays of the case at hand, to be filled. */
double *assay_answer_predicted(int field); /* [n_leads, points] */
double *assay_answer_truth(int field);     /* [n_leads, points] */
double *assay_answer_weights(void);        /* [points] */
double *assay_answer_floor(void);          /* [n_fields] */
void assay_answer_boundary(int field, enum assay_side side, enum assay_boundary_type type,
                           double value); /* at all leads */
/* Factors along a side, [cells along it], to be filled; they are 1. Two axes. */
double *assay_answer_profile(struct assay_metric_case *c, int field, enum assay_side side);

/* out[lead, point] = f(x, y, t) with y = 0 on a grid of one axis */
void assay_answer_fill(double *out, const struct assay_metric_case *c,
                       double (*f)(double x, double y, double t));

#endif
