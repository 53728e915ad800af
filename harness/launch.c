#define _GNU_SOURCE
#include "harness/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/tree.h"

/* What a method may need of the caller's environment; everything else stays outside. */
static const char *const inherited[] = {
    "PATH",         "LD_LIBRARY_PATH",      "PYTHONPATH",    "VIRTUAL_ENV",
    "CONDA_PREFIX", "ASAN_OPTIONS",         "UBSAN_OPTIONS", "LSAN_OPTIONS",
    "TSAN_OPTIONS", "CUDA_VISIBLE_DEVICES", "ASSAY_ISA",     "OPENBLAS_CORETYPE"};

/* Set for every method: one thread, so that CPU time and results can be compared; output that is
 * not lost in a crash. */
static const char *const fixed[] = {"LC_ALL=C.UTF-8",    "TZ=UTC",
                                    "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1",
                                    "MKL_NUM_THREADS=1", "NUMEXPR_NUM_THREADS=1",
                                    "PYTHONHASHSEED=0",  "PYTHONDONTWRITEBYTECODE=1",
                                    "PYTHONUNBUFFERED=1"};

enum {
  N_INHERITED = sizeof inherited / sizeof *inherited,
  N_FIXED = sizeof fixed / sizeof *fixed,
  N_OWN = 3, /* HOME, TMPDIR, ASSAY_JOB */
  N_ENV = N_INHERITED + N_FIXED + N_OWN + 1,
  FIRST_FREE_FD = 5, /* 0-2, 3: the lock, 4: where a failed exec is told */
};

struct launch {
  const struct assay_command *command;
  char *env[N_ENV];
  int output[2], status[2], lock;
  pid_t supervisor;
};

static int fill_environment(struct launch *l, const char *mark)
{
  int rc = ASSAY_OK, n = 0;
  const struct assay_command *c = l->command;
  const char *home = c->scratch ? c->scratch : c->dir;
  for (int i = 0; i < N_INHERITED; i++) {
    const char *value = getenv(inherited[i]);
    if (value) ASSAY_TRY(assay_asprintf(&l->env[n++], "%s=%s", inherited[i], value));
  }
  for (int i = 0; i < N_FIXED; i++) ASSAY_TRY(assay_strdup(&l->env[n++], fixed[i]));
  ASSAY_TRY(assay_asprintf(&l->env[n++], "HOME=%s", home));
  ASSAY_TRY(assay_asprintf(&l->env[n++], "TMPDIR=%s", home));
  ASSAY_TRY(assay_asprintf(&l->env[n++], "ASSAY_JOB=%s", mark));
done:
  return rc;
}

/* A name for this run that no other process has in its environment. */
static int make_mark(char mark[33])
{
  int rc = ASSAY_OK;
  unsigned char bytes[16];
  ASSAY_CHECK(getrandom(bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes, ASSAY_EENV,
              "getrandom: %s", strerror(errno));
  for (int i = 0; i < 16; i++) snprintf(mark + 2 * i, 3, "%02x", bytes[i]);
done:
  return rc;
}

static int take_lock(struct launch *l, const char *mark)
{
  int rc = ASSAY_OK;
  const char *path = l->command->lock;
  struct assay_process self;
  char text[128];
  if (!path) goto done;
  l->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSAY_CHECK(l->lock >= 0, ASSAY_EIO, "cannot write %s: %s", path, strerror(errno));
  ASSAY_CHECK(flock(l->lock, LOCK_EX | LOCK_NB) == 0, ASSAY_EENV,
              "%s: another process still holds the lock", path);
  ASSAY_CHECK(assay_process_read(&self, getpid()), ASSAY_EENV, "cannot read /proc/self/stat");
  const int n = snprintf(text, sizeof text, "%s %d %.2f\n", mark, (int)self.pid, self.start);
  ASSAY_CHECK(ftruncate(l->lock, 0) == 0 && write(l->lock, text, (size_t)n) == n, ASSAY_EIO,
              "cannot write %s: %s", path, strerror(errno));
done:
  return rc;
}

static void limit_to(int resource, double soft, double hard)
{
  struct rlimit now, wanted = {(rlim_t)soft, (rlim_t)hard};
  if (getrlimit((__rlimit_resource_t)resource, &now) < 0) return;
  if (now.rlim_max != RLIM_INFINITY && wanted.rlim_max > now.rlim_max)
    wanted.rlim_max = now.rlim_max;
  if (wanted.rlim_cur > wanted.rlim_max) wanted.rlim_cur = wanted.rlim_max;
  setrlimit((__rlimit_resource_t)resource, &wanted);
}

static void set_limits(const struct assay_limits *l)
{
  limit_to(RLIMIT_CORE, 0, 0);
  /* a second above the polled limit: the kernel only steps in when polling does not */
  if (l->cpu > 0) limit_to(RLIMIT_CPU, l->cpu + 2, l->cpu + 4);
  if (l->file > 0) limit_to(RLIMIT_FSIZE, l->file, l->file);
}

static void reset_signals(void)
{
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < SIGRTMIN; number++) signal(number, SIG_DFL);
}

