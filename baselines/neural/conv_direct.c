#include "baselines/neural/conv_direct.h"

#include <string.h>

#include "baselines/neural/conv_kernels.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum {
  SLACK = 2 * ASSAY_NN_CONV_LANES, /* floats behind a plane that a vector may touch */
  FORWARD_CHUNK = 16,              /* positions whose planes stay in the first-level cache */
  WEIGHT_CHUNK = 96,
};

/* Where vectors start, in what is read and in what is written (or, for the gradient of the weights,
 * in the planes of dy). */
struct positions {
  int n, *at, *to;
};

struct assay_nn_direct {
  struct assay_nn_window w;
  int m;
  const struct assay_nn_conv_kernels *kernels;
  bool rows;                 /* output rows are whole vectors: no detour over rows of wp numbers */
  bool plain;                /* every point by itself, planes of whole vectors: nothing is copied */
  size_t x_pitch, d_pitch;   /* of a padded plane, of a plane of dy */
  size_t d_front;            /* zeros before dy */
  int *offset, *offset_back; /* [c kh kw], [m kh kw] */
  struct positions forward, back, weight;
  size_t planes, gradient, folded, packed, sums; /* offsets in scratch */
};

/* ---- positions ---------------------------------------------------------------------------- */

static int new_positions(struct positions *p, int n)
{
  int rc = ASSAY_OK;
  p->n = n;
  ASSAY_TRY(ASSAY_NEW(&p->at, (size_t)n, "convolution"));
  ASSAY_TRY(ASSAY_NEW(&p->to, (size_t)n, "convolution"));
done:
  return rc;
}

static void free_positions(struct positions *p)
{
  assay_free(p->at);
  assay_free(p->to);
}

/* Every row of the output in whole vectors, the last of a row moved back to end with it. */
static int row_positions(struct positions *p, const struct assay_nn_window *w, int lanes)
{
  int rc = ASSAY_OK;
  const int per_row = (w->wo + lanes - 1) / lanes;
  ASSAY_TRY(new_positions(p, w->ho * per_row));
  for (int i = 0; i < p->n; i++) {
    const int y = i / per_row, x = i % per_row * lanes;
    const int start = x + lanes <= w->wo ? x : w->wo - lanes;
    p->at[i] = y * w->wp + start;
    p->to[i] = y * w->wo + start;
  }
done:
  return rc;
}

/* Rows of wp numbers one behind the other. */
static int flat_positions(struct positions *p, int length, int lanes)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(new_positions(p, (length + lanes - 1) / lanes));
  for (int i = 0; i < p->n; i++) p->at[i] = p->to[i] = i * lanes;
done:
  return rc;
}

/* ---- creation ----------------------------------------------------------------------------- */

static size_t lines(size_t floats)
{
  return (floats + 15) / 16 * 16;
}

/* Vectors of whole planes, which then are read and written where they stand. */
static int plain_positions(struct assay_nn_direct *d)
{
  int rc = ASSAY_OK;
  const int plane = d->w.ho * d->w.wo;
  d->rows = true;
  ASSAY_TRY(flat_positions(&d->forward, plane, d->kernels->lanes));
  ASSAY_TRY(flat_positions(&d->back, plane, d->kernels->lanes));
  ASSAY_TRY(flat_positions(&d->weight, plane, d->kernels->lanes));
done:
  return rc;
}

static int make_positions(struct assay_nn_direct *d)
{
  int rc = ASSAY_OK;
  const struct assay_nn_window *w = &d->w;
  const int lanes = d->kernels->lanes, flat = (w->ho - 1) * w->wp + w->wo;
  const bool whole = w->wo % lanes == 0;
  d->rows = w->wo >= lanes && w->ho * ((w->wo + lanes - 1) / lanes) <= (flat + lanes - 1) / lanes;
  ASSAY_TRY(d->rows ? row_positions(&d->forward, w, lanes)
                    : flat_positions(&d->forward, flat, lanes));
  ASSAY_TRY(flat_positions(&d->back, w->hp * w->wp, lanes));
  ASSAY_TRY(whole ? row_positions(&d->weight, w, lanes) : flat_positions(&d->weight, flat, lanes));
done:
  return rc;
}

static int make_offsets(struct assay_nn_direct *d)
{
  int rc = ASSAY_OK;
  const struct assay_nn_window *w = &d->w;
  const int window = w->kh * w->kw;
  ASSAY_TRY(ASSAY_NEW(&d->offset, (size_t)(w->c * window), "convolution"));
  ASSAY_TRY(ASSAY_NEW(&d->offset_back, (size_t)(d->m * window), "convolution"));
  for (int k = 0; k < w->c * window; k++)
    d->offset[k] = k / window * (int)d->x_pitch + k % window / w->kw * w->wp + k % w->kw;
  for (int k = 0; k < d->m * window; k++)
    d->offset_back[k] = k / window * (int)d->d_pitch - k % window / w->kw * w->wp - k % w->kw;
done:
  return rc;
}

