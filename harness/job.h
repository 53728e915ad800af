/* One job: (suite, task, method, seed) from a fresh folder to a record in the journal.
 *
 *   WORK/jobs/JOB/  task.json train.nc inputs.nc   what the method gets (train.nc until it is
 * trained) model/                         what train leaves; read-only for predict scratch/ HOME
 * and TMPDIR of its processes pred.nc                        what predict has to write train.log
 * predict.log lock
 *
 * Whatever the method does - crash, overrun, wrong shape, NaN - becomes a failed record with the
 * reason. Kept in the results folder: predictions/JOB.nc, truth/TASK.nc, logs/JOB.log. */
#ifndef ASSAY_HARNESS_JOB_H
#define ASSAY_HARNESS_JOB_H
#include "harness/plan.h"
#include "harness/supervise.h"
#include "harness/validate.h"

enum assay_phase { ASSAY_PHASE_TRAIN, ASSAY_PHASE_PREDICT, ASSAY_PHASE_SCORE };
extern const char *const assay_phase_names[];

/* What came of a job. Released with assay_job_result_clear. */
struct assay_job_result {
  bool failed;
  int phase;        /* of the failure: enum assay_phase */
  const char *kind; /* "crash", "timeout", ...: a literal as in records */
  char reason[640];
  char *tail;   /* last lines of the output of the failed phase; NULL: none */
  bool trained; /* train was run */
  struct assay_outcome train, predict;
  struct assay_scores *scores; /* NULL: none; in a failed job diagnosis only */
  json_t *answer;              /* regression: member of the record (score_equation.h); NULL: none */
  double primary;              /* mean over fields and cases of the first metric; NaN: none */
};
void assay_job_result_clear(struct assay_job_result *r);

struct assay_job_settings {
  const char *work, *results;
  bool keep;             /* leave the job folder */
  bool keep_predictions; /* in the results folder */
};

/* Run the job and append its record. The return code is about the harness: ASSAY_EIO, ASSAY_ENOMEM,
 * ASSAY_EENV. */
int assay_job_run(struct assay_job_result *result, const struct assay_plan *plan,
                  const struct assay_job *job, const struct assay_job_settings *settings);

/* End the processes that jobs of a killed run left behind. ASSAY_EENV. */
int assay_jobs_end(const char *work);

/* The record of a finished job; the caller owns *out. started: provenance taken at its start. */
int assay_job_record(json_t **out, const struct assay_plan *plan, const struct assay_job *job,
                     const struct assay_job_result *result, json_t *started);

#endif
