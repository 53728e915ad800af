#include "results/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "results/packed.h"

/* ---- writing ---- */

/* Is the journal's last byte something else than the end of a line? */
static int ends_torn(bool *torn, int fd, off_t size)
{
  char last = '\n';
  if (size > 0 && pread(fd, &last, 1, size - 1) != 1) return -1;
  *torn = last != '\n';
  return 0;
}

/* One write on the locked descriptor; a short one is taken back, so that a full disk leaves the
 * journal as it was. */
static int write_line(int fd, const char *text, size_t size, const char *path)
{
  int rc = ASSAY_OK;
  struct stat before;
  bool torn = false;
  char *line = NULL;
  ASSAY_CHECK(fstat(fd, &before) == 0 && ends_torn(&torn, fd, before.st_size) == 0, ASSAY_EIO,
              "%s: cannot read: %s", path, strerror(errno));
  ASSAY_TRY(ASSAY_NEW(&line, size + 2, "journal line"));
  size_t length = 0;
  if (torn) line[length++] = '\n';
  memcpy(line + length, text, size);
  length += size;
  line[length++] = '\n';
  errno = ENOSPC; /* what a short write means */
  const ssize_t written = write(fd, line, length);
  if (written == (ssize_t)length && fsync(fd) == 0) goto done;
  rc = assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "%s: cannot append a record: %s", path,
                     strerror(errno));
  if (ftruncate(fd, before.st_size) != 0) assay_err_prefix(rc, "(a torn line stays behind) ");
done:
  assay_free(line);
  return rc;
}

int assay_journal_check_open(const char *dir)
{
  if (!assay_journal_is_packed(dir)) return ASSAY_OK;
  return assay_err_set(
      ASSAY_EARG, __FILE__, __LINE__,
      "%s: its journal is packed, for reading only (gunzip %s/%s to go on with it)", dir, dir,
      ASSAY_PACKED_NAME);
}

int assay_journal_append(const char *dir, json_t *record)
{
  int rc = ASSAY_OK, fd = -1;
  struct assay_record *checked = NULL;
  char *text = NULL, *path = NULL;
  ASSAY_TRY(assay_record_decode(&checked, record));
  ASSAY_TRY(assay_json_line(&text, record));
  ASSAY_TRY(assay_journal_check_open(dir));
  ASSAY_TRY(assay_dir_make(dir));
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", dir, ASSAY_JOURNAL_NAME));
  const bool fresh = !assay_file_exists(path);
  fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  ASSAY_CHECK(fd >= 0, ASSAY_EIO, "%s: cannot open: %s", path, strerror(errno));
  ASSAY_CHECK(flock(fd, LOCK_EX) == 0, ASSAY_EIO, "%s: cannot lock: %s", path, strerror(errno));
  ASSAY_TRY(write_line(fd, text, strlen(text), path));
  if (fresh) ASSAY_TRY(assay_file_sync(dir));
done:
  if (fd >= 0) close(fd);
  assay_free(path);
  assay_free(text);
  assay_record_destroy(checked);
  return rc;
}

/* ---- reading ---- */

struct walk {
  int (*visit)(void *context, const struct assay_journal_line *line);
  void *context;
  long number;      /* whole lines so far */
  long long offset; /* of the next line */
};

static bool is_blank(const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (!strchr(" \t\r", text[i]) || !text[i]) return false;
  return true;
}

static int visit_line(struct walk *w, const char *text, size_t size, bool whole)
{
  int rc = ASSAY_OK;
  struct assay_journal_line line = {
      .number = w->number + 1, .offset = w->offset, .size = size, .text = text};
  const int read = assay_record_parse(&line.record, text, size);
  if (read == ASSAY_ENOMEM) return read;
  if (read < 0 && whole) assay_err_prefix(read, "line %ld: ", line.number);
  if (read < 0 && !whole)
    assay_err_set(read, __FILE__, __LINE__, "line %ld: the last line is cut off after %zu bytes",
                  line.number, size);
  if (read < 0) line.problem = assay_err_last();
  rc = w->visit(w->context, &line);
  assay_record_destroy(line.record);
  return rc;
}

/* All whole lines of text; *used is what they take. */
static int visit_lines(struct walk *w, const char *text, size_t size, size_t *used)
{
  int rc = ASSAY_OK;
  const char *end = NULL;
  *used = 0;
  while ((end = memchr(text + *used, '\n', size - *used))) {
    const char *line = text + *used;
    const size_t length = (size_t)(end - line);
    if (!is_blank(line, length)) ASSAY_TRY(visit_line(w, line, length, true));
    w->number++;
    *used += length + 1;
    w->offset += (long long)length + 1;
  }
done:
  return rc;
}

/* Read on in blocks; a line longer than the block makes the block grow. */
static int walk_file(struct walk *w, FILE *in, const char *dir)
{
  int rc = ASSAY_OK;
  char *block = NULL;
  size_t room = 1 << 20, filled = 0, used = 0, got = 0;
  ASSAY_TRY(ASSAY_NEW(&block, room, "journal"));
  while ((got = fread(block + filled, 1, room - filled, in)) > 0) {
    filled += got;
    ASSAY_TRY(visit_lines(w, block, filled, &used));
    memmove(block, block + used, filled - used);
    filled -= used;
    if (filled == room) ASSAY_TRY(ASSAY_GROW(&block, room *= 2, "journal"));
  }
  ASSAY_CHECK(!ferror(in), ASSAY_EIO, "%s: cannot read the journal: %s", dir, strerror(errno));
  if (filled > 0 && !is_blank(block, filled)) ASSAY_TRY(visit_line(w, block, filled, false));
done:
  assay_free(block);
  return rc;
}

int assay_journal_walk(const char *dir, long long from, long number, long long *end, long *lines,
                       int (*visit)(void *context, const struct assay_journal_line *line),
                       void *context)
{
  int rc = ASSAY_OK;
  FILE *in = NULL;
  struct walk w = {.visit = visit, .context = context, .number = number, .offset = from};
  rc = assay_journal_read(&in, dir);
  if (rc == ASSAY_ENOTFOUND) {
    rc = ASSAY_OK;
    goto done;
  }
  ASSAY_TRY(rc);
  ASSAY_CHECK(fseeko(in, from, SEEK_SET) == 0, ASSAY_EIO, "%s: cannot read the journal: %s", dir,
              strerror(errno));
  ASSAY_TRY(walk_file(&w, in, dir));
done:
  if (end) *end = w.offset;
  if (lines) *lines = w.number;
  if (in) fclose(in);
  return rc;
}
