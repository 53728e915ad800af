/* What `assay run` is about to do: tasks, methods and seeds resolved into jobs.
 *
 * assay_plan_create finds and checks everything that has a name; assay_plan_prepare then makes what
 * jobs need and share - data sets, train.nc, inputs.nc, truth - in the work folder:
 *
 *   WORK/lock                  one run at a time
 *   WORK/data/RECIPE-HASH.nc   data sets, by resolved recipe and generator version
 *   WORK/tasks/TASK-HASH/      task.json, train.nc, inputs.nc, truth.nc; made once, then only read
 *   WORK/jobs/JOB/             a fresh folder for every job (harness/job.h)
 *
 * Everything in WORK can be deleted at any time between runs. */
#ifndef ASSAY_HARNESS_PLAN_H
#define ASSAY_HARNESS_PLAN_H
#include <jansson.h>
#include <stdio.h>

#include "datasets/table_recipe.h"
#include "harness/cut.h"
#include "harness/library.h"
#include "harness/method.h"
#include "results/record.h"

/* What one job answers: the task, or one table of a task that has a set of them, or (kind
 * discovery) the tables of one system. */
struct assay_plan_part {
  char *name;                       /* of the table or system; NULL: the task is not in parts */
  int first, n_tables;              /* tables of the set */
  char **table;                     /* [n_tables] their paths */
  char data_hash[ASSAY_SHA256_HEX]; /* content of the data set, or of the tables */
  char id[ASSAY_SHA256_HEX];        /* of task and data: what methods see as the name of the task */
  char *data;                       /* path of the data set; NULL with tables */
  char *dir;                        /* WORK/tasks/... */
  json_t *cases;                    /* member of records */
};

struct assay_plan_task {
  struct assay_task task;
  struct assay_config *config;       /* owns the texts of the task */
  struct assay_recipe *recipe;       /* of cases; else NULL */
  struct assay_table_recipe *tables; /* of tables (regression, discovery); else NULL */
  char *spec;                        /* name or file */
  char hash[ASSAY_SHA256_HEX];       /* of the definition and the versions of its metrics */
  char set_hash[ASSAY_SHA256_HEX];   /* content of the set of tables; "" without one */
  int n_parts;                       /* 1 without tables */
  struct assay_plan_part *part;      /* [n_parts] filled in by assay_plan_prepare, but for names */
  json_t *dataset;                   /* member of records */
};

struct assay_plan_method {
  struct assay_method *method;
  char *spec;
  bool of_suite; /* else asked for beside it */
};

struct assay_job {
  int task, part, method; /* index */
  int64_t seed;
  char id[ASSAY_SHA256_HEX]; /* assay_record_job; after assay_plan_prepare */
};

struct assay_plan {
  struct assay_suite suite;
  struct assay_config *config; /* owns the texts of the suite; NULL without one */
  char *spec;                  /* of the suite; NULL without one */
  int n_tasks, n_methods, n_jobs;
  struct assay_plan_task *tasks;
  struct assay_plan_method *methods;
  struct assay_job *jobs;
};

/* What was asked for. Without a suite, tasks and methods name what to run. With one they select
 * from it (empty lists: everything), and a method that is not of the suite runs on its tasks as
 * well. */
struct assay_plan_request {
  const char *suite; /* NULL: none */
  struct assay_list tasks, methods, seeds;
  struct assay_list parts; /* names of tables; empty: all */
};

/* ASSAY_ENOTFOUND, ASSAY_EPARSE, ASSAY_EARG: a name, a file, or nothing to do. */
int assay_plan_create(struct assay_plan **out, const struct assay_plan_request *request);
void assay_plan_destroy(struct assay_plan *plan);

/* Make data sets (`jobs` workers) and task folders that are not there yet, and fill in the hashes
 * and job ids. The caller holds the lock of the work folder. */
int assay_plan_prepare(struct assay_plan *plan, const char *work, int jobs, FILE *progress);

/* The key of a job's record; borrowed from the plan. */
void assay_plan_key(struct assay_record_key *out, const struct assay_plan *plan,
                    const struct assay_job *job);

/* The command that repeats a job; the caller owns *out. */
int assay_plan_command(char **out, const struct assay_plan *plan, const struct assay_job *job);

#endif
