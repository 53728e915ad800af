#include "baselines/symbolic/genetic_crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/base/err.h"

enum { MESSAGE = 256 };

struct crew {
  int (*work)(void *context, int k);
  void *context;
  int n;
  atomic_int next;
  int rc[ASSAY_SR_MAX_PIECES];
  char message[ASSAY_SR_MAX_PIECES][MESSAGE];
};

/* messages belong to threads */
static void *labour(void *arg)
{
  struct crew *c = arg;
  for (int k; (k = atomic_fetch_add(&c->next, 1)) < c->n;) {
    c->rc[k] = c->work(c->context, k);
    if (c->rc[k] < 0) snprintf(c->message[k], MESSAGE, "%s", assay_err_last());
  }
  return NULL;
}

int assay_sr_crew(int (*work)(void *context, int k), void *context, int n, int threads)
{
  int rc = ASSAY_OK, started = 0;
  pthread_t thread[ASSAY_SR_MAX_THREADS];
  struct crew c = {.work = work, .context = context, .n = n};
  ASSAY_CHECK(n <= ASSAY_SR_MAX_PIECES && threads <= ASSAY_SR_MAX_THREADS, ASSAY_EARG,
              "at most %d threads", ASSAY_SR_MAX_THREADS);
  while (started < threads - 1 && started < n - 1 &&
         pthread_create(&thread[started], NULL, labour, &c) == 0)
    started++;
  labour(&c);
  for (int i = 0; i < started; i++) pthread_join(thread[i], NULL);
  for (int k = 0; k < n; k++) ASSAY_CHECK(c.rc[k] >= 0, c.rc[k], "%s", c.message[k]);
done:
  return rc;
}
