/* A metric turns (prediction, truth) of one case into numbers. A case is a flow, a temperature, ...
 * on a grid (`eval`), a table with an equation to be found (`equation`), or a system of ordinary
 * differential equations (`system`); a metric serves one of them.
 *
 * To add one: write metrics/FAMILY.c that defines `const struct assay_metric assay_metric_NAME` and
 * put both into the table in metrics/meson.build. A metric must bring known answers; the
 * conformance test refuses one that brings none. A file may serve a family: then the list in
 * meson.build names each metric of it ('mse' lives in errors.c: see there).
 *
 * The order: reduce over space (and leads), root, ratio - per case; then the mean over cases. A
 * metric that takes root and ratio lead by lead before the mean over leads (nrmse, vrmse) says so
 * in its formula. Sums are weighted by cell volume over fluid cells, weights normalised over these
 * cells. A non-finite prediction never reaches a metric: the harness fails the record before. */
#ifndef ASSAY_METRICS_METRIC_H
#define ASSAY_METRICS_METRIC_H
#include <stdbool.h>

#include "core/base/param.h"
#include "core/expr/expr.h"
#include "datasets/case.h"
#include "datasets/dimension.h"

/* One case, prediction beside truth. Arrays are borrowed. */
struct assay_metric_case {
  int n_fields;
  const struct assay_field *fields; /* [n_fields] */
  int n_leads;                      /* frames that are scored; context is not among them */
  const double *times;              /* [n_leads] s */
  struct assay_shape shape;         /* axes of one frame; spacing from lo, hi, n */
  const double *weights;            /* [points] fluid volume, sum 1; 0 in solids */
  const double *const *predicted;   /* [n_fields][n_leads, points] in the field's unit */
  const double *const *truth;       /* the same */
  const double *floor;              /* [n_fields] norm below which a truth counts as zero */
  /* boundary conditions: type (enum assay_boundary_type as int) and value per field, side, lead */
  const int *boundary_type;     /* [n_fields, 4] */
  const double *boundary_value; /* [n_fields, 4, n_leads] */
  /* factors of the values along the sides of a two-dimensional grid, [n_fields, 4][cells along the
   * side]; NaN: nothing is imposed there. NULL, here or for one side: 1 everywhere */
  const double *const *boundary_profile;
};

/* An equation beside the law that it should be. Arrays are borrowed. */
struct assay_metric_equation {
  const struct assay_expr *predicted; /* the one that the method selected */
  int n_front;
  const struct assay_expr *const
      *front;                     /* [n_front] all that it offers, the selected one as well */
  const struct assay_expr *law;   /* what made the data */
  const struct assay_expr *truth; /* what trees are compared with: the law, but for a few */
  int n_columns;
  const double *scale;    /* [n_columns] geometric mean of |x|, > 0 */
  const bool *positive;   /* [n_columns] no value is negative */
  long n;                 /* test rows */
  const double *const *x; /* [n_columns][n] */
  const double *y;        /* [n] */
  const struct assay_dimension
      *units; /* [n_columns + 1] of the columns, then of y; NULL: unknown */
  /* Rows outside the box of the rows to learn from, and the law there: finite, not 0. None of them
   * (n_beyond = 0) where the law has no values there. */
  long n_beyond;
  const double *const *x_beyond; /* [n_columns][n_beyond] */
  const double *y_beyond;        /* [n_beyond] */
};

/* A worked example for equations: its test rows are 41 fixed ones of x0 .. x3, from 1 to 5, and y
 * is the law; the rows beyond are those plus 4. expected NaN: the metric has no value there. */
struct assay_metric_equation_answer {
  const char *what;                   /* where the number comes from; NULL ends the table */
  const char *predicted, *law, *more; /* more: a second candidate of the front; NULL: none */
  double expected, tolerance;
  const char *units; /* of x0 .. x3 and y: "m, s, 1, 1, m s-1"; "?": not known; NULL: all 1 */
};

/* Held-out states that follow each other: rows first .. first + n - 1. */
struct assay_metric_window {
  long first, n;
};

/* A system dx_k/dt = f_k(x) beside the one that made the trajectories. Arrays are borrowed. */
struct assay_metric_system {
  int n; /* states */
  const struct assay_metric_equation
      *state; /* [n] of x_k: columns are the states, rows the held-out ones, y the true rate;
                 the same rows for all */
  const double *time; /* [rows] s */
  int n_windows;
  const struct assay_metric_window *window; /* [n_windows] */
};

/* A worked example for systems: each state beside its law, one to three of them. The held-out
 * states are two windows of 21 points at steps of 0.1 s from (1.7, -0.4, 0.9) and (0.6, 1.1, -0.5).
 */
enum { ASSAY_ANSWER_STATES = 3 };
struct assay_metric_system_answer {
  const char *what; /* where the number comes from; NULL ends the table */
  const char *predicted[ASSAY_ANSWER_STATES], *law[ASSAY_ANSWER_STATES]; /* NULL: no such state */
  double expected, tolerance;
};

enum assay_metric_better { ASSAY_LOWER_IS_BETTER, ASSAY_HIGHER_IS_BETTER };

/* A worked example: build() fills a case (from static arrays), eval must give `expected`. */
struct assay_metric_answer {
  const char *what; /* where the number comes from; NULL ends the table */
  void (*build)(struct assay_metric_case *c);
  int field; /* index of the value in the outputs */
  double expected, tolerance;
};

struct assay_metric {
  const char *name;
  int version; /* raise when numbers change: kept predictions are scored again */
  const char *doc;
  const char *formula; /* plain text: order of root, mean, ratio; weights; zero and NaN policy */
  const char *reference;
  const char *unit; /* "1", or NULL: the field's unit (or its square: see unit_power) */
  int unit_power;
  enum assay_metric_better better;
  bool per_field;   /* one value per field; else one for the whole state */
  bool needs_truth; /* false: also defined for the prediction alone */
  /* value [n_out] over all leads, by_lead [n_out, n_leads] (NaN where a lead alone has no value);
   * n_out = n_fields when per_field, else 1. ASSAY_EUNSUPPORTED when the case lacks what the metric
   * needs (no velocity, one frame only): the score is then absent, not zero. */
  int (*eval)(double *value, double *by_lead, const struct assay_metric_case *c);
  /* Value of the truth itself, printed as the floor (divergence operators); NULL: zero. Same
   * outputs as eval, called with predicted = truth. */
  bool has_floor;
  const struct assay_metric_answer *answers;

  /* For equations: `eval` and `answers` are NULL then, per_field is false. In a system every state
   * has such a value, and their mean counts. ASSAY_EUNSUPPORTED: the table has no such value. A
   * method without a readable equation gets `worst`; NaN: no value. */
  int (*equation)(double *value, const struct assay_metric_equation *q);
  double worst;
  const struct assay_metric_equation_answer *equation_answers;
  /* Whether the table has such a value, whatever is predicted; NULL: always. Where it has not, a
   * method without an equation has none either. */
  bool (*applies)(const struct assay_metric_equation *q);

  /* For systems: the same, over all states at once. */
  int (*system)(double *value, const struct assay_metric_system *s);
  const struct assay_metric_system_answer *system_answers;
};

extern const struct assay_metric *const assay_metrics[]; /* NULL-terminated */
int assay_metric_find(const struct assay_metric **out, const char *name);

#endif
