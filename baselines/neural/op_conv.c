/* With x padded and C_x [c k^2, ho wo] the columns of what the window sees of it, W [m, c k^2]:
 *
 *   Y = W C_x + b 1^T,   C_dx = W^T dY,   dW = dY C_x^T,   db = dY 1;
 *
 * the transposed convolution is the same with the parts of x and Y exchanged. With stride 1 and
 * planes that are not too small, columns are never made: conv_direct.h. */
#include "baselines/neural/op_conv.h"

#include <cblas.h>
#include <string.h>

#include "baselines/neural/bf16.h"
#include "baselines/neural/conv_direct.h"
#include "baselines/neural/kernels.h"
#include "baselines/neural/op_pointwise.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { CHANNELS, KERNEL, STRIDE, PADDING, MODE, NO_BIAS }; /* attributes */
enum { WEIGHT, BIAS };

enum {
  COLUMNS = 256,            /* of a matrix product: as many items together as fill them */
  DIRECT_POSITIONS = 256,   /* planes below which the products win */
  DIRECT_WEIGHTS = 1 << 17, /* weights beyond which they do */
};

struct engine {
  struct assay_nn_window w; /* over x; over the output when transposed */
  int m;                    /* planes on the other side */
  struct assay_nn_direct *direct;
  struct assay_nn_bf16_conv *bf16;
  int together;                     /* items of a product */
  size_t pitch;                     /* of a padded plane */
  size_t columns, gathered, padded; /* offsets in scratch */
};

/* C [m, n] = or += op(A) op(B), row-major */
static void product(float *c, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                    const float *a, const float *b, bool add)
{
  const int lda = (int)(ta == CblasNoTrans ? k : m), ldb = (int)(tb == CblasNoTrans ? n : k);
  cblas_sgemm(CblasRowMajor, ta, tb, (int)m, (int)n, (int)k, 1, a, lda, b, ldb, add ? 1 : 0, c,
              (int)n);
}

/* ---- shapes and parameters ------------------------------------------------------------------ */

static int make_window(struct assay_nn_window *w, const struct assay_nn_shape *s,
                       const struct assay_nn_node *node)
{
  return assay_nn_window_make(w, s, node->a[KERNEL], node->a[STRIDE], node->a[PADDING],
                              node->a[MODE]);
}

/* weight [a, b, kernel...] and bias of the output's channels */
static int make_params(struct assay_nn_graph *g, struct assay_nn_node *node, int a, int b,
                       const struct assay_nn_window *w)
{
  int rc = ASSAY_OK;
  const bool flat = assay_nn_node_shape(g, node, 0)->n == 2;
  const struct assay_nn_shape weight = assay_nn_shape(flat ? 3 : 4, (int[]){a, b, w->kw, w->kh}),
                              bias = assay_nn_shape(1, &node->a[CHANNELS]);
  const struct assay_nn_start start = {.how = ASSAY_NN_UNIFORM,
                                       .fan_in = b * w->kh * w->kw,
                                       .fan_out = a * w->kh * w->kw,
                                       .scale = 1};
  ASSAY_TRY(assay_nn_node_param(g, node, "weight", &weight, &start));
  if (!node->a[NO_BIAS]) ASSAY_TRY(assay_nn_node_param(g, node, "bias", &bias, &start));
done:
  return rc;
}

static double work_of(const struct assay_nn_window *w, int m)
{
  return (double)m * w->c * w->kh * w->kw * w->ho * w->wo;
}

static int infer_conv(struct assay_nn_shape *out, struct assay_nn_graph *g,
                      struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  struct assay_nn_window w;
  const struct assay_nn_shape *s = assay_nn_node_shape(g, node, 0);
  const int m = node->a[CHANNELS];
  ASSAY_CHECK(m >= 1, ASSAY_EARG, "%d channels; there must be at least 1", m);
  ASSAY_TRY(make_window(&w, s, node));
  *out = assay_nn_window_shape(&w, s, m);
  node->work = work_of(&w, m);
  ASSAY_TRY(make_params(g, node, m, w.c, &w));
done:
  return rc;
}

