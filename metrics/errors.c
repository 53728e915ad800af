/* Errors cell by cell: how far a predicted field lies from the truth.
 *
 * With d = prediction - truth, weights w (fluid volume, sum 1) and leads l = 1..L:
 *
 *     S2(l) = sum_i w_i d_i(l)^2       S1(l) = sum_i w_i |d_i(l)|
 *
 * Two families of ratios exist in the literature and both are here. Pooled ones (rel_l1, rel_l2,
 * nmse) divide sums over all leads, as the relative loss of neural operators does: a lead weighs as
 * much as its truth is large. Per-lead ones (nrmse as in PDEBench, vrmse as in The Well) divide
 * lead by lead and then average: every lead weighs the same. On a single lead nrmse, rel_l2 and the
 * root of nmse are the same number. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "metrics/answer.h"
#include "metrics/metric.h"
#include "metrics/reduce.h"

static double rms_error(const struct assay_metric_case *c, int field, int lead, int n)
{
  const struct assay_span error = assay_span_error(c, field, lead, n);
  return assay_span_rms(&error);
}

static double mean_square(const struct assay_metric_case *c, int field, int lead, int n)
{
  const double rms = rms_error(c, field, lead, n);
  return rms * rms;
}

static double mean_absolute(const struct assay_metric_case *c, int field, int lead, int n)
{
  const struct assay_span error = assay_span_error(c, field, lead, n);
  return assay_span_abs(&error);
}

static double largest(const struct assay_metric_case *c, int field, int lead, int n)
{
  const struct assay_span error = assay_span_error(c, field, lead, n);
  return assay_span_max(&error);
}

static double relative_l2(const struct assay_metric_case *c, int field, int lead, int n)
{
  const struct assay_span truth = assay_span_truth(c, field, lead, n);
  return assay_ratio(rms_error(c, field, lead, n), assay_span_rms(&truth), c->floor[field]);
}

static double normalised_mean_square(const struct assay_metric_case *c, int field, int lead, int n)
{
  const double ratio = relative_l2(c, field, lead, n);
  return ratio * ratio;
}

static double relative_l1(const struct assay_metric_case *c, int field, int lead, int n)
{
  const struct assay_span truth = assay_span_truth(c, field, lead, n);
  return assay_ratio(mean_absolute(c, field, lead, n), assay_span_abs(&truth), c->floor[field]);
}

static double variance_scaled(const struct assay_metric_case *c, int field, int lead, int n)
{
  const struct assay_span truth = assay_span_truth(c, field, lead, n);
  return assay_ratio(rms_error(c, field, lead, n), assay_span_std(&truth), c->floor[field]);
}

static int eval_mse(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, mean_square);
}

static int eval_rmse(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, rms_error);
}

static int eval_mae(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, mean_absolute);
}

static int eval_max_error(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, largest);
}

static int eval_nmse(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, normalised_mean_square);
}

static int eval_nrmse(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_lead_mean(value, by_lead, c, relative_l2);
}

static int eval_vrmse(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_lead_mean(value, by_lead, c, variance_scaled);
}

static int eval_rel_l1(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, relative_l1);
}

static int eval_rel_l2(double *value, double *by_lead, const struct assay_metric_case *c)
{
  return assay_eval_pooled(value, by_lead, c, relative_l2);
}

/* Worked examples. */

static const struct assay_answer_axis four_cells[] = {{ASSAY_AXIS_CENTRES, 4, 0, 2}};
static const struct assay_answer_axis ring[] = {{ASSAY_AXIS_PERIODIC, 64, 0, 6.283185307179586}};

/* Two leads of four cells with unequal weights, small enough for a pocket calculator:
 *     d(1) = 0.2 -0.4 0.6 0.1     d(2) = -0.3 0.5 0.7 -0.8     S2 = 0.148, 0.462   S1 = 0.32, 0.66
 *     truth: sum w T^2 = 5.15, 5.8    sum w |T| = 2, 1.9    variance = 4.15, 2.91 */
