/* HDF5 filter 32015: one zstd frame per chunk, level in the first parameter. This is what the
 * filter plug-ins of other packages read and write under the same number; Debian's libraries bring
 * none, so the program registers its own. */
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "core/base/err.h"
#include "datasets/nc.h"

/* HDF5 owns and frees the buffers, so they come from its allocator. */
static size_t replace_buffer(void **buffer, size_t *room, void *bytes, size_t size, size_t used)
{
  H5free_memory(*buffer);
  *buffer = bytes;
  *room = size;
  return used;
}

static size_t unpack(void **buffer, size_t *room, size_t used)
{
  const unsigned long long size = ZSTD_getFrameContentSize(*buffer, used);
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return 0;
  void *bytes = H5allocate_memory((size_t)size, 0);
  if (!bytes) return 0;
  const size_t got = ZSTD_decompress(bytes, (size_t)size, *buffer, used);
  if (!ZSTD_isError(got)) return replace_buffer(buffer, room, bytes, (size_t)size, got);
  H5free_memory(bytes);
  return 0;
}

/* One for all chunks: setting it up costs as much as a chunk. It lives as long as the thread. */
static ZSTD_CCtx *context(void)
{
  static _Thread_local ZSTD_CCtx *kept;
  if (!kept) kept = ZSTD_createCCtx();
  return kept;
}

static size_t pack(void **buffer, size_t *room, size_t used, int level)
{
  const size_t size = ZSTD_compressBound(used);
  void *bytes = context() ? H5allocate_memory(size, 0) : NULL;
  if (!bytes) return 0;
  const size_t got = ZSTD_compressCCtx(context(), bytes, size, *buffer, used, level);
  if (!ZSTD_isError(got)) return replace_buffer(buffer, room, bytes, size, got);
  H5free_memory(bytes);
  return 0;
}

static size_t filter(unsigned flags, size_t n_values, const unsigned *values, size_t used,
                     size_t *room, void **buffer)
{
  if (flags & H5Z_FLAG_REVERSE) return unpack(buffer, room, used);
  return pack(buffer, room, used, n_values > 0 ? (int)values[0] : 1);
}

int assay_zstd_register(void)
{
  static const H5Z_class2_t class = {.version = H5Z_CLASS_T_VERS,
                                     .id = ASSAY_FILTER_ZSTD,
                                     .encoder_present = 1,
                                     .decoder_present = 1,
                                     .name = "zstd",
                                     .filter = filter};
  int rc = ASSAY_OK;
  if (H5Zfilter_avail(ASSAY_FILTER_ZSTD) > 0) goto done;
  ASSAY_CHECK(H5Zregister(&class) >= 0, ASSAY_EENV, "HDF5 does not accept the zstd filter");
done:
  return rc;
}
