/* Learned methods on one batch: all of it can be learned by heart; and what convolutions make of a
 * frame moves with it. */
#include "baselines/baseline.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/optimiser.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

enum { SETTINGS = 7 };

struct trial {
  const struct assay_nn_model *model;
  const char *set[SETTINGS];
  int points;
  bool timed;
};

struct net {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_run *run;
};

static void open_net(struct net *n, const struct trial *t, const struct assay_nn_sizes *z,
                     const struct assay_nn_run_options *options)
{
  const struct assay_baseline *b = t->model->baseline;
  void *set;
  *n = (struct net){0};
  assert_ok(assay_alloc(&set, 1, b->params_size, "test"));
  memcpy(set, b->defaults, b->params_size);
  for (int i = 0; i < SETTINGS && t->set[i]; i++)
    assert_ok(assay_param_assign(b->params, set, t->set[i]));
  assert_ok(assay_nn_graph_create(&n->graph, &n->params));
  const int y = assay_nn_output(n->graph, "answer", t->model->build(n->graph, z, set));
  assert_true(y >= 0);
  const struct assay_nn_shape shape = n->graph->value[y].shape;
  assay_nn_mse(n->graph, y, assay_nn_input(n->graph, "target", shape.n, shape.d), -1);
  assert_ok(assay_nn_graph_finish(n->graph));
  assert_ok(assay_nn_params_allocate(&n->params, 2385));
  assert_ok(assay_nn_run_create(&n->run, n->graph, options));
  assay_free(set);
}

static void close_net(struct net *n)
{
  assay_nn_run_destroy(n->run);
  assay_nn_graph_destroy(n->graph);
  assay_nn_params_clear(&n->params);
}

/* ---- by heart ------------------------------------------------------------------------------- */

enum { BATCH = 4, ROWS = 8, COLUMNS = 9, STEPS = 600 };

static const struct trial by_heart[] = {
    {&assay_nn_model_auto_deeponet, {"width=24", "depth=3"}, 12, false},
    {&assay_nn_model_auto_deeponetcnn,
     {"width=24", "depth=3", "channels=6", "levels=1", "head=24"},
     12,
     false},
    {&assay_nn_model_auto_edeeponet, {"width=24", "depth=3"}, 12, false},
    {&assay_nn_model_auto_ffn, {"width=96", "depth=3"}, 12, false},
    {&assay_nn_model_deeponet, {"width=24", "depth=3"}, 12, true},
    {&assay_nn_model_ffn, {"width=40", "depth=3", "activation=tanh"}, 12, true},
    {&assay_nn_model_fno, {"width=12", "depth=2", "modes=4", "projection=24"}, 0, false},
    {&assay_nn_model_resnet,
     {"blocks=3", "channels=8", "hidden=16", "kernel=3", "dropout=0"},
     0,
     false},
    {&assay_nn_model_unet, {"width=8", "levels=2"}, 0, false},
};

/* Loss after STEPS steps of Adam over the loss in the beginning: fields and answers are noise. */
static double what_is_left(const struct trial *t)
{
  const struct assay_nn_sizes z = {.n_fields = 2,
                                   .n_params = 3,
                                   .n_axes = 2,
                                   .rows = ROWS,
                                   .columns = COLUMNS,
                                   .points = t->points,
                                   .timed = t->timed,
                                   .balanced = true};
  struct net n;
  struct assay_nn_optimiser *adam;
  struct assay_rng rng = assay_rng_init(2385, 1, 0);
  double first = 0, loss = 0;
  open_net(&n, t, &z, &(struct assay_nn_run_options){.batch = BATCH, .training = true});
  for (int v = 0; v < n.graph->n_values; v++) {
    const struct assay_nn_value *value = &n.graph->value[v];
    const size_t count = BATCH * assay_nn_shape_size(&value->shape);
    float *x = value->input && value->items == 0 ? assay_nn_run_value(n.run, v) : NULL;
    const bool mask = x && strcmp(value->name, "mask") == 0;
    for (size_t i = 0; x && i < count; i++) x[i] = mask ? 1 : (float)assay_rng_normal(&rng);
  }
  assert_ok(assay_nn_optimiser_create(&adam, "adam", NULL, &n.params));
  for (int i = 0; i < STEPS; i++) {
    assert_ok(assay_nn_run_step(&loss, n.run, BATCH));
    if (i == 0) first = loss;
    assay_nn_optimiser_step(adam, 0.005 * (1 - (double)i / STEPS), loss);
  }
  assay_nn_optimiser_destroy(adam);
  close_net(&n);
  return loss / first;
}