static size_t lay_out(struct assay_nn_direct *d)
{
  const struct assay_nn_window *w = &d->w;
  const size_t plane = (size_t)w->hp * (size_t)w->wp,
               weights = (size_t)(d->m * w->c * w->kh * w->kw);
  const size_t planes = (size_t)(d->m > w->c ? d->m : w->c);
  d->plain = w->kh == 1 && w->kw == 1 && w->hp == w->ho && w->wp == w->wo &&
             plane % (size_t)d->kernels->lanes == 0;
  d->x_pitch = d->plain ? plane : lines(plane + SLACK);
  d->d_front = d->plain ? 0 : lines((size_t)((w->kh - 1) * w->wp + w->kw - 1));
  d->d_pitch = d->plain ? plane : lines(d->d_front + plane + SLACK);
  d->planes = 0;
  d->gradient = (size_t)w->c * d->x_pitch;
  d->folded = d->gradient + (size_t)d->m * d->d_pitch;
  d->packed = d->folded + planes * d->x_pitch;
  d->sums = d->packed + lines(weights);
  return d->sums + weights * (size_t)d->kernels->lanes;
}

int assay_nn_direct_create(struct assay_nn_direct **out, size_t *scratch,
                           const struct assay_nn_window *w, int m)
{
  int rc = ASSAY_OK;
  struct assay_nn_direct *d = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&d, 1, "convolution"));
  d->w = *w;
  d->m = m;
  d->kernels = assay_nn_conv_kernels();
  *scratch = lay_out(d);
  ASSAY_TRY(d->plain ? plain_positions(d) : make_positions(d));
  ASSAY_TRY(make_offsets(d));
  *out = d;
  d = NULL;
done:
  assay_nn_direct_destroy(d);
  return rc;
}

void assay_nn_direct_destroy(struct assay_nn_direct *d)
{
  if (!d) return;
  free_positions(&d->forward);
  free_positions(&d->back);
  free_positions(&d->weight);
  assay_free(d->offset);
  assay_free(d->offset_back);
  assay_free(d);
}

/* ---- weights in the order of use ------------------------------------------------------------ */

/* Block b of the fewest equal ones of n channels that the registers hold. */
static int blocks_of(int n)
{
  return (n + ASSAY_NN_CONV_CHANNELS - 1) / ASSAY_NN_CONV_CHANNELS;
}

static int block_start(int b, int n)
{
  return b * n / blocks_of(n);
}

/* packed: block by block [k, channels of the block] */
static void pack_forward(float *packed, const float *weight, int m, size_t k)
{
  for (int b = 0; b < blocks_of(m); b++) {
    const int first = block_start(b, m), n = block_start(b + 1, m) - first;
    for (size_t i = 0; i < k; i++)
      for (int j = 0; j < n; j++) *packed++ = weight[(size_t)(first + j) * k + i];
  }
}

/* The same with channels of the input; entries are (channel of the output, ky, kx). */
static void pack_back(float *packed, const float *weight, int m, int c, size_t window)
{
  for (int b = 0; b < blocks_of(c); b++) {
    const int first = block_start(b, c), n = block_start(b + 1, c) - first;
    for (int o = 0; o < m; o++)
      for (size_t i = 0; i < window; i++)
        for (int j = 0; j < n; j++)
          *packed++ = weight[((size_t)o * (size_t)c + (size_t)(first + j)) * window + i];
  }
}

/* ---- forward ------------------------------------------------------------------------------ */

/* out [m planes of pitch], all positions, blocks of channels in turn on what is in the cache. */
static void correlate(const struct assay_nn_direct *d, float *out, size_t pitch, const float *x,
                      const struct positions *p, const float *packed, const float *bias,
                      const int *offset, int k, int m, bool add)
{
  for (int first = 0; first < p->n; first += FORWARD_CHUNK) {
    const int n = p->n - first < FORWARD_CHUNK ? p->n - first : FORWARD_CHUNK;
    for (int b = 0; b < blocks_of(m); b++) {
      const int channel = block_start(b, m);
      d->kernels->correlate(out + (size_t)channel * pitch, pitch, p->to + first, x, p->at + first,
                            n, packed + (size_t)channel * (size_t)k, bias ? bias + channel : NULL,
                            offset, k, block_start(b + 1, m) - channel, add);
    }
  }
}

/* out [m, ho, wo] = what counts of rows of wp numbers */
static void take_rows(float *out, const float *rows, size_t pitch, const struct assay_nn_direct *d)
{
  const struct assay_nn_window *w = &d->w;
  for (int c = 0; c < d->m; c++)
    for (int y = 0; y < w->ho; y++, out += w->wo)
      memcpy(out, rows + (size_t)c * pitch + (size_t)(y * w->wp), (size_t)w->wo * sizeof *out);
}

