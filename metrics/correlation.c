/* High-correlation time: how long a roll-out stays on the true trajectory.
 *
 * rho(l) is the Pearson correlation of prediction and truth over the fluid cells at lead l, and
 * rho = 1 at the context frame, one interval before the first lead. The time is that of the first
 * crossing of the threshold, linear between the leads around it: a curve that dips and recovers
 * gets no credit for the recovery, unlike a count of leads above the threshold. */
#include <math.h>

#include "core/base/err.h"
#include "metrics/answer.h"
#include "metrics/metric.h"
#include "metrics/reduce.h"

static const double threshold = 0.8;

/* A truth that is constant in space has no correlation: what differs must be below the floor. */
static double correlation(const struct assay_metric_case *c, int field, int lead)
{
  const struct assay_span both = assay_span_error(c, field, lead, 1);
  const struct assay_span truth = assay_span_truth(c, field, lead, 1);
  const double spread = assay_span_std(&truth);
  if (spread > c->floor[field]) return assay_span_correlation(&both);
  return assay_span_std(&both) <= c->floor[field] ? 1 : 0;
}

/* Time from the context frame to the crossing; the whole span when there is none. */
static double crossing(const double *rho, const double *times, int n)
{
  const double start = times[0] - (times[1] - times[0]);
  double before = 1, time_before = start;
  for (int l = 0; l < n; l++) {
    if (rho[l] < threshold)
      return time_before - start +
             (times[l] - time_before) * (before - threshold) / (before - rho[l]);
    before = rho[l];
    time_before = times[l];
  }
  return times[n - 1] - start;
}

static int eval_correlation_time(double *value, double *by_lead, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(c->n_leads > 1, ASSAY_EUNSUPPORTED, "a correlation time needs at least two leads");
  for (int f = 0; f < c->n_fields; f++) {
    double *rho = by_lead + (ptrdiff_t)f * c->n_leads;
    for (int l = 0; l < c->n_leads; l++) rho[l] = correlation(c, f, l);
    value[f] = crossing(rho, c->times, c->n_leads);
  }
done:
  return rc;
}

/* Worked examples: truth = cos x, prediction = rho cos x + sqrt(1 - rho^2) sin x on a ring, whose
 * correlation is rho whatever is added and however it is scaled. */

static const struct assay_answer_axis ring[] = {{ASSAY_AXIS_PERIODIC, 48, 0, 6.283185307179586}};

static void with_correlations(struct assay_metric_case *c, const double *rho, int n_leads)
{
  assay_answer_start(c, 1, n_leads, 0.3, ring, 1);
  for (int l = 0; l < n_leads; l++)
    for (int i = 0; i < 48; i++) {
      const double x = assay_axis_at(&c->shape.axis[0], i);
      assay_answer_truth(0)[48 * l + i] = 7.5 + 0.02 * cos(x);
      assay_answer_predicted(0)[48 * l + i] =
          -4.1 + 3.3 * (rho[l] * cos(x) + sqrt(1 - rho[l] * rho[l]) * sin(x));
    }
}

/* 0.86 at 0.6 s, 0.79 at 0.9 s: the threshold is crossed 6/7 of the way. */
static void crossed_at_third(struct assay_metric_case *c)
{
  with_correlations(c, (const double[]){0.93, 0.86, 0.79, 0.7}, 4);
}

/* 1 at the context, 0.3 at the first lead: 0.3 s times 2/7; the later recovery does not count. */
static void crossed_at_once(struct assay_metric_case *c)
{
  with_correlations(c, (const double[]){0.3, 0.97, 0.99}, 3);
}

static void never_crossed(struct assay_metric_case *c)
{
  with_correlations(c, (const double[]){0.99, 0.93, 0.85, 0.81, 0.88}, 5);
}

static void opposite(struct assay_metric_case *c)
{
  with_correlations(c, (const double[]){0.9, -1}, 2);
}

/* A roll-out that starts at 30 s is measured from its context frame all the same. */
static void crossed_at_third_later(struct assay_metric_case *c)
{
  static double later[4];
  crossed_at_third(c);
  for (int l = 0; l < 4; l++) later[l] = 30 + c->times[l];
  c->times = later;
}

/* A truth whose waves (standard deviation 0.02 / sqrt 2) are below its floor, met within it at the
 * first lead and missed at the second. */
static void below_floor(struct assay_metric_case *c)
{
  with_correlations(c, (const double[]){0.1, 0.1}, 2);
  assay_answer_floor()[0] = 0.05;
  for (int i = 0; i < 48; i++) assay_answer_predicted(0)[i] = 6.2;
}

const struct assay_metric assay_metric_correlation_time = {
    .name = "correlation_time",
    .version = 1,
    .doc = "time until the correlation with the truth falls below 0.8",
    .formula =
        "Time from the context frame to the first crossing of rho = 0.8, linear between leads, "
        "with rho = 1 at the context frame (one interval before the first lead); per case, then "
        "the mean over cases. rho = sum w (P - mean P)(T - mean T) / (std P std T) per lead over "
        "fluid cells, weights sum 1; a prediction that is constant in space has rho = 0. Zero "
        "spread: where std T is not above the field's floor, rho = 1 if std(P - T) is not either, "
        "else 0. Never crossed: the whole span (censored: all leads >= 0.8). By lead: rho. Absent "
        "for a single lead.",
    .reference = "PDE-Refiner (Lippe et al. 2023) counts leads above the threshold instead",
    .unit = "s",
    .better = ASSAY_HIGHER_IS_BETTER,
    .per_field = true,
    .needs_truth = true,
    .eval = eval_correlation_time,
    .answers =
        (const struct assay_metric_answer[]){
            {"0.93, 0.86, 0.79, 0.7", crossed_at_third, 0, 0.857142857142857, 1e-13},
            {"the same, 30 s later", crossed_at_third_later, 0, 0.857142857142857, 1e-13},
            {"0.3 at once, then recovery", crossed_at_once, 0, 0.0857142857142857, 1e-14},
            {"never below 0.81", never_crossed, 0, 1.5, 1e-15},
            {"0.9, then the opposite", opposite, 0, 0.315789473684211, 1e-13},
            {"below the floor, met then missed", below_floor, 0, 0.36, 1e-15},
            {0}},
};
