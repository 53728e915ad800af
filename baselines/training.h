/* What a built-in method sees of a file, and reading training data in pieces that fit into memory.
 */
#ifndef ASSAY_BASELINES_TRAINING_H
#define ASSAY_BASELINES_TRAINING_H
#include "baselines/baseline.h"
#include "datasets/frames.h"

/* The fields that a task asks for and the parameters it gives, found in a file. */
struct assay_view {
  const struct assay_dataset *data;
  const struct assay_dataset_info *info;
  int n_fields, field[ASSAY_LIST_MAX]; /* [n_fields] index in the file, in the order of the task */
  size_t points;                       /* of one frame */
  int n_params, param[ASSAY_LIST_MAX]; /* [n_params] index in the file */
};
/* ASSAY_ENOTFOUND: a field or parameter that the task names is not in the file; ASSAY_EUNSUPPORTED:
 * a field without frames, or more than ASSAY_LIST_MAX parameters. */
int assay_view_open(struct assay_view *v, const struct assay_task *task,
                    const struct assay_dataset *data);
/* Names of the parameters, "lid_velocity viscosity"; the caller owns *out. */
int assay_view_param_names(char **out, const struct assay_view *v);
/* values [n_params] of case k */
int assay_view_params(const struct assay_view *v, double *values, long k);

/* Training and validation cases by position in the file. Without validation cases the training
 * cases stand in for them. */
struct assay_training {
  struct assay_view view;
  struct assay_task_frames frames;
  long n_train, n_valid;
  long *train, *valid;
};
/* ASSAY_EARG: there is no training case; what assay_view_open and assay_task_frames return. */
int assay_training_open(struct assay_training *t, const struct assay_train_job *job);
void assay_training_close(struct assay_training *t);

/* values [n, points]: frames (indices) of field f (position in the task) of case k. A case that
 * ends early stays at its last frame. ASSAY_ECORRUPT: no frame at all, or a value that is not
 * finite. */
int assay_training_read(const struct assay_training *t, double *values, long k, int f,
                        const int *frames, int n);

/* values [n, n_params] of the listed cases */
int assay_training_params(const struct assay_training *t, double *values, const long *cases,
                          long n);

/* Column-wise (x - mean) / spread with the standard deviation of the rows it was fitted to; a
 * column that only varies by rounding has spread 1. */
struct assay_scaling {
  int n;
  double *mean, *spread; /* [n] */
};
int assay_scaling_fit(struct assay_scaling *s, const double *x, long rows, int n);
void assay_scaling_apply(const struct assay_scaling *s, double *x, long rows);
void assay_scaling_clear(struct assay_scaling *s);

/* BLAS and LAPACK stay on one thread from now on: the same sums in the same order. */
void assay_single_threaded(void);

#endif
