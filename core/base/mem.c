#include "core/base/mem.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"

/* Sits in the 64 bytes before every block; the list of live blocks runs through it. */
struct header {
  struct header *older, *newer;
  size_t bytes;
  const char *tag;
};
enum { ALIGN = 64 };
_Static_assert(sizeof(struct header) <= ALIGN, "the header must fit before the block");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct header *newest;
static size_t live_blocks, live_bytes;

static void *payload(struct header *h)
{
  return (char *)h + ALIGN;
}

static struct header *header_of(void *block)
{
  return (struct header *)(void *)((char *)block - ALIGN);
}

static void link_block(struct header *h)
{
  pthread_mutex_lock(&lock);
  h->older = newest;
  h->newer = NULL;
  if (newest) newest->newer = h;
  newest = h;
  live_blocks++;
  live_bytes += h->bytes;
  pthread_mutex_unlock(&lock);
}

static void unlink_block(struct header *h)
{
  pthread_mutex_lock(&lock);
  if (h->older) h->older->newer = h->newer;
  if (h->newer)
    h->newer->older = h->older;
  else
    newest = h->older;
  live_blocks--;
  live_bytes -= h->bytes;
  pthread_mutex_unlock(&lock);
}

int assay_alloc(void **out, size_t n, size_t size, const char *tag)
{
  int rc = ASSAY_OK;
  void *raw = NULL;
  *out = NULL;
  ASSAY_CHECK(size == 0 || n <= (SIZE_MAX - 2 * ALIGN) / size, ASSAY_ENOMEM,
              "%s: %zu items of %zu bytes do not fit in memory", tag, n, size);
  size_t bytes = n * size;
  size_t padded = ALIGN + (bytes + ALIGN - 1) / ALIGN * ALIGN;
  ASSAY_CHECK(posix_memalign(&raw, ALIGN, padded) == 0, ASSAY_ENOMEM, "%s: no memory for %zu bytes",
              tag, bytes);
  memset(raw, 0, padded);
  struct header *h = raw;
  h->bytes = bytes;
  h->tag = tag;
  link_block(h);
  *out = payload(h);
done:
  return rc;
}

int assay_realloc(void **block, size_t n, size_t size, const char *tag)
{
  int rc = ASSAY_OK;
  void *bigger = NULL;
  ASSAY_TRY(assay_alloc(&bigger, n, size, tag));
  if (*block) {
    size_t old = header_of(*block)->bytes;
    memcpy(bigger, *block, old < n * size ? old : n * size);
    assay_free(*block);
  }
  *block = bigger;
done:
  return rc;
}

void assay_free(void *block)
{
  if (!block) return;
  struct header *h = header_of(block);
  unlink_block(h);
  free(h);
}

int assay_strdup(char **out, const char *text)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, strlen(text) + 1, "string"));
  memcpy(*out, text, strlen(text) + 1);
done:
  return rc;
}

int assay_asprintf(char **out, const char *fmt, ...)
{
  int rc = ASSAY_OK;
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  int n = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  *out = NULL;
  ASSAY_CHECK(n >= 0, ASSAY_EARG, "text cannot be formatted");
  ASSAY_TRY(ASSAY_NEW(out, (size_t)n + 1, "string"));
  vsnprintf(*out, (size_t)n + 1, fmt, again);
done:
  va_end(again);
  return rc;
}

struct assay_mem_use assay_mem_in_use(void)
{
  pthread_mutex_lock(&lock);
  const struct header *h = newest;
  while (h && h->older) h = h->older;
  struct assay_mem_use use = {live_blocks, live_bytes, h ? h->tag : ""};
  pthread_mutex_unlock(&lock);
  return use;
}

int assay_text_append(char **text, const char *between, const char *word)
{
  int rc = ASSAY_OK;
  char *longer = NULL;
  const char *now = *text ? *text : "";
  ASSAY_TRY(assay_asprintf(&longer, "%s%s%s", now, *now ? between : "", word));
  assay_free(*text);
  *text = longer;
done:
  return rc;
}
