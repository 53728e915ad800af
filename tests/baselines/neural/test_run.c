/* Graphs and the executor: messages of wrong models, the order of phases, shared values, parts of a
 * batch, threads, and finding what is not finite. */
#include "baselines/neural/op_attention.h"
#include "baselines/neural/op_film.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"
#include "baselines/neural/run.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/baselines/neural/centre.h"
#include "tests/test.h"

struct model {
  struct assay_nn_params params;
  struct assay_nn_graph *g;
};

static void open_model(struct model *m)
{
  *m = (struct model){0};
  assert_ok(assay_nn_graph_create(&m->g, &m->params));
}

static void close_model(struct model *m)
{
  assay_nn_graph_destroy(m->g);
  assay_nn_params_clear(&m->params);
}

static void scatter(float *x, size_t n, uint64_t key)
{
  struct assay_rng rng = assay_rng_init(3, key, 0);
  for (size_t i = 0; i < n; i++) x[i] = (float)assay_rng_between(&rng, -1.3, 1.7);
}

/* ---- messages ----------------------------------------------------------------------------- */

static int in3(struct assay_nn_graph *g)
{
  return assay_nn_input(g, "x", 2, (int[]){4, 3});
}

static void wrong_width(struct assay_nn_graph *g)
{
  assay_nn_linear(g, "layers.0", in3(g), 0);
}
static void twice_the_same_layer(struct assay_nn_graph *g)
{
  assay_nn_linear(g, "layers.0", assay_nn_linear(g, "layers.0", in3(g), 3), 3);
}
static void unequal_shapes(struct assay_nn_graph *g)
{
  const int x = in3(g);
  assay_nn_add(g, x, assay_nn_linear(g, "wide", x, 5));
}
static void bad_reshape(struct assay_nn_graph *g)
{
  assay_nn_reshape(g, in3(g), 1, (int[]){13});
}
static void bad_slice(struct assay_nn_graph *g)
{
  assay_nn_slice(g, in3(g), 1, 2, 2);
}
static void bad_concat(struct assay_nn_graph *g)
{
  const int x = in3(g);
  assay_nn_concat(g, 0, (int[]){x, assay_nn_linear(g, "wide", x, 5)}, 2);
}
static void bad_broadcast(struct assay_nn_graph *g)
{
  assay_nn_broadcast(g, in3(g), 3, (int[]){2, 5, 3});
}
static void bad_inner(struct assay_nn_graph *g)
{
  const int x = in3(g);
  assay_nn_inner(g, x, assay_nn_linear(g, "wide", x, 5));
}
static void computed_target(struct assay_nn_graph *g)
{
  const int x = in3(g);
  assay_nn_mse(g, x, assay_nn_relu(g, x), -1);
}
static void two_losses(struct assay_nn_graph *g)
{
  const int x = in3(g);
  assay_nn_mse(g, x, x, -1);
  assay_nn_mse(g, x, x, -1);
}
static void long_shape(struct assay_nn_graph *g)
{
  assay_nn_input(g, "x", 3, (int[]){4, 0, 2});
}
static void one_name_twice(struct assay_nn_graph *g)
{
  in3(g);
  in3(g);
}
static void many_dims(struct assay_nn_graph *g)
{
  assay_nn_norm_relu(g, in3(g), 3);
}
static void heads_that_do_not_fit(struct assay_nn_graph *g)
{
  assay_nn_self_attention(g, "look", in3(g), 2);
}
static void knobs_that_do_not_fit(struct assay_nn_graph *g)
{
  assay_nn_modulate(g, in3(g), 1, assay_nn_input(g, "about", 1, (int[]){5}));
}

static const struct {
  void (*build)(struct assay_nn_graph *g);
  const char *text;
} wrong[] = {
    {wrong_width, "layers.0: width 0"},
    {twice_the_same_layer, "layers.0: there are two layers of this name"},
    {unequal_shapes, "add: inputs have the shapes [4, 3] and [4, 5], expected equal ones"},
    {bad_reshape, "reshape: [13] does not hold the numbers of [4, 3]"},
    {bad_slice, "slice: [4, 3] has no entries 2 to 3 along dimension 1"},
    {bad_concat, "concat: [4, 5] does not fit behind [4, 3] along dimension 0"},
    {bad_broadcast, "broadcast: [4, 3] cannot be repeated to [2, 5, 3]"},
    {bad_inner, "inner: inputs are [4, 3] and [4, 5], expected [p]"},
    {computed_target, "mse: the target must be an input"},
    {two_losses, "mse: the graph has a loss already"},
    {long_shape, "x: shape [4, 0, 2]: every length must be at least 1"},
    {one_name_twice, "x: there are two values of this name"},
    {heads_that_do_not_fit,
     "attention: the input is [4, 9], expected [n, 3 e] with e a multiple of 2 heads"},
    {knobs_that_do_not_fit, "modulate: the knobs are [5], expected [6] for dimension 1 of [4, 3]"},
    {many_dims, "norm_relu: standardises 3 dimensions of 2"},
};