static void one_batch_is_learned_by_heart(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof by_heart / sizeof *by_heart; i++) {
    const double left = what_is_left(&by_heart[i]);
    print_message("# %s: %.2g of the loss is left\n", by_heart[i].model->baseline->name, left);
    if (!(left < 0.02))
      fail_msg("%s: %g of the loss is left", by_heart[i].model->baseline->name, left);
  }
}

/* ---- moving along --------------------------------------------------------------------------- */

/* Multiples of what U-Net pools. Near the sides it is not the same everywhere: a transposed
 * convolution makes even and odd places, and padding ends their order. */
enum { SIDE = 40, DOWN = 4, RIGHT = 8, MARGIN = 6 };

/* A hump far from the sides, of a frame that is the same everywhere else. */
static void put_hump(float *state, int row, int column)
{
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      const int r = y - row, c = x - column;
      state[y * SIDE + x] = 0.3F + (r * r + c * c < 10 ? expf(-0.3F * (float)(r * r + c)) : 0);
    }
}

/* What is known of the place: the last two columns of the first layer of FNO. */
static void forget_places(struct assay_nn_params *p)
{
  const int at = assay_nn_params_find(p, "fc0.weight");
  if (at < 0) return;
  const struct assay_nn_row *row = &p->row[at];
  const size_t columns = row->size / (size_t)row->shape.d[0];
  for (size_t i = 0; i < row->size; i++)
    if (i % columns >= columns - 2) p->value[row->offset + i] = 0;
}

static void answer(float *out, struct net *n, int row, int column)
{
  put_hump(assay_nn_run_named(n->run, "state"), row, column);
  float *mask = assay_nn_run_named(n->run, "mask");
  for (int i = 0; i < SIDE * SIDE; i++) mask[i] = 1;
  assert_ok(assay_nn_run_forward(n->run, 1));
  memcpy(out, assay_nn_run_named(n->run, "answer"), SIDE * SIDE * sizeof *out);
}

static void what_moves_in_moves_out(void **state)
{
  (void)state;
  static const struct trial trials[] = {
      {&assay_nn_model_fno, {"width=6", "depth=2", "modes=5", "projection=8"}, 0, false},
      {&assay_nn_model_resnet, {"blocks=2", "channels=4", "hidden=6", "kernel=3"}, 0, false},
      {&assay_nn_model_unet, {"width=3", "levels=1"}, 0, false},
  };
  const struct assay_nn_sizes z = {.n_fields = 1, .n_axes = 2, .rows = SIDE, .columns = SIDE};
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
    static float here[SIDE * SIDE], there[SIDE * SIDE];
    struct net n;
    double apart = 0, size = 0;
    open_net(&n, &trials[i], &z, &(struct assay_nn_run_options){.batch = 1});
    forget_places(&n.params);
    answer(here, &n, 17, 16);
    answer(there, &n, 17 + DOWN, 16 + RIGHT);
    for (int y = MARGIN; y < SIDE - MARGIN - DOWN; y++)
      for (int x = MARGIN; x < SIDE - MARGIN - RIGHT; x++) {
        const double a = (double)here[y * SIDE + x],
                     b = (double)there[(y + DOWN) * SIDE + x + RIGHT];
        apart = fmax(apart, fabs(a - b));
        size = fmax(size, fabs(a - (double)here[MARGIN * SIDE + MARGIN]));
      }
    assert_true(size > 0.05);
    if (!(apart < 1e-5 * size))
      fail_msg("%s: %g apart, of %g", trials[i].model->baseline->name, apart, size);
    close_net(&n);
  }
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_batch_is_learned_by_heart),
      cmocka_unit_test(what_moves_in_moves_out),
      cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