/* Padded planes of an item, with zeros behind each. */
static const float *padded(const struct assay_nn_direct *d, const float *x, float *scratch)
{
  float *planes = scratch + d->planes;
  if (d->plain) return x;
  const size_t plane = (size_t)d->w.hp * (size_t)d->w.wp;
  assay_nn_window_pad(planes, d->x_pitch, x, &d->w);
  for (int c = 0; c < d->w.c; c++)
    memset(planes + (size_t)c * d->x_pitch + plane, 0, (d->x_pitch - plane) * sizeof *planes);
  return planes;
}

void assay_nn_direct_forward(const struct assay_nn_direct *d, float *y, const float *x,
                             const float *weight, const float *bias, int n, float *scratch)
{
  const struct assay_nn_window *w = &d->w;
  const int k = w->c * w->kh * w->kw;
  const size_t x_size = (size_t)w->c * (size_t)w->h * (size_t)w->w,
               plane = (size_t)w->ho * (size_t)w->wo;
  float *packed = scratch + d->packed, *rows = scratch + d->folded;
  pack_forward(packed, weight, d->m, (size_t)k);
  for (int i = 0; i < n; i++, x += x_size, y += (size_t)d->m * plane) {
    correlate(d, d->rows ? y : rows, d->rows ? plane : d->x_pitch, padded(d, x, scratch),
              &d->forward, packed, bias, d->offset, k, d->m, false);
    if (!d->rows) take_rows(y, rows, d->x_pitch, d);
  }
}

/* ---- backward ----------------------------------------------------------------------------- */

/* dy in rows of wp numbers among zeros; returns the first of them. */
static const float *spread(const struct assay_nn_direct *d, const float *d_y, float *scratch)
{
  const struct assay_nn_window *w = &d->w;
  float *out = scratch + d->gradient;
  if (d->plain) return d_y;
  memset(out, 0, (size_t)d->m * d->d_pitch * sizeof *out);
  for (int c = 0; c < d->m; c++)
    for (int y = 0; y < w->ho; y++, d_y += w->wo)
      memcpy(out + (size_t)c * d->d_pitch + d->d_front + (size_t)(y * w->wp), d_y,
             (size_t)w->wo * sizeof *out);
  return out + d->d_front;
}

static void weight_sums(const struct assay_nn_direct *d, float *sums, const float *d_y,
                        size_t pitch, const float *x)
{
  const struct positions *p = &d->weight;
  const int k = d->w.c * d->w.kh * d->w.kw;
  for (int first = 0; first < p->n; first += WEIGHT_CHUNK) {
    const int n = p->n - first < WEIGHT_CHUNK ? p->n - first : WEIGHT_CHUNK;
    for (int b = 0; b < blocks_of(d->m); b++) {
      const int channel = block_start(b, d->m);
      d->kernels->accumulate(sums + (size_t)(channel * k) * (size_t)d->kernels->lanes,
                             d_y + (size_t)channel * pitch, pitch, p->to + first, x, p->at + first,
                             n, d->offset, k, block_start(b + 1, d->m) - channel);
    }
  }
}

void assay_nn_direct_backward(const struct assay_nn_direct *d, float *d_weight, float *d_x,
                              bool add, const float *d_y, const float *x, const float *weight,
                              int n, float *scratch)
{
  const struct assay_nn_window *w = &d->w;
  const int window = w->kh * w->kw;
  const bool whole = d->plain || w->wo % d->kernels->lanes == 0;
  const size_t x_size = (size_t)w->c * (size_t)w->h * (size_t)w->w,
               plane = (size_t)w->ho * (size_t)w->wo, weights = (size_t)(d->m * w->c * window);
  float *packed = scratch + d->packed, *folded = scratch + d->folded, *sums = scratch + d->sums;
  memset(sums, 0, weights * (size_t)d->kernels->lanes * sizeof *sums);
  if (d_x) pack_back(packed, weight, d->m, w->c, (size_t)window);
  for (int i = 0; i < n; i++, x += x_size, d_y += (size_t)d->m * plane) {
    const float *gradient = d_x || !whole ? spread(d, d_y, scratch) : NULL;
    weight_sums(d, sums, whole ? d_y : gradient, whole ? plane : d->d_pitch, padded(d, x, scratch));
    if (!d_x) continue;
    float *to = d_x + (size_t)i * x_size;
    correlate(d, d->plain ? to : folded, d->x_pitch, gradient, &d->back, packed, NULL,
              d->offset_back, d->m * window, w->c, d->plain && add);
    if (!d->plain) assay_nn_window_fold(to, add, folded, d->x_pitch, w);
  }
  d->kernels->reduce(d_weight, sums, weights);
}
