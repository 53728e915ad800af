#define _GNU_SOURCE /* sync_file_range */
#include "datasets/writeback.h"

#include <fcntl.h>
#include <unistd.h>

enum { PORTION = 16 << 20 }; /* bytes between hints */

void assay_writeback_open(struct assay_writeback *b, const char *path)
{
  b->fd = open(path, O_WRONLY | O_CLOEXEC);
  b->waiting = 0;
}

void assay_writeback_add(struct assay_writeback *b, size_t bytes)
{
  b->waiting += bytes;
  if (b->fd < 0 || b->waiting < PORTION) return;
  b->waiting = 0;
#ifdef SYNC_FILE_RANGE_WRITE
  sync_file_range(b->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

void assay_writeback_close(struct assay_writeback *b)
{
  if (b->fd >= 0) close(b->fd);
  b->fd = -1;
}
