#define _GNU_SOURCE /* syncfs */
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_open_rc(int error_number)
{
  return error_number == ENOENT || error_number == ENOTDIR ? ASSAY_ENOTFOUND : ASSAY_EIO;
}

static int open_error(const char *path)
{
  return assay_err_set(assay_open_rc(errno), __FILE__, __LINE__, "%s: cannot open: %s", path,
                       strerror(errno));
}

static int io_error(const char *path, const char *doing)
{
  return assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "%s: cannot %s: %s", path, doing,
                       strerror(errno));
}

int assay_path_folder(char **out, const char *path)
{
  int rc = ASSAY_OK;
  char *copy = NULL;
  ASSAY_TRY(assay_strdup(&copy, path));
  ASSAY_TRY(assay_strdup(out, dirname(copy)));
done:
  assay_free(copy);
  return rc;
}

int assay_file_sync(const char *path)
{
  int rc = ASSAY_OK;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error(path, "open");
  /* folders of some file systems cannot be synced; that is not our failure */
  if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS) rc = io_error(path, "sync");
  close(fd);
  return rc;
}

int assay_outfile_open(struct assay_outfile *f, const char *path, bool create)
{
  int rc = ASSAY_OK;
  *f = (struct assay_outfile){0};
  ASSAY_TRY(assay_strdup(&f->path, path));
  ASSAY_TRY(assay_asprintf(&f->temporary, "%s.tmp-%ld", path, (long)getpid()));
  if (!create) goto done;
  f->stream = fopen(f->temporary, "wbe");
  if (!f->stream) rc = io_error(path, "create");
done:
  if (rc < 0) assay_outfile_abort(f);
  return rc;
}

static int close_stream(struct assay_outfile *f)
{
  int rc = ASSAY_OK;
  if (!f->stream) return ASSAY_OK;
  if (ferror(f->stream) || fflush(f->stream) != 0) rc = io_error(f->path, "write");
  if (fclose(f->stream) != 0 && rc == ASSAY_OK) rc = io_error(f->path, "write");
  f->stream = NULL;
  return rc;
}

int assay_outfile_place(struct assay_outfile *f)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(close_stream(f));
  if (rename(f->temporary, f->path) != 0) {
    rc = io_error(f->path, "rename the finished file to");
    goto done;
  }
  assay_free(f->temporary);
  f->temporary = NULL;
done:
  assay_outfile_abort(f);
  return rc;
}

int assay_outfile_commit(struct assay_outfile *f)
{
  int rc = ASSAY_OK;
  char *folder = NULL;
  ASSAY_TRY(close_stream(f));
  ASSAY_TRY(assay_file_sync(f->temporary));
  ASSAY_TRY(assay_path_folder(&folder, f->path));
  ASSAY_TRY(assay_outfile_place(f));
  rc = assay_file_sync(folder);
done:
  assay_free(folder);
  assay_outfile_abort(f);
  return rc;
}

void assay_outfile_abort(struct assay_outfile *f)
{
  if (f->stream) fclose(f->stream);
  if (f->temporary) unlink(f->temporary);
  assay_free(f->temporary);
  assay_free(f->path);
  *f = (struct assay_outfile){0};
}

static int read_stream(char **out, size_t *size, FILE *in, const char *path)
{
  int rc = ASSAY_OK;
  size_t room = 1 << 16, got;
  *size = 0;
  ASSAY_TRY(ASSAY_NEW(out, room, "file"));
  while ((got = fread(*out + *size, 1, room - 1 - *size, in)) > 0) {
    *size += got;
    if (*size == room - 1) {
      room *= 2;
      ASSAY_TRY(ASSAY_GROW(out, room, "file"));
    }
  }
  if (ferror(in)) rc = io_error(path, "read");
done:
  return rc;
}

int assay_file_read(char **out, size_t *size, const char *path)
{
  int rc = ASSAY_OK;
  size_t length = 0;
  *out = NULL;
  FILE *in = fopen(path, "rbe");
  if (!in) return open_error(path);
  ASSAY_TRY(read_stream(out, &length, in, path));
  if (size) *size = length;
done:
  fclose(in);
  if (rc < 0) {
    assay_free(*out);
    *out = NULL;
  }
  return rc;
}

int assay_file_write(const char *path, const void *data, size_t size)
{
  int rc = ASSAY_OK;
  struct assay_outfile f;
  ASSAY_TRY(assay_outfile_open(&f, path, true));
  if (fwrite(data, 1, size, f.stream) != size) {
    rc = io_error(path, "write");
    assay_outfile_abort(&f);
    goto done;
  }
  ASSAY_TRY(assay_outfile_commit(&f));
done:
  return rc;
}

bool assay_file_exists(const char *path)
{
  struct stat s;
  return stat(path, &s) == 0;
}

int assay_file_size(long long *out, const char *path)
{
  struct stat s;
  if (stat(path, &s) != 0) return open_error(path);
  *out = s.st_size;
  return ASSAY_OK;
}

int assay_dir_make(const char *path)
{
  int rc = ASSAY_OK;
  char *copy = NULL;
  ASSAY_TRY(assay_strdup(&copy, path));
  for (char *at = copy + 1; rc == ASSAY_OK; at++) {
    const char keep = *at;
    if (keep != '/' && keep != '\0') continue;
    *at = '\0';
    if (mkdir(copy, 0777) != 0 && errno != EEXIST) rc = io_error(copy, "make folder");
    *at = keep;
    if (keep == '\0') break;
  }
  struct stat s;
  if (rc == ASSAY_OK && (stat(path, &s) != 0 || !S_ISDIR(s.st_mode))) {
    errno = ENOTDIR;
    rc = io_error(path, "make folder");
  }
done:
  assay_free(copy);
  return rc;
}

static int remove_at(int parent, const char *name, const char *shown);

static int remove_children(int fd, const char *shown)
{
  int rc = ASSAY_OK;
  DIR *dir = fdopendir(fd);
  if (!dir) {
    close(fd);
    return io_error(shown, "read folder");
  }
  for (struct dirent *e; rc == ASSAY_OK && (e = readdir(dir));)
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
      rc = remove_at(dirfd(dir), e->d_name, shown);
  closedir(dir);
  return rc;
}

static int remove_at(int parent, const char *name, const char *shown)
{
  int rc = ASSAY_OK;
  if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return ASSAY_OK;
  if (errno != EISDIR && errno != EPERM) return io_error(shown, "remove");
  /* write-protected folders go too; where that is refused, the next lines say so */
  fchmodat(parent, name, S_IRWXU, 0);
  const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return io_error(shown, "remove");
  ASSAY_TRY(remove_children(fd, shown));
  if (unlinkat(parent, name, AT_REMOVEDIR) != 0) rc = io_error(shown, "remove");
done:
  return rc;
}

/* One call for the whole file system where there is one: a commit of its journal instead of one per
 * file. */
int assay_dir_sync(const char *path)
{
  int rc = ASSAY_OK;
  const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error(path, "open");
#ifdef __linux__
  if (syncfs(fd) != 0) rc = io_error(path, "sync");
#else
  sync();
#endif
  close(fd);
  return rc;
}

int assay_dir_remove(const char *path)
{
  return remove_at(AT_FDCWD, path, path);
}

int assay_disk_free(long long *out, const char *path)
{
  struct statvfs s;
  if (statvfs(path, &s) != 0) return io_error(path, "ask for free space of");
  *out = (long long)s.f_bavail * (long long)s.f_frsize;
  return ASSAY_OK;
}
