/* Scores of a prediction: every metric on every test case.
 *
 * A truth counts as zero below its floor: 1e-6 of the rms of the field over all test cases and
 * times. Weights are fluid volume (harness/validate.h). */
#ifndef ASSAY_HARNESS_SCORING_H
#define ASSAY_HARNESS_SCORING_H
#include "harness/validate.h"
#include "metrics/metric.h"

/* One metric of one field. Cases and leads without a value are NaN. */
struct assay_score {
  const struct assay_metric *metric;
  int field;       /* index in task->fields; -1: of the whole state */
  char *unit;      /* of the values */
  double *cases;   /* [n_cases] */
  double *by_lead; /* [n_cases, n_leads] */
  double floor;    /* mean over cases of the value of the truth itself; NaN: the metric has none */
};

struct assay_scores {
  int n;
  struct assay_score *score; /* [n] in the order of the metrics, then fields */
  long n_cases;
  int n_leads;
  double *lead_times; /* [n_leads] s, mean over the cases that have the lead */
  char problem[256]; /* "mse of u is infinite for case 3": a score that cannot be ranked; else "" */
};

/* Metrics by name; `good` (or NULL: all) tells which test cases are scored, the others stay NaN.
 * ASSAY_ENOTFOUND for an unknown metric, ASSAY_EIO, ASSAY_ENOMEM. */
int assay_scores_create(struct assay_scores **out, const struct assay_cut *cut,
                        const struct assay_dataset *prediction, const struct assay_list *metrics,
                        const bool *good);
void assay_scores_destroy(struct assay_scores *scores);

/* Mean over the cases that have a value; NaN when none has. */
double assay_score_mean(const struct assay_scores *scores, const struct assay_score *score);

#endif