/* Shape of the output of a transposed convolution: its window then has x as its positions. */
static int transposed_shape(struct assay_nn_shape *out, const struct assay_nn_shape *s,
                            const struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  char text[ASSAY_NN_SHAPE_TEXT];
  ASSAY_CHECK(s->n == 2 || s->n == 3, ASSAY_EARG, "input is %s, expected [c, h, w] or [c, n]",
              assay_nn_shape_text(text, s));
  *out = *s;
  out->d[0] = node->a[CHANNELS];
  for (int i = 1; i < s->n; i++)
    out->d[i] = (s->d[i] - 1) * node->a[STRIDE] + node->a[KERNEL] - 2 * node->a[PADDING];
  ASSAY_CHECK(node->a[MODE] == ASSAY_NN_PAD_ZEROS, ASSAY_EARG,
              "a transposed convolution pads with zeros only");
  ASSAY_TRY(assay_nn_shape_check(out));
done:
  return rc;
}

static int infer_transposed(struct assay_nn_shape *out, struct assay_nn_graph *g,
                            struct assay_nn_node *node)
{
  int rc = ASSAY_OK;
  struct assay_nn_window w;
  const int c = assay_nn_node_shape(g, node, 0)->d[0];
  ASSAY_TRY(transposed_shape(out, assay_nn_node_shape(g, node, 0), node));
  ASSAY_TRY(make_window(&w, out, node));
  node->work = work_of(&w, c);
  ASSAY_TRY(make_params(g, node, c, w.c, &w));
done:
  return rc;
}

/* ---- planning ----------------------------------------------------------------------------- */

static size_t positions_of(const struct engine *e)
{
  return (size_t)e->w.ho * (size_t)e->w.wo;
}

static size_t window_of(const struct engine *e)
{
  return (size_t)e->w.c * (size_t)e->w.kh * (size_t)e->w.kw;
}

static size_t lay_out(struct engine *e, int tile)
{
  const size_t positions = positions_of(e);
  size_t together = (COLUMNS + positions - 1) / positions;
  if (together > (size_t)tile) together = (size_t)tile;
  e->together = (int)together;
  e->pitch = (size_t)e->w.hp * (size_t)e->w.wp;
  e->gathered = window_of(e) * together * positions;
  e->padded = e->gathered + (size_t)e->m * together * positions;
  return e->padded + (size_t)e->w.c * e->pitch;
}

/* may_be_direct: otherwise through columns */
static int new_engine(void **state, size_t *scratch, const struct assay_nn_planning *p,
                      const struct assay_nn_shape *seen, int m, bool may_be_direct)
{
  int rc = ASSAY_OK;
  struct engine *e = NULL;
  ASSAY_TRY(ASSAY_NEW(&e, 1, "convolution"));
  *state = e;
  e->m = m;
  ASSAY_TRY(make_window(&e->w, seen, p->node));
  if (may_be_direct && p->bf16 && m >= ASSAY_NN_BF16_LEAST && e->w.c >= ASSAY_NN_BF16_LEAST)
    ASSAY_TRY(assay_nn_bf16_conv_create(&e->bf16, scratch, &e->w, m, p->tile, !p->node->a[NO_BIAS],
                                        p->training));
  else if (may_be_direct && e->w.stride == 1 && positions_of(e) >= DIRECT_POSITIONS &&
           window_of(e) * (size_t)m <= DIRECT_WEIGHTS)
    ASSAY_TRY(assay_nn_direct_create(&e->direct, scratch, &e->w, m));
  else
    *scratch = lay_out(e, p->tile);
done:
  return rc;
}

static int plan_conv(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  return new_engine(state, scratch, p, assay_nn_node_shape(p->graph, p->node, 0),
                    p->node->a[CHANNELS], true);
}

static int plan_transposed(void **state, size_t *scratch, const struct assay_nn_planning *p)
{
  return new_engine(state, scratch, p, &p->graph->value[p->node->out].shape,
                    assay_nn_node_shape(p->graph, p->node, 0)->d[0], false);
}

static void unplan(void *state)
{
  struct engine *e = state;
  assay_nn_direct_destroy(e->direct);
  assay_nn_bf16_conv_destroy(e->bf16);
  assay_free(e);
}

/* ---- what both directions are made of ----------------------------------------------------------
 */

/* columns [c k^2, n positions] of n items of planes x */
static void see(const struct engine *e, float *scratch, const float *x, int n)
{
  const size_t size = (size_t)e->w.c * (size_t)e->w.h * (size_t)e->w.w, positions = positions_of(e);
  for (int i = 0; i < n; i++) {
    assay_nn_window_pad(scratch + e->padded, e->pitch, x + (size_t)i * size, &e->w);
    assay_nn_window_columns(scratch + e->columns + (size_t)i * positions, (size_t)n * positions,
                            scratch + e->padded, e->pitch, &e->w);
  }
}

