/* Spectral convolution of Fourier neural operators (Li et al., arXiv:2010.08895). With X the
 * discrete Fourier transform of x [c, h, w] over its last two dimensions,
 *
 *   Y(k) = sum_c X_c(k) W_c(k) for -m1 <= k1 < m1, 0 <= k2 < m2, else 0,   y = inverse of Y,
 *
 * where the waves k2 > 0 stand for their conjugates too. With the transform S(B) and its inverse
 * S(B')^T as in spectral_transform.h, backward is made of the same two pieces:
 *
 *   dY = S(B') dy,   dx = S(B)^T dX.
 *
 * In between every wave has a matrix product of its own over the n items of a tile. For real and
 * imaginary parts below each other, X [2 n, c], and W = [Wr Wi] [c, 2 m]:
 *
 *   P = X W,  Yr = Prr - Pii,  Yi = Pri + Pir;
 *   Q = [dYr dYi; dYi -dYr],  dX = Q W^T,  dW = X^T Q.
 *
 * State dictionaries keep the waves of a weight innermost, products want them outermost: a node of
 * its own (`waves`), which all samples share, turns them round once per step. */
#include "baselines/neural/op_spectral.h"

#include <cblas.h>
#include <string.h>

#include "baselines/neural/kernels.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/spectral_transform.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* C [m, n] = A [m, k] B [k, n] or so, plus C if asked; all without gaps */
static void gemm(float *c, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                 const float *a, const float *b, bool add)
{
  const int lda = (int)(ta == CblasNoTrans ? k : m), ldb = (int)(tb == CblasNoTrans ? n : k);
  cblas_sgemm(CblasRowMajor, ta, tb, (int)m, (int)n, (int)k, 1, a, lda, b, ldb, add ? 1 : 0, c,
              (int)n);
}

/* ---- weights: waves outermost ------------------------------------------------------------- */

/* attributes of waves; M1 0: one dimension; of the input for checks: dimensions and grid */
enum { IN, OUT, M1, M2, DIMS, HEIGHT, WIDTH, N_ATTRIBUTES };

static int blocks_of(const struct assay_nn_node *node)
{
  return node->a[M1] > 0 ? 2 : 1;
}

/* waves of a block */
static size_t waves_of(const struct assay_nn_node *node)
{
  return (size_t)(node->a[M1] > 0 ? node->a[M1] : 1) * (size_t)node->a[M2];
}

static int check_grid(const int *a)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(a[DIMS] == 2 || a[DIMS] == 3, ASSAY_EARG,
              "the input has %d dimensions, expected [c, h, w] or [c, w]", a[DIMS]);
  ASSAY_CHECK(a[OUT] >= 1, ASSAY_EARG, "%d channels; there must be at least 1", a[OUT]);
  ASSAY_CHECK(a[M2] >= 1 && a[M2] <= a[WIDTH] / 2 + 1, ASSAY_EARG,
              "%d waves along rows of %d points; 1 to %d are possible", a[M2], a[WIDTH],
              a[WIDTH] / 2 + 1);
  ASSAY_CHECK(a[DIMS] == 2 || (a[M1] >= 1 && a[M1] <= a[HEIGHT] / 2), ASSAY_EARG,
              "%d waves up and down columns of %d points; 1 to %d are possible", a[M1], a[HEIGHT],
              a[HEIGHT] / 2);
done:
  return rc;
}

static int infer_waves(struct assay_nn_shape *out, struct assay_nn_graph *g,
                       struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  const int *a = node->a;
  ASSAY_TRY(check_grid(a));
  const struct assay_nn_start start = {.how = ASSAY_NN_UNIT,
                                       .scale = 1 / ((double)a[IN] * (double)a[OUT])};
  const struct assay_nn_shape weight =
      a[M1] > 0 ? assay_nn_shape(5, (int[]){a[IN], a[OUT], a[M1], a[M2], 2})
                : assay_nn_shape(4, (int[]){a[IN], a[OUT], a[M2], 2});
  ASSAY_TRY(assay_nn_node_param(g, node, "weights1", &weight, &start));
  if (blocks_of(node) > 1) ASSAY_TRY(assay_nn_node_param(g, node, "weights2", &weight, &start));
  *out = assay_nn_shape(4, (int[]){blocks_of(node) * (int)waves_of(node), a[IN], 2, a[OUT]});
done:
  return rc;
}

