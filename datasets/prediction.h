/* Writing a prediction (pred.nc): the asked fields at the asked times for every case of inputs.nc,
 * dimensions (case, time, axes...), same units and grid. */
#ifndef ASSAY_DATASETS_PREDICTION_H
#define ASSAY_DATASETS_PREDICTION_H
#include "datasets/dataset.h"
#include "datasets/task.h"

struct assay_prediction;

/* A new file with the cases, axes and asked times of `inputs` and the fields of the task (unit and
 * meaning from the variables of `inputs`, which are there even where no frame is given).
 * ASSAY_EIO; ASSAY_ENOTFOUND: `inputs` lacks a field or the asked times. */
int assay_prediction_create(struct assay_prediction **out, const char *path,
                            const struct assay_task *task, const struct assay_dataset *inputs);
/* One case of one field (index in task->fields), values [leads of this case, points]. Cases come in
 * order, all fields of one before the next. ASSAY_EARG otherwise. */
int assay_prediction_put(struct assay_prediction *p, long k, int field, const double *values);
/* Largest number of times asked for in a case. */
int assay_prediction_leads(const struct assay_prediction *p);
/* All cases must be there. Sync and rename; frees p whatever happens. */
int assay_prediction_commit(struct assay_prediction *p);
/* Drop the file; NULL allowed. */
void assay_prediction_abort(struct assay_prediction *p);

/* Open a prediction that anybody wrote: like assay_dataset_open, but only the dimension `case` and
 * the fields must be there; n_frames, coordinates and attributes may be missing. */
int assay_prediction_open(struct assay_dataset **out, const char *path);

#endif
