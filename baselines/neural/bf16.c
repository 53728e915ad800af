#include "baselines/neural/bf16.h"

#include <math.h>
#include <string.h>

#include "baselines/neural/bf16_task.h"
#include "baselines/neural/kernels.h"
#include "core/base/err.h"
#include "core/base/mem.h"

bool assay_nn_bf16_available(void)
{
  const int least = dnnl_cpu_isa_avx512_core_bf16;
  return ((int)dnnl_get_effective_cpu_isa() & least) == least;
}

int assay_nn_bf16_check(void)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(assay_nn_bf16_available(), ASSAY_EENV, "this processor has no products in bfloat16");
done:
  return rc;
}

static size_t lines(size_t floats)
{
  return (floats + 15) / 16 * 16;
}

/* Place for n floats at the end of *length. */
static size_t place(size_t *length, size_t n)
{
  const size_t at = *length;
  *length += lines(n);
  return at;
}

static size_t larger(size_t a, size_t b)
{
  return a > b ? a : b;
}

static void spoil(float *x, size_t n)
{
  for (size_t i = 0; i < n; i++) x[i] = NAN;
}

/* ---- linear --------------------------------------------------------------------------------- */

struct assay_nn_bf16_linear {
  size_t rows, k, m;
  bool bias;
  struct assay_nn_task forward, back, weights;
  size_t x, y, w, plain, pad; /* offsets in scratch: rounded, then one of x or y that is not */
};

/* Y = X W^T (+ b) */
static int make_forward(struct assay_nn_bf16_linear *l)
{
  int rc = ASSAY_OK;
  const long rows = (long)l->rows, k = (long)l->k, m = (long)l->m;
  const dnnl_memory_desc_t x = assay_nn_task_plain(dnnl_bf16, 2, (const long[]){rows, k}),
                           w = assay_nn_task_turned(dnnl_bf16, k, m),
                           b = assay_nn_task_plain(dnnl_f32, 2, (const long[]){1, m}),
                           y = assay_nn_task_plain(dnnl_f32, 2, (const long[]){rows, m});
  dnnl_matmul_desc_t product;
  const int which[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS};
  ASSAY_CHECK(dnnl_matmul_desc_init(&product, &x, &w, l->bias ? &b : NULL, &y) == dnnl_success,
              ASSAY_EENV, "oneDNN: no product of these shapes");
  ASSAY_TRY(assay_nn_task_make(&l->forward, &product, NULL, false, l->bias ? 4 : 3, which, NULL));
done:
  return rc;
}

/* dX = dY W, dW += dY^T X */
static int make_backward(struct assay_nn_bf16_linear *l)
{
  int rc = ASSAY_OK;
  const long rows = (long)l->rows, k = (long)l->k, m = (long)l->m;
  const dnnl_memory_desc_t y = assay_nn_task_plain(dnnl_bf16, 2, (const long[]){rows, m}),
                           w = assay_nn_task_plain(dnnl_bf16, 2, (const long[]){m, k}),
                           d_x = assay_nn_task_plain(dnnl_f32, 2, (const long[]){rows, k}),
                           turned = assay_nn_task_turned(dnnl_bf16, m, rows),
                           x = assay_nn_task_plain(dnnl_bf16, 2, (const long[]){rows, k}),
                           d_w = assay_nn_task_plain(dnnl_f32, 2, (const long[]){m, k});
  dnnl_matmul_desc_t product;
  const int which[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST};
  ASSAY_CHECK(dnnl_matmul_desc_init(&product, &y, &w, NULL, &d_x) == dnnl_success, ASSAY_EENV,
              "oneDNN: no product of these shapes");
  ASSAY_TRY(assay_nn_task_make(&l->back, &product, NULL, false, 3, which, NULL));
  ASSAY_CHECK(dnnl_matmul_desc_init(&product, &turned, &x, NULL, &d_w) == dnnl_success, ASSAY_EENV,
              "oneDNN: no product of these shapes");
  ASSAY_TRY(assay_nn_task_make(&l->weights, &product, NULL, true, 3, which, NULL));
done:
  return rc;
}