enum { PATCH = 16 }; /* waves at once, so that the lines of both sides are used whole */

/* out [waves, c, 2, m] of one block = w [c, m, waves, 2] */
static void turn(float *restrict out, const float *restrict w, size_t waves, size_t c, size_t m)
{
  for (size_t at = 0; at < waves; at += PATCH)
    for (size_t i = 0; i < c; i++)
      for (size_t k = at; k < waves && k < at + PATCH; k++) {
        const float *from = w + (i * m * waves + k) * 2;
        float *to = out + (k * c + i) * 2 * m;
        for (size_t o = 0; o < m; o++) {
          to[o] = from[o * waves * 2];
          to[m + o] = from[o * waves * 2 + 1];
        }
      }
}

/* w += out, the other way round */
static void turn_back(float *restrict w, const float *restrict out, size_t waves, size_t c,
                      size_t m)
{
  for (size_t at = 0; at < waves; at += PATCH)
    for (size_t i = 0; i < c; i++)
      for (size_t o = 0; o < m; o++)
        for (size_t k = at; k < waves && k < at + PATCH; k++) {
          float *to = w + ((i * m + o) * waves + k) * 2;
          const float *from = out + (k * c + i) * 2 * m + o;
          to[0] += from[0];
          to[1] += from[m];
        }
}

static void waves(const struct assay_nn_call *c)
{
  const struct assay_nn_node *node = c->node;
  const size_t n = waves_of(node), in = (size_t)node->a[IN], out = (size_t)node->a[OUT];
  for (int b = 0; b < blocks_of(node); b++)
    turn(c->out + (size_t)b * n * in * 2 * out, c->param[b], n, in, out);
}

static void waves_back(const struct assay_nn_call *c)
{
  const struct assay_nn_node *node = c->node;
  const size_t n = waves_of(node), in = (size_t)node->a[IN], out = (size_t)node->a[OUT];
  for (int b = 0; b < blocks_of(node); b++)
    turn_back(c->d_param[b], c->d_out + (size_t)b * n * in * 2 * out, n, in, out);
}

static int build_waves(struct assay_nn_graph *g, const char *name, const int *a)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_waves, name, NULL, 0);
  if (!node) return -1;
  memcpy(node->a, a, N_ATTRIBUTES * sizeof *a);
  return assay_nn_node_end(g, node);
}

/* times a value of the batch, as a loss wants one */
static int check_waves(struct assay_nn_graph *g, int k)
{
  static const int a[][N_ATTRIBUTES] = {
      {2, 3, 2, 3, 3, 4, 4}, {3, 2, 0, 4, 2, 1, 7}, {1, 2, 3, 6, 3, 6, 10}};
  const int w = build_waves(g, "layer", a[k]);
  const struct assay_nn_shape s = w < 0 ? (struct assay_nn_shape){0} : g->value[w].shape;
  const int x = assay_nn_input(g, "x", s.n, s.d);
  return assay_nn_mul(g, x, w);
}

const struct assay_nn_op assay_nn_op_waves = {
    .name = "waves",
    .doc = "complex weights of a spectral convolution, one matrix per wave",
    .infer = infer_waves,
    .forward = waves,
    .backward = waves_back,
    .n_checks = 3,
    .check = check_waves,
};

/* ---- attributes --------------------------------------------------------------------------- */

enum { CHANNELS, ROW_WAVES, COLUMN_WAVES }; /* attributes of spectral */

/* inputs: (what it is added to,) x, weights */
static int input_of(const struct assay_nn_node *node)
{
  return node->n_in - 2;
}

struct engine {
  size_t c, m, waves; /* waves in all blocks */
  struct assay_nn_transform *transform;
  size_t spectrum, mixed, products; /* offsets in scratch, behind what the transform needs */
};

/* ---- in between --------------------------------------------------------------------------- */