static void the_first_error_names_its_layer(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct model m;
    open_model(&m);
    wrong[i].build(m.g);
    assay_nn_linear(m.g, "later", -1, -1); /* does nothing */
    assert_fails(assay_nn_graph_finish(m.g), ASSAY_EARG, wrong[i].text);
    close_model(&m);
  }
}

/* ---- parameters --------------------------------------------------------------------------- */

static void parameters_have_names_counts_and_starts(void **state)
{
  (void)state;
  struct model m, other;
  open_model(&m);
  assay_nn_linear(m.g, "b",
                  assay_nn_linear(m.g, "a", assay_nn_input(m.g, "x", 1, (int[]){400}), 60), 7);
  assert_ok(assay_nn_graph_finish(m.g));
  assert_ok(assay_nn_params_allocate(&m.params, 11));
  assert_int_equal(m.params.count, 400 * 60 + 60 + 60 * 7 + 7);
  const int w = assay_nn_params_find(&m.params, "a.weight");
  assert_int_equal(w, 0);
  assert_int_equal(m.params.row[w].shape.d[0], 60);
  assert_int_equal(m.params.row[1].offset % 16, 0);
  double largest = 0, mean = 0, squares = 0;
  for (int i = 0; i < 24000; i++) {
    const double v = (double)m.params.value[i];
    largest = fmax(largest, fabs(v));
    mean += v / 24000;
    squares += v * v / 24000;
  }
  assert_true(largest <= 1 / 20.0 && largest > 0.0499); /* 1 / sqrt(400) */
  assert_true(fabs(mean) < 1e-3);
  assert_close(squares, 1 / 1200.0, 0.03, 0); /* bound^2 / 3 */

  open_model(&other); /* without a: b starts with the same numbers */
  assay_nn_linear(other.g, "b", assay_nn_input(other.g, "x", 1, (int[]){60}), 7);
  assert_ok(assay_nn_params_allocate(&other.params, 11));
  assert_memory_equal(other.params.value,
                      m.params.value +
                          m.params.row[assay_nn_params_find(&m.params, "b.weight")].offset,
                      420 * sizeof(float));
  close_model(&other);
  close_model(&m);
}

static void a_second_graph_uses_the_same_parameters(void **state)
{
  (void)state;
  struct model m;
  struct assay_nn_graph *again, *wider, *new;
  open_model(&m);
  assay_nn_linear(m.g, "a", assay_nn_input(m.g, "x", 1, (int[]){4}), 3);
  assert_ok(assay_nn_params_allocate(&m.params, 11));
  assert_ok(assay_nn_graph_create(&again, &m.params));
  assay_nn_linear(again, "a", assay_nn_input(again, "x", 2, (int[]){9, 4}), 3);
  assert_ok(assay_nn_graph_finish(again));
  assert_int_equal(again->node[0].param[0], m.g->node[0].param[0]);
  assert_ok(assay_nn_graph_create(&wider, &m.params));
  assay_nn_linear(wider, "a", assay_nn_input(wider, "x", 1, (int[]){5}), 3);
  assert_fails(assay_nn_graph_finish(wider), ASSAY_EARG, "'a.weight' has shape [3, 4], not [3, 5]");
  assert_ok(assay_nn_graph_create(&new, &m.params));
  assay_nn_linear(new, "b", assay_nn_input(new, "x", 1, (int[]){4}), 3);
  assert_fails(assay_nn_graph_finish(new), ASSAY_EARG, "the model has no parameter 'b.weight'");
  assay_nn_graph_destroy(again);
  assay_nn_graph_destroy(wider);
  assay_nn_graph_destroy(new);
  close_model(&m);
}

/* ---- phases ------------------------------------------------------------------------------- */

enum { BATCH = 37, WIDTH = 6 };

