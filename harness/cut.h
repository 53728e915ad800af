/* What a method gets to see of a data set, and what it is scored against: train.nc, inputs.nc and
 * the truth of a task, cut out of the file.
 *
 * All three are stripped: no recipe, seed, case ids, hashes or certificate, no field that the task
 * does not ask for (static ones, like the mask, apart), no parameter that it does not give.
 *
 *   train.nc   training and validation cases with all their frames; split "task" says which is
 * which inputs.nc  test cases: parameters, coordinates, static fields, the times asked for
 * (lead_time). Forecast: the context frames, on a time axis that goes on to the horizon, so that
 *              /boundary can say what is imposed until then; n_frames tells what is given.
 *              Operator: no frames; the time axis is that of lead_time.
 *   truth      laid out like a prediction */
#ifndef ASSAY_HARNESS_CUT_H
#define ASSAY_HARNESS_CUT_H
#include "datasets/dataset.h"
#include "datasets/frames.h"

/* Which cases and frames of an open data set a task is about. */
struct assay_cut {
  const struct assay_dataset *ds;
  const struct assay_task *task;
  struct assay_task_frames frames;
  long n_train, n_test;
  long *train, *test;   /* positions in the file: training and validation cases; test cases */
  int8_t *codes;        /* [n_cases] of the task's split */
  int n_fields, *field; /* fields that are given, in the order of the file */
  int n_params, *param; /* parameters that are given */
  int *n_leads;         /* [n_test] frames of the test case that are asked for and there */
};

/* ASSAY_ENOTFOUND: no such split, field or parameter; ASSAY_EARG: frames that are not there, or no
 * training or test case; ASSAY_EUNSUPPORTED: a kind of task without frames. */
int assay_cut_create(struct assay_cut **out, const struct assay_dataset *ds,
                     const struct assay_task *task);
/* All cases and all frames as test cases, whatever the splits; of the task only the fields count.
 */
int assay_cut_whole(struct assay_cut **out, const struct assay_dataset *ds,
                    const struct assay_task *task);
void assay_cut_destroy(struct assay_cut *cut);

int assay_cut_train(const struct assay_cut *cut, const char *path);
int assay_cut_inputs(const struct assay_cut *cut, const char *path);
int assay_cut_truth(const struct assay_cut *cut, const char *path, const char *inputs);

/* Axis a with the ends it has in case k of the data set. */
int assay_cut_axis(struct assay_axis *out, const struct assay_dataset *ds, long k, int a);

/* Truth of one field (index in task->fields) of the i-th test case: values [n_leads, points]. */
int assay_cut_read_truth(const struct assay_cut *cut, double *values, long i, int field);

#endif
