/* Folders of jobs and methods. */
#ifndef ASSAY_HARNESS_FILES_H
#define ASSAY_HARNESS_FILES_H
#include "core/io/sha256.h"

/* Add names and contents of all regular files below dir in sorted order; hidden files and
 * __pycache__ are passed over. ASSAY_EIO. */
int assay_hash_folder(struct assay_sha256 *s, const char *dir);

/* The same alone: hex digest of a folder. */
int assay_folder_digest(char hex[ASSAY_SHA256_HEX], const char *dir);

/* Take away (or give back) write permission from dir and all in it. ASSAY_EIO. */
int assay_folder_protect(const char *dir, int writable);

/* Copy a file; *to appears whole or not at all. ASSAY_EIO. */
int assay_file_copy(const char *to, const char *from);
/* Move a file, also to another file system. ASSAY_EIO. */
int assay_file_move(const char *to, const char *from);

/* Hold `path` as a lock until the process ends or *fd is closed. ASSAY_EENV: another process holds
 * it (the message names its pid). */
int assay_lock_take(int *fd, const char *path);

#endif