/* x [WIDTH] -> linear, activation, (centre,) linear -> loss against y [3] */
static void small_net(struct model *m, bool joins)
{
  open_model(m);
  const int x = assay_nn_input(m->g, "x", 1, (int[]){WIDTH}),
            y = assay_nn_input(m->g, "y", 1, (int[]){3});
  int h = assay_nn_gelu(m->g, assay_nn_linear(m->g, "a", x, 11));
  if (joins) h = centre(m->g, "centre", h);
  h = assay_nn_relu(m->g, assay_nn_linear(m->g, "b", h, 5));
  assay_nn_nmse(m->g, assay_nn_output(m->g, "z", assay_nn_linear(m->g, "c", h, 3)), y, -1);
  assert_ok(assay_nn_graph_finish(m->g));
  assert_ok(assay_nn_params_allocate(&m->params, 5));
}

static struct assay_nn_run *start(struct model *m, struct assay_nn_run_options options)
{
  struct assay_nn_run *run;
  options.batch = BATCH;
  assert_ok(assay_nn_run_create(&run, m->g, &options));
  scatter(assay_nn_run_named(run, "x"), BATCH * WIDTH, 1);
  scatter(assay_nn_run_named(run, "y"), BATCH * 3, 2);
  return run;
}

static void only_joins_cut_phases(void **state)
{
  (void)state;
  for (int joins = 0; joins < 2; joins++) {
    struct model m;
    small_net(&m, joins);
    struct assay_nn_run *run = start(&m, (struct assay_nn_run_options){.training = true}),
                        *forward = start(&m, (struct assay_nn_run_options){0});
    /* sums of the target; then all, or until the join, to the loss and back, and the rest back */
    assert_int_equal(assay_nn_run_info(run).phases, joins ? 4 : 2);
    assert_int_equal(assay_nn_run_info(forward).phases, 1);
    assay_nn_run_destroy(run);
    assay_nn_run_destroy(forward);
    close_model(&m);
  }
}

static void the_number_of_tiles_is_a_matter_of_rounding(void **state)
{
  (void)state;
  for (int joins = 0; joins < 2; joins++) {
    struct model m;
    double loss[2];
    float first[256];
    for (int pass = 0; pass < 2; pass++) {
      small_net(&m, joins);
      assert_true(m.params.length <= 256);
      struct assay_nn_run *run =
          start(&m, (struct assay_nn_run_options){
                        .training = true, .tile = pass ? 3 : BATCH, .shards = pass ? 5 : 1});
      assert_ok(assay_nn_run_step(&loss[pass], run, 31)); /* not the whole batch */
      if (pass == 0) memcpy(first, m.params.gradient, m.params.length * sizeof *first);
      for (size_t i = 0; i < m.params.length; i++)
        assert_close((double)m.params.gradient[i], (double)first[i], 1e-4, 1e-6);
      assay_nn_run_destroy(run);
      close_model(&m);
    }
    assert_close(loss[0], loss[1], 1e-6, 0);
  }
}

static void threads_change_no_bit(void **state)
{
  (void)state;
  float first[256];
  double loss, again;
  for (int threads = 1; threads <= 3; threads++) {
    struct model m;
    small_net(&m, true);
    struct assay_nn_run *run =
        start(&m, (struct assay_nn_run_options){
                      .training = true, .tile = 2, .shards = 8, .threads = threads});
    for (int repeat = 0; repeat < 20; repeat++) {
      assert_ok(assay_nn_run_step(&loss, run, BATCH));
      if (threads == 1) memcpy(first, m.params.gradient, m.params.length * sizeof *first);
      if (threads == 1) again = loss;
      assert_memory_equal(first, m.params.gradient, m.params.length * sizeof *first);
      assert_memory_equal(&loss, &again, sizeof loss);
    }
    assay_nn_run_destroy(run);
    close_model(&m);
  }
}