/* Y of one wave, y [2 n, m] = P's parts of p [2 n, 2 m] */
static void combine(float *restrict y, const float *restrict p, size_t n, size_t m)
{
  for (size_t r = 0; r < n; r++) {
    const float *a = p + r * 2 * m, *b = p + (n + r) * 2 * m;
    float *re = y + r * m, *im = y + (n + r) * m;
    for (size_t o = 0; o < m; o++) re[o] = a[o] - b[m + o];
    for (size_t o = 0; o < m; o++) im[o] = a[m + o] + b[o];
  }
}

/* q [2 n, 2 m] of dy [2 n, m] */
static void spread(float *restrict q, const float *restrict dy, size_t n, size_t m)
{
  for (size_t r = 0; r < n; r++) {
    float *a = q + r * 2 * m, *b = q + (n + r) * 2 * m;
    const float *re = dy + r * m, *im = dy + (n + r) * m;
    memcpy(a, re, m * sizeof *a);
    memcpy(a + m, im, m * sizeof *a);
    memcpy(b, im, m * sizeof *b);
    for (size_t o = 0; o < m; o++) b[m + o] = -re[o];
  }
}

/* ---- spectral ----------------------------------------------------------------------------- */

static int infer_spectral(struct assay_nn_shape *out, struct assay_nn_graph *g,
                          struct assay_nn_node *node)
{
  const struct assay_nn_shape *x = assay_nn_node_shape(g, node, input_of(node)),
                              *w = assay_nn_node_shape(g, node, input_of(node) + 1);
  const double all = (double)assay_nn_shape_size(x), m = node->a[CHANNELS], c = x->d[0];
  const double columns = 2.0 * node->a[COLUMN_WAVES], halves = 2.0 * node->a[ROW_WAVES] + 1;
  *out = *x;
  out->d[0] = node->a[CHANNELS];
  node->saved = 2 * (size_t)w->d[0] * (size_t)x->d[0]; /* X */
  node->work = (1 + m / c) * (all * columns + all / assay_nn_shape_last(x) * columns * halves) +
               4.0 * w->d[0] * c * m;
  return ASSAY_OK;
}

static void unplan_spectral(void *state)
{
  struct engine *e = state;
  assay_nn_transform_destroy(e->transform);
  assay_free(e);
}

static size_t lay_out(struct engine *e, size_t planes, size_t transform)
{
  e->spectrum = (transform + 15) / 16 * 16;
  e->mixed = e->spectrum + 2 * e->waves * planes;
  e->products = e->mixed + 2 * e->waves * planes;
  return e->products + 4 * planes;
}

static int plan_spectral(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  int rc = ASSAY_OK;
  struct engine *e = NULL;
  const struct assay_nn_shape *x = assay_nn_node_shape(p->graph, p->node, input_of(p->node));
  ASSAY_TRY(ASSAY_NEW(&e, 1, "spectral"));
  const size_t h = x->n == 3 ? (size_t)x->d[1] : 1, w = (size_t)assay_nn_shape_last(x),
               m1 = (size_t)p->node->a[ROW_WAVES], m2 = (size_t)p->node->a[COLUMN_WAVES];
  e->c = (size_t)x->d[0];
  e->m = (size_t)p->node->a[CHANNELS];
  e->waves = (m1 > 0 ? 2 * m1 : 1) * m2;
  const size_t planes = (size_t)p->tile * (e->c > e->m ? e->c : e->m);
  ASSAY_TRY(assay_nn_transform_create(&e->transform, scratch, planes, h, w, m1, m2));
  *scratch = lay_out(e, planes, *scratch);
  *state = e;
  e = NULL;
done:
  if (e) unplan_spectral(e);
  return rc;
}

static void convolve(const struct assay_nn_call *c, bool add)
{
  const struct engine *e = c->state;
  const int in = input_of(c->node);
  const size_t n = (size_t)c->n, width = e->c * 2 * e->m;
  float *x = c->saved ? c->saved : c->scratch + e->spectrum, *y = c->scratch + e->mixed,
        *p = c->scratch + e->products;
  assay_nn_transform_analyse(e->transform, x, c->in[in], ASSAY_NN_TO, n * e->c, c->scratch);
  for (size_t k = 0; k < e->waves; k++) {
    gemm(p, CblasNoTrans, CblasNoTrans, 2 * n, 2 * e->m, e->c, x + k * 2 * n * e->c,
         c->in[in + 1] + k * width, false);
    combine(y + k * 2 * n * e->m, p, n, e->m);
  }
  assay_nn_transform_synthesise(e->transform, c->out, y, ASSAY_NN_FRO, n * e->m, add, c->scratch);
}

