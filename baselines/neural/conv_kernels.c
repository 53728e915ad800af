#include "baselines/neural/conv_kernels.h"

#include <string.h>

/* Registers: 24 + 4 + 6 of the 32 of 16 floats (the broadcasts are short-lived); 12 + 2 + 1 of 16.
 */
#if defined(__AVX512F__)
enum { LANES = 16, VECTORS = 4 };
#elif defined(__AVX__)
enum { LANES = 8, VECTORS = 2 };
#else
enum { LANES = 4, VECTORS = 2 };
#endif
enum { CHANNELS = ASSAY_NN_CONV_CHANNELS };

typedef float vec __attribute__((vector_size(LANES * sizeof(float))));

static inline vec load(const float *x)
{
  vec v;
  memcpy(&v, x, sizeof v);
  return v;
}

static inline void store(float *x, vec v)
{
  memcpy(x, &v, sizeof v);
}

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")

/* One group of VECTORS positions, m channels. */
INLINE void correlate_group(float *out, size_t pitch, const int *to, const float *x, const int *at,
                            const float *weight, const float *bias, const int *offset, int k,
                            bool add, const int m)
{
  vec sum[CHANNELS][VECTORS];
  const float *from[VECTORS];
  UNROLL for (int v = 0; v < VECTORS; v++) from[v] = x + at[v];
  UNROLL for (int j = 0; j < m; j++) UNROLL for (int v = 0; v < VECTORS; v++) sum[j][v] =
      add ? load(out + (size_t)j * pitch + to[v]) : (vec){0} + (bias ? bias[j] : 0);
  for (int i = 0; i < k; i++, weight += m) {
    vec b[VECTORS];
    UNROLL for (int v = 0; v < VECTORS; v++) b[v] = load(from[v] + offset[i]);
    UNROLL for (int j = 0; j < m; j++) UNROLL for (int v = 0; v < VECTORS; v++) sum[j][v] +=
        weight[j] * b[v];
  }
  UNROLL for (int j = 0; j < m; j++) UNROLL for (int v = 0; v < VECTORS; v++)
      store(out + (size_t)j * pitch + to[v], sum[j][v]);
}

/* The last group repeats its last position: its sums are stored again. */
INLINE void correlate_all(float *out, size_t pitch, const int *to, const float *x, const int *at,
                          int positions, const float *weight, const float *bias, const int *offset,
                          int k, bool add, const int m)
{
  int p = 0;
  for (; p + VECTORS <= positions; p += VECTORS)
    correlate_group(out, pitch, to + p, x, at + p, weight, bias, offset, k, add, m);
  if (p == positions) return;
  int last_at[VECTORS], last_to[VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    const int q = p + v < positions ? p + v : positions - 1;
    last_at[v] = at[q];
    last_to[v] = to[q];
  }
  correlate_group(out, pitch, last_to, x, last_at, weight, bias, offset, k, add, m);
}

static void correlate(float *out, size_t pitch, const int *to, const float *x, const int *at,
                      int positions, const float *weight, const float *bias, const int *offset,
                      int k, int channels, bool add)
{
  switch (channels) {
#define CASE(m)                                                                       \
  case m:                                                                             \
    correlate_all(out, pitch, to, x, at, positions, weight, bias, offset, k, add, m); \
    break
    CASE(1);
    CASE(2);
    CASE(3);
    CASE(4);
    CASE(5);
    CASE(6);
#undef CASE
  default:
    break;
  }
}

/* m channels, n <= VECTORS entries of the window. */
INLINE void accumulate_group(float *sums, size_t row, const float *d, size_t pitch, const int *from,
                             const float *x, const int *at, int positions, const int *offset,
                             const int m, const int n)
{
  vec sum[CHANNELS][VECTORS];
  const float *seen[VECTORS];
  UNROLL for (int i = 0; i < n; i++) seen[i] = x + offset[i];
  UNROLL for (int j = 0; j < m; j++) UNROLL for (int i = 0; i < n; i++) sum[j][i] =
      load(sums + ((size_t)j * row + (size_t)i) * LANES);
  for (int p = 0; p < positions; p++) {
    vec b[VECTORS];
    UNROLL for (int i = 0; i < n; i++) b[i] = load(seen[i] + at[p]);
    UNROLL for (int j = 0; j < m; j++)
    {
      const vec a = load(d + (size_t)j * pitch + from[p]);
      UNROLL for (int i = 0; i < n; i++) sum[j][i] += a * b[i];
    }
  }
  UNROLL for (int j = 0; j < m; j++) UNROLL for (int i = 0; i < n; i++)
      store(sums + ((size_t)j * row + (size_t)i) * LANES, sum[j][i]);
}

INLINE void accumulate_all(float *sums, const float *d, size_t pitch, const int *from,
                           const float *x, const int *at, int positions, const int *offset, int k,
                           const int m)
{
  int i = 0;
  for (; i + VECTORS <= k; i += VECTORS)
    accumulate_group(sums + (size_t)i * LANES, (size_t)k, d, pitch, from, x, at, positions,
                     offset + i, m, VECTORS);
  for (; i < k; i++)
    accumulate_group(sums + (size_t)i * LANES, (size_t)k, d, pitch, from, x, at, positions,
                     offset + i, m, 1);
}

static void accumulate(float *sums, const float *d, size_t pitch, const int *from, const float *x,
                       const int *at, int positions, const int *offset, int k, int channels)
{
  switch (channels) {
#define CASE(m)                                                           \
  case m:                                                                 \
    accumulate_all(sums, d, pitch, from, x, at, positions, offset, k, m); \
    break
    CASE(1);
    CASE(2);
    CASE(3);
    CASE(4);
    CASE(5);
    CASE(6);
#undef CASE
  default:
    break;
  }
}

static void reduce(float *out, const float *sums, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    float part[LANES];
    memcpy(part, sums + i * LANES, sizeof part);
    for (int half = LANES / 2; half > 0; half /= 2)
      for (int l = 0; l < half; l++) part[l] += part[l + half];
    out[i] += part[0];
  }
}

const struct assay_nn_conv_kernels ASSAY_ISA_NAME(assay_nn_conv_kernels) = {
    .lanes = LANES,
    .correlate = correlate,
    .accumulate = accumulate,
    .reduce = reduce,
};