static size_t lay_out_linear(struct assay_nn_bf16_linear *l)
{
  size_t length = 0;
  l->x = place(&length, (l->rows * l->k + 1) / 2);
  l->y = place(&length, (l->rows * l->m + 1) / 2);
  l->w = place(&length, (l->m * l->k + 1) / 2);
  l->plain = place(&length, l->rows * larger(l->k, l->m));
  l->pad = length;
  return length + larger(assay_nn_task_pad(&l->forward),
                         larger(assay_nn_task_pad(&l->back), assay_nn_task_pad(&l->weights)));
}

int assay_nn_bf16_linear_create(struct assay_nn_bf16_linear **out, size_t *scratch, size_t rows,
                                int k, int m, bool bias, bool training)
{
  int rc = ASSAY_OK;
  struct assay_nn_bf16_linear *l = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&l, 1, "bfloat16"));
  l->rows = rows;
  l->k = (size_t)k;
  l->m = (size_t)m;
  l->bias = bias;
  ASSAY_TRY(make_forward(l));
  if (training) ASSAY_TRY(make_backward(l));
  *scratch = lay_out_linear(l);
  *out = l;
  l = NULL;
done:
  assay_nn_bf16_linear_destroy(l);
  return rc;
}

void assay_nn_bf16_linear_destroy(struct assay_nn_bf16_linear *l)
{
  if (!l) return;
  assay_nn_task_clear(&l->forward);
  assay_nn_task_clear(&l->back);
  assay_nn_task_clear(&l->weights);
  assay_free(l);
}

/* Rows of n numbers, rounded, zeros behind them up to `all` rows. */
static const void *rounded(float *at, const float *x, size_t rows, size_t all, size_t n)
{
  uint16_t *to = (void *)at;
  assay_nn_kernels()->to_bf16(to, x, rows * n);
  memset(to + rows * n, 0, (all - rows) * n * sizeof *to);
  return at;
}

void assay_nn_bf16_linear_forward(const struct assay_nn_bf16_linear *l, float *y, const float *x,
                                  const float *w, const float *bias, size_t rows, float *scratch)
{
  float *to = rows == l->rows ? y : scratch + l->plain;
  const void *const data[] = {rounded(scratch + l->x, x, rows, l->rows, l->k),
                              rounded(scratch + l->w, w, l->m, l->m, l->k), to, bias};
  if (!assay_nn_task_run(&l->forward, data, scratch + l->pad)) spoil(to, rows * l->m);
  if (to != y) memcpy(y, to, rows * l->m * sizeof *y);
}

void assay_nn_bf16_linear_backward(const struct assay_nn_bf16_linear *l, float *d_w, float *d_x,
                                   bool add, const float *d_y, const float *x, const float *w,
                                   size_t rows, float *scratch)
{
  const void *const gradient = rounded(scratch + l->y, d_y, rows, l->rows, l->m);
  const void *const sums[] = {gradient, rounded(scratch + l->x, x, rows, l->rows, l->k), d_w};
  if (!assay_nn_task_run(&l->weights, sums, scratch + l->pad)) spoil(d_w, l->m * l->k);
  if (!d_x) return;
  float *to = rows == l->rows && !add ? d_x : scratch + l->plain;
  const void *const data[] = {gradient, rounded(scratch + l->w, w, l->m, l->m, l->k), to};
  if (!assay_nn_task_run(&l->back, data, scratch + l->pad)) spoil(to, rows * l->k);
  if (to != d_x) assay_nn_kernels()->copy(d_x, to, 1, rows * l->k, add);
}

/* ---- convolution ----------------------------------------------------------------------------- */

/* A convolution in one direction between arrays as they stand outside: what is read is brought into
 * the order of the primitive, what is written back from it. Arguments: two that are read, one that
 * is written (and a bias). */
