/* What produce.c and produce_work.c share: one run from a recipe to a file. */
#ifndef ASSAY_HARNESS_PRODUCE_RUN_H
#define ASSAY_HARNESS_PRODUCE_RUN_H
#include "core/base/log.h"
#include "harness/journal.h"
#include "harness/pool.h"
#include "harness/produce.h"

enum case_state { CASE_OPEN, CASE_DONE, CASE_FAILED };
enum { NUMBER_CPU, NUMBER_WALL, NUMBER_PEAK, NUMBER_STEPS, NUMBER_DIVERGED };

struct assay_produce_run {
  const struct assay_produce *p;
  struct assay_produce_report *report;
  char *parts; /* folder */
  int lock;    /* fd of its lock file */
  struct assay_journal *journal;
  long n;               /* cases of this file */
  unsigned char *state; /* [n] enum case_state */
  char **reason;        /* [n] of failed cases */
  long *todo;           /* [n_todo] the k of assay_produce_case, costly ones first */
  double *cost;         /* [n] predicted */
  long n_todo;
  long *kind;       /* [n] cases of equal kind can be made side by side; -1: alone */
  long worker_kind; /* in a worker: what it is making */
  struct assay_pool *pool;
  struct assay_writer *writer;
  long written;
  struct assay_progress bar;
};

/* Settle run->kind of all open cases. ASSAY_ENOMEM and what assay_recipe_params returns. */
int assay_produce_find_kinds(struct assay_produce_run *run);

/* assay_pool_work_many: user is the run, items are indices into run->todo. */
void assay_produce_work(struct assay_pool_hands *pool, void *user, long item, bool alone);

#endif
