/* Blocks that live and die together: what a record, a ranking or a page is made of. */
#ifndef ASSAY_RESULTS_ARENA_H
#define ASSAY_RESULTS_ARENA_H
#include <stddef.h>

struct assay_arena {
  void **blocks;
  int n;
};

/* *out = n zeroed elements; ASSAY_ENOMEM. */
int assay_arena_take(struct assay_arena *arena, void **out, int n, size_t size);
/* A formatted text. */
int assay_arena_text(struct assay_arena *arena, const char **out, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void assay_arena_release(struct assay_arena *arena);

/* n elements of *ptr's type */
#define ASSAY_TAKE(arena, ptr, n) assay_arena_take((arena), (void **)(ptr), (n), sizeof **(ptr))

#endif
