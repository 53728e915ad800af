#include "baselines/neural/plane_kernels.h"

#define SIMD _Pragma("omp simd")

enum { LANES = 16, BLOCKS = 16, ROUNDS = 10 };

static double join(double *part)
{
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) part[l] += part[l + half];
  return part[0];
}

static void moments(double sums[2], const float *a, const float *b, size_t n)
{
  double first[LANES] = {0}, second[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) SIMD for (int l = 0; l < LANES; l++)
    {
      const double x = (double)a[i + (size_t)l];
      first[l] += x;
      second[l] += x * (double)b[i + (size_t)l];
    }
  for (int l = 0; i < n; i++, l++) {
    first[l] += (double)a[i];
    second[l] += (double)a[i] * (double)b[i];
  }
  sums[0] += join(first);
  sums[1] += join(second);
}

static void affine(float *out, const float *x, float scale, float shift, size_t n)
{
  SIMD for (size_t i = 0; i < n; i++) out[i] = scale * x[i] + shift;
}

static void affine_back(float *d_x, const float *d_y, const float *x, float scale, float slope,
                        float shift, size_t n, bool add)
{
  if (add)
    SIMD for (size_t i = 0; i < n; i++) d_x[i] += scale * d_y[i] + slope * x[i] + shift;
  else
    SIMD for (size_t i = 0; i < n; i++) d_x[i] = scale * d_y[i] + slope * x[i] + shift;
}

/* Blocks that follow each other, side by side. */
static void philox(uint32_t word[4][BLOCKS], const uint32_t counter[4], const uint32_t key[2])
{
  for (int b = 0; b < BLOCKS; b++) {
    word[0][b] = counter[0] + (uint32_t)b;
    for (int i = 1; i < 4; i++) word[i][b] = counter[i];
  }
  for (uint32_t r = 0; r < ROUNDS; r++) {
    const uint32_t k0 = key[0] + r * 0x9E3779B9u, k1 = key[1] + r * 0xBB67AE85u;
    SIMD for (int b = 0; b < BLOCKS; b++)
    {
      const uint64_t p = (uint64_t)word[0][b] * 0xD2511F53u, q = (uint64_t)word[2][b] * 0xCD9E8D57u;
      word[0][b] = (uint32_t)(q >> 32) ^ word[1][b] ^ k0;
      word[1][b] = (uint32_t)q;
      word[2][b] = (uint32_t)(p >> 32) ^ word[3][b] ^ k1;
      word[3][b] = (uint32_t)p;
    }
  }
}

static void draw(float *out, size_t n, const uint32_t counter[4], const uint32_t key[2],
                 uint32_t limit, float kept)
{
  enum { HALVES = 8 };
  uint32_t word[4][BLOCKS];
  float chosen[BLOCKS * HALVES];
  for (size_t i = 0; i < n; i += BLOCKS * HALVES) {
    const uint32_t at[4] = {counter[0] + (uint32_t)(i / HALVES), counter[1], counter[2],
                            counter[3]};
    philox(word, at, key);
    for (int w = 0; w < 4; w++) SIMD for (int b = 0; b < BLOCKS; b++)
      {
        chosen[b * HALVES + 2 * w] = (word[w][b] & 0xffff) < limit ? 0 : kept;
        chosen[b * HALVES + 2 * w + 1] = (word[w][b] >> 16) < limit ? 0 : kept;
      }
    const size_t m = n - i < BLOCKS * HALVES ? n - i : BLOCKS * HALVES;
    for (size_t j = 0; j < m; j++) out[i + j] = chosen[j];
  }
}

const struct assay_nn_plane_kernels ASSAY_ISA_NAME(assay_nn_plane_kernels) = {
    .moments = moments,
    .affine = affine,
    .affine_back = affine_back,
    .draw = draw,
};
