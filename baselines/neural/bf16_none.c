/* Built without oneDNN: bf16.h says so. */
#include "baselines/neural/bf16.h"
#include "core/base/err.h"

bool assay_nn_bf16_available(void)
{
  return false;
}

int assay_nn_bf16_check(void)
{
  int rc = ASSAY_OK;
  ASSAY_FAIL(ASSAY_EENV, "built without oneDNN, there are no products in bfloat16");
done:
  return rc;
}

int assay_nn_bf16_linear_create(struct assay_nn_bf16_linear **out, size_t *scratch, size_t rows,
                                int k, int m, bool bias, bool training)
{
  *out = NULL;
  *scratch = 0;
  (void)rows, (void)k, (void)m, (void)bias, (void)training;
  return assay_nn_bf16_check();
}

void assay_nn_bf16_linear_destroy(struct assay_nn_bf16_linear *l)
{
  (void)l;
}

void assay_nn_bf16_linear_forward(const struct assay_nn_bf16_linear *l, float *y, const float *x,
                                  const float *w, const float *bias, size_t rows, float *scratch)
{
  (void)l, (void)y, (void)x, (void)w, (void)bias, (void)rows, (void)scratch;
}

void assay_nn_bf16_linear_backward(const struct assay_nn_bf16_linear *l, float *d_w, float *d_x,
                                   bool add, const float *d_y, const float *x, const float *w,
                                   size_t rows, float *scratch)
{
  (void)l, (void)d_w, (void)d_x, (void)add, (void)d_y, (void)x, (void)w, (void)rows, (void)scratch;
}

int assay_nn_bf16_conv_create(struct assay_nn_bf16_conv **out, size_t *scratch,
                              const struct assay_nn_window *w, int m, int items, bool bias,
                              bool training)
{
  *out = NULL;
  *scratch = 0;
  (void)w, (void)m, (void)items, (void)bias, (void)training;
  return assay_nn_bf16_check();
}

void assay_nn_bf16_conv_destroy(struct assay_nn_bf16_conv *c)
{
  (void)c;
}

void assay_nn_bf16_conv_forward(const struct assay_nn_bf16_conv *c, float *y, const float *x,
                                const float *weight, const float *bias, int n, float *scratch)
{
  (void)c, (void)y, (void)x, (void)weight, (void)bias, (void)n, (void)scratch;
}

void assay_nn_bf16_conv_backward(const struct assay_nn_bf16_conv *c, float *d_weight, float *d_x,
                                 bool add, const float *d_y, const float *x, const float *weight,
                                 int n, float *scratch)
{
  (void)c, (void)d_weight, (void)d_x, (void)add, (void)d_y, (void)x, (void)weight, (void)n;
  (void)scratch;
}
