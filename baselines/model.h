/* What a built-in method learned: MODEL_DIR/model.nc, a NetCDF file of named arrays of doubles
 * (with checksums), numbers and texts. It says which method and version made it and for which
 * fields, and is only opened by the same. Written under a temporary name and renamed on commit. */
#ifndef ASSAY_BASELINES_MODEL_H
#define ASSAY_BASELINES_MODEL_H
#include "baselines/training.h"

struct assay_model;

enum { ASSAY_MODEL_DIMS = 5 };

int assay_model_create(struct assay_model **out, const char *dir, const struct assay_baseline *who,
                       const struct assay_task *task);
/* A number, a text, an array of n_dims (at most ASSAY_MODEL_DIMS) dimensions. ASSAY_EIO. */
int assay_model_put_number(struct assay_model *m, const char *name, double value);
int assay_model_put_text(struct assay_model *m, const char *name, const char *text);
int assay_model_put(struct assay_model *m, const char *name, int n_dims, const size_t *dims,
                    const double *values);
/* Names of the parameters that it learns from. */
int assay_model_put_params(struct assay_model *m, const struct assay_view *view);
/* An array in pieces: define once, then write blocks. */
int assay_model_define(struct assay_model *m, const char *name, int n_dims, const size_t *dims);
int assay_model_write(struct assay_model *m, const char *name, const size_t *start,
                      const size_t *count, const double *values);
/* Sync and rename; frees m whatever happens. */
int assay_model_commit(struct assay_model *m);

/* ASSAY_EIO: there is none; ASSAY_ECORRUPT: damaged, or made by another method, version or for
 * other fields than the task's (the message says which). */
int assay_model_open(struct assay_model **out, const char *dir, const struct assay_baseline *who,
                     const struct assay_task *task);
/* ASSAY_ECORRUPT unless the file gives the same parameters. */
int assay_model_check_params(const struct assay_model *m, const struct assay_view *view);
int assay_model_number(double *out, const struct assay_model *m, const char *name);
/* The caller owns *out. */
int assay_model_text(char **out, const struct assay_model *m, const char *name);
/* An array with these dimensions; 0 in dims accepts any length and is replaced by it. The caller
 * owns *values. ASSAY_ECORRUPT. */
int assay_model_get(double **values, const struct assay_model *m, const char *name, int n_dims,
                    size_t *dims);

/* Close a model that was opened, drop one that was not committed. NULL allowed. */
void assay_model_close(struct assay_model *m);

#endif
