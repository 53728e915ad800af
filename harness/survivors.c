#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "harness/supervise.h"
#include "harness/tree.h"

/* What the lock file says about the run that made it. */
struct owner {
  char mark[33];
  int supervisor;
  double start;
};

static bool parse_owner(struct owner *o, const char *text)
{
  return sscanf(text, "%32[0-9a-f] %d %lf", o->mark, &o->supervisor, &o->start) == 3 &&
         strlen(o->mark) == 32;
}

/* Whether ASSAY_JOB=mark is in the environment of the process. */
static bool is_marked(pid_t pid, const char *mark)
{
  char path[64], wanted[64], text[65536];
  snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
  const size_t length = (size_t)snprintf(wanted, sizeof wanted, "ASSAY_JOB=%s", mark) + 1;
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  const size_t n = fread(text, 1, sizeof text, f);
  fclose(f);
  return memmem(text, n, wanted, length) != NULL;
}

static bool is_supervisor(pid_t pid, const struct owner *o)
{
  struct assay_process p;
  return pid == o->supervisor && assay_process_read(&p, pid) && fabs(p.start - o->start) < 0.015;
}

/* Kill what belongs to the owner; how many were found. The supervisor is asked first: it ends its
 * tree and itself. */
static int kill_survivors(const struct owner *o)
{
  int found = 0;
  DIR *dir = opendir("/proc");
  if (!dir) return 0;
  for (const struct dirent *e; (e = readdir(dir));) {
    const pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
    if (pid <= 0 || pid == getpid()) continue;
    if (is_supervisor(pid, o)) {
      kill(pid, SIGTERM);
      found++;
    } else if (is_marked(pid, o->mark)) {
      kill(pid, SIGKILL);
      found++;
    }
  }
  closedir(dir);
  return found;
}

static bool is_free(const char *path)
{
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  const bool free_now = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;
  if (fd >= 0) close(fd);
  return free_now;
}

int assay_supervise_end(const char *lock)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size;
  struct owner o;
  if (!assay_file_exists(lock)) goto done;
  ASSAY_TRY(assay_file_read(&text, &size, lock));
  if (!parse_owner(&o, text)) goto done; /* killed before it started anything */
  const double until = assay_clock() + 15;
  while (kill_survivors(&o) > 0 || !is_free(lock)) {
    ASSAY_CHECK(assay_clock() < until, ASSAY_EENV,
                "%s: a process of an earlier run cannot be ended", lock);
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  }
done:
  assay_free(text);
  return rc;
}