struct direction {
  struct assay_nn_task in[2], go, out;
  size_t at[3]; /* arrays in the order of the primitive: offsets in scratch */
};

struct assay_nn_bf16_conv {
  struct assay_nn_window w;
  int m, items;
  bool bias;
  struct direction forward, back, weights;
  size_t planes, outside, pad; /* padded planes, y or dW: offsets in scratch */
};

enum { X, Y, W, B, ARRAYS };

/* What stands outside, and inside. */
static void describe(dnnl_memory_desc_t *out, const struct assay_nn_bf16_conv *c,
                     dnnl_memory_desc_t (*how)(dnnl_data_type_t, int, const long *),
                     dnnl_data_type_t type, dnnl_data_type_t written, int which)
{
  const struct assay_nn_window *w = &c->w;
  const long d[ARRAYS][4] = {{c->items, w->c, w->hp, w->wp},
                             {c->items, c->m, w->ho, w->wo},
                             {c->m, w->c, w->kh, w->kw},
                             {c->m}};
  for (int i = 0; i < ARRAYS; i++)
    out[i] =
        i == B ? assay_nn_task_plain(dnnl_f32, 1, d[i]) : how(i == which ? written : type, 4, d[i]);
}

/* Reorders around `go`, whose arguments are those of `order` outside. */
static int surround(struct direction *d, const struct assay_nn_bf16_conv *c, const int *order)
{
  int rc = ASSAY_OK;
  dnnl_memory_desc_t outside[ARRAYS];
  describe(outside, c, assay_nn_task_plain, dnnl_f32, dnnl_f32, -1);
  for (int i = 0; i < 2; i++)
    ASSAY_TRY(assay_nn_task_reorder(&d->in[i], &outside[order[i]], assay_nn_task_md(&d->go, i)));
  ASSAY_TRY(assay_nn_task_reorder(&d->out, assay_nn_task_md(&d->go, 2), &outside[order[2]]));
done:
  return rc;
}

static int make_conv_forward(struct assay_nn_bf16_conv *c, dnnl_primitive_desc_t *kept)
{
  int rc = ASSAY_OK;
  dnnl_memory_desc_t a[ARRAYS];
  dnnl_convolution_desc_t conv;
  const dnnl_dims_t stride = {c->w.stride, c->w.stride}, none = {0, 0};
  const int which[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS};
  describe(a, c, assay_nn_task_any, dnnl_bf16, dnnl_f32, Y);
  ASSAY_CHECK(dnnl_convolution_forward_desc_init(
                  &conv, dnnl_forward_training, dnnl_convolution_direct, &a[X], &a[W],
                  c->bias ? &a[B] : NULL, &a[Y], stride, none, none) == dnnl_success,
              ASSAY_EENV, "oneDNN: no convolution of these shapes");
  ASSAY_TRY(assay_nn_task_make(&c->forward.go, &conv, NULL, false, c->bias ? 4 : 3, which, kept));
  ASSAY_TRY(surround(&c->forward, c, (const int[]){X, W, Y}));
done:
  return rc;
}

static int make_conv_back(struct assay_nn_bf16_conv *c, const_dnnl_primitive_desc_t ahead)
{
  int rc = ASSAY_OK;
  dnnl_memory_desc_t a[ARRAYS];
  dnnl_convolution_desc_t conv;
  const dnnl_dims_t stride = {c->w.stride, c->w.stride}, none = {0, 0};
  const int which[] = {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC};
  describe(a, c, assay_nn_task_any, dnnl_bf16, dnnl_f32, X);
  ASSAY_CHECK(dnnl_convolution_backward_data_desc_init(&conv, dnnl_convolution_direct, &a[X], &a[W],
                                                       &a[Y], stride, none, none) == dnnl_success,
              ASSAY_EENV, "oneDNN: no convolution of these shapes");
  ASSAY_TRY(assay_nn_task_make(&c->back.go, &conv, ahead, false, 3, which, NULL));
  ASSAY_TRY(surround(&c->back, c, (const int[]){Y, W, X}));
done:
  return rc;
}

