/* Shared by writer_layout.c (what the file looks like) and writer.c (what goes into it). */
#ifndef ASSAY_DATASETS_WRITER_INTERNAL_H
#define ASSAY_DATASETS_WRITER_INTERNAL_H
#include "core/base/err.h"
#include "core/base/file.h"
#include "datasets/nc.h"
#include "datasets/writeback.h"
#include "datasets/writer.h"

/* A small variable whose first dimension is case: filled case by case, written at the end. */
struct assay_writer_column {
  int group, var;
  nc_type type;
  size_t per_case;
  void *data;
};

struct assay_writer {
  struct assay_layout layout;
  struct assay_outfile file;
  const char *shown; /* the final path, for messages */
  int nc;            /* -1: closed */
  struct assay_writeback early;
  int dim_case, dim_time, dim_side, dim_lead, dim_axis[ASSAY_AXES_MAX];
  int group_params, group_certificate, group_splits, group_boundary;
  int *field_var; /* [n_fields] */
  double *range;  /* [n_fields, 2] smallest and largest stored value */
  int n_columns;
  struct assay_writer_column *columns;
  /* index into columns, -1: the layout has none */
  int id, frames, hash, subset, origin, time, axis[ASSAY_AXES_MAX], leads, params, splits, rows,
      reason, error, boundary, profiles;
  long n_put;
  long *ids;     /* [n_cases] */
  char **hashes; /* [n_cases] */
};

/* With a local `w`: check a NetCDF status. */
#define ASSAY_WRITER_NC(call, doing) ASSAY_TRY(assay_nc_check((call), w->shown, (doing)))

/* Define all dimensions, variables and attributes, and write what is known without cases. */
int assay_writer_define(struct assay_writer *w);
/* Bytes of one element of a column. */
size_t assay_writer_type_size(nc_type type);
bool assay_writer_has_boundary(const struct assay_layout *layout, int field);

#endif
