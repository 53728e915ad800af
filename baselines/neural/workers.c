#include "baselines/neural/workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

struct assay_nn_workers {
  int n, started; /* threads, those besides the caller that run */
  pthread_t *thread;
  struct member {
    struct assay_nn_workers *all;
    int worker;
  } * member;
  pthread_mutex_t lock;
  pthread_cond_t begin, end;
  unsigned long round;
  bool stop;
  /* of this round */
  int n_jobs, next, unfinished;
  void (*job)(void *context, int i, int worker);
  void *context;
};

/* Take jobs until there are none; the lock is held at entry and exit. */
static void take_jobs(struct assay_nn_workers *w, int worker)
{
  while (w->next < w->n_jobs) {
    const int i = w->next++;
    pthread_mutex_unlock(&w->lock);
    w->job(w->context, i, worker);
    pthread_mutex_lock(&w->lock);
    if (--w->unfinished == 0) pthread_cond_signal(&w->end);
  }
}

static void *work(void *argument)
{
  const struct member *self = argument;
  struct assay_nn_workers *w = self->all;
  unsigned long seen = 0;
  pthread_mutex_lock(&w->lock);
  for (;;) {
    while (!w->stop && w->round == seen) pthread_cond_wait(&w->begin, &w->lock);
    if (w->stop) break;
    seen = w->round;
    take_jobs(w, self->worker);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

int assay_nn_workers_create(struct assay_nn_workers **out, int n)
{
  int rc = ASSAY_OK;
  struct assay_nn_workers *w = NULL;
  *out = NULL;
  ASSAY_CHECK(n >= 1 && n <= 1024, ASSAY_EARG, "%d threads; 1 to 1024 are possible", n);
  ASSAY_TRY(ASSAY_NEW(&w, 1, "workers"));
  w->n = n;
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->begin, NULL);
  pthread_cond_init(&w->end, NULL);
  ASSAY_TRY(ASSAY_NEW(&w->thread, (size_t)n, "workers"));
  ASSAY_TRY(ASSAY_NEW(&w->member, (size_t)n, "workers"));
  for (int i = 1; i < n; i++) {
    w->member[i] = (struct member){.all = w, .worker = i};
    const int status = pthread_create(&w->thread[i], NULL, work, &w->member[i]);
    ASSAY_CHECK(status == 0, ASSAY_EENV, "cannot start thread %d: %s", i, strerror(status));
    w->started++;
  }
  *out = w;
  w = NULL;
done:
  assay_nn_workers_destroy(w);
  return rc;
}

void assay_nn_workers_destroy(struct assay_nn_workers *w)
{
  if (!w) return;
  pthread_mutex_lock(&w->lock);
  w->stop = true;
  pthread_cond_broadcast(&w->begin);
  pthread_mutex_unlock(&w->lock);
  for (int i = 1; i <= w->started; i++) pthread_join(w->thread[i], NULL);
  pthread_mutex_destroy(&w->lock);
  pthread_cond_destroy(&w->begin);
  pthread_cond_destroy(&w->end);
  assay_free(w->thread);
  assay_free(w->member);
  assay_free(w);
}

void assay_nn_workers_run(struct assay_nn_workers *w, int n,
                          void (*job)(void *context, int i, int worker), void *context)
{
  if (w->n == 1 || n == 1) {
    for (int i = 0; i < n; i++) job(context, i, 0);
    return;
  }
  pthread_mutex_lock(&w->lock);
  w->n_jobs = w->unfinished = n;
  w->next = 0;
  w->job = job;
  w->context = context;
  w->round++;
  pthread_cond_broadcast(&w->begin);
  take_jobs(w, 0);
  while (w->unfinished > 0) pthread_cond_wait(&w->end, &w->lock);
  pthread_mutex_unlock(&w->lock);
}