static void spectral(const struct assay_nn_call *c)
{
  convolve(c, false);
}

static void spectral_onto(const struct assay_nn_call *c)
{
  if (c->out != c->in[0])
    assay_nn_kernels()->copy(c->out, c->in[0], 1, assay_nn_call_out_size(c), false);
  convolve(c, true);
}

static void spectral_back(const struct assay_nn_call *c)
{
  const struct engine *e = c->state;
  const int in = input_of(c->node);
  const size_t n = (size_t)c->n, width = e->c * 2 * e->m;
  float *dx = c->scratch + e->spectrum, *dy = c->scratch + e->mixed, *q = c->scratch + e->products;
  assay_nn_transform_analyse(e->transform, dy, c->d_out, ASSAY_NN_FRO, n * e->m, c->scratch);
  for (size_t k = 0; k < e->waves; k++) {
    spread(q, dy + k * 2 * n * e->m, n, e->m);
    if (c->d_in[in + 1])
      gemm(c->d_in[in + 1] + k * width, CblasTrans, CblasNoTrans, e->c, 2 * e->m, 2 * n,
           c->saved + k * 2 * n * e->c, q, c->add[in + 1]);
    if (c->d_in[in])
      gemm(dx + k * 2 * n * e->c, CblasNoTrans, CblasTrans, 2 * n, e->c, 2 * e->m, q,
           c->in[in + 1] + k * width, false);
  }
  if (c->d_in[in])
    assay_nn_transform_synthesise(e->transform, c->d_in[in], dx, ASSAY_NN_TO, n * e->c, c->add[in],
                                  c->scratch);
}

static void spectral_onto_back(const struct assay_nn_call *c)
{
  spectral_back(c);
  if (c->d_in[0] && c->d_in[0] != c->d_out)
    assay_nn_kernels()->copy(c->d_in[0], c->d_out, 1, assay_nn_call_out_size(c), c->add[0]);
}

static int infer_onto(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  const struct assay_nn_shape *y = assay_nn_node_shape(g, node, 0);
  ASSAY_TRY(infer_spectral(out, g, node));
  ASSAY_CHECK(assay_nn_shape_equal(out, y), ASSAY_EARG, "%s is added to %s",
              assay_nn_shape_text(text[0], out), assay_nn_shape_text(text[1], y));
done:
  return rc;
}

/* Even and odd, square and not, few waves, all that there are, one dimension. */
static int check_spectral(struct assay_nn_graph *g, int k)
{
  static const struct {
    int n, d[3], channels, m1, m2;
  } how[] = {{3, {2, 6, 6}, 3, 2, 2}, {3, {2, 4, 7}, 2, 2, 4},  {3, {1, 5, 6}, 2, 2, 4},
             {3, {2, 7, 3}, 1, 1, 1}, {3, {2, 5, 17}, 1, 2, 2}, {3, {1, 2, 16}, 2, 1, 3},
             {2, {2, 9}, 3, 0, 4},    {2, {1, 8}, 2, 0, 5}};
  const int x = assay_nn_input(g, "x", how[k].n, how[k].d);
  assay_nn_want_gradient(g, x);
  return assay_nn_spectral(g, "layer", x, how[k].channels, how[k].m1, how[k].m2);
}

const struct assay_nn_op assay_nn_op_spectral = {
    .name = "spectral",
    .doc = "a complex matrix for each of a few waves of a periodic grid",
    .needs = ASSAY_NN_NEEDS_IN << 1,
    .infer = infer_spectral,
    .plan = plan_spectral,
    .unplan = unplan_spectral,
    .forward = spectral,
    .backward = spectral_back,
    .n_checks = 8,
    .check = check_spectral,
};

