/* Shared by dataset.c (opening), dataset_scan.c (what a file holds) and dataset_read.c (values). */
#ifndef ASSAY_DATASETS_DATASET_INTERNAL_H
#define ASSAY_DATASETS_DATASET_INTERNAL_H
#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/dataset.h"
#include "datasets/nc.h"

/* Texts and arrays that live as long as the data set. */
struct assay_dataset_link {
  struct assay_dataset_link *next;
};

/* One NetCDF file; a manifest has several. Cases [first, first + n) of the data set. */
struct assay_dataset_file {
  char *path;
  int nc;
  long first, n;
  int *field_var; /* [n_fields] */
};

struct assay_dataset {
  struct assay_dataset_info info;
  struct assay_dataset_link *chain;
  int n_files;
  struct assay_dataset_file *files;
  int dim_case, dim_time, dim_axis[ASSAY_AXES_MAX]; /* in the first file */
  const char *content; /* content_sha256 of a manifest; NULL: the file's own */
  bool lenient;        /* a prediction of somebody else's making: bookkeeping may be missing */
  bool lacks_case[64]; /* static fields (y, x) without a case dimension */
  int *n_frames;       /* [n_cases] */
  double *params;      /* [n_cases, n_params] */
};

enum { ASSAY_DATASET_FIELDS_MAX = 64 };

/* Zeroed memory that goes with the data set. ASSAY_ENOMEM. */
int assay_dataset_keep(struct assay_dataset *ds, void **out, size_t n, size_t size);
/* A text attribute, "" when it is missing. */
int assay_dataset_keep_text(struct assay_dataset *ds, const char **out, int group, int var,
                            const char *name);
int assay_dataset_keep_copy(struct assay_dataset *ds, const char **out, const char *text);

/* Dimensions, axes, fields, parameters and splits of the first file into info. */
int assay_dataset_scan(struct assay_dataset *ds);
/* Variables of every file, and case_id, n_frames and parameter values of all cases. */
int assay_dataset_load(struct assay_dataset *ds);

/* The file that holds case k. */
const struct assay_dataset_file *assay_dataset_file_of(const struct assay_dataset *ds, long k);

/* Open a NetCDF file. ASSAY_EIO: not there; ASSAY_ECORRUPT: foreign or damaged. */
int assay_dataset_open_file(struct assay_dataset_file *file, const char *path);

/* As assay_dataset_open; lenient: only the dimension `case` is required. */
int assay_dataset_open_as(struct assay_dataset **out, const char *path, bool lenient);

#endif