static void by_hand(struct assay_metric_case *c)
{
  static const double weights[4] = {0.1, 0.2, 0.3, 0.4};
  static const double truth[8] = {1.5, -2.5, 0.5, 3, -1, 2, 4, 0.5};
  static const double error[8] = {0.2, -0.4, 0.6, 0.1, -0.3, 0.5, 0.7, -0.8};
  assay_answer_start(c, 1, 2, 0.25, four_cells, 1);
  memcpy(assay_answer_weights(), weights, sizeof weights);
  for (int i = 0; i < 8; i++) {
    assay_answer_truth(0)[i] = truth[i];
    assay_answer_predicted(0)[i] = truth[i] + error[i];
  }
}

/* The same with a fifth cell that is solid and holds nonsense on both sides. */
static void by_hand_with_solid(struct assay_metric_case *c)
{
  static const struct assay_answer_axis five_cells[] = {{ASSAY_AXIS_CENTRES, 5, 0, 2.5}};
  static const double weights[5] = {0.1, 0.2, 0, 0.3, 0.4};
  static const double truth[10] = {1.5, -2.5, (double)NAN, 0.5, 3, -1, 2, 9.969e36, 4, 0.5};
  static const double error[10] = {0.2, -0.4, 1e30, 0.6, 0.1, -0.3, 0.5, 17.5, 0.7, -0.8};
  assay_answer_start(c, 1, 2, 0.25, five_cells, 1);
  memcpy(assay_answer_weights(), weights, sizeof weights);
  for (int i = 0; i < 10; i++) {
    assay_answer_truth(0)[i] = truth[i];
    assay_answer_predicted(0)[i] = truth[i] + error[i];
  }
}

static double wave(double x, double y, double t)
{
  (void)y;
  return 2.385 * cos(5 * x + 0.3 * t);
}

/* Nothing predicted for a wave of amplitude 2.385: mean square 2.385^2 / 2. */
static void nothing_for_a_wave(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 3, 0.5, ring, 1);
  assay_answer_fill(assay_answer_truth(0), c, wave);
}

/* Everything 7 % too large, on a mean of 4.1 that the variance does not see. */
static void seven_per_cent(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 3, 0.5, ring, 1);
  assay_answer_fill(assay_answer_truth(0), c, wave);
  for (int i = 0; i < 3 * 64; i++) {
    assay_answer_truth(0)[i] += 4.1;
    assay_answer_predicted(0)[i] = 1.07 * assay_answer_truth(0)[i];
  }
}

/* The spatial mean as prediction of a field with mean 4.1. */
static void mean_for_a_wave(struct assay_metric_case *c)
{
  seven_per_cent(c);
  for (int i = 0; i < 3 * 64; i++) assay_answer_predicted(0)[i] = 4.1;
}

/* A truth of zero and a stated floor of 2.5, everywhere off by -0.37. */
static void off_from_nothing(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 2, 0.25, four_cells, 1);
  assay_answer_floor()[0] = 2.5;
  for (int i = 0; i < 8; i++) assay_answer_predicted(0)[i] = -0.37;
}

static const char worked[] = "two leads of four cells by hand";
static const char solid[] = "the same with a solid cell holding fill values";
static const char sine[] = "zero for 2.385 cos(5x)";
static const char scaled[] = "1.07 times a wave with mean 4.1";
static const char mean[] = "the spatial mean of a wave";
static const char zero[] = "-0.37 for a truth of zero with floor 2.5";

const struct assay_metric assay_metric_mse = {
    .name = "mse",
    .version = 1,
    .doc = "mean squared error",
    .formula = "mean over leads of sum w (P - T)^2 per case. Weights: fluid volume, sum 1. No "
               "denominator; "
               "a zero truth is nothing special. Square of rmse.",
    .reference = "CFDBench (Luo, Chen, Zhang 2023)",
    .unit_power = 2,
    .per_field = true,
    .needs_truth = true,
    .eval = eval_mse,
    .answers = (const struct assay_metric_answer[]){{worked, by_hand, 0, 0.305, 1e-15},
                                                    {solid, by_hand_with_solid, 0, 0.305, 1e-15},
                                                    {sine, nothing_for_a_wave, 0, 2.8441125, 1e-14},
                                                    {zero, off_from_nothing, 0, 0.1369, 1e-15},
                                                    {0}},
};

