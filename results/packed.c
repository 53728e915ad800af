#include "results/packed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "results/journal.h"

enum { BLOCK = 1 << 17 };

/* What zlib has to say about a file, without the file's name. */
static const char *reason(gzFile from, int code, const char *path)
{
  if (code == Z_ERRNO) return strerror(errno);
  const char *text = gzerror(from, &code);
  const size_t named = strlen(path);
  return strncmp(text, path, named) == 0 && strncmp(text + named, ": ", 2) == 0 ? text + named + 2
                                                                                : text;
}

static int copy_unpacked(FILE *to, gzFile from, const char *path)
{
  int rc = ASSAY_OK, got = 0, code = Z_OK;
  char *block = NULL;
  ASSAY_TRY(ASSAY_NEW(&block, BLOCK, "packed journal"));
  while ((got = gzread(from, block, BLOCK)) > 0)
    ASSAY_CHECK(fwrite(block, 1, (size_t)got, to) == (size_t)got, ASSAY_EIO,
                "%s: no room to unpack it: %s", path, strerror(errno));
  gzerror(from, &code);
  ASSAY_CHECK(got == 0 && code == Z_OK, ASSAY_ECORRUPT, "%s: cannot unpack: %s", path,
              reason(from, code, path));
  ASSAY_CHECK(fflush(to) == 0 && fseeko(to, 0, SEEK_SET) == 0, ASSAY_EIO,
              "%s: no room to unpack it: %s", path, strerror(errno));
done:
  assay_free(block);
  return rc;
}

static int unpack(FILE **out, const char *path)
{
  int rc = ASSAY_OK;
  FILE *to = NULL;
  gzFile from = gzopen(path, "rbe");
  ASSAY_CHECK(from, ASSAY_EIO, "%s: cannot open: %s", path, strerror(errno));
  to = tmpfile();
  ASSAY_CHECK(to, ASSAY_EIO, "%s: no temporary file to unpack it: %s", path, strerror(errno));
  /* what is no gzip is handed through by zlib, which is not what a packed journal is */
  ASSAY_CHECK(!gzdirect(from), ASSAY_ECORRUPT, "%s: is not packed by gzip", path);
  ASSAY_TRY(copy_unpacked(to, from, path));
  *out = to;
  to = NULL;
done:
  if (to) fclose(to);
  if (from) gzclose(from);
  return rc;
}

int assay_journal_read(FILE **out, const char *dir)
{
  int rc = ASSAY_OK;
  char *plain = NULL, *packed = NULL;
  *out = NULL;
  ASSAY_TRY(assay_asprintf(&plain, "%s/%s", dir, ASSAY_JOURNAL_NAME));
  ASSAY_TRY(assay_asprintf(&packed, "%s/%s", dir, ASSAY_PACKED_NAME));
  *out = fopen(plain, "rbe");
  if (*out) goto done;
  ASSAY_CHECK(errno == ENOENT, ASSAY_EIO, "%s: cannot open: %s", plain, strerror(errno));
  ASSAY_CHECK(assay_file_exists(packed), ASSAY_ENOTFOUND,
              "%s: no results here (assay run writes %s)", dir, ASSAY_JOURNAL_NAME);
  ASSAY_TRY(unpack(out, packed));
done:
  assay_free(plain);
  assay_free(packed);
  return rc;
}

bool assay_journal_is_packed(const char *dir)
{
  char *plain = NULL, *packed = NULL;
  const bool known = assay_asprintf(&plain, "%s/%s", dir, ASSAY_JOURNAL_NAME) == ASSAY_OK &&
                     assay_asprintf(&packed, "%s/%s", dir, ASSAY_PACKED_NAME) == ASSAY_OK;
  const bool is = known && !assay_file_exists(plain) && assay_file_exists(packed);
  assay_free(plain);
  assay_free(packed);
  return is;
}
