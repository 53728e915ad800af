#include "results/arena.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_arena_take(struct assay_arena *arena, void **out, int n, size_t size)
{
  int rc = ASSAY_OK;
  *out = NULL;
  /* room for doubling sizes only, so that many small blocks stay cheap */
  if ((arena->n & (arena->n - 1)) == 0)
    ASSAY_TRY(ASSAY_GROW(&arena->blocks, arena->n > 0 ? 2 * (size_t)arena->n : 1, "results"));
  ASSAY_TRY(assay_alloc(out, (size_t)n, size, "results"));
  arena->blocks[arena->n++] = *out;
done:
  return rc;
}

int assay_arena_text(struct assay_arena *arena, const char **out, const char *fmt, ...)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  va_list ap;
  va_start(ap, fmt);
  const int length = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  ASSAY_TRY(ASSAY_TAKE(arena, &text, length + 1));
  va_start(ap, fmt);
  vsnprintf(text, (size_t)length + 1, fmt, ap);
  va_end(ap);
  *out = text;
done:
  return rc;
}

void assay_arena_release(struct assay_arena *arena)
{
  for (int i = 0; i < arena->n; i++) assay_free(arena->blocks[i]);
  assay_free(arena->blocks);
  *arena = (struct assay_arena){0};
}
