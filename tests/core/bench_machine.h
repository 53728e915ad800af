/* What the processor can do, measured: operations on vectors of the widest kind that an instruction
 * set has, none of them fused, and the bandwidth of each level of the memory. For benchmarks. */
#ifndef ASSAY_TESTS_CORE_BENCH_MACHINE_H
#define ASSAY_TESTS_CORE_BENCH_MACHINE_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/isa.h"

static inline double bench_seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Least time of a call, in s. */
static inline double bench_least(void (*work)(void *), void *context, int calls)
{
  enum { REPEATS = 9 };
  double best = (double)INFINITY;
  for (int r = 0; r < REPEATS; r++) {
    const double start = bench_seconds();
    for (int k = 0; k < calls; k++) work(context);
    best = fmin(best, (bench_seconds() - start) / calls);
  }
  return best;
}

/* Results must seem to be needed where they are, or the compiler drops or moves the operation. */
#ifdef ASSAY_ISA_X86
#define BENCH_HOLD(x) __asm__ volatile("" : "+v"(x))
#define BENCH_NEED(x) __asm__ volatile("" : : "v"(x))
#define BENCH_FETCH(x) __asm__ volatile("" : : "v"(x) : "memory") /* each time anew */
#else
#define BENCH_HOLD(x) __asm__ volatile("" : "+w"(x))
#define BENCH_NEED(x) __asm__ volatile("" : : "w"(x))
#define BENCH_FETCH(x) __asm__ volatile("" : : "w"(x) : "memory")
#endif

/* As many chains as hide the latency of additions, and multiplications, at two a cycle. */
enum { BENCH_CHAINS = 7, BENCH_ROUNDS = 20000, BENCH_LINES = 8 };

struct bench_stream {
  double *a, *b, *c;
  ptrdiff_t n;
};