/* Out of memory: the kernel should take the method, not the harness. */
static void volunteer_for_oom(void)
{
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  const ssize_t n = write(fd, "500", 3);
  (void)n;
  close(fd);
}

/* Standard input from nowhere, outputs to the pipe, 3 the lock, 4 the exec status, nothing else. */
static int arrange_files(struct launch *l)
{
  const int nowhere = open("/dev/null", O_RDONLY);
  const int status = fcntl(l->status[1], F_DUPFD, 10), output = fcntl(l->output[1], F_DUPFD, 10);
  const int lock = l->lock >= 0 ? fcntl(l->lock, F_DUPFD, 10) : -1;
  if (nowhere < 0 || status < 0 || output < 0) return errno;
  if (dup2(nowhere, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) return errno;
  if (dup2(lock >= 0 ? lock : nowhere, 3) < 0 || dup3(status, 4, O_CLOEXEC) < 0) return errno;
  l->status[1] = 4;
  close_range(FIRST_FREE_FD, ~0u, 0);
  return 0;
}

/* In the child; returns the errno that kept it from executing. */
static int become_command(struct launch *l)
{
  const struct assay_command *c = l->command;
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (getppid() != l->supervisor) return ESRCH;
  reset_signals();
  volunteer_for_oom();
  const int error = arrange_files(l);
  if (error) return error;
  if (chdir(c->dir) < 0) return errno;
  set_limits(&c->limits);
  execvpe(c->argv[0], (char *const *)(void *)c->argv, l->env);
  return errno;
}

static void child_main(struct launch *l)
{
  const int error = become_command(l);
  const ssize_t n = write(l->status[1], &error, sizeof error);
  (void)n;
  _exit(127);
}

static void close_end(int *fd)
{
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static int start(pid_t *pid, int *failed, struct launch *l)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(pipe2(l->output, O_CLOEXEC) == 0 && pipe2(l->status, O_CLOEXEC) == 0, ASSAY_EENV,
              "pipe: %s", strerror(errno));
  ASSAY_CHECK(fcntl(l->output[0], F_SETFL, O_NONBLOCK) == 0, ASSAY_EENV, "pipe: %s",
              strerror(errno));
  *pid = fork();
  ASSAY_CHECK(*pid >= 0, ASSAY_EENV, "fork: %s", strerror(errno));
  if (*pid == 0) child_main(l);
  close_end(&l->output[1]);
  close_end(&l->status[1]);
  ssize_t n;
  while ((n = read(l->status[0], failed, sizeof *failed)) < 0 && errno == EINTR) {
  }
  if (n != (ssize_t)sizeof *failed) *failed = 0; /* closed by a successful exec */
done:
  return rc;
}

int assay_launch(pid_t *pid, int *output, int *failed, const struct assay_command *command)
{
  int rc = ASSAY_OK;
  struct launch l = {.command = command,
                     .output = {-1, -1},
                     .status = {-1, -1},
                     .lock = -1,
                     .supervisor = getpid()};
  char mark[33];
  ASSAY_TRY(make_mark(mark));
  ASSAY_TRY(fill_environment(&l, mark));
  ASSAY_TRY(take_lock(&l, mark));
  ASSAY_TRY(start(pid, failed, &l));
  *output = l.output[0];
  l.output[0] = -1;
done:
  for (int i = 0; i < 2; i++) {
    close_end(&l.output[i]);
    close_end(&l.status[i]);
  }
  /* the lock stays open in the supervisor: it is released when the last member of the tree ends */
  for (int i = 0; i < N_ENV; i++) assay_free(l.env[i]);
  return rc;
}
