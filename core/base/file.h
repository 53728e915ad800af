/* Files that are either whole or not there: written under a temporary name in the same folder,
 * synced, renamed, and the folder synced. */
#ifndef ASSAY_CORE_BASE_FILE_H
#define ASSAY_CORE_BASE_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* An output in the making. stream is NULL for files that a library writes to `temporary` itself. */
struct assay_outfile {
  char *path, *temporary;
  FILE *stream;
};

/* Open path.tmp-PID for writing (create == true) or only choose the name. ASSAY_EIO. */
int assay_outfile_open(struct assay_outfile *f, const char *path, bool create);
/* Flush, fsync, rename, fsync the folder. On failure the temporary file is gone. */
int assay_outfile_commit(struct assay_outfile *f);
/* Flush and rename without waiting for the disk, for many files at once: assay_dir_sync afterwards.
 * Until then a crash of the machine may leave it short, so something must tell whether it is whole.
 */
int assay_outfile_place(struct assay_outfile *f);
/* Drop it; harmless after commit or on a zeroed struct. */
void assay_outfile_abort(struct assay_outfile *f);

/* The code for a failed open: ASSAY_ENOTFOUND when the user named something that is not there
 * (ENOENT, ENOTDIR), ASSAY_EIO for the rest. */
int assay_open_rc(int error_number);

/* Whole content, zero-terminated; the caller owns *out. ASSAY_EIO. */
int assay_file_read(char **out, size_t *size, const char *path);
int assay_file_write(const char *path, const void *data, size_t size); /* atomic */
bool assay_file_exists(const char *path);
/* The folder that a path lies in, "." where it names none; the caller owns *out. */
int assay_path_folder(char **out, const char *path);
int assay_file_size(long long *out, const char *path);
int assay_file_sync(const char *path); /* fsync of a file or folder */
int assay_dir_make(const char *path);  /* with parents */
/* All that was written to the file system of this folder is on disk. ASSAY_EIO. */
int assay_dir_sync(const char *path);
/* With all that is in it, write-protected or not; nothing there is fine. */
int assay_dir_remove(const char *path);
int assay_disk_free(long long *out, const char *path);

#endif
