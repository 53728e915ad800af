/* What the tests of solvers on arrays share: numbers to feed them with, memory that is watched, and
 * the comparison of bits between instruction sets. */
#ifndef ASSAY_TESTS_CORE_NUMBERS_H
#define ASSAY_TESTS_CORE_NUMBERS_H
#include "core/base/mem.h"
#include "core/num/isa.h"
#include "tests/test.h"

/* uniform in (-1, 1), from a linear congruence */
static inline double noise(uint64_t *seed)
{
  *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(int64_t)*seed / 9223372036854775808.0;
}

/* zeros; assay_free */
static inline double *array(size_t n)
{
  double *a = NULL;
  assert_ok(ASSAY_NEW(&a, n, "test"));
  return a;
}

/* noise around `mean`; assay_free */
static inline double *noise_array(size_t n, uint64_t seed, double mean)
{
  double *a = array(n);
  for (size_t i = 0; i < n; i++) a[i] = noise(&seed) + mean;
  return a;
}

static inline double max_abs(const double *a, size_t n)
{
  double m = 0;
  for (size_t i = 0; i < n; i++) m = fmax(m, fabs(a[i]));
  return m;
}

enum { WATCHED = 8 };

/* n numbers, all NaN, between numbers that must stay; unwatch */
static inline double *watched(size_t n)
{
  double *a = array(n + 2 * WATCHED);
  for (size_t i = 0; i < n + 2 * WATCHED; i++)
    a[i] = i < WATCHED || i >= n + WATCHED ? 8.125 : (double)NAN;
  return a + WATCHED;
}

static inline void unwatch(double *a, size_t n)
{
  for (int i = 1; i <= WATCHED; i++) assert_true(a[-i] == 8.125);
  for (size_t i = 0; i < WATCHED; i++) assert_true(a[n + i] == 8.125);
  assay_free(a - WATCHED);
}

/* solve() fills out [n]: with the same bits on every instruction set that the machine has */
static inline void assert_same_bits(void (*solve)(double *out, const void *context),
                                    const void *context, size_t n)
{
  const enum assay_isa before = assay_isa();
  double *base = array(n), *out = array(n);
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    assert_ok(assay_isa_force((enum assay_isa)isa));
    memset(out, 0, n * sizeof *out);
    solve(isa ? out : base, context);
    if (isa) assert_memory_equal(out, base, n * sizeof *out);
  }
  assert_ok(assay_isa_force(before));
  assay_free(base);
  assay_free(out);
}

static inline void nothing_is_leaked(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

#endif
