#include "harness/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"

enum { PID_LIMIT = 1 << 22 }; /* the kernel's own upper bound of pid_max */

struct assay_tree {
  pid_t root;
  struct assay_process *member;
  int n, room;
  unsigned char *stranger; /* one bit per pid */
};

static bool read_small(char *text, size_t size, const char *path)
{
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t n = read(fd, text, size - 1);
  close(fd);
  if (n <= 0) return false;
  text[n] = 0;
  return true;
}

bool assay_process_read(struct assay_process *out, pid_t pid)
{
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  if (!read_small(text, sizeof text, path)) return false;
  const char *rest = strrchr(text, ')'); /* the name before it may hold anything */
  if (!rest) return false;
  char state;
  int parent, threads;
  unsigned long user, sys, vsize;
  long child_user, child_sys, pages;
  unsigned long long start;
  if (sscanf(rest + 1,
             " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %d %*d %llu %lu"
             " %ld",
             &state, &parent, &user, &sys, &child_user, &child_sys, &threads, &start, &vsize,
             &pages) != 10)
    return false;
  const double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
  *out = (struct assay_process){
      .pid = pid,
      .parent = parent,
      .cpu = tick * ((double)user + (double)sys + (double)child_user + (double)child_sys),
      .start = tick * (double)start,
      .memory = (double)pages * (double)sysconf(_SC_PAGESIZE),
      .threads = threads,
  };
  return true;
}

/* Proportional share of resident pages, bytes; the plain size where the kernel does not tell. */
static double shared_size(const struct assay_process *p)
{
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)p->pid);
  if (!read_small(text, sizeof text, path)) return p->memory;
  const char *line = strstr(text, "\nPss:");
  return line ? 1024.0 * strtod(line + 5, NULL) : p->memory;
}

int assay_tree_create(struct assay_tree **out, pid_t root)
{
  int rc = ASSAY_OK;
  struct assay_tree *t = NULL;
  struct assay_process self;
  ASSAY_CHECK(assay_process_read(&self, root), ASSAY_EENV, "cannot read /proc/%d/stat", (int)root);
  ASSAY_TRY(ASSAY_NEW(&t, 1, "tree"));
  t->root = root;
  ASSAY_TRY(ASSAY_NEW(&t->stranger, PID_LIMIT / 8, "tree"));
  *out = t;
  t = NULL;
done:
  assay_tree_destroy(t);
  return rc;
}

void assay_tree_destroy(struct assay_tree *t)
{
  if (!t) return;
  assay_free(t->member);
  assay_free(t->stranger);
  assay_free(t);
}

static bool is_stranger(const struct assay_tree *t, pid_t pid)
{
  return t->stranger[pid / 8] >> pid % 8 & 1;
}

static bool in_tree(const struct assay_tree *t, int n, pid_t pid)
{
  if (pid == t->root) return true;
  for (int i = 0; i < n; i++)
    if (t->member[i].pid == pid) return true;
  return false;
}

static int push(struct assay_tree *t, const struct assay_process *p)
{
  int rc = ASSAY_OK;
  if (t->n == t->room) {
    const int room = 2 * t->room + 64;
    ASSAY_TRY(ASSAY_GROW(&t->member, (size_t)room, "tree"));
    t->room = room;
  }
  t->member[t->n++] = *p;
done:
  return rc;
}

/* Read every process that is not a known stranger into member[]. */
static int read_candidates(struct assay_tree *t)
{
  int rc = ASSAY_OK;
  t->n = 0;
  DIR *dir = opendir("/proc");
  ASSAY_CHECK(dir, ASSAY_EENV, "cannot read /proc: %s", strerror(errno));
  for (const struct dirent *e; (e = readdir(dir));) {
    const long pid = strtol(e->d_name, NULL, 10);
    struct assay_process p;
    if (pid <= 0 || pid >= PID_LIMIT || pid == t->root || is_stranger(t, (pid_t)pid)) continue;
    if (assay_process_read(&p, (pid_t)pid)) ASSAY_TRY(push(t, &p));
  }
done:
  if (dir) closedir(dir);
  return rc;
}

/* Move descendants of the root to the front; what remains behind them are strangers. */
static void sort_out(struct assay_tree *t)
{
  int kin = 0;
  for (bool found = true; found;) {
    found = false;
    for (int i = kin; i < t->n; i++) {
      if (!in_tree(t, kin, t->member[i].parent)) continue;
      const struct assay_process p = t->member[i];
      t->member[i] = t->member[kin];
      t->member[kin++] = p;
      found = true;
    }
  }
  for (int i = kin; i < t->n; i++) {
    const pid_t pid = t->member[i].pid;
    t->stranger[pid / 8] |= (unsigned char)(1u << pid % 8);
  }
  t->n = kin;
}

static int find_members(struct assay_tree *t, bool all)
{
  int rc = ASSAY_OK;
  if (all) memset(t->stranger, 0, PID_LIMIT / 8);
  ASSAY_TRY(read_candidates(t));
  sort_out(t);
done:
  return rc;
}

int assay_tree_look(struct assay_tree_use *use, struct assay_tree *t, bool all, double doubt)
{
  int rc = ASSAY_OK;
  *use = (struct assay_tree_use){0};
  ASSAY_TRY(find_members(t, all));
  use->processes = t->n;
  for (int i = 0; i < t->n; i++) {
    use->cpu += t->member[i].cpu;
    use->memory += t->member[i].memory;
  }
  if (t->n < 2 || use->memory <= doubt) goto done;
  use->memory = 0;
  for (int i = 0; i < t->n; i++) use->memory += shared_size(&t->member[i]);
done:
  return rc;
}

int assay_tree_kill(struct assay_tree *t, double patience)
{
  int rc = ASSAY_OK;
  const double until = assay_clock() + patience;
  for (;;) {
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    ASSAY_TRY(find_members(t, true));
    if (t->n == 0) break;
    ASSAY_CHECK(assay_clock() < until, ASSAY_EENV, "process %d and %d more cannot be ended",
                (int)t->member[0].pid, t->n - 1);
    /* stopped first, so that a fork bomb grows no further while its members are killed */
    for (int i = 0; i < t->n; i++) kill(t->member[i].pid, SIGSTOP);
    for (int i = 0; i < t->n; i++) kill(t->member[i].pid, SIGKILL);
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
done:
  return rc;
}
