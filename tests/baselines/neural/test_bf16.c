/* Products in bfloat16: rounding, layers whose numbers have exact products, the same bits for any
 * number of threads, and errors after training beside those in single precision. Exits with 77
 * where the processor has no such products. */
#include <math.h>

#include "baselines/neural/bf16.h"
#include "baselines/neural/convnets.h"
#include "baselines/neural/kernels.h"
#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/optimiser.h"
#include "baselines/neural/run.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

/* ---- rounding ------------------------------------------------------------------------------ */

static float from_bits(uint32_t bits)
{
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static void rounds_to_nearest_even(void **state)
{
  (void)state;
  static const uint32_t given[] = {0x3f800000, 0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff,
                                   0xbf828000, 0x7f7fffff, 0xff800000, 0x00000000, 0x80000000,
                                   0x00018000, 0x7f800001, 0xffffffff};
  static const uint16_t wanted[] = {0x3f80, 0x3f80, 0x3f82, 0x3f81, 0x3f80, 0xbf82, 0x7f80,
                                    0xff80, 0x0000, 0x8000, 0x0002, 0x7fc0, 0x7fc0};
  enum { N = sizeof given / sizeof *given };
  const enum assay_isa before = assay_isa();
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    assert_ok(assay_isa_force((enum assay_isa)isa));
    float x[60];
    uint16_t out[60];
    for (int i = 0; i < 60; i++) x[i] = from_bits(given[i % N]);
    assay_nn_kernels()->to_bf16(out, x, 60);
    for (int i = 0; i < 60; i++) assert_int_equal(out[i], wanted[i % N]);
  }
  assert_ok(assay_isa_force(before));
}

/* ---- exact products ------------------------------------------------------------------------- */

enum { BATCH = 8 };

struct model {
  struct assay_nn_params params;
  struct assay_nn_graph *g;
  struct assay_nn_run *run;
  int x, y;
};

static void open_run(struct model *m, struct assay_nn_run_options options)
{
  options.batch = BATCH;
  options.training = true;
  assert_ok(assay_nn_graph_finish(m->g));
  if (!m->params.value) assert_ok(assay_nn_params_allocate(&m->params, 5));
  assert_ok(assay_nn_run_create(&m->run, m->g, &options));
}

static void close_model(struct model *m)
{
  assay_nn_run_destroy(m->run);
  assay_nn_graph_destroy(m->g);
  assay_nn_params_clear(&m->params);
}

static int linear(struct assay_nn_graph *g, int x)
{
  return assay_nn_linear(g, "layer", x, 32);
}
static int no_bias(struct assay_nn_graph *g, int x)
{
  return assay_nn_linear_no_bias(g, "layer", x, 16);
}
static int twice(struct assay_nn_graph *g, int x)
{
  return assay_nn_add(g, assay_nn_linear(g, "layer", x, 32), assay_nn_linear(g, "other", x, 32));
}
static int conv(struct assay_nn_graph *g, int x, int kernel, int stride, int padding, int mode)
{
  return assay_nn_conv(g, "layer", x,
                       &(struct assay_nn_conv){.channels = 16,
                                               .kernel = kernel,
                                               .stride = stride,
                                               .padding = padding,
                                               .mode = (enum assay_nn_padding)mode,
                                               .no_bias = stride > 1});
}
static int zeros(struct assay_nn_graph *g, int x)
{
  return conv(g, x, 3, 1, 1, ASSAY_NN_PAD_ZEROS);
}
static int replicate(struct assay_nn_graph *g, int x)
{
  return assay_nn_add(
      g, conv(g, x, 3, 1, 1, ASSAY_NN_PAD_REPLICATE),
      assay_nn_conv(g, "beside", x, &(struct assay_nn_conv){.channels = 16, .kernel = 1}));
}
static int circular(struct assay_nn_graph *g, int x)
{
  return conv(g, x, 5, 1, 2, ASSAY_NN_PAD_CIRCULAR);
}
static int strided(struct assay_nn_graph *g, int x)
{
  return conv(g, x, 3, 2, 1, ASSAY_NN_PAD_REFLECT);
}

