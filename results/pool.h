/* Blocks that live and die together: what a record, a ranking or a page is made of. */
#ifndef ASSAY_RESULTS_POOL_H
#define ASSAY_RESULTS_POOL_H
#include <stddef.h>

struct assay_pool {
  void **blocks;
  int n;
};

/* *out = n zeroed elements; ASSAY_ENOMEM. */
int assay_pool_take(struct assay_pool *pool, void **out, int n, size_t size);
/* A formatted text. */
int assay_pool_text(struct assay_pool *pool, const char **out, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void assay_pool_release(struct assay_pool *pool);

/* n elements of *ptr's type */
#define ASSAY_TAKE(pool, ptr, n) assay_pool_take((pool), (void **)(ptr), (n), sizeof **(ptr))

#endif