static void running_statistics_settle_once_a_step(void **state)
{
  (void)state;
  struct model m;
  double loss;
  open_model(&m);
  const int x = assay_nn_input(m.g, "x", 1, (int[]){WIDTH}),
            y = assay_nn_input(m.g, "y", 1, (int[]){WIDTH});
  assay_nn_mse(m.g, assay_nn_output(m.g, "z", centre(m.g, "centre", x)), y, -1);
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  assert_int_equal(m.params.count, 0); /* a buffer is not learned */
  struct assay_nn_run *run = NULL, *forward = NULL;
  const struct assay_nn_run_options options = {
      .batch = BATCH, .training = true, .tile = 4, .shards = 3};
  assert_ok(assay_nn_run_create(&run, m.g, &options));
  assert_ok(assay_nn_run_create(&forward, m.g, &(struct assay_nn_run_options){.batch = BATCH}));
  float *in = assay_nn_run_named(run, "x");
  scatter(in, BATCH * WIDTH, 1);
  double mean = 0;
  for (int i = 0; i < BATCH; i++) mean += (double)in[i * WIDTH] / BATCH;
  assert_ok(assay_nn_run_step(&loss, run, BATCH));
  assert_close((double)assay_nn_run_named(run, "z")[5 * WIDTH], (double)in[5 * WIDTH] - mean, 1e-5,
               1e-6);
  assert_close((double)m.params.value[0], 0.1 * mean, 1e-5, 0);
  memcpy(assay_nn_run_named(forward, "x"), in, BATCH * WIDTH * sizeof *in);
  assert_ok(assay_nn_run_forward(forward, 7));
  assert_close((double)assay_nn_run_named(forward, "z")[5 * WIDTH],
               (double)in[5 * WIDTH] - 0.1 * mean, 1e-5, 1e-6);
  assay_nn_run_destroy(run);
  assay_nn_run_destroy(forward);
  close_model(&m);
}

/* ---- shared values ------------------------------------------------------------------------ */

/* A trunk that all samples share: gradients of its parameters against differences. */
static void a_shared_trunk_learns(void **state)
{
  (void)state;
  struct model m;
  struct assay_nn_run *run;
  double loss, above, below;
  open_model(&m);
  const int x = assay_nn_input(m.g, "x", 1, (int[]){WIDTH});
  const int y = assay_nn_input(m.g, "y", 1, (int[]){9});
  const int points = assay_nn_shared_input(m.g, "points", 9, 1, (int[]){2});
  const int branch = assay_nn_tanh(m.g, assay_nn_linear(m.g, "branch", x, 4));
  const int trunk = assay_nn_tanh(
      m.g,
      assay_nn_linear(m.g, "t1", assay_nn_tanh(m.g, assay_nn_linear(m.g, "t0", points, 8)), 4));
  assay_nn_mse(m.g, assay_nn_bias(m.g, "offset", assay_nn_inner(m.g, branch, trunk), -1), y, -1);
  assert_ok(assay_nn_graph_finish(m.g));
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  assert_ok(assay_nn_run_create(
      &run, m.g,
      &(struct assay_nn_run_options){.batch = BATCH, .training = true, .tile = 4, .shards = 3}));
  scatter(assay_nn_run_named(run, "x"), BATCH * WIDTH, 1);
  scatter(assay_nn_run_named(run, "y"), BATCH * 9, 2);
  scatter(assay_nn_run_named(run, "points"), 18, 3);
  for (int i = 0; i < m.params.n; i++) {
    float *p = m.params.value + m.params.row[i].offset, before = *p;
    assert_ok(assay_nn_run_step(&loss, run, BATCH));
    const double gradient = (double)m.params.gradient[m.params.row[i].offset];
    *p = before + 0.0078125f;
    assert_ok(assay_nn_run_step(&above, run, BATCH));
    *p = before - 0.0078125f;
    assert_ok(assay_nn_run_step(&below, run, BATCH));
    *p = before;
    assert_close(gradient, (above - below) / 0.015625, 5e-3, 1e-5);
    assert_true(fabs(gradient) > 1e-4);
  }
  assay_nn_run_destroy(run);
  close_model(&m);
}

