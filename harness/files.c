#include "harness/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

struct names {
  char **name;
  int n;
};

static void free_names(struct names *l)
{
  for (int i = 0; i < l->n; i++) assay_free(l->name[i]);
  assay_free(l->name);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_wanted(const char *name, bool hidden)
{
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return false;
  return hidden || (name[0] != '.' && strcmp(name, "__pycache__") != 0);
}

/* Entries of a folder in sorted order. */
static int list_folder(struct names *out, const char *dir, bool hidden)
{
  int rc = ASSAY_OK;
  DIR *d = opendir(dir);
  ASSAY_CHECK(d, ASSAY_EIO, "cannot read %s: %s", dir, strerror(errno));
  for (const struct dirent *e; (e = readdir(d));) {
    if (!is_wanted(e->d_name, hidden)) continue;
    ASSAY_TRY(ASSAY_GROW(&out->name, (size_t)out->n + 1, "folder"));
    ASSAY_TRY(assay_strdup(&out->name[out->n], e->d_name));
    out->n++;
  }
  if (out->n > 0) qsort(out->name, (size_t)out->n, sizeof *out->name, by_name);
done:
  if (d) closedir(d);
  return rc;
}

/* Call visit for everything below dir, parents before children; `hidden`: also what begins with a
 * dot, and __pycache__. */
static int walk(const char *dir, bool hidden,
                int (*visit)(void *context, const char *path, const struct stat *s), void *context)
{
  int rc = ASSAY_OK;
  struct names list = {0};
  char *path = NULL;
  struct stat s;
  ASSAY_TRY(list_folder(&list, dir, hidden));
  for (int i = 0; i < list.n; i++) {
    assay_free(path);
    path = NULL;
    ASSAY_TRY(assay_asprintf(&path, "%s/%s", dir, list.name[i]));
    ASSAY_CHECK(lstat(path, &s) == 0, ASSAY_EIO, "%s: %s", path, strerror(errno));
    ASSAY_TRY(visit(context, path, &s));
    if (S_ISDIR(s.st_mode)) ASSAY_TRY(walk(path, hidden, visit, context));
  }
done:
  assay_free(path);
  free_names(&list);
  return rc;
}

struct digest {
  struct assay_sha256 *s;
  size_t prefix; /* length of the folder's own path: only what is below it counts */
};

static int add_file(void *context, const char *path, const struct stat *s)
{
  int rc = ASSAY_OK;
  const struct digest *d = context;
  char hex[ASSAY_SHA256_HEX];
  if (!S_ISREG(s->st_mode)) goto done;
  ASSAY_TRY(assay_sha256_file(hex, path));
  assay_sha256_add_text(d->s, path + d->prefix);
  assay_sha256_add_text(d->s, hex);
done:
  return rc;
}

int assay_hash_folder(struct assay_sha256 *s, const char *dir)
{
  struct digest d = {s, strlen(dir)};
  return walk(dir, false, add_file, &d);
}

int assay_folder_digest(char hex[ASSAY_SHA256_HEX], const char *dir)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  ASSAY_TRY(assay_sha256_create(&s));
  ASSAY_TRY(assay_hash_folder(s, dir));
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  return rc;
}

/* Take all write bits away, or give the owner whatever it takes to remove the thing. */
static int set_mode(void *context, const char *path, const struct stat *s)
{
  int rc = ASSAY_OK;
  const mode_t write_bits = S_IWUSR | S_IWGRP | S_IWOTH;
  const mode_t owner = S_ISDIR(s->st_mode) ? S_IRWXU : S_IRUSR | S_IWUSR;
  const mode_t now = s->st_mode & 07777;
  if (S_ISLNK(s->st_mode)) goto done;
  const mode_t mode = *(const int *)context ? now | owner : now & ~write_bits;
  ASSAY_CHECK(chmod(path, mode) == 0, ASSAY_EIO, "%s: %s", path, strerror(errno));
done:
  return rc;
}

int assay_folder_protect(const char *dir, int writable)
{
  int rc = ASSAY_OK;
  struct stat s;
  ASSAY_CHECK(lstat(dir, &s) == 0, ASSAY_EIO, "%s: %s", dir, strerror(errno));
  ASSAY_TRY(set_mode(&writable, dir, &s));
  ASSAY_TRY(walk(dir, true, set_mode, &writable));
done:
  return rc;
}

static int copy_stream(FILE *out, FILE *in, const char *from)
{
  int rc = ASSAY_OK;
  char block[65536];
  size_t n;
  while ((n = fread(block, 1, sizeof block, in)) > 0)
    ASSAY_CHECK(fwrite(block, 1, n, out) == n, ASSAY_EIO, "cannot copy %s: %s", from,
                strerror(errno));
  ASSAY_CHECK(!ferror(in), ASSAY_EIO, "cannot read %s: %s", from, strerror(errno));
done:
  return rc;
}

int assay_file_copy(const char *to, const char *from)
{
  int rc = ASSAY_OK;
  struct assay_outfile out = {0};
  FILE *in = fopen(from, "rb");
  ASSAY_CHECK(in, ASSAY_EIO, "cannot read %s: %s", from, strerror(errno));
  ASSAY_TRY(assay_outfile_open(&out, to, true));
  ASSAY_TRY(copy_stream(out.stream, in, from));
  ASSAY_TRY(assay_outfile_commit(&out));
done:
  if (in) fclose(in);
  assay_outfile_abort(&out);
  return rc;
}

int assay_file_move(const char *to, const char *from)
{
  int rc = ASSAY_OK;
  if (rename(from, to) == 0) goto done;
  ASSAY_TRY(assay_file_copy(to, from));
  ASSAY_CHECK(unlink(from) == 0, ASSAY_EIO, "%s: %s", from, strerror(errno));
done:
  return rc;
}

int assay_lock_take(int *out, const char *path)
{
  int rc = ASSAY_OK;
  char text[32] = "";
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSAY_CHECK(fd >= 0, ASSAY_EIO, "cannot write %s: %s", path, strerror(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    const ssize_t n = read(fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    text[strcspn(text, "\n")] = 0;
    close(fd);
    ASSAY_FAIL(ASSAY_EENV, "%s: another run works here (process %s)", path,
               *text ? text : "unknown");
  }
  const int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
  if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n) {
    close(fd);
    ASSAY_FAIL(ASSAY_EIO, "cannot write %s: %s", path, strerror(errno));
  }
  *out = fd;
done:
  return rc;
}
