/* Rankings from records: one table per task, one over all tasks. What is computed and why is told
 * in docs/results.md; in short:
 *
 *  - Only records of one definition (task_hash, data_hash, test cases) are compared: that of the
 *    newest record. Of several with the same method and seed the newest counts.
 *  - The value of a method is the mean over test cases of the primary metric, per case the mean
 *    over seeds and over fields (where they have one unit). Cases where a ranked method has no
 *    value count for nobody.
 *  - Where some cases cannot be answered by anybody (cases.identifiable of the records), the mean
 *    over the others stands beside the value. It does not rank.
 *  - Intervals: BCa bootstrap over test cases. Places: every resample ranks all methods on the same
 *    cases (paired); their quantiles are the interval of the place.
 *  - A method with a failed seed ranks behind all without; one without any finished seed is last.
 *  - Tests: Friedman over blocks (task, case), failed = worst rank, with Nemenyi's critical
 *    difference. */
#ifndef ASSAY_RESULTS_RANKING_H
#define ASSAY_RESULTS_RANKING_H
#include <stdio.h>

#include "core/num/signif.h"
#include "results/record.h"

struct assay_ranking_options {
  const char *metric; /* NULL: the primary one of each task */
  const char *field;  /* NULL: the mean over fields */
  int resamples;      /* 0: 4000; at least 2000 for publication */
  double level;       /* 0: 0.95 */
  uint64_t seed;
};

/* A score that the records of a task have. */
struct assay_rank_column {
  const char *metric, *field, *unit, *doc; /* doc may be NULL */
  bool higher_is_better;
  double floor; /* value of the truth itself; NaN: none */
};

struct assay_rank_row {
  const char *method;
  bool floor;                                /* no-learning floor */
  int n_seeds;                               /* records, failed ones too */
  int n_failed;                              /* of them without a score that ranks */
  const struct assay_record *const *records; /* [n_seeds] by seed */
  const struct assay_record *example;        /* a finished one, else a failed one */
  const char *reason;                        /* first failure; "" */
  int place;                                 /* 1: best; equal ones share it; 0: no finished seed */
  int place_low, place_high;                 /* interval of the place; 0: none */
  double best_share;                         /* share of resamples in which it is first */
  double rank;                               /* place as mid-rank, failed ones too */
  double value, low, high;                   /* NaN where not ranked; interval NaN for one case */
  double identifiable_value;                 /* over the counted cases that can be identified */
  double seed_deviation;                     /* standard deviation over seeds; NaN below two */
  const double *cases;                       /* [n_cases] mean over seeds and fields; NaN: none */
  const double *columns;                     /* [n_columns] mean over seeds; NaN: none */
  double skill;                              /* 1 - value / best floor's value; NaN: not defined */
  double train_s, predict_s; /* wall time, mean over finished seeds; predict_s per case */
  double memory_mb;          /* largest of train and predict over seeds; NaN: not known */
};

/* The Friedman test, or why there is none. */
struct assay_rank_test {
  const char *why_not; /* NULL: there is one */
  int n_blocks;
  struct assay_friedman friedman;
  double difference;          /* Nemenyi's critical difference of mean ranks at 1 - level */
  int n_methods;              /* 0 when there is none */
  const char *const *methods; /* [n_methods] */
  const double *mean_ranks;   /* [n_methods] over blocks */
};

struct assay_rank_table {
  const char *task, *title, *kind, *task_hash, *data_hash;
  const char *metric, *unit;
  const char *field;  /* NULL: mean over fields */
  const char *fields; /* "u, v, p" that are averaged, or the one */
  bool higher_is_better;
  int n_cases, n_counted; /* test cases; those where every ranked method has a value */
  const bool *counted;    /* [n_cases] */
  /* [n_cases] whether the answer can be found from what is given; NULL: all. And how many of the
   * counted ones: n_counted where there is no difference. */
  const bool *identifiable;
  int n_identifiable;
  const struct assay_record
      *example; /* for case labels, leads, data set: a finished record if any */
  int n_columns;
  const struct assay_rank_column *columns; /* scores of the metric that ranks first */
  int n_rows;
  const struct assay_rank_row *rows; /* best first */
  struct assay_rank_test test;
  int n_notes;
  const char *const *notes; /* what the reader must know: few cases, records left out ... */
};

struct assay_rank_overall_row {
  const char *method;
  bool floor;
  int n_tasks, n_first, n_failed; /* tasks answered, won (place 1), failed */
  double mean_rank, low, high;    /* over the tasks it was run on, each with the same weight */
};

struct assay_ranking {
  double level;
  int resamples;
  int n_tables;
  const struct assay_rank_table *tables; /* in the order of the records */
  int n_overall;
  const struct assay_rank_overall_row
      *overall;                /* those that answered as many tasks as any competitor first */
  bool tasks_resampled;        /* the overall intervals are over tasks too, not only cases */
  struct assay_rank_test test; /* methods that were run on all tasks */
  int n_withdrawn;
  const struct assay_record *const *withdrawn;
};

/* Rank records (grouped by task, as assay_store_select gives them), which must outlive the ranking.
 * ASSAY_ENOTFOUND: no record has the metric or field asked for. */
int assay_ranking_create(struct assay_ranking **out, struct assay_record *const *records, int n,
                         const struct assay_ranking_options *options);
void assay_ranking_destroy(struct assay_ranking *ranking);

/* ---- output ---- */

enum assay_ranking_format {
  ASSAY_RANKING_TABLE,
  ASSAY_RANKING_MARKDOWN,
  ASSAY_RANKING_CSV,
  ASSAY_RANKING_JSON,
};

/* width: columns of the terminal for tables, 0: no limit. CSV has one line per task and method and
 * is made for reading by programs, as is JSON ("assay-ranking/1", docs/results.md): numbers have
 * all their digits there. */
int assay_ranking_write(const struct assay_ranking *ranking, enum assay_ranking_format format,
                        int width, FILE *to);
int assay_ranking_json(json_t **out, const struct assay_ranking *ranking);
int assay_ranking_table_json(json_t **out, const struct assay_rank_table *table);

#endif
