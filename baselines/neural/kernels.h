/* Loops over floats, one table per instruction set (core/num/isa.h). Sums go to 16 lanes and then
 * through a fixed tree, so that they do not depend on the width of the vectors. */
#ifndef ASSAY_BASELINES_NEURAL_KERNELS_H
#define ASSAY_BASELINES_NEURAL_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/num/isa.h"

/* One step of Adam: p, m, v, g [n]; see optimiser.h. */
struct assay_nn_adam {
  float rate;    /* lr / (1 - beta1^t) */
  float correct; /* 1 / sqrt(1 - beta2^t) */
  float beta1, beta2, epsilon;
  float decay;   /* p *= 1 - decay first (AdamW) */
  float penalty; /* g += penalty p (weight decay of Adam) */
};

/* add: out += ..., else out = ... Arrays do not overlap unless said. */
struct assay_nn_kernels {
  /* rows of n: out [rows, n] = b [n]; out [n] += sum over rows of x [rows, n] */
  void (*fill_rows)(float *out, const float *b, size_t rows, size_t n);
  void (*add_columns)(float *out, const float *x, size_t rows, size_t n);

  /* element-wise; out may be x, and d_x may be d_y when not adding */
  void (*relu)(float *out, const float *x, size_t n);
  void (*relu_back)(float *d_x, const float *y, const float *d_y, size_t n, bool add);
  /* slope [n]: derivative at x; NULL: not wanted */
  void (*gelu)(float *out, float *slope, const float *x, size_t n);
  void (*sine)(float *out, float *slope, const float *x, float omega, size_t n);
  void (*tanh)(float *out, const float *x, size_t n);
  void (*tanh_back)(float *d_x, const float *y, const float *d_y, size_t n, bool add);
  void (*add)(float *out, const float *a, const float *b, size_t n);
  void (*copy)(float *out, const float *x, float factor, size_t n, bool add); /* factor x */
  void (*mul)(float *out, const float *a, const float *b, size_t n, bool add);
  /* x + y and x - y; out_a = or += a + b with out_b = or += a - b */
  void (*sum_and_difference)(float *restrict sum, float *restrict difference, const float *x,
                             const float *y, size_t n);
  void (*add_sum_and_difference)(float *restrict out_a, float *restrict out_b, const float *a,
                                 const float *b, size_t n, bool add);
  /* to bfloat16, to nearest, ties to even; NaN stays NaN */
  void (*to_bf16)(uint16_t *out, const float *x, size_t n);

  /* y = max(x, mean of the row), mean [rows] or NULL; all of the row share the gradient of the mean
   */
  void (*norm_relu)(float *out, float *mean, const float *x, size_t rows, size_t n);
  void (*norm_relu_back)(float *d_x, const float *y, const float *mean, const float *d_y,
                         size_t rows, size_t n, bool add);

  /* rows of n become weights of sum 1, exp(x - max x) / sum; back, with p what they became: d = p
   * (d
   * - sum d p) */
  void (*softmax)(float *x, size_t rows, size_t n);
  void (*softmax_back)(float *d, const float *p, size_t rows, size_t n);

  /* sums; weight NULL: 1 */
  float (*sum)(const float *x, size_t n);
  double (*dot)(const float *a, const float *b, size_t n);
  double (*squares)(const float *x, const float *weight, size_t n);
  double (*squared_error)(const float *p, const float *y, const float *weight, size_t n);
  /* d [n] = or += factor weight (p - y) */
  void (*error_back)(float *d, const float *p, const float *y, const float *weight, float factor,
                     size_t n, bool add);

  void (*adam)(float *p, float *m, float *v, const float *g, size_t n,
               const struct assay_nn_adam *step);
  /* m = momentum m + (g + penalty p), p -= rate m; m NULL: no momentum */
  void (*sgd)(float *p, float *m, const float *g, size_t n, float rate, float momentum,
              float penalty);
  /* p = p + weight (x - p) */
  void (*blend)(float *p, const float *x, float weight, size_t n);
};

ASSAY_ISA_DECLARE(struct assay_nn_kernels, assay_nn_kernels)

/* Those of this process. */
const struct assay_nn_kernels *assay_nn_kernels(void);

#endif
