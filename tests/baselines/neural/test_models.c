/* All learned methods: the gradient of the loss along random directions in the space of parameters
 * against central differences, on planes and lines, with parameters and without. */
#include <stdlib.h>

#include "baselines/baseline.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_loss.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

enum { BATCH = 3, DIRECTIONS = 9 };

static const struct {
  const struct assay_nn_model *model;
  const char *set[7];
  int points;
  bool timed;
  double tolerance;
} cases[] = {
    {&assay_nn_model_auto_deeponet, {"width=6", "depth=3"}, 7, false, 5e-3},
    {&assay_nn_model_auto_deeponetcnn,
     {"width=6", "depth=3", "channels=3", "levels=2", "head=5"},
     7,
     false,
     5e-3},
    {&assay_nn_model_auto_edeeponet, {"width=6", "depth=3"}, 7, false, 5e-3},
    {&assay_nn_model_auto_ffn, {"width=6", "depth=2"}, 7, false, 5e-3},
    {&assay_nn_model_deeponet, {"width=6", "depth=3"}, 7, true, 5e-3},
    {&assay_nn_model_ffn, {"width=6", "depth=3", "activation=tanh"}, 7, true, 2e-3},
    {&assay_nn_model_fno, {"width=4", "depth=2", "modes=3", "projection=5"}, 0, false, 2e-3},
    {&assay_nn_model_resnet,
     {"blocks=3", "channels=3", "hidden=4", "kernel=3", "dropout=0"},
     0,
     false,
     2e-3},
    {&assay_nn_model_unet, {"width=2", "levels=1"}, 0, false, 5e-2},
};
enum { CASES = sizeof cases / sizeof *cases };

struct net {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_run *run;
};

static void open_net(struct net *n, int which, const struct assay_nn_sizes *z)
{
  const struct assay_nn_model *m = cases[which].model;
  const struct assay_baseline *b = m->baseline;
  void *set;
  *n = (struct net){0};
  assert_ok(assay_alloc(&set, 1, b->params_size, "test"));
  memcpy(set, b->defaults, b->params_size);
  for (int i = 0; cases[which].set[i]; i++)
    assert_ok(assay_param_assign(b->params, set, cases[which].set[i]));
  assert_ok(assay_nn_graph_create(&n->graph, &n->params));
  const int y = m->build(n->graph, z, set);
  assert_true(y >= 0);
  const struct assay_nn_shape shape = n->graph->value[y].shape;
  assay_nn_mse(n->graph, y, assay_nn_input(n->graph, "target", shape.n, shape.d), -1);
  assert_ok(assay_nn_graph_finish(n->graph));
  assert_ok(assay_nn_params_allocate(&n->params, 2385));
  assert_ok(assay_nn_run_create(&n->run, n->graph,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  assay_free(set);
}

static void close_net(struct net *n)
{
  assay_nn_run_destroy(n->run);
  assay_nn_graph_destroy(n->graph);
  assay_nn_params_clear(&n->params);
}

static void put_inputs(struct net *n, struct assay_rng *rng)
{
  for (int v = 0; v < n->graph->n_values; v++) {
    const struct assay_nn_value *value = &n->graph->value[v];
    const size_t count =
        (size_t)(value->items > 0 ? value->items : BATCH) * assay_nn_shape_size(&value->shape);
    float *x = value->input ? assay_nn_run_value(n->run, v) : NULL;
    for (size_t i = 0; x && i < count; i++) x[i] = (float)assay_rng_normal(rng);
  }
}

static double loss_at(struct net *n, const float *at, const double *direction, double h)
{
  double loss;
  for (size_t i = 0; i < n->params.length; i++)
    n->params.value[i] = (float)((double)at[i] + h * direction[i]);
  assert_ok(assay_nn_run_step(&loss, n->run, BATCH));
  return loss;
}

/* Parameters that are learned take part in a direction, running statistics do not. */
static void draw_direction(double *direction, const struct net *n, struct assay_rng *rng)
{
  for (int i = 0; i < n->params.n; i++) {
    const struct assay_nn_row *row = &n->params.row[i];
    for (size_t j = 0; j < row->size; j++)
      direction[row->offset + j] = row->learned ? assay_rng_normal(rng) : 0;
  }
}

static int by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The median over the directions of the difference, relative to the gradient: a kink lies between
 * the two sides of a few. */
static double difference(struct net *n, struct assay_rng *rng)
{
  const size_t length = n->params.length;
  double found[DIRECTIONS], *direction;
  float *at, *gradient;
  assert_ok(ASSAY_NEW(&direction, length, "test"));
  assert_ok(ASSAY_NEW(&at, length, "test"));
  assert_ok(ASSAY_NEW(&gradient, length, "test"));
  memcpy(at, n->params.value, length * sizeof *at);
  loss_at(n, at, direction, 0);
  memcpy(gradient, n->params.gradient, length * sizeof *gradient);
  for (int d = 0; d < DIRECTIONS; d++) {
    double slope = 0, size = 0;
    draw_direction(direction, n, rng);
    for (size_t i = 0; i < length; i++) {
      slope += direction[i] * (double)gradient[i];
      size += (double)gradient[i] * (double)gradient[i];
    }
    const double h = 1e-4,
                 measured = (loss_at(n, at, direction, h) - loss_at(n, at, direction, -h)) / 2 / h;
    assert_true(size > 0);
    found[d] = fabs(measured - slope) / sqrt(size);
  }
  assay_free(direction);
  assay_free(at);
  assay_free(gradient);
  qsort(found, DIRECTIONS, sizeof *found, by_size);
  return found[DIRECTIONS / 2];
}

static void check(int which, int n_params, int rows, int columns)
{
  const struct assay_nn_sizes z = {.n_fields = 2,
                                   .n_params = n_params,
                                   .n_axes = rows > 1 ? 2 : 1,
                                   .rows = rows,
                                   .columns = columns,
                                   .points = cases[which].points,
                                   .timed = cases[which].timed};
  struct assay_rng rng = assay_rng_init(2385, (uint64_t)(which * 100 + columns), 0);
  struct net n;
  open_net(&n, which, &z);
  put_inputs(&n, &rng);
  const double median = difference(&n, &rng);
  if (!(median < cases[which].tolerance))
    fail_msg("%s on %d x %d with %d parameters: %g", cases[which].model->baseline->name, rows,
             columns, n_params, median);
  close_net(&n);
}

static void gradients_of_planes(void **state)
{
  (void)state;
  for (int i = 0; i < CASES; i++) check(i, 3, 9, 11);
}

static void gradients_of_lines(void **state)
{
  (void)state;
  for (int i = 0; i < CASES; i++) check(i, 2, 1, 19);
}

static void gradients_without_parameters(void **state)
{
  (void)state;
  for (int i = 0; i < CASES; i++) check(i, 0, 8, 10);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradients_of_planes),
      cmocka_unit_test(gradients_of_lines),
      cmocka_unit_test(gradients_without_parameters),
      cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
