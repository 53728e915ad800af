/* What the reader and the writer share on top of the NetCDF library. */
#ifndef ASSAY_DATASETS_NC_H
#define ASSAY_DATASETS_NC_H
#include <netcdf.h>

/* Names of the layout that docs/format.md describes. */
#define ASSAY_FORMAT "assay-dataset/1"
#define ASSAY_MANIFEST_SCHEMA "assay-manifest/1"
#define ASSAY_DIM_CASE "case"
#define ASSAY_DIM_TIME "time"
#define ASSAY_DIM_LEAD "lead"
#define ASSAY_DIM_SIDE "side"

/* ASSAY_OK, or ASSAY_EIO "path: cannot <doing>: reason". */
int assay_nc_check(int status, const char *path, const char *doing);

int assay_nc_put_text(int group, int var, const char *path, const char *name, const char *text);

/* Caller-owned text of an attribute of either string type. ASSAY_ENOTFOUND. */
int assay_nc_get_text(char **out, int group, int var, const char *path, const char *name);

/* The registered HDF5 filter number of zstd; readers know it by this. */
enum { ASSAY_FILTER_ZSTD = 32015 };

/* Make this process able to read and write zstd-compressed variables. ASSAY_EENV. */
int assay_zstd_register(void);

#endif