/* Shared values of a frozen run: not made again by later calls, not written over by them. */
static void frozen_values_stay_until_thawed(void **state)
{
  (void)state;
  struct model m;
  struct assay_nn_run *run[2]; /* as always, frozen */
  float before[BATCH * 9];
  open_model(&m);
  const int points = assay_nn_shared_input(m.g, "points", 9, 1, (int[]){3});
  int trunk = assay_nn_gelu(m.g, assay_nn_linear(m.g, "trunk.0", points, 40)),
      x = assay_nn_input(m.g, "x", 1, (int[]){WIDTH});
  trunk = assay_nn_linear(m.g, "trunk.1", assay_nn_tanh(m.g, trunk), 4);
  for (int i = 0; i < 3; i++)
    x = assay_nn_tanh(m.g, assay_nn_linear(m.g, (const char *[]){"a", "b", "c"}[i], x, 90 - i));
  x = assay_nn_linear(m.g, "d", x, 4);
  assay_nn_output(m.g, "z", assay_nn_gelu(m.g, assay_nn_inner(m.g, x, trunk)));
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  for (int i = 0; i < 2; i++) {
    assert_ok(assay_nn_run_create(
        &run[i], m.g, &(struct assay_nn_run_options){.batch = BATCH, .frozen = i, .tile = 5}));
    scatter(assay_nn_run_named(run[i], "x"), BATCH * WIDTH, 1);
    scatter(assay_nn_run_named(run[i], "points"), 27, 2);
    for (int repeat = 0; repeat < 3; repeat++) assert_ok(assay_nn_run_forward(run[i], BATCH));
  }
  const float *z[2] = {assay_nn_run_named(run[0], "z"), assay_nn_run_named(run[1], "z")};
  assert_memory_equal(z[0], z[1], sizeof before);
  memcpy(before, z[0], sizeof before);
  const struct assay_nn_row *row = &m.params.row[assay_nn_params_find(&m.params, "trunk.0.weight")];
  for (size_t i = 0; i < row->size; i++) m.params.value[row->offset + i] *= 2.385f;
  for (int i = 0; i < 2; i++) assert_ok(assay_nn_run_forward(run[i], BATCH));
  assert_memory_equal(z[1], before, sizeof before);
  assert_true(memcmp(z[0], before, sizeof before) != 0);
  assay_nn_run_thaw(run[1]);
  assert_ok(assay_nn_run_forward(run[1], BATCH));
  assert_memory_equal(z[0], z[1], sizeof before);
  for (int i = 0; i < 2; i++) assay_nn_run_destroy(run[i]);
  close_model(&m);
}

static void what_is_shared_cannot_be_joined(void **state)
{
  (void)state;
  struct model m;
  struct assay_nn_run *run;
  open_model(&m);
  const int points = assay_nn_shared_input(m.g, "points", 9, 1, (int[]){2});
  const int x = assay_nn_input(m.g, "x", 1, (int[]){2}),
            y = assay_nn_input(m.g, "y", 1, (int[]){9});
  assay_nn_mse(m.g, assay_nn_inner(m.g, x, centre(m.g, "norm", points)), y, -1);
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  assert_fails(
      assay_nn_run_create(&run, m.g, &(struct assay_nn_run_options){.batch = 4, .training = true}),
      ASSAY_EUNSUPPORTED, "norm: sums over the batch of values that all samples share");
  close_model(&m);
}

/* ---- use ---------------------------------------------------------------------------------- */