static const struct {
  const char *name;
  int n, d[3];
  int (*build)(struct assay_nn_graph *g, int x);
} layers[] = {
    {"linear", 2, {4, 24}, linear},
    {"no bias", 2, {8, 17}, no_bias},
    {"twice", 2, {4, 16}, twice},
    {"zeros", 3, {16, 4, 8}, zeros},
    {"replicate", 3, {24, 8, 4}, replicate},
    {"circular", 3, {16, 4, 8}, circular},
    {"strided", 3, {17, 8, 8}, strided},
    {"row", 2, {16, 32}, replicate},
};

static void integers(float *x, size_t n, int most, uint64_t key)
{
  struct assay_rng rng = assay_rng_init(3, key, 0);
  for (size_t i = 0; i < n; i++) x[i] = (float)floor(assay_rng_between(&rng, -most, most + 1));
}

static void open_layer(struct model *m, int k, struct assay_nn_run_options options, bool whole)
{
  *m = (struct model){0};
  assert_ok(assay_nn_graph_create(&m->g, &m->params));
  m->x = assay_nn_input(m->g, "x", layers[k].n, layers[k].d);
  assay_nn_want_gradient(m->g, m->x);
  const int out = assay_nn_output(m->g, "out", layers[k].build(m->g, m->x));
  assert_true(out >= 0);
  const struct assay_nn_shape s = m->g->value[out].shape;
  m->y = assay_nn_input(m->g, "y", s.n, s.d);
  assay_nn_mse(m->g, out, m->y, -1);
  open_run(m, options);
  integers(assay_nn_run_value(m->run, m->x), BATCH * assay_nn_shape_size(&m->g->value[m->x].shape),
           2, 1);
  integers(assay_nn_run_value(m->run, m->y), BATCH * assay_nn_shape_size(&s), 3, 2);
  for (int i = 0; whole && i < m->params.n; i++)
    integers(m->params.value + m->params.row[i].offset, m->params.row[i].size, 1, 3 + (uint64_t)i);
}

/* Small integers, and gradients that are integers over a power of two. */
static void exact_products_are_exact(void **state)
{
  (void)state;
  for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
    struct model m[2];
    double loss[2];
    for (int i = 0; i < 2; i++) {
      open_layer(&m[i], (int)k,
                 (struct assay_nn_run_options){.bf16 = i, .tile = i ? 3 : BATCH, .shards = 1 + i},
                 true);
      assert_ok(assay_nn_run_step(&loss[i], m[i].run, BATCH));
    }
    const size_t x = BATCH * assay_nn_shape_size(&m[0].g->value[m[0].x].shape),
                 out = BATCH * assay_nn_shape_size(&m[0].g->value[m[0].y].shape);
    const int z = assay_nn_graph_find(m[0].g, "out");
    if (memcmp(m[0].params.gradient, m[1].params.gradient, m[0].params.length * sizeof(float)) != 0)
      fail_msg("%s: gradients of parameters differ", layers[k].name);
    if (memcmp(assay_nn_run_value(m[0].run, z), assay_nn_run_value(m[1].run, z),
               out * sizeof(float)) != 0)
      fail_msg("%s: outputs differ", layers[k].name);
    if (memcmp(assay_nn_run_gradient(m[0].run, m[0].x), assay_nn_run_gradient(m[1].run, m[1].x),
               x * sizeof(float)) != 0)
      fail_msg("%s: gradients of the input differ", layers[k].name);
    assert_close(loss[0], loss[1], 1e-12, 0);
    for (int i = 0; i < 2; i++) close_model(&m[i]);
  }
}

static double distance(const float *a, const float *b, size_t n)
{
  double error = 0, square = 0;
  for (size_t i = 0; i < n; i++) {
    error += pow((double)a[i] - (double)b[i], 2);
    square += pow((double)a[i], 2);
  }
  return sqrt(error / square);
}