/* Its transpose: x = or += columns put back. */
static void unsee(const struct engine *e, float *x, bool add, float *scratch, int n)
{
  const size_t size = (size_t)e->w.c * (size_t)e->w.h * (size_t)e->w.w, positions = positions_of(e);
  for (int i = 0; i < n; i++) {
    memset(scratch + e->padded, 0, (size_t)e->w.c * e->pitch * sizeof *scratch);
    assay_nn_window_scatter(scratch + e->padded, e->pitch,
                            scratch + e->columns + (size_t)i * positions, (size_t)n * positions,
                            &e->w);
    assay_nn_window_fold(x + (size_t)i * size, add, scratch + e->padded, e->pitch, &e->w);
  }
}

/* Matrix [m, n positions] of n items of planes y [n, m, positions]. */
static const float *gather(const struct engine *e, float *scratch, const float *y, int n)
{
  const size_t positions = positions_of(e), m = (size_t)e->m;
  float *out = scratch + e->gathered;
  if (n == 1) return y;
  for (size_t i = 0; i < (size_t)n; i++)
    for (size_t j = 0; j < m; j++)
      memcpy(out + (j * (size_t)n + i) * positions, y + (i * m + j) * positions,
             positions * sizeof *out);
  return out;
}

/* Back: y = or += the matrix at scratch + gathered. */
static void ungather(const struct engine *e, float *y, bool add, const float *scratch, int n)
{
  const size_t positions = positions_of(e), m = (size_t)e->m;
  for (size_t i = 0; i < (size_t)n; i++)
    for (size_t j = 0; j < m; j++)
      assay_nn_kernels()->copy(y + (i * m + j) * positions,
                               scratch + e->gathered + (j * (size_t)n + i) * positions, 1,
                               positions, add);
}

/* y [n, m, positions] = or += A columns, A [m, c k^2] */
static void multiply(const struct engine *e, float *y, bool add, float *scratch, const float *a,
                     int n)
{
  const size_t width = (size_t)n * positions_of(e);
  float *to = n == 1 ? y : scratch + e->gathered;
  product(to, CblasNoTrans, CblasNoTrans, (size_t)e->m, width, window_of(e), a,
          scratch + e->columns, add && n == 1);
  if (n > 1) ungather(e, y, add, scratch, n);
}

/* columns = A^T y */
static void multiply_back(const struct engine *e, float *scratch, const float *a, const float *y,
                          int n)
{
  product(scratch + e->columns, CblasTrans, CblasNoTrans, window_of(e), (size_t)n * positions_of(e),
          (size_t)e->m, a, y, false);
}

/* dA += y columns^T */
static void add_weights(const struct engine *e, float *d_a, const float *y, const float *scratch,
                        int n)
{
  product(d_a, CblasNoTrans, CblasTrans, (size_t)e->m, window_of(e), (size_t)n * positions_of(e), y,
          scratch + e->columns, true);
}

/* out [n, channels, plane] += bias; d_bias += sums of planes */
static void add_bias(float *out, const float *bias, int n, int channels, size_t plane)
{
  for (int r = 0; r < n * channels; r++, out += plane)
    for (size_t i = 0; i < plane; i++) out[i] += bias[r % channels];
}

static void sum_bias(float *d_bias, const float *d_out, int n, int channels, size_t plane)
{
  for (int r = 0; r < n * channels; r++)
    d_bias[r % channels] += assay_nn_kernels()->sum(d_out + (size_t)r * plane, plane);
}

/* Calls BODY for groups of `n` items from `first`. */
#define EACH_GROUP(e, items)                                          \
  for (int first = 0, n = (e)->together; first < (items); first += n) \
    if ((n = (items)-first < (e)->together ? (items)-first : (e)->together) > 0)

/* ---- convolution -------------------------------------------------------------------------- */