const struct assay_metric assay_metric_rmse = {
    .name = "rmse",
    .version = 1,
    .doc = "root mean squared error",
    .formula =
        "sqrt(mean over leads of sum w (P - T)^2): the root is taken per case after the mean "
        "over cells and leads, before the mean over cases. Weights: fluid volume, sum 1. No "
        "denominator; a zero truth is nothing special.",
    .reference = "PDEBench (Takamoto et al. 2022)",
    .unit_power = 1,
    .per_field = true,
    .needs_truth = true,
    .eval = eval_rmse,
    .answers =
        (const struct assay_metric_answer[]){
            {worked, by_hand, 0, 0.552268050859363, 1e-15},
            {solid, by_hand_with_solid, 0, 0.552268050859363, 1e-15},
            {sine, nothing_for_a_wave, 0, 1.6864496731299157, 1e-14},
            {zero, off_from_nothing, 0, 0.37, 1e-15},
            {0}},
};

const struct assay_metric assay_metric_mae = {
    .name = "mae",
    .version = 1,
    .doc = "mean absolute error",
    .formula = "mean over leads of sum w |P - T| per case. Weights: fluid volume, sum 1. No "
               "denominator; a "
               "zero truth is nothing special.",
    .reference = "CFDBench (Luo, Chen, Zhang 2023)",
    .unit_power = 1,
    .per_field = true,
    .needs_truth = true,
    .eval = eval_mae,
    .answers = (const struct assay_metric_answer[]){{worked, by_hand, 0, 0.49, 1e-15},
                                                    {solid, by_hand_with_solid, 0, 0.49, 1e-15},
                                                    {zero, off_from_nothing, 0, 0.37, 1e-15},
                                                    {0}},
};

const struct assay_metric assay_metric_max_error = {
    .name = "max_error",
    .version = 1,
    .doc = "largest absolute error",
    .formula =
        "max over leads and fluid cells of |P - T| per case. Not weighted; cells of weight zero do "
        "not count. A zero truth is nothing special.",
    .reference = "PDEBench (Takamoto et al. 2022), without its mean over time",
    .unit_power = 1,
    .per_field = true,
    .needs_truth = true,
    .eval = eval_max_error,
    .answers = (const struct assay_metric_answer[]){{worked, by_hand, 0, 0.8, 1e-15},
                                                    {solid, by_hand_with_solid, 0, 0.8, 1e-15},
                                                    {sine, nothing_for_a_wave, 0, 2.385, 3e-3},
                                                    {zero, off_from_nothing, 0, 0.37, 1e-15},
                                                    {0}},
};

const struct assay_metric assay_metric_nmse = {
    .name = "nmse",
    .version = 1,
    .doc = "mean squared error over the mean square of the truth",
    .formula =
        "(mean over leads of sum w (P - T)^2) / (mean over leads of sum w T^2), the ratio per "
        "case. Weights: fluid volume, sum 1. The root of the denominator is at least the "
        "field's floor; if both are zero the score is 0 for an exact prediction, else "
        "infinite. Square of rel_l2.",
    .reference = "CFDBench (Luo, Chen, Zhang 2023), per case instead of pooled over the set",
    .unit = "1",
    .per_field = true,
    .needs_truth = true,
    .eval = eval_nmse,
    .answers =
        (const struct assay_metric_answer[]){
            {worked, by_hand, 0, 0.05570776255707763, 1e-16},
            {solid, by_hand_with_solid, 0, 0.05570776255707763, 1e-16},
            {sine, nothing_for_a_wave, 0, 1, 1e-15},
            {scaled, seven_per_cent, 0, 0.0049, 1e-15},
            {zero, off_from_nothing, 0, 0.021904, 1e-16},
            {0}},
};

