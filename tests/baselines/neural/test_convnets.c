/* The convolutional methods: sizes that CFDBench prints, and grids of any size. */
#include "baselines/baseline.h"
#include "baselines/neural/models.h"
#include "baselines/neural/op_loss.h"
#include "core/base/mem.h"
#include "tests/test.h"

struct model {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
};

/* With settings as `set` says ("blocks=2"), NULL: the defaults; and a loss of its answer. */
static void open_model(struct model *m, const struct assay_nn_model *what, const char *set,
                       int n_params, int rows, int columns)
{
  struct assay_nn_sizes z = {
      .n_fields = 2, .n_params = n_params, .n_axes = 2, .rows = rows, .columns = columns};
  void *settings = NULL;
  *m = (struct model){0};
  assert_ok(assay_alloc(&settings, 1, what->baseline->params_size, "test"));
  memcpy(settings, what->baseline->defaults, what->baseline->params_size);
  if (set) assert_ok(assay_param_assign(what->baseline->params, settings, set));
  const void *original = (const char *)settings + what->original;
  assert_ok(assay_nn_defects_of(&z.defects, original, &what->history, what->baseline->name));
  assert_ok(assay_nn_graph_create(&m->graph, &m->params));
  const int y = assay_nn_output(m->graph, "answer", what->build(m->graph, &z, settings));
  assay_nn_mse(m->graph, y, assay_nn_input(m->graph, "target", 3, (int[]){2, rows, columns}), -1);
  assert_ok(assay_nn_graph_finish(m->graph));
  assay_free(settings);
}

static void close_model(struct model *m)
{
  assay_nn_graph_destroy(m->graph);
  assay_nn_params_clear(&m->params);
}

static size_t count(const struct assay_nn_model *what, const char *set, int n_params, int rows,
                    int columns)
{
  struct model m;
  open_model(&m, what, set, n_params, rows, columns);
  const size_t n = m.params.count;
  close_model(&m);
  return n;
}

static void sizes_are_the_printed_ones(void **state)
{
  (void)state;
  assert_int_equal(count(&assay_nn_model_unet, NULL, 5, 64, 64), 1095038);
  assert_int_equal(count(&assay_nn_model_unet, NULL, 5, 66, 65), 1095038);
  assert_int_equal(count(&assay_nn_model_unet, NULL, 8, 66, 65), 1095362);
  assert_int_equal(count(&assay_nn_model_resnet, "published=yes", 5, 64, 64), 534696);
  assert_int_equal(count(&assay_nn_model_resnet, "published=yes", 8, 66, 65), 544152);
  /* without norms that are never applied: 2 (64 + 16) numbers in five blocks, 2 (64 + 2) in one */
  assert_int_equal(count(&assay_nn_model_resnet, NULL, 5, 64, 64), 534696 - 932);
}

/* A few steps down the gradient: the loss falls, all of the network takes part. */
static void learns(const struct assay_nn_model *what, const char *set, int n_params, int rows,
                   int columns)
{
  struct model m;
  struct assay_nn_run *run;
  enum { BATCH = 3 };
  double first, loss;
  open_model(&m, what, set, n_params, rows, columns);
  assert_ok(assay_nn_params_allocate(&m.params, 2385));
  assert_ok(assay_nn_run_create(&run, m.graph,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  for (int v = 0; v < m.graph->n_values; v++) {
    const struct assay_nn_value *value = &m.graph->value[v];
    const size_t n = BATCH * assay_nn_shape_size(&value->shape);
    float *x = value->input ? assay_nn_run_value(run, v) : NULL;
    for (size_t i = 0; x && i < n; i++) x[i] = sinf(0.37f * (float)(i + (size_t)(v * v)));
  }
  assert_ok(assay_nn_run_step(&first, run, BATCH));
  for (int i = 0; i < 8; i++) {
    double square = 0;
    for (size_t k = 0; k < m.params.length; k++)
      square += (double)m.params.gradient[k] * (double)m.params.gradient[k];
    assert_true(square > 0 && isfinite(square));
    for (size_t k = 0; k < m.params.length; k++)
      m.params.value[k] -= (float)(0.01 * first / square) * m.params.gradient[k];
    assert_ok(assay_nn_run_step(&loss, run, BATCH));
  }
  if (!(loss < 0.99 * first)) fail_msg("%s: loss %g, was %g", what->baseline->name, loss, first);
  assay_nn_run_destroy(run);
  close_model(&m);
}

static void grids_of_any_size_will_do(void **state)
{
  (void)state;
  learns(&assay_nn_model_unet, "width=3", 2, 9, 11);
  learns(&assay_nn_model_unet, "width=3", 0, 33, 18);
  learns(&assay_nn_model_unet, "width=3", 2, 1, 23);
  learns(&assay_nn_model_resnet, "dropout=0", 2, 9, 11);
  learns(&assay_nn_model_resnet, "dropout=0", 1, 1, 17);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_the_printed_ones),
      cmocka_unit_test(grids_of_any_size_will_do),
      cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
