/* "\x93NUMPY", version 1 0, length of the header (16 bits, little-endian), the header - a Python
 * dictionary, filled up with blanks and a newline so that the values start at a multiple of 64 -
 * and the values. */
#include "core/io/npy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are stored little-endian");

enum { ALIGN = 64, PREFIX = 10, HEADER_MAX = 512 };

struct assay_npy {
  struct assay_outfile file;
  size_t size;       /* of a value */
  size_t left, most; /* values still to come, in all */
};

static int check_type(const char *type, const char *path)
{
  int rc = ASSAY_OK;
  static const char *const types[] = {"f4", "f8", "i1", "i4", "i8"};
  bool known = false;
  for (int i = 0; i < 5; i++) known = known || strcmp(type, types[i]) == 0;
  ASSAY_CHECK(known, ASSAY_EARG, "%s: no type '%s' of values", path, type);
done:
  return rc;
}

/* The header into out, and its length. A tuple of one needs its comma. */
static size_t make_header(char out[HEADER_MAX], const char *type, int n_dims, const size_t *shape)
{
  const char *order = strcmp(type, "i1") == 0 ? "|" : "<";
  size_t at = PREFIX;
  at += (size_t)snprintf(out + at, HEADER_MAX - at,
                         "{'descr': '%s%s', 'fortran_order': False, 'shape': (", order, type);
  for (int d = 0; d < n_dims; d++)
    at += (size_t)snprintf(out + at, HEADER_MAX - at, "%s%zu", d ? ", " : "", shape[d]);
  at += (size_t)snprintf(out + at, HEADER_MAX - at, "%s), }", n_dims == 1 ? "," : "");
  while ((at + 1) % ALIGN) out[at++] = ' ';
  out[at++] = '\n';
  memcpy(out, "\x93NUMPY\x01", 8); /* with the zero behind it: version 1 0 */
  out[8] = (char)((at - PREFIX) & 0xff);
  out[9] = (char)((at - PREFIX) >> 8);
  return at;
}

static int put_bytes(struct assay_npy *f, const void *bytes, size_t n)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(fwrite(bytes, 1, n, f->file.stream) == n, ASSAY_EIO, "%s: cannot write: %s",
              f->file.path, strerror(errno));
done:
  return rc;
}

int assay_npy_create(struct assay_npy **out, const char *path, const char *type, int n_dims,
                     const size_t *shape)
{
  int rc = ASSAY_OK;
  char header[HEADER_MAX];
  struct assay_npy *f = NULL;
  *out = NULL;
  ASSAY_TRY(check_type(type, path));
  ASSAY_CHECK(n_dims >= 0 && n_dims <= ASSAY_NPY_DIMS_MAX, ASSAY_EARG, "%s: %d dimensions", path,
              n_dims);
  ASSAY_TRY(ASSAY_NEW(&f, 1, "npy file"));
  f->size = (size_t)(type[1] - '0');
  f->left = 1;
  for (int d = 0; d < n_dims; d++) f->left *= shape[d];
  f->most = f->left;
  ASSAY_TRY(assay_outfile_open(&f->file, path, true));
  ASSAY_TRY(put_bytes(f, header, make_header(header, type, n_dims, shape)));
  *out = f;
  f = NULL;
done:
  assay_npy_abort(f);
  return rc;
}

int assay_npy_put(struct assay_npy *f, const void *values, size_t n)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n <= f->left, ASSAY_EARG, "%s: more than %zu values", f->file.path, f->most);
  ASSAY_TRY(put_bytes(f, values, n * f->size));
  f->left -= n;
done:
  return rc;
}

int assay_npy_commit(struct assay_npy *f)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(f->left == 0, ASSAY_EARG, "%s: only %zu of %zu values were written", f->file.path,
              f->most - f->left, f->most);
  ASSAY_TRY(assay_outfile_commit(&f->file));
done:
  assay_npy_abort(f);
  return rc;
}

void assay_npy_abort(struct assay_npy *f)
{
  if (!f) return;
  assay_outfile_abort(&f->file);
  assay_free(f);
}

int assay_npy_write(const char *path, const char *type, int n_dims, const size_t *shape,
                    const void *values)
{
  int rc = ASSAY_OK;
  struct assay_npy *f = NULL;
  ASSAY_TRY(assay_npy_create(&f, path, type, n_dims, shape));
  ASSAY_TRY(assay_npy_put(f, values, f->left));
  struct assay_npy *whole = f;
  f = NULL; /* freed by commit whatever happens */
  ASSAY_TRY(assay_npy_commit(whole));
done:
  assay_npy_abort(f);
  return rc;
}
