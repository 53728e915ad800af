#define _GNU_SOURCE
#include "harness/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "harness/launch.h"
#include "harness/tree.h"

static const double POLL_INTERVAL = 0.05, FULL_LOOK_INTERVAL = 1.0, PATIENCE = 10.0;

static volatile sig_atomic_t told_to_stop;

static void on_signal(int number)
{
  (void)number;
  told_to_stop = 1;
}

/* What the supervisor process works with. */
struct watch {
  const struct assay_command *command;
  struct assay_outcome *out;
  struct assay_tree *tree;
  pid_t pid;     /* the command */
  bool ended;    /* it was waited for */
  int pipe, log; /* -1: closed */
  double started, next_look, next_full_look;
  double own_memory; /* resident size of the supervisor when it forked */
};

static double children_cpu(double *user, double *sys)
{
  struct rusage u;
  getrusage(RUSAGE_CHILDREN, &u);
  *user = (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec;
  *sys = (double)u.ru_stime.tv_sec + 1e-6 * (double)u.ru_stime.tv_usec;
  return *user + *sys;
}

static double own_cpu(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool passed(double value, double limit)
{
  return limit > 0 && value > limit;
}

static int classify(int *code, int status)
{
  if (WIFSIGNALED(status)) {
    *code = WTERMSIG(status);
    if (*code == SIGXCPU) return ASSAY_END_CPU;
    if (*code == SIGXFSZ) return ASSAY_END_FILE;
    return ASSAY_END_SIGNAL;
  }
  *code = WEXITSTATUS(status);
  return *code ? ASSAY_END_EXIT : ASSAY_END_OK;
}

/* Wait for whatever has ended, orphans of the command included, without blocking. */
static void reap(struct watch *w)
{
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != w->pid) continue;
    w->out->wall = assay_clock() - w->started;
    w->out->end = classify(&w->out->code, status);
    w->ended = true;
  }
}

/* Write to the log; a full disk must not end the command, the log is a convenience. */
static void keep_output(const struct watch *w, const char *block, size_t size)
{
  const double room = w->command->limits.output - w->out->output;
  if (w->command->limits.output > 0 && (double)size > room) size = room > 0 ? (size_t)room : 0;
  for (size_t done = 0; done < size;) {
    const ssize_t n = write(w->log, block + done, size - done);
    if (n <= 0) break;
    done += (size_t)n;
  }
}

/* Take a block out of the pipe; its size, 0 when there is none now or ever. */
static ssize_t copy_output(struct watch *w)
{
  char block[65536];
  const ssize_t n = read(w->pipe, block, sizeof block);
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
    close(w->pipe);
    w->pipe = -1;
  }
  if (n <= 0) return 0;
  keep_output(w, block, (size_t)n);
  w->out->output += (double)n;
  return n;
}

/* Measure the tree; ASSAY_END_OK or the limit that is passed. */
static int look(int *end, struct watch *w)
{
  int rc = ASSAY_OK;
  const struct assay_limits *l = &w->command->limits;
  const double now = assay_clock(), busy = own_cpu();
  const bool all = now >= w->next_full_look;
  struct assay_tree_use use;
  double user, sys;
  *end = ASSAY_END_OK;
  ASSAY_TRY(assay_tree_look(&use, w->tree, all, w->out->memory));
  if (all) w->next_full_look = now + FULL_LOOK_INTERVAL;
  if (use.memory > w->out->memory) w->out->memory = use.memory;
  if (use.processes > w->out->processes) w->out->processes = use.processes;
  if (passed(children_cpu(&user, &sys) + use.cpu, l->cpu)) *end = ASSAY_END_CPU;
  if (passed(use.memory, l->memory)) *end = ASSAY_END_MEMORY;
  if (l->processes > 0 && use.processes > l->processes) *end = ASSAY_END_PROCESSES;
  if (passed(now - w->started, l->wall)) *end = ASSAY_END_WALL;
  /* at first often, so that short commands are measured too; a look costs less than 5 % of a core
   */
  const double cost = own_cpu() - busy, age = now - w->started;
  double wait = 0.002 + 0.2 * age;
  if (wait > POLL_INTERVAL) wait = POLL_INTERVAL;
  if (wait < 20 * cost) wait = 20 * cost;
  w->next_look = now + wait;
done:
  return rc;
}

