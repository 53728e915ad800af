/* What the files of the ranking share; for nobody else. */
#ifndef ASSAY_RESULTS_RANKING_PARTS_H
#define ASSAY_RESULTS_RANKING_PARTS_H
#include "results/arena.h"
#include "results/ranking.h"

/* A table in the making: the public one and what only the computation needs. */
struct assay_rank_work {
  struct assay_rank_table table; /* rows and notes point to the arrays below */
  struct assay_rank_row *rows;
  const char **notes;
  double *replicate_ranks; /* [resamples, n_rows] mid-ranks of every resample */
};

struct assay_ranking_work {
  struct assay_ranking ranking; /* first: the public pointer is this one */
  struct assay_ranking_options options;
  struct assay_arena arena;
  struct assay_rank_work *tables;
};

/* records [n] of one task -> a table without intervals, rows in order. */
int assay_rank_collect(struct assay_ranking_work *w, struct assay_rank_work *t,
                       struct assay_record *const *records, int n);
/* Its pieces: the columns of all records; one row per method; the value of a row, once it is known
 * which cases count. */
int assay_rank_columns(struct assay_ranking_work *w, struct assay_rank_table *t,
                       const struct assay_record *const *records, int n);
int assay_rank_rows(struct assay_ranking_work *w, struct assay_rank_work *t,
                    const struct assay_record **records, int n);
int assay_rank_value(const struct assay_rank_table *t, struct assay_rank_row *row);
int assay_rank_note(struct assay_ranking_work *w, struct assay_rank_work *t, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Intervals of values and places, the test of a table. */
int assay_rank_intervals(struct assay_ranking_work *w, struct assay_rank_work *t);
int assay_rank_table_test(struct assay_ranking_work *w, struct assay_rank_work *t);
/* The table over tasks. */
int assay_rank_overall(struct assay_ranking_work *w);

/* Tables for people. */
int assay_ranking_print(const struct assay_ranking *ranking, bool markdown, int width, FILE *to);

/* 0: every seed finished, 1: some failed, 2: none finished */
int assay_rank_class(const struct assay_rank_row *row);
/* < 0: a ranks before b; 0: a tie. Values are in the sense of the table. */
int assay_rank_compare(const struct assay_rank_table *t, const struct assay_rank_row *a,
                       double value_a, const struct assay_rank_row *b, double value_b);
/* One seed of a record's value of the table's metric in case k, mean over the table's fields. */
double assay_rank_case_value(const struct assay_rank_table *t, const struct assay_record *r, int k);
/* Can case k be answered from what is given? */
bool assay_rank_identifiable(const struct assay_rank_table *t, int k);
/* Is s the table's metric on a field that counts? */
bool assay_rank_is_score(const struct assay_rank_table *t, const struct assay_record_score *s);

#endif
