/* Files that must be the same byte by byte. */
#ifndef ASSAY_TESTS_HARNESS_SAME_FILES_H
#define ASSAY_TESTS_HARNESS_SAME_FILES_H
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/test.h"

static inline void assert_same_files(const char *a, const char *b)
{
  char *x = NULL, *y = NULL;
  size_t n, m;
  assert_ok(assay_file_read(&x, &n, a));
  assert_ok(assay_file_read(&y, &m, b));
  assert_int_equal(n, m);
  assert_memory_equal(x, y, n);
  assay_free(x);
  assay_free(y);
}

#endif
