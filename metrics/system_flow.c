/* How well the right-hand sides of a system are found: the rates at held-out states, and where they
 * lead when they are followed from there. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "metrics/equation.h"
#include "metrics/system.h"

/* ---- rates -------------------------------------------------------------------------------- */

/* |f - y| / |y| over the rows, lengths in units of the largest |y|; 1 at most. */
static int rate_error_of(double *out, const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double *f = NULL, largest = 0, wrong = 0, all = 0;
  ASSAY_TRY(assay_equation_values(&f, q->predicted, q));
  for (long i = 0; i < q->n; i++) largest = fmax(largest, fabs(q->y[i]));
  const double unit = largest > 0 ? largest : 1;
  for (long i = 0; i < q->n; i++) {
    wrong += (f[i] / unit - q->y[i] / unit) * (f[i] / unit - q->y[i] / unit);
    all += q->y[i] / unit * (q->y[i] / unit);
  }
  *out = wrong == 0 ? 0 : sqrt(wrong) < sqrt(all) ? sqrt(wrong / all) : 1;
done:
  assay_free(f);
  return rc;
}

static int eval_rate_error(double *value, const struct assay_metric_system *s)
{
  int rc = ASSAY_OK;
  double one;
  *value = 0;
  for (int k = 0; k < s->n; k++) {
    ASSAY_TRY(rate_error_of(&one, &s->state[k]));
    *value += one / s->n;
  }
done:
  return rc;
}

/* ---- trajectories ------------------------------------------------------------------------- */

static const double TOO_FAR = 0.4;

/* Sum of d over all windows, number of steps, and of those before d first passes TOO_FAR. */
struct tour {
  double sum, steps, valid;
};

static int follow_all(struct tour *out, const struct assay_metric_system *s)
{
  int rc = ASSAY_OK;
  double *d = NULL;
  *out = (struct tour){0};
  for (int w = 0; w < s->n_windows; w++) {
    const long n = s->window[w].n - 1;
    bool valid = true;
    assay_free(d);
    d = NULL;
    ASSAY_TRY(ASSAY_NEW(&d, (size_t)n + 1, "trajectory"));
    ASSAY_TRY(assay_system_follow(d, s, w));
    for (long j = 0; j < n; j++) {
      valid = valid && d[j] <= TOO_FAR;
      out->sum += d[j];
      out->valid += valid;
      out->steps++;
    }
  }
done:
  assay_free(d);
  return rc;
}

static int eval_trajectory_error(double *value, const struct assay_metric_system *s)
{
  int rc = ASSAY_OK;
  struct tour t;
  ASSAY_TRY(follow_all(&t, s));
  if (t.steps == 0) return ASSAY_EUNSUPPORTED;
  *value = t.sum / t.steps;
done:
  return rc;
}

