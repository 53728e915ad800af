#include "harness/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* In memory shared by all: the counter, and what each worker holds (-1: nothing). */
struct shared {
  _Atomic long next;
  _Atomic long holds[][ASSAY_POOL_HOLDS];
};

struct message {
  int worker;
  struct assay_pool_result result;
};
_Static_assert(sizeof(struct message) <= _POSIX_PIPE_BUF, "a message must be written whole");

enum item_state { WAITING, DONE };

struct assay_pool {
  int jobs;
  long n_items;
  assay_pool_work *work; /* one of the two */
  assay_pool_work_many *work_many;
  void *user;
  struct shared *shared;
  size_t shared_size;
  int pipe[2];
  pid_t *pid;            /* [jobs]; 0: not running */
  unsigned char *state;  /* [n_items] enum item_state */
  unsigned char *deaths; /* [n_items] */
  bool dead_letter;      /* result below waits to be delivered */
  struct assay_pool_result letter;
};

static void send_result(int fd, int worker, const struct assay_pool_result *result)
{
  const struct message m = {worker, *result};
  while (write(fd, &m, sizeof m) < 0 && errno == EINTR) continue;
}

struct assay_pool_hands {
  struct assay_pool *pool;
  int worker;
};

static _Atomic long *holds_of(struct assay_pool *p, int worker)
{
  return p->shared->holds[worker];
}

/* Replace `old` by `now` where a worker holds it; false: it does not. */
static bool hold(struct assay_pool *p, int worker, long old, long now)
{
  _Atomic long *holds = holds_of(p, worker);
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++)
    if (atomic_load(&holds[k]) == old) {
      atomic_store(&holds[k], now);
      return true;
    }
  return false;
}

void assay_pool_send(struct assay_pool_hands *hands, struct assay_pool_result *result)
{
  send_result(hands->pool->pipe[1], hands->worker, result);
  hold(hands->pool, hands->worker, result->item, -1);
}

long assay_pool_take(struct assay_pool_hands *hands, bool (*fits)(void *user, long item))
{
  struct assay_pool *p = hands->pool;
  long item = atomic_load(&p->shared->next);
  if (!hold(p, hands->worker, -1, -1)) return -1;
  do {
    if (item >= p->n_items || !fits(p->user, item)) return -1;
  } while (!atomic_compare_exchange_weak(&p->shared->next, &item, item + 1));
  hold(p, hands->worker, -1, item);
  return item;
}

static void work_on(struct assay_pool *p, int worker, long item, bool alone)
{
  struct assay_pool_result result = {.item = item};
  struct assay_pool_hands hands = {p, worker};
  if (!hold(p, worker, item, item)) hold(p, worker, -1, item);
  if (p->work_many) {
    p->work_many(&hands, p->user, item, alone);
    return;
  }
  p->work(&result, p->user, item);
  result.item = item;
  assay_pool_send(&hands, &result);
}

/* The life of a worker: first an item that another one left behind, then whatever is next. */
static void live(struct assay_pool *p, int worker, long first)
{
  signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the whole group; the parent decides */
  signal(SIGTERM, SIG_DFL);
  signal(SIGHUP, SIG_DFL);
  close(p->pipe[0]);
  if (first >= 0) work_on(p, worker, first, true);
  for (;;) {
    const long item = atomic_fetch_add(&p->shared->next, 1);
    if (item >= p->n_items) break;
    work_on(p, worker, item, false);
  }
}

static int fork_worker(struct assay_pool *p, int worker, long first)
{
  int rc = ASSAY_OK;
  const pid_t parent = getpid();
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++)
    atomic_store(&holds_of(p, worker)[k], k == 0 ? first : -1);
  const pid_t pid = fork();
  ASSAY_CHECK(pid >= 0, ASSAY_EENV, "cannot start a worker process: %s", strerror(errno));
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent) live(p, worker, first);
    _exit(0);
  }
  p->pid[worker] = pid;
done:
  return rc;
}