static int make_conv_weights(struct assay_nn_bf16_conv *c, const_dnnl_primitive_desc_t ahead)
{
  int rc = ASSAY_OK;
  dnnl_memory_desc_t a[ARRAYS];
  dnnl_convolution_desc_t conv;
  const dnnl_dims_t stride = {c->w.stride, c->w.stride}, none = {0, 0};
  const int which[] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS};
  describe(a, c, assay_nn_task_any, dnnl_bf16, dnnl_f32, W);
  ASSAY_CHECK(dnnl_convolution_backward_weights_desc_init(&conv, dnnl_convolution_direct, &a[X],
                                                          &a[W], NULL, &a[Y], stride, none,
                                                          none) == dnnl_success,
              ASSAY_EENV, "oneDNN: no convolution of these shapes");
  ASSAY_TRY(assay_nn_task_make(&c->weights.go, &conv, ahead, false, 3, which, NULL));
  ASSAY_TRY(surround(&c->weights, c, (const int[]){X, Y, W}));
done:
  return rc;
}

/* ---- places ---------------------------------------------------------------------------------- */

static size_t x_size(const struct assay_nn_bf16_conv *c)
{
  return (size_t)c->w.c * (size_t)c->w.h * (size_t)c->w.w;
}

static size_t padded_size(const struct assay_nn_bf16_conv *c)
{
  return (size_t)c->w.c * (size_t)c->w.hp * (size_t)c->w.wp;
}

static size_t y_size(const struct assay_nn_bf16_conv *c)
{
  return (size_t)c->m * (size_t)c->w.ho * (size_t)c->w.wo;
}

static size_t w_size(const struct assay_nn_bf16_conv *c)
{
  return (size_t)c->m * (size_t)c->w.c * (size_t)c->w.kh * (size_t)c->w.kw;
}

/* Directions take turns, so their arrays may stand in the same place. */
static size_t lay_out_direction(struct direction *d, size_t from, size_t *pad)
{
  if (!d->go.primitive) return from;
  for (int i = 0; i < 3; i++) d->at[i] = place(&from, assay_nn_task_floats(&d->go, i));
  const struct assay_nn_task *all[] = {&d->in[0], &d->in[1], &d->go, &d->out};
  for (int i = 0; i < 4; i++) *pad = larger(*pad, assay_nn_task_pad(all[i]));
  return from;
}

static size_t lay_out_conv(struct assay_nn_bf16_conv *c)
{
  size_t length = 0, end, pad = 0;
  c->planes = place(&length, (size_t)c->items * padded_size(c));
  c->outside = place(&length, larger((size_t)c->items * y_size(c), w_size(c)));
  end = larger(lay_out_direction(&c->forward, length, &pad),
               larger(lay_out_direction(&c->back, length, &pad),
                      lay_out_direction(&c->weights, length, &pad)));
  c->pad = end;
  return end + pad;
}

int assay_nn_bf16_conv_create(struct assay_nn_bf16_conv **out, size_t *scratch,
                              const struct assay_nn_window *w, int m, int items, bool bias,
                              bool training)
{
  int rc = ASSAY_OK;
  struct assay_nn_bf16_conv *c = NULL;
  dnnl_primitive_desc_t ahead = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, 1, "bfloat16"));
  c->w = *w;
  c->m = m;
  c->items = items;
  c->bias = bias;
  ASSAY_TRY(make_conv_forward(c, &ahead));
  if (training) ASSAY_TRY(make_conv_back(c, ahead));
  if (training) ASSAY_TRY(make_conv_weights(c, ahead));
  *scratch = lay_out_conv(c);
  *out = c;
  c = NULL;
done:
  dnnl_primitive_desc_destroy(ahead);
  assay_nn_bf16_conv_destroy(c);
  return rc;
}