const struct assay_metric assay_metric_nrmse = {
    .name = "nrmse",
    .version = 1,
    .doc = "root mean squared error over the root mean square of the truth, lead by lead",
    .formula =
        "mean over leads of sqrt(sum w (P - T)^2) / sqrt(sum w T^2): roots and ratio per lead, "
        "then the mean over leads, then over cases; every lead weighs the same. Weights: "
        "fluid volume, sum 1. The denominator is at least the field's floor; if both are "
        "zero the score is 0 for an exact prediction, else infinite.",
    .reference = "PDEBench (Takamoto et al. 2022)",
    .unit = "1",
    .per_field = true,
    .needs_truth = true,
    .eval = eval_nrmse,
    .answers =
        (const struct assay_metric_answer[]){
            {worked, by_hand, 0, 0.22587746914627088, 1e-15},
            {solid, by_hand_with_solid, 0, 0.22587746914627088, 1e-15},
            {sine, nothing_for_a_wave, 0, 1, 1e-15},
            {scaled, seven_per_cent, 0, 0.07, 1e-15},
            {zero, off_from_nothing, 0, 0.148, 1e-15},
            {0}},
};

const struct assay_metric assay_metric_vrmse = {
    .name = "vrmse",
    .version = 1,
    .doc = "root mean squared error over the standard deviation of the truth, lead by lead",
    .formula = "mean over leads of sqrt(sum w (P - T)^2) / sqrt(sum w (T - sum w T)^2): roots and "
               "ratio per lead, then the mean over leads, then over cases. Predicting the spatial "
               "mean scores exactly 1. Weights: fluid volume, sum 1 (standard deviation without "
               "the correction n - 1). The denominator is at least the field's floor; if both are "
               "zero the score is 0 for an exact prediction, else infinite.",
    .reference = "The Well (Ohana et al. 2024), which has n - 1 and adds 1e-7 to the variance",
    .unit = "1",
    .per_field = true,
    .needs_truth = true,
    .eval = eval_vrmse,
    .answers =
        (const struct assay_metric_answer[]){
            {worked, by_hand, 0, 0.29364809045072027, 1e-15},
            {solid, by_hand_with_solid, 0, 0.29364809045072027, 1e-15},
            {sine, nothing_for_a_wave, 0, 1, 1e-15},
            {mean, mean_for_a_wave, 0, 1, 1e-14},
            {zero, off_from_nothing, 0, 0.148, 1e-15},
            {0}},
};

const struct assay_metric assay_metric_rel_l1 = {
    .name = "rel_l1",
    .version = 1,
    .doc = "relative L1 error over space and leads",
    .formula =
        "(sum over leads of sum w |P - T|) / (sum over leads of sum w |T|), the ratio per case. "
        "Weights: fluid volume, sum 1. The mean over leads of the denominator is at least "
        "the field's floor; if both are zero the score is 0 for an exact prediction, else "
        "infinite.",
    .reference = "Poseidon (Herde et al. 2024), field by field",
    .unit = "1",
    .per_field = true,
    .needs_truth = true,
    .eval = eval_rel_l1,
    .answers = (const struct assay_metric_answer[]){{worked, by_hand, 0, 0.2512820512820513, 1e-15},
                                                    {solid, by_hand_with_solid, 0,
                                                     0.2512820512820513, 1e-15},
                                                    {sine, nothing_for_a_wave, 0, 1, 1e-15},
                                                    {scaled, seven_per_cent, 0, 0.07, 1e-15},
                                                    {zero, off_from_nothing, 0, 0.148, 1e-15},
                                                    {0}},
};

const struct assay_metric assay_metric_rel_l2 = {
    .name = "rel_l2",
    .version = 1,
    .doc = "relative L2 error over space and leads",
    .formula =
        "sqrt(sum over leads of sum w (P - T)^2) / sqrt(sum over leads of sum w T^2), roots and "
        "ratio per case. Weights: fluid volume, sum 1. The root mean over leads of the "
        "denominator is at least the field's floor; if both are zero the score is 0 for an "
        "exact prediction, else infinite.",
    .reference = "Fourier neural operator (Li et al. 2021)",
    .unit = "1",
    .per_field = true,
    .needs_truth = true,
    .eval = eval_rel_l2,
    .answers = (const struct assay_metric_answer[]){{worked, by_hand, 0, 0.2360249193561511, 1e-15},
                                                    {solid, by_hand_with_solid, 0,
                                                     0.2360249193561511, 1e-15},
                                                    {sine, nothing_for_a_wave, 0, 1, 1e-15},
                                                    {scaled, seven_per_cent, 0, 0.07, 1e-15},
                                                    {zero, off_from_nothing, 0, 0.148, 1e-15},
                                                    {0}},
};