static void a_value_written_over_is_not_one_that_is_needed(void **state)
{
  (void)state;
  struct model m;
  struct assay_nn_run *run;
  double loss, above, below;
  open_model(&m); /* tanh needs its output going back: relu behind it must not write there */
  const int x = assay_nn_input(m.g, "x", 1, (int[]){WIDTH}),
            y = assay_nn_input(m.g, "y", 1, (int[]){WIDTH});
  const int h = assay_nn_tanh(m.g, assay_nn_linear(m.g, "a", x, WIDTH));
  assay_nn_mse(m.g, assay_nn_relu(m.g, assay_nn_scale(m.g, h, -1.25)), y, -1);
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  assert_ok(assay_nn_run_create(&run, m.g,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  scatter(assay_nn_run_named(run, "x"), BATCH * WIDTH, 1);
  scatter(assay_nn_run_named(run, "y"), BATCH * WIDTH, 2);
  assert_ok(assay_nn_run_step(&loss, run, BATCH));
  const double gradient = (double)m.params.gradient[3];
  m.params.value[3] += 0.00390625f;
  assert_ok(assay_nn_run_step(&above, run, BATCH));
  m.params.value[3] -= 0.0078125f;
  assert_ok(assay_nn_run_step(&below, run, BATCH));
  assert_close(gradient, (above - below) / 0.0078125, 5e-3, 1e-6);
  assay_nn_run_destroy(run);
  close_model(&m);
}

static void parts_of_a_model_that_lead_nowhere_are_harmless(void **state)
{
  (void)state;
  struct model m;
  struct assay_nn_run *run;
  double loss;
  open_model(&m);
  const int x = assay_nn_input(m.g, "x", 1, (int[]){WIDTH}),
            y = assay_nn_input(m.g, "y", 1, (int[]){WIDTH});
  const int h = assay_nn_linear(m.g, "a", x, WIDTH);
  assay_nn_output(m.g, "aside", assay_nn_tanh(m.g, assay_nn_linear(m.g, "aside", h, 2)));
  assay_nn_mse(m.g, h, y, -1);
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  assert_ok(assay_nn_run_create(&run, m.g,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  scatter(assay_nn_run_named(run, "x"), BATCH * WIDTH, 1);
  assert_ok(assay_nn_run_step(&loss, run, BATCH));
  const struct assay_nn_row *row = &m.params.row[assay_nn_params_find(&m.params, "aside.weight")];
  assert_true(m.params.gradient[row->offset] == 0);
  assert_true(m.params.gradient[0] != 0);
  assert_true(assay_nn_run_named(run, "aside")[3] != 0);
  assay_nn_run_destroy(run);
  close_model(&m);
}

static void wrong_use_is_refused(void **state)
{
  (void)state;
  struct model m;
  double loss;
  struct assay_nn_run *none;
  open_model(&m);
  assay_nn_linear(m.g, "a", assay_nn_input(m.g, "x", 1, (int[]){4}), 3);
  const struct assay_nn_run_options train = {.batch = 4, .training = true};
  assert_fails(assay_nn_run_create(&none, m.g, &train), ASSAY_EARG, "are not allocated");
  assert_ok(assay_nn_params_allocate(&m.params, 5));
  assert_fails(assay_nn_run_create(&none, m.g, &train), ASSAY_EARG, "needs a graph with a loss");
  close_model(&m);
  small_net(&m, false);
  struct assay_nn_run *run = start(&m, (struct assay_nn_run_options){.training = true}),
                      *forward = start(&m, (struct assay_nn_run_options){0});
  assert_fails(assay_nn_run_step(&loss, run, BATCH + 1), ASSAY_EARG, "38 samples; 1 to 37");
  assert_fails(assay_nn_run_forward(forward, 0), ASSAY_EARG, "0 samples");
  assert_fails(assay_nn_run_forward(run, 1), ASSAY_EARG, "made for training");
  assert_fails(assay_nn_run_step(&loss, forward, 1), ASSAY_EARG, "not made for training");
  assert_null(assay_nn_run_named(run, "nobody"));
  assay_nn_run_destroy(run);
  assay_nn_run_destroy(forward);
  close_model(&m);
}

static void expect_blame(struct assay_nn_run *run, const char *text)
{
  char *where = NULL;
  assert_ok(assay_nn_run_blame(&where, run, BATCH));
  assert_string_equal(where, text);
  assay_free(where);
}

static void what_is_not_finite_is_found(void **state)
{
  (void)state;
  struct model m;
  small_net(&m, true);
  struct assay_nn_run *run =
      start(&m, (struct assay_nn_run_options){.training = true, .tile = 5, .shards = 2});
  expect_blame(run, "nowhere");
  float *x = assay_nn_run_named(run, "x"), before = x[17];
  x[17] = NAN;
  expect_blame(run, "input x");
  x[17] = before;
  float *b = m.params.value + m.params.row[assay_nn_params_find(&m.params, "b.weight")].offset;
  before = *b;
  *b = INFINITY;
  expect_blame(run, "parameter b.weight");
  *b = 3e38f;
  for (int i = 1; i < 11; i++) b[i] = 3e38f;
  expect_blame(run, "layer b");
  assay_nn_run_destroy(run);
  close_model(&m);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_error_names_its_layer),
      cmocka_unit_test(parameters_have_names_counts_and_starts),
      cmocka_unit_test(a_second_graph_uses_the_same_parameters),
      cmocka_unit_test(only_joins_cut_phases),
      cmocka_unit_test(the_number_of_tiles_is_a_matter_of_rounding),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(running_statistics_settle_once_a_step),
      cmocka_unit_test(a_shared_trunk_learns),
      cmocka_unit_test(frozen_values_stay_until_thawed),
      cmocka_unit_test(what_is_shared_cannot_be_joined),
      cmocka_unit_test(a_value_written_over_is_not_one_that_is_needed),
      cmocka_unit_test(parts_of_a_model_that_lead_nowhere_are_harmless),
      cmocka_unit_test(wrong_use_is_refused),
      cmocka_unit_test(what_is_not_finite_is_found),
      cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