static void conv(const struct assay_nn_call *c)
{
  const struct engine *e = c->state;
  const float *bias = c->node->a[NO_BIAS] ? NULL : c->param[BIAS];
  const size_t x = (size_t)e->w.c * (size_t)e->w.h * (size_t)e->w.w,
               y = (size_t)e->m * positions_of(e);
  if (e->bf16) {
    assay_nn_bf16_conv_forward(e->bf16, c->out, c->in[0], c->param[WEIGHT], bias, c->n, c->scratch);
    return;
  }
  if (e->direct) {
    assay_nn_direct_forward(e->direct, c->out, c->in[0], c->param[WEIGHT], bias, c->n, c->scratch);
    return;
  }
  EACH_GROUP(e, c->n)
  {
    see(e, c->scratch, c->in[0] + (size_t)first * x, n);
    multiply(e, c->out + (size_t)first * y, false, c->scratch, c->param[WEIGHT], n);
  }
  if (bias) add_bias(c->out, bias, c->n, e->m, positions_of(e));
}

static void conv_back(const struct assay_nn_call *c)
{
  const struct engine *e = c->state;
  const size_t x = (size_t)e->w.c * (size_t)e->w.h * (size_t)e->w.w,
               y = (size_t)e->m * positions_of(e);
  if (!c->node->a[NO_BIAS]) sum_bias(c->d_param[BIAS], c->d_out, c->n, e->m, positions_of(e));
  if (e->bf16) {
    assay_nn_bf16_conv_backward(e->bf16, c->d_param[WEIGHT], c->d_in[0], c->add[0], c->d_out,
                                c->in[0], c->param[WEIGHT], c->n, c->scratch);
    return;
  }
  if (e->direct) {
    assay_nn_direct_backward(e->direct, c->d_param[WEIGHT], c->d_in[0], c->add[0], c->d_out,
                             c->in[0], c->param[WEIGHT], c->n, c->scratch);
    return;
  }
  EACH_GROUP(e, c->n)
  {
    const float *d = gather(e, c->scratch, c->d_out + (size_t)first * y, n);
    see(e, c->scratch, c->in[0] + (size_t)first * x, n);
    add_weights(e, c->d_param[WEIGHT], d, c->scratch, n);
    if (!c->d_in[0]) continue;
    multiply_back(e, c->scratch, c->param[WEIGHT], d, n);
    unsee(e, c->d_in[0] + (size_t)first * x, c->add[0], c->scratch, n);
  }
}

/* every padding; strides; rows; planes large enough for the direct way, in whole vectors and not */
static int check_conv(struct assay_nn_graph *g, int k)
{
  static const struct {
    int shape[3], n;
    struct assay_nn_conv s;
  } cases[] = {
      {{2, 4, 5}, 3, {3, 3, 1, 1, ASSAY_NN_PAD_ZEROS, false}},
      {{2, 4, 5}, 3, {2, 3, 1, 1, ASSAY_NN_PAD_REPLICATE, false}},
      {{1, 5, 4}, 3, {2, 5, 1, 2, ASSAY_NN_PAD_CIRCULAR, false}},
      {{2, 3, 4}, 3, {2, 5, 1, 2, ASSAY_NN_PAD_REFLECT, true}},
      {{2, 5, 6}, 3, {2, 3, 2, 1, ASSAY_NN_PAD_REPLICATE, false}},
      {{3, 4, 2}, 3, {4, 1, 1, 0, ASSAY_NN_PAD_ZEROS, false}},
      {{2, 9}, 2, {3, 3, 1, 1, ASSAY_NN_PAD_CIRCULAR, false}},
      {{2, 9}, 2, {2, 4, 3, 0, ASSAY_NN_PAD_ZEROS, false}},
      {{1, 8, 32}, 3, {1, 3, 1, 1, ASSAY_NN_PAD_REPLICATE, false}},
      {{1, 9, 31}, 3, {1, 3, 1, 1, ASSAY_NN_PAD_REFLECT, false}},
      {{1, 15, 18}, 3, {2, 3, 1, 1, ASSAY_NN_PAD_ZEROS, false}},
      {{1, 18, 18}, 3, {1, 3, 1, 0, ASSAY_NN_PAD_ZEROS, false}},
      {{2, 16, 16}, 3, {3, 1, 1, 0, ASSAY_NN_PAD_ZEROS, false}},
  };
  enum { ONE = 12, TWICE = 13 }; /* the last one alone, and beside another of the same input */
  const int which = k < TWICE ? k : ONE;
  const int x = assay_nn_input(g, "x", cases[which].n, cases[which].shape);
  assay_nn_want_gradient(g, x);
  const int y = assay_nn_conv(g, "layer", x, &cases[which].s);
  return k < TWICE ? y : assay_nn_add(g, y, assay_nn_conv(g, "other", x, &cases[which].s));
}

