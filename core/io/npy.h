/* Writing NumPy's .npy files, format 1.0: one array in C order, values little-endian. */
#ifndef ASSAY_CORE_IO_NPY_H
#define ASSAY_CORE_IO_NPY_H
#include <stddef.h>

struct assay_npy;

/* Longest list of dimensions. */
enum { ASSAY_NPY_DIMS_MAX = 8 };

/* type is "f4", "f8", "i1", "i4" or "i8"; shape [n_dims], slowest first. The file appears under its
 * name only on commit. ASSAY_EIO. */
int assay_npy_create(struct assay_npy **out, const char *path, const char *type, int n_dims,
                     const size_t *shape);
/* The next n values, of the file's type. ASSAY_EIO; ASSAY_EARG: more than the shape holds. */
int assay_npy_put(struct assay_npy *f, const void *values, size_t n);
/* All values must be there. Syncs and renames; frees f whatever happens. */
int assay_npy_commit(struct assay_npy *f);
/* Drop the file; NULL allowed. */
void assay_npy_abort(struct assay_npy *f);

/* All of it at once. */
int assay_npy_write(const char *path, const char *type, int n_dims, const size_t *shape,
                    const void *values);

#endif