static int eval_valid_time(double *value, const struct assay_metric_system *s)
{
  int rc = ASSAY_OK;
  struct tour t;
  ASSAY_TRY(follow_all(&t, s));
  if (t.steps == 0) return ASSAY_EUNSUPPORTED;
  *value = t.valid / t.steps;
done:
  return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static int eval_system_solution(double *value, const struct assay_metric_system *s)
{
  int rc = ASSAY_OK;
  const struct assay_metric *solution;
  double one;
  ASSAY_TRY(assay_metric_find(&solution, "solution"));
  *value = 1;
  for (int k = 0; k<s->n && * value> 0; k++) {
    ASSAY_TRY(solution->equation(&one, &s->state[k]));
    *value = fmin(*value, one);
  }
done:
  return rc;
}

/* ---- known answers ------------------------------------------------------------------------ */

/* What the number is, the equations, the law, the value, within. */
#define DECAY \
  {           \
    "-0.5*x0" \
  }
#define TURN    \
  {             \
    "x1", "-x0" \
  }

static const struct assay_metric_system_answer rate_answers[] = {
    {"six tenths too fast", {"-0.8*x0"}, DECAY, 0.6, 1e-14},
    {"0.44 in one of two states", {"x1", "-1.44*x0"}, TURN, 0.22, 1e-14},
    {"an offset in one of two: sums over the exact trajectories",
     {"x1 + 0.3", "-x0"},
     TURN,
     0.1347433542145991,
     1e-11},
    {"no worse than no rate", {"7*x0"}, DECAY, 1, 1e-15},
    {"no number", {"log(-x0)"}, DECAY, 1, 1e-15},
    {0}};

static const struct assay_metric_system_answer trajectory_answers[] = {
    {"exponentials in closed form", {"-0.8*x0"}, DECAY, 0.37140947926338636, 1e-7},
    {"oscillations in closed form", {"x1", "-1.44*x0"}, TURN, 0.3488091182546932, 1e-7},
    {"goes to infinity after 0.29 s and 0.83 s", {"2*x0^2"}, DECAY, 0.970787083779685, 1e-6},
    {"stands still", {"0"}, DECAY, 0.714160082881153, 1e-7},
    {"the law", {"x0*x1/x0", "0 - x0"}, TURN, 0, 1e-6},
    {0}};

static const struct assay_metric_system_answer valid_answers[] = {
    {"exponentials in closed form: 12 of 20 steps", {"-0.8*x0"}, DECAY, 0.6, 1e-14},
    {"oscillations in closed form", {"x1", "-1.44*x0"}, TURN, 0.5, 1e-14},
    {"goes to infinity: one step of 40 was good", {"2*x0^2"}, DECAY, 0.025, 1e-14},
    {"the law", {"-x0/2"}, DECAY, 1, 1e-14},
    {0}};

static const struct assay_metric_system_answer solution_answers[] = {
    {"in other words", {"x1*x0/x0", "-x0"}, TURN, 1, 1e-15},
    {"one of two is another law", {"x1", "-x0 + 1e-7*x1"}, TURN, 0, 1e-15},
    {"all three", {"x1", "x2 + 0", "-x0 - x1"}, {"x1", "x2", "-x1 - x0"}, 1, 1e-15},
    {0}};

#define FLOW .version = 1, .reference = "docs/discovery.md", .unit = "1", .needs_truth = true
#define DISTANCES                                                                                 \
  "the predicted system is integrated from the first state of every held-out window; at every "   \
  "later point d = min(1, sqrt(mean over states of ((p - x)/s)^2)), s the standard deviation of " \
  "a "                                                                                            \
  "state over all held-out rows (its size where that is zero), 1 from where the prediction "      \
  "cannot "                                                                                       \
  "be followed; "

const struct assay_metric assay_metric_rate_error = {
    .name = "rate_error",
    FLOW,
    .doc = "relative error of the right-hand sides at the held-out states, 1 at most",
    .formula = "min(1, sqrt(sum (f - y)^2 / sum y^2)) over the held-out rows, all of the same "
               "weight; y zero everywhere: 0 if f is, else 1; then the mean over the states, then "
               "over systems (cases)",
    .better = ASSAY_LOWER_IS_BETTER,
    .worst = 1,
    .system = eval_rate_error,
    .system_answers = rate_answers,
};
const struct assay_metric assay_metric_trajectory_error = {
    .name = "trajectory_error",
    FLOW,
    .doc = "distance from the true trajectory when the system is followed from held-out states",
    .formula =
        DISTANCES "the mean of d over windows and points, each of the same weight; then over "
                  "systems (cases)",
    .better = ASSAY_LOWER_IS_BETTER,
    .worst = 1,
    .system = eval_trajectory_error,
    .system_answers = trajectory_answers,
};
const struct assay_metric assay_metric_valid_time = {
    .name = "valid_time",
    FLOW,
    .doc = "share of a window before the followed system is 0.4 standard deviations off",
    .formula = DISTANCES "points before d first passes 0.4 over all points, windows of the same "
                         "weight; then the mean over systems (cases)",
    .better = ASSAY_HIGHER_IS_BETTER,
    .worst = 0,
    .system = eval_valid_time,
    .system_answers = valid_answers,
};
const struct assay_metric assay_metric_system_solution = {
    .name = "system_solution",
    FLOW,
    .doc = "1 where the equation of every state is the law (metric solution); else 0",
    .formula =
        "the least of `solution` over the states, zero where one is not the law: states have "
        "no weight; then the mean over systems (cases)",
    .better = ASSAY_HIGHER_IS_BETTER,
    .worst = 0,
    .system = eval_system_solution,
    .system_answers = solution_answers,
};
