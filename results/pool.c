#include "results/pool.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_pool_take(struct assay_pool *pool, void **out, int n, size_t size)
{
  int rc = ASSAY_OK;
  *out = NULL;
  /* room for doubling sizes only, so that many small blocks stay cheap */
  if ((pool->n & (pool->n - 1)) == 0)
    ASSAY_TRY(ASSAY_GROW(&pool->blocks, pool->n > 0 ? 2 * (size_t)pool->n : 1, "results"));
  ASSAY_TRY(assay_alloc(out, (size_t)n, size, "results"));
  pool->blocks[pool->n++] = *out;
done:
  return rc;
}

int assay_pool_text(struct assay_pool *pool, const char **out, const char *fmt, ...)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  va_list ap;
  va_start(ap, fmt);
  const int length = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  ASSAY_TRY(ASSAY_TAKE(pool, &text, length + 1));
  va_start(ap, fmt);
  vsnprintf(text, (size_t)length + 1, fmt, ap);
  va_end(ap);
  *out = text;
done:
  return rc;
}

void assay_pool_release(struct assay_pool *pool)
{
  for (int i = 0; i < pool->n; i++) assay_free(pool->blocks[i]);
  assay_free(pool->blocks);
  *pool = (struct assay_pool){0};
}