const struct assay_nn_op assay_nn_op_conv = {
    .name = "conv",
    .doc = "convolution of planes or rows",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = infer_conv,
    .plan = plan_conv,
    .unplan = unplan,
    .forward = conv,
    .backward = conv_back,
    .n_checks = 14,
    .check = check_conv,
};

/* ---- transposed --------------------------------------------------------------------------- */

static void transposed(const struct assay_nn_call *c)
{
  const struct engine *e = c->state;
  const size_t x = (size_t)e->m * positions_of(e), plane = (size_t)e->w.h * (size_t)e->w.w;
  EACH_GROUP(e, c->n)
  {
    const float *in = gather(e, c->scratch, c->in[0] + (size_t)first * x, n);
    multiply_back(e, c->scratch, c->param[WEIGHT], in, n);
    unsee(e, c->out + (size_t)first * (size_t)e->w.c * plane, false, c->scratch, n);
  }
  if (!c->node->a[NO_BIAS]) add_bias(c->out, c->param[BIAS], c->n, e->w.c, plane);
}

static void transposed_back(const struct assay_nn_call *c)
{
  const struct engine *e = c->state;
  const size_t x = (size_t)e->m * positions_of(e), plane = (size_t)e->w.h * (size_t)e->w.w;
  if (!c->node->a[NO_BIAS]) sum_bias(c->d_param[BIAS], c->d_out, c->n, e->w.c, plane);
  EACH_GROUP(e, c->n)
  {
    const float *in = gather(e, c->scratch, c->in[0] + (size_t)first * x, n);
    see(e, c->scratch, c->d_out + (size_t)first * (size_t)e->w.c * plane, n);
    add_weights(e, c->d_param[WEIGHT], in, c->scratch, n);
    if (c->d_in[0])
      multiply(e, c->d_in[0] + (size_t)first * x, c->add[0], c->scratch, c->param[WEIGHT], n);
  }
}

static int check_transposed(struct assay_nn_graph *g, int k)
{
  static const struct {
    int shape[3], n;
    struct assay_nn_conv s;
  } cases[] = {
      {{3, 2, 3}, 3, {2, 2, 2, 0, ASSAY_NN_PAD_ZEROS, false}},
      {{2, 3, 2}, 3, {3, 3, 2, 1, ASSAY_NN_PAD_ZEROS, false}},
      {{2, 3, 2}, 3, {1, 3, 1, 1, ASSAY_NN_PAD_ZEROS, true}},
      {{2, 4}, 2, {3, 4, 3, 0, ASSAY_NN_PAD_ZEROS, false}},
  };
  const int x = assay_nn_input(g, "x", cases[k].n, cases[k].shape);
  assay_nn_want_gradient(g, x);
  return assay_nn_conv_transposed(g, "layer", x, &cases[k].s);
}

const struct assay_nn_op assay_nn_op_conv_transposed = {
    .name = "conv_transposed",
    .doc = "transposed convolution of planes or rows",
    .needs = ASSAY_NN_NEEDS_IN,
    .infer = infer_transposed,
    .plan = plan_transposed,
    .unplan = unplan,
    .forward = transposed,
    .backward = transposed_back,
    .n_checks = 4,
    .check = check_transposed,
};

/* ---- builders ----------------------------------------------------------------------------- */

static int build(struct assay_nn_graph *g, const struct assay_nn_op *op, const char *name, int x,
                 const struct assay_nn_conv *s)
{
  struct assay_nn_node *node = assay_nn_node_begin(g, op, name, &x, 1);
  if (!node) return -1;
  node->a[CHANNELS] = s->channels;
  node->a[KERNEL] = s->kernel;
  node->a[STRIDE] = s->stride == 0 ? 1 : s->stride;
  node->a[PADDING] = s->padding;
  node->a[MODE] = (int)s->mode;
  node->a[NO_BIAS] = s->no_bias;
  return assay_nn_node_end(g, node);
}

int assay_nn_conv(struct assay_nn_graph *g, const char *name, int x, const struct assay_nn_conv *s)
{
  return build(g, &assay_nn_op_conv, name, x, s);
}

int assay_nn_conv_transposed(struct assay_nn_graph *g, const char *name, int x,
                             const struct assay_nn_conv *s)
{
  return build(g, &assay_nn_op_conv_transposed, name, x, s);
}
