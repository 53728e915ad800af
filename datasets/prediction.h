/* Writing a prediction (pred.nc): the asked fields at the asked times for every case of inputs.nc,
 * dimensions (case, time, axes...), same units and grid. */
#ifndef ASSAY_DATASETS_PREDICTION_H
#define ASSAY_DATASETS_PREDICTION_H
#include "datasets/dataset.h"
#include "datasets/task.h"

struct assay_prediction;

/* A new file with the cases, axes and asked times of `inputs` and the fields of the task. */
int assay_prediction_create(struct assay_prediction **out, const char *path,
                            const struct assay_task *task, const struct assay_dataset *inputs);
/* One case of one field (index in task->fields), values [n_leads, points]. */
int assay_prediction_put(struct assay_prediction *p, long k, int field, const double *values);
/* Number of times asked for. */
int assay_prediction_leads(const struct assay_prediction *p);
/* Sync and rename; frees p whatever happens. */
int assay_prediction_commit(struct assay_prediction *p);
/* Drop the file; NULL allowed. */
void assay_prediction_abort(struct assay_prediction *p);

#endif
