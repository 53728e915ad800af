/* Layers whose products are of bfloat16 numbers, summed in single precision: linear maps and
 * convolutions through oneDNN, which uses what the processor has (AVX-512 BF16, AMX). Arrays on
 * both sides are single precision; they are rounded on the way in, to nearest, ties to even.
 * Weights stay as they are, so that optimisers see single precision only.
 *
 * A layer is made for a number of rows or items; calls with fewer fill up with zeros. Calls take
 * scratch memory of the length that creation told, use one thread, and may run in several threads
 * at once. What a call cannot do (it never happened) leaves NaN. */
#ifndef ASSAY_BASELINES_NEURAL_BF16_H
#define ASSAY_BASELINES_NEURAL_BF16_H
#include "baselines/neural/window.h"

enum { ASSAY_NN_BF16_LEAST = 16 }; /* widths or channels below which nothing is gained */

/* Whether this program was built with oneDNN and the processor has such products. */
bool assay_nn_bf16_available(void);
/* ASSAY_EENV: it has not, or the program was built without. */
int assay_nn_bf16_check(void);

/* ---- y [rows, m] = x [rows, k] w^T + bias, w [m, k] ------------------------------------------ */

struct assay_nn_bf16_linear;
int assay_nn_bf16_linear_create(struct assay_nn_bf16_linear **out, size_t *scratch, size_t rows,
                                int k, int m, bool bias, bool training);
void assay_nn_bf16_linear_destroy(struct assay_nn_bf16_linear *l);

void assay_nn_bf16_linear_forward(const struct assay_nn_bf16_linear *l, float *y, const float *x,
                                  const float *w, const float *bias, size_t rows, float *scratch);
/* d_w += ..., d_x = or += ... (NULL: not wanted); the bias is not touched */
void assay_nn_bf16_linear_backward(const struct assay_nn_bf16_linear *l, float *d_w, float *d_x,
                                   bool add, const float *d_y, const float *x, const float *w,
                                   size_t rows, float *scratch);

/* ---- convolution of items of planes [c, h, w] to [m, ho, wo] ----------------------------------
 */

struct assay_nn_bf16_conv;
int assay_nn_bf16_conv_create(struct assay_nn_bf16_conv **out, size_t *scratch,
                              const struct assay_nn_window *w, int m, int items, bool bias,
                              bool training);
void assay_nn_bf16_conv_destroy(struct assay_nn_bf16_conv *c);

void assay_nn_bf16_conv_forward(const struct assay_nn_bf16_conv *c, float *y, const float *x,
                                const float *weight, const float *bias, int n, float *scratch);
void assay_nn_bf16_conv_backward(const struct assay_nn_bf16_conv *c, float *d_weight, float *d_x,
                                 bool add, const float *d_y, const float *x, const float *weight,
                                 int n, float *scratch);

#endif
