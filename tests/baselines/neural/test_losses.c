/* Losses of numbers that were worked out by hand, weights included. The twins in PyTorch
 * (test_reference.c) have none. */
#include "baselines/neural/op_loss.h"
#include "baselines/neural/run.h"
#include "core/base/mem.h"
#include "tests/test.h"

enum { ROWS = 2, COLUMNS = 3, PLANE = ROWS * COLUMNS, SAMPLES = 2 };

/* Of SAMPLES samples with one plane each. */
static double value(int (*loss)(struct assay_nn_graph *g, int p, int y, int weight), const float *p,
                    const float *y, const float *w)
{
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  struct assay_nn_run *run;
  double got;
  static const int shape[] = {1, ROWS, COLUMNS};
  assert_ok(assay_nn_graph_create(&g, &params));
  const int in[] = {assay_nn_input(g, "p", 3, shape), assay_nn_input(g, "y", 3, shape),
                    w ? assay_nn_input(g, "w", 3, shape) : -1};
  const float *const from[] = {p, y, w};
  assay_nn_want_gradient(g, in[0]);
  loss(g, in[0], in[1], in[2]);
  assert_ok(assay_nn_graph_finish(g));
  assert_ok(assay_nn_params_allocate(&params, 1));
  assert_ok(assay_nn_run_create(
      &run, g, &(struct assay_nn_run_options){.batch = SAMPLES, .training = true}));
  for (int i = 0; i < (w ? 3 : 2); i++)
    memcpy(assay_nn_run_value(run, in[i]), from[i], SAMPLES * PLANE * sizeof(float));
  assert_ok(assay_nn_run_step(&got, run, SAMPLES));
  assay_nn_run_destroy(run);
  assay_nn_graph_destroy(g);
  assay_nn_params_clear(&params);
  return got;
}

/*   first plane     second        errors: 3 at one place of the first, -4 at one of the second
 *   1  2  4         0  0  0
 *   1  5  1         0  0  2 */
static const float y[SAMPLES * PLANE] = {1, 2, 4, 1, 5, 1, 0, 0, 0, 0, 0, 2};
static const float p[SAMPLES * PLANE] = {1, 5, 4, 1, 5, 1, 0, 0, 0, -4, 0, 2};
/* half at the place of the first error, nothing at its right neighbour */
static const float w[SAMPLES * PLANE] = {1, 0.5F, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void squares(void **state)
{
  (void)state;
  assert_close(value(assay_nn_mse, p, y, NULL), 25 / 12.0, 1e-6, 0);
  assert_close(value(assay_nn_mse, p, y, w), (4.5 + 16) / 10.5, 1e-6, 0);
  assert_close(value(assay_nn_nmse, p, y, NULL), 25 / 52.0, 1e-6, 0);
  assert_close(value(assay_nn_nmse, p, y, w), (4.5 + 16) / (1 + 2 + 1 + 25 + 1 + 4), 1e-6, 0);
}

static void relative_errors_of_samples(void **state)
{
  (void)state;
  assert_close(value(assay_nn_relative_l2, p, y, NULL), (3 / sqrt(48) + 4 / 2.0) / 2, 1e-6, 0);
  assert_close(value(assay_nn_relative_l2, p, y, w), (sqrt(4.5 / 30) + 4 / 2.0) / 2, 1e-6, 0);
}

/* Distances are 1/3 along rows and 1/2 along columns. */
static void slopes_count_too(void **state)
{
  (void)state;
  const double of_y = 9 * (1 + 4 + 16 + 16 + 4) + 4 * (0 + 9 + 9 + 4);
  const double of_error = (9 * 2 + 4) * 9 + (9 + 4) * 16;
  assert_close(value(assay_nn_h1, p, y, NULL), 25 / 52.0 + of_error / of_y, 1e-6, 0);
  const double of_y_weighted = 9 * (0.5 * 1 + 0 + 16 + 16 + 4) + 4 * (0 + 0.5 * 9 + 0 + 4);
  const double of_error_weighted = (9 * 0.5 + 4 * 0.5) * 9 + (9 + 4) * 16;
  assert_close(value(assay_nn_h1, p, y, w), (4.5 + 16) / 34 + of_error_weighted / of_y_weighted,
               1e-6, 0);
  float moved[SAMPLES * PLANE]; /* a constant has no slope */
  for (int i = 0; i < SAMPLES * PLANE; i++) moved[i] = y[i] + 0.25F;
  assert_close(value(assay_nn_h1, moved, y, NULL), 12 * 0.0625 / 52, 1e-6, 0);
}

/* Where nothing is to be found, an error still counts. */
static void targets_of_nothing(void **state)
{
  (void)state;
  static const float none[SAMPLES * PLANE],
      flat[SAMPLES * PLANE] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
  assert_close(value(assay_nn_nmse, p, none, NULL), 89 / 12.0, 1e-6, 0);
  assert_close(value(assay_nn_h1, flat, none, NULL), 4, 1e-6, 0);
  float bent[SAMPLES * PLANE];
  memcpy(bent, flat, sizeof bent);
  bent[0] = 3; /* slopes of flat: by its squares */
  assert_close(value(assay_nn_h1, bent, flat, NULL), 1 / 48.0 + (9 + 4) / 48.0, 1e-6, 0);
}

static void points_have_no_slopes(void **state)
{
  (void)state;
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  static const int shape[] = {7, 2};
  assert_ok(assay_nn_graph_create(&g, &params));
  assay_nn_h1(g, assay_nn_input(g, "p", 2, shape), assay_nn_input(g, "y", 2, shape), -1);
  assert_fails(assay_nn_graph_finish(g), ASSAY_EARG,
               "h1: the prediction is [7, 2]; slopes need planes [c, rows, columns], not points");
  assay_nn_graph_destroy(g);
  assay_nn_params_clear(&params);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(squares),
      cmocka_unit_test(relative_errors_of_samples),
      cmocka_unit_test(slopes_count_too),
      cmocka_unit_test(targets_of_nothing),
      cmocka_unit_test(points_have_no_slopes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
