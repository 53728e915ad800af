/* Reading a data-set file (NetCDF-4 in the layout of docs/format.md), a manifest of shards, or any
 * file of the same family: train.nc and inputs.nc of a task, a prediction. */
#ifndef ASSAY_DATASETS_DATASET_H
#define ASSAY_DATASETS_DATASET_H
#include <stdint.h>

#include "datasets/case.h"

struct assay_dataset;

/* A number per case: a parameter or a derived group. */
struct assay_quantity {
  const char *name, *unit, *doc;
  const char *const *choices; /* the value is an index into these names; NULL: a number */
};

enum { ASSAY_SUBSETS_MAX = 64 };
/* Cases [first, first + n) of the recipe: those that share a name (recipe key `subsets`). */
struct assay_subset {
  const char *name;
  long first, n;
};

/* What a file holds; everything is borrowed from the open data set. */
struct assay_dataset_info {
  const char *path;
  long n_cases;
  const long *case_id;      /* [n_cases] global ids */
  int n_times;              /* length of the time dimension; 0: none */
  struct assay_shape shape; /* axes with lo, hi of case 0; n_frames = n_times */
  enum assay_dtype dtype;
  int n_fields;
  const struct assay_field *fields;
  int n_params;
  const struct assay_quantity *params;
  int n_splits;
  const char *const *splits;
  int n_subsets; /* 0: the recipe names none */
  const struct assay_subset *subsets;
};

/* ASSAY_EIO: not there or unreadable; ASSAY_ECORRUPT: not a data set, truncated, or a variable
 * that must be there is not (named in the message). */
int assay_dataset_open(struct assay_dataset **out, const char *path);
void assay_dataset_close(struct assay_dataset *ds);
const struct assay_dataset_info *assay_dataset_info(const struct assay_dataset *ds);

/* The NetCDF files that it consists of: one, or the shards of a manifest. NULL behind the last. */
const char *assay_dataset_file_path(const struct assay_dataset *ds, int i);

/* Index of the subset that case k belongs to, -1 when there are none. */
int assay_dataset_subset(const struct assay_dataset *ds, long k);

/* Index by name, -1 when there is none. */
int assay_dataset_field(const struct assay_dataset *ds, const char *name);
int assay_dataset_param(const struct assay_dataset *ds, const char *name);

/* A text attribute of the root group; the caller owns *out. ASSAY_ENOTFOUND. */
int assay_dataset_text(char **out, const struct assay_dataset *ds, const char *attribute);

/* Cases are indexed by position in the file, 0 <= k < n_cases.
 * Frames [frame0, frame0 + n) of one field as double: values [n, points] ([points] for static
 * fields with n = 1, [n] for scalars). Frames behind the last one of the case are NaN. ASSAY_EARG
 * outside the file, ASSAY_EIO. */
int assay_dataset_read(const struct assay_dataset *ds, double *values, long k, int field,
                       int frame0, int n);
/* Frames that case k has (frames behind are fill); 0 for a diverged case without any. */
int assay_dataset_frames(const struct assay_dataset *ds, long k);
/* times [n_times] of case k in s; x of one axis of case k, [axis.n]. */
int assay_dataset_times(const struct assay_dataset *ds, double *times, long k);
int assay_dataset_coordinate(const struct assay_dataset *ds, double *x, long k, int axis);
/* Realised parameter values of case k, [n_params]. */
int assay_dataset_params(const struct assay_dataset *ds, double *values, long k);
/* Split codes [n_cases]: 0 train, 1 validation, 2 test, -1 unused. ASSAY_ENOTFOUND lists them. */
int assay_dataset_split(const struct assay_dataset *ds, int8_t *codes, const char *name);
/* Boundary condition of a field at a side (enum assay_boundary_type as int
 * in *type) and its values at the file's times, [n_times]. */
int assay_dataset_boundary(const struct assay_dataset *ds, int *type, double *values, long k,
                           int field, int side);
/* Factors of the boundary values along a side, values [n of the axis along it]: 1 where the file
 * has none, NaN where nothing is imposed. False in *varies when all are 1. Two-dimensional grids.
 */
int assay_dataset_profile(const struct assay_dataset *ds, bool *varies, double *values, long k,
                          int field, int side);
/* The times asked for in case k, [*n] (inputs.nc only); times == NULL only counts. ASSAY_ENOTFOUND:
 * the file asks for nothing. */
int assay_dataset_lead_times(const struct assay_dataset *ds, double *times, int *n, long k);

/* One certificate row ("max_divergence") of all cases, [n_cases]. ASSAY_ENOTFOUND. */
int assay_dataset_certificate(const struct assay_dataset *ds, double *values, const char *row);
/* error estimate of a field, [n_times] of case k in the field's unit, NaN where unknown */
int assay_dataset_error(const struct assay_dataset *ds, double *values, long k, int field);

#endif
