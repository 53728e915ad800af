/* The only place that calls malloc: zeroed, 64-byte aligned, overflow-checked, and counted per
 * process so that tests can ask whether everything came back. Kernels do not allocate. */
#ifndef ASSAY_CORE_BASE_MEM_H
#define ASSAY_CORE_BASE_MEM_H
#include <stddef.h>

/* *out = n*size zeroed bytes (never NULL on success, also for n == 0). tag names the owner in
 * leak reports and in the out-of-memory message; it must be a literal. ASSAY_ENOMEM. */
int assay_alloc(void **out, size_t n, size_t size, const char *tag);

/* Grow *block (from assay_alloc or NULL) to n*size bytes; new bytes are zero. On failure the old
 * block stays valid. ASSAY_ENOMEM. */
int assay_realloc(void **block, size_t n, size_t size, const char *tag);

/* NULL is allowed. */
void assay_free(void *block);

/* A copy the caller owns. ASSAY_ENOMEM. */
int assay_strdup(char **out, const char *text);

/* Caller-owned text in the manner of sprintf. ASSAY_ENOMEM. */
int assay_asprintf(char **out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Put a word behind *text, a string of the caller's or NULL, after `between` unless it is the first
 * one. *text stays as it was when there is no memory. */
int assay_text_append(char **text, const char *between, const char *word);

/* Blocks and bytes allocated and not yet freed, over all threads; the tag of the oldest one. */
struct assay_mem_use {
  size_t blocks, bytes;
  const char *oldest;
};
struct assay_mem_use assay_mem_in_use(void);

/* n elements of *ptr's type */
#define ASSAY_NEW(ptr, n, tag) assay_alloc((void **)(ptr), (n), sizeof **(ptr), (tag))
#define ASSAY_GROW(ptr, n, tag) assay_realloc((void **)(ptr), (n), sizeof **(ptr), (tag))

#endif