static int create(struct assay_pool **out, int jobs, long n_items, const struct assay_pool *like)
{
  int rc = ASSAY_OK;
  struct assay_pool *p = NULL;
  *out = NULL;
  if (jobs > n_items) jobs = (int)n_items;
  ASSAY_TRY(ASSAY_NEW(&p, 1, "worker pool"));
  *p = *like;
  p->jobs = jobs;
  p->n_items = n_items;
  p->pipe[0] = p->pipe[1] = -1;
  p->shared_size = sizeof *p->shared + (size_t)jobs * sizeof *p->shared->holds;
  p->shared = mmap(NULL, p->shared_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (p->shared == MAP_FAILED) p->shared = NULL;
  ASSAY_CHECK(p->shared && pipe(p->pipe) == 0, ASSAY_EENV, "cannot start workers: %s",
              strerror(errno));
  ASSAY_TRY(ASSAY_NEW(&p->pid, (size_t)jobs, "worker pool"));
  ASSAY_TRY(ASSAY_NEW(&p->state, (size_t)n_items, "worker pool"));
  ASSAY_TRY(ASSAY_NEW(&p->deaths, (size_t)n_items, "worker pool"));
  for (int w = 0; w < jobs; w++) ASSAY_TRY(fork_worker(p, w, -1));
  *out = p;
  p = NULL;
done:
  assay_pool_destroy(p);
  return rc;
}

int assay_pool_create(struct assay_pool **out, int jobs, long n_items, assay_pool_work *work,
                      void *user)
{
  return create(out, jobs, n_items, &(struct assay_pool){.work = work, .user = user});
}

int assay_pool_create_many(struct assay_pool **out, int jobs, long n_items,
                           assay_pool_work_many *work, void *user)
{
  return create(out, jobs, n_items, &(struct assay_pool){.work_many = work, .user = user});
}

/* Read one message if there is one within the time. */
static int receive(struct assay_pool *p, struct message *m, bool *got, double seconds)
{
  int rc = ASSAY_OK;
  struct pollfd fd = {.fd = p->pipe[0], .events = POLLIN};
  *got = false;
  const int ready = poll(&fd, 1, (int)(seconds * 1000));
  if (ready <= 0) goto done; /* nothing, or a signal */
  const ssize_t n = read(p->pipe[0], m, sizeof *m);
  if (n < 0 && errno == EINTR) goto done;
  ASSAY_CHECK(n == (ssize_t)sizeof *m, ASSAY_EENV, "lost contact with the worker processes");
  *got = true;
done:
  return rc;
}

static void describe_death(char *out, size_t size, int status)
{
  if (WIFSIGNALED(status))
    snprintf(out, size, "worker process ended by signal %d (%s)", WTERMSIG(status),
             strsignal(WTERMSIG(status)));
  else
    snprintf(out, size, "worker process ended with status %d", WEXITSTATUS(status));
}

static void report_lost(struct assay_pool *p, long item, int status)
{
  p->letter = (struct assay_pool_result){.item = item, .rc = ASSAY_EJOB, .lost = true};
  describe_death(p->letter.text, sizeof p->letter.text, status);
  p->dead_letter = true;
}

/* One worker has ended: go on without it, or replace it. What it held alone is tried again at once;
 * of several the guilty one is not known, so they wait until the others are done. */
static int bury(struct assay_pool *p, int worker, int status)
{
  int rc = ASSAY_OK;
  long held = -1;
  int n = 0;
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++) {
    const long item = atomic_load(&holds_of(p, worker)[k]);
    if (item < 0 || p->state[item] != WAITING) continue;
    held = item;
    n++;
  }
  p->pid[worker] = 0;
  if (n == 1 && p->deaths[held]++ > 0) {
    report_lost(p, held, status);
    ASSAY_TRY(fork_worker(p, worker, -1));
  } else if (n == 1) {
    ASSAY_TRY(fork_worker(p, worker, held));
  } else if (n > 1 || WIFSIGNALED(status)) {
    ASSAY_TRY(fork_worker(p, worker, -1));
  }
done:
  return rc;
}

static int running(const struct assay_pool *p)
{
  int n = 0;
  for (int w = 0; w < p->jobs; w++) n += p->pid[w] != 0;
  return n;
}

/* All workers have left: an item may have been taken by one that died before it could say so. */
static int take_up_lost(struct assay_pool *p)
{
  int rc = ASSAY_OK;
  for (long item = 0; item < p->n_items; item++)
    if (p->state[item] == WAITING) {
      ASSAY_CHECK(p->deaths[item]++ < 2, ASSAY_EENV, "the worker processes do not stay alive");
      ASSAY_TRY(fork_worker(p, 0, item));
      goto done;
    }
done:
  return rc;
}

static int look_after_workers(struct assay_pool *p)
{
  int rc = ASSAY_OK, status;
  for (int w = 0; w < p->jobs && !p->dead_letter; w++)
    if (p->pid[w] && waitpid(p->pid[w], &status, WNOHANG) == p->pid[w])
      ASSAY_TRY(bury(p, w, status));
  if (!p->dead_letter && running(p) == 0) ASSAY_TRY(take_up_lost(p));
done:
  return rc;
}

/* Hand out a result, unless its item was already reported (by a worker that died after it). */
static bool deliver(struct assay_pool *p, struct assay_pool_result *out,
                    const struct assay_pool_result *result)
{
  if (p->state[result->item] == DONE) return false;
  p->state[result->item] = DONE;
  *out = *result;
  return true;
}

int assay_pool_next(struct assay_pool *p, struct assay_pool_result *result, bool *got,
                    double seconds)
{
  int rc = ASSAY_OK;
  struct message m;
  ASSAY_TRY(receive(p, &m, got, seconds));
  if (!*got) {
    ASSAY_TRY(look_after_workers(p));
    ASSAY_TRY(receive(p, &m, got, 0)); /* what a dead one had sent comes first */
  }
  if (*got) {
    *got = deliver(p, result, &m.result);
  } else if (p->dead_letter) {
    p->dead_letter = false;
    *got = deliver(p, result, &p->letter);
  }
done:
  return rc;
}

void assay_pool_destroy(struct assay_pool *p)
{
  if (!p) return;
  for (int w = 0; p->pid && w < p->jobs; w++)
    if (p->pid[w]) kill(p->pid[w], SIGKILL);
  for (int w = 0; p->pid && w < p->jobs; w++)
    if (p->pid[w])
      while (waitpid(p->pid[w], NULL, 0) < 0 && errno == EINTR) continue;
  for (int i = 0; i < 2; i++)
    if (p->pipe[i] >= 0) close(p->pipe[i]);
  if (p->shared) munmap(p->shared, p->shared_size);
  assay_free(p->pid);
  assay_free(p->state);
  assay_free(p->deaths);
  assay_free(p);
}
