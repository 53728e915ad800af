#include "baselines/neural/window.h"

#include <string.h>

#include "core/base/err.h"

/* ---- sizes -------------------------------------------------------------------------------- */

/* Padding that an axis of n numbers can have. */
static int most_padding(int n, enum assay_nn_padding mode, int padding)
{
  return mode == ASSAY_NN_PAD_CIRCULAR ? n : mode == ASSAY_NN_PAD_REFLECT ? n - 1 : padding;
}

int assay_nn_window_make(struct assay_nn_window *out, const struct assay_nn_shape *s, int kernel,
                         int stride, int padding, int mode)
{
  int rc = ASSAY_OK;
  char text[ASSAY_NN_SHAPE_TEXT];
  const bool flat = s->n == 2;
  ASSAY_CHECK(s->n == 2 || s->n == 3, ASSAY_EARG, "input is %s, expected [c, h, w] or [c, n]",
              assay_nn_shape_text(text, s));
  ASSAY_CHECK(kernel >= 1 && stride >= 1 && padding >= 0 && padding < kernel, ASSAY_EARG,
              "window %d, stride %d, padding %d; expected at least 1, 1 and 0, and less padding "
              "than window",
              kernel, stride, padding);
  ASSAY_CHECK(mode >= 0 && mode < ASSAY_NN_PADDINGS, ASSAY_EARG, "there is no padding %d", mode);
  struct assay_nn_window w = {.c = s->d[0],
                              .h = flat ? 1 : s->d[1],
                              .w = s->d[s->n - 1],
                              .kh = flat ? 1 : kernel,
                              .kw = kernel,
                              .stride = stride,
                              .ph = flat ? 0 : padding,
                              .pw = padding,
                              .mode = (enum assay_nn_padding)mode};
  w.hp = w.h + 2 * w.ph;
  w.wp = w.w + 2 * w.pw;
  ASSAY_CHECK(w.hp >= w.kh && w.wp >= w.kw && w.ph <= most_padding(w.h, w.mode, w.ph) &&
                  w.pw <= most_padding(w.w, w.mode, w.pw),
              ASSAY_EARG, "planes of %s are too small for window %d with padding %d",
              assay_nn_shape_text(text, s), kernel, padding);
  w.ho = (w.hp - w.kh) / stride + 1;
  w.wo = (w.wp - w.kw) / stride + 1;
  *out = w;
done:
  return rc;
}

struct assay_nn_shape assay_nn_window_shape(const struct assay_nn_window *w,
                                            const struct assay_nn_shape *s, int c)
{
  if (s->n == 2) return assay_nn_shape(2, (int[]){c, w->wo});
  return assay_nn_shape(3, (int[]){c, w->ho, w->wo});
}

/* ---- padding ------------------------------------------------------------------------------ */

/* Where entry i of a padded axis comes from, of n numbers with p in front; -1: a zero. */
static int source(int i, int n, int p, enum assay_nn_padding mode)
{
  const int k = i - p;
  if (k >= 0 && k < n) return k;
  switch (mode) {
  case ASSAY_NN_PAD_REPLICATE:
    return k < 0 ? 0 : n - 1;
  case ASSAY_NN_PAD_CIRCULAR:
    return k < 0 ? k + n : k - n;
  case ASSAY_NN_PAD_REFLECT:
    return k < 0 ? -k : 2 * (n - 1) - k;
  default:
    return -1;
  }
}

static void pad_row(float *out, const float *x, const struct assay_nn_window *w)
{
  memcpy(out + w->pw, x, (size_t)w->w * sizeof *x);
  for (int i = 0; i < w->pw; i++) {
    const int left = source(i, w->w, w->pw, w->mode),
              right = source(w->wp - 1 - i, w->w, w->pw, w->mode);
    out[i] = left < 0 ? 0 : x[left];
    out[w->wp - 1 - i] = right < 0 ? 0 : x[right];
  }
}

void assay_nn_window_pad(float *out, size_t pitch, const float *x, const struct assay_nn_window *w)
{
  for (int c = 0; c < w->c; c++)
    for (int y = 0; y < w->hp; y++) {
      float *row = out + (size_t)c * pitch + (size_t)(y * w->wp);
      const int from = source(y, w->h, w->ph, w->mode);
      if (from < 0)
        memset(row, 0, (size_t)w->wp * sizeof *row);
      else
        pad_row(row, x + ((size_t)c * (size_t)w->h + (size_t)from) * (size_t)w->w, w);
    }
}

static void fold_row(float *d_x, const float *d, const struct assay_nn_window *w)
{
  for (int i = 0; i < w->w; i++) d_x[i] += d[w->pw + i];
  for (int i = 0; i < w->pw; i++) {
    const int left = source(i, w->w, w->pw, w->mode),
              right = source(w->wp - 1 - i, w->w, w->pw, w->mode);
    if (left >= 0) d_x[left] += d[i];
    if (right >= 0) d_x[right] += d[w->wp - 1 - i];
  }
}

void assay_nn_window_fold(float *d_x, bool add, const float *d, size_t pitch,
                          const struct assay_nn_window *w)
{
  const size_t plane = (size_t)w->h * (size_t)w->w;
  if (!add) memset(d_x, 0, (size_t)w->c * plane * sizeof *d_x);
  for (int c = 0; c < w->c; c++)
    for (int y = 0; y < w->hp; y++) {
      const int to = source(y, w->h, w->ph, w->mode);
      if (to >= 0)
        fold_row(d_x + (size_t)c * plane + (size_t)to * (size_t)w->w,
                 d + (size_t)c * pitch + (size_t)(y * w->wp), w);
    }
}

/* ---- columns ------------------------------------------------------------------------------ */

/* Calls BODY with `row` the entries of a row of columns for output row y, `seen` the padded
 * numbers they come from, every stride-th of them. */
#define EACH_ROW(w, body)                                                                          \
  for (int c = 0; c < (w)->c; c++)                                                                 \
    for (int ky = 0; ky < (w)->kh; ky++)                                                           \
      for (int kx = 0; kx < (w)->kw; kx++, columns += ld)                                          \
        for (int y = 0; y < (w)->ho; y++) {                                                        \
          const size_t row = (size_t)(y * (w)->wo);                                                \
          const size_t seen = (size_t)c * pitch + (size_t)((y * (w)->stride + ky) * (w)->wp + kx); \
          body                                                                                     \
        }

void assay_nn_window_columns(float *columns, size_t ld, const float *padded, size_t pitch,
                             const struct assay_nn_window *w)
{
  const size_t s = (size_t)w->stride, n = (size_t)w->wo;
  EACH_ROW(w, {
    if (s == 1)
      memcpy(columns + row, padded + seen, n * sizeof *columns);
    else
      for (size_t x = 0; x < n; x++) columns[row + x] = padded[seen + s * x];
  })
}

void assay_nn_window_scatter(float *padded, size_t pitch, const float *columns, size_t ld,
                             const struct assay_nn_window *w)
{
  const size_t s = (size_t)w->stride, n = (size_t)w->wo;
  EACH_ROW(w, {
    for (size_t x = 0; x < n; x++) padded[seen + s * x] += columns[row + x];
  })
}