/* Weights as they start are rounded: half a unit of 8 bits, less in the mean. */
static void others_are_rounded(void **state)
{
  (void)state;
  for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
    struct model m[2];
    double loss;
    for (int i = 0; i < 2; i++) {
      open_layer(&m[i], (int)k, (struct assay_nn_run_options){.bf16 = i}, false);
      assert_ok(assay_nn_run_step(&loss, m[i].run, BATCH));
    }
    const double d = distance(m[0].params.gradient, m[1].params.gradient, m[0].params.length);
    if (!(d > 1e-5 && d < 4e-3)) fail_msg("%s: gradients are %g apart", layers[k].name, d);
    for (int i = 0; i < 2; i++) close_model(&m[i]);
  }
}

static void threads_change_no_bit(void **state)
{
  (void)state;
  enum { MOST = 8192 };
  static float first[MOST];
  for (size_t k = 0; k < sizeof layers / sizeof *layers; k++)
    for (int threads = 1; threads <= 3; threads++) {
      struct model m;
      double loss;
      open_layer(&m, (int)k,
                 (struct assay_nn_run_options){
                     .bf16 = true, .tile = 1 + (int)k % 2, .shards = 4, .threads = threads},
                 false);
      assert_true(m.params.length <= MOST);
      for (int repeat = 0; repeat < 3; repeat++) {
        assert_ok(assay_nn_run_step(&loss, m.run, BATCH));
        if (threads == 1) memcpy(first, m.params.gradient, m.params.length * sizeof *first);
        assert_memory_equal(first, m.params.gradient, m.params.length * sizeof *first);
      }
      close_model(&m);
    }
}

/* ---- training ------------------------------------------------------------------------------- */

enum { SEEDS = 4 };

/* a smooth function of two numbers, at 64 points of a sample */
static void function_of_points(float *x, float *y, uint64_t key)
{
  struct assay_rng rng = assay_rng_init(4, key, 0);
  for (int i = 0; i < BATCH * 64; i++) {
    const double a = assay_rng_between(&rng, -1, 1), b = assay_rng_between(&rng, -1, 1);
    x[2 * i] = (float)a;
    x[2 * i + 1] = (float)b;
    y[i] = (float)(sin(3 * a) * b + 0.4 * cos(4 * b + a));
  }
}

static int points_net(struct assay_nn_graph *g, int *y)
{
  int x = assay_nn_input(g, "x", 2, (int[]){64, 2});
  for (int i = 0; i < 3; i++)
    x = assay_nn_gelu(g, assay_nn_linear(g, (const char *[]){"a", "b", "c"}[i], x, 48));
  *y = assay_nn_input(g, "y", 2, (int[]){64, 1});
  return assay_nn_linear(g, "d", x, 1);
}

/* planes, and the same moved by (2, 3) and smoothed a little */
static void moved_planes(float *x, float *y, uint64_t key)
{
  enum { SIDE = 16 };
  struct assay_rng rng = assay_rng_init(4, key, 0);
  for (int i = 0; i < BATCH; i++, x += SIDE * SIDE, y += SIDE * SIDE) {
    const double p = assay_rng_between(&rng, 0, 6.3), q = assay_rng_between(&rng, 0, 6.3);
    const double a = assay_rng_between(&rng, 0.5, 1), turn = 2 * acos(-1.0) / SIDE;
    for (int r = 0; r < SIDE; r++)
      for (int c = 0; c < SIDE; c++) {
        x[r * SIDE + c] = (float)(a * sin(turn * r + p) + cos(2 * turn * c + q));
        y[r * SIDE + c] =
            (float)(0.9 * a * sin(turn * (r - 2) + p) + 0.7 * cos(2 * turn * (c - 3) + q));
      }
  }
}

