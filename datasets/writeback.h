/* Tell the system to start writing a growing file to disk while the program goes on, so that the
 * sync at the end finds little left. Only a hint: nothing depends on it. */
#ifndef ASSAY_DATASETS_WRITEBACK_H
#define ASSAY_DATASETS_WRITEBACK_H
#include <stddef.h>

struct assay_writeback {
  int fd; /* of the file, -1: no hints */
  size_t waiting;
};
/* A second way into a file that a library writes; the file must be there. */
void assay_writeback_open(struct assay_writeback *b, const char *path);
/* So many bytes more were written. */
void assay_writeback_add(struct assay_writeback *b, size_t bytes);
void assay_writeback_close(struct assay_writeback *b);

#endif
