/* Every operation of the table in every configuration it brings: analytic gradients against central
 * differences, and the same gradients when the batch is cut into tiles and shards.
 *
 *   test_gradients              check
 *   test_gradients list         name and purpose of every operation
 *   test_gradients time         ns per multiply-add of forward and backward, one JSON line each */
#include <stdlib.h>

#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/run.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/baselines/neural/centre.h"
#include "tests/test.h"

enum { SAMPLES = 3, MOST = 4096 }; /* numbers of the gradients of a configuration */

struct problem {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
};

static void build(struct problem *p, const struct assay_nn_op *op, int k)
{
  *p = (struct problem){0};
  assert_ok(assay_nn_graph_create(&p->graph, &p->params));
  const int y = op->check(p->graph, k);
  if (y >= 0) {
    const struct assay_nn_shape s = p->graph->value[y].shape;
    assay_nn_probe(p->graph, y, assay_nn_input(p->graph, "probe", s.n, s.d));
  }
  assert_ok(assay_nn_graph_finish(p->graph));
  assert_ok(assay_nn_params_allocate(&p->params, 2385));
}

static void clear(struct problem *p)
{
  assay_nn_graph_destroy(p->graph);
  assay_nn_params_clear(&p->params);
}

static size_t input_size(const struct problem *p, int v)
{
  const struct assay_nn_value *value = &p->graph->value[v];
  return assay_nn_shape_size(&value->shape) * (size_t)(value->items > 0 ? value->items : SAMPLES);
}

/* Away from 0, where some operations have a kink. Weights are positive. */
static void fill(const struct problem *p, struct assay_nn_run *run)
{
  for (int v = 0; v < p->graph->n_values; v++) {
    struct assay_rng rng = assay_rng_init(77, (uint64_t)v, 1);
    if (!p->graph->value[v].input) continue;
    float *x = assay_nn_run_value(run, v);
    const bool weight = strcmp(p->graph->value[v].name, "weight") == 0;
    for (size_t i = 0; i < input_size(p, v); i++) {
      const double u = assay_rng_between(&rng, -2, 2);
      x[i] = (float)(weight ? fabs(u) + 0.1 : u < 0 ? u - 0.1 : u + 0.1);
    }
  }
}

static double loss_of(struct assay_nn_run *run)
{
  double loss;
  assay_nn_run_seek(run, 17); /* what dropout draws is always the same */
  assert_ok(assay_nn_run_step(&loss, run, SAMPLES));
  return loss;
}

static double slope(struct assay_nn_run *run, float *x)
{
  const float before = *x, h = 1.0f / 128;
  *x = before + h;
  const double above = loss_of(run), hi = (double)*x;
  *x = before - h;
  const double below = loss_of(run), lo = (double)*x;
  *x = before;
  return (above - below) / (hi - lo);
}

/* gradient [n] of x [n]; errors are relative to the largest entry */
static void compare(struct assay_nn_run *run, float *x, const float *gradient, size_t n,
                    const struct assay_nn_op *op, int k, const char *what)
{
  double largest = 1e-2;
  const double tolerance = op->tolerance > 0 ? op->tolerance : 2e-3;
  for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs((double)gradient[i]));
  for (size_t i = 0; i < n; i++) {
    const double expected = slope(run, &x[i]);
    if (!(fabs((double)gradient[i] - expected) <= tolerance * largest))
      fail_msg("%s, configuration %d: gradient of %s[%zu] is %g, differences say %g", op->name, k,
               what, i, (double)gradient[i], expected);
  }
}

static void check(const struct assay_nn_op *op, int k, struct assay_nn_run_options options)
{
  struct problem p;
  struct assay_nn_run *run;
  float *learned, *input[64] = {NULL};
  build(&p, op, k);
  assert_ok(assay_nn_run_create(&run, p.graph, &options));
  fill(&p, run);
  const double loss = loss_of(run);
  assert_true(isfinite(loss));
  assert_ok(
      ASSAY_NEW(&learned, p.params.length, "test")); /* gradients, before they are overwritten */
  memcpy(learned, p.params.gradient, p.params.length * sizeof *learned);
  for (int v = 0; v < p.graph->n_values; v++) {
    const float *gradient = assay_nn_run_gradient(run, v);
    if (!gradient) continue;
    assert_ok(ASSAY_NEW(&input[v], input_size(&p, v), "test"));
    memcpy(input[v], gradient, input_size(&p, v) * sizeof *gradient);
  }
  for (int v = 0; v < p.graph->n_values; v++)
    if (input[v])
      compare(run, assay_nn_run_value(run, v), input[v], input_size(&p, v), op, k,
              p.graph->value[v].name);
  for (int i = 0; i < p.params.n; i++)
    if (p.params.row[i].learned)
      compare(run, p.params.value + p.params.row[i].offset, learned + p.params.row[i].offset,
              p.params.row[i].size, op, k, p.params.row[i].name);
  for (int v = 0; v < p.graph->n_values; v++) assay_free(input[v]);
  assay_free(learned);
  assay_nn_run_destroy(run);
  clear(&p);
}