/* onto a layer of the same x */
static int check_onto(struct assay_nn_graph *g, int k)
{
  const int x = assay_nn_input(g, "x", 3 - k, k ? (int[]){2, 9} : (int[]){2, 6, 7});
  const int y = assay_nn_input(g, "y", 3 - k, k ? (int[]){3, 9} : (int[]){3, 6, 7});
  assay_nn_want_gradient(g, x);
  assay_nn_want_gradient(g, y);
  return assay_nn_spectral_onto(g, "layer", k ? y : assay_nn_scale(g, y, 2.385), x, 3, 2, 3);
}

const struct assay_nn_op assay_nn_op_spectral_onto = {
    .name = "spectral_onto",
    .doc = "the same, added to a value",
    .needs = ASSAY_NN_NEEDS_IN << 2,
    .in_place = true,
    .infer = infer_onto,
    .plan = plan_spectral,
    .unplan = unplan_spectral,
    .forward = spectral_onto,
    .backward = spectral_onto_back,
    .n_checks = 2,
    .check = check_onto,
};

/* y -1: onto nothing */
static int build_spectral(struct assay_nn_graph *g, const char *name, int y, int x, int channels,
                          int m1, int m2)
{
  if (g->rc < 0 || x < 0) return -1;
  const struct assay_nn_shape *s = &g->value[x].shape;
  const int rows = s->n == 3 ? m1 : 0;
  const int h = s->n == 3 ? s->d[1] : 1;
  const int w = build_waves(
      g, name, (const int[]){s->d[0], channels, rows, m2, s->n, h, assay_nn_shape_last(s)});
  struct assay_nn_node *node =
      y < 0 ? assay_nn_node_begin(g, &assay_nn_op_spectral, name, (const int[]){x, w}, 2)
            : assay_nn_node_begin(g, &assay_nn_op_spectral_onto, name, (const int[]){y, x, w}, 3);
  if (!node) return -1;
  node->a[CHANNELS] = channels;
  node->a[ROW_WAVES] = rows;
  node->a[COLUMN_WAVES] = m2;
  return assay_nn_node_end(g, node);
}

int assay_nn_spectral(struct assay_nn_graph *g, const char *name, int x, int channels, int m1,
                      int m2)
{
  return build_spectral(g, name, -1, x, channels, m1, m2);
}

int assay_nn_spectral_onto(struct assay_nn_graph *g, const char *name, int y, int x, int channels,
                           int m1, int m2)
{
  return y < 0 ? -1 : build_spectral(g, name, y, x, channels, m1, m2);
}

/* ---- coordinates -------------------------------------------------------------------------- */

static int infer_coordinates(struct assay_nn_shape *out, struct assay_nn_graph *g,
                             struct assay_nn_node *node)
{
  (void)g;
  *out = assay_nn_shape(3, (int[]){2, node->a[0], node->a[1]});
  return assay_nn_shape_check(out);
}

static void coordinates(const struct assay_nn_call *c)
{
  const int rows = c->node->a[0], columns = c->node->a[1];
  float *x = c->out, *y = c->out + (size_t)rows * (size_t)columns;
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      *x++ = columns > 1 ? (float)j / (float)(columns - 1) : 0;
      *y++ = rows > 1 ? (float)i / (float)(rows - 1) : 0;
    }
}

/* times a value of the batch */
static int check_coordinates(struct assay_nn_graph *g, int k)
{
  const int rows = k ? 1 : 3;
  const int x = assay_nn_input(g, "x", 3, (int[]){2, rows, 4});
  assay_nn_want_gradient(g, x);
  return assay_nn_mul(g, x, assay_nn_coordinates(g, rows, 4));
}

const struct assay_nn_op assay_nn_op_coordinates = {
    .name = "coordinates",
    .doc = "where a point is along its row and its column, 0 to 1",
    .infer = infer_coordinates,
    .forward = coordinates,
    .n_checks = 2,
    .check = check_coordinates,
};

int assay_nn_coordinates(struct assay_nn_graph *g, int rows, int columns)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, &assay_nn_op_coordinates, NULL, NULL, 0);
  if (!node) return -1;
  node->a[0] = rows;
  node->a[1] = columns;
  return assay_nn_node_end(g, node);
}
