/* Vectors of doubles for kernel sources (see isa.h): VL lanes, as wide as the instruction set has.
 * Arithmetic is the compiler's element-wise + - * /, so a lane's bits do not depend on VL. */
#ifndef ASSAY_CORE_NUM_LANES_H
#define ASSAY_CORE_NUM_LANES_H
#include <stddef.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* for functions whose arguments the compiler shall treat as constants */
#define INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__) && !defined(ASSAY_LANES_4)
#define VL 8
#elif defined(__AVX__)
#define VL 4
#else
#define VL 2
#endif

typedef double vec __attribute__((vector_size(8 * VL)));
typedef double vec_unaligned __attribute__((vector_size(8 * VL), aligned(8), may_alias));

static inline vec vec_load(const double *p)
{
  return *(const vec_unaligned *)p;
}

static inline void vec_store(double *p, vec a)
{
  *(vec_unaligned *)p = a;
}

typedef long long vec_mask __attribute__((vector_size(8 * VL)));

/* One bit for each lane of m, which are all ones or all zeros. */
static inline unsigned vec_bits(vec_mask m)
{
#if VL == 8
  return _mm512_movepi64_mask((__m512i)m);
#elif VL == 4 && defined(__AVX2__)
  return (unsigned)_mm256_movemask_pd((__m256d)m);
#else
  unsigned bits = 0;
  for (int l = 0; l < VL; l++) bits |= (unsigned)(m[l] & 1) << l;
  return bits;
#endif
}

/* All ones in the first `count` lanes, zeros in the others. */
static inline vec_mask vec_lanes(int count)
{
  static const long long lane[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  typedef long long unaligned __attribute__((vector_size(8 * VL), aligned(8), may_alias));
  return *(const unaligned *)lane < (vec_mask){0} + count;
}

/* The first `count` lanes of a, the rest is zero. */
static inline vec vec_first(vec a, int count)
{
  return (vec)((vec_mask)a & vec_lanes(count));
}

/* the first `count` lanes only, the rest is zero; nothing behind them is touched */
static inline vec vec_load_some(const double *p, int count)
{
#if VL == 8
  return (vec)_mm512_maskz_loadu_pd((__mmask8)((1U << count) - 1), p);
#elif VL == 4 && defined(__AVX2__)
  return (vec)_mm256_maskload_pd(p, (__m256i)vec_lanes(count));
#else
  vec a = {0};
  for (int l = 0; l < VL; l++)
    if (l < count) a[l] = p[l];
  return a;
#endif
}

static inline void vec_store_some(double *p, vec a, int count)
{
#if VL == 8
  _mm512_mask_storeu_pd(p, (__mmask8)((1U << count) - 1), (__m512d)a);
#elif VL == 4 && defined(__AVX2__)
  _mm256_maskstore_pd(p, (__m256i)vec_lanes(count), (__m256d)a);
#else
  for (int l = 0; l < VL; l++)
    if (l < count) p[l] = a[l];
#endif
}

/* The VL numbers one place before those of b, and one place behind those of a, where b follows a:
 * for neighbours in a row one load less, of the kind that touches two lines of the cache. */
static inline vec vec_before(vec a, vec b)
{
#if VL == 8
  return __builtin_shufflevector(a, b, 7, 8, 9, 10, 11, 12, 13, 14);
#elif VL == 4
  return __builtin_shufflevector(a, b, 3, 4, 5, 6);
#else
  return __builtin_shufflevector(a, b, 1, 2);
#endif
}

static inline vec vec_behind(vec a, vec b)
{
#if VL == 8
  return __builtin_shufflevector(a, b, 1, 2, 3, 4, 5, 6, 7, 8);
#elif VL == 4
  return __builtin_shufflevector(a, b, 1, 2, 3, 4);
#else
  return __builtin_shufflevector(a, b, 1, 2);
#endif
}

#if VL == 8
/* Four numbers each of two places. */
static inline vec vec_halves(const double *low, const double *high)
{
  const __m512d a = _mm512_castpd256_pd512(_mm256_loadu_pd(low));
  return (vec)_mm512_insertf64x4(a, _mm256_loadu_pd(high), 1);
}

static inline void vec_store_halves(double *low, double *high, vec a)
{
  _mm256_storeu_pd(low, _mm512_castpd512_pd256((__m512d)a));
  _mm256_storeu_pd(high, _mm512_extractf64x4_pd((__m512d)a, 1));
}

/* Every other number of a and b by turns; pairs 0, 2 or 1, 3 of a and b by turns. */
static inline vec vec_even(vec a, vec b)
{
  return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
}

static inline vec vec_odd(vec a, vec b)
{
  return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
}

static inline vec vec_low_pairs(vec a, vec b)
{
  return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
}

static inline vec vec_high_pairs(vec a, vec b)
{
  return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
}
#endif

/* VL x VL numbers: row i, lane j becomes row j, lane i */
static inline void vec_transpose(vec *a)
{
#if VL == 8
  vec p[8], q[8];
  for (int i = 0; i < 4; i++) { /* pairs of rows: even and odd columns */
    p[2 * i] = vec_even(a[2 * i], a[2 * i + 1]);
    p[2 * i + 1] = vec_odd(a[2 * i], a[2 * i + 1]);
  }
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) { /* columns j, j + 4 and j + 2, j + 6 of four rows */
      q[4 * i + j] =
          __builtin_shufflevector(p[4 * i + j], p[4 * i + j + 2], 0, 1, 4, 5, 8, 9, 12, 13);
      q[4 * i + j + 2] =
          __builtin_shufflevector(p[4 * i + j], p[4 * i + j + 2], 2, 3, 6, 7, 10, 11, 14, 15);
    }
  for (int j = 0; j < 4; j++) {
    a[j] = __builtin_shufflevector(q[j], q[j + 4], 0, 1, 4, 5, 8, 9, 12, 13);
    a[j + 4] = __builtin_shufflevector(q[j], q[j + 4], 2, 3, 6, 7, 10, 11, 14, 15);
  }
#elif VL == 4
  vec p[4];
  for (int i = 0; i < 2; i++) {
    p[2 * i] = __builtin_shufflevector(a[2 * i], a[2 * i + 1], 0, 4, 2, 6);
    p[2 * i + 1] = __builtin_shufflevector(a[2 * i], a[2 * i + 1], 1, 5, 3, 7);
  }
  for (int j = 0; j < 2; j++) {
    a[j] = __builtin_shufflevector(p[j], p[j + 2], 0, 1, 4, 5);
    a[j + 2] = __builtin_shufflevector(p[j], p[j + 2], 2, 3, 6, 7);
  }
#else
  vec p = __builtin_shufflevector(a[0], a[1], 0, 2);
  a[1] = __builtin_shufflevector(a[0], a[1], 1, 3);
  a[0] = p;
#endif
}

#endif