static int planes_net(struct assay_nn_graph *g, int *y)
{
  const struct assay_nn_conv wide = {
      .channels = 24, .kernel = 5, .padding = 2, .mode = ASSAY_NN_PAD_CIRCULAR};
  int x = assay_nn_input(g, "x", 3, (int[]){1, 16, 16});
  x = assay_nn_gelu(g, assay_nn_conv(g, "a", x, &wide));
  x = assay_nn_gelu(g, assay_nn_conv(g, "b", x, &wide));
  *y = assay_nn_input(g, "y", 3, (int[]){1, 16, 16});
  return assay_nn_conv(g, "c", x, &(struct assay_nn_conv){.channels = 1, .kernel = 1});
}

struct subject {
  const char *name;
  int (*net)(struct assay_nn_graph *g, int *y);
  void (*data)(float *x, float *y, uint64_t key);
  int steps;
  double learned; /* error that training gets below */
};

/* Mean loss on data that training has not seen. */
static double learn(const struct subject *s, bool bf16, uint64_t seed)
{
  enum { UNSEEN = 10 };
  struct model m = {0};
  struct assay_nn_optimiser *adam;
  double loss, sum = 0;
  assert_ok(assay_nn_graph_create(&m.g, &m.params));
  const int z = s->net(m.g, &m.y);
  m.x = assay_nn_graph_find(m.g, "x");
  assay_nn_mse(m.g, z, m.y, -1);
  assert_ok(assay_nn_params_allocate(&m.params, seed));
  open_run(&m, (struct assay_nn_run_options){.bf16 = bf16});
  assert_ok(assay_nn_optimiser_create(&adam, "adam", NULL, &m.params));
  for (int i = 0; i < s->steps + UNSEEN; i++) {
    s->data(assay_nn_run_value(m.run, m.x), assay_nn_run_value(m.run, m.y),
            1000 * seed + (uint64_t)i);
    assert_ok(assay_nn_run_step(&loss, m.run, BATCH));
    const double left = 1 - (double)i / s->steps;
    if (i < s->steps) assay_nn_optimiser_step(adam, 3e-3 * left, loss);
    if (i >= s->steps) sum += loss / UNSEEN;
  }
  assay_nn_optimiser_destroy(adam);
  close_model(&m);
  return sum;
}

/* Mean of the logarithm over the seeds, and its spread. */
static void outcome(double *mean, double *spread, const struct subject *s, bool bf16)
{
  double value[SEEDS], squares = 0;
  *mean = 0;
  for (int i = 0; i < SEEDS; i++) {
    value[i] = log(learn(s, bf16, 11 + (uint64_t)i));
    assert_true(value[i] < log(s->learned));
    *mean += value[i] / SEEDS;
  }
  for (int i = 0; i < SEEDS; i++) squares += pow(value[i] - *mean, 2);
  *spread = sqrt(squares / (SEEDS - 1));
}

static void training_ends_alike(void **state)
{
  (void)state;
  static const struct subject subjects[] = {
      {"points", points_net, function_of_points, 500, 1e-2},
      {"planes", planes_net, moved_planes, 150, 1e-2},
  };
  for (size_t k = 0; k < 2; k++) {
    double mean[2], spread[2];
    for (int i = 0; i < 2; i++) outcome(&mean[i], &spread[i], &subjects[k], i);
    print_message("# %s: error %.6g in single precision, %.6g in bfloat16, spread %.2f and %.2f\n",
                  subjects[k].name, exp(mean[0]), exp(mean[1]), exp(spread[0]), exp(spread[1]));
    assert_true(mean[1] - mean[0] < spread[0] / sqrt(SEEDS)); /* error of the mean of seeds */
  }
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  if (!assay_nn_bf16_available()) {
    assert_true(assay_nn_bf16_check() == ASSAY_EENV);
    printf("1..0 # SKIP no products in bfloat16 here\n");
    return 77;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rounds_to_nearest_even), cmocka_unit_test(exact_products_are_exact),
      cmocka_unit_test(others_are_rounded),     cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(training_ends_alike),    cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