static void clear_direction(struct direction *d)
{
  for (int i = 0; i < 2; i++) assay_nn_task_clear(&d->in[i]);
  assay_nn_task_clear(&d->go);
  assay_nn_task_clear(&d->out);
}

void assay_nn_bf16_conv_destroy(struct assay_nn_bf16_conv *c)
{
  if (!c) return;
  clear_direction(&c->forward);
  clear_direction(&c->back);
  clear_direction(&c->weights);
  assay_free(c);
}

/* ---- running --------------------------------------------------------------------------------- */

/* All n items of planes, padded; zeros for those that are missing. */
static const float *padded(const struct assay_nn_bf16_conv *c, const float *x, int n,
                           float *scratch)
{
  const size_t plane = (size_t)c->w.hp * (size_t)c->w.wp, size = padded_size(c);
  float *out = scratch + c->planes;
  for (int i = 0; i < n; i++)
    assay_nn_window_pad(out + (size_t)i * size, plane, x + (size_t)i * x_size(c), &c->w);
  memset(out + (size_t)n * size, 0, (size_t)(c->items - n) * size * sizeof *out);
  return out;
}

/* y of n items, with zeros for those that are missing. */
static const float *filled_up(const struct assay_nn_bf16_conv *c, const float *y, int n,
                              float *scratch)
{
  float *out = scratch + c->outside;
  if (n == c->items) return y;
  memcpy(out, y, (size_t)n * y_size(c) * sizeof *out);
  memset(out + (size_t)n * y_size(c), 0, (size_t)(c->items - n) * y_size(c) * sizeof *out);
  return out;
}

static bool perform(const struct direction *d, const struct assay_nn_bf16_conv *c,
                    const float *first, const float *second, float *to, const float *bias,
                    float *scratch)
{
  float *a = scratch + d->at[0], *b = scratch + d->at[1], *out = scratch + d->at[2],
        *pad = scratch + c->pad;
  return assay_nn_task_run(&d->in[0], (const void *const[]){first, a}, pad) &&
         assay_nn_task_run(&d->in[1], (const void *const[]){second, b}, pad) &&
         assay_nn_task_run(&d->go, (const void *const[]){a, b, out, bias}, pad) &&
         assay_nn_task_run(&d->out, (const void *const[]){out, to}, pad);
}

void assay_nn_bf16_conv_forward(const struct assay_nn_bf16_conv *c, float *y, const float *x,
                                const float *weight, const float *bias, int n, float *scratch)
{
  float *to = n == c->items ? y : scratch + c->outside;
  if (!perform(&c->forward, c, padded(c, x, n, scratch), weight, to, bias, scratch))
    spoil(to, (size_t)n * y_size(c));
  if (to != y) memcpy(y, to, (size_t)n * y_size(c) * sizeof *y);
}

void assay_nn_bf16_conv_backward(const struct assay_nn_bf16_conv *c, float *d_weight, float *d_x,
                                 bool add, const float *d_y, const float *x, const float *weight,
                                 int n, float *scratch)
{
  const size_t plane = (size_t)c->w.hp * (size_t)c->w.wp;
  const float *gradient = filled_up(c, d_y, n, scratch);
  float *planes = scratch + c->planes, *sums = scratch + c->outside;
  if (d_x) {
    if (!perform(&c->back, c, gradient, weight, planes, NULL, scratch))
      spoil(planes, padded_size(c));
    for (int i = 0; i < n; i++)
      assay_nn_window_fold(d_x + (size_t)i * x_size(c), add, planes + (size_t)i * padded_size(c),
                           plane, &c->w);
  }
  /* the gradient is read before the sums are written, which may stand in its place */
  if (!perform(&c->weights, c, padded(c, x, n, scratch), gradient, sums, NULL, scratch))
    spoil(sums, w_size(c));
  assay_nn_kernels()->add(d_weight, d_weight, sums, w_size(c));
}