/* Calls check for every configuration of the table, and of an operation that joins. */
static void each(void (*check_one)(const struct assay_nn_op *op, int k))
{
  for (const struct assay_nn_op *const *op = assay_nn_ops; *op; op++)
    for (int k = 0; k < (*op)->n_checks; k++) check_one(*op, k);
  for (int k = 0; k < centre_op.n_checks; k++) check_one(&centre_op, k);
}

static void every_operation_brings_checks(void **state)
{
  (void)state;
  for (const struct assay_nn_op *const *op = assay_nn_ops; *op; op++) {
    assert_true((*op)->n_checks > 0 && (*op)->check && (*op)->doc && (*op)->infer);
    for (const struct assay_nn_op *const *other = assay_nn_ops; other < op; other++)
      assert_string_not_equal((*other)->name, (*op)->name);
  }
}

static void check_whole(const struct assay_nn_op *op, int k)
{
  check(op, k, (struct assay_nn_run_options){.batch = SAMPLES, .training = true});
}

static void check_pieces(const struct assay_nn_op *op, int k)
{
  check(op, k,
        (struct assay_nn_run_options){
            .batch = SAMPLES, .training = true, .tile = 1, .shards = 2, .threads = 2});
}

static void gradients_are_those_of_differences(void **state)
{
  (void)state;
  each(check_whole);
}

static void cutting_the_batch_changes_nothing(void **state)
{
  (void)state;
  each(check_pieces);
}

/* Loss and gradients of a run, for comparing bits. */
static void outcome(float *out, double *loss, const struct assay_nn_op *op, int k, int threads)
{
  struct problem p;
  struct assay_nn_run *run;
  build(&p, op, k);
  assert_ok(assay_nn_run_create(
      &run, p.graph,
      &(struct assay_nn_run_options){
          .batch = SAMPLES, .training = true, .tile = 1, .shards = 3, .threads = threads}));
  fill(&p, run);
  *loss = loss_of(run);
  memset(out, 0, MOST * sizeof *out);
  memcpy(out, p.params.gradient, p.params.length * sizeof *out);
  float *at = out + p.params.length;
  for (int v = 0; v < p.graph->n_values; v++) {
    const float *gradient = assay_nn_run_gradient(run, v);
    if (!gradient) continue;
    assert_true(at + input_size(&p, v) <= out + MOST);
    memcpy(at, gradient, input_size(&p, v) * sizeof *at);
    at += input_size(&p, v);
  }
  assay_nn_run_destroy(run);
  clear(&p);
}

static void compare_threads(const struct assay_nn_op *op, int k)
{
  static float one[MOST], many[MOST];
  double loss, again;
  outcome(one, &loss, op, k, 1);
  for (int threads = 2; threads <= 3; threads++) {
    outcome(many, &again, op, k, threads);
    assert_memory_equal(&loss, &again, sizeof loss);
    assert_memory_equal(one, many, sizeof one);
  }
}

static void bits_do_not_depend_on_threads(void **state)
{
  (void)state;
  each(compare_threads);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

static void list(void)
{
  for (const struct assay_nn_op *const *op = assay_nn_ops; *op; op++)
    printf("%-16s %s\n", (*op)->name, (*op)->doc);
}

static void time_one(const struct assay_nn_op *op, int k)
{
  struct problem p;
  struct assay_nn_run *run;
  enum { BATCH = 4096 };
  double loss;
  build(&p, op, k);
  assert_ok(assay_nn_run_create(&run, p.graph,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  assert_ok(assay_nn_run_step(&loss, run, BATCH));
  const double start = assay_clock();
  int steps = 0;
  for (; assay_clock() - start < 0.05; steps++) assert_ok(assay_nn_run_step(&loss, run, BATCH));
  const double each = (assay_clock() - start) / steps;
  printf("{\"op\": \"%s\", \"configuration\": %d, \"us\": %.1f, \"ns_per_multiply_add\": %.3f}\n",
         op->name, k, each * 1e6, each * 1e9 / (BATCH * assay_nn_run_info(run).work));
  assay_nn_run_destroy(run);
  clear(&p);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_operation_brings_checks),
      cmocka_unit_test(gradients_are_those_of_differences),
      cmocka_unit_test(cutting_the_batch_changes_nothing),
      cmocka_unit_test(bits_do_not_depend_on_threads),
      cmocka_unit_test(nothing_is_left),
  };
  if (argc > 1 && strcmp(argv[1], "list") == 0) {
    list();
    return 0;
  }
  if (argc > 1 && strcmp(argv[1], "time") == 0) {
    each(time_one);
    return 0;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