#define BENCH_EACH(body) body(0) body(1) body(2) body(3) body(4) body(5) body(6)
#define BENCH_DECLARE(k) vec x##k = a + k, y##k = x##k;
#define BENCH_FINISH(k) \
  BENCH_NEED(x##k);     \
  BENCH_NEED(y##k);
#define BENCH_LOOP(name, isa, flags, body, body2)              \
  flags static void bench_##name##_##isa(void *context)        \
  {                                                            \
    typedef bench_vec_##isa vec;                               \
    vec a = {0}, b = {0};                                      \
    vec *memory = context;                                     \
    typedef bench_any_##isa unaligned __attribute__((unused)); \
    a += 1.5, b += 0.999;                                      \
    (void)memory, (void)a, (void)b;                            \
    BENCH_EACH(BENCH_DECLARE)                                  \
    for (int r = 0; r < BENCH_ROUNDS; r += 2) {                \
      BENCH_EACH(body)                                         \
      BENCH_EACH(body2)                                        \
      BENCH_EACH(body)                                         \
      BENCH_EACH(body2)                                        \
    }                                                          \
    BENCH_EACH(BENCH_FINISH)                                   \
  }
/* the body of each loop, for one of the chains */
#define BENCH_NOTHING(k)
#define BENCH_ADD_1(k) \
  x##k += a;           \
  BENCH_HOLD(x##k);
#define BENCH_MULTIPLY_1(k) \
  y##k *= b;                \
  BENCH_HOLD(y##k);
#define BENCH_DIVIDE_1(k) \
  x##k = a / x##k;        \
  BENCH_HOLD(x##k);
#define BENCH_CHAIN_1(k) \
  x0 = x0 * b + a;       \
  BENCH_HOLD(x0);
#define BENCH_LOAD_1(k) BENCH_FETCH(memory[k]);
#define BENCH_LOAD_ACROSS_1(k) BENCH_FETCH(*(unaligned *)((double *)(memory + k) + 1));
#define BENCH_STORE_1(k) \
  memory[k] = x##k;      \
  __asm__ volatile("" ::: "memory");
/* pairs of neighbours of two vectors, the first step of a transposition */
#define BENCH_SHUFFLE_2(k)                       \
  y##k = __builtin_shufflevector(y##k, a, 0, 2); \
  BENCH_HOLD(y##k);
#define BENCH_SHUFFLE_4(k)                             \
  y##k = __builtin_shufflevector(y##k, a, 0, 4, 2, 6); \
  BENCH_HOLD(y##k);
#define BENCH_SHUFFLE_8(k)                                            \
  y##k = __builtin_shufflevector(y##k, a, 0, 8, 2, 10, 4, 12, 6, 14); \
  BENCH_HOLD(y##k);

#define BENCH_STREAM(name, isa, width, flags, body)                 \
  flags static void bench_##name##_##isa(void *context)             \
  {                                                                 \
    typedef bench_vec_##isa vec;                                    \
    const struct bench_stream *t = context;                         \
    vec *a = (vec *)t->a, *b = (vec *)t->b, *c = (vec *)t->c;       \
    vec k = {0};                                                    \
    k += 2.385;                                                     \
    (void)a, (void)b, (void)c, (void)k;                             \
    for (ptrdiff_t i = 0; i < t->n / (width); i += 4)               \
      _Pragma("GCC unroll 4") for (ptrdiff_t j = i; j < i + 4; j++) \
      {                                                             \
        body                                                        \
      }                                                             \
    __asm__ volatile("" ::: "memory");                              \
  }

#define BENCH_MACHINE(isa, width, flags)                                                           \
  typedef double bench_vec_##isa __attribute__((vector_size(8 * (width))));                        \
  typedef double bench_any_##isa __attribute__((vector_size(8 * (width)), aligned(8), may_alias)); \
  BENCH_LOOP(add, isa, flags, BENCH_ADD_1, BENCH_NOTHING)                                          \
  BENCH_LOOP(multiply, isa, flags, BENCH_MULTIPLY_1, BENCH_NOTHING)                                \
  BENCH_LOOP(both, isa, flags, BENCH_ADD_1, BENCH_MULTIPLY_1)                                      \
  BENCH_LOOP(shuffle, isa, flags, BENCH_SHUFFLE_##width, BENCH_NOTHING)                            \
  BENCH_LOOP(add_and_shuffle, isa, flags, BENCH_ADD_1, BENCH_SHUFFLE_##width)                      \
  BENCH_LOOP(divide, isa, flags, BENCH_DIVIDE_1, BENCH_NOTHING)                                    \
  BENCH_LOOP(chain, isa, flags, BENCH_CHAIN_1, BENCH_NOTHING)                                      \
  BENCH_LOOP(load, isa, flags, BENCH_LOAD_1, BENCH_NOTHING)                                        \
  BENCH_LOOP(load_across, isa, flags, BENCH_LOAD_ACROSS_1, BENCH_NOTHING)                          \
  BENCH_LOOP(store, isa, flags, BENCH_STORE_1, BENCH_NOTHING)                                      \
  BENCH_STREAM(read, isa, width, flags, { BENCH_NEED(a[j]); })                                     \
  BENCH_STREAM(write, isa, width, flags, { a[j] = k; })                                            \
  BENCH_STREAM(copy, isa, width, flags, { a[j] = b[j]; })                                          \
  BENCH_STREAM(triad, isa, width, flags, { a[j] = b[j] + c[j] * k; })                              \
  BENCH_STREAM(update, isa, width, flags, { a[j] += b[j] * k; })

BENCH_MACHINE(base, 2, )
#ifdef ASSAY_ISA_X86
BENCH_MACHINE(v3, 4, __attribute__((target("avx2"))))
BENCH_MACHINE(v4, 8, __attribute__((target("avx512f,avx512vl,avx512dq"))))
#else
BENCH_MACHINE(v3, 2, )
BENCH_MACHINE(v4, 2, )
#endif

enum bench_rate {
  BENCH_ADD,
  BENCH_MULTIPLY,
  BENCH_BOTH,
  BENCH_SHUFFLE,
  BENCH_ADD_AND_SHUFFLE,
  BENCH_DIVIDE,
  BENCH_CHAIN, /* a multiplication and an addition that wait for each other */
  BENCH_LOAD,
  BENCH_LOAD_ACROSS, /* one number off its place: of the widest vectors all touch two lines */
  BENCH_STORE,
  BENCH_RATES
};

static const char *const bench_rate_names[BENCH_RATES] = {"additions",
                                                          "multiplications",
                                                          "additions and multiplications",
                                                          "shuffles",
                                                          "additions and shuffles",
                                                          "divisions",
                                                          "dependent pairs",
                                                          "loads",
                                                          "unaligned loads",
                                                          "stores"};

enum bench_way { BENCH_READ, BENCH_WRITE, BENCH_COPY, BENCH_TRIAD, BENCH_UPDATE, BENCH_WAYS };

#define BENCH_TABLE(isa)                                                           \
  {                                                                                \
    {bench_add_##isa,                                                              \
     bench_multiply_##isa,                                                         \
     bench_both_##isa,                                                             \
     bench_shuffle_##isa,                                                          \
     bench_add_and_shuffle_##isa,                                                  \
     bench_divide_##isa,                                                           \
     bench_chain_##isa,                                                            \
     bench_load_##isa,                                                             \
     bench_load_across_##isa,                                                      \
     bench_store_##isa},                                                           \
        {bench_read_##isa, bench_write_##isa, bench_copy_##isa, bench_triad_##isa, \
         bench_update_##isa},                                                      \
  }
static const struct {
  void (*rate[BENCH_RATES])(void *);
  void (*stream[BENCH_WAYS])(void *);
} bench_table[] = {BENCH_TABLE(base), BENCH_TABLE(v3), BENCH_TABLE(v4)};
static const int bench_widths[] = {2, 4, 8};

/* Numbers per second: operations times lanes. */
static inline void bench_rates(double out[BENCH_RATES], enum assay_isa isa)
{
  static double memory[BENCH_LINES * BENCH_CHAINS + 8] __attribute__((aligned(64)));
  for (int k = 0; k < BENCH_RATES; k++) {
    const int each = k == BENCH_BOTH || k == BENCH_ADD_AND_SHUFFLE ? 2 : 1;
    out[k] = (double)BENCH_ROUNDS * BENCH_CHAINS * each * bench_widths[isa] /
             bench_least(bench_table[isa].rate[k], memory, 20);
  }
}

/* Bytes per second where the arrays are `bytes` long together. Lines that are only written count
 * twice, since they are read before. */
static inline int bench_bandwidth(double *out, enum assay_isa isa, enum bench_way way, double bytes)
{
  int rc = ASSAY_OK;
  static const int arrays[BENCH_WAYS] = {1, 1, 2, 3, 2}, passes[BENCH_WAYS] = {1, 2, 3, 4, 3};
  double *block = NULL;
  const size_t n = (size_t)(bytes / (8 * arrays[way])) / 64 * 64;
  ASSAY_TRY(ASSAY_NEW(&block, 3 * n + 128, "bench"));
  for (size_t k = 0; k < 3 * n + 128; k++) block[k] = 1; /* pages of its own */
  struct bench_stream t = {block, block + n + 40, block + 2 * n + 80, (ptrdiff_t)n};
  t.a += (64 - (uintptr_t)t.a % 64) % 64 / 8;
  t.b = t.a + n + 40, t.c = t.b + n + 40;
  *out = 8 * passes[way] * (double)n /
         bench_least(bench_table[isa].stream[way], &t, (int)(2e7 / bytes) + 1);
done:
  assay_free(block);
  return rc;
}

#endif
