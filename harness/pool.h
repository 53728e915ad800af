/* Forked workers that take items from one shared counter. A worker that dies costs only its item:
 * it is given to another worker once, then reported as lost. Workers never touch HDF5 and leave by
 * _exit; they die with their parent. */
#ifndef ASSAY_HARNESS_POOL_H
#define ASSAY_HARNESS_POOL_H
#include <stdbool.h>
#include <stddef.h>

enum { ASSAY_POOL_TEXT = 320, ASSAY_POOL_NUMBERS = 6 };

/* What a worker reports when an item is done; sent to the parent as it is. */
struct assay_pool_result {
  long item; /* index into the items */
  int rc;
  bool fatal; /* nobody should go on: the disk is full */
  bool lost;  /* the worker died; text says how */
  double number[ASSAY_POOL_NUMBERS];
  char text[ASSAY_POOL_TEXT]; /* the message when rc < 0 */
};

/* Runs in a worker. */
typedef void assay_pool_work(struct assay_pool_result *out, void *user, long item);

/* The items that a worker holds, where it may hold several at once. */
enum { ASSAY_POOL_HOLDS = 16 };
struct assay_pool_hands;
/* The next item, if `fits` says that it goes with what is held and there is room; else -1. */
long assay_pool_take(struct assay_pool_hands *hands, bool (*fits)(void *user, long item));
void assay_pool_send(struct assay_pool_hands *hands, struct assay_pool_result *result);
/* Runs in a worker instead of assay_pool_work: sends the results of all items that it takes, the
 * first one included. A worker that died while it held several leaves them to be done one by one,
 * with `alone` set. */
typedef void assay_pool_work_many(struct assay_pool_hands *hands, void *user, long item,
                                  bool alone);

struct assay_pool;
/* Fork `jobs` workers over items 0 .. n_items - 1, taken in this order. ASSAY_EENV. */
int assay_pool_create(struct assay_pool **out, int jobs, long n_items, assay_pool_work *work,
                      void *user);
int assay_pool_create_many(struct assay_pool **out, int jobs, long n_items,
                           assay_pool_work_many *work, void *user);
/* The next result, if one comes within `seconds`; *got says whether. ASSAY_EENV. */
int assay_pool_next(struct assay_pool *pool, struct assay_pool_result *result, bool *got,
                    double seconds);
/* Kill what still runs. NULL allowed. */
void assay_pool_destroy(struct assay_pool *pool);

#endif