static int wait_for_event(struct watch *w, int pidfd)
{
  double wait = w->next_look - assay_clock();
  if (wait < 0) wait = 0;
  struct pollfd fds[2] = {{.fd = w->pipe, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
  poll(fds, 2, (int)(1000 * wait) + 1);
  return fds[0].revents;
}

/* Until the command has ended or passes a limit. */
static int watch_command(struct watch *w)
{
  int rc = ASSAY_OK, end = ASSAY_END_OK;
  const int pidfd = pidfd_open(w->pid, 0);
  ASSAY_CHECK(pidfd >= 0, ASSAY_EENV, "pidfd_open: %s", strerror(errno));
  while (!w->ended && end == ASSAY_END_OK) {
    if (wait_for_event(w, pidfd)) copy_output(w);
    if (passed(w->out->output, w->command->limits.output)) end = ASSAY_END_OUTPUT;
    if (told_to_stop) end = ASSAY_END_INTERRUPTED;
    reap(w);
    if (!w->ended && end == ASSAY_END_OK && assay_clock() >= w->next_look) ASSAY_TRY(look(&end, w));
  }
  if (!w->ended) {
    w->out->end = end;
    w->out->wall = assay_clock() - w->started;
  }
done:
  if (pidfd >= 0) close(pidfd);
  return rc;
}

/* The tree is gone: what it used in all. */
static void add_up(struct watch *w)
{
  struct assay_outcome *o = w->out;
  struct rusage u;
  children_cpu(&o->cpu_user, &o->cpu_system);
  getrusage(RUSAGE_CHILDREN, &u);
  /* ru_maxrss starts from the size of the process that forked: it only counts when above, or when
   * the command was too short to be looked at */
  const double largest = 1024.0 * (double)u.ru_maxrss;
  if (largest > o->memory && (largest > w->own_memory || o->memory == 0)) o->memory = largest;
}

/* A command that ended by itself just before it was looked at may still have passed a limit. */
static void judge(struct assay_outcome *o, const struct assay_limits *l)
{
  if (o->end != ASSAY_END_OK && o->end != ASSAY_END_EXIT) return;
  if (passed(o->output, l->output)) o->end = ASSAY_END_OUTPUT;
  if (passed(o->memory, l->memory)) o->end = ASSAY_END_MEMORY;
  if (passed(o->cpu_user + o->cpu_system, l->cpu)) o->end = ASSAY_END_CPU;
  if (passed(o->wall, l->wall)) o->end = ASSAY_END_WALL;
}

static int finish(struct watch *w)
{
  int rc = ASSAY_OK;
  struct assay_tree_use use;
  if (w->ended) {
    ASSAY_TRY(assay_tree_look(&use, w->tree, true, w->out->memory));
    w->out->left_behind = use.processes;
  }
  ASSAY_TRY(assay_tree_kill(w->tree, PATIENCE));
  while (w->pipe >= 0 && !passed(w->out->output, w->command->limits.output))
    if (copy_output(w) == 0) break;
  add_up(w);
  judge(w->out, &w->command->limits);
done:
  return rc;
}

static void catch_signals(void)
{
  sigset_t none;
  const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal};
  for (int i = 0; i < 3; i++) sigaction(numbers[i], &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become_supervisor(struct watch *w, pid_t caller)
{
  int rc = ASSAY_OK;
  struct assay_process self;
  catch_signals();
  ASSAY_CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, ASSAY_EENV, "no child subreaper: %s",
              strerror(errno));
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != caller) told_to_stop = 1;
  ASSAY_TRY(assay_tree_create(&w->tree, getpid()));
  if (assay_process_read(&self, getpid())) w->own_memory = self.memory;
done:
  return rc;
}

/* The life of the supervisor process. */
static int supervise(struct assay_outcome *out, const struct assay_command *command, pid_t caller)
{
  int rc = ASSAY_OK;
  struct watch w = {.command = command, .out = out, .pipe = -1, .log = -1};
  ASSAY_TRY(become_supervisor(&w, caller));
  w.log = open(command->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  ASSAY_CHECK(w.log >= 0, ASSAY_EIO, "cannot write %s: %s", command->log, strerror(errno));
  w.started = assay_clock();
  ASSAY_TRY(assay_launch(&w.pid, &w.pipe, &out->code, command));
  if (out->code) {
    out->end = ASSAY_END_START;
    goto done;
  }
  ASSAY_TRY(watch_command(&w));
  ASSAY_TRY(finish(&w));
done:
  if (rc < 0 && w.tree) assay_tree_kill(w.tree, PATIENCE);
  if (w.pipe >= 0) close(w.pipe);
  if (w.log >= 0) close(w.log);
  assay_tree_destroy(w.tree);
  return rc;
}

/* What the supervisor tells its caller through a pipe. */
struct verdict {
  int rc;
  struct assay_outcome outcome;
  char message[1024];
};

static void supervisor_main(int to, const struct assay_command *command, pid_t caller)
{
  struct verdict v = {0};
  v.rc = supervise(&v.outcome, command, caller);
  if (v.rc < 0) snprintf(v.message, sizeof v.message, "%s", assay_err_last());
  const char *bytes = (const char *)&v;
  for (size_t done = 0; done < sizeof v;) {
    const ssize_t n = write(to, bytes + done, sizeof v - done);
    if (n <= 0) break;
    done += (size_t)n;
  }
  _exit(0);
}

static size_t read_verdict(struct verdict *v, int from)
{
  size_t done = 0;
  while (done < sizeof *v) {
    const ssize_t n = read(from, (char *)v + done, sizeof *v - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  return done;
}

int assay_supervise(struct assay_outcome *out, const struct assay_command *command)
{
  int rc = ASSAY_OK, ends[2] = {-1, -1};
  struct verdict v = {0};
  const pid_t caller = getpid();
  *out = (struct assay_outcome){0};
  ASSAY_CHECK(pipe2(ends, O_CLOEXEC) == 0, ASSAY_EENV, "pipe: %s", strerror(errno));
  const pid_t pid = fork();
  ASSAY_CHECK(pid >= 0, ASSAY_EENV, "fork: %s", strerror(errno));
  if (pid == 0) {
    close(ends[0]);
    supervisor_main(ends[1], command, caller);
  }
  close(ends[1]);
  ends[1] = -1;
  const size_t got = read_verdict(&v, ends[0]);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
  }
  ASSAY_CHECK(got == sizeof v, ASSAY_EJOB, "the supervisor of %s was killed", command->argv[0]);
  ASSAY_CHECK(v.rc >= 0, v.rc, "%s", v.message);
  *out = v.outcome;
done:
  for (int i = 0; i < 2; i++)
    if (ends[i] >= 0) close(ends[i]);
  return rc;
}
