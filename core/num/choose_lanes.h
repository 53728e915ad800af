/* Choices lane by lane, for kernel sources; equal bit for bit, zeros and NaN included, to the C
 * expressions beside them. */
#ifndef ASSAY_CORE_NUM_CHOOSE_LANES_H
#define ASSAY_CORE_NUM_CHOOSE_LANES_H
#include "core/num/lanes.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* m ? a : b, every lane of m all ones or all zeros */
static inline vec vec_pick(vec_mask m, vec a, vec b)
{
  return (vec)(((vec_mask)a & m) | ((vec_mask)b & ~m));
}

/* a < b ? a : b */
static inline vec vec_least(vec a, vec b)
{
#if VL == 8
  return (vec)_mm512_min_pd((__m512d)a, (__m512d)b);
#elif VL == 4
  return (vec)_mm256_min_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
  return (vec)_mm_min_pd((__m128d)a, (__m128d)b);
#else
  return vec_pick(a < b, a, b);
#endif
}

/* a > b ? a : b */
static inline vec vec_most(vec a, vec b)
{
#if VL == 8
  return (vec)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif VL == 4
  return (vec)_mm256_max_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
  return (vec)_mm_max_pd((__m128d)a, (__m128d)b);
#else
  return vec_pick(a > b, a, b);
#endif
}

static inline vec vec_root(vec a)
{
#if VL == 8
  return (vec)_mm512_sqrt_pd((__m512d)a);
#elif VL == 4
  return (vec)_mm256_sqrt_pd((__m256d)a);
#elif defined(__SSE2__)
  return (vec)_mm_sqrt_pd((__m128d)a);
#else
  for (int l = 0; l < VL; l++) a[l] = __builtin_sqrt(a[l]);
  return a;
#endif
}

/* c >= 0 ? a : b, for several pairs by the same c */
struct vec_side {
#if VL == 8
  __mmask8 m;
#else
  vec_mask m;
#endif
};

static inline struct vec_side vec_side_of(vec c)
{
#if VL == 8
  return (struct vec_side){_mm512_cmp_pd_mask((__m512d)c, _mm512_setzero_pd(), _CMP_GE_OQ)};
#else
  return (struct vec_side){c >= (vec){0}};
#endif
}

static inline vec vec_choose(struct vec_side s, vec a, vec b)
{
#if VL == 8
  return (vec)_mm512_mask_blend_pd(s.m, (__m512d)b, (__m512d)a);
#elif VL == 4
  return (vec)_mm256_blendv_pd((__m256d)b, (__m256d)a, (__m256d)s.m);
#else
  return vec_pick(s.m, a, b);
#endif
}

static inline vec vec_abs(vec a)
{
  return (vec)((vec_mask)a & 0x7fffffffffffffffLL);
}

/* The bit of the sign alone; x with its sign changed where that is set. */
static inline vec vec_sign(vec a)
{
  return (vec)((vec_mask)a & ~0x7fffffffffffffffLL);
}

static inline vec vec_flip(vec a, vec sign)
{
  return (vec)((vec_mask)a ^ (vec_mask)sign);
}

#endif
